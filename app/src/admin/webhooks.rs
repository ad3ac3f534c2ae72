//! The screen of the endpoints that receive the shop's webhooks.

use super::{
    entered::Entered,
    form::{Choice, Field, choices, hidden, submit},
    layout::{Flash, Page, PageOperator, Screen, Tone, badge, time},
    list::{Column, Row, table},
};
use checkout::{
    model::{EndpointId, Topic},
    store::{DisabledReason, Endpoint, operators::Permission},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The path of the screen.
pub const PATH: &str = "/admin/webhooks";

/// Names of the fields of an endpoint.
pub const URL_FIELD: &str = "url";
/// See [`URL_FIELD`].
pub const DESCRIPTION_FIELD: &str = "description";
/// The name of the message beside the topics.
pub const EVENTS_FIELD: &str = "events";

/// The form with the parts of an endpoint, as it was sent.
#[derive(Debug, Clone, Default)]
pub struct EndpointForm {
    /// The key of the request: sending the form twice counts once.
    pub key: String,
    /// Address and description.
    pub entered: Entered,
    /// The topics.
    pub events: BTreeSet<Topic>,
}

/// A secret that is shown once.
pub struct NewSigningSecret {
    /// The endpoint.
    pub id: EndpointId,
    /// The secret.
    pub secret: String,
}

/// The path of an endpoint's page.
pub fn path_of(id: EndpointId) -> String {
    format!("{PATH}/{id}")
}

/// The address of an endpoint without its path, which may contain a token.
pub fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    format!("{scheme}://{}", rest.split(['/', '?']).next().unwrap_or_default())
}

/// Renders the page.
pub fn webhooks(
    operator: PageOperator<'_>,
    all: &[Endpoint],
    form: EndpointForm,
    secret: Option<NewSigningSecret>,
    flash: Option<Flash>,
) -> String {
    let may_manage = operator.role.may(Permission::Webhooks);
    let list = if all.is_empty() {
        view! {
            <div class="empty">
                <h2>"No endpoints yet"</h2>
                <p>"An endpoint is an address of another system that is told of orders, refunds and stock."</p>
            </div>
        }
        .into_any()
    } else {
        let columns = ["Endpoint", "Events", "Added", "State"].map(Column::new);
        table("Endpoints", columns.into(), all.iter().rev().map(|endpoint| row(endpoint, may_manage)).collect())
    };
    let add = may_manage.then(|| {
        view! {
            <section aria-labelledby="add">
                <h2 id="add">"Add an endpoint"</h2>
                <form method="post" action=PATH class="panel">
                    {fields(form, "new")}
                    {submit("Add endpoint")}
                </form>
            </section>
        }
    });
    Page::new("Webhooks").signed_in(operator, Screen::Webhooks).flash(flash).render(view! {
        {secret.map(secret_panel)}
        {list}
        {add}
    })
}

fn row(endpoint: &Endpoint, may_manage: bool) -> Row {
    let url = if may_manage { endpoint.url.clone() } else { origin(&endpoint.url) };
    let description = endpoint.description.clone();
    Row::linked(url, path_of(endpoint.id))
        .detail(description)
        .cell(endpoint.events.iter().map(|topic| topic.name()).collect::<Vec<_>>().join(", "))
        .cell(time(endpoint.created_at))
        .cell(state(endpoint))
}

/// The state of an endpoint as a badge.
pub fn state(endpoint: &Endpoint) -> AnyView {
    match endpoint.disabled {
        Some(DisabledReason::Operator) => badge("Off", Tone::Quiet),
        Some(DisabledReason::Failing) => badge("Off: failed for days", Tone::Bad),
        Some(DisabledReason::Gone) => badge("Off: gone", Tone::Bad),
        None if endpoint.failing_since.is_some() => badge("Failing", Tone::Warning),
        None => badge("On", Tone::Good),
    }
}

/// The fields of an endpoint. `prefix` distinguishes the ids of the boxes.
pub(super) fn fields(form: EndpointForm, prefix: &str) -> AnyView {
    let EndpointForm { key, entered, events } = form;
    let url = Field {
        hint: Some("Begins with https:// and is reachable from the internet."),
        ..Field::new("url", URL_FIELD, "Address")
    };
    let description = Field { optional: true, ..Field::new("text", DESCRIPTION_FIELD, "Description") };
    view! {
        {hidden("key", key)}
        {entered.fill(url).render()}
        {entered.fill(description).render()}
        {events_field(prefix, &events, entered.error(EVENTS_FIELD).map(str::to_owned))}
    }
    .into_any()
}

/// A checkbox for each topic, those of a set checked.
fn events_field(prefix: &str, chosen: &BTreeSet<Topic>, error: Option<String>) -> AnyView {
    let topic_choice =
        |topic: Topic| Choice { name: topic.name(), description: describe(topic), is_chosen: chosen.contains(&topic) };
    choices(prefix, "Events", Topic::WEBHOOKS.map(topic_choice), format!("{prefix}-events-error"), error)
}

/// The event in a few words.
fn describe(topic: Topic) -> &'static str {
    match topic {
        Topic::OrderCreated => "an order was placed",
        Topic::OrderPaid => "an order was paid",
        Topic::OrderCancelled => "an order was cancelled, or expired",
        Topic::OrderRefunded => "the whole amount of an order was returned",
        Topic::RefundDue => "money must go back",
        Topic::RefundSucceeded => "money went back",
        Topic::RefundFailed => "money could not be returned",
        Topic::ProductSoldOut => "the last available unit was taken",
        Topic::ProductAvailable => "a product has units again",
        _ => "",
    }
}

pub(super) fn secret_panel(secret: NewSigningSecret) -> AnyView {
    let NewSigningSecret { id, secret } = secret;
    let copied = |id: &'static str, label: &'static str, value: String| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input id=id class="copy" type="text" readonly autocomplete="off" spellcheck="false" value=value />
            </div>
        }
    };
    view! {
        <section class="panel new-secret" aria-labelledby="secret-title">
            <h2 id="secret-title">"Signing secret"</h2>
            <p role="status">"Copy the secret now, and give it to the system that receives the webhooks. It is not shown again."</p>
            {copied("endpoint-id", "Endpoint id", id.to_string())}
            {copied("endpoint-secret", "Secret", secret)}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        for url in
            ["https://example.com:8443/hooks/token?key=1", "https://example.com:8443?key=1", "https://example.com:8443"]
        {
            assert_eq!(origin(url), "https://example.com:8443");
        }
    }
}
