//! The file that comes: gathered beside its place under a hidden name, hashed as it is
//! written, and given a name that nothing else has.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use http_body_util::BodyExt;
use iroh::endpoint::{ReadError, RecvStream, VarInt};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::depot::Fetched;
use super::format::{Cipher, NONCE, PIECE, SealKey, TAG, pieces};
use super::{AHEAD, BROKEN, HELD_UP, NOT_ASKED_FOR, STALL};
use crate::transfer::TransferFailure;
use crate::transfers::place;
use crate::transfers::progress::Progress;
use crate::transfers::sink::Sink;
use crate::transfers::source::local;

/// Bytes gathered into one write.
const WRITE: usize = 512 * 1024;

/// Why no more comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    /// The line broke: go on from here.
    Broken(String),
    /// It was stopped here.
    Stopped,
    /// It is not there any more.
    Gone,
    /// What came is not what was offered; why, for people.
    Bad(String),
    /// Nothing will change by itself; why, for people.
    Over(String),
}

impl From<TransferFailure> for Halt {
    fn from(failure: TransferFailure) -> Self {
        match failure {
            TransferFailure::Damaged => Self::Bad("the bytes that came are damaged".to_owned()),
            failure => Self::Over(failure.to_string()),
        }
    }
}

/// From where bytes come.
pub(super) trait Coming: Send {
    /// The next ones, as many as are there and fit; 0 at the end. Nothing is lost where this is dropped.
    fn read(&mut self, into: &mut [u8]) -> impl Future<Output = Result<usize, Halt>> + Send;

    /// No more is wanted.
    fn halt(&mut self, code: VarInt);
}

impl Coming for RecvStream {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, Halt> {
        match Self::read(self, into).await {
            Ok(bytes) => Ok(bytes.unwrap_or(0)),
            Err(ReadError::Reset(_)) => Err(Halt::Broken("the other side ended it".to_owned())),
            Err(error) => Err(Halt::Broken(error.to_string())),
        }
    }

    fn halt(&mut self, code: VarInt) {
        let _ = self.stop(code);
    }
}

impl Coming for Fetched {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, Halt> {
        while self.ready.is_empty() {
            let frame = match self.body.frame().await {
                None => return Ok(0),
                Some(Err(error)) => return Err(Halt::Broken(error.to_string())),
                Some(Ok(frame)) => frame,
            };
            if let Ok(data) = frame.into_data() {
                self.ready = data;
            }
        }
        let bytes = self.ready.len().min(into.len());
        into[..bytes].copy_from_slice(&self.ready.split_to(bytes));
        Ok(bytes)
    }

    fn halt(&mut self, _code: VarInt) {}
}

/// Opens what comes sealed.
pub(super) struct Opener {
    cipher: Cipher,
    size: u64,
    /// The piece that comes now.
    piece: u64,
    /// Bytes of it that are here already.
    skip: usize,
    buffer: Vec<u8>,
}

impl Opener {
    /// Goes on where `at` bytes of the file are here: the sealed file is then wanted from the beginning of that
    /// [piece](Self::piece).
    pub(super) fn new(key: &SealKey, nonce: &[u8; NONCE], size: u64, at: u64) -> Option<Self> {
        let piece = at / PIECE as u64;
        Some(Self {
            cipher: Cipher::new(key, nonce, size)?,
            size,
            piece,
            skip: usize::try_from(at % PIECE as u64).ok()?,
            buffer: Vec::with_capacity(PIECE + TAG),
        })
    }

    fn feed(
        &mut self,
        mut sealed: &[u8],
        mut out: impl FnMut(&[u8]) -> Result<(), TransferFailure>,
    ) -> Result<(), TransferFailure> {
        while !sealed.is_empty() {
            if self.piece >= pieces(self.size) {
                return Err(TransferFailure::Damaged);
            }
            let left = self.size - self.piece * PIECE as u64;
            let whole = usize::try_from(left).unwrap_or(PIECE).min(PIECE) + TAG;
            let (now, later) = sealed.split_at((whole - self.buffer.len()).min(sealed.len()));
            self.buffer.extend_from_slice(now);
            sealed = later;
            if self.buffer.len() == whole {
                self.cipher
                    .open(self.piece, &mut self.buffer)
                    .map_err(|_| TransferFailure::Damaged)?;
                out(&self.buffer[self.skip.min(self.buffer.len())..])?;
                self.buffer.clear();
                self.skip = 0;
                self.piece += 1;
            }
        }
        Ok(())
    }
}

/// Writes what comes into the partial file, at most `room` bytes. The sink comes back however that goes.
pub(super) async fn pump(
    coming: &mut impl Coming,
    mut sink: Box<Sink>,
    mut opener: Option<Opener>,
    room: u64,
    progress: &Arc<Progress>,
    stop: &CancellationToken,
) -> (Option<Box<Sink>>, Result<(), Halt>) {
    let (parts, mut taken) = mpsc::channel::<Vec<u8>>(AHEAD);
    // Buffers go round: to the disk full, and back.
    let (back, spare) = mpsc::channel::<Vec<u8>>(AHEAD + 2);
    let progress = Arc::clone(progress);
    let writing = tokio::task::spawn_blocking(move || {
        let mut written = Ok(());
        while let Some(part) = taken.blocking_recv() {
            written = match &mut opener {
                None => sink.put(&part, &progress),
                Some(opener) => opener.feed(&part, |open| sink.put(open, &progress)),
            };
            if written.is_err() {
                break;
            }
            let _ = back.try_send(part);
        }
        (sink, written)
    });
    let read = gather(coming, &parts, spare, room, stop).await;
    drop(parts);
    match writing.await {
        Err(error) => (None, Err(Halt::Over(error.to_string()))),
        Ok((sink, Err(failure))) => {
            coming.halt(BROKEN);
            (Some(sink), Err(failure.into()))
        }
        Ok((sink, Ok(()))) => (Some(sink), read),
    }
}

/// Gathers what comes into large parts, until the end or until nobody takes them.
async fn gather(
    coming: &mut impl Coming,
    parts: &mpsc::Sender<Vec<u8>>,
    mut spare: mpsc::Receiver<Vec<u8>>,
    mut room: u64,
    stop: &CancellationToken,
) -> Result<(), Halt> {
    let mut part = vec![0; WRITE];
    let mut filled = 0;
    let ended = loop {
        let next = tokio::select! {
            () = stop.cancelled() => {
                coming.halt(HELD_UP);
                break Err(Halt::Stopped);
            }
            next = timeout(STALL, coming.read(&mut part[filled..])) => next,
        };
        let bytes = match next {
            Ok(Ok(0)) => break Ok(()),
            Ok(Ok(bytes)) => bytes,
            Ok(Err(halt)) => break Err(halt),
            Err(_) => break Err(Halt::Broken("nothing comes any more".to_owned())),
        };
        if bytes as u64 > room {
            coming.halt(NOT_ASKED_FOR);
            break Err(Halt::Bad("more bytes came than were offered".to_owned()));
        }
        room -= bytes as u64;
        filled += bytes;
        if filled == part.len() {
            let mut next = spare.try_recv().unwrap_or_default();
            next.resize(WRITE, 0);
            filled = 0;
            if parts
                .send(std::mem::replace(&mut part, next))
                .await
                .is_err()
            {
                return Ok(());
            }
        }
    };
    // What came before a break need not come again.
    part.truncate(filled);
    if !part.is_empty() {
        let _ = parts.send(part).await;
    }
    ended
}

/// Opens the partial file, and hashes what is there of it.
pub(super) fn open(path: &Path, size: u64, progress: &Progress) -> Result<Box<Sink>, String> {
    let sink = Sink::open(path, size, progress).map_err(|failure| failure.to_string())?;
    match free(path) {
        Some(free) if free < size - sink.at() => Err(format!(
            "there is no room for it: {} more bytes are needed on the disk of {}",
            size - sink.at() - free,
            path.parent().unwrap_or(path).display()
        )),
        _ => Ok(Box::new(sink)),
    }
}

/// Bytes that may be written where a file is, if the system says it.
fn free(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let system = rustix::fs::statvfs(path).ok()?;
        system.f_bavail.checked_mul(system.f_frsize)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Whether a file has these bytes.
pub(super) fn is_whole(path: &Path, size: u64, blake3: &str) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|seen| seen.is_file() && seen.len() == size);
    let mut hasher = blake3::Hasher::new();
    let hashed = is_file
        && fs::File::open(path)
            .and_then(|mut file| io::copy(&mut file, &mut hasher))
            .is_ok();
    hashed && hasher.finalize().to_hex().as_str() == blake3
}

/// Puts a whole file in its place, or beside it under the next name that is free. `about` is told each
/// place before it is tried.
pub(super) fn put(
    sink: &Sink,
    partial: &Path,
    wished: &Path,
    about: impl FnMut(&Path) -> io::Result<()>,
) -> Result<PathBuf, String> {
    let placed = place::finish(sink.file(), partial).and_then(|()| {
        let folder = wished.parent().unwrap_or(Path::new("."));
        let name = wished.file_name().unwrap_or_default();
        place::put(partial, folder, &name.to_string_lossy(), about)
    });
    placed.map_err(|error| local(wished, &error).to_string())
}
