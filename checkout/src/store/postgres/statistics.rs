//! Reads of a sale's statistics.

use super::{
    PostgresStore,
    error::{QueryExt, classify},
    sql::{self, Parameters},
};
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

/// The rows of the stock history with some versions.
static HISTORY: LazyLock<String> = LazyLock::new(|| {
    let rows = sql::rows(product_versions([]).columns(), 1);
    format!(
        "SELECT {HISTORY_COLUMNS}, ms(e.at) AS at FROM {rows}
         JOIN stock_events e ON e.product_id = n.id AND e.version = n.version
         ORDER BY e.product_id, e.version"
    )
});

#[async_trait]
impl Statistics for PostgresStore {
    async fn stock_history(&self, versions: &[(ProductId, u64)]) -> Result<Vec<StockPoint>, StoreError> {
        let versions = Parameters::of(&product_versions(versions)).map_err(classify)?;
        let query = sqlx::query_as_with::<_, HistoryRow, _>(AssertSqlSafe(HISTORY.as_str()), versions);
        into_all(query.fetch_all(&self.pool).with_timeout().await?)
    }

    async fn explain_stock_history(&self, versions: &[(ProductId, u64)]) -> Result<Vec<String>, StoreError> {
        let versions = Parameters::of(&product_versions(versions)).map_err(classify)?;
        let query = sqlx::query_with(AssertSqlSafe(format!("EXPLAIN {}", *HISTORY)), versions);
        let rows = query.fetch_all(&self.pool).with_timeout().await?;
        Ok(rows.iter().filter_map(|row| row.try_get(0).ok()).collect())
    }

    async fn oldest_version(&self, product: ProductId) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query_scalar("SELECT min(version) FROM stock_events WHERE product_id = $1").bind(product.0);
        let version: Option<i64> = query.fetch_one(&self.pool).with_timeout().await?;
        Ok(version.and_then(|version| u64::try_from(version).ok()))
    }

    async fn revenue(&self, product: ProductId) -> Result<Option<Revenue>, StoreError> {
        let query = sqlx::query_as::<_, RevenueRow>(REVENUE).bind(product.0);
        query.fetch_optional(&self.pool).with_timeout().await?.map(Revenue::try_from).transpose()
    }

    async fn revenues(&self) -> Result<Vec<Revenue>, StoreError> {
        into_all(sqlx::query_as::<_, RevenueRow>(REVENUES).fetch_all(&self.pool).with_timeout().await?)
    }
}
