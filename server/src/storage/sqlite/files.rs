//! Files and unfinished uploads.
//!
//! # Layout
//!
//! - [`uploads`]: what is not a file yet.
//! - [`shown`]: the files of messages.
//! - [`contents`]: bytes that no file has any more.
//! - [`changes`]: whether files came or went.

pub(super) mod changes;
pub(super) mod contents;
pub(super) mod shown;
pub(super) mod uploads;

use async_trait::async_trait;
use parlor_protocol::{File, Time};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::{SqliteStorage, deeds};
use crate::storage::{
    Audience, ContentHash, FilePage, FileQuery, FileRecord, FileStorage, Finished, NewAudit, Quota,
    Result, RoomId, Staleness, UploadCreated, UploadRecord, UserId,
};

/// Files that one step of the clock deletes: some milliseconds of the writer.
const EXPIRE_STEP: usize = 256;

/// What [`file`] and [`record`] read.
pub(super) const COLUMNS: &str = "f.public, f.name, f.size, f.mime, f.hash, \
     coalesce(u.username, 'server'), coalesce(r.name, ''), f.time, f.room_id, f.user_id";

/// Where [`COLUMNS`] are read from.
pub(super) const FROM: &str = "files f JOIN rooms r ON r.id = f.room_id AND r.deleted = 0 \
     LEFT JOIN users u ON u.id = f.user_id";

/// FILE of the protocol.
pub(super) fn file(row: &Row<'_>) -> rusqlite::Result<File> {
    Ok(File {
        id: row.get(0)?,
        name: row.get(1)?,
        size: row.get(2)?,
        mime: row.get(3)?,
        blake3: row.get(4).map(ContentHash)?.to_string(),
        by: row.get(5)?,
        room: row.get(6)?,
        time: row.get(7).map(Time::from_millis)?,
    })
}

fn record(row: &Row<'_>) -> rusqlite::Result<FileRecord> {
    Ok(FileRecord {
        file: file(row)?,
        audience: audience(row.get(8)?, row.get(10)?),
        user: row.get(9).map(UserId)?,
        hash: row.get(4).map(ContentHash)?,
    })
}

/// Whom a row is for, by its `room_id` and `sealed_for`.
pub(super) fn audience(room: i64, sealed_for: Option<i64>) -> Audience {
    sealed_for.map_or(Audience::Room(RoomId(room)), |user| {
        Audience::SealedFor(UserId(user))
    })
}

/// The `room_id` and `sealed_for` of whom a row is for.
pub(super) fn place(audience: Audience) -> (i64, Option<i64>) {
    match audience {
        Audience::Room(room) => (room.0, None),
        Audience::SealedFor(user) => (0, Some(user.0)),
    }
}

/// A file by its public id.
fn find(conn: &Connection, id: &str) -> Result<Option<FileRecord>> {
    let sql = format!(
        "SELECT {COLUMNS}, f.sealed_for FROM files f
         LEFT JOIN rooms r ON r.id = f.room_id AND r.deleted = 0
         LEFT JOIN users u ON u.id = f.user_id
         WHERE f.public = ?1 AND (r.id IS NOT NULL OR f.sealed_for IS NOT NULL)"
    );
    let mut find = conn.prepare_cached(&sql)?;
    Ok(find.query_row([id], record).optional()?)
}

/// A page of files, the newest first. Each room has its own index, so that a
/// page costs a walk of as many rows from each room's end at the most.
fn page(conn: &Connection, query: &FileQuery) -> Result<FilePage> {
    let before: i64 = match &query.before {
        None => i64::MAX,
        Some(id) => {
            let mut find = conn.prepare_cached("SELECT id FROM files WHERE public = ?1")?;
            // A file that is gone has nothing before it that could be told.
            match find.query_row([id], |row| row.get(0)).optional()? {
                Some(before) => before,
                None => return Ok(FilePage::default()),
            }
        }
    };
    let mut newest: Vec<(i64, File)> = Vec::new();
    let sql = format!(
        "SELECT {COLUMNS}, f.id FROM {FROM} WHERE f.room_id = ?1 AND f.id < ?2
         ORDER BY f.id DESC LIMIT ?3"
    );
    let mut find = conn.prepare_cached(&sql)?;
    for room in &query.rooms {
        let args = params![room.0, before, query.limit + 1];
        let rows = find.query_map(args, |row| Ok((row.get(10)?, file(row)?)))?;
        for row in rows {
            newest.push(row?);
        }
        newest.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
        newest.truncate(query.limit + 1);
    }
    let more = newest.len() > query.limit;
    newest.truncate(query.limit);
    Ok(FilePage {
        files: newest.into_iter().map(|(_, file)| file).collect(),
        more,
    })
}

/// Deletes a file; the triggers take it from its messages.
fn delete(conn: &Connection, id: &str, audit: Option<&NewAudit>) -> Result<bool> {
    let mut drop = conn.prepare_cached("DELETE FROM files WHERE public = ?1")?;
    let gone = drop.execute([id])? > 0;
    if let (true, Some(audit)) = (gone, audit) {
        deeds::note(conn, audit)?;
    }
    Ok(gone)
}

fn expire(conn: &Connection, staleness: Staleness) -> Result<usize> {
    let mut drop = conn.prepare_cached(
        "DELETE FROM files WHERE id IN (SELECT id FROM files
         WHERE idle IS NOT NULL AND sent = ?1 AND idle < ?2 LIMIT ?3)",
    )?;
    let dropped = staleness.dropped_before.as_millis();
    let mut gone = drop.execute(params![true, dropped, EXPIRE_STEP])?;
    if let Some(unsent) = staleness.unsent_before {
        gone += drop.execute(params![false, unsent.as_millis(), EXPIRE_STEP])?;
    }
    let mut drop = conn.prepare_cached(
        "DELETE FROM files WHERE id IN (SELECT id FROM files
         WHERE sealed_for IS NOT NULL AND time < ?1 LIMIT ?2)",
    )?;
    gone += drop.execute(params![staleness.sealed_before.as_millis(), EXPIRE_STEP])?;
    Ok(gone)
}

#[async_trait]
impl FileStorage for SqliteStorage {
    async fn create_upload(&self, upload: UploadRecord, quota: Quota) -> Result<UploadCreated> {
        self.writer
            .call(move |work| uploads::create(work.conn, &upload, quota))
            .await
    }

    async fn upload(&self, id: &str) -> Result<Option<UploadRecord>> {
        let id = id.to_owned();
        self.readers
            .read(move |conn| uploads::find(conn, &id))
            .await
    }

    async fn mark_upload(&self, id: &str, expires: Time, verified: Option<u64>) -> Result<bool> {
        let id = id.to_owned();
        self.writer
            .call(move |work| uploads::mark(work.conn, &id, expires, verified))
            .await
    }

    async fn finish_upload(&self, finished: Finished) -> Result<Option<FileRecord>> {
        self.writer
            .call(move |work| uploads::finish(work.conn, &finished))
            .await
    }

    async fn delete_upload(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.writer
            .call(move |work| uploads::delete(work.conn, &id))
            .await
    }

    async fn expire_uploads(&self, now: Time) -> Result<usize> {
        self.writer
            .call(move |work| uploads::expire(work.conn, now))
            .await
    }

    async fn upload_ids(&self) -> Result<Vec<String>> {
        self.readers.read(|conn| uploads::ids(conn)).await
    }

    async fn file(&self, id: &str) -> Result<Option<FileRecord>> {
        let id = id.to_owned();
        self.readers.read(move |conn| find(conn, &id)).await
    }

    async fn files(&self, query: FileQuery) -> Result<FilePage> {
        self.readers
            .read(move |conn| page(&*conn.transaction()?, &query))
            .await
    }

    fn file_changes(&self) -> u64 {
        self.file_changes.count()
    }

    async fn delete_file(&self, id: &str, audit: Option<NewAudit>) -> Result<bool> {
        let id = id.to_owned();
        self.writer
            .call(move |work| delete(work.conn, &id, audit.as_ref()))
            .await
    }

    async fn expire_files(&self, staleness: Staleness) -> Result<usize> {
        self.writer
            .call(move |work| expire(work.conn, staleness))
            .await
    }

    async fn loose_contents(&self, limit: usize) -> Result<Vec<ContentHash>> {
        self.readers
            .read(move |conn| contents::loose(conn, limit))
            .await
    }

    async fn is_loose(&self, hash: ContentHash) -> Result<bool> {
        self.readers
            .read(move |conn| contents::is_loose(conn, hash))
            .await
    }

    async fn content_erased(&self, hash: ContentHash) -> Result<()> {
        self.writer
            .call(move |work| contents::erased(work.conn, hash))
            .await
    }

    async fn loosen(&self, contents: Vec<ContentHash>) -> Result<usize> {
        self.writer
            .call(move |work| contents::loosen(work.conn, &contents))
            .await
    }

    async fn contents_after(
        &self,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<(ContentHash, u64)>> {
        self.readers
            .read(move |conn| contents::after(conn, after, limit))
            .await
    }
}

/// The ids of a list as parameters of an `IN`.
fn placeholders(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Runs a statement whose `IN (…)` takes all of the keys.
fn execute_in(conn: &Connection, before: &str, keys: &[i64], after: &str) -> Result<usize> {
    let sql = format!("{before} ({}) {after}", placeholders(keys.len()));
    Ok(conn.execute(&sql, params_from_iter(keys))?)
}
