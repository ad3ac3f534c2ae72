//! The live part of a product card: the sale's state and the remaining stock.

use crate::{
    clock::server_time,
    event_stream::subscribe,
    paths,
    ui::{
        ConnectionIndicator, IslandText,
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
            SaleState::Upcoming if c.total == 1 => IslandText::OneUnit.get(),
            SaleState::Upcoming => IslandText::Units.with(c.total),
            SaleState::Ended => part_of(IslandText::SoldOf, c.sold, c.total),
            SaleState::SoldOut => IslandText::SoldOut.get(),
            SaleState::AllTaken => IslandText::InCarts.with(c.in_carts()),
            SaleState::Available | SaleState::Paused => part_of(IslandText::AvailableOf, c.available, c.total),
        })
    };
    let label = move || match state.get() {
        // The countdown follows.
        SaleState::Upcoming => IslandText::BadgeUpcoming.get() + " ",
        SaleState::Ended => IslandText::BadgeEnded.get(),
        SaleState::SoldOut => IslandText::SoldOut.get(),
        SaleState::AllTaken => IslandText::BadgeAllTaken.get(),
        SaleState::Available => IslandText::BadgeAvailable.get(),
        SaleState::Paused => IslandText::BadgePaused.get(),
    };
    let opens_at = move || starts_at.filter(|_| state.get() == SaleState::Upcoming);
    view! {
        <div class="stock-badge" data-sale-state=move || state.get().name()>
            <p class="badge">
                {label}
                {move || opens_at().map(|end| view! { <Countdown now end left=IslandText::UntilDropOpens /> })}
            </p>
            <StockMeter counts />
            <p class="stock-badge-text">{text}</p>
        </div>
    }
}

/// Writes how many of all units there are.
fn part_of(text: IslandText, n: u32, total: u32) -> String {
    text.with(n).replace("{total}", &total.to_string())
}

/// The status of the connection that all badges of a page share.
#[island]
pub fn StockConnection() -> impl IntoView {
    let status = subscribe(paths::ALL_STOCK_EVENTS.to_owned(), "stock", |_| {});
    view! { <ConnectionIndicator status /> }
}
