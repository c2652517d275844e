//! The servers that a client remembers, and what it decides by them.
//!
//! One JSON file, mode 0600, replaced whole. Several programs may share it:
//! each change takes a lock, reads the file anew, and writes it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::{Address, KnownError, Pin, ServerPublicKey, Trust, private};

/// What is remembered of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownServer {
    /// The keys it may show. Empty: the system's roots vouch for it.
    pub pins: Vec<Pin>,
    /// The keys it announced for later, while a present one held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next_pins: Vec<Pin>,
    /// The key with which it vouches for its users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_key: Option<ServerPublicKey>,
    /// When it was first trusted, in seconds since 1970.
    pub since: u64,
}

/// What to do about the pin that a server shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustDecision {
    /// Go on.
    Trusted,
    /// Nothing is known of this server: show the pin, and ask once.
    FirstUse {
        /// What it shows.
        pin: Pin,
    },
    /// Another key than the expected one: refuse, loudly.
    Changed {
        /// What would have fitted.
        expected: Vec<Pin>,
        /// What it shows.
        shown: Pin,
    },
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    servers: BTreeMap<String, KnownServer>,
}

/// The file of remembered servers.
#[derive(Debug)]
pub struct KnownServers {
    path: PathBuf,
    contents: Contents,
}

impl KnownServers {
    /// Opens the file; one that is missing is empty, and made when there is something to keep.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KnownError> {
        let path = path.into();
        let contents = read(&path)?;
        Ok(Self { path, contents })
    }

    /// What is remembered of a server.
    pub fn get(&self, address: &Address) -> Option<&KnownServer> {
        self.contents.servers.get(&address.to_string())
    }

    /// Every remembered server, by address.
    pub fn iter(&self) -> impl Iterator<Item = (Address, &KnownServer)> {
        let servers = self.contents.servers.iter();
        servers.filter_map(|(address, known)| Some((address.parse().ok()?, known)))
    }

    /// Whom to trust in the handshake with a server, given the pins of the link
    /// one came by. Remembered pins count before the link's: a link whose pins
    /// are all others trusts nobody, and [`Self::decide`] then says `Changed`.
    pub fn trust(&self, address: &Address, link_pins: &[Pin]) -> Trust {
        let known = self.remembered_pins(address);
        if known.is_empty() {
            return match link_pins {
                [] => Trust::System,
                pins => Trust::Pins(pins.to_vec()),
            };
        }
        let fits = |pin: &Pin| link_pins.is_empty() || link_pins.contains(pin);
        Trust::Pins(known.into_iter().filter(fits).collect())
    }

    /// What to do about the pin that a server shows, where the system's roots did not
    /// vouch for it. A link's pins hold for a
    /// server that nothing is remembered of. Where a pin is remembered, the
    /// shown one must be it (or an announced next one) *and* fit the link: a
    /// link that says otherwise is as alarming as a server that does. To believe
    /// such a link, [`Self::forget`] the server first.
    pub fn decide(&self, address: &Address, shown: Pin, link_pins: &[Pin]) -> TrustDecision {
        let known = self.remembered_pins(address);
        let changed = |expected: Vec<Pin>| TrustDecision::Changed { expected, shown };
        match (known.is_empty(), link_pins) {
            (true, []) => TrustDecision::FirstUse { pin: shown },
            (true, pins) if pins.contains(&shown) => TrustDecision::Trusted,
            (true, pins) => changed(pins.to_vec()),
            (false, pins) => {
                let fits_link = pins.is_empty() || pins.contains(&shown);
                if known.contains(&shown) && fits_link {
                    TrustDecision::Trusted
                } else {
                    changed(known)
                }
            }
        }
    }

    /// Remembers the pin of a server that is trusted: by its link, or by the
    /// answer to the question of first use. An announced next pin takes the place of
    /// the present ones; any other than the remembered is refused.
    pub fn remember(&mut self, address: &Address, pin: Pin) -> Result<(), KnownError> {
        self.change(address, |known| {
            if known.pins.contains(&pin) {
                return Ok(());
            }
            if known.pins.is_empty() {
                known.pins.push(pin);
                known.since = now();
            } else if known.next_pins.contains(&pin) {
                known.next_pins.retain(|next| *next != pin);
                known.pins = vec![pin];
            } else {
                return Err(KnownError::PinChanged {
                    address: address.to_string(),
                    shown: pin,
                });
            }
            Ok(())
        })
    }

    /// Remembers the signing key that a `session` brought; another than the
    /// remembered one is refused, as a changed pin is.
    pub fn remember_server_key(
        &mut self,
        address: &Address,
        key: ServerPublicKey,
    ) -> Result<(), KnownError> {
        self.change(address, |known| match known.server_key {
            Some(before) if before != key => Err(KnownError::ServerKeyChanged {
                address: address.to_string(),
            }),
            _ => {
                known.server_key = Some(key);
                if known.since == 0 {
                    known.since = now();
                }
                Ok(())
            }
        })
    }

    /// Remembers the `next_pins` of a `welcome`, if the pin shown in that
    /// handshake is a remembered one; else they prove nothing and are ignored.
    pub fn remember_next_pins(
        &mut self,
        address: &Address,
        shown: Pin,
        next: &[Pin],
    ) -> Result<(), KnownError> {
        let current = self.get(address);
        if current.is_none_or(|known| !known.pins.contains(&shown) || known.next_pins == next) {
            return Ok(());
        }
        self.change(address, |known| {
            if known.pins.contains(&shown) {
                known.next_pins = next.to_vec();
            }
            Ok(())
        })
    }

    /// Forgets a server, so that the next use of it is the first.
    pub fn forget(&mut self, address: &Address) -> Result<(), KnownError> {
        let _lock = self.lock()?;
        self.contents = read(&self.path)?;
        if self.contents.servers.remove(&address.to_string()).is_some() {
            self.write()?;
        }
        Ok(())
    }

    fn remembered_pins(&self, address: &Address) -> Vec<Pin> {
        self.get(address).map_or_else(Vec::new, |known| {
            known.pins.iter().chain(&known.next_pins).copied().collect()
        })
    }

    fn change(
        &mut self,
        address: &Address,
        change: impl FnOnce(&mut KnownServer) -> Result<(), KnownError>,
    ) -> Result<(), KnownError> {
        let _lock = self.lock()?;
        self.contents = read(&self.path)?;
        let key = address.to_string();
        let before = self.contents.servers.get(&key);
        let mut known = before.cloned().unwrap_or_default();
        change(&mut known)?;
        if before != Some(&known) {
            self.contents.servers.insert(key, known);
            self.write()?;
        }
        Ok(())
    }

    fn write(&self) -> Result<(), KnownError> {
        let json =
            serde_json::to_vec_pretty(&self.contents).map_err(|e| self.cannot_write(e.into()))?;
        private::write(&self.path, &json).map_err(|e| self.cannot_write(e))
    }

    /// Held while the file is read, changed and written; freed when dropped.
    fn lock(&self) -> Result<File, KnownError> {
        let path = self.path.with_extension("lock");
        let locked = (|| {
            if let Some(dir) = path.parent() {
                private::make_dir(dir)?;
            }
            let mut options = File::options();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&path)?;
            file.lock()?;
            Ok(file)
        })();
        locked.map_err(|source| KnownError::Write { path, source })
    }

    fn cannot_write(&self, source: io::Error) -> KnownError {
        KnownError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

fn read(path: &Path) -> Result<Contents, KnownError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::default()),
        Err(source) => {
            return Err(KnownError::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    serde_json::from_slice(&bytes).map_err(|error| KnownError::Damaged {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Pin = Pin::repeated(1);
    const B: Pin = Pin::repeated(2);
    const C: Pin = Pin::repeated(3);

    fn address() -> Address {
        "192.0.2.7".parse().unwrap()
    }

    fn open(dir: &tempfile::TempDir) -> KnownServers {
        KnownServers::open(dir.path().join("servers.json")).unwrap()
    }

    #[test]
    fn what_is_decided() {
        let dir = tempfile::tempdir().unwrap();
        let mut known = open(&dir);
        let changed = |expected: &[Pin], shown| TrustDecision::Changed {
            expected: expected.to_vec(),
            shown,
        };
        let at = address();
        assert_eq!(
            known.decide(&at, A, &[]),
            TrustDecision::FirstUse { pin: A }
        );
        assert_eq!(known.decide(&at, A, &[B, A]), TrustDecision::Trusted);
        assert_eq!(known.decide(&at, A, &[B]), changed(&[B], A));
        known.remember(&at, A).unwrap();
        assert_eq!(known.decide(&at, A, &[]), TrustDecision::Trusted);
        assert_eq!(known.decide(&at, A, &[A]), TrustDecision::Trusted);
        assert_eq!(known.decide(&at, B, &[]), changed(&[A], B));
        // The link and the server agree on a new key: still refused until forgotten.
        assert_eq!(known.decide(&at, B, &[B]), changed(&[A], B));
        assert_eq!(known.decide(&at, A, &[B]), changed(&[A], A));
        known.forget(&at).unwrap();
        assert_eq!(known.decide(&at, B, &[B]), TrustDecision::Trusted);
        let elsewhere = "192.0.2.7:9".parse().unwrap();
        assert_eq!(
            known.decide(&elsewhere, B, &[]),
            TrustDecision::FirstUse { pin: B }
        );
    }

    #[test]
    fn whom_the_handshake_trusts() {
        let dir = tempfile::tempdir().unwrap();
        let mut known = open(&dir);
        let at = address();
        assert_eq!(known.trust(&at, &[]), Trust::System);
        assert_eq!(known.trust(&at, &[A, B]), Trust::Pins(vec![A, B]));
        known.remember(&at, A).unwrap();
        assert_eq!(known.trust(&at, &[]), Trust::Pins(vec![A]));
        assert_eq!(known.trust(&at, &[A, B]), Trust::Pins(vec![A]));
        assert_eq!(known.trust(&at, &[B]), Trust::Pins(vec![]));
    }

    #[test]
    fn a_changed_pin_is_not_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let mut known = open(&dir);
        known.remember(&address(), A).unwrap();
        let error = known.remember(&address(), B).unwrap_err();
        assert!(matches!(error, KnownError::PinChanged { shown: B, .. }));
        assert_eq!(open(&dir).get(&address()).unwrap().pins, [A]);
    }

    #[test]
    fn announced_pins_hold_only_if_the_present_one_did() {
        let dir = tempfile::tempdir().unwrap();
        let mut known = open(&dir);
        let at = address();
        known.remember_next_pins(&at, A, &[B]).unwrap();
        assert!(known.get(&at).is_none());
        known.remember(&at, A).unwrap();
        known.remember_next_pins(&at, C, &[C]).unwrap();
        assert_eq!(known.get(&at).unwrap().next_pins, []);
        known.remember_next_pins(&at, A, &[B]).unwrap();
        assert_eq!(known.decide(&at, B, &[]), TrustDecision::Trusted);
        assert_eq!(known.trust(&at, &[]), Trust::Pins(vec![A, B]));
        known.remember(&at, B).unwrap();
        let mut reopened = open(&dir);
        assert_eq!(reopened.get(&at).unwrap().pins, [B]);
        assert!(
            reopened.remember(&at, A).is_err(),
            "the old key is no longer one"
        );
    }

    #[test]
    fn the_signing_key_is_guarded_like_the_pin() {
        let dir = tempfile::tempdir().unwrap();
        let mut known = open(&dir);
        let key = |name| {
            crate::ServerKey::open(&dir.path().join(name))
                .unwrap()
                .public()
        };
        known.remember_server_key(&address(), key("one")).unwrap();
        known.remember_server_key(&address(), key("one")).unwrap();
        let error = known
            .remember_server_key(&address(), key("two"))
            .unwrap_err();
        assert!(matches!(error, KnownError::ServerKeyChanged { .. }));
        // A server that the system's roots vouch for has no pin, and is asked about none.
        assert_eq!(known.trust(&address(), &[]), Trust::System);
    }

    #[test]
    fn two_programs_share_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let (mut one, mut two) = (open(&dir), open(&dir));
        let other: Address = "192.0.2.8".parse().unwrap();
        one.remember(&address(), A).unwrap();
        two.remember(&other, B).unwrap();
        let third = open(&dir);
        assert_eq!(third.iter().count(), 2);
        assert_eq!(third.get(&address()).unwrap().pins, [A]);
    }

    #[test]
    fn a_damaged_file_is_named_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("servers.json");
        fs::write(&path, "{").unwrap();
        let error = KnownServers::open(&path).unwrap_err();
        assert!(matches!(error, KnownError::Damaged { .. }), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"{");
    }
}
