//! Expected refusals. `decide` returns them and they reach API clients and the browser unchanged. `server/src/problem.rs`
//! maps them to HTTP, `app/src/messages.rs` to messages for shoppers.

use super::{OrderId, ProductError, RefundState, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a valid request was refused. A refused request changes nothing (P8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// The product does not exist.
    #[error("there is no such product")]
    UnknownProduct,
    /// The hold does not exist or belongs to another owner.
    #[error("there is no such hold")]
    UnknownHold,
    /// The order does not exist or belongs to another owner.
    #[error("there is no such order")]
    UnknownOrder,
    /// Fewer units are available than requested.
    #[error("only {available} available")]
    SoldOut {
        /// Units available now.
        available: u32,
        /// Units in holds and unpaid orders, which may return to stock.
        may_return: u32,
    },
    /// The sale is not open yet.
    #[error("the sale opens at {starts_at}")]
    SaleNotStarted {
        /// When it opens.
        starts_at: Timestamp,
    },
    /// The sale has ended.
    #[error("the sale ended at {ended_at}")]
    SaleEnded {
        /// When it ended.
        ended_at: Timestamp,
    },
    /// The shopper would have more units than the limit per shopper.
    #[error("at most {limit} for each shopper, and this one already has {taken}")]
    LimitReached {
        /// The limit per shopper.
        limit: u32,
        /// The shopper's units in active holds, pending orders and paid orders.
        taken: u32,
    },
    /// The hold has expired.
    #[error("the hold expired at {expired_at}")]
    HoldExpired {
        /// When the hold expired.
        expired_at: Timestamp,
    },
    /// The hold was released.
    #[error("the hold was released")]
    HoldReleased,
    /// The hold has become an order.
    #[error("the hold has become order {order_id}")]
    HoldUsed {
        /// The order.
        order_id: OrderId,
    },
    /// The product allows no extension, or the hold has been extended.
    #[error("this hold cannot be extended further")]
    NoExtension,
    /// The shop has paused the sale.
    #[error("the sale is paused")]
    SalePaused,
    /// The order is paid, so it cannot be cancelled.
    #[error("the order is paid")]
    OrderPaid,
    /// A request with the same idempotency key is in progress. A retry after its end returns its reply.
    #[error("a request with this idempotency key is in progress")]
    InProgress,
    /// The idempotency key was used for a different request.
    #[error("this idempotency key was used for a different request")]
    KeyReused,
    /// Another product has that slug.
    #[error("another product has this slug")]
    SlugTaken,
    /// The new total is lower than what is held, pending or sold.
    #[error("{committed} units are held, pending or sold, and the total cannot be less")]
    StockCommitted {
        /// The lowest possible total.
        committed: u32,
    },
    /// The new total is too large, or its price is.
    #[error("more units than can be counted or paid for")]
    TooMuchStock,
    /// The product was edited after the requester read it.
    #[error("the product was edited meanwhile: revision {current} instead of {seen}")]
    StaleRevision {
        /// The revision that the requester read.
        seen: u64,
        /// The current revision.
        current: u64,
    },
    /// The edited product is not valid.
    #[error("{error}")]
    InvalidProduct {
        /// The first error.
        error: ProductError,
    },
    /// The product has units in holds or unpaid orders, so it cannot be archived.
    #[error("{units} units are in holds or unpaid orders")]
    ProductInUse {
        /// Units in active holds and pending orders.
        units: u32,
    },
    /// The order is not paid, so there is nothing to refund.
    #[error("the order is not paid")]
    OrderNotPaid,
    /// The refund exceeds the amount that is left to refund.
    #[error("at most {left} minor units are left to refund")]
    RefundTooLarge {
        /// The amount that is left, in minor units.
        left: i64,
    },
    /// More units than are left would be put back on sale. Each unit of an order is put back once.
    #[error("{left} units of the order are left to put back on sale")]
    AlreadyRestocked {
        /// Units that are left.
        left: u32,
    },
    /// The shopper disputes the payment at their bank, so it must not be refunded too.
    #[error("the payment is disputed, and the dispute is open")]
    DisputeOpen,
    /// The refund does not exist.
    #[error("there is no such refund")]
    UnknownRefund,
    /// The refund's state or attempt does not allow the step.
    #[error("the refund is {} in attempt {attempt}", state.name())]
    RefundState {
        /// The state.
        state: RefundState,
        /// The attempt.
        attempt: u32,
    },
    /// The job of the outbox does not exist.
    #[error("there is no such job")]
    UnknownJob,
    /// The payment event does not exist.
    #[error("there is no such payment event")]
    UnknownPayment,
}
