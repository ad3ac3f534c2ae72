//! The receipt of a paid order. The print style shows it below the ticket.

use super::OrderFacts;
use crate::{
    messages::keepsake, price::format_price, shop::components::purchase::unit_price, ui::local_time::LocalTimeIsland,
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
            <h2 id="receipt">"Receipt"</h2>
            <p class="receipt-shop">
                <strong>{shop.name.clone()}</strong>
                {shop.contact.clone().map(|(text, url)| view! { " · " <a href=url>{text}</a> })}
            </p>
            <table class="receipt-lines">
                <thead>
                    <tr><th scope="col">"Item"</th><th scope="col">"Quantity"</th><th scope="col">"Each"</th><th scope="col">"Amount"</th></tr>
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
                    <tr><th scope="row" colspan="3">"Total paid"</th><td data-testid="total-paid">{total}</td></tr>
                    {returned.map(|sum| view! { <tr><th scope="row" colspan="3">"Returned"</th><td>{sum}</td></tr> })}
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
        OrderState::Paid { paid_at, transaction_id } => (Some(("Paid", *paid_at)), Some(transaction_id.to_string())),
        OrderState::Cancelled { cancelled_at, .. } => (Some(("Cancelled", *cancelled_at)), None),
    };
    let declined = facts.payments.iter().filter(|payment| payment.status == PaymentStatus::Failure).count();
    view! {
        <dl class="details">
            <div><dt>"Order"</dt><dd class="code">{facts.number()}</dd></div>
            {facts.place.map(|place| view! { <div><dt>"Place"</dt><dd>{keepsake::place(place)}</dd></div> })}
            <div><dt>"Placed"</dt><dd><LocalTimeIsland at=order.created_at.into() /></dd></div>
            {ended.map(|(label, at)| view! { <div><dt>{label}</dt><dd><LocalTimeIsland at=at.into() /></dd></div> })}
            {reference.map(|id| view! { <div><dt>"Payment"</dt><dd class="code">{id}</dd></div> })}
            {(declined > 0).then(|| view! { <div><dt>"Declined payments"</dt><dd>{declined}</dd></div> })}
        </dl>
    }
}

/// The panel with the buyer's details.
pub(super) fn contact_panel(contact: Contact) -> impl IntoView {
    let Contact { email, name, address, language: _ } = contact;
    view! {
        <section class="panel buyer" aria-labelledby="contact">
            <h2 id="contact">"Your details"</h2>
            <dl class="details">
                <div><dt>"E-mail"</dt><dd>{email.to_string()}</dd></div>
                {name.map(|name| view! { <div><dt>"Name"</dt><dd>{name}</dd></div> })}
                {address.map(|address| view! {
                    <div><dt>"Delivery to"</dt><dd><address>{address_lines(&address)}</address></dd></div>
                })}
            </dl>
        </section>
    }
}

fn address_lines(address: &Address) -> impl IntoView + use<> {
    address.lines().into_iter().map(|line| view! { <span class="address-line">{line}</span> }).collect_view()
}
