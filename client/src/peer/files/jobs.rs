//! The jobs that the engine runs, and what their ends mean.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use parlor_protocol::DeviceId;
use parlor_protocol::peer::{FileHead, PeerLine};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::FileLink;
use super::engine::{Engine, is_over};
use super::prepare::{Prepared, Preparing, hash};
use super::receive::{Received, Receiving};
use super::send::{Sent, send};
use super::source::Source;
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::peer::talk::Talk;
use crate::store::StoreError;
use crate::transfer::TransferFailure;
use crate::transfers::progress::{Progress, Speed};

/// Files that wait to be sent. Who asks for more asks again later.
const OUTGOING: usize = 64;

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
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Prepare(id) | Self::Out(id, _) | Self::In(id) => id,
        }
    }
}

/// How a job ended.
#[derive(Debug)]
pub(super) enum Ended {
    Prepared(Prepared),
    Sent(Sent),
    Received(Received),
}

/// What is shown of a job while it runs.
pub(super) type Shown = Arc<Mutex<PeerFileState>>;

/// A running job.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) serial: u64,
    pub(super) stop: CancellationToken,
    pub(super) progress: Arc<Progress>,
    pub(super) speed: Speed,
    /// What is shown while it runs; `None` if it shows nothing.
    pub(super) shown: Option<Shown>,
    pub(super) told: Option<(PeerFileState, u64, Option<u64>)>,
    pub(super) nudged: Arc<Notify>,
}

impl Engine {
    pub(super) fn runs(&self, which: impl Fn(&Key) -> bool) -> bool {
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

    fn job(&mut self, key: &Key, done: u64, shown: Option<&Shown>) -> (u64, &Job) {
        self.serial += 1;
        let serial = self.serial;
        let progress = Progress::default();
        progress.set_done(done);
        let job = Job {
            serial,
            stop: self.stop.child_token(),
            progress: Arc::new(progress),
            speed: Speed::default(),
            shown: shown.cloned(),
            told: None,
            nudged: Arc::default(),
        };
        let place = self.jobs.entry(key.clone());
        (serial, place.insert_entry(job).into_mut())
    }

    pub(super) fn prepare(&mut self, row: FileRow, to: String) {
        let key = Key::Prepare(row.id.clone());
        if self.jobs.contains_key(&key) {
            return;
        }
        // What was offered already is not hashed for its user's sake.
        let shown = Arc::new(Mutex::new(match row.blake3.is_empty() {
            true => PeerFileState::Hashing,
            false => PeerFileState::Sealing,
        }));
        let (setup, links) = (self.setup.clone(), self.links.subscribe());
        let permits = Arc::clone(&self.preparing);
        let (serial, job) = self.job(&key, 0, Some(&shown));
        let preparing = Preparing {
            setup,
            links,
            progress: Arc::clone(&job.progress),
            shown,
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

    pub(super) fn receive(&mut self, row: &FileRow) {
        let key = Key::In(row.id.clone());
        if self.jobs.contains_key(&key) {
            return;
        }
        let (setup, links) = (self.setup.clone(), self.links.subscribe());
        let (expected, turns) = (Arc::clone(&self.expected), Arc::clone(&self.receiving));
        let shown = Arc::new(Mutex::new(PeerFileState::Running));
        let (serial, job) = self.job(&key, row.done, Some(&shown));
        let receiving = Receiving {
            setup,
            links,
            expected,
            turns,
            progress: Arc::clone(&job.progress),
            stop: job.stop.clone(),
            nudged: Arc::clone(&job.nudged),
            shown,
            was_sealed: false,
        };
        let id = row.id.clone();
        // It sees to its end itself, for it must not leave a write behind.
        self.ended.spawn(async move {
            (
                key,
                serial,
                Ended::Received(Box::pin(receiving.run(id)).await),
            )
        });
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
        let (turns, sources) = (Arc::clone(&self.sending), Arc::clone(&self.sources));
        let shown = is_shown.then(|| Arc::new(Mutex::new(PeerFileState::Running)));
        let (serial, job) = self.job(&key, offset, shown.as_ref());
        let (progress, stop) = (Arc::clone(&job.progress), job.stop.clone());
        self.ended.spawn(async move {
            let head = FileHead {
                id: row.id.clone(),
                offset,
            };
            let source = async {
                let turn = turns.turn(Some(link.username())).await;
                (turn, sources.of(&row, &stop).await)
            };
            let ready = tokio::select! {
                () = stop.cancelled() => None,
                ready = source => Some(ready),
            };
            let sent = match ready {
                None => Sent::Stopped,
                Some((_, Err(failure))) => Sent::Failed(failure),
                Some((_turn, Ok(source))) => send(&*link, &head, source, &progress, &stop).await,
            };
            (key, serial, Ended::Sent(sent))
        });
        true
    }

    pub(super) async fn ended(&mut self, key: Key, serial: u64, ended: Ended) {
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
                let reason = said(&failure);
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
                refused,
            } => {
                if refused {
                    self.unsealable.insert(id.to_owned());
                }
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
                let failed = PeerFileState::Failed(said(&failure));
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
}

/// What people read of a file from here that cannot be sent.
fn said(failure: &TransferFailure) -> String {
    match failure {
        TransferFailure::LocalChanged(path) => {
            format!("{} has changed since: send it anew", path.display())
        }
        failure => failure.to_string(),
    }
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
pub(super) struct Sources(Mutex<HashMap<String, Source>>);

impl Sources {
    fn keep(&self, id: &str, source: Source) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources.insert(id.to_owned(), source);
    }

    pub(super) fn forget(&self, id: &str) {
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
