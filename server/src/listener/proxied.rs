//! The header of the PROXY protocol (HAProxy's `proxy-protocol.txt`, versions 1
//! and 2), with which a trusted proxy begins a connection to say whose it is.

use std::io;
use std::net::SocketAddr;

use proxy_header::{ParseConfig, ProxyHeader};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// How version 2 begins.
const V2_BEGIN: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Version 2's signature, version, family and length.
const V2_HEAD_BYTES: usize = 16;
/// What may follow those: the addresses, and extensions that are skipped. The
/// largest in use, a client certificate's names, stays below.
const V2_MOST_BYTES: usize = 2048;
/// The shortest line of version 1: nothing about the connection is known.
const V1_LEAST_BYTES: usize = b"PROXY UNKNOWN\r\n".len();
/// The longest line of version 1.
const V1_MOST_BYTES: usize = 107;

/// Whether a connection that begins with these bytes has a header. Plain HTTP
/// may begin with a `P`, too, but with none before an `R`.
pub(super) fn begins(first: &[u8]) -> bool {
    match first {
        [b'\r', ..] => true,
        [b'P'] => true,
        [b'P', second, ..] => *second == b'R',
        _ => false,
    }
}

/// Takes the header off a connection. `None`: the proxy speaks for itself,
/// as it does to see whether the server lives.
pub(super) async fn read(stream: &mut TcpStream) -> io::Result<Option<SocketAddr>> {
    let mut header = Vec::with_capacity(V1_MOST_BYTES);
    header.resize(V1_LEAST_BYTES, 0);
    stream.read_exact(&mut header).await?;
    if header.starts_with(V2_BEGIN) {
        header.push(stream.read_u8().await?);
        let length = usize::from(u16::from_be_bytes([header[14], header[15]]));
        if length > V2_MOST_BYTES {
            return Err(bad());
        }
        header.resize(V2_HEAD_BYTES + length, 0);
        stream.read_exact(&mut header[V2_HEAD_BYTES..]).await?;
    } else {
        while !header.ends_with(b"\n") {
            if header.len() >= V1_MOST_BYTES || !header.starts_with(b"PROXY ") {
                return Err(bad());
            }
            header.push(stream.read_u8().await?);
        }
    }
    client(&header)
}

/// Whom a whole header names.
fn client(header: &[u8]) -> io::Result<Option<SocketAddr>> {
    let (parsed, length) = ProxyHeader::parse(header, ParseConfig::default()).map_err(|_| bad())?;
    if length != header.len() {
        return Err(bad());
    }
    Ok(parsed.proxied_address().map(|address| {
        let source = address.source;
        SocketAddr::new(source.ip().to_canonical(), source.port())
    }))
}

fn bad() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a proxy's PROXY header cannot be read",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_the_client() {
        let check = |header: &[u8], expected: Option<&str>| {
            let expected = expected.map(|address| address.parse().unwrap());
            assert_eq!(client(header).unwrap(), expected, "{header:?}");
        };
        check(
            b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n",
            Some("192.0.2.1:4711"),
        );
        check(
            b"PROXY TCP6 2001:db8::1 ::1 4711 443\r\n",
            Some("[2001:db8::1]:4711"),
        );
        check(
            b"PROXY TCP6 ::ffff:192.0.2.1 ::1 4711 443\r\n",
            Some("192.0.2.1:4711"),
        );
        check(b"PROXY UNKNOWN\r\n", None);
        check(b"PROXY UNKNOWN 1 2 3 4\r\n", None);
        let v2 =
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\x12\x67\x01\xbb";
        check(v2, Some("192.0.2.1:4711"));
        let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
        check(local, None);
    }

    #[test]
    fn what_is_no_header() {
        let check = |header: &[u8]| assert!(client(header).is_err(), "{header:?}");
        check(b"PROXY TCP4 192.0.2.1 198.51.100.2 4711\r\n");
        check(b"PROXY TCP4 192.0.2.256 198.51.100.2 4711 443\r\n");
        check(b"PROXY TCP5 192.0.2.1 198.51.100.2 4711 443\r\n");
        check(b"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\n");
        check(b"PROXY UNKNOWN\r\nx");
        check(b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\x12\x67\x01\xbb");
        check(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04\xc0\0\x02\x01");
    }

    #[test]
    fn a_first_byte_tells() {
        for (first, expected) in [
            (&b"PROXY "[..], true),
            (b"P", true),
            (b"\r\n\r\n", true),
            (b"POST /", false),
            (b"PUT /", false),
            (b"\x16\x03", false),
            (b"GET /", false),
        ] {
            assert_eq!(begins(first), expected, "{first:?}");
        }
    }
}
