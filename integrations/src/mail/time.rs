//! Times in mails.

use super::Zone;
use checkout::model::{DateOrder, Locale, Timestamp};

/// Returns a time with its zone, in the order of the language. The names of months are English, like the mail.
pub(super) fn format(at: Timestamp, locale: Locale, zone: &Zone) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return at.to_string() };
    let zoned = instant.to_zoned(zone.0.clone());
    let pattern = match locale.date_order() {
        DateOrder::MonthFirst => "%B %-d, %Y, %-I:%M %p",
        DateOrder::DayFirst => "%-d %B %Y, %H:%M",
        DateOrder::YearFirst => "%Y-%m-%d, %H:%M",
    };
    // Some zones have no abbreviation but their distance from UTC.
    let name = zoned.strftime("%Z").to_string();
    let zone = if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name };
    format!("{} {zone}", zoned.strftime(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_order_of_the_language_and_the_name_of_its_zone() {
        let at = Timestamp::parse("2026-11-30T19:05:00Z").unwrap();
        for (language, zone, text) in [
            ("en-US", "UTC", "November 30, 2026, 7:05 PM UTC"),
            ("en-US", "America/New_York", "November 30, 2026, 2:05 PM EST"),
            ("en-GB", "Europe/London", "30 November 2026, 19:05 GMT"),
            ("de", "Europe/Berlin", "30 November 2026, 20:05 CET"),
            ("ja", "Asia/Tokyo", "2026-12-01, 04:05 JST"),
            ("pt-BR", "America/Sao_Paulo", "30 November 2026, 16:05 UTC-03"),
        ] {
            let locale = Locale::of(&language.parse().unwrap()).unwrap();
            assert_eq!(format(at, locale, &zone.parse().unwrap()), text);
        }
        let summer = Timestamp::parse("2026-07-01T10:00:00Z").unwrap();
        let english = Locale::ENGLISH;
        assert_eq!(format(summer, english, &"Europe/Berlin".parse().unwrap()), "July 1, 2026, 12:00 PM CEST");
    }
}
