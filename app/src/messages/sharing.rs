//! Texts that others show beside a link to the shop: on cards, in messengers and in search results.

use crate::ui::sale_state::SaleState;
use checkout::model::{SaleWindow, Timestamp};

/// A few words about the shop.
pub const TAGLINE: &str = "Small drops, fairly held.";

/// Length of a description, in characters. Search engines show about this much.
const MAX_DESCRIPTION_CHARS: usize = 155;

/// Describes the shop.
pub(crate) fn shop_description(shop: &str) -> String {
    format!("Limited drops with live stock at {shop}. Reserve yours and it’s held for you while you decide.")
}

/// Describes a product: by its own description, or else by what a shopper can do.
pub(crate) fn product_description(name: &str, price: &str, description: &str) -> String {
    let text = description.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return shorten(&format!("{name} for {price}. Reserve yours and it’s held for you while you decide."));
    }
    shorten(&text)
}

/// Shortens a text between two words.
fn shorten(text: &str) -> String {
    if text.chars().count() <= MAX_DESCRIPTION_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(MAX_DESCRIPTION_CHARS - 1).collect();
    // A word that is longer than half the text is cut.
    let end = kept.rfind(' ').filter(|end| *end > kept.len() / 2).unwrap_or(kept.len());
    format!("{}…", kept[..end].trim_end_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace()))
}

/// Describes a product's card for people who do not see it.
pub(crate) fn card_alt(name: &str, price: &str, state: &str) -> String {
    format!("{name}, {price}. {state}.")
}

/// Describes the shop's card for people who do not see it.
pub(crate) fn shop_card_alt(shop: &str) -> String {
    format!("{shop}. {TAGLINE}")
}

/// The state of a sale in a few words.
pub(crate) fn state(state: SaleState, window: SaleWindow, now: Timestamp) -> String {
    match (state, window.starts_at) {
        (SaleState::Upcoming, Some(at)) => format!("Opens {}", short_date_time(at, now)),
        (SaleState::Upcoming, None) => "Opens soon".to_owned(),
        (SaleState::Available, _) => "On sale now".to_owned(),
        (SaleState::AllTaken, _) => "All in carts right now".to_owned(),
        (SaleState::SoldOut, _) => "Sold out".to_owned(),
        (SaleState::Ended, _) => "Sale ended".to_owned(),
        (SaleState::Paused, _) => "Sale paused".to_owned(),
    }
}

/// Formats a date and time in UTC: `27 Nov, 12:00 UTC`, with its year if that is another one.
fn short_date_time(at: Timestamp, now: Timestamp) -> String {
    let (t, now) = (at.to_datetime(), now.to_datetime());
    let year = if t.year() == now.year() { String::new() } else { format!(" {}", t.year()) };
    format!("{} {:.3}{year}, {:02}:{:02} UTC", t.day(), t.month().to_string(), t.hour(), t.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_end_between_words() {
        let long = "A titanium phone with a screen that outlasts the daylight. ".repeat(5);
        let text = product_description("Phone", "$5", &long);
        assert!(text.chars().count() <= MAX_DESCRIPTION_CHARS && text.ends_with("a screen that…"), "{text}");
        assert_eq!(product_description("Phone", "$5", "One line.\n\nAnother."), "One line. Another.");
        let empty = product_description("Phone", "$5", " ");
        assert_eq!(empty, "Phone for $5. Reserve yours and it’s held for you while you decide.");
        let word = product_description("Phone", "$5", &"ж".repeat(500));
        assert_eq!(word.chars().count(), MAX_DESCRIPTION_CHARS);
    }

    #[test]
    fn an_opening_names_its_zone_and_its_year_if_that_is_another() {
        let at = |text| Timestamp::parse(text).unwrap();
        let opens = |now| {
            let window = SaleWindow { starts_at: Some(at("2026-11-27T12:00:00Z")), ends_at: None };
            state(SaleState::Upcoming, window, at(now))
        };
        assert_eq!(opens("2026-11-01T00:00:00Z"), "Opens 27 Nov, 12:00 UTC");
        assert_eq!(opens("2025-12-31T23:00:00Z"), "Opens 27 Nov 2026, 12:00 UTC");
    }
}
