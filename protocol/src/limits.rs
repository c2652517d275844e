//! Every number that both sides must agree on.

/// The protocol's version, as `welcome` says it.
pub const PROTOCOL: u32 = 1;
/// The ALPN name under which session lines travel.
pub const ALPN: &[u8] = b"parlor/1";
/// The default TCP port.
pub const DEFAULT_PORT: u16 = 8888;
/// A line from a client, in bytes, with its newline.
pub const CLIENT_LINE_BYTES: usize = 65_536;
/// A line from the server, in bytes, with its newline. Lists end early, with
/// `more:true`, rather than pass it.
pub const SERVER_LINE_BYTES: usize = 1 << 20;
/// A message's text, in bytes of UTF-8, unless the server's `welcome` says otherwise.
pub const TEXT_BYTES: usize = 16_384;
/// The largest `id` and `seq`: what a JSON number holds exactly everywhere.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Different emoji on one message.
pub const REACTIONS_PER_MESSAGE: usize = 20;
/// Usernames listed with a reaction; its `count` says how many there are.
pub const REACTION_USERS: usize = 20;
/// An emoji of a reaction, in bytes.
pub const EMOJI_BYTES: usize = 64;
/// A room's topic, in characters.
pub const TOPIC_CHARS: usize = 500;
/// A user's status line, in characters.
pub const STATUS_CHARS: usize = 140;
/// A reason given with a moderator's act, in characters.
pub const REASON_CHARS: usize = 500;
/// The label of a session ("alice-desktop"), in characters.
pub const LABEL_CHARS: usize = 64;
/// A password, in bytes, so that hashing it has a bound.
pub const PASSWORD_BYTES: usize = 1024;
/// One-time keys of a device that the server keeps at once, and that one
/// `publish_device` may bring.
pub const ONE_TIME_KEYS: usize = 100;
/// Devices of a user whose cards hold at once.
pub const DEVICES_PER_USER: usize = 20;
/// Days for which the server vouches for a card.
pub const CARD_DAYS: u64 = 30;
/// One-time keys that one device may claim of one user in an hour; past it, the
/// fallback key is given.
pub const CLAIMS_AN_HOUR: usize = 5;
/// What `hold` takes, in bytes of its base64url.
pub const HOLD_BYTES: usize = 48 << 10;
/// Held mail of one device.
pub const HOLD_PER_DEVICE: usize = 1_000;
/// Of these, by one sender.
pub const HOLD_PER_SENDER: usize = 100;
/// Days for which mail is held.
pub const HOLD_DAYS: u64 = 30;
/// Numbers in one `taken`.
pub const TAKEN_LIMIT: usize = 1_000;
/// Messages in one `history`.
pub const HISTORY_LIMIT: usize = 200;
/// Hits in one `found`.
pub const SEARCH_LIMIT: usize = 50;
/// Users in one `users`, `members`, and in `session`.
pub const USERS_LIMIT: usize = 500;
/// Files in one `files`.
pub const FILES_LIMIT: usize = 200;
/// Files shown by one message.
pub const FILES_PER_MESSAGE: usize = 20;
/// A file's name, in bytes: what common file systems take.
pub const FILE_NAME_BYTES: usize = 255;
/// Characters of a file's id: 128 bits in base64url.
pub const FILE_ID_CHARS: usize = 22;
/// Entries in one `audit`.
pub const AUDIT_LIMIT: usize = 200;
/// Missing events of a room beyond which `resume` sends a `gap`.
pub const REPLAY_LIMIT: u64 = 1_000;
/// Events a connection's queue holds at least before it is `slow_consumer`.
pub const QUEUE_EVENTS: usize = 1_024;
/// Seconds that a connection may stay without a session.
pub const SIGN_IN_SECONDS: u64 = 15;
/// Seconds of silence after which the server closes a connection.
pub const SILENCE_SECONDS: u64 = 90;
/// Seconds between a client's pings.
pub const PING_SECONDS: u64 = 30;
/// Seconds within which one `typing` at most goes out for a user in a room.
pub const TYPING_SECONDS: u64 = 3;
