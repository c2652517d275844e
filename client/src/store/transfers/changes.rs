//! What happens to transfers, and to the messages that wait for them.

use std::path::Path;

use jiff::Timestamp;
use parlor_protocol::{Code, ErrorLine, File, Time};
use rusqlite::{Transaction, params};

use super::row::{COLUMNS, nonce_of, path_bytes, purpose_word, read};
use super::{Kept, OVER, failure_json, get, mine, prune, remove};
use crate::outgoing::{Failure, Nonce, Outgoing, OutgoingState};
use crate::store::instance::Instance;
use crate::store::outbox;
use crate::store::rooms::to_json;
use crate::transfer::{Direction, Purpose, Transfer, TransferFailure, TransferId, TransferState};

/// What the end of a transfer led to.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// The message that waited for it, if it failed or was taken back.
    pub(crate) outgoing: Vec<Outgoing>,
    /// Whether a message came into line.
    pub(crate) ready: bool,
}

/// How files were given to a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Attached {
    Done,
    /// One of them is not there, not of this room, or not a draft.
    NoSuch(TransferId),
}

/// Begins a transfer. The same upload to a room's files, or the same download to the
/// same place, that was cut goes on instead, for that is what is meant by asking again.
pub(in crate::store) fn begin(
    tx: &Transaction<'_>,
    instance: &Instance,
    new: &Kept,
) -> rusqlite::Result<Kept> {
    if let Some(id) = same(tx, new)?
        && mine(tx, instance, id)?.is_some()
    {
        resume(tx, instance, id)?;
        if let Some(kept) = get(tx, id)? {
            return Ok(kept);
        }
    }
    let transfer = &new.transfer;
    let file = transfer.file.as_ref().map(to_json).transpose()?;
    tx.prepare_cached(
        "INSERT INTO transfers (owner, up, room, name, path, size, purpose, nonce, kept, modified,
             partial, replaces, file, begun, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'waiting')",
    )?
    .execute(params![
        instance.owner(),
        transfer.direction == Direction::Up,
        transfer.room,
        transfer.name,
        path_bytes(&transfer.path),
        transfer.size,
        purpose_word(&transfer.purpose),
        nonce_of(&transfer.purpose),
        new.is_copy,
        new.modified,
        new.partial.as_deref().map(path_bytes),
        new.replaces,
        file,
        transfer.begun.as_millis(),
    ])?;
    let id = TransferId(tx.last_insert_rowid());
    Ok(get(tx, id)?.unwrap_or_else(|| new.clone()))
}

/// An unfinished transfer that is the same as `new`.
fn same(tx: &Transaction<'_>, new: &Kept) -> rusqlite::Result<Option<TransferId>> {
    if new.transfer.purpose != Purpose::Listing || new.is_copy {
        return Ok(None);
    }
    let unfinished: Vec<Kept> = tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM transfers WHERE state IN ('waiting', 'paused', 'failed')
             AND purpose = 'listing' AND path = ?1 ORDER BY id DESC"
        ))?
        .query_map([path_bytes(&new.transfer.path)], read)?
        .collect::<rusqlite::Result<_>>()?;
    let hash = |kept: &Kept| kept.transfer.file.as_ref().map(|file| file.id.clone());
    let is_same = |old: &Kept| {
        old.transfer.direction == new.transfer.direction
            && old.transfer.size == new.transfer.size
            && old.modified == new.modified
            && old.replaces == new.replaces
            && hash(old) == hash(new)
            && (old.transfer.direction == Direction::Down || old.transfer.room == new.transfer.room)
            && !matches!(&old.transfer.state, TransferState::Failed(failure) if !failure.is_retryable())
    };
    Ok(unfinished.into_iter().find(is_same).map(|kept| kept.id()))
}

fn set_state(tx: &Transaction<'_>, id: TransferId, state: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE transfers SET state = ?2, failure = NULL, ended = NULL WHERE id = ?1",
    )?
    .execute(params![id.0, state])?;
    Ok(())
}

/// Stops one for now; `false` if there is none.
pub(in crate::store) fn pause(
    tx: &Transaction<'_>,
    instance: &Instance,
    id: TransferId,
) -> rusqlite::Result<bool> {
    let Some(kept) = mine(tx, instance, id)?.filter(|kept| !kept.dropped) else {
        return Ok(false);
    };
    if kept.transfer.state == TransferState::Waiting {
        set_state(tx, id, "paused")?;
    }
    Ok(true)
}

/// Lets one go on; `None` if there is none. A message that failed with it waits again.
pub(in crate::store) fn resume(
    tx: &Transaction<'_>,
    instance: &Instance,
    id: TransferId,
) -> rusqlite::Result<Option<Option<Outgoing>>> {
    let Some(kept) = mine(tx, instance, id)?.filter(|kept| !kept.dropped) else {
        return Ok(None);
    };
    let failed = matches!(kept.transfer.state, TransferState::Failed(_));
    if failed || kept.transfer.state == TransferState::Paused {
        set_state(tx, id, "waiting")?;
    }
    if failed && let Purpose::Message(nonce) = &kept.transfer.purpose {
        outbox::retry(tx, instance.owner(), nonce)?;
        return Ok(Some(
            outbox::by_nonce(tx, nonce)?.map(|entry| entry.outgoing),
        ));
    }
    Ok(Some(None))
}

/// Lets the uploads of a message go on that stopped; says whether it has to wait for any.
pub(in crate::store) fn go_on(
    tx: &Transaction<'_>,
    owner: &str,
    ids: &[TransferId],
) -> rusqlite::Result<bool> {
    let mut held = false;
    for id in ids {
        let Some(kept) = get(tx, *id)? else {
            continue;
        };
        if kept.transfer.state != TransferState::Done {
            held = true;
            set_state(tx, *id, "waiting")?;
            tx.prepare_cached("UPDATE transfers SET owner = ?2 WHERE id = ?1")?
                .execute(params![id.0, owner])?;
        }
    }
    Ok(held)
}

/// Puts a message with files into the outbox, where it waits for those that are on their way.
pub(in crate::store) fn attach(
    tx: &Transaction<'_>,
    instance: &Instance,
    outgoing: &Outgoing,
) -> rusqlite::Result<Attached> {
    for id in &outgoing.files {
        let fits = mine(tx, instance, *id)?.is_some_and(|kept| {
            let free = match &kept.transfer.purpose {
                Purpose::Draft => true,
                Purpose::Message(nonce) => *nonce == outgoing.nonce,
                Purpose::Listing => false,
            };
            free && !kept.dropped
                && kept.transfer.direction == Direction::Up
                && kept.transfer.room == outgoing.room
        });
        if !fits {
            return Ok(Attached::NoSuch(*id));
        }
    }
    for id in &outgoing.files {
        tx.prepare_cached("UPDATE transfers SET purpose = 'message', nonce = ?2 WHERE id = ?1")?
            .execute(params![id.0, outgoing.nonce])?;
    }
    let held = go_on(tx, instance.owner(), &outgoing.files)?;
    outbox::put_last(tx, instance.owner(), outgoing, held)?;
    Ok(Attached::Done)
}

fn end(
    tx: &Transaction<'_>,
    id: TransferId,
    state: &str,
    failure: Option<&TransferFailure>,
) -> rusqlite::Result<()> {
    let now: Time = Timestamp::now().into();
    let failure = failure.map(failure_json).transpose()?;
    tx.prepare_cached("UPDATE transfers SET state = ?2, failure = ?3, ended = ?4 WHERE id = ?1")?
        .execute(params![id.0, state, failure, now.as_millis()])?;
    Ok(())
}

/// One is whole; a message for which it was the last comes into line.
pub(in crate::store) fn done(
    tx: &Transaction<'_>,
    instance: &Instance,
    id: TransferId,
    file: &File,
    path: Option<&Path>,
) -> rusqlite::Result<Ended> {
    let mut ended = Ended::default();
    let Some(kept) = get(tx, id)? else {
        return Ok(ended);
    };
    tx.prepare_cached(
        "UPDATE transfers SET file = ?2, done = size, path = ifnull(?3, path), placing = NULL,
             kept = 0 WHERE id = ?1",
    )?
    .execute(params![id.0, to_json(file)?, path.map(path_bytes)])?;
    if kept.dropped {
        if kept.transfer.direction == Direction::Down {
            remove(tx, id)?;
        }
        return Ok(ended);
    }
    end(tx, id, "done", None)?;
    if let Purpose::Message(nonce) = &kept.transfer.purpose {
        ended.ready = into_line(tx, instance, nonce)?;
    }
    prune(tx, instance.owner())?;
    Ok(ended)
}

/// Lets a message into line if it waits for nothing more.
fn into_line(tx: &Transaction<'_>, instance: &Instance, nonce: &Nonce) -> rusqlite::Result<bool> {
    let Some(entry) = outbox::by_nonce(tx, nonce)?.filter(|entry| entry.held) else {
        return Ok(false);
    };
    for id in &entry.outgoing.files {
        if get(tx, *id)?.is_some_and(|kept| kept.transfer.state != TransferState::Done) {
            return Ok(false);
        }
    }
    if entry.outgoing.state == OutgoingState::Waiting {
        outbox::put_last(tx, instance.owner(), &entry.outgoing, false)?;
    }
    Ok(true)
}

/// One has failed, and with it the message that waited for it.
pub(in crate::store) fn failed(
    tx: &Transaction<'_>,
    id: TransferId,
    bytes: u64,
    failure: &TransferFailure,
) -> rusqlite::Result<Ended> {
    let mut ended = Ended::default();
    super::set_done(tx, id, bytes)?;
    let Some(kept) = get(tx, id)?.filter(|kept| !kept.dropped) else {
        return Ok(ended);
    };
    end(tx, id, "failed", Some(failure))?;
    if let Purpose::Message(nonce) = &kept.transfer.purpose {
        let failure = message_failure(&kept.transfer, failure);
        ended.outgoing.extend(outbox::fail(tx, nonce, &failure)?);
    }
    Ok(ended)
}

/// What the failure of an upload means for its message.
fn message_failure(transfer: &Transfer, failure: &TransferFailure) -> Failure {
    let code = match failure {
        TransferFailure::Forbidden(_) | TransferFailure::TooLarge { .. } => Code::Forbidden,
        TransferFailure::ServerFull | TransferFailure::Quota(_) => Code::StorageUnavailable,
        TransferFailure::Gone
        | TransferFailure::LocalMissing(_)
        | TransferFailure::LocalChanged(_) => Code::NoSuchFile,
        _ => Code::Internal,
    };
    let message = format!("{} was not uploaded: {failure}.", transfer.name);
    Failure {
        error: ErrorLine::new(code, &message),
        retryable: failure.is_retryable(),
    }
}

/// Gives one up. `None`: there is none, or it goes with a message that is on its way.
pub(in crate::store) fn cancel(
    tx: &Transaction<'_>,
    instance: &Instance,
    id: TransferId,
) -> rusqlite::Result<Option<Ended>> {
    let Some(kept) = mine(tx, instance, id)?.filter(|kept| !kept.dropped) else {
        return Ok(None);
    };
    let is_done = kept.transfer.state == TransferState::Done;
    let entry = match &kept.transfer.purpose {
        Purpose::Message(nonce) => outbox::by_nonce(tx, nonce)?,
        Purpose::Draft | Purpose::Listing => None,
    };
    let Some(entry) = entry else {
        if is_done && kept.transfer.purpose != Purpose::Draft {
            remove(tx, id)?;
        } else {
            set_state(tx, id, "dropped")?;
        }
        return Ok(Some(Ended::default()));
    };
    if !entry.held && entry.outgoing.state == OutgoingState::Waiting {
        return Ok(None);
    }
    set_state(tx, id, "dropped")?;
    let mut outgoing = entry.outgoing;
    outgoing.files.retain(|file| *file != id);
    let mut ended = Ended::default();
    if outgoing.files.is_empty() && outgoing.text.is_empty() {
        outbox::complete(tx, &outgoing.nonce)?;
        outgoing.state = OutgoingState::Discarded;
    } else {
        // What made it fail may have been this file.
        let held = go_on(tx, instance.owner(), &outgoing.files)?;
        outbox::put_last(tx, instance.owner(), &outgoing, held)?;
        outgoing.state = OutgoingState::Waiting;
        ended.ready = !held;
    }
    ended.outgoing.push(outgoing);
    Ok(Some(ended))
}

/// Gives up an upload whose message was taken back.
pub(in crate::store) fn drop_upload(
    tx: &Transaction<'_>,
    owner: &str,
    id: TransferId,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE transfers SET state = 'dropped', owner = ?2, nonce = NULL WHERE id = ?1",
    )?
    .execute(params![id.0, owner])?;
    Ok(())
}

/// Clears the history of what is done.
pub(in crate::store) fn clear(tx: &Transaction<'_>, owner: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(&format!(
        "DELETE FROM transfers WHERE state = 'done' AND {OVER}"
    ))?
    .execute([owner])?;
    Ok(())
}
