//! The shopper's active holds and orders, newest first.

use super::{NoIndex, NoScriptRefresh, PageError, PageRequest, render_page};
use crate::{
    i18n::text,
    messages::{self, keepsake},
    paths,
    price::format_price,
    shop::components::{ORDER_STATUSES, OrderStatusView, order_panel::OrderBadge},
    ui::{
        countdown::HoldCountdown,
        local_time::LocalTimeIsland,
        product_image::{Cover, ProductImage},
        slot::{SLOT, with_element},
    },
};
use checkout::{
    Checkout,
    model::{Hold, Order, OrderState, Place, ProductId, Timestamp},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Maximum number of holds shown. Few sales let one shopper have more.
const MAX_HOLDS: usize = 20;

/// Orders on one page.
const PAGE_SIZE: usize = 20;

/// Maximum number of pending orders that are followed live. A browser opens only six connections to an HTTP/1.1 server.
const MAX_LIVE_ORDERS: usize = 3;

/// Refresh interval without scripts while a hold or an order is pending.
const REFRESH_SECONDS: i64 = 15;

#[component]
pub(crate) fn OrdersPage() -> impl IntoView {
    render_page(load)
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let checkout = request.checkout.clone();
    let before = request.query.get("before").and_then(|id| id.parse().ok());
    let (mut holds, mut orders) = match request.owner().await? {
        Some(owner) => {
            // Only the first page shows holds.
            let holds = match before {
                Some(_) => Vec::new(),
                None => checkout.active_holds(owner, limit_plus_one(MAX_HOLDS)).await?,
            };
            (holds, checkout.orders(owner, before, limit_plus_one(PAGE_SIZE)).await?)
        }
        None => Default::default(),
    };
    let (has_more_holds, has_more_orders) = (holds.len() > MAX_HOLDS, orders.len() > PAGE_SIZE);
    holds.truncate(MAX_HOLDS);
    orders.truncate(PAGE_SIZE);
    let next_url = orders.last().filter(|_| has_more_orders).map(|order| format!("/orders?before={}", order.id));
    let is_pending = !holds.is_empty() || orders.iter().any(|o| o.state == OrderState::Pending);
    let places = checkout.places(&orders).await?;
    let now = checkout.now();
    let empty = (holds.is_empty() && orders.is_empty()).then(empty_state);
    Ok(view! {
        <Title text=text!("nav-orders") />
        <NoIndex description=text!("orders-description") />
        {is_pending.then(|| view! { <NoScriptRefresh seconds=REFRESH_SECONDS /> })}
        <div class="narrow">
            <h1>{text!("nav-orders")}</h1>
            {empty}
            {(!holds.is_empty()).then(|| {
                let rows = holds.into_iter().map(|hold| hold_row(&checkout, &hold, now)).collect_view();
                view! {
                    <h2>{text!("orders-reserved")}</h2>
                    <ul class="rows">{rows}</ul>
                    {has_more_holds.then(|| view! { <p class="muted">{text!("orders-newest-holds", n = MAX_HOLDS)}</p> })}
                }
            })}
            {(!orders.is_empty()).then(|| {
                let pending = orders.iter().filter(|order| order.state == OrderState::Pending);
                let live: Vec<_> = pending.take(MAX_LIVE_ORDERS).map(|order| order.id).collect();
                let rows = orders.iter().map(|order| {
                    order_row(&checkout, order, places.get(&order.id).copied(), live.contains(&order.id))
                });
                let rows = rows.collect_view();
                view! { <h2>{text!("orders-ordered")}</h2> <ul class="rows">{rows}</ul> }
            })}
            {next_url.map(|url| view! { <p class="actions"><a class="button button-secondary" href=url>{text!("orders-older")}</a></p> })}
        </div>
    }
    .into_any())
}

/// Reading one more than is shown tells whether there are more.
fn limit_plus_one(limit: usize) -> u32 {
    u32::try_from(limit + 1).unwrap_or(u32::MAX)
}

fn empty_state() -> impl IntoView {
    view! {
        <div class="empty-state">
            <h2>{text!("orders-empty")}</h2>
            <p>{text!("orders-empty", "text")}</p>
            <p class="actions"><a class="button button-primary" href="/">{text!("error-see-drops")}</a></p>
        </div>
    }
}

fn hold_row(checkout: &Checkout, hold: &Hold, now: Timestamp) -> impl IntoView + use<> {
    let (rendered_at, expires_at) = (now.as_millis(), hold.expires_at.as_millis());
    let (name, cover) = name_and_cover(checkout, hold.product_id);
    let facts = text!("orders-hold", units = messages::units(hold.qty.get()), time = SLOT);
    let until = view! { <LocalTimeIsland at=hold.expires_at.into() /> };
    let left = view! { <HoldCountdown rendered_at expires_at /> };
    view! {
        <li class="row" data-testid="hold-row">
            <ProductImage cover sizes="6rem" />
            <div class="row-text">
                <p class="row-name"><a href=paths::hold(&hold.id.to_string())>{name}</a></p>
                <p class="muted">{with_element(&facts, until)}</p>
            </div>
            <p class="badge" data-status="held">{with_element(&text!("orders-yours-for", time = SLOT), left)}</p>
        </li>
    }
}

fn order_row(checkout: &Checkout, order: &Order, place: Option<Place>, live: bool) -> impl IntoView + use<> {
    let (name, cover) = name_and_cover(checkout, order.product_id);
    let id = order.id.to_string();
    let (units, price) = (messages::units(order.qty.get()), format_price(order.amount));
    let facts = text!("orders-order", units = units, price = price, time = SLOT);
    let placed = view! { <LocalTimeIsland at=order.created_at.into() /> };
    view! {
        <li class="row" data-testid="order-row">
            <ProductImage cover sizes="6rem" />
            <div class="row-text">
                <p class="row-name"><a href=paths::order(&id)>{name}</a></p>
                <p class="muted">{with_element(&facts, placed)}</p>
                <p class="row-facts">
                    {order.number.map(|number| view! { <span class="code">{number.to_string()}</span> })}
                    {place.map(|place| view! { <strong data-testid="place">{keepsake::place(place)}</strong> })}
                </p>
            </div>
            {order_badge(order, live)}
        </li>
    }
}

fn order_badge(order: &Order, live: bool) -> AnyView {
    let status = order.status().name().to_owned();
    if !live {
        let label = messages::order_status_label(&status);
        return view! { <p class="badge" data-status=status>{label}</p> }.into_any();
    }
    let order_view = OrderStatusView { status, version: order.version, ..OrderStatusView::default() };
    let labels = ORDER_STATUSES.map(messages::order_status_label).to_vec();
    view! { <OrderBadge id=order.id.to_string() order=order_view labels /> }.into_any()
}

fn name_and_cover(checkout: &Checkout, id: ProductId) -> (String, Cover) {
    checkout.product(id).map_or_else(
        || (text!("orders-unlisted"), Cover::default()),
        |product| (product.name.clone(), Cover::from(&*product)),
    )
}
