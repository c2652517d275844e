//! Where this device's keys are kept: in the system's keyring, or in a file of mode 0600.
//!
//! `device.key` in the account's folder says which: it holds the keys, or says that the keyring
//! does. It is written once and never replaced, so that a device has one key for as long as it is one.

mod ring;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parlor_certs::private;
use parlor_protocol::{DeviceId, signature};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use self::ring::{Ring, SystemRing, ask};
use crate::home::AccountId;

/// The file's name.
const FILE: &str = "device.key";

/// The form of the file.
const VERSION: u32 = 1;

/// How long a keyring may take that is asked for the first time. Where it is not reached, a file
/// serves as well, and nobody waits longer for a start.
const FIRST: Duration = Duration::from_secs(2);

/// How long it may take once it has the keys: it may have to ask its user to unlock it.
const KNOWN: Duration = Duration::from_secs(20);

/// Bytes of both keys together.
const BYTES: usize = 64;

/// The keys of this device.
pub(crate) struct Secrets {
    /// The device's key.
    pub(crate) device: iroh::SecretKey,
    /// The key of the pickles in the store.
    pub(crate) pickle: Zeroizing<[u8; 32]>,
    /// Whether the system's keyring has them.
    pub(crate) in_keyring: bool,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("device", &self.id())
            .field("in_keyring", &self.in_keyring)
            .finish_non_exhaustive()
    }
}

/// Why the keys cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct VaultError(pub(crate) String);

/// The keys of an account's device, made where there are none. Keys that were kept in the keyring are
/// never made anew because the keyring cannot be reached: that is an error. It may wait for the
/// keyring, so that it belongs on a thread that may; the caller holds the lock of the device.
pub(crate) fn open(dir: &Path, account: &AccountId, keyring: bool) -> Result<Secrets, VaultError> {
    let ring = SystemRing::find(account).map(|ring| Arc::new(ring) as Arc<dyn Ring>);
    open_by(&dir.join(FILE), ring, keyring)
}

fn open_by(
    path: &Path,
    ring: Option<Arc<dyn Ring>>,
    may_use_ring: bool,
) -> Result<Secrets, VaultError> {
    match Kept::read(path)? {
        Some(Kept::Here(secrets)) => Ok(*secrets),
        Some(Kept::InKeyring(device)) => from_ring(path, ring, device),
        None => make(path, ring.filter(|_| may_use_ring)),
    }
}

impl Secrets {
    fn new() -> Self {
        let mut pickle = Zeroizing::new([0; 32]);
        crate::random::fill(&mut *pickle);
        Self {
            device: iroh::SecretKey::generate(),
            pickle,
            in_keyring: false,
        }
    }

    /// This device's id.
    pub(crate) fn id(&self) -> DeviceId {
        DeviceId(*self.device.public().as_bytes())
    }

    /// Both keys as text.
    fn encode(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        let device = Zeroizing::new(self.device.to_bytes());
        bytes[..32].copy_from_slice(&*device);
        bytes[32..].copy_from_slice(&*self.pickle);
        Zeroizing::new(signature::encode(&*bytes))
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(signature::decode(text).ok()?);
        if bytes.len() != BYTES {
            return None;
        }
        let mut device = Zeroizing::new([0; 32]);
        let mut pickle = Zeroizing::new([0; 32]);
        device.copy_from_slice(&bytes[..32]);
        pickle.copy_from_slice(&bytes[32..]);
        Some(Self {
            device: iroh::SecretKey::from_bytes(&device),
            pickle,
            in_keyring: false,
        })
    }
}

/// What the file says.
enum Kept {
    Here(Box<Secrets>),
    InKeyring(DeviceId),
}

#[derive(Serialize, Deserialize)]
struct Written {
    v: u32,
    device: DeviceId,
    /// Both keys; without them, the keyring has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keys: Option<String>,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.keys.zeroize();
    }
}

impl Kept {
    fn read(path: &Path) -> Result<Option<Self>, VaultError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(path, "read", &error)),
        };
        private::restrict(path).map_err(|error| unusable(path, "protect", &error))?;
        let damaged = || {
            VaultError(format!(
                "{} is damaged: bring it back from a copy, or move it away to become a new device",
                path.display()
            ))
        };
        let written: Written = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if written.v != VERSION {
            return Err(damaged());
        }
        let Some(keys) = &written.keys else {
            return Ok(Some(Self::InKeyring(written.device)));
        };
        match Secrets::decode(keys) {
            Some(secrets) if secrets.id() == written.device => {
                Ok(Some(Self::Here(Box::new(secrets))))
            }
            _ => Err(damaged()),
        }
    }
}

fn unusable(path: &Path, what: &str, error: &io::Error) -> VaultError {
    VaultError(format!("cannot {what} {}: {error}", path.display()))
}

fn from_ring(
    path: &Path,
    ring: Option<Arc<dyn Ring>>,
    device: DeviceId,
) -> Result<Secrets, VaultError> {
    let away = |why: &str| {
        VaultError(format!(
            "the keys of this device are in the system's keyring, which cannot be used now ({why}): \
             unlock it and start again"
        ))
    };
    let ring = ring.ok_or_else(|| away("there is none"))?;
    let kept = ask(ring, KNOWN, |ring, _| ring.get()).map_err(|why| away(&why))?;
    let secrets = kept.and_then(|text| Secrets::decode(&text));
    match secrets {
        Some(secrets) if secrets.id() == device => Ok(Secrets {
            in_keyring: true,
            ..secrets
        }),
        _ => Err(VaultError(format!(
            "the keys of this device are not in the system's keyring any more: bring them back, \
             or move {} away to become a new device",
            path.display()
        ))),
    }
}

fn make(path: &Path, ring: Option<Arc<dyn Ring>>) -> Result<Secrets, VaultError> {
    let secrets = ring.and_then(make_in_ring).unwrap_or_else(Secrets::new);
    let keys = (!secrets.in_keyring).then(|| secrets.encode());
    let written = Written {
        v: VERSION,
        device: secrets.id(),
        keys: keys.map(|keys| keys.to_string()),
    };
    let text = serde_json::to_vec(&written).map_err(|error| VaultError(error.to_string()))?;
    let text = Zeroizing::new(text);
    private::create(path, &text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => VaultError(format!(
            "{} was made by another program meanwhile: start again",
            path.display()
        )),
        _ => unusable(path, "write", &error),
    })?;
    Ok(secrets)
}

/// New keys in the keyring, or those which a process left there that was killed before it could
/// say so. `None` where it cannot be used: nothing depends on it yet.
fn make_in_ring(ring: Arc<dyn Ring>) -> Option<Secrets> {
    let made = ask(ring, FIRST, |ring, given_up| {
        if let Some(secrets) = ring.get()?.and_then(|text| Secrets::decode(&text)) {
            return Ok(secrets);
        }
        let secrets = Secrets::new();
        let text = secrets.encode();
        // Whoever asked has gone on with a file.
        if given_up() {
            return Err("it answered too late".to_owned());
        }
        ring.set(&text)?;
        match ring.get()? {
            Some(kept) if *kept == *text => Ok(secrets),
            _ => Err("it does not keep what it is given".to_owned()),
        }
    });
    match made {
        Ok(secrets) => Some(Secrets {
            in_keyring: true,
            ..secrets
        }),
        Err(why) => {
            tracing::info!(why, "the keyring is not used: keys are kept in a file");
            None
        }
    }
}

#[cfg(test)]
mod tests;
