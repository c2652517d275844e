//! The task that runs what the rows say: it compares them with its jobs, starts and stops these, and
//! writes down how they stand.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use parlor_protocol::peer::PeerLine;
use parlor_protocol::{DeviceId, file_name};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::jobs::{Ended, Job, Key, Sources};
use super::receive::Expected;
use super::turns::Turns;
use super::{AT_ONCE, Ask, LAST_STEPS, Links, NOT_ASKED_FOR, Setup};
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::peer::talk::Talk;
use crate::store::StoreError;
use crate::transfer::TransferState;

/// How often it is written down how far jobs are: often enough to look alive.
const TICK: Duration = Duration::from_millis(300);

/// After a link came up, before it is asked how unsettled files stand: what was to be sent in order goes first.
const SETTLE: Duration = Duration::from_secs(3);

/// How long somebody to whom a file was offered may be away before it is sealed for them.
const AWAY: Duration = Duration::from_secs(30);

/// The engine.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) setup: Setup,
    pub(super) links: watch::Sender<Links>,
    pub(super) stop: CancellationToken,
    pub(super) expected: Arc<Expected>,
    pub(super) sources: Arc<Sources>,
    pub(super) preparing: Arc<Semaphore>,
    pub(super) sending: Arc<Turns>,
    pub(super) receiving: Arc<Turns>,
    pub(super) jobs: HashMap<Key, Job>,
    pub(super) ended: JoinSet<(Key, u64, Ended)>,
    pub(super) errands: JoinSet<()>,
    pub(super) serial: u64,
    /// The rows as they were last seen.
    pub(super) known: HashMap<String, FileRow>,
    /// Since when nobody is there to whom a file was offered.
    lonely: HashMap<String, Instant>,
    /// The files that the room server did not take. They are not tried again by this process.
    pub(super) unsealable: HashSet<String>,
    /// When to ask a user's device how unsettled files stand.
    pub(super) settling: Vec<(Instant, DeviceId)>,
}

impl Engine {
    pub(super) fn new(setup: Setup, stop: CancellationToken) -> Self {
        Self {
            setup,
            links: watch::Sender::default(),
            stop,
            expected: Arc::default(),
            sources: Arc::default(),
            preparing: Arc::new(Semaphore::new(AT_ONCE)),
            sending: Arc::default(),
            receiving: Arc::default(),
            jobs: HashMap::new(),
            ended: JoinSet::new(),
            errands: JoinSet::new(),
            serial: 0,
            known: HashMap::new(),
            lonely: HashMap::new(),
            unsealable: HashSet::new(),
            settling: Vec::new(),
        }
    }

    pub(super) async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        let mut changed = self.setup.ledger.changed();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.stop.clone();
        self.scan().await;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                ask = asks.recv() => match ask {
                    Some(ask) => self.ask(ask).await,
                    None => break,
                },
                Some(ended) = self.ended.join_next() => {
                    match ended {
                        Ok((key, serial, ended)) => self.ended(key, serial, ended).await,
                        Err(error) => tracing::error!(%error, "a job of a file failed"),
                    }
                    self.scan().await;
                }
                Some(_) = self.errands.join_next() => {}
                Ok(()) = changed.changed() => self.scan().await,
                _ = ticks.tick() => self.tick().await,
            }
        }
        self.close().await;
    }

    async fn close(&mut self) {
        for job in self.jobs.values() {
            job.stop.cancel();
        }
        let ending = async { while self.ended.join_next().await.is_some() {} };
        let _ = timeout(LAST_STEPS, ending).await;
    }

    async fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Up(link) => {
                let device = link.device();
                self.links.send_modify(|links| {
                    links.insert(device, link);
                });
                self.settling.push((Instant::now() + SETTLE, device));
            }
            Ask::Down(device, id) => {
                let gone = self.links.send_if_modified(|links| {
                    let is_it = links.get(&device).is_some_and(|link| link.id() == id);
                    is_it && links.remove(&device).is_some()
                });
                if gone {
                    self.stop_jobs(|key| matches!(key, Key::Out(_, to) if *to == device));
                    self.scan().await;
                }
            }
            Ask::Line(device, username, line) => {
                if let Err(error) = self.line(device, &username, line).await {
                    tracing::warn!(%error, "a line about a file came to nothing");
                }
            }
            Ask::Stream(device, head, stream) => {
                let taken = self.expected.take(device, &head.id, head.offset, stream);
                if let Err(mut stream) = taken {
                    tracing::info!(%device, id = head.id, "a file came that nobody asked for");
                    let _ = stream.stop(NOT_ASKED_FOR);
                }
            }
            Ask::SaveTo(folder) => {
                self.setup.save_to = folder;
                self.scan().await;
            }
        }
    }

    /// Compares the rows with what runs.
    async fn scan(&mut self) {
        let rows = match self.setup.ledger.files().await {
            Ok(rows) => rows,
            Err(error) => {
                tracing::warn!(%error, "the files that are to be sent and received are not known");
                return;
            }
        };
        let rows = rows.into_iter().filter(|row| !is_over(&row.state));
        let rows: HashMap<String, FileRow> = rows.map(|row| (row.id.clone(), row)).collect();
        let known = std::mem::replace(&mut self.known, rows.clone());
        for row in rows.values() {
            let before = known.get(&row.id).map(|row| &row.state);
            // Nobody knows of a file that goes on; and one that failed may begin again.
            let goes_on = before.is_none_or(|before| *before == PeerFileState::Paused);
            if row.mine && goes_on && row.state != PeerFileState::Paused {
                self.offer_again(row, None);
            }
        }
        for (id, before) in known {
            if !rows.contains_key(&id) {
                let done = self.settled(&id, before).await;
                self.noted(done);
            }
        }
        for row in rows.into_values() {
            let done = match row.mine {
                true => self.plan_out(row).await,
                false => self.plan_in(row).await,
            };
            self.noted(done);
        }
    }

    pub(super) fn noted(&self, done: Result<(), StoreError>) {
        if let Err(error) = done {
            tracing::warn!(%error, "it could not be written down how a file stands");
        }
    }

    async fn plan_out(&mut self, row: FileRow) -> Result<(), StoreError> {
        use PeerFileState as State;
        let Talk::Direct(to) = row.talk.clone() else {
            return Ok(());
        };
        match row.state {
            State::Paused => self.stop_jobs(|key| key.id() == row.id),
            State::Hashing | State::Sealing => self.prepare(row, to),
            _ if row.blake3.is_empty() || row.upload.is_some() => self.prepare(row, to),
            State::Running => {
                let runs = self.runs(|key| matches!(key, Key::Out(id, _) if *id == row.id));
                if !runs && (row.done < row.size || !self.has_link(&to)) {
                    self.rest(&row).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn plan_in(&mut self, row: FileRow) -> Result<(), StoreError> {
        use PeerFileState as State;
        match row.state {
            State::Waiting | State::Running | State::Sealing => self.receive(&row),
            State::Offered if self.setup.save_to.is_some() => self.accept(&row).await?,
            State::Paused => self.stop_jobs(|key| key.id() == row.id),
            _ => {}
        }
        Ok(())
    }

    /// Accepts what a person offers, without asking.
    async fn accept(&self, row: &FileRow) -> Result<(), StoreError> {
        let (Some(folder), Some(device)) = (&self.setup.save_to, row.device) else {
            return Ok(());
        };
        let ledger = &self.setup.ledger;
        let by = ledger.username_of(device).await?;
        // What another device of one's own offers to somebody is not for here.
        if !matches!((&row.talk, by), (Talk::Direct(user), Some(by)) if *user == by) {
            return Ok(());
        }
        let place = folder.join(file_name::clean(&row.name));
        ledger.file_place(&row.id, Some(place), None).await?;
        ledger
            .file_state(&row.id, PeerFileState::Waiting, 0, None)
            .await
    }

    /// A file that is not to go on any more, however that came.
    async fn settled(&mut self, id: &str, before: FileRow) -> Result<(), StoreError> {
        self.stop_jobs(|key| key.id() == id);
        self.sources.forget(id);
        self.lonely.remove(id);
        self.unsealable.remove(id);
        let row = self.setup.ledger.file(id).await?;
        let state = row.as_ref().map(|row| row.state.clone());
        let row = row.unwrap_or(before);
        let reject = |reason: &str| PeerLine::FileReject {
            id: id.to_owned(),
            reason: reason.to_owned(),
        };
        match (row.mine, state) {
            (true, None | Some(PeerFileState::Cancelled)) => {
                if let Talk::Direct(to) = &row.talk {
                    self.tell_user(to, &reject(""));
                }
                self.remove_sealed(&row);
            }
            (false, None | Some(PeerFileState::Declined | PeerFileState::Cancelled)) => {
                if let Some(device) = row.device {
                    self.tell(device, reject(""));
                }
                self.remove_partial(row.partial);
            }
            _ => {}
        }
        Ok(())
    }

    /// How a file from here stands while nothing of it goes.
    pub(super) async fn rest(&self, row: &FileRow) -> Result<(), StoreError> {
        let state = match row.sealed.is_some() {
            true => PeerFileState::Sealed,
            false => PeerFileState::Waiting,
        };
        self.put_state(&row.id, state, row.done, None).await
    }

    /// Writes how a file stands that is on its way. The store keeps what its user wants by now; how a file ended
    /// is kept here.
    pub(super) async fn put_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        rate: Option<u64>,
    ) -> Result<(), StoreError> {
        let ledger = &self.setup.ledger;
        match ledger.file(id).await? {
            Some(row) if !is_over(&row.state) => ledger.file_state(id, state, done, rate).await,
            _ => Ok(()),
        }
    }

    /// Seals what was offered to somebody who has gone away since.
    fn seal_late(&mut self, now: Instant) {
        use PeerFileState as State;
        let is_online = self.setup.depot.standing().borrow().online;
        let mut due = Vec::new();
        for row in self.known.values() {
            let Talk::Direct(to) = &row.talk else {
                continue;
            };
            let is_open = row.mine
                && matches!(row.state, State::Offered | State::Waiting)
                && !row.blake3.is_empty()
                && row.sealed.is_none();
            if !is_open || self.has_link(to) || self.unsealable.contains(&row.id) {
                self.lonely.remove(&row.id);
                continue;
            }
            let since = *self.lonely.entry(row.id.clone()).or_insert(now);
            if is_online && now.saturating_duration_since(since) >= AWAY {
                due.push((row.clone(), to.clone()));
            }
        }
        for (row, to) in due {
            self.lonely.remove(&row.id);
            self.prepare(row, to);
        }
    }

    /// Writes down how far jobs are, and asks how files stand.
    async fn tick(&mut self) {
        let now = Instant::now();
        let due: Vec<DeviceId> = self
            .settling
            .extract_if(.., |(at, _)| *at <= now)
            .map(|(_, device)| device)
            .collect();
        for device in due {
            self.settle(device);
        }
        self.seal_late(now);
        let mut told = Vec::new();
        for (key, job) in &mut self.jobs {
            let Some(shown) = &job.shown else {
                continue;
            };
            let shown = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (state, rate) = match job.speed.state(&job.progress, now) {
                TransferState::Running { per_second } => (shown, Some(per_second)),
                TransferState::Waiting if !matches!(key, Key::Prepare(_)) => {
                    (PeerFileState::Waiting, None)
                }
                _ => (shown, None),
            };
            let size = self.known.get(key.id()).map_or(u64::MAX, |row| row.size);
            let tell = (state, job.progress.done().min(size), rate);
            if job.told.as_ref() != Some(&tell) && !job.stop.is_cancelled() {
                job.told = Some(tell.clone());
                told.push((key.id().to_owned(), tell));
            }
        }
        for (id, (state, done, rate)) in told {
            let done = self.put_state(&id, state, done, rate).await;
            self.noted(done);
        }
    }
}

/// Whether nothing is to be done for a file any more, unless somebody asks anew.
pub(super) fn is_over(state: &PeerFileState) -> bool {
    use PeerFileState as State;
    matches!(
        state,
        State::Done | State::Declined | State::Cancelled | State::Failed(_)
    )
}
