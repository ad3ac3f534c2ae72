//! All messages for shoppers: each says what happened and what to do next.

pub mod gallery;
pub mod held;
pub mod home;
#[cfg(feature = "ssr")]
pub mod keepsake;
#[cfg(feature = "ssr")]
pub(crate) mod legal;
pub mod live;
#[cfg(feature = "ssr")]
pub mod sharing;
pub mod story;

use checkout::model::{Refund, RefundReason, RefundState, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

/// A message for the shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// A headline of a few words.
    pub title: String,
    /// Explanation and next step.
    pub text: String,
}

impl Notice {
    /// Creates a notice from its title and text.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into() }
    }
}

/// Explains a paused sale.
pub const SALE_PAUSED: &str = "The shop takes no new reservations for now. If you’ve already reserved or ordered, yours is safe: you can still confirm and pay in time.";

/// Explains why the shop refused a request.
pub fn refusal(refusal: &Refusal) -> Notice {
    match refusal {
        Refusal::UnknownProduct => {
            Notice::new("This product isn’t available", "It may have been taken down. See what else is on.")
        }
        Refusal::UnknownHold => Notice::new(
            "We can’t find that reservation",
            "It may belong to another browser. You can start again from the product page.",
        ),
        Refusal::UnknownOrder => Notice::new(
            "We can’t find that order",
            "It may belong to another browser. You’ll find your own orders under “My orders”.",
        ),
        Refusal::SoldOut { available, may_return } => sold_out(*available, *may_return),
        Refusal::SaleNotStarted { starts_at } => Notice::new(
            "The sale hasn’t opened yet",
            format!("It opens on {}. Come back then to reserve yours.", format_date_time(*starts_at)),
        ),
        Refusal::SaleEnded { ended_at } => Notice::new(
            "This sale has ended",
            format!("It ended on {}. Nothing was reserved.", format_date_time(*ended_at)),
        ),
        Refusal::LimitReached { limit, taken } => limit_reached(*limit, *taken),
        Refusal::HoldExpired { .. } => Notice::new(
            "Your reservation has expired",
            "The units went back on sale. If there are any left, you can reserve again.",
        ),
        Refusal::HoldReleased => Notice::new(
            "You cancelled this reservation",
            "The units went back on sale. If there are any left, you can reserve again.",
        ),
        Refusal::HoldUsed { .. } => {
            Notice::new("You’ve already ordered this", "You’ll find the order under “My orders”.")
        }
        Refusal::NoExtension => Notice::new(
            "You can’t add more time",
            "You can extend a reservation once at most. Place your order before the time runs out.",
        ),
        Refusal::SalePaused => Notice::new("The sale is paused", SALE_PAUSED),
        Refusal::OrderPaid => Notice::new(
            "This order is already paid",
            "You can’t cancel a paid order here. Contact the shop if something is wrong.",
        ),
        Refusal::InProgress => Notice::new(
            "We’re still working on it",
            "Your request is on its way. Try again in a moment to see how it went.",
        ),
        Refusal::KeyReused => {
            Notice::new("This form was already used", "Nothing was changed. Please try again from this page.")
        }
        Refusal::DisputeOpen => Notice::new(
            "This payment is disputed",
            "Your bank is looking into it, so it can’t be refunded until the dispute is closed. Nothing was changed.",
        ),
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
        (0, 0) => Notice::new("Sold out", "Every unit has been paid for. Nothing was reserved for you."),
        (0, _) => Notice::new(
            "Just missed it",
            "Someone took the last one. Keep this page open: units that come back go on sale here right away.",
        ),
        (_, _) => Notice::new("Not that many left", "Nothing was reserved. Choose fewer and try again."),
    }
}

fn limit_reached(limit: u32, taken: u32) -> Notice {
    let text = match limit.saturating_sub(taken) {
        0 => {
            format!("Each shopper can have {limit}, so that more people get one. You’ll find yours under “My orders”.")
        }
        // The numbers come from the refused request and may have changed since.
        left => format!(
            "Each shopper can have {limit}, so that more people get one. You had {taken} when you pressed Reserve, so you can take up to {left} more."
        ),
    };
    Notice::new("You’ve reached the limit", text)
}

/// The server has too many requests to take this one.
pub fn busy() -> Notice {
    Notice::new("Lots of people are checking out right now", "Nothing was charged. Please try again in a moment.")
}

/// The server cannot tell whether the request took effect (P9).
pub fn outcome_unknown() -> Notice {
    Notice::new(
        "We’re not sure that went through",
        "Please press the button again. It counts only once, however often you press.",
    )
}

/// The server failed.
pub fn internal_error() -> Notice {
    Notice::new("Something went wrong on our side", "It’s not your fault. Please try again in a moment.")
}

/// The sandbox could not deliver its webhook.
pub fn test_payment_not_delivered() -> Notice {
    Notice::new(
        "The test payment didn’t get through",
        "The shop didn’t accept the message. A real provider would send it again, and so can you.",
    )
}

/// The shop has no payment provider of its own.
pub fn no_payment_provider() -> Notice {
    Notice::new(
        "You can’t pay on this page",
        "The shop takes payments elsewhere. Contact the shop if you’re not sure how.",
    )
}

/// The payment provider did not open a payment page in time.
pub fn payment_busy() -> Notice {
    Notice::new("The payment provider is slow right now", "Nothing was charged; try again in a moment.")
}

/// The payment provider refused to open a payment page.
pub fn payment_refused() -> Notice {
    Notice::new(
        "The payment provider couldn’t open its page",
        "Nothing was charged. Try again, and contact the shop if it keeps happening.",
    )
}

/// The shopper has paid, and the provider has not confirmed the payment yet.
pub fn payment_processing() -> Notice {
    Notice::new(
        "We’re confirming your payment",
        "You don’t need to pay again. This page changes as soon as your payment provider confirms it. If it declines, the order ends and you aren’t charged.",
    )
}

/// A payment arrived before its order (P6).
pub fn paid_before_order() -> Notice {
    Notice::new("We already have your payment", "Place your order and it’s paid right away.")
}

/// The quantity is not a number that can be bought.
pub fn invalid_quantity() -> Notice {
    Notice::new("Please check the quantity", "Choose a whole number, 1 or more.")
}

/// The form's fields are missing or malformed.
pub fn invalid_form() -> Notice {
    Notice::new("We couldn’t read that form", "Please try again from this page.")
}

/// The client exceeded its rate limit.
pub fn rate_limited() -> Notice {
    Notice::new(
        "That was too fast for us",
        "We got more requests from your network than we can answer. Nothing was charged. Please try again in a moment.",
    )
}

/// Another site submitted the form.
pub fn cross_site() -> Notice {
    Notice::new(
        "That request came from another site",
        "To keep you safe, we ignored it. Please start again from our shop.",
    )
}

/// No page exists at this address, or it belongs to somebody else.
pub fn not_found() -> Notice {
    Notice::new("Page not found", "It may have moved, or it may belong to someone else.")
}

/// Returns a short label for an order's status.
pub fn order_status_label(status: &str) -> &'static str {
    match status {
        "pending" => "Waiting for payment",
        "paid" => "Paid",
        "refunded" => "Refunded",
        _ => "Cancelled",
    }
}

/// Explains why a payment is refunded (P7), to follow “because”.
pub fn refund_reason(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::SoldOut => "it arrived after the order had ended and the units were gone",
        RefundReason::AlreadyPaid => "the order was already paid",
        RefundReason::AmountMismatch => "it didn’t match the amount due",
        RefundReason::OrderNeverCreated => "no order was placed for it",
        RefundReason::OverLimit => {
            "it arrived after the order had ended, and you already have as many as one shopper can"
        }
        RefundReason::ByOperator => "the shop refunded it",
        RefundReason::AtProvider => "the shop refunded it through its payment provider",
    }
}

/// How far a refund is, as far as the shop knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundStage {
    /// It waits to be carried out, or the provider was asked and has not confirmed it.
    Due,
    /// The provider has accepted it.
    OnItsWay,
    /// The money was returned.
    Returned,
    /// The last attempt to return the money failed.
    Failed,
}

impl RefundStage {
    /// Returns the stage of a refund; `None` if the shop keeps the money.
    pub fn of(refund: &Refund) -> Option<Self> {
        match refund.state {
            RefundState::Sending if refund.provider_reference.is_some() => Some(Self::OnItsWay),
            RefundState::Due | RefundState::Sending => Some(Self::Due),
            RefundState::Succeeded => Some(Self::Returned),
            RefundState::Failed => Some(Self::Failed),
            RefundState::Withdrawn => None,
        }
    }
}

/// Returns the title and the end of the text of a notice about a refund: what has happened, and never what has not. `at` is when
/// it reached this stage.
pub fn refund_stage(sum: &str, stage: RefundStage, at: Option<Timestamp>) -> (String, &'static str) {
    match (stage, at) {
        (RefundStage::Due, _) => (format!("A refund of {sum} is due"), "You don’t need to do anything."),
        (RefundStage::OnItsWay, _) => (
            format!("A refund of {sum} is on its way"),
            "The payment provider has accepted it. Your bank may take a few days to show it.",
        ),
        (RefundStage::Returned, Some(at)) => {
            (format!("{sum} was returned on {}", format_date_time(at)), "Your bank may take a few days to show it.")
        }
        (RefundStage::Returned, None) => (format!("{sum} was returned"), "Your bank may take a few days to show it."),
        (RefundStage::Failed, _) => {
            (format!("We could not return {sum} yet"), "We’re on it. You don’t need to do anything.")
        }
    }
}

/// Returns the notice about refunds of the order's own payment that are at the same stage. `is_all` is true if they are the whole
/// amount.
pub fn order_refund(sum: &str, stage: RefundStage, at: Option<Timestamp>, is_all: bool) -> Notice {
    let what = if is_all { "this order" } else { "part of this order" };
    let (title, rest) = refund_stage(sum, stage, at);
    let verb = if stage == RefundStage::Returned { "refunded" } else { "is refunding" };
    Notice::new(title, format!("The shop {verb} {what}. {rest}"))
}

/// Formats a number of units: `1 unit`, `3 units`.
pub fn units(n: u32) -> String {
    if n == 1 { "1 unit".to_owned() } else { format!("{n} units") }
}

/// Formats a duration in the largest unit that divides it: `2 minutes`, `90 seconds`, `1 hour`.
pub fn format_duration(span: std::time::Duration) -> String {
    let secs = span.as_secs();
    let (n, unit) = match secs {
        s if s >= 86_400 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s >= 3600 && s % 3600 == 0 => (s / 3600, "hour"),
        s if s >= 60 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// Formats a duration in its two largest units, rounded down to seconds: `12 s`, `3 min 12 s`, `2 h 5 min`, `1 d 4 h`.
pub fn format_duration_short(span: std::time::Duration) -> String {
    let secs = span.as_secs();
    let two = |n: u64, unit: &str, rest: u64, smaller: &str| match rest {
        0 => format!("{n} {unit}"),
        rest => format!("{n} {unit} {rest} {smaller}"),
    };
    match secs {
        0..60 => format!("{secs} s"),
        60..3600 => two(secs / 60, "min", secs % 60, "s"),
        3600..86_400 => two(secs / 3600, "h", secs % 3600 / 60, "min"),
        _ => two(secs / 86_400, "d", secs % 86_400 / 3600, "h"),
    }
}

/// Formats a date and time of day in UTC. The browser replaces it with the shopper's local time.
pub fn format_date_time(at: Timestamp) -> String {
    let t = at.to_datetime();
    format!("{} {} {}, {:02}:{:02} UTC", t.day(), t.month(), t.year(), t.hour(), t.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

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

    /// The notices about refunds name the sum, never call a part the whole, and claim nothing that has not happened.
    #[test]
    fn a_refund_is_described_as_far_as_it_is() {
        let at = Timestamp::parse("2026-11-27T12:00:00Z").unwrap();
        let notice = |stage| order_refund("$5.00", stage, Some(at), false);
        let stages = [RefundStage::Due, RefundStage::OnItsWay, RefundStage::Returned, RefundStage::Failed];
        let titles = stages.map(|stage| notice(stage).title);
        assert_eq!(
            titles,
            [
                "A refund of $5.00 is due",
                "A refund of $5.00 is on its way",
                "$5.00 was returned on 27 November 2026, 12:00 UTC",
                "We could not return $5.00 yet"
            ]
        );
        assert!(stages.iter().all(|stage| notice(*stage).text.contains("part of")));
        assert!(!order_refund("$5.00", RefundStage::Due, None, true).text.contains("part of"));
        assert_eq!(order_status_label("refunded"), "Refunded");
    }

    #[test]
    fn each_refund_reason_has_its_own_message() {
        let texts: std::collections::HashSet<_> = RefundReason::ALL.into_iter().map(refund_reason).collect();
        assert_eq!(texts.len(), RefundReason::ALL.len());
    }

    #[test]
    fn formats_durations_and_dates() {
        assert_eq!(format_duration(Duration::from_mins(2)), "2 minutes");
        assert_eq!(format_duration(Duration::from_secs(90)), "90 seconds");
        assert_eq!(format_duration(Duration::from_hours(1)), "1 hour");
        for (secs, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (192, "3 min 12 s"),
            (7_530, "2 h 5 min"),
            (86_400, "1 d"),
            (100_800, "1 d 4 h"),
        ] {
            assert_eq!(format_duration_short(Duration::from_secs(secs)), text);
        }
        assert_eq!(format_date_time(Timestamp::from_millis(1_795_391_999_123)), "22 November 2026, 23:59 UTC");
    }
}
