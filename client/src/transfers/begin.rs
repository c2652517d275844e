//! Beginning transfers, and changing them: what handles do, by way of the store.

use std::io::Write;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::Timestamp;
use parlor_protocol::{File, file_name};

use super::source::{local, modified};
use super::trouble::Trouble;
use super::{Transfers, place, tus};
use crate::outgoing::Outgoing;
use crate::store::{Ended, Kept};
use crate::transfer::{
    Direction, Purpose, SaveTo, Source, Transfer, TransferError, TransferFailure, TransferId,
    TransferState,
};

fn refused(why: &str) -> TransferError {
    TransferFailure::Refused(why.to_owned()).into()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TransferFailure> + Send + 'static,
) -> Result<T, TransferError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(TransferFailure::Local(error.to_string()).into()),
    }
}

/// A transfer that is not in the store yet.
fn new(direction: Direction, room: &str, name: String, path: PathBuf, size: u64) -> Kept {
    Kept {
        transfer: Transfer {
            id: TransferId(0),
            direction,
            room: room.to_owned(),
            name,
            path,
            size,
            done: 0,
            purpose: Purpose::Listing,
            file: None,
            begun: Timestamp::now().into(),
            ended: None,
            state: TransferState::Waiting,
        },
        dropped: false,
        is_copy: false,
        modified: None,
        upload: None,
        partial: None,
        replaces: false,
        placing: None,
    }
}

impl Transfers {
    pub(crate) async fn upload(
        &self,
        room: &str,
        source: Source,
        purpose: Purpose,
    ) -> Result<Transfer, TransferError> {
        let room = room.to_owned();
        let limit = self.standing.borrow().file_bytes;
        let copies = self.files.copies();
        let mut kept = blocking(move || match source {
            Source::Path(path) => of_path(&room, &path, limit),
            Source::Bytes { name, bytes } => {
                let size = bytes.len() as u64;
                check_size(size, limit)?;
                let copies = copies.map_err(|error| TransferFailure::Local(error.to_string()))?;
                let copy = copies.join(crate::random::hex(8));
                write_copy(&copy, &bytes).map_err(|error| local(&copy, &error))?;
                let mut kept = new(Direction::Up, &room, file_name::clean(&name), copy, size);
                kept.is_copy = true;
                Ok(kept)
            }
        })
        .await?;
        kept.transfer.purpose = purpose;
        self.begin(kept).await
    }

    async fn begin(&self, kept: Kept) -> Result<Transfer, TransferError> {
        let begun = self.store.begin_transfer(kept).await?;
        self.wake();
        Ok(begun.transfer)
    }

    pub(crate) async fn download(
        &self,
        file: &File,
        to: SaveTo,
    ) -> Result<Transfer, TransferError> {
        let is_hash = file.blake3.len() == 64 && file.blake3.bytes().all(|b| b.is_ascii_hexdigit());
        if !tus::is_file_id(&file.id) || !is_hash {
            return Err(refused("the server gave an answer that does not fit"));
        }
        // The server is not trusted with what is written here.
        let name = file_name::clean(&file.name);
        let wished = name.clone();
        let (path, replaces) = blocking(move || destination(to, &wished)).await?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let partial = place::partial(folder, &name);
        let mut kept = new(Direction::Down, &file.room, name, path, file.size);
        kept.partial = Some(partial);
        kept.replaces = replaces;
        kept.transfer.file = Some(file.clone());
        self.begin(kept).await
    }

    pub(crate) async fn pause(&self, id: TransferId) -> Result<(), TransferError> {
        let known = self.store.pause_transfer(id).await?;
        self.wake();
        known.then_some(()).ok_or(TransferError::NoSuchTransfer)
    }

    /// Lets one go on; gives back the message that waits for it again.
    pub(crate) async fn resume(&self, id: TransferId) -> Result<Option<Outgoing>, TransferError> {
        let resumed = self.store.resume_transfer(id).await?;
        self.wake();
        resumed.ok_or(TransferError::NoSuchTransfer)
    }

    pub(crate) async fn cancel(&self, id: TransferId) -> Result<Ended, TransferError> {
        let ended = self.store.cancel_transfer(id).await?;
        self.wake();
        ended.ok_or(TransferError::NoSuchTransfer)
    }

    pub(crate) async fn clear(&self) -> Result<(), TransferError> {
        self.store.clear_transfers().await?;
        self.wake();
        Ok(())
    }

    /// What the server says of a file.
    pub(crate) async fn file(&self, id: &str) -> Result<File, TransferError> {
        if !tus::is_file_id(id) {
            return Err(TransferFailure::Gone.into());
        }
        let asking = async { tus::head(&mut self.caller.open().await?, id).await };
        asking.await.map_err(failure)
    }

    pub(crate) async fn preview(&self, file: &File, at_most: u64) -> Result<Bytes, TransferError> {
        let online = self.standing.borrow().online;
        self.previews.get(file, at_most, online).await
    }
}

/// What a call that is not tried again failed for.
pub(super) fn failure(trouble: Trouble) -> TransferError {
    match trouble {
        Trouble::Over(failure) | Trouble::Busy(_, failure) => failure.into(),
        Trouble::Broken(_) => TransferError::Offline,
        Trouble::Wait(_) | Trouble::Anew => {
            refused("the server asks to wait: try again in a moment")
        }
    }
}

fn check_size(size: u64, limit: Option<u64>) -> Result<(), TransferFailure> {
    match limit {
        Some(0) => Err(TransferFailure::Forbidden(
            "this server takes no files".to_owned(),
        )),
        Some(limit) if size > limit => Err(TransferFailure::TooLarge { limit }),
        _ => Ok(()),
    }
}

fn of_path(room: &str, path: &Path, limit: Option<u64>) -> Result<Kept, TransferFailure> {
    let failed = |error: std::io::Error| local(path, &error);
    let path = std::path::absolute(path).map_err(failed)?;
    // Opened, for one may see a file that one may not read.
    let metadata = std::fs::metadata(&path).map_err(failed)?;
    if !metadata.is_file() {
        let what = format!("{} is no file", path.display());
        return Err(TransferFailure::Local(what));
    }
    std::fs::File::open(&path).map_err(failed)?;
    check_size(metadata.len(), limit)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = file_name::clean(&name);
    let mut kept = new(Direction::Up, room, name, path, metadata.len());
    kept.modified = modified(&metadata);
    Ok(kept)
}

fn write_copy(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = place::open_partial(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Where a download goes, and whether it replaces what is there.
fn destination(to: SaveTo, name: &str) -> Result<(PathBuf, bool), TransferFailure> {
    let (path, replaces) = match to {
        SaveTo::Folder(folder) => (folder.join(name), false),
        SaveTo::Path(path) => (path, true),
    };
    let path = std::path::absolute(&path).map_err(|error| local(&path, &error))?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        let what = format!("{} is no folder", folder.display());
        return Err(TransferFailure::Local(what));
    }
    if replaces && (path.is_dir() || path.file_name().is_none()) {
        let what = format!("{} is a folder", path.display());
        return Err(TransferFailure::Local(what));
    }
    Ok((path, replaces))
}
