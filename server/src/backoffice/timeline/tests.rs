#![expect(clippy::needless_pass_by_value, reason = "the tests pass `json!(…)` as it is made")]

use super::*;
use checkout::model::{Actor, AuditObject, ChangeReason, RefundReason};
use serde_json::{Value, json};
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + seconds * 1000)
}

fn order(state: Value) -> Order {
    let mut order = json!({
        "id": Uuid::from_u128(1), "hold_id": Uuid::from_u128(2), "product_id": Uuid::from_u128(3),
        "owner": Uuid::from_u128(4), "shopper": null, "qty": 2, "amount": { "minor": 3998, "currency": "USD" },
        "created_at": at(10), "pay_by": at(610),
    });
    order.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
    serde_json::from_value(order).unwrap()
}

fn refund(id: u128, reason: RefundReason, state: RefundState, created: i64, updated: i64) -> Refund {
    serde_json::from_value(json!({
        "id": Uuid::from_u128(id), "order_id": Uuid::from_u128(1), "event_id": null, "product_id": null,
        "transaction_id": "tx-1", "amount": 1999, "currency": "USD", "reason": reason, "restocked": 1, "state": state,
        "attempt": 1, "provider_reference": null, "note": null, "failure": null, "created_at": at(created),
        "updated_at": at(updated), "version": 2,
    }))
    .unwrap()
}

fn payment(status: PaymentStatus, outcome: Value, received: i64) -> Payment {
    let mut payment = json!({
        "id": Uuid::from_u128(7), "key": "evt-1", "fingerprint": vec![0; 32], "reference": { "hold": Uuid::from_u128(2) },
        "product_id": null, "transaction_id": "tx-1", "status": status,
        "reported": { "amount": 3998, "currency": "USD" }, "received_at": at(received),
    });
    payment.as_object_mut().unwrap().extend(outcome.as_object().unwrap().clone());
    serde_json::from_value(payment).unwrap()
}

fn entry(seconds: i64, action: &'static str, object: AuditObject, before: Value, after: Value) -> AuditEntry {
    AuditEntry {
        id: Uuid::from_u128(u128::try_from(seconds).unwrap()).into(),
        at: at(seconds),
        actor: Actor::command_line("ada"),
        action: action.into(),
        object,
        before: Some(before.to_string()),
        after: Some(after.to_string()),
        reason: ChangeReason::try_from("damaged".to_owned()).ok(),
    }
}

fn lines(events: &[TimelineEvent]) -> Vec<String> {
    let line = |event: &TimelineEvent| {
        let since = (event.at.as_millis() - at(0).as_millis()) / 1000;
        format!("{since} {} {}: {}", event.kind.name(), event.title, event.detail.as_deref().unwrap_or_default())
    };
    events.iter().map(line).collect()
}

#[test]
fn events_of_all_sources_are_in_order_of_time() {
    let order = order(json!({ "status": "paid", "paid_at": at(10), "transaction_id": "tx-1" }));
    let hold: Hold = serde_json::from_value(json!({
        "id": Uuid::from_u128(2), "product_id": Uuid::from_u128(3), "owner": Uuid::from_u128(4), "shopper": null, "qty": 2,
        "created_at": at(0), "expires_at": at(120), "extended": false, "status": "ordered", "order_id": Uuid::from_u128(1),
    }))
    .unwrap();
    let id = Uuid::from_u128(9);
    let refunds = [refund(9, RefundReason::ByOperator, RefundState::Succeeded, 20, 30)];
    let step = |state: &str| json!({ "state": state, "attempt": 1, "note": "bank 17" });
    // Newest first, as the log lists them.
    let entries = [
        entry(30, "refund.done_elsewhere", AuditObject::new("refund", id), step("due"), step("succeeded")),
        entry(
            20,
            "refund.issue",
            AuditObject::new("order", order.id),
            json!({ "refunds_issued": 0, "restocked": 0 }),
            json!({ "refund_id": id, "amount": 1999, "currency": "USD", "refunds_issued": 1999, "restocked": 1 }),
        ),
    ];
    let payments = [payment(PaymentStatus::Success, json!({ "outcome": "applied" }), 5)];
    let events = merge(Some(&hold), &order, &payments, &refunds, &entries);
    assert_eq!(
        lines(&events),
        [
            format!("0 hold Hold placed: 2 units, until {}", at(120)),
            "5 payment Payment received: $39.98, transaction tx-1, applied to the order".to_owned(),
            format!("10 order Order placed: 2 units, $39.98, to be paid by {}", at(610)),
            "10 order Order paid: transaction tx-1".to_owned(),
            format!("20 refund Refund issued: $19.99, 1 unit put back on sale, refund {id}"),
            format!("30 refund Refund made outside the payment provider: bank 17, refund {id}"),
        ]
    );
    let (actor, reason) = (events[4].actor.as_deref(), events[4].reason.as_deref());
    assert_eq!((actor, reason), (Some("command-line user ada"), Some("damaged")));
    assert_eq!(events[0].actor, None);
}

#[test]
fn a_refund_made_at_the_provider_was_never_due() {
    let order = order(json!({ "status": "paid", "paid_at": at(10), "transaction_id": "tx-1" }));
    let object = || AuditObject::new("refund", Uuid::from_u128(9));
    let reported = json!({
        "state": "sending", "attempt": 1, "amount": 1999, "currency": "USD", "transaction_id": "tx-1",
        "provider_reference": "re_1",
    });
    let entries = [
        entry(30, "refund.succeed", object(), json!({ "state": "sending" }), json!({ "state": "succeeded" })),
        entry(20, "refund.report", object(), Value::Null, reported),
    ];
    let refunds = [refund(9, RefundReason::AtProvider, RefundState::Succeeded, 15, 30)];
    let events = merge(None, &order, &[], &refunds, &entries);
    let id = Uuid::from_u128(9);
    assert_eq!(
        lines(&events)[2..],
        [
            format!("20 refund Refund made at the payment provider: $19.99, sending, re_1, refund {id}"),
            format!("30 refund Refund done: refund {id}"),
        ]
    );
}

#[test]
fn a_cancellation_is_told_once_and_a_refund_without_entries_is_told_from_its_row() {
    let order = order(json!({ "status": "cancelled", "cancelled_at": at(40), "reason": "by_operator" }));
    let (before, after) = (json!({ "status": "pending" }), json!({ "status": "cancelled", "units": 1 }));
    let cancel = entry(40, "order.cancel", AuditObject::new("order", order.id), before, after);
    let refunds = [refund(9, RefundReason::SoldOut, RefundState::Succeeded, 50, 60)];
    let payments = [payment(PaymentStatus::Success, json!({ "outcome": "refunded", "refund_reason": "sold_out" }), 50)];
    let events = merge(None, &order, &payments, &refunds, std::slice::from_ref(&cancel));
    let id = Uuid::from_u128(9);
    assert_eq!(
        lines(&events)[1..],
        [
            "40 order Order cancelled: 1 unit for sale again".to_owned(),
            "50 payment Payment received: $39.98, transaction tx-1, refunded: the units were sold when the money came"
                .to_owned(),
            format!("50 refund Refund due: $19.99, the units were sold when the money came, refund {id}"),
            format!("60 refund Refund done: $19.99, refund {id}"),
        ]
    );
    // Without the entry, as for a cancellation by an older version of the shop, the order tells of it.
    let events = merge(None, &order, &payments, &refunds, &[]);
    assert_eq!(lines(&events)[1], "40 order Order cancelled: by the shop");
}
