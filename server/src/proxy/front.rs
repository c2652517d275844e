//! The port: accepts connections, bounds them, reads the first words of TLS, and
//! hands `parlor/1` through, or ends TLS and serves HTTP.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use parlor_certs::{ALPN_H2, ALPN_SESSION, ServerTls};
use parlor_tracker::plain;
use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::forward::{Client, Forward};
use super::guarded::Guarded;
use super::headers::Said;
use super::pass::pass;
use super::rewind::Rewind;
use crate::limits::{ConnectionLimits, ConnectionPlace};

/// Bytes of a request's head, as parlord has it.
pub(super) const HEAD_BYTES: usize = 16 * 1024;
/// Header fields of a request, as parlord has it.
pub(super) const HEADERS: usize = 100;
/// How long a client may take for its handshake, and for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Bytes that are read of a client's first words at once.
const HELLO_BYTES: usize = 4096;
/// Bytes of a body that wait in one connection, either way.
const BUFFER_BYTES: usize = 256 * 1024;
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// What an HTTP/2 client may send before it is read: of one request, and of all.
const STREAM_WINDOW: u32 = 256 * 1024;
/// See [`STREAM_WINDOW`].
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// How often an HTTP/2 connection is asked whether its peer still lives.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// The pause after an accept that failed for want of files or memory.
const PAUSE: Duration = Duration::from_millis(100);
/// How long requests that are being answered may go on when the proxy stops.
const CLOSE_TIME: Duration = Duration::from_secs(6);

/// The port of a proxy.
#[derive(Debug, Clone)]
pub(super) struct Front(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tls: ServerTls,
    forward: Arc<Forward>,
    limits: ConnectionLimits,
    room: Arc<Semaphore>,
    is_full: AtomicBool,
    idle: Duration,
    tunnel_idle: Duration,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// What a client's first words ask for.
enum Hello {
    /// To be handed through.
    Session(Bytes),
    /// HTTP, with this side of TLS.
    Http(Bytes, Arc<ServerConfig>),
    /// Nothing: it was told why not.
    Over,
}

impl Front {
    pub(super) fn new(
        config: &super::ProxyConfig,
        tls: ServerTls,
        forward: Arc<Forward>,
        tasks: TaskTracker,
    ) -> Self {
        Self(Arc::new(Inner {
            tls,
            limits: ConnectionLimits::of_number(config.limits.connections_per_address),
            room: Arc::new(Semaphore::new(config.limits.connections)),
            is_full: AtomicBool::new(false),
            idle: config.times.idle(),
            tunnel_idle: config.times.tunnel_idle(),
            stop: forward.stop.clone(),
            forward,
            tasks,
        }))
    }

    /// Accepts until it is stopped; the listener is closed then.
    pub(super) async fn accept(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.0.stop.cancelled() => return,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer),
                Err(error) if crate::listener::concerns_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted for now");
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        () = self.0.stop.cancelled() => return,
                    }
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let Ok(room) = Arc::clone(&self.0.room).try_acquire_owned() else {
            if !self.0.is_full.swap(true, Ordering::Relaxed) {
                tracing::warn!(%peer, "refused: limits.connections is reached");
            }
            return;
        };
        self.0.is_full.store(false, Ordering::Relaxed);
        let place: ConnectionPlace = match self.0.limits.admit(peer.ip()) {
            Ok(place) => place,
            Err(limited) => {
                tracing::debug!(%peer, %limited, "refused a connection");
                return;
            }
        };
        let front = self.clone();
        self.0.tasks.spawn(async move {
            if let Err(error) = front.attend(stream, peer).await {
                tracing::debug!(%peer, %error, "a connection broke");
            }
            drop((room, place));
        });
    }

    async fn attend(&self, mut stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let stop = &self.0.stop;
        let greeted = tokio::time::timeout(HEAD_TIME, self.greet(&mut stream));
        let hello = tokio::select! {
            greeted = greeted => greeted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??,
            () = stop.cancelled() => return Ok(()),
        };
        match hello {
            Hello::Over => Ok(()),
            Hello::Session(first) => {
                let passing = pass(&self.0.forward, stream, peer, first, self.0.tunnel_idle);
                tokio::select! {
                    passed = passing => passed,
                    // Clients come back by themselves.
                    () = stop.cancelled() => Ok(()),
                }
            }
            Hello::Http(first, config) => {
                let accepting = TlsAcceptor::from(config).accept(Rewind::new(first, stream));
                let accepted = Box::pin(tokio::time::timeout(HEAD_TIME, accepting)).await;
                let stream = accepted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
                Box::pin(self.serve(stream, peer)).await
            }
        }
    }

    /// Reads the first words, and tells who speaks no TLS.
    async fn greet(&self, stream: &mut TcpStream) -> io::Result<Hello> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Ok(Hello::Over);
        }
        if first[0] != plain::TLS_HANDSHAKE {
            plain::refuse(stream).await?;
            return Ok(Hello::Over);
        }
        let mut acceptor = Acceptor::default();
        let mut hello = BytesMut::with_capacity(HELLO_BYTES);
        loop {
            let known = hello.len();
            if stream.read_buf(&mut hello).await? == 0 {
                return Ok(Hello::Over);
            }
            // It takes as much as it has room for, and refuses a hello that is too long.
            let mut rest = &hello[known..];
            while !rest.is_empty() {
                acceptor.read_tls(&mut rest)?;
                match acceptor.accept() {
                    Ok(None) => {}
                    Ok(Some(accepted)) => return Ok(self.judge(&accepted, hello.freeze())),
                    Err((error, mut alert)) => {
                        let mut bytes = Vec::new();
                        alert.write_all(&mut bytes)?;
                        stream.write_all(&bytes).await?;
                        stream.shutdown().await?;
                        return Err(io::Error::other(error));
                    }
                }
            }
        }
    }

    fn judge(&self, accepted: &rustls::server::Accepted, bytes: Bytes) -> Hello {
        let hello = accepted.client_hello();
        let mut offered = hello.alpn().into_iter().flatten();
        if offered.any(|name| name == ALPN_SESSION) {
            return Hello::Session(bytes);
        }
        Hello::Http(bytes, self.0.tls.config_for(&hello))
    }

    /// Serves HTTP until the client leaves or the proxy stops.
    async fn serve(
        &self,
        stream: tokio_rustls::server::TlsStream<Rewind<TcpStream>>,
        peer: SocketAddr,
    ) -> io::Result<()> {
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(ALPN_H2);
        let stream = if is_h2 {
            Guarded::http2(stream, self.0.idle)
        } else {
            Guarded::http1(stream, self.0.idle)
        };
        let client = Client {
            address: peer.ip(),
            said: Said::of(peer.ip()),
            freed: stream.freed(),
        };
        let forward = Arc::clone(&self.0.forward);
        let service = service_fn(move |request| {
            let (forward, client) = (Arc::clone(&forward), client.clone());
            async move { Ok::<_, Infallible>(forward.answer(request, client).await) }
        });
        let io = TokioIo::new(stream);
        if is_h2 {
            let serving = h2().serve_connection(io, service);
            let mut serving = std::pin::pin!(serving);
            let ended = tokio::select! {
                ended = serving.as_mut() => ended,
                () = self.0.stop.cancelled() => {
                    serving.as_mut().graceful_shutdown();
                    tokio::time::timeout(CLOSE_TIME, serving).await.unwrap_or(Ok(()))
                }
            };
            return ended.map_err(io::Error::other);
        }
        let serving = h1().serve_connection(io, service).with_upgrades();
        let mut serving = std::pin::pin!(serving);
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = self.0.stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                tokio::time::timeout(CLOSE_TIME, serving).await.unwrap_or(Ok(()))
            }
        };
        ended.map_err(io::Error::other)
    }
}

fn h1() -> hyper::server::conn::http1::Builder {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(BUFFER_BYTES)
        .max_headers(HEADERS)
        .max_header_size(HEAD_BYTES);
    builder
}

fn h2() -> hyper::server::conn::http2::Builder<TokioExecutor> {
    let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(BUFFER_BYTES)
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEAD_TIME);
    builder
}
