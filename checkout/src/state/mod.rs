//! The writer's memory: products with their claims, and the changes of the current batch.
//!
//! The claims in memory are current as long as their product is at the version that it was read at. The store checks the
//! version when it commits. So a batch whose data is in memory reads nothing.

mod announce;
mod apply;
mod effect;
mod eviction;
mod load_request;
mod write_set;

pub use effect::{Effect, StockMovement};
pub use load_request::{Claim, IdempotencyRecord, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD};
pub use write_set::{OrderContact, OrderSnapshot, StoredPayload, WriteSet};

use crate::{
    idempotency::IdempotencyKey,
    model::{
        AuditEntry, EventKey, EventOutcome, HoldId, HoldState, OrderId, OrderState, OrderStatus, Owner, Payment,
        PaymentReport, PictureFacts, PictureId, Product, ProductId, Reference, Refund, RefundId, Slug, StockDelta,
        Timestamp, TransactionId, WebhookId,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A product and its known claims.
#[derive(Debug)]
pub(crate) struct ProductState {
    pub(crate) product: Product,
    /// The first instant at which a claim is due; `None` if there is none.
    pub(crate) next_due: Option<Timestamp>,
    claims: HashMap<HoldId, Claim>,
}

/// How a batch changes a product.
#[derive(Debug, Default)]
struct ProductChange {
    delta: StockDelta,
    is_new: bool,
    is_edited: bool,
    /// The stored number of available units.
    available_before: u32,
}

/// How an order is stored.
#[derive(Debug, Clone, Copy)]
struct StoredOrder {
    state: &'static str,
    status: OrderStatus,
}

/// The changes of this batch. A `bool` tells whether the row is new; an `Option` has the row's stored state, and is `None` for a
/// new row.
#[derive(Debug, Default)]
struct Changes {
    products: BTreeMap<ProductId, ProductChange>,
    holds: BTreeMap<HoldId, bool>,
    orders: BTreeMap<OrderId, Option<StoredOrder>>,
    payments: BTreeMap<WebhookId, (Payment, Option<&'static str>)>,
    payloads: Vec<StoredPayload>,
    contacts: Vec<OrderContact>,
    refunds: BTreeMap<RefundId, Option<announce::RefundStatus>>,
    audit_log: Vec<AuditEntry>,
    keys: Vec<IdempotencyRecord>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    products: HashMap<ProductId, ProductState>,
    slugs: HashMap<Slug, ProductId>,
    hold_product: HashMap<HoldId, ProductId>,
    /// The keys of `hold_product`, oldest first.
    known_holds: VecDeque<HoldId>,
    order_hold: HashMap<OrderId, HoldId>,
    keys: HashMap<(Owner, IdempotencyKey), IdempotencyRecord>,
    events: HashMap<EventKey, Payment>,
    by_report: HashMap<PaymentReport, EventKey>,
    limit_usage: HashMap<LimitKey, HashMap<HoldId, u32>>,
    unmatched_payments: Vec<Payment>,
    /// Refunds and payment events that this batch has loaded by their ids. They are read under the product's lock, and
    /// dropped at the end of the batch.
    refunds: HashMap<RefundId, Refund>,
    replays: HashMap<WebhookId, Payment>,
    /// Stored pictures, which are dropped at the end of the batch as well: the purge may delete them.
    pictures: HashMap<PictureId, PictureFacts>,
    /// Transactions that this batch has asked about, and whether each is disputed. Dropped at the end of the batch.
    disputed: HashMap<TransactionId, bool>,
    /// Random for each attempt to decide a batch. It makes the numbers of new orders.
    salt: u64,
    requested: LoadRequest,
    /// Number of overdue claims that this batch has loaded, by product.
    due_loaded: BTreeMap<ProductId, usize>,
    read_products: BTreeSet<ProductId>,
    changes: Changes,
}

impl State {
    pub(crate) fn product_state(&self, id: ProductId) -> Option<&ProductState> {
        self.products.get(&id)
    }

    pub(crate) fn has_slug(&self, slug: &Slug) -> bool {
        self.slugs.contains_key(slug)
    }

    pub(crate) fn claim(&self, hold: HoldId) -> Option<(&ProductState, &Claim)> {
        let product_state = self.products.get(self.hold_product.get(&hold)?)?;
        Some((product_state, product_state.claims.get(&hold)?))
    }

    pub(crate) fn claim_by_order(&self, order: OrderId) -> Option<(&ProductState, &Claim)> {
        self.claim(*self.order_hold.get(&order)?)
    }

    pub(crate) fn claim_by(&self, reference: Reference) -> Option<(&ProductState, &Claim)> {
        match reference {
            Reference::Order(id) => self.claim_by_order(id),
            Reference::Hold(id) => self.claim(id),
        }
    }

    pub(crate) fn key(&self, owner: Owner, key: &IdempotencyKey) -> Option<&IdempotencyRecord> {
        self.keys.get(&(owner, key.clone()))
    }

    pub(crate) fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.refunds.get(&id)
    }

    /// The refunds that this batch has loaded.
    pub(crate) fn refunds(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.values()
    }

    /// The stored event to decide again.
    pub(crate) fn replay(&self, id: WebhookId) -> Option<&Payment> {
        self.replays.get(&id)
    }

    /// The size and the hue of a stored picture.
    pub(crate) fn picture(&self, id: PictureId) -> Option<PictureFacts> {
        self.pictures.get(&id).copied()
    }

    pub(crate) fn salt(&self) -> u64 {
        self.salt
    }

    pub(crate) fn set_salt(&mut self, salt: u64) {
        self.salt = salt;
    }

    pub(crate) fn event(&self, key: &EventKey) -> Option<&Payment> {
        self.events.get(key)
    }

    /// The event that made this report first.
    pub(crate) fn by_report(&self, report: &PaymentReport) -> Option<&Payment> {
        self.by_report.get(report).and_then(|key| self.events.get(key))
    }

    /// Whether this batch has asked about the transaction's disputes.
    pub(crate) fn has_disputes_of(&self, transaction: &TransactionId) -> bool {
        self.disputed.contains_key(transaction)
    }

    /// Whether the transaction has an open dispute.
    pub(crate) fn is_disputed(&self, transaction: &TransactionId) -> bool {
        self.disputed.get(transaction).copied().unwrap_or(false)
    }

    /// Units of the shopper's active holds, pending orders and paid orders.
    pub(crate) fn units_used(&self, key: &LimitKey) -> u32 {
        self.limit_usage.get(key).map_or(0, |claims| claims.values().sum())
    }

    pub(crate) fn has_limit_usage(&self, key: &LimitKey) -> bool {
        self.limit_usage.contains_key(key)
    }

    /// Requests the overdue claims of a product, beyond those that this batch has loaded: in the database they are still
    /// overdue.
    pub(crate) fn due_request(&self, product: ProductId, now: Timestamp) -> LoadRequest {
        let offset = self.due_loaded.get(&product).copied().unwrap_or(0);
        LoadRequest { due: [(product, offset)].into(), ..LoadRequest::at(now) }
    }

    pub(crate) fn unmatched_payments(&self) -> &[Payment] {
        &self.unmatched_payments
    }

    /// Returns the part of a request that this batch has not requested before.
    pub(crate) fn not_yet_requested(&mut self, mut request: LoadRequest) -> LoadRequest {
        request.retain_new(&mut self.requested);
        request
    }

    /// Remembers that a decision rests on this product, which must be unchanged when the batch commits.
    pub(crate) fn track_read(&mut self, product: ProductId) {
        self.read_products.insert(product);
    }

    /// Merges loaded data. Keeps rows that this batch has changed, which are newer. Returns `false` if the batch has decided on a
    /// product that has changed since: it must then be decided again.
    pub(crate) fn merge(&mut self, request: &LoadRequest, loaded: Loaded) -> bool {
        for (product, next_due) in loaded.products {
            if !self.merge_product(product, next_due) {
                return false;
            }
        }
        for claim in loaded.claims {
            self.merge_claim(claim);
        }
        for key in &request.limit_usage {
            self.limit_usage.entry(key.clone()).or_default();
        }
        for (key, hold, units) in loaded.limit_usage {
            self.limit_usage.entry(key).or_default().insert(hold, units);
        }
        for record in loaded.keys {
            self.keys.entry((record.owner, record.idempotency.key.clone())).or_insert(record);
        }
        for payment in loaded.events {
            self.merge_event(payment);
        }
        for refund in loaded.refunds {
            self.refunds.entry(refund.id).or_insert(refund);
        }
        for payment in loaded.replays {
            self.replays.entry(payment.id).or_insert(payment);
        }
        self.pictures.extend(loaded.pictures);
        for transaction in &request.disputes {
            self.disputed.insert(transaction.clone(), loaded.disputed.contains(transaction));
        }
        for (product, due, next_due) in loaded.due {
            *self.due_loaded.entry(product).or_default() += due.len();
            self.merge_due(product, next_due);
        }
        self.unmatched_payments.extend(loaded.unmatched_payments);
        true
    }

    /// Takes in products as another writer has just left them. Their claims are unknown, so one may be due.
    pub(crate) fn reload(&mut self, products: Vec<Product>) {
        for product in products {
            self.merge_product(product, Some(Timestamp::default()));
        }
    }

    fn merge_product(&mut self, product: Product, next_due: Option<Timestamp>) -> bool {
        let id = product.id;
        if self.products.get(&id).is_some_and(|known| known.product.version == product.version) {
            return true;
        }
        if self.read_products.contains(&id) {
            return false;
        }
        self.slugs.insert(product.slug.clone(), id);
        // The claims of another version may be outdated.
        self.products.insert(id, ProductState { product, next_due, claims: HashMap::new() });
        true
    }

    fn merge_claim(&mut self, claim: Claim) {
        let Some(product_state) = self.products.get_mut(&claim.hold.product_id) else { return };
        if let Some(order) = &claim.order {
            self.order_hold.insert(order.id, claim.hold.id);
        }
        let (hold, product) = (claim.hold.id, claim.hold.product_id);
        product_state.claims.entry(hold).or_insert(claim);
        self.index_hold(hold, product);
    }

    fn merge_event(&mut self, payment: Payment) {
        if payment.outcome != EventOutcome::Duplicate {
            self.by_report.insert(payment.report(), payment.key.clone());
        }
        self.events.entry(payment.key.clone()).or_insert(payment);
    }

    /// Combines when the next stored claim is due with the holds of this batch.
    fn merge_due(&mut self, id: ProductId, next_due: Option<Timestamp>) {
        let Some(product_state) = self.products.get_mut(&id) else { return };
        let ours = self.changes.holds.keys().filter_map(|hold| product_state.claims.get(hold));
        product_state.next_due = ours.filter_map(due_at).chain(next_due).min();
    }
}

/// The instant at which a claim is due, if there is one.
fn due_at(claim: &Claim) -> Option<Timestamp> {
    match &claim.order {
        Some(order) => (order.state == OrderState::Pending).then_some(order.pay_by),
        None => (claim.hold.state == HoldState::Active).then_some(claim.hold.expires_at),
    }
}
