//! The server's clock as the browser sees it: the `now` that the page was rendered at, plus what has passed since.
//! The shopper's own clock is never asked what time it is (P10).

use leptos::prelude::*;

/// The server's time in milliseconds since the epoch; it ticks in the browser and stands still on the server.
pub fn server_time(rendered_at: i64) -> ReadSignal<i64> {
    let (now, set_now) = signal(rendered_at);
    #[cfg(feature = "hydrate")]
    browser::tick(rendered_at, set_now);
    #[cfg(not(feature = "hydrate"))]
    let _ = set_now;
    now
}

/// Whole seconds from `now` until `end`, rounded up: zero exactly when the time has come.
pub fn seconds_left(now: i64, end: i64) -> i64 {
    ((end - now).max(0) + 999) / 1000
}

/// A span as people read it on a clock: `1:59`, `2:00:00`, `3 d 04:05:06`.
pub fn span(seconds: i64) -> String {
    let (days, hours, minutes, secs) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}:{secs:02}"),
        (0, _) => format!("{hours}:{minutes:02}:{secs:02}"),
        _ => format!("{days} d {hours:02}:{minutes:02}:{secs:02}"),
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    //! What has passed, by the monotonic clock; and when that cannot be known, a fresh page.

    use super::{IntervalHandle, Set, WriteSignal, on_cleanup, set_interval_with_handle, window};
    use leptos::{ev, prelude::window_event_listener};
    use std::{cell::Cell, time::Duration};
    use wasm_bindgen::{JsCast, JsValue};

    /// Often enough that a second never seems to last two.
    const TICK: Duration = Duration::from_millis(250);

    /// The two clocks of the browser drift apart by more than this only when the machine slept or its clock was set:
    /// then what has passed is not known, and the server is asked again.
    const DRIFT_MS: f64 = 2_000.0;

    /// Milliseconds since this page was navigated to.
    fn elapsed() -> f64 {
        window().performance().map_or(0.0, |p| p.now())
    }

    /// When the server began to answer, on the same scale: the page's `now` was taken just before.
    fn answered() -> f64 {
        let entry = window().performance().map(|p| p.get_entries_by_type("navigation").get(0));
        let start = entry.and_then(|e| js_sys::Reflect::get(&e, &JsValue::from_str("responseStart")).ok());
        start.and_then(|s| s.as_f64()).unwrap_or(0.0)
    }

    pub(super) fn tick(rendered_at: i64, now: WriteSignal<i64>) {
        let (answered, offset) = (answered(), js_sys::Date::now() - elapsed());
        let lost = Cell::new(false);
        let beat = move || {
            let passed = elapsed();
            if (js_sys::Date::now() - passed - offset).abs() > DRIFT_MS {
                if !lost.replace(true) {
                    crate::reload::reload();
                }
                return;
            }
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since a page was opened")]
            now.set(rendered_at + (passed - answered) as i64);
        };
        let timer: Result<IntervalHandle, _> = set_interval_with_handle(beat, TICK);
        // A page that comes back from the browser's memory shows a past that is gone.
        let back = window_event_listener(ev::Custom::<web_sys::Event>::new("pageshow"), |event| {
            if event.unchecked_into::<web_sys::PageTransitionEvent>().persisted() {
                crate::reload::reload();
            }
        });
        on_cleanup(move || {
            back.remove();
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
    fn spans_read_like_a_clock() {
        for (seconds, text) in
            [(0, "0:00"), (9, "0:09"), (119, "1:59"), (3600, "1:00:00"), (7385, "2:03:05"), (93_784, "1 d 02:03:04")]
        {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn the_last_second_lasts_until_the_time_has_come() {
        assert_eq!(seconds_left(0, 2000), 2);
        assert_eq!(seconds_left(1, 2000), 2);
        assert_eq!(seconds_left(1000, 2000), 1);
        assert_eq!(seconds_left(1999, 2000), 1);
        assert_eq!(seconds_left(2000, 2000), 0);
        assert_eq!(seconds_left(9000, 2000), 0);
    }
}
