//! The task that runs what the rows say: it compares them with its jobs, starts and stops these, and
//! writes down how they stand.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use parlor_protocol::peer::{FileHead, PeerLine};
use parlor_protocol::{DeviceId, file_name};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::prepare::{Prepared, Preparing, hash};
use super::receive::{Expected, Received, Receiving};
use super::send::{Sent, send};
use super::source::Source;
use super::{AT_ONCE, Ask, FileLink, LAST_STEPS, Links, NOT_ASKED_FOR, Setup};
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::peer::talk::Talk;
use crate::store::StoreError;
use crate::transfer::{TransferFailure, TransferState};
use crate::transfers::progress::{Progress, Speed};

/// How often it is written down how far jobs are: often enough to look alive.
const TICK: Duration = Duration::from_millis(300);

/// After a link came up, before it is asked how unsettled files stand: what was to be sent in order goes first.
const SETTLE: Duration = Duration::from_secs(3);

/// Files that wait to be sent. Who asks for more asks again later.
const OUTGOING: usize = 64;

/// Lines and removals under way.
const ERRANDS: usize = 256;

/// How long one of them may take.
const ERRAND: Duration = Duration::from_secs(30);

/// Names one job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A file is hashed, and perhaps sealed.
    Prepare(String),
    /// A file goes to a device.
    Out(String, DeviceId),
    /// A file comes.
    In(String),
}

impl Key {
    fn id(&self) -> &str {
        match self {
            Self::Prepare(id) | Self::Out(id, _) | Self::In(id) => id,
        }
    }
}

/// How a job ended.
#[derive(Debug)]
enum Ended {
    Prepared(Prepared),
    Sent(Sent),
    Received(Received),
}

/// A running job.
#[derive(Debug)]
struct Job {
    serial: u64,
    stop: CancellationToken,
    progress: Arc<Progress>,
    speed: Speed,
    /// What is shown while it runs; `None` if it shows nothing.
    shown: Option<Arc<Mutex<PeerFileState>>>,
    told: Option<(PeerFileState, u64, Option<u64>)>,
    nudged: Arc<Notify>,
}

/// The engine.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) setup: Setup,
    pub(super) links: watch::Sender<Links>,
    stop: CancellationToken,
    expected: Arc<Expected>,
    sources: Arc<Sources>,
    preparing: Arc<Semaphore>,
    sending: Arc<Semaphore>,
    receiving: Arc<Semaphore>,
    jobs: HashMap<Key, Job>,
    ended: JoinSet<(Key, u64, Ended)>,
    errands: JoinSet<()>,
    serial: u64,
    /// The rows as they were last seen.
    known: HashMap<String, FileRow>,
    /// When to ask a user's device how unsettled files stand.
    settling: Vec<(Instant, DeviceId)>,
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
            sending: Arc::new(Semaphore::new(AT_ONCE)),
            receiving: Arc::new(Semaphore::new(AT_ONCE)),
            jobs: HashMap::new(),
            ended: JoinSet::new(),
            errands: JoinSet::new(),
            serial: 0,
            known: HashMap::new(),
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

    // --- Jobs.

    fn runs(&self, which: impl Fn(&Key) -> bool) -> bool {
        self.jobs.keys().any(which)
    }

    pub(super) fn stop_jobs(&self, which: impl Fn(&Key) -> bool) {
        for (key, job) in &self.jobs {
            if which(key) {
                job.stop.cancel();
            }
        }
    }

    /// Whether a file goes to another device just now.
    pub(super) fn goes_elsewhere(&self, id: &str, device: DeviceId) -> bool {
        self.runs(|key| matches!(key, Key::Out(out, to) if out == id && *to != device))
    }

    /// A receiving goes on at once: its file was offered again.
    pub(super) fn nudge(&self, id: &str) {
        if let Some(job) = self.jobs.get(&Key::In(id.to_owned())) {
            job.nudged.notify_one();
        }
    }

    fn job(&mut self, key: &Key, done: u64, shown: Option<PeerFileState>) -> (u64, &Job) {
        self.serial += 1;
        let serial = self.serial;
        let progress = Progress::default();
        progress.set_done(done);
        let job = Job {
            serial,
            stop: self.stop.child_token(),
            progress: Arc::new(progress),
            speed: Speed::default(),
            shown: shown.map(|state| Arc::new(Mutex::new(state))),
            told: None,
            nudged: Arc::default(),
        };
        let place = self.jobs.entry(key.clone());
        (serial, place.insert_entry(job).into_mut())
    }

    fn prepare(&mut self, row: FileRow, to: String) {
        let key = Key::Prepare(row.id.clone());
        if self.jobs.contains_key(&key) {
            return;
        }
        let shown = Arc::new(Mutex::new(PeerFileState::Hashing));
        let (setup, links) = (self.setup.clone(), self.links.subscribe());
        let permits = Arc::clone(&self.preparing);
        let (serial, job) = self.job(&key, 0, Some(PeerFileState::Hashing));
        let preparing = Preparing {
            setup,
            links,
            progress: Arc::clone(&job.progress),
            shown: job.shown.clone().unwrap_or(shown),
            stop: job.stop.clone(),
        };
        let stop = job.stop.clone();
        self.ended.spawn(async move {
            let prepared = tokio::select! {
                () = stop.cancelled() => Prepared::Stopped,
                prepared = async {
                    let _permit = permits.acquire().await;
                    preparing.run(row, to).await
                } => prepared,
            };
            (key, serial, Ended::Prepared(prepared))
        });
    }

    fn receive(&mut self, row: &FileRow) {
        let key = Key::In(row.id.clone());
        if self.jobs.contains_key(&key) {
            return;
        }
        let (setup, links) = (self.setup.clone(), self.links.subscribe());
        let (expected, permits) = (Arc::clone(&self.expected), Arc::clone(&self.receiving));
        let (serial, job) = self.job(&key, row.done, Some(PeerFileState::Running));
        let receiving = Receiving {
            setup,
            links,
            expected,
            permits,
            progress: Arc::clone(&job.progress),
            stop: job.stop.clone(),
            nudged: Arc::clone(&job.nudged),
        };
        let id = row.id.clone();
        // It sees to its end itself, for it must not leave a write behind.
        self.ended
            .spawn(async move { (key, serial, Ended::Received(receiving.run(id).await)) });
    }

    /// Sends a file that was accepted, once it is its turn. Answers whether it has one.
    pub(super) fn send(
        &mut self,
        row: FileRow,
        link: Arc<dyn FileLink>,
        offset: u64,
        is_shown: bool,
    ) -> bool {
        let key = Key::Out(row.id.clone(), link.device());
        let waiting = self.jobs.keys().filter(|key| matches!(key, Key::Out(..)));
        if let Some(before) = self.jobs.get(&key) {
            before.stop.cancel();
        } else if waiting.count() >= OUTGOING {
            return false;
        }
        let (permits, sources) = (Arc::clone(&self.sending), Arc::clone(&self.sources));
        let shown = is_shown.then_some(PeerFileState::Running);
        let (serial, job) = self.job(&key, offset, shown);
        let (progress, stop) = (Arc::clone(&job.progress), job.stop.clone());
        self.ended.spawn(async move {
            let head = FileHead {
                id: row.id.clone(),
                offset,
            };
            let source = async {
                let permit = permits.acquire().await;
                (permit, sources.of(&row, &stop).await)
            };
            let ready = tokio::select! {
                () = stop.cancelled() => None,
                ready = source => Some(ready),
            };
            let sent = match ready {
                None => Sent::Stopped,
                Some((_, Err(failure))) => Sent::Failed(failure),
                Some((_permit, Ok(source))) => send(&*link, &head, source, &progress, &stop).await,
            };
            (key, serial, Ended::Sent(sent))
        });
        true
    }

    async fn ended(&mut self, key: Key, serial: u64, ended: Ended) {
        if self.jobs.get(&key).is_none_or(|job| job.serial != serial) {
            return;
        }
        let Some(job) = self.jobs.remove(&key) else {
            return;
        };
        let id = key.id().to_owned();
        let done = match ended {
            Ended::Prepared(prepared) => self.prepared(&id, prepared).await,
            Ended::Sent(sent) => match &key {
                Key::Out(_, device) => self.sent(&id, *device, sent, &job).await,
                _ => Ok(()),
            },
            Ended::Received(received) => self.received(&id, received, &job).await,
        };
        self.noted(done);
    }

    async fn prepared(&mut self, id: &str, prepared: Prepared) -> Result<(), StoreError> {
        let ledger = Arc::clone(&self.setup.ledger);
        let Some(row) = ledger.file(id).await? else {
            return Ok(());
        };
        match prepared {
            Prepared::Stopped => {}
            // Prepared anew, when it goes on.
            _ if row.state == PeerFileState::Paused || is_over(&row.state) => {}
            Prepared::Failed(failure) => {
                let reason = failure.to_string();
                if !row.blake3.is_empty()
                    && let Talk::Direct(to) = &row.talk
                {
                    self.tell_user(to, &changed(id));
                }
                let failed = PeerFileState::Failed(reason);
                ledger.file_state(id, failed, 0, None).await?;
            }
            Prepared::Ready {
                source,
                blake3,
                sealed,
            } => {
                self.sources.keep(id, source);
                if row.blake3.is_empty() {
                    ledger.offer(id, blake3).await?;
                }
                let (state, done) = match sealed {
                    Some(_) => (PeerFileState::Sealed, row.size),
                    None => (PeerFileState::Offered, 0),
                };
                self.put_state(id, state, done, None).await?;
            }
        }
        Ok(())
    }

    async fn sent(
        &mut self,
        id: &str,
        device: DeviceId,
        sent: Sent,
        job: &Job,
    ) -> Result<(), StoreError> {
        let Some(row) = self.setup.ledger.file(id).await? else {
            return Ok(());
        };
        let is_shown = job.shown.is_some();
        match sent {
            Sent::Whole if is_shown => {
                self.put_state(id, PeerFileState::Running, row.size, None)
                    .await
            }
            Sent::Broken | Sent::Stopped if is_shown => {
                let done = job.progress.done();
                self.rest(&FileRow { done, ..row }).await
            }
            Sent::Failed(failure) => {
                self.tell(device, changed(id));
                // The sealed copy is still what was offered.
                if row.sealed.is_some() {
                    return self.rest(&row).await;
                }
                let failed = PeerFileState::Failed(failure.to_string());
                self.put_state(id, failed, 0, None).await
            }
            Sent::Whole | Sent::Broken | Sent::Stopped => Ok(()),
        }
    }

    async fn received(
        &mut self,
        id: &str,
        received: Received,
        job: &Job,
    ) -> Result<(), StoreError> {
        let ledger = Arc::clone(&self.setup.ledger);
        let Some(row) = ledger.file(id).await? else {
            return Ok(());
        };
        let id_of = || id.to_owned();
        match received {
            Received::Stopped => {}
            Received::Failed(why) => {
                let failed = PeerFileState::Failed(why);
                self.put_state(id, failed, job.progress.done(), None)
                    .await?;
            }
            Received::Here(path) => {
                ledger.file_place(id, Some(path), None).await?;
                ledger
                    .file_state(id, PeerFileState::Done, row.size, None)
                    .await?;
                if let Some(device) = row.device {
                    self.tell(device, PeerLine::FileDone { id: id_of() });
                }
            }
            Received::Bad(why) => {
                ledger.file_place(id, row.path, None).await?;
                if let Some(device) = row.device {
                    let (id, reason) = (id_of(), why.clone());
                    self.tell(device, PeerLine::FileReject { id, reason });
                }
                self.put_state(id, PeerFileState::Failed(why), 0, None)
                    .await?;
            }
        }
        Ok(())
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
        let mut told = Vec::new();
        for (key, job) in &mut self.jobs {
            let Some(shown) = &job.shown else {
                continue;
            };
            let shown = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let (state, rate) = match job.speed.state(&job.progress, now) {
                TransferState::Running { per_second } => (shown, Some(per_second)),
                TransferState::Waiting if shown == PeerFileState::Running => {
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

    // --- What is said to others.

    pub(super) fn has_link(&self, username: &str) -> bool {
        let links = self.links.borrow();
        links.values().any(|link| link.username() == username)
    }

    /// Offers again, over a new link, what is not settled: the other side answers how it stands.
    fn settle(&mut self, device: DeviceId) {
        let link = self.links.borrow().get(&device).cloned();
        let Some(link) = link else {
            return;
        };
        let rows: Vec<FileRow> = self
            .known
            .values()
            .filter(|row| matches!(&row.talk, Talk::Direct(to) if to == link.username()))
            .filter(|row| row.mine && !row.blake3.is_empty() && row.state != PeerFileState::Paused)
            .filter(|row| !self.jobs.contains_key(&Key::Out(row.id.clone(), device)))
            .cloned()
            .collect();
        for row in rows {
            self.offer_again(&row, Some(device));
        }
    }

    /// Says to somebody who reads it: a line of which it does not matter if it is lost.
    pub(super) fn tell(&mut self, device: DeviceId, line: PeerLine) {
        let link = self.links.borrow().get(&device).cloned();
        if let Some(link) = link {
            self.errand(async move {
                let _ = link.send(&line).await;
            });
        }
    }

    pub(super) fn tell_user(&mut self, username: &str, line: &PeerLine) {
        let links = self.links.borrow();
        let devices = links
            .values()
            .filter(|link| link.username() == username)
            .map(|link| link.device());
        let devices: Vec<DeviceId> = devices.collect();
        drop(links);
        for device in devices {
            self.tell(device, line.clone());
        }
    }

    /// Removes a sealed copy; what is not removed goes by the server's own sweep.
    pub(super) fn remove_sealed(&mut self, row: &FileRow) {
        let Some(sealed) = row.sealed.clone() else {
            return;
        };
        let depot = Arc::clone(&self.setup.depot);
        self.errand(async move {
            if let Err(trouble) = depot.remove(&sealed.file).await {
                tracing::info!(?trouble, "a sealed file stays until its time is over");
            }
        });
    }

    pub(super) fn remove_partial(&mut self, partial: Option<PathBuf>) {
        if let Some(partial) = partial {
            self.errand(async move {
                let _ = tokio::fs::remove_file(partial).await;
            });
        }
    }

    fn errand(&mut self, errand: impl Future<Output = ()> + Send + 'static) {
        if self.errands.len() < ERRANDS {
            self.errands.spawn(async move {
                let _ = timeout(ERRAND, errand).await;
            });
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

/// What the other side is told of a file that is not here any more as it was offered; the path is none of its business.
fn changed(id: &str) -> PeerLine {
    PeerLine::FileReject {
        id: id.to_owned(),
        reason: "the file has changed, or is not there any more".to_owned(),
    }
}

/// The files that go, as they were when they were hashed.
#[derive(Debug, Default)]
struct Sources(Mutex<HashMap<String, Source>>);

impl Sources {
    fn keep(&self, id: &str, source: Source) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.insert(id.to_owned(), source);
    }

    fn forget(&self, id: &str) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.remove(id);
    }

    fn kept(&self, id: &str) -> Option<Source> {
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.get(id).cloned()
    }

    /// That of a row; hashed again by a process that did not.
    async fn of(&self, row: &FileRow, stop: &CancellationToken) -> Result<Source, TransferFailure> {
        if let Some(source) = self.kept(&row.id) {
            return Ok(source);
        }
        let (source, _) = hash(row, &Arc::default(), stop).await?;
        self.keep(&row.id, source.clone());
        Ok(source)
    }
}
