//! Verification of API clients' secrets.

use super::hashing::{Hasher, HashingError, UNMATCHED_HASH};
use checkout::{
    StoreError,
    store::{ApiClient, Store},
};
use std::sync::Arc;
use uuid::Uuid;

/// Longest secret that is hashed, in bytes. Our own are a sixth of it.
const MAX_SECRET_LENGTH: usize = 256;

/// An id and a secret, as a client sent them.
pub struct Credentials {
    /// The client's id.
    pub id: String,
    /// The client's secret.
    pub secret: String,
}

/// Why credentials were not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// No active client has this id and secret.
    #[error("no client has this id and secret")]
    Invalid,
    /// Too many verifications are waiting.
    #[error("too many token requests are waiting")]
    Busy,
    /// The client could not be looked up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Verifies secrets, a few at a time.
pub struct SecretVerifier {
    store: Arc<dyn Store>,
    hasher: Arc<Hasher>,
}

impl SecretVerifier {
    /// Verifies secrets of the clients in `store`.
    pub fn new(store: Arc<dyn Store>, hasher: Arc<Hasher>) -> Self {
        Self { store, hasher }
    }

    /// Returns the client with these credentials.
    pub async fn verify(&self, credentials: Credentials) -> Result<ApiClient, VerificationError> {
        if credentials.secret.len() > MAX_SECRET_LENGTH {
            return Err(VerificationError::Invalid);
        }
        let client = match Uuid::try_parse(&credentials.id) {
            Ok(id) => self.store.clients().find(id).await?,
            Err(_) => None,
        };
        let hash = client.as_ref().map_or_else(|| UNMATCHED_HASH.to_owned(), |client| client.secret_hash.clone());
        let verified = match self.hasher.matches(credentials.secret, hash).await {
            Err(HashingError::Busy) => return Err(VerificationError::Busy),
            verified => verified.unwrap_or(false),
        };
        client.filter(|client| verified && client.revoked_at.is_none()).ok_or(VerificationError::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::store::ClientChange;
    use std::time::{Duration, Instant};
    use tempfile::TempDir;
    use tokio::sync::Semaphore;

    /// Returns a verifier of a store with one client, and that client's id. The store lives as long as the folder.
    async fn verifier(hasher: Hasher) -> (SecretVerifier, Uuid, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/holdfast.db", dir.path().display());
        let store = checkout::store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        let client = ApiClient {
            id: Uuid::from_u128(1),
            name: "a test".to_owned(),
            secret_hash: UNMATCHED_HASH.to_owned(),
            created_at: checkout::model::Timestamp::from_millis(0),
            revoked_at: None,
            scopes: checkout::model::ScopeSet::CHECKOUT,
        };
        let entry = crate::operators::Entries::new(store.clock()).entry(
            &checkout::model::Actor::system(),
            "client.add",
            checkout::model::AuditObject::new("client", client.id),
            &serde_json::Value::Null,
            &serde_json::Value::Null,
        );
        let id = client.id;
        store.clients().change(&ClientChange::Add(client), &entry, None).await.unwrap();
        (SecretVerifier::new(store, Arc::new(hasher)), id, dir)
    }

    fn credentials(id: &impl ToString) -> Credentials {
        Credentials { id: id.to_string(), secret: "a wrong secret".to_owned() }
    }

    /// Waits until the number of free permits is `count`.
    async fn wait_for_permits(permits: &Semaphore, count: usize) {
        let started = Instant::now();
        while permits.available_permits() != count {
            assert!(started.elapsed() < Duration::from_mins(1), "{} permits are free", permits.available_permits());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// An early return for unknown clients would tell which ids exist, by the time that the response takes.
    #[tokio::test]
    async fn known_and_unknown_clients_wait_for_a_permit_alike() {
        let hasher = Hasher { queue_timeout: Duration::from_millis(200), ..Hasher::default() };
        let all = hasher.permits.clone();
        let (verifier, known, _dir) = verifier(hasher).await;
        let taken = all.acquire_many(u32::try_from(all.available_permits()).unwrap()).await.unwrap();
        for id in [known.to_string(), Uuid::from_u128(2).to_string(), "nobody".to_owned()] {
            let result = verifier.verify(credentials(&id)).await;
            assert!(matches!(result, Err(VerificationError::Busy)), "{id}: {result:?}");
        }
        drop(taken);
        for id in [known.to_string(), Uuid::from_u128(2).to_string(), "nobody".to_owned()] {
            let result = verifier.verify(credentials(&id)).await;
            assert!(matches!(result, Err(VerificationError::Invalid)), "{id}: {result:?}");
        }
    }

    /// Otherwise clients that disconnect at once could keep all processors busy.
    #[tokio::test]
    async fn a_permit_is_kept_until_the_hash_is_computed_even_if_the_client_disconnects() {
        let permits = Arc::new(Semaphore::new(1));
        let (verifier, known, _dir) = verifier(Hasher { permits: permits.clone(), ..Hasher::default() }).await;
        let verifier = Arc::new(verifier);
        // On a busy machine, the hash may be computed before the request is aborted; another attempt will tell.
        for _ in 0..50 {
            let verifier = verifier.clone();
            let request = tokio::spawn(async move { verifier.verify(credentials(&known)).await.is_ok() });
            wait_for_permits(&permits, 0).await;
            request.abort();
            let is_cancelled = request.await.is_err();
            let is_kept = permits.available_permits() == 0;
            wait_for_permits(&permits, 1).await;
            if is_cancelled && is_kept {
                return;
            }
        }
        panic!("the permit is free although the hash is still computed");
    }
}
