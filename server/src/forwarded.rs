//! For whom a request comes, and what its browser calls this server: what a trusted
//! proxy says of that, else the connection's own address.

use std::net::{IpAddr, SocketAddr};

use axum::http::Request;
use axum::http::header::{HeaderMap, HeaderName};

use crate::config::Proxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Addresses of `X-Forwarded-For` that are looked at, from the right. A chain
/// of trusted proxies is short; a header of thousands is an attack.
const MAX_HOPS: usize = 16;

/// For whom a request comes. Every request carries it as an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// The client's address: what limits, bans and the audit log mean by it.
    pub(crate) address: IpAddr,
    host: Option<String>,
}

impl Forwarded {
    /// For whom this request comes over a connection from `peer`, which the PROXY
    /// protocol may have named already. Headers count only if it is a proxy's.
    pub(crate) fn of<B>(peer: SocketAddr, request: &Request<B>, proxies: &Proxies) -> Self {
        let headers = request.headers();
        let peer = peer.ip().to_canonical();
        if !proxies.contains(peer) {
            return Self {
                address: peer,
                host: None,
            };
        }
        Self {
            address: client(peer, headers, proxies),
            host: text(headers, &FORWARDED_HOST).map(ToOwned::to_owned),
        }
    }

    /// The host, with its port, that the client asked a trusted proxy for; `None` without one.
    pub(crate) fn host(&self) -> Option<&str> {
        self.host.as_deref()
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
    fn the_host_is_what_a_trusted_proxy_says() {
        let check = |peer: &str, headers: &[(&str, &str)], expected: Option<&str>| {
            assert_eq!(
                forwarded(peer, "/", headers).host(),
                expected,
                "{headers:?}"
            );
        };
        let own = ("host", "10.0.0.9:8888");
        let far = ("x-forwarded-host", "chat.example.org");
        check("192.0.2.1", &[own, far], None);
        check("10.0.0.1", &[own, far], Some("chat.example.org"));
        check("10.0.0.1", &[own], None);
        check("10.0.0.1", &[far, far], None);
        check(
            "10.0.0.1",
            &[("x-forwarded-host", "evil.example, chat.example.org")],
            None,
        );
    }
}
