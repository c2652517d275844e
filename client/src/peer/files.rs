//! Files between devices: from device to device over a link, or sealed and by the room server to
//! somebody who is away. Section 5.
//!
//! What is to be done stands in the rows of the store: whoever wants something else writes it there, and
//! the engine compares it with what it runs. So nothing is lost however this process ends.
//!
//! - From here: a file is hashed, then offered. If its receiver is away, it is sealed and uploaded first, so that the
//!   offer says where it waits. Its bytes go once the other side accepts it, from the byte that it names, over
//!   whatever link there is.
//! - To here: an accepted file gathers beside its place under a hidden name, is compared with its hash, and
//!   gets a name that nothing else has.
//! - A pause ends the stream and nothing else: who receives asks again when it goes on, who sends offers
//!   again. `file_reject` is for good.
//! - Lines may get lost with a link: over each new one, who sends offers again what is not settled, and
//!   who receives answers how it stands.
//!
//! # Layout
//!
//! - this file: what the node has of it, and what it needs of others.
//! - `engine`: the task that compares rows and jobs; `jobs`: these, and their ends.
//! - `lines`: what other devices say; `tell`: what they are told.
//! - `prepare`, `send`: the jobs of a file from here; `receive`, `fetch`: that of a file to here.
//! - `turns`: whose file goes next.
//! - `source`: the file that goes; `part`: the file that comes; `format`: the form of a sealed file.
//! - `depot`: the room server's side.

mod depot;
mod engine;
mod fetch;
mod format;
mod jobs;
mod lines;
mod part;
mod prepare;
mod receive;
mod send;
mod source;
mod tell;
#[cfg(test)]
mod tests;
mod turns;

use std::collections::HashMap;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use iroh::endpoint::{RecvStream, SendStream, VarInt};
use jiff::Timestamp;
use parlor_protocol::DeviceId;
use parlor_protocol::peer::{FileHead, PeerLine, SealedFile};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub(crate) use self::depot::{Depot, RoomDepot};
use self::engine::Engine;
use super::net::{Link, LinkGone, LinkId};
use super::post::PeerFileState;
use super::store::{FileRow, PeerStore};
use crate::store::StoreError;

/// Files that go at once, and as many that come: enough that a small one does not wait for a large one,
/// few enough that each moves.
const AT_ONCE: usize = 3;

/// What the node tells that waits for the engine.
const ASKS: usize = 64;

/// Nothing may pass for this long before a stream is given up.
const STALL: Duration = Duration::from_secs(60);

/// Parts of a file between its disk and its line: enough that neither waits.
const AHEAD: usize = 4;

/// Jobs may take this long to let go at the end: a write to a slow disk.
const LAST_STEPS: Duration = Duration::from_secs(5);

/// Why a stream ends before the file does, as QUIC says it: it was broken off, it is held up for
/// now, or nobody asked for it.
const BROKEN: VarInt = VarInt::from_u32(0);
const HELD_UP: VarInt = VarInt::from_u32(1);
const NOT_ASKED_FOR: VarInt = VarInt::from_u32(2);

/// The rows in which the files stand: those of the store.
#[async_trait]
pub(crate) trait Ledger: Debug + Send + Sync + 'static {
    /// Raised by every change.
    fn changed(&self) -> watch::Receiver<u64>;

    /// The files that are not done with.
    async fn files(&self) -> Result<Vec<FileRow>, StoreError>;

    /// One of them, done or not.
    async fn file(&self, id: &str) -> Result<Option<FileRow>, StoreError>;

    /// Whose a device is, if it is known.
    async fn username_of(&self, device: DeviceId) -> Result<Option<String>, StoreError>;

    /// Its hash is known: it is offered, with where it waits if it was sealed.
    async fn offer(&self, id: &str, blake3: String) -> Result<(), StoreError>;

    /// How it stands. What its user decided meanwhile (held up, declined, taken back) stays, unless the
    /// file has ended.
    async fn file_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        rate: Option<u64>,
    ) -> Result<(), StoreError>;

    /// Where it lies, and where its bytes gather.
    async fn file_place(
        &self,
        id: &str,
        path: Option<PathBuf>,
        partial: Option<PathBuf>,
    ) -> Result<(), StoreError>;

    /// Its sealed upload: under way, or complete. Where a complete one waits, its offer says.
    async fn file_upload(
        &self,
        id: &str,
        upload: Option<String>,
        sealed: Option<SealedFile>,
    ) -> Result<(), StoreError>;
}

#[async_trait]
impl Ledger for PeerStore {
    fn changed(&self) -> watch::Receiver<u64> {
        Self::changed(self)
    }

    async fn files(&self) -> Result<Vec<FileRow>, StoreError> {
        Self::files(self).await
    }

    async fn file(&self, id: &str) -> Result<Option<FileRow>, StoreError> {
        Self::file(self, id).await
    }

    async fn username_of(&self, device: DeviceId) -> Result<Option<String>, StoreError> {
        let row = self.device(device).await?;
        Ok(row.map(|row| row.card.username))
    }

    async fn offer(&self, id: &str, blake3: String) -> Result<(), StoreError> {
        Self::offer(self, id, blake3, Timestamp::now().into()).await
    }

    async fn file_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        rate: Option<u64>,
    ) -> Result<(), StoreError> {
        Self::file_state(self, id, state, done, rate).await
    }

    async fn file_place(
        &self,
        id: &str,
        path: Option<PathBuf>,
        partial: Option<PathBuf>,
    ) -> Result<(), StoreError> {
        Self::file_place(self, id, path, partial).await
    }

    async fn file_upload(
        &self,
        id: &str,
        upload: Option<String>,
        sealed: Option<SealedFile>,
    ) -> Result<(), StoreError> {
        Self::file_upload(self, id, upload, sealed).await
    }
}

/// A link that is up, as files need it.
#[async_trait]
pub(crate) trait FileLink: Debug + Send + Sync + 'static {
    /// Its name.
    fn id(&self) -> LinkId;

    /// The device at the other end.
    fn device(&self) -> DeviceId;

    /// Whose that is.
    fn username(&self) -> &str;

    /// Sends a line.
    async fn send(&self, line: &PeerLine) -> Result<(), LinkGone>;

    /// Opens the stream of a file.
    async fn open_file(&self, head: &FileHead) -> Result<SendStream, LinkGone>;
}

#[async_trait]
impl FileLink for Link {
    fn id(&self) -> LinkId {
        Self::id(self)
    }

    fn device(&self) -> DeviceId {
        Self::device(self)
    }

    fn username(&self) -> &str {
        &self.card().0.username
    }

    async fn send(&self, line: &PeerLine) -> Result<(), LinkGone> {
        Self::send(self, line).await
    }

    async fn open_file(&self, head: &FileHead) -> Result<SendStream, LinkGone> {
        Self::open_file(self, head).await
    }
}

/// The links that are up.
type Links = HashMap<DeviceId, Arc<dyn FileLink>>;

/// Who can bring a link up. [`Files::up`] is told of it as of every other.
#[async_trait]
pub(crate) trait Reach: Debug + Send + Sync + 'static {
    /// Dials a user's devices, no longer than a link may take to come up; whether one is there.
    async fn user(&self, username: &str) -> bool;

    /// Dials a device likewise.
    async fn device(&self, device: DeviceId) -> bool;
}

/// What files need.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// Oneself.
    pub(crate) username: String,
    /// The rows.
    pub(crate) ledger: Arc<dyn Ledger>,
    /// The room server, for those who are away.
    pub(crate) depot: Arc<dyn Depot>,
    /// Who brings links up.
    pub(crate) reach: Arc<dyn Reach>,
    /// Where offered files of others go without being asked about.
    pub(crate) save_to: Option<PathBuf>,
}

/// What the node tells.
#[derive(Debug)]
enum Ask {
    Up(Arc<dyn FileLink>),
    Down(DeviceId, LinkId),
    Line(DeviceId, String, PeerLine),
    Stream(DeviceId, FileHead, RecvStream),
    SaveTo(Option<PathBuf>),
}

/// The files of this device, as the node has them.
#[derive(Debug)]
pub(crate) struct Files {
    asks: mpsc::Sender<Ask>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Files {
    /// Starts what is to be done. It ends with [`stop`](Self::stop), or when this is dropped.
    pub(crate) fn start(setup: Setup) -> Self {
        let (asks, told) = mpsc::channel(ASKS);
        let stop = CancellationToken::new();
        let task = tokio::spawn(Engine::new(setup, stop.clone()).run(told));
        Self {
            asks,
            stop,
            task: Mutex::new(Some(task)),
        }
    }

    /// A link is up.
    pub(crate) async fn up(&self, link: Arc<dyn FileLink>) {
        self.tell(Ask::Up(link)).await;
    }

    /// A link is gone.
    pub(crate) async fn down(&self, device: DeviceId, link: LinkId) {
        self.tell(Ask::Down(device, link)).await;
    }

    /// A line of a device of this user: `file_accept`, `file_reject`, `file_done`; and each `file_offer`, also one
    /// that is a duplicate or was sealed, after it was stored. Others are passed over.
    pub(crate) async fn line(&self, device: DeviceId, username: &str, line: PeerLine) {
        let is_ours = matches!(
            line,
            PeerLine::FileOffer(_)
                | PeerLine::FileAccept { .. }
                | PeerLine::FileReject { .. }
                | PeerLine::FileDone { .. }
        );
        if is_ours {
            self.tell(Ask::Line(device, username.to_owned(), line))
                .await;
        }
    }

    /// The bytes of a file begin to come.
    pub(crate) async fn stream(&self, device: DeviceId, head: FileHead, stream: RecvStream) {
        self.tell(Ask::Stream(device, head, stream)).await;
    }

    /// Where offered files go from now on without being asked about.
    pub(crate) async fn save_to(&self, folder: Option<PathBuf>) {
        self.tell(Ask::SaveTo(folder)).await;
    }

    async fn tell(&self, ask: Ask) {
        // After the end nobody needs it: the rows say all that must survive.
        let _ = self.asks.send(ask).await;
    }

    /// Stops everything that runs, and waits until it has let go.
    pub(crate) async fn stop(&self) {
        self.stop.cancel();
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut task) = task
            && timeout(LAST_STEPS * 2, &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
