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
    Migrations::new(vec![M::up(FIRST)])
        .to_latest(&mut connection)
        .map_err(|error| match error {
            rusqlite_migration::Error::MigrationDefinition(_) => {
                "a newer version of this program made it: bring this one up to date".to_owned()
            }
            error => error.to_string(),
        })?;
    Ok(connection)
}
