//! The ticket of a paid order, and what happens next.

use super::OrderFacts;
use crate::{
    i18n::text,
    messages::keepsake,
    price::format_price,
    shop::components::purchase::{product_name, reach_shop},
    ui::{
        local_time::LocalTimeIsland,
        product_image::{Cover, ProductImage},
    },
};
use checkout::model::OrderState;
use leptos::prelude::*;

/// The keepsake: picture, place among the paid units, number, date, total, and the code of the order's link.
pub(super) fn ticket(facts: &OrderFacts) -> impl IntoView + use<> {
    let OrderFacts { order, product, place, .. } = facts;
    let paid_at = match &order.state {
        OrderState::Paid { paid_at, .. } => Some(*paid_at),
        OrderState::Pending | OrderState::Cancelled { .. } => None,
    };
    view! {
        <article class="ticket" aria-label=text!("ticket") data-status=order.status().name() data-testid="ticket">
            <div class="ticket-picture">
                <ProductImage cover=Cover::from(&**product) sizes="(min-width: 46rem) 44rem, 100vw" eager=true />
            </div>
            <div class="ticket-main">
                <p class="ticket-shop">{facts.shop.name.clone()}</p>
                <h2 class="ticket-name">{product_name(product)}</h2>
                {place.map(|place| view! { <p class="ticket-place" data-testid="place">{keepsake::place(place)}</p> })}
            </div>
            <div class="ticket-stub">
                <dl class="ticket-facts">
                    <div><dt>{text!("order-fact-number")}</dt><dd class="code" data-testid="order-number">{facts.number()}</dd></div>
                    {paid_at.map(|at| view! { <div><dt>{text!("order-fact-paid")}</dt><dd><LocalTimeIsland at=at.into() /></dd></div> })}
                    <div><dt>{text!("order-fact-quantity")}</dt><dd>{order.qty.get()}</dd></div>
                    <div><dt>{text!("order-fact-total")}</dt><dd>{format_price(order.amount)}</dd></div>
                </dl>
                {facts.code.clone().map(|code| view! {
                    <div class="ticket-code" data-testid="order-code">
                        <div class="ticket-code-image" role="img" aria-label=text!("ticket-code", "alt") inner_html=code></div>
                        <p><strong>{text!("ticket-code")}</strong> <span>{text!("ticket-code", "text")}</span></p>
                    </div>
                })}
            </div>
        </article>
    }
}

/// The steps after the payment, as far as the shop knows them.
pub(super) fn next_steps(facts: &OrderFacts) -> impl IntoView + use<> {
    let contact = facts.contact.as_ref();
    let mail = contact
        .filter(|_| facts.shop.sends_mail)
        .map(|contact| text!("ticket-next", "mail", email = contact.email.as_str()));
    let ships = facts.product.ships && contact.is_some_and(|contact| contact.address.is_some());
    let number = facts.number();
    view! {
        <section class="panel order-next" aria-labelledby="next">
            <h2 id="next">{text!("ticket-next")}</h2>
            <ul>
                {mail.map(|mail| view! { <li>{mail}</li> })}
                {ships.then(|| view! { <li>{text!("ticket-next", "shipping")}</li> })}
                <li>{text!("ticket-next", "ticket")}</li>
                {reach_shop(Some(&number)).map(|reach| view! { <li>{text!("contact-questions")} " " {reach}</li> })}
            </ul>
        </section>
    }
}
