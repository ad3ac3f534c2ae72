//! The audit log of the admin API.

use super::admin;
use crate::shop::Shop;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn entries_are_filtered_and_paged() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let mut times = Vec::new();
    for call in ["pause", "resume", "pause"] {
        shop.clock.advance(Duration::from_secs(1));
        times.push(shop.checkout.now().to_string());
        let body = json!({ "reason": call });
        shop.post(&format!("/api/admin/products/phone/{call}"), &token, &body).await;
    }
    let actions = |page: &Value| -> Vec<String> {
        page["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    };
    let (pause, resume) = ("product.pause", "product.resume");
    for (query, expected) in [
        ("action=product.pause".to_owned(), &[pause, pause][..]),
        ("action=product&actor=a%20test".to_owned(), &[pause, resume, pause]),
        ("actor=holdfast&action=product".to_owned(), &["product.add"]),
        (format!("object=product/{}", product.id), &[pause, resume, pause, "product.add"]),
        ("object=order".to_owned(), &[]),
        (format!("action=product&since={}", times[1]), &[pause, resume]),
        (format!("action=product&until={}", times[1]), &[pause, "product.add"]),
        ("actor=%27%20OR%201=1".to_owned(), &[]),
    ] {
        assert_eq!(
            actions(&shop.get(&format!("/api/admin/audit-log?{query}"), &token).await.body),
            expected,
            "{query}"
        );
    }
    let first = shop.get("/api/admin/audit-log?action=product&limit=3", &token).await.body;
    let next = first["next"].as_str().unwrap();
    let last = shop.get(&format!("/api/admin/audit-log?action=product&limit=3&cursor={next}"), &token).await.body;
    assert_eq!(
        (actions(&first).len(), actions(&last), &last["next"]),
        (3, vec!["product.add".to_owned()], &Value::Null)
    );
    for query in ["limit=0", "since=2026", "cursor=x", "actor=%00", "kind=product"] {
        shop.get(&format!("/api/admin/audit-log?{query}"), &token).await.assert_problem(400, "bad-query");
    }
}
