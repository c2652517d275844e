//! HTTP/1.1 over the server's one port, for files: who calls is trusted and
//! known as in a session, by the same pins and the same token.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::http::request;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use parlor_certs::{Address, Alpn};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use crate::dial::{ConnectError, open_http};
use crate::greet::TrustedConfig;
use crate::home::{AccountId, Home};

/// Nothing may pass over a connection this long before it is given up. A server
/// that hashes a large file again after a restart answers within it.
pub(crate) const STALL: Duration = Duration::from_secs(60);

/// Bytes read of a refusal: its message is a sentence or two.
const REFUSAL_BYTES: usize = 64 * 1024;

/// The longest that a server is believed when it asks to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Bytes that hyper may gather before it hands them on.
const BUFFER_BYTES: usize = 512 * 1024;

/// What a request carries.
pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// A body of nothing.
pub(crate) fn nothing() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// Why a call did not bring what was asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum CallError {
    /// There is no connection, or it broke.
    #[error("{0}")]
    Broken(String),
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
}

/// A refusal as it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// The word for programs, if there was one.
    pub(crate) code: String,
    /// The sentence for people.
    pub(crate) message: String,
    /// How long to wait before the next try, if it said so.
    pub(crate) wait: Option<Duration>,
    /// The largest file that the server takes, if it said so.
    pub(crate) largest: Option<u64>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.message.is_empty() {
            write!(f, "the server refused it ({})", self.status)
        } else {
            f.write_str(&self.message)
        }
    }
}

fn broken(error: &impl std::error::Error) -> CallError {
    // hyper's own text says little; its cause says what broke.
    let cause = error.source().map(ToString::to_string);
    CallError::Broken(cause.unwrap_or_else(|| error.to_string()))
}

/// Opens connections for one account.
#[derive(Debug)]
pub(crate) struct Caller {
    home: Home,
    account: AccountId,
    address: Address,
    within: Duration,
    config: Mutex<TrustedConfig>,
}

impl Caller {
    pub(crate) fn new(home: Home, account: AccountId, address: Address, within: Duration) -> Self {
        Self {
            home,
            account,
            address,
            within,
            config: Mutex::new(TrustedConfig::new(Alpn::Http1)),
        }
    }

    /// A new connection; it ends when it is dropped.
    pub(crate) async fn open(&self) -> Result<Channel, CallError> {
        let failed = |error: ConnectError| CallError::Broken(error.to_string());
        let config = {
            let mut config = self.config.lock().await;
            config.get(&self.home, &self.address).map_err(failed)?
        };
        // It may have been renewed since the last connection.
        let files = self.home.account_files(&self.account);
        let token = tokio::task::spawn_blocking(move || files.token()).await;
        let token = token
            .map_err(|error| broken(&error))?
            .map_err(|error| CallError::Broken(error.to_string()))?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.reveal()))
            .map_err(|error| broken(&error))?;
        bearer.set_sensitive(true);
        let host =
            HeaderValue::try_from(self.address.to_string()).map_err(|error| broken(&error))?;
        let stream = open_http(&self.address, config, self.within)
            .await
            .map_err(failed)?;
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER_BYTES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broken(&error))?;
        let driver = tokio::spawn(async move {
            // How it ended is told by the call that was waiting for it.
            let _ = connection.await;
        });
        Ok(Channel {
            sender,
            bearer,
            host,
            _driver: AbortOnDropHandle::new(driver),
        })
    }
}

/// A connection on which one call follows the other.
#[derive(Debug)]
pub(crate) struct Channel {
    sender: SendRequest<Body>,
    bearer: HeaderValue,
    host: HeaderValue,
    _driver: AbortOnDropHandle<()>,
}

impl Channel {
    /// Whether another call can go over it.
    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Asks, and waits for the head of an answer that says yes.
    pub(crate) async fn call(
        &mut self,
        request: request::Builder,
        body: Body,
    ) -> Result<Response<Incoming>, CallError> {
        let asking = self.ask(request, body)?;
        match timeout(STALL, asking).await {
            Ok(answer) => accepted(answer?).await,
            Err(_) => Err(CallError::Broken("the server did not answer".to_owned())),
        }
    }

    /// Asks; who waits for the head of the answer also sees to it that something moves.
    pub(crate) fn ask(
        &mut self,
        request: request::Builder,
        body: Body,
    ) -> Result<impl Future<Output = Result<Response<Incoming>, CallError>> + use<>, CallError>
    {
        let request: Request<Body> = request
            .header(HOST, &self.host)
            .header(AUTHORIZATION, &self.bearer)
            .header(
                USER_AGENT,
                concat!("parlor-client/", env!("CARGO_PKG_VERSION")),
            )
            .body(body)
            .map_err(|error| broken(&error))?;
        let answer = self.sender.send_request(request);
        Ok(async move { answer.await.map_err(|error| broken(&error)) })
    }
}

/// The answer if it says yes; what it says otherwise.
pub(crate) async fn accepted(answer: Response<Incoming>) -> Result<Response<Incoming>, CallError> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let (head, body) = answer.into_parts();
    let seconds = number(&head.headers, &RETRY_AFTER);
    let largest = number(&head.headers, &HeaderName::from_static("tus-max-size"));
    let reading = timeout(STALL, Limited::new(body, REFUSAL_BYTES).collect());
    let said = match reading.await {
        Ok(Ok(read)) => read.to_bytes(),
        // The status says enough.
        _ => Bytes::new(),
    };
    let said: serde_json::Value = serde_json::from_slice(&said).unwrap_or_else(|_| {
        let text = String::from_utf8_lossy(&said).trim().to_owned();
        // A page is for browsers.
        let text = if text.starts_with('<') { "" } else { &text };
        serde_json::json!({ "message": text })
    });
    let word = |member: &str| said[member].as_str().unwrap_or_default().to_owned();
    let wait = said["retry_after"]
        .as_f64()
        .map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, LONGEST_WAIT.as_secs_f64())))
        .or_else(|| seconds.map(Duration::from_secs));
    Err(CallError::Refused(Refusal {
        status: head.status,
        code: word("code"),
        message: word("message"),
        wait: wait.map(|wait| wait.min(LONGEST_WAIT)),
        largest,
    }))
}

/// A header's number.
pub(crate) fn number(headers: &hyper::HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A header's text.
pub(crate) fn text<'a>(headers: &'a hyper::HeaderMap, name: &HeaderName) -> Option<&'a str> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok()
}

/// Reads a body of at most `at_most` bytes.
pub(crate) async fn whole(body: Incoming, at_most: usize) -> Result<Bytes, CallError> {
    let reading = timeout(STALL, Limited::new(body, at_most).collect());
    match reading.await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) => Err(CallError::Broken(error.to_string())),
        Err(_) => Err(CallError::Broken("the server stopped sending".to_owned())),
    }
}

/// Shared by all who call for one account.
pub(crate) type SharedCaller = Arc<Caller>;
