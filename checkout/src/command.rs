//! The writer's commands and replies. A command carries everything that `decide` must not ask for itself: ids and the
//! payload.

use crate::{
    idempotency::Idempotency,
    model::{
        Actor, AuditId, ChangeReason, Contact, EventPayload, Hold, HoldId, Order, OrderId, OrderStatus, Owner, Payment,
        Product, ProductDetails, ProductId, ProductStatus, Quantity, Refund, RefundId, RefundReason, RefundStep,
        ReportedRefund, Shopper, Timestamp, WebhookId,
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One request to the writer.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// An operation of the shop's people or workers.
    Operate(Box<Operation>),
    /// Places a hold.
    PlaceHold(PlaceHold),
    /// Releases a hold before it expires.
    ReleaseHold { hold: HoldId, by: Requester },
    /// Extends a hold, once.
    ExtendHold { hold: HoldId, by: Requester },
    /// Turns a hold into an order, and stores who bought it.
    PlaceOrder { id: OrderId, hold: HoldId, contact: Option<Box<Contact>>, by: Requester },
    /// Cancels an unpaid order.
    CancelOrder { order: OrderId, by: Requester },
    /// Records a payment event, with its payload if it has one.
    RecordPayment(Box<Payment>, Option<EventPayload>),
    /// Expires the overdue holds and unpaid orders of a product.
    Sweep(ProductId),
    /// Makes unmatched payments that came before this instant due for refund.
    ExpireUnmatched { before: Timestamp },
    /// Gives refunds to events that are due for refund and have none, because a server of the version before stored them.
    AdoptRefundsDue(Vec<WebhookId>),
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
            Self::Operate(operation) => operation.action.name(),
            Self::PlaceHold(_) => "place_hold",
            Self::ReleaseHold { .. } => "release_hold",
            Self::ExtendHold { .. } => "extend_hold",
            Self::PlaceOrder { .. } => "place_order",
            Self::CancelOrder { .. } => "cancel_order",
            Self::RecordPayment(..) => "record_payment",
            Self::Sweep(_) => "sweep",
            Self::ExpireUnmatched { .. } => "expire_unmatched",
            Self::AdoptRefundsDue(_) => "adopt_refunds_due",
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
            Self::Operate(operation) => operation.requester.as_ref(),
            _ => None,
        }
    }

    /// Whether the command is decided in a batch of its own. An edit of a limit in the middle of a batch would meet holds
    /// for which the limit's usage was not loaded. Operations are rare, so this costs nothing.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self, Self::Operate(_))
    }

    /// Whether two commands, one after the other, may share a batch.
    pub(crate) fn share_a_batch(&self, next: &Self) -> bool {
        !self.is_alone() && !next.is_alone()
    }
}

/// A change by a person or a worker, as opposed to shoppers and the payment provider. The door has checked that the actor
/// may make it.
#[derive(Debug, Clone)]
pub struct Operation {
    pub(crate) by: Actor,
    /// The owner of the idempotency key, and the key.
    pub(crate) requester: Option<Requester>,
    pub(crate) reason: Option<ChangeReason>,
    /// The id of the operation's row in the audit log.
    pub(crate) audit_id: AuditId,
    pub(crate) action: Action,
}

/// The change that an [`Operation`] makes.
#[derive(Debug, Clone)]
pub enum Action {
    /// Puts a product on sale.
    AddProduct(Box<Product>),
    /// Replaces the details of a product, if it still has the revision that the actor saw.
    EditProduct {
        /// The product.
        product: ProductId,
        /// The revision that the actor saw.
        revision: u64,
        /// The new details.
        details: Box<ProductDetails>,
    },
    /// Pauses, resumes or archives a product.
    SetStatus {
        /// The product.
        product: ProductId,
        /// The new status.
        status: ProductStatus,
    },
    /// Changes how many units a product has in total.
    SetStock {
        /// The product.
        product: ProductId,
        /// The change.
        change: StockChange,
    },
    /// Cancels an unpaid order.
    CancelOrder {
        /// The order.
        order: OrderId,
    },
    /// Makes a refund of a paid order due.
    IssueRefund(IssueRefund),
    /// Takes a step of a refund.
    AdvanceRefund {
        /// The refund.
        refund: RefundId,
        /// The attempt that the step is about.
        attempt: u32,
        /// The step.
        step: RefundStep,
    },
    /// Records a refund as the payment provider reports it.
    RecordRefund {
        /// The id of the refund, if it is new.
        id: RefundId,
        /// The report.
        report: Box<ReportedRefund>,
    },
    /// Decides a stored payment event again.
    ReplayPayment {
        /// The event.
        event: WebhookId,
    },
}

impl Action {
    /// The action's name in traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::AddProduct(_) => "add_product",
            Self::EditProduct { .. } => "edit_product",
            Self::SetStatus { .. } => "set_status",
            Self::SetStock { .. } => "set_stock",
            Self::CancelOrder { .. } => "cancel_order_by_operator",
            Self::IssueRefund(_) => "issue_refund",
            Self::AdvanceRefund { .. } => "advance_refund",
            Self::RecordRefund { .. } => "record_refund",
            Self::ReplayPayment { .. } => "replay_payment",
        }
    }
}

/// A change of a product's total number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockChange {
    /// Sets the total.
    Total(u32),
    /// Adds units to the total, or removes them.
    By(i32),
}

/// A refund to issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueRefund {
    /// The refund's id. A repeated request with the same id returns the same refund.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// The amount in minor units; `None` for all that is left.
    pub amount: Option<i64>,
    /// The units that are put back on sale.
    pub restock: Restock,
}

/// The units that a refund puts back on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restock {
    /// None: the shopper keeps them.
    None,
    /// All that were not put back before.
    All,
    /// This number.
    Units(u32),
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
    /// The refund after the command.
    Refund(Refund),
    /// The provider's report is about no refund of this shop.
    NoRefund,
    /// The outcome of a payment event.
    Payment(PaymentReply),
    /// The API client that was changed. Such a change is not a command of the writer, but its key is stored like theirs.
    Client(Uuid),
    /// The number of orders whose contacts were erased. An erasure is no command of the writer either, and its key is stored the
    /// same way.
    Erased(u64),
    /// The number of units that a sweep returned to stock, or of payments that it expired or gave a refund.
    Swept(u32),
}

impl Reply {
    /// The kind of reply. A log may say no more of it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Product(_) => "product",
            Self::Hold(_) => "hold",
            Self::Order(_) => "order",
            Self::Refund(_) => "refund",
            Self::NoRefund => "no_refund",
            Self::Payment(_) => "payment",
            Self::Client(_) => "client",
            Self::Erased(_) => "erased",
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
    /// The event changed its order's state, or opened or closed a dispute.
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
    /// The event's order and its status after the event, if there is an order.
    pub order: Option<(OrderId, OrderStatus)>,
}
