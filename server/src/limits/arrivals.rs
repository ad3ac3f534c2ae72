//! Requests whose body is still on its way. An honest client's comes right behind the head; who lets us wait takes up room that
//! is nobody else's: one address has a share of it, and all together cannot keep those out who ask without a body.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many are waited for at once.
const ROOM: usize = 8192;
/// How many of one address: many clients may share it.
const EACH: usize = 1024;

/// The requests that are waited for.
#[derive(Default)]
pub struct Arrivals(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// One of them, until this is dropped.
pub struct Arriving<'a> {
    arrivals: &'a Arrivals,
    from: IpAddr,
}

impl Arrivals {
    /// A place for a request from that address, if there is one.
    pub fn enter(&self, from: IpAddr) -> Option<Arriving<'_>> {
        let mut waiting = self.waiting();
        let of_these = waiting.of.get(&from).copied().unwrap_or(0);
        if waiting.all >= ROOM || of_these >= EACH {
            return None;
        }
        waiting.all += 1;
        waiting.of.insert(from, of_these + 1);
        Some(Arriving { arrivals: self, from })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let mut waiting = self.arrivals.waiting();
        waiting.all -= 1;
        if let Some(of_these) = waiting.of.get_mut(&self.from) {
            *of_these -= 1;
            if *of_these == 0 {
                waiting.of.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn one_address_has_its_share_and_all_together_have_an_end() {
        let arrivals = Arrivals::default();
        let address = |n: usize| IpAddr::from(Ipv4Addr::from_bits(u32::try_from(n).unwrap()));
        let mut first: Vec<_> = (0..EACH).map(|_| arrivals.enter(address(1)).unwrap()).collect();
        assert!(arrivals.enter(address(1)).is_none());
        let others: Vec<_> = (0..ROOM - EACH).map(|n| arrivals.enter(address(2 + n % 100)).unwrap()).collect();
        assert!(arrivals.enter(address(1000)).is_none());
        first.pop();
        assert!(arrivals.enter(address(1)).is_some());
        drop((first, others));
        let waiting = arrivals.waiting();
        assert_eq!((waiting.all, waiting.of.len()), (0, 0));
    }
}
