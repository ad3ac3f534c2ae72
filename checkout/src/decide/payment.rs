//! Payments: one effect each, however often, late or out of order they are told (P5–P7).

use super::Decision;
use crate::{
    command::{PaymentReply, PaymentVerdict, Reply},
    model::{
        CancelReason, EventOutcome, HoldState, Order, OrderState, Payment, PaymentStatus, RefundReason, Refusal, Stock,
        Timestamp,
    },
    state::{Claim, Effect, State, StockMovement},
};

pub(super) fn record(state: &State, payment: &Payment, now: Timestamp) -> Result<Decision, Refusal> {
    let known = state.claim_by(payment.reference);
    let order_now = || known.and_then(|(_, claim)| claim.order.as_ref());
    if let Some(earlier) = state.event(&payment.key) {
        if earlier.fingerprint != payment.fingerprint {
            return Err(Refusal::KeyReused);
        }
        return Ok(duplicate(order_now()));
    }
    let earlier = state.by_transaction(&payment.transaction_id, payment.status);
    if earlier.is_some_and(|earlier| earlier.fingerprint == payment.fingerprint) {
        // Not every scheme's signature covers the key: whoever has caught a request could use up the key of another one.
        return Ok(duplicate(order_now()));
    }
    let mut payment = payment.clone();
    payment.product_id = known.map(|(product_state, _)| product_state.product.id);
    if earlier.is_some() {
        let stored = Effect::PaymentRecorded(payment.with(EventOutcome::Duplicate));
        return Ok(Decision::new(vec![stored], reply(PaymentVerdict::Duplicate, order_now())));
    }
    let settlement = match known {
        Some((product_state, Claim { order: Some(order), .. })) => {
            apply_to_order(order, product_state.product.stock, &payment, now)
        }
        Some((_, claim)) => Settlement::only(without_order(claim, &payment)),
        None if payment.status == PaymentStatus::Processing => Settlement::only(EventOutcome::Ignored),
        None => Settlement::only(EventOutcome::Parked),
    };
    let reply = reply(verdict(settlement.outcome), settlement.order.as_ref().or(order_now()));
    Ok(Decision::new(settlement.effects(payment), reply))
}

/// The same words again: they are on disk already.
fn duplicate(order: Option<&Order>) -> Decision {
    Decision { effects: Vec::new(), reply: reply(PaymentVerdict::Duplicate, order), replayed: true }
}

/// What a payment does to an order.
pub(super) struct Settlement {
    pub(super) outcome: EventOutcome,
    pub(super) order: Option<Order>,
    pub(super) movement: Option<StockMovement>,
}

impl Settlement {
    fn only(outcome: EventOutcome) -> Self {
        Self { outcome, order: None, movement: None }
    }

    fn applied(order: Order, movement: StockMovement) -> Self {
        Self { outcome: EventOutcome::Applied, order: Some(order), movement: Some(movement) }
    }

    pub(super) fn effects(self, payment: Payment) -> Vec<Effect> {
        let moved =
            self.order.as_ref().zip(self.movement).map(|(o, movement)| Effect::StockMoved(o.product_id, movement));
        let event = Effect::PaymentRecorded(payment.with(self.outcome));
        moved.into_iter().chain(self.order.map(Effect::OrderChanged)).chain([event]).collect()
    }
}

/// The whole of P7: a success pays a pending order, or a cancelled one whose stock is still there; else the money goes
/// back. A failure ends a pending order and never undoes a paid one.
pub(super) fn apply_to_order(order: &Order, stock: Stock, payment: &Payment, now: Timestamp) -> Settlement {
    let qty = order.qty.get();
    let paid = || order.clone().pay(payment.transaction_id.clone(), now);
    match (payment.status, &order.state) {
        (PaymentStatus::Failure, OrderState::Pending) => {
            Settlement::applied(order.clone().cancel(CancelReason::PaymentFailed, now), StockMovement::Cancel(qty))
        }
        (PaymentStatus::Failure | PaymentStatus::Processing, _) => Settlement::only(EventOutcome::Ignored),
        (PaymentStatus::Success, OrderState::Paid { .. }) => refund(RefundReason::AlreadyPaid),
        (PaymentStatus::Success, _) if !matches_amount(order, payment) => refund(RefundReason::AmountMismatch),
        (PaymentStatus::Success, OrderState::Pending) => Settlement::applied(paid(), StockMovement::Pay(qty)),
        (PaymentStatus::Success, OrderState::Cancelled { .. }) => match stock.resell(qty) {
            Some(_) => Settlement::applied(paid(), StockMovement::Resell(qty)),
            None => refund(RefundReason::SoldOut),
        },
    }
}

fn refund(reason: RefundReason) -> Settlement {
    Settlement::only(EventOutcome::RefundDue(reason))
}

/// What the provider left out is not checked.
fn matches_amount(order: &Order, payment: &Payment) -> bool {
    payment.reported.amount.is_none_or(|minor| minor == order.amount.minor)
        && payment.reported.currency.is_none_or(|currency| currency == order.amount.currency)
}

/// A payment about a hold that is no order: it waits while the hold may become one, else it came in vain.
fn without_order(claim: &Claim, payment: &Payment) -> EventOutcome {
    match (payment.status, claim.hold.state) {
        (PaymentStatus::Processing, _) => EventOutcome::Ignored,
        (_, HoldState::Active) => EventOutcome::Parked,
        _ => unmatched_outcome(payment.clone()).outcome,
    }
}

/// No order will come: money goes back, anything else is of no use.
pub(super) fn unmatched_outcome(payment: Payment) -> Payment {
    let outcome = match payment.status {
        PaymentStatus::Success => EventOutcome::RefundDue(RefundReason::OrderNeverCreated),
        PaymentStatus::Failure | PaymentStatus::Processing => EventOutcome::Ignored,
    };
    payment.with(outcome)
}

/// Gives up on the payments that were parked too long under no known claim.
pub(super) fn expire_unmatched(state: &State) -> Decision {
    let effects: Vec<_> =
        state.unmatched_payments().iter().cloned().map(unmatched_outcome).map(Effect::PaymentRecorded).collect();
    let count = u32::try_from(effects.len()).unwrap_or(u32::MAX);
    Decision::new(effects, Reply::Swept(count))
}

fn verdict(outcome: EventOutcome) -> PaymentVerdict {
    match outcome {
        EventOutcome::Applied => PaymentVerdict::Processed,
        EventOutcome::Parked => PaymentVerdict::Parked,
        EventOutcome::Duplicate => PaymentVerdict::Duplicate,
        EventOutcome::Ignored => PaymentVerdict::Ignored,
        EventOutcome::RefundDue(reason) | EventOutcome::Refunded(reason) => PaymentVerdict::RefundDue(reason),
    }
}

fn reply(verdict: PaymentVerdict, order: Option<&Order>) -> Reply {
    Reply::Payment(PaymentReply { verdict, order: order.map(|order| (order.id, order.state.clone())) })
}
