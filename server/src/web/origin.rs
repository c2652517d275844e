//! Whether a request comes from a page of this server.
//!
//! Cookies come with whatever a browser sends here, whoever made it send that.
//! So what changes something is refused where the browser says that another site's page
//! asked (`Sec-Fetch-Site`, `Origin`). What says neither is no browser's
//! and has no cookie that somebody else could borrow.

use std::net::Ipv6Addr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::request::Parts;
use parlor_certs::Address;
use parlor_protocol::{Code, ErrorLine};

use crate::http::failed::Failed;
use crate::state::State;

/// How a browser says where a request comes from (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The port of https where none is said.
const HTTPS_PORT: u16 = 443;

/// A host, by name or address, and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
}

impl Place {
    /// `host`, `host:port`, `[v6]` or `[v6]:port`.
    fn of(authority: &str) -> Option<Self> {
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (address, rest) = rest.split_once(']')?;
                let address: Ipv6Addr = address.parse().ok()?;
                let port = if rest.is_empty() {
                    None
                } else {
                    Some(rest.strip_prefix(':')?)
                };
                (address.to_string(), port)
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host.to_ascii_lowercase(), Some(port)),
                None => (authority.to_ascii_lowercase(), None),
            },
        };
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
        if host.is_empty() || !host.bytes().all(is_name) {
            return None;
        }
        let port = match port {
            None => HTTPS_PORT,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
        };
        Some(Self { host, port })
    }

    /// An origin (RFC 6454, 6.2), which must be of https.
    fn of_origin(origin: &str) -> Option<Self> {
        let scheme = origin.get(..8)?;
        scheme.eq_ignore_ascii_case("https://").then_some(())?;
        Self::of(&origin[8..])
    }
}

/// The one value of a header. `Err`: it comes more than once, or is no text.
fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}

/// Whether a request comes from a page of this server, or from no page at all.
/// `public` is the address that the server is known by, where it was told one:
/// behind a proxy `Host` may name the server as the proxy knows it.
pub(crate) fn is_own(parts: &Parts, public: Option<&Address>) -> bool {
    let own = || {
        if let Some(site) = one(&parts.headers, SEC_FETCH_SITE)? {
            // `none` is what people do themselves, as by the address bar.
            if site != "same-origin" && site != "none" {
                return Err(());
            }
        }
        let Some(origin) = one(&parts.headers, ORIGIN)? else {
            return Ok(());
        };
        let origin = Place::of_origin(origin).ok_or(())?;
        let known = public.and_then(|address| Place::of(&address.to_string()));
        if known.is_some_and(|known| known == origin) {
            return Ok(());
        }
        // HTTP/2 says the host in its `:authority`.
        let host = match parts.uri.authority() {
            Some(authority) => authority.as_str(),
            None => one(&parts.headers, HOST)?.ok_or(())?,
        };
        (Place::of(host) == Some(origin)).then_some(()).ok_or(())
    };
    own().is_ok()
}

/// A request that no other site's page made: an extractor, which refuses with 403.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SameOrigin;

impl FromRequestParts<Arc<State>> for SameOrigin {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        check(parts, state).map(|()| Self)
    }
}

/// Refuses what another site's page made.
///
/// # Errors
///
/// `forbidden`.
pub(crate) fn check(parts: &Parts, state: &State) -> Result<(), Failed> {
    if is_own(parts, state.config.public_address.as_ref()) {
        return Ok(());
    }
    let message = "This came from a page of another site. Open the page here and try again.";
    Err(ErrorLine::new(Code::Forbidden, message).into())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn origins() {
        let check = |host: &str, origin: &str, expected: bool| {
            let parts = parts("/", &[("host", host), ("origin", origin)]);
            assert_eq!(is_own(&parts, None), expected, "{origin} at {host}");
        };
        check("chat.example:8888", "https://chat.example:8888", true);
        check("Chat.Example:8888", "HTTPS://chat.example:8888", true);
        check("chat.example", "https://chat.example", true);
        check("chat.example:443", "https://chat.example", true);
        check("chat.example", "https://chat.example:443", true);
        check("192.0.2.1:8888", "https://192.0.2.1:8888", true);
        check("[2001:db8::1]:8888", "https://[2001:db8::1]:8888", true);
        check("[2001:db8:0::1]", "https://[2001:DB8::1]:443", true);
        check("chat.example:8888", "https://chat.example", false);
        check("chat.example:8888", "https://chat.example:9999", false);
        check("chat.example:8888", "http://chat.example:8888", false);
        check("chat.example", "https://evil.example", false);
        check("chat.example", "https://chat.example.evil.example", false);
        check("chat.example", "https://evil.example/chat.example", false);
        check("chat.example", "https://user@chat.example", false);
        check("chat.example", "https://chat.example@evil.example", false);
        check("chat.example", "https://chat.example/", false);
        check("chat.example", "https://chat.example ", false);
        check("chat.example", "https://", false);
        check("chat.example", "null", false);
        check("chat.example", "", false);
        check("chat.example", "chat.example", false);
        check("chat.example", "https://chat.example:+443", false);
        check("chat.example", "https://chat.example:99999", false);
        check("[::1]", "https://[::1]x", false);
        check("", "https://", false);
        check("é", "https://é", false);
    }

    #[test]
    fn what_fetch_metadata_say() {
        let check = |site: &[&str], expected: bool| {
            let headers: Vec<_> = site.iter().map(|site| ("sec-fetch-site", *site)).collect();
            assert_eq!(is_own(&parts("/", &headers), None), expected, "{site:?}");
        };
        check(&[], true);
        check(&["same-origin"], true);
        check(&["none"], true);
        check(&["same-site"], false);
        check(&["cross-site"], false);
        check(&["SAME-ORIGIN"], false);
        check(&[""], false);
        check(&["same-origin", "same-origin"], false);
    }

    #[test]
    fn where_the_host_stands() {
        let check = |uri: &str, headers: &[(&str, &str)], public: Option<&str>, expected: bool| {
            let public = public.map(|address| address.parse().unwrap());
            let own = is_own(&parts(uri, headers), public.as_ref());
            assert_eq!(own, expected, "{uri} {headers:?}");
        };
        let origin = ("origin", "https://chat.example:8888");
        check("https://chat.example:8888/", &[origin], None, true);
        check("https://evil.example/", &[origin], None, false);
        check("/", &[origin], None, false);
        let behind = ("host", "upstream:1");
        check("/", &[origin, behind], Some("chat.example:8888"), true);
        check("/", &[origin, behind], Some("other.example:8888"), false);
        let host = ("host", "chat.example:8888");
        check("/", &[origin, host, behind], None, false);
        check("/", &[origin, origin, host], None, false);
        let foreign = ("sec-fetch-site", "cross-site");
        check("/", &[origin, host, foreign], None, false);
    }
}
