//! Rooms, who is in them, and how far they have read.

use parlor_protocol::{Notify, RoomKind, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::deeds;
use super::fault::word;
use super::index;
use super::schema::kind;
use super::writer::Work;
use crate::storage::{
    NewAudit, NewRoom, ReadMark, ReadState, Result, RoomId, RoomRecord, StorageError, UserId,
};

/// Events of a deleted room that one step erases: some milliseconds of the writer.
const PURGE_STEP: i64 = 256;

/// The columns that [`record`] reads.
pub(super) const COLUMNS: &str = "r.id, r.name, r.kind, r.topic, r.created, r.creator, r.pair_low, \
     r.pair_high, coalesce((SELECT max(seq) FROM events WHERE room_id = r.id), 0)";

/// Reads a row of [`COLUMNS`].
pub(super) fn record(row: &Row<'_>) -> Result<RoomRecord> {
    let pair = (row.get::<_, Option<i64>>(6)?, row.get::<_, Option<i64>>(7)?);
    Ok(RoomRecord {
        id: RoomId(row.get(0)?),
        name: row.get(1)?,
        kind: word(row.get_ref(2)?.as_str().unwrap_or(""))?,
        topic: row.get(3)?,
        created: Time::from_millis(row.get(4)?),
        creator: row.get::<_, Option<i64>>(5)?.map(UserId),
        pair: match pair {
            (Some(low), Some(high)) => Some((UserId(low), UserId(high))),
            _ => None,
        },
        last_seq: row.get(8)?,
    })
}

pub(super) fn is_member(conn: &Connection, room: RoomId, user: UserId) -> Result<bool> {
    let mut find =
        conn.prepare_cached("SELECT 1 FROM members WHERE room_id = ?1 AND user_id = ?2")?;
    Ok(find.exists(params![room.0, user.0])?)
}

/// Puts a user into a room, read up to `read_seq`.
pub(super) fn add_member(
    conn: &Connection,
    room: RoomId,
    user: UserId,
    read_seq: u64,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR IGNORE INTO members (room_id, user_id, read_seq) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![room.0, user.0, read_seq])?;
    Ok(())
}

/// Takes a user out of a room, with what waited for them there.
pub(super) fn drop_member(conn: &Connection, room: RoomId, user: UserId) -> Result<()> {
    conn.prepare_cached("DELETE FROM members WHERE room_id = ?1 AND user_id = ?2")?
        .execute(params![room.0, user.0])?;
    conn.prepare_cached("DELETE FROM mentions WHERE room_id = ?1 AND user_id = ?2")?
        .execute(params![room.0, user.0])?;
    Ok(())
}

pub(super) fn create(work: &mut Work<'_>, new: &NewRoom) -> Result<Option<RoomRecord>> {
    let room = RoomRecord {
        id: RoomId(0),
        name: new.name.clone(),
        kind: new.kind,
        topic: new.topic.clone(),
        created: new.created,
        creator: Some(new.creator),
        pair: None,
        last_seq: 0,
    };
    let room = insert(work.conn, room)?;
    if let Some(room) = &room {
        add_member(work.conn, room.id, new.creator, 0)?;
    }
    Ok(room)
}

fn insert(conn: &Connection, mut room: RoomRecord) -> Result<Option<RoomRecord>> {
    let made = conn
        .prepare_cached(
            "INSERT INTO rooms (name, kind, topic, created, creator, pair_low, pair_high)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            room.name,
            room.kind.as_str(),
            room.topic,
            room.created.as_millis(),
            room.creator.map(|user| user.0),
            room.pair.map(|pair| pair.0.0),
            room.pair.map(|pair| pair.1.0)
        ])?;
    room.id = RoomId(conn.last_insert_rowid());
    Ok((made > 0).then_some(room))
}

pub(super) fn open_direct(
    work: &mut Work<'_>,
    (a, b): (UserId, UserId),
    name: &str,
    now: Time,
) -> Result<Option<(RoomRecord, bool)>> {
    let pair = (a.min(b), a.max(b));
    let sql = format!(
        "SELECT {COLUMNS} FROM rooms r WHERE r.pair_low = ?1 AND r.pair_high = ?2 AND r.deleted = 0"
    );
    let mut find = work.conn.prepare_cached(&sql)?;
    let found = find.query_row(params![pair.0.0, pair.1.0], |row| Ok(record(row)));
    if let Some(room) = found.optional()? {
        return Ok(Some((room?, false)));
    }
    let room = RoomRecord {
        id: RoomId(0),
        name: name.to_owned(),
        kind: RoomKind::Direct,
        topic: String::new(),
        created: now,
        creator: None,
        pair: Some(pair),
        last_seq: 0,
    };
    let Some(room) = insert(work.conn, room)? else {
        return Ok(None);
    };
    add_member(work.conn, room.id, pair.0, 0)?;
    add_member(work.conn, room.id, pair.1, 0)?;
    Ok(Some((room, true)))
}

/// Deletes a room for everybody; [`purge`] erases it.
pub(super) fn delete(work: &mut Work<'_>, room: RoomId, audit: &NewAudit) -> Result<bool> {
    let gone = work
        .conn
        .prepare_cached("UPDATE rooms SET deleted = 1 WHERE id = ?1 AND deleted = 0")?
        .execute([room.0])?;
    if gone > 0 {
        for sql in [
            "DELETE FROM members WHERE room_id = ?1",
            "DELETE FROM mentions WHERE room_id = ?1",
            "DELETE FROM uploads WHERE room_id = ?1",
        ] {
            work.conn.prepare_cached(sql)?.execute([room.0])?;
        }
        deeds::note(work.conn, audit)?;
        work.state.forget(room);
        work.state.file_changes.touch();
    }
    Ok(gone > 0)
}

/// Erases a step of what deleted rooms held; notes when there is nothing left.
pub(super) fn purge(work: &mut Work<'_>) -> Result<()> {
    let conn = work.conn;
    let room = conn
        .prepare_cached("SELECT id FROM rooms WHERE deleted = 1 LIMIT 1")?
        .query_row([], |row| row.get(0).map(RoomId))
        .optional()?;
    let Some(room) = room else {
        work.state.purge = false;
        return Ok(());
    };
    work.state.nonces.forget(room);
    let erased = purge_events(conn, room)? + purge_files(conn, room)?;
    if erased == 0 {
        for sql in [
            "DELETE FROM nonces WHERE room_id = ?1",
            "DELETE FROM reactions WHERE room_id = ?1",
            "DELETE FROM rooms WHERE id = ?1",
        ] {
            conn.prepare_cached(sql)?.execute([room.0])?;
        }
    }
    work.state.erase = true;
    Ok(())
}

/// The triggers of `files` take them from their messages, and note whose bytes may go.
fn purge_files(conn: &Connection, room: RoomId) -> Result<usize> {
    let mut erase = conn.prepare_cached(
        "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE room_id = ?1 LIMIT ?2)",
    )?;
    Ok(erase.execute(params![room.0, PURGE_STEP])?)
}

fn purge_events(conn: &Connection, room: RoomId) -> Result<usize> {
    let mut find = conn.prepare_cached(
        "SELECT id, by_user, body, kind = ?3 AND flag = 0 FROM events
         WHERE room_id = ?1 ORDER BY seq LIMIT ?2",
    )?;
    let mut rows = find.query(params![room.0, PURGE_STEP, kind::MESSAGE])?;
    let mut erased = 0;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if row.get(3)? {
            let owner = (room, UserId(row.get(1)?));
            index::replace(
                conn,
                id,
                owner,
                row.get_ref(2)?.as_str().unwrap_or(""),
                None,
            )?;
        }
        conn.prepare_cached("DELETE FROM events WHERE id = ?1")?
            .execute([id])?;
        erased += 1;
    }
    Ok(erased)
}

pub(super) fn set_notify(
    conn: &Connection,
    room: RoomId,
    user: UserId,
    notify: Notify,
) -> Result<()> {
    conn.prepare_cached("UPDATE members SET notify = ?3 WHERE room_id = ?1 AND user_id = ?2")?
        .execute(params![room.0, user.0, notify.as_str()])?;
    Ok(())
}

/// Moves a read mark forward.
pub(super) fn mark_read(work: &mut Work<'_>, mark: &ReadMark) -> Result<ReadState> {
    let last = work.state.head(work.conn, mark.room)?;
    let seq = last.map_or(0, |head| head.last_seq).min(mark.seq);
    let args = params![mark.room.0, mark.user.0, seq];
    let moved = work
        .conn
        .prepare_cached(
            "UPDATE members SET read_seq = ?3
             WHERE room_id = ?1 AND user_id = ?2 AND read_seq < ?3",
        )?
        .execute(args)?;
    if moved > 0 {
        // Marks never go back, so that nobody asks for these any more.
        work.conn
            .prepare_cached(
                "DELETE FROM mentions WHERE room_id = ?1 AND user_id = ?2 AND seq <= ?3",
            )?
            .execute(args)?;
    }
    let mut stand = work.conn.prepare_cached(
        "SELECT m.read_seq, (SELECT count(*) FROM mentions n
             WHERE n.user_id = m.user_id AND n.room_id = m.room_id AND n.seq > m.read_seq)
         FROM members m WHERE m.room_id = ?1 AND m.user_id = ?2",
    )?;
    let state = stand.query_row(params![mark.room.0, mark.user.0], |row| {
        Ok(ReadState {
            read_seq: row.get(0)?,
            mentions: row.get(1)?,
            moved: moved > 0,
        })
    });
    Ok(state.optional()?.unwrap_or(ReadState {
        read_seq: 0,
        mentions: 0,
        moved: false,
    }))
}

/// Collects rows whose reading can find a word without meaning.
pub(super) fn collect<T>(
    rows: &mut rusqlite::Rows<'_>,
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> std::result::Result<Vec<T>, StorageError> {
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(read(row)?);
    }
    Ok(records)
}
