//! The heart of a product's page: live stock, the countdown to the sale, and the form that reserves. Without scripts it
//! is what the server drew; awake, it follows the stock and opens and closes with the sale.

use super::{
    connection::Connection,
    countdown::Countdown,
    quantity::{Quantity, typed},
    standing::{Phase, Standing},
    stock::{Counts, Meter, Numbers, live_counts},
    when::{Moment, When},
};
use crate::{
    clock::server_time,
    paths,
    words::{self, Notice},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the server says of a product when it draws the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offer {
    /// The stock by then.
    pub counts: Counts,
    /// The server's time by then.
    pub rendered_at: i64,
    /// When the sale opens.
    pub starts_at: Option<Moment>,
    /// When the sale closes.
    pub ends_at: Option<Moment>,
    /// The most one form may ask for.
    pub most: u32,
    /// The limit for one shopper, where there is one.
    pub limit: Option<u32>,
    /// How many to suggest.
    pub qty: u32,
    /// How long a reservation lasts, in words.
    pub hold_for: String,
    /// The form's idempotency key: however often it is sent, it reserves once.
    pub key: String,
    /// The request that this form repeats, where nobody knows how that ended.
    pub again: Option<String>,
    /// Why the last try was refused.
    pub refusal: Option<RefusalNotice>,
}

/// Why the last try was refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefusalNotice {
    /// In words.
    pub notice: Notice,
    /// Too little stock: no longer true once there is enough.
    pub short: bool,
    /// It is about the number that was asked for.
    pub about_qty: bool,
}

/// How long a second press of the button is taken for an accident.
const ENOUGH: Duration = Duration::from_secs(5);

/// One short sentence on how things stand. It changes seldom, so it may be announced.
fn title(standing: Standing) -> &'static str {
    match standing {
        Standing::Coming => "The sale opens soon",
        Standing::Ended => "This sale is over",
        Standing::Gone => "Sold out",
        Standing::Waiting => "All taken for now",
        Standing::Open => "Available now",
    }
}

/// Stock, countdown and form.
#[island]
pub fn BuyPanel(offer: Offer) -> impl IntoView {
    let Offer { counts, rendered_at, starts_at, ends_at, most, limit, qty, hold_for, key, again, refusal } = offer;
    let product = counts.product_id.to_string();
    let (counts, link) = live_counts(paths::stock_events(&product), counts);
    let now = server_time(rendered_at);
    let (start, end) = (starts_at.as_ref().map(|m| m.at), ends_at.as_ref().map(|m| m.at));
    let phase = Memo::new(move |_| Phase::at(now.get(), start, end));
    let standing = Memo::new(move |_| counts.with(|c| Standing::of(phase.get(), c)));
    let untaken = Signal::derive(move || match phase.get() {
        Phase::Coming => "For sale",
        Phase::Open => "Available",
        Phase::Ended => "Not sold",
    });
    let qty = RwSignal::new(typed(qty));
    let invalid = refusal.as_ref().is_some_and(|r| r.about_qty);
    view! {
        <section class="buy" id="buy" aria-labelledby="standing" data-standing=move || standing.get().name()>
            <div class="buy-head">
                <div role="status">
                    <h2 class="standing" id="standing">{move || title(standing.get())}</h2>
                </div>
                <Connection link=link />
            </div>
            <Numbers counts=counts untaken />
            <Meter counts=counts />
            {move || starts_at.clone().filter(|_| phase.get() == Phase::Coming).map(|start| view! { <Opening now start /> })}
            {refusal.map(|refusal| view! { <Refused refusal counts qty /> })}
            {move || {
                let (product, key, again, hold_for) = (product.clone(), key.clone(), again.clone(), hold_for.clone());
                (phase.get() == Phase::Open)
                    .then(|| view! { <ReserveForm product key again counts qty most limit invalid hold_for /> })
            }}
            // Below the form, which must not move under the finger.
            {move || (phase.get() == Phase::Open && counts.with(|c| c.available == 0)).then(|| view! { <Gone counts /> })}
            {move || ends_at.clone().filter(|_| phase.get() == Phase::Ended).map(|end| view! { <Over end /> })}
        </section>
    }
}

#[component]
fn Opening(now: ReadSignal<i64>, start: Moment) -> impl IntoView {
    let end = start.at;
    view! {
        <div class="opening">
            <p>"Opens in"</p>
            <p class="opening-count">
                <Countdown now end left="until the sale opens" />
            </p>
            <p class="quiet">"on " <When moment=start /> ", by our clock. No need to reload: this page opens with the sale."</p>
        </div>
    }
}

#[component]
fn Gone(counts: ReadSignal<Counts>) -> impl IntoView {
    let words = move || match counts.with(Counts::may_return) {
        0 => "Every unit has been paid for. There will be no more in this sale.".to_owned(),
        n => format!(
            "{} with shoppers who have not paid yet. What they give back, or let run out, is for sale here the same second.",
            words::units_are(n)
        ),
    };
    view! { <p class="gone">{words}</p> }
}

#[component]
fn Over(end: Moment) -> impl IntoView {
    view! {
        <div class="over">
            <p>"It closed on " <When moment=end /> "."</p>
            <p><a class="button button-quiet" href="/">"See what else is on"</a></p>
        </div>
    }
}

/// The refusal of the last try, above the form. One that was about too little stock says so once there is enough; it keeps
/// its height, for the form must not move under the finger.
#[component]
fn Refused(refusal: RefusalNotice, counts: ReadSignal<Counts>, qty: RwSignal<u32>) -> impl IntoView {
    let RefusalNotice { notice, short, .. } = refusal;
    let drawn = counts.get_untracked().version;
    let settled = Memo::new(move |_| short && counts.with(|c| c.version > drawn && c.available >= qty.get()));
    let said = |Notice { title, text }: Notice| {
        view! {
            <p class="notice-title">{title}</p>
            <p>{text}</p>
        }
    };
    view! {
        <div class="notice notice-refusal notice-either" id="notice" role="alert" data-testid="notice">
            <div hidden=settled>{said(notice)}</div>
            <div hidden=move || !settled.get()>{said(words::back_again())}</div>
        </div>
    }
}

#[component]
fn ReserveForm(
    product: String,
    key: String,
    again: Option<String>,
    counts: ReadSignal<Counts>,
    qty: RwSignal<u32>,
    most: u32,
    limit: Option<u32>,
    invalid: bool,
    hold_for: String,
) -> impl IntoView {
    let sent = RwSignal::new(false);
    // Not disabled: it would lose the focus of who waits at it for a unit that comes back. Without scripts it asks, and the
    // server knows better than a page that may be old.
    let none_left = Memo::new(move |_| counts.with(|c| c.available == 0));
    // The key makes a second sending harmless; this only spares the shopper the doubt.
    let submit = move |event: leptos::ev::SubmitEvent| {
        if sent.get_untracked() || none_left.get_untracked() {
            event.prevent_default();
        } else {
            sent.set(true);
            // The answer may have been stopped, or have gone to another tab.
            set_timeout(move || sent.set(false), ENOUGH);
        }
    };
    view! {
        <form class="reserve" method="post" action=paths::RESERVE on:submit=submit aria-busy=move || sent.get().to_string()>
            <input type="hidden" name="product" value=product />
            <input type="hidden" name="key" value=key />
            {again.map(|again| view! { <input type="hidden" name="again" value=again /> })}
            <Quantity qty most invalid />
            <button class="button button-main" type="submit" aria-disabled=move || none_left.get().then_some("true")>
                "Reserve"
            </button>
            <p class="quiet reserve-terms">
                {format!("We hold it for you for {hold_for} while you decide. It costs nothing to give it back.")}
                {limit.map(|n| format!(" Up to {n} for each shopper, so that more people get one."))}
            </p>
        </form>
    }
}
