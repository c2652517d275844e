//! Where everything is kept that must survive the server.
//!
//! [`Storage`] is the trait behind which SQLite stands (and, later, others).
//! The server holds users, rooms, memberships and sessions in memory, read once
//! by [`Storage::load`], and changes them here first and in memory after the
//! answer. The rooms' logs are only here.
//!
//! Every write is one transaction, flushed to stable storage before the
//! answer; an error means that nothing of it was kept. A command whose answer is
//! no longer waited for is carried out all the same.
//!
//! # Layout
//!
//! - [`record`]: users, rooms, sessions and the like, as stored.
//! - [`act`]: what is done in rooms, what becomes of it, and how it is read.
//! - [`file`]: files and unfinished uploads.
//! - [`device`]: devices, their keys, and what is held for them.
//! - [`error`]: what can go wrong.
//! - [`fold`]: how texts and queries become words that match.
//! - [`sqlite`]: storage in one SQLite file, the embedded default.

pub mod act;
#[cfg(test)]
mod contract;
pub mod device;
pub mod error;
pub mod file;
mod fold;
pub mod record;
pub mod sqlite;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use parlor_protocol::{Notify, Time, reply::AuditEntry};

pub use act::{
    Act, ActKind, Appended, FoundMessage, HistoryPage, HistoryQuery, Outcome, Refusal, SearchPage,
    SearchQuery, StoredEvent,
};
pub use device::{
    Claimer, DeviceList, DeviceStorage, Held, NewDevice, NewMail, Published, Revoked, RevokedDevice,
};
pub use error::StorageError;
pub use file::{
    Audience, ContentHash, FilePage, FileQuery, FileRecord, FileStorage, Finished, Quota,
    Staleness, UploadCreated, UploadRecord,
};
pub use record::{
    AdminChange, Admission, Admitted, BanRecord, BanSubject, Deed, DeedOutcome, InviteRecord,
    MemberRecord, Mute, NewAudit, NewRoom, NewSession, NewUser, Origin, PasswordHash, ReadMark,
    ReadState, RoomId, RoomRecord, SecretHash, SessionId, SessionRecord, SessionTouch, Snapshot,
    UserId, UserRecord,
};

/// The database's file in the data folder.
pub const DATABASE: &str = "parlor.db";

/// Opens the store in a data folder, made where missing.
///
/// # Errors
///
/// See [`sqlite::SqliteStorage::open`].
pub async fn open(folder: &Path) -> Result<Arc<dyn Storage>> {
    let storage = sqlite::SqliteStorage::open(folder.join(DATABASE)).await?;
    Ok(Arc::new(storage))
}

/// What a storage command answers.
pub type Result<T> = std::result::Result<T, StorageError>;

/// Where everything is kept. See the module's head for what all methods have in common.
#[async_trait]
pub trait Storage: FileStorage + DeviceStorage + Debug + Send + Sync + 'static {
    /// All that the server holds in memory. A fresh store has the rooms
    /// [`RoomId::GENERAL`] and [`RoomId::BROADCAST`], and nobody.
    async fn load(&self) -> Result<Snapshot>;

    /// Appends acts to the logs of their rooms, in order, and answers each.
    /// The batch is one transaction: an error is for all of it. The caller
    /// keeps its own `Arc` to encode the events from.
    async fn append(&self, acts: Arc<Vec<Act>>) -> Result<Vec<Outcome>>;

    /// Messages of a room, as they now stand. The caller cuts the page to the
    /// bytes of a line.
    async fn history(&self, query: HistoryQuery) -> Result<HistoryPage>;

    /// Up to `limit` events of a room after `after`, in rising `seq`, without holes.
    async fn events_after(
        &self,
        room: RoomId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>>;

    /// Messages with all of the words. Everything appended before is found;
    /// words that hold no letter or digit find nothing.
    async fn search(&self, query: SearchQuery) -> Result<SearchPage>;

    /// Moves read marks forward (never back), and answers each with where its
    /// member stands. A mark of one who is not in the room is answered with zeros.
    async fn mark_read(&self, marks: Vec<ReadMark>) -> Result<Vec<ReadState>>;

    /// Makes a room with its creator in it, without an event; `None` if the name is taken.
    async fn create_room(&self, room: NewRoom) -> Result<Option<RoomRecord>>;

    /// The direct room of two users, both in it, and whether it was made now,
    /// under `name`. `None` if it is not there and the name is taken.
    async fn open_direct(
        &self,
        pair: (UserId, UserId),
        name: String,
        now: Time,
    ) -> Result<Option<(RoomRecord, bool)>>;

    /// Deletes a room with all in it; `false` if there is none. The room is
    /// gone at once, and its name free; the bytes are erased in the background.
    async fn delete_room(&self, room: RoomId, audit: NewAudit) -> Result<bool>;

    /// Sets what a member wants to be told of a room.
    async fn set_notify(&self, room: RoomId, user: UserId, notify: Notify) -> Result<()>;

    /// Makes an account, with its memberships and the use of its invite, in one transaction.
    async fn create_user(&self, user: NewUser, admission: Admission) -> Result<Admitted>;

    /// Changes a display name, a status line, or both.
    async fn set_profile(
        &self,
        user: UserId,
        name: Option<String>,
        status: Option<String>,
    ) -> Result<()>;

    /// Changes one's own password and ends all of one's sessions but `keep`;
    /// answers those ended.
    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>>;

    /// Removes a guest: sessions and memberships go (what the rooms' logs are
    /// to say of it is appended before), the username stays taken for ever.
    async fn remove_guest(&self, user: UserId) -> Result<()>;

    /// Opens a session.
    async fn create_session(&self, session: NewSession) -> Result<SessionRecord>;

    /// Notes signs of life of many sessions at once; those ended meanwhile are skipped.
    async fn touch_sessions(&self, touches: Vec<SessionTouch>) -> Result<()>;

    /// Ends sessions; those that are no more are skipped.
    async fn end_sessions(&self, sessions: Vec<SessionId>) -> Result<()>;

    /// Does something with rank, and writes it to the audit log, in one transaction.
    async fn perform(&self, deed: Deed, audit: NewAudit, origin: Origin) -> Result<DeedOutcome>;

    /// The audit log before `before`, the newest first, and whether there is more.
    async fn audit(&self, before: Option<u64>, limit: usize) -> Result<(Vec<AuditEntry>, bool)>;

    /// The invite with this hash, used up or expired as it may be: for a
    /// refusal before the password is hashed. What counts is [`Storage::create_user`].
    async fn invite(&self, code: SecretHash) -> Result<Option<InviteRecord>>;

    /// What the command line changed after `revision`. A running server asks
    /// each second, takes each change over into its memory, and closes the
    /// connections of sessions that the change does not list. One change stands for all
    /// earlier ones of its user.
    async fn changes_since(&self, revision: u64) -> Result<Vec<AdminChange>>;

    /// A value kept under a key (the server's own keys and marks).
    async fn meta(&self, key: &str) -> Result<Option<String>>;

    /// Keeps a value under a key.
    async fn set_meta(&self, key: &str, value: &str) -> Result<()>;

    /// Finishes what waits, moves everything into the main file, and closes.
    /// Later commands answer [`StorageError::Unavailable`].
    async fn close(&self) -> Result<()>;
}
