//! The export of the list of orders.

use super::orders::place;
use crate::shop::Shop;
use checkout::store::operators::Role;
use serde_json::Value;

#[tokio::test]
async fn the_filtered_list_is_exported_without_formulas_and_leaves_a_trace() {
    let shop = Shop::open().await;
    let (phone, watch) = (shop.product("phone", 9).await, shop.product("watch", 9).await);
    for shopper in ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "-2", "a,\"b\""] {
        place(&shop, &phone, 1, shopper).await;
    }
    place(&shop, &watch, 1, "ada").await;
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    let list = sam.get(&format!("/admin/orders?product={}", phone.id)).await;
    list.shows(200, &format!("/admin/orders.csv?product={}", phone.id));
    let csv = sam.get(&format!("/admin/orders.csv?product={}", phone.id)).await;
    assert!(csv.header("content-type").starts_with("text/csv"), "{:?}", csv.headers);
    assert!(csv.header("content-disposition").contains("orders.csv"), "{:?}", csv.headers);
    assert_eq!(csv.text.lines().count(), 6, "{}", csv.text);
    for cell in [",'=cmd", ",'+1", ",'@SUM", ",'-2", "\"a,\"\"b\"\"\""] {
        assert!(csv.text.contains(cell), "{cell}: {}", csv.text);
    }
    let json = sam.get("/admin/orders.jsonl?status=pending").await;
    let lines: Vec<Value> = json.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    sam.get("/admin/orders.csv?since=yesterday").await.shows(422, "Enter a day");
    assert_eq!(shop.actions().await.iter().filter(|action| *action == "order.export").count(), 2);
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.get("/admin/orders.csv").await.shows(403, "does not allow this");
}
