//! A user on a server, as this home knows them.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use parlor_protocol::Time;
use serde::{Deserialize, Serialize};

use super::{HomeError, files};

/// From the writing of a copy to its transfer's being known: far less than this.
const SPARED: Duration = Duration::from_secs(60 * 60);

/// Names an account within its home; says nothing about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// A new one.
    pub(crate) fn new() -> Self {
        Self(crate::random::hex(8))
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A user on a server. The session's token is not in it: it never leaves the home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name in this home.
    pub id: AccountId,
    /// Where the server is: `HOST:PORT`.
    pub address: String,
    /// What the server calls itself.
    pub server_name: String,
    /// The user.
    pub username: String,
    /// Their display name when they were last signed in.
    pub name: String,
    /// When it was last used.
    pub last_used: Time,
    /// When its session was made: by signing in, not by using it.
    #[serde(default)]
    pub since: Time,
    /// Whether there is a session. Without one, sign in again: what was kept is still here.
    #[serde(skip)]
    pub signed_in: bool,
}

impl Account {
    /// `USER@HOST:PORT`.
    pub fn label(&self) -> String {
        format!("{}@{}", self.username, self.address)
    }

    /// Notes that it is used now.
    pub(crate) fn touch(&mut self) {
        self.last_used = Timestamp::now().into();
    }
}

/// What opens a session. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The files of one account.
#[derive(Debug, Clone)]
pub(crate) struct AccountFiles {
    dir: PathBuf,
}

impl AccountFiles {
    pub(super) fn new(home: &Path, id: &AccountId) -> Self {
        Self {
            dir: home.join("accounts").join(id.as_str()),
        }
    }

    /// The account itself.
    pub(crate) fn load(&self) -> Result<Account, HomeError> {
        let mut account: Account =
            files::read_json(&self.dir.join("account.json"))?.ok_or(HomeError::NoSuchAccount)?;
        account.signed_in = self.dir.join("token").exists();
        Ok(account)
    }

    pub(crate) fn save(&self, account: &Account) -> Result<(), HomeError> {
        files::make_folder(&self.dir)?;
        files::write_json(&self.dir.join("account.json"), account)
    }

    pub(crate) fn token(&self) -> Result<Token, HomeError> {
        let path = self.dir.join("token");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Token(text.trim_end().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(HomeError::SignedOut),
            Err(error) => Err(files::failed("read", &path, &error)),
        }
    }

    pub(crate) fn save_token(&self, token: &Token) -> Result<(), HomeError> {
        files::make_folder(&self.dir)?;
        files::replace(&self.dir.join("token"), token.0.as_bytes())
    }

    /// Drops the token if it is still `token`: another process may have signed in anew.
    pub(crate) fn drop_token(&self, token: &Token) -> Result<(), HomeError> {
        let path = self.dir.join("token");
        if self.token().is_ok_and(|kept| &kept == token) {
            fs::remove_file(&path).map_err(|error| files::failed("remove", &path, &error))?;
        }
        Ok(())
    }

    /// The store's file, made with mode 0600, for SQLite would use another.
    pub(crate) fn store(&self) -> Result<PathBuf, HomeError> {
        let path = self.dir.join("store.db");
        files::open_private(&path).map_err(|error| files::failed("open", &path, &error))?;
        Ok(path)
    }

    /// The folder of the locks of running processes.
    pub(crate) fn running(&self) -> Result<PathBuf, HomeError> {
        let path = self.dir.join("running");
        files::make_folder(&path)?;
        Ok(path)
    }

    /// The folder of what is to be uploaded and is no file of the user's.
    pub(crate) fn copies(&self) -> Result<PathBuf, HomeError> {
        let path = self.dir.join("uploads");
        files::make_folder(&path)?;
        Ok(path)
    }

    /// Removes copies that no transfer knows. A new one is spared: it may not be known yet.
    pub(crate) fn sweep_copies(&self, known: &[PathBuf]) {
        let Ok(entries) = fs::read_dir(self.dir.join("uploads")) else {
            return;
        };
        for entry in entries.filter_map(Result::ok) {
            let age = entry.metadata().and_then(|metadata| metadata.modified());
            let is_old = age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > SPARED));
            if is_old && !known.contains(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// The file of the peers' store, made with mode 0600, for SQLite would use another.
    pub(crate) fn peer_store(&self) -> Result<PathBuf, HomeError> {
        let path = self.dir.join("peer.db");
        files::open_private(&path).map_err(|error| files::failed("open", &path, &error))?;
        Ok(path)
    }

    /// The lock of the peers' node: held while the file is open, by one process at a time.
    pub(crate) fn peer_lock(&self) -> Result<Option<fs::File>, HomeError> {
        let path = self.dir.join("peer.lock");
        let failed = |error: &io::Error| files::failed("lock", &path, error);
        let file = files::open_private(&path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(failed(&error)),
        }
    }

    /// The account's folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folder of small files kept for thumbnails; it may not be there yet.
    pub(crate) fn previews(&self) -> PathBuf {
        self.dir.join("previews")
    }

    pub(crate) fn remove(&self) -> Result<(), HomeError> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(files::failed("remove", &self.dir, &error))
            }
            _ => Ok(()),
        }
    }
}

/// The accounts of a home, the one used last first. A damaged one is left out
/// and logged: it must not keep the others from being used.
pub(super) fn list(home: &Path) -> Vec<Account> {
    let Ok(entries) = fs::read_dir(home.join("accounts")) else {
        return Vec::new();
    };
    let mut accounts: Vec<Account> = entries
        .filter_map(|entry| {
            let id = AccountId(entry.ok()?.file_name().into_string().ok()?);
            match AccountFiles::new(home, &id).load() {
                Ok(account) if account.id == id => Some(account),
                Ok(_) | Err(HomeError::NoSuchAccount) => None,
                Err(error) => {
                    tracing::warn!(%error, "an account is left out");
                    None
                }
            }
        })
        .collect();
    accounts.sort_by(|a, b| b.last_used.cmp(&a.last_used).then(a.id.cmp(&b.id)));
    accounts
}
