//! The file that goes from here: hashed, and read in large pieces on threads that may wait for
//! a disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use blake3::Hasher;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::format::{Cipher, NONCE, PIECE, SEALED_PIECE, SealKey, piece_at, pieces};
use crate::transfer::TransferFailure;
use crate::transfers::progress::Progress;
use crate::transfers::source::{local, modified};

/// Bytes read at once.
const READ: usize = 512 * 1024;

/// Pieces sealed into one part of an upload.
const TOGETHER: u64 = (READ / PIECE) as u64;

/// A local file as it was when it was hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    path: PathBuf,
    size: u64,
    modified: Option<i64>,
}

impl Source {
    /// Hashes a file of this size: what it is now, and its BLAKE3 in hexadecimal digits.
    pub(super) fn hash(
        path: &Path,
        size: u64,
        progress: &Progress,
        stop: &CancellationToken,
    ) -> Result<(Self, String), TransferFailure> {
        let failed = |error: io::Error| local(path, &error);
        let mut file = File::open(path).map_err(failed)?;
        let before = file.metadata().map_err(failed)?;
        let source = Self {
            path: path.to_owned(),
            size,
            modified: modified(&before),
        };
        if !before.is_file() {
            return Err(TransferFailure::Local(format!(
                "{} is no file",
                path.display()
            )));
        }
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; READ];
        let mut at = 0;
        loop {
            if stop.is_cancelled() {
                return Err(TransferFailure::Local("it was stopped".to_owned()));
            }
            let read = file.read(&mut buffer).map_err(failed)?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            at += read as u64;
            progress.set_done(at);
        }
        // What was written while it was read has no hash.
        source.open()?;
        Ok((source, hasher.finalize().to_hex().to_string()))
    }

    /// The file, if it is still the one that was hashed.
    fn open(&self) -> Result<File, TransferFailure> {
        let failed = |error: io::Error| local(&self.path, &error);
        let file = File::open(&self.path).map_err(failed)?;
        let now = file.metadata().map_err(failed)?;
        if now.len() != self.size || modified(&now) != self.modified {
            return Err(TransferFailure::LocalChanged(self.path.clone()));
        }
        Ok(file)
    }

    /// Reads from `offset` to the end into `parts`; stops early when nobody takes them any more.
    pub(super) fn read(
        &self,
        offset: u64,
        parts: &mpsc::Sender<Bytes>,
    ) -> Result<(), TransferFailure> {
        let mut file = self.open_at(offset)?;
        let mut at = offset;
        while at < self.size {
            let wanted = (self.size - at).min(READ as u64);
            let part = self.part(&mut file, wanted)?;
            at += wanted;
            if parts.blocking_send(part.into()).is_err() {
                return Ok(());
            }
        }
        self.open().map(drop)
    }

    /// Seals the file from `offset` of the sealed one to its end into `parts`.
    pub(super) fn seal(
        &self,
        key: &SealKey,
        offset: u64,
        parts: &mpsc::Sender<Bytes>,
    ) -> Result<(), TransferFailure> {
        let too_large = || TransferFailure::Local("it is too large to be sealed".to_owned());
        let nonce = key.nonce();
        let cipher = Cipher::new(key, &nonce, self.size).ok_or_else(too_large)?;
        let mut piece = offset.saturating_sub(NONCE as u64) / SEALED_PIECE as u64;
        let mut file = self.open_at(piece * PIECE as u64)?;
        // The part begins before the offset: with the nonce, or within a piece.
        let mut part = Vec::with_capacity(READ + READ / 16);
        let mut skip = match offset < NONCE as u64 {
            true => {
                part.extend_from_slice(&nonce);
                offset
            }
            false => offset - piece_at(piece),
        };
        while piece < pieces(self.size) {
            let end = (piece + TOGETHER).min(pieces(self.size));
            while piece < end {
                let left = self.size - piece * PIECE as u64;
                let mut sealed = self.part(&mut file, left.min(PIECE as u64))?;
                cipher.seal(piece, &mut sealed).map_err(|_| too_large())?;
                part.extend_from_slice(&sealed);
                piece += 1;
            }
            let ready = Bytes::from(std::mem::replace(
                &mut part,
                Vec::with_capacity(READ + READ / 16),
            ));
            let from = usize::try_from(skip)
                .unwrap_or(ready.len())
                .min(ready.len());
            skip = 0;
            if parts.blocking_send(ready.slice(from..)).is_err() {
                return Ok(());
            }
        }
        self.open().map(drop)
    }

    fn open_at(&self, offset: u64) -> Result<File, TransferFailure> {
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(offset))
            .map_err(|error| local(&self.path, &error))?;
        Ok(file)
    }

    /// Exactly so many bytes: fewer are a file that was cut.
    fn part(&self, file: &mut File, bytes: u64) -> Result<Vec<u8>, TransferFailure> {
        let mut part = Vec::with_capacity(usize::try_from(bytes).unwrap_or(READ) + 16);
        file.take(bytes)
            .read_to_end(&mut part)
            .map_err(|error| local(&self.path, &error))?;
        if part.len() as u64 == bytes {
            Ok(part)
        } else {
            Err(TransferFailure::LocalChanged(self.path.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::files::format::sealed_size;

    fn bytes(size: usize) -> Vec<u8> {
        (0..size).map(|n| (n % 241) as u8).collect()
    }

    fn source(path: &Path) -> (Source, String) {
        let size = std::fs::metadata(path).unwrap().len();
        Source::hash(path, size, &Progress::default(), &CancellationToken::new()).unwrap()
    }

    fn all(work: impl FnOnce(&mpsc::Sender<Bytes>) -> Result<(), TransferFailure>) -> Vec<u8> {
        let (parts, mut taken) = mpsc::channel(1_000);
        work(&parts).unwrap();
        drop(parts);
        std::iter::from_fn(|| taken.try_recv().ok())
            .flatten()
            .collect()
    }

    #[test]
    fn it_is_read_and_sealed_from_any_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        for size in [0, 1, PIECE, READ + PIECE + 5] {
            std::fs::write(&path, bytes(size)).unwrap();
            let (source, hash) = source(&path);
            assert_eq!(hash, blake3::hash(&bytes(size)).to_hex().to_string());
            let key = SealKey::new();
            let whole = all(|parts| source.seal(&key, 0, parts));
            assert_eq!(whole.len() as u64, sealed_size(size as u64));
            let places = [
                0,
                1,
                NONCE,
                NONCE + 1,
                SEALED_PIECE,
                NONCE + SEALED_PIECE,
                600_000,
            ];
            for at in places.into_iter().chain([whole.len() - 1, whole.len()]) {
                if at <= whole.len() {
                    let rest = all(|parts| source.seal(&key, at as u64, parts));
                    assert!(rest == whole[at..], "{size} from {at}");
                }
                if at <= size {
                    let rest = all(|parts| source.read(at as u64, parts));
                    assert!(rest == bytes(size)[at..], "{size} from {at}");
                }
            }
        }
    }

    #[test]
    fn what_changed_is_not_sent() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, bytes(1_000)).unwrap();
        let (source, _) = source(&path);
        let (parts, _taken) = mpsc::channel(10);
        let changed = Err(TransferFailure::LocalChanged(path.clone()));
        std::fs::write(&path, bytes(1_001)).unwrap();
        assert_eq!(source.read(0, &parts), changed);
        std::fs::write(&path, bytes(1_000)).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        assert_eq!(source.read(0, &parts), changed);
        assert_eq!(source.seal(&SealKey::new(), 0, &parts), changed);
        std::fs::remove_file(&path).unwrap();
        let missing = Err(TransferFailure::LocalMissing(path.clone()));
        assert_eq!(source.read(0, &parts), missing);
        std::fs::create_dir(&path).unwrap();
        assert!(Source::hash(&path, 0, &Progress::default(), &CancellationToken::new()).is_err());
    }
}
