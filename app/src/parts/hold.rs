//! The time left on a reservation. When it has run out, the server is asked what became of it.

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
    let over = Memo::new(move |_| seconds_left(now.get(), expires_at) == 0);
    Effect::new(move |_| {
        if over.get() {
            set_timeout(crate::reload::reload, GRACE);
        }
    });
    view! { <Countdown now end=expires_at left="left to order" over="Your reservation has run out." /> }
}
