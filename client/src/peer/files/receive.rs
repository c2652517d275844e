//! An accepted file, from wherever it comes to its place.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iroh::endpoint::RecvStream;
use parlor_protocol::DeviceId;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::part::{self, Halt};
use super::turns::Turns;
use super::{Links, Setup};
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::transfers::place;
use crate::transfers::progress::Progress;
use crate::transfers::sink::Sink;

/// The first wait after a break; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How a receiving ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Received {
    /// It is there, its hash right.
    Here(PathBuf),
    /// It was stopped.
    Stopped,
    /// What came is not what was offered, and nothing of it is left; why, for people.
    Bad(String),
    /// It will not come by itself; why, for people. What is here of it stays.
    Failed(String),
}

/// The streams that were asked for, by device and file.
#[derive(Debug, Default)]
pub(super) struct Expected(Mutex<HashMap<(DeviceId, String), Asked>>);

/// From which offset on a stream was asked for, and by whom.
type Asked = (u64, oneshot::Sender<RecvStream>);

impl Expected {
    pub(super) fn expect(
        &self,
        device: DeviceId,
        id: &str,
        offset: u64,
    ) -> oneshot::Receiver<RecvStream> {
        let (sender, receiver) = oneshot::channel();
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        streams.insert((device, id.to_owned()), (offset, sender));
        receiver
    }

    pub(super) fn forget(&self, device: DeviceId, id: &str) {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        streams.remove(&(device, id.to_owned()));
    }

    /// Hands a stream to whoever asked for it from this offset on; back, if nobody did.
    pub(super) fn take(
        &self,
        device: DeviceId,
        id: &str,
        offset: u64,
        stream: RecvStream,
    ) -> Result<(), RecvStream> {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (device, id.to_owned());
        match streams.remove(&key) {
            Some((asked, sender)) if asked == offset => sender.send(stream),
            Some(other) => {
                streams.insert(key, other);
                Err(stream)
            }
            None => Err(stream),
        }
    }
}

/// A receiving, and what it has at hand.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) setup: Setup,
    pub(super) links: watch::Receiver<Links>,
    pub(super) expected: Arc<Expected>,
    pub(super) turns: Arc<Turns>,
    pub(super) progress: Arc<Progress>,
    /// What is shown of it while bytes come.
    pub(super) shown: Arc<Mutex<PeerFileState>>,
    pub(super) stop: CancellationToken,
    /// The other side has offered it again.
    pub(super) nudged: Arc<Notify>,
    /// The last try was the sealed copy.
    pub(super) was_sealed: bool,
}

impl Receiving {
    /// Runs until the file is in its place, or cannot be.
    pub(super) async fn run(mut self, id: String) -> Received {
        let mut kept = None;
        let mut is_gone = false;
        let mut wait = FIRST_WAIT;
        loop {
            // The sealed place of it may have become known meanwhile.
            let row = match self.setup.ledger.file(&id).await {
                Ok(Some(row)) => row,
                Ok(None) => return Received::Stopped,
                Err(error) => return Received::Failed(error.to_string()),
            };
            let before = self.progress.done();
            let halt = match Box::pin(self.stretch(&row, &mut kept, is_gone)).await {
                Ok(place) => return Received::Here(place),
                Err(halt) => halt,
            };
            self.progress.waits();
            match halt {
                Halt::Stopped => return Received::Stopped,
                Halt::Over(why) => return Received::Failed(why),
                Halt::Bad(why) => {
                    drop(kept);
                    if let Some(partial) = self.partial(&id).await {
                        let _ = blocking(move || std::fs::remove_file(partial)).await;
                    }
                    return Received::Bad(why);
                }
                Halt::Gone => is_gone = true,
                Halt::Broken(why) => {
                    tracing::info!(id, why, "a file was interrupted");
                    if self.progress.done() > before {
                        wait = FIRST_WAIT;
                    }
                    tokio::select! {
                        () = self.stop.cancelled() => return Received::Stopped,
                        () = self.nudged.notified() => {}
                        Ok(()) = self.links.changed() => {}
                        () = sleep(wait) => {}
                    }
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// As far as one way goes; the place of the whole file.
    async fn stretch(
        &mut self,
        row: &FileRow,
        kept: &mut Option<Box<Sink>>,
        is_gone: bool,
    ) -> Result<PathBuf, Halt> {
        let unplaced = || Halt::Over("nobody said where it should go".to_owned());
        let wished = row.path.clone().ok_or_else(unplaced)?;
        let partial = match &row.partial {
            Some(partial) => partial.clone(),
            None => self.begin(row, &wished).await?,
        };
        let sink = match kept.take() {
            Some(sink) => sink,
            None => {
                if self.was_placed(row, &partial, &wished).await? {
                    return Ok(wished);
                }
                let (partial, size) = (partial.clone(), row.size);
                let progress = Arc::clone(&self.progress);
                let opening = move || part::open(&partial, size, &progress);
                blocking(opening).await?.map_err(Halt::Over)?
            }
        };
        self.progress.set_done(sink.at());
        let sink = if sink.at() < row.size {
            let (sink, came) = self.fetch(row, sink, is_gone).await;
            match (sink, came) {
                (Some(sink), Ok(())) if sink.at() == row.size => sink,
                (sink, came) => {
                    *kept = sink;
                    came?;
                    return Err(Halt::Broken("too little came".to_owned()));
                }
            }
        } else {
            sink
        };
        self.progress.checks();
        if sink.hash() != row.blake3 {
            let is_inherited = sink.is_inherited;
            drop(sink);
            self.progress.set_done(0);
            let _ = blocking(move || std::fs::remove_file(partial)).await;
            // What was written before a power loss may never have reached the disk.
            return Err(match is_inherited {
                true => Halt::Broken("what was here of it is damaged".to_owned()),
                false => Halt::Bad("the bytes that came do not fit the file's hash".to_owned()),
            });
        }
        self.put(row, sink, partial, wished).await
    }

    async fn partial(&self, id: &str) -> Option<PathBuf> {
        self.setup.ledger.file(id).await.ok()??.partial
    }

    /// Says where its bytes gather, before they do.
    async fn begin(&self, row: &FileRow, wished: &Path) -> Result<PathBuf, Halt> {
        let folder = wished.parent().unwrap_or(Path::new("."));
        let name = wished.file_name().unwrap_or_default().to_string_lossy();
        let partial = place::partial(folder, &name);
        let ledger = &self.setup.ledger;
        ledger
            .file_place(&row.id, Some(wished.to_owned()), Some(partial.clone()))
            .await
            .map_err(|error| Halt::Over(error.to_string()))?;
        Ok(partial)
    }

    /// Whether an earlier process put it in its place and could not say so.
    async fn was_placed(&self, row: &FileRow, partial: &Path, wished: &Path) -> Result<bool, Halt> {
        let (partial, wished) = (partial.to_owned(), wished.to_owned());
        let (size, blake3) = (row.size, row.blake3.clone());
        let had_partial = row.partial.is_some();
        let look =
            move || had_partial && !partial.exists() && part::is_whole(&wished, size, &blake3);
        blocking(look).await
    }

    /// Puts a whole file in its place.
    async fn put(
        &self,
        row: &FileRow,
        sink: Box<Sink>,
        partial: PathBuf,
        wished: PathBuf,
    ) -> Result<PathBuf, Halt> {
        let (ledger, id) = (Arc::clone(&self.setup.ledger), row.id.clone());
        let runtime = tokio::runtime::Handle::current();
        let putting = move || {
            let about = |place: &Path| {
                let (place, partial) = (Some(place.to_owned()), Some(partial.clone()));
                let noted = runtime.block_on(ledger.file_place(&id, place, partial));
                noted.map_err(io::Error::other)
            };
            part::put(&sink, &partial, &wished, about)
        };
        blocking(putting).await?.map_err(Halt::Over)
    }
}

/// Runs what may wait for a disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Halt> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Halt::Over(error.to_string()))
}
