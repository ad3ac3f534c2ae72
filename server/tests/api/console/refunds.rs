//! The list of refunds, and the steps that operators take.

use super::{
    Browser, PASSWORD,
    orders::{pay, place, text},
};
use crate::shop::Shop;
use checkout::{
    IssueRefund, PaymentEvent, Restock,
    model::{Actor, PaymentStatus, Reference, RefundId, RefundState, RefundStep, ReportedAmount},
    store::operators::Role,
};
use serde_json::Value;
use std::time::Duration;

/// Issues a refund of one dollar.
async fn issue(shop: &Shop, order: &Value) -> RefundId {
    let (id, order) = (shop.checkout.new_refund_id(), text(order, "order_id").parse().unwrap());
    let refund = IssueRefund { id, order, amount: Some(100), restock: Restock::None };
    shop.checkout.issue_refund(refund, Actor::system()).await.unwrap();
    id
}

async fn advance(shop: &Shop, id: RefundId, step: RefundStep) {
    shop.checkout.advance_refund(id, 1, step, Actor::system()).await.unwrap();
}

async fn state(shop: &Shop, id: RefundId) -> (RefundState, u32) {
    let refund = shop.checkout.refund(id).await.unwrap();
    (refund.state, refund.attempt)
}

async fn paid_order(shop: &Shop) -> Value {
    let phone = shop.product("phone", 9).await;
    let order = place(shop, &phone, 1, "ada").await;
    pay(shop, &order, "tx-1").await;
    order
}

async fn take(browser: &mut Browser<'_>, id: RefundId, step: &str, attempt: &str, field: (&str, &str)) -> super::Shown {
    browser.post(&format!("/admin/refunds/{id}/{step}"), &[("attempt", attempt), field]).await
}

#[tokio::test]
async fn refunds_are_listed_by_state_with_their_age_and_order() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.get("/admin/refunds").await.shows(200, "Nothing is due");
    let order = paid_order(&shop).await;
    let ids = [issue(&shop, &order).await, issue(&shop, &order).await, issue(&shop, &order).await];
    advance(&shop, ids[1], RefundStep::Send).await;
    advance(&shop, ids[2], RefundStep::Fail { failure: "<account> closed".to_owned() }).await;
    shop.clock.advance(Duration::from_hours(3));
    // The session is idle for less than twelve hours.
    let due = vera.get("/admin/refunds").await;
    for expected in [&ids[0].to_string(), "3 h", "$1.00", text(&order, "number"), "Issued by an operator"] {
        due.shows(200, expected);
    }
    for (tab, shown) in [("due", 0), ("sending", 1), ("failed", 2)] {
        let page = vera.get(&format!("/admin/refunds?state={tab}")).await;
        for (nth, id) in ids.iter().enumerate() {
            assert_eq!(page.text.contains(&id.to_string()), nth == shown, "{tab}: {}", page.text);
        }
    }
    vera.get("/admin/refunds?state=failed").await.shows(200, "&lt;account&gt; closed");
    vera.get("/admin/refunds?state=succeeded").await.shows(200, "Nothing was refunded yet");
    let all = vera.get("/admin/refunds?state=all").await;
    assert!(ids.iter().all(|id| all.text.contains(&id.to_string())));
    let seen = vera.get(&format!("/admin/refunds/{}", ids[0])).await;
    seen.shows(200, "Transaction");
    assert!(!seen.text.contains("Mark as done"), "a viewer sees no form");
}

#[tokio::test]
async fn the_navigation_shows_the_number_of_refunds_due() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    assert!(!vera.get("/admin/orders").await.text.contains("screen-count"), "nothing is due");
    let order = paid_order(&shop).await;
    let ids = [issue(&shop, &order).await, issue(&shop, &order).await, issue(&shop, &order).await];
    advance(&shop, ids[0], RefundStep::Send).await;
    advance(&shop, ids[1], RefundStep::Fail { failure: "account closed".to_owned() }).await;
    // The refund that was sent waits for the provider; the other two wait for an operator. Every page says so, also one that
    // refuses.
    for (path, status) in [("/admin/orders", 200), ("/admin/account", 200), ("/admin/operators", 403)] {
        let page = vera.get(path).await;
        page.shows(status, "aria-label=\"Refunds, 2 due\"");
        assert_eq!(page.text.matches("<span class=\"screen-count\">2</span>").count(), 2, "sidebar and menu: {path}");
    }
    advance(&shop, ids[0], RefundStep::Succeed { provider_reference: None }).await;
    advance(&shop, ids[2], RefundStep::Send).await;
    vera.get("/admin/refunds").await.shows(200, "aria-label=\"Refunds, 1 due\"");
}

#[tokio::test]
async fn a_refund_is_carried_out_by_hand() {
    let shop = Shop::open().await;
    let order = paid_order(&shop).await;
    let id = issue(&shop, &order).await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    mona.get(&format!("/admin/refunds/{id}")).await.shows(200, "Done elsewhere");
    for note in ["", " ", "two\nlines", &"x".repeat(256)] {
        take(&mut mona, id, "done", "1", ("note", note)).await.shows(422, "Enter 1 to 255 characters");
    }
    let done = format!("/admin/refunds/{id}?done=refund-done");
    take(&mut mona, id, "done", "1", ("note", "transfer <17>")).await.leads_to(&done);
    assert_eq!(state(&shop, id).await, (RefundState::Succeeded, 1));
    mona.get(&done).await.shows(200, "transfer &lt;17&gt;");
    take(&mut mona, id, "done", "1", ("note", "again")).await.shows(409, "its state is Done");
    take(&mut mona, id, "fail", "1", ("failure", "account closed"))
        .await
        .leads_to(&format!("/admin/refunds/{id}?done=refund-fail"));
    assert_eq!(state(&shop, id).await, (RefundState::Failed, 1));
}

#[tokio::test]
async fn a_refund_is_sent_fails_and_is_tried_again() {
    let shop = Shop::open().await;
    let order = paid_order(&shop).await;
    let id = issue(&shop, &order).await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let none = ("note", "");
    take(&mut mona, id, "done", "2", ("note", "bank")).await.shows(409, "its state is Due, in attempt 1");
    take(&mut mona, id, "send", "1", none).await.leads_to(&format!("/admin/refunds/{id}?done=refund-send"));
    take(&mut mona, id, "done", "1", ("note", "bank")).await.shows(409, "its state is Sending");
    take(&mut mona, id, "fail", "1", ("failure", "")).await.shows(422, "Enter 1 to 500 characters");
    take(&mut mona, id, "fail", "1", ("failure", "closed"))
        .await
        .leads_to(&format!("/admin/refunds/{id}?done=refund-fail"));
    mona.get(&format!("/admin/refunds/{id}")).await.shows(200, "Try again");
    for _ in 0..2 {
        take(&mut mona, id, "retry", "1", none).await;
    }
    assert_eq!(state(&shop, id).await, (RefundState::Due, 2), "sent twice, it is one more attempt");
    take(&mut mona, id, "succeed", "2", ("provider_reference", "re_1"))
        .await
        .leads_to(&format!("/admin/refunds/{id}?done=refund-succeed"));
    mona.get(&format!("/admin/refunds/{id}")).await.shows(200, "re_1");
    for (step, attempt, status) in [("melt", "1", 404), ("send", "", 400), ("send", "x", 400)] {
        assert_eq!(take(&mut mona, id, step, attempt, none).await.status, status, "{step} {attempt}");
    }
    assert!(shop.checkout.audit().await.unwrap().clean);
    let page = mona.get(&format!("/admin/orders/{}", text(&order, "order_id"))).await;
    page.shows(200, "by mona@example.com");
}

#[tokio::test]
async fn a_failed_refund_that_no_longer_fits_is_not_tried_again() {
    let shop = Shop::open().await;
    let order = paid_order(&shop).await;
    let id = issue(&shop, &order).await;
    advance(&shop, id, RefundStep::Fail { failure: "closed".to_owned() }).await;
    let order_id = text(&order, "order_id").parse().unwrap();
    let rest = IssueRefund { id: shop.checkout.new_refund_id(), order: order_id, amount: None, restock: Restock::None };
    shop.checkout.issue_refund(rest, Actor::system()).await.unwrap();
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    take(&mut mona, id, "retry", "1", ("note", "")).await.shows(409, "Nothing was changed. Nothing is left to refund.");
    assert_eq!(state(&shop, id).await.0, RefundState::Failed);
}

#[tokio::test]
async fn an_open_dispute_blocks_refunds_and_says_so() {
    let shop = Shop::open().await;
    let order = paid_order(&shop).await;
    let due = issue(&shop, &order).await;
    let event_of = |transaction: &str, key: &str, status| PaymentEvent {
        key: key.to_owned().try_into().unwrap(),
        fingerprint: [0; 32],
        reference: Reference::Order(text(&order, "order_id").parse().unwrap()),
        transaction_id: transaction.to_owned().try_into().unwrap(),
        status,
        reported: ReportedAmount::default(),
        dispute_id: Some("dp_1".to_owned().try_into().unwrap()),
        payload: None,
    };
    let event = |key: &str, status| event_of("tx-1", key, status);
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let path = format!("/admin/orders/{}", text(&order, "order_id"));
    let other = event_of("tx-2", "other", PaymentStatus::DisputeOpened);
    shop.checkout.record_payment(other).await.unwrap();
    assert!(!mona.get(&path).await.text.contains("The shopper disputes"), "another transaction blocks no refund");
    shop.checkout.record_payment(event("open", PaymentStatus::DisputeOpened)).await.unwrap();
    mona.get(&path).await.shows(200, "The shopper disputes this payment");
    let id = shop.checkout.new_refund_id().to_string();
    let fields = [("id", &*id), ("amount", "1.00"), ("restock", "none"), ("reason", "damaged")];
    mona.post(&format!("{path}/refunds"), &fields).await.shows(409, "Refund it only once the dispute is closed");
    take(&mut mona, due, "send", "1", ("note", ""))
        .await
        .shows(409, "Nothing was changed. The shopper disputes this payment");
    mona.get("/admin/payments?status=dispute_opened").await.shows(200, "Dispute opened");

    shop.checkout.record_payment(event("close", PaymentStatus::DisputeClosed)).await.unwrap();
    assert!(!mona.get(&path).await.text.contains("The shopper disputes"));
    mona.post(&format!("{path}/refunds"), &fields).await.leads_to(&format!("{path}?done=refund-issued"));
}

#[tokio::test]
async fn steps_need_a_fresh_password() {
    let shop = Shop::open().await;
    let order = paid_order(&shop).await;
    let id = issue(&shop, &order).await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    shop.clock.advance(Duration::from_mins(10));
    let asked = take(&mut mona, id, "done", "1", ("note", "transfer 17")).await;
    asked.shows(200, "Enter your password");
    assert_eq!(asked.field("note"), "transfer 17");
    assert_eq!(state(&shop, id).await.0, RefundState::Due);
    let fields = [("attempt", "1"), ("note", "transfer 17"), ("confirm_password", PASSWORD)];
    let done = mona.post(&format!("/admin/refunds/{id}/done"), &fields).await;
    done.leads_to(&format!("/admin/refunds/{id}?done=refund-done"));
}

#[tokio::test]
async fn a_refund_that_the_provider_carries_out_is_sent_on_request() {
    let shop = Shop::open_with(|settings| settings.payments.auto_refund = false).await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 1, "ada").await;
    pay(&shop, &order, "test-one").await;
    let id = issue(&shop, &order).await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let path = format!("/admin/refunds/{id}");
    let page = mona.get(&path).await;
    page.shows(200, "By the payment provider, once an operator sends it.");
    page.shows(200, "Carry out…");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(state(&shop, id).await.0, RefundState::Due, "it is not sent by itself");
    let none = ("note", "");
    take(&mut mona, id, "carry-out", "1", none).await.leads_to(&format!("{path}?done=refund-carry-out"));
    for _ in 0..400 {
        if state(&shop, id).await.0 == RefundState::Succeeded {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(state(&shop, id).await, (RefundState::Succeeded, 1));
    take(&mut mona, id, "carry-out", "1", none).await.shows(409, "Nothing was changed.");
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    take(&mut vera, id, "carry-out", "1", none).await.shows(403, "does not allow this");
}

#[tokio::test]
async fn a_refund_of_another_systems_payment_is_carried_out_by_an_operator() {
    let shop = Shop::open().await;
    let order = paid_order(&shop).await;
    let id = issue(&shop, &order).await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let page = mona.get(&format!("/admin/refunds/{id}")).await;
    page.shows(200, "By an operator.");
    assert!(!page.text.contains("Carry out…"), "{}", page.text);
    take(&mut mona, id, "carry-out", "1", ("note", "")).await.shows(409, "cannot carry this refund out");
}

#[tokio::test]
async fn the_order_lists_its_payment_pages() {
    let shop = Shop::open().await;
    let order = place(&shop, &shop.product("phone", 9).await, 1, "ada").await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let page = vera.get(&format!("/admin/orders/{}", text(&order, "order_id"))).await;
    for part in ["Payment pages", "Payment page requested", "sandbox-", "Open"] {
        page.shows(200, part);
    }
}
