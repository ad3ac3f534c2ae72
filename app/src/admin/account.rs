//! The operator's own account: password, second factor, recovery codes, sessions.

use super::{
    form::{Field, button, hidden, submit},
    layout::{Flash, Page, PageOperator, Screen, time},
    setup::{FieldErrors, NewKey, new_key},
};
use checkout::store::operators::{Operator, OperatorSession};
use leptos::prelude::*;
use uuid::Uuid;

/// The contents of the page besides the operator.
pub struct Account {
    /// The sessions, the last used first.
    pub sessions: Vec<OperatorSession>,
    /// The session that shows the page.
    pub current: Uuid,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
    /// Whether the second factor cannot be turned off.
    pub is_second_factor_required: bool,
}

/// Renders the page.
pub fn account(operator: PageOperator<'_>, account: Account, flash: Option<Flash>, errors: &FieldErrors) -> String {
    let current = Field::current_password("current_password", "Current password")
        .filled("", errors.current_password.clone())
        .render();
    let new = Field::new_password("new_password", "New password").filled("", errors.new_password.clone()).render();
    let username = operator.email.to_string();
    let second_factor = second_factor(&operator, &account);
    let Account { sessions, current: current_session, .. } = account;
    let others = sessions.len() > 1;
    let rows: Vec<_> = sessions.into_iter().map(|session| session_row(session, current_session)).collect();
    Page::new("Your account").signed_in(operator, Screen::Account).flash(flash).render(view! {
        <dl class="facts">
            <div><dt>"E-mail address"</dt><dd>{operator.email.to_string()}</dd></div>
            <div><dt>"Name"</dt><dd>{if operator.name.is_empty() { "–".to_owned() } else { operator.name.clone() }}</dd></div>
            <div><dt>"Role"</dt><dd>{format!("{}: {}", operator.role, operator.role.description())}</dd></div>
        </dl>
        <section aria-labelledby="second-factor">
            <h2 id="second-factor">"Second factor"</h2>
            {second_factor}
        </section>
        <section aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <form method="post" action="/admin/account/password" class="panel">
                <input type="hidden" name="username" autocomplete="username" value=username />
                {current} {new} {submit("Change password")}
            </form>
        </section>
        <section aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            <div class="table" role="region" aria-label="List of sessions" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Device"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Signed in"</th>
                            <th scope="col">"Last seen"</th>
                            <th scope="col"><span class="visually-hidden">"Action"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {others.then(|| button("/admin/account/sessions/end-others".to_owned(), Vec::new(), "End all other sessions", ""))}
        </section>
    })
}

fn second_factor(operator: &Operator, account: &Account) -> AnyView {
    if operator.totp_secret.is_none() {
        return view! {
            <p>"Off. With a second factor, your password alone is not enough to sign in."</p>
            <p class="actions"><a class="button button-primary" href="/admin/account/second-factor">"Set up"</a></p>
        }
        .into_any();
    }
    let left = match account.recovery_codes {
        0 => "On. You have no recovery codes left.".to_owned(),
        1 => "On. You have one recovery code left.".to_owned(),
        n => format!("On. You have {n} recovery codes left."),
    };
    let remove = (!account.is_second_factor_required)
        .then(|| button("/admin/account/second-factor/remove".to_owned(), Vec::new(), "Turn off", "the second factor"));
    view! {
        <p>{left}</p>
        <div class="actions">
            {button("/admin/account/recovery-codes".to_owned(), Vec::new(), "New recovery codes", "")}
            <a class="button button-small" href="/admin/account/second-factor">"Change the app"</a>
            {remove}
        </div>
    }
    .into_any()
}

fn session_row(session: OperatorSession, current: Uuid) -> AnyView {
    let device = if session.device.is_empty() { "unknown".to_owned() } else { session.device };
    let action = if session.id == current {
        view! { <span class="badge">"This session"</span> }.into_any()
    } else {
        let id = vec![("session", session.id.to_string())];
        button("/admin/account/sessions/end".to_owned(), id, "End", &format!("the session on {device}"))
    };
    view! {
        <tr>
            <td>{device}</td>
            <td>{session.address}</td>
            <td>{time(session.created_at)}</td>
            <td>{time(session.last_seen_at)}</td>
            <td>{action}</td>
        </tr>
    }
    .into_any()
}

/// The page that sets up the second factor, or moves it to another app.
pub fn new_second_factor(operator: PageOperator<'_>, key: &NewKey, error: Option<String>) -> String {
    Page::new("Set up the second factor").signed_in(operator, Screen::Account).render(view! {
        <form method="post" action="/admin/account/second-factor" class="panel">
            {hidden("username", operator.email.as_str())}
            {new_key(key, true, error)}
            {submit("Turn on")}
        </form>
        <p><a href="/admin/account">"Back to your account"</a></p>
    })
}
