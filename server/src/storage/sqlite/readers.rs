//! Connections that read beside the writer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::storage::{Result, StorageError};

/// Reads that run at once; further ones wait. A few keep a long search from
/// holding up the short ones, more would only take memory and turns.
const READERS: usize = 4;

/// The pool of reading connections, opened when first needed.
#[derive(Debug)]
pub(super) struct Readers {
    path: Arc<PathBuf>,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path: Arc::new(path),
            turns: Arc::new(Semaphore::new(READERS)),
            idle: Arc::default(),
        }
    }

    /// Runs a read off the async threads.
    pub(super) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    {
        let closed = |_| StorageError::Unavailable("it is closed".to_owned());
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(closed)?;
        let (path, idle) = (Arc::clone(&self.path), Arc::clone(&self.idle));
        let task = tokio::task::spawn_blocking(move || {
            let kept = lock(&idle).pop();
            let mut conn = match kept {
                Some(conn) => conn,
                None => super::open_reader(&path)?,
            };
            let answer = read(&mut conn);
            // One that failed is not kept: the next read opens another.
            if answer.is_ok() && !turn.semaphore().is_closed() {
                lock(&idle).push(conn);
            }
            answer
        });
        task.await
            .map_err(|error| StorageError::Internal(error.to_string()))?
    }

    /// Lets running reads end and closes all connections.
    pub(super) async fn close(&self) {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let turns = self.turns.acquire_many(all).await;
        self.turns.close();
        drop(turns);
        lock(&self.idle).clear();
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
