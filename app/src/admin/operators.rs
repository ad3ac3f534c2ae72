//! The screen of operators, for administrators.

use super::{
    form::{Field, button, select, submit},
    layout::{Flash, Page, PageOperator, Screen, time},
};
use checkout::store::operators::{Operator, OperatorId, Role};
use leptos::prelude::*;

/// An invitation as it was entered, when it was refused.
#[derive(Debug, Clone, Default)]
pub struct Invitation {
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: String,
    /// Why the e-mail address is refused.
    pub email_error: Option<String>,
    /// Why the name is refused.
    pub name_error: Option<String>,
}

/// A one-time link to hand over.
pub struct NewLink {
    /// The operator's e-mail address.
    pub email: String,
    /// The address of the page.
    pub url: String,
    /// How long it works, in hours.
    pub hours: u64,
}

/// Renders the page.
pub fn operators(
    operator: PageOperator<'_>,
    all: &[Operator],
    invitation: Invitation,
    link: Option<NewLink>,
    flash: Option<Flash>,
) -> String {
    let own = operator.id;
    let rows: Vec<_> = all.iter().map(|listed| row(listed, own)).collect();
    let link = link.map(|NewLink { email, url, hours }| {
        let period = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
        view! {
            <section class="panel new-link" aria-labelledby="new-link">
                <h2 id="new-link">"One-time link for " {email}</h2>
                <p>{format!("Send it over a private channel. It works once, for {period}, and is not shown again.")}</p>
                <p><code data-testid="one-time-link">{url}</code></p>
            </section>
        }
    });
    let Invitation { email, name, role, email_error, name_error } = invitation;
    let email = Field::new("email", "email", "E-mail address").filled(email, email_error).render();
    let name = Field { optional: true, ..Field::new("text", "name", "Name") }.filled(name, name_error).render();
    let role = select(
        "role".to_owned(),
        "role",
        "Role".to_owned(),
        false,
        roles(),
        if role.is_empty() { "viewer" } else { &role },
    );
    Page::new("Operators").signed_in(operator, Screen::Operators).flash(flash).render(view! {
        {link}
        <div class="table" role="region" aria-label="Operators" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Operator"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Second factor"</th>
                        <th scope="col">"Added"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Actions"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <section aria-labelledby="invite">
            <h2 id="invite">"Invite an operator"</h2>
            <form method="post" action="/admin/operators" class="panel">{email} {name} {role} {submit("Invite")}</form>
        </section>
    })
}

fn roles() -> impl Iterator<Item = (String, String)> {
    Role::ALL.into_iter().map(|role| (role.name().to_owned(), format!("{role}: {}", role.description())))
}

fn row(listed: &Operator, own: OperatorId) -> AnyView {
    let Operator { id, email, role, created_at, .. } = listed;
    let (id, role, created_at) = (*id, *role, *created_at);
    let about = email.to_string();
    let path = |action: &str| format!("/admin/operators/{id}/{action}");
    let state = match (listed.disabled_at, &listed.password_hash) {
        (Some(_), _) => "Disabled",
        (None, None) => "Invited",
        (None, Some(_)) => "Active",
    };
    let actions = if id == own {
        view! { <span class="badge">"You"</span> }.into_any()
    } else {
        let switch = match listed.disabled_at {
            None => button(path("disable"), Vec::new(), "Disable", &about),
            Some(_) => button(path("enable"), Vec::new(), "Enable", &about),
        };
        view! {
            <div class="row-actions">
                {button(path("reset"), Vec::new(), "Reset link", &format!("for {about}"))}
                {button(path("end-sessions"), Vec::new(), "End sessions", &format!("of {about}"))}
                {switch}
            </div>
        }
        .into_any()
    };
    let short = Role::ALL.into_iter().map(|role| (role.name().to_owned(), role.name().to_owned()));
    let change_role = (id != own).then(|| {
        view! {
            <form method="post" action=path("role") class="inline">
                <input type="hidden" name="expected" value=role.name() />
                {select(format!("role-{id}"), "role", format!("Role of {about}"), true, short, role.name())}
                <button class="button button-small" type="submit">
                    "Change"<span class="visually-hidden">{format!(" the role of {about}")}</span>
                </button>
            </form>
        }
    });
    let own_role = (id == own).then(|| role.name());
    let name = (!listed.name.is_empty()).then(|| view! { <br /><span class="muted">{listed.name.clone()}</span> });
    view! {
        <tr>
            <th scope="row">{about.clone()} {name}</th>
            <td>{change_role} {own_role}</td>
            <td>{if listed.totp_secret.is_some() { "On" } else { "Off" }}</td>
            <td>{time(created_at)}</td>
            <td>{state}</td>
            <td>{actions}</td>
        </tr>
    }
    .into_any()
}
