//! Records payment events. Each has one effect, even if it comes repeatedly, late or out of order (P5–P7).

use super::{Decision, limit_key_of_order};
use crate::{
    command::{PaymentReply, PaymentVerdict, Reply},
    model::{
        CancelReason, EventOutcome, EventPayload, HoldState, Order, OrderState, Payment, PaymentReport, PaymentStatus,
        RefundId, RefundReason, Refusal, Stock, Timestamp, WebhookId,
    },
    state::{Claim, Effect, State, StockMovement, StoredPayload},
};

/// Records an event. The payload of a new event is stored with it.
pub(super) fn record(
    state: &State,
    payment: &Payment,
    payload: Option<&EventPayload>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let mut decision = decide(state, payment, now)?;
    if let Some(payload) = payload.filter(|_| !decision.effects.is_empty()) {
        let (event, received_at) = (payment.id, payment.received_at);
        decision.effects.push(Effect::PayloadStored(StoredPayload { event, payload: payload.clone(), received_at }));
    }
    Ok(decision)
}

fn decide(state: &State, payment: &Payment, now: Timestamp) -> Result<Decision, Refusal> {
    let known = state.claim_by(payment.reference);
    let order_now = || known.and_then(|(_, claim)| claim.order.as_ref());
    if let Some(earlier) = state.event(&payment.key) {
        if earlier.fingerprint != payment.fingerprint {
            return Err(Refusal::KeyReused);
        }
        return Ok(duplicate(order_now()));
    }
    let earlier = state.by_report(&payment.report());
    if earlier.is_some_and(|earlier| earlier.fingerprint == payment.fingerprint) {
        // Not every scheme signs the key. A replayed request under another event's key must not use up that key.
        return Ok(duplicate(order_now()));
    }
    let mut payment = payment.clone();
    payment.product_id = known.map(|(product_state, _)| product_state.product.id);
    if earlier.is_some() {
        let stored = Effect::PaymentRecorded(payment.with(EventOutcome::Duplicate));
        return Ok(Decision::new(vec![stored], reply(PaymentVerdict::Duplicate, order_now())));
    }
    let settlement = match known {
        _ if payment.status.is_dispute() => Settlement::only(dispute(state, &payment)),
        Some((product_state, Claim { order: Some(order), .. })) => {
            apply_to_order(state, order, product_state.product.stock, &payment, now)
        }
        Some((_, claim)) => Settlement::only(without_order(claim, &payment)),
        None if payment.status == PaymentStatus::Processing => Settlement::only(EventOutcome::Ignored),
        None => Settlement::only(EventOutcome::Parked),
    };
    let reply = reply(verdict(settlement.outcome), settlement.order.as_ref().or(order_now()));
    Ok(Decision::new(settlement.effects(payment), reply))
}

/// The same event again. It is stored already.
fn duplicate(order: Option<&Order>) -> Decision {
    Decision { effects: Vec::new(), reply: reply(PaymentVerdict::Duplicate, order), replayed: true }
}

/// The outcome of an event about a dispute. A transaction is disputed while one of its disputes is opened and not closed. So a
/// dispute that was closed before the shop hears of its beginning does not open. It concerns the transaction, and does not
/// wait for the order.
fn dispute(state: &State, payment: &Payment) -> EventOutcome {
    let end = PaymentReport { status: PaymentStatus::DisputeClosed, ..payment.report() };
    match payment.status {
        PaymentStatus::DisputeOpened if state.by_report(&end).is_some() => EventOutcome::Ignored,
        _ => EventOutcome::Applied,
    }
}

/// The effect of a payment on an order.
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

/// Decides what a payment does to an order (P7). A success pays a pending order, or a cancelled one whose units are still
/// available. A late success must also be within the shopper's limit. Any other success is due for refund. A failure
/// cancels a pending order and never changes a paid one.
pub(super) fn apply_to_order(
    state: &State,
    order: &Order,
    stock: Stock,
    payment: &Payment,
    now: Timestamp,
) -> Settlement {
    let qty = order.qty.get();
    let paid = || {
        let order = order.clone().pay(payment.transaction_id.clone(), now);
        // While the payment waited, its money may have been returned at the provider.
        state.refunds().fold(order, |order, refund| order.count_refund(None, refund))
    };
    match (payment.status, &order.state) {
        (PaymentStatus::Failure, OrderState::Pending) => {
            Settlement::applied(order.clone().cancel(CancelReason::PaymentFailed, now), StockMovement::Cancel(qty))
        }
        (
            PaymentStatus::Failure
            | PaymentStatus::Processing
            | PaymentStatus::DisputeOpened
            | PaymentStatus::DisputeClosed,
            _,
        ) => Settlement::only(EventOutcome::Ignored),
        (PaymentStatus::Success, OrderState::Paid { .. }) => refund(RefundReason::AlreadyPaid),
        (PaymentStatus::Success, _) if !matches_amount(order, payment) => refund(RefundReason::AmountMismatch),
        (PaymentStatus::Success, _) if order.is_late(now) && exceeds_limit(state, order) => {
            refund(RefundReason::OverLimit)
        }
        (PaymentStatus::Success, OrderState::Pending) => Settlement::applied(paid(), StockMovement::Pay(qty)),
        (PaymentStatus::Success, OrderState::Cancelled { .. }) => match stock.resell(qty) {
            Some(_) => Settlement::applied(paid(), StockMovement::Resell(qty)),
            None => refund(RefundReason::SoldOut),
        },
    }
}

/// Whether a late order would take its shopper over the limit, after what they have bought since.
fn exceeds_limit(state: &State, order: &Order) -> bool {
    let limit = state.product_state(order.product_id).and_then(|product_state| product_state.product.per_shopper_limit);
    let used = limit_key_of_order(order).map(|key| state.units_used(&key));
    limit.zip(used).is_some_and(|(limit, used)| used.saturating_add(order.qty.get()) > limit)
}

fn refund(reason: RefundReason) -> Settlement {
    Settlement::only(EventOutcome::RefundDue(reason))
}

/// Compares the reported amount with the order's. A field that the provider left out is not checked.
fn matches_amount(order: &Order, payment: &Payment) -> bool {
    payment.reported.amount.is_none_or(|minor| minor == order.amount.minor)
        && payment.reported.currency.is_none_or(|currency| currency == order.amount.currency)
}

/// The outcome of a payment for a hold without an order. It is parked while the hold may still become an order.
fn without_order(claim: &Claim, payment: &Payment) -> EventOutcome {
    match (payment.status, claim.hold.state) {
        (PaymentStatus::Processing, _) => EventOutcome::Ignored,
        (_, HoldState::Active) => EventOutcome::Parked,
        _ => unmatched_outcome(payment.clone()).outcome,
    }
}

/// Gives a payment the outcome of one whose order will never come: a success is due for refund.
pub(super) fn unmatched_outcome(payment: Payment) -> Payment {
    let outcome = match payment.status {
        PaymentStatus::Success => EventOutcome::RefundDue(RefundReason::OrderNeverCreated),
        PaymentStatus::Failure
        | PaymentStatus::Processing
        | PaymentStatus::DisputeOpened
        | PaymentStatus::DisputeClosed => EventOutcome::Ignored,
    };
    payment.with(outcome)
}

/// Expires the loaded payments that were parked for too long without a known hold or order.
pub(super) fn expire_unmatched(state: &State) -> Decision {
    let effects: Vec<_> =
        state.unmatched_payments().iter().cloned().map(unmatched_outcome).map(Effect::PaymentRecorded).collect();
    let count = u32::try_from(effects.len()).unwrap_or(u32::MAX);
    Decision::new(effects, Reply::Swept(count))
}

/// Gives each of these events its refund if it is due for refund and has none. Recording such an event adds the refund.
pub(super) fn adopt_refunds_due(state: &State, events: &[WebhookId]) -> Decision {
    let events = events.iter().filter_map(|id| state.replay(*id));
    let is_orphan = |event: &&Payment| {
        matches!(event.outcome, EventOutcome::RefundDue(_)) && state.refund(RefundId(event.id.0)).is_none()
    };
    let effects: Vec<_> = events.filter(is_orphan).cloned().map(Effect::PaymentRecorded).collect();
    let count = u32::try_from(effects.len()).unwrap_or(u32::MAX);
    Decision::new(effects, Reply::Swept(count))
}

pub(super) fn verdict(outcome: EventOutcome) -> PaymentVerdict {
    match outcome {
        EventOutcome::Applied => PaymentVerdict::Processed,
        EventOutcome::Parked => PaymentVerdict::Parked,
        EventOutcome::Duplicate => PaymentVerdict::Duplicate,
        EventOutcome::Ignored => PaymentVerdict::Ignored,
        EventOutcome::RefundDue(reason) | EventOutcome::Refunded(reason) => PaymentVerdict::RefundDue(reason),
    }
}

pub(super) fn reply(verdict: PaymentVerdict, order: Option<&Order>) -> Reply {
    Reply::Payment(PaymentReply { verdict, order: order.map(|order| (order.id, order.status())) })
}
