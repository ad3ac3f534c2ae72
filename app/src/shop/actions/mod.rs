//! The forms' targets. Each parses, calls the engine and leads on (POST, redirect, GET): to what was made, or back to
//! the page with the reason why not. A repeated form is a repeated request, by its hidden key.

mod holds;
mod orders;
mod sandbox;

use crate::{flash::Trouble, paths, session};
use checkout::{Checkout, Idempotency, IdempotencyKey, model::Owner};
use http::{HeaderValue, StatusCode, header::LOCATION};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the server has to provide for a form to be answered; without it the shop is wired up wrongly.
fn checkout() -> Result<Checkout, Trouble> {
    use_context().ok_or(Trouble::Fault)
}

/// Whose things these are; nobody without a session has any.
async fn owner() -> Result<Option<Owner>, Trouble> {
    match session::current() {
        Some(session) => session::owner(&session).await.map_err(|error| session_failed(&error)),
        None => Ok(None),
    }
}

fn session_failed(error: &tower_sessions::session::Error) -> Trouble {
    tracing::error!(%error, "the session could not be read or written");
    if session::is_away(error) { Trouble::Busy } else { Trouble::Fault }
}

/// The form's key and what it was sent for. A form that is sent again for something else (the back button, another
/// quantity) is another request, so the key that the engine knows has both in it.
fn idempotency(form: Uuid, what: &str) -> Option<Idempotency> {
    let fingerprint: [u8; 32] = Sha256::digest(what.as_bytes()).into();
    let key = IdempotencyKey::parse(&format!("{form}/{:032x}", start(&fingerprint)))?;
    Some(Idempotency { key, fingerprint })
}

fn start(digest: &[u8; 32]) -> u128 {
    digest[..16].iter().fold(0, |start, &byte| start << 8 | u128::from(byte))
}

/// Answers a form: 303, so that a reload repeats the page and not the form.
#[expect(clippy::unnecessary_wraps, reason = "what a server function returns")]
fn lead_to(address: &str) -> Result<(), ServerFnError> {
    if let Some(response) = use_context::<ResponseOptions>() {
        // Addresses are made of our own words, slugs and ids; one that is not ASCII could only be a bug.
        let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static(paths::NOWHERE));
        response.insert_header(LOCATION, location);
        response.set_status(StatusCode::SEE_OTHER);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::server_fn::ServerFn;

    #[test]
    fn forms_lead_where_the_actions_are() {
        assert_eq!(<holds::Reserve as ServerFn>::PATH, paths::RESERVE);
        assert_eq!(<holds::Release as ServerFn>::PATH, paths::RELEASE);
        assert_eq!(<holds::Extend as ServerFn>::PATH, paths::EXTEND);
        assert_eq!(<orders::PlaceOrder as ServerFn>::PATH, paths::ORDER);
        assert_eq!(<orders::CancelOrder as ServerFn>::PATH, paths::CANCEL);
        assert_eq!(<sandbox::MoveMoney as ServerFn>::PATH, paths::SANDBOX);
    }

    #[test]
    fn a_form_sent_for_something_else_is_another_request() {
        let form = Uuid::from_u128(7);
        assert_eq!(idempotency(form, "reserve 1"), idempotency(form, "reserve 1"));
        assert_ne!(idempotency(form, "reserve 1").unwrap().key, idempotency(form, "reserve 2").unwrap().key);
    }
}
