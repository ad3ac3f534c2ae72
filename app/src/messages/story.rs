//! Texts below a product: delivery, returns, payment, and answers to what shoppers ask before they reserve.

use super::units;

/// The headline of the product's story.
pub const STORY: &str = "The story";
/// The headline of the facts.
pub const SPECIFICATION: &str = "Specification";
/// The headline of delivery and returns.
pub const SHIPPING: &str = "Shipping and returns";
/// The headline of the answers.
pub const QUESTIONS: &str = "Questions";

/// What a reservation is.
pub const WHAT_IS_A_RESERVATION: &str = "What is a reservation?";
/// What happens at its end.
pub const WHAT_IF_TIME_RUNS_OUT: &str = "What happens if my time runs out?";
/// The limit per shopper.
pub const HOW_MANY: &str = "How many can I take?";
/// When the shopper pays.
pub const WHEN_CHARGED: &str = "When is my card charged?";
/// Stock that sells out during the payment.
pub const WHAT_IF_IT_SELLS_OUT: &str = "What if it sells out while I pay?";

/// Says how the product reaches its buyer.
pub fn delivery(ships: bool) -> &'static str {
    if ships {
        "This drop ships to you. You give your address at checkout."
    } else {
        "No postal address needed. All you give at checkout is an e-mail address."
    }
}

/// Says when the shopper pays, and how an unpaid order ends.
pub fn payment(takes_payment: bool, pay_within: &str) -> String {
    if takes_payment {
        format!(
            "You pay on the page after checkout. An order that isn’t paid within {pay_within} is cancelled, and you owe nothing."
        )
    } else {
        format!(
            "The shop takes your payment elsewhere. An order that isn’t paid within {pay_within} is cancelled, and you owe nothing."
        )
    }
}

/// The sentence before the link to the shop's contact.
pub const ASK_THE_SHOP: &str = "To return something, or to ask anything else, contact ";

/// Whom to ask, in a shop that names no contact.
pub const THE_SHOP: &str = "the shop";

/// Says where a refund can be followed.
pub const REFUND: &str = "If the shop refunds you, the page of your order says how far your money is.";

/// Explains a reservation.
pub fn reservation(hold_for: &str, extend_by: Option<&str>) -> String {
    let more = extend_by.map(|by| format!(" Need longer? You can add {by} once.")).unwrap_or_default();
    format!(
        "Press Reserve and your units are set aside for {hold_for}. Nobody else can take them while you decide. \
         Reserving and cancelling are free.{more}"
    )
}

/// Explains the end of a reservation, and of the time to pay.
pub fn time_runs_out(pay_within: &str) -> String {
    format!(
        "Your units go back on sale, and you aren’t charged. If there are any left, you can reserve again. Once you’ve \
         ordered, you have {pay_within} to pay; after that the order is cancelled the same way."
    )
}

/// Explains the limit per shopper. `most` is the largest quantity of one reservation.
pub fn how_many(limit: Option<u32>, most: u32) -> String {
    match limit {
        Some(limit) => format!(
            "Up to {} per shopper, so that more people get one. What you’ve reserved, ordered and paid for counts \
             together.",
            units(limit)
        ),
        None => format!("There’s no limit per shopper. You can reserve up to {} at once.", units(most)),
    }
}

/// Says when the shopper is charged by the payment provider.
pub const CHARGED_BY_PROVIDER: &str =
    "Only when you pay, on the payment page that follows the checkout. Reserving and ordering are free.";
/// Says that the test provider moves no money.
pub const CHARGED_BY_SANDBOX: &str = "Never. This is a test shop, and its payment page moves no money.";
/// Says that this site takes no payments.
pub const CHARGED_ELSEWHERE: &str =
    "Not on this site: the shop takes your payment elsewhere. Reserving and ordering are free.";

/// Explains what protects an order, and what happens to a late payment.
pub fn sells_out(pay_within: &str) -> String {
    format!(
        "It can’t sell out from under you: your units stay yours for the {pay_within} that you have to pay. If your \
         payment arrives later, it buys them if it still can. If not, it goes back to you."
    )
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
