//! A thread with one SQLite connection, so that no async thread waits for a disk or for another process.
//! What only touches a few rows in memory may be done where it is asked for.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// Jobs that wait for the thread. Whoever comes later waits in line.
const JOBS: usize = 32;

/// How often is looked whether a connection is free, the processor given up in between: some 50 µs in all.
const LOOKS: u32 = 50;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread's end for others; it ends when the last of these is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    connection: Arc<Mutex<Connection>>,
}

impl Worker {
    /// `behavior` is immediate for the one that writes: a transaction that reads
    /// first and writes then would be refused, not queued, where another process wrote in between.
    pub(crate) fn start(
        name: &str,
        mut connection: Connection,
        behavior: TransactionBehavior,
    ) -> io::Result<Self> {
        connection.set_transaction_behavior(behavior);
        let (jobs, mut waiting) = mpsc::channel::<Job>(JOBS);
        let connection = Arc::new(Mutex::new(connection));
        let own = Arc::clone(&connection);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some(job) = waiting.blocking_recv() {
                    job(&mut own.lock().unwrap_or_else(PoisonError::into_inner));
                }
            })?;
        Ok(Self { jobs, connection })
    }

    /// Runs `job` in a transaction, which it commits or drops: at once and on the caller's thread if nobody is
    /// in the way, else on the worker's. It is for jobs of a few rows that no disk is waited for: handing
    /// those over and back would take longer than they do. `patience` is how long another process's lock is waited
    /// for, on the worker's thread.
    pub(crate) async fn transact_here<T: Send + 'static>(
        &self,
        behavior: TransactionBehavior,
        patience: Duration,
        job: impl FnOnce(Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let job = match self.try_here(behavior, patience, job) {
            Ok(done) => return done,
            Err(job) => job,
        };
        self.run(move |connection| job(connection.transaction_with_behavior(behavior)?))
            .await
    }

    /// The connection, unless it is another's for long. A transaction of a few rows is over before the
    /// worker's thread would have woken.
    fn lock_soon(&self) -> Option<MutexGuard<'_, Connection>> {
        for _ in 0..LOOKS {
            match self.connection.try_lock() {
                Ok(connection) => return Some(connection),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => thread::yield_now(),
            }
        }
        None
    }

    /// The job comes back if somebody is in the way.
    fn try_here<T, J>(
        &self,
        behavior: TransactionBehavior,
        patience: Duration,
        job: J,
    ) -> Result<Result<T, StoreError>, J>
    where
        J: FnOnce(Transaction<'_>) -> Result<T, StoreError>,
    {
        let Some(connection) = self.lock_soon() else {
            return Err(job);
        };
        if connection.busy_timeout(Duration::ZERO).is_err() {
            return Err(job);
        }
        // Unchecked is right: nobody else has the connection while it is locked.
        let began = Transaction::new_unchecked(&connection, behavior);
        let patient = connection.busy_timeout(patience);
        let began = began.and_then(|transaction| patient.map(|()| transaction));
        match began {
            Ok(transaction) => Ok(job(transaction)),
            Err(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Err(job),
                _ => Ok(Err(error.into())),
            },
        }
    }

    /// Runs `job` as one transaction: all of it is kept, or nothing.
    pub(crate) async fn transact<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |connection| transact(connection, job)).await
    }

    /// [`Self::transact`], on the disk itself when it returns.
    pub(crate) async fn transact_flushed<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(move |connection| {
            connection.pragma_update(None, "synchronous", "FULL")?;
            let done = transact(connection, job);
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            done
        })
        .await
    }

    /// Runs `job` with the connection itself.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, done) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = answer.send(job(connection));
        });
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        done.await.map_err(|_| StoreError::Closed)?
    }

    /// An end that does not keep the thread alive, for a thread that looks in now and then.
    pub(crate) fn weak(&self) -> WeakWorker {
        WeakWorker(self.jobs.downgrade())
    }
}

/// [`Worker::weak`].
#[derive(Debug, Clone)]
pub(crate) struct WeakWorker(mpsc::WeakSender<Job>);

impl WeakWorker {
    /// Runs `job` from a thread that may wait. `None` once the worker has ended.
    pub(crate) fn run_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, done) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = answer.send(job(connection));
        });
        self.0.upgrade()?.blocking_send(job).ok()?;
        done.blocking_recv().ok()
    }
}

fn transact<T>(
    connection: &mut Connection,
    job: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction()?;
    let done = job(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn open(path: &std::path::Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .unwrap();
        connection.busy_timeout(PATIENCE).unwrap();
        connection
    }

    async fn add(worker: &Worker) -> thread::ThreadId {
        let immediate = TransactionBehavior::Immediate;
        worker
            .transact_here(immediate, PATIENCE, |transaction| {
                transaction.execute("INSERT INTO t VALUES (1)", ())?;
                transaction.commit()?;
                Ok(thread::current().id())
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_short_job_runs_at_once_unless_somebody_is_in_the_way() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        let other = open(&path);
        other.execute_batch("CREATE TABLE t (n INTEGER)").unwrap();
        let worker = Worker::start("test", open(&path), TransactionBehavior::Immediate).unwrap();
        let here = thread::current().id();
        assert_eq!(add(&worker).await, here);

        // Another process writes: it is waited for, but not here.
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let (added, ()) = tokio::join!(add(&worker), async {
            tokio::task::yield_now().await;
            other.execute_batch("COMMIT").unwrap();
        });
        assert_ne!(added, here);

        // So does somebody in this process.
        let (held, holds) = mpsc::channel();
        let (go, gone) = mpsc::channel::<()>();
        let holding = worker.run(move |_| {
            held.send(()).unwrap();
            gone.recv().unwrap();
            Ok(())
        });
        let waits = async {
            tokio::task::spawn_blocking(move || holds.recv().unwrap())
                .await
                .unwrap();
            let (added, sent) = tokio::join!(add(&worker), async { go.send(()) });
            sent.unwrap();
            added
        };
        let (held, added) = tokio::join!(holding, waits);
        held.unwrap();
        assert_ne!(added, here);
        let count = other.query_row("SELECT count(*) FROM t", (), |row| row.get::<_, u64>(0));
        assert_eq!(count.unwrap(), 3);
    }
}
