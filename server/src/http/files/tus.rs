//! The fields of tus 1.0.0 (<https://tus.io/protocols/resumable-upload>).

use axum::extract::Request;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use hyper::ext::ReasonPhrase;
use parlor_protocol::Time;

use crate::files::checksum::{self, BadChecksum, Digest};
use crate::http::failed::Failed;
use crate::state::State;

/// The version of tus that is spoken.
pub(super) const VERSION: &str = "1.0.0";

/// What is spoken beside the core.
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,checksum,termination";

/// The type of a body with bytes of an upload.
const BYTES: &str = "application/offset+octet-stream";

pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
pub(super) const DEFER_LENGTH: HeaderName = HeaderName::from_static("upload-defer-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
pub(super) const CONCAT: HeaderName = HeaderName::from_static("upload-concat");
pub(super) const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");

/// 460, which tus has for bytes that do not fit their checksum.
pub(super) fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

/// What `OPTIONS` tells.
pub(super) fn capabilities(state: &State) -> HeaderMap {
    let mut headers = resumable();
    let mut put = |name: &'static str, value| {
        headers.insert(HeaderName::from_static(name), value);
    };
    put("tus-version", HeaderValue::from_static(VERSION));
    put("tus-extension", HeaderValue::from_static(EXTENSIONS));
    put("tus-max-size", state.config.files.file_bytes.into());
    put(
        "tus-checksum-algorithm",
        HeaderValue::from_static(checksum::ALGORITHMS),
    );
    headers
}

/// The field that every answer of tus carries.
pub(super) fn resumable() -> HeaderMap {
    HeaderMap::from_iter([(RESUMABLE, HeaderValue::from_static(VERSION))])
}

/// What every answer to a request of tus has, refusals too: the version, and the
/// words of its own status.
pub(super) async fn mark(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_tus = !reads || request.headers().contains_key(RESUMABLE);
    let mut response = next.run(request).await;
    if !is_tus {
        return response;
    }
    response.headers_mut().extend(resumable());
    if response.status() == checksum_mismatch() {
        let words = ReasonPhrase::from_static(b"Checksum Mismatch");
        response.extensions_mut().insert(words);
    }
    response
}

/// Until when an upload stays.
pub(super) fn put_expiry(headers: &mut HeaderMap, expires: Time) {
    let millis = u64::try_from(expires.as_millis()).unwrap_or(0);
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(millis);
    if let Ok(value) = HeaderValue::from_str(&httpdate::fmt_http_date(time)) {
        headers.insert(EXPIRES, value);
    }
}

/// Refuses a client that speaks another version.
pub(super) fn check_version(headers: &HeaderMap) -> Result<(), Failed> {
    if headers.get(RESUMABLE).is_some_and(|value| value == VERSION) {
        return Ok(());
    }
    let message = "Uploads go by tus 1.0.0 here. Send Tus-Resumable: 1.0.0.";
    Err(Failed::new(
        StatusCode::PRECONDITION_FAILED,
        "wrong_tus_version",
        message,
    )
    .with(
        HeaderName::from_static("tus-version"),
        HeaderValue::from_static(VERSION),
    ))
}

pub(super) fn bad_field(name: &HeaderName, what: &str) -> Failed {
    let message = format!("{}: {what}", title(name));
    Failed::new(StatusCode::BAD_REQUEST, "bad_request", message)
}

/// A field's name as people write it.
fn title(name: &HeaderName) -> String {
    let parts = name.as_str().split('-').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    parts.collect::<Vec<_>>().join("-")
}

/// A field that is a number of bytes.
pub(super) fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Failed> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let digits = value.to_str().ok().filter(|text| {
        let only_digits = text.bytes().all(|b| b.is_ascii_digit());
        only_digits && headers.get_all(name).iter().count() == 1
    });
    let number = digits.and_then(|text| text.parse::<i64>().ok());
    let number = number.and_then(|number| u64::try_from(number).ok());
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(bad_field(name, "one whole number of bytes is wanted.")),
    }
}

/// Whether a body carries bytes of an upload.
pub(super) fn has_bytes_type(headers: &HeaderMap) -> bool {
    let value = headers.get(axum::http::header::CONTENT_TYPE);
    value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(BYTES.as_bytes()))
}

/// Refuses a body of another type.
pub(super) fn check_bytes_type(headers: &HeaderMap) -> Result<(), Failed> {
    if has_bytes_type(headers) {
        return Ok(());
    }
    let message = format!("The bytes of an upload come as Content-Type: {BYTES}.");
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Err(Failed::new(status, "wrong_content_type", message))
}

/// What the client says that its bytes hash to.
pub(super) fn digest(headers: &HeaderMap) -> Result<Option<Digest>, Failed> {
    let Some(value) = headers.get(CHECKSUM) else {
        return Ok(None);
    };
    let read = value.to_str().map_err(|_| BadChecksum::Form);
    match read.and_then(Digest::read) {
        Ok(digest) => Ok(Some(digest)),
        Err(BadChecksum::Algorithm) => {
            let what = format!("the algorithms are {}.", checksum::ALGORITHMS);
            Err(bad_field(&CHECKSUM, &what))
        }
        Err(BadChecksum::Form) => {
            let what = "an algorithm, a space and the hash in base64 are wanted.";
            Err(bad_field(&CHECKSUM, what))
        }
    }
}
