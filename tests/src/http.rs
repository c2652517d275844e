//! One HTTP request over TLS.

use std::net::TcpStream;

use crate::parlord::Parlord;
use crate::raw::Raw;
use crate::tls;

/// Sends `request` as it is over TLS, offering these ALPN names, and gives
/// all that comes back until the server closes.
///
/// # Panics
///
/// When the handshake fails.
pub fn ask(server: &Parlord, alpn: &[&str], request: &str) -> String {
    let (config, _) = tls::config(Some(&server.pin()), alpn, rustls::ALL_VERSIONS);
    let socket = TcpStream::connect(server.address()).expect("the server accepts connections");
    let mut raw = Raw::over(socket, config).expect("the handshake succeeds");
    raw.write(request.as_bytes());
    String::from_utf8_lossy(&raw.rest()).into_owned()
}

/// `GET path` by HTTP/1.1, one request on its connection.
pub fn get(server: &Parlord, path: &str) -> String {
    let host = server.address();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    ask(server, &["http/1.1"], &request)
}
