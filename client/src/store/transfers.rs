//! Transfers, so that they go on over every break and restart.
//!
//! As outbox entries do, each belongs to the session that runs it, and is
//! taken over once that one runs no more. What runs is `waiting` here; that it
//! runs is known only to who runs it.

mod changes;
mod row;

use std::path::PathBuf;

use parlor_protocol::File;
use rusqlite::{OptionalExtension, Transaction, params};

pub(crate) use changes::{Attached, Ended};
pub(super) use changes::{
    attach, begin, cancel, clear, done, drop_upload, failed, go_on, pause, resume,
};
use row::{COLUMNS, read};
pub(crate) use row::{path_bytes, read_path};

use super::instance::{Instance, NOBODY};
use super::rooms::{from_json, to_json};
use crate::transfer::{Transfer, TransferId, TransferState};

/// Transfers that are over and kept as history; the oldest make room.
const HISTORY: usize = 200;

/// A transfer, and what is known of it here alone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    /// What its user sees of it.
    pub(crate) transfer: Transfer,
    /// Whether it is gone for its user.
    pub(crate) dropped: bool,
    /// Whether its source is a copy in the account's folder, to be removed afterwards.
    pub(crate) is_copy: bool,
    /// When the file to upload was last changed, in nanoseconds.
    pub(crate) modified: Option<i64>,
    /// The upload's id at the server.
    pub(crate) upload: Option<String>,
    /// Where the bytes of a download are kept until it is whole.
    pub(crate) partial: Option<PathBuf>,
    /// Whether a download replaces what stands in its place.
    pub(crate) replaces: bool,
    /// Where a whole download was about to be put.
    pub(crate) placing: Option<PathBuf>,
}

impl Kept {
    pub(crate) fn id(&self) -> TransferId {
        self.transfer.id
    }

    /// Whether there is something to do for it.
    pub(crate) fn is_to_run(&self) -> bool {
        self.dropped || self.transfer.state == TransferState::Waiting
    }
}

pub(super) fn get(tx: &Transaction<'_>, id: TransferId) -> rusqlite::Result<Option<Kept>> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM transfers WHERE id = ?1"))?
        .query_row([id.0], read)
        .optional()
}

/// One that this session may change: its own, or one that nobody runs, which it takes over.
fn mine(
    tx: &Transaction<'_>,
    instance: &Instance,
    id: TransferId,
) -> rusqlite::Result<Option<Kept>> {
    let owner: Option<String> = tx
        .prepare_cached("SELECT owner FROM transfers WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    match owner {
        Some(owner) if owner == instance.owner() => get(tx, id),
        Some(owner) if instance.may_take_from(&owner) => {
            tx.prepare_cached("UPDATE transfers SET owner = ?2 WHERE id = ?1")?
                .execute(params![id.0, instance.owner()])?;
            get(tx, id)
        }
        _ => Ok(None),
    }
}

/// All of an owner's, the oldest first; those that are dropped too.
pub(super) fn of(tx: &Transaction<'_>, owner: &str) -> rusqlite::Result<Vec<Kept>> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM transfers WHERE owner = ?1 ORDER BY id"
    ))?
    .query_map([owner], read)?
    .collect()
}

/// Takes over what sessions that run no more have left: everything, or only what is
/// dropped and still has to be removed.
pub(super) fn claim_abandoned(
    tx: &Transaction<'_>,
    instance: &Instance,
    everything: bool,
) -> rusqlite::Result<()> {
    let owners: Vec<String> = tx
        .prepare_cached("SELECT DISTINCT owner FROM transfers WHERE owner <> ?1")?
        .query_map([instance.id()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for owner in owners {
        if instance.may_take_from(&owner) {
            tx.prepare_cached(
                "UPDATE transfers SET owner = ?1 WHERE owner = ?2 AND (?3 OR state = 'dropped')",
            )?
            .execute(params![instance.id(), owner, everything])?;
        }
    }
    prune(tx, instance.id())
}

pub(super) fn release(tx: &Transaction<'_>, owner: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE transfers SET owner = ?2 WHERE owner = ?1")?
        .execute([owner, NOBODY])?;
    Ok(())
}

pub(super) fn remove(tx: &Transaction<'_>, id: TransferId) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM transfers WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}

pub(super) fn set_upload(
    tx: &Transaction<'_>,
    id: TransferId,
    upload: Option<&str>,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE transfers SET upload = ?2 WHERE id = ?1")?
        .execute(params![id.0, upload])?;
    Ok(())
}

pub(super) fn set_placing(
    tx: &Transaction<'_>,
    id: TransferId,
    placing: &std::path::Path,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE transfers SET placing = ?2 WHERE id = ?1")?
        .execute(params![id.0, path_bytes(placing)])?;
    Ok(())
}

pub(super) fn set_done(tx: &Transaction<'_>, id: TransferId, bytes: u64) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE transfers SET done = min(size, ?2) WHERE id = ?1")?
        .execute(params![id.0, bytes])?;
    Ok(())
}

/// The ids of a message's files at the server, in order; those that are whole.
pub(super) fn file_ids(tx: &Transaction<'_>, ids: &[TransferId]) -> rusqlite::Result<Vec<String>> {
    let mut files = Vec::with_capacity(ids.len());
    for id in ids {
        let file: Option<Option<File>> = tx
            .prepare_cached("SELECT file FROM transfers WHERE id = ?1")?
            .query_row([id.0], |row| match row.get_ref(0)? {
                rusqlite::types::ValueRef::Null => Ok(None),
                _ => from_json(row, 0).map(Some),
            })
            .optional()?;
        files.extend(file.flatten().map(|file| file.id));
    }
    Ok(files)
}

/// What of an owner's is over: done, and neither a draft nor in a message that waits.
const OVER: &str = "owner = ?1 AND state IN ('done', 'failed') AND purpose <> 'draft'
    AND (nonce IS NULL OR nonce NOT IN (SELECT nonce FROM outbox))";

/// Bounds the history. What failed has left something that must be removed with it.
fn prune(tx: &Transaction<'_>, owner: &str) -> rusqlite::Result<()> {
    let oldest = format!(
        "id IN (SELECT id FROM transfers WHERE {OVER}
                ORDER BY ended DESC, id DESC LIMIT -1 OFFSET ?2)"
    );
    for change in [
        "UPDATE transfers SET state = 'dropped' WHERE state = 'failed' AND",
        "DELETE FROM transfers WHERE state = 'done' AND",
    ] {
        tx.prepare_cached(&format!("{change} {oldest}"))?
            .execute(params![owner, HISTORY as i64])?;
    }
    Ok(())
}

/// The copies that are still to be uploaded.
pub(super) fn copies(tx: &Transaction<'_>) -> rusqlite::Result<Vec<PathBuf>> {
    tx.prepare_cached("SELECT path FROM transfers WHERE kept = 1")?
        .query_map([], |row| Ok(read_path(row.get_ref(0)?.as_blob()?)))?
        .collect()
}

/// The partial files of downloads that are not whole.
pub(super) fn partials(tx: &Transaction<'_>) -> rusqlite::Result<Vec<PathBuf>> {
    tx.prepare_cached(
        "SELECT partial FROM transfers WHERE partial IS NOT NULL AND state <> 'done'",
    )?
    .query_map([], |row| Ok(read_path(row.get_ref(0)?.as_blob()?)))?
    .collect()
}

/// The words of the `failure` column.
fn failure_json(failure: &crate::transfer::TransferFailure) -> rusqlite::Result<String> {
    to_json(failure)
}
