//! The shopper's anonymous session. The first reservation creates it, and it owns the shopper's holds and orders. Visitors
//! who reserve nothing get no cookie.

use checkout::model::{Owner, Timestamp};
use http::request::Parts;
use leptos::prelude::use_context;
use sha2::{Digest, Sha256};
use tower_sessions::{Session, session::Error, session_store};
use uuid::Uuid;

/// Session key: the owner of the shopper's holds and orders.
const OWNER: &str = "owner";

/// Session key: the day of the latest reservation.
const LAST_USED_DAY: &str = "used";
const DAY_MS: i64 = 86_400_000;

/// Returns the session of the current request.
pub fn current() -> Option<Session> {
    use_context::<Parts>()?.extensions.get::<Session>().cloned()
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
    fn each_form_key_gives_its_own_owner_and_retry_key() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(derive_owner(a), derive_owner(a));
        assert_ne!(derive_owner(a), derive_owner(b));
        assert!(derive_owner(a).0 != a && retry_key(a) != a && retry_key(a) != derive_owner(a).0);
    }
}
