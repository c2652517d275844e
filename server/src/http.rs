//! What the port answers to HTTP: health, for now. Whoever speaks plain HTTP to
//! it is told to use https by [`plain`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::storage::Storage;

pub(crate) mod plain;

/// How long a client may take for the head of a request, so that one that
/// trickles bytes holds its connection no longer.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Bytes of a request's head; browsers stay well below.
const HEAD_BYTES: usize = 16 * 1024;
/// Header fields of a request.
const HEADERS: usize = 100;
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// How often an HTTP/2 connection is asked whether its peer still lives.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long the storage may take to say that it is there.
const HEALTH_TIME: Duration = Duration::from_secs(2);
/// How long requests that are being answered may go on when the server stops.
const CLOSE_TIME: Duration = Duration::from_secs(5);

/// The pages of a server.
pub(crate) fn router(storage: Arc<dyn Storage>) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .fallback(|| async { failed(StatusCode::NOT_FOUND, "There is no such page.") })
        .method_not_allowed_fallback(|| async {
            failed(
                StatusCode::METHOD_NOT_ALLOWED,
                "This page does not take that method.",
            )
        })
        .with_state(storage)
}

async fn health(Shared(storage): Shared<Arc<dyn Storage>>) -> impl IntoResponse {
    let asked = tokio::time::timeout(HEALTH_TIME, storage.meta("health")).await;
    let no_store = [(CACHE_CONTROL, "no-store")];
    match asked {
        Ok(Ok(_)) => (no_store, Json(json!({"status": "ok"}))).into_response(),
        _ => {
            let failed = failed(
                StatusCode::SERVICE_UNAVAILABLE,
                "The storage is unavailable. Try again later.",
            );
            (no_store, failed).into_response()
        }
    }
}

fn failed(status: StatusCode, message: &str) -> impl IntoResponse + use<> {
    let no_sniff = HeaderName::from_static("x-content-type-options");
    (
        status,
        [(no_sniff, "nosniff")],
        Json(json!({"status": "failed", "message": message})),
    )
}

/// Answers requests on a stream that has done its handshake, until the peer
/// leaves or the server stops.
pub(crate) async fn serve<S>(
    stream: S,
    peer: SocketAddr,
    is_h2: bool,
    router: Router,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let builder = builder(is_h2);
    let connection = builder
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = Box::pin(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(CLOSE_TIME, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "an HTTP connection broke");
    }
}

/// ALPN has said which HTTP it is, so nothing is guessed from the bytes.
fn builder(is_h2: bool) -> auto::Builder<TokioExecutor> {
    let builder = auto::Builder::new(TokioExecutor::new());
    let mut builder = if is_h2 {
        builder.http2_only()
    } else {
        builder.http1_only()
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEAD_TIME);
    builder
}
