//! The peers' tables, and bringing older ones up to date.

/// `rev` is one counter for the whole file, raised by every change that people see: who
/// watches asks for what is newer than what it has seen, whichever process changed it.
///
/// `own`: this device, in one row. Pickles are encrypted with the key of the vault.
/// `seen`: the marks of lines that came and are no posts (edits, deletions, reactions), so that a
/// second one is dropped. `outgoing`: lines that some device has yet to store, and `deliveries`, one for
/// each of those devices: `waiting`, `sealed` (its body is kept here until the room server has it),
/// `held`, `acked`. `spread` is 0 until it is known to which devices a line goes.
/// `links` is what the running node knows, and is emptied when one begins.
pub(super) const FIRST: &str = "
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
CREATE TABLE people (
    username TEXT PRIMARY KEY,
    verified INTEGER,
    differs INTEGER,
    changed INTEGER,
    blocked INTEGER NOT NULL DEFAULT 0,
    asked INTEGER,
    dialled INTEGER,
    dials INTEGER,
    rev INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    label TEXT NOT NULL,
    card TEXT NOT NULL,
    device_sig TEXT NOT NULL,
    server_sig TEXT NOT NULL,
    until INTEGER NOT NULL,
    since INTEGER NOT NULL,
    standing TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX devices_of_people ON devices (username);
CREATE TABLE sessions (
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    pickle TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (device, id)
) WITHOUT ROWID;
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
    deleted INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    way TEXT,
    failure TEXT,
    rev INTEGER NOT NULL
);
CREATE INDEX posts_of_talks ON posts (talk, place);
CREATE UNIQUE INDEX posts_by_mark ON posts (device, id) WHERE kind <> 'notice';
CREATE INDEX posts_by_rev ON posts (rev);
CREATE TABLE reactions (
    talk TEXT NOT NULL,
    target TEXT NOT NULL,
    emoji TEXT NOT NULL,
    username TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (talk, target, emoji, username)
) WITHOUT ROWID;
CREATE TABLE seen (
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (device, id)
) WITHOUT ROWID;
CREATE TABLE outgoing (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    talk TEXT NOT NULL,
    line TEXT NOT NULL,
    written INTEGER NOT NULL,
    spread INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE deliveries (
    n INTEGER NOT NULL,
    device TEXT NOT NULL,
    username TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT,
    tried INTEGER,
    PRIMARY KEY (n, device)
) WITHOUT ROWID;
CREATE INDEX deliveries_to ON deliveries (device, state);
CREATE TABLE taken (
    n INTEGER PRIMARY KEY
);
CREATE TABLE links (
    device TEXT PRIMARY KEY,
    way TEXT NOT NULL,
    round_trip INTEGER,
    at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE members (
    channel TEXT NOT NULL,
    username TEXT NOT NULL,
    PRIMARY KEY (channel, username)
) WITHOUT ROWID;
CREATE TABLE entries (
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    n INTEGER NOT NULL,
    hash TEXT NOT NULL,
    entry TEXT NOT NULL,
    sig TEXT NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, device, n)
) WITHOUT ROWID;
CREATE TABLE forks (
    channel TEXT NOT NULL,
    device TEXT NOT NULL,
    n INTEGER NOT NULL,
    entry TEXT NOT NULL,
    sig TEXT NOT NULL,
    PRIMARY KEY (channel, device, n)
) WITHOUT ROWID;
CREATE TABLE files (
    id TEXT PRIMARY KEY,
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
    failure TEXT,
    sealed_file TEXT,
    sealed_key TEXT,
    upload TEXT
) WITHOUT ROWID;
";
