//! Server functions: the targets of the shop's forms, except the checkout form (`checkout_form`). Each parses the form, calls the
//! engine and redirects (POST, redirect, GET), either to what it made or back to the page with an error. The form's hidden key
//! makes a repeated submission count once.

mod holds;
mod orders;
mod sandbox;

use crate::{
    paths,
    shop::{form_error::FormError, session},
};
use checkout::{
    Checkout, Idempotency, IdempotencyKey,
    model::{OrderId, Owner},
};
use http::{HeaderValue, StatusCode, header::LOCATION};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use uuid::Uuid;

/// Returns the engine from the request's context. It is missing only if the server is misconfigured.
fn checkout() -> Result<Checkout, FormError> {
    use_context().ok_or(FormError::Internal)
}

/// Returns the session's owner, or `None` for a shopper without a session.
async fn owner() -> Result<Option<Owner>, FormError> {
    match session::current() {
        Some(session) => session::owner(&session).await.map_err(|error| FormError::from_session(&error)),
        None => Ok(None),
    }
}

/// Returns the owner in whose name this visitor may use an order, which a link in a mail may have opened.
async fn owner_of(order: OrderId) -> Result<Option<Owner>, FormError> {
    let Some(session) = session::current() else { return Ok(None) };
    let (secrets, checkout) = (session::grant_secrets(), checkout()?);
    session::owner_of(&session, secrets.as_ref(), &checkout, order).await.map_err(|error| match error {
        session::OwnerError::Session(error) => FormError::from_session(&error),
        session::OwnerError::Checkout(error) => error.into(),
    })
}

/// Builds the idempotency key from the form's key and the request. The same form sent for something else (after the back
/// button, with another quantity) is another request, so the request is part of the key.
pub(super) fn idempotency(form_key: Uuid, path: &str, payload: &str) -> Option<Idempotency> {
    let fingerprint = Idempotency::fingerprint("POST", path, payload.as_bytes());
    let key = IdempotencyKey::parse(&format!("{form_key}/{:032x}", first_half(&fingerprint)))?;
    Some(Idempotency { key, fingerprint })
}

fn first_half(digest: &[u8; 32]) -> u128 {
    digest[..16].iter().fold(0, |half, &byte| half << 8 | u128::from(byte))
}

/// Redirects with status 303, so that a reload repeats the page and not the form.
#[expect(clippy::unnecessary_wraps, reason = "the return type of a server function")]
fn redirect(url: &str) -> Result<(), ServerFnError> {
    if let Some(response) = use_context::<ResponseOptions>() {
        // URLs consist of fixed paths, slugs and ids, all of them ASCII.
        let location = HeaderValue::from_str(url).unwrap_or(HeaderValue::from_static(paths::NOT_FOUND));
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
    fn form_targets_match_the_server_functions() {
        assert_eq!(<holds::Reserve as ServerFn>::PATH, paths::RESERVE);
        assert_eq!(<holds::Release as ServerFn>::PATH, paths::RELEASE);
        assert_eq!(<orders::CancelOrder as ServerFn>::PATH, paths::CANCEL);
        assert_eq!(<sandbox::SendTestPayment as ServerFn>::PATH, paths::SANDBOX);
    }

    #[test]
    fn the_same_form_for_another_request_has_another_key() {
        let form_key = Uuid::from_u128(7);
        let key = |path, payload| idempotency(form_key, path, payload).unwrap().key;
        assert_eq!(key(paths::RESERVE, "1"), key(paths::RESERVE, "1"));
        assert_ne!(key(paths::RESERVE, "1"), key(paths::RESERVE, "2"));
        assert_ne!(key(paths::RESERVE, "1"), key(paths::EXTEND, "1"));
    }
}
