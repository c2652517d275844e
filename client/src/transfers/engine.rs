//! The task that runs a session's transfers: several at once, the rest in line.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::job::{Context, Job, Outcome};
use super::progress::{Progress, Speed};
use super::{download, removal, upload};
use crate::event::Event;
use crate::home::AccountFiles;
use crate::shared::Shared;
use crate::store::{Ended, Kept, StoreError};
use crate::transfer::{Direction, Transfer, TransferId, TransferState};

/// Uploads at once, and downloads at once: one connection seldom fills a line, and
/// more than a few only share it.
const AT_ONCE: usize = 3;

/// Between two events of a running transfer: as often as a bar needs to look alive.
const TELL: Duration = Duration::from_millis(250);

/// Between looks for transfers of processes that ended.
const SWEEP: Duration = Duration::from_secs(30);

/// After a failure of the store, before it is tried again.
const STORE_REST: Duration = Duration::from_secs(5);

/// Events that the session has not taken, past which progress is not told.
const BEHIND: usize = 64;

/// A job that runs, as the engine has it.
#[derive(Debug)]
struct Running {
    progress: Arc<Progress>,
    speed: Speed,
    stop: CancellationToken,
    direction: Direction,
    /// Whether it removes what is left.
    removes: bool,
    told: Option<Transfer>,
}

/// The task.
#[derive(Debug)]
pub(super) struct Engine {
    context: Arc<Context>,
    files: AccountFiles,
    shared: Arc<Shared>,
    takes_over: bool,
    tell: mpsc::Sender<Vec<Event>>,
    untold: Vec<Event>,
    kept: BTreeMap<TransferId, Kept>,
    running: BTreeMap<TransferId, Running>,
    jobs: JoinSet<(TransferId, Outcome)>,
    rest_until: Option<Instant>,
}

impl Engine {
    pub(super) fn new(
        context: Arc<Context>,
        files: AccountFiles,
        shared: Arc<Shared>,
        takes_over: bool,
        tell: mpsc::Sender<Vec<Event>>,
    ) -> Self {
        Self {
            context,
            files,
            shared,
            takes_over,
            tell,
            untold: Vec::new(),
            kept: BTreeMap::new(),
            running: BTreeMap::new(),
            jobs: JoinSet::new(),
            rest_until: None,
        }
    }

    /// Runs until it is stopped.
    pub(super) async fn run(mut self, wake: Arc<Notify>, stop: CancellationToken) {
        self.begin().await;
        let mut next_sweep = Instant::now() + SWEEP;
        let mut next_tell = Instant::now() + TELL;
        loop {
            let timer = match self.running.is_empty() {
                true => next_sweep,
                false => next_sweep.min(next_tell),
            };
            let timer = self.rest_until.map_or(timer, |rest| timer.min(rest));
            let tell = self.tell.clone();
            tokio::select! {
                () = stop.cancelled() => break,
                () = wake.notified() => self.reconcile().await,
                Some(ended) = self.jobs.join_next() => match ended {
                    Ok((id, outcome)) => self.ended(id, outcome).await,
                    Err(error) => tracing::error!(%error, "a transfer broke down"),
                },
                told = tell.reserve(), if !self.untold.is_empty() => match told {
                    Ok(permit) => permit.send(std::mem::take(&mut self.untold)),
                    Err(_) => break,
                },
                () = sleep_until(timer) => {
                    let now = Instant::now();
                    if now >= next_tell {
                        next_tell = now + TELL;
                        self.tell_progress(now);
                    }
                    if now >= next_sweep {
                        next_sweep = now + SWEEP;
                        self.sweep().await;
                    }
                    if self.rest_until.is_some_and(|rest| now >= rest) {
                        self.rest_until = None;
                        self.reconcile().await;
                    }
                }
            }
        }
        self.finish().await;
    }

    async fn begin(&mut self) {
        if self.takes_over
            && let Err(error) = self.context.store.claim_transfers().await
        {
            self.store_failed(&error);
        }
        match self.context.store.transfers().await {
            Ok(all) => {
                // They were told in the snapshot, or are this session's own affair.
                self.kept = all.into_iter().map(|kept| (kept.id(), kept)).collect();
                self.start();
            }
            Err(error) => self.store_failed(&error),
        }
        let files = self.files.clone();
        let copies = self.context.store.copies().await;
        if self.takes_over
            && let Ok(copies) = copies
        {
            // Their transfers are over; the process that should have removed them was killed.
            let sweeping = tokio::task::spawn_blocking(move || files.sweep_copies(&copies));
            let _ = sweeping.await;
        }
    }

    /// Takes over what sessions that ended have left.
    async fn sweep(&mut self) {
        if self.takes_over {
            match self.context.store.claim_transfers().await {
                Ok(()) => self.reconcile().await,
                Err(error) => self.store_failed(&error),
            }
        }
    }

    /// Compares what was known with what stands in the store, and acts on the difference.
    async fn reconcile(&mut self) {
        let all = match self.context.store.transfers().await {
            Ok(all) => all,
            Err(error) => return self.store_failed(&error),
        };
        let mut before = std::mem::take(&mut self.kept);
        for kept in all {
            let id = kept.id();
            let known = before.remove(&id);
            let was_dropped = known.as_ref().is_some_and(|known| known.dropped);
            if kept.dropped {
                if !was_dropped && known.is_some() {
                    self.untold.push(Event::TransferGone(id));
                }
            } else if known.is_none_or(|known| known.transfer != kept.transfer) {
                let shown = self.shown(&kept);
                self.untold.push(Event::Transfer(Box::new(shown)));
            }
            if let Some(running) = self.running.get(&id)
                && (!kept.is_to_run() || kept.dropped != running.removes)
            {
                running.stop.cancel();
            }
            self.kept.insert(id, kept);
        }
        for (id, kept) in before {
            if let Some(running) = self.running.get(&id) {
                running.stop.cancel();
            }
            if !kept.dropped {
                self.untold.push(Event::TransferGone(id));
            }
        }
        self.start();
    }

    /// Starts what may start.
    fn start(&mut self) {
        if self.rest_until.is_some() {
            return;
        }
        let waiting: Vec<Kept> = self
            .kept
            .values()
            .filter(|kept| kept.is_to_run() && !self.running.contains_key(&kept.id()))
            .cloned()
            .collect();
        for kept in waiting {
            let direction = kept.transfer.direction;
            let mut running = self.running.values();
            let busy = running.by_ref().filter(|job| job.direction == direction);
            if busy.count() < AT_ONCE {
                self.start_one(kept);
            }
        }
    }

    fn start_one(&mut self, kept: Kept) {
        let id = kept.id();
        let progress = Arc::new(Progress::default());
        progress.set_done(kept.transfer.done);
        let stop = CancellationToken::new();
        self.running.insert(
            id,
            Running {
                progress: Arc::clone(&progress),
                speed: Speed::default(),
                stop: stop.clone(),
                direction: kept.transfer.direction,
                removes: kept.dropped,
                told: None,
            },
        );
        let (direction, removes) = (kept.transfer.direction, kept.dropped);
        let job = Job {
            context: Arc::clone(&self.context),
            kept,
            progress,
            channel: None,
        };
        self.jobs.spawn(async move {
            let work = async {
                match (removes, direction) {
                    (true, _) => removal::remove(job).await,
                    (false, Direction::Up) => upload::upload(job).await,
                    (false, Direction::Down) => download::download(job).await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => (id, Outcome::Stopped),
                outcome = work => (id, outcome),
            }
        });
    }

    /// A job is over: what that means is kept, then told.
    async fn ended(&mut self, id: TransferId, outcome: Outcome) {
        let done = self.running.get(&id).map_or(0, |job| job.progress.done());
        let store = &self.context.store;
        let copy = self.kept.get(&id).filter(|kept| kept.is_copy);
        let copy = copy.map(|kept| kept.transfer.path.clone());
        let kept = match outcome {
            Outcome::Done { file, path } => {
                let ended = store.transfer_done(id, file, path).await;
                if ended.is_ok()
                    && let Some(copy) = copy
                {
                    let removing = tokio::task::spawn_blocking(|| std::fs::remove_file(copy));
                    let _ = removing.await;
                }
                ended
            }
            Outcome::Failed(failure) => store.transfer_failed(id, done, failure).await,
            Outcome::Stopped => {
                let stopped = store.transfer_stopped(id, done).await;
                stopped.map(|()| Ended::default())
            }
            Outcome::Removed => Ok(Ended::default()),
        };
        self.running.remove(&id);
        match kept {
            Ok(ended) => {
                self.reconcile().await;
                self.untold
                    .extend(ended.outgoing.into_iter().map(Event::Outgoing));
                if ended.ready {
                    self.shared.outbox_changed();
                }
            }
            Err(error) => self.store_failed(&error),
        }
    }

    /// The disk is full, for one: what runs goes on, and nothing is begun for a while.
    fn store_failed(&mut self, error: &StoreError) {
        tracing::warn!(%error, "the local store failed under the transfers");
        if self.rest_until.is_none() {
            self.untold.push(Event::StoreFailed(error.to_string()));
        }
        self.rest_until = Some(Instant::now() + STORE_REST);
    }

    /// A transfer as its user sees it now.
    fn shown(&mut self, kept: &Kept) -> Transfer {
        let mut transfer = kept.transfer.clone();
        if let Some(running) = self.running.get_mut(&kept.id())
            && transfer.state == TransferState::Waiting
        {
            transfer.done = running.progress.done();
            transfer.state = running.speed.state(&running.progress, Instant::now());
        }
        transfer
    }

    fn tell_progress(&mut self, now: Instant) {
        for (id, running) in &mut self.running {
            let Some(kept) = self.kept.get(id).filter(|kept| kept.is_to_run()) else {
                continue;
            };
            let mut transfer = kept.transfer.clone();
            transfer.done = running.progress.done();
            transfer.state = running.speed.state(&running.progress, now);
            // Who does not read is told less, and the newest when they read again.
            let news = running.told.as_ref() != Some(&transfer);
            if news && !running.removes && self.untold.len() < BEHIND {
                running.told = Some(transfer.clone());
                self.untold.push(Event::Transfer(Box::new(transfer)));
            }
        }
    }

    /// Stops everything, and keeps how far it was.
    async fn finish(mut self) {
        for running in self.running.values() {
            running.stop.cancel();
        }
        while let Some(ended) = self.jobs.join_next().await {
            let Ok((id, outcome)) = ended else {
                continue;
            };
            let done = self.running.get(&id).map_or(0, |job| job.progress.done());
            let store = &self.context.store;
            let kept = match outcome {
                Outcome::Done { file, path } => store.transfer_done(id, file, path).await.map(drop),
                _ => store.transfer_stopped(id, done).await,
            };
            if let Err(error) = kept {
                tracing::warn!(%error, "how far a transfer was could not be kept");
            }
        }
        let _ = self.tell.try_send(self.untold);
    }
}
