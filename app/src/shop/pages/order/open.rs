//! An order that waits for its payment, and one that has ended without any.

use super::{OrderFacts, receipt::details};
use crate::{
    i18n::text,
    paths,
    price::format_price,
    shop::components::{
        order_panel::PaymentCountdown,
        purchase::{Assurances, OrderSummary, reach_shop},
    },
    ui::{
        local_time::LocalTimeIsland,
        slot::{SLOT, with_element},
    },
};
use leptos::prelude::*;

/// The sum that is due, until when, and the buttons that pay and cancel.
pub(super) fn pending_actions(facts: &OrderFacts, can_pay: bool) -> impl IntoView + use<> {
    let order = &facts.order;
    let (id, rendered_at, pay_by) = (order.id.to_string(), facts.now.as_millis(), order.pay_by.as_millis());
    let charge = if can_pay { text!("order-charged-on-payment-page") } else { text!("purchase-charged-elsewhere") };
    let amount = view! { <strong>{format_price(order.amount)}</strong> };
    let left = view! { <strong><PaymentCountdown rendered_at pay_by /></strong> };
    let until = view! { <strong><LocalTimeIsland at=order.pay_by.into() /></strong> };
    view! {
        <p class="amount-due">
            <span>{with_element(&text!("order-due", amount = SLOT), amount)}</span>
            <span>{with_element(&text!("order-time-left", time = SLOT), left)}</span>
            <span>{with_element(&text!("order-pay-by", time = SLOT), until)}</span>
        </p>
        {can_pay.then(|| view! {
            <form class="pay-form" method="post" action=paths::PAY>
                <input type="hidden" name="order" value=id.clone() />
                <button class="button button-primary" type="submit">{text!("order-pay")}</button>
            </form>
        })}
        <Assurances idle=text!("order-idle") charge number=Some(facts.number()) />
        <details class="confirm">
            <summary>{text!("order-cancel")}</summary>
            <form method="post" action=paths::CANCEL>
                <input type="hidden" name="order" value=id />
                <p>{text!("order-cancel", "question")}</p>
                <button class="button button-secondary" type="submit">{text!("order-cancel", "confirm")}</button>
            </form>
        </details>
    }
}

/// The sum of an order whose payment is being confirmed, and a way onward.
pub(super) fn processing_actions(facts: &OrderFacts) -> impl IntoView + use<> {
    let amount = view! { <strong>{format_price(facts.order.amount)}</strong> };
    view! {
        <p class="amount-due"><span>{with_element(&text!("order-paying", amount = SLOT), amount)}</span></p>
        <p class="actions"><a class="button button-secondary" href="/orders">{text!("nav-orders")}</a></p>
    }
}

/// The ways onward from an order that has ended.
pub(super) fn ended_actions(facts: &OrderFacts) -> impl IntoView + use<> {
    let product_url = paths::listed_product(&facts.product);
    let number = facts.number();
    view! {
        <p class="actions">
            {product_url.map(|url| view! { <a class="button button-primary" href=url>{text!("order-back-to-product")}</a> })}
            <a class="button button-secondary" href="/">{text!("order-all-drops")}</a>
        </p>
        {reach_shop(Some(&number)).map(|reach| view! { <p class="muted">{text!("contact-questions")} " " {reach}</p> })}
    }
}

/// The product, the order's total, and the order's facts.
pub(super) fn ordered_panel(facts: &OrderFacts) -> impl IntoView + use<> {
    let (product, order) = (facts.product.clone(), &facts.order);
    view! {
        <section class="panel" aria-label=text!("order", "contents")>
            <OrderSummary product qty=order.qty.get() total=Some(order.amount) />
            {details(facts)}
        </section>
    }
}
