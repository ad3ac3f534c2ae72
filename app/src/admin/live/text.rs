//! Numbers, times and durations as the Live screen writes them.

use checkout::model::Timestamp;
use std::time::Duration;

/// The sign for a value that does not exist.
pub(super) const NONE: &str = "–";

/// A count with separators: `12,345`.
pub(in crate::admin) fn count(n: impl Into<u64>) -> String {
    let digits = n.into().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Units a second: one decimal below ten, two below one, so that a slow sale does not look dead.
pub(super) fn rate(per_second: f64) -> String {
    match per_second {
        rate if rate < 0.005 => "0".to_owned(),
        rate if rate < 0.995 => format!("{rate:.2}"),
        rate if rate < 9.95 => format!("{rate:.1}"),
        rate => count(rounded(rate)),
    }
}

/// The share of a whole, in percent. It says 100% and 0% only where that is exact.
pub(super) fn share(part: impl Into<u64>, whole: impl Into<u64>) -> String {
    let (part, whole) = (part.into(), whole.into());
    if whole == 0 {
        return NONE.to_owned();
    }
    let percent = rounded(ratio(part, whole) * 100.0);
    match percent {
        0 if part > 0 => "< 1%".to_owned(),
        100 if part < whole => "> 99%".to_owned(),
        percent => format!("{percent}%"),
    }
}

/// A part of a whole. 0 where there is no whole.
#[expect(clippy::cast_precision_loss, reason = "counts of units are far below 2^52")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates and shares are small and positive")]
pub(super) fn rounded(value: f64) -> u64 {
    value.round() as u64
}

/// A duration in its two largest units: `4 min 12 s`.
pub(super) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let two = |big: u64, big_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{} {big_unit}", count(big)),
        small => format!("{} {big_unit} {small} {small_unit}", count(big)),
    };
    match seconds {
        0 => "under 1 s".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// A short duration in milliseconds.
pub(super) fn milliseconds(span: Duration) -> String {
    let milliseconds = span.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 && milliseconds.fract() > 0.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{} ms", count(rounded(milliseconds)))
    }
}

/// The time of the day in UTC: `12:03:10`.
pub(super) fn clock(at: Timestamp) -> String {
    let (hour, minute, second) = at.to_datetime().to_hms();
    format!("{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_rates_and_shares_are_short_and_exact() {
        assert_eq!([0_u64, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 0.02, 0.999, 9.96, 12.4, 4321.0].map(rate), ["0", "0.02", "1.0", "10", "12", "4,321"]);
        let shares = [(0_u64, 0_u64), (0, 5), (1, 5), (5, 5), (1, 1000), (999, 1000)];
        assert_eq!(shares.map(|(part, whole)| share(part, whole)), [NONE, "0%", "20%", "100%", "< 1%", "> 99%"]);
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let spans = [0, 59, 60, 252, 3_600, 8_040, 86_400, 270_000];
        let texts = ["under 1 s", "59 s", "1 min", "4 min 12 s", "1 h", "2 h 14 min", "1 d", "3 d 3 h"];
        assert_eq!(spans.map(|seconds| span(Duration::from_secs(seconds))), texts);
        let short = [500, 2_000, 7_500, 20_000].map(|micros| milliseconds(Duration::from_micros(micros)));
        assert_eq!(short, ["0.5 ms", "2 ms", "7.5 ms", "20 ms"]);
    }
}
