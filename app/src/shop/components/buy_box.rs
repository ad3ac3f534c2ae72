//! The main part of a product page: live stock, the countdown to the sale, and the reservation form. It works as rendered
//! by the server. Once hydrated, it follows the stock and opens and closes with the sale.

use super::quantity_field::{QuantityField, current_or};
use crate::{
    clock::server_time,
    messages::{self, Notice},
    paths,
    ui::{
        ConnectionIndicator,
        countdown::Countdown,
        local_time::{DateTime, LocalTime},
        sale_state::SaleState,
        stock::{StockCounts, StockMeter, StockNumbers, live_counts},
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The facts about a product that [`BuyBox`] needs, as of rendering.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Offer {
    /// The stock.
    pub counts: StockCounts,
    /// The server's time in milliseconds since the epoch.
    pub rendered_at: i64,
    /// When the sale opens.
    pub starts_at: Option<DateTime>,
    /// When the sale closes.
    pub ends_at: Option<DateTime>,
    /// Maximum quantity of one reservation.
    pub max_qty: u32,
    /// Maximum quantity for each shopper, if there is one.
    pub limit: Option<u32>,
    /// Initial quantity.
    pub qty: u32,
    /// How long a hold lasts, as text.
    pub hold_for: String,
    /// The form's key. It makes a repeated submission count once.
    pub form_key: String,
    /// The key of an earlier attempt whose outcome is unknown. This form repeats that attempt.
    pub retry_key: Option<String>,
    /// Why the previous attempt failed.
    pub error: Option<OfferError>,
}

/// Why the previous attempt to reserve failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OfferError {
    /// The message.
    pub notice: Notice,
    /// Whether stock was too low. The message changes once there is enough.
    pub is_stock_too_low: bool,
    /// Whether the error is about the quantity field.
    pub is_about_quantity: bool,
}

/// Time for which further submissions of the form are ignored.
const RESUBMIT_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns a short headline. It changes rarely, so screen readers announce it.
fn headline(state: SaleState) -> &'static str {
    match state {
        SaleState::Upcoming => "The sale opens soon",
        SaleState::Ended => "This sale has ended",
        SaleState::SoldOut => "Sold out",
        SaleState::AllTaken => "All taken for now",
        SaleState::Available => "Available now",
        SaleState::Paused => "The sale is paused",
    }
}

/// Stock, countdown and form.
#[island]
pub fn BuyBox(offer: Offer) -> impl IntoView {
    let Offer { counts, rendered_at, starts_at, ends_at, max_qty, limit, qty, hold_for, form_key, retry_key, error } =
        offer;
    let product_id = counts.product_id.to_string();
    let (counts, status) = live_counts(paths::stock_events(&product_id), counts);
    let now = server_time(rendered_at);
    let (start, end) = (starts_at.as_ref().map(|at| at.millis), ends_at.as_ref().map(|at| at.millis));
    let state = Memo::new(move |_| counts.with(|c| SaleState::new(now.get(), start, end, c)));
    // A memo of its own, so that the form is not rendered anew when only the stock changes.
    let is_open = Memo::new(move |_| state.get().is_open());
    let available_label = Signal::derive(move || match state.get() {
        SaleState::Upcoming => "For sale",
        SaleState::Ended => "Not sold",
        SaleState::Paused => "Left",
        _ => "Available",
    });
    let opening = move || starts_at.clone().filter(|_| state.get() == SaleState::Upcoming);
    let closing = move || ends_at.clone().filter(|_| state.get() == SaleState::Ended);
    let none_available = move || matches!(state.get(), SaleState::AllTaken | SaleState::SoldOut);
    let is_paused = move || state.get() == SaleState::Paused;
    let qty = RwSignal::new(current_or(qty));
    let invalid = error.as_ref().is_some_and(|error| error.is_about_quantity);
    view! {
        <section class="buy-box" id="buy" aria-labelledby="sale-state" data-sale-state=move || state.get().name()>
            <div class="buy-box-header">
                <div role="status">
                    <h2 class="sale-state" id="sale-state">{move || headline(state.get())}</h2>
                </div>
                <ConnectionIndicator status />
            </div>
            <StockNumbers counts available_label />
            <StockMeter counts />
            {move || opening().map(|starts_at| view! { <SaleOpening now starts_at /> })}
            {error.map(|error| view! { <ReserveError error counts qty /> })}
            {move || {
                let (product_id, form_key, retry_key) = (product_id.clone(), form_key.clone(), retry_key.clone());
                let hold_for = hold_for.clone();
                is_open.get()
                    .then(|| view! { <ReserveForm product_id form_key retry_key counts qty max_qty limit invalid hold_for /> })
            }}
            // Below the form, so that the form does not move while a shopper is about to press its button.
            {move || none_available().then(|| view! { <NoneAvailable counts /> })}
            {move || is_paused().then(|| view! { <p class="sale-paused">{messages::SALE_PAUSED}</p> })}
            {move || closing().map(|ended_at| view! { <SaleEnded ended_at /> })}
        </section>
    }
}

#[component]
fn SaleOpening(now: ReadSignal<i64>, starts_at: DateTime) -> impl IntoView {
    let end = starts_at.millis;
    view! {
        <div class="sale-opening">
            <p>"Opens in"</p>
            <p class="sale-opening-countdown">
                <Countdown now end left="until the sale opens" />
            </p>
            <p class="muted">"On " <LocalTime at=starts_at /> ". No need to reload: you can reserve here as soon as it opens."</p>
        </div>
    }
}

#[component]
fn NoneAvailable(counts: ReadSignal<StockCounts>) -> impl IntoView {
    let text = move || match counts.with(StockCounts::in_carts) {
        0 => "Every unit has been paid for.".to_owned(),
        1 => "1 unit is in a cart and not paid for yet. If it comes back, it goes on sale here right away.".to_owned(),
        n => {
            format!("{n} units are in carts and not paid for yet. If they come back, they go on sale here right away.")
        }
    };
    view! { <p class="none-available">{text}</p> }
}

#[component]
fn SaleEnded(ended_at: DateTime) -> impl IntoView {
    view! {
        <div class="sale-ended">
            <p>"It ended on " <LocalTime at=ended_at /> "."</p>
            <p><a class="button button-secondary" href="/">"See what else is on"</a></p>
        </div>
    }
}

/// The error of the previous attempt. If stock was too low and now suffices, a second message takes its place. Both have
/// the same height, so that the form below does not move while a shopper is about to press its button.
#[component]
fn ReserveError(error: OfferError, counts: ReadSignal<StockCounts>, qty: RwSignal<u32>) -> impl IntoView {
    let OfferError { notice, is_stock_too_low, .. } = error;
    let rendered_version = counts.get_untracked().version;
    let is_resolved = Memo::new(move |_| {
        is_stock_too_low && counts.with(|c| c.version > rendered_version && c.available >= qty.get())
    });
    let message = |Notice { title, text }: Notice| {
        view! {
            <p class="notice-title">{title}</p>
            <p>{text}</p>
        }
    };
    view! {
        <div class="notice notice-error notice-alternatives" id="notice" role="alert" data-testid="notice">
            <div hidden=is_resolved>{message(notice)}</div>
            <div hidden=move || !is_resolved.get()>{message(messages::back_in_stock())}</div>
        </div>
    }
}

#[component]
fn ReserveForm(
    product_id: String,
    form_key: String,
    retry_key: Option<String>,
    counts: ReadSignal<StockCounts>,
    qty: RwSignal<u32>,
    max_qty: u32,
    limit: Option<u32>,
    invalid: bool,
    hold_for: String,
) -> impl IntoView {
    let is_submitted = RwSignal::new(false);
    // The button is marked with aria-disabled, because `disabled` would take the focus from shoppers who wait at it for a
    // unit to come back. Without JavaScript the form stays usable: the page may be old, and the server decides.
    let none_available = Memo::new(move |_| counts.with(|c| c.available == 0));
    // The key already makes a second submission harmless. This avoids a needless request.
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        if is_submitted.get_untracked() || none_available.get_untracked() {
            event.prevent_default();
        } else {
            is_submitted.set(true);
            // The shopper may have stopped the navigation, or the response may open in another tab.
            set_timeout(move || is_submitted.set(false), RESUBMIT_TIMEOUT);
        }
    };
    view! {
        <form class="reserve-form" method="post" action=paths::RESERVE on:submit=on_submit aria-busy=move || is_submitted.get().to_string()>
            <input type="hidden" name="product" value=product_id />
            <input type="hidden" name="key" value=form_key />
            {retry_key.map(|key| view! { <input type="hidden" name="again" value=key /> })}
            <QuantityField qty max=max_qty invalid />
            <button class="button button-primary" type="submit" aria-disabled=move || none_available.get().then_some("true")>
                "Reserve"
            </button>
            <p class="muted reserve-terms">
                {format!("We’ll hold it for you for {hold_for}. Reserving and cancelling are free.")}
                {limit.map(|n| format!(" Up to {n} per shopper, so that more people get one."))}
            </p>
        </form>
    }
}
