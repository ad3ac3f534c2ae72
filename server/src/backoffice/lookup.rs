//! Finds the orders and products that people and programs name in the console, the admin API and the command line.

use super::store_failed;
use checkout::{
    Checkout, Error,
    model::{Order, OrderId, OrderNumber, Product},
    store::Store,
};
use std::{fmt, str::FromStr, sync::Arc};

/// An order's id or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderKey {
    /// The id.
    Id(OrderId),
    /// The number.
    Number(OrderNumber),
}

/// The text is neither an id nor a number of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("give the id of an order, or a number such as HF-7K3Q-9M2D")]
pub struct OrderKeyError;

impl FromStr for OrderKey {
    type Err = OrderKeyError;

    fn from_str(text: &str) -> Result<Self, OrderKeyError> {
        let number = || text.parse().map(Self::Number);
        text.parse().map(Self::Id).or_else(|_| number()).map_err(|_| OrderKeyError)
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "id {id}"),
            Self::Number(number) => write!(f, "number {number}"),
        }
    }
}

/// Returns the order with this id or number, of any owner.
///
/// # Errors
///
/// There is no such order, or the database cannot be read.
pub async fn order(checkout: &Checkout, key: OrderKey) -> Result<Order, Error> {
    match key {
        OrderKey::Id(id) => checkout.order_of_any_owner(id).await,
        OrderKey::Number(number) => checkout.order_by_number(number).await,
    }
}

/// Returns the product with this id or slug, archived ones included. From memory.
pub fn product(checkout: &Checkout, name: &str) -> Option<Arc<Product>> {
    // A slug that was added by an older version can have the form of an id.
    let by_id = name.parse().ok().and_then(|id| checkout.product(id));
    by_id.or_else(|| checkout.product_by_slug(name))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_named_by_its_id_or_its_number() {
        let id = "01a21c05-2930-7d06-8c4f-93b1e5a7d820";
        for (text, shown) in [(id, format!("id {id}")), ("HF-7K3Q-9M2D", "number HF-7K3Q-9M2D".to_owned())] {
            assert_eq!(text.parse::<OrderKey>().map(|key| key.to_string()), Ok(shown));
        }
        assert_eq!("HF-7K3Q".parse::<OrderKey>(), Err(OrderKeyError));
    }
}
