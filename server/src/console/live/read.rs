//! Reads what the Live screen shows.

use super::{View, hub::Inner};
use app::admin::{
    live::{Fragment, Overview, Sale, SaleDetail, overview_fragments, sale_fragments},
    sale_state::SaleState,
};
use checkout::{
    Error,
    model::{Product, ProductId, Refusal},
    statistics::{Revenue, net_by_currency},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use std::{collections::HashMap, sync::Arc};

/// Maximum number of running sales on the overview. The rest have pages of their own.
const MAX_RUNNING: usize = 12;
/// Maximum number of sales on the overview that are over.
const MAX_OVER: usize = 6;
/// Maximum number of sales on the overview that open later.
const MAX_UPCOMING: usize = 6;
/// Number of points in a small chart.
const SMALL_POINTS: u32 = 48;
/// Number of points in the chart of one sale.
const POINTS: u32 = 160;
/// Number of sales that are read at once. Readers are few, and shoppers need them too.
const CONCURRENT_READS: usize = 2;

impl Inner {
    /// Reads all sales.
    pub(super) async fn overview(&self) -> Result<Overview, Error> {
        let now = self.checkout.now();
        let (mut running, mut upcoming, mut over) = (Vec::new(), Vec::new(), Vec::new());
        for product in self.checkout.products() {
            match SaleState::of(&product, now) {
                SaleState::Archived => {}
                SaleState::Upcoming => upcoming.push(product),
                state if state.is_running() => running.push(product),
                _ => over.push(product),
            }
        }
        let total = running.len() + upcoming.len() + over.len();
        upcoming.sort_by_key(|product| product.window.starts_at);
        upcoming.truncate(MAX_UPCOMING);
        let revenues = self.checkout.revenues().await?;
        let by_product: HashMap<_, _> = revenues.iter().map(|revenue| (revenue.product_id, *revenue)).collect();
        let running = self.sales(last_active(running, MAX_RUNNING), &by_product).await?;
        let over = self.sales(last_active(over, MAX_OVER), &by_product).await?;
        Ok(Overview {
            now,
            left_out: total - running.len() - upcoming.len() - over.len(),
            running,
            upcoming,
            over,
            revenue: net_by_currency(&revenues),
            refunds_due: self.refunds_due().await,
            server: self.numbers(),
        })
    }

    async fn sales(
        &self,
        products: Vec<Arc<Product>>,
        revenues: &HashMap<ProductId, Revenue>,
    ) -> Result<Vec<Sale>, Error> {
        let read = async |product: Arc<Product>| {
            let statistics = self.checkout.sale_statistics(&product, SMALL_POINTS).await?;
            let revenue = revenues.get(&product.id).copied();
            Ok(Sale { product, statistics, revenue })
        };
        stream::iter(products.into_iter().map(read)).buffered(CONCURRENT_READS).try_collect().await
    }

    /// Reads one sale.
    pub(super) async fn sale(&self, product: Arc<Product>) -> Result<SaleDetail, Error> {
        let statistics = self.checkout.sale_statistics(&product, POINTS).await?;
        let revenue = self.checkout.revenue(product.id).await?;
        Ok(SaleDetail {
            now: self.checkout.now(),
            watchers: self.checkout.stock_watchers(product.id),
            sale: Sale { product, statistics, revenue },
            refunds_due: self.refunds_due().await,
            server: self.numbers(),
        })
    }

    /// Renders the parts of a page.
    pub(super) async fn fragments(&self, view: View) -> Result<Vec<Fragment>, Error> {
        match view {
            View::Overview => Ok(overview_fragments(&self.overview().await?)),
            View::Sale(id) => {
                let product = self.checkout.product(id).ok_or(Refusal::UnknownProduct)?;
                Ok(sale_fragments(&self.sale(product).await?))
            }
        }
    }
}

/// Returns the products that changed last.
fn last_active(mut products: Vec<Arc<Product>>, most: usize) -> Vec<Arc<Product>> {
    products.sort_by_key(|product| std::cmp::Reverse(product.updated_at));
    products.truncate(most);
    // The order of their ids, so that the charts do not swap their places.
    products.sort_by_key(|product| product.id);
    products
}
