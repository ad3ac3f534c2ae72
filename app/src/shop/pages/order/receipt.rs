//! The receipt of a paid order. The print style shows it below the ticket.

use super::OrderFacts;
use crate::{
    i18n::text, messages::keepsake, price::format_price, shop::components::purchase::unit_price,
    ui::local_time::LocalTimeIsland,
};
use checkout::model::{Address, Contact, Money, OrderState, PaymentStatus};
use leptos::prelude::*;

/// The lines with their amounts, the payment's reference, and who sold it.
pub(super) fn receipt(facts: &OrderFacts) -> impl IntoView + use<> {
    let OrderFacts { order, product, shop, .. } = facts;
    let total = format_price(order.amount);
    let returned = Some(order.refunds.returned).filter(|minor| *minor > 0);
    let returned = returned.map(|minor| format_price(Money { minor, ..order.amount }));
    let each = format_price(unit_price(order.amount, order.qty.get()));
    view! {
        <section class="panel receipt" aria-labelledby="receipt">
            <h2 id="receipt">{text!("receipt")}</h2>
            <p class="receipt-shop">
                <strong>{shop.name.clone()}</strong>
                {shop.contact.clone().map(|(text, url)| view! { " · " <a href=url>{text}</a> })}
            </p>
            <table class="receipt-lines">
                <thead>
                    <tr>
                        <th scope="col">{text!("receipt-item")}</th>
                        <th scope="col">{text!("order-fact-quantity")}</th>
                        <th scope="col">{text!("receipt-each")}</th>
                        <th scope="col">{text!("receipt-amount")}</th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <td>{product.name.clone()}</td>
                        <td>{order.qty.get()}</td>
                        <td>{each}</td>
                        <td>{total.clone()}</td>
                    </tr>
                </tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="3">{text!("receipt-total-paid")}</th>
                        <td data-testid="total-paid">{total}</td>
                    </tr>
                    {returned.map(|sum| view! {
                        <tr><th scope="row" colspan="3">{text!("receipt-returned")}</th><td>{sum}</td></tr>
                    })}
                </tfoot>
            </table>
            {details(facts)}
        </section>
    }
}

/// The facts of an order in words and times.
pub(super) fn details(facts: &OrderFacts) -> impl IntoView + use<> {
    let order = &facts.order;
    let (ended, reference) = match &order.state {
        OrderState::Pending => (None, None),
        OrderState::Paid { paid_at, transaction_id } => {
            (Some((text!("order-fact-paid"), *paid_at)), Some(transaction_id.to_string()))
        }
        OrderState::Cancelled { cancelled_at, .. } => (Some((text!("order-fact-cancelled"), *cancelled_at)), None),
    };
    let declined = facts.payments.iter().filter(|payment| payment.status == PaymentStatus::Failure).count();
    view! {
        <dl class="details">
            <div><dt>{text!("order-fact-number")}</dt><dd class="code">{facts.number()}</dd></div>
            {facts.place.map(|place| view! { <div><dt>{text!("order-fact-place")}</dt><dd>{keepsake::place(place)}</dd></div> })}
            <div><dt>{text!("order-fact-placed")}</dt><dd><LocalTimeIsland at=order.created_at.into() /></dd></div>
            {ended.map(|(label, at)| view! { <div><dt>{label}</dt><dd><LocalTimeIsland at=at.into() /></dd></div> })}
            {reference.map(|id| view! { <div><dt>{text!("order-fact-payment")}</dt><dd class="code">{id}</dd></div> })}
            {(declined > 0).then(|| view! { <div><dt>{text!("order-fact-declined")}</dt><dd>{declined}</dd></div> })}
        </dl>
    }
}

/// The panel with the buyer's details.
pub(super) fn contact_panel(contact: Contact) -> impl IntoView {
    let Contact { email, name, address, language: _ } = contact;
    view! {
        <section class="panel buyer" aria-labelledby="contact">
            <h2 id="contact">{text!("field-your-details")}</h2>
            <dl class="details">
                <div><dt>{text!("field-email")}</dt><dd>{email.to_string()}</dd></div>
                {name.map(|name| view! { <div><dt>{text!("field-name")}</dt><dd>{name}</dd></div> })}
                {address.map(|address| view! {
                    <div><dt>{text!("order-fact-delivery")}</dt><dd><address>{address_lines(&address)}</address></dd></div>
                })}
            </dl>
        </section>
    }
}

fn address_lines(address: &Address) -> impl IntoView + use<> {
    address.lines().into_iter().map(|line| view! { <span class="address-line">{line}</span> }).collect_view()
}
