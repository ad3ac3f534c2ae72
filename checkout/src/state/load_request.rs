//! The data that a batch needs, and the data that a store has loaded.

use crate::{
    command::Reply,
    idempotency::{Idempotency, IdempotencyKey},
    model::{
        EventKey, Hold, HoldId, HoldState, Order, OrderId, Owner, Payment, PaymentReport, PictureFacts, PictureId,
        Product, ProductId, Reference, Refund, RefundId, RefundReference, Shopper, Slug, Timestamp, TransactionId,
        WebhookId,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A claim on stock: a hold, its order if there is one, and the payments that wait for that order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The hold.
    pub hold: Hold,
    /// The hold's order.
    pub order: Option<Order>,
    /// Payments for the hold that came before the order, oldest first (P6).
    pub parked: Vec<Payment>,
}

impl Claim {
    /// Builds claims from the rows of the same holds.
    pub(crate) fn assemble(holds: Vec<Hold>, orders: Vec<Order>, parked: Vec<Payment>) -> Vec<Self> {
        let mut orders: HashMap<HoldId, Order> = orders.into_iter().map(|order| (order.hold_id, order)).collect();
        let mut waiting: HashMap<HoldId, Vec<Payment>> = HashMap::new();
        for payment in parked {
            if let Reference::Hold(hold) = payment.reference {
                waiting.entry(hold).or_default().push(payment);
            }
        }
        let claim = |hold: Hold| {
            let order = match hold.state {
                HoldState::Ordered { .. } => orders.remove(&hold.id),
                _ => None,
            };
            let parked = waiting.remove(&hold.id).unwrap_or_default();
            Self { hold, order, parked }
        };
        holds.into_iter().map(claim).collect()
    }
}

/// The scope of a limit per shopper: one shopper of one owner, and one product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey {
    /// The product.
    pub product: ProductId,
    /// The shopper's owner.
    pub owner: Owner,
    /// The shopper.
    pub shopper: Shopper,
}

/// A reply that is stored under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The key's owner.
    pub owner: Owner,
    /// The key and the request's fingerprint.
    pub idempotency: Idempotency,
    /// The stored reply.
    pub reply: Reply,
}

/// The data that a batch needs.
#[derive(Debug, Default)]
pub struct LoadRequest {
    pub(crate) products: BTreeSet<ProductId>,
    pub(crate) slugs: BTreeSet<Slug>,
    pub(crate) holds: BTreeSet<HoldId>,
    pub(crate) orders: BTreeSet<OrderId>,
    /// Refunds to load, each with the claim of its order.
    pub(crate) refunds: BTreeSet<RefundId>,
    /// Transactions to load all refunds of, each with the claim of its order.
    pub(crate) refunds_of: BTreeSet<TransactionId>,
    /// The provider's ids of refunds to load, each with the claim of its order.
    pub(crate) refund_references: BTreeSet<RefundReference>,
    /// Stored payment events to decide again, each with its claim.
    pub(crate) replays: BTreeSet<WebhookId>,
    /// Pictures to look up, without their files.
    pub(crate) pictures: BTreeSet<PictureId>,
    pub(crate) limit_usage: BTreeSet<LimitKey>,
    pub(crate) keys: BTreeSet<(Owner, IdempotencyKey)>,
    pub(crate) events: BTreeSet<EventKey>,
    /// Reports of transactions, to find out whether they came before.
    pub(crate) reports: BTreeSet<PaymentReport>,
    /// Transactions to find out of whether they are disputed.
    pub(crate) disputes: BTreeSet<TransactionId>,
    /// Products to load overdue claims of, each with the number of overdue claims that this batch has loaded before.
    pub(crate) due: BTreeMap<ProductId, usize>,
    /// Load the payments that were parked before this instant without a known hold or order.
    pub(crate) parked_before: Option<Timestamp>,
    /// Known products that the batch touches. A store with row locks locks them together with the requested ones, in the
    /// order of their ids: locking them later could cause a deadlock between nodes.
    pub(crate) touched: BTreeSet<ProductId>,
    /// The instant at which claims are active or due.
    pub(crate) now: Timestamp,
}

impl LoadRequest {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self { now, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.is_keys_only()
            && self.keys.is_empty()
            && self.events.is_empty()
            && self.reports.is_empty()
            && self.disputes.is_empty()
            && self.pictures.is_empty()
    }

    /// Returns `true` if only idempotency keys, events, disputes and pictures are requested. They belong to no product and
    /// need no lock: unique constraints and a foreign key protect them. A dispute that is stored meanwhile comes after this
    /// batch.
    pub(crate) fn is_keys_only(&self) -> bool {
        self.products.is_empty()
            && self.slugs.is_empty()
            && self.holds.is_empty()
            && self.orders.is_empty()
            && self.refunds.is_empty()
            && self.refunds_of.is_empty()
            && self.refund_references.is_empty()
            && self.replays.is_empty()
            && self.limit_usage.is_empty()
            && self.due.is_empty()
            && self.parked_before.is_none()
    }

    /// Removes what was requested before and adds the rest to `requested`.
    pub(super) fn retain_new(&mut self, requested: &mut Self) {
        fn fresh<T: Ord + Clone>(set: &mut BTreeSet<T>, requested: &mut BTreeSet<T>) {
            set.retain(|item| requested.insert(item.clone()));
        }
        fresh(&mut self.products, &mut requested.products);
        fresh(&mut self.slugs, &mut requested.slugs);
        fresh(&mut self.holds, &mut requested.holds);
        fresh(&mut self.orders, &mut requested.orders);
        fresh(&mut self.refunds, &mut requested.refunds);
        fresh(&mut self.refunds_of, &mut requested.refunds_of);
        fresh(&mut self.refund_references, &mut requested.refund_references);
        fresh(&mut self.replays, &mut requested.replays);
        fresh(&mut self.pictures, &mut requested.pictures);
        fresh(&mut self.limit_usage, &mut requested.limit_usage);
        fresh(&mut self.keys, &mut requested.keys);
        fresh(&mut self.events, &mut requested.events);
        fresh(&mut self.reports, &mut requested.reports);
        fresh(&mut self.disputes, &mut requested.disputes);
        if requested.parked_before.is_some() {
            self.parked_before = None;
        }
        requested.parked_before = requested.parked_before.or(self.parked_before);
    }
}

/// Maximum number of overdue claims in one load. More are loaded if these are not enough.
pub const MAX_DUE_PER_LOAD: usize = 1000;

/// The data that a store has loaded. It contains the product of each claim.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Products, each with the first instant at which one of its claims is due.
    pub products: Vec<(Product, Option<Timestamp>)>,
    /// The requested claims and the overdue ones.
    pub claims: Vec<Claim>,
    /// Pictures, each with its size and its hue.
    pub pictures: Vec<(PictureId, PictureFacts)>,
    /// Units that count towards a limit, by hold.
    pub limit_usage: Vec<(LimitKey, HoldId, u32)>,
    /// Stored replies.
    pub keys: Vec<IdempotencyRecord>,
    /// Stored payment events.
    pub events: Vec<Payment>,
    /// Refunds.
    pub refunds: Vec<Refund>,
    /// Stored payment events to decide again.
    pub replays: Vec<Payment>,
    /// Those of the requested transactions that are disputed: one of their disputes was opened and not closed.
    pub disputed: Vec<TransactionId>,
    /// For each product whose overdue claims were requested: their holds, and the first instant at which another claim is
    /// due.
    pub due: Vec<(ProductId, Vec<HoldId>, Option<Timestamp>)>,
    /// Payments that were parked for too long without a known hold or order.
    pub unmatched_payments: Vec<Payment>,
}
