//! The file that is uploaded: read in large pieces on a thread that may wait
//! for a disk, and hashed as it is read.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use blake3::Hasher;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::transfer::TransferFailure;

/// Bytes read at once.
const PIECE: usize = 512 * 1024;

/// Between the places at which the hash is kept, so that a break in a large file
/// costs reading this much again and not the whole.
const CHECKPOINT: u64 = 16 * 1024 * 1024;

/// Places kept: more than any connection has on its way, in 128 KiB of memory.
const CHECKPOINTS: usize = 64;

/// A local file as it was when its upload began.
#[derive(Debug, Clone)]
pub(crate) struct LocalFile {
    path: PathBuf,
    size: u64,
    /// None for a copy of our own, which nobody changes.
    modified: Option<i64>,
    hashed: Arc<Mutex<Hashed>>,
}

/// When a file was last changed, in nanoseconds since 1970.
pub(crate) fn modified(metadata: &std::fs::Metadata) -> Option<i64> {
    let at = metadata.modified().ok()?;
    let since = at.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok()
}

/// What the system says of a local file, for people.
pub(crate) fn local(path: &Path, error: &io::Error) -> TransferFailure {
    match error.kind() {
        io::ErrorKind::NotFound => TransferFailure::LocalMissing(path.to_owned()),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            TransferFailure::Local(format!(
                "the disk of {} is full: make room, and resume",
                path.display()
            ))
        }
        io::ErrorKind::PermissionDenied => TransferFailure::Local(format!(
            "{} may not be used: look at its permissions",
            path.display()
        )),
        _ => TransferFailure::Local(format!("{}: {error}", path.display())),
    }
}

impl LocalFile {
    pub(crate) fn new(path: PathBuf, size: u64, modified: Option<i64>) -> Self {
        Self {
            path,
            size,
            modified,
            hashed: Arc::default(),
        }
    }

    /// The file, if it is still the one that it was.
    pub(crate) fn open(&self) -> Result<File, TransferFailure> {
        let failed = |error: io::Error| local(&self.path, &error);
        let file = File::open(&self.path).map_err(failed)?;
        let now = file.metadata().map_err(failed)?;
        let touched = self.modified.is_some() && modified(&now) != self.modified;
        if now.len() != self.size || touched {
            return Err(TransferFailure::LocalChanged(self.path.clone()));
        }
        Ok(file)
    }

    /// Reads from `offset` to the end into `pieces`; stops early when nobody takes
    /// them any more. The hash goes over everything before `offset` too.
    pub(crate) fn read(
        &self,
        offset: u64,
        pieces: &mpsc::Sender<Bytes>,
    ) -> Result<(), TransferFailure> {
        let mut file = self.open()?;
        let mut hashed = self.hashed.lock().unwrap_or_else(PoisonError::into_inner);
        hashed.go_back_to(offset);
        file.seek(SeekFrom::Start(hashed.at))
            .map_err(|error| local(&self.path, &error))?;
        while hashed.at < self.size {
            if pieces.is_closed() {
                return Ok(());
            }
            // What is before the offset is read for its hash alone.
            let end = if hashed.at < offset {
                offset
            } else {
                self.size
            };
            let wanted = (end - hashed.at).min(PIECE as u64);
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut file)
                .take(wanted)
                .read_to_end(&mut piece)
                .map_err(|error| local(&self.path, &error))?;
            if read == 0 {
                return Err(TransferFailure::LocalChanged(self.path.clone()));
            }
            let is_sent = hashed.at < offset;
            hashed.add(&piece);
            if !is_sent && pieces.blocking_send(piece.into()).is_err() {
                return Ok(());
            }
        }
        // What was changed while it was read is not what was meant to be sent.
        self.open().map(drop)
    }

    /// The hash of the whole, which was read to its end, or is read now.
    pub(crate) fn hash(&self) -> Result<String, TransferFailure> {
        let (unused, _nobody) = mpsc::channel(1);
        // Everything lies before this offset, so that nothing is sent.
        self.read(self.size, &unused)?;
        let hashed = self.hashed.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(hashed.hasher.finalize().to_hex().to_string())
    }
}

/// A hash in the making, and how it was at earlier places.
#[derive(Debug, Default)]
struct Hashed {
    at: u64,
    hasher: Hasher,
    earlier: VecDeque<(u64, Hasher)>,
}

impl Hashed {
    fn add(&mut self, piece: &[u8]) {
        let last = self.earlier.back().map_or(0, |(at, _)| *at);
        if self.at - last >= CHECKPOINT {
            self.earlier.push_back((self.at, self.hasher.clone()));
            if self.earlier.len() > CHECKPOINTS {
                self.earlier.pop_front();
            }
        }
        self.hasher.update(piece);
        self.at += piece.len() as u64;
    }

    /// Forgets what was hashed beyond `offset`.
    fn go_back_to(&mut self, offset: u64) {
        if self.at <= offset {
            return;
        }
        while self.earlier.back().is_some_and(|(at, _)| *at > offset) {
            self.earlier.pop_back();
        }
        (self.at, self.hasher) = self.earlier.back().cloned().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_right_from_whatever_offset_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let bytes: Vec<u8> = (0..40_000_000u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let seen = modified(&std::fs::metadata(&path).unwrap());
        let file = LocalFile::new(path.clone(), bytes.len() as u64, seen);
        for offset in [0, 39_999_999, 20_000_000, 16_777_216, 1, 40_000_000] {
            let (pieces, mut taken) = mpsc::channel(1_000);
            file.read(offset, &pieces).unwrap();
            drop(pieces);
            let mut sent = Vec::new();
            while let Ok(piece) = taken.try_recv() {
                sent.extend_from_slice(&piece);
            }
            assert!(sent == bytes[offset as usize..], "from {offset}");
            assert_eq!(
                file.hash().unwrap(),
                blake3::hash(&bytes).to_hex().to_string()
            );
        }
        std::fs::write(&path, b"other").unwrap();
        assert_eq!(
            file.hash(),
            Err(TransferFailure::LocalChanged(path.clone()))
        );
        std::fs::remove_file(&path).unwrap();
        assert_eq!(file.hash(), Err(TransferFailure::LocalMissing(path)));
    }
}
