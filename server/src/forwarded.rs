//! Who sends an HTTP request, and under which name they know this server: what
//! a trusted proxy says of them, else what the connection and the request say.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{HOST, HeaderMap, HeaderName};
use axum::http::{Request, uri::Authority};

use crate::config::Proxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Addresses of `X-Forwarded-For` that are looked at, from the right. A chain
/// of trusted proxies is short; a header of thousands is an attack.
const MAX_HOPS: usize = 16;

/// Who sends a request. Every request carries it as an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// The client's address: what limits, bans and the audit log mean by it.
    pub(crate) address: IpAddr,
    origin: Option<String>,
}

impl Forwarded {
    /// Who sends this request over a connection from `peer`, which the PROXY
    /// protocol may have named already. Headers count only if it is a proxy's.
    pub(crate) fn of<B>(peer: SocketAddr, request: &Request<B>, proxies: &Proxies) -> Self {
        let headers = request.headers();
        let peer = peer.ip().to_canonical();
        let authority = request.uri().authority().map(Authority::as_str);
        let own_host = authority.or_else(|| text(headers, &HOST));
        if !proxies.contains(peer) {
            return Self {
                address: peer,
                origin: own_host.and_then(|host| origin("https", host)),
            };
        }
        let host = text(headers, &FORWARDED_HOST).or(own_host);
        let scheme = text(headers, &FORWARDED_PROTO).unwrap_or("https");
        Self {
            address: client(peer, headers, proxies),
            origin: host.and_then(|host| origin(scheme, host)),
        }
    }

    /// The origin of this server's pages as this client's browser has it, in
    /// the form of an `Origin` header; `None` if the request names no host.
    pub(crate) fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Whether an `Origin` header means this server's own pages.
    pub(crate) fn is_own_origin(&self, given: &str) -> bool {
        self.origin()
            .is_some_and(|own| own.eq_ignore_ascii_case(given))
    }
}

/// The rightmost address that is no trusted proxy's: everything to the left of
/// it was written by somebody who may lie.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut address = peer;
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for entry in entries.take(MAX_HOPS) {
        if !proxies.contains(address) {
            break;
        }
        // What cannot be read was not written by a proxy that works; the last
        // one that could be is the best that is known.
        let Some(next) = hop(entry) else { break };
        address = next;
    }
    address
}

/// One entry: an address, with or without a port.
fn hop(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address = match bare.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) => entry.parse::<SocketAddr>().ok()?.ip(),
    };
    Some(address.to_canonical())
}

/// The one value of a header; with several, or a list, nobody knows which counts.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !value.contains(',') && !value.is_empty()).then_some(value)
}

/// An origin, without the port that its scheme means anyway (RFC 6454, section 6.2).
fn origin(scheme: &str, host: &str) -> Option<String> {
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    let is_host = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    let named = !host.is_empty() && host.bytes().all(is_host);
    named.then(|| format!("{scheme}://{}", host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(peer: &str, uri: &str, headers: &[(&str, &str)]) -> Forwarded {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let proxies = "10.0.0.0/8, ::1".parse().unwrap();
        let peer = SocketAddr::new(peer.parse().unwrap(), 5);
        Forwarded::of(peer, &request.body(()).unwrap(), &proxies)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let check = |peer: &str, lines: &[&str], expected: &str| {
            let headers: Vec<_> = lines
                .iter()
                .map(|line| ("x-forwarded-for", *line))
                .collect();
            let expected: IpAddr = expected.parse().unwrap();
            assert_eq!(
                forwarded(peer, "/", &headers).address,
                expected,
                "{lines:?}"
            );
        };
        check("192.0.2.1", &[], "192.0.2.1");
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("::1", &["2001:db8::7"], "2001:db8::7");
        check("::1", &["[2001:db8::7]:4711"], "2001:db8::7");
        check("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7");
        check("10.0.0.1", &["6.6.6.6, 198.51.100.7"], "198.51.100.7");
        check(
            "10.0.0.1",
            &["6.6.6.6, 198.51.100.7, 10.0.0.2"],
            "198.51.100.7",
        );
        check(
            "10.0.0.1",
            &["6.6.6.6", "198.51.100.7,10.0.0.2"],
            "198.51.100.7",
        );
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        check("10.0.0.1", &["198.51.100.7, nonsense"], "10.0.0.1");
        check(
            "10.0.0.1",
            &["198.51.100.7, nonsense, 10.0.0.2"],
            "10.0.0.2",
        );
        check("10.0.0.1", &[""], "10.0.0.1");
    }

    #[test]
    fn the_origin_is_what_the_browser_has() {
        let check = |peer: &str, uri: &str, headers: &[(&str, &str)], expected: Option<&str>| {
            assert_eq!(
                forwarded(peer, uri, headers).origin(),
                expected,
                "{headers:?}"
            );
        };
        let host = ("host", "chat.example.org:8888");
        let far = ("x-forwarded-host", "Chat.Example.org");
        let plain = ("x-forwarded-proto", "http");
        check(
            "192.0.2.1",
            "/",
            &[host],
            Some("https://chat.example.org:8888"),
        );
        check(
            "192.0.2.1",
            "/",
            &[host, far, plain],
            Some("https://chat.example.org:8888"),
        );
        check(
            "10.0.0.1",
            "/",
            &[host, far],
            Some("https://chat.example.org"),
        );
        check(
            "10.0.0.1",
            "/",
            &[host, far, plain],
            Some("http://chat.example.org"),
        );
        check(
            "10.0.0.1",
            "/",
            &[host],
            Some("https://chat.example.org:8888"),
        );
        check("10.0.0.1", "/", &[("host", "a:443")], Some("https://a"));
        check(
            "192.0.2.1",
            "https://h2.example/x",
            &[],
            Some("https://h2.example"),
        );
        check("192.0.2.1", "/", &[], None);
        check("192.0.2.1", "/", &[("host", "a/b")], None);
        check(
            "192.0.2.1",
            "/",
            &[("host", "[::1]:8888")],
            Some("https://[::1]:8888"),
        );
        check(
            "10.0.0.1",
            "/",
            &[host, ("x-forwarded-proto", "gopher")],
            None,
        );
    }

    #[test]
    fn an_origin_is_ones_own_or_not() {
        let forwarded = forwarded("192.0.2.1", "/", &[("host", "chat.example.org")]);
        assert!(forwarded.is_own_origin("https://chat.example.org"));
        assert!(!forwarded.is_own_origin("http://chat.example.org"));
        assert!(!forwarded.is_own_origin("https://chat.example.org.evil.example"));
        assert!(!forwarded.is_own_origin("null"));
    }
}
