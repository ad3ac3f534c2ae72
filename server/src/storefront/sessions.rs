//! Shoppers' sessions, kept in the shop's store. The cookie is set at the first reservation, and the session owns what is
//! reserved with it.

use crate::{config::Environment, problem::Problem};
use app::shop::session::{OwnerError, is_store_unavailable};
use async_trait::async_trait;
use checkout::{Checkout, StoreError, model::Timestamp, store::Store};
use sha2::{Digest as _, Sha256};
use std::{fmt, sync::Arc, time::Duration};
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

/// Lifetime of a session after the last day on which it was used for a reservation.
pub const LIFETIME: time::Duration = time::Duration::days(30);
/// Interval between purges of expired sessions.
const PURGE_INTERVAL: Duration = Duration::from_hours(1);

/// Returns the name of the session's cookie.
pub fn cookie_name(env: Environment) -> &'static str {
    if env == Environment::Production { "__Host-holdfast" } else { "holdfast" }
}

/// Returns the session layer. The cookie is for this host only, hidden from scripts, secure in production, and `Lax`, so
/// that it is sent when a shopper returns from a payment page.
pub fn layer(store: SessionStorage, env: Environment) -> SessionManagerLayer<SessionStorage> {
    let secure = env == Environment::Production;
    SessionManagerLayer::new(store)
        .with_name(cookie_name(env))
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(LIFETIME))
}

impl From<OwnerError> for Problem {
    fn from(error: OwnerError) -> Self {
        match error {
            OwnerError::Checkout(error) => error.into(),
            OwnerError::Session(error) if is_store_unavailable(&error) => Self::overloaded(),
            OwnerError::Session(error) => Self::internal_error(&error.to_string()),
        }
    }
}

/// Adapts [`checkout::store::Sessions`] to the session layer.
#[derive(Clone)]
pub struct SessionStorage {
    store: Arc<dyn Store>,
    checkout: Checkout,
}

impl SessionStorage {
    /// Sessions in `store`, which expire by the engine's clock.
    pub fn new(store: Arc<dyn Store>, checkout: Checkout) -> Self {
        Self { store, checkout }
    }

    /// Purges expired sessions, for ever.
    pub async fn purge_periodically(self) {
        self.purge_every(PURGE_INTERVAL).await;
    }

    async fn purge_every(&self, interval: Duration) {
        let mut rounds = tokio::time::interval(interval);
        loop {
            rounds.tick().await;
            match self.store.sessions().purge(self.checkout.now()).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "purged expired sessions"),
                Err(error) => tracing::warn!(%error, "could not purge expired sessions"),
            }
        }
    }
}

impl fmt::Debug for SessionStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionStorage")
    }
}

/// Returns the key of a session in the store: a digest of the cookie's value, so that reading the table is not enough to
/// take over a session.
fn key(id: Id) -> Uuid {
    let digest = Sha256::digest(id.0.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// Maps transient errors to `Backend`, and others to `Decode`, which discards the session.
fn map_error(error: &StoreError) -> Error {
    let cause = error.cause();
    tracing::error!(%error, cause, "could not read or write a session");
    match error {
        StoreError::Unavailable(_) | StoreError::Contended(_) => Error::Backend(error.to_string()),
        _ => Error::Decode(error.to_string()),
    }
}

fn encode(record: &Record) -> Result<(Vec<u8>, Timestamp)> {
    let data = serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    Ok((data, Timestamp::from_datetime(record.expiry_date)))
}

#[async_trait]
impl SessionStore for SessionStorage {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (data, ends_at) = encode(record)?;
        while !self.store.sessions().create(key(record.id), &data, ends_at).await.map_err(|e| map_error(&e))? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, ends_at) = encode(record)?;
        self.store.sessions().save(key(record.id), &data, ends_at).await.map_err(|e| map_error(&e))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.store.sessions().load(key(*id), self.checkout.now()).await.map_err(|e| map_error(&e))?;
        let Some((data, ends_at)) = found else { return Ok(None) };
        let data = serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: ends_at.to_datetime() }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.sessions().delete(key(*id)).await.map_err(|e| map_error(&e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::{Limits, ManualClock};
    use tempfile::TempDir;

    fn start() -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }

    async fn storage() -> (SessionStorage, Arc<ManualClock>, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/holdfast.db", dir.path().display());
        let store = checkout::store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await.unwrap();
        (SessionStorage::new(store, checkout), clock, dir)
    }

    async fn create(storage: &SessionStorage, lifetime: Duration) -> Record {
        let expiry_date = (start() + lifetime).to_datetime();
        let mut record = Record { id: Id::default(), data: std::collections::HashMap::default(), expiry_date };
        storage.create(&mut record).await.unwrap();
        record
    }

    /// Whether the store has a row for the session, expired or not.
    async fn is_stored(storage: &SessionStorage, key: Uuid) -> bool {
        storage.store.sessions().load(key, start()).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn a_row_is_not_found_by_the_value_of_the_cookie() {
        let (storage, _clock, _dir) = storage().await;
        let Record { id, .. } = create(&storage, Duration::from_mins(1)).await;
        assert_eq!(storage.load(&id).await.unwrap().map(|record| record.id), Some(id));
        let cookie = id.0.to_be_bytes();
        for raw in [Uuid::from_bytes(cookie), Uuid::from_bytes_le(cookie), Uuid::from_u128(id.0.cast_unsigned())] {
            assert!(!is_stored(&storage, raw).await, "the row's key is the cookie's value");
        }
        assert!(is_stored(&storage, key(id)).await);
    }

    #[tokio::test]
    async fn expired_sessions_are_purged_periodically() {
        let (storage, clock, _dir) = storage().await;
        let short = create(&storage, Duration::from_mins(1)).await;
        let long = create(&storage, Duration::from_mins(3)).await;
        let purged = async |session: &Record| {
            while is_stored(&storage, key(session.id)).await {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let check = async {
            // The second purge is not the one at the start.
            clock.advance(Duration::from_mins(2));
            purged(&short).await;
            assert!(is_stored(&storage, key(long.id)).await);
            clock.advance(Duration::from_mins(2));
            purged(&long).await;
        };
        tokio::select! {
            () = storage.purge_every(Duration::from_millis(5)) => {}
            result = tokio::time::timeout(Duration::from_secs(30), check) => {
                result.expect("expired sessions are purged");
            }
        }
    }
}
