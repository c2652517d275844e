//! Calls to one tracker, over HTTPS under its pins.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use parlor_certs::{Alpn, CertError, Trust, client_config};
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;
use tokio_util::task::AbortOnDropHandle;

use crate::Address;
use crate::dial::open_http;
use crate::peer::net::Tracker;

/// A connection and a call may take this long each: longer than a poor mobile link needs.
const CALL: Duration = Duration::from_secs(8);

/// Bytes of an answer: a list of tens of thousands.
const ANSWER_BYTES: usize = 16 << 20;

/// The longest that a tracker is believed when it asks to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub(super) struct Trouble {
    /// For people.
    why: String,
    /// How long to wait before the next, if it said so.
    pub(super) wait: Option<Duration>,
}

impl Trouble {
    fn new(why: &str) -> Self {
        Self {
            why: why.to_owned(),
            wait: None,
        }
    }

    // By value, as `map_err` hands it over.
    #[allow(clippy::needless_pass_by_value)]
    fn of(error: impl ToString) -> Self {
        Self::new(&error.to_string())
    }
}

/// Who calls one tracker.
#[derive(Debug)]
pub(super) struct Caller {
    address: Address,
    config: Arc<ClientConfig>,
}

impl Caller {
    pub(super) fn new(tracker: &Tracker) -> Result<Self, CertError> {
        Ok(Self {
            address: tracker.address.clone(),
            config: client_config(Trust::Pins(tracker.pins.clone()), Alpn::Http1)?,
        })
    }

    /// A connection for a few calls; it ends when it is dropped.
    pub(super) async fn open(&self, token: &str) -> Result<Channel, Trouble> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(Trouble::of)?;
        bearer.set_sensitive(true);
        let host = HeaderValue::try_from(self.address.to_string()).map_err(Trouble::of)?;
        let opened = open_http(&self.address, Arc::clone(&self.config), CALL).await;
        let stream = opened.map_err(Trouble::of)?;
        let to = stream.get_ref().0.get_ref().peer_addr().ok();
        let made = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = made.map_err(Trouble::of)?;
        let driver = tokio::spawn(async move {
            // How it ended is told by the call that was waiting for it.
            let _ = connection.await;
        });
        Ok(Channel {
            sender,
            bearer,
            host,
            to,
            _driver: AbortOnDropHandle::new(driver),
        })
    }
}

/// A connection on which one call follows the other.
#[derive(Debug)]
pub(super) struct Channel {
    sender: SendRequest<Full<Bytes>>,
    bearer: HeaderValue,
    host: HeaderValue,
    /// Where the tracker is.
    pub(super) to: Option<SocketAddr>,
    _driver: AbortOnDropHandle<()>,
}

impl Channel {
    /// Says something.
    pub(super) async fn post(
        &mut self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Value, Trouble> {
        let body = serde_json::to_vec(body).map_err(Trouble::of)?;
        self.call(Method::POST, path, body).await
    }

    /// Asks for something.
    pub(super) async fn get(&mut self, path: &str) -> Result<Value, Trouble> {
        self.call(Method::GET, path, Vec::new()).await
    }

    async fn call(&mut self, method: Method, path: &str, body: Vec<u8>) -> Result<Value, Trouble> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(AUTHORIZATION, &self.bearer)
            .header(CONTENT_TYPE, "application/json")
            .header(
                USER_AGENT,
                concat!("parlor-client/", env!("CARGO_PKG_VERSION")),
            )
            .body(Full::new(body.into()))
            .map_err(Trouble::of)?;
        let answering = async {
            let answer = self.sender.send_request(request).await;
            let (head, body) = answer.map_err(Trouble::of)?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            let body = body.map_err(Trouble::of)?.to_bytes();
            Ok((head, body))
        };
        let late = |_| Err(Trouble::new("it does not answer"));
        let (head, body) = timeout(CALL, answering).await.unwrap_or_else(late)?;
        let said = serde_json::from_slice::<Value>(&body);
        if head.status.is_success() {
            return said.map_err(|_| Trouble::new("what answers is no tracker"));
        }
        let wait = head.headers.get(RETRY_AFTER);
        let wait = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
        Err(Trouble {
            why: refusal(head.status, &said.unwrap_or_default()),
            wait: wait.map(|wait| Duration::from_secs(wait).min(LONGEST_WAIT)),
        })
    }
}

fn refusal(status: StatusCode, said: &Value) -> String {
    match said["message"].as_str() {
        Some(message) if !message.is_empty() => message.to_owned(),
        _ => format!("it refuses ({status})"),
    }
}
