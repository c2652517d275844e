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

/// The lock of opening.
const OPENING: &str = "opening";

/// Held while the store is opened: two processes must not migrate it at once.
/// The locks of killed processes are removed by the way.
pub(super) fn opening(running: &Path) -> io::Result<File> {
    let file = lock_file(&running.join(OPENING))?;
    file.lock()?;
    for entry in fs::read_dir(running)? {
        let entry = entry?;
        if entry.file_name() != OPENING {
            let _ = remove_if_ended(&entry.path());
        }
    }
    Ok(file)
}

/// Whether whoever had this lock runs no more; it is then removed.
fn remove_if_ended(path: &Path) -> bool {
    let Ok(file) = OpenOptions::new().write(true).open(path) else {
        return !path.exists();
    };
    let ended = file.try_lock().is_ok();
    if ended {
        let _ = fs::remove_file(path);
    }
    ended
}

impl Instance {
    /// A new one; the lock of [`opening`] is held.
    pub(super) fn new(running: &Path) -> io::Result<Self> {
        let id = crate::random::hex(8);
        // The caller holds the lock of opening, so that nobody sees the file unlocked and removes it.
        let lock = lock_file(&running.join(&id))?;
        lock.lock()?;
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
        remove_if_ended(&self.running.join(owner))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.running.join(&self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_no_more_may_be_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let opening_lock = opening(dir.path()).unwrap();
        let one = Instance::new(dir.path()).unwrap();
        let two = Instance::new(dir.path()).unwrap();
        drop(opening_lock);
        assert!(!two.may_take_from(one.id()));
        assert!(!two.may_take_from(two.id()));
        assert!(two.may_take_from(NOBODY));
        assert!(two.may_take_from("0123456789abcdef"));
        assert!(!two.may_take_from("../../etc/passwd"));
        // A live one keeps its file when others open.
        drop(opening(dir.path()).unwrap());
        assert!(!two.may_take_from(one.id()));
        one.release();
        assert_eq!(one.owner(), NOBODY);
        assert!(two.may_take_from(one.id()));
    }
}
