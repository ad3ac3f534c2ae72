//! The Live screen: its page in each state of a sale, and its stream.

use super::*;
use checkout::model::{Money, Product, ProductDraft, ProductStatus};
use serde_json::{Map, Value, json};

/// Time to wait for an event. The screen is refreshed once a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// The stream of the Live screen.
struct Live {
    response: Response,
    text: String,
}

impl Live {
    async fn open(browser: &Browser<'_>, query: &str) -> Self {
        let address = format!("http://{}/admin/live/events{query}", browser.shop.addr);
        let response = browser.http.get(address).header("cookie", &browser.cookie).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &"text/event-stream".parse().unwrap())
        );
        Self { response, text: String::new() }
    }

    /// Returns the parts of the next event; `None` at the end.
    async fn parts(&mut self) -> Option<Map<String, Value>> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let data = block.strip_prefix("event: live\ndata: ").map(|data| serde_json::from_str(data).unwrap());
                self.text = rest.to_string();
                if data.is_some() {
                    return data;
                }
                continue;
            }
            let more = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("an event in time");
            self.text.push_str(std::str::from_utf8(&more.ok()??).unwrap());
        }
    }

    /// Reads until the stream ends.
    async fn end(&mut self) {
        while self.parts().await.is_some() {}
    }
}

/// A sale of 10 phones for 5000 USD each, by the API.
struct Sale<'a> {
    shop: &'a Shop,
    product: Product,
}

impl<'a> Sale<'a> {
    async fn open(shop: &'a Shop, change: impl FnOnce(&mut ProductDraft)) -> Self {
        let price = Money { minor: 500_000, currency: "USD".parse().unwrap() };
        let mut draft = ProductDraft::new("phone".parse().unwrap(), "Flash <Phone>", price, 10);
        change(&mut draft);
        let product = shop.add(draft).await;
        Self { shop, product }
    }

    async fn hold(&self, qty: u32) {
        // A token lasts for less time than a sale.
        self.shop.hold(&self.shop.token().await, &self.product, qty).await;
    }

    async fn pay(&self, qty: u32) {
        let order = self.shop.order(&self.shop.token().await, &self.product, qty).await;
        let id = order["order_id"].as_str().unwrap();
        let event = json!({ "order_id": id, "transaction_id": format!("tx-{id}"), "status": "success" });
        assert_eq!(self.shop.pay(id, &event).await.body["status"], "processed");
    }
}

/// Returns the text of a page without its tags, on one line.
fn words(html: &str) -> String {
    let texts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_words(shown: &Shown, expected: &[&str]) {
    let words = words(&shown.text);
    assert_eq!(shown.status, 200, "{words}");
    for text in expected {
        assert!(words.contains(text), "{text:?} is not in {words}");
    }
}

#[tokio::test]
async fn each_state_of_a_sale_has_its_own_page() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let nothing = vera.get("/admin/live").await;
    assert_words(&nothing, &["No sales yet", "Add a product", "This server", "Refresh"]);

    let now = shop.checkout.now();
    let sale = Sale::open(&shop, |draft| {
        draft.window.starts_at = Some(now + Duration::from_mins(134));
        draft.window.ends_at = Some(now + Duration::from_hours(5));
        draft.per_shopper_limit = Some(6);
    })
    .await;
    let before = vera.get("/admin/live?product=phone").await;
    assert_words(&before, &["Upcoming", "Opens in 2 h 14 min", "Ready 10", "Price $5,000.00", "Limit 6", "All sales"]);
    assert!(!before.text.contains("role=\"img\"") && before.text.contains("Flash &lt;Phone&gt;"));
    assert_words(&vera.get("/admin/live").await, &["Opens next", "Flash &lt;Phone&gt;", "in 2 h 14 min"]);

    shop.clock.advance(Duration::from_mins(135));
    let untouched = vera.get("/admin/live?product=phone").await;
    assert_words(&untouched, &["On sale", "Available 10 of 10 units", "Nobody has put a unit in a cart yet."]);
    sale.pay(4).await;
    sale.hold(1).await;
    shop.clock.advance(Duration::from_secs(20));
    let during = vera.get(&format!("/admin/live?product={}", sale.product.id)).await;
    let expected = [
        "Available 5 of 10 units. Sells out in about 1 min 30 s",
        "Sold 4 40% of the stock",
        "In carts 1",
        "Revenue $20,000.00 Paid orders",
        "Cart to payment 80%",
        "Put in a cart 5 Ordered 4 · 80% Paid 4 · 100%",
        "Refunds due 0",
        "Commit, p99 ≤",
    ];
    assert_words(&during, &expected);
    for chart in ["stock", "rates", "funnel"] {
        let parts = ["title", "description", "table"].map(|part| format!("id=\"{chart}-chart-{part}\""));
        assert!(parts.iter().all(|part| during.text.contains(part)), "{parts:?}");
    }
    assert_eq!(during.text.matches("role=\"img\"").count(), 3);
    assert_words(
        &vera.get("/admin/live").await,
        &["On sale", "5 of 10 available", "Revenue $20,000.00", "Show the sales as a table"],
    );

    sale.hold(5).await;
    assert_words(&vera.get("/admin/live?product=phone").await, &["All taken", "6 may come back"]);
    shop.clock.advance(Duration::from_mins(10));
    sale.pay(6).await;
    let sold_out = vera.get("/admin/live?product=phone").await;
    assert_words(
        &sold_out,
        &["Sold out", "Sold out in 11 min 20 s", "All 10 units are paid", "Speed over the whole sale", "Peak"],
    );
    assert_words(&vera.get("/admin/live").await, &["Finished", "10 of 10 sold", "No sale is running"]);
}

#[tokio::test]
async fn paused_and_ended_sales_say_so() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let ends = shop.checkout.now() + Duration::from_hours(1);
    let sale = Sale::open(&shop, |draft| draft.window.ends_at = Some(ends)).await;
    sale.pay(2).await;
    let paused = shop.checkout.set_product_status(sale.product.id, ProductStatus::Paused, Actor::system()).await;
    assert_eq!(paused.unwrap().value.status, ProductStatus::Paused);
    assert_words(&vera.get("/admin/live?product=phone").await, &["Paused with 8", "of 10 units available"]);
    shop.clock.advance(Duration::from_hours(2));
    assert_words(&vera.get("/admin/live?product=phone").await, &["Ended", "Sold 2 of 10 units"]);
    let archived = shop.checkout.set_product_status(sale.product.id, ProductStatus::Archived, Actor::system()).await;
    archived.unwrap();
    assert_words(&vera.get("/admin/live?product=phone").await, &["Archived", "Sold 2"]);
    assert_words(&vera.get("/admin/live").await, &["No sales yet"]);
}

#[tokio::test]
async fn hostile_addresses_show_nothing_and_break_nothing() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    shop.product("phone", 1).await;
    let long = "x".repeat(2000);
    for product in ["nothing", "%00", "%ff%fe", "..%2f..", "%3Cscript%3E", "'%20OR%201=1--", "phone%0a%0d", &long] {
        let expected = if product == "phone%0a%0d" { 200 } else { 404 };
        assert_eq!(vera.get(&format!("/admin/live?product={product}")).await.status, expected, "{product}");
        assert_eq!(vera.get(&format!("/admin/live/events?product={product}")).await.status, expected, "{product}");
    }
    for query in ["?product=", "?", "?product", "?other=1&&&=", "?product=%20"] {
        assert_words(&vera.get(&format!("/admin/live{query}")).await, &["Available 1"]);
    }
}

#[tokio::test]
async fn the_stream_sends_what_has_changed_once_for_all() {
    let shop = Shop::open().await;
    let vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let sale = Sale::open(&shop, |_| {}).await;
    let (mut one, mut other) = (Live::open(&vera, "?product=phone").await, Live::open(&vera, "").await);
    let first = one.parts().await.unwrap();
    for part in
        ["live-as-of", "live-headline", "live-figures", "live-stock", "live-rates", "live-funnel", "live-server"]
    {
        assert!(first.contains_key(part), "{part}: {:?}", first.keys());
    }
    assert!(other.parts().await.unwrap()["live-running"].as_str().unwrap().contains("Flash &lt;Phone&gt;"));
    sale.hold(3).await;
    let changed = one.parts().await.unwrap();
    assert!(words(changed["live-figures"].as_str().unwrap()).contains("In carts 3"), "{changed:?}");
    assert!(!changed.contains_key("live-as-of"), "only what has changed: {:?}", changed.keys());
    while !words(other.parts().await.unwrap()["live-running"].as_str().unwrap()).contains("7 of 10 available") {}
    // One that comes later gets the last state at once.
    let late = Live::open(&vera, "?product=phone").await.parts().await.unwrap();
    assert!(words(late["live-figures"].as_str().unwrap()).contains("In carts 3") && late.contains_key("live-as-of"));
    let metrics = shop.http.get(format!("http://{}/metrics", shop.addr)).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("holdfast_watchers 0"), "operators are no watchers of the shop");
}

#[tokio::test]
async fn the_stream_ends_with_the_session_and_with_the_server() {
    let shop = Shop::open().await;
    shop.signed_in("ada@example.com", Role::Admin).await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let bob = shop.signed_in("bob@example.com", Role::Seller).await;
    let eve = shop.signed_in("eve@example.com", Role::Seller).await;
    let mut streams = [Live::open(&vera, "").await, Live::open(&bob, "").await, Live::open(&eve, "").await];
    for stream in &mut streams {
        assert!(stream.parts().await.is_some());
    }
    vera.post("/admin/sign-out", &[]).await.leads_to("/admin/sign-in");
    let [signed_out, disabled, stays] = &mut streams;
    signed_out.end().await;
    let bob = shop.operators.by_email(&"bob@example.com".parse::<EmailAddress>().unwrap()).await.unwrap();
    shop.operators.disable(&Actor::system(), bob.id).await.unwrap();
    disabled.end().await;
    shop.product("phone", 1).await;
    assert!(stays.parts().await.is_some(), "another session goes on");
    shop.stopping.cancel();
    stays.end().await;
}

#[tokio::test]
async fn an_open_screen_does_not_keep_its_session_alive() {
    let shop = Shop::open().await;
    let vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let mut stream = Live::open(&vera, "").await;
    assert!(stream.parts().await.is_some());
    shop.clock.advance(Duration::from_hours(13));
    stream.end().await;
}

#[tokio::test]
async fn there_are_so_many_streams_and_no_more() {
    let shop = Shop::open().await;
    let mut operators = Vec::new();
    for nth in 0..9 {
        operators.push(shop.signed_in(&format!("vera{nth}@example.com"), Role::Viewer).await);
    }
    let mut late = operators.pop().unwrap();
    let mut streams = Vec::new();
    for operator in &operators {
        for _ in 0..8 {
            streams.push(Live::open(operator, "").await);
        }
    }
    assert_eq!(late.get("/admin/live/events").await.status, 503);
    assert_eq!(late.get("/admin/live").await.status, 200, "the page works without a stream");
    drop(streams);
    until_a_place_is_free(&mut late).await;
}

#[tokio::test]
async fn one_operator_cannot_take_the_streams_of_all() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let bob = shop.signed_in("bob@example.com", Role::Viewer).await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(Live::open(&vera, "").await);
    }
    let refused = vera.get("/admin/live/events").await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    refused.shows(429, "You have 8 Live screens open. Close one, and");
    assert!(Live::open(&bob, "").await.parts().await.is_some(), "another operator has streams of their own");
    streams.pop();
    until_a_place_is_free(&mut vera).await;
}

/// Tries again until a stream opens.
async fn until_a_place_is_free(browser: &mut Browser<'_>) {
    let mut tries = 0;
    while browser.get("/admin/live/events").await.status != 200 {
        tries += 1;
        assert!(tries < 100, "a place is free again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
