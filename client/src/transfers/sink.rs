//! The partial file of a download: written in large pieces on a thread that may
//! wait for a disk, and hashed as it is written.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use blake3::Hasher;
use tokio::sync::mpsc;

use super::place::open_partial;
use super::progress::Progress;
use super::source::local;
use crate::transfer::TransferFailure;

/// Bytes read at once where what is there already is hashed.
const READ: usize = 1024 * 1024;

/// A download in the making.
#[derive(Debug)]
pub(crate) struct Sink {
    file: File,
    path: PathBuf,
    hasher: Hasher,
    at: u64,
    size: u64,
    /// Whether an earlier process wrote some of it, so that nobody here saw it come.
    pub(crate) is_inherited: bool,
}

impl Sink {
    /// Opens the partial file, and hashes what is there of it.
    pub(crate) fn open(
        path: &Path,
        size: u64,
        progress: &Progress,
    ) -> Result<Self, TransferFailure> {
        let failed = |error: io::Error| match error.kind() {
            // It would have been made: its folder is not there.
            io::ErrorKind::NotFound => TransferFailure::Local(format!(
                "the folder of {} is not there any more",
                path.display()
            )),
            _ => local(path, &error),
        };
        let mut sink = Self {
            file: open_partial(path).map_err(failed)?,
            path: path.to_owned(),
            hasher: Hasher::new(),
            at: 0,
            size,
            is_inherited: false,
        };
        if sink.file.metadata().map_err(failed)?.len() > size {
            sink.start_over()?;
        }
        let mut buffer = vec![0; READ];
        loop {
            match sink.file.read(&mut buffer).map_err(failed)? {
                0 => break,
                read => {
                    sink.hasher.update(&buffer[..read]);
                    sink.at += read as u64;
                    sink.is_inherited = true;
                    progress.set_done(sink.at);
                }
            }
        }
        Ok(sink)
    }

    /// How many bytes are there.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Drops what is there.
    pub(crate) fn start_over(&mut self) -> Result<(), TransferFailure> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)))
            .map_err(|error| local(&self.path, &error))?;
        self.hasher = Hasher::new();
        self.at = 0;
        self.is_inherited = false;
        Ok(())
    }

    /// Writes what comes until nothing more does.
    pub(crate) fn take(
        &mut self,
        pieces: &mut mpsc::Receiver<Vec<u8>>,
        progress: &Progress,
    ) -> Result<(), TransferFailure> {
        while let Some(piece) = pieces.blocking_recv() {
            self.put(&piece, progress)?;
        }
        Ok(())
    }

    /// Writes a piece after what is there.
    pub(crate) fn put(&mut self, piece: &[u8], progress: &Progress) -> Result<(), TransferFailure> {
        if self.at + piece.len() as u64 > self.size {
            return Err(TransferFailure::Damaged);
        }
        if let Err(error) = self.file.write_all(piece) {
            // A part of the piece may be written: the file ends where the hash does.
            let _ = self.file.set_len(self.at);
            let _ = self.file.seek(SeekFrom::Start(self.at));
            return Err(local(&self.path, &error));
        }
        self.hasher.update(piece);
        self.at += piece.len() as u64;
        progress.set_done(self.at);
        Ok(())
    }

    /// The hash of what is there.
    pub(crate) fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}
