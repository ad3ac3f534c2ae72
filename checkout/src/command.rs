//! What the writer is asked to do, and what it answers. A command is a value: everything that `decide` may not ask for
//! itself (ids, the payload) is in it.

use crate::{
    error::Error,
    model::{
        Hold, HoldId, Order, OrderId, OrderState, Owner, Payment, Product, ProductId, Quantity, RefundReason, Shopper,
        Timestamp,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// The client's name for one request, unique among its own: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// Reads the header's value, quoted (as the IETF draft has it) or bare.
    pub fn parse(value: &str) -> Option<Self> {
        let bare = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        let fine = (1..=255).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        fine.then(|| Self(bare.into()))
    }

    /// The bare key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key and what it stands for. It is stored in the transaction of the effect, so that the same request again gets the
/// stored answer (P9); a refusal has no effect and stores nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's name for the request.
    pub key: IdempotencyKey,
    /// SHA-256 of method, path and payload.
    pub fingerprint: [u8; 32],
}

/// One thing to do.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    AddProduct(Box<Product>),
    AdjustStock {
        product: ProductId,
        total: u32,
    },
    PlaceHold(PlaceHold),
    ReleaseHold {
        hold: HoldId,
        by: Requester,
    },
    ExtendHold {
        hold: HoldId,
        by: Requester,
    },
    PlaceOrder {
        id: OrderId,
        hold: HoldId,
        by: Requester,
    },
    CancelOrder {
        order: OrderId,
        by: Requester,
    },
    RecordPayment(Box<Payment>),
    /// Take back what is due on this product.
    Sweep(ProductId),
    /// Give up on payments that were parked before this instant.
    ExpireUnmatched {
        before: Timestamp,
    },
}

/// Who asks, and under which key.
#[derive(Debug, Clone)]
pub(crate) struct Requester {
    pub(crate) owner: Owner,
    pub(crate) idempotency: Option<Idempotency>,
}

#[derive(Debug, Clone)]
pub(crate) struct PlaceHold {
    pub(crate) id: HoldId,
    pub(crate) product: ProductId,
    pub(crate) qty: Quantity,
    pub(crate) shopper: Option<Shopper>,
    pub(crate) by: Requester,
}

impl Command {
    /// What it is called.
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
            Self::ExpireUnmatched { .. } => "sweep_parked",
        }
    }

    /// Who asks under which key, for the commands that honour one.
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

/// What was done. Stored as JSON under the request's idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// The product.
    Product(Box<Product>),
    /// The hold.
    Hold(Hold),
    /// The order.
    Order(Order),
    /// What became of a payment event.
    Payment(PaymentReply),
    /// How much was swept.
    Swept(u32),
}

impl Reply {
    /// The word for what it is about: all that a log may say of an answer.
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

/// An answer, and whether it is a repetition of one given before under the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotent<T> {
    /// The answer.
    pub value: T,
    /// It was given before; nothing was done this time.
    pub replayed: bool,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentVerdict {
    /// It moved its order.
    Processed,
    /// It, or its transaction with the same status, had been delivered before.
    Duplicate,
    /// Recorded; nothing to do.
    Ignored,
    /// Kept until its order exists (P6).
    Parked,
    /// The money must go back, for this reason (P7).
    RefundDue(RefundReason),
}

/// What a payment provider is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReply {
    /// What became of the delivery.
    pub verdict: PaymentVerdict,
    /// The order it was about, where there is one, as it stands now.
    pub order: Option<(OrderId, OrderState)>,
}

/// A command on its way to the writer, with the way back.
pub(crate) struct QueuedCommand {
    pub(crate) command: Command,
    pub(crate) reply: oneshot::Sender<Result<Idempotent<Reply>, Error>>,
}
