//! Where this device's keys are kept: in the system's keyring, or in a file of mode 0600.

use std::path::Path;

use zeroize::Zeroizing;

use crate::home::AccountId;

/// The keys of this device.
#[derive(Debug)]
pub(crate) struct Secrets {
    /// The device's key.
    pub(crate) device: iroh::SecretKey,
    /// The key of the pickles in the store.
    pub(crate) pickle: Zeroizing<[u8; 32]>,
    /// Whether the system's keyring has them.
    pub(crate) in_keyring: bool,
}

/// Why the keys cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct VaultError(pub(crate) String);

/// The keys of an account's device, made where there are none. Keys that were kept in the keyring are
/// never made anew because the keyring cannot be reached: that is an error.
pub(crate) fn open(dir: &Path, account: &AccountId, keyring: bool) -> Result<Secrets, VaultError> {
    todo!()
}
