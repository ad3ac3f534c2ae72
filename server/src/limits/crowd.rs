//! How many requests are answered at once. Beyond that nobody would be answered in time; one more is turned away instead.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Twice what may wait for the writer: when its queue is full, there is as much room left for everything else.
const ROOM: usize = 8192;

/// The requests that are being answered.
#[derive(Default)]
pub struct Crowd(AtomicUsize);

/// One of them, until this is dropped.
pub struct Place<'a>(&'a Crowd);

impl Crowd {
    /// A place, if there is one.
    pub fn enter(&self) -> Option<Place<'_>> {
        let place = Place(self);
        (self.0.fetch_add(1, Ordering::Relaxed) < ROOM).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_room_is_turned_away_and_leaves_none_less() {
        let crowd = Crowd::default();
        let mut places: Vec<_> = (0..ROOM).map(|_| crowd.enter().unwrap()).collect();
        assert!(crowd.enter().is_none());
        places.pop();
        let last = crowd.enter();
        assert!(last.is_some() && crowd.enter().is_none());
        drop((places, last));
        assert_eq!(crowd.0.load(Ordering::Relaxed), 0);
    }
}
