//! The screen and the exports of the audit log.

use super::*;

#[tokio::test]
async fn the_audit_log_is_filtered_paged_and_exported() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Viewer).await;
    for n in 0..120_u64 {
        let mut entry = shop.entry(if n % 2 == 0 { "client.add" } else { "client.rotate" });
        entry.object.id = format!("=cmd{n:03}");
        shop.store().audit_log().append(&entry).await.unwrap();
        shop.clock.advance(Duration::from_millis(10));
    }
    let first = ada.get("/admin/audit-log?action=client").await;
    first.shows(200, "=cmd119");
    assert!(first.text.contains("=cmd070") && !first.text.contains("=cmd069"));
    let path =
        first.text.split("href=\"").map(|part| part.split('"').next().unwrap()).find(|href| href.contains("after="));
    let second = ada.get(&path.unwrap().replace("&amp;", "&")).await;
    assert!(second.text.contains("=cmd069") && second.text.contains("=cmd020") && !second.text.contains("=cmd070"));
    ada.get("/admin/audit-log?action=client.add&object=client/%3Dcmd004").await.shows(200, "=cmd004");
    ada.get("/admin/audit-log?actor=command-line+user+a+test").await.shows(200, "operator.invite");
    ada.get("/admin/audit-log?actor=nobody").await.shows(200, "Nothing matches");
    ada.get("/admin/audit-log?actor=%27%20OR%201%3D1%20--%00").await.shows(200, "Nothing matches");
    ada.get("/admin/audit-log?since=2026-01-01&until=2026-01-02").await.shows(200, "Nothing matches");

    let csv = ada.get("/admin/audit-log.csv?action=client.add").await;
    assert!(
        csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains("attachment")
    );
    assert_eq!(csv.text.lines().count(), 61);
    assert!(csv.text.starts_with("id,at,actor_kind") && csv.text.contains(",'=cmd004,"), "{}", csv.text);
    let json = ada.get("/admin/audit-log.jsonl").await;
    let lines: Vec<serde_json::Value> = json.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 120 && lines[1]["object"]["id"] == "=cmd119", "{}", lines[1]);
    // The export before this one is the newest entry.
    assert_eq!(lines[0]["action"], "audit_log.export");
    assert_eq!(lines[0]["after"], serde_json::json!({ "format": "csv", "filter": { "action": "client.add" } }));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_shows_and_exports_nothing() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Viewer).await;
    let mut entry = shop.entry("client.add");
    entry.object.id = "a-secret-matter".to_owned();
    shop.store().audit_log().append(&entry).await.unwrap();
    let wrong = [
        ("since=yesterday", "Enter a day"),
        ("until=2026-02-30", "Enter a day"),
        ("since=2026-01-01&after=nonsense", "Begin at the first page"),
    ];
    for (query, message) in wrong {
        let page = ada.get(&format!("/admin/audit-log?{query}")).await;
        page.shows(422, message);
        assert!(!page.text.contains("a-secret-matter"), "{}", page.text);
    }
    for path in ["/admin/audit-log.csv?since=x", "/admin/audit-log.jsonl?action=client&until=x"] {
        let page = ada.get(path).await;
        page.shows(422, "Enter a day");
        assert!(page.header("content-type").starts_with("text/html") && !page.text.contains("a-secret-matter"));
    }
    assert!(!shop.actions().await.contains(&"audit_log.export".to_owned()));
    ada.get("/admin/audit-log.csv?action=client").await.shows(200, "a-secret-matter");
}
