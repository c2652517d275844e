//! The folder where a tracker keeps its key: mode 0700, the files in it
//! 0600, and one tracker at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use parlor_certs::{Link, Pin, private};
use serde::Serialize;

/// A data folder that is this process's alone. The lock goes with the process, however that ends.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// The folder at a path, which is made with mode 0700 where it is missing.
    /// An empty path means the user's own data folder.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let path = if path.as_os_str().is_empty() {
            let dirs = directories::ProjectDirs::from("", "", "parlor-tracker")
                .context("there is no data folder of this user; name one with --data")?;
            dirs.data_dir().to_owned()
        } else {
            path.to_owned()
        };
        let unusable = |error: io::Error| {
            anyhow::anyhow!("cannot use the data folder {}: {error}", path.display())
        };
        let lock = path.join("parlor-tracker.lock");
        prepare(&path, &lock).map_err(unusable)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(lock).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!(
                "the data folder {} is in use by another tracker; stop that one, or name another folder with --data",
                path.display()
            ),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the tracker's own key and certificate.
    pub(crate) fn tls(&self) -> PathBuf {
        self.path.join("tls")
    }

    /// What the room server said last.
    pub(crate) fn room_server(&self) -> PathBuf {
        self.path.join("server.json")
    }

    /// Says in `parlor-tracker.json` that a tracker runs here, until the answer is dropped.
    pub(crate) fn publish(&self, facts: &Facts) -> anyhow::Result<PublishedFacts> {
        let path = self.path.join("parlor-tracker.json");
        private::write(&path, &serde_json::to_vec(facts)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(PublishedFacts { path })
    }
}

fn prepare(path: &Path, lock: &Path) -> io::Result<()> {
    private::make_dir(path)?;
    // A folder of somebody's other things that was named by mistake keeps its rights.
    if lock.exists() || fs::read_dir(path)?.next().is_none() {
        private::restrict(path)?;
    }
    Ok(())
}

/// What `DATA/parlor-tracker.json` says of a running tracker. Section 7 of the protocol.
#[derive(Debug, Serialize)]
pub(crate) struct Facts {
    /// The process.
    pub(crate) pid: u32,
    /// Where it listens, with the real port.
    pub(crate) listen: String,
    /// The pin of its key.
    pub(crate) pin: Pin,
    /// The link of its room server, without an invite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<Link>,
}

/// The published `parlor-tracker.json`; dropping it removes the file.
#[derive(Debug)]
pub(crate) struct PublishedFacts {
    path: PathBuf,
}

impl Drop for PublishedFacts {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a stale parlor-tracker.json stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tracker_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataDir::open(&path).unwrap();
        let error = DataDir::open(&path).unwrap_err().to_string();
        assert!(error.contains("in use by another tracker"), "{error}");
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn the_facts_stand_as_long_as_the_tracker_does() {
        let parent = tempfile::tempdir().unwrap();
        let dir = DataDir::open(parent.path()).unwrap();
        let mut facts = Facts {
            pid: 7,
            listen: "127.0.0.1:8001".into(),
            pin: Pin::from([0; 32]),
            link: None,
        };
        let path = dir.path().join("parlor-tracker.json");
        let published = dir.publish(&facts).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            r#"{"pid":7,"listen":"127.0.0.1:8001","pin":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#
        );
        drop(published);
        assert!(!path.exists());
        facts.link = Some("parlor://127.0.0.1:8888/".parse().unwrap());
        let _published = dir.publish(&facts).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.ends_with(r#","link":"parlor://127.0.0.1:8888/"}"#),
            "{text}"
        );
    }
}
