//! The pill on every page of a visitor who holds something: the product, the time left, and the way to its checkout. The tab's
//! title has the time, too. All tabs of the browser compare what they show.

use crate::{
    clock::{format_countdown, seconds_left, server_time},
    ui::{IslandText, countdown::announcement},
};
use leptos::prelude::*;

/// The pill. Without a hold, and on the page of the hold itself, it shows nothing.
#[island]
pub fn HeldPill(
    /// The state of all holds of the session, as text.
    holds: String,
    /// The part of `holds` that stands for the hold of this page, which shows its own countdown. Empty on other pages.
    own: String,
    /// The server's time.
    rendered_at: i64,
    /// When the shown hold ends; zero without a hold.
    expires_at: i64,
    /// The page of the hold.
    url: String,
    /// The product's name.
    name: String,
    /// The end of the hold. The style sheet shows it in place of the time left where there are no scripts.
    until: String,
    /// Number of further holds.
    others: usize,
    /// The same for screen readers.
    others_spoken: String,
) -> impl IntoView {
    let is_shown = expires_at > 0 && own.is_empty();
    compare_tabs(holds, own);
    let link = (expires_at > 0).then(|| {
        let now = server_time(rendered_at);
        let seconds = Memo::new(move |_| seconds_left(now.get(), expires_at));
        show_in_title(seconds);
        is_shown.then(|| view! { <PillLink seconds url name until others others_spoken /> })
    });
    view! { <aside class="pill-bar" aria-label=IslandText::HeldLabel.get() hidden=!is_shown>{link}</aside> }
}

#[component]
fn PillLink(
    seconds: Memo<i64>,
    url: String,
    name: String,
    until: String,
    others: usize,
    others_spoken: String,
) -> impl IntoView {
    let time = move || match seconds.get() {
        0 => IslandText::HeldOver.get(),
        seconds => format_countdown(seconds),
    };
    let announced =
        Memo::new(move |_| announcement(seconds.get(), IslandText::LeftToOrder, Some(IslandText::HeldOver)));
    let others = (others > 0).then(|| {
        view! {
            <span class="pill-others" aria-hidden="true">{format!("+{others}")}</span>
            <span class="visually-hidden">{others_spoken}</span>
        }
    });
    view! {
        <a class="pill" href=url data-testid="pill" data-urgent=move || (seconds.get() <= 30).to_string()>
            <span class="pill-time" role="timer">{time}</span>
            <span class="pill-name">{name}</span>
            <span class="pill-until">{until}</span>
            {others}
        </a>
        <span class="visually-hidden" aria-live="polite">{move || announced.get()}</span>
    }
}

/// Puts the time left before the title of the page, so that it can be read in another tab. At the end the title is as it was.
#[cfg(feature = "hydrate")]
fn show_in_title(seconds: Memo<i64>) {
    let title = document().title();
    Effect::new(move |_| match seconds.get() {
        0 => document().set_title(&title),
        seconds => document().set_title(&format!("{} · {title}", format_countdown(seconds))),
    });
}

/// Only the browser has tabs.
#[cfg(not(feature = "hydrate"))]
fn show_in_title(_: Memo<i64>) {}

/// Announces to the browser's other tabs what this one shows, and reloads this one when a newer page shows something else: a hold was
/// ordered, released, extended or added there. A checkout page stays as long as its own hold does, because the shopper may be
/// filling in its form.
#[cfg(feature = "hydrate")]
fn compare_tabs(holds: String, own: String) {
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use web_sys::{BroadcastChannel, MessageEvent};

    // Without it, a reload shows the same.
    let Ok(channel) = BroadcastChannel::new("holds") else { return };
    let shown = JsValue::from_str(&holds);
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(theirs) = event.data().as_string() else { return };
        if theirs != holds && (own.is_empty() || !theirs.contains(&own)) {
            crate::reload::reload();
        }
    });
    channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    let _ = channel.post_message(&shown);
}

/// Only the browser has tabs.
#[cfg(not(feature = "hydrate"))]
fn compare_tabs(_: String, _: String) {}
