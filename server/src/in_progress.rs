//! Requests with an idempotency key that are under way. Who repeats one meanwhile is told so, and may ask again: to wait
//! along with the first would let a client that retries too eagerly fill the queue with itself. Between nodes nothing is
//! known of each other's, and the second request waits for the first in the database.

use crate::problem::Problem;
use checkout::{Idempotency, IdempotencyKey, model::Owner};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The keys of requests that this server is answering.
#[derive(Default)]
pub struct InProgress(Mutex<HashSet<(Owner, IdempotencyKey)>>);

/// One request's key, until this is dropped.
pub struct Underway<'a> {
    all: &'a InProgress,
    key: (Owner, IdempotencyKey),
}

impl InProgress {
    /// Enters a request; `None` where it has no key, and a problem where another one with this key is under way.
    pub fn enter(&self, owner: Owner, idempotency: Option<&Idempotency>) -> Result<Option<Underway<'_>>, Problem> {
        let Some(Idempotency { key, .. }) = idempotency else { return Ok(None) };
        let key = (owner, key.clone());
        if !self.keys().insert(key.clone()) {
            return Err(Problem::in_progress());
        }
        Ok(Some(Underway { all: self, key }))
    }

    fn keys(&self) -> MutexGuard<'_, HashSet<(Owner, IdempotencyKey)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.all.keys().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_key_is_one_request_at_a_time_for_each_client() {
        let [ours, theirs] = [1, 2].map(|n| Owner(Uuid::from_u128(n)));
        let asked = |key| Idempotency { key: IdempotencyKey::parse(key).unwrap(), fingerprint: [0; 32] };
        let all = InProgress::default();
        let first = all.enter(ours, Some(&asked("k"))).unwrap();
        assert!(all.enter(ours, Some(&asked("k"))).is_err());
        assert!(all.enter(ours, Some(&asked("another"))).is_ok());
        assert!(all.enter(theirs, Some(&asked("k"))).is_ok());
        assert!(all.enter(ours, None).unwrap().is_none() && all.enter(ours, None).is_ok());
        drop(first);
        assert!(all.enter(ours, Some(&asked("k"))).is_ok());
    }
}
