//! The statistics of sales.

use super::{Checkout, queries::read_failed};
use crate::{
    error::Error,
    model::{Product, ProductId},
    statistics::{Revenue, SaleStatistics, of_sale},
};
use std::time::Duration;

impl Checkout {
    /// The statistics of a product's sale, with about `points` points of its stock over time. The time of the read does not
    /// grow with the number of orders.
    pub async fn sale_statistics(&self, product: &Product, points: u32) -> Result<SaleStatistics, Error> {
        let store = self.parts.store.statistics();
        of_sale(store, product, self.now(), points).await.map_err(|e| read_failed(&e))
    }

    /// The time in which a product has sold out: from the opening of its sale, or from its first hold, to the payment of its
    /// last unit. `None` if units are left, or if the stock history no longer goes back that far. Read once for each version of
    /// the product, by a few searches of the primary key.
    pub async fn time_to_sell_out(&self, product: &Product) -> Result<Option<Duration>, Error> {
        let store = self.parts.store.statistics();
        self.parts.sell_out_times.of(store, product).await.map_err(|e| read_failed(&e))
    }

    /// The revenue of a product, if it has had a paid order.
    pub async fn revenue(&self, product: ProductId) -> Result<Option<Revenue>, Error> {
        self.parts.store.statistics().revenue(product).await.map_err(|e| read_failed(&e))
    }

    /// The revenue of each product that has had a paid order.
    pub async fn revenues(&self) -> Result<Vec<Revenue>, Error> {
        self.parts.store.statistics().revenues().await.map_err(|e| read_failed(&e))
    }

    /// The number of streams of this process that watch one product.
    pub fn stock_watchers(&self, id: ProductId) -> usize {
        self.parts.feed.watchers(id)
    }
}
