//! What an app or `parlor-cli` keeps in its home, read from outside while it runs.

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

/// The store of the only account in a home, once there is one.
fn store(home: &Path) -> Option<PathBuf> {
    let accounts = std::fs::read_dir(home.join("accounts")).ok()?;
    accounts
        .filter_map(|entry| Some(entry.ok()?.path().join("store.db")))
        .find(|path| path.exists())
}

fn open(home: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(store(home)?, flags).ok()
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
