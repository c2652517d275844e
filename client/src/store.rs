//! The local store: what an account has seen, and what it still has to send.
//!
//! SQLite in WAL mode, in the account's folder. Events are kept together with
//! the cursor that they move, in one transaction, so that after a crash none
//! is lost and none is applied twice. They may be asked for again, so that
//! their transactions are not flushed one by one; a message that the user
//! wrote is flushed before [`crate::Handle::send`] returns.
//!
//! Several processes may have one account open. Whatever one of them has
//! applied, the others find applied; an outbox entry belongs to one of them.

mod apply;
mod files;
mod instance;
mod items;
mod outbox;
mod pages;
mod people;
mod ranges;
mod rooms;
mod schema;
#[cfg(test)]
mod tests;
mod transfers;
pub(crate) mod worker;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub(crate) use apply::{Change, Page};
pub(crate) use outbox::Queued;
pub(crate) use pages::LocalPage;
pub(crate) use transfers::{Attached, Ended, Kept, path_bytes, read_path};

use crate::event::{Event, RoomState, Snapshot};
use crate::item::Item;
use crate::outgoing::{Failure, Outgoing};
use instance::Instance;
use rusqlite::TransactionBehavior;
use worker::Worker;

/// Messages of each room in the snapshot: a tall window full.
pub(crate) const SNAPSHOT_MESSAGES: usize = 50;

/// Why the local store could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or brought up to date.
    #[error(
        "{path} cannot be opened ({detail}): look whether its disk is full, and whether the file is yours"
    )]
    Open {
        /// Which file.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// A statement failed: a full disk, for one.
    #[error(
        "what should be kept on this computer could not be written or read ({0}): look whether its disk is full"
    )]
    Failed(String),
    /// One of the files that should go with a message is no draft of its room.
    #[error("one of the files is not there any more: attach it again")]
    NoSuchTransfer,
    /// The session is over, and the store with it.
    #[error("the session is over")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The store of one account in one session; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    writer: Worker,
    reader: Worker,
    instance: Arc<Instance>,
    me: Arc<str>,
}

impl Store {
    /// Opens the file, which must be there, and brings its schema up to date.
    /// `running` is the folder of the locks of running processes, `me` the account's user.
    pub(crate) fn open(path: &Path, running: &Path, me: &str) -> Result<Self, StoreError> {
        let failed = |detail: String| StoreError::Open {
            path: path.display().to_string(),
            detail,
        };
        let opening = instance::opening(running).map_err(|error| failed(error.to_string()))?;
        let writer = schema::open(path).map_err(&failed)?;
        let reader = schema::open(path).map_err(&failed)?;
        let instance = Instance::new(running).map_err(|error| failed(error.to_string()))?;
        drop(opening);
        let start = |name, connection, behavior| {
            Worker::start(name, connection, behavior).map_err(|error| failed(error.to_string()))
        };
        Ok(Self {
            writer: start("store-writer", writer, TransactionBehavior::Immediate)?,
            reader: start("store-reader", reader, TransactionBehavior::Deferred)?,
            instance: Arc::new(instance),
            me: me.into(),
        })
    }

    /// What is kept, to begin with; what ended sessions left is taken over, transfers too if wished.
    pub(crate) async fn snapshot(&self, transfers: bool) -> Result<Snapshot, StoreError> {
        let (me, instance) = (Arc::clone(&self.me), Arc::clone(&self.instance));
        self.writer
            .transact(move |tx| {
                outbox::claim_abandoned(tx, &instance, transfers)?;
                if transfers {
                    transfers::claim_abandoned(tx, &instance, true)?;
                }
                let rooms = rooms::states(tx, &me)?;
                let mut items = BTreeMap::new();
                for room in &rooms {
                    let newest =
                        pages::before(tx, &room.room.room, room.cursor, SNAPSHOT_MESSAGES)?;
                    items.insert(room.room.room.clone(), newest.items);
                }
                Ok(Snapshot {
                    me: people::get(tx, &me)?,
                    rooms,
                    users: people::all(tx)?,
                    items,
                    outgoing: outbox::of(tx, instance.id())?,
                    transfers: transfers::of(tx, instance.id())?
                        .into_iter()
                        .filter(|kept| !kept.dropped)
                        .map(|kept| kept.transfer)
                        .collect(),
                })
            })
            .await
    }

    /// Keeps what the server said, in order and as a whole, and says what it changed.
    pub(crate) async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Event>, StoreError> {
        let me = Arc::clone(&self.me);
        self.writer
            .transact(move |tx| Ok(apply::apply(tx, &me, changes)?))
            .await
    }

    /// Rooms of which fewer messages are kept than a snapshot shows, and there are more.
    pub(crate) async fn lacking(&self) -> Result<Vec<String>, StoreError> {
        self.reader
            .transact(|tx| {
                let mut lacking = Vec::new();
                for (room, cursor) in rooms::cursors(tx)? {
                    if pages::before(tx, &room, cursor, SNAPSHOT_MESSAGES)?
                        .lacks
                        .is_some()
                    {
                        lacking.push(room);
                    }
                }
                Ok(lacking)
            })
            .await
    }

    /// The cursor of a room; `None` for one that is not followed.
    pub(crate) async fn cursor(&self, room: &str) -> Result<Option<u64>, StoreError> {
        let room = room.to_owned();
        self.reader
            .transact(move |tx| Ok(rooms::cursor(tx, &room)?))
            .await
    }

    /// Up to `limit` messages that end at `end`, as far as they are kept without a hole.
    pub(crate) async fn page_before(
        &self,
        room: &str,
        end: u64,
        limit: usize,
    ) -> Result<LocalPage, StoreError> {
        let room = room.to_owned();
        self.reader
            .transact(move |tx| Ok(pages::before(tx, &room, end, limit)?))
            .await
    }

    /// Up to `limit` messages that begin at `start`, as far as they are kept without a hole.
    pub(crate) async fn page_after(
        &self,
        room: &str,
        start: u64,
        limit: usize,
    ) -> Result<LocalPage, StoreError> {
        let room = room.to_owned();
        self.reader
            .transact(move |tx| Ok(pages::after(tx, &room, start, limit)?))
            .await
    }

    /// One item, if it is kept.
    pub(crate) async fn item(&self, room: &str, seq: u64) -> Result<Option<Item>, StoreError> {
        let room = room.to_owned();
        self.reader
            .transact(move |tx| Ok(items::get(tx, &room, seq)?))
            .await
    }

    /// Notes how far the user has read, here; says what that changed.
    pub(crate) async fn read(
        &self,
        reads: BTreeMap<String, u64>,
    ) -> Result<Vec<RoomState>, StoreError> {
        let me = Arc::clone(&self.me);
        self.writer
            .transact(move |tx| Ok(rooms::read_here(tx, &me, reads)?))
            .await
    }

    /// The read marks that the server does not have yet.
    pub(crate) async fn reads_to_tell(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        self.reader
            .transact(|tx| Ok(rooms::reads_to_tell(tx)?))
            .await
    }

    pub(crate) async fn save_draft(&self, room: String, text: String) -> Result<(), StoreError> {
        self.writer
            .transact(move |tx| Ok(rooms::save_draft(tx, &room, &text)?))
            .await
    }

    /// Puts a message into the outbox; it is flushed to the disk when this returns.
    pub(crate) async fn queue(&self, outgoing: Outgoing) -> Result<(), StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(outbox::insert(tx, instance.owner(), &outgoing)?))
            .await
    }

    /// The next entries to send, after the one with number `after`.
    pub(crate) async fn queued(&self, after: i64, limit: usize) -> Result<Vec<Queued>, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact(move |tx| Ok(outbox::waiting(tx, instance.id(), after, limit)?))
            .await
    }

    /// Takes over what ended processes left in the outbox.
    pub(crate) async fn claim_abandoned(&self, transfers: bool) -> Result<Vec<Queued>, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact(move |tx| Ok(outbox::claim_abandoned(tx, &instance, transfers)?))
            .await
    }

    /// A failed entry waits again, behind those that wait already. `false` if there is none.
    pub(crate) async fn retry(&self, nonce: String) -> Result<bool, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact_flushed(move |tx| Ok(outbox::retry(tx, instance.owner(), &nonce)?))
            .await
    }

    pub(crate) async fn fail(
        &self,
        nonce: String,
        failure: Failure,
    ) -> Result<Option<Outgoing>, StoreError> {
        self.writer
            .transact(move |tx| Ok(outbox::fail(tx, &nonce, &failure)?))
            .await
    }

    /// Removes an entry that no other process is sending.
    pub(crate) async fn discard(&self, nonce: String) -> Result<Option<Outgoing>, StoreError> {
        let instance = Arc::clone(&self.instance);
        self.writer
            .transact(move |tx| Ok(outbox::discard(tx, &instance, &nonce)?))
            .await
    }

    /// Lets other sessions take this one's entries at once, without waiting for a disk.
    pub(crate) fn let_go(&self) {
        self.instance.release();
    }

    /// Lets go of this session's entries, so that another may send them.
    pub(crate) async fn release(&self) -> Result<(), StoreError> {
        let instance = Arc::clone(&self.instance);
        instance.release();
        self.writer
            .transact(move |tx| {
                transfers::release(tx, instance.id())?;
                Ok(outbox::release(tx, instance.id())?)
            })
            .await
    }
}
