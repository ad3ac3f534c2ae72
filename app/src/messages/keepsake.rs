//! The states of an order, for its page and the checkout.

use super::{Notice, format_duration};
use crate::i18n::{notice, text};
use checkout::model::{CancelReason, Place};
use std::time::Duration;

/// The time of a reservation was extended.
pub fn time_added(added: Duration) -> Notice {
    let time = format_duration(added);
    Notice::new(text!("checkout-time-added", time = time), text!("checkout-time-added", "text"))
}

/// Formats a place: `No. 44 of 100`, `No. 44–46 of 100`, or without the total where it would be less.
pub fn place(place: Place) -> String {
    let Place { first, last, of } = place;
    let units = if first == last { first.to_string() } else { format!("{first}–{last}") };
    match of {
        Some(total) => text!("order-place-of", units = units, total = total.to_string()),
        None => text!("order-place", units = units),
    }
}

/// The order of `qty` units waits for its payment.
pub fn pending(qty: u32) -> Notice {
    Notice::new(text!("order-pending"), text!("order-pending", "text", n = qty))
}

/// The order is paid.
pub fn paid() -> Notice {
    notice!("order-paid")
}

/// The shop returns money, and the provider has not confirmed it yet.
pub fn refunding(sum: &str, paid: &str, is_all: bool) -> Notice {
    let text = if is_all {
        text!("order-refunding", "all", sum = sum)
    } else {
        text!("order-refunding", "part", sum = sum, paid = paid)
    };
    Notice::new(text!("order-refunding"), text)
}

/// The last attempt to return money failed.
pub fn refund_failed(sum: &str) -> Notice {
    Notice::new(text!("order-refund-failed"), text!("order-refund-failed", "text", sum = sum))
}

/// A part of the money was returned.
pub fn refunded_in_part(sum: &str, paid: &str) -> Notice {
    Notice::new(text!("order-refunded-in-part"), text!("order-refunded-in-part", "text", sum = sum, paid = paid))
}

/// All of the money was returned.
pub fn refunded() -> Notice {
    notice!("order-refunded")
}

/// The order was cancelled, and no payment came for it.
pub fn cancelled(reason: CancelReason) -> Notice {
    match reason {
        CancelReason::PaymentFailed => notice!("order-payment-failed"),
        CancelReason::Expired => notice!("order-expired"),
        CancelReason::ByShopper => notice!("order-cancelled-by-you"),
        CancelReason::ByOperator => notice!("order-cancelled-by-shop"),
    }
}

/// A payment came for a cancelled order, and could not be used. `is_late` is true if the units were gone when it came.
pub fn unusable_payment(reason: CancelReason, is_late: bool, is_returned: bool) -> Notice {
    let title = match (is_returned, is_late) {
        (true, true) => text!("order-unusable-late-returned"),
        (true, false) => text!("order-unusable-returned"),
        (false, true) => text!("order-unusable-late"),
        (false, false) => text!("order-unusable"),
    };
    let because = text!("order-unusable", "because", reason = reason.name());
    let money =
        if is_returned { text!("order-unusable", "was-returned") } else { text!("order-unusable", "goes-back") };
    Notice::new(title, format!("{because} {money}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::in_german;
    use std::collections::HashSet;

    const REASONS: [CancelReason; 4] =
        [CancelReason::PaymentFailed, CancelReason::Expired, CancelReason::ByShopper, CancelReason::ByOperator];

    #[test]
    fn a_place_names_its_units_and_the_total_where_it_is_no_less() {
        let text = |first, last, of| place(Place { first, last, of });
        assert_eq!(text(44, 44, Some(100)), "No. 44 of 100");
        assert_eq!(text(44, 46, Some(100)), "No. 44–46 of 100");
        assert_eq!(text(101, 101, None), "No. 101");
    }

    #[test]
    fn each_end_of_an_order_has_its_own_message() {
        let mut titles: Vec<_> = REASONS.into_iter().map(|reason| cancelled(reason).title).collect();
        for (is_late, is_returned) in [(true, true), (true, false), (false, true), (false, false)] {
            titles.push(unusable_payment(CancelReason::Expired, is_late, is_returned).title);
        }
        assert_eq!(titles.iter().collect::<HashSet<_>>().len(), titles.len(), "{titles:?}");
        let texts: HashSet<_> = REASONS.into_iter().map(|reason| unusable_payment(reason, true, true).text).collect();
        assert_eq!(texts.len(), REASONS.len());
    }

    /// A shopper who has paid was charged.
    #[test]
    fn nobody_whose_payment_arrived_reads_that_they_were_not_charged() {
        for reason in REASONS {
            for is_returned in [false, true] {
                let notice = unusable_payment(reason, false, is_returned);
                assert!(!notice.text.contains("charged"), "{notice:?}");
            }
        }
    }

    #[test]
    fn an_order_is_described_in_the_language_of_the_page() {
        in_german(|| {
            assert_eq!(
                pending(1).text,
                "Es liegt für dich bereit. Bezahle, bevor die Zeit abläuft, und es gehört dir."
            );
            assert!(pending(2).text.starts_with("Deine Stücke"), "{}", pending(2).text);
            assert_eq!(place(Place { first: 44, last: 46, of: Some(100) }), "Nr. 44–46 von 100");
            let texts: HashSet<_> =
                REASONS.into_iter().map(|reason| unusable_payment(reason, true, true).text).collect();
            assert_eq!(texts.len(), REASONS.len());
        });
        assert!(pending(1).text.starts_with("It’s set aside") && pending(2).text.starts_with("Your units"));
    }

    #[test]
    fn a_part_of_a_refund_is_never_called_the_whole() {
        assert!(refunding("$5.00", "$20.00", false).text.contains("$5.00 of the $20.00"));
        assert!(refunding("$20.00", "$20.00", true).text.contains("all $20.00"));
        assert!(!refunded_in_part("$5.00", "$20.00").text.contains("everything"));
    }
}
