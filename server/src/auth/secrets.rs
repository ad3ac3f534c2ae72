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
}

impl SecretVerifier {
    /// Verifies secrets of the clients in `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { store, permits: Arc::new(Semaphore::new((processors / 2).max(1))) }
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
        let permit = tokio::time::timeout(QUEUE_TIMEOUT, self.permits.clone().acquire_owned()).await;
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

    #[test]
    fn the_hash_of_unknown_clients_is_valid_and_matches_nothing() {
        assert!(PasswordHash::new(UNKNOWN_CLIENT_HASH).is_ok());
        assert!(!matches("", UNKNOWN_CLIENT_HASH));
    }
}
