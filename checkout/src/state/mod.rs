//! What the writer knows: the products it has seen and what lies under them, and what this batch has changed.
//!
//! Everything under a product is trusted as long as the product is at the version it was read at; the store checks that
//! when it commits. So a batch about things that the last commit left in memory needs no read at all.

mod effect;
mod facts;
mod memory;
mod write_set;

pub use effect::{Effect, Movement};
pub use facts::{Claim, DUE_AT_ONCE, Found, KeyRecord, TallyKey, Wanted};
pub use write_set::WriteSet;

use crate::{
    clock::Mint,
    command::IdempotencyKey,
    model::{
        EventKey, EventOutcome, Hold, HoldId, HoldState, Moves, Order, OrderId, OrderState, Owner, Payment,
        PaymentStatus, Product, ProductId, Reference, Shopper, Slug, Timestamp, TransactionId, WebhookId,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A product and what is known to lie under it.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) product: Product,
    /// Nothing under the product is due before this; `None`: nothing ever is.
    pub(crate) next_due: Option<Timestamp>,
    claims: HashMap<HoldId, Claim>,
}

/// What this batch changed, with the state each row is in on disk (`None`: it is not there yet).
#[derive(Debug, Default)]
struct Changes {
    products: BTreeMap<ProductId, (Moves, bool)>,
    holds: BTreeMap<HoldId, bool>,
    orders: BTreeMap<OrderId, Option<&'static str>>,
    payments: BTreeMap<WebhookId, (Payment, bool)>,
    keys: Vec<KeyRecord>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    shelves: HashMap<ProductId, Shelf>,
    slugs: HashMap<Slug, ProductId>,
    hold_product: HashMap<HoldId, ProductId>,
    /// The keys of `hold_product`, oldest first.
    known_holds: VecDeque<HoldId>,
    order_hold: HashMap<OrderId, HoldId>,
    keys: HashMap<(Owner, IdempotencyKey), KeyRecord>,
    events: HashMap<EventKey, Payment>,
    said: HashMap<(TransactionId, &'static str), EventKey>,
    tallies: HashMap<TallyKey, HashMap<HoldId, u32>>,
    strays: Vec<Payment>,
    asked: Wanted,
    /// Due claims that this batch has loaded, by product.
    due_loaded: BTreeMap<ProductId, usize>,
    consulted: BTreeSet<ProductId>,
    changes: Changes,
}

impl State {
    pub(crate) fn shelf(&self, id: ProductId) -> Option<&Shelf> {
        self.shelves.get(&id)
    }

    pub(crate) fn has_slug(&self, slug: &Slug) -> bool {
        self.slugs.contains_key(slug)
    }

    pub(crate) fn claim(&self, hold: HoldId) -> Option<(&Shelf, &Claim)> {
        let shelf = self.shelves.get(self.hold_product.get(&hold)?)?;
        Some((shelf, shelf.claims.get(&hold)?))
    }

    pub(crate) fn claim_by_order(&self, order: OrderId) -> Option<(&Shelf, &Claim)> {
        self.claim(*self.order_hold.get(&order)?)
    }

    pub(crate) fn claim_by(&self, reference: Reference) -> Option<(&Shelf, &Claim)> {
        match reference {
            Reference::Order(id) => self.claim_by_order(id),
            Reference::Hold(id) => self.claim(id),
        }
    }

    pub(crate) fn key(&self, owner: Owner, key: &IdempotencyKey) -> Option<&KeyRecord> {
        self.keys.get(&(owner, key.clone()))
    }

    pub(crate) fn event(&self, key: &EventKey) -> Option<&Payment> {
        self.events.get(key)
    }

    /// What this transaction said before, under whatever key.
    pub(crate) fn said(&self, transaction: &TransactionId, status: PaymentStatus) -> Option<&Payment> {
        self.said.get(&(transaction.clone(), status.name())).and_then(|key| self.events.get(key))
    }

    /// Units of the shopper's active holds, pending and paid orders.
    pub(crate) fn taken(&self, key: &TallyKey) -> u32 {
        self.tallies.get(key).map_or(0, |claims| claims.values().sum())
    }

    pub(crate) fn has_tally(&self, key: &TallyKey) -> bool {
        self.tallies.contains_key(key)
    }

    /// Asks for what is due on a product, beyond what this batch has loaded of it: on disk that is still there.
    pub(crate) fn want_due(&self, product: ProductId, now: Timestamp) -> Wanted {
        let loaded = self.due_loaded.get(&product).copied().unwrap_or(0);
        Wanted { due: [(product, loaded)].into(), ..Wanted::at(now) }
    }

    pub(crate) fn strays(&self) -> &[Payment] {
        &self.strays
    }

    /// Of what is wanted, what has not been looked for in this batch.
    pub(crate) fn not_yet_asked(&mut self, mut wanted: Wanted) -> Wanted {
        wanted.only_new(&mut self.asked);
        wanted
    }

    /// A decision rests on this product, so it must not have moved on when the batch commits.
    pub(crate) fn consult(&mut self, product: ProductId) {
        self.consulted.insert(product);
    }

    /// Takes in what was loaded. What this batch has changed already is newer than what the store says. `false`: it
    /// has decided on a product that has moved on, and must be decided again.
    pub(crate) fn admit(&mut self, wanted: &Wanted, found: Found) -> bool {
        for (product, next_due) in found.products {
            if !self.admit_product(product, next_due) {
                return false;
            }
        }
        for claim in found.claims {
            self.admit_claim(claim);
        }
        for key in &wanted.tallies {
            self.tallies.entry(key.clone()).or_default();
        }
        for (key, hold, units) in found.tallies {
            self.tallies.entry(key).or_default().insert(hold, units);
        }
        for record in found.keys {
            self.keys.entry((record.owner, record.idempotency.key.clone())).or_insert(record);
        }
        for payment in found.events {
            self.admit_event(payment);
        }
        for (product, due, next_due) in found.due {
            *self.due_loaded.entry(product).or_default() += due.len();
            self.admit_due(product, next_due);
        }
        self.strays.extend(found.strays);
        true
    }

    /// Takes in products as another writer has just left them. What lies under them is not known: something may be due.
    pub(crate) fn refresh(&mut self, products: Vec<Product>) {
        for product in products {
            self.admit_product(product, Some(Timestamp::default()));
        }
    }

    fn admit_product(&mut self, product: Product, next_due: Option<Timestamp>) -> bool {
        let id = product.id;
        if self.shelves.get(&id).is_some_and(|known| known.product.version == product.version) {
            return true;
        }
        if self.consulted.contains(&id) {
            return false;
        }
        self.slugs.insert(product.slug.clone(), id);
        // All that was known under another version may be wrong.
        self.shelves.insert(id, Shelf { product, next_due, claims: HashMap::new() });
        true
    }

    fn admit_claim(&mut self, claim: Claim) {
        let Some(shelf) = self.shelves.get_mut(&claim.hold.product_id) else { return };
        if let Some(order) = &claim.order {
            self.order_hold.insert(order.id, claim.hold.id);
        }
        let (hold, product) = (claim.hold.id, claim.hold.product_id);
        shelf.claims.entry(hold).or_insert(claim);
        self.know(hold, product);
    }

    fn admit_event(&mut self, payment: Payment) {
        if payment.outcome != EventOutcome::Duplicate {
            let said = (payment.transaction_id.clone(), payment.status.name());
            self.said.insert(said, payment.key.clone());
        }
        self.events.entry(payment.key.clone()).or_insert(payment);
    }

    /// The store knows when the next claim on disk is due; this batch's own holds come on top.
    fn admit_due(&mut self, id: ProductId, next_due: Option<Timestamp>) {
        let Some(shelf) = self.shelves.get_mut(&id) else { return };
        let ours = self.changes.holds.keys().filter_map(|hold| shelf.claims.get(hold));
        shelf.next_due = ours.filter_map(due_at).chain(next_due).min();
    }

    /// Changes what is known, and notes what the commit must write.
    pub(crate) fn evolve(&mut self, effect: Effect) {
        match effect {
            Effect::Added(product) => {
                self.changes.products.insert(product.id, (Moves::default(), true));
                self.slugs.insert(product.slug.clone(), product.id);
                self.shelves.insert(product.id, Shelf { product: *product, next_due: None, claims: HashMap::new() });
            }
            Effect::Moved(id, movement) => self.evolve_stock(id, movement),
            Effect::Hold(hold) => self.evolve_hold(hold),
            Effect::Order(order) => self.evolve_order(order),
            Effect::Payment(payment) => self.evolve_payment(payment),
            Effect::Keyed(record) => {
                self.keys.insert((record.owner, record.idempotency.key.clone()), (*record).clone());
                self.changes.keys.push(*record);
            }
        }
    }

    fn evolve_stock(&mut self, id: ProductId, movement: Movement) {
        let shelf = self.shelves.get_mut(&id).expect_known("product");
        let before = shelf.product.stock;
        let after = movement.apply(before);
        assert!(after.is_some_and(|s| s.is_consistent()), "P1: {movement:?} does not fit {before:?}");
        shelf.product.stock = after.unwrap_or(before);
        movement.note(self.touch(id), before);
    }

    fn evolve_hold(&mut self, hold: Hold) {
        let is_new = !self.hold_product.contains_key(&hold.id);
        self.changes.holds.entry(hold.id).or_insert(is_new);
        self.touch(hold.product_id);
        self.tally(
            hold.shopper.as_ref(),
            hold.product_id,
            hold.owner,
            hold.id,
            match hold.state {
                HoldState::Active | HoldState::Ordered { .. } => hold.qty.get(),
                HoldState::Expired | HoldState::Released => 0,
            },
        );
        self.know(hold.id, hold.product_id);
        let shelf = self.shelves.get_mut(&hold.product_id).expect_known("product");
        if hold.state == HoldState::Active {
            shelf.next_due = shelf.next_due.into_iter().chain([hold.expires_at]).min();
        }
        match shelf.claims.get_mut(&hold.id) {
            Some(claim) => claim.hold = hold,
            None => {
                shelf.claims.insert(hold.id, Claim { hold, order: None, parked: Vec::new() });
            }
        }
    }

    fn evolve_order(&mut self, order: Order) {
        self.touch(order.product_id);
        self.tally(
            order.shopper.as_ref(),
            order.product_id,
            order.owner,
            order.hold_id,
            match order.state {
                OrderState::Pending | OrderState::Paid { .. } => order.qty.get(),
                OrderState::Cancelled { .. } => 0,
            },
        );
        let shelf = self.shelves.get_mut(&order.product_id).expect_known("product");
        if order.state == OrderState::Pending {
            shelf.next_due = shelf.next_due.into_iter().chain([order.pay_by]).min();
        }
        let claim = shelf.claims.get_mut(&order.hold_id).expect_known("hold");
        let was = claim.order.as_ref().map(|before| before.state.name());
        self.changes.orders.entry(order.id).or_insert(was);
        self.order_hold.insert(order.id, order.hold_id);
        claim.order = Some(order);
    }

    fn evolve_payment(&mut self, payment: Payment) {
        if let Some(id) = payment.product_id {
            self.touch(id);
        }
        let is_new = !self.events.contains_key(&payment.key) && !self.is_parked(&payment);
        if let Reference::Hold(hold) = payment.reference
            && let Some(id) = self.hold_product.get(&hold)
            && let Some(claim) = self.shelves.get_mut(id).and_then(|shelf| shelf.claims.get_mut(&hold))
        {
            claim.parked.retain(|other| other.id != payment.id);
            if payment.outcome == EventOutcome::Parked {
                claim.parked.push(payment.clone());
            }
        }
        let was_new = self.changes.payments.get(&payment.id).map_or(is_new, |(_, was_new)| *was_new);
        self.changes.payments.insert(payment.id, (payment.clone(), was_new));
        self.events.remove(&payment.key);
        self.admit_event(payment);
    }

    /// Is the event on disk, waiting for its order or found to have waited too long?
    fn is_parked(&self, payment: &Payment) -> bool {
        let in_claim =
            self.claim_by(payment.reference).is_some_and(|(_, c)| c.parked.iter().any(|p| p.id == payment.id));
        in_claim || self.strays.iter().any(|p| p.id == payment.id)
    }

    fn touch(&mut self, id: ProductId) -> &mut Moves {
        &mut self.changes.products.entry(id).or_default().0
    }

    fn tally(&mut self, shopper: Option<&Shopper>, product: ProductId, owner: Owner, hold: HoldId, units: u32) {
        let Some(shopper) = shopper.cloned() else { return };
        if let Some(claims) = self.tallies.get_mut(&TallyKey { product, owner, shopper }) {
            claims.insert(hold, units);
        }
    }

    /// What the commit must write. The versions grow here, once a batch.
    pub(crate) fn writes(&mut self, mint: &Mint, at: Timestamp) -> WriteSet {
        let changes = std::mem::take(&mut self.changes);
        let mut writes = WriteSet {
            batch: mint.id(),
            at,
            products_added: Vec::new(),
            products_changed: Vec::new(),
            moves: BTreeMap::new(),
            products_unchanged: Vec::new(),
            holds_added: Vec::new(),
            holds_changed: Vec::new(),
            orders_added: Vec::new(),
            orders_changed: Vec::new(),
            payments_added: Vec::new(),
            payments_changed: Vec::new(),
            keys: changes.keys,
        };
        for id in std::mem::take(&mut self.consulted) {
            if let Some(shelf) = self.shelves.get(&id).filter(|_| !changes.products.contains_key(&id)) {
                writes.products_unchanged.push((id, shelf.product.version));
            }
        }
        for (id, (moves, is_new)) in changes.products {
            let product = &mut self.shelves.get_mut(&id).expect_known("product").product;
            product.version += 1;
            product.updated_at = at;
            writes.moves.insert(id, moves);
            let list = if is_new { &mut writes.products_added } else { &mut writes.products_changed };
            list.push(product.clone());
        }
        for (id, is_new) in changes.holds {
            let hold = self.claim(id).map(|(_, claim)| claim.hold.clone()).expect_known("hold");
            let list = if is_new { &mut writes.holds_added } else { &mut writes.holds_changed };
            list.push(hold);
        }
        for (id, was) in changes.orders {
            let order = self.claim_by_order(id).and_then(|(_, claim)| claim.order.clone()).expect_known("order");
            match was {
                None => writes.orders_added.push(order),
                Some(was) => writes.orders_changed.push((order, was)),
            }
        }
        for (_, (payment, is_new)) in changes.payments {
            let list = if is_new { &mut writes.payments_added } else { &mut writes.payments_changed };
            list.push(payment);
        }
        writes
    }
}

/// When a claim will be due, if ever.
fn due_at(claim: &Claim) -> Option<Timestamp> {
    match &claim.order {
        Some(order) => (order.state == OrderState::Pending).then_some(order.pay_by),
        None => (claim.hold.state == HoldState::Active).then_some(claim.hold.expires_at),
    }
}

/// A decision may only change what it has seen; anything else is a bug, and the batch fails with its name.
trait ExpectKnown<T> {
    fn expect_known(self, what: &str) -> T;
}

impl<T> ExpectKnown<T> for Option<T> {
    #[expect(clippy::panic, reason = "a broken invariant fails the batch")]
    fn expect_known(self, what: &str) -> T {
        match self {
            Some(known) => known,
            None => panic!("a decision changed a {what} that was never loaded"),
        }
    }
}
