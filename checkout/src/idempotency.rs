//! Idempotency: a key that a client gives to a request, the fingerprint that tells a retry from another request, and the
//! guard against a retry while the first request is in progress.

use crate::{
    command::Requester,
    error::Error,
    model::{Owner, Refusal},
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How often, and how many times, [`retry_in_progress`] retries: for about two seconds.
const RETRY_INTERVAL: Duration = Duration::from_millis(50);
const MAX_RETRIES: u32 = 40;

/// A client's key for one request: 1 to 255 visible ASCII characters. Keys are unique per owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// Parses a header's value, quoted (as in the IETF draft) or bare.
    pub fn parse(value: &str) -> Option<Self> {
        let bare = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        let valid = (1..=255).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        valid.then(|| Self(bare.into()))
    }

    /// The key without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key and the request that it stands for. It is stored in the same transaction as the request's effect, so that a retry
/// returns the stored reply (P9). A refused request has no effect and stores no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's key.
    pub key: IdempotencyKey,
    /// SHA-256 of the request's method, path and payload.
    pub fingerprint: [u8; 32],
}

impl Idempotency {
    /// Binds a key to a request.
    pub fn new(key: IdempotencyKey, method: &str, path: &str, payload: &[u8]) -> Self {
        Self { key, fingerprint: Self::fingerprint(method, path, payload) }
    }

    /// Returns the fingerprint of a request. Stored keys contain it, so it must never change.
    pub fn fingerprint(method: &str, path: &str, payload: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", payload] {
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// The keys of the requests that this process is working on. A retry meanwhile is refused: otherwise a client that retries
/// too eagerly would fill the queue with its own request. A retry on another node waits for the first in the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlightKeys(Arc<Mutex<HashSet<(Owner, IdempotencyKey)>>>);

/// Keeps a key in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlightGuard {
    keys: InFlightKeys,
    key: (Owner, IdempotencyKey),
}

impl InFlightKeys {
    /// Enters a request. Returns `None` for a request without a key.
    ///
    /// # Errors
    /// [`Refusal::InProgress`] while a request of the same owner with the same key is in flight.
    pub(crate) fn enter(&self, requester: &Requester) -> Result<Option<InFlightGuard>, Refusal> {
        let Some(Idempotency { key, .. }) = &requester.idempotency else { return Ok(None) };
        let key = (requester.owner, key.clone());
        if !self.lock().insert(key.clone()) {
            return Err(Refusal::InProgress);
        }
        Ok(Some(InFlightGuard { keys: self.clone(), key }))
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(Owner, IdempotencyKey)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.keys.lock().remove(&self.key);
    }
}

/// Repeats a request while the same request is in progress, for at most about two seconds: the retry then returns the first
/// one's reply. For callers whose user should not see [`Refusal::InProgress`], for instance after a double click.
///
/// # Errors
/// [`Refusal::InProgress`] where the first request takes longer, and every other error of the request.
pub async fn retry_in_progress<T, F>(mut request: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for _ in 0..MAX_RETRIES {
        match request().await {
            Err(Error::Refused(Refusal::InProgress)) => tokio::time::sleep(RETRY_INTERVAL).await,
            result => return result,
        }
    }
    request().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn requester(owner: u128, key: Option<&str>) -> Requester {
        let bind = |key| Idempotency::new(IdempotencyKey::parse(key).unwrap(), "POST", "/", b"");
        Requester { owner: Owner(Uuid::from_u128(owner)), idempotency: key.map(bind) }
    }

    #[test]
    fn a_key_is_in_flight_once_for_each_owner() {
        let keys = InFlightKeys::default();
        let first = keys.enter(&requester(1, Some("k"))).unwrap();
        assert_eq!(keys.enter(&requester(1, Some("k"))).unwrap_err(), Refusal::InProgress);
        assert!(keys.enter(&requester(1, Some("another"))).is_ok() && keys.enter(&requester(2, Some("k"))).is_ok());
        for _ in 0..2 {
            assert!(keys.enter(&requester(1, None)).unwrap().is_none());
        }
        drop(first);
        assert!(keys.enter(&requester(1, Some("k"))).is_ok());
    }

    /// Keys that an older version stored must still match.
    #[test]
    fn fingerprints_never_change() {
        let hex = |payload: &[u8]| hex::encode(Idempotency::fingerprint("POST", "/api/holds", payload));
        assert_eq!(hex(b"{\"qty\":1}"), "39eef35384b46cf9b850d06d740554f7b23046fa54fc007d6e2757a8f7388d99");
        assert_eq!(hex(b""), "f3b38ab7b1ae06fb0aa7785606782c252eeb27d5c3197415c52c55da5acfd780");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_in_progress_is_retried_until_it_has_a_reply() {
        let mut attempts = 0;
        let reply = retry_in_progress(|| {
            attempts += 1;
            std::future::ready(if attempts < 4 { Err(Refusal::InProgress.into()) } else { Ok(attempts) })
        });
        assert_eq!(reply.await.unwrap(), 4);
        let refused = retry_in_progress(|| std::future::ready(Err::<(), _>(Refusal::InProgress.into()))).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::InProgress))));
    }
}
