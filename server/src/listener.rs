//! The port: accepts connections, bounds them, does the TLS handshake, and
//! hands each stream to whom its ALPN means.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use parlor_certs::{ALPN_H2, ALPN_SESSION, ServerTls};
use parlor_tracker::plain;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, Proxies};
use crate::http;
use crate::limits::{ConnectionLimits, ConnectionPlace, HandshakeLimits};

/// Connections that the kernel keeps until they are accepted: a reconnecting
/// crowd comes within one round trip. The kernel cuts it to its own bound.
const BACKLOG: u32 = 4096;
/// How long a client may take from its connecting to the end of its handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// The pause after an accept that failed for want of files or memory; it
/// doubles up to [`LONGEST_PAUSE`], for those come free only when connections close.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// See [`FIRST_PAUSE`].
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Bytes that wait encrypted for one write of HTTP: as large as a frame of a
/// download, for each write may have to wake its reader.
const WRITE_BYTES: usize = 256 << 10;

mod proxied;

/// A stream that has done its handshake.
pub(crate) type Secured = TlsStream<TcpStream>;

/// What is done with a connection, boxed: the task of an idle connection is
/// then no larger than what it waits in.
pub(crate) type Serving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who serves session lines.
pub(crate) trait Sessions: Send + Sync + fmt::Debug + 'static {
    /// Serves them on a stream until the connection is over.
    fn serve(self: Arc<Self>, stream: Secured, peer: SocketAddr) -> Serving;
}

/// Whoever serves what comes through the [`Gate`], and until when.
#[derive(Debug, Clone)]
pub(crate) struct Behind {
    /// Serves `parlor/1`.
    pub(crate) sessions: Arc<dyn Sessions>,
    /// Serves HTTP.
    pub(crate) router: Router,
    /// Ends the accepting and the handshakes, and asks HTTP to finish.
    pub(crate) stop: CancellationToken,
    /// Drops every connection that still stands.
    pub(crate) cut: CancellationToken,
    /// Owns the connections' tasks.
    pub(crate) tasks: TaskTracker,
}

/// Listens on an address. Every address of the machine (`[::]`) includes the
/// IPv4 ones, and is those alone on a machine without IPv6.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let bound = bind_exactly(address);
    match bound {
        Err(error) if address.ip().is_ipv6() && address.ip().is_unspecified() => {
            if error.kind() == io::ErrorKind::AddrInUse {
                return Err(error);
            }
            let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port());
            bind_exactly(v4)
        }
        bound => bound,
    }
}

fn bind_exactly(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if address.is_ipv6() && address.ip().is_unspecified() {
        rustix::net::sockopt::set_ipv6_v6only(&socket, false)?;
    }
    // A server that is started again must not wait for old connections to time out.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What a connection must pass.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    tls: ServerTls,
    limits: Arc<ConnectionLimits>,
    proxies: Arc<Proxies>,
    connections: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
    /// `None` where no rate limits hold.
    turns: Option<Arc<HandshakeLimits>>,
    is_full: Arc<AtomicBool>,
    behind: Arc<Behind>,
}

impl Gate {
    /// A gate that lets connections through to who is `behind` it.
    pub(crate) fn new(tls: ServerTls, config: &Config, behind: Behind) -> Self {
        let limits = ConnectionLimits::new(&config.rates, config.rate_limits);
        Self {
            tls,
            limits: Arc::new(limits),
            proxies: Arc::new(config.proxies.clone()),
            connections: Arc::new(Semaphore::new(config.limits.connections)),
            handshakes: Arc::new(Semaphore::new(config.limits.handshakes)),
            turns: config.rate_limits.then(Arc::default),
            is_full: Arc::default(),
            behind: Arc::new(behind),
        }
    }

    /// Accepts until it is stopped; the listener is closed then.
    pub(crate) async fn accept(self, listener: TcpListener) {
        let mut pause = FIRST_PAUSE;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.behind.stop.cancelled() => return,
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
                        () = self.behind.stop.cancelled() => return,
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
        // A proxy's connections are somebody else's, who is not known yet.
        let place = if self.proxies.contains(peer.ip()) {
            None
        } else {
            let Some(place) = self.place(peer) else {
                return;
            };
            Some(place)
        };
        let room = Room {
            _permit: permit,
            place,
        };
        self.behind
            .tasks
            .spawn(self.clone().attend(stream, peer, room));
    }

    /// The place of one more connection from an address, if it may have one.
    fn place(&self, peer: SocketAddr) -> Option<ConnectionPlace> {
        match self.limits.admit(peer.ip()) {
            Ok(place) => Some(place),
            Err(limited) => {
                tracing::debug!(%peer, %limited, "refused a connection");
                None
            }
        }
    }

    /// One connection from its first byte to its end. Handshake and serving
    /// each have a box of their own, so that the first is freed before the second.
    async fn attend(self, stream: TcpStream, peer: SocketAddr, mut room: Room) {
        let serving = {
            let opening = Box::pin(self.open(stream, peer, &mut room));
            let opened = tokio::select! {
                opened = tokio::time::timeout(HANDSHAKE_TIME, opening) => opened,
                () = self.behind.stop.cancelled() => return,
            };
            match opened {
                Ok(Ok(serving)) => serving,
                Ok(Err(error)) => {
                    tracing::debug!(%peer, %error, "a handshake failed");
                    None
                }
                Err(_) => {
                    tracing::debug!(%peer, "a handshake took too long");
                    None
                }
            }
        };
        if let Some(serving) = serving {
            let cut = self.behind.cut.clone();
            drop(self);
            tokio::select! {
                () = serving => {}
                () = cut.cancelled() => {}
            }
        }
        drop(room);
    }

    /// The handshake. `None`: the client spoke no TLS, and was told so, or has
    /// too many connections.
    async fn open(
        &self,
        mut stream: TcpStream,
        mut peer: SocketAddr,
        room: &mut Room,
    ) -> io::Result<Option<Serving>> {
        stream.set_nodelay(true)?;
        let mut first = first_bytes(&stream).await?;
        if proxied::begins(&first.0[..first.1]) && self.proxies.contains(peer.ip()) {
            if let Some(client) = proxied::read(&mut stream).await? {
                peer = client;
                room.place = self.place(peer);
                if room.place.is_none() {
                    return Ok(None);
                }
            }
            first = first_bytes(&stream).await?;
        }
        let first = first.0;
        // A proxy's are everybody's.
        let _turn = match (&self.turns, &room.place) {
            (Some(turns), Some(_)) => Some(turns.turn(peer.ip()).await),
            _ => None,
        };
        let _handshake = self.handshakes.acquire().await.map_err(io::Error::other)?;
        if first[0] != plain::TLS_HANDSHAKE {
            plain::refuse(stream).await?;
            return Ok(None);
        }
        let started = LazyConfigAcceptor::new(Default::default(), stream).await?;
        let config = self.tls.config_for(&started.client_hello());
        let mut stream = started.into_stream(config).await?;
        Ok(Some(match stream.get_ref().1.alpn_protocol() {
            Some(ALPN_SESSION) => Arc::clone(&self.behind.sessions).serve(stream, peer),
            alpn => {
                let is_h2 = alpn == Some(ALPN_H2);
                stream.get_mut().1.set_buffer_limit(Some(WRITE_BYTES));
                let (router, stop) = (self.behind.router.clone(), self.behind.stop.clone());
                let proxies = Arc::clone(&self.proxies);
                Box::pin(http::serve(stream, peer, is_h2, router, proxies, stop))
            }
        }))
    }
}

/// The places that a connection takes until it ends.
#[derive(Debug)]
struct Room {
    _permit: OwnedSemaphorePermit,
    /// `None` for a proxy that has not said for whom it connects.
    place: Option<ConnectionPlace>,
}

/// The first two bytes of a connection, or the one that came, without taking
/// them off it.
async fn first_bytes(stream: &TcpStream) -> io::Result<([u8; 2], usize)> {
    let mut first = [0; 2];
    match stream.peek(&mut first).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        came => Ok((first, came)),
    }
}

/// Whether an accept failed for that one connection's sake, so that the next may do.
pub(crate) fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::ConnectionRefused
            | Kind::Interrupted
    )
}

#[cfg(test)]
mod tests;
