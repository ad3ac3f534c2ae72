//! Every expected "no". It travels as it is from `decide` to the browser and to API clients; `server/src/problem.rs`
//! turns it into HTTP, `app/src/messages.rs` into words for shoppers.

use super::{OrderId, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a request was understood and not granted. Nothing was consumed by it (P8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// No such product.
    #[error("there is no such product")]
    UnknownProduct,
    /// No such hold, or somebody else's.
    #[error("there is no such hold")]
    UnknownHold,
    /// No such order, or somebody else's.
    #[error("there is no such order")]
    UnknownOrder,
    /// Fewer units are available than were asked for.
    #[error("only {available} available")]
    SoldOut {
        /// Units available now.
        available: u32,
        /// Units in holds and unpaid orders, which may come back.
        may_return: u32,
    },
    /// The sale has yet to open.
    #[error("the sale opens at {starts_at}")]
    SaleNotStarted {
        /// When it opens.
        starts_at: Timestamp,
    },
    /// The sale is over.
    #[error("the sale ended at {ended_at}")]
    SaleEnded {
        /// When it ended.
        ended_at: Timestamp,
    },
    /// The shopper would have more than the sale allows each.
    #[error("at most {limit} for each shopper, and this one already has {taken}")]
    LimitReached {
        /// The most one shopper may have.
        limit: u32,
        /// What this one has in active holds, pending and paid orders.
        taken: u32,
    },
    /// The hold ran out.
    #[error("the hold expired at {expired_at}")]
    HoldExpired {
        /// When.
        expired_at: Timestamp,
    },
    /// The hold was given back.
    #[error("the hold was released")]
    HoldReleased,
    /// The hold has become an order already.
    #[error("the hold has become order {order_id}")]
    HoldUsed {
        /// Which.
        order_id: OrderId,
    },
    /// The sale allows no extension, or it has been used.
    #[error("this hold cannot be extended further")]
    NoExtension,
    /// The order is paid, so it cannot be cancelled.
    #[error("the order is paid")]
    OrderPaid,
    /// The idempotency key stands for a request that said something else.
    #[error("this idempotency key was used for a different request")]
    KeyReused,
    /// Another product has that slug.
    #[error("another product has this slug")]
    SlugTaken,
    /// The operator asked for a total below what is held, pending or sold.
    #[error("{committed} units are held, pending or sold, and the total cannot be less")]
    StockCommitted {
        /// The least the total can be now.
        committed: u32,
    },
    /// The operator asked for more units than can be counted, or paid for.
    #[error("more units than can be counted or paid for")]
    TooMuchStock,
}
