//! Texts that others show beside a link to the shop: on cards, in messengers and in search results.

use crate::{i18n::text, price::format_price, ui::sale_state::SaleState};
use checkout::model::{Product, SaleWindow, Timestamp};

/// Length of a description, in characters. Search engines show about this much.
const MAX_DESCRIPTION_CHARS: usize = 155;

/// A few words about the shop.
pub(crate) fn tagline() -> String {
    text!("share-tagline")
}

/// Describes the shop.
pub(crate) fn shop_description(shop: &str) -> String {
    text!("share-shop", shop = shop)
}

/// Describes a product: by its own description, or else by what a shopper can do.
pub(crate) fn product_description(name: &str, price: &str, description: &str) -> String {
    let text = description.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return shorten(&text!("share-product", name = name, price = price));
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

/// Describes a product's card for people who do not see it, in the language of the page.
pub(crate) fn card_alt(product: &Product, state: SaleState, now: Timestamp) -> String {
    let (price, state) = (format_price(product.price), self::state(state, product.window, now));
    text!("share-card", name = product.name.as_str(), price = price, state = state)
}

/// Describes the shop's card for people who do not see it.
pub(crate) fn shop_card_alt(shop: &str) -> String {
    text!("share-shop-card", shop = shop, tagline = tagline())
}

/// The state of a sale in a few words.
pub(crate) fn state(state: SaleState, window: SaleWindow, now: Timestamp) -> String {
    match (state, window.starts_at) {
        (SaleState::Upcoming, Some(at)) => opens(at, now),
        (SaleState::Upcoming, None) => text!("share-opens-soon"),
        (SaleState::Available, _) => text!("share-on-sale"),
        (SaleState::AllTaken, _) => text!("share-all-taken"),
        (SaleState::SoldOut, _) => text!("share-sold-out"),
        (SaleState::Ended, _) => text!("share-ended"),
        (SaleState::Paused, _) => text!("share-paused"),
    }
}

/// The opening of a sale in UTC: `Opens 27 Nov, 12:00 UTC`, with its year if that is another one.
fn opens(at: Timestamp, now: Timestamp) -> String {
    let (t, now) = (at.to_datetime(), now.to_datetime());
    let (day, time) = (t.day(), format!("{:02}:{:02}", t.hour(), t.minute()));
    let month = text!("share-month", month = u8::from(t.month()));
    if t.year() == now.year() {
        text!("share-opens", day = day, month = month, time = time)
    } else {
        text!("share-opens-in-year", day = day, month = month, year = t.year().to_string(), time = time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::PageLanguage;

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
        let german = PageLanguage::of_shop(&"de".parse().unwrap());
        let opens = |now| german.clone().scope(|| opens(now));
        assert_eq!(opens("2026-11-01T00:00:00Z"), "Ab 27. Nov., 12:00 UTC");
        assert_eq!(opens("2025-12-31T23:00:00Z"), "Ab 27. Nov. 2026, 12:00 UTC");
    }
}
