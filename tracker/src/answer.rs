//! What calls are answered: JSON with a status, always. Section 4 of the protocol.

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use hyper::{Response, StatusCode};
use iroh_relay::server::http_server::BytesBody;
use serde::Serialize;
use serde_json::json;

use crate::authority::AuthorityError;
use crate::rates::Limited;
use crate::registry::Refused;
use crate::tokens::{NoRandomness, NoServerKey};

/// The body of an answer: ours, or the relay's.
pub(crate) type Body = Either<Full<Bytes>, BytesBody>;

const JSON: &str = "application/json";

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    content_type: &'static str,
    header: Option<Box<(HeaderName, HeaderValue)>>,
    body: Bytes,
}

impl Answer {
    /// The answer to a call that was done, with its members beside `status`.
    pub(crate) fn success(members: &impl Serialize) -> Self {
        #[derive(Serialize)]
        struct Success<'a, T> {
            status: &'static str,
            #[serde(flatten)]
            members: &'a T,
        }
        let body = Success {
            status: "success",
            members,
        };
        // Texts and numbers can always be written.
        Self::json(serde_json::to_vec(&body).unwrap_or_default())
    }

    /// An answer of JSON.
    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self::text(JSON, body)
    }

    /// An answer of another type.
    pub(crate) fn text(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            header: None,
            body: body.into(),
        }
    }

    /// The answer to a call that was refused or failed; the message says what to do.
    pub(crate) fn failed(status: StatusCode, message: &str) -> Self {
        let body = json!({"status": "failed", "message": message});
        let mut answer = Self::json(body.to_string());
        answer.status = status;
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            return answer.with(WWW_AUTHENTICATE, scheme);
        }
        answer
    }

    /// A request that cannot be read.
    pub(crate) fn bad(message: &str) -> Self {
        Self::failed(StatusCode::BAD_REQUEST, message)
    }

    /// A path that takes other methods.
    pub(crate) fn wrong_method(allowed: &'static str) -> Self {
        let message = format!("This path takes {allowed} only.");
        let answer = Self::failed(StatusCode::METHOD_NOT_ALLOWED, &message);
        answer.with(ALLOW, HeaderValue::from_static(allowed))
    }

    /// The connection closes after it.
    pub(crate) fn closing(self) -> Self {
        self.with(CONNECTION, HeaderValue::from_static("close"))
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    fn later(status: StatusCode, message: &str, seconds: f64) -> Self {
        // At least a second, and whole ones: this is for who waits exactly so long.
        let seconds = seconds.ceil().clamp(1.0, 3_600.0) as u64;
        Self::failed(status, message).with(RETRY_AFTER, HeaderValue::from(seconds))
    }
}

impl From<Limited> for Answer {
    fn from(limited: Limited) -> Self {
        let seconds = limited.seconds.ceil().max(1.0);
        let message = format!("That was too much at once. Try again in {seconds} s.");
        Self::later(StatusCode::TOO_MANY_REQUESTS, &message, seconds)
    }
}

impl From<AuthorityError> for Answer {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::RateLimited { seconds } => Limited { seconds }.into(),
            AuthorityError::Unavailable(reason) => {
                tracing::debug!(%reason, "the room server cannot be asked about a password");
                let message = "The room server cannot be asked right now. Try again later.";
                Self::later(StatusCode::SERVICE_UNAVAILABLE, message, 5.0)
            }
        }
    }
}

impl From<NoServerKey> for Answer {
    fn from(_: NoServerKey) -> Self {
        let message = "The tracker has not heard from its room server yet. Try again later.";
        Self::later(StatusCode::SERVICE_UNAVAILABLE, message, 5.0)
    }
}

impl From<NoRandomness> for Answer {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "no token can be given");
        let message = "The tracker can give no token. Try again later.";
        Self::failed(StatusCode::SERVICE_UNAVAILABLE, message)
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        let status = match refused {
            Refused::Device => StatusCode::FORBIDDEN,
            Refused::Tracker => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Entries | Refused::Channels => StatusCode::TOO_MANY_REQUESTS,
        };
        Self::failed(status, &refused.to_string())
    }
}

impl From<Answer> for Response<Body> {
    fn from(answer: Answer) -> Self {
        let mut response = Response::new(Body::Left(Full::new(answer.body)));
        *response.status_mut() = answer.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(header) = answer.header {
            let (name, value) = *header;
            headers.insert(name, value);
        }
        response
    }
}
