//! Reads of a sale's statistics.

use super::{SqliteStore, classify, sql};
use crate::{
    error::StoreError,
    model::ProductId,
    statistics::{Revenue, StockPoint},
    store::{
        Statistics,
        rows::{into_all, product_versions},
        statistics::{HISTORY_COLUMNS, HistoryRow, REVENUE, REVENUES, RevenueRow},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::LazyLock;

/// The rows of the stock history with some versions. CROSS JOIN keeps the order of the loops: one search by key for each version.
static HISTORY: LazyLock<String> = LazyLock::new(|| {
    let rows = sql::rows(product_versions([]).columns(), "?1");
    format!(
        "SELECT {HISTORY_COLUMNS}, e.at FROM {rows}
         CROSS JOIN stock_events e ON e.product_id = n.id AND e.version = n.version
         ORDER BY e.product_id, e.version"
    )
});

#[async_trait]
impl Statistics for SqliteStore {
    async fn stock_history(&self, versions: &[(ProductId, u64)]) -> Result<Vec<StockPoint>, StoreError> {
        let query = sqlx::query_as::<_, HistoryRow>(AssertSqlSafe(HISTORY.as_str()));
        let query = query.bind(sql::json(&product_versions(versions))?);
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn explain_stock_history(&self, versions: &[(ProductId, u64)]) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", *HISTORY)));
        let rows = query.bind(sql::json(&product_versions(versions))?).fetch_all(&self.readers).await;
        Ok(rows.map_err(classify)?.iter().filter_map(|row| row.try_get("detail").ok()).collect())
    }

    async fn oldest_version(&self, product: ProductId) -> Result<Option<u64>, StoreError> {
        let version: Option<i64> = sqlx::query_scalar("SELECT min(version) FROM stock_events WHERE product_id = ?1")
            .bind(product.0)
            .fetch_one(&self.readers)
            .await
            .map_err(classify)?;
        Ok(version.and_then(|version| u64::try_from(version).ok()))
    }

    async fn revenue(&self, product: ProductId) -> Result<Option<Revenue>, StoreError> {
        let query = sqlx::query_as::<_, RevenueRow>(REVENUE).bind(product.0);
        query.fetch_optional(&self.readers).await.map_err(classify)?.map(Revenue::try_from).transpose()
    }

    async fn revenues(&self) -> Result<Vec<Revenue>, StoreError> {
        let rows = sqlx::query_as::<_, RevenueRow>(REVENUES).fetch_all(&self.readers).await.map_err(classify)?;
        into_all(rows)
    }
}
