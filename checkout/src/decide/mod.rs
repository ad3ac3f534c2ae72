//! The rules: `(state, command, now) → decision or refusal`. Pure: no I/O, no clock, no random source.

mod hold;
mod operation;
mod order;
mod payment;
mod product;
mod reported_refund;

use crate::{
    command::{Action, Command, PlaceHold, Reply, StockChange},
    model::{
        HoldId, Order, OrderState, Owner, Payment, PaymentReport, PaymentStatus, ProductId, ProductStatus, Reference,
        RefundId, RefundStep, Refusal, Shopper, Timestamp, TransactionId, WebhookId,
    },
    state::{Claim, Effect, IdempotencyRecord, LimitKey, LoadRequest, ProductState, State},
};

pub(crate) use hold::reclaim;

/// The effects of a granted command, and its reply.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) effects: Vec<Effect>,
    pub(crate) reply: Reply,
    /// The reply is a stored one, and there are no effects.
    pub(crate) replayed: bool,
}

impl Decision {
    fn new(effects: Vec<Effect>, reply: Reply) -> Self {
        Self { effects, reply, replayed: false }
    }

    /// A no-op: the command's effect exists already.
    fn nothing(reply: Reply) -> Self {
        Self { effects: Vec::new(), reply, replayed: false }
    }
}

/// Decides one command on the known state at `now`.
pub(crate) fn decide(state: &State, command: &Command, now: Timestamp) -> Result<Decision, Refusal> {
    let keyed = command.requester().and_then(|by| Some((by.owner, by.idempotency.as_ref()?)));
    if let Some((owner, idempotency)) = keyed
        && let Some(record) = state.key(owner, &idempotency.key)
    {
        if record.idempotency.fingerprint != idempotency.fingerprint {
            return Err(Refusal::KeyReused);
        }
        return Ok(Decision { effects: Vec::new(), reply: record.reply.clone(), replayed: true });
    }
    let mut decision = match command {
        Command::Operate(operation) => operation::decide(state, operation, now),
        Command::PlaceHold(place) => hold::place(state, place, now),
        Command::ReleaseHold { hold, by } => hold::release(state, *hold, by.owner),
        Command::ExtendHold { hold, by } => hold::extend(state, *hold, by.owner, now),
        Command::PlaceOrder { id, hold, contact, by } => {
            let new = order::NewOrder { id: *id, hold: *hold, contact: contact.as_deref() };
            order::place(state, new, by.owner, now)
        }
        Command::CancelOrder { order, by } => order::cancel(state, *order, by.owner, now),
        Command::RecordPayment(payment, payload) => payment::record(state, payment, payload.as_ref(), now),
        // The batch has reclaimed the overdue units before it decides.
        Command::Sweep(_) => Ok(Decision::nothing(Reply::Swept(0))),
        Command::ExpireUnmatched { .. } => Ok(payment::expire_unmatched(state)),
        Command::AdoptRefundsDue(events) => Ok(payment::adopt_refunds_due(state, events)),
    }?;
    if let Some((owner, idempotency)) = keyed {
        let record = IdempotencyRecord { owner, idempotency: idempotency.clone(), reply: decision.reply.clone() };
        decision.effects.push(Effect::KeyStored(Box::new(record)));
    }
    Ok(decision)
}

/// Adds to `request` the data that the command needs and the state lacks. The key is part of it: a retry must return its
/// stored reply, even if the request would be refused now.
pub(crate) fn missing_data(state: &State, command: &Command, request: &mut LoadRequest) {
    let keyed = command.requester().and_then(|by| Some((by.owner, by.idempotency.as_ref()?)));
    if let Some((owner, idempotency)) = keyed
        && state.key(owner, &idempotency.key).is_none()
    {
        request.keys.insert((owner, idempotency.key.clone()));
    }
    match command {
        Command::Operate(operation) => request_operation(state, &operation.action, request),
        Command::Sweep(product) => request_product(state, *product, request),
        Command::PlaceHold(place) => {
            request_product(state, place.product, request);
            request.limit_usage.extend(limited(state, place).filter(|key| !state.has_limit_usage(key)));
        }
        Command::ReleaseHold { hold, .. } | Command::ExtendHold { hold, .. } => {
            request_claim(state, Reference::Hold(*hold), request);
        }
        Command::PlaceOrder { hold, .. } => {
            request_claim(state, Reference::Hold(*hold), request);
            // A payment that waits for its order may have been refunded at the provider.
            let parked = state.claim(*hold).map(|(_, claim)| claim.parked.iter()).into_iter().flatten();
            request.refunds_of.extend(parked.map(|payment| payment.transaction_id.clone()));
        }
        Command::CancelOrder { order, .. } => request_claim(state, Reference::Order(*order), request),
        Command::RecordPayment(payment, _) => {
            request_claim(state, payment.reference, request);
            request_limit_of_late_payment(state, payment, request);
            if state.event(&payment.key).is_none() {
                request.events.insert(payment.key.clone());
            }
            let report = payment.report();
            if payment.status == PaymentStatus::DisputeOpened {
                request_report(
                    state,
                    PaymentReport { status: PaymentStatus::DisputeClosed, ..report.clone() },
                    request,
                );
            }
            request_report(state, report, request);
        }
        Command::ExpireUnmatched { before } => request.parked_before = Some(*before),
        Command::AdoptRefundsDue(events) => {
            request.replays.extend(events);
            request.refunds.extend(events.iter().map(|event| RefundId(event.0)));
        }
    }
}

fn request_operation(state: &State, action: &Action, request: &mut LoadRequest) {
    match action {
        Action::AddProduct(product) => {
            request.slugs.insert(product.slug.clone());
            request.pictures.extend(product.pictures.iter().map(|picture| picture.id));
        }
        Action::EditProduct { product, details, .. } => {
            request_product(state, *product, request);
            request.pictures.extend(details.pictures.iter().map(|picture| picture.id));
        }
        Action::SetStatus { product, .. } | Action::SetStock { product, .. } => {
            request_product(state, *product, request);
        }
        Action::CancelOrder { order } => request_claim(state, Reference::Order(*order), request),
        Action::IssueRefund(issue) => {
            request_claim(state, Reference::Order(issue.order), request);
            request.refunds.insert(issue.id);
            let order = state.claim_by_order(issue.order).and_then(|(_, claim)| claim.order.as_ref());
            request_disputes(state, order.and_then(Order::transaction_id), request);
        }
        // The refund of an event has the event's id.
        Action::AdvanceRefund { refund: id, step, .. } => {
            request.refunds.insert(*id);
            request.replays.insert(WebhookId(id.0));
            let sent = state.refund(*id).filter(|_| *step == RefundStep::Send);
            request_disputes(state, sent.map(|refund| &refund.transaction_id), request);
        }
        Action::RecordRefund { report, .. } => reported_refund::request(state, report, request),
        Action::ReplayPayment { event } => {
            request.replays.insert(*event);
            request.refunds.insert(RefundId(event.0));
            if let Some(event) = state.replay(*event) {
                request.refunds_of.insert(event.transaction_id.clone());
                request_limit_of_late_payment(state, event, request);
            }
        }
    }
}

fn request_report(state: &State, report: PaymentReport, request: &mut LoadRequest) {
    if state.by_report(&report).is_none() {
        request.reports.insert(report);
    }
}

/// Whether a transaction is disputed is read anew by each operation, and not kept in memory.
fn request_disputes(state: &State, transaction: Option<&TransactionId>, request: &mut LoadRequest) {
    if let Some(transaction) = transaction.filter(|transaction| !state.has_disputes_of(transaction)) {
        request.disputes.insert(transaction.clone());
    }
}

/// A late order, which no longer counts towards its shopper's limit, counts again once it is paid.
fn request_limit_of_late_payment(state: &State, payment: &Payment, request: &mut LoadRequest) {
    let Some((product_state, claim)) = state.claim_by(payment.reference) else { return };
    let late = claim.order.as_ref().filter(|order| order.is_late(request.now));
    if payment.status == PaymentStatus::Success
        && product_state.product.per_shopper_limit.is_some()
        && let Some(key) = late.and_then(limit_key_of_order)
        && !state.has_limit_usage(&key)
    {
        request.limit_usage.insert(key);
    }
}

fn limit_key_of_order(order: &Order) -> Option<LimitKey> {
    let shopper = order.shopper.clone()?;
    Some(LimitKey { product: order.product_id, owner: order.owner, shopper })
}

fn request_product(state: &State, id: ProductId, request: &mut LoadRequest) {
    if state.product_state(id).is_none() {
        request.products.insert(id);
    }
}

fn request_claim(state: &State, reference: Reference, request: &mut LoadRequest) {
    if state.claim_by(reference).is_none() {
        match reference {
            Reference::Order(id) => request.orders.insert(id),
            Reference::Hold(id) => request.holds.insert(id),
        };
    }
}

/// The limit that applies to a hold, if its product has a limit and its shopper a name.
fn limited(state: &State, place: &PlaceHold) -> impl Iterator<Item = LimitKey> {
    let limit = state.product_state(place.product).and_then(|product_state| product_state.product.per_shopper_limit);
    limit.and(place.shopper.clone()).map(|shopper| limit_key(place, shopper)).into_iter()
}

fn limit_key(place: &PlaceHold, shopper: Shopper) -> LimitKey {
    LimitKey { product: place.product, owner: place.by.owner, shopper }
}

/// The product that a command is about, if it is known.
pub(crate) fn product_of(state: &State, command: &Command) -> Option<ProductId> {
    let claimed = |reference| state.claim_by(reference).map(|(product_state, _)| product_state.product.id);
    match command {
        Command::ExpireUnmatched { .. } | Command::AdoptRefundsDue(_) => None,
        Command::Sweep(product) => Some(*product),
        Command::Operate(operation) => product_of_action(state, &operation.action),
        Command::PlaceHold(place) => Some(place.product),
        Command::ReleaseHold { hold, .. } | Command::ExtendHold { hold, .. } | Command::PlaceOrder { hold, .. } => {
            claimed(Reference::Hold(*hold))
        }
        Command::CancelOrder { order, .. } => claimed(Reference::Order(*order)),
        Command::RecordPayment(payment, _) => claimed(payment.reference),
    }
}

fn product_of_action(state: &State, action: &Action) -> Option<ProductId> {
    let of_claim = |reference| state.claim_by(reference).map(|(product_state, _)| product_state.product.id);
    match action {
        Action::AddProduct(_) => None,
        Action::EditProduct { product, .. } | Action::SetStatus { product, .. } | Action::SetStock { product, .. } => {
            Some(*product)
        }
        Action::CancelOrder { order } => of_claim(Reference::Order(*order)),
        Action::IssueRefund(issue) => of_claim(Reference::Order(issue.order)),
        Action::AdvanceRefund { refund, .. } => {
            state.refund(*refund).and_then(|refund| refund.product_id).filter(|id| state.product_state(*id).is_some())
        }
        Action::RecordRefund { report, .. } => {
            reported_refund::payment_of(state, report).and_then(|payment| of_claim(payment.reference))
        }
        Action::ReplayPayment { event } => state.replay(*event).and_then(|event| of_claim(event.reference)),
    }
}

/// The product whose overdue claims must be reclaimed before the command is decided: the command needs more units than are
/// available, and a claim is due (P4). A sweep needs all units.
pub(crate) fn needs_reclaim(state: &State, command: &Command, now: Timestamp) -> Option<ProductId> {
    let (product_state, units) = match command {
        Command::Sweep(product) => (state.product_state(*product)?, u32::MAX),
        Command::PlaceHold(place) => (state.product_state(place.product)?, place.qty.get()),
        Command::RecordPayment(payment, _) => late_payment(state, payment)?,
        Command::Operate(operation) => match &operation.action {
            // Neither may be refused because of claims that have ended.
            Action::SetStatus { product, status: ProductStatus::Archived }
            | Action::SetStock { product, change: StockChange::Total(_) | StockChange::By(..0) } => {
                (state.product_state(*product)?, u32::MAX)
            }
            Action::ReplayPayment { event } => late_payment(state, state.replay(*event)?)?,
            _ => return None,
        },
        _ => return None,
    };
    let is_due = product_state.next_due.is_some_and(|due| due <= now);
    (is_due && product_state.product.stock.available < units).then_some(product_state.product.id)
}

/// The product and the units that a success for a cancelled order needs.
fn late_payment<'a>(state: &'a State, payment: &Payment) -> Option<(&'a ProductState, u32)> {
    let (product_state, claim) = state.claim_by(payment.reference)?;
    let order = claim.order.as_ref().filter(|order| matches!(order.state, OrderState::Cancelled { .. }))?;
    (payment.status == PaymentStatus::Success).then_some((product_state, order.qty.get()))
}

/// Returns the owner's claim. A claim of another owner is unknown to them.
fn own_claim(state: &State, hold: HoldId, owner: Owner) -> Result<(&ProductState, &Claim), Refusal> {
    state.claim(hold).filter(|(_, claim)| claim.hold.owner == owner).ok_or(Refusal::UnknownHold)
}
