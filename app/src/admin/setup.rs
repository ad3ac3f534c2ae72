//! The page behind a one-time link, and the page that shows recovery codes.

use super::{
    form::{Field, hidden, submit},
    layout::{Page, PageOperator, Screen, time},
};
use checkout::{
    model::Timestamp,
    store::operators::{LinkPurpose, Operator},
};
use leptos::prelude::*;

/// A new key for an authenticator app.
#[derive(Clone)]
pub struct NewKey {
    /// The key in base 32.
    pub base32: String,
    /// A QR code of it, as SVG.
    pub qr_code: String,
}

/// Errors of a form, each for one field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors {
    /// Of the current password.
    pub current_password: Option<String>,
    /// Of the new password.
    pub new_password: Option<String>,
    /// Of the code.
    pub code: Option<String>,
}

/// The page on which an operator sets password and second factor.
pub fn setup(
    operator: &Operator,
    purpose: LinkPurpose,
    ends_at: Timestamp,
    action: &str,
    key: &NewKey,
    is_second_factor_required: bool,
    errors: &FieldErrors,
) -> String {
    let title = match purpose {
        LinkPurpose::Invitation => "Welcome to the console",
        LinkPurpose::Reset => "Set a new password",
    };
    let password = Field::new_password("new_password", "New password").filled("", errors.new_password.clone()).render();
    let email = operator.email.to_string();
    Page::new(title).render(view! {
        <p>
            "You set the password for " <strong>{email.clone()}</strong> ". This page works once, until " {time(ends_at)} "."
        </p>
        <form method="post" action=action.to_owned() class="panel">
            <input type="hidden" name="email" autocomplete="username" value=email />
            <h2>"Password"</h2>
            {password}
            <h2>"Second factor"</h2>
            {new_key(key, is_second_factor_required, errors.code.clone())}
            {submit("Save and sign in")}
        </form>
    })
}

/// The QR code, the key, and the field for the first code.
pub(super) fn new_key(key: &NewKey, is_required: bool, error: Option<String>) -> AnyView {
    let NewKey { base32, qr_code } = key.clone();
    let grouped: Vec<_> =
        base32.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    let field = Field { optional: !is_required, ..Field::code("Six-digit code") }.filled("", error).render();
    view! {
        <p>"Scan this code with an authenticator app, or type the key into it. Then enter the six digits that it shows."</p>
        <div class="qr" role="img" aria-label="QR code with the key below" inner_html=qr_code></div>
        <p class="key"><span class="hint">"Key: "</span><code>{grouped.join(" ")}</code></p>
        {hidden("secret", base32)}
        {field}
    }
    .into_any()
}

/// The page that shows new recovery codes, the only time.
pub fn recovery_codes(operator: PageOperator<'_>, codes: Vec<String>) -> String {
    let codes: Vec<_> = codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect();
    Page::new("Your recovery codes").signed_in(operator, Screen::Account).render(view! {
        <p>
            "Each code signs you in once if you lose your phone. Keep them where your phone is not: on paper, or in a password
            manager. They are not shown again."
        </p>
        <ul class="codes panel">{codes}</ul>
        <p class="actions"><a class="button button-primary" href="/admin">"I have kept them"</a></p>
    })
}

/// The page for a link that is unknown, used, or over.
pub fn invalid_link() -> String {
    Page::new("This link no longer works").render(view! {
        <p>"It was used, it has expired, or a newer link replaced it. Ask an administrator for a new one."</p>
        <p class="actions"><a class="button button-secondary" href="/admin/sign-in">"Sign in"</a></p>
    })
}
