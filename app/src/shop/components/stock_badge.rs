//! The live corner of a product's card: is it on, and what is left.

use super::{
    connection::Connection,
    countdown::Countdown,
    standing::{Phase, Standing},
    stock::{Counts, Meter, live_counts},
};
use crate::{clock::server_time, live::follow, paths, words};
use leptos::prelude::*;

/// Badge, meter and one line of words.
#[island]
pub fn Teaser(counts: Counts, rendered_at: i64, starts_at: Option<i64>, ends_at: Option<i64>) -> impl IntoView {
    let (counts, _) = live_counts(paths::ALL_STOCK_EVENTS.to_owned(), counts);
    let now = server_time(rendered_at);
    let phase = Memo::new(move |_| Phase::at(now.get(), starts_at, ends_at));
    let standing = Memo::new(move |_| counts.with(|c| Standing::of(phase.get(), c)));
    let line = move || {
        counts.with(|c| match standing.get() {
            Standing::Coming => words::units(c.total),
            Standing::Ended => format!("{} of {} sold", c.sold, c.total),
            Standing::Gone => "Sold out".to_owned(),
            Standing::Waiting => format!("{} held, may come back", c.may_return()),
            Standing::Open => format!("{} of {} available", c.available, c.total),
        })
    };
    let badge = move || match standing.get() {
        Standing::Coming => "Opens in ",
        Standing::Ended => "Ended",
        Standing::Gone => "Sold out",
        Standing::Waiting => "All taken for now",
        Standing::Open => "On now",
    };
    let opens = move || starts_at.filter(|_| phase.get() == Phase::Coming);
    view! {
        <div class="teaser" data-standing=move || standing.get().name()>
            <p class="badge">
                {badge}
                {move || opens().map(|end| view! { <Countdown now end left="until it opens" /> })}
            </p>
            <Meter counts />
            <p class="teaser-line">{line}</p>
        </div>
    }
}

/// How the page of all drops hears from the server.
#[island]
pub fn StockConnection() -> impl IntoView {
    let link = follow(paths::ALL_STOCK_EVENTS.to_owned(), "stock", |_| {});
    view! { <Connection link /> }
}
