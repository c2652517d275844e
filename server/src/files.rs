//! Files: uploads as they arrive, and what becomes of them.
//!
//! An upload is a row of the storage, and the bytes that came so far in
//! `DATA/uploads/ID`; how many these are is how far it has come. When the last one is
//! there the content is kept under its hash ([`crate::blobs`]), and one transaction
//! makes the row a file's. A crash between any two steps leaves an upload that can be
//! finished again, or a content that no file has, which [`sweep`] finds.
//!
//! # Layout
//!
//! - [`upload`]: one upload in one pair of hands.
//! - [`receive`]: bytes from the wire to the disk.
//! - [`hands`]: the threads that hash and write.
//! - [`checksum`]: what a client says its bytes hash to.
//! - [`mime`]: what bytes are.
//! - [`sweep`]: what is left over.

pub(crate) mod checksum;
mod hands;
mod mime;
pub(crate) mod receive;
mod sweep;
pub(crate) mod upload;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use parlor_certs::private;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::hands::Hands;
use self::upload::{Broken, Held, Upload};
use crate::blobs::Blobs;
use crate::blobs::local::LocalBlobs;
use crate::clock;
use crate::config;
use crate::storage::{
    ContentHash, FileRecord, Finished, Storage, StorageError, UploadRecord, UserId,
};

pub(crate) use self::sweep::sweep;

/// How long a request waits for the one before it on the same upload, which is
/// told to let go: it has at most a piece to write and a flush to do.
const TAKE_OVER_TIME: Duration = Duration::from_secs(5);

/// Uploads of which the state of the hash is remembered; that of others is
/// made anew from their bytes. Two KiB each.
const REMEMBERED: usize = if cfg!(test) { 4 } else { 4_096 };

/// Locks by which a content is not erased while another upload finishes with it.
const STRIPES: usize = 64;

/// Files of a server.
#[derive(Debug)]
pub(crate) struct Files {
    storage: Arc<dyn Storage>,
    blobs: Arc<dyn Blobs>,
    hands: Arc<Hands>,
    uploads: PathBuf,
    config: config::Files,
    // A std Mutex: a map operation, never over an await.
    known: Mutex<HashMap<String, Arc<Upload>>>,
    stripes: Vec<Arc<tokio::sync::Mutex<()>>>,
    loosened: Notify,
    opened: SystemTime,
}

impl Files {
    /// The files in a data folder.
    ///
    /// # Errors
    ///
    /// If its folders can neither be found nor made, or the system gives no threads.
    pub(crate) fn open(
        data: &Path,
        storage: Arc<dyn Storage>,
        config: config::Files,
    ) -> io::Result<Self> {
        let uploads = data.join("uploads");
        private::make_dir(&uploads)?;
        private::restrict(&uploads)?;
        let blobs = LocalBlobs::open(data.join("files"))?;
        Ok(Self {
            storage,
            blobs: Arc::new(blobs),
            hands: Arc::new(Hands::new()?),
            uploads,
            config,
            known: Mutex::default(),
            stripes: (0..STRIPES).map(|_| Arc::default()).collect(),
            loosened: Notify::new(),
            opened: SystemTime::now(),
        })
    }

    /// Where contents are kept.
    pub(crate) fn blobs(&self) -> &Arc<dyn Blobs> {
        &self.blobs
    }

    /// Some file is deleted: its content may go.
    pub(crate) fn content_loosened(&self) {
        self.loosened.notify_one();
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Arc<Upload>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, id: &str) -> PathBuf {
        self.uploads.join(id)
    }

    /// When an upload expires that gives a sign of life now.
    pub(crate) fn expiry(&self) -> parlor_protocol::Time {
        clock::after(clock::now(), self.config.upload_life().as_secs())
    }

    /// Takes an upload of a user's in hand. Whoever has it lets go of it first,
    /// so that a client that is half gone does not keep its successor waiting.
    ///
    /// # Errors
    ///
    /// [`Broken::Gone`] where it is none, or another's.
    pub(crate) async fn take(&self, id: &str, user: UserId) -> Result<Held, Broken> {
        // Before anything is remembered of it: nobody fills the map with ids that are none.
        self.find(id, user).await?;
        let upload = {
            let mut known = self.known();
            if known.len() >= REMEMBERED {
                known.retain(|_, upload| Arc::strong_count(upload) > 1);
            }
            Arc::clone(known.entry(id.to_owned()).or_default())
        };
        let until = CancellationToken::new();
        upload.replace_holder(&until).cancel();
        let part = tokio::time::timeout(TAKE_OVER_TIME, upload.part()).await;
        let part = part.map_err(|_| Broken::Busy)?;
        // What stood before may have finished it, or moved its mark.
        let record = self.find(id, user).await?;
        Held::open(record, self.path(id), part, until, Arc::clone(&self.hands)).await
    }

    async fn find(&self, id: &str, user: UserId) -> Result<UploadRecord, Broken> {
        let found = self.storage.upload(id).await?;
        let now = clock::now();
        found
            .filter(|upload| upload.user == user && upload.expires > now)
            .ok_or(Broken::Gone)
    }

    /// Notes a sign of life of an upload, and how far it is verified.
    pub(crate) async fn mark(&self, held: &Held, verified: Option<u64>) -> Result<(), Broken> {
        let id = &held.record().id;
        let marked = self.storage.mark_upload(id, self.expiry(), verified).await;
        if marked? { Ok(()) } else { Err(Broken::Gone) }
    }

    /// Makes a file of an upload whose bytes are all there and flushed.
    pub(crate) async fn finish(&self, mut held: Held) -> Result<FileRecord, Broken> {
        let (hash, mime) = held.digest().await?;
        let id = held.record().id.clone();
        let _stripe = self.stripe(hash).await;
        let (blobs, path) = (Arc::clone(&self.blobs), self.path(&id));
        let kept = blocking(move || blobs.keep(hash, &path)).await;
        kept.map_err(|error| match error.kind() {
            // It expired, or was swept, under the hands of who finished it.
            io::ErrorKind::NotFound => Broken::Gone,
            _ => error.into(),
        })?;
        let finished = Finished {
            id: id.clone(),
            mime: mime.to_owned(),
            hash,
            time: clock::now(),
        };
        let record = self.storage.finish_upload(finished).await?;
        if record.is_none() {
            self.loosen(hash).await;
        }
        self.forget(&id, held).await;
        record.ok_or(Broken::Gone)
    }

    /// Nobody's content is left for the clock to erase.
    async fn loosen(&self, hash: ContentHash) {
        if let Err(error) = self.storage.loosen(vec![hash]).await {
            tracing::warn!(%error, "a content that no file has stays until the next sweep");
        }
        self.content_loosened();
    }

    /// Ends an upload, and erases what came of it.
    pub(crate) async fn terminate(&self, held: Held) -> Result<(), Broken> {
        let id = held.record().id.clone();
        self.storage.delete_upload(&id).await?;
        self.forget(&id, held).await;
        Ok(())
    }

    /// Erases the bytes of an upload that is none any more.
    async fn forget(&self, id: &str, held: Held) {
        let path = self.path(id);
        let removed = blocking(move || match std::fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        });
        if let Err(error) = removed.await {
            tracing::warn!(%error, "bytes of an upload stay until the next sweep");
        }
        self.known().remove(id);
        drop(held);
    }

    /// It goes along to the thread that works under it, which may outlive who waits.
    async fn stripe(&self, hash: ContentHash) -> tokio::sync::OwnedMutexGuard<()> {
        let stripe = &self.stripes[usize::from(hash.0[0]) % STRIPES];
        Arc::clone(stripe).lock_owned().await
    }
}

/// Runs what blocks off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

impl From<StorageError> for Broken {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
