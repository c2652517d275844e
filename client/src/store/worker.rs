//! A thread that owns one SQLite connection, so that no async thread waits for a disk.

use std::io;
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// Jobs that wait for the thread. Whoever comes later waits in line.
const JOBS: usize = 32;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The thread's end for others; it ends when the last of these is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
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
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some(job) = waiting.blocking_recv() {
                    job(&mut connection);
                }
            })?;
        Ok(Self { jobs })
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
