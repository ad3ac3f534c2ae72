//! The ticket of a paid order, and what happens next.

use super::OrderFacts;
use crate::{
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
        <article class="ticket" aria-label="Your ticket" data-status=order.status().name() data-testid="ticket">
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
                    <div><dt>"Order"</dt><dd class="code" data-testid="order-number">{facts.number()}</dd></div>
                    {paid_at.map(|at| view! { <div><dt>"Paid"</dt><dd><LocalTimeIsland at=at.into() /></dd></div> })}
                    <div><dt>"Quantity"</dt><dd>{order.qty.get()}</dd></div>
                    <div><dt>"Total"</dt><dd>{format_price(order.amount)}</dd></div>
                </dl>
                {facts.code.clone().map(|code| view! {
                    <div class="ticket-code" data-testid="order-code">
                        <div class="ticket-code-image" role="img" aria-label=keepsake::CODE_ALT inner_html=code></div>
                        <p><strong>{keepsake::CODE_TITLE}</strong> <span>{keepsake::CODE_TEXT}</span></p>
                    </div>
                })}
            </div>
        </article>
    }
}

/// What happens after the payment, as far as the shop knows.
pub(super) fn next_steps(facts: &OrderFacts) -> impl IntoView + use<> {
    let contact = facts.contact.as_ref();
    let mail = contact.filter(|_| facts.shop.sends_mail).map(|contact| keepsake::next_mail(contact.email.as_str()));
    let ships = facts.product.ships && contact.is_some_and(|contact| contact.address.is_some());
    let number = facts.number();
    view! {
        <section class="panel order-next" aria-labelledby="next">
            <h2 id="next">{keepsake::NEXT_TITLE}</h2>
            <ul>
                {mail.map(|mail| view! { <li>{mail}</li> })}
                {ships.then(|| view! { <li>{keepsake::NEXT_SHIPPING}</li> })}
                <li>{keepsake::NEXT_TICKET}</li>
                {reach_shop(Some(&number)).map(|reach| view! { <li>{keepsake::QUESTIONS} " " {reach}</li> })}
            </ul>
        </section>
    }
}
