//! One upload in one pair of hands.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::num::NonZeroU64;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::BytesMut;
use rustix::fs::{Advice, fadvise, fstatvfs};
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::checksum::Digest;
use super::hands::{FlushTurn, Hands};
use super::mime;
use crate::storage::{ContentHash, StorageError, UploadRecord};

/// Bytes after which what came is flushed, beside what is written meanwhile: the last
/// flush is then short, and the flushes of messages never wait for one that is long.
const FLUSH_BYTES: u64 = 2 << 20;

/// Bytes that may be written and not flushed: past them the wire waits for the disk.
const AHEAD_BYTES: u64 = 8 * FLUSH_BYTES;

/// What no upload takes of a disk, so that messages can still be kept: this
/// much, or a twentieth of a small disk.
const RESERVE_BYTES: u64 = 256 << 20;

/// Bytes at a file's beginning that stay in the system's cache: all of what
/// most people share, for those who open it next.
const CACHED_BYTES: u64 = 64 << 20;

/// Bytes of one read when the hash is made anew.
const REREAD_BYTES: usize = 1 << 20;

/// Why an upload does not go on. What came before stays, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// There is no such upload (any more), or it is another's.
    #[error("there is no such upload")]
    Gone,
    /// The request before it does not let go.
    #[error("another request holds the upload")]
    Busy,
    /// A newer request took it over.
    #[error("a newer request took the upload over")]
    TakenOver,
    /// The session or the room was lost, or the server stops.
    #[error("the transfer was ended")]
    Ended,
    /// Nothing came for too long.
    #[error("the client fell silent")]
    Stalled,
    /// The client went away.
    #[error("the client went away: {0}")]
    Cut(String),
    /// More bytes came than were announced. Nothing of the request is kept.
    #[error("more bytes came than were announced")]
    TooLong,
    /// The bytes are not those that the client meant. Nothing of the request is kept.
    #[error("the checksum does not fit")]
    WrongChecksum,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk failed.
    #[error(transparent)]
    Io(io::Error),
    /// The storage failed.
    #[error(transparent)]
    Storage(StorageError),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}

/// What is remembered of an upload between requests: how far it is, and the
/// state of the hash. Its file is open only while somebody holds it.
#[derive(Debug, Clone)]
struct Part {
    offset: u64,
    hasher: blake3::Hasher,
}

/// An upload, whoever holds it.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    // A std Mutex: replaced, never held over an await.
    holder: Mutex<CancellationToken>,
    part: Arc<tokio::sync::Mutex<Option<Part>>>,
}

impl Upload {
    /// Notes who holds it next; answers by what the one before is told.
    pub(super) fn replace_holder(&self, next: &CancellationToken) -> CancellationToken {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut holder, next.clone())
    }

    pub(super) async fn part(self: &Arc<Self>) -> PartGuard {
        let part = Arc::clone(&self.part).lock_owned().await;
        PartGuard(part, Arc::clone(self))
    }
}

/// The right to change an upload. While it is held, the upload is remembered: were it
/// made anew for another, both would write.
#[derive(Debug)]
pub(super) struct PartGuard(
    OwnedMutexGuard<Option<Part>>,
    #[expect(dead_code, reason = "it is held")] Arc<Upload>,
);

/// An upload in hand, flushed as far as it says it is.
#[derive(Debug)]
pub(crate) struct Held {
    record: UploadRecord,
    until: CancellationToken,
    desk: Option<Desk>,
    flushing: Option<Flushing>,
    hands: Arc<Hands>,
}

/// A flush under way beside the writing.
#[derive(Debug)]
struct Flushing {
    /// As far as the file is flushed when it is done.
    to: u64,
    done: JoinHandle<io::Result<()>>,
}

/// What the writing needs; it moves to a blocking thread and back, with the
/// right to change the upload in it. Whoever is gone meanwhile lets go only when the
/// disk has done.
#[derive(Debug)]
struct Desk {
    guard: PartGuard,
    file: File,
    /// As far as the file is known to be flushed.
    flushed: u64,
}

impl Held {
    pub(super) async fn open(
        record: UploadRecord,
        path: PathBuf,
        guard: PartGuard,
        until: CancellationToken,
        hands: Arc<Hands>,
    ) -> Result<Self, Broken> {
        let verified = record.verified;
        let opening = hands.work(move || Desk::open(&path, guard, verified));
        let desk = opening.await.map_err(io::Error::other)??;
        Ok(Self {
            record,
            until,
            desk: Some(desk),
            flushing: None,
            hands,
        })
    }

    pub(crate) fn record(&self) -> &UploadRecord {
        &self.record
    }

    /// Cancelled when a newer request wants it.
    pub(crate) fn until(&self) -> &CancellationToken {
        &self.until
    }

    /// As far as it has come.
    pub(crate) fn offset(&self) -> u64 {
        let part = self.desk.as_ref().and_then(|desk| desk.guard.0.as_ref());
        part.map_or(0, |part| part.offset)
    }

    /// Whether all of it is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.offset() == self.record.size
    }

    /// Does something with the desk off the async threads. A panic there loses
    /// the desk, and with it the right to go on.
    async fn at_desk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Desk) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let mut desk = self.take_desk()?;
        let working = self.hands.work(move || {
            let done = work(&mut desk);
            (desk, done)
        });
        let (desk, done) = working.await.map_err(io::Error::other)?;
        self.desk = Some(desk);
        done
    }

    fn take_desk(&mut self) -> io::Result<Desk> {
        let lost = || io::Error::other("an upload was lost while it was written");
        self.desk.take().ok_or_else(lost)
    }

    /// Begins to write a piece; [`Writing::done`] gives the upload back.
    pub(super) fn write(&mut self, piece: BytesMut, digest: Option<Digest>) -> io::Result<Writing> {
        let mut desk = self.take_desk()?;
        Ok(Writing(self.hands.work(move || {
            let mut digest = digest;
            let done = desk.append(&piece, digest.as_mut());
            (desk, piece, digest, done)
        })))
    }

    /// Takes the desk back from a piece that is written, or failed.
    pub(super) async fn written(
        &mut self,
        writing: Writing,
    ) -> io::Result<(BytesMut, Option<Digest>)> {
        let (desk, piece, digest, done) = writing.0.await.map_err(io::Error::other)?;
        self.desk = Some(desk);
        done.map(|()| (piece, digest))
    }

    /// Between two pieces: sees to it that what came is flushed beside what is
    /// written, and waits only where the disk is far behind.
    pub(super) async fn flush_along(&mut self) -> io::Result<()> {
        let Some(desk) = &self.desk else {
            return Ok(());
        };
        let ahead = self.offset().saturating_sub(desk.flushed);
        let is_due = |flushing: &Flushing| flushing.done.is_finished() || ahead >= AHEAD_BYTES;
        if self.flushing.as_ref().is_some_and(is_due) {
            self.end_flushing().await?;
        }
        if self.flushing.is_some() || ahead < FLUSH_BYTES {
            return Ok(());
        }
        match self.hands.try_flush() {
            Some(turn) => self.begin_flushing(turn),
            // Another upload has the disk; only who is far ahead waits for it.
            None if ahead < AHEAD_BYTES => Ok(()),
            None => {
                let turn = self.hands.flush_turn().await;
                self.begin_flushing(turn)
            }
        }
    }

    fn begin_flushing(&mut self, turn: FlushTurn) -> io::Result<()> {
        let to = self.offset();
        let Some(desk) = &self.desk else {
            return Ok(());
        };
        let (file, from) = (desk.file.try_clone()?, desk.flushed);
        let done = self.hands.work(move || {
            let done = file.sync_data();
            drop(turn);
            done?;
            let_go(&file, from, to);
            Ok(())
        });
        self.flushing = Some(Flushing { to, done });
        Ok(())
    }

    /// Waits for a flush that is under way.
    async fn end_flushing(&mut self) -> io::Result<()> {
        let Some(Flushing { to, done }) = self.flushing.take() else {
            return Ok(());
        };
        let done = done.await.map_err(io::Error::other).flatten();
        self.at_desk(move |desk| desk.note_flush(to, done)).await
    }

    /// Flushes what came. Only now its offset may be told.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.end_flushing().await?;
        let turn = self.hands.flush_turn().await;
        self.at_desk(move |desk| {
            let _turn = turn;
            desk.flush()
        })
        .await
    }

    /// The state to come back to with [`Held::go_back`].
    pub(super) fn mark(&self) -> Mark {
        let part = self.desk.as_ref().and_then(|desk| desk.guard.0.clone());
        Mark(part)
    }

    /// Drops everything after a mark.
    pub(super) async fn go_back(&mut self, mark: Mark) -> io::Result<()> {
        if let Err(error) = self.end_flushing().await {
            tracing::warn!(%error, "what is dropped could not be flushed before");
        }
        self.at_desk(move |desk| desk.go_back(mark.0)).await
    }

    /// The hash of the content, and what it is.
    pub(super) async fn digest(&mut self) -> io::Result<(ContentHash, &'static str)> {
        self.at_desk(|desk| {
            let hash = desk.part()?.hasher.finalize();
            Ok((ContentHash(*hash.as_bytes()), mime::of(&desk.file)?))
        })
        .await
    }
}

/// How far an upload was.
#[derive(Debug)]
pub(super) struct Mark(Option<Part>);

/// A piece on its way to the disk.
#[derive(Debug)]
pub(super) struct Writing(JoinHandle<(Desk, BytesMut, Option<Digest>, io::Result<()>)>);

impl Desk {
    fn open(path: &PathBuf, mut guard: PartGuard, verified: Option<u64>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let file = options.open(path)?;
        let mut length = file.metadata()?.len();
        if let Some(verified) = verified.filter(|verified| *verified < length) {
            file.set_len(verified)?;
            length = verified;
            guard.0.take();
        }
        // Between requests nobody writes: another length is another state.
        if guard.0.as_ref().is_none_or(|part| part.offset != length) {
            let part = reread(path)?;
            length = part.offset;
            *guard.0 = Some(part);
            // A process that was killed may have left them unflushed.
            file.sync_data()?;
        }
        Ok(Self {
            guard,
            file,
            flushed: length,
        })
    }

    fn part(&mut self) -> io::Result<&mut Part> {
        let lost = || io::Error::other("an upload's state was lost");
        self.guard.0.as_mut().ok_or_else(lost)
    }

    fn append(&mut self, piece: &[u8], digest: Option<&mut Digest>) -> io::Result<()> {
        self.check_reserve(piece.len())?;
        if let Err(error) = self.file.write_all(piece) {
            self.cut_off()?;
            return Err(error);
        }
        if let Some(digest) = digest {
            digest.update(piece);
        }
        let part = self.part()?;
        part.hasher.update(piece);
        part.offset += piece.len() as u64;
        Ok(())
    }

    /// Refuses to take the last of a disk.
    fn check_reserve(&self, bytes: usize) -> io::Result<()> {
        let disk = fstatvfs(&self.file)?;
        let reserve = RESERVE_BYTES.min(disk.f_blocks * disk.f_frsize / 20);
        if disk.f_bavail * disk.f_frsize < reserve + bytes as u64 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Drops what a failed write left, or forgets the state, which is then made anew.
    fn cut_off(&mut self) -> io::Result<()> {
        let offset = self.part()?.offset;
        let cut = self.file.set_len(offset);
        if cut.is_err() {
            self.guard.0.take();
        }
        cut
    }

    fn flush(&mut self) -> io::Result<()> {
        let offset = self.part()?.offset;
        if offset == self.flushed {
            return Ok(());
        }
        let done = self.file.sync_data();
        if done.is_ok() {
            let_go(&self.file, self.flushed, offset);
        }
        self.note_flush(offset, done)
    }

    /// The file is flushed as far as `to`, or it failed.
    fn note_flush(&mut self, to: u64, done: io::Result<()>) -> io::Result<()> {
        if let Err(error) = done {
            // What is on the disk now is not known: back to what was.
            self.file.set_len(self.flushed)?;
            self.guard.0.take();
            return Err(error);
        }
        self.flushed = self.flushed.max(to);
        Ok(())
    }

    fn go_back(&mut self, part: Option<Part>) -> io::Result<()> {
        let offset = part.as_ref().map_or(0, |part| part.offset);
        self.guard.0.take();
        self.file.set_len(offset)?;
        self.flushed = self.flushed.min(offset);
        *self.guard.0 = part;
        Ok(())
    }
}

/// Takes what is flushed of a large file out of the system's cache, where it would
/// push out what many read; memory that is used again is also cheaper to write to.
fn let_go(file: &File, from: u64, to: u64) {
    let from = from.max(CACHED_BYTES);
    if let Some(length) = to.checked_sub(from).and_then(NonZeroU64::new) {
        // It is advice: where it is not taken, nothing is lost.
        let _ = fadvise(file, from, Some(length), Advice::DontNeed);
    }
}

/// The state of an upload, from its bytes.
fn reread(path: &PathBuf) -> io::Result<Part> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; REREAD_BYTES];
    let mut offset = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(Part { offset, hasher });
        }
        hasher.update(&buffer[..read]);
        offset += read as u64;
    }
}

/// The first bytes of a file.
pub(super) fn beginning(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    file.read_at(buffer, 0)
}
