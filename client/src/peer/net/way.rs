//! The way that a link goes.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use iroh::TransportAddr;
use iroh::endpoint::Connection;

use super::names::Names;
use crate::peer::person::{Path, Way};

/// Round trips that differ by less than this, or by less than a third, are told as one.
const WORTH_TELLING: Duration = Duration::from_millis(5);

/// The way of a connection now; `None` while none is chosen.
pub(super) fn of(connection: &Connection, names: &Names) -> Option<Path> {
    let paths = connection.paths();
    let chosen = paths.iter().find(iroh::endpoint::Path::is_selected)?;
    let (way, at) = describe(chosen.remote_addr(), names);
    Some(Path {
        way,
        round_trip: Some(chosen.rtt()),
        at,
    })
}

/// What there is to say of an address that something came from.
pub(super) fn describe(address: &TransportAddr, names: &Names) -> (Way, String) {
    match address {
        TransportAddr::Ip(at) => {
            let at = SocketAddr::new(at.ip().to_canonical(), at.port());
            let way = if is_near(at.ip()) {
                Way::Lan
            } else {
                Way::Direct
            };
            (way, at.to_string())
        }
        TransportAddr::Relay(relay) => {
            let tracker = names.address(relay).map(|address| address.to_string());
            (Way::Relay, tracker.unwrap_or_default())
        }
        other => (Way::Direct, other.to_string()),
    }
}

/// Whether a change is worth an event.
pub(super) fn differs(old: &Path, new: &Path) -> bool {
    if (old.way, &old.at) != (new.way, &new.at) {
        return true;
    }
    match (old.round_trip, new.round_trip) {
        (Some(old), Some(new)) => {
            let difference = old.abs_diff(new);
            difference >= WORTH_TELLING && difference >= old.max(new) / 3
        }
        (old, new) => old != new,
    }
}

/// Whether an address is within this network: no router of the Internet passes it on, or
/// an interface of this computer is in the same subnet.
pub(super) fn is_near(ip: IpAddr) -> bool {
    let private = match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_loopback(),
    };
    private || is_on_link(ip)
}

fn is_on_link(ip: IpAddr) -> bool {
    let Ok(interfaces) = if_addrs::get_if_addrs() else {
        return false;
    };
    interfaces.iter().any(|interface| {
        let (own, prefix) = match &interface.addr {
            if_addrs::IfAddr::V4(v4) => (IpAddr::V4(v4.ip), u32::from(v4.netmask).leading_ones()),
            if_addrs::IfAddr::V6(v6) => (IpAddr::V6(v6.ip), u128::from(v6.netmask).leading_ones()),
        };
        same_subnet(own, ip, prefix)
    })
}

/// Whether two addresses share so many first bits. Without any, everything would be near.
fn same_subnet(own: IpAddr, other: IpAddr, prefix: u32) -> bool {
    let wide = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)) << 96, 32),
        IpAddr::V6(ip) => (u128::from(ip), 128),
    };
    let ((own, bits), (other, of_other)) = (wide(own), wide(other));
    bits == of_other && prefix > 0 && prefix < bits && (own ^ other) >> (128 - prefix) == 0
}

/// Whether peers may be told to come to an address of this computer.
pub(super) fn is_usable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast(),
        // A link-local address means nothing without the interface that it is of.
        IpAddr::V6(ip) => {
            let usual: Ipv6Addr = ip;
            !usual.is_loopback()
                && !usual.is_unspecified()
                && !usual.is_multicast()
                && !usual.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_is_what_no_router_passes_on() {
        let check = |ip: &str, near: bool| {
            assert_eq!(is_near(ip.parse().unwrap()), near, "{ip}");
        };
        for near in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.1.1",
            "::1",
            "fd00::1",
            "fe80::1",
        ] {
            check(near, true);
        }
        for far in ["203.0.113.7", "172.32.0.1", "100.64.0.1", "2001:db8::1"] {
            check(far, false);
        }
    }

    #[test]
    fn a_subnet_is_its_first_bits() {
        let check = |own: &str, other: &str, prefix, expected| {
            let same = same_subnet(own.parse().unwrap(), other.parse().unwrap(), prefix);
            assert_eq!(same, expected, "{own}/{prefix} {other}");
        };
        check("203.0.113.1", "203.0.113.9", 24, true);
        check("203.0.113.1", "203.0.114.9", 24, false);
        check("203.0.113.1", "203.0.114.9", 22, true);
        check("203.0.113.1", "203.0.116.9", 22, false);
        check("203.0.113.1", "198.51.100.1", 0, false);
        check("2001:db8::1", "2001:db8::2", 64, true);
        check("2001:db8::1", "203.0.113.9", 64, false);
    }

    #[test]
    fn small_changes_of_the_round_trip_are_not_told() {
        let path = |way, millis| Path {
            way,
            round_trip: Some(Duration::from_millis(millis)),
            at: "192.0.2.1:5".to_owned(),
        };
        let check = |old, new, expected| assert_eq!(differs(&old, &new), expected);
        check(path(Way::Direct, 20), path(Way::Direct, 22), false);
        check(path(Way::Direct, 1), path(Way::Direct, 4), false);
        check(path(Way::Direct, 100), path(Way::Direct, 110), false);
        check(path(Way::Direct, 20), path(Way::Direct, 60), true);
        check(path(Way::Direct, 20), path(Way::Relay, 20), true);
    }
}
