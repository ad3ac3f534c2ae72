//! A count of seconds for the eye, and a few sentences for the ear: at a minute, half a minute, ten seconds and the
//! end, never every second (WCAG 2.2.1).

use crate::clock::{seconds_left, span};
use leptos::prelude::*;

/// What is said once this much is left.
fn said(seconds: i64, left: &str, over: &str) -> String {
    match seconds {
        0 => over.to_owned(),
        1..=10 => format!("Less than 10 seconds {left}."),
        11..=30 => format!("Less than 30 seconds {left}."),
        31..=60 => format!("Less than a minute {left}."),
        _ => String::new(),
    }
}

/// Counts down to `end` (milliseconds since the epoch).
#[component]
pub(super) fn Countdown(
    /// The server's time, ticking.
    now: ReadSignal<i64>,
    end: i64,
    /// What runs out: “left”, “until the sale opens”.
    left: &'static str,
    /// What is said when it has, where the countdown is still there by then.
    #[prop(optional)]
    over: &'static str,
) -> impl IntoView {
    let seconds = Memo::new(move |_| seconds_left(now.get(), end));
    let words = Memo::new(move |_| said(seconds.get(), left, over));
    view! {
        <span class="countdown" role="timer" data-testid="countdown" data-hurry=move || (seconds.get() <= 30).to_string()>
            {move || span(seconds.get())}
        </span>
        <span class="unseen" aria-live="polite">{move || words.get()}</span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_at_thresholds_only() {
        let words: Vec<_> = (0..=120).rev().map(|s| said(s, "left", "Time is up.")).collect();
        let changes = words.windows(2).filter(|w| w[0] != w[1]).count();
        assert_eq!(changes, 4);
        assert_eq!(words.last().unwrap(), "Time is up.");
    }
}
