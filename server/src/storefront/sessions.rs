//! Shoppers' sessions, kept in the shop's store. The cookie is set at the first reservation, and the session owns what is
//! reserved with it.

use crate::config::Environment;
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
const LIFETIME: time::Duration = time::Duration::days(30);
/// Interval between purges of expired sessions.
const PURGE_INTERVAL: Duration = Duration::from_hours(1);

/// Returns the session layer. The cookie is for this host only, hidden from scripts, secure in production, and `Lax`, so
/// that it is sent when a shopper returns from a payment page.
pub fn layer(store: SessionStorage, env: Environment) -> SessionManagerLayer<SessionStorage> {
    let secure = env == Environment::Production;
    SessionManagerLayer::new(store)
        .with_name(if secure { "__Host-holdfast" } else { "holdfast" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(LIFETIME))
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
        let mut rounds = tokio::time::interval(PURGE_INTERVAL);
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
    let cause = std::error::Error::source(error).map(ToString::to_string);
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
