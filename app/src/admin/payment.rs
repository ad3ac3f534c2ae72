//! The screen of one payment event.

use super::{
    confirm::{ActionForm, ReasonField},
    labels,
    layout::{Flash, Page, PageOperator, Screen, time},
    order::{fact, path_of},
};
use checkout::{
    model::{EventOutcome, Payment, Product, Reference, Timestamp},
    store::operators::Permission,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The body of a delivery.
pub struct Payload {
    /// The body as text. JSON is indented.
    pub text: String,
    /// Its `Content-Type`.
    pub content_type: Option<String>,
    /// Number of bytes.
    pub size: usize,
    /// When it came.
    pub received_at: Timestamp,
}

/// A payment event with everything that belongs to it.
pub struct PaymentPage {
    /// The event.
    pub payment: Payment,
    /// The id of its order and how people call it, if there is an order.
    pub order: Option<(String, String)>,
    /// Its product.
    pub product: Option<Arc<Product>>,
    /// The body as it came; `None` if it is not kept any more, or the operator may not see it.
    pub payload: Option<Payload>,
    /// The reason of the form that processes it again.
    pub replay: ReasonField,
}

/// The address of a payment's screen.
pub fn path(payment: &Payment) -> String {
    format!("/admin/payments/{}", payment.id)
}

/// Explains in plain words where an event stands. It follows “Processed again: ” or “Nothing changed: ”.
pub fn standing(outcome: EventOutcome) -> String {
    match outcome {
        EventOutcome::Applied => "it has had its effect on the order.".to_owned(),
        EventOutcome::Parked => "it still waits for its order.".to_owned(),
        EventOutcome::Duplicate => "another event had reported the same before.".to_owned(),
        EventOutcome::Ignored => "it has no effect on its order.".to_owned(),
        EventOutcome::RefundDue(reason) => {
            format!("its money is still to be refunded, because {}.", labels::refund_reason(reason))
        }
        EventOutcome::Refunded(_) => "its money has been refunded.".to_owned(),
    }
}

/// Renders the page.
pub fn payment(operator: PageOperator<'_>, page: PaymentPage, flash: Option<Flash>) -> String {
    let PaymentPage { payment, order, product, payload, replay } = page;
    let may_process = operator.role.may(Permission::Payments);
    let replay = may_process.then(|| replay_form(&payment, replay));
    let payload = may_process.then(|| payload_section(payload));
    Page::new(format!("Payment {}", payment.transaction_id))
        .signed_in(operator, Screen::Payments)
        .back("Payments", "/admin/payments")
        .badge(labels::outcome(payment.outcome))
        .actions(replay)
        .flash(flash)
        .render(view! { {facts(&payment, order, product)} {payload} })
}

fn facts(payment: &Payment, order: Option<(String, String)>, product: Option<Arc<Product>>) -> AnyView {
    let order = match (order, payment.reference) {
        (Some((id, name)), _) => view! { <a href=path_of(id)>{name}</a> }.into_any(),
        (None, Reference::Hold(_)) => "No order was placed from the hold yet".into_any(),
        (None, Reference::Order(_)) => "The shop has no such order".into_any(),
    };
    let reference = match payment.reference {
        Reference::Order(id) => format!("order {id}"),
        Reference::Hold(id) => format!("hold {id}"),
    };
    let product = product.map(|product| {
        let href = format!("/admin/products/{}", product.id);
        fact("Product", view! { <a href=href>{product.name.clone()}</a> })
    });
    let code = |text: String| view! { <code>{text}</code> };
    view! {
        <section class="panel" aria-labelledby="summary">
            <h2 id="summary">"Summary"</h2>
            <dl class="facts">
                {fact("Received", time(payment.received_at))}
                {fact("Status", labels::words(payment.status.name()))}
                {fact("Outcome", labels::outcome(payment.outcome))}
                {fact("Amount", labels::reported_amount(payment, labels::money))}
                {fact("Order", order)}
                {product}
                {fact("Transaction", code(payment.transaction_id.to_string()))}
                {payment.dispute_id.as_ref().map(|id| fact("Dispute", code(id.to_string())))}
                {fact("Event key", code(payment.key.to_string()))}
                {fact("Refers to", code(reference))}
                {fact("Event id", code(payment.id.to_string()))}
            </dl>
        </section>
    }
    .into_any()
}

fn payload_section(payload: Option<Payload>) -> AnyView {
    let content = match payload {
        Some(Payload { text, content_type, size, received_at }) => {
            let kind = content_type.unwrap_or_else(|| "no content type".to_owned());
            view! {
                <p class="muted">{format!("{kind}, {size} bytes, ")} {time(received_at)}</p>
                <pre class="payload" role="region" aria-labelledby="payload" tabindex="0"><code>{text}</code></pre>
            }
            .into_any()
        }
        None => view! {
            <p class="muted">"The body of this delivery is not stored. Bodies are kept for 90 days."</p>
        }
        .into_any(),
    };
    view! { <section><h2 id="payload">"Payload as it came"</h2> {content}</section> }.into_any()
}

fn replay_form(payment: &Payment, reason: ReasonField) -> AnyView {
    let explanation = "The shop decides this event again, with the stock and the order as they are now. If the event has \
                       had its effect, nothing changes.";
    ActionForm {
        explanation: explanation.to_owned(),
        reason: Some(reason),
        ..ActionForm::new("replay-", format!("{}/replay", path(payment)), "Process again…", "Process again")
    }
    .render()
}
