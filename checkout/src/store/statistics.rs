//! Reads of a sale's statistics. Each looks up rows by their keys, so its time does not grow with the shop. Triggers of the
//! schema keep the sums (migration 0010).

use super::rows::money;
use crate::{
    error::StoreError,
    model::{Money, ProductId, Stock, Timestamp},
    statistics::{Revenue, SaleSums, StockPoint},
};
use async_trait::async_trait;
use sqlx::FromRow;
use uuid::Uuid;

/// Reads of sales' statistics.
#[async_trait]
pub trait Statistics: Send + Sync {
    /// The rows of the stock history with these versions, by product and oldest first. Versions without a row are left out.
    async fn stock_history(&self, versions: &[(ProductId, u64)]) -> Result<Vec<StockPoint>, StoreError>;
    /// The plan of [`Statistics::stock_history`], as the database prints it.
    async fn explain_stock_history(&self, versions: &[(ProductId, u64)]) -> Result<Vec<String>, StoreError>;
    /// The version of the oldest row of a product's stock history.
    async fn oldest_version(&self, product: ProductId) -> Result<Option<u64>, StoreError>;
    /// The revenue of a product, if it has had a paid order.
    async fn revenue(&self, product: ProductId) -> Result<Option<Revenue>, StoreError>;
    /// The revenue of each product that has had a paid order.
    async fn revenues(&self) -> Result<Vec<Revenue>, StoreError>;
}

/// A statement that reads revenues with their currency, and ends in a way of its own.
macro_rules! select_revenues {
    ($end:literal) => {
        concat!(
            "SELECT r.product_id, r.paid, r.returned, p.currency FROM sale_revenue r ",
            "JOIN products p ON p.id = r.product_id ",
            $end
        )
    };
}

/// The revenue of each product. Both databases understand it.
pub(super) const REVENUES: &str = select_revenues!("ORDER BY r.product_id");
/// The revenue of one product. Both databases understand it.
pub(super) const REVENUE: &str = select_revenues!("WHERE r.product_id = $1");

/// The columns of a [`HistoryRow`], apart from its time.
pub(super) const HISTORY_COLUMNS: &str = "e.product_id, e.version, e.total, e.available, e.held, e.pending, e.sold, \
                                          e.ever_held, e.ever_ordered, e.ever_paid";

/// A row of the stock history.
#[derive(FromRow)]
pub(super) struct HistoryRow {
    product_id: Uuid,
    version: i64,
    at: i64,
    total: i64,
    available: i64,
    held: i64,
    pending: i64,
    sold: i64,
    ever_held: i64,
    ever_ordered: i64,
    ever_paid: i64,
}

impl TryFrom<HistoryRow> for StockPoint {
    type Error = StoreError;

    fn try_from(row: HistoryRow) -> Result<Self, StoreError> {
        let units = |n: i64| u32::try_from(n).map_err(|_| StoreError::Corrupt(format!("a count of {n}")));
        let sum = |n: i64| u64::try_from(n).map_err(|_| StoreError::Corrupt(format!("a sum of {n}")));
        Ok(Self {
            product_id: row.product_id.into(),
            version: sum(row.version)?,
            at: Timestamp::from_millis(row.at),
            stock: Stock {
                total: units(row.total)?,
                available: units(row.available)?,
                held: units(row.held)?,
                pending: units(row.pending)?,
                sold: units(row.sold)?,
            },
            sums: SaleSums { held: sum(row.ever_held)?, ordered: sum(row.ever_ordered)?, paid: sum(row.ever_paid)? },
        })
    }
}

/// A row of [`REVENUES`] or [`REVENUE`].
#[derive(FromRow)]
pub(super) struct RevenueRow {
    product_id: Uuid,
    paid: i64,
    returned: i64,
    currency: String,
}

impl TryFrom<RevenueRow> for Revenue {
    type Error = StoreError;

    fn try_from(row: RevenueRow) -> Result<Self, StoreError> {
        let paid = money(row.paid, &row.currency)?;
        Ok(Self { product_id: row.product_id.into(), paid, returned: Money { minor: row.returned, ..paid } })
    }
}
