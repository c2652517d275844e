//! The address by which others reach this server: what its links carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use parlor_certs::Address;

/// The address for links of a server that listens there: the listening
/// address itself or, where that is every address of the machine, the one by
/// which the machine reaches the network.
pub(crate) fn reachable(listening: SocketAddr) -> Address {
    let ip = match listening.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => outgoing_v4().unwrap_or(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(_) => outgoing_v4()
            .or_else(outgoing_v6)
            .unwrap_or(Ipv4Addr::LOCALHOST.into()),
    };
    Address::from(SocketAddr::new(ip, listening.port()))
}

fn outgoing_v4() -> Option<IpAddr> {
    // An address of documentation (RFC 5737): it is only asked which way leads there.
    outgoing(
        (Ipv4Addr::UNSPECIFIED, 0).into(),
        (Ipv4Addr::new(192, 0, 2, 1), 9).into(),
    )
}

fn outgoing_v6() -> Option<IpAddr> {
    // The same of IPv6 (RFC 3849).
    let there = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    outgoing((Ipv6Addr::UNSPECIFIED, 0).into(), (there, 9).into())
}

/// The address from which packets would leave towards `there`. Connecting a
/// UDP socket sends nothing; it only picks the route.
fn outgoing(from: SocketAddr, there: SocketAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(there).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_address_is_taken_as_it_is() {
        let check = |listening: &str, expected: &str| {
            assert_eq!(reachable(listening.parse().unwrap()).to_string(), expected);
        };
        check("127.0.0.1:9", "127.0.0.1:9");
        check("[::1]:9", "[::1]:9");
        check("192.0.2.7:8888", "192.0.2.7:8888");
    }

    #[test]
    fn every_address_becomes_one_that_can_be_dialled() {
        for listening in ["0.0.0.0:9", "[::]:9"] {
            let address = reachable(listening.parse().unwrap());
            assert!(!address.ip().unwrap().is_unspecified(), "{address}");
            assert_eq!(address.port(), 9);
        }
    }
}
