//! The screen of one order.

use super::{
    confirm::{ActionForm, ReasonField},
    labels::{self, money},
    layout::{Flash, Page, PageOperator, Screen, Tone, badge, time},
    list::{Column, Row, table},
    order_contact::{contact_panel, erase_form},
    order_mail::{mail_table, receipt_form},
    order_refund::{RefundForm, can_refund, refund_form},
    refusal::refusal,
};
use checkout::{
    model::{
        AttemptState, Job, Money, Order, OrderStatus, Payment, PaymentAttempt, Product, Refund, Refusal, StoredContact,
        Timestamp, open_disputes,
    },
    store::operators::Permission,
};
use leptos::prelude::*;
use std::sync::Arc;

/// An event of an order's timeline.
pub struct TimelineRow {
    /// When it happened.
    pub at: Timestamp,
    /// The part of the order's life, which gives the event its colour.
    pub kind: &'static str,
    /// The event in a few words.
    pub title: String,
    /// More about it.
    pub detail: Option<String>,
    /// The person or program, if it was not the shopper.
    pub actor: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
}

/// An order with everything that belongs to it.
pub struct OrderPage {
    /// The order.
    pub order: Order,
    /// Its product.
    pub product: Option<Arc<Product>>,
    /// Its timeline, oldest first.
    pub timeline: Vec<TimelineRow>,
    /// Its payment events, oldest first.
    pub payments: Vec<Payment>,
    /// The payment pages that were opened for it, oldest first.
    pub attempts: Vec<PaymentAttempt>,
    /// Its refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// Its contact, if it has one.
    pub contact: Option<StoredContact>,
    /// The reason of the form that cancels it.
    pub cancel: ReasonField,
    /// The reason of the form that erases its contact.
    pub erase: ReasonField,
    /// The form that refunds it.
    pub refund: RefundForm,
    /// Its latest mails, newest first.
    pub mails: Vec<Job>,
    /// Names the next request to send the receipt again.
    pub receipt_request: String,
}

/// Returns the order's number, or its id if it has none.
pub fn name_of(order: &Order) -> String {
    order.number.map_or_else(|| order.id.to_string(), |number| number.to_string())
}

/// The address of an order's screen.
pub fn path_of(order: impl std::fmt::Display) -> String {
    format!("/admin/orders/{order}")
}

/// Renders the page.
pub fn order(operator: PageOperator<'_>, page: OrderPage, flash: Option<Flash>) -> String {
    let OrderPage {
        order,
        product,
        timeline,
        payments,
        attempts,
        refunds,
        contact,
        cancel,
        erase,
        refund,
        mails,
        receipt_request,
    } = page;
    let can_cancel = order.status() == OrderStatus::Pending && operator.role.may(Permission::Orders);
    let cancel = can_cancel.then(|| cancel_form(&order, cancel));
    // Where there is no form to open, a refused refund is told above.
    let refused = refund.first_error().filter(|_| !can_refund(&order)).map(Flash::error);
    let may_refund = operator.role.may(Permission::Refunds) && can_refund(&order);
    // Only a dispute of the transaction that paid the order blocks its refunds.
    let is_disputed = open_disputes(&payments).any(|event| Some(&event.transaction_id) == order.transaction_id());
    let dispute = is_disputed.then(|| {
        let text = refusal(&Refusal::DisputeOpen, Some(order.amount.currency));
        view! { <p class="flash flash-warning">{text}</p> }
    });
    let refund = may_refund.then(|| refund_form(&order, refund));
    let is_known = matches!(contact, Some(StoredContact::Known(_)));
    let can_erase = is_known && operator.role.may(Permission::Customers);
    let erase = can_erase.then(|| erase_form(&order, erase));
    let is_paid = matches!(order.status(), OrderStatus::Paid | OrderStatus::Refunded);
    let receipt =
        (is_paid && is_known && operator.role.may(Permission::Receipts)).then(|| receipt_form(&order, receipt_request));
    Page::new(format!("Order {}", name_of(&order)))
        .signed_in(operator, Screen::Orders)
        .back("Orders", "/admin/orders")
        .badge(labels::order_status(&order))
        .actions(view! { {cancel} {refund} {receipt} {erase} })
        .flash(refused.or(flash))
        .render(view! {
            {dispute}
            {sums(&order)}
            <div class="columns">
                <div>
                    <section aria-labelledby="timeline">
                        <h2 id="timeline">"Timeline"</h2>
                        <ol class="timeline">{timeline.into_iter().map(event).collect::<Vec<_>>()}</ol>
                    </section>
                    {payment_table(&payments)}
                    {attempt_table(&attempts)}
                    {refund_table(&refunds)}
                    {mail_table(&mails)}
                </div>
                <div>{facts(&order, product)} {contact_panel(contact)}</div>
            </div>
        })
}

/// The order's amount, and how much of it went back.
fn sums(order: &Order) -> AnyView {
    let sum = |minor| money(Money { minor, ..order.amount });
    let on_the_way = order.refunds.issued - order.refunds.returned;
    let pending =
        (on_the_way > 0).then(|| view! { <span class="hint">{format!("{} not done yet", sum(on_the_way))}</span> });
    view! {
        <dl class="sums">
            <div><dt>"Amount"</dt><dd>{money(order.amount)}</dd></div>
            <div><dt>"Refunded"</dt><dd>{sum(order.refunds.issued)} {pending}</dd></div>
            <div><dt>"Left to refund"</dt><dd>{sum(order.refundable())}</dd></div>
        </dl>
    }
    .into_any()
}

fn facts(order: &Order, product: Option<Arc<Product>>) -> AnyView {
    let product = product.map_or_else(
        || view! { <code>{order.product_id.to_string()}</code> }.into_any(),
        |product| {
            let href = format!("/admin/products/{}", product.id);
            view! { <a href=href>{product.name.clone()}</a> }.into_any()
        },
    );
    let units = match order.refunds.restocked {
        0 => order.qty.get().to_string(),
        restocked => format!("{} ({restocked} put back on sale)", order.qty.get()),
    };
    let transaction = order.transaction_id().map(|id| fact("Transaction", view! { <code>{id.to_string()}</code> }));
    let shopper = order.shopper.clone().map_or_else(|| "not named".to_owned(), String::from);
    let pay_by = (order.transaction_id().is_none()).then(|| fact("Pay by", time(order.pay_by)));
    view! {
        <section class="panel" aria-labelledby="summary">
            <h2 id="summary">"Summary"</h2>
            <dl class="facts">
                {fact("Product", product)} {fact("Units", units)} {fact("Placed", time(order.created_at))} {pay_by}
                {fact("Shopper", shopper)} {transaction}
                {fact("Order id", view! { <code>{order.id.to_string()}</code> })}
                {fact("Hold id", view! { <code>{order.hold_id.to_string()}</code> })}
                {fact("Owner", view! { <code>{order.owner.to_string()}</code> })}
            </dl>
        </section>
    }
    .into_any()
}

/// A name and a value.
pub(super) fn fact(name: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value.into_any()}</dd></div> }.into_any()
}

fn event(row: TimelineRow) -> AnyView {
    let TimelineRow { at, kind, title, detail, actor, reason } = row;
    let by = actor.map(|actor| view! { <span class="by">{format!("by {actor}")}</span> });
    let reason = reason.map(|reason| view! { <q>{reason}</q> });
    let detail = detail.map(|detail| view! { <p>{detail}</p> });
    let has_more = by.is_some() || reason.is_some();
    view! {
        <li data-kind=kind>
            <p class="event-title"><strong>{title}</strong> {time(at)}</p>
            {detail}
            {has_more.then(|| view! { <p class="muted">{by} " " {reason}</p> })}
        </li>
    }
    .into_any()
}

fn payment_table(payments: &[Payment]) -> AnyView {
    let row = |payment: &Payment| {
        Row::linked(payment.transaction_id.to_string(), super::payment::path(payment))
            .cell(time(payment.received_at))
            .cell(labels::words(payment.status.name()))
            .cell(labels::reported_amount(payment, money))
            .cell(labels::outcome(payment.outcome))
    };
    let columns = [
        Column::new("Transaction"),
        Column::new("Received"),
        Column::new("Status"),
        Column::new("Amount").number(),
        Column::new("Outcome"),
    ];
    let rows = payments.iter().map(row).collect();
    listed("payments", "Payments", "No payment has come for this order.", columns.into(), rows)
}

fn attempt_table(attempts: &[PaymentAttempt]) -> AnyView {
    let row = |attempt: &PaymentAttempt| {
        let page = attempt.session.as_ref().map_or("not known", |session| session.as_str()).to_owned();
        Row::plain(page)
            .cell(labels::words(attempt.provider.name()))
            .cell(attempt_state(attempt.state))
            .cell(time(attempt.created_at))
            .cell(time(attempt.updated_at))
    };
    let columns = [
        Column::new("Page"),
        Column::new("Provider"),
        Column::new("State"),
        Column::new("Requested"),
        Column::new("Changed"),
    ];
    let rows = attempts.iter().map(row).collect();
    listed("attempts", "Payment pages", "No payment page was opened for this order.", columns.into(), rows)
}

fn attempt_state(state: AttemptState) -> AnyView {
    let tone = match state {
        AttemptState::Opening => Tone::Warning,
        AttemptState::Open | AttemptState::Closed => Tone::Quiet,
        AttemptState::Completed => Tone::Good,
        AttemptState::Failed => Tone::Bad,
    };
    badge(labels::words(state.name()), tone)
}

fn refund_table(refunds: &[Refund]) -> AnyView {
    let row = |refund: &Refund| {
        let restocked = (refund.restocked > 0).then(|| {
            let text = format!("{} put back on sale", labels::units(refund.restocked));
            view! { <span class="row-detail">{text}</span> }
        });
        let why = labels::words(labels::refund_reason(refund.reason));
        Row::linked(labels::refund_amount(refund, money), super::refund::path(refund))
            .cell(time(refund.created_at))
            .cell(labels::refund_state(refund.state))
            .cell(view! { {why} {restocked} })
    };
    let columns = [Column::new("Amount"), Column::new("Issued"), Column::new("State"), Column::new("Why")];
    let rows = refunds.iter().map(row).collect();
    listed("refunds", "Refunds", "Nothing of this order was refunded.", columns.into(), rows)
}

/// A table under a heading, or a sentence where it would be empty.
fn listed(id: &'static str, title: &'static str, empty: &'static str, columns: Vec<Column>, rows: Vec<Row>) -> AnyView {
    let content =
        if rows.is_empty() { view! { <p class="muted">{empty}</p> }.into_any() } else { table(title, columns, rows) };
    view! { <section aria-labelledby=id><h2 id=id>{title}</h2> {content}</section> }.into_any()
}

fn cancel_form(order: &Order, reason: ReasonField) -> AnyView {
    let units = match order.qty.get() {
        1 => "its unit goes".to_owned(),
        units => format!("its {units} units go"),
    };
    ActionForm {
        explanation: format!("The order ends unpaid, and {units} back on sale. This cannot be undone."),
        reason: Some(reason),
        is_danger: true,
        ..ActionForm::new("cancel-", format!("{}/cancel", path_of(order.id)), "Cancel…", "Cancel order")
    }
    .render()
}
