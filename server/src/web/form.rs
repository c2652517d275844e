//! What a page sends: a form, or the same as JSON.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use parlor_protocol::{Code, ErrorLine};

use crate::http::failed::Failed;

/// Bytes of a form. The largest has a password and an address to go on to.
const MAX_BYTES: usize = 16 * 1024;

/// How long a form may take to arrive, so that one that trickles holds nothing.
const TIME: Duration = Duration::from_secs(10);

/// How a form was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `application/x-www-form-urlencoded`, as by a page without scripts.
    Form,
    /// `application/json`, as by programs.
    Json,
}

/// The fields that were sent. `Debug` hides them, for they have passwords.
pub(super) struct Form {
    pub(super) kind: Kind,
    fields: HashMap<String, String>,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Kind {
    /// How a request says that its body is written. What else there is, a page
    /// of any site could send without asking.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next()?.trim();
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else if kind.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}

impl Form {
    /// Reads a request's body.
    ///
    /// # Errors
    ///
    /// 400, 408, 413, 415.
    pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Failed> {
        let kind = Kind::of(headers).ok_or_else(|| {
            let message = "Send a form, or JSON with its Content-Type.";
            Failed::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "bad_request", message)
        })?;
        let body = match tokio::time::timeout(TIME, to_bytes(body, MAX_BYTES)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => {
                let message = "That is more than this page takes. Send less.";
                return Err(Failed::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too_large",
                    message,
                ));
            }
            Err(_) => {
                let message = "That took too long to arrive. Try again.";
                return Err(Failed::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "too_slow",
                    message,
                ));
            }
        };
        let fields = match kind {
            Kind::Form => form_fields(&body),
            Kind::Json => json_fields(&body),
        };
        let fields = fields.ok_or_else(|| {
            let message = "This is no form: each field is wanted once, as text.";
            ErrorLine::new(Code::BadRequest, message)
        })?;
        Ok(Self { kind, fields })
    }

    /// A field; empty where it was not sent.
    pub(super) fn take(&mut self, name: &str) -> String {
        self.fields.remove(name).unwrap_or_default()
    }

    /// A field that counts only if something stands in it.
    pub(super) fn filled(&mut self, name: &str) -> Option<String> {
        let value = self.take(name);
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }
}

/// `None` where a field comes twice, or is no UTF-8.
fn form_fields(body: &[u8]) -> Option<HashMap<String, String>> {
    let mut fields = HashMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        // The parser writes this for what is no UTF-8.
        if value.contains('\u{fffd}')
            || fields
                .insert(name.into_owned(), value.into_owned())
                .is_some()
        {
            return None;
        }
    }
    Some(fields)
}

/// Members that are no text are other people's business, as everywhere in the protocol.
fn json_fields(body: &[u8]) -> Option<HashMap<String, String>> {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    let texts = members.into_iter().filter_map(|(name, value)| match value {
        serde_json::Value::String(text) => Some((name, text)),
        _ => None,
    });
    Some(texts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_forms() {
        let check = |body: &[u8], expected: Option<&[(&str, &str)]>| {
            let expected = expected.map(|fields| {
                let owned = fields
                    .iter()
                    .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
                owned.collect::<HashMap<_, _>>()
            });
            assert_eq!(form_fields(body), expected, "{}", body.escape_ascii());
        };
        check(
            b"username=a&password=b+c%26d",
            Some(&[("username", "a"), ("password", "b c&d")]),
        );
        check(b"name=Nguy%E1%BB%85n", Some(&[("name", "Nguy\u{1ec5}n")]));
        check(b"", Some(&[]));
        check(b"a", Some(&[("a", "")]));
        check(b"a=1&a=2", None);
        check(b"a=%ff", None);
        check(b"a=\xff", None);
    }

    #[test]
    fn fields_of_json() {
        let of = |body: &str| json_fields(body.as_bytes());
        assert_eq!(of(r#"{"a":"b","c":1}"#).unwrap().len(), 1);
        for bad in ["", "[]", "{", "\"a\"", "null"] {
            assert!(of(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn kinds_of_bodies() {
        let check = |kind: &str, expected: Option<Kind>| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            assert_eq!(Kind::of(&headers), expected, "{kind}");
        };
        check("application/x-www-form-urlencoded", Some(Kind::Form));
        check("Application/JSON; charset=utf-8", Some(Kind::Json));
        check("text/plain", None);
        check("text/plain; application/json", None);
        check("multipart/form-data; boundary=x", None);
        check("", None);
        assert_eq!(Kind::of(&HeaderMap::new()), None);
    }
}
