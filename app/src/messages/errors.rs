//! Why the shop refused a request or could not answer it.

use super::{Notice, format_date_time};
use crate::i18n::{notice, text};
use checkout::model::Refusal;

/// Explains why the shop refused a request.
pub fn refusal(refusal: &Refusal) -> Notice {
    match refusal {
        Refusal::UnknownProduct => notice!("refusal-unknown-product"),
        Refusal::UnknownHold => notice!("refusal-unknown-hold"),
        Refusal::UnknownOrder => notice!("refusal-unknown-order"),
        Refusal::SoldOut { available, may_return } => sold_out(*available, *may_return),
        Refusal::SaleNotStarted { starts_at } => Notice::new(
            text!("refusal-not-started"),
            text!("refusal-not-started", "text", time = format_date_time(*starts_at)),
        ),
        Refusal::SaleEnded { ended_at } => {
            Notice::new(text!("refusal-ended"), text!("refusal-ended", "text", time = format_date_time(*ended_at)))
        }
        Refusal::LimitReached { limit, taken } => limit_reached(*limit, *taken),
        Refusal::HoldExpired { .. } => notice!("refusal-hold-expired"),
        Refusal::HoldReleased => notice!("refusal-hold-released"),
        Refusal::HoldUsed { .. } => notice!("refusal-hold-used"),
        Refusal::NoExtension => notice!("refusal-no-extension"),
        Refusal::SalePaused => notice!("refusal-paused"),
        Refusal::OrderPaid => notice!("refusal-order-paid"),
        Refusal::InProgress => notice!("refusal-in-progress"),
        Refusal::KeyReused => notice!("refusal-key-reused"),
        Refusal::DisputeOpen => notice!("refusal-dispute-open"),
        // Only the shop's operators meet these.
        Refusal::SlugTaken
        | Refusal::StockCommitted { .. }
        | Refusal::TooMuchStock
        | Refusal::StaleRevision { .. }
        | Refusal::InvalidProduct { .. }
        | Refusal::ProductInUse { .. }
        | Refusal::OrderNotPaid
        | Refusal::RefundTooLarge { .. }
        | Refusal::AlreadyRestocked { .. }
        | Refusal::UnknownRefund
        | Refusal::RefundState { .. }
        | Refusal::UnknownJob
        | Refusal::UnknownPayment => internal_error(),
    }
}

/// Gives no numbers, because the live counts beside the notice keep changing.
fn sold_out(available: u32, may_return: u32) -> Notice {
    match (available, may_return) {
        (0, 0) => notice!("refusal-sold-out"),
        (0, _) => notice!("refusal-just-missed"),
        (_, _) => notice!("refusal-too-few"),
    }
}

fn limit_reached(limit: u32, taken: u32) -> Notice {
    let text = match limit.saturating_sub(taken) {
        0 => text!("refusal-limit", "none-left", limit = limit),
        // The numbers come from the refused request and may have changed since.
        left => text!("refusal-limit", "some-left", limit = limit, taken = taken, left = left),
    };
    Notice::new(text!("refusal-limit"), text)
}

/// The server has too many requests to take this one.
pub fn busy() -> Notice {
    notice!("error-busy")
}

/// The server cannot tell whether the request took effect (P9).
pub fn outcome_unknown() -> Notice {
    notice!("error-outcome-unknown")
}

/// The server failed.
pub fn internal_error() -> Notice {
    notice!("error-internal")
}

/// The sandbox could not deliver its webhook.
pub fn test_payment_not_delivered() -> Notice {
    notice!("error-test-payment")
}

/// The shop has no payment provider of its own.
pub fn no_payment_provider() -> Notice {
    notice!("error-no-provider")
}

/// The payment provider did not open a payment page in time.
pub fn payment_busy() -> Notice {
    notice!("error-payment-busy")
}

/// The payment provider refused to open a payment page.
pub fn payment_refused() -> Notice {
    notice!("error-payment-refused")
}

/// The shopper has paid, and the provider has not confirmed the payment yet.
pub fn payment_processing() -> Notice {
    notice!("order-processing")
}

/// The quantity is not a number that can be bought.
pub fn invalid_quantity() -> Notice {
    notice!("error-quantity")
}

/// The form's fields are missing or malformed.
pub fn invalid_form() -> Notice {
    notice!("error-form")
}

/// The client exceeded its rate limit.
pub fn rate_limited() -> Notice {
    notice!("error-rate-limited")
}

/// Another site submitted the form.
pub fn cross_site() -> Notice {
    notice!("error-cross-site")
}

/// No page exists at this address, or it belongs to somebody else.
pub fn not_found() -> Notice {
    notice!("error-not-found")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::in_german;
    use checkout::model::Timestamp;

    #[test]
    fn sold_out_says_whether_units_may_come_back() {
        let sold = refusal(&Refusal::SoldOut { available: 0, may_return: 0 });
        assert_eq!(sold.title, "Sold out");
        let held = refusal(&Refusal::SoldOut { available: 0, may_return: 1 });
        assert!(held.text.contains("come back"), "{}", held.text);
        let few = refusal(&Refusal::SoldOut { available: 2, may_return: 5 });
        assert!(few.text.contains("Choose fewer"), "{}", few.text);
    }

    #[test]
    fn limit_message_says_how_many_more_the_shopper_can_take() {
        let some = refusal(&Refusal::LimitReached { limit: 3, taken: 1 });
        assert!(some.text.contains("up to 2 more"), "{}", some.text);
        let none = refusal(&Refusal::LimitReached { limit: 3, taken: 3 });
        assert!(none.text.contains("My orders"), "{}", none.text);
    }

    #[test]
    fn refusals_are_explained_in_the_language_of_the_page() {
        let starts_at = Timestamp::parse("2026-11-27T12:00:00Z").unwrap();
        let german = in_german(|| refusal(&Refusal::SaleNotStarted { starts_at }));
        assert_eq!(german.title, "Der Verkauf hat noch nicht begonnen");
        assert!(german.text.starts_with("Er beginnt am 27. November 2026, 12:00 UTC."), "{}", german.text);
        let limit = in_german(|| refusal(&Refusal::LimitReached { limit: 3, taken: 1 }));
        assert!(limit.text.contains("hattest du 1.") && limit.text.contains("bis zu 2"), "{}", limit.text);
    }
}
