//! Slow hashes (argon2id) of secrets and passwords. At most half of the processors compute them at once, so that a flood of
//! wrong secrets slows other sign-ins only.

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _, password_hash::SaltString};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

/// Time that a request waits for its turn.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// A hash that no secret matches, with the cost of a real one. The secret of an unknown client or operator is verified
/// against it, so that the response takes as long as for a wrong secret.
pub const UNMATCHED_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHk$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a hash was not computed.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// Too many requests wait for a hash.
    #[error("too many requests wait for a hash")]
    Busy,
    /// The random source or the algorithm failed.
    #[error("the hash could not be computed: {0}")]
    Failed(String),
}

/// Computes hashes, a few at a time.
pub struct Hasher {
    pub(super) permits: Arc<Semaphore>,
    pub(super) queue_timeout: Duration,
}

impl Default for Hasher {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { permits: Arc::new(Semaphore::new((processors / 2).max(1))), queue_timeout: QUEUE_TIMEOUT }
    }
}

impl Hasher {
    /// Whether the secret matches the hash, which is in the PHC string format.
    pub async fn matches(&self, secret: String, hash: String) -> Result<bool, HashingError> {
        self.run(move || matches(&secret, &hash)).await
    }

    /// Returns the hash of a secret in the PHC string format.
    pub async fn hash(&self, secret: String) -> Result<String, HashingError> {
        self.run(move || hash(&secret)).await?
    }

    async fn run<T: Send + 'static>(&self, compute: impl FnOnce() -> T + Send + 'static) -> Result<T, HashingError> {
        let permit = timeout(self.queue_timeout, self.permits.clone().acquire_owned()).await;
        let permit: OwnedSemaphorePermit =
            permit.map_err(|_| HashingError::Busy)?.map_err(|error| HashingError::Failed(error.to_string()))?;
        let computed = spawn_blocking(move || {
            // Hashing continues after its client has disconnected, and so does its permit.
            let _permit = permit;
            compute()
        });
        computed.await.map_err(|error| HashingError::Failed(error.to_string()))
    }
}

fn matches(secret: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

/// Returns the hash of a secret in the PHC string format. It takes some milliseconds of one processor.
pub fn hash(secret: &str) -> Result<String, HashingError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| HashingError::Failed(error.to_string()))?;
    let failed = |error: argon2::password_hash::Error| HashingError::Failed(error.to_string());
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    Ok(Argon2::default().hash_password(secret.as_bytes(), &salt).map_err(failed)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_secret_alone() {
        let hash = hash("a secret").unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(matches("a secret", &hash) && !matches("another", &hash) && !matches("a secret", "no hash"));
    }

    #[test]
    fn at_most_half_of_the_processors_hash_at_once() {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(Hasher::default().permits.available_permits(), (processors / 2).max(1));
    }

    #[test]
    fn the_unmatched_hash_costs_as_much_as_a_real_one() {
        let real = hash("a secret").unwrap();
        let (real, unmatched) = (PasswordHash::new(&real).unwrap(), PasswordHash::new(UNMATCHED_HASH).unwrap());
        assert_eq!(
            (unmatched.algorithm, unmatched.version, &unmatched.params),
            (real.algorithm, real.version, &real.params)
        );
    }

    #[test]
    fn the_unmatched_hash_is_valid_and_matches_nothing() {
        assert!(PasswordHash::new(UNMATCHED_HASH).is_ok());
        assert!(!matches("", UNMATCHED_HASH));
    }
}
