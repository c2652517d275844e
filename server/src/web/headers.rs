//! What every answer over HTTP says to a browser about how to treat it.

use std::sync::LazyLock;

use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// What a page may load and do: what this server sends, and nothing that stands in the page itself.
/// `'self'` has the WebSocket in it (CSP 3, 6.7.2.8), `blob:` the
/// pictures that a page is about to send.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; \
    manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// No page here needs any of these.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), \
    payment=(), usb=(), browsing-topics=()";

/// Every header, unless a handler has its own. With a referrer policy of
/// `no-referrer` browsers would send our own forms with `Origin: null`. The time of
/// `Strict-Transport-Security` is an hour, for it binds every port of the host, whoever
/// runs what there.
const ALL: [(HeaderName, &str); 8] = [
    (CONTENT_SECURITY_POLICY, PAGE_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (STRICT_TRANSPORT_SECURITY, "max-age=3600"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// [`ALL`], read once: the policy alone would be looked through for each answer.
static READY: LazyLock<[(HeaderName, HeaderValue); 8]> =
    LazyLock::new(|| ALL.map(|(name, value)| (name, HeaderValue::from_static(value))));

/// Adds what an answer does not say by itself.
pub(super) fn add(headers: &mut HeaderMap) {
    headers.reserve(ALL.len());
    for (name, value) in &*READY {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handlers_own_word_stands() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
        add(&mut headers);
        assert_eq!(headers[CONTENT_SECURITY_POLICY], "sandbox");
        assert_eq!(headers.len(), ALL.len());
    }

    #[test]
    fn the_policy_allows_nothing_inline_and_nobody_else() {
        for never in ["unsafe", "http", "*", "data:", "nonce"] {
            assert!(!PAGE_POLICY.contains(never), "{never}");
        }
    }
}
