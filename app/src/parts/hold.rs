//! The time left on a reservation. When it has run out, the server is asked what became of it: it may have been given more
//! time in another tab.

use super::countdown::Countdown;
use crate::clock::{seconds_left, server_time};
use leptos::prelude::*;
use std::time::Duration;

/// A moment more than the time, so that the server is surely past it, too.
const GRACE: Duration = Duration::from_millis(400);

/// Counts down to `expires_at`; both are milliseconds since the epoch by the server's clock.
#[island]
pub fn HoldClock(rendered_at: i64, expires_at: i64) -> impl IntoView {
    let now = server_time(rendered_at);
    ask_when_over(now, expires_at, GRACE);
    view! { <Countdown now end=expires_at left="left to order" over="The time is up: asking the shop." /> }
}

/// Asks the server for the page again, `grace` after `end`.
pub(super) fn ask_when_over(now: ReadSignal<i64>, end: i64, grace: Duration) {
    let over = Memo::new(move |_| seconds_left(now.get(), end) == 0);
    Effect::new(move |_| {
        if over.get() {
            set_timeout(crate::reload::reload, grace);
        }
    });
}
