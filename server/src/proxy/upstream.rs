//! One upstream: how it is reached, whether it lives, how busy it is, and its kept
//! connections.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use parlor_certs::{Alpn, CertError, client_config, server_name};
use proxy_header::{ProxiedAddress, ProxyHeader};
use rustls::ClientConfig;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::either::Either;

use super::line::{Line, Wire};
use super::settings::HeaderUse;
use super::target::Target;

/// Connections kept for the next request, of one upstream.
const KEPT: usize = 256;
/// How long one is kept. Servers close idle ones after 10 s and more, and a request
/// must not meet that.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// One upstream.
#[derive(Debug)]
pub(super) struct Upstream {
    target: Target,
    name: String,
    tls: Option<Arc<ClientConfig>>,
    connect_time: Duration,
    lives: AtomicBool,
    takes_header: AtomicBool,
    header_use: HeaderUse,
    busy: AtomicUsize,
    // A std Mutex: a line is put in or taken out, never awaited.
    kept: Mutex<Vec<Line>>,
}

/// That an upstream has one more thing to do; until it is dropped.
#[derive(Debug)]
pub(super) struct Busy(Arc<Upstream>);

impl Upstream {
    pub(super) fn new(
        target: Target,
        connect_time: Duration,
        header_use: HeaderUse,
    ) -> Result<Self, CertError> {
        let trust = target.trust.clone();
        let tls = trust.map(|trust| client_config(trust, Alpn::Http1));
        Ok(Self {
            name: target.address.to_string(),
            tls: tls.transpose()?,
            target,
            connect_time,
            lives: AtomicBool::new(true),
            takes_header: AtomicBool::new(header_use == HeaderUse::On),
            header_use,
            busy: AtomicUsize::new(0),
            kept: Mutex::default(),
        })
    }

    /// Its host and port.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it can be handed `parlor/1`.
    pub(super) fn speaks_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Whether it lives, as far as is known.
    pub(super) fn lives(&self) -> bool {
        self.lives.load(Ordering::Relaxed)
    }

    /// It was seen alive, or not. `true`: that is news.
    pub(super) fn set_lives(&self, lives: bool) -> bool {
        self.lives.swap(lives, Ordering::Relaxed) != lives
    }

    /// Whether a PROXY header is put in front of what is passed through.
    pub(super) fn takes_header(&self) -> bool {
        self.takes_header.load(Ordering::Relaxed)
    }

    /// It was seen to take a PROXY header, or not. `true`: that is news.
    pub(super) fn set_takes_header(&self, takes: bool) -> bool {
        self.takes_header.swap(takes, Ordering::Relaxed) != takes
    }

    /// Whether the health check has to find out about PROXY headers.
    pub(super) fn asks_for_header(&self) -> bool {
        self.header_use == HeaderUse::Auto && self.speaks_tls()
    }

    /// How much it has to do.
    pub(super) fn load(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }

    /// Counts one more thing to do.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Busy(Arc::clone(self))
    }

    /// A TCP connection, without TLS.
    pub(super) async fn dial(&self) -> io::Result<TcpStream> {
        let address = &self.target.address;
        let dialled = TcpStream::connect((address.host(), address.port()));
        let stream = timeout(self.connect_time, dialled)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// A connection that may be spoken on, with a PROXY header in front for checks.
    pub(super) async fn connect(&self, header: Option<&[u8]>) -> io::Result<Wire> {
        let mut stream = self.dial().await?;
        if let Some(header) = header {
            stream.write_all(header).await?;
        }
        let Some(tls) = &self.tls else {
            return Ok(Either::Left(stream));
        };
        let name = server_name(&self.target.address);
        let secured = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
        let secured = timeout(self.connect_time, secured)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(Either::Right(secured))
    }

    /// A line for a request: a kept one, or a new one.
    pub(super) async fn line(&self) -> io::Result<Line> {
        while let Some(mut line) = self.take_kept() {
            if line.since.elapsed() < KEPT_FOR && line.is_free() {
                return Ok(line);
            }
        }
        self.new_line().await
    }

    /// A line that nobody has used.
    pub(super) async fn new_line(&self) -> io::Result<Line> {
        let wire = self.connect(None).await?;
        Line::over(wire).await.map_err(io::Error::other)
    }

    fn take_kept(&self) -> Option<Line> {
        self.lock_kept().pop()
    }

    /// Keeps a line whose answer is over. Whether it is good for another is looked at
    /// when it is taken out.
    pub(super) fn keep(&self, mut line: Line) {
        if !line.is_over() {
            return;
        }
        line.since = tokio::time::Instant::now();
        line.is_used = true;
        let mut kept = self.lock_kept();
        if kept.len() < KEPT {
            kept.push(line);
        }
    }

    /// Closes the lines that were kept too long, or all of them.
    pub(super) fn drop_kept(&self, all: bool) {
        let mut kept = self.lock_kept();
        kept.retain(|line| !all && line.since.elapsed() < KEPT_FOR);
    }

    fn lock_kept(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A PROXY header of version 2 for a client, or for the proxy itself.
pub(super) fn header(client: Option<(SocketAddr, SocketAddr)>) -> Vec<u8> {
    let header = match client {
        Some((source, destination)) if source.is_ipv4() == destination.is_ipv4() => {
            ProxyHeader::with_address(ProxiedAddress::stream(source, destination))
        }
        // Both ends of one connection are of one family, once mapped addresses are undone.
        _ => ProxyHeader::with_local(),
    };
    let mut bytes = Vec::new();
    // Encoding fails for want of room alone, and a Vec has it.
    if header.encode_v2(&mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_those_of_version_2() {
        let client = "192.0.2.1:4711".parse().unwrap();
        let here = "198.51.100.2:443".parse().unwrap();
        let v2 =
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\x12\x67\x01\xbb";
        assert_eq!(header(Some((client, here))), v2);
        let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
        assert_eq!(header(None), local);
    }
}
