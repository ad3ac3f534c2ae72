//! Languages, and how they write numbers, prices and dates.

use super::Money;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A language tag (BCP 47), such as `de-CH`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(Box<str>);

/// The text is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language is a tag of BCP 47 with at most 35 characters, such as de or pt-BR")]
pub struct LanguageError;

impl Language {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the languages in the value of an `Accept-Language` header, the most wanted first.
    pub fn preferences(header: &str) -> Vec<Self> {
        let mut languages: Vec<_> = header.split(',').take(MAX_LANGUAGES).map(parse_language).collect();
        // The sort is stable: languages of equal weight keep their order.
        languages.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let wanted = languages.into_iter().filter(|(_, weight)| *weight > 0);
        wanted.filter_map(|(tag, _)| tag.parse().ok()).collect()
    }

    /// Returns the most wanted language in the value of an `Accept-Language` header whose way to write numbers is known.
    pub fn accepted(header: &str) -> Option<Self> {
        Self::preferences(header).into_iter().find(|language| Locale::of(language).is_some())
    }
}

/// English.
impl Default for Language {
    fn default() -> Self {
        Self("en".into())
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let first = text.split('-').next().unwrap_or_default();
        let is_language = first.len() >= 2 && first.bytes().all(|b| b.is_ascii_alphabetic());
        let fits = is_language && text.len() <= MAX_LANGUAGE_CHARS && text.split('-').all(is_part);
        if fits { Ok(Self(text.into())) } else { Err(LanguageError) }
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(text: String) -> Result<Self, LanguageError> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0.into()
    }
}

/// A way to write numbers and prices. More languages have one than have texts, because a misread price costs the shopper money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    decimal_separator: char,
    /// Between groups of three digits.
    group_separator: char,
    currency_position: CurrencyPosition,
    /// The country whose currency needs no prefix on its symbol. Currency codes begin with the country's code.
    home_country: [u8; 2],
    date_order: DateOrder,
}

/// The order in which a language writes the parts of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `30 November 2026`, on the 24-hour clock.
    DayFirst,
    /// `November 30, 2026`, on the 12-hour clock.
    MonthFirst,
    /// `2026-11-30`, on the 24-hour clock.
    YearFirst,
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

/// Longest language tag, in characters (RFC 5646 §4.4.1).
pub const MAX_LANGUAGE_CHARS: usize = 35;

/// Maximum number of languages read from `Accept-Language`.
const MAX_LANGUAGES: usize = 8;

impl Locale {
    /// The locale of American English.
    pub const ENGLISH: Self = Self {
        decimal_separator: '.',
        group_separator: ',',
        currency_position: CurrencyPosition::Before,
        home_country: *b"US",
        date_order: DateOrder::MonthFirst,
    };

    /// Returns the locale of the first known language in the value of an `Accept-Language` header.
    pub fn accepted(header: &str) -> Self {
        Language::accepted(header).and_then(|language| Self::of(&language)).unwrap_or(Self::ENGLISH)
    }

    /// Returns the locale of a language; `None` where its way to write numbers is not known.
    pub fn of(language: &Language) -> Option<Self> {
        Self::from_tag(language.as_str())
    }

    /// The order of the parts of a date.
    pub fn date_order(self) -> DateOrder {
        self.date_order
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
        let date_order = match (language.as_str(), region.as_deref()) {
            ("en", None | Some("US" | "CA" | "PH")) => DateOrder::MonthFirst,
            ("fr", Some("CA")) | ("ja" | "ko" | "zh" | "sv" | "hu" | "lt", _) => DateOrder::YearFirst,
            _ => DateOrder::DayFirst,
        };
        Some(Self { decimal_separator, group_separator, currency_position, home_country, date_order })
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

    /// Formats an amount: `$5,000.00`, `5.000,00 €`, `CHF 1’200.00`.
    pub fn format(self, money: Money) -> String {
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
        Locale::accepted(accepted)
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

    #[test]
    fn dates_follow_the_language() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        for (tag, order) in [
            ("en", MonthFirst),
            ("en-US", MonthFirst),
            ("en-GB", DayFirst),
            ("de", DayFirst),
            ("ja", YearFirst),
            ("fr-CA", YearFirst),
        ] {
            assert_eq!(locale(tag).date_order(), order, "{tag}");
        }
    }

    #[test]
    fn a_language_is_a_tag_of_letters_and_digits() {
        for tag in ["de", "pt-BR", "zh-Hans-CN", "de-1996"] {
            assert_eq!(tag.parse::<Language>().unwrap().as_str(), tag);
        }
        for wrong in
            ["", "d", "1a", "de_DE", "de-", "de-\r\nX: y", "dé", "abcdefghi", "en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd"]
        {
            assert_eq!(wrong.parse::<Language>(), Err(LanguageError), "{wrong:?}");
        }
        assert_eq!(Language::accepted("tlh, de-CH;q=0.9, en;q=0.8").unwrap().as_str(), "de-CH");
        assert_eq!(Language::accepted("tlh"), None);
    }
}
