//! The folder in which an app or the command line keeps everything.
//!
//! ```text
//! HOME/                     mode 0700
//!   known_servers.json      the pins remembered (certs)
//!   servers.json            the servers last used
//!   accounts/ID/
//!     account.json          address, names, the server's signing key
//!     token                 what opens the session; mode 0600, never shown
//!     store.db              rooms, messages, outbox, drafts
//!     uploads/              what is to be uploaded and is no file of the user's
//!     previews/             small files kept for thumbnails
//!     running/              a lock for each process that has the account open
//! ```
//!
//! Several processes may have one home open: files are replaced whole, changes
//! are made under a lock, and the store is SQLite in WAL mode.

mod account;
mod files;
mod servers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parlor_certs::{Address, KnownError, KnownServers, Pin};

pub use account::{Account, AccountId};
pub(crate) use account::{AccountFiles, Token};
pub use servers::RecentServer;

use crate::greet::Greeting;

/// Why the home could not be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HomeError {
    /// There is no folder to keep things in by default.
    #[error("there is no home folder: name one with --home or PARLOR_HOME")]
    NoDefault,
    /// A file or folder could not be read or written.
    #[error("cannot {what} {}: {detail}", path.display())]
    Io {
        /// What was to be done.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// A file does not hold what it should.
    #[error("{} is damaged ({detail}): move it away and try again", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The remembered servers could not be read or written.
    #[error("{0}")]
    Known(String),
    /// There is no such account (any more).
    #[error("this account is not here any more: sign in again")]
    NoSuchAccount,
    /// The account has no session: it was signed out, or its session ended.
    #[error("not signed in: sign in again")]
    SignedOut,
}

impl From<KnownError> for HomeError {
    fn from(error: KnownError) -> Self {
        Self::Known(error.to_string())
    }
}

/// The folder; cheap to clone.
#[derive(Debug, Clone)]
pub struct Home {
    dir: Arc<Path>,
}

impl Home {
    /// Opens the folder and makes it where it is missing (mode 0700). A folder that is there
    /// and holds other things keeps its mode: what is made in it is closed to others by itself.
    ///
    /// # Errors
    ///
    /// [`HomeError::Io`] if it cannot be made or closed to others.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, HomeError> {
        let dir = std::path::absolute(dir.as_ref())
            .map_err(|error| files::failed("open", dir.as_ref(), &error))?;
        let accounts = dir.join("accounts");
        if accounts.exists() || !files::holds_something(&dir) {
            files::make_folder(&dir)?;
        }
        files::make_folder(&accounts)?;
        Ok(Self { dir: dir.into() })
    }

    /// Where things are kept if nobody says otherwise: `$XDG_DATA_HOME/parlor`,
    /// or what other systems have in its place.
    ///
    /// # Errors
    ///
    /// [`HomeError::NoDefault`] for a user without a home folder.
    pub fn default_dir() -> Result<PathBuf, HomeError> {
        directories::ProjectDirs::from("", "", "parlor")
            .map(|dirs| dirs.data_dir().to_owned())
            .ok_or(HomeError::NoDefault)
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The accounts, the one used last first.
    pub fn accounts(&self) -> Vec<Account> {
        account::list(&self.dir)
    }

    /// One account.
    pub fn account(&self, id: &AccountId) -> Option<Account> {
        self.accounts()
            .into_iter()
            .find(|account| &account.id == id)
    }

    /// The servers, the one used last first.
    pub fn servers(&self) -> Vec<RecentServer> {
        servers::list(&self.dir)
    }

    /// Remembers the key that a server showed, after the user was asked
    /// ([`crate::Trust::FirstUse`]): from now on any other is refused.
    ///
    /// # Errors
    ///
    /// [`HomeError`] if it cannot be written.
    pub fn remember(&self, greeting: &Greeting) -> Result<(), HomeError> {
        self.remember_pin(&greeting.address, &greeting.pin)
    }

    /// Drops an account and all that was kept of it: its session's token,
    /// messages, unsent messages and drafts. Nothing is told to the server.
    ///
    /// # Errors
    ///
    /// [`HomeError`] if it cannot be removed.
    pub fn forget_account(&self, id: &AccountId) -> Result<(), HomeError> {
        self.account_files(id).remove()
    }

    /// Forgets a server (`HOST:PORT`): its key, and every account on it.
    ///
    /// # Errors
    ///
    /// [`HomeError`] if something cannot be removed.
    pub fn forget_server(&self, address: &str) -> Result<(), HomeError> {
        for account in self.accounts() {
            if account.address == address {
                self.forget_account(&account.id)?;
            }
        }
        servers::forget(&self.dir, address)?;
        if let Ok(address) = address.parse() {
            self.known_servers()?.forget(&address)?;
        }
        Ok(())
    }

    /// The servers whose keys are remembered.
    pub(crate) fn known_servers(&self) -> Result<KnownServers, KnownError> {
        KnownServers::open(self.dir.join("known_servers.json"))
    }

    pub(crate) fn remember_pin(&self, address: &Address, pin: &Pin) -> Result<(), HomeError> {
        Ok(self.known_servers()?.remember(address, *pin)?)
    }

    /// Remembers the keys that a server announced for later; texts that are no pins are left out.
    pub(crate) fn remember_next_pins(
        &self,
        address: &Address,
        shown: &Pin,
        next: &[String],
    ) -> Result<(), HomeError> {
        let next: Vec<Pin> = next.iter().filter_map(|pin| pin.parse().ok()).collect();
        Ok(self
            .known_servers()?
            .remember_next_pins(address, *shown, &next)?)
    }

    pub(crate) fn account_files(&self, id: &AccountId) -> AccountFiles {
        AccountFiles::new(&self.dir, id)
    }

    /// Notes that a server was used now, for [`Self::servers`].
    pub(crate) fn note_server(&self, address: &str, name: &str) -> Result<(), HomeError> {
        servers::note(&self.dir, address, name)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn open_up(path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn a_home_is_closed_to_others_and_other_folders_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("a/b");
        Home::open(&home).unwrap();
        assert_eq!(mode(&home), 0o700);
        open_up(&home);
        Home::open(&home).unwrap();
        assert_eq!(mode(&home), 0o700);
        let shared = dir.path().join("shared");
        fs::create_dir(&shared).unwrap();
        fs::write(shared.join("theirs"), "x").unwrap();
        open_up(&shared);
        Home::open(&shared).unwrap();
        assert_eq!(mode(&shared), 0o755);
        assert_eq!(mode(&shared.join("accounts")), 0o700);
    }

    #[test]
    fn what_is_damaged_does_not_keep_the_rest_from_use() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("home")).unwrap();
        let broken = home.dir().join("accounts/0123");
        fs::create_dir(&broken).unwrap();
        fs::write(broken.join("account.json"), "{").unwrap();
        fs::write(home.dir().join("servers.json"), "[1").unwrap();
        assert!(home.accounts().is_empty());
        assert!(home.servers().is_empty());
        home.note_server("192.0.2.7:8888", "Lab 4").unwrap();
        home.note_server("192.0.2.8:8888", "Lab 5").unwrap();
        home.note_server("192.0.2.7:8888", "Lab 4").unwrap();
        let names: Vec<String> = home.servers().into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["Lab 4", "Lab 5"]);
        home.forget_server("192.0.2.7:8888").unwrap();
        assert_eq!(home.servers().len(), 1);
    }
}
