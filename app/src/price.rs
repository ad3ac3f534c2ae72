//! Formats prices for the language of the page.

use crate::i18n::PageLanguage;
use checkout::model::{Locale, Money};

/// Formats a price for the language of the page that is being rendered.
pub fn format_price(money: Money) -> String {
    PageLanguage::current().locale.format(money)
}

/// Formats a price for the console, which is in English.
pub(crate) fn format_english(money: Money) -> String {
    Locale::ENGLISH.format(money)
}
