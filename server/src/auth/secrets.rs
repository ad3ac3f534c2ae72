//! Verification of API clients' secrets. Hashing is slow on purpose, so at most half of the processors do it at once: a
//! flood of wrong secrets slows other token requests, and nothing else.

use argon2::{Argon2, PasswordHash, PasswordVerifier as _};
use checkout::{
    StoreError,
    store::{ApiClient, Store},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Time that a request waits for its turn.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest secret that is hashed, in bytes. Our own are a sixth of it.
const MAX_SECRET_LENGTH: usize = 256;
/// A hash that no secret matches. An unknown client's secret is verified against it, so that the response takes as long as
/// for a wrong secret.
const UNKNOWN_CLIENT_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHk$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

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
    permits: Arc<Semaphore>,
    queue_timeout: Duration,
}

impl SecretVerifier {
    /// Verifies secrets of the clients in `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { store, permits: Arc::new(Semaphore::new((processors / 2).max(1))), queue_timeout: QUEUE_TIMEOUT }
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
        let hash = client.as_ref().map_or_else(|| UNKNOWN_CLIENT_HASH.to_owned(), |client| client.secret_hash.clone());
        let permit = tokio::time::timeout(self.queue_timeout, self.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| VerificationError::Busy)?;
        let verified = tokio::task::spawn_blocking(move || {
            // Hashing continues after its client has disconnected, and so does its permit.
            let _permit = permit;
            matches(&credentials.secret, &hash)
        });
        let verified = verified.await.unwrap_or(false);
        client.filter(|client| verified && client.revoked_at.is_none()).ok_or(VerificationError::Invalid)
    }
}

fn matches(secret: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;
    use tempfile::TempDir;

    /// Returns a verifier of a store with one client, and that client's id. The store lives as long as the folder.
    async fn verifier() -> (SecretVerifier, Uuid, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/holdfast.db", dir.path().display());
        let store = checkout::store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        let client = ApiClient {
            id: Uuid::from_u128(1),
            name: "a test".to_owned(),
            secret_hash: UNKNOWN_CLIENT_HASH.to_owned(),
            created_at: checkout::model::Timestamp::from_millis(0),
            revoked_at: None,
        };
        store.clients().add(&client).await.unwrap();
        (SecretVerifier::new(store), client.id, dir)
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
        let (mut verifier, known, _dir) = verifier().await;
        verifier.queue_timeout = Duration::from_millis(20);
        let all = verifier.permits.clone();
        let taken = all.acquire_many(u32::try_from(all.available_permits()).unwrap()).await.unwrap();
        for id in [known.to_string(), Uuid::from_u128(2).to_string(), "nobody".to_owned()] {
            let result = verifier.verify(credentials(&id)).await;
            assert!(matches!(result, Err(VerificationError::Busy)), "{id}: {result:?}");
        }
        drop(taken);
        verifier.queue_timeout = QUEUE_TIMEOUT;
        for id in [known.to_string(), Uuid::from_u128(2).to_string(), "nobody".to_owned()] {
            let result = verifier.verify(credentials(&id)).await;
            assert!(matches!(result, Err(VerificationError::Invalid)), "{id}: {result:?}");
        }
    }

    #[tokio::test]
    async fn at_most_half_of_the_processors_hash_at_once() {
        let (verifier, _, _dir) = verifier().await;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(verifier.permits.available_permits(), (processors / 2).max(1));
    }

    /// Otherwise clients that disconnect at once could keep all processors busy.
    #[tokio::test]
    async fn a_permit_is_kept_until_the_hash_is_computed_even_if_the_client_disconnects() {
        let (mut verifier, known, _dir) = verifier().await;
        verifier.permits = Arc::new(Semaphore::new(1));
        let permits = verifier.permits.clone();
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

    #[test]
    fn the_hash_of_unknown_clients_costs_as_much_as_a_real_one() {
        use argon2::{PasswordHasher as _, password_hash::SaltString};
        let salt = SaltString::encode_b64(b"sixteen bytes ok").unwrap();
        let real = Argon2::default().hash_password(b"secret", &salt).unwrap();
        let unknown = PasswordHash::new(UNKNOWN_CLIENT_HASH).unwrap();
        assert_eq!((unknown.algorithm, unknown.version, &unknown.params), (real.algorithm, real.version, &real.params));
    }

    #[test]
    fn the_hash_of_unknown_clients_is_valid_and_matches_nothing() {
        assert!(PasswordHash::new(UNKNOWN_CLIENT_HASH).is_ok());
        assert!(!matches("", UNKNOWN_CLIENT_HASH));
    }
}
