//! One request to the room server, on a connection of its own, and its answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, RETRY_AFTER};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use parlor_certs::{Address, Alpn, CertError, Link, Trust, client_config, refusal, server_name};
use parlor_protocol::names;
use rustls::ClientConfig;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Bytes of an answer: the ids of a million devices that have ended, which takes thousands of
/// users who do nothing else.
const ANSWER_BYTES: usize = 64 << 20;

/// How the room server is reached.
#[derive(Debug)]
pub(super) struct Exchange {
    address: Address,
    tls: Arc<ClientConfig>,
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: StatusCode,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<f64>,
    /// The body.
    pub(super) body: Bytes,
}

impl Exchange {
    /// By a link: under its pins or, without any, by what this system trusts.
    pub(super) fn new(link: &Link) -> Result<Self, CertError> {
        let trust = if link.pins.is_empty() {
            Trust::System
        } else {
            Trust::Pins(link.pins.clone())
        };
        Ok(Self {
            address: link.address.clone(),
            tls: client_config(trust, Alpn::Http1)?,
        })
    }

    /// Asks, which may take `time` with all that belongs to it. `from` is for whom. What goes wrong is told as a part of a sentence.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        from: Option<IpAddr>,
        time: Duration,
    ) -> Result<Answer, String> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string())
            .header(CONNECTION, "close");
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(from) = from {
            // Believed only where this tracker is configured as a proxy.
            request = request.header("x-forwarded-for", from.to_string());
        }
        let request = request
            .body(Full::from(body))
            .map_err(|error| error.to_string())?;
        tokio::time::timeout(time, self.send(request))
            .await
            .map_err(|_| "it does not answer in time".to_owned())?
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, String> {
        let address = (self.address.host(), self.address.port());
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| format!("no connection: {error}"))?;
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(server_name(&self.address), stream)
            .await
            .map_err(|error| match refusal(&error) {
                Some(refusal) => refusal.to_string(),
                None => format!("no TLS: {error}"),
            })?;
        let broke = |error: hyper::Error| format!("the connection broke: {error}");
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broke)?;
        let exchanging = async {
            let response = sender.send_request(request).await.map_err(broke)?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            let body = body.map_err(|error| format!("its answer broke off: {error}"))?;
            let retry_after = head.headers.get(RETRY_AFTER);
            Ok(Answer {
                status: head.status,
                retry_after: retry_after.and_then(|value| value.to_str().ok()?.parse().ok()),
                body: body.to_bytes(),
            })
        };
        let mut exchanging = std::pin::pin!(exchanging);
        // The connection is driven here, so that it ends with the question.
        tokio::select! {
            answer = exchanging.as_mut() => answer,
            ended = connection => match ended {
                Ok(()) => exchanging.await,
                Err(error) => Err(broke(error)),
            },
        }
    }
}

impl Answer {
    /// Whether it says of this user that the password is right.
    pub(super) fn says_of(&self, username: &str) -> bool {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            return false;
        };
        let named = body["username"].as_str().and_then(names::username);
        body["status"] == "success" && named.as_deref() == Some(username)
    }
}
