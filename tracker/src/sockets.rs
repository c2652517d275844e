//! The port: TCP, and UDP of the same number.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use tokio::net::{TcpListener, TcpSocket};

/// Connections that the kernel keeps until they are accepted. The kernel cuts it to its own bound.
const BACKLOG: u32 = 4096;
/// Ports that are tried where any will do: one that is free for TCP is seldom taken for UDP.
const TRIES: usize = 32;

/// A TCP listener, and the UDP socket that keeps the same port until the tracker starts.
#[derive(Debug)]
pub struct Sockets {
    pub(crate) tcp: TcpListener,
    /// Held so that nobody else gets the port; what answers by QUIC binds it anew.
    pub(crate) udp: Option<UdpSocket>,
    pub(crate) address: SocketAddr,
}

impl Sockets {
    /// Listens on an address. Every address of the machine (`[::]`) includes the IPv4 ones, and
    /// is those alone on a machine without IPv6. With port 0 any is taken that both TCP and UDP have free.
    ///
    /// # Errors
    ///
    /// Why the address cannot be listened on.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        match bind_exactly(address) {
            Err(error) if address.is_ipv6() && address.ip().is_unspecified() => {
                if error.kind() == io::ErrorKind::AddrInUse {
                    return Err(error);
                }
                let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port());
                bind_exactly(v4)
            }
            bound => bound,
        }
    }

    /// Where it listens, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

fn bind_exactly(address: SocketAddr) -> io::Result<Sockets> {
    let mut tries = if address.port() == 0 { TRIES } else { 1 };
    loop {
        let tcp = listen(address)?;
        let address = tcp.local_addr()?;
        tries -= 1;
        match UdpSocket::bind(address) {
            Ok(udp) => {
                return Ok(Sockets {
                    tcp,
                    udp: Some(udp),
                    address,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
            Err(error) => return Err(error),
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if address.is_ipv6() && address.ip().is_unspecified() {
        rustix::net::sockopt::set_ipv6_v6only(&socket, false)?;
    }
    // A tracker that is started again must not wait for old connections to time out.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_have_the_port() {
        let sockets = Sockets::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = sockets.local_addr().port();
        assert_ne!(port, 0);
        assert_eq!(sockets.tcp.local_addr().unwrap().port(), port);
        assert_eq!(sockets.udp.unwrap().local_addr().unwrap().port(), port);
    }

    #[tokio::test]
    async fn a_port_that_udp_has_lost_is_refused() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let error = Sockets::bind(taken.local_addr().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
