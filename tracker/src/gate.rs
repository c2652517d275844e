//! The port: accepts connections, bounds them, does the TLS handshake, and
//! serves HTTP on what comes of it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parlor_certs::{ALPN_H2, ServerTls};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::{Connection, Served};
use crate::plain;
use crate::rates::{ConnectionLimits, ConnectionPlace, HandshakeLimits};
use crate::relay::Relay;
use crate::state::State;

/// How long a client may take from its connecting to the end of its handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// The pause after an accept that failed for want of files or memory; it
/// doubles up to [`LONGEST_PAUSE`], for those come free only when connections close.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// See [`FIRST_PAUSE`].
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long what was sent may stay without an acknowledgement: who takes
/// nothing in for so long is gone, or holds memory of ours on purpose.
const STALL_MILLIS: u32 = 30_000;

/// What a connection must pass.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    tls: ServerTls,
    limits: Arc<ConnectionLimits>,
    connections: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
    /// `None` where no rate limits hold.
    turns: Option<Arc<HandshakeLimits>>,
    is_full: Arc<AtomicBool>,
    served: Served,
    cut: CancellationToken,
    tasks: TaskTracker,
}

/// The places that a connection takes until it ends.
#[derive(Debug)]
struct Room {
    _permit: OwnedSemaphorePermit,
    _place: ConnectionPlace,
}

impl Gate {
    /// A gate to the calls and the relay. `stop` ends the accepting and asks connections to finish,
    /// `cut` drops those that still stand; `tasks` owns them.
    pub(crate) fn new(
        tls: ServerTls,
        state: Arc<State>,
        relay: Option<Relay>,
        stop: CancellationToken,
        cut: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        let settings = &state.settings;
        let limits = ConnectionLimits::new(&settings.rates, settings.rate_limits);
        Self {
            tls,
            limits: Arc::new(limits),
            connections: Arc::new(Semaphore::new(settings.limits.connections)),
            handshakes: Arc::new(Semaphore::new(settings.limits.handshakes)),
            turns: settings.rate_limits.then(Arc::default),
            is_full: Arc::default(),
            served: Served { state, relay, stop },
            cut,
            tasks,
        }
    }

    /// Accepts until it is stopped; the listener is closed then.
    pub(crate) async fn accept(self, listener: TcpListener) {
        let mut pause = FIRST_PAUSE;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.served.stop.cancelled() => return,
            };
            match accepted {
                Ok((stream, peer)) => {
                    pause = FIRST_PAUSE;
                    self.admit(stream, peer);
                }
                Err(error) if concerns_one_connection(&error) => {
                    tracing::debug!(%error, "a connection ended before it was accepted");
                }
                Err(error) => {
                    tracing::warn!(%error, "no connection can be accepted for now");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = self.served.stop.cancelled() => return,
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Lets a connection in if there is room; else it is closed at once.
    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
        let Ok(permit) = Arc::clone(&self.connections).try_acquire_owned() else {
            // Said once, and again only after there was room: a flood must not fill the log.
            if !self.is_full.swap(true, Ordering::Relaxed) {
                tracing::warn!(%peer, "refused: limits.connections is reached");
            }
            return;
        };
        self.is_full.store(false, Ordering::Relaxed);
        match self.limits.admit(peer.ip()) {
            Ok(place) => {
                let room = Room {
                    _permit: permit,
                    _place: place,
                };
                self.tasks.spawn(self.clone().attend(stream, peer, room));
            }
            Err(limited) => tracing::debug!(%peer, %limited, "refused a connection"),
        }
    }

    /// One connection from its first byte to its end.
    async fn attend(self, stream: TcpStream, peer: SocketAddr, room: Room) {
        let opening = Box::pin(self.open(stream, peer));
        let opened = tokio::select! {
            opened = tokio::time::timeout(HANDSHAKE_TIME, opening) => opened,
            () = self.served.stop.cancelled() => return,
        };
        let stream = match opened {
            Ok(Ok(Some(stream))) => stream,
            Ok(Ok(None)) => return,
            Ok(Err(error)) => {
                tracing::debug!(%peer, %error, "a handshake failed");
                return;
            }
            Err(_) => {
                tracing::debug!(%peer, "a handshake took too long");
                return;
            }
        };
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(ALPN_H2);
        let Self { served, cut, .. } = self;
        let serving = Box::pin(Connection::new(served, peer).serve(stream, is_h2));
        tokio::select! {
            () = serving => {}
            () = cut.cancelled() => {}
        }
        drop(room);
    }

    /// The handshake. `None`: the client spoke no TLS, and was told so.
    async fn open(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> io::Result<Option<TlsStream<TcpStream>>> {
        stream.set_nodelay(true)?;
        #[cfg(target_os = "linux")]
        rustix::net::sockopt::set_tcp_user_timeout(&stream, STALL_MILLIS)?;
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let _turn = match &self.turns {
            Some(turns) => Some(turns.turn(peer.ip()).await),
            None => None,
        };
        let _handshake = self.handshakes.acquire().await.map_err(io::Error::other)?;
        if first[0] != plain::TLS_HANDSHAKE {
            plain::refuse(stream).await?;
            return Ok(None);
        }
        let acceptor = TlsAcceptor::from(self.tls.http_config());
        Ok(Some(acceptor.accept(stream).await?))
    }
}

/// Whether an accept failed for that one connection's sake, so that the next may do.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::ConnectionRefused
            | Kind::Interrupted
    )
}
