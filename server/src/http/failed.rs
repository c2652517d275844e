//! What a request over HTTP is refused with: a status for the protocol, a code
//! for programs, and a message for people.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use parlor_protocol::{Code, ErrorLine};
use serde_json::json;

/// A refusal. Its body is `{"status":"failed","code":"…","message":"…"}`.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Boxed, for few have any and every refusal is handed around.
    headers: Option<Box<HeaderMap>>,
}

impl Failed {
    /// A refusal with a code of its own.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: None,
        }
    }

    /// The server's own failure, of which the log says more.
    pub(crate) fn internal() -> Self {
        let message = "The server failed at this request. Tell who runs it.";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            Code::Internal.as_str(),
            message,
        )
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What it says to people.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// When to try again, where it says that.
    pub(crate) fn retry_after(&self) -> Option<(HeaderName, HeaderValue)> {
        let value = self.headers.as_ref()?.get(header::RETRY_AFTER)?;
        Some((header::RETRY_AFTER, value.clone()))
    }

    /// It says this as well.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        let headers = self.headers.get_or_insert_default();
        headers.insert(name, value);
        self
    }

    /// Nobody is signed in: 401, which names how to be.
    pub(crate) fn not_signed_in(code: Code, message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code.as_str(), message)
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }
}

/// What the session lines refuse with a code, HTTP refuses with the status that fits it.
impl From<ErrorLine> for Failed {
    fn from(error: ErrorLine) -> Self {
        let status = match error.code {
            Code::NotSignedIn | Code::BadToken | Code::BadCredentials => {
                return Self::not_signed_in(error.code, &error.message);
            }
            Code::NoSuchRoom | Code::NoSuchFile | Code::NoSuchUser | Code::NoSuchMessage => {
                StatusCode::NOT_FOUND
            }
            Code::Banned | Code::Muted | Code::NotAMember | Code::Forbidden => {
                StatusCode::FORBIDDEN
            }
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let failed = Self::new(status, error.code.as_str(), error.message);
        match error.retry_after {
            // The field has whole seconds (RFC 9110, 10.2.3).
            Some(seconds) => {
                let whole = HeaderValue::from(seconds.ceil().clamp(1.0, 86_400.0) as u64);
                failed.with(header::RETRY_AFTER, whole)
            }
            None => failed,
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let body = json!({"status": "failed", "code": self.code, "message": self.message});
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(more) = &self.headers {
            headers.extend((**more).clone());
        }
        // Where a person looks, a page is made of it.
        response.extensions_mut().insert(self);
        response
    }
}
