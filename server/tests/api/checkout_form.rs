//! The checkout form: the page that answers mistakes, what is stored, and what no address, cache or other shopper gets.

use crate::shop::{ApiResponse, Shop, read};
use checkout::model::{Contact, OrderId, Product, ProductDraft, StoredContact};
use reqwest::{Method, RequestBuilder, header, redirect};
use server::config::{PaymentConfig, PaymentProvider};
use sqlx::{Connection as _, SqliteConnection};
use std::time::Duration;
use uuid::Uuid;

pub(crate) const UNKNOWN_ID: &str = "0198c0de-0000-7000-8000-000000000000";

/// Details of a recipient that are valid.
const RECIPIENT: [(&str, &str); 6] = [
    ("email", "ada@example.com"),
    ("name", "Ada Lovelace"),
    ("country", "DE"),
    ("line1", "Unter den Linden 1"),
    ("postal_code", "10117"),
    ("city", "Berlin"),
];

/// All that a product needs which does not ship.
pub(crate) const EMAIL: [(&str, &str); 1] = [RECIPIENT[0]];

/// A shopper with a hold.
pub(crate) struct Shopper<'a> {
    shop: &'a Shop,
    http: reqwest::Client,
    pub(crate) cookie: String,
    hold: String,
}

impl<'a> Shopper<'a> {
    /// Arrives without a cookie.
    pub(crate) fn arrive(shop: &'a Shop) -> Self {
        Self::arrive_with(shop, header::HeaderMap::new())
    }

    /// Arrives with a browser that prefers this language.
    pub(crate) fn arrive_reading(shop: &'a Shop, language: &'static str) -> Self {
        let language = (header::ACCEPT_LANGUAGE, header::HeaderValue::from_static(language));
        Self::arrive_with(shop, [language].into_iter().collect())
    }

    fn arrive_with(shop: &'a Shop, headers: header::HeaderMap) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).default_headers(headers);
        let http = client.redirect(redirect::Policy::none()).build().unwrap();
        Self { shop, http, cookie: String::new(), hold: String::new() }
    }

    /// Reserves a unit.
    pub(crate) async fn reserve(shop: &'a Shop, product: &Product) -> Self {
        let mut shopper = Self::arrive(shop);
        shopper.reserve_another(product).await;
        shopper
    }

    /// Reserves a unit of another product, which the next order is for.
    pub(crate) async fn reserve_another(&mut self, product: &Product) {
        let key = Uuid::new_v4().to_string();
        let form = encode(&[("product", &product.id.to_string()), ("qty", "1"), ("key", &key)]);
        let reserved = read(self.post("/actions/reserve").body(form).send().await.unwrap()).await;
        self.keep_cookie(&reserved);
        self.hold = id(&reserved);
    }

    fn keep_cookie(&mut self, response: &ApiResponse) {
        let cookie = response.header("set-cookie").split(';').next().unwrap_or_default();
        if !cookie.is_empty() {
            cookie.clone_into(&mut self.cookie);
        }
    }

    /// Follows a link, and keeps the cookie that it sets.
    pub(crate) async fn follow(&mut self, path: &str) -> ApiResponse {
        let response = self.page(path).await;
        self.keep_cookie(&response);
        response
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let request = self.http.post(format!("http://{}{path}", self.shop.addr));
        request.header("content-type", "application/x-www-form-urlencoded").header("cookie", &self.cookie)
    }

    /// Sends the form of the shopper's hold, with a new key.
    pub(crate) async fn order(&self, fields: &[(&str, &str)]) -> ApiResponse {
        self.order_with(&Uuid::new_v4().to_string(), fields).await
    }

    async fn order_with(&self, key: &str, fields: &[(&str, &str)]) -> ApiResponse {
        let mut form = vec![("hold", &*self.hold), ("key", key)];
        form.extend_from_slice(fields);
        read(self.post("/actions/order").body(encode(&form)).send().await.unwrap()).await
    }

    /// Sends a form.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> ApiResponse {
        read(self.post(path).body(encode(fields)).send().await.unwrap()).await
    }

    /// Opens a page.
    pub(crate) async fn page(&self, path: &str) -> ApiResponse {
        let request = self.http.get(format!("http://{}{path}", self.shop.addr)).header("cookie", &self.cookie);
        read(request.send().await.unwrap()).await
    }

    /// Returns the contact of the order that a response leads to.
    async fn contact(&self, placed: &ApiResponse) -> Contact {
        assert_eq!(placed.status, 303, "{placed:?}");
        let order: OrderId = id(placed).parse().unwrap();
        self.shop.checkout.contact(order).await.unwrap().and_then(StoredContact::known).unwrap()
    }
}

/// Returns the id at the end of the address that a response redirects to.
pub(crate) fn id(response: &ApiResponse) -> String {
    response.header("location").rsplit('/').next().unwrap().to_owned()
}

fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn html(response: &ApiResponse) -> &str {
    response.body.as_str().unwrap()
}

/// The recipient's details, some of them changed.
fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let is_changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
    RECIPIENT.into_iter().filter(|(name, _)| !is_changed(name)).chain(changes.iter().copied()).collect()
}

async fn shipped(shop: &Shop) -> Product {
    let price = checkout::model::Money { minor: 500_000, currency: "USD".parse().unwrap() };
    shop.add(ProductDraft { ships: true, ..ProductDraft::new("lamp".parse().unwrap(), "Lamp", price, 10) }).await
}

/// Returns held and pending units.
fn stock(shop: &Shop, product: &Product) -> (u32, u32) {
    let stock = shop.checkout.product(product.id).unwrap().stock;
    (stock.held, stock.pending)
}

#[tokio::test]
async fn a_form_with_mistakes_is_answered_with_its_page_and_what_was_typed() {
    let shop = Shop::open().await;
    let product = shipped(&shop).await;
    let shopper = Shopper::reserve(&shop, &product).await;
    let response = shopper.order(&with(&[("email", "ada"), ("postal_code", "")])).await;
    assert_eq!((response.status, response.header("location")), (422, ""));
    assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(response.header("cache-control"), "private, no-store");
    assert_eq!(response.header("set-cookie"), "", "the session holds no contact");
    assert!(response.header("content-security-policy").contains("'nonce-"), "{response:?}");
    let page = html(&response);
    for part in [
        r#"value="ada""#,
        r#"value="Ada Lovelace""#,
        r#"value="Unter den Linden 1""#,
        r#"value="Berlin""#,
        "Write it like ada@example.com.",
        "Postal code is needed.",
        r#"aria-describedby="email-error""#,
        r#"id="email-error""#,
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let (_, germany) = page.split_once(r#"value="DE""#).unwrap();
    assert!(germany.split('>').next().unwrap().contains("selected"), "{page}");
    assert_eq!(page.matches(r#"aria-invalid="true""#).count(), 2);
    assert_eq!(stock(&shop, &product), (1, 0));
}

#[tokio::test]
async fn a_valid_form_leads_to_the_payment_and_stores_the_contact() {
    let shop = Shop::open().await;
    let shopper = Shopper::reserve(&shop, &shipped(&shop).await).await;
    let placed = shopper.order(&with(&[("name", "<b>Ada</b>")])).await;
    assert_eq!(placed.header("location"), format!("/sandbox/pay/{}", id(&placed)));
    let contact = shopper.contact(&placed).await;
    assert_eq!((contact.email.as_str(), contact.address.unwrap().lines().len()), ("ada@example.com", 3));
    let path = format!("/orders/{}", id(&placed));
    let order = shopper.page(&path).await;
    assert_eq!(order.header("cache-control"), "private, no-store");
    let page = html(&order);
    assert!(page.contains("Unter den Linden 1") && page.contains("&lt;b&gt;Ada") && !page.contains("<b>Ada"), "{page}");
    let other = Shopper::reserve(&shop, &shop.product("phone", 1).await).await;
    let foreign = other.page(&path).await;
    assert!(foreign.status == 404 && !html(&foreign).contains("Linden"), "{foreign:?}");
}

#[tokio::test]
async fn without_a_provider_the_form_leads_to_the_order() {
    let shop = Shop::open_with(|settings| settings.payments = PaymentConfig::of(PaymentProvider::None)).await;
    let shopper = Shopper::reserve(&shop, &shop.product("phone", 1).await).await;
    let placed = shopper.order(&EMAIL).await;
    assert_eq!((placed.status, placed.header("location")), (303, &*format!("/orders/{}", id(&placed))));
}

#[tokio::test]
async fn forms_that_no_page_of_the_shop_sends_are_unreadable() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let shopper = Shopper::reserve(&shop, &product).await;
    for second in [("email", "b@example.com"), ("nickname", "ada")] {
        shopper.order(&[("email", "ada@example.com"), second]).await.assert_problem(400, "unreadable-form");
    }
    let json = shop.request(Method::POST, "/actions/order").header("content-type", "application/json").body("{}");
    read(json.send().await.unwrap()).await.assert_problem(400, "unreadable-form");
    let long = "x".repeat(70 * 1024);
    shopper.order(&[("email", &long)]).await.assert_problem(413, "too-large");
    let form = encode(&[("hold", &shopper.hold), ("key", &Uuid::new_v4().to_string()), RECIPIENT[0]]);
    let forged = shopper.post("/actions/order").header("sec-fetch-site", "cross-site").body(form);
    read(forged.send().await.unwrap()).await.assert_problem(403, "cross-site");
    let invalid_key = shopper.order_with("x", &EMAIL).await;
    assert_eq!(invalid_key.status, 422);
    assert!(html(&invalid_key).contains("We couldn’t read that form"), "{invalid_key:?}");
    assert_eq!(stock(&shop, &product), (1, 0));
}

#[tokio::test]
async fn only_the_owner_of_a_hold_orders_it() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let (owner, stranger) = (Shopper::reserve(&shop, &product).await, Shopper::reserve(&shop, &product).await);
    for (cookie, hold) in [("", &*owner.hold), (&*stranger.cookie, &*owner.hold), (&*owner.cookie, UNKNOWN_ID)] {
        let other = Shopper { http: owner.http.clone(), cookie: cookie.to_owned(), hold: hold.to_owned(), ..owner };
        let response = other.order(&EMAIL).await;
        assert_eq!((response.status, response.header("location")), (303, &*format!("/checkout/{hold}")));
        assert_eq!(other.page(response.header("location")).await.status, 404);
    }
    let no_id = Shopper { http: owner.http.clone(), cookie: owner.cookie.clone(), hold: "x".to_owned(), ..owner };
    let response = no_id.order(&EMAIL).await;
    assert_eq!(no_id.page(response.header("location")).await.status, 404);
    assert_eq!(stock(&shop, &product), (2, 0));
}

#[tokio::test]
async fn long_and_unprintable_values_are_named() {
    let shop = Shop::open().await;
    let shopper = Shopper::reserve(&shop, &shipped(&shop).await).await;
    let (long, fitting) = ("x".repeat(101), "é".repeat(100));
    let changes = [("name", "a\u{7}b"), ("city", "a\nb"), ("postal_code", "012345678901234567890")];
    let mut fields: Vec<(&str, &str)> = with(&changes);
    fields.retain(|(name, _)| *name != "line1");
    fields.extend([("line1", &*long), ("line2", &*fitting)]);
    let response = shopper.order(&fields).await;
    assert_eq!(response.status, 422);
    let page = html(&response);
    for part in [
        "Name contains control or invisible characters.",
        "City contains control or invisible characters.",
        "Street and number has room for 100 characters.",
        "Postal code has room for 20 characters.",
        &*long,
        &*fitting,
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches(r#"aria-invalid="true""#).count(), 4);
}

#[tokio::test]
async fn what_was_typed_is_text_and_not_markup() {
    let shop = Shop::open().await;
    let shopper = Shopper::reserve(&shop, &shipped(&shop).await).await;
    let script = r#""><script>alert(1)</script>"#;
    let fields = with(&[("email", script), ("name", script), ("line1", script), ("city", script), ("country", script)]);
    let response = shopper.order(&fields).await;
    assert_eq!(response.status, 422);
    let page = html(&response);
    assert!(page.contains("alert(1)") && !page.contains("<script>alert"), "{page}");
    let hint = shopper.order(&with(&[("email", "<b>ada</b>@gmial.com")])).await;
    assert!(hint.status == 422 && !html(&hint).contains("<b>ada"), "{hint:?}");
}

#[tokio::test]
async fn a_mistyped_host_is_asked_about_once() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let typed = ("email", "ada@gmial.com");
    let shopper = Shopper::reserve(&shop, &product).await;
    let response = shopper.order(&[typed]).await;
    assert_eq!(response.status, 422);
    let page = html(&response);
    for part in
        ["Use ada@gmail.com", r#"name="keep_email" value="ada@gmial.com""#, r#"name="use_email" value="ada@gmail.com""#]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(r#"aria-invalid="true""#), "{page}");
    assert_eq!(stock(&shop, &product), (1, 0));
    let changed = shopper.order(&[("email", "ada@hotmial.com"), ("keep_email", "ada@gmial.com")]).await;
    assert!(changed.status == 422 && html(&changed).contains("Use ada@hotmail.com"), "{changed:?}");
    let kept = shopper.order(&[typed, ("keep_email", "ada@gmial.com")]).await;
    assert_eq!(shopper.contact(&kept).await.email.as_str(), "ada@gmial.com");

    let shopper = Shopper::reserve(&shop, &product).await;
    assert_eq!(shopper.order(&[typed, ("use_email", "nobody")]).await.status, 422);
    let corrected = shopper.order(&[typed, ("keep_email", "ada@gmial.com"), ("use_email", "ada@gmail.com")]).await;
    assert_eq!(shopper.contact(&corrected).await.email.as_str(), "ada@gmail.com");
}

#[tokio::test]
async fn a_product_that_does_not_ship_ignores_addresses() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    // Half an address would be a mistake of a product that ships.
    for fields in [with(&[]), with(&[("country", "XX"), ("city", "")]), with(&[("name", "")])] {
        let shopper = Shopper::reserve(&shop, &product).await;
        let contact = shopper.contact(&shopper.order(&fields).await).await;
        assert_eq!((contact.email.as_str(), contact.address), ("ada@example.com", None));
    }
}

#[tokio::test]
async fn one_hold_becomes_one_order_however_often_its_forms_are_sent() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let shopper = Shopper::reserve(&shop, &product).await;
    let key = Uuid::new_v4().to_string();
    let send = || shopper.order_with(&key, &EMAIL);
    let (first, second) = tokio::join!(send(), send());
    assert_eq!((first.status, second.status, id(&first)), (303, 303, id(&second)));
    // Another tab, with other details.
    let other = shopper.order(&[("email", "grace@example.com")]).await;
    assert_eq!(other.header("location"), format!("/orders/{}", id(&first)));
    assert_eq!(shopper.contact(&other).await.email.as_str(), "ada@example.com");
    assert_eq!(stock(&shop, &product), (0, 1));
}

#[tokio::test]
async fn a_hold_that_has_ended_is_shown_by_its_own_page() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let shopper = Shopper::reserve(&shop, &product).await;
    shop.clock.advance(Duration::from_hours(24));
    for email in ["ada@example.com", "ada"] {
        let response = shopper.order(&[("email", email)]).await;
        assert_eq!((response.status, response.header("location")), (303, &*format!("/checkout/{}", shopper.hold)));
    }
    let page = shopper.page(&format!("/checkout/{}", shopper.hold)).await;
    assert!(page.status == 200 && html(&page).contains("has expired"), "{page:?}");
}

/// Another process holds the database's write lock for longer than the server waits.
#[tokio::test]
async fn during_an_outage_the_page_keeps_what_was_typed_and_its_key() {
    let shop = Shop::open().await;
    let product = shipped(&shop).await;
    let shopper = Shopper::reserve(&shop, &product).await;
    let key = Uuid::new_v4().to_string();
    let mut other = SqliteConnection::connect(&shop.database_url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let mistyped = [("email", "ada@gmial.com"), ("keep_email", "ada@gmial.com")];
    let kept = shopper.order_with(&key, &[&RECIPIENT[1..], &mistyped].concat()).await;
    let response = shopper.order_with(&key, &RECIPIENT).await;
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (503, "1"), "{response:?}");
    assert_eq!(response.header("cache-control"), "private, no-store");
    let page = html(&response);
    for part in [&*key, "ada@example.com", "Unter den Linden 1"] {
        assert!(page.contains(&format!(r#"value="{part}""#)), "{part}: {page}");
    }
    // The next attempt is not asked about the address again, and so stays the same request.
    let kept = html(&kept);
    assert!(kept.contains(r#"name="keep_email" value="ada@gmial.com""#) && kept.contains(&key), "{kept}");
    let (first, again) = (shopper.order_with(&key, &RECIPIENT).await, shopper.order_with(&key, &RECIPIENT).await);
    assert_eq!((first.status, id(&first)), (303, id(&again)), "{first:?}");
    assert_eq!(stock(&shop, &product), (0, 1));
}

/// A reload of the form's address is a GET.
#[tokio::test]
async fn the_address_of_the_form_has_no_page() {
    let shop = Shop::open().await;
    assert_eq!(shop.request(Method::GET, "/actions/order").send().await.unwrap().status(), 405);
    let shopper = Shopper::reserve(&shop, &shop.product("phone", 1).await).await;
    let page = shopper.order(&[("email", "ada")]).await;
    // Without scripts the page therefore opens the hold's own address once the hold has ended.
    let refresh = format!("; url=/checkout/{}", shopper.hold);
    assert!(page.status == 422 && html(&page).contains(&refresh), "{page:?}");
    assert_eq!(page.headers.get_all(header::LOCATION).iter().count(), 0);
}
