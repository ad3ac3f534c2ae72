//! Edits, changes of stock and of the status.

use super::*;
use checkout::model::{Actor, ProductDetails, ProductStatus};

#[tokio::test]
async fn an_edit_changes_the_price_of_new_holds_only() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let token = shop.token().await;
    let hold = shop.hold(&token, &product, 3).await;
    let mut sam = shop.seller().await;
    let path = format!("/admin/products/{}", product.id);
    let form = sam.get(&path).await.edit_form();
    let edit = changed(form, &[("price", "42.50"), ("limit", "5"), ("reason", "Black Friday")]);
    sam.post(&path, &borrowed(&edit)).await.leads_to(&format!("{path}?done=price"));
    sam.get(&format!("{path}?done=price")).await.shows(200, "3 units in active holds keep the price");
    let known = shop.known(&product);
    assert_eq!((known.price.minor, known.per_shopper_limit, known.revision), (4250, Some(5), 2));
    let order = shop.post("/api/orders", &token, &serde_json::json!({ "hold_id": hold["hold_id"] })).await;
    assert_eq!(order.body["amount"], 1_500_000, "{order:?}");
    let page = sam.get("/admin/audit-log?action=product.edit").await;
    page.shows(200, "Black Friday");

    let form = sam.get(&path).await.edit_form();
    for (name, value, text) in [
        ("price", "", "Enter a price"),
        ("name", "", "Enter a name."),
        ("reason", "a\tb", "invisible character U+0009"),
    ] {
        let shown = sam.post(&path, &borrowed(&changed(form.clone(), &[(name, value)]))).await;
        shown.shows(422, text);
    }
    assert_eq!(shop.known(&product).revision, 2);
}

#[tokio::test]
async fn a_stale_edit_shows_what_changed_and_by_whom_and_can_be_saved_on_top() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let mut sam = shop.seller().await;
    let path = format!("/admin/products/{}", product.id);
    let opened = ada.get(&path).await.edit_form();
    let story = "x".repeat(5000);
    let theirs =
        changed(sam.get(&path).await.edit_form(), &[("name", "Phone <2>"), ("price", "10.00"), ("story", &story)]);
    sam.post(&path, &borrowed(&theirs)).await.leads_to(&format!("{path}?done=price"));

    let mine = changed(opened, &[("price", "12.00"), ("limit", "2"), ("description", "My own words")]);
    let conflict = ada.post(&path, &borrowed(&mine)).await;
    conflict.shows(409, "Somebody else changed this product");
    for text in [
        "sam@example.com",
        "5000.00 USD",
        "10.00 USD",
        "Phone &lt;2&gt;",
        "My own words",
        "the form keeps your values: Price.",
    ] {
        assert!(conflict.text.contains(text), "{text}: {}", conflict.text);
    }
    assert_eq!(shop.known(&product).price.minor, 1000, "nothing was saved");
    let merged = conflict.edit_form();
    let value = |name: &str| merged.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let values = ["name", "price", "limit", "description", "revision"].map(value);
    assert_eq!(values, ["Phone <2>", "12.00", "2", "My own words", "2"]);
    assert_eq!(value("story"), story);
    // The hidden copy of what was seen is short.
    assert!(value("was_story").len() < 100, "{}", value("was_story"));

    ada.post(&path, &borrowed(&merged)).await.leads_to(&format!("{path}?done=price"));
    let known = shop.known(&product);
    assert_eq!(
        (&*known.name, known.price.minor, known.per_shopper_limit, known.revision),
        ("Phone <2>", 1200, Some(2), 3)
    );
    // A form without its hidden fields is stale, and harmless.
    let bare = [("name", "x"), ("price", "1"), ("hold_seconds", "1"), ("pay_seconds", "1")];
    ada.post(&path, &bare).await.shows(409, "Somebody else changed this product");
    assert_eq!(shop.known(&product), known);
}

/// This node learns of another node's edit a moment later. The page shows the edit all the same.
#[tokio::test]
async fn a_stale_edit_shows_the_edit_of_another_node() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let mut sam = shop.seller().await;
    let path = format!("/admin/products/{}", product.id);
    let opened = sam.get(&path).await.edit_form();
    let store = checkout::store::open(&shop.database_url).await.unwrap();
    let other = checkout::Checkout::start(store, shop.clock.clone(), checkout::Limits::default()).await.unwrap();
    let details = ProductDetails { name: "Renamed".to_owned(), ..product.details() };
    other.edit_product(product.id, 1, details, Actor::system()).await.unwrap();
    let mine = changed(opened, &[("price", "12.00")]);
    let conflict = sam.post(&path, &borrowed(&mine)).await;
    conflict.shows(409, "Somebody else changed this product");
    let form = conflict.edit_form();
    let value = |name: &str| form.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(["name", "price", "revision"].map(value), ["Renamed", "12.00", "2"]);
}

#[tokio::test]
async fn stock_changes_by_a_signed_number_and_never_below_what_is_taken() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let token = shop.token().await;
    shop.hold(&token, &product, 4).await;
    let mut sam = shop.seller().await;
    let path = format!("/admin/products/{}", product.id);
    sam.get(&path).await.shows(200, "cannot be less than the 4 that are held, pending or sold");
    let stock = format!("{path}/stock");
    for (delta, reason, status, text) in [
        ("", "x", 422, "other than zero"),
        ("0", "x", 422, "other than zero"),
        ("1e3", "x", 422, "other than zero"),
        ("5", "", 422, "Say why"),
        ("5", &"x".repeat(501), 422, "500 characters"),
        ("-7", "lost", 409, "4 units are held, pending or sold"),
        ("-2147483648", "lost", 409, "4 units are held, pending or sold"),
        ("2147483647", "found", 409, "cannot be counted"),
    ] {
        sam.post(&stock, &[("delta", delta), ("reason", reason)]).await.shows(status, text);
    }
    assert_eq!(shop.known(&product).stock.total, 10);
    sam.post(&stock, &[("delta", "-6"), ("reason", "lost")]).await.leads_to(&format!("{path}?done=stock"));
    assert_eq!((shop.known(&product).stock.total, shop.known(&product).stock.available), (4, 0));
    sam.get(&path).await.shows(200, "so you can only add units");
    // The same form counts once, and its key is not good for another change.
    let key = sam.get(&path).await.field("key");
    let twice = [("delta", "+5"), ("reason", "found"), ("key", key.as_str())];
    for _ in 0..2 {
        sam.post(&stock, &twice).await.leads_to(&format!("{path}?done=stock"));
    }
    assert_eq!(shop.known(&product).stock.total, 9);
    sam.post(&stock, &with(&twice, &[("delta", "+6")])).await.shows(409, "already used for another change");
}

#[tokio::test]
async fn a_product_is_paused_resumed_and_archived_with_a_reason() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let token = shop.token().await;
    let hold = shop.hold(&token, &product, 2).await;
    let mut sam = shop.seller().await;
    let path = format!("/admin/products/{}", product.id);
    for action in ["pause", "resume", "archive"] {
        sam.post(&format!("{path}/{action}"), &[("reason", " ")]).await.shows(422, "Say why");
    }
    let reason = [("reason", "a bug")];
    sam.post(&format!("{path}/pause"), &reason).await.leads_to(&format!("{path}?done=paused"));
    let page = sam.get(&path).await;
    page.shows(200, "Resume sale");
    assert!(!page.text.contains("Pause sale"));
    let in_use = sam.post(&format!("{path}/archive"), &reason).await;
    in_use.shows(409, "2 units in holds or unpaid orders");
    assert!(in_use.text.contains("<details open class=\"action\""), "the form is open: {}", in_use.text);
    sam.post(&format!("{path}/resume"), &reason).await.leads_to(&format!("{path}?done=resumed"));
    shop.request(Method::DELETE, &format!("/api/holds/{}", hold["hold_id"].as_str().unwrap()))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    sam.post(&format!("{path}/archive"), &reason).await.leads_to(&format!("{path}?done=archived"));
    assert_eq!(shop.known(&product).status, ProductStatus::Archived);
    let page = sam.get(&path).await;
    page.shows(200, "Restore");
    assert!(!page.text.contains("View in shop"));
    sam.post(&format!("{path}/resume"), &reason).await.leads_to(&format!("{path}?done=resumed"));
    // The clock stands still, so the log may list the entries of operators before or after these.
    let mut actions = shop.actions().await;
    actions.retain(|action| action.starts_with("product."));
    let expected = ["product.add", "product.pause", "product.resume", "product.archive", "product.resume"];
    assert_eq!(actions, expected);
}
