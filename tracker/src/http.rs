//! HTTP on one connection: HTTP/2 for calls alone, HTTP/1.1 for calls and for the relay.

use std::convert::Infallible;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use iroh_relay::server::streams::MaybeTlsStream;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, Body};
use crate::calls;
use crate::relay::{self, Crossing, Relay};
use crate::state::State;

/// How long a connection may be idle, and how long the head of a request may
/// take: an app renews its entry each 40 s and may keep its connection.
const IDLE_TIME: Duration = Duration::from_secs(60);
/// How long the relay's own handshake may take.
const CROSSING_TIME: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const HEAD_BYTES: usize = 16 * 1024;
/// Header fields of a request.
const HEADERS: usize = 64;
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 32;
/// How often an HTTP/2 connection is asked whether its peer still lives.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long it may take to answer that.
const KEEP_ALIVE_TIME: Duration = Duration::from_secs(10);

/// How a connection ended.
type Ended = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// What connections come to.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    /// What all calls share.
    pub(crate) state: Arc<State>,
    /// The relay, if there is one.
    pub(crate) relay: Option<Relay>,
    /// Asks connections to finish.
    pub(crate) stop: CancellationToken,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    served: Served,
    peer: SocketAddr,
    crossing: Arc<Crossing>,
    /// Whether it goes on at the relay.
    crosses: AtomicBool,
    /// Requests begun, and requests that are over: answered, or called off by the peer.
    begun: AtomicU64,
    over: AtomicU64,
}

/// A request that is being answered. Dropped, it is over: HTTP/2 drops the answering
/// of a request that its peer has reset.
struct Begun<'a>(&'a Connection);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.0.over.fetch_add(1, Ordering::Relaxed);
    }
}

impl Connection {
    /// A connection from an address.
    pub(crate) fn new(served: Served, peer: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            served,
            peer,
            crossing: Crossing::new(),
            crosses: AtomicBool::new(false),
            begun: AtomicU64::new(0),
            over: AtomicU64::new(0),
        })
    }

    /// Answers requests until the peer leaves, is idle for too long, or the tracker stops.
    pub(crate) async fn serve(self: Arc<Self>, stream: TlsStream<TcpStream>, is_h2: bool) {
        let ended = if is_h2 {
            self.serve_http2(stream).await
        } else {
            self.serve_http1(stream).await
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %self.peer, %error, "a connection broke");
        }
    }

    async fn serve_http1(self: &Arc<Self>, stream: TlsStream<TcpStream>) -> Ended {
        // The relay takes the stream away with it; by this its socket can still be shut.
        let socket = stream.get_ref().0.as_fd().try_clone_to_owned()?;
        let service = service_fn(|request| Arc::clone(self).answer(request, false));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE_TIME)
            .max_buf_size(HEAD_BYTES)
            .max_headers(HEADERS)
            .serve_connection(TokioIo::new(MaybeTlsStream::Tls(stream)), service)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.served.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if self.crosses.load(Ordering::Relaxed) {
            self.cross(socket).await;
        }
        Ok(ended?)
    }

    /// Keeps the connection's place until the relay is done with it.
    async fn cross(&self, socket: OwnedFd) {
        let crossing = &self.crossing;
        let arrived = tokio::select! {
            () = crossing.arrived.cancelled() => true,
            () = crossing.ended.cancelled() => false,
            () = tokio::time::sleep(CROSSING_TIME) => false,
            () = self.served.stop.cancelled() => false,
        };
        if arrived {
            drop(socket);
            crossing.ended.cancelled().await;
            return;
        }
        if let Some(relay) = &self.served.relay {
            relay.forget(crossing);
        }
        if !crossing.ended.is_cancelled() {
            tracing::debug!(peer = %self.peer, "the relay's handshake took too long");
            // A socket that is shut already is what is wanted.
            let _ = std::net::TcpStream::from(socket).shutdown(Shutdown::Both);
        }
    }

    async fn serve_http2(self: &Arc<Self>, stream: TlsStream<TcpStream>) -> Ended {
        let service = service_fn(|request| Arc::clone(self).answer(request, true));
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(HEAD_BYTES as u32)
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_TIME)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => return Ok(ended?),
            () = self.served.stop.cancelled() => {}
            () = self.idle() => {}
        }
        connection.as_mut().graceful_shutdown();
        // The peer may hold what it was asked to finish for as long as it is not idle; a stop cuts it.
        Ok(tokio::time::timeout(IDLE_TIME, connection).await??)
    }

    /// Waits until nothing was asked for a while, and nothing is being answered.
    async fn idle(&self) {
        let mut before = None;
        loop {
            let begun = self.begun.load(Ordering::Relaxed);
            let is_busy = begun != self.over.load(Ordering::Relaxed);
            if !is_busy && before == Some(begun) {
                return;
            }
            before = Some(begun);
            tokio::time::sleep(IDLE_TIME).await;
        }
    }

    fn begin(&self) -> Begun<'_> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        Begun(self)
    }

    /// Answers a request.
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        is_h2: bool,
    ) -> Result<Response<Body>, Infallible> {
        let _begun = self.begin();
        let response = self.respond(request, is_h2).await;
        self.served.state.answered.count(response.status());
        Ok(response)
    }

    async fn respond(self: &Arc<Self>, request: Request<Incoming>, is_h2: bool) -> Response<Body> {
        let Served { state, relay, .. } = &self.served;
        if let (relay::PATH, &Method::GET) = (request.uri().path(), request.method())
            && let Some(relay) = relay
        {
            return self.relay(relay, request, is_h2).await;
        }
        calls::answer(state, relay.as_ref(), self.peer.ip(), request).await
    }

    /// Sends a request on to the relay.
    async fn relay(
        &self,
        relay: &Relay,
        request: Request<Incoming>,
        is_h2: bool,
    ) -> Response<Body> {
        if is_h2 {
            let message = "The relay wants HTTP/1.1 and an upgrade to a WebSocket.";
            return Answer::failed(hyper::StatusCode::UPGRADE_REQUIRED, message).into();
        }
        let address = self.peer.ip();
        if let Err(limited) = self.served.state.limits.call(address) {
            return Answer::from(limited).into();
        }
        match relay.upgrade(request, &self.crossing).await {
            Ok(response) if response.status() == hyper::StatusCode::SWITCHING_PROTOCOLS => {
                self.crosses.store(true, Ordering::Relaxed);
                response.map(Body::Right)
            }
            Ok(_) => {
                relay.forget(&self.crossing);
                let message = "This is a relay for the devices of Parlor.";
                Answer::failed(hyper::StatusCode::BAD_REQUEST, message).into()
            }
            Err(error) => {
                relay.forget(&self.crossing);
                tracing::warn!(%error, "the relay answers nothing");
                Answer::failed(
                    hyper::StatusCode::INTERNAL_SERVER_ERROR,
                    "The relay failed.",
                )
                .into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use async_trait::async_trait;
    use bytes::Bytes;
    use http_body_util::Full;
    use hyper::client;
    use parlor_protocol::{DeviceId, PublicKey};

    use super::*;
    use crate::authority::{Authority, AuthorityError};
    use crate::settings::Settings;

    /// A room server that never says whose a password is.
    #[derive(Debug)]
    struct Silent;

    #[async_trait]
    impl Authority for Silent {
        async fn check_password(
            &self,
            _username: &str,
            _password: &str,
            _from: IpAddr,
        ) -> Result<bool, AuthorityError> {
            std::future::pending().await
        }

        fn server_key(&self) -> Option<PublicKey> {
            None
        }

        fn is_revoked(&self, _device: &DeviceId) -> bool {
            false
        }
    }

    fn connection() -> Arc<Connection> {
        let state = State::new(Settings::default(), Arc::new(Silent), None);
        let served = Served {
            state: Arc::new(state),
            relay: None,
            stop: CancellationToken::new(),
        };
        Connection::new(served, "192.0.2.7:4000".parse().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_called_off_keeps_no_connection() {
        let connection = connection();
        let (near, far) = tokio::io::duplex(64 << 10);
        let serving = Arc::clone(&connection);
        let service = service_fn(move |request| Arc::clone(&serving).answer(request, true));
        let builder = http2::Builder::new(TokioExecutor::new());
        tokio::spawn(builder.serve_connection(TokioIo::new(far), service));
        let executor = TokioExecutor::new();
        let opened = client::conn::http2::handshake(executor, TokioIo::new(near)).await;
        let (mut sender, driving) = opened.unwrap();
        tokio::spawn(driving);

        let login = Bytes::from_static(br#"{"username":"alice","password":"x"}"#);
        let request = Request::post("https://x/login").body(Full::new(login));
        let asking = sender.send_request(request.unwrap());
        // The answer takes for ever, and the connection is not idle meanwhile.
        let asking = tokio::spawn(asking);
        let idle = tokio::time::timeout(IDLE_TIME * 3, connection.idle());
        idle.await.unwrap_err();
        assert_eq!(connection.begun.load(Ordering::Relaxed), 1);
        asking.abort();
        let idle = tokio::time::timeout(IDLE_TIME * 3, connection.idle());
        idle.await.unwrap();
    }
}
