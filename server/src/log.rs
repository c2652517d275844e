//! The log: the actor through which every act on a room goes.
//!
//! It gathers what waits, appends it to storage as one batch, and while that
//! is being flushed, tells of the batch before. After the flush, in order: the
//! directory takes the changes over, each event is encoded once, the batch is
//! published room by room as one shared piece of bytes, and the answers are
//! queued. So nothing is acknowledged or shown before it is flushed, and
//! whatever is told about a room is told in the order of its log.
//!
//! # Layout
//!
//! - [`entry`]: an act that waits, and who is to be answered.
//! - [`apply`]: what a flushed batch changes in the directory.
//! - [`publish`]: what a flushed batch tells the rooms.
//! - [`answer`]: what a flushed batch, or a failed one, tells those who asked.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::bus::Bus;
use crate::connection::Work;
use crate::directory::Directory;
use crate::storage::{Act, Outcome, Storage, StorageError};

mod answer;
mod apply;
mod entry;
mod publish;

pub(crate) use answer::refusal;
pub(crate) use entry::{Answer, Entry};
pub(crate) use publish::left_room;

/// Acts that may wait for the log. Beyond it their connections are not read
/// on, so that a flood waits in its own sockets.
const QUEUE: usize = 8_192;

/// Acts of one batch: enough that the flush costs each little, few enough
/// that a batch is a matter of milliseconds.
const BATCH_ACTS: usize = 1_024;

/// Bytes of text in one batch, for the same reason.
const BATCH_BYTES: usize = 1 << 20;

/// The log's handle: where acts are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    entries: mpsc::Sender<Entry>,
}

/// The log has stopped, because the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Log {
    /// A log and the task that is to run it.
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        bus: Arc<dyn Bus>,
        directory: Arc<Directory>,
        stop: CancellationToken,
    ) -> (Self, LogActor) {
        let (entries, waiting) = mpsc::channel(QUEUE);
        let actor = LogActor {
            waiting,
            storage,
            bus,
            directory,
            stop,
        };
        (Self { entries }, actor)
    }

    /// Hands an act in without waiting for what becomes of it. Where the queue
    /// is full, the work of waiting for room in it is answered.
    ///
    /// # Errors
    ///
    /// [`Stopped`].
    pub(crate) fn push(&self, entry: Entry) -> Result<Option<Work>, Stopped> {
        use mpsc::error::TrySendError;
        match self.entries.try_send(entry) {
            Ok(()) => Ok(None),
            Err(TrySendError::Closed(_)) => Err(Stopped),
            Err(TrySendError::Full(entry)) => {
                let (entries, re) = (self.entries.clone(), entry.answer.re());
                Ok(Some(Work::new(re, async move {
                    // The log stops only when the server does, with all its connections.
                    let _ = entries.send(entry).await;
                    None
                })))
            }
        }
    }

    /// Hands an act in, and answers what became of it once everybody was told.
    ///
    /// # Errors
    ///
    /// As [`Storage::append`]; also when the server stops.
    pub(crate) async fn act(&self, entry: Entry) -> Result<Outcome, StorageError> {
        let stopped = || StorageError::Unavailable("the server is stopping".into());
        let (answer, outcome) = tokio::sync::oneshot::channel();
        let entry = Entry {
            answer: Answer::Handler(answer),
            ..entry
        };
        self.entries.send(entry).await.map_err(|_| stopped())?;
        outcome.await.map_err(|_| stopped())?
    }
}

/// The log itself. It runs until it is told to stop, and finishes what waits then.
#[derive(Debug)]
pub(crate) struct LogActor {
    waiting: mpsc::Receiver<Entry>,
    storage: Arc<dyn Storage>,
    bus: Arc<dyn Bus>,
    directory: Arc<Directory>,
    stop: CancellationToken,
}

/// A batch with what became of it.
struct Batch {
    acts: Arc<Vec<Act>>,
    heads: Vec<entry::Head>,
    outcomes: Result<Vec<Outcome>, StorageError>,
}

impl LogActor {
    /// Runs the log.
    pub(crate) async fn run(mut self) {
        let mut kept: Option<Batch> = None;
        loop {
            let mut entries = Vec::new();
            if kept.is_none() {
                match self.next().await {
                    Some(entry) => entries.push(entry),
                    None => return,
                }
            }
            self.gather(&mut entries);
            let told = kept.take();
            if entries.is_empty() {
                self.tell(told);
                continue;
            }
            // The batch before is told while this one is on its way to the disk.
            let (batch, ()) = tokio::join!(self.append(entries), async { self.tell(told) });
            self.apply(&batch);
            kept = Some(batch);
        }
    }

    /// The next act; `None` when it is told to stop and none waits any more.
    async fn next(&mut self) -> Option<Entry> {
        tokio::select! {
            entry = self.waiting.recv() => return entry,
            () = self.stop.cancelled() => self.waiting.close(),
        }
        self.waiting.recv().await
    }

    fn gather(&mut self, entries: &mut Vec<Entry>) {
        let mut bytes: usize = entries.iter().map(Entry::text_bytes).sum();
        while entries.len() < BATCH_ACTS
            && bytes < BATCH_BYTES
            && let Ok(entry) = self.waiting.try_recv()
        {
            bytes += entry.text_bytes();
            entries.push(entry);
        }
    }

    async fn append(&self, entries: Vec<Entry>) -> Batch {
        let (acts, heads): (Vec<Act>, Vec<entry::Head>) =
            entries.into_iter().map(Entry::split).unzip();
        let acts = Arc::new(acts);
        let mut outcomes = self.storage.append(Arc::clone(&acts)).await;
        if let Ok(answered) = &outcomes
            && answered.len() != acts.len()
        {
            outcomes = Err(StorageError::Internal(
                "not every act of a batch was answered".into(),
            ));
        }
        if let Err(error) = &outcomes {
            // The storage itself says when it begins to fail, and when it ends.
            tracing::debug!(%error, acts = acts.len(), "a batch was not kept");
        }
        Batch {
            acts,
            heads,
            outcomes,
        }
    }

    fn apply(&self, batch: &Batch) {
        if let Ok(outcomes) = &batch.outcomes {
            self.directory
                .write(|tables| apply::apply(tables, &batch.acts, outcomes));
        }
    }

    fn tell(&self, batch: Option<Batch>) {
        let Some(batch) = batch else { return };
        if let Ok(outcomes) = &batch.outcomes {
            publish::publish(&*self.bus, &self.directory, &batch, outcomes);
        }
        answer::answer(batch);
    }
}
