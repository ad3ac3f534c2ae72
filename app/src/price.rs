//! Formats prices for the language that the browser asks for.

use checkout::model::Money;
use http::{HeaderMap, header, request::Parts};
use leptos::prelude::*;

/// Formats a price for the language of the current request.
pub(crate) fn format_price(money: Money) -> String {
    let request = use_context::<Parts>();
    request.map_or(ENGLISH, |parts| Locale::from_headers(&parts.headers)).format(money)
}

/// Formats a price for the console, which is in English.
pub(crate) fn format_english(money: Money) -> String {
    ENGLISH.format(money)
}

/// A way to write numbers and prices. The shop's texts stay English, but a misread price costs the shopper money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Locale {
    decimal_separator: char,
    /// Between groups of three digits.
    group_separator: char,
    currency_position: CurrencyPosition,
    /// The country whose currency needs no prefix on its symbol. Currency codes begin with the country's code.
    home_country: [u8; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CurrencyPosition {
    /// `€5`
    Before,
    /// `€ 5`
    BeforeWithSpace,
    /// `5 €`
    After,
}

/// No-break space, so that amount and currency stay on one line.
const SPACE: char = '\u{a0}';
/// Narrow no-break space, for groups of digits.
const NARROW_SPACE: char = '\u{202f}';

const ENGLISH: Locale = Locale {
    decimal_separator: '.',
    group_separator: ',',
    currency_position: CurrencyPosition::Before,
    home_country: *b"US",
};

/// Maximum number of languages read from `Accept-Language`.
const MAX_LANGUAGES: usize = 8;

impl Locale {
    /// Returns the locale of the first known language in `Accept-Language`, in the order of preference.
    fn from_headers(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut languages: Vec<_> = accepted.split(',').take(MAX_LANGUAGES).map(parse_language).collect();
        // The sort is stable: languages of equal weight keep their order.
        languages.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let known = languages.into_iter().filter(|(_, weight)| *weight > 0).find_map(|(tag, _)| Self::from_tag(tag));
        known.unwrap_or(ENGLISH)
    }

    /// Returns the locale of a language tag such as `de-CH`, by the data of the Unicode CLDR.
    fn from_tag(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-');
        let language = parts.next()?.to_ascii_lowercase();
        let region = parts.find(|part| part.len() == 2).map(str::to_ascii_uppercase);
        let (decimal_separator, group_separator, currency_position, default_country) =
            match (language.as_str(), region.as_deref()) {
                ("de" | "fr" | "it", Some("CH" | "LI")) => ('.', '’', CurrencyPosition::BeforeWithSpace, "CH"),
                ("de", Some("AT")) => (',', '.', CurrencyPosition::BeforeWithSpace, "AT"),
                ("es", Some("MX" | "US" | "PR" | "GT" | "PE")) => ('.', ',', CurrencyPosition::Before, "MX"),
                ("pt", None | Some("BR")) => (',', '.', CurrencyPosition::BeforeWithSpace, "BR"),
                ("en", Some("ZA")) => (',', SPACE, CurrencyPosition::Before, "ZA"),
                ("en", _) => ('.', ',', CurrencyPosition::Before, "US"),
                ("ja", _) => ('.', ',', CurrencyPosition::Before, "JP"),
                ("ko", _) => ('.', ',', CurrencyPosition::Before, "KR"),
                ("zh", _) => ('.', ',', CurrencyPosition::Before, "CN"),
                ("he", _) => ('.', ',', CurrencyPosition::After, "IL"),
                ("nl", _) => (',', '.', CurrencyPosition::BeforeWithSpace, "NL"),
                ("tr", _) => (',', '.', CurrencyPosition::Before, "TR"),
                ("de" | "es" | "it" | "da" | "el" | "hr" | "id" | "ro" | "sl" | "vi", _) => {
                    (',', '.', CurrencyPosition::After, "EU")
                }
                ("fr", _) => (',', NARROW_SPACE, CurrencyPosition::After, "FR"),
                (
                    "pt" | "bg" | "cs" | "et" | "fi" | "hu" | "lt" | "lv" | "nb" | "no" | "pl" | "ru" | "sk" | "sv"
                    | "uk",
                    _,
                ) => (',', SPACE, CurrencyPosition::After, "EU"),
                _ => return None,
            };
        let home_country = region.as_deref().unwrap_or(default_country).as_bytes().try_into().ok()?;
        Some(Self { decimal_separator, group_separator, currency_position, home_country })
    }

    /// Returns a currency's symbol, or its code if it has no well-known symbol. Several currencies share `$` and `¥`, so
    /// they get the bare symbol only at home.
    fn symbol(self, code: &str) -> &str {
        let at_home = code.as_bytes().starts_with(&self.home_country);
        match code {
            "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" | "MXN" if at_home => "$",
            "JPY" | "CNY" if at_home => "¥",
            "USD" => "US$",
            "CAD" => "CA$",
            "AUD" => "A$",
            "NZD" => "NZ$",
            "HKD" => "HK$",
            "MXN" => "MX$",
            "CNY" => "CN¥",
            "JPY" if self.home_country == *b"CN" => "JP¥",
            "JPY" => "¥",
            "EUR" => "€",
            "GBP" => "£",
            "INR" => "₹",
            "KRW" => "₩",
            "BRL" => "R$",
            _ => code,
        }
    }

    /// `$5,000.00`, `5.000,00 €`, `CHF 1’200.00`.
    fn format(self, money: Money) -> String {
        let decimal = money.decimal();
        let (minus, digits) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("−", rest));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let mut amount = self.group_digits(whole);
        if let Some(fraction) = fraction {
            amount.push(self.decimal_separator);
            amount.push_str(fraction);
        }
        let code = money.currency;
        let symbol = self.symbol(code.as_str());
        let is_code = symbol.ends_with(|c: char| c.is_ascii_alphabetic());
        match self.currency_position {
            CurrencyPosition::Before if !is_code => format!("{minus}{symbol}{amount}"),
            CurrencyPosition::Before | CurrencyPosition::BeforeWithSpace => format!("{minus}{symbol}{SPACE}{amount}"),
            CurrencyPosition::After => format!("{minus}{amount}{SPACE}{symbol}"),
        }
    }

    /// Splits digits into groups of three.
    fn group_digits(self, digits: &str) -> String {
        let mut text = String::with_capacity(digits.len() * 2);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(self.group_separator);
            }
            text.push(digit);
        }
        text
    }
}

/// Parses a language range into its tag and its weight in thousandths (RFC 9110 §12.4.2).
fn parse_language(range: &str) -> (&str, u16) {
    let (tag, parameter) = range.split_once(';').unwrap_or((range, ""));
    let quality = parameter.trim().strip_prefix("q=");
    let weight = match quality {
        None => 1000,
        Some(quality) if quality.starts_with('1') => 1000,
        Some(quality) => {
            let digits = quality.strip_prefix("0.").unwrap_or("").chars().chain("000".chars()).take(3);
            digits.collect::<String>().parse().unwrap_or(0)
        }
    };
    (tag.trim(), weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(accepted: &str) -> Locale {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        Locale::from_headers(&headers)
    }

    fn price(accepted: &str, minor: i64, code: &str) -> String {
        // No-break spaces look like ordinary ones, so the expected texts use other characters.
        let money = Money { minor, currency: code.parse().unwrap() };
        locale(accepted).format(money).replace(SPACE, "_").replace(NARROW_SPACE, "~")
    }

    #[test]
    fn prices_follow_the_requested_language() {
        for (accepted, minor, code, text) in [
            ("", 500_000, "USD", "$5,000.00"),
            ("en-US", 18_950, "EUR", "€189.50"),
            ("en", 42_000, "JPY", "¥42,000"),
            ("en-GB", 5, "GBP", "£0.05"),
            ("en-GB", 5, "USD", "US$0.05"),
            ("en-CA", 500_000, "USD", "US$5,000.00"),
            ("en-CA", 500_000, "CAD", "$5,000.00"),
            ("en", 120_000, "CHF", "CHF_1,200.00"),
            ("en", 1_234_567, "KWD", "KWD_1,234.567"),
            ("en", -1999, "USD", "−$19.99"),
            ("en", 99_999, "USD", "$999.99"),
            ("en", i64::MAX, "JPY", "¥9,223,372,036,854,775,807"),
            ("de-DE", 500_000, "EUR", "5.000,00_€"),
            ("de", 500_000, "USD", "5.000,00_US$"),
            ("de-CH", 120_000, "CHF", "CHF_1’200.00"),
            ("de-AT", 120_000, "EUR", "€_1.200,00"),
            ("fr-FR", 120_000, "EUR", "1~200,00_€"),
            ("fr-CA", 120_000, "CAD", "1~200,00_$"),
            ("sv-SE", 120_000, "SEK", "1_200,00_SEK"),
            ("pt-BR", 120_000, "BRL", "R$_1.200,00"),
            ("es-MX", 120_000, "MXN", "$1,200.00"),
            ("zh-Hans-CN", 42_000, "CNY", "¥420.00"),
            ("zh-CN", 42_000, "JPY", "JP¥42,000"),
            ("nl", -120_000, "EUR", "−€_1.200,00"),
        ] {
            assert_eq!(price(accepted, minor, code), text, "{accepted}");
        }
    }

    #[test]
    fn the_preferred_known_language_wins() {
        for (accepted, same) in [
            ("de-DE,de;q=0.9,en;q=0.8", "de-DE"),
            ("en;q=0.5, de;q=0.9", "de"),
            ("tlh, fr;q=0.3", "fr"),
            ("de;q=0, fr;q=0.001", "fr"),
            ("*", "en"),
            ("DE-ch", "de-CH"),
            ("q=;;,=,,-", "en"),
            ("tlh", "en"),
        ] {
            assert_eq!(locale(accepted), locale(same), "{accepted}");
        }
    }
}
