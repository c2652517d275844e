//! What the port answers to HTTP. Whoever speaks plain HTTP to it is told to use
//! https by [`parlor_tracker::plain`].
//!
//! # Layout
//!
//! - [`auth`]: who asks.
//! - [`failed`]: what a request is refused with.
//! - [`files`]: uploads and downloads.
//! - [`health`]: whether the server can keep what it is told.
//! - [`linger`]: a close that leaves time to read.
//! - [`takeover`]: what a connection goes on as when it leaves HTTP.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::http::header::{CACHE_CONTROL, CONNECTION, HeaderValue};
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router, middleware};
use hyper::body::{Body as _, Incoming};
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::config::Proxies;
use crate::forwarded::Forwarded;
use crate::state::State;
use crate::web;

use self::auth::Peer;
use self::failed::Failed;
use self::health::Health;
use self::linger::Lingering;
use self::takeover::Takeover;

pub(crate) mod auth;
pub(crate) mod failed;
mod files;
mod health;
mod linger;
pub(crate) mod takeover;

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
/// How long requests that are being answered may go on when the server stops.
const CLOSE_TIME: Duration = Duration::from_secs(5);

/// Everything that a server answers to HTTP.
pub(crate) fn router(state: Arc<State>) -> Router {
    let health = Arc::new(Health::new(Arc::clone(&state.storage)));
    web::router()
        .merge(files::router())
        .route("/healthz", get(healthz).with_state(health))
        .fallback(|| async { no_such_page() })
        .method_not_allowed_fallback(|| async {
            let message = "This page does not take that method.";
            Failed::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                message,
            )
        })
        .with_state(Arc::clone(&state))
        .layer(middleware::from_fn_with_state(state, web::around::layer))
}

fn no_such_page() -> Failed {
    let message = "There is no such page.";
    Failed::new(StatusCode::NOT_FOUND, "no_such_page", message)
}

async fn healthz(Shared(health): Shared<Arc<Health>>) -> impl IntoResponse {
    if health.is_good().await {
        let good = Json(json!({"status": "ok"}));
        return ([(CACHE_CONTROL, "no-store")], good).into_response();
    }
    let message = "The storage is unavailable. Try again later.";
    let code = parlor_protocol::Code::StorageUnavailable.as_str();
    Failed::new(StatusCode::SERVICE_UNAVAILABLE, code, message).into_response()
}

/// The connection of a request: cancelled, it is cut off.
#[derive(Debug, Clone)]
pub(crate) struct Line(pub(crate) CancellationToken);

/// Answers requests on a stream that has done its handshake, until the peer
/// leaves or the server stops.
pub(crate) async fn serve<S>(
    stream: S,
    peer: SocketAddr,
    is_h2: bool,
    router: Router,
    proxies: Arc<Proxies>,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let takeover = Takeover::default();
    let ended = {
        let builder = builder(is_h2);
        let cut = CancellationToken::new();
        let line = cut.clone();
        let router = TowerToHyperService::new(router);
        let takeover = takeover.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            let forwarded = Forwarded::of(peer, &request, &proxies);
            let client = SocketAddr::new(forwarded.address, peer.port());
            request.extensions_mut().insert(Peer(client));
            request.extensions_mut().insert(forwarded);
            request.extensions_mut().insert(Line(line.clone()));
            if !is_h2 {
                request.extensions_mut().insert(takeover.clone());
            }
            files::override_method(&mut request);
            let may_be_left = !is_h2 && !request.body().is_end_stream();
            let answering = router.call(request);
            async move {
                let mut answer = answering.await?;
                // hyper closes over a body that nobody read; the client is told.
                if may_be_left && answer.status().as_u16() >= 400 {
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(CONNECTION, close);
                }
                Ok::<_, Infallible>(answer)
            }
        });
        let stream = TokioIo::new(Lingering::new(stream));
        let connection = builder.serve_connection_with_upgrades(stream, service);
        let mut connection = Box::pin(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            () = cut.cancelled() => Ok(()),
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::time::timeout(CLOSE_TIME, connection).await.unwrap_or(Ok(()))
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "an HTTP connection broke");
    } else if let Some(next) = takeover.take() {
        next.await;
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    use super::*;
    use crate::tests::harness::TestServer;

    struct Page {
        near: DuplexStream,
        stop: CancellationToken,
        server: TestServer,
    }

    /// One HTTP/1.1 connection to the pages.
    async fn page() -> Page {
        let server = TestServer::start().await;
        let (near, far) = tokio::io::duplex(64 * 1024);
        let stop = CancellationToken::new();
        let peer = "192.0.2.1:5".parse().unwrap();
        let router = router(Arc::clone(&server.state));
        let proxies = Arc::default();
        tokio::spawn(serve(far, peer, false, router, proxies, stop.clone()));
        Page { near, stop, server }
    }

    impl Page {
        async fn answer(mut self, request: &str) -> String {
            self.near.write_all(request.as_bytes()).await.unwrap();
            self.rest().await
        }

        async fn rest(mut self) -> String {
            let mut answer = String::new();
            self.near.read_to_string(&mut answer).await.unwrap();
            answer
        }
    }

    fn get(path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    }

    #[tokio::test]
    async fn pages() {
        let check = async |request: &str, status: &str, body: &str| {
            let answer = page().await.answer(request).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
            assert!(answer.contains(body), "{answer}");
        };
        check(&get("/healthz"), "200", r#"{"status":"ok"}"#).await;
        check(&get("/"), "401", "<h1>").await;
        check(&get("/healthz/x"), "404", r#""status":"failed""#).await;
        let post = get("/healthz").replace("GET", "POST");
        check(&post, "405", r#""status":"failed""#).await;
        check("nonsense\r\n\r\n", "400", "").await;
        let long = format!(
            "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
            "x".repeat(HEAD_BYTES)
        );
        check(&long, "431", "").await;
    }

    #[tokio::test]
    async fn health_says_when_the_storage_is_gone() {
        let page = page().await;
        page.server.state.storage.close().await.unwrap();
        let answer = page.answer(&get("/healthz")).await;
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_has_a_deadline() {
        let mut page = page().await;
        page.near
            .write_all(b"GET / HTTP/1.1\r\nHost:")
            .await
            .unwrap();
        let began = tokio::time::Instant::now();
        page.rest().await;
        assert_eq!(began.elapsed().as_secs(), HEAD_TIME.as_secs());
    }

    #[tokio::test]
    async fn an_idle_connection_has_a_deadline() {
        let mut page = page().await;
        let request = get("/x").replace("Connection: close\r\n", "");
        page.near.write_all(request.as_bytes()).await.unwrap();
        let mut byte = [0];
        page.near.read_exact(&mut byte).await.unwrap();
        tokio::time::pause();
        let began = tokio::time::Instant::now();
        page.rest().await;
        assert_eq!(began.elapsed().as_secs(), HEAD_TIME.as_secs());
    }

    #[tokio::test]
    async fn a_stop_ends_idle_connections() {
        let page = page().await;
        page.stop.cancel();
        assert_eq!(page.rest().await, "");
    }
}
