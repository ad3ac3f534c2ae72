//! Everything that one commit writes.

use super::IdempotencyRecord;
use crate::model::{
    AuditEntry, BatchId, Contact, EventPayload, Hold, NewJob, Order, OrderId, Payment, Product, ProductId, Refund,
    RefundId, StockDelta, Timestamp, WebhookId,
};
use std::collections::BTreeMap;

/// Everything that one commit writes.
#[derive(Debug)]
pub struct WriteSet {
    /// The commit's id.
    pub batch: BatchId,
    /// When the batch was decided.
    pub at: Timestamp,
    /// New products.
    pub products_added: Vec<Product>,
    /// Products whose stock changed. Each must still be at the version before.
    pub products_changed: Vec<Product>,
    /// Products whose details or status changed, and perhaps their stock. Each must still be at the version before.
    pub products_edited: Vec<Product>,
    /// The change of stock of each added or changed product.
    pub stock_deltas: BTreeMap<ProductId, StockDelta>,
    /// Products that decisions rested on without changing them. Each must still be at this version: otherwise a refusal may
    /// be wrong.
    pub products_read: Vec<(ProductId, u64)>,
    /// New holds.
    pub holds_added: Vec<Hold>,
    /// Changed holds, each of which was active.
    pub holds_changed: Vec<Hold>,
    /// New orders.
    pub orders_added: Vec<Order>,
    /// Changed orders, and the name of the state that each was in.
    pub orders_changed: Vec<(Order, &'static str)>,
    /// New payment events.
    pub payments_added: Vec<Payment>,
    /// Changed payment events, and the name of the outcome that each had.
    pub payments_changed: Vec<(Payment, &'static str)>,
    /// Payloads of new payment events.
    pub payloads: Vec<StoredPayload>,
    /// Events of the outbox: what this commit lets others know.
    pub events: Vec<NewJob>,
    /// The contacts of new orders.
    pub contacts: Vec<OrderContact>,
    /// New refunds.
    pub refunds_added: Vec<Refund>,
    /// Changed refunds. Each must still be at the version before.
    pub refunds_changed: Vec<Refund>,
    /// Rows of the audit log.
    pub audit_log: Vec<AuditEntry>,
    /// Replies to store under idempotency keys.
    pub keys: Vec<IdempotencyRecord>,
    /// The orders of this batch as their watchers see them. Not stored.
    pub order_snapshots: Vec<OrderSnapshot>,
}

/// The contact of a new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderContact {
    /// The order.
    pub order: OrderId,
    /// Its buyer's details.
    pub contact: Contact,
    /// When the contact was given.
    pub given_at: Timestamp,
}

/// The payload of a new payment event.
#[derive(Debug, Clone)]
pub struct StoredPayload {
    /// The event.
    pub event: WebhookId,
    /// Its payload.
    pub payload: EventPayload,
    /// When the event was delivered.
    pub received_at: Timestamp,
}

/// An order as its watchers see it: with its refunds, which the order itself does not contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSnapshot {
    /// The order.
    pub order: Order,
    /// The order's refunds, each with its version. A refund only gets newer, and none is removed. Version 0 is a payment whose
    /// refund has no row yet. A snapshot of one commit contains the refunds that the commit changed.
    pub refunds: BTreeMap<RefundId, u64>,
}

impl WriteSet {
    /// Returns `true` if there is nothing to write and nothing that must be unchanged.
    pub fn is_empty(&self) -> bool {
        self.is_repeatable() && self.products_read.is_empty() && self.keys.is_empty()
    }

    /// Returns `true` if the batch has no effect but the replies that it stores under keys. If its outcome is unknown, it is
    /// decided again: then a stored reply is found, and everything else is decided as before or on newer rows.
    pub fn is_repeatable(&self) -> bool {
        self.products().next().is_none()
            && self.payments_added.is_empty()
            && self.payments_changed.is_empty()
            && self.refunds_added.is_empty()
            && self.refunds_changed.is_empty()
            && self.audit_log.is_empty()
    }

    /// Products that are added or changed.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.products_added.iter().chain(&self.products_changed).chain(&self.products_edited)
    }

    /// Orders that are added or changed.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders_added.iter().chain(self.orders_changed.iter().map(|(order, _)| order))
    }

    /// Refunds that are added or changed.
    pub fn refunds(&self) -> impl Iterator<Item = &Refund> {
        self.refunds_added.iter().chain(&self.refunds_changed)
    }

    /// Payment events that are added or changed.
    pub fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments_added.iter().chain(self.payments_changed.iter().map(|(payment, _)| payment))
    }
}
