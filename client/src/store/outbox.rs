//! Messages that the user wrote and the server has not said to keep yet.

use parlor_protocol::Time;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::instance::Instance;
use super::rooms::{from_json, to_json};
use super::transfers;
use crate::outgoing::{Failure, Outgoing, OutgoingState};
use crate::transfer::TransferId;

/// An entry and its place in line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Queued {
    pub(crate) id: i64,
    pub(crate) outgoing: Outgoing,
    /// Whether it waits for its uploads, so that it is not in line yet.
    pub(crate) held: bool,
}

const COLUMNS: &str = "id, nonce, room, text, reply_to, written, failure, files, held";

fn read(row: &Row<'_>) -> rusqlite::Result<Queued> {
    let failure: Option<String> = row.get(6)?;
    Ok(Queued {
        id: row.get(0)?,
        outgoing: Outgoing {
            nonce: row.get(1)?,
            room: row.get(2)?,
            text: row.get(3)?,
            reply_to: row.get(4)?,
            files: from_json::<Vec<i64>>(row, 7)?
                .into_iter()
                .map(TransferId)
                .collect(),
            written: Time::from_millis(row.get(5)?),
            state: match failure.and_then(|json| serde_json::from_str(&json).ok()) {
                Some(failure) => OutgoingState::Failed(failure),
                None => OutgoingState::Waiting,
            },
        },
        held: row.get(8)?,
    })
}

pub(super) fn by_nonce(tx: &Transaction<'_>, nonce: &str) -> rusqlite::Result<Option<Queued>> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE nonce = ?1"))?
        .query_row([nonce], read)
        .optional()
}

/// Puts an entry at the end. One with the same nonce is the same message: it
/// stays where it is, and waits again if it had failed.
pub(super) fn insert(
    tx: &Transaction<'_>,
    owner: &str,
    outgoing: &Outgoing,
) -> rusqlite::Result<()> {
    if retry(tx, owner, &outgoing.nonce)? {
        return Ok(());
    }
    append(tx, owner, outgoing, false)
}

fn append(
    tx: &Transaction<'_>,
    owner: &str,
    outgoing: &Outgoing,
    held: bool,
) -> rusqlite::Result<()> {
    let files: Vec<i64> = outgoing.files.iter().map(|id| id.0).collect();
    tx.prepare_cached(
        "INSERT INTO outbox (nonce, room, text, reply_to, written, owner, files, held)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        outgoing.nonce,
        outgoing.room,
        outgoing.text,
        outgoing.reply_to,
        outgoing.written.as_millis(),
        owner,
        to_json(&files)?,
        held
    ])?;
    Ok(())
}

/// Puts an entry at the end, in line or held.
pub(super) fn put_last(
    tx: &Transaction<'_>,
    owner: &str,
    outgoing: &Outgoing,
    held: bool,
) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM outbox WHERE nonce = ?1")?
        .execute([&outgoing.nonce])?;
    append(tx, owner, outgoing, held)
}

/// All entries of an owner, failed ones too, in line.
pub(super) fn of(tx: &Transaction<'_>, owner: &str) -> rusqlite::Result<Vec<Outgoing>> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox WHERE owner = ?1 ORDER BY id"
    ))?
    .query_map([owner], |row| Ok(read(row)?.outgoing))?
    .collect()
}

/// The entries of an owner that wait, after the one with number `after`.
pub(super) fn waiting(
    tx: &Transaction<'_>,
    owner: &str,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Queued>> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox
         WHERE owner = ?1 AND id > ?2 AND failure IS NULL AND held = 0 ORDER BY id LIMIT ?3"
    ))?
    .query_map(params![owner, after, limit as i64], read)?
    .collect()
}

/// Takes over the entries whose owners run no more; those that wait for uploads
/// only together with the transfers.
pub(super) fn claim_abandoned(
    tx: &Transaction<'_>,
    instance: &Instance,
    transfers: bool,
) -> rusqlite::Result<Vec<Queued>> {
    let owners: Vec<String> = tx
        .prepare_cached("SELECT DISTINCT owner FROM outbox WHERE owner <> ?1")?
        .query_map([instance.id()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut claimed = Vec::new();
    for owner in owners {
        if instance.may_take_from(&owner) {
            let entries: Vec<Queued> = tx
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM outbox WHERE owner = ?1 AND (held = 0 OR ?2) ORDER BY id"
                ))?
                .query_map(params![owner, transfers], read)?
                .collect::<rusqlite::Result<_>>()?;
            tx.prepare_cached(
                "UPDATE outbox SET owner = ?1 WHERE owner = ?2 AND (held = 0 OR ?3)",
            )?
            .execute(params![instance.id(), owner, transfers])?;
            claimed.extend(entries);
        }
    }
    claimed.sort_by_key(|entry| entry.id);
    Ok(claimed)
}

/// A failed entry waits again, at the end of the line.
pub(super) fn retry(tx: &Transaction<'_>, owner: &str, nonce: &str) -> rusqlite::Result<bool> {
    let Some(entry) = by_nonce(tx, nonce)? else {
        return Ok(false);
    };
    if entry.outgoing.state == OutgoingState::Waiting {
        return Ok(true);
    }
    let held = transfers::go_on(tx, owner, &entry.outgoing.files)?;
    put_last(tx, owner, &entry.outgoing, held)?;
    Ok(true)
}

pub(super) fn fail(
    tx: &Transaction<'_>,
    nonce: &str,
    failure: &Failure,
) -> rusqlite::Result<Option<Outgoing>> {
    tx.prepare_cached("UPDATE outbox SET failure = ?2 WHERE nonce = ?1")?
        .execute([nonce, &to_json(failure)?])?;
    Ok(by_nonce(tx, nonce)?.map(|entry| entry.outgoing))
}

/// Removes an entry, whoever owns it: the server has kept it.
pub(super) fn complete(tx: &Transaction<'_>, nonce: &str) -> rusqlite::Result<Option<Outgoing>> {
    let Some(entry) = by_nonce(tx, nonce)? else {
        return Ok(None);
    };
    tx.prepare_cached("DELETE FROM outbox WHERE nonce = ?1")?
        .execute([nonce])?;
    Ok(Some(entry.outgoing))
}

/// Removes an entry of this session's or of one that runs no more.
pub(super) fn discard(
    tx: &Transaction<'_>,
    instance: &Instance,
    nonce: &str,
) -> rusqlite::Result<Option<Outgoing>> {
    let owner: Option<String> = tx
        .prepare_cached("SELECT owner FROM outbox WHERE nonce = ?1")?
        .query_row([nonce], |row| row.get(0))
        .optional()?;
    match owner {
        Some(owner) if owner == instance.id() || instance.may_take_from(&owner) => {
            let mut taken = complete(tx, nonce)?;
            if let Some(outgoing) = &mut taken {
                outgoing.state = OutgoingState::Discarded;
                for id in &outgoing.files {
                    transfers::drop_upload(tx, instance.owner(), *id)?;
                }
            }
            Ok(taken)
        }
        _ => Ok(None),
    }
}

pub(super) fn release(tx: &Transaction<'_>, owner: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE outbox SET owner = ?2 WHERE owner = ?1")?
        .execute([owner, super::instance::NOBODY])?;
    Ok(())
}
