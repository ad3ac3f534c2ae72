//! An order, live: its status, what that means, and what the shopper can do next.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::live_order::{OrderStatusView, live_order};
use crate::{
    clock::server_time,
    messages, paths,
    reload::reload,
    ui::{
        ConnectionIndicator,
        countdown::{Countdown, reload_after},
        local_time::{DateTime, LocalTime},
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, time::Duration};

/// Time for the sweep to cancel an unpaid order and for the stream to report it. After that the page is reloaded.
const CANCEL_GRACE: Duration = Duration::from_secs(2);

const STEPS: [&str; 3] = ["Reserve", "Details", "Pay"];

/// The steps of a purchase. `current` is the index of the next step, or 3 after the last one.
#[component]
pub fn PurchaseSteps(#[prop(into)] current: Signal<usize>) -> impl IntoView {
    let steps = STEPS.into_iter().enumerate().map(|(i, name)| {
        let state = move || match i.cmp(&current.get()) {
            Ordering::Less => "done",
            Ordering::Equal => "current",
            Ordering::Greater => "upcoming",
        };
        view! { <li data-step=state aria-current=move || (i == current.get()).then_some("step")>{name}</li> }
    });
    view! { <ol class="steps" aria-label="Steps to your order">{steps.collect_view()}</ol> }
}

/// The steps of a purchase on the order's page. A cancelled order shows none.
#[island]
pub fn OrderSteps(id: String, order: OrderStatusView) -> impl IntoView {
    let (order, _) = live_order(&id, order, || {});
    let current =
        Signal::derive(move || if order.with(|o| matches!(&o.status[..], "paid" | "refunded")) { 3 } else { 2 });
    let is_cancelled = move || order.with(|o| o.status == "cancelled");
    // If the order is cancelled while the page is open, the steps keep their space so that nothing moves.
    let was_cancelled = untrack(is_cancelled);
    view! {
        <div hidden=was_cancelled class:hidden-in-place=is_cancelled>
            <PurchaseSteps current />
        </div>
    }
}

/// The facts about an order that [`OrderPanel`] needs, as of rendering.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderPanelData {
    /// The order's id.
    pub id: String,
    /// The order's status.
    pub order: OrderStatusView,
    /// The server's time in milliseconds since the epoch.
    pub rendered_at: i64,
    /// When the time to pay ends, in milliseconds since the epoch.
    pub pay_by: i64,
    /// The amount due, formatted.
    pub amount: String,
    /// Whether the shop has a payment provider.
    pub can_pay: bool,
    /// Whether the shopper has paid, and the provider has not confirmed the payment yet.
    pub is_processing: bool,
    /// URL of the product's page, if the shop still lists the product.
    pub product_url: Option<String>,
}

/// Status, countdown and the next actions.
#[island]
pub fn OrderPanel(data: OrderPanelData) -> impl IntoView {
    let OrderPanelData { id, order, rendered_at, pay_by, amount, can_pay, is_processing, product_url } = data;
    // A new refund reloads the page, because only the server can format its notice.
    let (order, connection) = live_order(&id, order, reload);
    let now = server_time(rendered_at);
    let notice = Memo::new(move |_| {
        order.with(|o| match (&o.status[..], is_processing) {
            ("pending", true) => messages::payment_processing(),
            (status, _) => messages::order_status(status, o.reason.as_deref(), o.refunds > 0),
        })
    });
    let status = move || order.with(|o| o.status.clone());
    let (id, product_url) = (StoredValue::new(id), StoredValue::new(product_url));
    let amount = StoredValue::new(amount);
    let actions = move || {
        match status().as_str() {
            "pending" if is_processing => view! {
                <p class="amount-due"><span>"Paying " <strong>{amount.get_value()}</strong></span></p>
                <p class="actions"><a class="button button-secondary" href="/orders">"My orders"</a></p>
            }
            .into_any(),
            "pending" => view! {
                <PendingActions now pay_by amount=amount.get_value() can_pay id=id.get_value() />
            }
            .into_any(),
            // As high as the pending actions (one row of facts, two buttons), so that nothing below moves.
            "paid" | "refunded" => view! {
                <p class="amount-due"><span>"Paid " <strong>{amount.get_value()}</strong></span></p>
                <p class="actions">
                    <a class="button button-primary" href="/">"Back to the drops"</a>
                    <a class="button button-secondary" href="/orders">"My orders"</a>
                </p>
            }
            .into_any(),
            _ => view! {
                <p class="amount-due"><span>"Was due " <strong>{amount.get_value()}</strong></span></p>
                <p class="actions">
                    {product_url.get_value().map(|url| view! { <a class="button button-primary" href=url>"Back to the product"</a> })}
                    <a class="button button-secondary" href="/">"All drops"</a>
                </p>
            }
            .into_any(),
        }
    };
    view! {
        <section class="panel order-panel" data-status=status aria-labelledby="order-status">
            <div class="panel-header">
                <p class="badge" data-testid="order-status" data-status=status>
                    {move || order.with(|o| messages::order_status_label(&o.status))}
                </p>
                <ConnectionIndicator status=connection />
            </div>
            <div class="order-status" role="status">
                <h2 id="order-status">{move || notice.get().title}</h2>
                <p>{move || notice.get().text}</p>
            </div>
            {actions}
        </section>
    }
}

#[component]
fn PendingActions(now: ReadSignal<i64>, pay_by: i64, amount: String, can_pay: bool, id: String) -> impl IntoView {
    reload_after(now, pay_by, CANCEL_GRACE);
    view! {
        <p class="amount-due">
            <span>"Due now " <strong>{amount}</strong></span>
            <span>"Time left to pay " <strong><Countdown now end=pay_by left="left to pay" over="Time’s up. Checking with the shop…" /></strong></span>
        </p>
        <div class="actions">
            {can_pay.then(|| view! {
                <form method="post" action=paths::PAY>
                    <input type="hidden" name="order" value=id.clone() />
                    <button class="button button-primary" type="submit">"Pay now"</button>
                </form>
            })}
            <form method="post" action=paths::CANCEL>
                <input type="hidden" name="order" value=id />
                <button class="button button-secondary" type="submit">"Cancel order"</button>
            </form>
        </div>
    }
}

/// An order's status in a list. `live` is false for most orders: each stream takes one of the few connections that a
/// browser allows.
#[island]
pub fn OrderBadge(id: String, order: OrderStatusView, live: bool) -> impl IntoView {
    let order = if live { live_order(&id, order, || {}).0 } else { signal(order).0 };
    view! {
        <p class="badge" data-status=move || order.with(|o| o.status.clone())>
            {move || order.with(|o| messages::order_status_label(&o.status))}
        </p>
    }
}

/// The details of an order that never change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlacedOrder {
    /// The order's id.
    pub id: String,
    /// The order's number, or its id where it has none.
    pub number: String,
    /// Quantity and product, as text.
    pub quantity: String,
    /// When the order was placed.
    pub placed_at: DateTime,
    /// Number of payments that the provider declined.
    pub declined_payments: usize,
}

/// The list of an order's details.
#[island]
pub fn OrderDetails(placed: PlacedOrder, order: OrderStatusView) -> impl IntoView {
    let PlacedOrder { id, number, quantity, placed_at, declined_payments } = placed;
    let (order, _) = live_order(&id, order, || {});
    let ended = move || {
        let OrderStatusView { status, ended_at, .. } = order.get();
        let label = if status == "cancelled" { "Cancelled" } else { "Paid" };
        ended_at.map(|at| view! { <div><dt>{label}</dt><dd><LocalTime at /></dd></div> })
    };
    let transaction = move || {
        let transaction_id = order.with(|o| o.transaction_id.clone());
        transaction_id.map(|id| view! { <div><dt>"Payment"</dt><dd class="code">{id}</dd></div> })
    };
    view! {
        <dl class="details">
            <div><dt>"Order"</dt><dd class="code" data-testid="order-number">{number}</dd></div>
            <div><dt>"Quantity"</dt><dd>{quantity}</dd></div>
            <div><dt>"Placed"</dt><dd><LocalTime at=placed_at /></dd></div>
            {ended}
            {transaction}
            {(declined_payments > 0).then(|| view! { <div><dt>"Declined payments"</dt><dd>{declined_payments}</dd></div> })}
        </dl>
    }
}
