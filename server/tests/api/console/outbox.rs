//! The Outbox screen: what has failed, and another try.

use super::orders::{place, text};
use crate::shop::Shop;
use checkout::store::operators::Role;

#[tokio::test]
async fn a_dead_job_is_shown_to_all_and_tried_again_by_those_who_may() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.get("/admin/outbox").await.shows(200, "Nothing has failed");
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 1, "ada").await;
    let order = text(&order, "order_id");
    let job = shop.dead_job(order.parse().unwrap()).await;
    let page = vera.get("/admin/outbox").await;
    page.shows(200, "refused &lt;for good&gt;: 550");
    page.shows(200, "aria-label=\"Outbox, 1 failed\"");
    page.shows(200, &format!("/admin/orders/{order}"));
    assert!(!page.text.contains("Try again"), "a viewer sees no form");
    vera.get("/admin/outbox?state=done&kind=webhook").await.shows(200, "No matches");
    vera.get("/admin/outbox?state=dead&kind=mail").await.shows(200, "No matches");
    vera.get("/admin/outbox?state=nothing").await.shows(422, "no such list");
    vera.get("/admin/outbox?kind=event").await.shows(422, "Choose one of these.");
    let path = format!("/admin/outbox/{job}/retry");
    vera.post(&path, &[]).await.shows(403, "does not allow this");
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    mona.get("/admin/outbox").await.shows(200, "Try again");
    mona.post(&path, &[]).await.leads_to("/admin/outbox?state=pending&done=job-retry");
    mona.get("/admin/outbox?state=pending&done=job-retry").await.shows(200, "The job is due now.");
    assert!(!mona.get("/admin/orders").await.text.contains("Outbox, 1 failed"));
    mona.post(&format!("/admin/outbox/{order}/retry"), &[]).await.shows(404, "");
}
