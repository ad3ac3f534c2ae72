//! Lists of orders, payment events and refunds for the shop's people, page by page. Pages are found by the last id of the
//! page before, so that a deep page costs as much as the first, and no row is lost or doubled while new ones come.

mod orders;
mod payments;
pub(super) mod query;
mod refunds;
mod search;
pub(super) mod statements;

pub use search::{OrderSearch, PaymentSearch, RefundSearch};

use crate::{
    error::StoreError,
    model::{
        Order, OrderId, OrderNumber, OrderStatus, Payment, PaymentStatus, ProductId, Refund, RefundState, Timestamp,
        WebhookId,
    },
};
use async_trait::async_trait;
use uuid::Uuid;

/// Maximum number of rows of one page.
pub const MAX_PAGE_ROWS: u32 = 1000;

/// The order of a list. Rows are ordered by their UUIDv7 ids, and so by the time of their creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// The newest row first.
    #[default]
    NewestFirst,
    /// The oldest row first.
    OldestFirst,
}

/// One page of a list: at most `limit` rows after the row `after` in this direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// The last row of the page before; `None` for the first page.
    pub after: Option<Uuid>,
    /// The order of the list.
    pub direction: Direction,
    /// Maximum number of rows. Pages have at least one row and at most [`MAX_PAGE_ROWS`].
    pub limit: u32,
}

impl PageRequest {
    /// The first page, newest rows first.
    pub fn first(limit: u32) -> Self {
        Self { after: None, direction: Direction::NewestFirst, limit }
    }

    /// The limit within its bounds.
    pub(super) fn rows(&self) -> u32 {
        self.limit.clamp(1, MAX_PAGE_ROWS)
    }

    /// The same page with one row more, which tells whether another page follows.
    fn with_one_more(self) -> Self {
        Self { limit: self.rows() + 1, ..self }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the following page: `after` of its request. `None` on the last page.
    pub next: Option<Uuid>,
}

impl<T> Listing<T> {
    /// A page without rows.
    pub fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// Makes a page of rows, of which there is one more than the page has if another page follows.
    pub(super) fn of(mut items: Vec<T>, page: PageRequest, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = usize::try_from(page.rows()).unwrap_or(usize::MAX);
        let is_last = items.len() <= limit;
        items.truncate(limit);
        let next = if is_last { None } else { items.last().map(id) };
        Self { items, next }
    }

    /// Returns the page with each row converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

/// Orders to list. An empty filter lists all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderFilter {
    /// Only orders that match the search.
    pub search: Option<OrderSearch>,
    /// Only orders of this status, as [`Order::status`] returns it.
    pub status: Option<OrderStatus>,
    /// Only orders of this product.
    pub product: Option<ProductId>,
    /// Only orders that were placed at this time or later.
    pub since: Option<Timestamp>,
    /// Only orders that were placed before this time.
    pub until: Option<Timestamp>,
}

/// Payment events to list. An empty filter lists all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentFilter {
    /// Only events that match the search.
    pub search: Option<PaymentSearch>,
    /// Only events with the outcome of this name, which is one of [`EventOutcome::NAMES`](crate::model::EventOutcome::NAMES).
    /// No event has another one.
    pub outcome: Option<String>,
    /// Only events that report this status.
    pub status: Option<PaymentStatus>,
    /// Only events about orders and holds of this product.
    pub product: Option<ProductId>,
    /// Only events that were received at this time or later.
    pub since: Option<Timestamp>,
    /// Only events that were received before this time.
    pub until: Option<Timestamp>,
}

/// Refunds to list. An empty filter lists all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefundFilter {
    /// Only refunds that match the search.
    pub search: Option<RefundSearch>,
    /// Only refunds in this state.
    pub state: Option<RefundState>,
    /// Only refunds of this product.
    pub product: Option<ProductId>,
    /// Only refunds of this order.
    pub order: Option<OrderId>,
    /// Only refunds that became due at this time or later.
    pub since: Option<Timestamp>,
    /// Only refunds that became due before this time.
    pub until: Option<Timestamp>,
}

/// A list, for [`Listings::explain`].
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFilter {
    /// See [`Listings::orders`].
    Orders(OrderFilter),
    /// See [`Listings::payments`].
    Payments(PaymentFilter),
    /// See [`Listings::refunds`].
    Refunds(RefundFilter),
}

/// The lists of the shop's people.
#[async_trait]
pub trait Listings: Send + Sync {
    /// Orders of all owners.
    async fn orders(&self, filter: &OrderFilter, page: PageRequest) -> Result<Listing<Order>, StoreError>;
    /// Payment events, each as it was first delivered.
    async fn payments(&self, filter: &PaymentFilter, page: PageRequest) -> Result<Listing<Payment>, StoreError>;
    /// Refunds.
    async fn refunds(&self, filter: &RefundFilter, page: PageRequest) -> Result<Listing<Refund>, StoreError>;
    /// The payment event with this id.
    async fn payment(&self, id: WebhookId) -> Result<Option<Payment>, StoreError>;
    /// The order with this number, of any owner.
    async fn order_by_number(&self, number: OrderNumber) -> Result<Option<Order>, StoreError>;
    /// The database's plan of a list, line by line. A test checks that each list uses an index.
    #[doc(hidden)]
    async fn explain(&self, filter: &ListFilter, page: PageRequest) -> Result<Vec<String>, StoreError>;
}
