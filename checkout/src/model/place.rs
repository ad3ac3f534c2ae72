//! The place of a paid order among the paid units of its product.

use super::{OrderId, Quantity};

/// A paid order, and the number of units of its product that were paid before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidBefore {
    /// The order.
    pub order: OrderId,
    /// Units of orders that were paid earlier, or at the same time with a lower id. Refunded ones count, so that a refund
    /// changes no other order's place.
    pub units: u64,
}

/// The place of a paid order among the paid units of its product, such as the units 44 to 46 of 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of its first unit, counted from 1.
    pub first: u64,
    /// The number of its last unit.
    pub last: u64,
    /// The product's total stock. `None` once `last` exceeds it, because refunded units were sold again.
    pub of: Option<u32>,
}

impl Place {
    /// Returns the place of an order of `qty` units of a product with `total` units, before which `before` units were paid.
    ///
    /// ```
    /// use checkout::model::{Place, Quantity};
    ///
    /// let qty = Quantity::try_from(3).unwrap();
    /// assert_eq!(Place::new(43, qty, 100), Place { first: 44, last: 46, of: Some(100) });
    /// assert_eq!(Place::new(98, qty, 100).of, None);
    /// ```
    pub fn new(before: u64, qty: Quantity, total: u32) -> Self {
        let last = before.saturating_add(u64::from(qty.get()));
        Self { first: before.saturating_add(1), last, of: (last <= u64::from(total)).then_some(total) }
    }
}
