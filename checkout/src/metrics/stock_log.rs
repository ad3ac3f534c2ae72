//! Logs stock changes: the operator's at info level, all others at debug level.

use crate::{
    model::{Product, Stock, StockDelta},
    state::WriteSet,
};
use tracing::{Level, enabled};

/// Writes a line for each product that a commit has changed.
pub(crate) fn log_stock(writes: &WriteSet) {
    for product in &writes.products_added {
        let (id, slug, Stock { total, .. }) = (product.id, product.slug.as_str(), product.stock);
        tracing::info!(product = %id, slug, total, batch = %writes.batch, "a product was put on sale");
    }
    let sells = enabled!(Level::DEBUG);
    for product in &writes.products_changed {
        let Some(delta) = writes.stock_deltas.get(&product.id) else { continue };
        if delta.adjusted != 0 {
            adjusted(product, delta, writes);
        } else if sells {
            moved(product, delta, writes);
        }
    }
}

fn adjusted(product: &Product, delta: &StockDelta, writes: &WriteSet) {
    let (id, slug, version, by) = (product.id, product.slug.as_str(), product.version, delta.adjusted);
    let Stock { total, available, .. } = product.stock;
    tracing::info!(product = %id, slug, version, by, total, available, batch = %writes.batch, "stock was adjusted");
}

fn moved(product: &Product, delta: &StockDelta, writes: &WriteSet) {
    let (id, version) = (product.id, product.version);
    let Stock { available, held, pending, sold, .. } = product.stock;
    tracing::debug!(product = %id, version, available, held, pending, sold, moves = ?delta, batch = %writes.batch, "stock moved");
}
