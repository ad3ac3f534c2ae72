//! The mails of an order, and the form that sends its receipt again.

use super::{
    confirm::ActionForm,
    labels,
    layout::{Tone, badge, time},
    list::{Column, Row, table},
    order::path_of,
};
use checkout::model::{Job, JobState, Order};
use leptos::prelude::*;

/// The field that names a request, so that a double click sends one receipt.
pub const REQUEST_FIELD: &str = "request";

/// Renders the mails, newest first.
pub(super) fn mail_table(mails: &[Job]) -> AnyView {
    let columns = [
        Column::new("Mail"),
        Column::new("State"),
        Column::new("Asked for"),
        Column::new("Attempts").number(),
        Column::new("Why"),
    ];
    let row = |job: &Job| {
        Row::plain(labels::words(labels::mail(job.topic)))
            .cell(state(job))
            .cell(time(job.created_at))
            .cell(job.attempts.to_string())
            .cell(job.last_error.clone().unwrap_or_default())
    };
    let content = if mails.is_empty() {
        view! { <p class="muted">"There are no mails about this order."</p> }.into_any()
    } else {
        table("Mails", columns.into(), mails.iter().map(row).collect())
    };
    view! { <section aria-labelledby="mails"><h2 id="mails">"Mails"</h2> {content}</section> }.into_any()
}

fn state(job: &Job) -> AnyView {
    match job.state {
        JobState::Pending if job.last_error.is_some() => badge("Is tried again", Tone::Warning),
        JobState::Pending => badge("Waits", Tone::Quiet),
        JobState::Done if job.is_skipped() => badge("Not sent", Tone::Quiet),
        JobState::Done => badge("Sent", Tone::Good),
        JobState::Dead => badge("Failed", Tone::Bad),
    }
}

/// Renders the form that sends the receipt again. `request` names the request.
pub(super) fn receipt_form(order: &Order, request: String) -> AnyView {
    ActionForm {
        explanation: "The buyer gets the receipt once more, with a new link to the order.".to_owned(),
        hidden: vec![(REQUEST_FIELD, request)],
        reason: None,
        ..ActionForm::new("receipt-", format!("{}/receipt", path_of(order.id)), "Resend receipt…", "Resend receipt")
    }
    .render()
}
