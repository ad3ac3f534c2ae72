//! Delays between attempts to reach the server.

use std::time::Duration;

/// An exponential backoff with jitter. The delay doubles with each failure up to a limit. Half of it is random, so that
/// clients that failed together do not come back together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    /// Longest delay after the first failure.
    pub(crate) first_ms: u32,
    /// Longest delay of all, jitter included.
    pub(crate) longest_ms: u32,
}

/// Doublings after which any backoff has reached its limit; bounds the exponent.
const MAX_DOUBLINGS: u32 = 16;

/// Backoff of checks while the page is visible. The limit keeps the promise that a visible page is
/// right within two seconds after the server is back.
const VISIBLE_PAGE: Backoff = Backoff { first_ms: 500, longest_ms: 1_200 };

/// Backoff of checks while the page is hidden. The page also checks at once when it becomes visible.
const HIDDEN_PAGE: Backoff = Backoff { first_ms: 500, longest_ms: 8_000 };

impl Backoff {
    /// Returns the delay after an attempt that failed, between half of the current limit and all of it. `failures` counts
    /// the failures before that attempt; `random` lies in 0..1.
    pub(crate) fn delay(self, failures: u32, random: f64) -> Duration {
        let limit = self.first_ms.saturating_mul(1 << failures.min(MAX_DOUBLINGS)).min(self.longest_ms);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and the limit")]
        let jitter = (f64::from(limit / 2) * random) as u32;
        Duration::from_millis(u64::from(limit - limit / 2 + jitter))
    }
}

/// Returns the delay between two checks of whether the server can answer. See [`Backoff::delay`].
pub(crate) fn check_delay(failures: u32, hidden: bool, random: f64) -> Duration {
    let backoff = if hidden { HIDDEN_PAGE } else { VISIBLE_PAGE };
    backoff.delay(failures, random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_doubles_up_to_the_limit() {
        let longest = |failures| HIDDEN_PAGE.delay(failures, 1.0).as_millis();
        assert_eq!([0, 1, 2, 3, 4, 5, u32::MAX].map(longest), [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    }

    #[test]
    fn half_of_the_delay_is_random() {
        for (random, delay) in [(0.0, 500), (0.5, 750), (1.0, 1000)] {
            assert_eq!(HIDDEN_PAGE.delay(1, random), Duration::from_millis(delay));
        }
    }

    #[test]
    fn visible_page_checks_again_within_the_promised_time() {
        for failures in (0..100).chain([u32::MAX]) {
            for random in [0.0, 0.5, 1.0] {
                let delay = check_delay(failures, false, random);
                assert!(delay >= Duration::from_millis(250), "{failures}, {random}: {delay:?}");
                assert!(delay <= Duration::from_millis(1_200), "{failures}, {random}: {delay:?}");
            }
        }
    }

    #[test]
    fn hidden_page_waits_longer() {
        assert_eq!(check_delay(20, true, 0.0), Duration::from_secs(4));
        assert_eq!(check_delay(20, true, 1.0), Duration::from_secs(8));
    }
}
