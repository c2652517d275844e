//! The tables, as numbered migrations: a released one is never changed, only
//! followed by another.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::storage::{Result, StorageError};

/// Brings the database to the newest schema.
pub(super) fn migrate(conn: &mut Connection) -> Result<()> {
    migrations().to_latest(conn).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        rusqlite_migration::Error::MigrationDefinition(_) => StorageError::Corrupt(
            "a newer version of parlord wrote it; run that version".to_owned(),
        ),
        other => StorageError::Internal(other.to_string()),
    })
}

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(FIRST),
        M::up(FILES),
        M::up(DEVICES),
        M::up(SEALED),
    ])
}

/// `events.kind`, as stored.
pub(super) mod kind {
    pub(in super::super) const MESSAGE: i64 = 1;
    pub(in super::super) const EDITED: i64 = 2;
    pub(in super::super) const DELETED: i64 = 3;
    pub(in super::super) const REACTION: i64 = 4;
    pub(in super::super) const JOINED: i64 = 5;
    pub(in super::super) const LEFT: i64 = 6;
    pub(in super::super) const TOPIC: i64 = 7;
}

/// Times are milliseconds since 1970. `events` holds every log: `body` is a
/// message's text now, a reaction's emoji, a reason or a topic; `target` is
/// the `seq` that is answered or changed, or the user who comes or goes;
/// `flag` says that a message is deleted, or that a reaction is given.
///
/// `nonces` follows `events` behind a cursor, as `search` does: written at
/// once, its keys, which stand in no order, would touch a page of the file for every message.
const FIRST: &str = "
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL,
    password TEXT,
    created INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0,
    muted INTEGER NOT NULL DEFAULT 0,
    muted_until INTEGER
) STRICT;

CREATE TABLE rooms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL,
    creator INTEGER,
    pair_low INTEGER,
    pair_high INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX rooms_name ON rooms (name) WHERE deleted = 0;
CREATE UNIQUE INDEX rooms_pair ON rooms (pair_low, pair_high) WHERE deleted = 0 AND pair_low IS NOT NULL;

CREATE TABLE members (
    room_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    notify TEXT NOT NULL DEFAULT 'all',
    read_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id);

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    by_user INTEGER NOT NULL,
    name TEXT NOT NULL,
    body TEXT,
    nonce TEXT,
    target INTEGER,
    flag INTEGER NOT NULL DEFAULT 0,
    edited INTEGER
) STRICT;
CREATE UNIQUE INDEX events_seq ON events (room_id, seq);

CREATE TABLE nonces (
    room_id INTEGER NOT NULL,
    by_user INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, by_user, nonce)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
    room_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_user ON mentions (user_id, room_id, seq);

CREATE TABLE reactions (
    room_id INTEGER NOT NULL,
    target INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, target, emoji, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    token BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    address TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE invites (
    code BLOB PRIMARY KEY,
    role TEXT NOT NULL,
    uses INTEGER NOT NULL,
    expires INTEGER,
    first_start INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE bans (
    id INTEGER PRIMARY KEY,
    user_id INTEGER UNIQUE,
    address TEXT UNIQUE,
    until INTEGER,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT;

CREATE TABLE admin_changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL
) STRICT;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO cursors VALUES ('nonces', 0), ('search', 0), ('fold', 0);

CREATE VIRTUAL TABLE search USING fts5(tags, body, content='', columnsize=0, tokenize='ascii');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

INSERT INTO rooms (id, name, kind, created) VALUES
    (1, 'general', 'public', CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    (2, 'broadcast', 'broadcast', CAST(unixepoch('subsec') * 1000 AS INTEGER));
";

/// `files.idle` is since when no message shows a file, and `sent` whether one
/// ever did. `usage` counts the bytes of each user's files and
/// unfinished uploads, and everybody's under 0: triggers keep it, so that no command can forget it.
const FILES: &str = "
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    room_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    expires INTEGER NOT NULL,
    verified INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_user ON uploads (user_id);
CREATE INDEX uploads_room ON uploads (room_id);

CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public TEXT NOT NULL UNIQUE,
    room_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    mime TEXT NOT NULL,
    hash BLOB NOT NULL,
    time INTEGER NOT NULL,
    idle INTEGER,
    sent INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX files_room ON files (room_id, id);
CREATE INDEX files_hash ON files (hash);
CREATE INDEX files_idle ON files (sent, idle) WHERE idle IS NOT NULL;

CREATE TABLE message_files (
    room_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_files_file ON message_files (file_id);

CREATE TABLE loose_contents (hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE usage (user_id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
CREATE TRIGGER uploads_add AFTER INSERT ON uploads BEGIN
    INSERT INTO usage VALUES (new.user_id, new.size), (0, new.size)
        ON CONFLICT (user_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER uploads_drop AFTER DELETE ON uploads BEGIN
    UPDATE usage SET bytes = bytes - old.size WHERE user_id IN (0, old.user_id);
END;
CREATE TRIGGER files_add AFTER INSERT ON files BEGIN
    INSERT INTO usage VALUES (new.user_id, new.size), (0, new.size)
        ON CONFLICT (user_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_drop AFTER DELETE ON files BEGIN
    UPDATE usage SET bytes = bytes - old.size WHERE user_id IN (0, old.user_id);
    DELETE FROM message_files WHERE file_id = old.id;
    INSERT OR IGNORE INTO loose_contents SELECT old.hash
        WHERE NOT EXISTS (SELECT 1 FROM files WHERE hash = old.hash);
END;
";

/// `devices.revoked` is when its user ended it: such a row stays for ever, without
/// its card. `one_time_keys.given` is when somebody got a key. `mail.mark` is the sender's own
/// mark, so that what is sent twice is held once.
const DEVICES: &str = "
ALTER TABLE sessions ADD COLUMN device BLOB;
CREATE INDEX sessions_device ON sessions (device) WHERE device IS NOT NULL;

CREATE TABLE devices (
    device BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL,
    card TEXT NOT NULL,
    device_sig BLOB NOT NULL,
    server_sig BLOB NOT NULL,
    until INTEGER NOT NULL,
    issued INTEGER NOT NULL,
    olm_curve25519 BLOB NOT NULL,
    olm_ed25519 BLOB NOT NULL,
    fallback_key BLOB NOT NULL,
    fallback_sig BLOB NOT NULL,
    revoked INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_user ON devices (user_id);

CREATE TABLE one_time_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL,
    key BLOB NOT NULL,
    sig BLOB NOT NULL,
    given INTEGER
) STRICT;
CREATE UNIQUE INDEX one_time_keys_key ON one_time_keys (device, key);
CREATE INDEX one_time_keys_left ON one_time_keys (device) WHERE given IS NULL;
CREATE INDEX one_time_keys_given ON one_time_keys (given) WHERE given IS NOT NULL;

CREATE TABLE claims (
    claimer BLOB NOT NULL,
    user_id INTEGER NOT NULL,
    time INTEGER NOT NULL
) STRICT;
CREATE INDEX claims_claimer ON claims (claimer, user_id, time);
CREATE INDEX claims_time ON claims (time);

CREATE TABLE mail (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL,
    from_user INTEGER NOT NULL,
    from_device BLOB NOT NULL,
    mark TEXT NOT NULL,
    body BLOB NOT NULL,
    time INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mail_mark ON mail (device, from_device, mark);
CREATE INDEX mail_device ON mail (device, n, from_user);
CREATE INDEX mail_time ON mail (time);
";

/// A file that is sealed for a user has no room: its `room_id` is 0. `idle` stays
/// empty, for it goes by its own time.
const SEALED: &str = "
ALTER TABLE uploads ADD COLUMN sealed_for INTEGER;
ALTER TABLE files ADD COLUMN sealed_for INTEGER;
CREATE INDEX files_sealed ON files (time) WHERE sealed_for IS NOT NULL;
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_apply() {
        migrations().validate().unwrap();
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "user_version", 900).unwrap();
        assert!(matches!(migrate(&mut conn), Err(StorageError::Corrupt(_))));
    }
}
