//! Instants with millisecond precision.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Milliseconds since the Unix epoch in UTC. Both stores keep this precision. In JSON it is RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// The last instant that RFC 3339 can represent: the end of the year 9999.
const LAST_MS: i64 = 253_402_300_799_999;

/// Why a text is no [`Timestamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// The text has another form.
    #[error("a time is RFC 3339, such as 2026-11-27T08:00:00Z")]
    Format,
    /// The time is before 1970 or after 9999 in UTC.
    #[error("a time is in the years 1970 to 9999")]
    Range,
}

impl Timestamp {
    /// Converts milliseconds since the epoch, clamped to the years 1970 to 9999.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.clamp(0, LAST_MS))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the instant as a date and time in UTC.
    pub fn to_datetime(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Converts a date and time, truncated to the millisecond.
    pub fn from_datetime(at: OffsetDateTime) -> Self {
        let ms = at.unix_timestamp_nanos().div_euclid(1_000_000);
        Self::from_millis(i64::try_from(ms).unwrap_or(LAST_MS))
    }

    /// Parses RFC 3339.
    ///
    /// # Errors
    ///
    /// The text has another form, or the time is outside the years 1970 to 9999.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimestampError::Format)?;
        match i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)) {
            Ok(ms @ 0..=LAST_MS) => Ok(Self(ms)),
            _ => Err(TimestampError::Range),
        }
    }

    /// Returns the duration until `later`; zero if `later` has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        let ms = i64::try_from(span.as_millis()).unwrap_or(LAST_MS);
        Self::from_millis(self.0.saturating_add(ms))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        let ms = i64::try_from(span.as_millis()).unwrap_or(LAST_MS);
        Self::from_millis(self.0.saturating_sub(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_datetime().format(&Rfc3339).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_rfc3339_to_the_millisecond() {
        let at = Timestamp::from_millis(1_795_391_999_123);
        assert_eq!(Timestamp::parse(&at.to_string()).unwrap(), at);
        assert_eq!(at.to_string(), "2026-11-22T23:59:59.123Z");
    }

    #[test]
    fn times_outside_the_years_1970_to_9999_are_refused() {
        for text in ["1970-01-01T00:00:00Z", "1970-01-01T01:00:00+01:00", "9999-12-31T23:59:59.9999Z"] {
            assert!(Timestamp::parse(text).is_ok(), "{text}");
        }
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:59:59+01:00",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::Range), "{text}");
        }
        for text in ["", "yesterday", "2026-02-30T00:00:00Z", "2026-11-27"] {
            assert_eq!(Timestamp::parse(text), Err(TimestampError::Format), "{text}");
        }
        assert!(serde_json::from_str::<Timestamp>("\"1969-07-20T20:17:40Z\"").is_err());
    }

    #[test]
    fn arithmetic_is_clamped_to_the_years_1970_to_9999() {
        assert_eq!(Timestamp::from_millis(5) - Duration::from_secs(u64::MAX), Timestamp::from_millis(0));
        assert_eq!(Timestamp::from_millis(5) - Duration::from_millis(2), Timestamp::from_millis(3));
        let far = Timestamp::from_millis(0) + Duration::from_secs(u64::MAX);
        assert_eq!(far.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(far.until(Timestamp::from_millis(0)), Duration::ZERO);
    }
}
