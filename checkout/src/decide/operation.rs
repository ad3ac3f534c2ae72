//! Decides the operations of the shop's people and of its workers: products, cancellations, refunds, replays. Each one that
//! changes something adds a row to the audit log (P12).

use super::{Decision, order, payment, product, reported_refund};
use crate::{
    command::{Action, IssueRefund, Operation, Reply, Restock},
    model::{
        Actor, ActorKind, AuditEntry, AuditObject, CancelReason, EventOutcome, Order, OrderId, OrderState,
        ProductStatus, Refund, RefundId, RefundReason, RefundReference, RefundState, RefundStep, Refusal, Timestamp,
        WebhookId,
    },
    state::{Effect, State, StockMovement},
};
use serde_json::{Value, json};

/// The change of an operation, for the audit log.
pub(super) struct Change {
    pub(super) action: &'static str,
    pub(super) object: AuditObject,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// A granted operation. Without a change it is a no-op.
pub(super) type Outcome = (Vec<Effect>, Reply, Option<Change>);

pub(super) fn decide(state: &State, operation: &Operation, now: Timestamp) -> Result<Decision, Refusal> {
    let (mut effects, reply, change) = match &operation.action {
        Action::AddProduct(added) => product::add(state, added),
        Action::EditProduct { product, revision, details } => product::edit(state, *product, *revision, details),
        Action::SetStatus { product, status } => product::set_status(state, *product, *status),
        Action::SetStock { product, change } => product::set_stock(state, *product, *change),
        Action::CancelOrder { order } => cancel(state, *order, now),
        Action::IssueRefund(issue) => issue_refund(state, issue, now),
        Action::AdvanceRefund { refund, attempt, step } => {
            let advance = Advance { refund: *refund, attempt: *attempt, step, by: &operation.by };
            advance_refund(state, advance, now)
        }
        Action::RecordRefund { id, report } => Ok(reported_refund::record(state, *id, report, now)),
        Action::ReplayPayment { event } => replay(state, *event, now),
    }?;
    if let Some(Change { action, object, before, after }) = change {
        let entry = AuditEntry {
            id: operation.audit_id,
            at: now,
            actor: operation.by.clone(),
            action: action.into(),
            object,
            before: before.as_ref().map(Value::to_string),
            after: after.as_ref().map(Value::to_string),
            reason: operation.reason.clone(),
        };
        effects.push(Effect::Audited(Box::new(entry)));
    }
    Ok(Decision::new(effects, reply))
}

pub(super) fn order(state: &State, id: OrderId) -> Result<&Order, Refusal> {
    state.claim_by_order(id).and_then(|(_, claim)| claim.order.as_ref()).ok_or(Refusal::UnknownOrder)
}

fn cancel(state: &State, id: OrderId, now: Timestamp) -> Result<Outcome, Refusal> {
    let (product_state, claim) = state.claim_by_order(id).ok_or(Refusal::UnknownOrder)?;
    let order = claim.order.as_ref().ok_or(Refusal::UnknownOrder)?;
    match order.state {
        OrderState::Paid { .. } => Err(Refusal::OrderPaid),
        OrderState::Cancelled { .. } => Ok((Vec::new(), Reply::Order(order.clone()), None)),
        OrderState::Pending => {
            let (effects, after) = order::cancel_pending(product_state, order, CancelReason::ByOperator, now);
            let change = Change {
                action: "order.cancel",
                object: AuditObject::new("order", id),
                before: Some(json!({ "status": order.status().name() })),
                after: Some(json!({ "status": after.status().name(), "units": after.qty.get() })),
            };
            Ok((effects.into(), Reply::Order(after), Some(change)))
        }
    }
}

/// A refund is issued once for each id, which the requester chooses: a repeated request returns the refund that it issued.
fn issue_refund(state: &State, issue: &IssueRefund, now: Timestamp) -> Result<Outcome, Refusal> {
    if let Some(known) = state.refund(issue.id) {
        let is_same = known.order_id == Some(issue.order)
            && known.event_id.is_none()
            && issue.amount.is_none_or(|amount| known.amount == Some(amount))
            && match issue.restock {
                Restock::None => known.restocked == 0,
                Restock::Units(units) => known.restocked == units,
                Restock::All => known.restocked > 0,
            };
        return if is_same { Ok((Vec::new(), Reply::Refund(known.clone()), None)) } else { Err(Refusal::KeyReused) };
    }
    let order = order(state, issue.order)?;
    let Some(transaction_id) = order.transaction_id() else { return Err(Refusal::OrderNotPaid) };
    if state.is_disputed(transaction_id) {
        return Err(Refusal::DisputeOpen);
    }
    let amount = issue.amount.unwrap_or_else(|| order.refundable());
    let restock = match issue.restock {
        Restock::None => 0,
        Restock::Units(units) => units,
        Restock::All if order.units_taken() == 0 => return Err(Refusal::AlreadyRestocked { left: 0 }),
        Restock::All => order.units_taken(),
    };
    let after = order.clone().issue_refund(amount, restock)?;
    let refund = Refund {
        id: issue.id,
        order_id: Some(order.id),
        event_id: None,
        product_id: Some(order.product_id),
        transaction_id: transaction_id.clone(),
        amount: Some(amount),
        currency: Some(order.amount.currency),
        reason: RefundReason::ByOperator,
        restocked: restock,
        state: RefundState::Due,
        attempt: 1,
        provider_reference: None,
        automatic: false,
        note: None,
        failure: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let change = Change {
        action: "refund.issue",
        object: AuditObject::new("order", order.id),
        before: Some(json!({ "refunds_issued": order.refunds.issued, "restocked": order.refunds.restocked })),
        after: Some(json!({
            "refund_id": refund.id,
            "amount": amount,
            "currency": order.amount.currency,
            "refunds_issued": after.refunds.issued,
            "restocked": after.refunds.restocked,
        })),
    };
    let mut effects = vec![Effect::OrderChanged(after), Effect::RefundChanged(Box::new(refund.clone()))];
    if restock > 0 {
        effects.insert(0, Effect::StockMoved(order.product_id, StockMovement::Restock(restock)));
    }
    Ok((effects, Reply::Refund(refund), Some(change)))
}

/// A step of a refund's attempt.
#[derive(Clone, Copy)]
struct Advance<'a> {
    refund: RefundId,
    attempt: u32,
    step: &'a RefundStep,
    by: &'a Actor,
}

fn advance_refund(state: &State, advance: Advance<'_>, now: Timestamp) -> Result<Outcome, Refusal> {
    let Advance { refund: id, attempt, step, by } = advance;
    let before = state.refund(id).ok_or(Refusal::UnknownRefund)?;
    let Some(mut after) = before.clone().advance(attempt, step, now)? else {
        return Ok((Vec::new(), Reply::Refund(before.clone()), None));
    };
    if *step == RefundStep::Send {
        if state.is_disputed(&before.transaction_id) {
            return Err(Refusal::DisputeOpen);
        }
        after.automatic = by.kind == ActorKind::System;
    }
    let order = after.order_id.and_then(|id| order(state, id).ok());
    let order = order.map(|order| order.clone().follow_refund(before, &after)).transpose()?;
    Ok(advanced(state, before, after, order, step.action()))
}

/// The outcome of a step: the refund, its order, the event whose money it returns, and the row of the audit log.
pub(super) fn advanced(
    state: &State,
    before: &Refund,
    after: Refund,
    order: Option<Order>,
    action: &'static str,
) -> Outcome {
    let mut effects: Vec<_> = order.map(Effect::OrderChanged).into_iter().collect();
    effects.push(Effect::RefundChanged(Box::new(after.clone())));
    // An event's outcome tells whether its money went back.
    if let Some(event) = after.event_id.and_then(|event| state.replay(event)) {
        let outcome = match after.state {
            RefundState::Succeeded => EventOutcome::Refunded(after.reason),
            _ => EventOutcome::RefundDue(after.reason),
        };
        if event.outcome != outcome {
            effects.push(Effect::PaymentRecorded(event.clone().with(outcome)));
        }
    }
    let view = |refund: &Refund| json!({ "state": refund.state.name(), "attempt": refund.attempt });
    let mut view_after = view(&after);
    let details = [
        ("provider_reference", after.provider_reference.as_ref().map(RefundReference::as_str)),
        ("note", after.note.as_ref().map(RefundReference::as_str)),
        ("failure", after.failure.as_deref()),
    ];
    for (name, text) in details {
        if let Some(text) = text {
            view_after[name] = text.into();
        }
    }
    let change = Change {
        action,
        object: AuditObject::new("refund", after.id),
        before: Some(view(before)),
        after: Some(view_after),
    };
    (effects, Reply::Refund(after), Some(change))
}

/// Decides a stored event again: the stock, the limit or the order may have changed since. An event has one effect: one that
/// was applied, or whose money is on its way back, stays as it is (P5).
fn replay(state: &State, id: WebhookId, now: Timestamp) -> Result<Outcome, Refusal> {
    let event = state.replay(id).ok_or(Refusal::UnknownPayment)?;
    let known = state.claim_by(event.reference);
    let unchanged = |event| {
        let order = known.and_then(|(_, claim)| claim.order.as_ref());
        Ok((Vec::new(), payment::reply(payment::verdict(event), order), None))
    };
    let refund = state.refund(RefundId(id.0));
    let withdrawn = match event.outcome {
        EventOutcome::Parked | EventOutcome::Ignored => None,
        EventOutcome::RefundDue(_) => match refund.and_then(|refund| refund.clone().withdraw(now)) {
            Some(withdrawn) => Some(withdrawn),
            None => return unchanged(event.outcome),
        },
        EventOutcome::Applied | EventOutcome::Duplicate | EventOutcome::Refunded(_) => return unchanged(event.outcome),
    };
    let Some((product_state, claim)) = known else { return unchanged(event.outcome) };
    let Some(order) = &claim.order else { return unchanged(event.outcome) };
    let settlement = payment::apply_to_order(state, order, product_state.product.stock, event, now);
    if settlement.outcome != EventOutcome::Applied {
        return unchanged(event.outcome);
    }
    let reply = payment::reply(payment::verdict(settlement.outcome), settlement.order.as_ref());
    let change = Change {
        action: "payment.replay",
        object: AuditObject::new("payment", id),
        before: Some(json!({ "outcome": event.outcome.name() })),
        after: Some(json!({ "outcome": settlement.outcome.name() })),
    };
    let mut effects = settlement.effects(crate::model::Payment { product_id: Some(order.product_id), ..event.clone() });
    effects.extend(withdrawn.map(|refund| Effect::RefundChanged(Box::new(refund))));
    Ok((effects, reply, Some(change)))
}

/// The name of the action that sets this status.
pub(super) fn status_action(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Active => "product.resume",
        ProductStatus::Paused => "product.pause",
        ProductStatus::Archived => "product.archive",
    }
}
