//! Prices as people write them: with their currency, by the habits of whoever reads them.

use checkout::model::Money;
use http::{HeaderMap, header, request::Parts};
use leptos::prelude::*;

/// As whoever asked for the page writes it.
pub(crate) fn price(money: Money) -> String {
    let asked = use_context::<Parts>();
    asked.map_or(ENGLISH, |parts| Locale::of(&parts.headers)).price(money)
}

/// How somebody writes numbers and prices. The words of the shop stay English; a price that is read wrongly costs money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Locale {
    decimal: char,
    /// Between groups of three digits.
    group: char,
    /// Where the currency stands.
    place: Place,
    /// Whose own currency goes by its bare sign: the code's first two letters are the country's.
    home: [u8; 2],
}

/// Where the currency stands beside an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `€5`
    Before,
    /// `€ 5`
    BeforeWithSpace,
    /// `5 €`
    After,
}

/// Does not break, so that number and currency stay on one line.
const SPACE: char = '\u{a0}';
/// Between digits.
const NARROW: char = '\u{202f}';

const ENGLISH: Locale = Locale { decimal: '.', group: ',', place: Place::Before, home: *b"US" };

/// Languages that are looked for in what a browser sends, at most.
const LANGUAGES: usize = 8;

impl Locale {
    /// The first language of `Accept-Language` whose habits we know, in the browser's order of preference.
    fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut wanted: Vec<_> = wanted.split(',').take(LANGUAGES).map(preference).collect();
        // Stable: what is wanted as much keeps its order.
        wanted.sort_by_key(|(_, thousandths)| std::cmp::Reverse(*thousandths));
        let known =
            wanted.into_iter().filter(|(_, thousandths)| *thousandths > 0).find_map(|(tag, _)| Self::named(tag));
        known.unwrap_or(ENGLISH)
    }

    /// The habits of a language tag such as `de-CH` (figures of the Unicode CLDR).
    fn named(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-');
        let language = parts.next()?.to_ascii_lowercase();
        let region = parts.find(|part| part.len() == 2).map(str::to_ascii_uppercase);
        let (decimal, group, place, usual) = match (language.as_str(), region.as_deref()) {
            ("de" | "fr" | "it", Some("CH" | "LI")) => ('.', '’', Place::BeforeWithSpace, "CH"),
            ("de", Some("AT")) => (',', '.', Place::BeforeWithSpace, "AT"),
            ("es", Some("MX" | "US" | "PR" | "GT" | "PE")) => ('.', ',', Place::Before, "MX"),
            ("pt", None | Some("BR")) => (',', '.', Place::BeforeWithSpace, "BR"),
            ("en", Some("ZA")) => (',', SPACE, Place::Before, "ZA"),
            ("en", _) => ('.', ',', Place::Before, "US"),
            ("ja", _) => ('.', ',', Place::Before, "JP"),
            ("ko", _) => ('.', ',', Place::Before, "KR"),
            ("zh", _) => ('.', ',', Place::Before, "CN"),
            ("he", _) => ('.', ',', Place::After, "IL"),
            ("nl", _) => (',', '.', Place::BeforeWithSpace, "NL"),
            ("tr", _) => (',', '.', Place::Before, "TR"),
            ("de" | "es" | "it" | "da" | "el" | "hr" | "id" | "ro" | "sl" | "vi", _) => (',', '.', Place::After, "EU"),
            ("fr", _) => (',', NARROW, Place::After, "FR"),
            (
                "pt" | "bg" | "cs" | "et" | "fi" | "hu" | "lt" | "lv" | "nb" | "no" | "pl" | "ru" | "sk" | "sv" | "uk",
                _,
            ) => (',', SPACE, Place::After, "EU"),
            _ => return None,
        };
        let home = region.as_deref().unwrap_or(usual).as_bytes().try_into().ok()?;
        Some(Self { decimal, group, place, home })
    }

    /// The sign for a currency; its code where it has none that everybody knows. A dollar is somebody's: it goes by its
    /// bare sign only at home.
    fn sign(self, code: &str) -> &str {
        let at_home = code.as_bytes().starts_with(&self.home);
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
            "JPY" if self.home == *b"CN" => "JP¥",
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
    fn price(self, money: Money) -> String {
        let decimal = money.decimal();
        let (minus, plain) = decimal.strip_prefix('-').map_or(("", decimal.as_str()), |rest| ("−", rest));
        let (whole, part) = plain.split_once('.').map_or((plain, None), |(w, p)| (w, Some(p)));
        let mut amount = self.grouped(whole);
        if let Some(part) = part {
            amount.push(self.decimal);
            amount.push_str(part);
        }
        let code = money.currency;
        let sign = self.sign(code.as_str());
        let is_word = sign.ends_with(|c: char| c.is_ascii_alphabetic());
        match self.place {
            Place::Before if !is_word => format!("{minus}{sign}{amount}"),
            Place::Before | Place::BeforeWithSpace => format!("{minus}{sign}{SPACE}{amount}"),
            Place::After => format!("{minus}{amount}{SPACE}{sign}"),
        }
    }

    /// Digits in groups of three.
    fn grouped(self, digits: &str) -> String {
        let mut text = String::with_capacity(digits.len() * 2);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        text
    }
}

/// A language and how much it is wanted, in thousandths (RFC 9110 §12.4.2).
fn preference(range: &str) -> (&str, u16) {
    let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
    let given = weight.trim().strip_prefix("q=");
    let thousandths = match given {
        None => 1000,
        Some(given) if given.starts_with('1') => 1000,
        Some(given) => {
            let digits = given.strip_prefix("0.").unwrap_or("").chars().chain("000".chars()).take(3);
            digits.collect::<String>().parse().unwrap_or(0)
        }
    };
    (tag.trim(), thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(accepted: &str) -> Locale {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        Locale::of(&headers)
    }

    fn price(accepted: &str, minor: i64, code: &str) -> String {
        // The spaces that do not break are hard to tell from those that do.
        let money = Money { minor, currency: code.parse().unwrap() };
        locale(accepted).price(money).replace(SPACE, "_").replace(NARROW, "~")
    }

    #[test]
    fn prices_say_their_currency_by_the_readers_habits() {
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
    fn the_most_wanted_language_that_is_known_counts() {
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
