//! All that is the shopper's: reservations that can still be ordered, and orders, newest first.

use super::{Refresh, Request, Stop, Unlisted, page};
use crate::{
    money,
    parts::{
        hold::HoldClock,
        order::{OrderBadge, State},
        picture::Picture,
        when::LocalTime,
    },
    paths, words,
};
use checkout::{
    Checkout,
    model::{Hold, Order, OrderState, ProductId, Timestamp},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Reservations that are shown; few sales let one shopper have more.
const MOST_HOLDS: usize = 20;

/// Orders on one page.
const PAGE: usize = 20;

/// Unpaid orders that are followed live. A browser has six connections to a server that speaks HTTP/1.
const MOST_FOLLOWED: usize = 3;

/// Without scripts: how often a list with something that waits is drawn again.
const LOOK_AGAIN_SECONDS: i64 = 15;

#[component]
pub(crate) fn OrdersPage() -> impl IntoView {
    page(load)
}

async fn load(request: Request) -> Result<AnyView, Stop> {
    let checkout = request.checkout.clone();
    let before = request.query.get("before").and_then(|id| id.parse().ok());
    let (mut holds, mut orders) = match request.owner().await? {
        Some(owner) => {
            // Older pages are about orders alone.
            let holds =
                if before.is_some() { Vec::new() } else { checkout.active_holds(owner, one_more(MOST_HOLDS)).await? };
            (holds, checkout.orders(owner, before, one_more(PAGE)).await?)
        }
        None => Default::default(),
    };
    let (more_holds, older) = (holds.len() > MOST_HOLDS, orders.len() > PAGE);
    holds.truncate(MOST_HOLDS);
    orders.truncate(PAGE);
    let next = orders.last().filter(|_| older).map(|order| format!("/orders?before={}", order.id));
    let waiting = !holds.is_empty() || orders.iter().any(|o| o.state == OrderState::Pending);
    let now = checkout.now();
    let empty = (holds.is_empty() && orders.is_empty()).then(empty);
    Ok(view! {
        <Title text="My orders" />
        <Unlisted about="What you have reserved and ordered with this browser." />
        {waiting.then(|| view! { <Refresh seconds=LOOK_AGAIN_SECONDS /> })}
        <div class="narrow">
            <h1>"My orders"</h1>
            {empty}
            {(!holds.is_empty()).then(|| {
                let rows = holds.into_iter().map(|hold| hold_row(&checkout, &hold, now)).collect_view();
                view! {
                    <h2>"Held for you"</h2>
                    <ul class="rows">{rows}</ul>
                    {more_holds.then(|| view! { <p class="quiet">{format!("These are the newest {MOST_HOLDS}; there are more.")}</p> })}
                }
            })}
            {(!orders.is_empty()).then(|| {
                let waiting = orders.iter().filter(|order| order.state == OrderState::Pending).take(MOST_FOLLOWED);
                let followed: Vec<_> = waiting.map(|order| order.id).collect();
                let rows = orders.iter().map(|order| order_row(&checkout, order, followed.contains(&order.id)));
                let rows = rows.collect_view();
                view! { <h2>"Ordered"</h2> <ul class="rows">{rows}</ul> }
            })}
            {next.map(|href| view! { <p class="actions"><a class="button button-quiet" href=href>"Older orders"</a></p> })}
        </div>
    }
    .into_any())
}

/// One more than is shown tells whether there are more.
fn one_more(shown: usize) -> u32 {
    u32::try_from(shown + 1).unwrap_or(u32::MAX)
}

fn empty() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>"Nothing here yet"</h2>
            <p>"What you reserve and order in this browser is listed here. No account needed."</p>
            <p class="actions"><a class="button button-main" href="/">"See the drops"</a></p>
        </div>
    }
}

fn hold_row(checkout: &Checkout, hold: &Hold, now: Timestamp) -> impl IntoView + use<> {
    let (rendered_at, expires_at) = (now.as_millis(), hold.expires_at.as_millis());
    let (name, image) = known(checkout, hold.product_id);
    view! {
        <li class="row" data-testid="hold-row">
            <Picture image />
            <div class="row-text">
                <p class="row-name"><a href=paths::checkout(&hold.id.to_string())>{name}</a></p>
                <p class="quiet">{words::units(hold.qty.get())} ", until " <LocalTime moment=hold.expires_at.into() /></p>
            </div>
            <p class="badge" data-status="held">"Yours for "<HoldClock rendered_at expires_at /></p>
        </li>
    }
}

fn order_row(checkout: &Checkout, order: &Order, live: bool) -> impl IntoView + use<> {
    let (name, image) = known(checkout, order.product_id);
    let id = order.id.to_string();
    let state = State { status: order.state.name().to_owned(), ..State::default() };
    view! {
        <li class="row" data-testid="order-row">
            <Picture image />
            <div class="row-text">
                <p class="row-name"><a href=paths::order(&id)>{name}</a></p>
                <p class="quiet">
                    {format!("{}, {}, ", words::units(order.qty.get()), money::price(order.amount))}
                    <LocalTime moment=order.created_at.into() />
                </p>
            </div>
            <OrderBadge id state live />
        </li>
    }
}

/// A product's name and picture, also where it is no longer on sale.
fn known(checkout: &Checkout, id: ProductId) -> (String, String) {
    checkout.product(id).map_or_else(
        || ("A product we no longer list".to_owned(), String::new()),
        |p| (p.name.clone(), p.image.clone()),
    )
}
