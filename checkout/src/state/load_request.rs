//! What a batch must know before it can be decided, and what a store found of it.

use crate::{
    command::{Idempotency, IdempotencyKey, Reply},
    model::{
        EventKey, Hold, HoldId, HoldState, Order, OrderId, Owner, Payment, Product, ProductId, Reference, Shopper,
        Slug, Timestamp, TransactionId,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

impl Claim {
    /// Puts together what was read of the same holds.
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

/// What counts towards a limit: one shopper's share of one product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey {
    /// Of what.
    pub product: ProductId,
    /// Whose customer.
    pub owner: Owner,
    /// Which.
    pub shopper: Shopper,
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Whose key.
    pub owner: Owner,
    /// The key and what it stands for.
    pub idempotency: Idempotency,
    /// What was answered.
    pub reply: Reply,
}

/// What a batch must know before it can be decided.
#[derive(Debug, Default)]
pub struct LoadRequest {
    pub(crate) products: BTreeSet<ProductId>,
    pub(crate) slugs: BTreeSet<Slug>,
    pub(crate) holds: BTreeSet<HoldId>,
    pub(crate) orders: BTreeSet<OrderId>,
    pub(crate) limit_usage: BTreeSet<LimitKey>,
    pub(crate) keys: BTreeSet<(Owner, IdempotencyKey)>,
    pub(crate) events: BTreeSet<EventKey>,
    pub(crate) by_transaction: BTreeSet<(TransactionId, &'static str)>,
    /// Products to take back from what is due, each with the number of due claims that this batch has loaded before.
    pub(crate) due: BTreeMap<ProductId, usize>,
    /// Payments parked before this instant under no known claim.
    pub(crate) parked_before: Option<Timestamp>,
    /// Products that the batch touches and that are known. A store that locks rows locks them together with those that
    /// are wanted, in one order for all nodes: locked later, they could be what another node waits with.
    pub(crate) touched: BTreeSet<ProductId>,
    /// The instant that "due" and "live" are meant at.
    pub(crate) now: Timestamp,
}

impl LoadRequest {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self { now, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.is_keys_only() && self.keys.is_empty() && self.events.is_empty() && self.by_transaction.is_empty()
    }

    /// Nothing is wanted but whether keys and events are known. What lies under no product needs no lock: the constraint
    /// that a name would break guards it.
    pub(crate) fn is_keys_only(&self) -> bool {
        self.products.is_empty()
            && self.slugs.is_empty()
            && self.holds.is_empty()
            && self.orders.is_empty()
            && self.limit_usage.is_empty()
            && self.due.is_empty()
            && self.parked_before.is_none()
    }

    /// Takes away what has been asked before, and remembers the rest as asked.
    pub(super) fn retain_new(&mut self, requested: &mut Self) {
        fn fresh<T: Ord + Clone>(set: &mut BTreeSet<T>, requested: &mut BTreeSet<T>) {
            set.retain(|item| requested.insert(item.clone()));
        }
        fresh(&mut self.products, &mut requested.products);
        fresh(&mut self.slugs, &mut requested.slugs);
        fresh(&mut self.holds, &mut requested.holds);
        fresh(&mut self.orders, &mut requested.orders);
        fresh(&mut self.limit_usage, &mut requested.limit_usage);
        fresh(&mut self.keys, &mut requested.keys);
        fresh(&mut self.events, &mut requested.events);
        fresh(&mut self.by_transaction, &mut requested.by_transaction);
        if requested.parked_before.is_some() {
            self.parked_before = None;
        }
        requested.parked_before = requested.parked_before.or(self.parked_before);
    }
}

/// Due claims loaded at once; more are loaded when these were not enough.
pub const MAX_DUE_PER_LOAD: usize = 1000;

/// What a store found of what was wanted. Claims and products come together: a claim's product is always among them.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Products, each with the first instant at which something under it is due.
    pub products: Vec<(Product, Option<Timestamp>)>,
    /// Claims, by hold or by order, and those that are due.
    pub claims: Vec<Claim>,
    /// Units that count towards a limit.
    pub limit_usage: Vec<(LimitKey, HoldId, u32)>,
    /// Stored answers.
    pub keys: Vec<IdempotencyRecord>,
    /// Stored events.
    pub events: Vec<Payment>,
    /// For each product whose due claims were wanted: those claims, and the first instant at which another one is due.
    pub due: Vec<(ProductId, Vec<HoldId>, Option<Timestamp>)>,
    /// Payments that were parked too long.
    pub unmatched_payments: Vec<Payment>,
}
