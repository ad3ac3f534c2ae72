//! What the writer knows: the products it has seen and what lies under them, and what this batch has changed.
//!
//! Everything under a product is trusted as long as the product is at the version it was read at; the store checks that
//! when it commits. So a batch about things that the last commit left in memory needs no read at all.

use crate::{
    clock::Mint,
    command::{Idempotency, IdempotencyKey, Reply},
    model::{
        BatchId, EventKey, EventOutcome, Hold, HoldId, HoldState, Moves, Order, OrderId, OrderState, Owner, Payment,
        PaymentStatus, Product, ProductId, Reference, Shopper, Slug, Stock, Timestamp, TransactionId, WebhookId,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Claims kept in memory between batches. Past this the memory is cleared, which costs a read and nothing else.
const CLAIMS_KEPT: usize = 50_000;

/// Idempotency keys and events kept in memory; a key that is not is found by the constraint that it would break.
const KEYS_KEPT: usize = 20_000;

/// A claim on stock: the hold, the order it became, and the payments that wait for that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The hold.
    pub hold: Hold,
    /// What it became.
    pub order: Option<Order>,
    /// Payments about the hold that came before the order, oldest first (P6).
    pub parked: Vec<Payment>,
}

/// What counts towards a limit: one shopper's share of one product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyKey {
    /// Of what.
    pub product: ProductId,
    /// Whose customer.
    pub owner: Owner,
    /// Which.
    pub shopper: Shopper,
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// Whose key.
    pub owner: Owner,
    /// The key and what it stands for.
    pub idempotency: Idempotency,
    /// What was answered.
    pub reply: Reply,
}

/// What a batch must know before it can be decided.
#[derive(Debug, Default)]
pub struct Wanted {
    pub(crate) products: BTreeSet<ProductId>,
    pub(crate) slugs: BTreeSet<Slug>,
    pub(crate) holds: BTreeSet<HoldId>,
    pub(crate) orders: BTreeSet<OrderId>,
    pub(crate) tallies: BTreeSet<TallyKey>,
    pub(crate) keys: BTreeSet<(Owner, IdempotencyKey)>,
    pub(crate) events: BTreeSet<EventKey>,
    pub(crate) said: BTreeSet<(TransactionId, &'static str)>,
    /// Products to take back from what is due, each with the number of due claims that this batch has loaded before.
    pub(crate) due: BTreeMap<ProductId, usize>,
    /// Payments parked before this instant under no known claim.
    pub(crate) parked_before: Option<Timestamp>,
    /// The instant that "due" and "live" are meant at.
    pub(crate) now: Timestamp,
}

impl Wanted {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self { now, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.products.is_empty()
            && self.slugs.is_empty()
            && self.holds.is_empty()
            && self.orders.is_empty()
            && self.tallies.is_empty()
            && self.keys.is_empty()
            && self.events.is_empty()
            && self.said.is_empty()
            && self.due.is_empty()
            && self.parked_before.is_none()
    }

    /// Takes away what has been asked before, and remembers the rest as asked.
    fn only_new(&mut self, asked: &mut Self) {
        fn fresh<T: Ord + Clone>(set: &mut BTreeSet<T>, asked: &mut BTreeSet<T>) {
            set.retain(|item| asked.insert(item.clone()));
        }
        fresh(&mut self.products, &mut asked.products);
        fresh(&mut self.slugs, &mut asked.slugs);
        fresh(&mut self.holds, &mut asked.holds);
        fresh(&mut self.orders, &mut asked.orders);
        fresh(&mut self.tallies, &mut asked.tallies);
        fresh(&mut self.keys, &mut asked.keys);
        fresh(&mut self.events, &mut asked.events);
        fresh(&mut self.said, &mut asked.said);
        if asked.parked_before.is_some() {
            self.parked_before = None;
        }
        asked.parked_before = asked.parked_before.or(self.parked_before);
    }
}

/// Due claims loaded at once; more are loaded when these were not enough.
pub const DUE_AT_ONCE: usize = 1000;

/// What a store found of what was wanted. Claims and products come together: a claim's product is always among them.
#[derive(Debug, Default)]
pub struct Found {
    /// Products, each with the first instant at which something under it is due.
    pub products: Vec<(Product, Option<Timestamp>)>,
    /// Claims, by hold or by order, and those that are due.
    pub claims: Vec<Claim>,
    /// Units that count towards a limit.
    pub tallies: Vec<(TallyKey, HoldId, u32)>,
    /// Stored answers.
    pub keys: Vec<KeyRecord>,
    /// Stored events.
    pub events: Vec<Payment>,
    /// For each product whose due claims were wanted: those claims, and the first instant at which another one is due.
    pub due: Vec<(ProductId, Vec<HoldId>, Option<Timestamp>)>,
    /// Payments that were parked too long.
    pub strays: Vec<Payment>,
}

/// One change that a decision makes.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A new product.
    Added(Box<Product>),
    /// Stock moves.
    Moved(ProductId, Movement),
    /// A hold, as it is from now on.
    Hold(Hold),
    /// An order, as it is from now on.
    Order(Order),
    /// An event, as it is from now on.
    Payment(Payment),
    /// A stored answer.
    Keyed(Box<KeyRecord>),
}

/// A movement of stock: units by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// available → held
    Hold(u32),
    /// held → available, by the shopper
    Release(u32),
    /// held → available, by time
    Expire(u32),
    /// held → pending
    Order(u32),
    /// pending → sold
    Pay(u32),
    /// pending → available
    Cancel(u32),
    /// available → sold, for late money (P7)
    Resell(u32),
    /// The operator sets the total.
    Adjust(u32),
}

impl Movement {
    /// The counters afterwards; `None` where there are too few units.
    pub fn apply(self, stock: Stock) -> Option<Stock> {
        match self {
            Self::Hold(n) => stock.hold(n),
            Self::Release(n) | Self::Expire(n) => stock.unhold(n),
            Self::Order(n) => stock.order(n),
            Self::Pay(n) => stock.pay(n),
            Self::Cancel(n) => stock.cancel(n),
            Self::Resell(n) => stock.resell(n),
            Self::Adjust(total) => stock.adjust(total),
        }
    }

    fn note(self, moves: &mut Moves, before: Stock) {
        match self {
            Self::Hold(n) => moves.held += n,
            Self::Release(n) => moves.released += n,
            Self::Expire(n) => moves.expired += n,
            Self::Order(n) => moves.ordered += n,
            Self::Pay(n) => moves.paid += n,
            Self::Cancel(n) => moves.cancelled += n,
            Self::Resell(n) => moves.resold += n,
            Self::Adjust(total) => moves.adjusted += i64::from(total) - i64::from(before.total),
        }
    }
}

/// Everything one commit writes.
#[derive(Debug)]
pub struct WriteSet {
    /// This commit's id.
    pub batch: BatchId,
    /// When it was decided.
    pub at: Timestamp,
    /// Products that come to be.
    pub products_added: Vec<Product>,
    /// Products as they are from now on; each must still be at the version before.
    pub products_changed: Vec<Product>,
    /// What moved on each of both, by id.
    pub moves: BTreeMap<ProductId, Moves>,
    /// Products that something was refused on: each must still be at this version, or the refusal may be wrong.
    pub products_unchanged: Vec<(ProductId, u64)>,
    /// New holds.
    pub holds_added: Vec<Hold>,
    /// Holds that were active.
    pub holds_changed: Vec<Hold>,
    /// New orders.
    pub orders_added: Vec<Order>,
    /// Orders, and the state each was in.
    pub orders_changed: Vec<(Order, &'static str)>,
    /// New events.
    pub payments_added: Vec<Payment>,
    /// Events that were parked.
    pub payments_changed: Vec<Payment>,
    /// Answers.
    pub keys: Vec<KeyRecord>,
}

impl WriteSet {
    /// Nothing to write; there may still be versions to check.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
            && self.payments_added.is_empty()
            && self.payments_changed.is_empty()
            && self.keys.is_empty()
    }

    /// Products whose stock is news.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products_added.iter().chain(&self.products_changed)
    }

    /// Orders that are news.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders_added.iter().chain(self.orders_changed.iter().map(|(order, _)| order))
    }
}

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

    /// Has this transaction said this before, under whatever key?
    pub(crate) fn was_said(&self, transaction: &TransactionId, status: PaymentStatus) -> bool {
        self.said.contains_key(&(transaction.clone(), status.name()))
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

    /// Takes in what was loaded. What this batch has changed already is newer than what the store says.
    pub(crate) fn admit(&mut self, wanted: &Wanted, found: Found) {
        for (product, next_due) in found.products {
            self.admit_product(product, next_due);
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
        self.strays = found.strays;
    }

    fn admit_product(&mut self, product: Product, next_due: Option<Timestamp>) {
        let id = product.id;
        if self.shelves.get(&id).is_some_and(|known| known.product.version == product.version) {
            return;
        }
        self.slugs.insert(product.slug.clone(), id);
        // All that was known under another version may be wrong.
        self.shelves.insert(id, Shelf { product, next_due, claims: HashMap::new() });
    }

    fn admit_claim(&mut self, claim: Claim) {
        let Some(shelf) = self.shelves.get_mut(&claim.hold.product_id) else { return };
        self.hold_product.insert(claim.hold.id, claim.hold.product_id);
        if let Some(order) = &claim.order {
            self.order_hold.insert(order.id, claim.hold.id);
        }
        shelf.claims.entry(claim.hold.id).or_insert(claim);
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
            &hold.shopper,
            hold.product_id,
            hold.owner,
            hold.id,
            match hold.state {
                HoldState::Active | HoldState::Ordered { .. } => hold.qty.get(),
                HoldState::Expired | HoldState::Released => 0,
            },
        );
        self.hold_product.insert(hold.id, hold.product_id);
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
            &order.shopper,
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

    fn tally(&mut self, shopper: &Option<Shopper>, product: ProductId, owner: Owner, hold: HoldId, units: u32) {
        let Some(shopper) = shopper.clone() else { return };
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

    /// The batch is on disk: forget what was only for it, and stay within bounds.
    pub(crate) fn settle(&mut self) {
        self.tallies.clear();
        self.strays.clear();
        self.asked = Wanted::default();
        self.due_loaded.clear();
        self.consulted.clear();
        if self.hold_product.len() > CLAIMS_KEPT {
            self.hold_product.clear();
            self.order_hold.clear();
            self.shelves.values_mut().for_each(|shelf| shelf.claims.clear());
        }
        if self.keys.len() + self.events.len() > KEYS_KEPT {
            self.keys.clear();
            self.events.clear();
            self.said.clear();
        }
    }

    /// The batch is not on disk, or may not be: nothing that is known can be trusted.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
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
