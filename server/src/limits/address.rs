//! Where a request comes from: the socket tells, or, where a proxy that we trust is at its other end, the proxy.

use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The other end of the connection; among a request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address of whoever asks. Each proxy adds the address that it was called from to the right end of `X-Forwarded-For`:
/// read from there, the list is true as far as those who wrote it are trusted. What stands beyond, anybody may have made up.
pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut address = peer.to_canonical();
    if !is_trusted(address) {
        return address;
    }
    let given = headers.get_all("x-forwarded-for").into_iter().rev();
    // What cannot be read ends the list there, and takes nothing from what stands right of it.
    for name in given.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')) {
        let Some(next) = std::str::from_utf8(name).ok().and_then(|name| parse(name.trim())) else { return address };
        address = next;
        if !is_trusted(address) {
            return address;
        }
    }
    address
}

/// Some proxies give the port as well.
fn parse(name: &str) -> Option<IpAddr> {
    let address = name.parse().or_else(|_| name.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn proxies_are_believed_as_far_as_they_are_trusted() {
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
            let seen = of(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(seen, address.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
