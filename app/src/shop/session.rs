//! The shopper's anonymous session. The first reservation creates it, and it owns the shopper's holds and orders. Visitors
//! who reserve nothing get no cookie.

use checkout::{
    Checkout,
    model::{OrderId, Owner, Timestamp},
};
use http::request::Parts;
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_sessions::{Session, session::Error, session_store};
use uuid::Uuid;

/// Session key: the owner of the shopper's holds and orders.
const OWNER: &str = "owner";

/// Session key: the day of the latest reservation.
const LAST_USED_DAY: &str = "used";
const DAY_MS: i64 = 86_400_000;

/// Session key: the orders that links in mails have opened.
const GRANTS: &str = "grants";
/// Maximum number of orders that links have opened in one session. The oldest is forgotten.
const MAX_GRANTS: usize = 20;

/// An order that a link in a mail has opened: the session may do with it what its owner may, and nothing with other orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderGrant {
    /// The order.
    pub order: OrderId,
    /// When the link ends, and with it what it has opened.
    pub ends_at: Timestamp,
    /// The name of the secret that signed the link.
    pub secret: String,
}

/// The names of the secrets whose links count. It is an extension of the request.
#[derive(Debug, Clone)]
pub struct GrantSecrets(pub Arc<[String]>);

/// Why the owner of an order could not be read.
#[derive(Debug)]
pub enum OwnerError {
    /// The session cannot be read.
    Session(Error),
    /// The order cannot be read.
    Checkout(checkout::Error),
}

impl From<Error> for OwnerError {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<checkout::Error> for OwnerError {
    fn from(error: checkout::Error) -> Self {
        Self::Checkout(error)
    }
}

/// Opens an order for this session.
pub async fn grant(session: &Session, grant: OrderGrant) -> Result<(), Error> {
    let mut grants = session.get::<Vec<OrderGrant>>(GRANTS).await?.unwrap_or_default();
    grants.retain(|other| other.order != grant.order);
    grants.truncate(MAX_GRANTS - 1);
    grants.insert(0, grant);
    session.insert(GRANTS, grants).await
}

/// Returns the owner in whose name this session may use an order: the order's own owner if a link has opened it, or else the
/// session's, whose orders they may be.
pub async fn owner_of(
    session: &Session,
    secrets: Option<&GrantSecrets>,
    checkout: &Checkout,
    order: OrderId,
) -> Result<Option<Owner>, OwnerError> {
    let grants = session.get::<Vec<OrderGrant>>(GRANTS).await?.unwrap_or_default();
    if is_open(&grants, secrets, order, checkout.now()) {
        return Ok(Some(checkout.order_of_any_owner(order).await?.owner));
    }
    Ok(owner(session).await?)
}

fn is_open(grants: &[OrderGrant], secrets: Option<&GrantSecrets>, order: OrderId, now: Timestamp) -> bool {
    let counts = |secret: &String| secrets.is_some_and(|secrets| secrets.0.contains(secret));
    grants.iter().any(|grant| grant.order == order && grant.ends_at > now && counts(&grant.secret))
}

/// Returns the session of the current request.
pub fn current() -> Option<Session> {
    use_context::<Parts>()?.extensions.get::<Session>().cloned()
}

/// Returns the secrets whose links count, from the current request.
pub fn grant_secrets() -> Option<GrantSecrets> {
    use_context::<Parts>()?.extensions.get::<GrantSecrets>().cloned()
}

/// Returns the session's owner, or `None` if this shopper has reserved nothing yet.
pub async fn owner(session: &Session) -> Result<Option<Owner>, Error> {
    session.get::<Owner>(OWNER).await
}

/// Returns the session's owner and creates it if there is none. At most once a day this also changes the session, which
/// extends its lifetime.
///
/// A new owner is derived from the form's key. A double click by somebody without a cookie sends two requests without a
/// common session; they must count as one shopper. Nobody else can compute the owner: the key is random, appears only on
/// a page that no cache may store, and is never part of a URL (see `retry_key`).
pub async fn owner_or_new(session: &Session, form_key: Uuid, now: Timestamp) -> Result<Owner, Error> {
    let today = now.as_millis() / DAY_MS;
    if session.get::<i64>(LAST_USED_DAY).await? != Some(today) {
        session.insert(LAST_USED_DAY, today).await?;
    }
    if let Some(owner) = owner(session).await? {
        return Ok(owner);
    }
    let owner = derive_owner(form_key);
    session.insert(OWNER, owner).await?;
    Ok(owner)
}

/// Derives an owner from a form's key by a one-way function, because the page's source shows the key.
fn derive_owner(form_key: Uuid) -> Owner {
    Owner(digest("owner", form_key))
}

/// Derives the key under which a form's request is repeated if its outcome is unknown (P9). It appears in URLs, so it
/// reveals neither the form's key nor the owner.
pub(crate) fn retry_key(form_key: Uuid) -> Uuid {
    digest("attempt", form_key)
}

fn digest(purpose: &str, form_key: Uuid) -> Uuid {
    let digest = Sha256::new().chain_update(format!("holdfast/{purpose}/")).chain_update(form_key).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Returns true if the session store is unavailable for now, as opposed to a session that cannot be decoded.
pub fn is_store_unavailable(error: &Error) -> bool {
    matches!(error, Error::Store(session_store::Error::Backend(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_opens_its_order_until_it_ends_or_its_secret_is_gone() {
        let (order, now) = (OrderId(Uuid::from_u128(1)), Timestamp::from_millis(1000));
        let grant = OrderGrant { order, ends_at: Timestamp::from_millis(2000), secret: "new".to_owned() };
        let secrets = |names: &[&str]| GrantSecrets(names.iter().map(|name| (*name).to_owned()).collect());
        let open =
            |names: &[&str], order, now| is_open(std::slice::from_ref(&grant), Some(&secrets(names)), order, now);
        assert!(open(&["newer", "new"], order, now));
        assert!(!open(&["newer"], order, now));
        assert!(!open(&["new"], OrderId(Uuid::from_u128(2)), now));
        assert!(!open(&["new"], order, Timestamp::from_millis(2000)));
        assert!(!is_open(&[grant], None, order, now));
    }

    #[test]
    fn each_form_key_gives_its_own_owner_and_retry_key() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(derive_owner(a), derive_owner(a));
        assert_ne!(derive_owner(a), derive_owner(b));
        assert!(derive_owner(a).0 != a && retry_key(a) != a && retry_key(a) != derive_owner(a).0);
    }
}
