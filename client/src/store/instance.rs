//! Which process owns an outbox entry, and whether it still runs.
//!
//! Each session holds a lock on a file of its own. The system lets go of it
//! however the process ends, so that what a killed one left is taken over at
//! once, and what a live one is sending is left alone.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The owner of an entry that any session may take.
pub(super) const NOBODY: &str = "";

/// One session's claim to outbox entries.
#[derive(Debug)]
pub(super) struct Instance {
    id: String,
    running: PathBuf,
    released: AtomicBool,
    lock: File,
}

fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Held while the store is opened: two processes must not migrate it at once.
pub(super) fn opening(running: &Path) -> io::Result<File> {
    let file = lock_file(&running.join("opening"))?;
    file.lock()?;
    Ok(file)
}

impl Instance {
    pub(super) fn new(running: &Path) -> io::Result<Self> {
        let id = crate::random::hex(8);
        // Locked under another name first: the file is never seen unlocked under its own.
        let (new, path) = (running.join(format!("{id}.new")), running.join(&id));
        let lock = lock_file(&new)?;
        lock.lock()?;
        fs::rename(&new, &path)?;
        Ok(Self {
            id,
            running: running.to_owned(),
            released: AtomicBool::new(false),
            lock,
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Who owns what is written now: this session, or nobody once it is over.
    pub(super) fn owner(&self) -> &str {
        if self.released.load(Ordering::SeqCst) {
            NOBODY
        } else {
            &self.id
        }
    }

    /// Lets others take this session's entries, from now on.
    pub(super) fn release(&self) {
        self.released.store(true, Ordering::SeqCst);
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "a lock could not be let go");
        }
    }

    /// Whether the entries of `owner` may be taken: it runs no more.
    pub(super) fn may_take_from(&self, owner: &str) -> bool {
        if owner == NOBODY {
            return true;
        }
        if owner == self.id || !owner.bytes().all(|b| b.is_ascii_hexdigit()) {
            return false;
        }
        let path = self.running.join(owner);
        let Ok(file) = OpenOptions::new().write(true).open(&path) else {
            return !path.exists();
        };
        let ended = file.try_lock().is_ok();
        if ended {
            let _ = fs::remove_file(&path);
        }
        ended
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.running.join(&self.id));
    }
}
