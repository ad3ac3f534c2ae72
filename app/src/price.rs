//! Formats prices for the language that the browser asks for.

use checkout::model::{Language, Locale, Money};
use http::{HeaderMap, header, request::Parts};
use leptos::prelude::*;

/// Formats a price for the language of the current request.
pub(crate) fn format_price(money: Money) -> String {
    let request = use_context::<Parts>();
    let locale = request.map_or(Locale::ENGLISH, |parts| Locale::accepted(accepted(&parts.headers)));
    locale.format(money)
}

/// Formats a price for the language of a request with these headers.
pub fn format_for(headers: &HeaderMap, money: Money) -> String {
    Locale::accepted(accepted(headers)).format(money)
}

/// Formats a price for the console, which is in English.
pub(crate) fn format_english(money: Money) -> String {
    Locale::ENGLISH.format(money)
}

/// The language that a request asks for, if its way to write numbers is known.
pub fn language_of(headers: &HeaderMap) -> Option<Language> {
    Language::accepted(accepted(headers))
}

fn accepted(headers: &HeaderMap) -> &str {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
