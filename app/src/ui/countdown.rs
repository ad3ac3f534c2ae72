//! Countdowns by the server's clock.

use super::IslandText;
use crate::{
    clock::{format_countdown, seconds_left, server_time},
    reload::reload,
};
use leptos::prelude::*;
use std::time::Duration;

/// Delay after a hold's expiry, so that the server's clock is past it, too.
const EXPIRY_GRACE: Duration = Duration::from_millis(400);

/// From here on a countdown has days, and so more characters.
const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Returns the text for screen readers once this many seconds are left. It changes at a few thresholds only, never each
/// second (WCAG 2.2.1).
pub(crate) fn announcement(seconds: i64, left: IslandText, over: Option<IslandText>) -> String {
    let time = match seconds {
        0 => return over.map(IslandText::get).unwrap_or_default(),
        1..=10 => IslandText::TenSeconds,
        11..=30 => IslandText::ThirtySeconds,
        31..=60 => IslandText::Minute,
        _ => return String::new(),
    };
    left.get().replace("{time}", &time.get())
}

/// Counts down to `end` (milliseconds since the epoch).
#[component]
pub(crate) fn Countdown(
    /// The server's time.
    now: ReadSignal<i64>,
    end: i64,
    /// Announced shortly before the end, with the time in place of `{time}`.
    left: IslandText,
    /// Announced at the end, for countdowns that stay on the page.
    #[prop(optional)]
    over: Option<IslandText>,
) -> impl IntoView {
    let seconds = Memo::new(move |_| seconds_left(now.get(), end));
    let announced = Memo::new(move |_| announcement(seconds.get(), left, over));
    view! {
        <span
            class="countdown"
            role="timer"
            data-testid="countdown"
            data-urgent=move || (seconds.get() <= 30).to_string()
            data-days=move || (seconds.get() >= SECONDS_A_DAY).to_string()
        >
            {move || format_countdown(seconds.get())}
        </span>
        <span class="visually-hidden" aria-live="polite">{move || announced.get()}</span>
    }
}

/// Counts down to a hold's expiry and then reloads the page, because the hold may have been extended in another tab. Both
/// times are milliseconds since the epoch by the server's clock.
#[island]
pub fn HoldCountdown(rendered_at: i64, expires_at: i64) -> impl IntoView {
    let now = server_time(rendered_at);
    reload_after(now, expires_at, EXPIRY_GRACE);
    view! { <Countdown now end=expires_at left=IslandText::LeftToOrder over=IslandText::TimeOver /> }
}

/// Counts down to the opening of a sale. Both times are milliseconds since the epoch by the server's clock.
#[island]
pub fn OpeningCountdown(rendered_at: i64, starts_at: i64) -> impl IntoView {
    let now = server_time(rendered_at);
    view! { <Countdown now end=starts_at left=IslandText::UntilSaleOpens /> }
}

/// Reloads the page `grace` after `end`.
pub(crate) fn reload_after(now: ReadSignal<i64>, end: i64, grace: Duration) {
    let over = Memo::new(move |_| seconds_left(now.get(), end) == 0);
    Effect::new(move |_| {
        if over.get() {
            set_timeout(reload, grace);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements_change_at_thresholds_only() {
        let texts: Vec<_> =
            (0..=120).rev().map(|s| announcement(s, IslandText::LeftToOrder, Some(IslandText::TimeOver))).collect();
        let changes = texts.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 4);
        assert_eq!(texts.last().unwrap(), "Time’s up. Checking with the shop…");
        assert_eq!(texts[60], "Less than a minute left to order.");
    }
}
