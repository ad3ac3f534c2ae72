//! Records what the payment provider reports of a refund. The provider says what has happened to the money, so that neither an
//! open dispute nor the amount that is left refuses a report (P7). Reports may come repeatedly, late or out of order.

use super::{
    operation::{self, Change, Outcome},
    request_claim, request_report,
};
use crate::{
    command::Reply,
    model::{
        AuditObject, Order, Payment, PaymentReport, PaymentStatus, Refund, RefundId, RefundReason, RefundState,
        RefundStep, ReportedRefund, ReportedRefundState, Timestamp, TransactionId, WebhookId,
    },
    state::{Effect, LoadRequest, State},
};
use serde_json::json;

/// Largest amount of one refund that is recorded, in minor units. Sums of such amounts do not overflow.
const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// The reason of a failure that the provider does not explain.
const UNEXPLAINED: &str = "the provider gives no reason";

/// Adds what the report needs: the refunds that it may be about, each with its event, and the payment that took the money.
pub(super) fn request(state: &State, report: &ReportedRefund, request: &mut LoadRequest) {
    request.refunds_of.insert(report.transaction.clone());
    request.refund_references.insert(report.reference.clone());
    if let Some((id, _)) = report.ours {
        request.refunds.insert(id);
        request.replays.insert(WebhookId(id.0));
    }
    request.replays.extend(state.refunds().filter_map(|refund| refund.event_id));
    request_report(state, success_of(&report.transaction), request);
    if let Some(payment) = payment_of(state, report) {
        request_claim(state, payment.reference, request);
    }
}

/// The payment whose money the report is about, if this shop knows it.
pub(super) fn payment_of<'a>(state: &'a State, report: &ReportedRefund) -> Option<&'a Payment> {
    state.by_report(&success_of(&report.transaction))
}

fn success_of(transaction: &TransactionId) -> PaymentReport {
    PaymentReport { transaction_id: transaction.clone(), status: PaymentStatus::Success, dispute_id: None }
}

/// Records a report. `new` is the id of the refund if it is a new one.
pub(super) fn record(state: &State, new: RefundId, report: &ReportedRefund, now: Timestamp) -> Outcome {
    if !(1..=MAX_AMOUNT).contains(&report.amount.minor) {
        return (Vec::new(), Reply::NoRefund, None);
    }
    let step = step(report);
    let known = by_metadata(state, report, &step, now)
        .or_else(|| by_reference(state, report, &step, now))
        .or_else(|| by_amount(state, report, &step, now));
    match known {
        Some((before, Some(after))) => {
            let order = after.order_id.and_then(|id| operation::order(state, id).ok());
            let order = order.map(|order| order.clone().count_refund(Some(before), &after));
            operation::advanced(state, before, after, order, step.action())
        }
        Some((refund, None)) => (Vec::new(), Reply::Refund(refund.clone()), None),
        None => made_at_provider(state, new, report, now),
    }
}

/// A known refund, and how it is after the report. Without a change the report tells nothing new.
type Known<'a> = (&'a Refund, Option<Refund>);

fn step(report: &ReportedRefund) -> RefundStep {
    let provider_reference = report.reference.clone();
    match report.state {
        ReportedRefundState::Pending => RefundStep::Accept { provider_reference },
        ReportedRefundState::Succeeded => RefundStep::Succeed { provider_reference: Some(provider_reference) },
        ReportedRefundState::Failed => {
            RefundStep::Fail { failure: report.failure.clone().unwrap_or_else(|| UNEXPLAINED.to_owned()) }
        }
    }
}

fn of_transaction<'a>(state: &'a State, report: &ReportedRefund) -> impl Iterator<Item = &'a Refund> {
    state.refunds().filter(|refund| refund.transaction_id == report.transaction)
}

/// The refund and the attempt that the provider's metadata name. A withdrawn refund takes no step: then the report is about
/// money that went back all the same.
fn by_metadata<'a>(state: &'a State, report: &ReportedRefund, step: &RefundStep, now: Timestamp) -> Option<Known<'a>> {
    let (id, attempt) = report.ours?;
    let refund = of_transaction(state, report).find(|refund| refund.id == id)?;
    Some((refund, refund.clone().advance(attempt, step, now).ok()?))
}

/// The refund with the provider's reference. A refund at the provider that has failed stays so: what else is reported of it
/// was overtaken. The reference of a refund that is due again, or was returned otherwise, is that of its failed attempt.
fn by_reference<'a>(state: &'a State, report: &ReportedRefund, step: &RefundStep, now: Timestamp) -> Option<Known<'a>> {
    let is_same = |refund: &&Refund| refund.provider_reference.as_ref() == Some(&report.reference);
    let refund = of_transaction(state, report).filter(is_same).min_by_key(|refund| refund.id)?;
    let is_current = matches!(refund.state, RefundState::Sending | RefundState::Succeeded) && refund.note.is_none();
    let after = is_current.then(|| refund.clone().advance(refund.attempt, step, now).ok().flatten()).flatten();
    Some((refund, after))
}

/// A refund of the same amount that was carried out by hand in the provider's dashboard: one that an operator is sending, or
/// the oldest that is due. The refunds that a worker sends have metadata.
fn by_amount<'a>(state: &'a State, report: &ReportedRefund, step: &RefundStep, now: Timestamp) -> Option<Known<'a>> {
    if report.state == ReportedRefundState::Failed {
        return None;
    }
    let waits = |refund: &Refund| match refund.state {
        RefundState::Due => true,
        RefundState::Sending => refund.provider_reference.is_none() && !refund.automatic,
        RefundState::Succeeded | RefundState::Failed | RefundState::Withdrawn => false,
    };
    let waiting = of_transaction(state, report).filter(|refund| waits(refund) && is_amount(state, refund, report));
    let refund = waiting.min_by_key(|refund| (refund.state == RefundState::Due, refund.id))?;
    Some((refund, refund.clone().advance(refund.attempt, step, now).ok()?))
}

/// Whether a refund returns the reported amount. All of a payment without an amount is what its order costs.
fn is_amount(state: &State, refund: &Refund, report: &ReportedRefund) -> bool {
    let order = || refund.order_id.and_then(|id| operation::order(state, id).ok());
    let amount = refund.amount.or_else(|| order().map(|order| order.amount.minor));
    let currency = refund.currency.or_else(|| order().map(|order| order.amount.currency));
    amount == Some(report.amount.minor) && currency.is_none_or(|currency| currency == report.amount.currency)
}

/// A refund that this shop did not ask for. One that has failed changes nothing.
fn made_at_provider(state: &State, id: RefundId, report: &ReportedRefund, now: Timestamp) -> Outcome {
    let refund_state = match report.state {
        ReportedRefundState::Pending => RefundState::Sending,
        ReportedRefundState::Succeeded => RefundState::Succeeded,
        ReportedRefundState::Failed => return (Vec::new(), Reply::NoRefund, None),
    };
    let Some(payment) = payment_of(state, report) else { return (Vec::new(), Reply::NoRefund, None) };
    let claim = state.claim_by(payment.reference);
    let order = claim.and_then(|(_, claim)| claim.order.as_ref());
    let refund = Refund {
        id,
        order_id: order.map(|order| order.id),
        event_id: None,
        product_id: claim.map(|(product_state, _)| product_state.product.id).or(payment.product_id),
        transaction_id: report.transaction.clone(),
        amount: Some(report.amount.minor),
        currency: Some(report.amount.currency),
        reason: RefundReason::AtProvider,
        restocked: 0,
        state: refund_state,
        attempt: 1,
        provider_reference: Some(report.reference.clone()),
        automatic: false,
        note: None,
        failure: None,
        created_at: report.created_at.min(now),
        updated_at: now,
        version: 1,
    };
    let order = order.cloned().map(|order: Order| order.count_refund(None, &refund));
    let mut effects: Vec<_> = order.map(Effect::OrderChanged).into_iter().collect();
    effects.push(Effect::RefundChanged(Box::new(refund.clone())));
    let change = Change {
        action: "refund.report",
        object: AuditObject::new("refund", id),
        before: None,
        after: Some(json!({
            "state": refund.state.name(),
            "attempt": refund.attempt,
            "amount": report.amount.minor,
            "currency": report.amount.currency,
            "transaction_id": refund.transaction_id,
            "provider_reference": refund.provider_reference,
        })),
    };
    (effects, Reply::Refund(refund), Some(change))
}
