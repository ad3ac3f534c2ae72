//! Who the shopper is: an anonymous session, made at the first reservation, owns what it reserves. Mere visitors get no
//! cookie.

use checkout::model::{Owner, Timestamp};
use http::request::Parts;
use leptos::prelude::use_context;
use sha2::{Digest, Sha256};
use tower_sessions::{Session, session::Error, session_store};
use uuid::Uuid;

/// Where the session keeps its owner.
const OWNER: &str = "owner";

/// Where the session keeps the day on which it last reserved something.
const USED: &str = "used";
const DAY_MS: i64 = 86_400_000;

/// The session of the request that is being answered.
pub fn current() -> Option<Session> {
    use_context::<Parts>()?.extensions.get::<Session>().cloned()
}

/// Whose things this session may see; `None` for those who have reserved nothing yet.
pub async fn owner(session: &Session) -> Result<Option<Owner>, Error> {
    session.get::<Owner>(OWNER).await
}

/// The session's owner, made now if there is none. A session that is used lasts on: what is changed is saved anew.
///
/// A new one is derived from the form's key: a double click by somebody who has no cookie yet is two requests that know
/// nothing of each other, and must be one shopper all the same. The key is random, was given to this visitor alone on a
/// page that no cache may keep, and is never put in an address (see `attempt`), so nobody else can name this owner.
pub async fn owner_or_new(session: &Session, form_key: Uuid, now: Timestamp) -> Result<Owner, Error> {
    let today = now.as_millis() / DAY_MS;
    if session.get::<i64>(USED).await? != Some(today) {
        session.insert(USED, today).await?;
    }
    if let Some(owner) = owner(session).await? {
        return Ok(owner);
    }
    let owner = derived(form_key);
    session.insert(OWNER, owner).await?;
    Ok(owner)
}

/// One way only: the key is in the page's source, the owner never is.
fn derived(form_key: Uuid) -> Owner {
    Owner(digest("owner", form_key))
}

/// What a form's request is repeated under when nobody knows how it ended (P9). It travels in an address, where others may
/// see it, and leads back neither to the form's key nor to the owner.
pub(crate) fn attempt(form_key: Uuid) -> Uuid {
    digest("attempt", form_key)
}

fn digest(of: &str, form_key: Uuid) -> Uuid {
    let digest = Sha256::new().chain_update(format!("holdfast/{of}/")).chain_update(form_key).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Is it the store that cannot be reached, for now, and not the session that is broken?
pub fn is_away(error: &Error) -> bool {
    matches!(error, Error::Store(session_store::Error::Backend(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_one_shopper_and_another_form_another() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(derived(a), derived(a));
        assert_ne!(derived(a), derived(b));
        assert!(derived(a).0 != a && attempt(a) != a && attempt(a) != derived(a).0);
    }
}
