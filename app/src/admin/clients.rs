//! The screen of API clients, for administrators.

use super::{
    form::{Choice, Field, choices, hidden, submit},
    layout::{Flash, Page, PageOperator, Screen, Tone, badge, time},
    list::{Column, Row, table},
};
use checkout::{
    model::{Scope, ScopeSet},
    store::ApiClient,
};
use leptos::prelude::*;
use uuid::Uuid;

/// The form that adds a client, as it was sent.
#[derive(Debug, Clone, Default)]
pub struct ClientForm {
    /// The key of the request. The form carries it, so that sending it twice adds one client.
    pub key: String,
    /// The name.
    pub name: String,
    /// The scopes.
    pub scopes: ScopeSet,
    /// Why the name is refused.
    pub name_error: Option<String>,
    /// Why the scopes are refused.
    pub scopes_error: Option<String>,
}

/// A secret that is shown once.
pub struct NewSecret {
    /// The client's name.
    pub name: String,
    /// The client's id.
    pub id: Uuid,
    /// The secret.
    pub secret: String,
}

/// The scopes that an operator chose for a client, and that were refused. Their form opens again.
pub struct RefusedScopes {
    /// The client's id.
    pub id: Uuid,
    /// The scopes that were chosen.
    pub chosen: ScopeSet,
}

/// The parts of the page besides the list.
pub struct ClientsPage {
    /// The form that adds a client.
    pub form: ClientForm,
    /// A change of scopes that was refused. The message says why.
    pub refused: Option<RefusedScopes>,
    /// A secret that was just generated.
    pub secret: Option<NewSecret>,
    /// The message.
    pub flash: Option<Flash>,
}

/// Renders the page. `new_key` returns the key of a form in a row: sending it twice counts once.
pub fn clients(
    operator: PageOperator<'_>,
    all: &[ApiClient],
    new_key: impl Fn() -> String,
    page: ClientsPage,
) -> String {
    let ClientsPage { form, refused, secret, flash } = page;
    let list = if all.is_empty() {
        view! {
            <div class="empty">
                <h2>"No API clients yet"</h2>
                <p>"An API client is a program that sells or administers over the JSON API, such as an app."</p>
            </div>
        }
        .into_any()
    } else {
        let columns = ["Client", "Scopes", "Added", "State"]
            .map(Column::new)
            .into_iter()
            .chain([Column::new("Actions").hidden_label()]);
        let rows = all.iter().rev().map(|client| {
            let refused = refused.as_ref().filter(|refused| refused.id == client.id);
            row(client, [new_key(), new_key()], refused)
        });
        table("API clients", columns.collect(), rows.collect())
    };
    Page::new("API clients").signed_in(operator, Screen::Clients).flash(flash).render(view! {
        {secret.map(secret_panel)}
        {list}
        {add_form(form)}
    })
}

fn add_form(form: ClientForm) -> AnyView {
    let ClientForm { key, name, scopes, name_error, scopes_error } = form;
    let name_field =
        Field { hint: Some("Such as the name of the app that will use it."), ..Field::new("text", "name", "Name") };
    view! {
        <section aria-labelledby="add">
            <h2 id="add">"Add an API client"</h2>
            <form method="post" action="/admin/clients" class="panel">
                {hidden("key", key)}
                {name_field.filled(name, name_error).render()}
                {scopes_field("scope", scopes, scopes_error)}
                {submit("Add client")}
            </form>
        </section>
    }
    .into_any()
}

/// A checkbox for each scope, those of a set checked. The ids of the boxes begin with `prefix`.
fn scopes_field(prefix: &str, scopes: ScopeSet, error: Option<String>) -> AnyView {
    let scope_choice =
        |scope: Scope| Choice { name: scope.name(), description: describe(scope), is_chosen: scopes.contains(scope) };
    choices(prefix, "Scopes", Scope::ALL.map(scope_choice), format!("{prefix}-error"), error)
}

/// The calls that a scope allows, in a few words.
fn describe(scope: Scope) -> &'static str {
    match scope {
        Scope::Checkout => "reserve and order for its own shoppers",
        Scope::CatalogRead => "read all products",
        Scope::CatalogWrite => "add and change products and their stock",
        Scope::OrdersRead => "read the orders and refunds of all shoppers",
        Scope::OrdersWrite => "cancel orders",
        Scope::PaymentsRead => "read payment events",
        Scope::PaymentsWrite => "process payment events again",
        Scope::RefundsWrite => "issue refunds and carry them out",
        Scope::AuditRead => "read the audit log",
        Scope::ClientsRead => "read API clients",
        Scope::ClientsWrite => "add, change and revoke API clients",
        Scope::WebhooksRead => "read webhook endpoints and deliveries",
        Scope::WebhooksWrite => "manage webhook endpoints, and send webhooks again",
    }
}

fn secret_panel(secret: NewSecret) -> AnyView {
    let NewSecret { name, id, secret } = secret;
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
            <h2 id="secret-title">{format!("Secret of {name}")}</h2>
            <p role="status">"Copy the secret now and keep it safe. It is not shown again."</p>
            {copied("client-id", "Client id", id.to_string())}
            {copied("client-secret", "Client secret", secret)}
        </section>
    }
    .into_any()
}

fn row(client: &ApiClient, keys: [String; 2], refused: Option<&RefusedScopes>) -> Row {
    let ApiClient { id, name, created_at, revoked_at, scopes, .. } = client;
    let state = match revoked_at {
        Some(at) => view! { {badge("Revoked", Tone::Quiet)} <span class="row-detail">{time(*at)}</span> }.into_any(),
        None => badge("Active", Tone::Good),
    };
    let actions = revoked_at.is_none().then(|| {
        let [scopes_key, rotate_key] = keys;
        let rotate = Confirmation {
            action: "rotate",
            label: "Rotate secret",
            text: "The old secret stops working at once.",
            class: "button-primary",
            key: Some(rotate_key),
        };
        let revoke = Confirmation {
            action: "revoke",
            label: "Revoke",
            text: "Its tokens stop working in seconds. This cannot be undone.",
            class: "button-danger",
            key: None,
        };
        view! {
            <div class="row-actions">
                {scopes_form(client, scopes_key, refused)} {rotate.render(*id, name)} {revoke.render(*id, name)}
            </div>
        }
    });
    Row::plain(name.clone())
        .detail(view! { <code>{id.to_string()}</code> })
        .cell(scopes.to_string())
        .cell(time(*created_at))
        .cell(state)
        .cell(actions)
}

/// The form that changes a client's scopes. It carries the scopes that the operator sees, so that a change by somebody else
/// is not overwritten.
fn scopes_form(client: &ApiClient, key: String, refused: Option<&RefusedScopes>) -> AnyView {
    let ApiClient { id, name, scopes, .. } = client;
    let (about, chosen) = (format!(" of {name}"), refused.map_or(*scopes, |refused| refused.chosen));
    view! {
        <details class="action" open=refused.is_some()>
            <summary class="button button-small">
                "Change scopes…"<span class="visually-hidden">{about.clone()}</span>
            </summary>
            <form method="post" action=format!("/admin/clients/{id}/scopes")>
                {hidden("key", key)}
                {hidden("seen", scopes.to_string())}
                {scopes_field(&format!("scope-{id}"), chosen, None)}
                <p>"Tokens that it has lose the scopes that you take away in seconds."</p>
                <button class="button button-small button-primary" type="submit">
                    "Save scopes"<span class="visually-hidden">{about}</span>
                </button>
            </form>
        </details>
    }
    .into_any()
}

/// A button that opens the question, and the button that confirms.
struct Confirmation {
    action: &'static str,
    label: &'static str,
    text: &'static str,
    class: &'static str,
    /// The key of the request. `None` for a change that may be made twice.
    key: Option<String>,
}

impl Confirmation {
    fn render(self, id: Uuid, name: &str) -> AnyView {
        let Self { action, label, text, class, key } = self;
        let about = format!(" {name}");
        view! {
            <details class="action">
                <summary class="button button-small">{label}"…"<span class="visually-hidden">{about.clone()}</span></summary>
                <form method="post" action=format!("/admin/clients/{id}/{action}")>
                    {key.map(|key| hidden("key", key))}
                    <p>{text}</p>
                    <button class=format!("button button-small {class}") type="submit">
                        {label}<span class="visually-hidden">{about}</span>
                    </button>
                </form>
            </details>
        }
        .into_any()
    }
}
