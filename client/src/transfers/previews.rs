//! Small files kept for thumbnails: a folder bounded in bytes, of which what
//! was not looked at for longest goes first.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use parlor_protocol::File;
use tokio::sync::Semaphore;

use super::begin::failure;
use super::{place, tus};
use crate::http::{SharedCaller, whole};
use crate::transfer::{TransferError, TransferFailure};

/// Bytes kept in all.
const CACHE_BYTES: u64 = 256 * 1024 * 1024;

/// Fetched at once: a screenful of pictures must not keep a line from its chat.
const AT_ONCE: usize = 4;

type Fetched = Result<Bytes, TransferError>;
type Fetching = Shared<BoxFuture<'static, Fetched>>;
type WeakFetching = WeakShared<BoxFuture<'static, Fetched>>;

/// The cache of one account.
#[derive(Debug)]
pub(super) struct Previews {
    folder: PathBuf,
    caller: SharedCaller,
    places: Arc<Semaphore>,
    /// What is being fetched, by hash: who asks for the same waits for the same. A
    /// std mutex is right: it is never held across an await.
    fetching: Mutex<HashMap<String, WeakFetching>>,
}

impl Previews {
    pub(super) fn new(folder: PathBuf, caller: SharedCaller) -> Self {
        Self {
            folder,
            caller,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            fetching: Mutex::default(),
        }
    }

    /// A file's bytes, from here or from the server.
    pub(super) async fn get(&self, file: &File, at_most: u64, online: bool) -> Fetched {
        if file.size > at_most {
            return Err(TransferFailure::TooLarge { limit: at_most }.into());
        }
        let is_hash = file.blake3.len() == 64
            && file
                .blake3
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !tus::is_file_id(&file.id) || !is_hash {
            return Err(TransferFailure::Damaged.into());
        }
        self.fetching(file, online).await
    }

    fn fetching(&self, file: &File, online: bool) -> Fetching {
        let mut fetching = self.fetching.lock().unwrap_or_else(PoisonError::into_inner);
        fetching.retain(|_, one| one.upgrade().is_some_and(|one| one.peek().is_none()));
        if let Some(one) = fetching.get(&file.blake3).and_then(WeakShared::upgrade) {
            return one;
        }
        let kept = self.folder.join(&file.blake3);
        let (caller, places) = (Arc::clone(&self.caller), Arc::clone(&self.places));
        let wanted = file.clone();
        let one = get(kept, wanted, online, caller, places).boxed().shared();
        if let Some(weak) = one.downgrade() {
            fetching.insert(file.blake3.clone(), weak);
        }
        one
    }
}

async fn get(
    kept: PathBuf,
    file: File,
    online: bool,
    caller: SharedCaller,
    places: Arc<Semaphore>,
) -> Fetched {
    let (path, hash) = (kept.clone(), file.blake3.clone());
    let found = tokio::task::spawn_blocking(move || read(&path, &hash)).await;
    if let Ok(Some(bytes)) = found {
        return Ok(bytes);
    }
    if !online {
        return Err(TransferError::Offline);
    }
    let _place = places.acquire().await;
    let fetching = async {
        let mut channel = caller.open().await?;
        let (_, answer) = tus::bytes(&mut channel, &file, 0).await?;
        let at_most = usize::try_from(file.size).unwrap_or(usize::MAX);
        Ok(whole(answer.into_body(), at_most).await?)
    };
    let bytes = fetching.await.map_err(failure)?;
    let hashed = bytes.clone();
    let keeping = tokio::task::spawn_blocking(move || {
        let fits = blake3::hash(&hashed).to_hex().as_str() == file.blake3;
        // A cache that cannot be written is only a slower one.
        if fits && let Err(error) = keep(&kept, &hashed, CACHE_BYTES) {
            tracing::warn!(%error, "a preview could not be kept");
        }
        fits
    });
    match keeping.await {
        Ok(true) => Ok(bytes),
        _ => Err(TransferFailure::Damaged.into()),
    }
}

/// A kept file, if it is still what it was.
fn read(path: &Path, hash: &str) -> Option<Bytes> {
    let bytes = fs::read(path).ok()?;
    if blake3::hash(&bytes).to_hex().as_str() != hash {
        let _ = fs::remove_file(path);
        return None;
    }
    // Its time says when it was last looked at.
    let file = fs::File::options().append(true).open(path);
    let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
    Some(Bytes::from(bytes))
}

fn keep(path: &Path, bytes: &[u8], at_most: u64) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
    }
    #[cfg(not(unix))]
    fs::create_dir_all(folder)?;
    make_room(folder, at_most.saturating_sub(bytes.len() as u64))?;
    let new = path.with_extension(format!("{}.new", crate::random::hex(4)));
    let mut file = place::open_partial(&new)?;
    file.write_all(bytes)?;
    fs::rename(&new, path)
}

/// Removes what was not looked at for longest until `at_most` bytes are left.
fn make_room(folder: &Path, at_most: u64) -> io::Result<()> {
    let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        all.push((metadata.modified()?, metadata.len(), entry.path()));
    }
    let mut bytes: u64 = all.iter().map(|(_, size, _)| size).sum();
    all.sort();
    for (_, size, path) in all {
        if bytes <= at_most {
            break;
        }
        fs::remove_file(path)?;
        bytes -= size;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_not_looked_at_for_longest_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = |n: u8| {
            let hash = blake3::hash(&[n; 100]).to_hex();
            (dir.path().join(hash.as_str()), hash)
        };
        let age = |path: &Path, seconds: u64| {
            let file = fs::File::options().append(true).open(path).unwrap();
            let at = SystemTime::now() - Duration::from_secs(seconds);
            file.set_modified(at).unwrap();
        };
        for n in 0..3 {
            keep(&path(n).0, &[n; 100], 300).unwrap();
            age(&path(n).0, 100 - u64::from(n));
        }
        assert!(read(&path(0).0, &path(0).1).is_some());
        keep(&path(3).0, &[3; 100], 300).unwrap();
        let there: Vec<bool> = (0..4).map(|n| path(n).0.exists()).collect();
        assert_eq!(there, [true, false, true, true]);
        fs::write(&path(2).0, "damaged").unwrap();
        assert!(read(&path(2).0, &path(2).1).is_none());
        assert!(!path(2).0.exists());
    }
}
