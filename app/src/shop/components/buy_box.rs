//! The main part of a product page: live stock and, for each state of the sale, what a shopper can do. The server renders
//! all states of the sale that may still come and hides all but one. [`LiveSale`] shows another when the sale changes.

use super::{live_sale::LiveSale, reserve_form::ReserveForm};
use crate::{
    i18n::{notice, text},
    messages::{self, Notice, live},
    ui::{
        countdown::OpeningCountdown,
        island_text::IslandText,
        local_time::{DateTime, ZonedTime},
        sale_state::{SaleState, is_shown},
        slot::{SLOT, with_element},
        stock::StockCounts,
        stock_tiles::stock_picture,
    },
};
use checkout::model::Refusal;
use leptos::prelude::*;

/// The facts about a product that [`BuyBox`] needs, as of rendering.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    /// The stock.
    pub(crate) counts: StockCounts,
    /// The server's time in milliseconds since the epoch.
    pub(crate) rendered_at: i64,
    /// When the sale opens.
    pub(crate) starts_at: Option<DateTime>,
    /// When the sale closes.
    pub(crate) ends_at: Option<DateTime>,
    /// Maximum quantity of one reservation.
    pub(crate) max_qty: u32,
    /// Maximum quantity for each shopper, if there is one.
    pub(crate) limit: Option<u32>,
    /// Initial quantity.
    pub(crate) qty: u32,
    /// How long a hold lasts, as text.
    pub(crate) hold_for: String,
    /// The form's key. It makes a repeated submission count once.
    pub(crate) form_key: String,
    /// The key of an earlier attempt whose outcome is unknown. This form repeats that attempt.
    pub(crate) retry_key: Option<String>,
    /// The address of the calendar file.
    pub(crate) calendar: String,
    /// Number of open pages of the product.
    pub(crate) watching: u32,
    /// Why the previous attempt failed.
    pub(crate) error: Option<OfferError>,
}

impl Offer {
    fn millis(at: Option<&DateTime>) -> Option<i64> {
        at.map(|at| at.millis)
    }

    /// Returns the state of the sale at the time of rendering.
    fn state(&self) -> SaleState {
        let [starts_at, ends_at] = [&self.starts_at, &self.ends_at].map(|at| Self::millis(at.as_ref()));
        SaleState::new(self.rendered_at, starts_at, ends_at, &self.counts)
    }

    /// Returns the parts of the page that are shown at the time of rendering.
    fn parts(&self) -> [&'static str; 2] {
        self.state().parts(&self.counts)
    }
}

/// Why the previous attempt to reserve failed.
#[derive(Debug, Clone)]
pub(crate) struct OfferError {
    /// The message.
    pub(crate) notice: Notice,
    /// The quantity that was refused for want of stock. The message changes once there is enough.
    pub(crate) wanted: Option<u32>,
    /// Whether there is enough already.
    pub(crate) is_resolved: bool,
    /// Whether the error is about the quantity field.
    pub(crate) is_about_quantity: bool,
}

/// Texts of which the page shows those of its state, in one place.
pub(super) fn texts<const N: usize>(all: [(&'static str, String); N], parts: [&'static str; 2]) -> Vec<AnyView> {
    let text = |(when, text): (&'static str, String)| {
        view! { <span data-when=when hidden=!is_shown(when, parts)>{text}</span> }.into_any()
    };
    all.into_iter().map(text).collect()
}

/// Stock, countdown and form.
#[component]
pub(crate) fn BuyBox(offer: Offer) -> impl IntoView {
    let (state, parts) = (offer.state(), offer.parts());
    let Offer { counts, rendered_at, ref starts_at, ref ends_at, .. } = offer;
    let [start, end] = [starts_at, ends_at].map(|at| Offer::millis(at.as_ref()));
    let has_ended = state == SaleState::Ended;
    // A sale that has ended does not open again on an open page, and one that has begun does not open a second time.
    let opening = starts_at.clone().filter(|at| !has_ended && at.millis > rendered_at);
    let opening = opening.map(|at| sale_opening(&offer, at));
    let closing = ends_at.clone().map(|at| sale_ended(at, parts));
    let error = offer.error.clone().map(reserve_error);
    view! {
        <section class="buy-box" id="buy" aria-labelledby="sale-state" data-sale-state=state.name()>
            <div class="buy-box-header">
                <div role="status">
                    <h2 class="sale-state" id="sale-state">{texts(live::headlines(), parts)}</h2>
                </div>
                <LiveSale counts rendered_at starts_at=start ends_at=end />
            </div>
            {stock_numbers(&counts, parts)}
            {stock_picture(counts)}
            <ol class="ticker" id="ticker" aria-hidden="true">
                <li></li>
                <li></li>
                <li></li>
            </ol>
            {error}
            <div class="sale-stage">
                {opening}
                {(!has_ended).then(|| view! { <ReserveForm offer parts /> })}
                {(!has_ended).then(|| sold_out(parts))}
                {(!has_ended).then(|| paused(parts))}
                {closing}
            </div>
        </section>
    }
}

/// The three numbers with their labels, which are the legend of the tiles.
fn stock_numbers(counts: &StockCounts, parts: [&'static str; 2]) -> impl IntoView + use<> {
    let numbers = [
        ("available", "", texts(live::available_labels(), parts), counts.available),
        ("held", " stock-number-held", vec![text!("sale-label-in-carts").into_any()], counts.in_carts()),
        ("sold", " stock-number-sold", vec![text!("sale-label-sold").into_any()], counts.sold),
    ];
    let numbers = numbers.map(|(id, class, label, number)| {
        view! {
            <div class=format!("stock-number{class}")>
                <dt>{label}</dt>
                <dd>
                    <span class="rolling" id=id data-testid=id>{number.to_string()}</span>
                </dd>
            </div>
        }
    });
    view! { <dl class="stock-numbers">{numbers.into_iter().collect::<Vec<_>>()}</dl> }
}

/// Before the sale: when it opens, and who else waits.
fn sale_opening(offer: &Offer, starts_at: DateTime) -> impl IntoView + use<> {
    let Offer { rendered_at, calendar, watching, .. } = offer.clone();
    let starts_at_ms = starts_at.millis;
    let opens_on = with_element(&text!("sale-opens-on", time = SLOT), view! { <ZonedTime at=starts_at /> });
    view! {
        <div class="sale-opening keeps-place" data-when="upcoming" hidden=!is_shown("upcoming", offer.parts())>
            <p>{text!("sale-opens-in")}</p>
            <p class="sale-opening-countdown">
                <OpeningCountdown rendered_at starts_at=starts_at_ms />
            </p>
            <p class="muted">{opens_on}</p>
            <div class="sale-opening-actions">
                <a class="button button-secondary" href=calendar rel="nofollow">{text!("sale-add-to-calendar")}</a>
                <p class="watching keeps-place" id="watching" data-testid="watching" hidden={watching < 2}>
                    {IslandText::Watching.with(watching)}
                </p>
            </div>
        </div>
    }
}

fn sold_out(parts: [&'static str; 2]) -> impl IntoView {
    view! {
        <div class="sale-over none-available keeps-place" data-when="sold-out" hidden=!is_shown("sold-out", parts)>
            <p>{text!("sale-all-sold")}</p>
            <p><a class="button button-secondary" href="/">{text!("sale-see-more")}</a></p>
        </div>
    }
}

fn paused(parts: [&'static str; 2]) -> impl IntoView {
    view! {
        <div class="sale-over sale-paused keeps-place" data-when="paused" hidden=!is_shown("paused", parts)>
            <p>{messages::refusal(&Refusal::SalePaused).text}</p>
            <p><a class="button button-secondary" href="/">{text!("sale-see-more")}</a></p>
        </div>
    }
}

fn sale_ended(ended_at: DateTime, parts: [&'static str; 2]) -> impl IntoView {
    let ended_on = with_element(&text!("sale-ended-on", time = SLOT), view! { <ZonedTime at=ended_at /> });
    view! {
        <div class="sale-over sale-ended keeps-place" data-when="ended" hidden=!is_shown("ended", parts)>
            <p>{ended_on}</p>
            <p><a class="button button-secondary" href="/">{text!("sale-see-more")}</a></p>
        </div>
    }
}

/// The error of the previous attempt. If stock was too low and now suffices, a second message takes its place. Both have
/// the same height, so that the form below does not move while a shopper is about to press its button.
fn reserve_error(error: OfferError) -> impl IntoView {
    let OfferError { notice, wanted, is_resolved, .. } = error;
    let message = |Notice { title, text }: Notice, is_hidden: bool| {
        view! {
            <div class="keeps-place" hidden=is_hidden>
                <p class="notice-title">{title}</p>
                <p>{text}</p>
            </div>
        }
    };
    let enough = wanted.map(|_| message(notice!("sale-enough-again"), !is_resolved));
    view! {
        <div
            class="notice notice-error notice-alternatives"
            id="notice"
            role="alert"
            data-testid="notice"
            data-wanted=wanted.map(|wanted| wanted.to_string())
        >
            {message(notice, is_resolved)}
            {enough}
        </div>
    }
}

/// The bar at the bottom of the window with price, state and a way back to the panel. The style sheet shows it once the
/// panel has scrolled away.
pub(crate) fn sale_bar(price: String, offer: &Offer) -> impl IntoView + use<> {
    let parts = offer.parts();
    view! {
        <div class="sale-bar" role="group" aria-label=text!("sale-bar")>
            <p>
                <strong class="sale-bar-price">{price}</strong>
                <span class="sale-bar-state">{texts(live::headlines(), parts)}</span>
            </p>
            <a class="button button-primary" href="#buy">{texts(live::bar_links(), parts)}</a>
        </div>
    }
}
