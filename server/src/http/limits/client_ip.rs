//! The address of a client: the connection's peer, or the address that trusted proxies report.

use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Returns the network that a request comes from: an IPv4 address, or the /64 of an IPv6 address, which is one customer's.
pub fn client_network(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    match client_ip(peer, headers, trusted) {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Returns the client's address. Each proxy appends the address of its caller to `X-Forwarded-For`, so the list is read
/// from the right, up to the first entry that no trusted proxy wrote. Clients can forge everything left of it.
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return address;
    }
    let given = headers.get_all("x-forwarded-for").into_iter().rev();
    // An unreadable entry ends the list; the entries right of it still count.
    for name in given.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')) {
        let Some(next) = std::str::from_utf8(name).ok().and_then(|name| parse(name.trim())) else { return address };
        address = next;
        if !is_trusted(address) {
            return address;
        }
    }
    address
}

/// Parses an entry. Some proxies include the port.
fn parse(name: &str) -> Option<IpAddr> {
    let address = name.parse().or_else(|_| name.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        let trusted = ["10.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap());
        for (peer, forwarded, address) in [
            ("198.51.100.7", &[][..], "198.51.100.7"),
            ("198.51.100.7", &["203.0.113.9"][..], "198.51.100.7"),
            ("::ffff:198.51.100.7", &[][..], "198.51.100.7"),
            ("10.0.0.1", &[][..], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9"][..], "203.0.113.9"),
            ("::ffff:10.0.0.1", &["203.0.113.9"][..], "203.0.113.9"),
            ("::1", &["2001:db8::9"][..], "2001:db8::9"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.9"][..], "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.9, 10.0.0.2"][..], "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1", "203.0.113.9", "10.0.0.2"][..], "203.0.113.9"),
            ("10.0.0.1", &["10.0.0.3,10.0.0.2"][..], "10.0.0.3"),
            ("10.0.0.1", &["203.0.113.9:4711"][..], "203.0.113.9"),
            ("10.0.0.1", &["[2001:db8::9]:4711"][..], "2001:db8::9"),
            ("10.0.0.1", &["203.0.113.9, unknown"][..], "10.0.0.1"),
            ("10.0.0.1", &[""][..], "10.0.0.1"),
            ("10.0.0.1", &["é, 203.0.113.9"][..], "203.0.113.9"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            let seen = client_ip(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(seen, address.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
