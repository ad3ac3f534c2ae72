//! Browser sessions, kept in the shop's own store: a cookie that is made at the first reservation and owns what is
//! reserved.

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

/// How long a session lasts after the last day on which something was reserved with it.
const LIFETIME: time::Duration = time::Duration::days(30);
/// How often ended sessions are cleared away.
const PURGE_EVERY: Duration = Duration::from_hours(1);

/// The cookie: for this host only, over TLS only where there is TLS, not for scripts, and sent along when a shopper
/// comes back from a payment page.
pub fn layer(store: SharedStore, env: Environment) -> SessionManagerLayer<SharedStore> {
    let secure = env == Environment::Production;
    SessionManagerLayer::new(store)
        .with_name(if secure { "__Host-holdfast" } else { "holdfast" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(LIFETIME))
}

/// [`checkout::store::Sessions`] as the session layer wants it.
#[derive(Clone)]
pub struct SharedStore {
    store: Arc<dyn Store>,
    checkout: Checkout,
}

impl SharedStore {
    /// Sessions in `store`, ended by the engine's clock.
    pub fn new(store: Arc<dyn Store>, checkout: Checkout) -> Self {
        Self { store, checkout }
    }

    /// Clears ended sessions away, for ever.
    pub async fn purge(self) {
        let mut rounds = tokio::time::interval(PURGE_EVERY);
        loop {
            rounds.tick().await;
            match self.store.sessions().purge(self.checkout.now()).await {
                Ok(0) => {}
                Ok(ended) => tracing::info!(ended, "ended sessions were cleared away"),
                Err(error) => tracing::warn!(%error, "ended sessions could not be cleared away"),
            }
        }
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedStore")
    }
}

/// The name of a session in the store: a digest of the cookie's value, so that whoever reads the table cannot take a
/// session over.
fn key(id: Id) -> Uuid {
    let digest = Sha256::digest(id.0.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// What passes is the backend's; anything else is wrong with the session itself, as far as anybody can tell.
fn backend(error: &StoreError) -> Error {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "a session could not be read or written");
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
impl SessionStore for SharedStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (data, ends_at) = encode(record)?;
        while !self.store.sessions().create(key(record.id), &data, ends_at).await.map_err(|e| backend(&e))? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, ends_at) = encode(record)?;
        self.store.sessions().save(key(record.id), &data, ends_at).await.map_err(|e| backend(&e))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self.store.sessions().load(key(*id), self.checkout.now()).await.map_err(|e| backend(&e))?;
        let Some((data, ends_at)) = found else { return Ok(None) };
        let data = serde_json::from_slice(&data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: ends_at.to_datetime() }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.sessions().delete(key(*id)).await.map_err(|e| backend(&e))
    }
}
