//! The one thread that writes: it takes whatever commands wait, runs them as
//! one transaction, flushes once, and then answers all (group commit).

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::chores::Chores;
use super::files::changes::FileChanges;
use super::state::State;
use crate::storage::{Result, StorageError};

/// Commands that may wait for the writer; who comes later waits for a place.
/// More than the connections that act at once in a busy server, little memory.
const COMMANDS: usize = 1_024;

/// Commands in one transaction. More would gain nothing, and let the first
/// wait for the last.
const GROUP: usize = 512;

/// How long nothing must come before chores are done freely.
const IDLE: Duration = Duration::from_millis(50);

/// What a command works with: the transaction, and what the writer remembers.
pub(super) struct Work<'a> {
    pub(super) conn: &'a Connection,
    pub(super) state: &'a mut State,
}

/// A command of any answer. It may run twice: when another of its group fails,
/// the group is undone and its commands run again one by one.
trait Job: Send {
    fn run(&mut self, work: &mut Work<'_>) -> Result<()>;
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Call<T, F> {
    run: F,
    done: Option<T>,
    answer: oneshot::Sender<Result<T>>,
    _place: OwnedSemaphorePermit,
}

impl<T, F> Job for Call<T, F>
where
    T: Send,
    F: FnMut(&mut Work<'_>) -> Result<T> + Send,
{
    fn run(&mut self, work: &mut Work<'_>) -> Result<()> {
        self.done = Some((self.run)(work)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let Self { done, answer, .. } = *self;
        let missing = || StorageError::Internal("a command has no answer".to_owned());
        // The asker may have gone; the command stands all the same.
        let _ = answer.send(committed.and_then(|()| done.ok_or_else(missing)));
    }
}

type CloseAnswer = oneshot::Sender<Result<()>>;

enum Order {
    Run(Box<dyn Job>),
    Close(CloseAnswer),
}

/// The way to the writer's thread, which ends when this is dropped.
pub(super) struct Writer {
    orders: Mutex<Option<Sender<Order>>>,
    places: Arc<Semaphore>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the thread over an open connection; `path` is for opening it anew.
    pub(super) fn start(
        conn: Connection,
        path: PathBuf,
        file_changes: FileChanges,
    ) -> Result<Self> {
        file_changes.watch(&conn)?;
        let (orders, inbox) = channel();
        let thread = std::thread::Builder::new()
            .name("storage".to_owned())
            .spawn(move || Desk::new(conn, path, file_changes).serve(&inbox))
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok(Self {
            orders: Mutex::new(Some(orders)),
            places: Arc::new(Semaphore::new(COMMANDS)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Runs a command in the next transaction; answers after its flush.
    pub(super) async fn call<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Work<'_>) -> Result<T> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        self.order(Order::Run(Box::new(Call {
            run,
            done: None,
            answer,
            _place: place,
        })))?;
        answered.await.map_err(|_| closed())?
    }

    /// Runs what waits, moves the write-ahead log into the file, and ends the thread.
    pub(super) async fn close(&self) -> Result<()> {
        self.places.close();
        let (answer, answered) = oneshot::channel();
        self.order(Order::Close(answer))?;
        let closing = answered.await.map_err(|_| closed())?;
        self.hang_up();
        closing
    }

    fn order(&self, order: Order) -> Result<()> {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = orders.as_ref().ok_or_else(closed)?;
        sender.send(order).map_err(|_| closed())
    }

    /// Ends the thread after what waits, and waits for it.
    fn hang_up(&self) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        drop(orders.take());
        drop(orders);
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the storage's writer panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.hang_up();
    }
}

fn closed() -> StorageError {
    StorageError::Unavailable("it is closed".to_owned())
}

/// The thread's own side.
pub(super) struct Desk {
    pub(super) conn: Connection,
    path: PathBuf,
    pub(super) state: State,
    pub(super) chores: Chores,
    /// A commit or a write failed: what SQLite holds of it in memory is not
    /// trusted, and the next group begins with a connection opened anew.
    suspect: bool,
    /// The last group failed.
    failing: bool,
}

impl Desk {
    fn new(conn: Connection, path: PathBuf, file_changes: FileChanges) -> Self {
        Self {
            conn,
            path,
            state: State::new(file_changes),
            chores: Chores::default(),
            suspect: false,
            failing: false,
        }
    }

    fn serve(mut self, inbox: &Receiver<Order>) {
        let mut rested = false;
        loop {
            let order = match self.next(inbox, rested) {
                Ok(order) => order,
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    rested = true;
                    self.do_chore(true);
                    continue;
                }
            };
            rested = false;
            let (group, close) = gather(order, inbox);
            if !group.is_empty() {
                self.run(group);
            }
            if let Some(answer) = close {
                let _ = answer.send(self.finish());
                return;
            }
            self.do_chore(false);
        }
    }

    /// The next order: at once if chores wait and it is quiet, after a moment
    /// if it may become quiet, or whenever it comes.
    fn next(
        &self,
        inbox: &Receiver<Order>,
        rested: bool,
    ) -> std::result::Result<Order, RecvTimeoutError> {
        if !self.chores_wait() {
            return inbox.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        let quiet = if rested { Duration::ZERO } else { IDLE };
        inbox.recv_timeout(quiet.max(self.chores.pause()))
    }

    /// Runs commands as one transaction, and answers them.
    fn run(&mut self, mut group: Vec<Box<dyn Job>>) {
        let done = self.transaction(|work| {
            for job in &mut group {
                job.run(work)?;
            }
            Ok(())
        });
        // One command that can never succeed must not fail the others; when
        // the disk is at fault, trying each would only take longer.
        if group.len() > 1 && done.as_ref().is_err_and(|error| !error.is_transient()) {
            for mut job in group {
                let alone = self.transaction(|work| job.run(work));
                job.answer(alone);
            }
            return;
        }
        self.report(&done);
        for job in group {
            job.answer(done.clone());
        }
    }

    /// Says once that writing fails, and once that it works again: a full disk
    /// shall not fill further with what is said about it.
    fn report(&mut self, done: &Result<()>) {
        match done {
            Err(error) if !self.failing => {
                tracing::error!(%error, "the storage cannot write; it tries again at the next command");
            }
            Ok(()) if self.failing => tracing::info!("the storage can write again"),
            _ => {}
        }
        self.failing = done.is_err();
    }

    /// Runs a body as one transaction, flushed when it is answered with `Ok`.
    pub(super) fn transaction(
        &mut self,
        body: impl FnOnce(&mut Work<'_>) -> Result<()>,
    ) -> Result<()> {
        if self.suspect {
            self.conn = super::open_writer(&self.path)?;
            self.state.file_changes.watch(&self.conn)?;
            self.suspect = false;
        }
        // A fault of ours in one command must not end the thread for all.
        let attempt = AssertUnwindSafe(|| Self::attempt(&self.conn, &mut self.state, body));
        let done = catch_unwind(attempt).unwrap_or_else(|_| {
            self.suspect = true;
            Err(StorageError::Internal(
                "a storage command panicked".to_owned(),
            ))
        });
        if done.is_ok() {
            self.state.committed();
            self.chores.groups += 1;
        } else {
            self.undo(done.as_ref().is_err_and(StorageError::is_transient));
        }
        self.state.file_changes.ended();
        done
    }

    fn attempt(
        conn: &Connection,
        state: &mut State,
        body: impl FnOnce(&mut Work<'_>) -> Result<()>,
    ) -> Result<()> {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        body(&mut Work { conn, state })?;
        conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    fn undo(&mut self, transient: bool) {
        self.state.rolled_back();
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a storage transaction could not be undone");
            self.suspect = true;
        }
        self.suspect |= transient;
    }

    /// Lets the connection be opened anew before it is used again.
    pub(super) fn distrust(&mut self) {
        self.suspect = true;
    }

    fn finish(self) -> Result<()> {
        // What is not moved now is moved at the next start: nothing is lost.
        if let Err(error) = super::checkpoint(&self.conn, "TRUNCATE") {
            tracing::warn!(%error, "the write-ahead log stays until the next start");
        }
        self.conn
            .close()
            .map_err(|(_, error)| StorageError::from(error))
    }
}

/// The order and what else waits, up to the bound of a group or a `Close`.
fn gather(first: Order, inbox: &Receiver<Order>) -> (Vec<Box<dyn Job>>, Option<CloseAnswer>) {
    let mut group = Vec::new();
    let mut next = Some(first);
    while let Some(order) = next {
        match order {
            Order::Run(job) => group.push(job),
            Order::Close(answer) => return (group, Some(answer)),
        }
        next = (group.len() < GROUP)
            .then(|| inbox.try_recv().ok())
            .flatten();
    }
    (group, None)
}
