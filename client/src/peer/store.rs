//! The peers' store: what is known of people and their devices, what was said, and what is to
//! be done. SQLite in WAL mode, `peer.db` in the account's folder.
//!
//! Handles of any process write what their users wish; the node, which one process is,
//! asks what is to be done. Everything that belongs together is one transaction: what an Olm
//! message said with the ratchet that it moved, a post with its place in the outgoing lines.
//!
//! # Layout
//!
//! - `schema`: the tables; `tx`: one transaction; `watch`: what other processes change.
//! - `due`: what writes leave to the node of this process.
//! - `row`: what the node reads and writes.
//! - `own`: this device; `people`, `devices`, `links`: the others; `wishes`: what handles ask for.
//! - `talks`, `posts`, `changes`: what is shown; `writing`, `deciding`: what handles write and decide.
//! - `outgoing`, `sessions`, `incoming`: what goes out and comes in, once each.
//! - `channels`, `entries`: peer channels; `files`, `offers`: files.
//! - `feed`: what changed, for those who watch.

mod changes;
mod channels;
mod deciding;
mod devices;
mod due;
mod entries;
mod feed;
mod files;
mod incoming;
mod links;
mod offers;
mod outgoing;
mod own;
mod people;
mod posts;
mod row;
mod schema;
mod sessions;
mod talks;
#[cfg(test)]
mod tests;
mod tx;
mod watch;
mod wishes;
mod writing;

use std::path::Path;
use std::sync::{Arc, mpsc};

use rusqlite::TransactionBehavior;
use tokio::sync::watch as tokio_watch;

pub(crate) use due::Left;
pub(crate) use feed::Cursor;
pub(crate) use row::{
    Came, Delivery, DeliveryState, DeviceRow, FileRow, Own, Ratchet, Received, Tried,
    UnsignedEntry, Wish,
};

use crate::store::StoreError;
use crate::store::worker::Worker;
use due::Due;
use schema::BUSY;
use tx::Tx;

type Result<T> = std::result::Result<T, StoreError>;

/// The store; cheap to clone. With the last clone its threads end.
#[derive(Debug, Clone)]
pub(crate) struct PeerStore {
    writer: Worker,
    reader: Worker,
    me: Arc<str>,
    changed: tokio_watch::Sender<u64>,
    due: Arc<Due>,
    /// Ends the thread that looks for others' changes when it is dropped.
    _watching: Arc<mpsc::Sender<()>>,
}

impl PeerStore {
    /// Opens the file and makes it where it is missing. `username` is oneself.
    ///
    /// # Errors
    ///
    /// [`StoreError::Open`] if it cannot be made, read, or brought up to date.
    pub(crate) fn open(path: &Path, username: &str) -> Result<Self> {
        let failed = |detail: String| StoreError::Open {
            path: path.display().to_string(),
            detail,
        };
        let told = |error: std::io::Error| failed(error.to_string());
        let opening = schema::private(&path.with_extension("opening")).map_err(told)?;
        opening.lock().map_err(told)?;
        schema::private(path).map_err(told)?;
        let writer = schema::open(path).map_err(failed)?;
        let reader = schema::open(path).map_err(failed)?;
        let flusher = schema::open(path).map_err(failed)?;
        drop(opening);
        let seen = watch::version(&writer);
        let writer = Worker::start("peers-writer", writer, TransactionBehavior::Immediate);
        let reader = Worker::start("peers-reader", reader, TransactionBehavior::Deferred);
        let (writer, reader) = (writer.map_err(told)?, reader.map_err(told)?);
        let (changed, _) = tokio_watch::channel(0);
        let (watching, end) = mpsc::channel();
        let due = Arc::new(Due::default());
        let told_of = (changed.clone(), Arc::clone(&due));
        watch::start((writer.weak(), seen), flusher, told_of, end).map_err(told)?;
        Ok(Self {
            writer,
            reader,
            me: username.into(),
            changed,
            due,
            _watching: Arc::new(watching),
        })
    }

    /// Oneself.
    pub(crate) fn me(&self) -> &str {
        &self.me
    }

    /// Raised by every change, of whichever process (those of others within 50 ms).
    pub(crate) fn changed(&self) -> tokio_watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// One transaction that changes something: all of it is kept, or nothing. Those who watch are
    /// woken after it.
    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (me, changed) = (Arc::clone(&self.me), self.changed.clone());
        let due = Arc::clone(&self.due);
        let immediate = TransactionBehavior::Immediate;
        self.writer
            .transact_here(immediate, BUSY, move |transaction| {
                let tx = Tx::new(&transaction, &me, &due);
                let done = job(&tx)?;
                let (woke, left) = tx.end();
                transaction.commit()?;
                due.leave(left);
                if woke {
                    changed.send_modify(|count| *count += 1);
                }
                Ok(done)
            })
            .await
    }

    /// One transaction that reads a few rows. It goes by the writer's connection, whose cache no write
    /// of its own empties: what was just written is read from memory.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (me, due) = (Arc::clone(&self.me), Arc::clone(&self.due));
        let deferred = TransactionBehavior::Deferred;
        self.writer
            .transact_here(deferred, BUSY, move |transaction| {
                Ok(job(&Tx::new(&transaction, &me, &due))?)
            })
            .await
    }

    /// One transaction that may read much: beside the writer, which does not wait for it.
    async fn read_long<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (me, due) = (Arc::clone(&self.me), Arc::clone(&self.due));
        self.reader
            .transact(move |transaction| Ok(job(&Tx::new(transaction, &me, &due))?))
            .await
    }
}
