//! The screens of products.

mod changes;

use super::*;
use checkout::model::{Money, Product, ProductDraft, SaleWindow, Slug, Timestamp};
use uuid::Uuid;

/// A valid form of a new product.
const NEW: [(&str, &str); 9] = [
    ("name", "Flash <script>alert(1)</script> Mug"),
    ("slug", "flash-mug"),
    ("description", "A mug.\r\n</textarea><meta http-equiv=refresh>"),
    ("price", "19.99"),
    ("currency", "USD"),
    ("stock", "100"),
    ("starts_at", "2026-11-27T08:00"),
    ("hold_seconds", "120"),
    ("pay_seconds", "600"),
];

/// Returns the fields with some of them changed.
fn with<'a>(fields: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).copied().collect()
}

impl Shown {
    /// The values of the form that edits a product, as a browser would send them.
    fn edit_form(&self) -> Vec<(String, String)> {
        let form = self.text.split("aria-labelledby=\"edit\"").nth(1).unwrap().split("</form>").next().unwrap();
        let attribute = |tag: &str, name: &str| {
            tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| unescape(rest.split('"').next().unwrap()))
        };
        let inputs = form.split("<input").skip(1).filter_map(|rest| {
            let tag = rest.split('>').next().unwrap();
            Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
        });
        let texts = form.split("<textarea").skip(1).map(|rest| {
            let (tag, rest) = rest.split_once(">\n").unwrap();
            (attribute(tag, "name").unwrap(), unescape(rest.split("</textarea>").next().unwrap()))
        });
        let choices = form.split("<select").skip(1).map(|rest| {
            let (tag, rest) = rest.split_once('>').unwrap();
            let options = rest.split("</select>").next().unwrap().split("<option").skip(1);
            let chosen = options.map(|rest| rest.split('>').next().unwrap()).find(|tag| tag.contains(" selected"));
            (attribute(tag, "name").unwrap(), attribute(chosen.unwrap(), "value").unwrap_or_default())
        });
        inputs.chain(texts).chain(choices).collect()
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn changed(mut form: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    form
}

fn borrowed(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl Shop {
    fn known(&self, product: &Product) -> Product {
        (*self.checkout.product(product.id).unwrap()).clone()
    }

    async fn seller(&self) -> Browser<'_> {
        self.signed_in("sam@example.com", Role::Seller).await
    }
}

#[tokio::test]
async fn a_product_is_created_and_shown() {
    let shop = Shop::open().await;
    let mut sam = shop.seller().await;
    sam.get("/admin/products").await.shows(200, "No products yet");
    sam.get("/admin/products/new").await.shows(200, "Create product");
    let created = sam.post("/admin/products", &NEW).await;
    let product = shop.checkout.product_by_slug("flash-mug").unwrap();
    let path = format!("/admin/products/{}", product.id);
    created.leads_to(&format!("{path}?done=created"));
    assert_eq!((product.price.minor, product.stock.total, product.extend_by), (1999, 100, None));
    assert_eq!(product.window.starts_at.unwrap().to_string(), "2026-11-27T08:00:00Z");
    assert_eq!(product.description, "A mug.\n</textarea><meta http-equiv=refresh>");

    let page = sam.get(&format!("{path}?done=created")).await;
    page.shows(200, "The product is created");
    assert!(page.text.contains("Flash &lt;script&gt;") && !page.text.contains("<script>alert"), "{}", page.text);
    assert!(
        page.text.contains("&lt;/textarea&gt;") && !page.text.contains("<meta http-equiv=refresh"),
        "{}",
        page.text
    );
    assert!(page.text.contains(&format!("/admin/products/{}/pictures", product.id)));
    assert!(page.text.contains(&format!("/admin/orders?product={}", product.id)));
    let list = sam.get("/admin/products").await;
    list.shows(200, "$19.99");
    assert!(!list.text.contains("<script>alert"));
    assert!(shop.actions().await.contains(&"product.add".to_owned()));
}

#[tokio::test]
async fn each_wrong_field_of_a_new_product_has_a_message_and_keeps_its_value() {
    let shop = Shop::open().await;
    shop.product("taken", 1).await;
    let mut sam = shop.seller().await;
    for (name, value, status, text) in [
        ("name", " ", 422, "Enter a name."),
        ("name", &"x".repeat(201), 422, "1 to 200 characters"),
        ("name", "a\0b", 422, "invisible character U+0000"),
        ("name", "Mu\u{200b}g", 422, "invisible character U+200B"),
        ("description", "a\0b", 422, "invisible character U+0000"),
        ("description", "a\nb\u{2066}", 422, "invisible character U+2066"),
        ("slug", "No Slug", 422, "lower-case letters"),
        ("slug", "events", 422, "reserved"),
        ("slug", "new", 422, "reserved"),
        ("slug", "018f0000-0000-7000-8000-000000000000", 422, "form of an id"),
        ("slug", "taken", 409, "Another product has this slug"),
        ("description", &"x".repeat(2001), 422, "at most 2000"),
        ("price", "1,50", 422, "Enter a price"),
        ("price", "-1", 422, "Enter a price"),
        ("price", "99999999999999999999", 422, "Enter a price"),
        ("price", "92233720368547758.07", 422, "countable"),
        ("currency", "usd", 422, "three capital letters"),
        ("stock", "-1", 422, "whole number of units"),
        ("stock", "2000000000", 422, "at most 1,000,000,000"),
        ("limit", "0", 422, "at least 1"),
        ("limit", "many", 422, "whole number"),
        ("starts_at", "tomorrow", 422, "date and a time"),
        ("starts_at", "2026-02-30T08:00", 422, "date and a time"),
        ("ends_at", "1969-12-31T23:59", 422, "date and a time"),
        ("ends_at", "2026-11-27T08:00", 422, "must end after it starts"),
        ("hold_seconds", "0", 422, "1 second to 30 days"),
        ("hold_seconds", "1e9", 422, "whole number of seconds"),
        ("pay_seconds", "99999999999999999999", 422, "whole number of seconds"),
        ("extend_seconds", "-5", 422, "whole number of seconds"),
        ("tagline", &"x".repeat(161), 422, "at most 160"),
        ("tagline", "a\nb", 422, "U+000A (a line break)"),
        ("story", &"x".repeat(5001), 422, "at most 5000"),
        ("story", "a\n\nb\u{2066}", 422, "invisible character U+2066"),
        ("specification", "Weight: 180 g\nRatio 16/9", 422, "Line 2 is not a name, a colon and a value"),
        ("specification", &"a: b\n".repeat(31), 422, "at most 30 lines"),
        ("specification", &format!("{}: b", "x".repeat(61)), 422, "at most 60 characters before the colon"),
        ("specification", "a: b\u{200b}", 422, "invisible character U+200B"),
        ("hue", "360", 422, "from 0 to 359"),
        ("hue", "red", 422, "from 0 to 359"),
    ] {
        let shown = sam.post("/admin/products", &with(&NEW, &[(name, value)])).await;
        shown.shows(status, text);
        assert!(shown.text.contains("aria-invalid=\"true\""), "{name}={value:?}");
        assert_eq!(shown.text.contains("value=\"19.99\""), name != "price", "{name}={value:?}");
    }
    assert_eq!(shop.checkout.products().len(), 1);
}

#[tokio::test]
async fn the_story_of_a_product_is_written_shown_and_previewed() {
    let shop = Shop::open_with(|settings| settings.mail.contact = "help@shop.example".parse().ok()).await;
    let mut sam = shop.seller().await;
    let texts = [
        ("tagline", "A mug <that> holds."),
        ("story", "First.\r\n\r\nSecond </textarea>.\r\n"),
        ("specification", "Weight: 300 g\r\n\r\nRatio : 16:9"),
        ("hue", "210"),
        ("featured", "yes"),
    ];
    sam.post("/admin/products", &with(&NEW, &texts)).await;
    let mug = shop.checkout.product_by_slug("flash-mug").unwrap();
    assert_eq!((&*mug.tagline, &*mug.story), ("A mug <that> holds.", "First.\n\nSecond </textarea>."));
    let facts: Vec<_> = mug.specification.iter().map(ToString::to_string).collect();
    assert_eq!(
        (facts, mug.hue, mug.featured),
        (vec!["Weight: 300 g".to_owned(), "Ratio: 16:9".to_owned()], Some(210), true)
    );

    let path = format!("/admin/products/{}", mug.id);
    let page = sam.get(&path).await;
    page.shows(200, "Weight: 300 g\nRatio: 16:9");
    // Saving the form as it is changes nothing.
    sam.post(&path, &borrowed(&page.edit_form())).await.leads_to(&format!("{path}?done=edited"));
    assert_eq!(shop.known(&mug), *mug);
    let preview = sam.get(&format!("{path}/preview")).await;
    preview.shows(200, "<p class=\"tagline\">A mug &lt;that&gt; holds.</p>");
    for text in ["The story", "<dt>Ratio</dt><dd>16:9</dd>", "mailto:help@shop.example"] {
        assert!(preview.text.contains(text), "{text}: {}", preview.text);
    }
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let read = vera.get(&path).await;
    for text in ["A mug &lt;that&gt; holds.", "Ratio: 16:9", "210°", "featured"] {
        assert!(read.text.contains(text), "{text}: {}", read.text);
    }
    let bare = [("tagline", ""), ("story", " "), ("specification", ""), ("hue", ""), ("featured", "")];
    let cleared = changed(page.edit_form(), &bare);
    sam.post(&path, &borrowed(&cleared)).await.leads_to(&format!("{path}?done=edited"));
    let known = shop.known(&mug);
    assert_eq!((&*known.tagline, &*known.story, known.specification.len()), ("", "", 0));
    assert_eq!((known.hue, known.featured, known.revision), (None, false, 2));
}

#[tokio::test]
async fn a_viewer_reads_everything_and_changes_nothing() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let path = format!("/admin/products/{}", product.id);
    let page = vera.get(&path).await;
    page.shows(200, "Limit per shopper");
    let forms = page.text.matches("<form").count();
    assert_eq!(forms, page.text.matches("action=\"/admin/sign-out\"").count(), "only the way out");
    assert!(!vera.get("/admin/products").await.text.contains("New product"));
    vera.get("/admin/products/new").await.shows(403, "does not allow");
    let mut denied = 0;
    for form in ["", "/pause", "/resume", "/archive", "/stock"] {
        vera.post(&format!("{path}{form}"), &[("reason", "x"), ("delta", "1")]).await.shows(403, "does not allow");
        denied += 1;
    }
    vera.post("/admin/products", &NEW).await.shows(403, "does not allow");
    assert_eq!(shop.denials("vera@example.com").await, denied + 1);
    assert_eq!(shop.known(&product), product);
    assert_eq!(shop.checkout.products().len(), 1);
}

#[tokio::test]
async fn the_list_is_searched_filtered_sorted_and_paged() {
    let shop = Shop::open().await;
    let now = shop.checkout.now();
    for n in 0..120_u32 {
        let price = Money { minor: i64::from(1000 - n), currency: "USD".parse().unwrap() };
        let starts_at = (n % 2 == 0).then(|| now + Duration::from_hours(1));
        let draft = ProductDraft::new(format!("lamp-{n:03}").parse().unwrap(), format!("Lamp {n:03}"), price, n + 1);
        shop.add(ProductDraft { window: SaleWindow { starts_at, ends_at: None }, ..draft }).await;
    }
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let first_of = |shown: &Shown| {
        shown
            .text
            .split("data-row-link")
            .nth(1)
            .unwrap()
            .split_once('>')
            .unwrap()
            .1
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    };
    let newest = vera.get("/admin/products").await;
    newest.shows(200, "120 products");
    assert_eq!((first_of(&newest), newest.text.matches("data-row-link").count()), ("Lamp 119".to_owned(), 100));
    let next = newest.text.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let rest = vera.get(&next).await;
    assert_eq!((first_of(&rest), rest.text.matches("data-row-link").count()), ("Lamp 019".to_owned(), 20));
    for (query, first) in [
        ("sort=name", "Lamp 000"),
        ("sort=-name", "Lamp 119"),
        ("sort=price", "Lamp 119"),
        ("sort=-available", "Lamp 119"),
        ("sort=available", "Lamp 000"),
        ("sort=-sold", "Lamp 119"),
        ("sort=-start", "Lamp 118"),
        ("sort=no-such-column", "Lamp 119"),
        ("q=LAMP-042", "Lamp 042"),
        ("status=upcoming", "Lamp 118"),
        ("status=open&sort=name", "Lamp 001"),
    ] {
        let shown = vera.get(&format!("/admin/products?{query}")).await;
        assert_eq!((shown.status, first_of(&shown)), (200, first.to_owned()), "{query}");
    }
    let sorted = vera.get("/admin/products?sort=-price&q=lamp").await;
    sorted.shows(200, "aria-sort=\"descending\"");
    assert!(sorted.text.contains("/admin/products?q=lamp&amp;sort=price"), "the column's link turns the order around");
    vera.get("/admin/products?status=sold-out").await.shows(200, "No matches");
    vera.get("/admin/products?status=nonsense").await.shows(422, "Choose one of these.");
    vera.get("/admin/products?after=x").await.shows(422, "Begin at the first page");
    vera.get("/admin/products?after=18446744073709551615").await.shows(200, "No matches");
    vera.get("/admin/products?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E%00").await.shows(200, "No matches");
}

#[tokio::test]
async fn the_preview_shows_each_stage_of_a_sale_that_is_not_open() {
    let shop = Shop::open().await;
    let starts_at = Some(Timestamp::from_millis(shop.checkout.now().as_millis() + 3_600_000));
    let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("mug".parse().unwrap(), "<script>Mug", price, 10);
    let product = shop.add(ProductDraft { window: SaleWindow { starts_at, ends_at: None }, ..draft }).await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let path = format!("/admin/products/{}/preview", product.id);
    for (stage, text) in [
        ("", "The sale opens soon"),
        ("?stage=on-sale", "Available now"),
        ("?stage=sold-out", "Sold out"),
        ("?stage=paused", "The sale is paused"),
        ("?stage=ended", "This sale has ended"),
        ("?stage=nonsense", "The sale opens soon"),
    ] {
        let shown = vera.get(&format!("{path}{stage}")).await;
        shown.shows(200, text);
        assert!(shown.text.contains("<fieldset disabled class=\"preview-page\""), "{stage}: {}", shown.text);
        assert!(!shown.text.contains("<script>Mug"), "{stage}");
    }
}

#[tokio::test]
async fn no_address_or_form_causes_an_error_of_the_server() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let mut sam = shop.seller().await;
    let unknown = Uuid::from_u128(7).to_string();
    for id in ["x", "0", unknown.as_str(), "%00", "%27%20OR%201=1", "..%2f..%2fetc", &"9".repeat(500), "%ff"] {
        for page in ["", "/preview"] {
            let shown = sam.get(&format!("/admin/products/{id}{page}")).await;
            assert!(matches!(shown.status, 400 | 404), "{id}{page}: {}", shown.status);
        }
        for form in ["", "/pause", "/stock"] {
            let shown = sam.post(&format!("/admin/products/{id}{form}"), &[("reason", "x"), ("delta", "1")]).await;
            assert!(matches!(shown.status, 400 | 404), "{id}{form}: {}", shown.status);
        }
    }
    let path = format!("/admin/products/{}", product.id);
    for value in ["", "\0", "-1", "1e999", "NaN", "9999-99-99T99:99", "+", "\u{202e}", "%", &"x".repeat(5000)] {
        let texts = ["name", "tagline", "story", "specification", "hue", "featured", "reason", "was_name"];
        for name in ["price", "limit", "starts_at", "ends_at", "hold_seconds", "revision"].into_iter().chain(texts) {
            let form = changed(sam.get(&path).await.edit_form(), &[(name, value)]);
            let shown = sam.post(&path, &borrowed(&form)).await;
            assert!(shown.status < 500, "{name}={value:?}: {}", shown.status);
        }
        if value.parse::<Slug>().is_err() {
            sam.post("/admin/products", &with(&NEW, &[("slug", value)])).await.shows(422, "lower-case letters");
        }
    }
}
