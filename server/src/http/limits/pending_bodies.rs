//! Limits on requests whose body has not arrived. A well-behaved client sends its body right after the head. Each network has a
//! share, and all of them together cannot keep out requests without a body.

use super::client_ip::client_network;
use http::HeaderMap;
use ipnet::IpNet;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Maximum number of pending bodies.
const MAX_PENDING: usize = 8192;
/// Maximum number of pending bodies of one network, which many clients may share.
const MAX_PENDING_PER_NETWORK: usize = 1024;

/// Counts the requests whose body has not arrived.
pub struct PendingBodies {
    trusted_proxies: Vec<IpNet>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    total: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// One pending body, until this is dropped.
pub struct PendingBody<'a> {
    pending: &'a PendingBodies,
    network: IpAddr,
}

impl PendingBodies {
    /// Starts at zero. Clients behind `trusted_proxies` are told apart by the addresses that these report.
    pub fn new(trusted_proxies: Vec<IpNet>) -> Self {
        Self { trusted_proxies, counts: Mutex::default() }
    }

    /// Counts one more request. Returns `None` if a limit is reached.
    pub fn acquire(&self, peer: IpAddr, headers: &HeaderMap) -> Option<PendingBody<'_>> {
        self.acquire_for(client_network(peer, headers, &self.trusted_proxies))
    }

    fn acquire_for(&self, network: IpAddr) -> Option<PendingBody<'_>> {
        let mut counts = self.counts();
        let of_network = counts.by_network.get(&network).copied().unwrap_or(0);
        if counts.total >= MAX_PENDING || of_network >= MAX_PENDING_PER_NETWORK {
            return None;
        }
        counts.total += 1;
        counts.by_network.insert(network, of_network + 1);
        Some(PendingBody { pending: self, network })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PendingBody<'_> {
    fn drop(&mut self) {
        let mut counts = self.pending.counts();
        counts.total -= 1;
        if let Some(of_network) = counts.by_network.get_mut(&self.network) {
            *of_network -= 1;
            if *of_network == 0 {
                counts.by_network.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn each_network_has_a_share_and_the_total_is_bounded() {
        let pending = PendingBodies::new(Vec::new());
        let network = |n: usize| IpAddr::from(Ipv4Addr::from_bits(u32::try_from(n).unwrap()));
        let mut first: Vec<_> =
            (0..MAX_PENDING_PER_NETWORK).map(|_| pending.acquire_for(network(1)).unwrap()).collect();
        assert!(pending.acquire_for(network(1)).is_none());
        let others: Vec<_> = (0..MAX_PENDING - MAX_PENDING_PER_NETWORK)
            .map(|n| pending.acquire_for(network(2 + n % 100)).unwrap())
            .collect();
        assert!(pending.acquire_for(network(1000)).is_none());
        first.pop();
        assert!(pending.acquire_for(network(1)).is_some());
        drop((first, others));
        let counts = pending.counts();
        assert_eq!((counts.total, counts.by_network.len()), (0, 0));
    }
}
