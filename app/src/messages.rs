//! Every "no" and every state in words for shoppers: what happened, and what to do now. The one place that speaks.

use checkout::model::{RefundReason, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

/// A message: what happened, and what to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened, in a few words.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
}

impl Notice {
    /// From its two parts.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into() }
    }
}

/// Why something was not done, and what to do now.
pub fn refusal(refusal: &Refusal) -> Notice {
    match refusal {
        Refusal::UnknownProduct => {
            Notice::new("We don’t sell that", "It may have been taken down. Have a look at what else is on.")
        }
        Refusal::UnknownHold => Notice::new(
            "We can’t find that reservation",
            "It may belong to another browser. Start again from the product.",
        ),
        Refusal::UnknownOrder => Notice::new(
            "We can’t find that order",
            "It may belong to another browser. Your own orders are under “My orders”.",
        ),
        Refusal::SoldOut { available, may_return } => sold_out(*available, *may_return),
        Refusal::SaleNotStarted { starts_at } => Notice::new(
            "The sale has not opened yet",
            format!("It opens on {}. Nothing was reserved; come back then.", date(*starts_at)),
        ),
        Refusal::SaleEnded { ended_at } => {
            Notice::new("The sale is over", format!("It ended on {}. Nothing was reserved.", date(*ended_at)))
        }
        Refusal::LimitReached { limit, taken } => limit_reached(*limit, *taken),
        Refusal::HoldExpired { .. } => Notice::new(
            "Your reservation ran out",
            "The time to decide was over, so the units went back on sale. If there are any left you can reserve again.",
        ),
        Refusal::HoldReleased => Notice::new(
            "You gave this reservation back",
            "The units went back on sale. If there are any left you can reserve again.",
        ),
        Refusal::HoldUsed { .. } => Notice::new(
            "You have ordered this already",
            "One reservation makes one order. You find it under “My orders”.",
        ),
        Refusal::NoExtension => Notice::new(
            "No more time for this one",
            "A reservation can be extended once at most, and this one cannot be now. Order before the time is up.",
        ),
        Refusal::OrderPaid => Notice::new(
            "This order is paid",
            "A paid order is not cancelled from here. Write to the shop and we sort it out.",
        ),
        Refusal::KeyReused => Notice::new("That form was used before", "Please send it once more from this page."),
        Refusal::SlugTaken | Refusal::StockCommitted { .. } | Refusal::TooMuchStock => fault(),
    }
}

/// Names no numbers: the true ones stand beside it and change.
fn sold_out(available: u32, may_return: u32) -> Notice {
    match (available, may_return) {
        (0, 0) => Notice::new("Sold out", "Every unit has been paid for. Nothing was reserved."),
        (0, _) => Notice::new(
            "Somebody was faster",
            "Nothing was left when you pressed, and nothing was reserved. What others give back is for sale again at once, so watch this page.",
        ),
        (_, _) => Notice::new(
            "Not as many as you asked for",
            "There were fewer when you pressed, and nothing was reserved. Ask for fewer and try again.",
        ),
    }
}

fn limit_reached(limit: u32, taken: u32) -> Notice {
    let text = match limit.saturating_sub(taken) {
        0 => format!(
            "Each shopper may have {limit}, so that more people get one. Yours are reserved or ordered: see “My orders”."
        ),
        left => format!(
            "Each shopper may have {limit}, so that more people get one. You had {taken} when you pressed, so {left} more at most."
        ),
    };
    Notice::new("That is over the limit for one shopper", text)
}

/// The checkout has too much to do.
pub fn busy() -> Notice {
    Notice::new("The till is very busy", "Nothing was done, and nothing was lost. Please try again in a moment.")
}

/// It is not known whether it was done (P9).
pub fn unknown() -> Notice {
    Notice::new(
        "We could not see whether that went through",
        "Please press the button once more: it will be done once, however often you press.",
    )
}

/// The shop broke.
pub fn fault() -> Notice {
    Notice::new(
        "Something broke on our side",
        "It is not your fault, and we have been told. Please try again in a moment.",
    )
}

/// There was too little stock when it was asked for, and there is enough now.
pub fn back_again() -> Notice {
    Notice::new("Somebody was faster, but there are more", "Nothing was reserved. What you asked for is there now.")
}

/// The sandbox could not tell the shop.
pub fn undelivered() -> Notice {
    Notice::new(
        "The test provider got no good answer",
        "The shop did not take the message. A real provider would send it again; so can you.",
    )
}

/// A payment came for what is not ordered yet (P6).
pub fn paid_early() -> Notice {
    Notice::new("Your payment is here already", "It waits for your order. Confirm it, and it is paid at once.")
}

/// The quantity is no number that can be bought.
pub fn bad_quantity() -> Notice {
    Notice::new("That is not a number we can reserve", "Please choose how many you would like, one at least.")
}

/// The form was not one of ours.
pub fn bad_form() -> Notice {
    Notice::new("We could not read that form", "Please try again from this page.")
}

/// More was asked of the shop than one visitor may ask.
pub fn too_fast() -> Notice {
    Notice::new(
        "That was very quick",
        "More requests came from your network than we answer at once. Nothing was done; please try again in a moment.",
    )
}

/// A form of another site's.
pub fn from_elsewhere() -> Notice {
    Notice::new("That did not come from our shop", "Another site sent it, so nothing was done. Start again from here.")
}

/// Nothing is at that address.
pub fn nothing_here() -> Notice {
    Notice::new("There is nothing here", "The tide took it, it never was, or it belongs to somebody else.")
}

/// What an order's state means and what to do, for the live panel too, which knows states by their wire names. `owed` says
/// that money came for it which goes back.
pub fn order_state(status: &str, reason: Option<&str>, owed: bool) -> Notice {
    let charge = if owed { "What was paid goes back to you." } else { "You were not charged." };
    match (status, reason) {
        ("pending", _) => Notice::new(
            "Waiting for your payment",
            "Your units are set aside. Pay before the time is up and they are yours.",
        ),
        ("paid", _) => {
            Notice::new("Paid. It’s yours", "Thank you. The payment has arrived, and nothing can undo this order.")
        }
        (_, Some("payment_failed")) => Notice::new(
            "The payment did not go through",
            format!(
                "Your payment provider declined it. {charge} The units went back on sale; you can reserve again while there are any."
            ),
        ),
        (_, Some("expired")) if owed => Notice::new(
            "The time to pay ran out",
            "The money came when the units were back on sale and gone, so it goes back to you.",
        ),
        (_, Some("expired")) => Notice::new(
            "The time to pay ran out",
            "No payment reached us in time, so the units went back on sale. If money arrives late, it buys them back or goes back to you.",
        ),
        (_, Some("by_shopper")) => {
            Notice::new("You cancelled this order", format!("{charge} The units went back on sale."))
        }
        (_, Some("by_operator")) => {
            Notice::new("The shop cancelled this order", format!("{charge} Write to us if that surprises you."))
        }
        _ => Notice::new("This order is cancelled", "The units went back on sale."),
    }
}

/// A state's short name.
pub fn order_badge(status: &str) -> &'static str {
    match status {
        "pending" => "Waiting for payment",
        "paid" => "Paid",
        _ => "Cancelled",
    }
}

/// Why a shopper's money goes back (P7).
pub fn refund(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::SoldOut => "it arrived after the order had ended, and the units were gone by then",
        RefundReason::AlreadyPaid => "the order had been paid by another payment",
        RefundReason::AmountMismatch => "it was not the amount that the order asks for",
        RefundReason::OrderNeverCreated => "no order was placed for it",
    }
}

/// `1 unit is`, `3 units are`.
pub fn units_are(n: u32) -> String {
    if n == 1 { "1 unit is".to_owned() } else { format!("{n} units are") }
}

/// `1 unit`, `3 units`.
pub fn units(n: u32) -> String {
    if n == 1 { "1 unit".to_owned() } else { format!("{n} units") }
}

/// A length of time in the largest units that say it whole: `2 minutes`, `90 seconds`, `1 hour`.
pub fn duration(span: std::time::Duration) -> String {
    let secs = span.as_secs();
    let (n, unit) = match secs {
        s if s >= 86_400 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s >= 3600 && s % 3600 == 0 => (s / 3600, "hour"),
        s if s >= 60 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

/// A date and time of day in UTC; in the browser the shopper's own zone takes its place.
pub fn date(at: Timestamp) -> String {
    let t = at.to_datetime();
    format!("{} {} {}, {:02}:{:02} UTC", t.day(), t.month(), t.year(), t.hour(), t.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::CancelReason;
    use std::time::Duration;

    #[test]
    fn sold_out_says_whether_it_may_come_back() {
        let gone = refusal(&Refusal::SoldOut { available: 0, may_return: 0 });
        assert_eq!(gone.title, "Sold out");
        let held = refusal(&Refusal::SoldOut { available: 0, may_return: 1 });
        assert!(held.text.contains("give back"), "{}", held.text);
        let few = refusal(&Refusal::SoldOut { available: 2, may_return: 5 });
        assert!(few.text.contains("Ask for fewer"), "{}", few.text);
    }

    #[test]
    fn the_limit_says_how_many_more() {
        let some = refusal(&Refusal::LimitReached { limit: 3, taken: 1 });
        assert!(some.text.contains("2 more at most"), "{}", some.text);
        let none = refusal(&Refusal::LimitReached { limit: 3, taken: 3 });
        assert!(none.text.contains("My orders"), "{}", none.text);
    }

    #[test]
    fn every_reason_for_cancelling_has_its_own_words() {
        let reasons =
            [CancelReason::PaymentFailed, CancelReason::Expired, CancelReason::ByShopper, CancelReason::ByOperator];
        let generic = order_state("cancelled", None, false);
        for reason in reasons {
            let [quits, owed] = [false, true].map(|owed| order_state("cancelled", Some(reason.name()), owed));
            assert_ne!(quits, generic, "{reason}");
            assert!(owed.text.contains("goes back") && !owed.text.contains("not charged"), "{}", owed.text);
        }
    }

    #[test]
    fn durations_and_dates_read_well() {
        assert_eq!(duration(Duration::from_mins(2)), "2 minutes");
        assert_eq!(duration(Duration::from_secs(90)), "90 seconds");
        assert_eq!(duration(Duration::from_hours(1)), "1 hour");
        assert_eq!(date(Timestamp::from_millis(1_795_391_999_123)), "22 November 2026, 23:59 UTC");
    }
}
