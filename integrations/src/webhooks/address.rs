//! The addresses that webhooks are not sent to: an endpoint must not reach the shop's own network through the shop.

use ipnet::{Ipv4Net, Ipv6Net};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

/// Networks of IPv4 that are not public.
static FORBIDDEN_V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    let net = |a, b, c, d, prefix| Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix);
    vec![
        // "This" network, unspecified
        net(0, 0, 0, 0, 8),
        // Private
        net(10, 0, 0, 0, 8),
        net(172, 16, 0, 0, 12),
        net(192, 168, 0, 0, 16),
        // Carrier-grade NAT
        net(100, 64, 0, 0, 10),
        // Loopback
        net(127, 0, 0, 0, 8),
        // Link-local, with the metadata services of clouds
        net(169, 254, 0, 0, 16),
        // Protocol assignments
        net(192, 0, 0, 0, 24),
        // Documentation
        net(192, 0, 2, 0, 24),
        net(198, 51, 100, 0, 24),
        net(203, 0, 113, 0, 24),
        // Relays of 6to4
        net(192, 88, 99, 0, 24),
        // Benchmarks
        net(198, 18, 0, 0, 15),
        // Multicast
        net(224, 0, 0, 0, 4),
        // Reserved, and broadcast
        net(240, 0, 0, 0, 4),
    ]
});

/// Networks of IPv6 that are not public, or lead to an IPv4 address that is not checked here.
static FORBIDDEN_V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| {
    let net = |a, b, c, prefix| Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix);
    vec![
        // Unspecified, loopback, and IPv4-compatible
        net(0, 0, 0, 96),
        // NAT64, well-known and local
        net(0x64, 0xff9b, 0, 96),
        net(0x64, 0xff9b, 1, 48),
        // Discard-only
        net(0x100, 0, 0, 64),
        // Protocol assignments, with Teredo, benchmarks and ORCHID
        net(0x2001, 0, 0, 23),
        // Documentation
        net(0x2001, 0xdb8, 0, 32),
        net(0x3fff, 0, 0, 20),
        // 6to4
        net(0x2002, 0, 0, 16),
        // Segment routing
        net(0x5f00, 0, 0, 16),
        // Unique-local
        net(0xfc00, 0, 0, 7),
        // Link-local, and site-local
        net(0xfe80, 0, 0, 10),
        net(0xfec0, 0, 0, 10),
        // Multicast
        net(0xff00, 0, 0, 8),
    ]
});

/// Whether no webhook is sent to the address: it is private, local or reserved.
pub(super) fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => FORBIDDEN_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => match unwrapped(address) {
            Some(v4) => is_forbidden(IpAddr::V4(v4)),
            None => FORBIDDEN_V6.iter().any(|net| net.contains(&address)),
        },
    }
}

/// The IPv4 address within an IPv6 address that the system connects to as IPv4: mapped (`::ffff:a.b.c.d`) or translated
/// (`::ffff:0:a.b.c.d`).
fn unwrapped(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_local_and_reserved_addresses_are_forbidden() {
        let forbidden = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:db8::1",
            "3fff::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in forbidden {
            assert!(is_forbidden(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_allowed() {
        let allowed = [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
        ];
        for text in allowed {
            assert!(!is_forbidden(text.parse().unwrap()), "{text}");
        }
    }
}
