//! The invariants of payment events: each success has one effect, and a payment is not refunded while it is disputed.

use super::{requests::digest, tables::Tables};
use crate::model::{
    AuditEntry, EventOutcome, HoldState, OrderId, OrderState, Payment, PaymentReport, PaymentStatus, Reference,
    RefundId, TransactionId,
};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the payment events before and after a step.
pub(super) fn check(before: &Tables, after: &Tables) {
    money(after);
    reports(after);
    payloads(before, after);
    let refunded = refunds_of_disputed(before, after);
    assert!(refunded.is_empty(), "disputes: {refunded:?}");
}

/// Each successful transaction is applied, parked or due for refund exactly once, and each paid order was paid by one of
/// them (P5–P7).
fn money(tables: &Tables) {
    let mut counts: BTreeMap<&TransactionId, u32> = BTreeMap::new();
    let mut applied = 0;
    let counted = |p: &&Payment| p.outcome != EventOutcome::Duplicate;
    for payment in tables.payments.values().filter(|p| p.status == PaymentStatus::Success).filter(counted) {
        *counts.entry(&payment.transaction_id).or_default() += 1;
        match payment.outcome {
            EventOutcome::Applied => {
                applied += 1;
                let order = tables.orders.values().find(|o| match payment.reference {
                    Reference::Order(id) => o.id == id,
                    Reference::Hold(id) => o.hold_id == id,
                });
                let by = match order.map(|o| &o.state) {
                    Some(OrderState::Paid { transaction_id, .. }) => Some(transaction_id),
                    _ => None,
                };
                assert_eq!(by, Some(&payment.transaction_id), "P7: applied to nothing: {payment:?}");
            }
            EventOutcome::Parked => {
                let waits = match payment.reference {
                    Reference::Hold(id) => tables.holds.get(&id).is_none_or(|h| h.state == HoldState::Active),
                    Reference::Order(id) => !tables.orders.contains_key(&id),
                };
                assert!(waits, "P6: parked with nothing to wait for: {payment:?}");
            }
            outcome => assert!(
                outcome.refund_reason().is_some(),
                "P7: a success that is not applied, parked or due for refund: {payment:?}"
            ),
        }
    }
    assert!(counts.values().all(|n| *n == 1), "P5: {counts:?}");
    let paid = tables.orders.values().filter(|o| matches!(o.state, OrderState::Paid { .. })).count();
    assert_eq!(paid, applied, "P7: one applied payment for each paid order");
}

/// Each report of a transaction counts once (P5). A dispute without effect was closed before it was opened.
fn reports(tables: &Tables) {
    let mut counted = BTreeSet::new();
    for payment in tables.payments.values().filter(|p| p.outcome != EventOutcome::Duplicate) {
        assert!(counted.insert(payment.report()), "P5: counted twice: {payment:?}");
    }
    let ignored = |p: &&Payment| p.status == PaymentStatus::DisputeOpened && p.outcome == EventOutcome::Ignored;
    for opened in tables.payments.values().filter(ignored) {
        let end = PaymentReport { status: PaymentStatus::DisputeClosed, ..opened.report() };
        assert!(counted.contains(&end), "a dispute was ignored that is not closed: {opened:?}");
    }
}

/// A stored payload is the content of its event as it was first delivered.
fn payloads(before: &Tables, after: &Tables) {
    for (event, stored) in &after.payloads {
        let text = std::str::from_utf8(stored.payload.body()).unwrap();
        assert_eq!(digest(text), after.payments[event].fingerprint, "the payload of another event: {stored:?}");
    }
    assert!(before.payloads.keys().all(|event| after.payloads.contains_key(event)), "a payload is gone");
}

/// Returns each refund that was issued or sent in a step although its transaction was disputed before and after it.
pub(super) fn refunds_of_disputed(before: &Tables, after: &Tables) -> Vec<String> {
    let open_since: BTreeSet<_> = before.disputed().collect();
    let disputed: BTreeSet<_> = after.disputed().filter(|transaction| open_since.contains(transaction)).collect();
    let transaction_of = |entry: &AuditEntry| {
        let id = entry.object.id.parse().ok()?;
        match &*entry.action {
            "refund.issue" => after.orders[&OrderId(id)].transaction_id().cloned(),
            "refund.send" => Some(after.refunds[&RefundId(id)].transaction_id.clone()),
            _ => None,
        }
    };
    let steps = after.audit_log.iter().skip(before.audit_log.len());
    let wrong = steps.filter(|entry| transaction_of(entry).is_some_and(|id| disputed.contains(&id)));
    wrong.map(|entry| format!("{entry:?}")).collect()
}
