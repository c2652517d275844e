//! `/ws`: the session lines for pages, over a WebSocket. The cookie is the login.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{RawQuery, State as Shared};
use axum::http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::origin::SameOrigin;
use super::visitor::Visitor;
use crate::connection::Core;
use crate::http::failed::Failed;
use crate::http::takeover::Takeover;
use crate::state::State;

use self::stream::Socket;

mod stream;

/// The sub-protocol. A client that offers others only is refused; one that
/// offers none is taken to mean it.
const PROTOCOL: &str = "parlor.1";

/// The only version of WebSockets there is (RFC 6455, 4.1).
const VERSION: &str = "13";

/// `GET /ws`.
pub(super) async fn open(
    _own: SameOrigin,
    visitor: Visitor,
    Shared(state): Shared<Arc<State>>,
    RawQuery(query): RawQuery,
    takeover: Option<Extension<Takeover>>,
    mut request: Request<axum::body::Body>,
) -> Result<Response, Failed> {
    state
        .limits
        .resume(visitor.address)
        .map_err(|limited| Failed::from(parlor_protocol::ErrorLine::from(limited)))?;
    let accept = accept_key(request.headers())?;
    let protocol = protocol(request.headers())?;
    let Some(Extension(takeover)) = takeover else {
        return Err(no_web_socket(
            "This connection cannot become a WebSocket: use HTTP/1.1.",
        ));
    };
    // With `?resume` the page says first how far it has read.
    let at_once = !query.is_some_and(|query| query.split('&').any(|name| name == "resume"));
    let upgraded = hyper::upgrade::on(&mut request);
    let (session, address) = (visitor.who.session, visitor.address);
    takeover.by(async move {
        match upgraded.await {
            Ok(stream) => {
                let core = Core::open_granted(state, address, session, at_once);
                Socket::new(TokioIo::new(stream), core).await.await;
            }
            Err(error) => tracing::debug!(%error, "a WebSocket broke before it began"),
        }
    });
    let mut headers = HeaderMap::new();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(protocol) = protocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// Checks that a request asks for a WebSocket, and answers its key (RFC 6455, 4.2.1).
fn accept_key(headers: &HeaderMap) -> Result<HeaderValue, Failed> {
    if !lists(headers, &CONNECTION, "upgrade") || !lists(headers, &UPGRADE, "websocket") {
        let message = "Here is a WebSocket: connect to it as to one, over HTTP/1.1.";
        return Err(no_web_socket(message).with(UPGRADE, HeaderValue::from_static("websocket")));
    }
    if !lists(headers, &SEC_WEBSOCKET_VERSION, VERSION) {
        let message = "This version of WebSockets is not spoken here.";
        return Err(
            no_web_socket(message).with(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION))
        );
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    // 16 bytes in base64.
    let accept = key.filter(|key| key.len() == 24).map(derive_accept_key);
    accept
        .and_then(|accept| HeaderValue::from_str(&accept).ok())
        .ok_or_else(|| {
            let message = "Sec-WebSocket-Key is missing or wrong.";
            Failed::new(StatusCode::BAD_REQUEST, "bad_request", message)
        })
}

fn protocol(headers: &HeaderMap) -> Result<Option<HeaderValue>, Failed> {
    if !headers.contains_key(SEC_WEBSOCKET_PROTOCOL) {
        return Ok(None);
    }
    if lists(headers, &SEC_WEBSOCKET_PROTOCOL, PROTOCOL) {
        return Ok(Some(HeaderValue::from_static(PROTOCOL)));
    }
    let message = "The sub-protocol here is parlor.1.";
    Err(Failed::new(StatusCode::BAD_REQUEST, "bad_request", message))
}

/// Whether a header's list has this word, in whatever case.
fn lists(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(word))
}

fn no_web_socket(message: &str) -> Failed {
    Failed::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", message)
}
