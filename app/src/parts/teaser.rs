//! The live corner of a product's card: is it on, and what is left.

use super::{
    connection::Connection,
    countdown::Countdown,
    stock::{Counts, Meter, live_counts},
};
use crate::{clock::server_time, live::follow, paths, words};
use leptos::prelude::*;

/// Badge, meter and one line of words.
#[island]
pub fn Teaser(counts: Counts, rendered_at: i64, starts_at: Option<i64>, ends_at: Option<i64>) -> impl IntoView {
    let (counts, _) = live_counts(paths::ALL_STOCK_EVENTS.to_owned(), counts);
    let now = server_time(rendered_at);
    let coming = Memo::new(move |_| starts_at.filter(|at| now.get() < *at));
    let ended = Memo::new(move |_| ends_at.is_some_and(|at| now.get() >= at));
    let standing =
        Memo::new(move |_| match (coming.get(), ended.get(), counts.with(|c| (c.available, c.may_return()))) {
            (Some(_), ..) => "coming",
            (_, true, _) => "ended",
            (.., (0, 0)) => "gone",
            (.., (0, _)) => "waiting",
            _ => "open",
        });
    let line = move || {
        counts.with(|c| match standing.get() {
            "coming" => words::units(c.total),
            "ended" => format!("{} of {} sold", c.sold, c.total),
            "gone" => "Sold out".to_owned(),
            "waiting" => format!("{} held, may come back", c.may_return()),
            _ => format!("{} of {} available", c.available, c.total),
        })
    };
    let badge = move || match standing.get() {
        "coming" => "Opens in ",
        "ended" => "Ended",
        "gone" => "Sold out",
        "waiting" => "All taken for now",
        _ => "On now",
    };
    view! {
        <div class="teaser" data-standing=move || standing.get()>
            <p class="badge">
                {badge}
                {move || coming.get().map(|end| view! { <Countdown now end left="until it opens" over="It is open." /> })}
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
