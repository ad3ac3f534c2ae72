//! Payments: one effect each, however often, late or out of order they are told (P5–P7).

use super::Decision;
use crate::{
    command::{PaymentReply, PaymentVerdict, Reply},
    model::{
        CancelReason, EventOutcome, HoldState, Order, OrderState, Payment, PaymentStatus, RefundReason, Refusal, Stock,
        Timestamp,
    },
    state::{Claim, Effect, Movement, State},
};

pub(super) fn record(state: &State, payment: &Payment, now: Timestamp) -> Result<Decision, Refusal> {
    let known = state.claim_by(payment.reference);
    let order_now = || known.and_then(|(_, claim)| claim.order.as_ref());
    if let Some(earlier) = state.event(&payment.key) {
        if earlier.fingerprint != payment.fingerprint {
            return Err(Refusal::KeyReused);
        }
        return Ok(told_again(order_now()));
    }
    let earlier = state.said(&payment.transaction_id, payment.status);
    if earlier.is_some_and(|earlier| earlier.fingerprint == payment.fingerprint) {
        // Not every scheme's signature covers the key: whoever has caught a request could use up the key of another one.
        return Ok(told_again(order_now()));
    }
    let mut payment = payment.clone();
    payment.product_id = known.map(|(shelf, _)| shelf.product.id);
    if earlier.is_some() {
        let stored = Effect::Payment(payment.with(EventOutcome::Duplicate));
        return Ok(Decision::new(vec![stored], reply(PaymentVerdict::Duplicate, order_now())));
    }
    let settled = match known {
        Some((shelf, Claim { order: Some(order), .. })) => settle(order, shelf.product.stock, &payment, now),
        Some((_, claim)) => Settled::only(without_order(claim, &payment)),
        None if payment.status == PaymentStatus::Processing => Settled::only(EventOutcome::Ignored),
        None => Settled::only(EventOutcome::Parked),
    };
    let reply = reply(verdict(settled.outcome), settled.order.as_ref().or(order_now()));
    Ok(Decision::new(settled.effects(payment), reply))
}

/// The same words again: they are on disk already.
fn told_again(order: Option<&Order>) -> Decision {
    Decision { effects: Vec::new(), reply: reply(PaymentVerdict::Duplicate, order), replayed: true }
}

/// What a payment does to an order.
pub(super) struct Settled {
    pub(super) outcome: EventOutcome,
    pub(super) order: Option<Order>,
    pub(super) movement: Option<Movement>,
}

impl Settled {
    fn only(outcome: EventOutcome) -> Self {
        Self { outcome, order: None, movement: None }
    }

    fn applied(order: Order, movement: Movement) -> Self {
        Self { outcome: EventOutcome::Applied, order: Some(order), movement: Some(movement) }
    }

    pub(super) fn effects(self, payment: Payment) -> Vec<Effect> {
        let moved = self.order.as_ref().zip(self.movement).map(|(o, movement)| Effect::Moved(o.product_id, movement));
        let event = Effect::Payment(payment.with(self.outcome));
        moved.into_iter().chain(self.order.map(Effect::Order)).chain([event]).collect()
    }
}

/// The whole of P7: a success pays a pending order, or a cancelled one whose stock is still there; else the money goes
/// back. A failure ends a pending order and never undoes a paid one.
pub(super) fn settle(order: &Order, stock: Stock, payment: &Payment, now: Timestamp) -> Settled {
    let qty = order.qty.get();
    let paid = || order.clone().pay(payment.transaction_id.clone(), now);
    match (payment.status, &order.state) {
        (PaymentStatus::Failure, OrderState::Pending) => {
            Settled::applied(order.clone().cancel(CancelReason::PaymentFailed, now), Movement::Cancel(qty))
        }
        (PaymentStatus::Failure | PaymentStatus::Processing, _) => Settled::only(EventOutcome::Ignored),
        (PaymentStatus::Success, OrderState::Paid { .. }) => refund(RefundReason::AlreadyPaid),
        (PaymentStatus::Success, _) if !matches_amount(order, payment) => refund(RefundReason::AmountMismatch),
        (PaymentStatus::Success, OrderState::Pending) => Settled::applied(paid(), Movement::Pay(qty)),
        (PaymentStatus::Success, OrderState::Cancelled { .. }) => match stock.resell(qty) {
            Some(_) => Settled::applied(paid(), Movement::Resell(qty)),
            None => refund(RefundReason::SoldOut),
        },
    }
}

fn refund(reason: RefundReason) -> Settled {
    Settled::only(EventOutcome::RefundDue(reason))
}

/// What the provider left out is not checked.
fn matches_amount(order: &Order, payment: &Payment) -> bool {
    payment.deposit.amount.is_none_or(|minor| minor == order.amount.minor)
        && payment.deposit.currency.is_none_or(|currency| currency == order.amount.currency)
}

/// A payment about a hold that is no order: it waits while the hold may become one, else it came in vain.
fn without_order(claim: &Claim, payment: &Payment) -> EventOutcome {
    match (payment.status, claim.hold.state) {
        (PaymentStatus::Processing, _) => EventOutcome::Ignored,
        (_, HoldState::Active) => EventOutcome::Parked,
        _ => in_vain(payment.clone()).outcome,
    }
}

/// No order will come: money goes back, anything else is of no use.
pub(super) fn in_vain(payment: Payment) -> Payment {
    let outcome = match payment.status {
        PaymentStatus::Success => EventOutcome::RefundDue(RefundReason::OrderNeverCreated),
        PaymentStatus::Failure | PaymentStatus::Processing => EventOutcome::Ignored,
    };
    payment.with(outcome)
}

/// Gives up on the payments that were parked too long under no known claim.
pub(super) fn give_up(state: &State) -> Decision {
    let effects: Vec<_> = state.strays().iter().cloned().map(in_vain).map(Effect::Payment).collect();
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
