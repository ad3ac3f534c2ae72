//! Finds what console, admin API and command line name.

use super::store_failed;
use checkout::{Error, model::Product, store::Store};
use std::sync::Arc;

/// Returns the product in this revision, or in a later one. The feed learns of another node's edit a moment later, so a
/// revision that is newer than `known` is read from the store.
///
/// # Errors
///
/// The database cannot be read.
pub async fn product_at_revision(store: &dyn Store, known: Arc<Product>, revision: u64) -> Result<Arc<Product>, Error> {
    if revision <= known.revision {
        return Ok(known);
    }
    let stored = store.reads().product(known.id).await.map_err(|error| store_failed(&error))?;
    Ok(stored.map_or(known, Arc::new))
}
