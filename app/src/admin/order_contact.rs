//! The contact of an order, and the form that erases its customer.

use super::{
    confirm::{ActionForm, ReasonField},
    layout::time,
    order::{fact, path_of},
};
use checkout::model::{Address, Contact, Order, StoredContact};
use leptos::prelude::*;

/// Renders the contact, or why there is none.
pub(super) fn contact_panel(contact: Option<StoredContact>) -> AnyView {
    let content = match contact {
        None => view! { <p class="muted">"No contact was given."</p> }.into_any(),
        Some(StoredContact::Erased { at }) => view! { <p class="muted">"Erased on " {time(at)} "."</p> }.into_any(),
        Some(StoredContact::Known(contact)) => known(contact),
    };
    view! {
        <section class="panel" aria-labelledby="contact">
            <h2 id="contact">"Contact"</h2>
            {content}
        </section>
    }
    .into_any()
}

fn known(contact: Contact) -> AnyView {
    let Contact { email, name, address, language: _ } = contact;
    view! {
        <dl class="facts">
            {name.map(|name| fact("Name", name))}
            {fact("E-mail", email.to_string())}
            {address.map(|address| fact("Address", lines(&address)))}
        </dl>
    }
    .into_any()
}

fn lines(address: &Address) -> AnyView {
    let lines: Vec<_> = address.lines().into_iter().map(|line| view! { <div>{line}</div> }).collect();
    view! { <div>{lines}</div> }.into_any()
}

/// Renders the form.
pub(super) fn erase_form(order: &Order, reason: ReasonField) -> AnyView {
    let explanation = "The contacts of all orders with this e-mail address are erased, and so are the messages of the payment \
                       provider about their payments. The orders, payments and refunds remain. This cannot be undone.";
    ActionForm {
        explanation: explanation.to_owned(),
        reason: Some(reason),
        is_danger: true,
        ..ActionForm::new(
            "erase-",
            format!("{}/erase-contact", path_of(order.id)),
            "Erase contact…",
            "Erase contact of this customer",
        )
    }
    .render()
}
