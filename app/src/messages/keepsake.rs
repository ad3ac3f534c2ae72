//! What the checkout and the page of an order say: each state of an order, the ticket, the receipt, and what happens next.

use super::{Notice, format_duration};
use checkout::model::{CancelReason, Place};
use std::time::Duration;

/// The name of the sum that is due.
pub const ORDER_TOTAL: &str = "Order total";
/// Asks what happens to an order or a reservation if the shopper does nothing.
pub const IF_YOU_DO_NOTHING: &str = "If you do nothing";
/// Asks when money is charged.
pub const WHEN_CHARGED: &str = "When you’re charged";
/// Opens the way to reach the shop.
pub const QUESTIONS: &str = "Questions?";

/// Explains what happens to a reservation that is left alone.
pub const IDLE_HOLD: &str =
    "Your reservation ends by itself when the time runs out, and the units go back on sale. You won’t be charged.";
/// Explains what happens to a reservation that is left alone although it was paid for.
pub const IDLE_PAID_HOLD: &str = "Your reservation ends by itself when the time runs out, the units go back on sale, and your payment goes back to you.";
/// Explains what happens to an order that is left alone.
pub const IDLE_ORDER: &str =
    "The order ends by itself when the time runs out, and the units go back on sale. You won’t be charged.";
/// Explains when a reservation is charged that leads to a payment page.
pub const CHARGED_ON_NEXT_PAGE: &str = "Not on this page: only when you pay on the next one.";
/// Explains when an order is charged that has a payment page.
pub const CHARGED_ON_PAYMENT_PAGE: &str = "Only when you pay on the payment page. Until then, nothing is charged.";
/// Explains when money is charged by a shop that takes payments elsewhere.
pub const CHARGED_ELSEWHERE: &str = "Not here: the shop takes payments elsewhere.";
/// Explains that an early payment is all that is due.
pub const CHARGED_ALREADY: &str = "Your payment is already here. Placing the order charges nothing more.";

/// Opens the form that adds time to a reservation.
pub const NEED_LONGER: &str = "Need longer? You can add time once. What you’ve typed stays.";
/// The button that begins to cancel a reservation.
pub const CANCEL_HOLD: &str = "Cancel reservation";
/// Asks whether to cancel a reservation.
pub const CANCEL_HOLD_QUESTION: &str =
    "Give it back? The units go on sale at once, and somebody else may take them before you can reserve again.";
/// The button that cancels a reservation.
pub const CANCEL_HOLD_YES: &str = "Yes, cancel the reservation";
/// The button that begins to cancel an order.
pub const CANCEL_ORDER: &str = "Cancel order";
/// Asks whether to cancel an order.
pub const CANCEL_ORDER_QUESTION: &str =
    "Cancel for good? The units go back on sale at once, and somebody else may take them. You won’t be charged.";
/// The button that cancels an order.
pub const CANCEL_ORDER_YES: &str = "Yes, cancel the order";

/// The heading of a ticket's code.
pub const CODE_TITLE: &str = "Take it with you";
/// Explains a ticket's code.
pub const CODE_TEXT: &str = "Scan to open this order on another device. It works for 30 days. Whoever has the code can open your order, so keep it to yourself.";
/// The alternative text of a ticket's code.
pub const CODE_ALT: &str = "QR code with the link of this order";
/// The heading above what happens after the payment.
pub const NEXT_TITLE: &str = "What happens next";
/// Explains how to find the ticket again.
pub const NEXT_TICKET: &str = "Your ticket stays under “My orders” in this browser.";
/// Explains that the product is sent.
pub const NEXT_SHIPPING: &str = "The shop sends it to the address below.";
/// Explains how to print without scripts.
pub const PRINT_BY_BROWSER: &str =
    "To keep a receipt, print this page: the print shows the ticket and the receipt alone.";

/// The time of a reservation was extended.
pub fn time_added(added: Duration) -> Notice {
    Notice::new(
        format!("You have {} more", format_duration(added)),
        "What you typed is still here. Time can be added once.",
    )
}

/// Returns the words before and after the contact of the shop.
pub fn reach_shop(number: Option<&str>) -> (&'static str, String) {
    ("Write to ", number.map_or_else(|| ".".to_owned(), |number| format!(" and mention {number}.")))
}

/// Explains where the receipt goes.
pub fn next_mail(email: &str) -> String {
    format!("Your receipt goes to {email}.")
}

/// Formats a place: `No. 44 of 100`, `No. 44–46 of 100`, or without the total where it would be less.
pub fn place(place: Place) -> String {
    let Place { first, last, of } = place;
    let units = if first == last { first.to_string() } else { format!("{first}–{last}") };
    match of {
        Some(total) => format!("No. {units} of {total}"),
        None => format!("No. {units}"),
    }
}

/// The order waits for its payment.
pub fn pending(is_several: bool) -> Notice {
    let text = if is_several {
        "Your units are set aside. Pay before the time runs out and they’re yours."
    } else {
        "It’s set aside for you. Pay before the time runs out and it’s yours."
    };
    Notice::new("Waiting for your payment", text)
}

/// The order is paid.
pub fn paid() -> Notice {
    Notice::new(
        "Paid. It’s yours",
        "Thank you! Your payment has arrived. This is your ticket: keep it, print it, show it off.",
    )
}

/// The shop returns money, and the provider has not confirmed it yet.
pub fn refunding(sum: &str, paid: &str, is_all: bool) -> Notice {
    let text = if is_all {
        format!("The shop is returning all {sum} that you paid. You don’t need to do anything.")
    } else {
        format!("The shop is returning {sum} of the {paid} that you paid. You don’t need to do anything.")
    };
    Notice::new("Your refund is under way", text)
}

/// The last attempt to return money failed.
pub fn refund_failed(sum: &str) -> Notice {
    Notice::new(
        "Your refund is taking longer",
        format!("We could not return {sum} yet. We’re on it. You don’t need to do anything."),
    )
}

/// A part of the money was returned.
pub fn refunded_in_part(sum: &str, paid: &str) -> Notice {
    Notice::new(
        "Refunded in part",
        format!("The shop has returned {sum} of the {paid} that you paid. Your bank may take a few days to show it."),
    )
}

/// All of the money was returned.
pub fn refunded() -> Notice {
    Notice::new(
        "Refunded",
        "The shop has returned everything you paid for this order. Your bank may take a few days to show it. We hope to see you at the next drop.",
    )
}

/// The order was cancelled, and no payment came for it.
pub fn cancelled(reason: CancelReason) -> Notice {
    let (title, text) = match reason {
        CancelReason::PaymentFailed => (
            "Your payment didn’t go through",
            "Your payment provider declined it, and you weren’t charged. The units went back on sale. If there are any left, you can reserve again.",
        ),
        CancelReason::Expired => (
            "The time to pay ran out",
            "We got no payment in time, so the units went back on sale. If your payment arrives late, it buys them if there are any left. If not, it goes back to you.",
        ),
        CancelReason::ByShopper => (
            "You cancelled this order",
            "You weren’t charged. The units went back on sale. Changed your mind? If there are any left, you can reserve again.",
        ),
        CancelReason::ByOperator => (
            "The shop cancelled this order",
            "You weren’t charged. Sorry about that! Ask the shop if you’d like to know why.",
        ),
    };
    Notice::new(title, text)
}

/// A payment came for a cancelled order, and could not be used. `is_late` is true if the units were gone when it came.
pub fn unusable_payment(reason: CancelReason, is_late: bool, is_returned: bool) -> Notice {
    let title = match (is_returned, is_late) {
        (true, true) => "Your late payment was returned",
        (true, false) => "Your payment was returned",
        (false, true) => "Your payment came too late",
        (false, false) => "We couldn’t use your payment",
    };
    let ended = match reason {
        CancelReason::PaymentFailed => "An earlier payment had been declined, which ended the order.",
        CancelReason::Expired => "The time to pay had run out, which ended the order.",
        CancelReason::ByShopper => "You had cancelled the order.",
        CancelReason::ByOperator => "The shop had cancelled the order.",
    };
    let money = if is_returned {
        "Below you see when your payment was returned."
    } else {
        "Your payment goes back to you. Below you see how far it is."
    };
    Notice::new(title, format!("{ended} {money}"))
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn a_part_of_a_refund_is_never_called_the_whole() {
        assert!(refunding("$5.00", "$20.00", false).text.contains("$5.00 of the $20.00"));
        assert!(refunding("$20.00", "$20.00", true).text.contains("all $20.00"));
        assert!(!refunded_in_part("$5.00", "$20.00").text.contains("everything"));
    }
}
