//! A transfer as a row.

use std::path::{Path, PathBuf};

use parlor_protocol::Time;
use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::Kept;
use crate::store::rooms::from_json;
use crate::transfer::{Direction, Purpose, Transfer, TransferFailure, TransferId, TransferState};

pub(super) const COLUMNS: &str = "id, up, room, name, path, size, done, purpose, nonce, kept, \
     modified, upload, partial, replaces, placing, file, begun, ended, state, failure";

/// A path as its bytes.
#[cfg(unix)]
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// A path as its text, which is all that there is elsewhere.
#[cfg(not(unix))]
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

/// A path from its bytes.
#[cfg(unix)]
pub(crate) fn read_path(bytes: &[u8]) -> PathBuf {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).into()
}

/// A path from its text.
#[cfg(not(unix))]
pub(crate) fn read_path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn path(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PathBuf>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        value => Some(read_path(value.as_blob()?)),
    })
}

pub(super) fn purpose_word(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Draft => "draft",
        Purpose::Message(_) => "message",
        Purpose::Listing => "listing",
    }
}

pub(super) fn nonce_of(purpose: &Purpose) -> Option<&str> {
    match purpose {
        Purpose::Message(nonce) => Some(nonce),
        Purpose::Draft | Purpose::Listing => None,
    }
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let purpose: String = row.get(7)?;
    let nonce: Option<String> = row.get(8)?;
    let state: String = row.get(18)?;
    let size = row.get(5)?;
    let state = match state.as_str() {
        "done" => TransferState::Done,
        "paused" => TransferState::Paused,
        "failed" => {
            let failure: Option<String> = row.get(19)?;
            let failure = failure.and_then(|json| serde_json::from_str(&json).ok());
            TransferState::Failed(failure.unwrap_or(TransferFailure::Lost))
        }
        _ => TransferState::Waiting,
    };
    let word: String = row.get(18)?;
    Ok(Kept {
        transfer: Transfer {
            id: TransferId(row.get(0)?),
            direction: if row.get(1)? {
                Direction::Up
            } else {
                Direction::Down
            },
            room: row.get(2)?,
            name: row.get(3)?,
            path: path(row, 4)?.unwrap_or_default(),
            size,
            done: row.get(6)?,
            purpose: match (purpose.as_str(), nonce) {
                ("draft", _) => Purpose::Draft,
                ("message", Some(nonce)) => Purpose::Message(nonce),
                _ => Purpose::Listing,
            },
            file: match row.get_ref(15)? {
                ValueRef::Null => None,
                _ => Some(from_json(row, 15)?),
            },
            begun: Time::from_millis(row.get(16)?),
            ended: row.get::<_, Option<i64>>(17)?.map(Time::from_millis),
            state,
        },
        dropped: word == "dropped",
        is_copy: row.get(9)?,
        modified: row.get(10)?,
        upload: row.get(11)?,
        partial: path(row, 12)?,
        replaces: row.get(13)?,
        placing: path(row, 14)?,
    })
}
