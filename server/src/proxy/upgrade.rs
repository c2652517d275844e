//! WebSockets: what follows a 101. No other upgrade goes through, above all not
//! `h2c`, by which requests would pass unread.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{CONNECTION, HeaderMap, HeaderValue, UPGRADE};
use hyper::http::request::Parts;
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Version};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;

use super::line::{Line, Wire};
use super::tunnel::{Blind, tunnel};

/// Whether a request asks for a WebSocket (RFC 6455, section 4.1).
pub(super) fn is_websocket(parts: &Parts) -> bool {
    let names_upgrade = parts.headers.get_all(CONNECTION).iter().any(|value| {
        let mut tokens = value.to_str().unwrap_or_default().split(',');
        tokens.any(|token| token.trim().eq_ignore_ascii_case("upgrade"))
    });
    parts.version == Version::HTTP_11
        && parts.method == Method::GET
        && names_upgrade
        && is_agreed(&parts.headers)
}

/// Whether these headers name the WebSocket protocol and no other.
pub(super) fn is_agreed(headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(UPGRADE).iter();
    let is_websocket = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"websocket");
    named.next().is_some_and(is_websocket) && named.next().is_none()
}

/// Says in an answer that the WebSocket begins.
pub(super) fn agree(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// Carries a WebSocket's bytes until it is over.
pub(super) async fn carry(client: OnUpgrade, line: Line, idle: Duration) {
    if let Err(error) = try_carry(client, line, idle).await {
        tracing::debug!(%error, "a WebSocket did not begin");
    }
}

async fn try_carry(client: OnUpgrade, line: Line, idle: Duration) -> io::Result<()> {
    let (mut wire, ahead): (Wire, Bytes) = line.into_wire().await?;
    let client = client.await.map_err(io::Error::other)?;
    let (client_in, mut client_out) = tokio::io::split(TokioIo::new(client));
    client_out.write_all(&ahead).await?;
    client_out.flush().await?;
    wire.flush().await?;
    let (wire_in, wire_out) = tokio::io::split(wire);
    tunnel(
        (Blind(client_in), client_out),
        (Blind(wire_in), wire_out),
        idle,
    )
    .await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    #[test]
    fn only_websockets_are_upgrades() {
        let check = |method: &str, headers: &[(&str, &str)], expected: bool| {
            let mut request = Request::builder().method(method).uri("/ws");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let parts = request.body(()).unwrap().into_parts().0;
            assert_eq!(is_websocket(&parts), expected, "{method} {headers:?}");
        };
        let asks = ("connection", "keep-alive, Upgrade");
        check("GET", &[asks, ("upgrade", "websocket")], true);
        check("GET", &[asks, ("upgrade", "WebSocket")], true);
        check("POST", &[asks, ("upgrade", "websocket")], false);
        check("GET", &[asks, ("upgrade", "h2c")], false);
        check("GET", &[asks, ("upgrade", "websocket, h2c")], false);
        check(
            "GET",
            &[asks, ("upgrade", "websocket"), ("upgrade", "h2c")],
            false,
        );
        check("GET", &[("upgrade", "websocket")], false);
        check("GET", &[asks], false);
    }
}
