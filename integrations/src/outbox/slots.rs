//! The slots of a lane and of its endpoints. A job takes a slot of each to be carried out. A few jobs of a fast endpoint are claimed
//! before a slot is free, so that one statement serves many.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The slots of a lane, or of one endpoint. Clones are the same slots.
#[derive(Clone)]
pub(super) struct Slots {
    most: usize,
    free: Arc<Semaphore>,
    /// Number of jobs that have a slot or wait for one.
    claimed: Arc<AtomicUsize>,
    /// Number of jobs that were carried out since the last claim.
    carried_out: Arc<AtomicUsize>,
}

impl Slots {
    pub(super) fn new(most: usize) -> Self {
        Self { most, free: Arc::new(Semaphore::new(most)), claimed: Arc::default(), carried_out: Arc::default() }
    }

    /// Number of jobs that may be claimed, if so many wait for a slot.
    pub(super) fn room(&self, waiting: usize) -> usize {
        (self.most + waiting).saturating_sub(self.claimed.load(Ordering::Acquire))
    }

    /// Whether no job has a slot or waits for one.
    pub(super) fn is_idle(&self) -> bool {
        self.claimed.load(Ordering::Acquire) == 0
    }

    /// Number of jobs to claim, if `most_waiting` may wait for a slot at most. Twice as many wait as were carried out since the last
    /// claim: so a fast endpoint has work until the next one, and an endpoint that is slow or fails has none in memory. While all
    /// slots are taken, nothing is claimed until half of those jobs are gone: so one statement serves many.
    pub(super) fn ahead(&self, most_waiting: usize) -> usize {
        let waiting = self.carried_out.load(Ordering::Acquire).saturating_mul(2).min(most_waiting);
        let room = self.room(waiting);
        if self.room(0) > 0 || room >= self.most.midpoint(waiting) { room } else { 0 }
    }

    /// Begins to count the jobs that are carried out after a claim.
    pub(super) fn claimed(&self) {
        self.carried_out.store(0, Ordering::Release);
    }
}

/// The place of a claimed job. It is left when this is dropped.
pub(super) struct Place {
    lane: Slots,
    endpoint: Option<Slots>,
    left: Arc<Notify>,
}

impl Place {
    /// Takes a place. `left` is notified when the job leaves it.
    pub(super) fn take(lane: &Slots, endpoint: Option<&Slots>, left: &Arc<Notify>) -> Self {
        let place = Self { lane: lane.clone(), endpoint: endpoint.cloned(), left: left.clone() };
        place.each(|slots| slots.claimed.fetch_add(1, Ordering::AcqRel));
        place
    }

    /// Waits for a slot of the endpoint, and then for one of the lane: so no job that waits for its endpoint keeps a slot from
    /// another one.
    pub(super) async fn slots(&self) -> [Option<OwnedSemaphorePermit>; 2] {
        let endpoint = match &self.endpoint {
            Some(slots) => slots.free.clone().acquire_owned().await.ok(),
            None => None,
        };
        [endpoint, self.lane.free.clone().acquire_owned().await.ok()]
    }

    /// Counts the job as carried out.
    pub(super) fn carried_out(&self) {
        self.each(|slots| slots.carried_out.fetch_add(1, Ordering::AcqRel));
    }

    fn each(&self, mut change: impl FnMut(&Slots) -> usize) {
        for slots in std::iter::once(&self.lane).chain(&self.endpoint) {
            change(slots);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.each(|slots| slots.claimed.fetch_sub(1, Ordering::AcqRel));
        self.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_endpoint_has_work_until_the_next_claim_and_a_slow_one_has_none_in_memory() {
        let (lane, endpoint, left) = (Slots::new(160), Slots::new(8), Arc::default());
        let claim = |most: usize| {
            endpoint.claimed();
            (0..most).map(|_| Place::take(&lane, Some(&endpoint), &left)).collect::<Vec<_>>()
        };
        let end = |places: Vec<Place>| places.iter().for_each(Place::carried_out);
        assert_eq!(endpoint.ahead(100), 8);
        let first = claim(8);
        assert_eq!((endpoint.ahead(100), lane.room(0)), (0, 152));
        end(first);
        assert_eq!(endpoint.ahead(100), 24);
        end(claim(24));
        assert_eq!(endpoint.ahead(100), 56);
        end(claim(56));
        let mut places = claim(108);
        // Some slots are not free, and enough jobs wait.
        end(places.split_off(60));
        assert_eq!(endpoint.ahead(100), 0);
        end(places.split_off(54));
        assert_eq!(endpoint.ahead(100), 54);
        // A slot is free, although the others are stuck.
        drop(places.split_off(7));
        endpoint.claimed();
        assert_eq!(endpoint.ahead(100), 1);
        drop(places);
        assert!(endpoint.is_idle() && lane.is_idle());
    }
}
