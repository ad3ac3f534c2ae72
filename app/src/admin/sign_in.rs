//! The pages on which operators sign in.

use super::{
    form::{Field, hidden, submit},
    layout::{Page, PageOperator},
};
use leptos::prelude::*;

/// Why a sign-in failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInError {
    /// The e-mail address, the password or the code is wrong.
    Wrong,
    /// Too many attempts; the seconds to wait.
    Wait(u64),
}

impl SignInError {
    fn text(&self, wrong: &str) -> String {
        match self {
            Self::Wrong => wrong.to_owned(),
            Self::Wait(1) => "Too many attempts. Try again in a second.".to_owned(),
            Self::Wait(seconds) if *seconds < 120 => format!("Too many attempts. Try again in {seconds} seconds."),
            Self::Wait(seconds) => format!("Too many attempts. Try again in {} minutes.", seconds.div_ceil(60)),
        }
    }
}

/// The page that asks for e-mail address and password. `next` is the page to open afterwards.
pub fn sign_in(email: &str, next: &str, error: Option<&SignInError>) -> String {
    let error = error.map(|error| error.text("The e-mail address or the password is wrong."));
    let email = Field { autocomplete: "username", ..Field::new("email", "email", "E-mail address") }
        .filled(email, None::<String>)
        .render();
    let password = Field::current_password("password", "Password").filled("", error).render();
    Page::new("Sign in").render(view! {
        <form method="post" action="/admin/sign-in" class="panel">
            {hidden("next", next)} {email} {password} {submit("Sign in")}
        </form>
        <p class="muted">"Forgot your password? Ask an administrator for a reset link."</p>
    })
}

/// The page that asks for a code of the authenticator app, or for a recovery code.
pub fn second_factor(next: &str, error: Option<&SignInError>) -> String {
    let error = error.map(|error| error.text("This code is wrong, or it was used before. Wait for the next one."));
    let field = Field {
        hint: Some("The six digits that your authenticator app shows, or one of your recovery codes."),
        inputmode: None,
        ..Field::code("Code")
    };
    let field = field.filled("", error).render();
    Page::new("Second step").render(view! {
        <form method="post" action="/admin/sign-in/code" class="panel">
            {hidden("next", next)} {field} {submit("Continue")}
        </form>
        <form method="post" action="/admin/sign-out">
            <button class="button button-quiet" type="submit">"Sign in as somebody else"</button>
        </form>
    })
}

/// The page that asks for the password again, and then sends a form as it was: to `action`, with `fields`.
pub fn confirm_password(
    operator: PageOperator<'_>,
    action: &str,
    fields: Vec<(String, String)>,
    error: Option<&SignInError>,
) -> String {
    let error = error.map(|error| error.text("The password is wrong."));
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| hidden(name, value)).collect();
    let username = operator.email.to_string();
    let password = Field::current_password("confirm_password", "Password").filled("", error).render();
    Page::new("Enter your password").off_screen(operator).render(view! {
        <p>"This change needs your password, because you gave it more than ten minutes ago."</p>
        <form method="post" action=action.to_owned() class="panel">
            {fields}
            <input type="hidden" name="username" autocomplete="username" value=username />
            {password} {submit("Continue")}
        </form>
    })
}
