//! The folder where a server keeps everything: mode 0700, the files in it
//! 0600, and one server at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use parlor_certs::{Link, Pin, private};
use serde::Serialize;

use crate::start_error::StartError;

/// A data folder. Holding a [`DataLock`] of it is what makes a server the one that uses it.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// The folder at a path, which is made with mode 0700 where it is missing.
    /// An empty path means the user's own data folder.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        Self::open_for(path, "parlord")
    }

    /// The same for a program of another name.
    pub(crate) fn open_for(path: &Path, program: &str) -> Result<Self, StartError> {
        let path = if path.as_os_str().is_empty() {
            own_data_dir(program)?
        } else {
            path.to_owned()
        };
        let dir = Self { path };
        dir.prepare().map_err(|source| StartError::DataDir {
            path: dir.path.clone(),
            source,
        })?;
        Ok(dir)
    }

    fn prepare(&self) -> io::Result<()> {
        private::make_dir(&self.path)?;
        // A folder of somebody's other things that was named by mistake keeps its rights.
        let is_ours = self.lock_path().exists();
        if is_ours || fs::read_dir(&self.path)?.next().is_none() {
            private::restrict(&self.path)?;
        }
        Ok(())
    }

    /// Makes this process the server of the folder.
    pub fn lock(&self) -> Result<DataLock, StartError> {
        let failed = |source| StartError::DataDir {
            path: self.path.clone(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.lock_path()).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(DataLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StartError::DataInUse {
                path: self.path.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the server's own key and certificate.
    pub fn tls(&self) -> PathBuf {
        self.path.join("tls")
    }

    /// The file of the key with which the server vouches for its users.
    pub fn signing_key(&self) -> PathBuf {
        self.path.join("signing_key.pem")
    }

    /// The database of the embedded storage.
    pub fn database(&self) -> PathBuf {
        self.path.join("parlor.db")
    }

    fn lock_path(&self) -> PathBuf {
        self.path.join("parlord.lock")
    }

    fn facts_path(&self) -> PathBuf {
        self.path.join("parlord.json")
    }

    /// The link that a server which runs here published.
    pub(crate) fn published_link(&self) -> Option<Link> {
        let facts = fs::read(self.facts_path()).ok()?;
        let facts: serde_json::Value = serde_json::from_slice(&facts).ok()?;
        facts.get("link")?.as_str()?.parse().ok()
    }

    /// Says in `parlord.json` that a server runs here, until the answer is dropped.
    pub(crate) fn publish(&self, facts: &Facts) -> Result<PublishedFacts, StartError> {
        let published = PublishedFacts {
            path: self.facts_path(),
        };
        match published.rewrite(facts) {
            Ok(()) => Ok(published),
            Err(source) => Err(StartError::DataDir {
                path: published.path.clone(),
                source,
            }),
        }
    }
}

fn own_data_dir(program: &str) -> Result<PathBuf, StartError> {
    let dirs = directories::ProjectDirs::from("", "", program).ok_or(StartError::NoDataDir)?;
    Ok(dirs.data_dir().to_owned())
}

/// That this process is the server of a data folder. The lock goes with the
/// process, however that ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// What `DATA/parlord.json` says of a running server. Section 7 of the protocol.
#[derive(Debug, Serialize)]
pub(crate) struct Facts {
    /// The process.
    pub(crate) pid: u32,
    /// Where it listens, with the real port.
    pub(crate) listen: String,
    /// Where its tracker listens.
    pub(crate) tracker: Option<String>,
    /// The pin of its key.
    pub(crate) pin: Pin,
    /// Its link, without an invite.
    pub(crate) link: String,
}

/// The published `parlord.json`; dropping it removes the file.
#[derive(Debug)]
pub(crate) struct PublishedFacts {
    path: PathBuf,
}

impl PublishedFacts {
    /// Says something else from now on.
    pub(crate) fn rewrite(&self, facts: &Facts) -> io::Result<()> {
        private::write(&self.path, &serde_json::to_vec(facts)?)
    }

    /// Says that no server runs here (any more).
    pub(crate) fn remove(&self) {
        let removed = fs::remove_file(&self.path);
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.path.display(), %error, "a stale parlord.json stays");
        }
    }
}

impl Drop for PublishedFacts {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let dir = DataDir::open(&parent.path().join("a/b")).unwrap();
        let lock = dir.lock().unwrap();
        let again = DataDir::open(dir.path()).unwrap();
        assert!(matches!(again.lock(), Err(StartError::DataInUse { .. })));
        drop(lock);
        again.lock().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_look_in() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let set = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755));
        let parent = tempfile::tempdir().unwrap();
        let made = DataDir::open(&parent.path().join("made")).unwrap();
        assert_eq!(mode(made.path()), 0o700);
        let _lock = made.lock().unwrap();
        assert_eq!(mode(&made.lock_path()), 0o600);

        let empty = parent.path().join("empty");
        fs::create_dir(&empty).unwrap();
        set(&empty).unwrap();
        DataDir::open(&empty).unwrap();
        assert_eq!(mode(&empty), 0o700);

        let others = parent.path().join("others");
        fs::create_dir_all(others.join("thing")).unwrap();
        set(&others).unwrap();
        DataDir::open(&others).unwrap();
        assert_eq!(mode(&others), 0o755);
    }

    #[test]
    fn the_facts_stand_as_long_as_the_server_does() {
        let parent = tempfile::tempdir().unwrap();
        let dir = DataDir::open(parent.path()).unwrap();
        let facts = Facts {
            pid: 7,
            listen: "127.0.0.1:8888".into(),
            tracker: None,
            pin: Pin::from([0; 32]),
            link: "parlor://127.0.0.1:8888/".into(),
        };
        let published = dir.publish(&facts).unwrap();
        let text = fs::read_to_string(dir.facts_path()).unwrap();
        assert_eq!(
            text,
            r#"{"pid":7,"listen":"127.0.0.1:8888","tracker":null,"pin":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","link":"parlor://127.0.0.1:8888/"}"#
        );
        assert_eq!(dir.published_link(), "127.0.0.1".parse().ok());
        drop(published);
        assert_eq!(dir.published_link(), None);
        assert!(!dir.facts_path().exists());
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("file");
        fs::write(&path, "x").unwrap();
        let error = DataDir::open(&path).unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
    }
}
