//! Products of the admin API.

use super::{admin, send};
use crate::shop::{ApiResponse, Shop};
use checkout::model::Actor;
use reqwest::Method;
use serde_json::{Value, json};

async fn patch(shop: &Shop, token: &str, body: &Value) -> ApiResponse {
    send(shop, Method::PATCH, "/api/admin/products/phone", token, body).await
}

fn phone() -> Value {
    json!({ "slug": "phone", "name": "Phone", "price": 500_000, "currency": "USD", "stock": 5 })
}

#[tokio::test]
async fn a_product_is_created_once_for_each_key() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let mut body = phone();
    body["per_shopper_limit"] = json!(2);
    body["extend_seconds"] = Value::Null;
    body["hold_seconds"] = json!(60);
    body["starts_at"] = json!("2030-01-01T00:00:00Z");
    body["reason"] = json!("the winter sale");
    let created = shop.post_keyed("/api/admin/products", &token, "k", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let product = &created.body;
    assert_eq!(created.header("location"), format!("/api/admin/products/{}", product["id"].as_str().unwrap()));
    assert_eq!(
        (&product["status"], &product["revision"], &product["sale"]),
        (&json!("active"), &json!(1), &json!("coming"))
    );
    assert_eq!((&product["extend_seconds"], &product["hold_seconds"]), (&Value::Null, &json!(60)));
    assert_eq!((&product["pay_seconds"], &product["available"]), (&json!(600), &json!(5)));
    let again = shop.post_keyed("/api/admin/products", &token, "k", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed"), &again.body["id"]), (201, "true", &product["id"]));
    shop.post("/api/admin/products", &token, &body).await.assert_problem(409, "slug-taken");
    assert_eq!(shop.get("/api/products/phone", "").await.body["id"], product["id"]);
    // The audit log names the client and its reason.
    let log = shop.get("/api/admin/audit-log?action=product.add", &token).await.body;
    let entry = &log["items"][0];
    assert_eq!((&entry["actor"]["kind"], &entry["actor"]["name"]), (&json!("client"), &json!("a test")));
    assert_eq!(entry["reason"], "the winter sale");
}

#[tokio::test]
async fn invalid_products_are_refused() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    for (name, value, status, kind) in [
        ("slug", json!("No Slug"), 422, "invalid-body"),
        ("slug", json!("events"), 422, "invalid-product"),
        ("slug", json!("new"), 422, "invalid-product"),
        ("slug", json!("018f0000-0000-7000-8000-000000000000"), 422, "invalid-product"),
        ("name", json!(" "), 422, "invalid-product"),
        ("name", json!("x".repeat(201)), 422, "invalid-product"),
        ("description", json!("x".repeat(2001)), 422, "invalid-product"),
        ("price", json!(-1), 422, "invalid-product"),
        ("price", json!(9_000_000_000_000_000_000_u64), 422, "invalid-product"),
        ("price", json!(1.5), 422, "invalid-body"),
        ("currency", json!("usd"), 422, "invalid-body"),
        ("stock", json!(1_000_000_001), 422, "invalid-product"),
        ("stock", json!(-1), 422, "invalid-body"),
        ("per_shopper_limit", json!(0), 422, "invalid-product"),
        ("hold_seconds", json!(0), 422, "invalid-product"),
        ("hold_seconds", Value::Null, 422, "invalid-body"),
        ("pay_seconds", json!(2_592_001), 422, "invalid-product"),
        ("ends_at", json!("tomorrow"), 422, "invalid-body"),
        ("starts_at", json!("1969-12-31T23:59:59Z"), 422, "invalid-body"),
        ("ends_at", json!("0001-01-01T00:00:00Z"), 422, "invalid-body"),
        ("name", json!("Pho\u{200b}ne"), 422, "invalid-product"),
        ("description", json!("\u{202e}"), 422, "invalid-product"),
        ("reason", json!("a\u{2066}b"), 422, "invalid-body"),
        ("reason", json!(""), 422, "invalid-body"),
        ("reason", json!("x".repeat(501)), 422, "invalid-body"),
        ("image", json!("/x.png"), 422, "invalid-body"),
        ("tagline", json!("x".repeat(161)), 422, "invalid-product"),
        ("tagline", json!("two\nlines"), 422, "invalid-product"),
        ("tagline", Value::Null, 422, "invalid-body"),
        ("story", json!("x".repeat(5001)), 422, "invalid-product"),
        ("story", json!("a\u{202e}"), 422, "invalid-product"),
        ("specification", json!([{ "name": "Weight:", "value": "180 g" }]), 422, "invalid-product"),
        ("specification", json!([{ "name": "Weight", "value": " " }]), 422, "invalid-product"),
        ("specification", json!(vec![json!({ "name": "a", "value": "b" }); 31]), 422, "invalid-product"),
        ("specification", json!([{ "name": "Weight" }]), 422, "invalid-body"),
        ("specification", json!([{ "name": "Weight", "value": "180 g", "unit": "g" }]), 422, "invalid-body"),
        ("specification", json!(["Weight: 180 g"]), 422, "invalid-body"),
        ("hue", json!(360), 422, "invalid-product"),
        ("hue", json!(-1), 422, "invalid-body"),
        ("hue", json!(65_536), 422, "invalid-body"),
        ("featured", json!("yes"), 422, "invalid-body"),
    ] {
        let mut body = phone();
        body[name] = value.clone();
        let response = shop.post("/api/admin/products", &token, &body).await;
        assert_eq!(
            (response.status, &response.body["type"]),
            (status, &json!(format!("/problems/{kind}"))),
            "{name} {value}"
        );
    }
    assert!(shop.checkout.products().is_empty());
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_a_stale_one_says_what_changed() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    shop.product("phone", 5).await;
    let edit = json!({ "revision": 1, "price": 450_000, "per_shopper_limit": 2, "reason": "the last hour" });
    let edited = patch(&shop, &token, &edit).await;
    assert_eq!((edited.status, &edited.body["revision"], &edited.body["price"]), (200, &json!(2), &json!(450_000)));
    assert_eq!((&edited.body["name"], &edited.body["per_shopper_limit"]), (&json!("Flash Phone"), &json!(2)));

    let stale = patch(&shop, &token, &json!({ "revision": 1, "name": "Phone 2" })).await;
    stale.assert_problem(409, "stale-revision");
    assert_eq!((&stale.body["seen"], &stale.body["current"]), (&json!(1), &json!(2)));
    let change = &stale.body["changes"][0];
    assert_eq!(
        (&change["by"], &change["revision"], &change["reason"]),
        (&json!("API client a test"), &json!(2), &json!("the last hour"))
    );
    let names: Vec<_> =
        change["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"price") && names.contains(&"per_shopper_limit"), "{change}");

    let removed =
        patch(&shop, &token, &json!({ "revision": 2, "per_shopper_limit": null, "extend_seconds": null })).await;
    assert_eq!((&removed.body["per_shopper_limit"], &removed.body["extend_seconds"]), (&Value::Null, &Value::Null));
    // An edit that changes nothing makes no revision, and a revision of the future is stale as well.
    assert_eq!(patch(&shop, &token, &json!({ "revision": 3 })).await.body["revision"], 3);
    patch(&shop, &token, &json!({ "revision": 9, "name": "x" })).await.assert_problem(409, "stale-revision");
    for (body, kind) in [
        (json!({ "name": "x" }), "invalid-body"),
        (json!({ "revision": 3, "name": null }), "invalid-body"),
        (json!({ "revision": 3, "slug": "other" }), "invalid-body"),
        (json!({ "revision": 3, "stock": 9 }), "invalid-body"),
        (json!({ "revision": 3, "name": "" }), "invalid-product"),
        (
            json!({ "revision": 3, "starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z" }),
            "invalid-product",
        ),
    ] {
        patch(&shop, &token, &body).await.assert_problem(422, kind);
    }
    let unknown = send(&shop, Method::PATCH, "/api/admin/products/nothing", &token, &json!({ "revision": 1 })).await;
    unknown.assert_problem(404, "unknown-product");
}

#[tokio::test]
async fn a_product_has_a_story_that_everybody_reads_and_a_hue_that_operators_choose() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let mut body = phone();
    body["tagline"] = json!(" One hundred, once. ");
    body["story"] = json!("First.\n\nSecond.");
    body["specification"] = json!([{ "name": "Weight", "value": "180 g" }, { "name": "Ratio", "value": "16:9" }]);
    body["hue"] = json!(0);
    body["featured"] = json!(true);
    let created = shop.post("/api/admin/products", &token, &body).await;
    assert_eq!((created.status, &created.body["tagline"]), (201, &json!("One hundred, once.")), "{created:?}");
    assert_eq!((&created.body["hue"], &created.body["featured"]), (&json!(0), &json!(true)));
    let shown = shop.get("/api/products/phone", "").await.body;
    for name in ["story", "specification"] {
        assert_eq!(shown[name], body[name], "{name}");
    }
    assert_eq!(shown["tagline"], "One hundred, once.");
    assert!(shown.get("hue").is_none() && shown.get("featured").is_none(), "{shown}");

    // Members that are missing stay; null and empty values remove.
    let renamed = patch(&shop, &token, &json!({ "revision": 1, "name": "Phone 2" })).await.body;
    for name in ["tagline", "story", "specification", "hue", "featured"] {
        assert_eq!(renamed[name], created.body[name], "{name}");
    }
    let cleared = json!({
        "revision": 2, "tagline": "", "story": "", "specification": [], "hue": null, "featured": false,
    });
    let cleared = patch(&shop, &token, &cleared).await.body;
    let values = ["tagline", "story", "specification", "hue", "featured"].map(|name| cleared[name].clone());
    assert_eq!(values, [json!(""), json!(""), json!([]), Value::Null, json!(false)]);
    for body in [json!({ "revision": 3, "story": null }), json!({ "revision": 3, "featured": null })] {
        patch(&shop, &token, &body).await.assert_problem(422, "invalid-body");
    }
    // The audit log has what the edit removed.
    let log = shop.get("/api/admin/audit-log?action=product.edit&limit=1", &token).await.body;
    let entry = log["items"][0].to_string();
    assert!(entry.contains("First.") && entry.contains("One hundred, once."), "{entry}");
}

/// This node learns of another node's edit a moment later. An edit on top of it keeps what it changed.
#[tokio::test]
async fn an_edit_on_top_of_another_nodes_edit_keeps_it() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let store = checkout::store::open(&shop.database_url).await.unwrap();
    let other = checkout::Checkout::start(store, shop.clock.clone(), checkout::Limits::default()).await.unwrap();
    let mut details = product.details();
    details.name = "Renamed".to_owned();
    other.edit_product(product.id, 1, details, Actor::system()).await.unwrap();
    let edited = patch(&shop, &token, &json!({ "revision": 2, "price": 1 })).await;
    assert_eq!((edited.status, &edited.body["name"], &edited.body["price"]), (200, &json!("Renamed"), &json!(1)));
}

#[tokio::test]
async fn stock_is_added_and_removed_but_not_what_is_committed() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    shop.hold(&token, &product, 3).await;
    let path = format!("/api/admin/products/{}/stock", product.id);
    let change = async |delta: i64| shop.post(&path, &token, &json!({ "delta": delta, "reason": "recount" })).await;
    let more = change(10).await;
    assert_eq!((more.status, &more.body["total"], &more.body["available"]), (200, &json!(15), &json!(12)));
    assert_eq!(change(-12).await.body["available"], 0);
    let committed = change(-1).await;
    committed.assert_problem(409, "stock-committed");
    assert_eq!(committed.body["committed"], 3);
    change(1_000_000_000).await.assert_problem(422, "invalid-body");
    change(3_000_000_000).await.assert_problem(422, "invalid-body");
    shop.post(&path, &token, &json!({ "delta": 1 })).await.assert_problem(422, "invalid-body");
    let keyed = async || shop.post_keyed(&path, &token, "k", &json!({ "delta": 1, "reason": "found one" })).await;
    assert_eq!(keyed().await.body["total"], 4);
    assert_eq!((keyed().await.header("idempotency-replayed"), &keyed().await.body["total"]), ("true", &json!(4)));
}

#[tokio::test]
async fn a_product_is_paused_resumed_and_archived() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let set = async |call: &str| {
        shop.post(&format!("/api/admin/products/phone/{call}"), &token, &json!({ "reason": "the price is wrong" }))
            .await
    };
    assert_eq!(set("pause").await.body["status"], "paused");
    let hold = json!({ "product_id": product.id, "qty": 1 });
    shop.post("/api/holds", &token, &hold).await.assert_problem(409, "sale-paused");
    assert_eq!(set("resume").await.body["status"], "active");
    let hold = shop.hold(&token, &product, 1).await;
    let in_use = set("archive").await;
    in_use.assert_problem(409, "product-in-use");
    assert_eq!(in_use.body["units"], 1);
    let path = format!("/api/holds/{}", hold["hold_id"].as_str().unwrap());
    assert_eq!(send(&shop, Method::DELETE, &path, &token, &json!({})).await.status, 204);
    assert_eq!(set("archive").await.body["status"], "archived");
    shop.get("/api/products/phone", "").await.assert_problem(404, "unknown-product");
    assert_eq!(shop.get("/api/admin/products/phone", &token).await.body["status"], "archived");
    assert_eq!(set("resume").await.body["status"], "active");
    shop.post("/api/admin/products/phone/pause", &token, &json!({})).await.assert_problem(422, "invalid-body");
    shop.post("/api/admin/products/nothing/pause", &token, &json!({ "reason": "x" }))
        .await
        .assert_problem(404, "unknown-product");
    let log = shop.get(&format!("/api/admin/audit-log?object=product/{}", product.id), &token).await.body;
    let actions: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["product.resume", "product.archive", "product.resume", "product.pause", "product.add"]);
}

#[tokio::test]
async fn products_are_listed_newest_first_page_by_page() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    for slug in ["phone", "watch", "lamp"] {
        shop.product(slug, 1).await;
    }
    let slugs = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|product| product["slug"].as_str().unwrap().to_owned()).collect()
    };
    let first = shop.get("/api/admin/products?limit=2", &token).await.body;
    assert_eq!(slugs(&first), ["lamp", "watch"]);
    let next = first["next"].as_str().unwrap();
    let last = shop.get(&format!("/api/admin/products?limit=2&cursor={next}"), &token).await.body;
    assert_eq!((slugs(&last), &last["next"]), (vec!["phone".to_owned()], &Value::Null));
    shop.post("/api/admin/products/lamp/archive", &token, &json!({ "reason": "sold" })).await;
    for (query, expected) in [
        ("status=archived", &["lamp"][..]),
        ("status=active", &["watch", "phone"]),
        ("q=WAT", &["watch"]),
        ("q=flash%20PHONE", &["lamp", "watch", "phone"]),
        ("q=%25", &[]),
        ("q=", &["lamp", "watch", "phone"]),
    ] {
        assert_eq!(slugs(&shop.get(&format!("/api/admin/products?{query}"), &token).await.body), expected, "{query}");
    }
    for query in
        ["limit=0", "limit=201", "limit=x", "cursor=x", "status=gone", "status=", "page=2", "limit=1&limit=2", "q=%00"]
    {
        let response = shop.get(&format!("/api/admin/products?{query}"), &token).await;
        assert_eq!((response.status, &response.body["type"]), (400, &json!("/problems/bad-query")), "{query}");
    }
}
