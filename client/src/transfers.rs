//! Files on their way: the engine that runs a session's transfers.
//!
//! What is to be done stands in the store. Handles write it there and wake the
//! engine, which compares what it runs with what stands there; so nothing is
//! lost however this process ends, and every change has one way in.
//!
//! # Layout
//!
//! - this file: what the session and its handles have of it.
//! - `engine`: the task that starts, stops and tells of jobs.
//! - `job`: what a job has at hand; `upload`, `download`, `removal`: the jobs.
//! - `tus`: what is said to the server; `trouble`: what its refusals mean.
//! - `source`, `sink`, `place`: the files of this computer.
//! - `progress`: how far a job is, and how fast.
//! - `previews`: small files kept for thumbnails.

mod begin;
mod download;
mod engine;
pub(crate) mod job;
pub(crate) mod place;
mod previews;
pub(crate) mod progress;
mod removal;
pub(crate) mod sink;
pub(crate) mod source;
pub(crate) mod trouble;
pub(crate) mod tus;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::actor::Command;
use crate::event::Event;
use crate::home::AccountFiles;
use crate::http::SharedCaller;
use crate::shared::Shared;
use crate::store::Store;
use engine::Engine;
use job::Context;
use previews::Previews;

/// Batches of events that wait for the session's actor.
const TOLD: usize = 4;

/// Jobs may take this long to let go when a session ends: a write to a slow disk.
const LAST_STEPS: Duration = Duration::from_secs(5);

/// How the session stands, for those who need the server.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Standing {
    /// Whether it is signed in.
    pub(crate) online: bool,
    /// The largest file that the server takes, once it said so.
    pub(crate) file_bytes: Option<u64>,
}

/// What the handles have of the transfers; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Transfers {
    pub(crate) store: Store,
    pub(crate) files: AccountFiles,
    pub(crate) caller: SharedCaller,
    pub(crate) standing: watch::Receiver<Standing>,
    wake: Arc<Notify>,
    previews: Arc<Previews>,
}

impl Transfers {
    pub(crate) fn new(
        store: Store,
        files: AccountFiles,
        caller: SharedCaller,
        standing: watch::Receiver<Standing>,
    ) -> Self {
        let previews = Previews::new(files.previews(), Arc::clone(&caller));
        Self {
            store,
            files,
            caller,
            standing,
            wake: Arc::default(),
            previews: Arc::new(previews),
        }
    }

    /// Something in the store has changed.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Starts the engine.
    pub(crate) fn start(
        &self,
        asker: mpsc::WeakSender<Command>,
        shared: Arc<Shared>,
        takes_over: bool,
    ) -> Running {
        let (tell, told) = mpsc::channel(TOLD);
        let stop = CancellationToken::new();
        let context = Context {
            store: self.store.clone(),
            caller: Arc::clone(&self.caller),
            standing: self.standing.clone(),
            asker,
        };
        let engine = Engine::new(
            Arc::new(context),
            self.files.clone(),
            shared,
            takes_over,
            tell,
        );
        let task = tokio::spawn(engine.run(Arc::clone(&self.wake), stop.clone()));
        Running {
            told,
            stop,
            task: Some(task),
        }
    }
}

/// The engine, as its owner, the session's actor, has it.
#[derive(Debug)]
pub(crate) struct Running {
    told: mpsc::Receiver<Vec<Event>>,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Running {
    /// What it tells next; never, once it has ended.
    pub(crate) async fn told(&mut self) -> Vec<Event> {
        match self.told.recv().await {
            Some(events) => events,
            None => std::future::pending().await,
        }
    }

    /// Stops everything that runs, and waits until it has let go.
    pub(crate) async fn stop(&mut self) {
        self.stop.cancel();
        if let Some(mut task) = self.task.take()
            && timeout(LAST_STEPS, &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
