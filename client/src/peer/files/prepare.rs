//! A file that is to be offered: its hash, and for somebody who is away its sealed copy at the room server.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use parlor_protocol::peer::SealedFile;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::format::{SealKey, sealed_size};
use super::source::Source;
use super::{AHEAD, Links, Setup};
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::transfer::TransferFailure;
use crate::transfers::progress::Progress;
use crate::transfers::trouble::{Tries, Trouble};
use crate::transfers::tus::BEGUN_ANEW;

/// What is left of an upload that is finished although its receiver is there by now: a link may go
/// as it came, and this much is soon done.
const FINISH: u64 = 64 * 1024 * 1024;

/// Between looks whether an upload is still worth it.
const LOOK: Duration = Duration::from_secs(2);

/// How a preparing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prepared {
    /// It can be offered: its hash, and where it waits if it was sealed.
    Ready {
        source: Source,
        blake3: String,
        sealed: Option<SealedFile>,
        /// The room server does not take it.
        refused: bool,
    },
    /// It was stopped.
    Stopped,
    /// It cannot.
    Failed(TransferFailure),
}

/// A preparing, and what it has at hand.
#[derive(Debug)]
pub(super) struct Preparing {
    pub(super) setup: Setup,
    pub(super) links: watch::Receiver<Links>,
    pub(super) progress: Arc<Progress>,
    /// What is shown of it: hashing, then perhaps sealing.
    pub(super) shown: Arc<Mutex<PeerFileState>>,
    pub(super) stop: CancellationToken,
}

/// An upload under way.
#[derive(Debug, Clone)]
struct Upload {
    id: String,
    key: SealKey,
}

/// Hashes a row's file, or says why it is not the one that was offered.
pub(super) async fn hash(
    row: &FileRow,
    progress: &Arc<Progress>,
    stop: &CancellationToken,
) -> Result<(Source, String), TransferFailure> {
    let unknown = || TransferFailure::Local("nobody knows where the file is".to_owned());
    let path = row.path.clone().ok_or_else(unknown)?;
    let (size, progress, stop) = (row.size, Arc::clone(progress), stop.clone());
    let changed = TransferFailure::LocalChanged(path.clone());
    let hashing = tokio::task::spawn_blocking(move || Source::hash(&path, size, &progress, &stop));
    let (source, blake3) = hashing
        .await
        .map_err(|error| TransferFailure::Local(error.to_string()))??;
    if row.blake3.is_empty() || row.blake3 == blake3 {
        Ok((source, blake3))
    } else {
        Err(changed)
    }
}

impl Preparing {
    /// Runs until the file can be offered.
    pub(super) async fn run(mut self, row: FileRow, to: String) -> Prepared {
        self.progress.runs();
        let (source, blake3) = match hash(&row, &self.progress, &self.stop).await {
            Ok(hashed) => hashed,
            Err(failure) => return Prepared::Failed(failure),
        };
        let mut refused = false;
        let is_begun = row.upload.is_some();
        let sealed = if row.sealed.is_some() {
            row.sealed.clone().map(Ok)
        } else if !is_begun && (self.has_link(&to) || self.setup.reach.user(&to).await) {
            None
        } else {
            let sealing = self.seal_unless_there(&row, &to, (&source, &blake3), &mut refused);
            sealing.await
        };
        match sealed.transpose() {
            Err(failure) => Prepared::Failed(failure),
            Ok(sealed) => Prepared::Ready {
                source,
                blake3,
                sealed,
                refused,
            },
        }
    }

    fn has_link(&self, username: &str) -> bool {
        let links = self.links.borrow();
        links.values().any(|link| link.username() == username)
    }

    /// Seals and uploads, or not: its receiver has come, or the room server does not take it. Then it waits
    /// here until both are there.
    async fn seal_unless_there(
        &mut self,
        row: &FileRow,
        to: &str,
        source: (&Source, &str),
        refused: &mut bool,
    ) -> Option<Result<SealedFile, TransferFailure>> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = PeerFileState::Sealing;
        self.progress.set_done(0);
        let mut upload = Upload::noted(row, source.1);
        let is_over = tokio::select! {
            sealed = self.seal(row, to, source, &mut upload) => Some(sealed),
            () = self.wanted_directly(row, to) => None,
        };
        match is_over {
            Some(Ok(sealed)) => return Some(Ok(sealed)),
            Some(Err(
                failure @ (TransferFailure::LocalChanged(_) | TransferFailure::LocalMissing(_)),
            )) => return Some(Err(failure)),
            Some(Err(failure)) => {
                tracing::info!(id = row.id, %failure, "a file is offered without a sealed copy");
                *refused = true;
            }
            None => {}
        }
        if let Some(upload) = upload {
            // What is not removed goes by the server's own sweep.
            let _ = self.setup.depot.remove(&upload.id).await;
        }
        let forgotten = self.setup.ledger.file_upload(&row.id, None, None).await;
        forgotten.err().map(|error| Err(local(&error)))
    }

    /// Waits until its receiver is there, and there is much left to upload, or nobody to upload to.
    async fn wanted_directly(&self, row: &FileRow, to: &str) {
        let mut links = self.links.clone();
        let standing = self.setup.depot.standing();
        loop {
            let left = sealed_size(row.size).saturating_sub(self.progress.done());
            if self.has_link(to) && (left > FINISH || !standing.borrow().online) {
                return;
            }
            tokio::select! {
                Ok(()) = links.changed() => {}
                () = sleep(LOOK) => {}
            }
        }
    }

    async fn seal(
        &self,
        row: &FileRow,
        to: &str,
        source: (&Source, &str),
        upload: &mut Option<Upload>,
    ) -> Result<SealedFile, TransferFailure> {
        let mut standing = self.setup.depot.standing();
        let mut tries = Tries::default();
        let mut anew = 0;
        loop {
            let before = self.progress.done();
            let trouble = match self.stretch(row, to, source, upload).await {
                Ok(sealed) => return Ok(sealed),
                Err(trouble) => trouble,
            };
            self.progress.waits();
            if self.progress.done() > before {
                tries.reset();
            }
            if trouble == Trouble::Anew {
                anew += 1;
                *upload = None;
                let ledger = &self.setup.ledger;
                let forgotten = ledger.file_upload(&row.id, None, None).await;
                forgotten.map_err(|error| local(&error))?;
                if anew >= BEGUN_ANEW {
                    return Err(TransferFailure::Lost);
                }
            }
            tries.wait(trouble, &mut standing).await?;
        }
    }

    /// As far as one connection goes.
    async fn stretch(
        &self,
        row: &FileRow,
        to: &str,
        source: (&Source, &str),
        upload: &mut Option<Upload>,
    ) -> Result<SealedFile, Trouble> {
        let depot = &self.setup.depot;
        let total = sealed_size(row.size);
        let (source, blake3) = source;
        let Some(begun) = upload.clone() else {
            // A key serves once: an upload that is begun anew is sealed anew.
            let begun = self.begin(row, to, blake3).await?;
            *upload = Some(begun);
            return Err(Trouble::Wait(Duration::ZERO));
        };
        let mut offset = depot
            .reached(&begun.id, total)
            .await?
            .ok_or(Trouble::Anew)?;
        self.progress.set_done(offset);
        self.progress.runs();
        while offset < total {
            let (parts, ready) = mpsc::channel(AHEAD);
            let (source, key) = (source.clone(), begun.key.clone());
            let sealing = tokio::task::spawn_blocking(move || source.seal(&key, offset, &parts));
            let progress = Arc::clone(&self.progress);
            let sent = depot.send(&begun.id, offset, total - offset, ready, progress);
            let sent = sent.await;
            let read = sealing
                .await
                .map_err(|error| Trouble::Over(TransferFailure::Local(error.to_string())))?;
            read.map_err(Trouble::Over)?;
            offset = match sent? {
                reached if reached > offset => reached,
                _ => return Err(Trouble::Broken("the server took nothing".to_owned())),
            };
            self.progress.set_done(offset);
        }
        depot.finish(&begun.id, total).await?;
        let sealed = begun.sealed();
        let ledger = &self.setup.ledger;
        ledger
            .file_upload(&row.id, None, Some(sealed.clone()))
            .await?;
        Ok(sealed)
    }

    async fn begin(&self, row: &FileRow, to: &str, blake3: &str) -> Result<Upload, Trouble> {
        let total = sealed_size(row.size);
        let standing = *self.setup.depot.standing().borrow();
        if !standing.online {
            return Err(Trouble::Broken("the server is not there".to_owned()));
        }
        if let Some(limit) = standing.file_bytes.filter(|limit| total > *limit) {
            return Err(Trouble::Over(TransferFailure::TooLarge { limit }));
        }
        let id = self.setup.depot.begin(to, total).await?;
        let key = SealKey::new();
        let upload = Upload { id, key };
        let ledger = &self.setup.ledger;
        ledger
            .file_upload(&row.id, Some(upload.note(blake3)), None)
            .await?;
        Ok(upload)
    }
}

impl Upload {
    /// The upload that an earlier process began, if it was of these very bytes: two texts must never be sealed
    /// by one key and nonce.
    fn noted(row: &FileRow, blake3: &str) -> Option<Self> {
        let mut words = row.upload.as_deref()?.split(' ');
        let (id, of, key) = (words.next()?, words.next()?, words.next()?);
        let key = SealKey::read(key)?;
        (of == blake3).then(|| Self {
            id: id.to_owned(),
            key,
        })
    }

    /// As it is kept in the row until it is complete.
    fn note(&self, blake3: &str) -> String {
        format!("{} {blake3} {}", self.id, self.key.encode())
    }

    fn sealed(&self) -> SealedFile {
        SealedFile {
            file: self.id.clone(),
            key: self.key.encode(),
        }
    }
}

fn local(error: &crate::store::StoreError) -> TransferFailure {
    TransferFailure::Local(error.to_string())
}
