//! The store's tables, and bringing older ones up to date.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

/// Another process may hold the write lock this long: a checkpoint on a slow disk.
const BUSY: Duration = Duration::from_secs(10);

/// `items` has messages (`system` 0) and system lines (`system` 1, their JSON
/// in `text`). `ranges` says between which seqs no message is missing.
const FIRST: &str = "
CREATE TABLE rooms (
    room TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    read_told INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE drafts (
    room TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE people (
    username TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE items (
    room TEXT NOT NULL,
    seq INTEGER NOT NULL,
    system INTEGER NOT NULL,
    time INTEGER NOT NULL,
    author TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    nonce TEXT NOT NULL,
    reply_to INTEGER,
    edited INTEGER,
    deleted INTEGER NOT NULL,
    mentions_me INTEGER NOT NULL,
    reactions TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) WITHOUT ROWID;
CREATE TABLE ranges (
    room TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (room, first)
) WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nonce TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    text TEXT NOT NULL,
    reply_to INTEGER,
    written INTEGER NOT NULL,
    owner TEXT NOT NULL,
    failure TEXT
);
";

/// Files: those of messages, and transfers. A message waits (`held`) in the outbox
/// until all its uploads (`files`, the numbers of transfers in order) are done.
/// Paths are bytes, for not every system's are text. A transfer that is `dropped` is
/// gone for its user, and stays until what it left here and on the server is removed.
const FILES: &str = "
ALTER TABLE items ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
ALTER TABLE outbox ADD COLUMN files TEXT NOT NULL DEFAULT '[]';
ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
CREATE TABLE transfers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    up INTEGER NOT NULL,
    room TEXT NOT NULL,
    name TEXT NOT NULL,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    purpose TEXT NOT NULL,
    nonce TEXT,
    kept INTEGER NOT NULL DEFAULT 0,
    modified INTEGER,
    upload TEXT,
    partial BLOB,
    replaces INTEGER NOT NULL DEFAULT 0,
    placing BLOB,
    file TEXT,
    begun INTEGER NOT NULL,
    ended INTEGER,
    state TEXT NOT NULL,
    failure TEXT
);
CREATE INDEX transfers_of_messages ON transfers (nonce) WHERE nonce IS NOT NULL;
";

/// Opens the file and brings it up to date. Its caller holds the lock of opening.
pub(super) fn open(path: &Path) -> Result<Connection, String> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| error.to_string())?;
    let prepare = |connection: &Connection| -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(())
    };
    prepare(&connection).map_err(|error| error.to_string())?;
    Migrations::new(vec![M::up(FIRST), M::up(FILES)])
        .to_latest(&mut connection)
        .map_err(|error| match error {
            rusqlite_migration::Error::MigrationDefinition(_) => {
                "a newer version of this program made it: bring this one up to date".to_owned()
            }
            error => error.to_string(),
        })?;
    Ok(connection)
}
