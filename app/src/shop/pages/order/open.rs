//! An order that waits for its payment, and one that has ended without any.

use super::{OrderFacts, receipt::details};
use crate::{
    messages::keepsake,
    paths,
    price::format_price,
    shop::components::{
        order_panel::PaymentCountdown,
        purchase::{Assurances, OrderSummary, reach_shop},
    },
    ui::local_time::LocalTimeIsland,
};
use leptos::prelude::*;

/// What is due, until when, and the buttons that pay and cancel.
pub(super) fn pending_actions(facts: &OrderFacts, can_pay: bool) -> impl IntoView + use<> {
    let order = &facts.order;
    let (id, rendered_at, pay_by) = (order.id.to_string(), facts.now.as_millis(), order.pay_by.as_millis());
    let charge = if can_pay { keepsake::CHARGED_ON_PAYMENT_PAGE } else { keepsake::CHARGED_ELSEWHERE };
    view! {
        <p class="amount-due">
            <span>"Due now " <strong>{format_price(order.amount)}</strong></span>
            <span>"Time left to pay " <strong><PaymentCountdown rendered_at pay_by /></strong></span>
            <span>"Pay by " <strong><LocalTimeIsland at=order.pay_by.into() /></strong></span>
        </p>
        {can_pay.then(|| view! {
            <form class="pay-form" method="post" action=paths::PAY>
                <input type="hidden" name="order" value=id.clone() />
                <button class="button button-primary" type="submit">"Pay now"</button>
            </form>
        })}
        <Assurances idle=keepsake::IDLE_ORDER.to_owned() charge=charge.to_owned() number=Some(facts.number()) />
        <details class="confirm">
            <summary>{keepsake::CANCEL_ORDER}</summary>
            <form method="post" action=paths::CANCEL>
                <input type="hidden" name="order" value=id />
                <p>{keepsake::CANCEL_ORDER_QUESTION}</p>
                <button class="button button-secondary" type="submit">{keepsake::CANCEL_ORDER_YES}</button>
            </form>
        </details>
    }
}

/// What an order is for whose payment is being confirmed.
pub(super) fn processing_actions(facts: &OrderFacts) -> impl IntoView + use<> {
    view! {
        <p class="amount-due"><span>"Paying " <strong>{format_price(facts.order.amount)}</strong></span></p>
        <p class="actions"><a class="button button-secondary" href="/orders">"My orders"</a></p>
    }
}

/// The ways onward from an order that has ended.
pub(super) fn ended_actions(facts: &OrderFacts) -> impl IntoView + use<> {
    let product_url = paths::listed_product(&facts.product);
    let number = facts.number();
    view! {
        <p class="actions">
            {product_url.map(|url| view! { <a class="button button-primary" href=url>"Back to the product"</a> })}
            <a class="button button-secondary" href="/">"All drops"</a>
        </p>
        {reach_shop(Some(&number)).map(|reach| view! { <p class="muted">{keepsake::QUESTIONS} " " {reach}</p> })}
    }
}

/// The product, the order's total, and the order's facts.
pub(super) fn ordered_panel(facts: &OrderFacts) -> impl IntoView + use<> {
    let (product, order) = (facts.product.clone(), &facts.order);
    view! {
        <section class="panel" aria-label="What you ordered">
            <OrderSummary product qty=order.qty.get() total=Some(order.amount) />
            {details(facts)}
        </section>
    }
}
