//! The rules. Pure: state, command and time come in as values, a decision or a refusal comes out; no I/O, no clock, no
//! random source. The simulation drives exactly this code.

mod hold;
mod order;
mod payment;
mod product;

use crate::{
    command::{Command, PlaceHold, Reply},
    model::{HoldId, OrderState, Owner, PaymentStatus, ProductId, Reference, Refusal, Shopper, Timestamp},
    state::{Claim, Effect, KeyRecord, Shelf, State, TallyKey, Wanted},
};

pub(crate) use hold::reclaim;

/// What a granted command does, and what its caller is told.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) effects: Vec<Effect>,
    pub(crate) reply: Reply,
    /// The answer was given before, and nothing is done now.
    pub(crate) replayed: bool,
}

impl Decision {
    fn new(effects: Vec<Effect>, reply: Reply) -> Self {
        Self { effects, reply, replayed: false }
    }

    /// Nothing to do: it had been done, under another key or under none.
    fn nothing(reply: Reply) -> Self {
        Self { effects: Vec::new(), reply, replayed: false }
    }
}

/// Decides one command on what is known, at `now`.
pub(crate) fn decide(state: &State, command: &Command, now: Timestamp) -> Result<Decision, Refusal> {
    let keyed = command.caller().and_then(|by| Some((by.owner, by.idempotency.as_ref()?)));
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
        // Its work is the reclaim that the writer does before it decides.
        Command::Sweep(_) => Ok(Decision::nothing(Reply::Swept(0))),
        Command::SweepParked { .. } => Ok(payment::give_up(state)),
    }?;
    if let Some((owner, idempotency)) = keyed {
        let record = KeyRecord { owner, idempotency: idempotency.clone(), reply: decision.reply.clone() };
        decision.effects.push(Effect::Keyed(Box::new(record)));
    }
    Ok(decision)
}

/// What must be known to decide the command, that is not. Keys come first: a repetition must get its stored answer, not
/// what its request would get today.
pub(crate) fn want(state: &State, command: &Command, wanted: &mut Wanted) {
    let keyed = command.caller().and_then(|by| Some((by.owner, by.idempotency.as_ref()?)));
    if let Some((owner, idempotency)) = keyed
        && state.key(owner, &idempotency.key).is_none()
    {
        wanted.keys.insert((owner, idempotency.key.clone()));
    }
    match command {
        Command::AddProduct(product) => {
            wanted.slugs.insert(product.slug.clone());
        }
        Command::AdjustStock { product, .. } | Command::Sweep(product) => want_product(state, *product, wanted),
        Command::PlaceHold(place) => {
            want_product(state, place.product, wanted);
            wanted.tallies.extend(limited(state, place).filter(|key| !state.has_tally(key)));
        }
        Command::ReleaseHold { hold, .. } | Command::ExtendHold { hold, .. } | Command::PlaceOrder { hold, .. } => {
            want_claim(state, Reference::Hold(*hold), wanted);
        }
        Command::CancelOrder { order, .. } => want_claim(state, Reference::Order(*order), wanted),
        Command::RecordPayment(payment) => {
            want_claim(state, payment.reference, wanted);
            if state.event(&payment.key).is_none() {
                wanted.events.insert(payment.key.clone());
            }
            if state.said(&payment.transaction_id, payment.status).is_none() {
                wanted.said.insert((payment.transaction_id.clone(), payment.status.name()));
            }
        }
        Command::SweepParked { before } => wanted.parked_before = Some(*before),
    }
}

fn want_product(state: &State, id: ProductId, wanted: &mut Wanted) {
    if state.shelf(id).is_none() {
        wanted.products.insert(id);
    }
}

fn want_claim(state: &State, reference: Reference, wanted: &mut Wanted) {
    if state.claim_by(reference).is_none() {
        match reference {
            Reference::Order(id) => wanted.orders.insert(id),
            Reference::Hold(id) => wanted.holds.insert(id),
        };
    }
}

/// The tally that limits this hold, where its product has a limit and the shopper has a name.
fn limited(state: &State, place: &PlaceHold) -> impl Iterator<Item = TallyKey> {
    let limit = state.shelf(place.product).and_then(|shelf| shelf.product.per_shopper_limit);
    limit.and(place.shopper.clone()).map(|shopper| tally_key(place, shopper)).into_iter()
}

fn tally_key(place: &PlaceHold, shopper: Shopper) -> TallyKey {
    TallyKey { product: place.product, owner: place.by.owner, shopper }
}

/// The product that the decision on a command rests on.
pub(crate) fn product_of(state: &State, command: &Command) -> Option<ProductId> {
    let claimed = |reference| state.claim_by(reference).map(|(shelf, _)| shelf.product.id);
    match command {
        Command::AddProduct(_) | Command::SweepParked { .. } => None,
        Command::AdjustStock { product, .. } | Command::Sweep(product) => Some(*product),
        Command::PlaceHold(place) => Some(place.product),
        Command::ReleaseHold { hold, .. } | Command::ExtendHold { hold, .. } | Command::PlaceOrder { hold, .. } => {
            claimed(Reference::Hold(*hold))
        }
        Command::CancelOrder { order, .. } => claimed(Reference::Order(*order)),
        Command::RecordPayment(payment) => claimed(payment.reference),
    }
}

/// The product whose due claims must be taken back before the command is decided: it asks for more than is available,
/// and something under the product is due (P4). A sweep always asks.
pub(crate) fn falls_short(state: &State, command: &Command, now: Timestamp) -> Option<ProductId> {
    let (shelf, units) = match command {
        Command::Sweep(product) => (state.shelf(*product)?, u32::MAX),
        Command::PlaceHold(place) => (state.shelf(place.product)?, place.qty.get()),
        Command::RecordPayment(payment) if payment.status == PaymentStatus::Success => {
            let (shelf, claim) = state.claim_by(payment.reference)?;
            let order = claim.order.as_ref().filter(|o| matches!(o.state, OrderState::Cancelled { .. }))?;
            (shelf, order.qty.get())
        }
        _ => return None,
    };
    let is_due = shelf.next_due.is_some_and(|due| due <= now);
    (is_due && shelf.product.stock.available < units).then_some(shelf.product.id)
}

/// An owner sees only their own; another's does not exist for them.
fn own_claim(state: &State, hold: HoldId, owner: Owner) -> Result<(&Shelf, &Claim), Refusal> {
    state.claim(hold).filter(|(_, claim)| claim.hold.owner == owner).ok_or(Refusal::UnknownHold)
}
