//! What of a head goes on, and what is added: RFC 9110, section 7.6, and RFC 7239.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::header::{
    CONNECTION, COOKIE, EXPECT, FORWARDED, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, VIA,
};
use hyper::http::request::Parts;
use hyper::{Uri, Version};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What concerns one connection, named in `Connection` or not.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HTTP2_SETTINGS,
];

/// Header fields that are added to a request at most.
const ADDED: usize = 8;

/// What a client may not say, since upstreams believe it: by these beginnings,
/// with `_` for `-` too, for some upstreams cannot tell the two apart.
const CLAIMS: [&str; 5] = [
    "forwarded",
    "x-forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-original-",
];

/// The same by these ends: what proxies and networks of others call the client's address
/// (`True-Client-IP`, `CF-Connecting-IP`, `Fly-Client-IP`, `X-Azure-ClientIP` and their like),
/// which an upstream that stood behind one of them may still believe.
const ADDRESSES: [&str; 8] = [
    "-ip",
    "clientip",
    "socketip",
    "-ipv4",
    "-ipv6",
    "remote-addr",
    "-external-address",
    "forwarded-for",
];

/// The host that a request is for, if it names exactly one: in its target, in its
/// `Host` header, or in both.
pub(super) fn host(parts: &Parts) -> Option<HeaderValue> {
    let mut named = parts.headers.get_all(HOST).iter();
    let header = named.next();
    let authority = parts.uri.authority().map(|a| a.as_str());
    let host = match (authority, header) {
        (Some(authority), Some(header)) => {
            let same = header.as_bytes().eq_ignore_ascii_case(authority.as_bytes());
            same.then(|| header.clone())?
        }
        (Some(authority), None) => HeaderValue::from_str(authority).ok()?,
        (None, Some(header)) => header.clone(),
        (None, None) if parts.version < Version::HTTP_11 => HeaderValue::from_static("localhost"),
        (None, None) => return None,
    };
    let is_host = |b: &u8| b.is_ascii_alphanumeric() || b"-._:[]%".contains(b);
    let fits = named.next().is_none() && !host.is_empty() && host.as_bytes().iter().all(is_host);
    fits.then_some(host)
}

/// What upstreams are told of a connection's client. It is the same for one request
/// after the other, and is written once.
#[derive(Debug, Clone)]
pub(super) struct Said(Arc<Words>);

#[derive(Debug)]
struct Words {
    client: IpAddr,
    text: HeaderValue,
    /// The host of the last request, and `Forwarded` with it.
    // A std Mutex: it is copied or replaced. Requests of HTTP/2 come at once.
    last: Mutex<Option<(HeaderValue, HeaderValue)>>,
}

impl Said {
    /// Of the client at this address.
    pub(super) fn of(client: IpAddr) -> Self {
        Self(Arc::new(Words {
            client,
            text: value(&client.to_string()),
            last: Mutex::default(),
        }))
    }

    fn forwarded(&self, host: &HeaderValue) -> HeaderValue {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, written)) if known == host => written.clone(),
            _ => {
                let written = forwarded(self.0.client, host);
                *last = Some((host.clone(), written.clone()));
                written
            }
        }
    }
}

fn forwarded(client: IpAddr, host: &HeaderValue) -> HeaderValue {
    let host = host.to_str().unwrap_or_default();
    value(&match client {
        IpAddr::V4(v4) => format!("for={v4};host=\"{host}\";proto=https"),
        IpAddr::V6(v6) => format!("for=\"[{v6}]\";host=\"{host}\";proto=https"),
    })
}

/// Makes a request's head that of the request to the upstream.
pub(super) fn to_upstream(parts: &mut Parts, host: HeaderValue, client: &Said, upgrade: bool) {
    strip_hops(&mut parts.headers);
    strip_claims(&mut parts.headers);
    // Whoever waits for a 100 gets it from here, when the upstream takes the body.
    parts.headers.remove(EXPECT);
    join_cookies(&mut parts.headers);
    let headers = &mut parts.headers;
    headers.reserve(ADDED);
    headers.insert(FORWARDED, client.forwarded(&host));
    headers.insert(FORWARDED_FOR, client.0.text.clone());
    headers.insert(FORWARDED_HOST, host.clone());
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static("https"));
    headers.append(VIA, HeaderValue::from_static("1.1 parlord"));
    headers.insert(HOST, host);
    if upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    let path = parts.uri.path_and_query().cloned();
    parts.uri = path.map_or_else(|| Uri::from_static("/"), Uri::from);
    parts.version = Version::HTTP_11;
}

/// Makes an answer's head that of the answer to the client.
pub(super) fn to_client(headers: &mut HeaderMap) {
    strip_hops(headers);
}

fn strip_hops(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|name| name.trim().parse().ok())
            // Who takes the host or the length away makes another request of it.
            .filter(|name| *name != HOST && *name != hyper::header::CONTENT_LENGTH)
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    // Most heads have none of them, which a look at the names they have finds soonest.
    for name in &HOP_BY_HOP {
        if headers.keys().any(|known| known == name) {
            headers.remove(name);
        }
    }
}

fn strip_claims(headers: &mut HeaderMap) {
    let is_claim = |name: &HeaderName| {
        let name = name.as_str();
        // Few names begin or end with these letters; only those are looked at closely.
        let may_be = name.starts_with(['f', 'x']) || name.ends_with(['p', 'r', 's', '4', '6']);
        may_be && {
            let name = name.replace('_', "-");
            CLAIMS.iter().any(|claim| name.starts_with(claim))
                || ADDRESSES.iter().any(|claim| name.ends_with(claim))
        }
    };
    let claims: Vec<_> = headers.keys().filter(|n| is_claim(n)).cloned().collect();
    for name in claims {
        headers.remove(name);
    }
}

/// HTTP/2 parts cookies, HTTP/1.1 wants them in one (RFC 9113, section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let all: Vec<&[u8]> = headers
        .get_all(COOKIE)
        .iter()
        .map(|v| v.as_bytes())
        .collect();
    if let Ok(joined) = HeaderValue::from_bytes(&all.join(&b"; "[..])) {
        headers.insert(COOKIE, joined);
    }
}

fn value(text: &str) -> HeaderValue {
    // Addresses and checked hosts have no character that a value may not have.
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_request_is_for_one_host() {
        let check = |uri: &str, headers: &[(&str, &str)], expected: Option<&str>| {
            let host = host(&parts(uri, headers));
            let host = host.as_ref().map(|host| host.to_str().unwrap());
            assert_eq!(host, expected, "{uri} {headers:?}");
        };
        check("/", &[("host", "a.example:8443")], Some("a.example:8443"));
        check("https://a.example/", &[], Some("a.example"));
        check(
            "https://a.example/",
            &[("host", "A.example")],
            Some("A.example"),
        );
        check("https://a.example/", &[("host", "b.example")], None);
        check("/", &[("host", "a"), ("host", "a")], None);
        check("/", &[("host", "")], None);
        check("/", &[("host", "a/b")], None);
        check("/", &[("host", "a b")], None);
        check("/", &[("host", "a,b")], None);
        check("https://user@a.example/", &[], None);
        check("/", &[], None);
    }

    #[test]
    fn a_request_on_its_way() {
        let mut request = parts(
            "https://a.example/path?x=1",
            &[
                ("connection", "close, X-Private, host"),
                ("x-private", "1"),
                ("keep-alive", "timeout=5"),
                ("te", "trailers"),
                ("upgrade", "h2c"),
                ("http2-settings", "AAMAAABkAAQAAP__"),
                ("forwarded", "for=6.6.6.6"),
                ("x-forwarded-for", "6.6.6.6"),
                ("x_forwarded_for", "6.6.6.6"),
                ("x-forwarded-port", "1"),
                ("x-real-ip", "6.6.6.6"),
                ("expect", "100-continue"),
                ("cookie", "a=1"),
                ("cookie", "b=2"),
                ("x-kept", "1"),
            ],
        );
        let host = HeaderValue::from_static("a.example");
        let client = Said::of("2001:db8::7".parse().unwrap());
        to_upstream(&mut request, host, &client, false);
        assert_eq!(request.uri, "/path?x=1");
        let mut names: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "cookie: a=1; b=2",
                "forwarded: for=\"[2001:db8::7]\";host=\"a.example\";proto=https",
                "host: a.example",
                "via: 1.1 parlord",
                "x-forwarded-for: 2001:db8::7",
                "x-forwarded-host: a.example",
                "x-forwarded-proto: https",
                "x-kept: 1",
            ]
        );
    }

    #[test]
    fn what_only_a_proxy_may_say() {
        let check = |name: &'static str, passes: bool| {
            let mut request = parts("/", &[(name, "6.6.6.6")]);
            let host = HeaderValue::from_static("a.example");
            to_upstream(&mut request, host, &Said::of([192, 0, 2, 7].into()), false);
            let value = request.headers.get(name).map(HeaderValue::as_bytes);
            assert_eq!(value == Some(b"6.6.6.6"), passes, "{name}");
        };
        for claim in [
            "forwarded",
            "x-forwarded-for",
            "x_forwarded-for",
            "x-forwarded-client-cert",
            "x-real-ip",
            "x-client-ip",
            "client-ip",
            "true-client-ip",
            "true_client_ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-pseudo-ipv4",
            "fastly-client-ip",
            "fly-client-ip",
            "do-connecting-ip",
            "x-cluster-client-ip",
            "x-appengine-user-ip",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-envoy-external-address",
            "x-vercel-forwarded-for",
            "wl-proxy-client-ip",
            "remote-addr",
            "x-remote-addr",
            "x-original-url",
        ] {
            check(claim, false);
        }
        for other in [
            "x-tip",
            "referer",
            "sec-fetch-user",
            "accept-charsets",
            "ip",
            "x-for",
        ] {
            check(other, true);
        }
    }

    #[test]
    fn what_is_said_of_a_client_follows_the_host() {
        let client = Said::of("192.0.2.7".parse().unwrap());
        for host in ["a.example", "a.example", "b.example:8443", "a.example"] {
            let mut request = parts("/", &[("host", host)]);
            let host = HeaderValue::from_static(host);
            to_upstream(&mut request, host.clone(), &client, false);
            let expected = format!(
                "for=192.0.2.7;host={:?};proto=https",
                host.to_str().unwrap()
            );
            assert_eq!(request.headers[FORWARDED], expected);
            assert_eq!(request.headers[FORWARDED_HOST], host);
            assert_eq!(request.headers[FORWARDED_FOR], "192.0.2.7");
        }
    }

    #[test]
    fn an_answer_on_its_way() {
        let mut headers = parts("/", &[("connection", "x-a"), ("x-a", "1"), ("x-b", "2")]).headers;
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        to_client(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers["x-b"], "2");
    }
}
