//! The rooms one is in, how far their logs were followed and read, and drafts.

use std::collections::BTreeMap;

use parlor_protocol::Room;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ranges;
use crate::event::RoomState;

/// Unread messages are counted up to here: beyond it nobody reads the number,
/// and counting costs.
const COUNTED: u64 = 1_000;

pub(super) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

pub(super) fn to_json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// A room as it is kept.
pub(super) struct Kept {
    pub(super) room: Room,
    pub(super) cursor: u64,
    pub(super) read_seq: u64,
    pub(super) read_told: u64,
}

pub(super) fn get(tx: &Transaction<'_>, room: &str) -> rusqlite::Result<Option<Kept>> {
    tx.prepare_cached("SELECT body, cursor, read_seq, read_told FROM rooms WHERE room = ?1")?
        .query_row([room], |row| {
            Ok(Kept {
                room: from_json(row, 0)?,
                cursor: row.get(1)?,
                read_seq: row.get(2)?,
                read_told: row.get(3)?,
            })
        })
        .optional()
}

pub(super) fn put(tx: &Transaction<'_>, kept: &Kept) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO rooms (room, body, cursor, read_seq, read_told)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        kept.room.room,
        to_json(&kept.room)?,
        kept.cursor,
        kept.read_seq,
        kept.read_told
    ])?;
    Ok(())
}

pub(super) fn cursor(tx: &Transaction<'_>, room: &str) -> rusqlite::Result<Option<u64>> {
    tx.prepare_cached("SELECT cursor FROM rooms WHERE room = ?1")?
        .query_row([room], |row| row.get(0))
        .optional()
}

pub(super) fn cursors(tx: &Transaction<'_>) -> rusqlite::Result<BTreeMap<String, u64>> {
    tx.prepare_cached("SELECT room, cursor FROM rooms")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Drops a room with all its items. Its draft stays: the user wrote it.
pub(super) fn remove(tx: &Transaction<'_>, room: &str) -> rusqlite::Result<()> {
    clear(tx, room)?;
    tx.prepare_cached("DELETE FROM rooms WHERE room = ?1")?
        .execute([room])?;
    Ok(())
}

/// Drops all items of a room.
pub(super) fn clear(tx: &Transaction<'_>, room: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM items WHERE room = ?1")?
        .execute([room])?;
    tx.prepare_cached("DELETE FROM ranges WHERE room = ?1")?
        .execute([room])?;
    Ok(())
}

/// Takes in a room as the server now has it. What is known of it goes if it is
/// another room under the same name; says whether that was so.
pub(super) fn take_in(tx: &Transaction<'_>, room: &Room) -> rusqlite::Result<bool> {
    let before = get(tx, &room.room)?;
    let mut anew = false;
    let kept = match before {
        Some(before) => {
            anew = before.room.created.is_some() && before.room.created != room.created;
            if anew {
                clear(tx, &room.room)?;
            }
            Kept {
                cursor: if anew {
                    before.cursor.min(room.last_seq)
                } else {
                    before.cursor
                },
                read_seq: if anew {
                    room.read_seq
                } else {
                    room.read_seq.max(before.read_seq)
                },
                read_told: room.read_seq,
                room: room.clone(),
            }
        }
        None => Kept {
            cursor: room.last_seq,
            read_seq: room.read_seq,
            read_told: room.read_seq,
            room: room.clone(),
        },
    };
    put(tx, &kept)?;
    Ok(anew)
}

pub(super) fn states(tx: &Transaction<'_>, me: &str) -> rusqlite::Result<Vec<RoomState>> {
    let names: Vec<String> = tx
        .prepare_cached("SELECT room FROM rooms ORDER BY room")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut states = Vec::with_capacity(names.len());
    for name in names {
        states.extend(state(tx, me, &name)?);
    }
    Ok(states)
}

/// A room as the app should show it.
pub(super) fn state(
    tx: &Transaction<'_>,
    me: &str,
    room: &str,
) -> rusqlite::Result<Option<RoomState>> {
    let Some(kept) = get(tx, room)? else {
        return Ok(None);
    };
    let (read, cursor) = (kept.read_seq, kept.cursor);
    let (counted, mentioned): (u64, u64) = tx
        .prepare_cached(
            "SELECT count(*), coalesce(sum(mentions_me), 0) FROM (
                 SELECT mentions_me FROM items
                 WHERE room = ?1 AND seq > ?2 AND system = 0 AND deleted = 0 AND author <> ?3
                 LIMIT ?4)",
        )?
        .query_row(params![room, read, me, COUNTED], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let last = kept.room.last_seq.max(cursor);
    let whole = last <= read
        || (last == cursor
            && ranges::around(tx, room, last)?.is_some_and(|(first, _)| first <= read + 1));
    let exact = whole && counted < COUNTED;
    let draft = tx
        .prepare_cached("SELECT text FROM drafts WHERE room = ?1")?
        .query_row([room], |row| row.get(0))
        .optional()?;
    let mut shown = kept.room;
    shown.read_seq = read;
    shown.last_seq = last;
    Ok(Some(RoomState {
        unread: if whole {
            counted
        } else {
            last.saturating_sub(read)
        },
        unread_exact: exact,
        mentions: if whole {
            mentioned
        } else {
            mentioned.max(shown.mentions)
        },
        cursor,
        draft: draft.unwrap_or_default(),
        room: shown,
    }))
}

/// Moves read marks forward; says which rooms that changed.
pub(super) fn read_here(
    tx: &Transaction<'_>,
    me: &str,
    reads: BTreeMap<String, u64>,
) -> rusqlite::Result<Vec<RoomState>> {
    let mut changed = Vec::new();
    for (room, seq) in reads {
        if let Some(mut kept) = get(tx, &room)?
            && kept.read_seq < seq.min(kept.cursor.max(kept.room.last_seq))
        {
            kept.read_seq = seq.min(kept.cursor.max(kept.room.last_seq));
            kept.room.mentions = 0;
            put(tx, &kept)?;
            changed.extend(state(tx, me, &room)?);
        }
    }
    Ok(changed)
}

pub(super) fn reads_to_tell(tx: &Transaction<'_>) -> rusqlite::Result<BTreeMap<String, u64>> {
    tx.prepare_cached("SELECT room, read_seq FROM rooms WHERE read_seq > read_told")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The server knows how far the user has read: told from here, or from elsewhere.
pub(super) fn read_known(tx: &Transaction<'_>, room: &str, seq: u64) -> rusqlite::Result<bool> {
    let Some(mut kept) = get(tx, room)? else {
        return Ok(false);
    };
    let moved = seq > kept.read_seq;
    kept.read_told = seq.max(kept.read_told);
    kept.read_seq = seq.max(kept.read_seq);
    if moved {
        kept.room.mentions = 0;
    }
    put(tx, &kept)?;
    Ok(moved)
}

pub(super) fn save_draft(tx: &Transaction<'_>, room: &str, text: &str) -> rusqlite::Result<()> {
    if text.is_empty() {
        tx.prepare_cached("DELETE FROM drafts WHERE room = ?1")?
            .execute([room])?;
    } else {
        tx.prepare_cached("INSERT OR REPLACE INTO drafts (room, text) VALUES (?1, ?2)")?
            .execute([room, text])?;
    }
    Ok(())
}
