//! Which message shows which files.

use parlor_protocol::{File, Time};
use rusqlite::{Connection, OptionalExtension, params};

use super::{COLUMNS, FROM, execute_in, file};
use crate::storage::{Act, Result, RoomId};

/// A file that a message is about to show.
pub(in super::super) struct Attached {
    id: i64,
    file: File,
}

/// The author's own files of the room; `None` if one of them is not. A
/// message without files costs nothing here.
pub(in super::super) fn find(
    conn: &Connection,
    act: &Act,
    ids: &[String],
) -> Result<Option<Vec<Attached>>> {
    let mut attached = Vec::new();
    if ids.is_empty() {
        return Ok(Some(attached));
    }
    let sql = format!(
        "SELECT {COLUMNS}, f.id FROM {FROM}
         WHERE f.public = ?1 AND f.room_id = ?2 AND f.user_id = ?3"
    );
    let mut find = conn.prepare_cached(&sql)?;
    for id in ids {
        let found = find.query_row(params![id, act.room.0, act.by.0], |row| {
            Ok(Attached {
                id: row.get(10)?,
                file: file(row)?,
            })
        });
        match found.optional()? {
            Some(found) => attached.push(found),
            None => return Ok(None),
        }
    }
    Ok(Some(attached))
}

/// Whether a message shows a file.
pub(in super::super) fn shows_any(conn: &Connection, room: RoomId, seq: u64) -> Result<bool> {
    let mut find =
        conn.prepare_cached("SELECT 1 FROM message_files WHERE room_id = ?1 AND seq = ?2")?;
    Ok(find.exists(params![room.0, seq])?)
}

/// The message shows the files from now on, in this order.
pub(in super::super) fn attach(
    conn: &Connection,
    room: RoomId,
    seq: u64,
    attached: Vec<Attached>,
) -> Result<Vec<File>> {
    let mut files = Vec::with_capacity(attached.len());
    for (place, Attached { id, file }) in attached.into_iter().enumerate() {
        conn.prepare_cached(
            "INSERT INTO message_files (room_id, seq, place, file_id) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![room.0, seq, place, id])?;
        conn.prepare_cached("UPDATE files SET idle = NULL, sent = 1 WHERE id = ?1")?
            .execute([id])?;
        files.push(file);
    }
    Ok(files)
}

/// A deleted message shows nothing any more. What no other message shows is
/// deleted too, or `stays` idle from this time on.
pub(in super::super) fn detach(
    conn: &Connection,
    room: RoomId,
    seq: u64,
    stays: Option<Time>,
) -> Result<()> {
    let mut drop = conn.prepare_cached(
        "DELETE FROM message_files WHERE room_id = ?1 AND seq = ?2 RETURNING file_id",
    )?;
    let rows = drop.query_map(params![room.0, seq], |row| row.get(0))?;
    let files: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
    if files.is_empty() {
        return Ok(());
    }
    let unshown = "AND NOT EXISTS (SELECT 1 FROM message_files m WHERE m.file_id = files.id)";
    match stays {
        Some(since) => {
            let update = format!("UPDATE files SET idle = {} WHERE id IN", since.as_millis());
            execute_in(conn, &update, &files, unshown)?;
        }
        None => {
            execute_in(conn, "DELETE FROM files WHERE id IN", &files, unshown)?;
        }
    }
    Ok(())
}

/// The files of the messages of a stretch of a room's log, with the `seq` of
/// each message, in the order in which they are shown.
pub(in super::super) fn between(
    conn: &Connection,
    room: RoomId,
    first: u64,
    last: u64,
) -> Result<Vec<(u64, File)>> {
    let sql = format!(
        "SELECT {COLUMNS}, m.seq FROM message_files m JOIN {FROM} WHERE f.id = m.file_id
         AND m.room_id = ?1 AND m.seq BETWEEN ?2 AND ?3 ORDER BY m.seq, m.place"
    );
    let mut find = conn.prepare_cached(&sql)?;
    let rows = find.query_map(params![room.0, first, last], |row| {
        Ok((row.get(10)?, file(row)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
