//! What a client is told where there is no answer of an upstream: a small page,
//! or JSON for who asks for that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::header::{
    ACCEPT, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap,
    HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};
use sha2::{Digest as _, Sha256};

use super::download::Download;

/// The one style, in the colours of Parlor's pages. The policy names its hash.
const STYLE: &str = "body{margin:15vh auto;max-width:34rem;padding:0 1.5rem;\
    font:16px/1.5 'Fira Sans',system-ui,sans-serif;background:#FFFFFF;color:#1F1C1A}\
    h1{font-size:1.375rem;font-weight:500;margin:0 0 .5rem}p{margin:0;color:#56504A}\
    @media(prefers-color-scheme:dark){body{background:#1B1A19;color:#EDEAE6}p{color:#B8B2AB}}";

/// Seconds after which a client may try again, where that may help.
const TRY_AGAIN: &str = "5";

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The request makes no sense, or could be understood in two ways.
    BadRequest,
    /// `CONNECT`, and the like.
    Method,
    /// The body came too slowly.
    Slow,
    /// The body is too large.
    TooLarge,
    /// No upstream can be reached, or it broke off before it answered.
    Unreachable,
    /// The proxy is stopping.
    Stopping,
    /// The upstream took too long.
    TooLate,
}

impl Trouble {
    fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreachable => StatusCode::BAD_GATEWAY,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLate => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// What happened, and what to do next.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::BadRequest => (
                "This request cannot be understood.",
                "It breaks the rules of HTTP, and went no further.",
            ),
            Self::Method => (
                "This method is not taken here.",
                "This proxy stands in front of a server, and opens no connections to elsewhere.",
            ),
            Self::Slow => (
                "The request came too slowly.",
                "Nothing of it came for a while. Check the connection, and try again.",
            ),
            Self::TooLarge => (
                "This is too large.",
                "The server takes less at once. Send something smaller.",
            ),
            Self::Unreachable => (
                "The server cannot be reached.",
                "It may be starting again. Try again in a moment.",
            ),
            Self::Stopping => ("The server is being stopped.", "Try again in a moment."),
            Self::TooLate => (
                "The server takes too long to answer.",
                "It may be busy. Try again in a moment.",
            ),
        }
    }

    /// The whole answer. A request that cannot be trusted ends its connection.
    pub(super) fn page(self, wants_json: bool) -> Response<Download> {
        let (what, next) = self.words();
        let (kind, text) = if wants_json {
            let body = serde_json::json!({
                "status": "failed",
                "message": format!("{what} {next}"),
            });
            ("application/json", body.to_string())
        } else {
            ("text/html; charset=utf-8", html(what, next))
        };
        let mut response = Response::new(Download::Page(Bytes::from(text)));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(CONTENT_SECURITY_POLICY, policy());
        match self {
            Self::Unreachable | Self::Stopping | Self::TooLate => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(TRY_AGAIN));
            }
            Self::BadRequest | Self::Slow | Self::TooLarge => {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Self::Method => {}
        }
        response
    }
}

/// Whether a client asks for JSON rather than for a page.
pub(super) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("json") && !accept.contains("text/html"))
}

fn html(what: &str, next: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{what}</title><style>{STYLE}</style></head>\
         <body><main><h1>{what}</h1><p>{next}</p></main></body></html>\n"
    )
}

fn policy() -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{hash}'");
    // Base64 has no character that a value may not have.
    HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn pages_say_what_and_what_next() {
        let body = async |trouble: Trouble, json| {
            let response = trouble.page(json);
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let page = body(Trouble::Unreachable, false).await;
        assert!(
            page.contains("<h1>The server cannot be reached.</h1>"),
            "{page}"
        );
        let json = body(Trouble::TooLate, true).await;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["status"], "failed");
        assert!(
            json["message"]
                .as_str()
                .unwrap()
                .ends_with("Try again in a moment.")
        );
        let policy = policy();
        assert!(policy.to_str().unwrap().contains("style-src 'sha256-"));
    }

    #[test]
    fn json_is_for_who_asks() {
        let check = |accept: &'static str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wants_json(&headers), expected, "{accept}");
        };
        check("application/json", true);
        check("application/problem+json, */*", true);
        check("text/html,application/xhtml+xml,*/*;q=0.8", false);
        check("text/html, application/json", false);
        check("*/*", false);
        assert!(!wants_json(&HeaderMap::new()));
    }
}
