//! The response of an endpoint, read up to a limit.

use checkout::{
    model::Timestamp,
    store::{DeliveryFailure, MAX_RESPONSE_CHARS},
};
use http::{HeaderMap, StatusCode, header};
use std::time::Duration;

/// The longest pause that an endpoint can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// Why a status means that the webhook was not accepted; `None` for 200 to 299.
pub(super) fn failure_of(status: StatusCode) -> Option<DeliveryFailure> {
    match status {
        _ if status.is_success() => None,
        _ if status.is_redirection() => Some(DeliveryFailure::Redirect),
        StatusCode::GONE => Some(DeliveryFailure::Gone),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Some(DeliveryFailure::Busy),
        _ => Some(DeliveryFailure::Status),
    }
}

/// The pause that the header `Retry-After` asks for, in seconds or as a date, at most a day.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let date = jiff::fmt::rfc2822::parse(text).ok()?;
        now.until(Timestamp::from_millis(date.timestamp().as_millisecond()))
    };
    Some(pause.min(MAX_RETRY_AFTER))
}

/// Reads the beginning of a body as text, and leaves the rest. A body that breaks off is what has come of it.
pub(super) async fn beginning(response: &mut reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_RESPONSE_CHARS
        && let Ok(Some(chunk)) = response.chunk().await
    {
        let room = MAX_RESPONSE_CHARS - bytes.len();
        bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
    }
    // PostgreSQL stores no NUL.
    String::from_utf8_lossy(&bytes).replace('\0', "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_hundreds_are_accepted() {
        for (status, failure) in [
            (200, None),
            (204, None),
            (299, None),
            (301, Some(DeliveryFailure::Redirect)),
            (307, Some(DeliveryFailure::Redirect)),
            (410, Some(DeliveryFailure::Gone)),
            (429, Some(DeliveryFailure::Busy)),
            (503, Some(DeliveryFailure::Busy)),
            (400, Some(DeliveryFailure::Status)),
            (500, Some(DeliveryFailure::Status)),
        ] {
            assert_eq!(failure_of(StatusCode::from_u16(status).unwrap()), failure, "{status}");
        }
    }

    #[test]
    fn a_pause_is_in_seconds_or_a_date_and_at_most_a_day() {
        let now = Timestamp::parse("2026-11-27T12:00:00Z").unwrap();
        let pause = |text: &str| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now).map(|pause| pause.as_secs())
        };
        assert_eq!(pause("120"), Some(120));
        assert_eq!(pause("Fri, 27 Nov 2026 12:00:30 GMT"), Some(30));
        assert_eq!(pause("Fri, 27 Nov 2026 11:00:00 GMT"), Some(0));
        assert_eq!((pause("999999999999"), pause("soon"), pause("-1")), (Some(86_400), None, None));
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
