//! Times in mails.

use super::{
    Zone,
    i18n::{Reader, text},
};
use checkout::model::{DateOrder, Timestamp};

/// Returns a time with its zone, in the order that the reader knows.
pub(super) fn format(at: Timestamp, reader: Reader, zone: &Zone) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return at.to_string() };
    let zoned = instant.to_zoned(zone.0.clone());
    let order = reader.locale.date_order();
    // Some zones have no abbreviation but their distance from UTC.
    let name = zoned.strftime("%Z").to_string();
    let zone = if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name };
    let clock = if order == DateOrder::MonthFirst { "%-I:%M %p" } else { "%H:%M" };
    let time = format!("{} {zone}", zoned.strftime(clock));
    let (day, year) = (zoned.day(), zoned.year().to_string());
    let month = text!(reader, "mail-month", month = zoned.month());
    match order {
        DateOrder::MonthFirst => {
            text!(reader, "mail-date-month-first", day = day, month = month, year = year, time = time)
        }
        DateOrder::DayFirst => text!(reader, "mail-date-day-first", day = day, month = month, year = year, time = time),
        DateOrder::YearFirst => format!("{}, {time}", zoned.strftime("%Y-%m-%d")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::Language;

    fn reader(language: &str) -> Reader {
        Reader::shopper(Some(&language.parse().unwrap()), &Language::default())
    }

    #[test]
    fn a_time_has_the_order_of_the_language_and_the_name_of_its_zone() {
        let at = Timestamp::parse("2026-11-30T19:05:00Z").unwrap();
        for (language, zone, text) in [
            ("en-US", "UTC", "November 30, 2026, 7:05 PM UTC"),
            ("en-US", "America/New_York", "November 30, 2026, 2:05 PM EST"),
            ("en-GB", "Europe/London", "30 November 2026, 19:05 GMT"),
            ("de", "Europe/Berlin", "30. November 2026, 20:05 CET"),
            ("fr", "Europe/Paris", "30 November 2026, 20:05 CET"),
            ("ja", "Asia/Tokyo", "2026-12-01, 04:05 JST"),
            ("pt-BR", "America/Sao_Paulo", "30 November 2026, 16:05 UTC-03"),
        ] {
            assert_eq!(format(at, reader(language), &zone.parse().unwrap()), text);
        }
        let summer = Timestamp::parse("2026-07-01T10:00:00Z").unwrap();
        assert_eq!(format(summer, reader("en"), &"Europe/Berlin".parse().unwrap()), "July 1, 2026, 12:00 PM CEST");
    }

    #[test]
    fn each_month_has_its_name_in_each_language() {
        let names = |language: &str| -> Vec<_> {
            let months = (1..=12).map(|month| Timestamp::parse(&format!("2026-{month:02}-05T10:00:00Z")).unwrap());
            months.map(|at| format(at, reader(language), &Zone::default())).collect()
        };
        let months = "January February March April May June July August September October November December";
        for (text, month) in names("en-GB").iter().zip(months.split(' ')) {
            assert_eq!(*text, format!("5 {month} 2026, 10:00 UTC"));
        }
        let months = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember";
        for (text, month) in names("de").iter().zip(months.split(' ')) {
            assert_eq!(*text, format!("5. {month} 2026, 10:00 UTC"));
        }
    }
}
