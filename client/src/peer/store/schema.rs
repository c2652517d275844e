//! The peers' tables, and bringing older ones up to date.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

/// Another process may hold the write lock this long: a checkpoint on a slow disk.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// Pages of the log (of 4 KiB) at which a writer moves it into the file itself: far more than gather between
/// two flushes of the thread that does it beside the writers.
const LOG_PAGES: u32 = 16_384;

/// Statements that are kept ready: more than the store has.
const STATEMENTS: usize = 192;

/// `counter` has the one counter for the whole file, raised by every change that people see: who
/// watches asks for what is newer (`rev`) than what it has seen, whichever process changed it.
///
/// `own`: this device, in one row. Pickles are encrypted with the key of the vault.
/// `revoked`: devices that ended before their cards were seen here. `devices.named` is 0 for
/// one that its user's list does not name any more. `links` is what the running node knows,
/// and is emptied when one begins.
///
/// `people.unlike`: a device of a verified user was accepted without comparing while another waited.
/// Each index is a page to be written with most changes: there are no more than are looked up by.
///
/// `posts.text` of a notice is its JSON. `posts.change` is the mark of the newest edit, so that of two
/// edits the same one wins everywhere. `reactions` keeps those that were taken back (`given` 0) for the same reason.
/// `seen`: the marks of lines that came and are no posts (edits, deletions, reactions), so that a
/// second one is dropped. `early`: changes that came before what they change.
///
/// `outgoing`: lines that some device has yet to store (`spread` 0 until it is known to which devices
/// one goes, then 1; 2 for one that failed and may be tried again; `sent` once it went to any), and `deliveries`, one for
/// each of those devices: `waiting`, `sealed` (its body is kept here until the room server has it),
/// `held`. `unsigned`: what one's own entries of channels will say. `wishes`: what
/// another process asked the node for.
///
/// `entries.shown` is 1 for what is in the chain, 0 for what waits for those before it. `heads`
/// is the end of each chain; `last` is where one's own stood when its channel was left, for
/// a number must never be written twice.
const FIRST: &str = "
CREATE TABLE counter (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    rev INTEGER NOT NULL
);
INSERT INTO counter VALUES (1, 1);
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE own (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    device TEXT NOT NULL,
    label TEXT NOT NULL,
    account TEXT NOT NULL,
    card TEXT NOT NULL,
    device_sig TEXT NOT NULL,
    server_sig TEXT,
    until INTEGER
);
CREATE TABLE standing (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    body TEXT NOT NULL,
    rev INTEGER NOT NULL
);
CREATE TABLE people (
    username TEXT PRIMARY KEY,
    verified INTEGER,
    differs INTEGER,
    changed INTEGER,
    blocked INTEGER NOT NULL DEFAULT 0,
    asked INTEGER,
    dialled INTEGER,
    dialled_next INTEGER,
    unlike INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX people_by_rev ON people (rev);
CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    label TEXT NOT NULL,
    card TEXT NOT NULL,
    device_sig TEXT NOT NULL,
    server_sig TEXT NOT NULL,
    until INTEGER NOT NULL,
    since INTEGER NOT NULL,
    named INTEGER NOT NULL DEFAULT 1,
    standing TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX devices_of_people ON devices (username, since);
CREATE TABLE revoked (
    device TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE links (
    device TEXT PRIMARY KEY,
    way TEXT NOT NULL,
    round_trip INTEGER,
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sessions (
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    pickle TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (device, id)
);
CREATE INDEX sessions_by_use ON sessions (device, used);
CREATE TABLE talks (
    talk TEXT PRIMARY KEY,
    read_place INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '',
    gone INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE posts (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    talk TEXT NOT NULL,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    device TEXT,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    reply_to TEXT,
    edited INTEGER,
    change TEXT NOT NULL DEFAULT '',
    deleted INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    way TEXT,
    failure TEXT,
    rev INTEGER NOT NULL
);
CREATE INDEX posts_of_talks ON posts (talk, place);
CREATE UNIQUE INDEX posts_by_mark ON posts (id, device) WHERE kind <> 'notice';
CREATE INDEX posts_by_rev ON posts (rev);
CREATE INDEX posts_sealed ON posts (talk) WHERE state = 'sealed';
CREATE INDEX posts_unread ON posts (talk, place)
    WHERE state = 'received' AND kind <> 'notice' AND NOT deleted;
CREATE INDEX posts_on_their_way ON posts (talk)
    WHERE state = 'on_its_way' AND talk >= '#' AND talk < '$';
CREATE INDEX posts_deviceless ON posts (place) WHERE device IS NULL AND kind <> 'notice';
CREATE TABLE reactions (
    talk TEXT NOT NULL,
    target TEXT NOT NULL,
    emoji TEXT NOT NULL,
    username TEXT NOT NULL,
    at INTEGER NOT NULL,
    change TEXT NOT NULL,
    given INTEGER NOT NULL,
    PRIMARY KEY (talk, target, emoji, username)
) WITHOUT ROWID;
CREATE TABLE seen (
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (device, id)
) WITHOUT ROWID;
CREATE TABLE early (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    talk TEXT NOT NULL,
    target TEXT NOT NULL,
    change TEXT NOT NULL
);
CREATE INDEX early_of_targets ON early (talk, target);
CREATE INDEX early_of_talks ON early (talk, n);
CREATE TABLE outgoing (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    talk TEXT NOT NULL,
    line TEXT NOT NULL,
    written INTEGER NOT NULL,
    spread INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outgoing_unspread ON outgoing (n) WHERE spread = 0;
CREATE TABLE deliveries (
    n INTEGER NOT NULL,
    device TEXT NOT NULL,
    username TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT,
    PRIMARY KEY (device, n)
) WITHOUT ROWID;
CREATE INDEX deliveries_of_lines ON deliveries (n);
CREATE INDEX deliveries_open ON deliveries (device, username, n) WHERE state <> 'held';
CREATE TABLE taken (
    n INTEGER PRIMARY KEY
);
CREATE TABLE wishes (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    arg TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    UNIQUE (kind, arg)
);
CREATE TABLE members (
    channel TEXT NOT NULL,
    username TEXT NOT NULL,
    PRIMARY KEY (channel, username)
) WITHOUT ROWID;
CREATE INDEX members_in ON members (username);
CREATE TABLE entries (
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    n INTEGER NOT NULL,
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    prev TEXT NOT NULL,
    entry TEXT NOT NULL,
    sig TEXT NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, device, n)
);
CREATE INDEX entries_by_id ON entries (channel, device, id);
CREATE INDEX entries_aside ON entries (channel, device) WHERE shown = 0;
CREATE TABLE heads (
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    n INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (channel, device)
) WITHOUT ROWID;
CREATE TABLE last (
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    n INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (channel, device)
) WITHOUT ROWID;
CREATE TABLE forks (
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    n INTEGER NOT NULL,
    entry TEXT NOT NULL,
    sig TEXT NOT NULL,
    PRIMARY KEY (channel, device)
) WITHOUT ROWID;
CREATE TABLE unsigned (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    target TEXT,
    time INTEGER NOT NULL
);
CREATE TABLE files (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    talk TEXT NOT NULL,
    device TEXT,
    mine INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    blake3 TEXT NOT NULL,
    path BLOB,
    partial BLOB,
    done INTEGER NOT NULL DEFAULT 0,
    rate INTEGER,
    state TEXT NOT NULL,
    before TEXT NOT NULL DEFAULT '',
    failure TEXT,
    sealed_file TEXT,
    sealed_key TEXT,
    upload TEXT
);
CREATE INDEX files_open ON files (n)
    WHERE state NOT IN ('done', 'declined', 'cancelled', 'failed');
";

/// Opens the file for its owner alone and makes it where it is missing, for SQLite would use another mode.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens the file, which is there, and brings it up to date. Its caller holds the lock of opening: two
/// processes must not migrate it at once.
pub(super) fn open(path: &Path) -> Result<Connection, String> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(|error| error.to_string())?;
    let prepare = |connection: &Connection| -> rusqlite::Result<()> {
        connection.busy_timeout(BUSY)?;
        // Else statements on tables with partial indexes are made anew with each value that is bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
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
