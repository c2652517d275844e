//! The system's keyring: the Secret Service on Linux, the Keychain, the Credential Manager.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::home::AccountId;

/// Under which name entries stand in the keyring.
const SERVICE: &str = "parlor";

/// One entry of a keyring. What it answers may take as long as it likes.
pub(super) trait Ring: Send + Sync + 'static {
    /// The secret, if there is one.
    fn get(&self) -> Result<Option<Zeroizing<String>>, String>;

    /// Keeps a secret in place of what is there.
    fn set(&self, secret: &str) -> Result<(), String>;
}

/// The entry of an account's device in the system's keyring.
#[derive(Debug)]
pub(super) struct SystemRing {
    user: String,
}

impl SystemRing {
    /// The entry, where there may be a keyring.
    pub(super) fn find(account: &AccountId) -> Option<Self> {
        has_keyring().then(|| Self {
            user: format!("device-{account}"),
        })
    }

    fn entry(&self) -> Result<keyring::Entry, String> {
        if let Err(error) = keyring::Entry::store_status() {
            return Err(error.to_string());
        }
        keyring::Entry::new(SERVICE, &self.user).map_err(|error| error.to_string())
    }
}

impl Ring for SystemRing {
    fn get(&self) -> Result<Option<Zeroizing<String>>, String> {
        match self.entry()?.get_password() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn set(&self, secret: &str) -> Result<(), String> {
        self.entry()?
            .set_password(secret)
            .map_err(|error| error.to_string())
    }
}

/// Without a session bus there is no Secret Service, and asking for one may start things that nobody wants.
#[cfg(all(unix, not(target_os = "macos")))]
fn has_keyring() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR").is_some_and(|dir| std::path::Path::new(&dir).join("bus").exists())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn has_keyring() -> bool {
    true
}

/// Asks a keyring on a thread of its own, which ends when the keyring answers, and waits for it
/// at most `within`. The question is told whether it was given up meanwhile.
pub(super) fn ask<T: Send + 'static>(
    ring: Arc<dyn Ring>,
    within: Duration,
    question: impl FnOnce(&dyn Ring, &dyn Fn() -> bool) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (answer, answered) = mpsc::sync_channel(1);
    let given_up = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&given_up);
    let asking = move || {
        let said = question(&*ring, &|| seen.load(Ordering::SeqCst));
        // Nobody waits for it any more.
        let _ = answer.send(said);
    };
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(asking)
        .map_err(|error| error.to_string())?;
    answered.recv_timeout(within).unwrap_or_else(|_| {
        given_up.store(true, Ordering::SeqCst);
        Err("it does not answer".to_owned())
    })
}
