//! One link: its lines both ways, its files, and its way.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use iroh::endpoint::{Connection, RecvStream, SendStream, VarInt};
use parlor_protocol::peer::{FileHead, PeerLine};
use parlor_protocol::{Card, Code, DeviceId, ErrorLine, VouchedCard, line};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::handshake::Guest;
use super::lines::{self, NoLine, Reader};
use super::{Inner, LinkGone, LinkId, NetEvent, way};
use crate::peer::person::Path;

/// Lines that wait for the writer. While they are full, whoever sends waits.
const WAITING: usize = 64;

/// A link that is to end may still bring what is on its way for this long.
const LINGER: Duration = Duration::from_secs(5);

/// How long the other side has to close after it was told why it should.
const GOODBYE: Duration = Duration::from_secs(1);

/// How often the round trip of a link is looked at.
const ROUND_TRIP: Duration = Duration::from_secs(2);

/// The longest first line of a file's stream, and how long it may take.
const HEAD_BYTES: usize = 1_024;
const HEAD: Duration = Duration::from_secs(10);

/// Why a connection was closed, as QUIC says it: nothing was wrong, or the code is the reason.
const NOTHING_WRONG: VarInt = VarInt::from_u32(0);
const REFUSED: VarInt = VarInt::from_u32(1);

/// A link that is up; cheap to clone. It stays up when dropped.
#[derive(Debug, Clone)]
pub(crate) struct Link(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    id: LinkId,
    device: DeviceId,
    card: Card,
    vouched: VouchedCard,
    connection: Connection,
    lines: mpsc::Sender<Bytes>,
    path: Mutex<Path>,
    /// The last line, if there is something to say before the end.
    why: Mutex<Option<ErrorLine>>,
    /// Nothing more is to be sent; what comes is read to its end.
    ending: CancellationToken,
    /// It is over.
    over: CancellationToken,
}

/// What the task of a link drives.
#[derive(Debug)]
pub(super) struct Ends {
    send: SendStream,
    lines: Reader,
    waiting: mpsc::Receiver<Bytes>,
}

impl Ends {
    /// The stream to the other side, of a link that does not begin.
    pub(super) fn into_send(self) -> Option<SendStream> {
        Some(self.send)
    }
}

impl Link {
    pub(super) fn new(
        id: LinkId,
        connection: Connection,
        guest: Guest,
        path: Path,
    ) -> (Self, Ends) {
        let (sender, waiting) = mpsc::channel(WAITING);
        let link = Self(Arc::new(Shared {
            id,
            device: guest.card.device,
            card: guest.card,
            vouched: guest.vouched,
            connection,
            lines: sender,
            path: Mutex::new(path),
            why: Mutex::new(None),
            ending: CancellationToken::new(),
            over: CancellationToken::new(),
        }));
        let ends = Ends {
            send: guest.send,
            lines: guest.lines,
            waiting,
        };
        (link, ends)
    }

    /// Its name.
    pub(crate) fn id(&self) -> LinkId {
        self.0.id
    }

    /// The device at the other end.
    pub(crate) fn device(&self) -> DeviceId {
        self.0.device
    }

    /// The card that it showed.
    pub(crate) fn card(&self) -> (&Card, &VouchedCard) {
        (&self.0.card, &self.0.vouched)
    }

    /// The way it goes now.
    pub(crate) fn path(&self) -> Path {
        let path = self.0.path.lock().unwrap_or_else(PoisonError::into_inner);
        path.clone()
    }

    /// Whether something can still be sent over it.
    pub(crate) fn is_up(&self) -> bool {
        !self.0.ending.is_cancelled() && self.0.connection.close_reason().is_none()
    }

    /// Whether a line can be sent at all: it may not pass the bound of lines.
    pub(crate) fn fits(line: &PeerLine) -> bool {
        lines::encode(line).is_some()
    }

    /// Whether the other one is this link's other end.
    #[cfg(test)]
    pub(super) fn has_ends(&self, other: &Self) -> bool {
        let keys = |link: &Self| {
            let mut keys = [0; 16];
            let made = link
                .0
                .connection
                .export_keying_material(&mut keys, b"end", b"");
            made.is_ok().then_some(keys)
        };
        keys(self).is_some() && keys(self) == keys(other)
    }

    /// Sends lines in order. It waits while the other side does not read. A line that does not
    /// [fit](Self::fits) is not sent, and told as [`LinkGone`].
    pub(crate) async fn send(&self, line: &PeerLine) -> Result<(), LinkGone> {
        if !self.is_up() {
            return Err(LinkGone);
        }
        let Some(line) = lines::encode(line) else {
            tracing::error!(device = %self.0.device, "a line passes the bound and is not sent");
            return Err(LinkGone);
        };
        self.0.lines.send(line).await.map_err(|_| LinkGone)
    }

    /// Opens the stream of a file, and writes its first line. It waits while the other side has as many
    /// open as it takes.
    pub(crate) async fn open_file(&self, head: &FileHead) -> Result<SendStream, LinkGone> {
        let head = line::encode(head).map_err(|_| LinkGone)?;
        let opened = self.0.connection.open_uni().await;
        let mut stream = opened.map_err(|_| LinkGone)?;
        stream.write_all(&head).await.map_err(|_| LinkGone)?;
        // Lines overtake the bytes of files.
        let _ = stream.set_priority(-1);
        Ok(stream)
    }

    /// Ends the link, and says why.
    pub(crate) async fn close(&self, why: Option<ErrorLine>) {
        self.end(why);
        // Longer than its task takes; that is gone where the network was closed.
        let _ = timeout(LINGER + 2 * GOODBYE, self.0.over.cancelled()).await;
    }

    /// Begins to end it: what was taken in is still sent, and what comes is still read.
    pub(super) fn end(&self, why: Option<ErrorLine>) {
        if let Some(why) = why {
            let mut last = self.0.why.lock().unwrap_or_else(PoisonError::into_inner);
            last.get_or_insert(why);
        }
        self.0.ending.cancel();
    }

    fn why(&self) -> Option<ErrorLine> {
        let why = self.0.why.lock().unwrap_or_else(PoisonError::into_inner);
        why.clone()
    }

    fn took(&self, path: Path) -> bool {
        let mut known = self.0.path.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = way::differs(&known, &path);
        if differs {
            *known = path;
        }
        differs
    }

    /// Drives the link to its end, and closes the connection.
    pub(super) async fn run(&self, inner: &Inner, ends: Ends) {
        let ending = &self.0.ending;
        let reading = async {
            if let Err(error) = self.read(inner, ends.lines).await {
                self.end(Some(error));
            }
            ending.cancel();
        };
        let writing = lines::write(ends.send, ends.waiting, ending.clone(), || self.why());
        let lines = async { tokio::join!(reading, writing) };
        let late = async {
            ending.cancelled().await;
            sleep(LINGER).await;
        };
        let beside = async { tokio::join!(self.watch(inner), self.take_files(inner)) };
        tokio::select! {
            _ = lines => {}
            () = late => {}
            _ = beside => {}
            () = inner.stop.cancelled() => {}
        }
        ending.cancel();
        close(&self.0.connection, self.why()).await;
    }

    /// It is over, and the node was told.
    pub(super) fn is_over(&self) {
        self.0.over.cancel();
    }

    /// Hands every line on until the other side ends. An error is what is wrong with the last one.
    async fn read(&self, inner: &Inner, mut lines: Reader) -> Result<(), ErrorLine> {
        loop {
            let line = match lines.next().await {
                Ok(PeerLine::Unknown) => continue,
                Ok(PeerLine::Handshake(_) | PeerLine::HandshakeAck(_)) => {
                    lines.stop();
                    return Err(ErrorLine::new(
                        Code::BadRequest,
                        "The handshake is done already.",
                    ));
                }
                Ok(line) => line,
                Err(NoLine::Bad(error)) => {
                    lines.stop();
                    return Err(error);
                }
                Err(NoLine::End | NoLine::Lost) => return Ok(()),
            };
            // What comes over a link that does not count belongs to the one that does.
            let current = inner.links.current(&self.0.device);
            let event = NetEvent::Line {
                link: current.map_or(self.0.id, |link| link.id()),
                device: self.0.device,
                line,
            };
            inner.tell(event).await;
        }
    }

    /// Tells what becomes of the way. It does not end by itself.
    async fn watch(&self, inner: &Inner) {
        let mut changes = self.0.connection.paths_stream().map(|_| ());
        let mut ticks = interval(ROUND_TRIP);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                changed = changes.next() => if changed.is_none() {
                    std::future::pending::<()>().await;
                },
                _ = ticks.tick() => {}
            }
            let Some(path) = way::of(&self.0.connection, &inner.names) else {
                continue;
            };
            let counts = || {
                let current = inner.links.current(&self.0.device);
                current.is_some_and(|current| current.id() == self.0.id)
            };
            if self.took(path.clone()) && counts() {
                let event = NetEvent::PathChanged {
                    link: self.0.id,
                    device: self.0.device,
                    path,
                };
                inner.tell(event).await;
            }
        }
    }

    /// Hands on the streams of files. It does not end by itself. There are never more at once than QUIC
    /// lets the other side open.
    async fn take_files(&self, inner: &Inner) {
        let mut heads = JoinSet::new();
        loop {
            let stream = tokio::select! {
                stream = self.0.connection.accept_uni() => stream,
                Some(read) = heads.join_next() => {
                    if let Ok(Some((head, stream))) = read {
                        let device = self.0.device;
                        inner.tell(NetEvent::File { device, head, stream }).await;
                    }
                    continue;
                }
            };
            let Ok(stream) = stream else {
                return std::future::pending().await;
            };
            heads.spawn(async { timeout(HEAD, read_head(stream)).await.ok().flatten() });
        }
    }
}

/// Reads the first line of a file's stream byte by byte, so that all others stay in it.
async fn read_head(mut stream: RecvStream) -> Option<(FileHead, RecvStream)> {
    let mut line = Vec::with_capacity(128);
    let mut byte = [0];
    while line.len() < HEAD_BYTES {
        stream.read_exact(&mut byte).await.ok()?;
        if byte != *b"\n" {
            line.push(byte[0]);
        } else if let Ok(head) = serde_json::from_slice(&line) {
            return Some((head, stream));
        } else {
            break;
        }
    }
    let _ = stream.stop(REFUSED);
    None
}

/// Closes a connection. Who was told why has some time to read it.
pub(super) async fn close(connection: &Connection, why: Option<ErrorLine>) {
    let Some(why) = why else {
        return connection.close(NOTHING_WRONG, b"");
    };
    let _ = timeout(GOODBYE, connection.closed()).await;
    connection.close(REFUSED, why.code.as_str().as_bytes());
}

/// Refuses a connection: says why over the stream, if there is one, and closes.
pub(super) async fn refuse(connection: &Connection, why: ErrorLine, send: Option<SendStream>) {
    tracing::debug!(device = %connection.remote_id(), %why, "a device is not let in");
    let told = async {
        let mut send = send?;
        let line = lines::encode(&PeerLine::Error(why.clone()))?;
        send.write_all(&line).await.ok()?;
        send.finish().ok()?;
        connection.closed().await;
        Some(())
    };
    let _ = timeout(GOODBYE, told).await;
    connection.close(REFUSED, why.code.as_str().as_bytes());
}
