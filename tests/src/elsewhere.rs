//! A connection from another address of this machine: on loopback all of
//! 127.0.0.0/8 is one's own.

use std::net::{SocketAddr, TcpStream};

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

/// Connects to `to` from the address `from`.
///
/// # Panics
///
/// When that fails.
pub fn connect_from(from: &str, to: &str) -> TcpStream {
    let from: SocketAddr = format!("{from}:0").parse().expect("an address");
    let to: SocketAddr = to.parse().expect("an address with a port");
    let made = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&made, &from).expect("an address of this machine");
    connect(&made, &to).expect("it accepts connections");
    TcpStream::from(made)
}
