//! The writer's commands and replies. A command carries everything that `decide` must not ask for itself: ids and the
//! payload.

use crate::{
    idempotency::Idempotency,
    model::{
        Hold, HoldId, Order, OrderId, OrderState, Owner, Payment, Product, ProductId, Quantity, RefundReason, Shopper,
        Timestamp,
    },
};
use serde::{Deserialize, Serialize};

/// One request to the writer.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// Puts a product on sale.
    AddProduct(Box<Product>),
    /// Sets how many units a product has in total.
    AdjustStock { product: ProductId, total: u32 },
    /// Places a hold.
    PlaceHold(PlaceHold),
    /// Releases a hold before it expires.
    ReleaseHold { hold: HoldId, by: Requester },
    /// Extends a hold, once.
    ExtendHold { hold: HoldId, by: Requester },
    /// Turns a hold into an order.
    PlaceOrder { id: OrderId, hold: HoldId, by: Requester },
    /// Cancels an unpaid order.
    CancelOrder { order: OrderId, by: Requester },
    /// Records a payment event.
    RecordPayment(Box<Payment>),
    /// Expires the overdue holds and unpaid orders of a product.
    Sweep(ProductId),
    /// Makes unmatched payments that came before this instant due for refund.
    ExpireUnmatched { before: Timestamp },
}

/// The owner that sends a command, and the command's idempotency key if it has one.
#[derive(Debug, Clone)]
pub(crate) struct Requester {
    pub(crate) owner: Owner,
    pub(crate) idempotency: Option<Idempotency>,
}

/// The payload of [`Command::PlaceHold`].
#[derive(Debug, Clone)]
pub(crate) struct PlaceHold {
    pub(crate) id: HoldId,
    pub(crate) product: ProductId,
    pub(crate) qty: Quantity,
    pub(crate) shopper: Option<Shopper>,
    pub(crate) by: Requester,
}

impl Command {
    /// The command's name in traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::AddProduct(_) => "add_product",
            Self::AdjustStock { .. } => "adjust_stock",
            Self::PlaceHold(_) => "place_hold",
            Self::ReleaseHold { .. } => "release_hold",
            Self::ExtendHold { .. } => "extend_hold",
            Self::PlaceOrder { .. } => "place_order",
            Self::CancelOrder { .. } => "cancel_order",
            Self::RecordPayment(_) => "record_payment",
            Self::Sweep(_) => "sweep",
            Self::ExpireUnmatched { .. } => "expire_unmatched",
        }
    }

    /// The requester of a command that accepts an idempotency key; `None` for other commands.
    pub(crate) fn requester(&self) -> Option<&Requester> {
        match self {
            Self::PlaceHold(PlaceHold { by, .. })
            | Self::ReleaseHold { by, .. }
            | Self::ExtendHold { by, .. }
            | Self::PlaceOrder { by, .. }
            | Self::CancelOrder { by, .. } => Some(by),
            _ => None,
        }
    }
}

/// The result of a granted command. It is stored as JSON under the command's idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The product after the command.
    Product(Box<Product>),
    /// The hold after the command.
    Hold(Hold),
    /// The order after the command.
    Order(Order),
    /// The outcome of a payment event.
    Payment(PaymentReply),
    /// The number of units that a sweep returned to stock, or of payments that it expired.
    Swept(u32),
}

impl Reply {
    /// The kind of reply. A log may say no more of it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Product(_) => "product",
            Self::Hold(_) => "hold",
            Self::Order(_) => "order",
            Self::Payment(_) => "payment",
            Self::Swept(_) => "swept",
        }
    }
}

/// A result, and whether it is the stored result of an earlier request with the same idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotent<T> {
    /// The result.
    pub value: T,
    /// The result is a stored one; this request changed nothing.
    pub replayed: bool,
}

/// The outcome of a payment event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentVerdict {
    /// The event changed its order's state.
    Processed,
    /// The event, or its transaction with the same status, was recorded before.
    Duplicate,
    /// The event was recorded and has no effect.
    Ignored,
    /// The event waits for its order (P6).
    Parked,
    /// The money is due for refund, for this reason (P7).
    RefundDue(RefundReason),
}

/// The reply to a payment provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReply {
    /// The outcome of the event.
    pub verdict: PaymentVerdict,
    /// The event's order and its state after the event, if there is an order.
    pub order: Option<(OrderId, OrderState)>,
}
