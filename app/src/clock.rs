//! The server's time in the browser: the time at which the server rendered the page, plus the time elapsed since. The
//! shopper's own clock may be wrong, so it is never used to tell the time (P10).

use leptos::prelude::*;

/// Returns the server's time in milliseconds since the epoch. It ticks in the browser and is constant on the server.
pub fn server_time(rendered_at: i64) -> ReadSignal<i64> {
    let (now, set_now) = signal(rendered_at);
    #[cfg(feature = "hydrate")]
    browser::tick(rendered_at, set_now);
    #[cfg(not(feature = "hydrate"))]
    let _ = set_now;
    now
}

/// Returns the seconds from `now` until `end` (both in milliseconds), rounded up. It is zero only from `end` on.
pub fn seconds_left(now: i64, end: i64) -> i64 {
    ((end - now).max(0) + 999) / 1000
}

/// Formats seconds as on a clock: `1:59`, `2:00:00`, `3 d 04:05:06`.
pub fn format_countdown(seconds: i64) -> String {
    let (days, hours, minutes, secs) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}:{secs:02}"),
        (0, _) => format!("{hours}:{minutes:02}:{secs:02}"),
        _ => format!("{days} d {hours:02}:{minutes:02}:{secs:02}"),
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    //! Elapsed time by the monotonic clock. Where that clock cannot be trusted, the page is reloaded.

    use super::{IntervalHandle, Set, WriteSignal, on_cleanup, set_interval_with_handle, window};
    use crate::reload::reload;
    use leptos::{ev, prelude::window_event_listener};
    use std::{cell::Cell, time::Duration};
    use wasm_bindgen::{JsCast, JsValue};

    /// Short enough that no displayed second seems to last two.
    const TICK_INTERVAL: Duration = Duration::from_millis(250);

    /// Difference between the wall clock and the monotonic clock from which the elapsed time is unknown. It appears when
    /// the machine slept or somebody set its clock.
    const MAX_DRIFT_MS: f64 = 2_000.0;

    /// Returns the milliseconds since the navigation to this page.
    fn elapsed() -> f64 {
        window().performance().map_or(0.0, |p| p.now())
    }

    /// Returns when the response began, on the same scale. The server took `rendered_at` just before.
    fn response_start() -> f64 {
        let entry = window().performance().map(|p| p.get_entries_by_type("navigation").get(0));
        let start = entry.and_then(|e| js_sys::Reflect::get(&e, &JsValue::from_str("responseStart")).ok());
        start.and_then(|s| s.as_f64()).unwrap_or(0.0)
    }

    /// Whether the back button took the page out of the browser's HTTP cache, where it may have lain for long.
    fn is_old_copy() -> bool {
        let entry = window().performance().map(|p| p.get_entries_by_type("navigation").get(0));
        let field = |name: &str| entry.as_ref().and_then(|e| js_sys::Reflect::get(e, &JsValue::from_str(name)).ok());
        let is_return = field("type").is_some_and(|value| value == JsValue::from_str("back_forward"));
        is_return && field("transferSize").is_some_and(|value| value == JsValue::from_f64(0.0))
    }

    pub(super) fn tick(rendered_at: i64, now: WriteSignal<i64>) {
        let (response_start, offset) = (response_start(), js_sys::Date::now() - elapsed());
        let reloading = Cell::new(false);
        if is_old_copy() {
            reload();
        }
        let update = move || {
            let elapsed = elapsed();
            if (js_sys::Date::now() - elapsed - offset).abs() > MAX_DRIFT_MS {
                if !reloading.replace(true) {
                    reload();
                }
                return;
            }
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page was opened")]
            now.set(rendered_at + (elapsed - response_start) as i64);
        };
        let timer: Result<IntervalHandle, _> = set_interval_with_handle(update, TICK_INTERVAL);
        // A page restored from the back/forward cache shows an old state.
        let restored = window_event_listener(ev::Custom::<web_sys::Event>::new("pageshow"), |event| {
            if event.unchecked_into::<web_sys::PageTransitionEvent>().persisted() {
                reload();
            }
        });
        on_cleanup(move || {
            restored.remove();
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countdowns_read_like_a_clock() {
        for (seconds, text) in
            [(0, "0:00"), (9, "0:09"), (119, "1:59"), (3600, "1:00:00"), (7385, "2:03:05"), (93_784, "1 d 02:03:04")]
        {
            assert_eq!(format_countdown(seconds), text);
        }
    }

    #[test]
    fn countdown_reaches_zero_only_at_the_end() {
        assert_eq!(seconds_left(0, 2000), 2);
        assert_eq!(seconds_left(1, 2000), 2);
        assert_eq!(seconds_left(1000, 2000), 1);
        assert_eq!(seconds_left(1999, 2000), 1);
        assert_eq!(seconds_left(2000, 2000), 0);
        assert_eq!(seconds_left(9000, 2000), 0);
    }
}
