//! An accepted file, from wherever it comes to its place.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use iroh::endpoint::RecvStream;
use parlor_protocol::DeviceId;
use parlor_protocol::peer::{PeerLine, SealedFile};
use tokio::sync::{Notify, Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::format::{NONCE, PIECE, SealKey, piece_at, sealed_size};
use super::part::{self, Coming as _, Halt, Opener, pump};
use super::{FileLink, Links, Setup};
use crate::peer::store::FileRow;
use crate::transfer::TransferFailure;
use crate::transfers::place;
use crate::transfers::progress::Progress;
use crate::transfers::sink::Sink;
use crate::transfers::trouble::Trouble;
use crate::transfers::tus::is_file_id;

/// How long the other side may take to begin: other files may go before this one.
const BEGIN: Duration = Duration::from_secs(60);

/// The first wait after a break; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Between dials of a device that was not reached. Who is listed or seen again is dialled at once by the node.
const DIAL_AGAIN: Duration = Duration::from_secs(30);

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
pub(super) struct Expected(Mutex<HashMap<(DeviceId, String), (u64, oneshot::Sender<RecvStream>)>>);

impl Expected {
    fn expect(&self, device: DeviceId, id: &str, offset: u64) -> oneshot::Receiver<RecvStream> {
        let (sender, receiver) = oneshot::channel();
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        streams.insert((device, id.to_owned()), (offset, sender));
        receiver
    }

    fn forget(&self, device: DeviceId, id: &str) {
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
    pub(super) permits: Arc<Semaphore>,
    pub(super) progress: Arc<Progress>,
    pub(super) stop: CancellationToken,
    /// The other side has offered it again.
    pub(super) nudged: Arc<Notify>,
}

/// By which way it comes next.
enum From {
    Device(Arc<dyn FileLink>),
    Depot(SealedFile),
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
            let halt = match self.stretch(&row, &mut kept, is_gone).await {
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
        kept: &mut Option<Sink>,
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

    /// Fetches what is missing, by the way there is. The sink comes back if it can.
    async fn fetch(
        &mut self,
        row: &FileRow,
        sink: Sink,
        is_gone: bool,
    ) -> (Option<Sink>, Result<(), Halt>) {
        let stop = self.stop.clone();
        let from = tokio::select! {
            () = stop.cancelled() => return (Some(sink), Err(Halt::Stopped)),
            from = self.way(row, is_gone) => from,
        };
        let permits = Arc::clone(&self.permits);
        let _permit = tokio::select! {
            () = stop.cancelled() => return (Some(sink), Err(Halt::Stopped)),
            permit = permits.acquire() => permit,
        };
        match from {
            Ok(From::Device(link)) => self.from_device(&*link, row, sink).await,
            Ok(From::Depot(sealed)) => self.from_depot(&sealed, row, sink).await,
            Err(halt) => (Some(sink), Err(halt)),
        }
    }

    /// Waits for a way: the sealed file at the room server, for it is there; else a link.
    async fn way(&mut self, row: &FileRow, is_gone: bool) -> Result<From, Halt> {
        let device = row
            .device
            .ok_or_else(|| Halt::Over("nobody offers it any more".to_owned()))?;
        let mut standing = self.setup.depot.standing();
        loop {
            let sealed = row.sealed.as_ref().filter(|_| !is_gone);
            if let Some(sealed) = sealed
                && standing.borrow_and_update().online
            {
                return Ok(From::Depot(sealed.clone()));
            }
            if let Some(link) = self.links.borrow_and_update().get(&device) {
                return Ok(From::Device(Arc::clone(link)));
            }
            let dialling = async {
                self.setup.reach.device(device).await;
                sleep(DIAL_AGAIN).await;
            };
            tokio::select! {
                changed = self.links.changed() => if changed.is_err() {
                    return Err(Halt::Stopped);
                },
                Ok(()) = standing.changed(), if sealed.is_some() => {}
                () = self.nudged.notified() => {
                    return Err(Halt::Broken("it was offered again".to_owned()));
                }
                () = dialling => {}
            }
        }
    }

    async fn from_device(
        &mut self,
        link: &dyn FileLink,
        row: &FileRow,
        sink: Sink,
    ) -> (Option<Sink>, Result<(), Halt>) {
        let device = link.device();
        let coming = self.expected.expect(device, &row.id, sink.at());
        let accept = PeerLine::FileAccept {
            id: row.id.clone(),
            offset: sink.at(),
        };
        let broken = |why: &str| Err(Halt::Broken(why.to_owned()));
        let begun = tokio::select! {
            () = self.stop.cancelled() => Err(Halt::Stopped),
            () = lost(&mut self.links, link) => broken("the link is gone"),
            () = self.nudged.notified() => broken("it was offered again"),
            begun = timeout(BEGIN, async {
                link.send(&accept).await.ok()?;
                coming.await.ok()
            }) => match begun {
                Ok(Some(stream)) => Ok(stream),
                _ => broken("the other side does not begin"),
            },
        };
        self.expected.forget(device, &row.id);
        let mut stream = match begun {
            Ok(stream) => stream,
            Err(halt) => return (Some(sink), Err(halt)),
        };
        self.progress.runs();
        let room = row.size - sink.at();
        pump(&mut stream, sink, None, room, &self.progress, &self.stop).await
    }

    async fn from_depot(
        &self,
        sealed: &SealedFile,
        row: &FileRow,
        sink: Sink,
    ) -> (Option<Sink>, Result<(), Halt>) {
        let opened = tokio::select! {
            () = self.stop.cancelled() => Err(Halt::Stopped),
            opened = self.open_sealed(sealed, row, sink.at()) => opened,
        };
        let (mut coming, opener, room) = match opened {
            Ok(opened) => opened,
            Err(halt) => return (Some(sink), Err(halt)),
        };
        self.progress.runs();
        let opener = Some(opener);
        pump(&mut coming, sink, opener, room, &self.progress, &self.stop).await
    }

    /// The sealed bytes from the piece on in which `at` lies.
    async fn open_sealed(
        &self,
        sealed: &SealedFile,
        row: &FileRow,
        at: u64,
    ) -> Result<(Buffered, Opener, u64), Halt> {
        let bad = || Halt::Over("its key cannot be read".to_owned());
        let key = SealKey::read(&sealed.key).ok_or_else(bad)?;
        if !is_file_id(&sealed.file) {
            return Err(bad());
        }
        let total = sealed_size(row.size);
        let depot = &self.setup.depot;
        let mut coming = depot
            .fetch(&sealed.file, 0, total)
            .await
            .map_err(troubled)?;
        let mut first = Vec::new();
        while first.len() < NONCE {
            let more = coming.next().await?;
            let cut = || Halt::Broken("too little came".to_owned());
            first.extend_from_slice(&more.ok_or_else(cut)?);
        }
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&first[..NONCE]);
        let opener = Opener::new(&key, &nonce, row.size, at).ok_or_else(bad)?;
        let piece = at / PIECE as u64;
        if piece == 0 {
            let rest = first.split_off(NONCE);
            let room = total - NONCE as u64;
            return Ok((Buffered::new(rest, coming), opener, room));
        }
        let from = piece_at(piece);
        let coming = depot.fetch(&sealed.file, from, total).await;
        let coming = coming.map_err(troubled)?;
        Ok((Buffered::new(Vec::new(), coming), opener, total - from))
    }

    /// Puts a whole file in its place.
    async fn put(
        &self,
        row: &FileRow,
        sink: Sink,
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

/// What came already, and what comes after it.
#[derive(Debug)]
struct Buffered {
    first: Option<Vec<u8>>,
    rest: super::depot::Fetched,
}

impl Buffered {
    fn new(first: Vec<u8>, rest: super::depot::Fetched) -> Self {
        Self {
            first: Some(first),
            rest,
        }
    }
}

impl part::Coming for Buffered {
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, Halt> {
        match self.first.take() {
            Some(first) => Ok(Some(first.into())),
            None => self.rest.next().await,
        }
    }

    fn halt(&mut self, _code: iroh::endpoint::VarInt) {}
}

/// Waits until a link is not the one to its device any more.
async fn lost(links: &mut watch::Receiver<Links>, link: &dyn FileLink) {
    let is_lost = |links: &Links| {
        links
            .get(&link.device())
            .is_none_or(|now| now.id() != link.id())
    };
    // Where nobody tells of links any more, there are none.
    let _ = links.wait_for(is_lost).await;
}

fn troubled(trouble: Trouble) -> Halt {
    match trouble {
        // Another file of that name, or none: the other device may still have the right one.
        Trouble::Over(
            TransferFailure::Gone | TransferFailure::Forbidden(_) | TransferFailure::Damaged,
        ) => Halt::Gone,
        Trouble::Over(failure) => failure.into(),
        Trouble::Broken(why) => Halt::Broken(why),
        Trouble::Wait(_) | Trouble::Busy(..) | Trouble::Anew => {
            Halt::Broken("the server asks to wait".to_owned())
        }
    }
}

/// Runs what may wait for a disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Halt> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Halt::Over(error.to_string()))
}
