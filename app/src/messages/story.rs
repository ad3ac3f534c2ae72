//! Texts below a product: delivery, returns, payment, and answers to what shoppers ask before they reserve.
use crate::i18n::text;

/// The way in which the product reaches its buyer.
pub fn delivery(ships: bool) -> String {
    if ships { text!("story-delivery-by-post") } else { text!("story-delivery-without-address") }
}

/// The time in which the shopper pays, and the end of an unpaid order.
pub fn payment(takes_payment: bool, pay_within: &str) -> String {
    if takes_payment {
        text!("story-payment-here", time = pay_within)
    } else {
        text!("story-payment-elsewhere", time = pay_within)
    }
}

/// Explains a reservation.
pub fn reservation(hold_for: &str, extend_by: Option<&str>) -> String {
    let reservation = text!("story-reservation", time = hold_for);
    match extend_by {
        Some(time) => format!("{reservation} {}", text!("story-reservation-extension", time = time)),
        None => reservation,
    }
}

/// Explains the limit per shopper. `most` is the largest quantity of one reservation.
pub fn how_many(limit: Option<u32>, most: u32) -> String {
    match limit {
        Some(limit) => text!("story-limit", limit = limit),
        None => text!("story-no-limit", most = most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_in_units() {
        assert!(how_many(Some(1), 10_000).contains("Up to 1 unit per shopper"), "{}", how_many(Some(1), 10_000));
        assert!(how_many(Some(2), 10_000).contains("Up to 2 units per shopper"));
        assert!(how_many(None, 40).contains("up to 40 units at once"));
    }

    #[test]
    fn an_extension_is_offered_where_the_product_allows_one() {
        assert!(reservation("2 minutes", Some("90 seconds")).ends_with("You can add 90 seconds once."));
        assert!(reservation("2 minutes", None).ends_with("Reserving and cancelling are free."));
    }
}
