//! The live part of a product card: the sale's state and the remaining stock.

use crate::{
    clock::server_time,
    event_stream::subscribe,
    messages, paths,
    ui::{
        ConnectionIndicator,
        countdown::Countdown,
        sale_state::SaleState,
        stock::{StockCounts, StockMeter, live_counts},
    },
};
use leptos::prelude::*;

/// A badge, the stock meter and one line of text. Times are milliseconds since the epoch.
#[island]
pub fn StockBadge(
    counts: StockCounts,
    rendered_at: i64,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
) -> impl IntoView {
    let (counts, _) = live_counts(paths::ALL_STOCK_EVENTS.to_owned(), counts);
    let now = server_time(rendered_at);
    let state = Memo::new(move |_| counts.with(|c| SaleState::new(now.get(), starts_at, ends_at, c)));
    let text = move || {
        counts.with(|c| match state.get() {
            SaleState::Upcoming => messages::units(c.total),
            SaleState::Ended => format!("{} of {} sold", c.sold, c.total),
            SaleState::SoldOut => "Sold out".to_owned(),
            SaleState::AllTaken => format!("{} in carts", c.in_carts()),
            SaleState::Available | SaleState::Paused => format!("{} of {} available", c.available, c.total),
        })
    };
    let label = move || match state.get() {
        SaleState::Upcoming => "Opens in ",
        SaleState::Ended => "Ended",
        SaleState::SoldOut => "Sold out",
        SaleState::AllTaken => "All taken for now",
        SaleState::Available => "On now",
        SaleState::Paused => "Paused",
    };
    let opens_at = move || starts_at.filter(|_| state.get() == SaleState::Upcoming);
    view! {
        <div class="stock-badge" data-sale-state=move || state.get().name()>
            <p class="badge">
                {label}
                {move || opens_at().map(|end| view! { <Countdown now end left="until it opens" /> })}
            </p>
            <StockMeter counts />
            <p class="stock-badge-text">{text}</p>
        </div>
    }
}

/// The status of the connection that all badges of a page share.
#[island]
pub fn StockConnection() -> impl IntoView {
    let status = subscribe(paths::ALL_STOCK_EVENTS.to_owned(), "stock", |_| {});
    view! { <ConnectionIndicator status /> }
}
