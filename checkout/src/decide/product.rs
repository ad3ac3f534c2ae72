//! Adds products and adjusts their stock.

use super::Decision;
use crate::{
    command::Reply,
    model::{MAX_STOCK, Product, ProductId, Refusal},
    state::{Effect, State, StockMovement},
};

pub(super) fn add(state: &State, product: &Product) -> Result<Decision, Refusal> {
    if state.has_slug(&product.slug) {
        return Err(Refusal::SlugTaken);
    }
    // The commit raises the version to 1.
    let stored = Product { version: 1, ..product.clone() };
    Ok(Decision::new(vec![Effect::ProductAdded(Box::new(product.clone()))], Reply::Product(Box::new(stored))))
}

pub(super) fn adjust(state: &State, id: ProductId, total: u32) -> Result<Decision, Refusal> {
    let product = &state.product_state(id).ok_or(Refusal::UnknownProduct)?.product;
    // As for a new product, the price of the whole stock must fit: otherwise an order's amount might not.
    if total > MAX_STOCK || product.price.times(total).is_none() {
        return Err(Refusal::TooMuchStock);
    }
    let Some(stock) = product.stock.adjust(total) else {
        return Err(Refusal::StockCommitted { committed: product.stock.committed() });
    };
    // The commit raises the version by one.
    let after = Product { stock, version: product.version + 1, ..product.clone() };
    Ok(Decision::new(vec![Effect::StockMoved(id, StockMovement::Adjust(total))], Reply::Product(Box::new(after))))
}
