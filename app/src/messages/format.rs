//! Numbers of units, durations and dates.

use crate::i18n::text;
use checkout::model::Timestamp;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Formats a number of units: `1 unit`, `3 units`.
pub fn units(n: u32) -> String {
    text!("units", n = n)
}

/// Formats a duration in the largest unit that divides it: `2 minutes`, `90 seconds`, `1 hour`.
pub fn format_duration(span: Duration) -> String {
    match span.as_secs() {
        s if s >= DAY && s % DAY == 0 => text!("duration-days", n = (s / DAY)),
        s if s >= HOUR && s % HOUR == 0 => text!("duration-hours", n = (s / HOUR)),
        s if s >= MINUTE && s % MINUTE == 0 => text!("duration-minutes", n = (s / MINUTE)),
        s => text!("duration-seconds", n = s),
    }
}

/// Formats a duration in its two largest units, rounded down to seconds: `12 s`, `3 min 12 s`, `2 h 5 min`, `1 d 4 h`.
pub fn format_duration_short(span: Duration) -> String {
    let seconds = |n: u64| text!("duration-short-seconds", n = n);
    let minutes = |n: u64| text!("duration-short-minutes", n = n);
    let hours = |n: u64| text!("duration-short-hours", n = n);
    let days = |n: u64| text!("duration-short-days", n = n);
    let two = |larger: String, rest: u64, smaller: fn(u64) -> String| match rest {
        0 => larger,
        rest => format!("{larger} {}", smaller(rest)),
    };
    match span.as_secs() {
        s @ 0..MINUTE => seconds(s),
        s @ MINUTE..HOUR => two(minutes(s / MINUTE), s % MINUTE, seconds),
        s @ HOUR..DAY => two(hours(s / HOUR), s % HOUR / MINUTE, minutes),
        s => two(days(s / DAY), s % DAY / HOUR, hours),
    }
}

/// Formats a date and time of day in UTC. The browser replaces it with the shopper's local time.
pub fn format_date_time(at: Timestamp) -> String {
    let t = at.to_datetime();
    let time = format!("{:02}:{:02}", t.hour(), t.minute());
    text!("date-time", day = t.day(), month = u8::from(t.month()), year = t.year(), time = time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::in_german;

    fn short_texts() -> [String; 7] {
        [0, 59, 60, 192, 7_530, 86_400, 100_800].map(|secs| format_duration_short(Duration::from_secs(secs)))
    }

    #[test]
    fn formats_units_durations_and_dates() {
        assert_eq!([0, 1, 2, 12_000].map(units), ["0 units", "1 unit", "2 units", "12000 units"]);
        assert_eq!(format_duration(Duration::from_mins(2)), "2 minutes");
        assert_eq!(format_duration(Duration::from_secs(90)), "90 seconds");
        assert_eq!(format_duration(Duration::from_hours(1)), "1 hour");
        assert_eq!(short_texts(), ["0 s", "59 s", "1 min", "3 min 12 s", "2 h 5 min", "1 d", "1 d 4 h"]);
        assert_eq!(format_date_time(Timestamp::from_millis(1_795_391_999_123)), "22 November 2026, 23:59 UTC");
    }

    #[test]
    fn formats_units_durations_and_dates_in_german() {
        in_german(|| {
            assert_eq!([0, 1, 2].map(units), ["0 Stück", "1 Stück", "2 Stück"]);
            let spans = [1, 90, 60, 120, 3600, 86_400, 259_200].map(Duration::from_secs);
            assert_eq!(
                spans.map(format_duration),
                ["1 Sekunde", "90 Sekunden", "1 Minute", "2 Minuten", "1 Stunde", "1 Tag", "3 Tage"]
            );
            let short = ["0 Sek.", "59 Sek.", "1 Min.", "3 Min. 12 Sek.", "2 Std. 5 Min.", "1 Tag", "1 Tag 4 Std."];
            assert_eq!(short_texts(), short);
            for (at, text) in [
                ("2026-11-27T12:00:00Z", "27. November 2026, 12:00 UTC"),
                ("2027-03-01T00:05:00Z", "1. März 2027, 00:05 UTC"),
                ("2027-12-31T23:59:59Z", "31. Dezember 2027, 23:59 UTC"),
            ] {
                assert_eq!(format_date_time(Timestamp::parse(at).unwrap()), text);
            }
        });
    }
}
