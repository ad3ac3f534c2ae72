//! The home page: the featured drop, the sections and their pages, and the results of past drops.

use crate::shop::{START_MS, Shop};
use checkout::{
    PaymentEvent,
    model::{
        Actor, Money, Owner, PaymentStatus, Product, ProductDraft, Quantity, Reference, ReportedAmount, Timestamp,
    },
};
use reqwest::Method;
use std::time::Duration;
use uuid::Uuid;

/// Adds a product whose sale opens and ends so many seconds after the start of the test.
async fn drop(shop: &Shop, slug: &str, stock: u32, window: (Option<i64>, Option<i64>)) -> Product {
    let price = Money { minor: 2_000, currency: "USD".parse().unwrap() };
    let at = |seconds: Option<i64>| seconds.map(|seconds| Timestamp::from_millis(START_MS + seconds * 1000));
    let mut draft = ProductDraft::new(slug.parse().unwrap(), slug, price, stock);
    (draft.window.starts_at, draft.window.ends_at) = (at(window.0), at(window.1));
    shop.add(draft).await
}

/// Buys units of a product.
async fn buy(shop: &Shop, product: &Product, qty: i64) {
    let (owner, qty) = (Owner(Uuid::new_v4()), Quantity::try_from(qty).unwrap());
    let hold = shop.checkout.place_hold(product.id, qty, owner, None, None).await.unwrap().value;
    let order = shop.checkout.place_order(hold.id, None, owner, None).await.unwrap().value;
    let event = PaymentEvent {
        key: format!("evt-{}", order.id).try_into().unwrap(),
        fingerprint: [1; 32],
        reference: Reference::Order(order.id),
        transaction_id: format!("tx-{}", order.id).try_into().unwrap(),
        status: PaymentStatus::Success,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    };
    shop.checkout.record_payment(event).await.unwrap();
}

async fn get(shop: &Shop, path: &str) -> (u16, String) {
    let response = shop.request(Method::GET, path).header("accept", "text/html").send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// The slugs of the cards in the order of the page.
fn cards(html: &str) -> Vec<&str> {
    let links = html.split("data-testid=\"product-card\"").skip(1);
    links.map(|card| card.split_once("href=\"/products/").unwrap().1.split('"').next().unwrap()).collect()
}

fn featured(html: &str) -> Option<&str> {
    let (_, card) = html.split_once("class=\"card featured\"")?;
    card.split_once("href=\"/products/")?.1.split('"').next()
}

#[tokio::test]
async fn the_page_begins_with_the_drop_that_opened_last_or_opens_next() {
    let shop = Shop::open().await;
    let (status, empty) = get(&shop, "/").await;
    assert!(status == 200 && empty.contains("No drops yet") && empty.contains("href=\"/orders\""), "{empty}");
    drop(&shop, "over", 5, (Some(-20), Some(-10))).await;
    let (_, over) = get(&shop, "/").await;
    assert!(over.contains("Nothing on sale right now") && featured(&over).is_none(), "{over}");
    drop(&shop, "later", 5, (Some(200), None)).await;
    drop(&shop, "soon", 5, (Some(100), None)).await;
    let (_, coming) = get(&shop, "/").await;
    assert_eq!((featured(&coming), cards(&coming)), (Some("soon"), vec!["soon", "later", "over"]));
    assert!(!coming.contains("Nothing on sale") && !coming.contains("id=\"live\""), "{coming}");
    drop(&shop, "on", 5, (None, None)).await;
    let (_, live) = get(&shop, "/").await;
    assert_eq!((featured(&live), cards(&live)), (Some("on"), vec!["on", "soon", "later", "over"]));
    shop.clock.advance(Duration::from_secs(150));
    let (_, opened) = get(&shop, "/").await;
    assert_eq!((featured(&opened), cards(&opened)), (Some("soon"), vec!["soon", "on", "later", "over"]));
    for heading in ["Live now", "Coming", "Past"] {
        assert!(opened.contains(heading), "{heading}: {opened}");
    }
}

#[tokio::test]
async fn past_drops_have_their_result() {
    let shop = Shop::open().await;
    let lamp = drop(&shop, "lamp", 3, (Some(10), None)).await;
    let phone = drop(&shop, "phone", 5, (None, Some(1000))).await;
    shop.clock.advance(Duration::from_secs(20));
    buy(&shop, &lamp, 1).await;
    buy(&shop, &phone, 2).await;
    shop.clock.advance(Duration::from_secs(182));
    buy(&shop, &lamp, 2).await;
    let (_, sold_out) = get(&shop, "/").await;
    // From the opening to the last payment.
    assert!(sold_out.contains("3 sold in 3 min 12 s"), "{sold_out}");
    shop.clock.advance(Duration::from_secs(1000));
    let (_, ended) = get(&shop, "/").await;
    assert!(ended.contains("3 sold in 3 min 12 s") && ended.contains("2 of 5 sold"), "{ended}");
    // A page from before an edit of the product is not shown again.
    let now = shop.checkout.product(lamp.id).unwrap();
    let details = checkout::model::ProductDetails { name: "Lamp of the sea".to_owned(), ..now.details() };
    shop.checkout.edit_product(lamp.id, now.revision, details, Actor::system()).await.unwrap();
    let (_, edited) = get(&shop, "/").await;
    assert!(edited.contains("Lamp of the sea") && edited.contains("3 sold in 3 min 12 s"), "{edited}");
}

#[tokio::test]
async fn a_section_with_many_drops_has_pages() {
    let shop = Shop::open().await;
    for nth in 0..30 {
        drop(&shop, &format!("drop-{nth}"), 5, (None, Some(-100 - nth))).await;
    }
    let (_, home) = get(&shop, "/").await;
    assert_eq!(cards(&home).len(), 12);
    assert!(home.contains("href=\"/?past=1\"") && home.contains("All past drops"), "{home}");
    let mut seen = Vec::new();
    for page in 1..=3 {
        let (status, html) = get(&shop, &format!("/?past={page}")).await;
        assert_eq!(status, 200);
        assert_eq!(html.contains(&format!("href=\"/?past={}\"", page + 1)), page < 3, "{html}");
        assert_eq!(html.contains(&format!("href=\"/?past={}\"", page - 1)), page > 1, "{html}");
        assert_eq!(html.matches("<h1").count(), 1);
        seen.extend(cards(&html).into_iter().map(str::to_owned));
    }
    let expected: Vec<_> = (0..30).map(|nth| format!("drop-{nth}")).collect();
    assert_eq!(seen, expected, "newest first, and each once");
    for missing in ["/?past=0", "/?past=4", "/?past=x", "/?past=99999999999999999999", "/?live=1"] {
        assert_eq!(get(&shop, missing).await.0, 404, "{missing}");
    }
}

#[tokio::test]
async fn pages_and_their_islands_are_in_the_visitors_language() {
    let shop = Shop::open().await;
    drop(&shop, "soon", 1, (Some(60), None)).await;
    drop(&shop, "on", 3, (None, None)).await;
    let german = async |path: &str| {
        let request = shop.request(Method::GET, path).header("accept", "text/html").header("accept-language", "de");
        request.send().await.unwrap().text().await.unwrap()
    };
    for (path, texts) in [
        ("/", ["<title>Aktuelle Drops · ", ">fair reserviert.<", ">Startet in ", ">1 Stück<", ">3 von 3 verfügbar<"]),
        (
            "/products/soon",
            [">Alle Drops<", ">Startet in<", ">Menge<", ">Verbinde …<", "note.append(\"Du bist offline."],
        ),
    ] {
        let page = german(path).await;
        for text in texts {
            assert!(page.contains(text), "{text}: {page}");
        }
        for english in [">Opens in", ">On now", ">Connecting", ">Reserve<", "watching", ">All drops"] {
            assert!(
                !page.replace("class=\"watching", "").replace("\"watching\"", "").contains(english),
                "{english}: {page}"
            );
        }
    }
}
