//! What is left over: uploads that expired, bytes without a row, contents that
//! no file has, and files whose content is missing.

use std::collections::HashSet;
use std::fs::DirEntry;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{MissedTickBehavior, interval};

use super::{Files, blocking};
use crate::clock;
use crate::state::State;
use crate::storage::{ContentHash, Staleness, StorageError};

/// How often loose contents are erased: those of a deleted message wait for it.
const TICK: Duration = Duration::from_secs(5);

/// What expired is ended, and bytes without an upload are looked for, once in
/// so many ticks, and at the start: a minute.
const MINUTE_TICKS: u64 = 12;

/// Every content is looked at once in so many ticks, and at the start: a day.
const WHOLE_TICKS: u64 = 24 * 60 * MINUTE_TICKS;

/// Contents looked at or erased at once.
const STEP: usize = 256;

/// Bytes without an upload that are younger than this may be of one that is
/// just being made; those from before this start are not.
const YOUNG: Duration = Duration::from_secs(60);

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Sweeps until the server stops.
pub(crate) async fn sweep(state: Arc<State>) {
    let files = &state.files;
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut count: u64 = 0;
    loop {
        let by_the_clock = tokio::select! {
            _ = ticks.tick() => true,
            () = files.loosened.notified() => false,
            () = state.stopped() => return,
        };
        let swept = async {
            let at = count;
            count += u64::from(by_the_clock);
            if by_the_clock && at.is_multiple_of(MINUTE_TICKS) {
                files.end_the_expired().await?;
                files.erase_strays().await?;
            }
            if by_the_clock && at.is_multiple_of(WHOLE_TICKS) {
                files.compare_contents().await?;
            }
            files.erase_loose().await
        };
        tokio::select! {
            swept = swept => if let Err(error) = swept {
                tracing::warn!(%error, "files could not be swept; it is tried again");
            },
            () = state.stopped() => return,
        }
    }
}

/// Erases a file that is nobody's, unless it is so young that it may be somebody's
/// soon. What is no file (a volume has folders of its own) is left alone.
fn erase_old(entry: &DirEntry, opened: SystemTime) -> io::Result<bool> {
    let metadata = entry.metadata()?;
    let changed = metadata.modified()?;
    let age = SystemTime::now().duration_since(changed);
    let is_old = changed < opened || age.is_ok_and(|age| age > YOUNG);
    if !metadata.is_file() || !is_old {
        return Ok(false);
    }
    std::fs::remove_file(entry.path())?;
    Ok(true)
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Files {
    /// Everything that the clock does, at once.
    #[cfg(test)]
    pub(crate) async fn sweep_all(&self) -> Result<(), SweepError> {
        self.end_the_expired().await?;
        self.erase_strays().await?;
        self.compare_contents().await?;
        self.erase_loose().await
    }

    /// Forgets uploads and files whose time is over.
    async fn end_the_expired(&self) -> Result<(), SweepError> {
        let now = clock::now();
        let ended = self.storage.expire_uploads(now).await?;
        if ended > 0 {
            tracing::info!(ended, "unfinished uploads expired");
        }
        let before = |days: u32| clock::before(now, u64::from(days) * DAY);
        let staleness = Staleness {
            dropped_before: before(self.config.keep_dropped_days),
            unsent_before: (self.config.keep_unsent_days > 0)
                .then(|| before(self.config.keep_unsent_days)),
            sealed_before: before(self.config.keep_sealed_days),
        };
        while self.storage.expire_files(staleness).await? > 0 {}
        Ok(())
    }

    /// Erases bytes in the folder of uploads that are no upload's.
    async fn erase_strays(&self) -> Result<(), SweepError> {
        let uploads: HashSet<String> = self.storage.upload_ids().await?.into_iter().collect();
        let (folder, opened) = (self.uploads.clone(), self.opened);
        let erased = blocking(move || {
            let mut erased = 0;
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name();
                if name.to_str().is_some_and(|name| uploads.contains(name)) {
                    continue;
                }
                match erase_old(&entry, opened) {
                    Ok(true) => erased += 1,
                    Ok(false) => {}
                    // Who ended the upload was quicker.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => {
                        tracing::warn!(path = %entry.path().display(), %error, "bytes stay");
                    }
                }
            }
            Ok(erased)
        });
        let erased: usize = erased.await?;
        if erased > 0 {
            tracing::info!(erased, "erased bytes of uploads that are none any more");
        }
        Ok(())
    }

    /// Erases contents that no file has.
    async fn erase_loose(&self) -> Result<(), SweepError> {
        loop {
            let loose = self.storage.loose_contents(STEP).await?;
            for hash in &loose {
                // An upload that finishes with the same content waits, and
                // finds the content gone, or is seen here.
                let stripe = self.stripe(*hash).await;
                let stripe = if self.storage.is_loose(*hash).await? {
                    let (blobs, hash) = (Arc::clone(&self.blobs), *hash);
                    blocking(move || blobs.erase(hash).map(|()| stripe)).await?
                } else {
                    stripe
                };
                self.storage.content_erased(*hash).await?;
                drop(stripe);
            }
            if loose.len() < STEP {
                return Ok(());
            }
        }
    }

    /// Looks at every content: whether a file has it, and whether every file has one.
    async fn compare_contents(&self) -> Result<(), SweepError> {
        for first in 0..=u8::MAX {
            let blobs = Arc::clone(&self.blobs);
            let found = blocking(move || blobs.list(first)).await?;
            for step in found.chunks(STEP) {
                self.storage.loosen(step.to_vec()).await?;
            }
            self.tell_missing(first, &found).await?;
        }
        Ok(())
    }

    /// Files whose content is missing stay: a backup can bring it back.
    async fn tell_missing(&self, first: u8, found: &[ContentHash]) -> Result<(), SweepError> {
        let found: HashSet<ContentHash> = found.iter().copied().collect();
        let mut lowest = [0; 32];
        lowest[0] = first;
        let mut after = ContentHash(lowest);
        loop {
            let step = self.storage.contents_after(Some(after), STEP).await?;
            let whole = step.len() == STEP;
            for (hash, _) in step {
                if hash.0[0] != first {
                    return Ok(());
                }
                if !found.contains(&hash) && self.is_missing(hash).await? {
                    tracing::error!(content = %hash, "a file's content is missing; restore it from a backup");
                }
                after = hash;
            }
            if !whole {
                return Ok(());
            }
        }
    }

    /// It may have come, or gone, since the folder was read.
    async fn is_missing(&self, hash: ContentHash) -> Result<bool, SweepError> {
        let blobs = Arc::clone(&self.blobs);
        let opened = blocking(move || Ok(blobs.open(hash).is_err())).await?;
        Ok(opened && !self.storage.is_loose(hash).await?)
    }
}
