//! The live parts of an order's page. The server renders all that the page says. It is loaded again once the order has changed.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::live_order::{ORDER_STATUSES, OrderStatusView, live_order};
use crate::{
    clock::server_time,
    reload::reload,
    ui::{
        ConnectionIndicator, IslandText,
        countdown::{Countdown, reload_after},
    },
};
use leptos::prelude::*;
use std::time::Duration;

/// Time for the sweep to cancel an unpaid order and for the stream to report it. After that the page is reloaded.
const CANCEL_GRACE: Duration = Duration::from_secs(2);

/// Reloads the page when the order or one of its refunds has changed, and shows whether the page is connected.
#[island]
pub fn OrderFollower(id: String, order: OrderStatusView) -> impl IntoView {
    let (_, connection) = live_order(&id, order, reload);
    view! { <ConnectionIndicator status=connection /> }
}

/// Counts down to the end of the time to pay, and then reloads the page. Both times are milliseconds since the epoch by the
/// server's clock.
#[island]
pub fn PaymentCountdown(rendered_at: i64, pay_by: i64) -> impl IntoView {
    let now = server_time(rendered_at);
    reload_after(now, pay_by, CANCEL_GRACE);
    view! { <Countdown now end=pay_by left=IslandText::LeftToPay over=IslandText::TimeOver /> }
}

/// Opens the browser's print dialog. The style sheet hides it where scripts are disabled.
#[island]
pub fn PrintButton(label: String) -> impl IntoView {
    view! {
        <button class="button button-secondary print-button" type="button" on:click=|_| print_page()>
            {label}
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn print_page() {
    // A browser that cannot print shows so by itself.
    let _ = window().print();
}

/// Only the browser prints.
#[cfg(not(feature = "hydrate"))]
fn print_page() {}

/// An order's status in a list, followed live. Each stream takes one of the few connections that a browser allows. `labels` are
/// those of [`ORDER_STATUSES`], in that order.
#[island]
pub fn OrderBadge(id: String, order: OrderStatusView, labels: Vec<String>) -> impl IntoView {
    let order = live_order(&id, order, || {}).0;
    let label = move || {
        let index = order.with(|o| ORDER_STATUSES.iter().position(|status| *status == o.status));
        index.and_then(|index| labels.get(index).cloned())
    };
    view! {
        <p class="badge" data-status=move || order.with(|o| o.status.clone())>
            {label}
        </p>
    }
}
