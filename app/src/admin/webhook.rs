//! The screen of one endpoint of webhooks, with the attempts to deliver to it.

use super::{
    confirm::{ActionForm, ReasonField},
    form::{button, hidden, submit},
    layout::{Flash, Page, PageOperator, Screen, Tone, badge, time},
    list::{Column, Row, table},
    order::fact,
    webhooks::{EndpointForm, NewSigningSecret, PATH, fields, origin, path_of, secret_panel, state},
};
use checkout::store::{Delivery, Endpoint, listings::Listing, operators::Permission};
use leptos::prelude::*;

/// An endpoint with everything that its page shows.
pub struct EndpointPage {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The form that edits it.
    pub form: EndpointForm,
    /// The key of the form that rotates its secret.
    pub rotate_key: String,
    /// Attempts, newest first.
    pub deliveries: Listing<Delivery>,
    /// Whether only failed attempts are shown.
    pub only_failed: bool,
    /// Keys of the forms that send a webhook again, one for each attempt.
    pub keys: Vec<String>,
    /// A secret that was just generated.
    pub secret: Option<NewSigningSecret>,
}

/// Renders the page.
pub fn webhook(operator: PageOperator<'_>, page: EndpointPage, flash: Option<Flash>) -> String {
    let EndpointPage { endpoint, form, rotate_key, deliveries, only_failed, keys, secret } = page;
    let may_manage = operator.role.may(Permission::Webhooks);
    let actions = may_manage.then(|| actions(&endpoint, rotate_key));
    let edit = may_manage.then(|| edit_section(&endpoint, form));
    Page::new(format!("Webhooks to {}", origin(&endpoint.url)))
        .signed_in(operator, Screen::Webhooks)
        .back("Webhooks", PATH)
        .badge(state(&endpoint))
        .actions(actions)
        .flash(flash)
        .render(view! {
            {secret.map(secret_panel)}
            {summary(&endpoint, may_manage)}
            {edit}
            {deliveries_section(&endpoint, &deliveries, only_failed, may_manage.then_some(keys))}
        })
}

fn summary(endpoint: &Endpoint, may_manage: bool) -> AnyView {
    let url = if may_manage { endpoint.url.clone() } else { origin(&endpoint.url) };
    let events = endpoint.events.iter().map(|topic| topic.name()).collect::<Vec<_>>().join(", ");
    let description = (!endpoint.description.is_empty()).then(|| fact("Description", endpoint.description.clone()));
    let failing = endpoint.failing_since.map(|since| fact("Failing since", time(since)));
    let previous = endpoint.previous.as_ref().map(|previous| fact("Previous secret signs until", time(previous.until)));
    view! {
        <section class="panel" aria-labelledby="summary">
            <h2 id="summary">"Summary"</h2>
            <dl class="facts">
                {fact("Address", view! { <code>{url}</code> })}
                {description}
                {fact("Events", events)}
                {fact("Added", time(endpoint.created_at))}
                {failing}
                {previous}
                {fact("Endpoint id", view! { <code>{endpoint.id.to_string()}</code> })}
            </dl>
        </section>
    }
    .into_any()
}

fn actions(endpoint: &Endpoint, rotate_key: String) -> AnyView {
    let path = |action: &str| format!("{}/{action}", path_of(endpoint.id));
    let test = button(path("test"), Vec::new(), "Send test event", "to this endpoint");
    let switch = if endpoint.is_enabled() {
        ActionForm {
            explanation: "Webhooks wait until you switch it on again. New events lead to none.".to_owned(),
            reason: Some(ReasonField::optional()),
            ..ActionForm::new("disable-", path("disable"), "Switch off…", "Switch off")
        }
    } else {
        ActionForm {
            explanation: "Webhooks that wait for it are sent.".to_owned(),
            reason: Some(ReasonField::optional()),
            ..ActionForm::new("enable-", path("enable"), "Switch on…", "Switch on")
        }
    };
    let rotate = ActionForm {
        explanation: "The old secret signs beside the new one for 24 hours.".to_owned(),
        hidden: vec![("key", rotate_key)],
        reason: None,
        ..ActionForm::new("rotate-", path("rotate"), "Rotate secret…", "Rotate secret")
    };
    let remove = ActionForm {
        explanation: "Webhooks that wait for it are dropped. This cannot be undone.".to_owned(),
        reason: Some(ReasonField::optional()),
        is_danger: true,
        ..ActionForm::new("remove-", path("remove"), "Remove…", "Remove")
    };
    view! { {test} {switch.render()} {rotate.render()} {remove.render()} }.into_any()
}

/// The form that edits the endpoint. It carries the version that the operator sees, so that a change by somebody else is not
/// overwritten.
fn edit_section(endpoint: &Endpoint, form: EndpointForm) -> AnyView {
    let is_open = !form.entered.is_valid();
    view! {
        <details class="action" open=is_open>
            <summary class="button button-secondary">"Edit…"</summary>
            <form method="post" action=format!("{}/edit", path_of(endpoint.id)) class="panel">
                {hidden("seen", endpoint.version.to_string())}
                {fields(form, "edit")}
                {submit("Save endpoint")}
            </form>
        </details>
    }
    .into_any()
}

fn deliveries_section(
    endpoint: &Endpoint,
    deliveries: &Listing<Delivery>,
    only_failed: bool,
    keys: Option<Vec<String>>,
) -> AnyView {
    let path = path_of(endpoint.id);
    let tab = |label: &'static str, href: String, is_current: bool| {
        view! { <li><a href=href aria-current=is_current.then_some("page")>{label}</a></li> }
    };
    let next = deliveries.next.map(|next| {
        let state = if only_failed { "state=failed&" } else { "" };
        view! { <p><a class="button button-secondary" href=format!("{path}?{state}after={next}")>"Older"</a></p> }
    });
    let list = if deliveries.items.is_empty() {
        view! { <div class="empty"><h2>"No deliveries"</h2><p>"Attempts of the last 30 days appear here."</p></div> }
            .into_any()
    } else {
        let columns = ["Time", "Event", "Attempt", "Result", "Response"].map(Column::new);
        let columns = columns.into_iter().chain([Column::new("Actions").hidden_label()]).collect();
        let mut keys = keys.map(Vec::into_iter);
        let rows = deliveries.items.iter().map(|delivery| {
            let key = keys.as_mut().and_then(Iterator::next);
            delivery_row(delivery, key)
        });
        table("Deliveries", columns, rows.collect())
    };
    view! {
        <section aria-labelledby="deliveries">
            <h2 id="deliveries">"Deliveries"</h2>
            <nav class="tabs" aria-label="States of deliveries">
                <ul>
                    {tab("All", path.clone(), !only_failed)}
                    {tab("Failed", format!("{path}?state=failed"), only_failed)}
                </ul>
            </nav>
            {list}
            {next}
        </section>
    }
    .into_any()
}

fn delivery_row(delivery: &Delivery, key: Option<String>) -> Row {
    let status = delivery.status.map(|status| format!("status {status}, ")).unwrap_or_default();
    let detail = format!("{status}{} ms", delivery.duration_ms);
    let result = match delivery.failure {
        None => badge("Delivered", Tone::Good),
        Some(_) => badge("Failed", Tone::Bad),
    };
    let why = delivery.failure.map(|failure| format!("{}; ", failure.description())).unwrap_or_default();
    let response = delivery.response.clone().filter(|text| !text.is_empty()).map(|text| {
        view! {
            <details>
                <summary>"Show"</summary>
                <pre class="payload"><code>{text}</code></pre>
            </details>
        }
    });
    let again = delivery.job.zip(key).map(|(_, key)| {
        let action = format!("{PATH}/deliveries/{}/redeliver", delivery.id);
        button(action, vec![("key", key)], "Send again", "this webhook")
    });
    Row::plain(time(delivery.started_at))
        .cell(delivery.topic_name())
        .cell(delivery.attempt.to_string())
        .cell(view! { {result} <span class="row-detail">{format!("{why}{detail}")}</span> })
        .cell(response)
        .cell(again)
}
