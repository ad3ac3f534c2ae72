//! The effects of a decision.

use super::{IdempotencyRecord, OrderContact, StoredPayload};
use crate::model::{AuditEntry, Hold, Order, Payment, Product, ProductId, Refund, Stock, StockDelta};

/// One change that a decision makes.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A new product.
    ProductAdded(Box<Product>),
    /// A product with other details or another status. Its stock is the same.
    ProductEdited(Box<Product>),
    /// A movement of a product's stock.
    StockMoved(ProductId, StockMovement),
    /// A new or changed hold.
    HoldChanged(Hold),
    /// A new or changed order.
    OrderChanged(Order),
    /// A new or changed payment event.
    PaymentRecorded(Payment),
    /// A new or changed refund. The refund of a payment that becomes due (P7) follows from the payment.
    RefundChanged(Box<Refund>),
    /// The payload of a new payment event.
    PayloadStored(StoredPayload),
    /// The contact of a new order.
    ContactStored(Box<OrderContact>),
    /// A row of the audit log.
    Audited(Box<AuditEntry>),
    /// A reply to store under an idempotency key.
    KeyStored(Box<IdempotencyRecord>),
}

/// A movement of stock, with the number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMovement {
    /// available → held
    Hold(u32),
    /// held → available, by a release
    Release(u32),
    /// held → available, by expiry
    Expire(u32),
    /// held → pending
    Order(u32),
    /// pending → sold
    Pay(u32),
    /// pending → available
    Cancel(u32),
    /// available → sold, for a late payment (P7)
    Resell(u32),
    /// sold → available, by a refund that puts units back on sale
    Restock(u32),
    /// The operator sets the total to this number.
    Adjust(u32),
}

impl StockMovement {
    /// Returns the counters after the movement; `None` if there are too few units.
    pub fn apply(self, stock: Stock) -> Option<Stock> {
        match self {
            Self::Hold(n) => stock.hold(n),
            Self::Release(n) | Self::Expire(n) => stock.release(n),
            Self::Order(n) => stock.order(n),
            Self::Pay(n) => stock.pay(n),
            Self::Cancel(n) => stock.cancel(n),
            Self::Resell(n) => stock.resell(n),
            Self::Restock(n) => stock.restock(n),
            Self::Adjust(total) => stock.adjust(total),
        }
    }

    pub(super) fn record(self, delta: &mut StockDelta, before: Stock) {
        match self {
            Self::Hold(n) => delta.held += n,
            Self::Release(n) => delta.released += n,
            Self::Expire(n) => delta.expired += n,
            Self::Order(n) => delta.ordered += n,
            Self::Pay(n) => delta.paid += n,
            Self::Cancel(n) => delta.cancelled += n,
            Self::Resell(n) => delta.resold += n,
            Self::Restock(n) => delta.restocked += n,
            Self::Adjust(total) => delta.adjusted += i64::from(total) - i64::from(before.total),
        }
    }
}
