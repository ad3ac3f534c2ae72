//! A visitor's holds: the pill on each page, and the page of a held product.

use crate::shop::Shop;
use checkout::model::{Product, ProductDraft};
use reqwest::{Method, header, redirect};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use std::time::Duration;
use uuid::Uuid;

/// A visitor with the cookie of the first reservation.
struct Visitor {
    cookie: String,
}

struct Page {
    status: u16,
    cache_control: String,
    sets_cookie: bool,
    html: String,
}

impl Visitor {
    fn new() -> Self {
        Self { cookie: String::new() }
    }

    /// Reserves units, and returns the path of the reservation's page.
    async fn reserve(&mut self, shop: &Shop, product: &Product, qty: u32) -> String {
        let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        let form = format!("product={}&qty={qty}&key={}", product.id, Uuid::new_v4());
        let request = client.post(format!("http://{}/actions/reserve", shop.addr)).body(form);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").header("cookie", &self.cookie);
        let response = request.send().await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        response.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    async fn page(&self, shop: &Shop, path: &str) -> Page {
        let mut request = shop.request(Method::GET, path).header("accept", "text/html");
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        let response = request.send().await.unwrap();
        let headers = response.headers();
        let cache_control = headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap().to_owned());
        Page {
            status: response.status().as_u16(),
            cache_control: cache_control.unwrap_or_default(),
            sets_cookie: headers.contains_key(header::SET_COOKIE),
            html: response.text().await.unwrap(),
        }
    }
}

impl Page {
    fn has_pill(&self) -> bool {
        self.html.contains("data-testid=\"pill\"")
    }

    /// The link of the pill.
    fn pill(&self) -> &str {
        let place = self.html.find("data-testid=\"pill\"").unwrap_or_else(|| panic!("no pill: {}", self.html));
        let start = self.html[..place].rfind("<a").unwrap();
        self.html[start..].split_once("</a>").unwrap().0
    }
}

async fn lamp(shop: &Shop, limit: Option<u32>) -> Product {
    let price = checkout::model::Money { minor: 2_000, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("lamp".parse().unwrap(), "Desk Lamp", price, 10);
    shop.add(ProductDraft { per_shopper_limit: limit, ..draft }).await
}

#[tokio::test]
async fn the_pill_is_on_each_page_of_its_owner_and_on_no_other() {
    let shop = Shop::open().await;
    let product = lamp(&shop, None).await;
    let (mut owner, mut other) = (Visitor::new(), Visitor::new());
    let hold = owner.reserve(&shop, &product, 1).await;
    let elsewhere = other.reserve(&shop, &shop.product("phone", 5).await, 1).await;
    for path in ["/", "/products/lamp", "/orders", "/?live=1", "/nowhere", &elsewhere] {
        let page = owner.page(&shop, path).await;
        assert!(page.pill().contains(&format!("href=\"{hold}\"")), "{path}: {}", page.html);
        assert!(page.pill().contains("Desk Lamp") && page.pill().contains("2:00"), "{path}: {}", page.pill());
        assert_eq!(page.cache_control, "private, no-store", "{path}");
        // Another visitor sees their own, and a visitor without a session none.
        let theirs = other.page(&shop, path).await;
        assert!(!theirs.html.contains(&hold), "{path}");
        let public = Visitor::new().page(&shop, path).await;
        assert!(!public.has_pill() && !public.html.contains("HeldPill") && !public.sets_cookie, "{path}");
    }
    // The page of the reservation has its own countdown.
    let own = owner.page(&shop, &hold).await;
    assert!(!own.has_pill() && own.html.contains("HeldPill"), "{}", own.html);
    shop.clock.advance(Duration::from_mins(2));
    let over = owner.page(&shop, "/").await;
    assert!(!over.has_pill() && over.html.contains("HeldPill"), "other tabs still compare: {}", over.html);
}

#[tokio::test]
async fn the_pill_shows_the_reservation_that_ends_first() {
    let shop = Shop::open().await;
    let (first, second) = (lamp(&shop, None).await, shop.product("phone", 5).await);
    let mut visitor = Visitor::new();
    let soonest = visitor.reserve(&shop, &first, 1).await;
    shop.clock.advance(Duration::from_secs(50));
    let later = visitor.reserve(&shop, &second, 2).await;
    let page = visitor.page(&shop, "/").await;
    assert!(page.pill().contains(&soonest) && page.pill().contains("1:10"), "{}", page.pill());
    assert!(page.pill().contains("+1") && page.pill().contains("and 1 more reservation"), "{}", page.pill());
    // Without scripts, the pill says until when.
    assert!(page.pill().contains("until 23 November 2026"), "{}", page.pill());
    shop.clock.advance(Duration::from_secs(80));
    let page = visitor.page(&shop, "/").await;
    assert!(page.pill().contains(&later) && !page.pill().contains("pill-others"), "{}", page.pill());
}

/// Public pages come from memory. A visitor with a session still gets them when the session cannot be read.
#[tokio::test]
async fn public_pages_need_no_database() {
    let shop = Shop::open().await;
    let product = lamp(&shop, None).await;
    let mut owner = Visitor::new();
    owner.reserve(&shop, &product, 1).await;
    let mut database = SqliteConnection::connect(&shop.database_url).await.unwrap();
    let mut run = async |sql: &str| {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut database).await.unwrap();
    };
    for table in ["sessions", "holds"] {
        run(&format!("ALTER TABLE {table} RENAME TO {table}_gone")).await;
        for path in ["/", "/products/lamp"] {
            let public = Visitor::new().page(&shop, path).await;
            assert_eq!((public.status, public.has_pill()), (200, false), "{path} without {table}");
            let owners = owner.page(&shop, path).await;
            assert_eq!((owners.status, owners.has_pill()), (200, false), "{path} without {table}");
        }
        run(&format!("ALTER TABLE {table}_gone RENAME TO {table}")).await;
    }
    assert!(owner.page(&shop, "/").await.has_pill());
}

#[tokio::test]
async fn the_page_of_a_held_product_leads_back_and_offers_more_where_the_limit_allows_it() {
    for (limit, qty, offers_more) in [(None, 1, true), (Some(3), 2, true), (Some(2), 2, false)] {
        let shop = Shop::open().await;
        let product = lamp(&shop, limit).await;
        let mut visitor = Visitor::new();
        let hold = visitor.reserve(&shop, &product, qty).await;
        let page = visitor.page(&shop, "/products/lamp").await.html;
        let (_, held) = page.split_once("data-testid=\"held-panel\"").expect("the reservation");
        let held = held.split_once("</section>").unwrap().0;
        assert!(held.contains(&format!("href=\"{hold}\"")) && held.contains("Back to checkout"), "{held}");
        assert_eq!(held.contains("This one’s yours for now"), qty == 1, "{held}");
        let has_form = page.contains("action=\"/actions/reserve\"");
        assert_eq!((has_form, held.contains("Want another?")), (offers_more, offers_more), "{limit:?}: {page}");
        let other = Visitor::new().page(&shop, "/products/lamp").await.html;
        assert!(!other.contains("Back to checkout") && other.contains("action=\"/actions/reserve\""), "{other}");
    }
}

/// The form of an older page may still be sent.
#[tokio::test]
async fn a_refusal_is_shown_beside_what_the_visitor_holds() {
    let shop = Shop::open().await;
    let product = lamp(&shop, Some(1)).await;
    let mut visitor = Visitor::new();
    visitor.reserve(&shop, &product, 1).await;
    let back = visitor.reserve(&shop, &product, 1).await;
    let page = visitor.page(&shop, &back).await.html;
    assert!(page.contains("reached the limit") && page.contains("Back to checkout"), "{page}");
}

#[tokio::test]
async fn ordered_units_count_towards_the_limit() {
    let shop = Shop::open().await;
    let product = lamp(&shop, Some(2)).await;
    let mut visitor = Visitor::new();
    let first = visitor.reserve(&shop, &product, 1).await;
    let hold = first.rsplit('/').next().unwrap().parse().unwrap();
    let owner = shop.store().reads().hold(hold).await.unwrap().unwrap().owner;
    let order = shop.checkout.place_order(hold, None, owner, None).await.unwrap().value;
    visitor.reserve(&shop, &product, 1).await;
    let has_form = async || visitor.page(&shop, "/products/lamp").await.html.contains("action=\"/actions/reserve\"");
    assert!(!has_form().await, "one unit is held, and one is ordered");
    shop.checkout.cancel_order(order.id, owner, None).await.unwrap();
    assert!(has_form().await, "a cancelled order does not count");
}
