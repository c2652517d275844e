//! Storage in one SQLite file, in WAL mode.
//!
//! # Layout
//!
//! - [`schema`]: the tables, as numbered migrations.
//! - [`writer`]: the one thread that writes, by group commit.
//! - [`state`]: what it remembers: the ends of rooms, the newest [`nonces`].
//! - [`chores`]: what it does when it is quiet.
//! - [`append`]: acts on rooms; [`history`]: reading them.
//! - [`index`]: the full-text index and the search.
//! - [`rooms`], [`people`], [`deeds`]: everything else that is written.
//! - [`files`]: files and unfinished uploads.
//! - [`devices`]: devices, their keys, and what is held for them.
//! - [`load`]: what the server holds in memory; [`readers`]: who reads.
//! - [`fault`]: whose fault an error is.

mod append;
mod chores;
mod deeds;
mod devices;
mod fault;
mod files;
mod history;
mod index;
mod load;
mod nonces;
mod people;
mod readers;
mod rooms;
mod schema;
mod state;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parlor_protocol::{Notify, Time, reply::AuditEntry};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use self::files::changes::FileChanges;
use self::readers::Readers;
use self::writer::Writer;
use super::{
    Act, AdminChange, Admission, Admitted, Deed, DeedOutcome, HistoryPage, HistoryQuery,
    InviteRecord, NewAudit, NewRoom, NewSession, NewUser, Origin, Outcome, PasswordHash, ReadMark,
    ReadState, Result, RoomId, RoomRecord, SearchPage, SearchQuery, SecretHash, SessionId,
    SessionRecord, SessionTouch, Snapshot, Storage, StorageError, StoredEvent, UserId,
};

/// How long a write waits for another process (a command line's) to finish its own.
const BUSY: Duration = Duration::from_secs(5);

/// Prepared statements that a connection keeps: more than there are kinds.
const STATEMENTS: usize = 96;

/// The writer's page cache, in KiB: the ends of the trees it appends to.
const WRITER_CACHE_KIB: i64 = 16 * 1024;

/// A reader's page cache, in KiB.
const READER_CACHE_KIB: i64 = 4 * 1024;

/// What the write-ahead log's file is cut to when it begins anew, in bytes.
const LOG_KEPT: i64 = 16 << 20;

/// Storage in one SQLite file.
#[derive(Debug)]
pub struct SqliteStorage {
    writer: Writer,
    readers: Readers,
    file_changes: FileChanges,
}

impl SqliteStorage {
    /// Opens the database at `path`, made (mode 0600) where missing, and
    /// brings it to the newest schema.
    ///
    /// # Errors
    ///
    /// [`StorageError::Unavailable`] if it cannot be read or written,
    /// [`StorageError::Corrupt`] if it is none, or a newer version's.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        tokio::task::spawn_blocking(move || Self::open_now(path))
            .await
            .map_err(|error| StorageError::Internal(error.to_string()))?
    }

    fn open_now(path: PathBuf) -> Result<Self> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| StorageError::Unavailable(format!("{}: {error}", path.display())))?;
        let mut conn = open_writer(&path)?;
        schema::migrate(&mut conn)?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        index::prepare(&tx)?;
        tx.commit()?;
        let file_changes = FileChanges::default();
        Ok(Self {
            writer: Writer::start(conn, path.clone(), file_changes.clone())?,
            readers: Readers::new(path),
            file_changes,
        })
    }
}

fn open_writer(path: &Path) -> Result<Connection> {
    let conn = open(path, WRITER_CACHE_KIB)?;
    // Deleted text is overwritten, not only unlinked; when the log is moved
    // into the file is decided by the writer's chores.
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0",
    )?;
    conn.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    Ok(conn)
}

fn open_reader(path: &Path) -> Result<Connection> {
    let conn = open(path, READER_CACHE_KIB)?;
    conn.execute_batch("PRAGMA query_only = ON")?;
    Ok(conn)
}

fn open(path: &Path, cache_kib: i64) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StorageError::Unavailable(format!(
            "{}: its file system allows no write-ahead log",
            path.display()
        )));
    }
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    Ok(conn)
}

/// Moves the write-ahead log into the file, as far as readers allow, without
/// waiting for them.
fn checkpoint(conn: &Connection, mode: &str) -> Result<()> {
    conn.busy_timeout(Duration::ZERO)?;
    let moved = conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        row.get::<_, bool>(0)
    });
    conn.busy_timeout(BUSY)?;
    match moved {
        Ok(false) => Ok(()),
        Ok(true) if mode == "PASSIVE" => Ok(()),
        Ok(true) => Err(StorageError::Unavailable(
            "a reader is in the way".to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}

/// How far derived data has followed the log: an event's id.
fn cursor(conn: &Connection, name: &str) -> Result<i64> {
    let mut find = conn.prepare_cached("SELECT at FROM cursors WHERE name = ?1")?;
    Ok(find.query_row([name], |row| row.get(0))?)
}

fn set_cursor(conn: &Connection, name: &str, at: i64) -> Result<()> {
    conn.prepare_cached("UPDATE cursors SET at = ?2 WHERE name = ?1")?
        .execute(params![name, at])?;
    Ok(())
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn load(&self) -> Result<Snapshot> {
        self.readers.read(load::snapshot).await
    }

    async fn append(&self, acts: Arc<Vec<Act>>) -> Result<Vec<Outcome>> {
        self.writer
            .call(move |work| {
                work.state.wake();
                append::acts(work, &acts)
            })
            .await
    }

    async fn history(&self, query: HistoryQuery) -> Result<HistoryPage> {
        self.readers
            .read(move |conn| history::page(conn, &query))
            .await
    }

    async fn events_after(
        &self,
        room: RoomId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>> {
        self.readers
            .read(move |conn| history::events_after(conn, room, after, limit))
            .await
    }

    async fn search(&self, query: SearchQuery) -> Result<SearchPage> {
        if super::fold::query(&query.words).is_none() {
            return Ok(SearchPage::default());
        }
        if !self.readers.read(|conn| index::is_whole(conn)).await? {
            while self.writer.call(index::search_step).await? {}
        }
        self.readers
            .read(move |conn| index::search(conn, &query))
            .await
    }

    async fn mark_read(&self, marks: Vec<ReadMark>) -> Result<Vec<ReadState>> {
        self.writer
            .call(move |work| {
                marks
                    .iter()
                    .map(|mark| rooms::mark_read(work, mark))
                    .collect()
            })
            .await
    }

    async fn create_room(&self, room: NewRoom) -> Result<Option<RoomRecord>> {
        self.writer
            .call(move |work| rooms::create(work, &room))
            .await
    }

    async fn open_direct(
        &self,
        pair: (UserId, UserId),
        name: String,
        now: Time,
    ) -> Result<Option<(RoomRecord, bool)>> {
        self.writer
            .call(move |work| rooms::open_direct(work, pair, &name, now))
            .await
    }

    async fn delete_room(&self, room: RoomId, audit: NewAudit) -> Result<bool> {
        self.writer
            .call(move |work| rooms::delete(work, room, &audit))
            .await
    }

    async fn set_notify(&self, room: RoomId, user: UserId, notify: Notify) -> Result<()> {
        self.writer
            .call(move |work| rooms::set_notify(work.conn, room, user, notify))
            .await
    }

    async fn create_user(&self, user: NewUser, admission: Admission) -> Result<Admitted> {
        self.writer
            .call(move |work| people::create(work, &user, &admission))
            .await
    }

    async fn set_profile(
        &self,
        user: UserId,
        name: Option<String>,
        status: Option<String>,
    ) -> Result<()> {
        self.writer
            .call(move |work| {
                people::set_profile(work.conn, user, name.as_deref(), status.as_deref())
            })
            .await
    }

    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>> {
        self.writer
            .call(move |work| people::set_password(work.conn, user, &password, keep))
            .await
    }

    async fn remove_guest(&self, user: UserId) -> Result<()> {
        self.writer
            .call(move |work| people::remove_guest(work.conn, user))
            .await
    }

    async fn create_session(&self, session: NewSession) -> Result<SessionRecord> {
        self.writer
            .call(move |work| people::create_session(work.conn, &session))
            .await
    }

    async fn touch_sessions(&self, touches: Vec<SessionTouch>) -> Result<()> {
        self.writer
            .call(move |work| {
                work.state.wake();
                people::touch_sessions(work.conn, &touches)
            })
            .await
    }

    async fn end_sessions(&self, sessions: Vec<SessionId>) -> Result<()> {
        self.writer
            .call(move |work| people::end_sessions(work.conn, &sessions))
            .await
    }

    async fn perform(&self, deed: Deed, audit: NewAudit, origin: Origin) -> Result<DeedOutcome> {
        self.writer
            .call(move |work| deeds::perform(work.conn, &deed, &audit, origin))
            .await
    }

    async fn audit(&self, before: Option<u64>, limit: usize) -> Result<(Vec<AuditEntry>, bool)> {
        self.readers
            .read(move |conn| deeds::audit(conn, before, limit))
            .await
    }

    async fn invite(&self, code: SecretHash) -> Result<Option<InviteRecord>> {
        self.readers
            .read(move |conn| people::invite(conn, code))
            .await
    }

    async fn changes_since(&self, revision: u64) -> Result<Vec<AdminChange>> {
        self.readers
            .read(move |conn| {
                let tx = conn.transaction()?;
                deeds::changes_since(&tx, revision)
            })
            .await
    }

    async fn meta(&self, key: &str) -> Result<Option<String>> {
        let key = key.to_owned();
        self.readers
            .read(move |conn| {
                let mut find = conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
                Ok(find.query_row([&key], |row| row.get(0)).optional()?)
            })
            .await
    }

    async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.writer
            .call(move |work| {
                work.conn
                    .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?
                    .execute([&key, &value])?;
                Ok(())
            })
            .await
    }

    async fn close(&self) -> Result<()> {
        self.readers.close().await;
        self.writer.close().await
    }
}
