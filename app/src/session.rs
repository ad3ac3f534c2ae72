//! Who the shopper is: an anonymous session, made at the first reservation, owns what it reserves. Mere visitors get no
//! cookie.

use checkout::model::Owner;
use http::request::Parts;
use leptos::prelude::use_context;
use sha2::{Digest, Sha256};
use tower_sessions::{Session, session::Error};
use uuid::Uuid;

/// Where the session keeps its owner.
const OWNER: &str = "owner";

/// The session of the request that is being answered.
pub fn current() -> Option<Session> {
    use_context::<Parts>()?.extensions.get::<Session>().cloned()
}

/// Whose things this session may see; `None` for those who have reserved nothing yet.
pub async fn owner(session: &Session) -> Result<Option<Owner>, Error> {
    session.get::<Owner>(OWNER).await
}

/// The session's owner, made now if there is none.
///
/// A new one is derived from the form's key: a double click by somebody who has no cookie yet is two requests that know
/// nothing of each other, and must be one shopper all the same. The key is random, was given to this visitor alone on a
/// page that no cache may keep, and is never taken from an address (see `flash`), so nobody else can name this owner.
pub async fn owner_or_new(session: &Session, form_key: Uuid) -> Result<Owner, Error> {
    if let Some(owner) = owner(session).await? {
        return Ok(owner);
    }
    let owner = derived(form_key);
    session.insert(OWNER, owner).await?;
    Ok(owner)
}

/// One way only: the key is in the page's source, the owner never is.
fn derived(form_key: Uuid) -> Owner {
    let digest = Sha256::new().chain_update(b"holdfast/owner/").chain_update(form_key).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Owner(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_one_shopper_and_another_form_another() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(derived(a), derived(a));
        assert_ne!(derived(a), derived(b));
        assert_ne!(derived(a).0, a);
    }
}
