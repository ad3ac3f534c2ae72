//! Everything one commit writes.

use super::IdempotencyRecord;
use crate::model::{BatchId, EventOutcome, Hold, Order, Payment, Product, ProductId, StockDelta, Timestamp};
use std::collections::BTreeMap;

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
    pub stock_deltas: BTreeMap<ProductId, StockDelta>,
    /// Products that something was refused on: each must still be at this version, or the refusal may be wrong.
    pub products_read: Vec<(ProductId, u64)>,
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
    pub keys: Vec<IdempotencyRecord>,
}

impl WriteSet {
    /// Nothing to write, and nothing that must not have changed.
    pub fn is_empty(&self) -> bool {
        self.products().next().is_none()
            && self.products_read.is_empty()
            && self.payments_added.is_empty()
            && self.payments_changed.is_empty()
    }

    /// Products whose stock is news.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products_added.iter().chain(&self.products_changed)
    }

    /// Has a refund fallen due?
    pub fn owes_refund(&self) -> bool {
        let payments = self.payments_added.iter().chain(&self.payments_changed);
        payments.map(|payment| payment.outcome).any(|outcome| matches!(outcome, EventOutcome::RefundDue(_)))
    }

    /// Orders that are news.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders_added.iter().chain(self.orders_changed.iter().map(|(order, _)| order))
    }
}
