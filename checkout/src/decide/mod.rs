//! The rules: `(state, command, now) → decision or refusal`. Pure: no I/O, no clock, no random source.

mod hold;
mod order;
mod payment;
mod product;

use crate::{
    command::{Command, PlaceHold, Reply},
    model::{HoldId, OrderState, Owner, PaymentStatus, ProductId, Reference, Refusal, Shopper, Timestamp},
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
        Command::AddProduct(product) => product::add(state, product),
        Command::AdjustStock { product, total } => product::adjust(state, *product, *total),
        Command::PlaceHold(place) => hold::place(state, place, now),
        Command::ReleaseHold { hold, by } => hold::release(state, *hold, by.owner),
        Command::ExtendHold { hold, by } => hold::extend(state, *hold, by.owner, now),
        Command::PlaceOrder { id, hold, by } => order::place(state, *id, *hold, by.owner, now),
        Command::CancelOrder { order, by } => order::cancel(state, *order, by.owner, now),
        Command::RecordPayment(payment) => payment::record(state, payment, now),
        // The batch has reclaimed the overdue units before it decides.
        Command::Sweep(_) => Ok(Decision::nothing(Reply::Swept(0))),
        Command::ExpireUnmatched { .. } => Ok(payment::expire_unmatched(state)),
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
        Command::AddProduct(product) => {
            request.slugs.insert(product.slug.clone());
        }
        Command::AdjustStock { product, .. } | Command::Sweep(product) => request_product(state, *product, request),
        Command::PlaceHold(place) => {
            request_product(state, place.product, request);
            request.limit_usage.extend(limited(state, place).filter(|key| !state.has_limit_usage(key)));
        }
        Command::ReleaseHold { hold, .. } | Command::ExtendHold { hold, .. } | Command::PlaceOrder { hold, .. } => {
            request_claim(state, Reference::Hold(*hold), request);
        }
        Command::CancelOrder { order, .. } => request_claim(state, Reference::Order(*order), request),
        Command::RecordPayment(payment) => {
            request_claim(state, payment.reference, request);
            if state.event(&payment.key).is_none() {
                request.events.insert(payment.key.clone());
            }
            if state.by_transaction(&payment.transaction_id, payment.status).is_none() {
                request.by_transaction.insert((payment.transaction_id.clone(), payment.status.name()));
            }
        }
        Command::ExpireUnmatched { before } => request.parked_before = Some(*before),
    }
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
        Command::AddProduct(_) | Command::ExpireUnmatched { .. } => None,
        Command::AdjustStock { product, .. } | Command::Sweep(product) => Some(*product),
        Command::PlaceHold(place) => Some(place.product),
        Command::ReleaseHold { hold, .. } | Command::ExtendHold { hold, .. } | Command::PlaceOrder { hold, .. } => {
            claimed(Reference::Hold(*hold))
        }
        Command::CancelOrder { order, .. } => claimed(Reference::Order(*order)),
        Command::RecordPayment(payment) => claimed(payment.reference),
    }
}

/// The product whose overdue claims must be reclaimed before the command is decided: the command needs more units than are
/// available, and a claim is due (P4). A sweep needs all units.
pub(crate) fn needs_reclaim(state: &State, command: &Command, now: Timestamp) -> Option<ProductId> {
    let (product_state, units) = match command {
        Command::Sweep(product) => (state.product_state(*product)?, u32::MAX),
        Command::PlaceHold(place) => (state.product_state(place.product)?, place.qty.get()),
        Command::RecordPayment(payment) if payment.status == PaymentStatus::Success => {
            let (product_state, claim) = state.claim_by(payment.reference)?;
            let order = claim.order.as_ref().filter(|o| matches!(o.state, OrderState::Cancelled { .. }))?;
            (product_state, order.qty.get())
        }
        _ => return None,
    };
    let is_due = product_state.next_due.is_some_and(|due| due <= now);
    (is_due && product_state.product.stock.available < units).then_some(product_state.product.id)
}

/// Returns the owner's claim. A claim of another owner is unknown to them.
fn own_claim(state: &State, hold: HoldId, owner: Owner) -> Result<(&ProductState, &Claim), Refusal> {
    state.claim(hold).filter(|(_, claim)| claim.hold.owner == owner).ok_or(Refusal::UnknownHold)
}
