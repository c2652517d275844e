//! Uploads that are not finished.

use parlor_protocol::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::{audience, find as find_file, place};
use crate::storage::sqlite::people;
use crate::storage::{
    Audience, FileRecord, Finished, Quota, Result, RoomId, UploadCreated, UploadRecord, UserId,
};

fn usage(conn: &Connection, user: UserId) -> Result<u64> {
    let mut find = conn.prepare_cached("SELECT bytes FROM usage WHERE user_id = ?1")?;
    let bytes = find.query_row([user.0], |row| row.get(0)).optional()?;
    Ok(bytes.unwrap_or(0))
}

fn room_is_there(conn: &Connection, room: RoomId) -> Result<bool> {
    let mut find = conn.prepare_cached("SELECT 1 FROM rooms WHERE id = ?1 AND deleted = 0")?;
    Ok(find.exists([room.0])?)
}

/// Keeps a new upload, whose bytes count from now on.
pub(in super::super) fn create(
    conn: &Connection,
    new: &UploadRecord,
    quota: Quota,
) -> Result<UploadCreated> {
    match new.audience {
        Audience::Room(room) if !room_is_there(conn, room)? => {
            return Ok(UploadCreated::NoSuchRoom);
        }
        Audience::SealedFor(user) if people::find(conn, user)?.is_none() => {
            return Ok(UploadCreated::NoSuchUser);
        }
        Audience::Room(_) | Audience::SealedFor(_) => {}
    }
    let mut count = conn.prepare_cached("SELECT count(*) FROM uploads WHERE user_id = ?1")?;
    let unfinished: usize = count.query_row([new.user.0], |row| row.get(0))?;
    if unfinished >= quota.uploads {
        return Ok(UploadCreated::TooMany);
    }
    let left = quota.user_bytes.saturating_sub(usage(conn, new.user)?);
    if new.size > left {
        return Ok(UploadCreated::UserFull(left));
    }
    let left = quota
        .total_bytes
        .saturating_sub(usage(conn, UserId::SERVER)?);
    if new.size > left {
        return Ok(UploadCreated::ServerFull);
    }
    let (room, sealed_for) = place(new.audience);
    conn.prepare_cached(
        "INSERT INTO uploads (id, room_id, user_id, name, size, metadata, expires, sealed_for)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        new.id,
        room,
        new.user.0,
        new.name,
        new.size,
        new.metadata,
        new.expires.as_millis(),
        sealed_for
    ])?;
    Ok(UploadCreated::Created)
}

pub(in super::super) fn find(conn: &Connection, id: &str) -> Result<Option<UploadRecord>> {
    let mut find = conn.prepare_cached(
        "SELECT id, room_id, user_id, name, size, metadata, expires, verified, sealed_for
         FROM uploads WHERE id = ?1",
    )?;
    let found = find.query_row([id], |row| {
        Ok(UploadRecord {
            id: row.get(0)?,
            audience: audience(row.get(1)?, row.get(8)?),
            user: row.get(2).map(UserId)?,
            name: row.get(3)?,
            size: row.get(4)?,
            metadata: row.get(5)?,
            expires: row.get(6).map(Time::from_millis)?,
            verified: row.get(7)?,
        })
    });
    Ok(found.optional()?)
}

pub(in super::super) fn mark(
    conn: &Connection,
    id: &str,
    expires: Time,
    verified: Option<u64>,
) -> Result<bool> {
    let mut mark =
        conn.prepare_cached("UPDATE uploads SET expires = ?2, verified = ?3 WHERE id = ?1")?;
    Ok(mark.execute(params![id, expires.as_millis(), verified])? > 0)
}

/// Makes a file of an upload: one goes and the other comes in one transaction.
pub(in super::super) fn finish(
    conn: &Connection,
    finished: &Finished,
) -> Result<Option<FileRecord>> {
    let Some(upload) = find(conn, &finished.id)? else {
        return Ok(None);
    };
    delete(conn, &upload.id)?;
    let (room, sealed_for) = place(upload.audience);
    // Who lost the room while the last bytes were flushed gives it nothing any more.
    let mut member =
        conn.prepare_cached("SELECT 1 FROM members WHERE room_id = ?1 AND user_id = ?2")?;
    if sealed_for.is_none() && !member.exists(params![room, upload.user.0])? {
        return Ok(None);
    }
    conn.prepare_cached(
        "INSERT INTO files
             (public, room_id, user_id, name, size, mime, hash, time, idle, sealed_for)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(?9 IS NULL, ?8, NULL), ?9)",
    )?
    .execute(params![
        upload.id,
        room,
        upload.user.0,
        upload.name,
        upload.size,
        finished.mime,
        finished.hash.0,
        finished.time.as_millis(),
        sealed_for
    ])?;
    conn.prepare_cached("DELETE FROM loose_contents WHERE hash = ?1")?
        .execute([finished.hash.0])?;
    find_file(conn, &upload.id)
}

pub(in super::super) fn delete(conn: &Connection, id: &str) -> Result<bool> {
    let mut drop = conn.prepare_cached("DELETE FROM uploads WHERE id = ?1")?;
    Ok(drop.execute([id])? > 0)
}

pub(in super::super) fn expire(conn: &Connection, now: Time) -> Result<usize> {
    let mut drop = conn.prepare_cached("DELETE FROM uploads WHERE expires < ?1")?;
    Ok(drop.execute([now.as_millis()])?)
}

pub(in super::super) fn ids(conn: &Connection) -> Result<Vec<String>> {
    let mut find = conn.prepare_cached("SELECT id FROM uploads")?;
    let ids = find.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
