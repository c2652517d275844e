//! What an app or `parlor-cli` keeps in its home, read from outside while it runs.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// A message of the local store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the room's log.
    pub seq: u64,
    /// Its author.
    pub author: String,
    /// Its text.
    pub text: String,
}

/// A post of a talk between devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its author.
    pub author: String,
    /// What it is: `text`, `file` or `notice`.
    pub kind: String,
    /// Its text.
    pub text: String,
    /// How far it is on its way, or how it came.
    pub state: String,
}

/// The posts of a talk (`@bob`, `#field-trip`) in a home, in their order; none before there is a store.
pub fn posts(home: &Path, talk: &str) -> Vec<Posted> {
    let query = "SELECT author, kind, text, state FROM posts WHERE talk = ? ORDER BY place";
    let read = || -> rusqlite::Result<Vec<Posted>> {
        let Some(connection) = open_named(home, "peer.db") else {
            return Ok(Vec::new());
        };
        let mut statement = connection.prepare(query)?;
        let rows = statement.query_map([talk], |row| {
            Ok(Posted {
                author: row.get(0)?,
                kind: row.get(1)?,
                text: row.get(2)?,
                state: row.get(3)?,
            })
        })?;
        rows.collect()
    };
    read().unwrap_or_default()
}

/// How the file of this name in a talk between devices stands in a home.
pub fn peer_file(home: &Path, name: &str) -> Option<String> {
    let query = "SELECT state FROM files WHERE name = ? ORDER BY n DESC";
    let store = open_named(home, "peer.db")?;
    store.query_row(query, [name], |row| row.get(0)).ok()
}

/// Whether a user's safety number was compared in a home, and is the same.
pub fn is_verified(home: &Path, username: &str) -> bool {
    let query = "SELECT verified IS NOT NULL FROM people WHERE username = ?";
    open_named(home, "peer.db")
        .and_then(|store| store.query_row(query, [username], |row| row.get(0)).ok())
        .unwrap_or_default()
}

/// Whether a process is the node of the only account in a home: it holds the lock for it.
pub fn has_node(home: &Path) -> bool {
    let lock = store(home, "peer.lock").and_then(|path| File::open(path).ok());
    lock.is_some_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// A store of the only account in a home, once there is one.
fn store(home: &Path, name: &str) -> Option<PathBuf> {
    let accounts = std::fs::read_dir(home.join("accounts")).ok()?;
    accounts
        .filter_map(|entry| Some(entry.ok()?.path().join(name)))
        .find(|path| path.exists())
}

fn open(home: &Path) -> Option<Connection> {
    open_named(home, "store.db")
}

fn open_named(home: &Path, name: &str) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(store(home, name)?, flags).ok()
}

/// The messages of a room in a home's store, by `seq`; none before it is made.
pub fn messages(home: &Path, room: &str) -> Vec<Kept> {
    let query = "SELECT seq, author, text FROM items WHERE room = ? AND system = 0 ORDER BY seq";
    let read = || -> rusqlite::Result<Vec<Kept>> {
        let Some(connection) = open(home) else {
            return Ok(Vec::new());
        };
        let mut statement = connection.prepare(query)?;
        let rows = statement.query_map([room], |row| {
            Ok(Kept {
                seq: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
                author: row.get(1)?,
                text: row.get(2)?,
            })
        })?;
        rows.collect()
    };
    // A store that is just being made has no tables yet.
    read().unwrap_or_default()
}

/// The texts that wait in a home's outbox.
pub fn waiting(home: &Path) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let Some(connection) = open(home) else {
            return Ok(Vec::new());
        };
        let mut statement = connection.prepare("SELECT text FROM outbox ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    read().unwrap_or_default()
}

/// The names of the transfers in a home's store, the oldest first.
pub fn transfers(home: &Path) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let Some(connection) = open(home) else {
            return Ok(Vec::new());
        };
        let mut statement = connection.prepare("SELECT name FROM transfers ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    read().unwrap_or_default()
}

/// The rooms that a home's store knows.
pub fn rooms(home: &Path) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let Some(connection) = open(home) else {
            return Ok(Vec::new());
        };
        let mut statement = connection.prepare("SELECT room FROM rooms ORDER BY room")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect()
    };
    read().unwrap_or_default()
}
