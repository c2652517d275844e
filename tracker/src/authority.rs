//! Who says whose a password is, and which devices have ended: the room
//! server. Inside parlord it is asked in memory, alone over HTTPS.

use std::fmt;
use std::net::IpAddr;

use async_trait::async_trait;
use parlor_protocol::{DeviceId, PublicKey};

/// The room server, as a tracker knows it. All but the check of a password
/// is asked at every call, so it must be answered from memory.
#[async_trait]
pub trait Authority: fmt::Debug + Send + Sync + 'static {
    /// Whether the password is this user's, and the user may sign in. `username`
    /// is folded to lower case already; `from` is the address that asks.
    ///
    /// # Errors
    ///
    /// [`AuthorityError`], if that cannot be said now.
    async fn check_password(
        &self,
        username: &str,
        password: &str,
        from: IpAddr,
    ) -> Result<bool, AuthorityError>;

    /// The key with which the room server vouches for cards and tokens. `None`:
    /// it is not known yet.
    fn server_key(&self) -> Option<PublicKey>;

    /// Whether the device was ended by its user.
    fn is_revoked(&self, device: &DeviceId) -> bool;

    /// Whether the user was banned or disabled, or is no user any more, as far as is known.
    fn is_barred(&self, username: &str) -> bool {
        let _ = username;
        false
    }
}

/// Why the room server did not say whether a password is right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AuthorityError {
    /// It cannot be reached, or cannot tell.
    #[error("the room server cannot be asked: {0}")]
    Unavailable(String),
    /// It was asked too often.
    #[error("too many at once; try again in {seconds:.1} s")]
    RateLimited {
        /// How long to wait, in seconds.
        seconds: f64,
    },
}
