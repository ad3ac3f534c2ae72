//! Disputes in every scheme, and what is stored of a delivery.

use super::{
    PaymentFixture, assert_receipt, signing,
    stripe_events::{dispute, event, session, with},
};
use crate::shop::{ApiResponse, STRIPE_SECRET, Shop, WEBHOOK_SECRET};
use checkout::{
    Error, IssueRefund, Restock,
    model::{Actor, Refund, RefundStep, Refusal, open_disputes},
};
use serde_json::{Value, json};

async fn deliver(shop: &Shop, event: &Value) -> ApiResponse {
    signing::stripe(STRIPE_SECRET, shop.now_s(), &event.to_string()).send(shop).await
}

async fn refund(fixture: &PaymentFixture, amount: Option<i64>) -> Result<Refund, Error> {
    let checkout = &fixture.shop.checkout;
    let id = checkout.new_refund_id();
    let issue = IssueRefund { id, order: fixture.order.id, amount, restock: Restock::None };
    Ok(checkout.issue_refund(issue, Actor::system()).await?.value)
}

fn is_blocked(refund: &Result<Refund, Error>) -> bool {
    matches!(refund, Err(Error::Refused(Refusal::DisputeOpen)))
}

#[tokio::test]
async fn stripes_dispute_belongs_to_the_order_of_its_payment_intent() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let opened = event("evt_2", "charge.dispute.created", &dispute("dp_1", "needs_response", &id));
    // The shop has not recorded a payment of this intent.
    assert_eq!(deliver(shop, &opened).await.body, json!({ "status": "ignored" }));
    deliver(shop, &event("evt_1", "checkout.session.completed", &session("paid", &id))).await;
    for (nth, kind) in ["updated", "funds_withdrawn", "funds_reinstated", "later"].into_iter().enumerate() {
        let other = event(&format!("evt_x{nth}"), &format!("charge.dispute.{kind}"), &dispute("dp_1", "x", &id));
        assert_eq!(deliver(shop, &other).await.body, json!({ "status": "ignored" }), "{kind}");
    }
    assert_eq!(fixture.event_count().await, 1);
    let received = deliver(shop, &opened).await;
    assert_receipt(&received, 200, "processed", "paid");
    assert_eq!(received.body["order_id"], json!(id));
    assert_receipt(&deliver(shop, &opened).await, 200, "duplicate", "paid");
    assert!(is_blocked(&refund(&fixture, None).await));
    let payments = shop.checkout.payments(&fixture.order).await.unwrap();
    let open: Vec<_> = open_disputes(&payments).collect();
    assert_eq!((open.len(), open[0].reported.amount), (1, Some(500_000)));
    // Another dispute of the same payment.
    let second = event("evt_3", "charge.dispute.created", &dispute("dp_2", "needs_response", &id));
    assert_receipt(&deliver(shop, &second).await, 200, "processed", "paid");
    for (nth, name) in ["dp_1", "dp_2"].into_iter().enumerate() {
        assert!(is_blocked(&refund(&fixture, None).await), "{name}");
        let closed = event(&format!("evt_c{nth}"), "charge.dispute.closed", &dispute(name, "won", &id));
        assert_receipt(&deliver(shop, &closed).await, 200, "processed", "paid");
    }
    refund(&fixture, Some(1)).await.unwrap();
    assert_eq!(fixture.sold().await, 1);
}

#[tokio::test]
async fn a_malformed_dispute_is_400() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let whole = event("evt_1", "charge.dispute.created", &dispute("dp_1", "needs_response", &id));
    for (pointer, change) in [
        ("/data/object", json!([])),
        ("/data/object/id", Value::Null),
        ("/data/object/id", json!("")),
        ("/data/object/charge", json!(7)),
        ("/data/object/payment_intent", json!("a b")),
        ("/data/object/amount", json!("5")),
    ] {
        deliver(shop, &with(whole.clone(), pointer, change)).await.assert_problem(400, "unreadable-event");
    }
    // A charge without an intent belongs to nothing here.
    let bare = with(whole, "/data/object/payment_intent", Value::Null);
    assert_eq!(deliver(shop, &bare).await.body, json!({ "status": "ignored" }));
}

#[tokio::test]
async fn the_other_schemes_open_and_close_disputes() {
    let mut fixture = PaymentFixture::open().await;
    for scheme in [signing::plain, signing::standard] {
        let order = fixture.another().await;
        let transaction = format!("tx-{order}");
        let send = async |key: &str, status: &str, dispute_id: Option<&str>| {
            let mut body = json!({ "order_id": order, "transaction_id": transaction, "status": status });
            if let Some(id) = dispute_id {
                body["dispute_id"] = json!(id);
            }
            scheme(WEBHOOK_SECRET, fixture.shop.now_s(), &format!("{key}-{order}"), &body.to_string())
                .send(&fixture.shop)
                .await
        };
        assert_receipt(&send("paid", "success", None).await, 200, "processed", "paid");
        assert_receipt(&send("open", "dispute_opened", None).await, 200, "processed", "paid");
        assert!(is_blocked(&refund(&fixture, None).await));
        assert_receipt(&send("close", "dispute_closed", None).await, 200, "processed", "paid");
        assert_receipt(&send("early", "dispute_closed", Some("dp-2")).await, 200, "processed", "paid");
        assert_receipt(&send("late", "dispute_opened", Some("dp-2")).await, 200, "ignored", "paid");
        refund(&fixture, Some(1)).await.unwrap();
        send("odd", "success", Some("dp-3")).await.assert_problem(400, "unreadable-event");
        send("blank", "dispute_opened", Some("")).await.assert_problem(400, "unreadable-event");
    }
}

#[tokio::test]
async fn a_repeated_event_of_a_refunded_order_says_that_it_is_refunded() {
    let fixture = PaymentFixture::open().await;
    let (shop, paid) = (&fixture.shop, fixture.success());
    assert_receipt(&shop.pay("e1", &paid).await, 200, "processed", "paid");
    let id = refund(&fixture, None).await.unwrap().id;
    let succeed = RefundStep::Succeed { provider_reference: None };
    for step in [RefundStep::Send, succeed] {
        shop.checkout.advance_refund(id, 1, step, Actor::system()).await.unwrap();
    }
    assert_receipt(&shop.pay("e1", &paid).await, 200, "duplicate", "refunded");
}

#[tokio::test]
async fn the_body_is_stored_as_it_came_and_no_header_but_the_content_type() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let body = format!("{{ \"order_id\": \"{id}\",\r\n\t\"transaction_id\": \"tx-1\", \"status\":\"success\" }}\n");
    let mut signed = signing::plain(WEBHOOK_SECRET, shop.now_s(), "e1", &body);
    signed.headers.retain(|(name, _)| *name != "content-type");
    signed.headers.push(("content-type", b"application/json; charset=utf-8".to_vec()));
    assert_receipt(&signed.send(shop).await, 200, "processed", "paid");
    let event = shop.checkout.payments(&fixture.order).await.unwrap().remove(0);
    let payload = shop.checkout.payment_payload(event.id).await.unwrap().unwrap();
    assert_eq!((payload.body, payload.received_at), (body.into_bytes(), event.received_at));
    assert_eq!(payload.content_type.as_deref(), Some("application/json; charset=utf-8"));
}
