//! Making and checking hashes: argon2id with 19 MiB, two passes, one lane
//! (the OWASP recommendation), about 20 ms of a core each.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHash as Phc, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::storage::PasswordHash;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;

/// Passes over it.
const PASSES: u32 = 2;

/// Who waits for a hash at most: a few seconds' work of two cores, well
/// within the time that a connection has to sign in.
const WAITING: usize = 256;

/// When to try again if too many wait.
const RETRY_AFTER: Duration = Duration::from_secs(3);

/// Bytes of a hash's salt.
const SALT_BYTES: usize = 16;

/// A hash of the same cost that no password has: what an unknown user's is
/// checked against.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$\
                      MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE";

/// Why a password was neither hashed nor checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// Too many passwords wait; on the wire `rate_limited`.
    #[error("too many people sign in at this moment, try again in a few seconds")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// A fault of ours, or a damaged hash.
    #[error("a password could not be checked: {0}")]
    Failed(String),
}

/// Bounded hashing off the async threads.
pub(super) struct Hasher {
    /// As many at once as there are cores: more would only take memory.
    turns: Arc<Semaphore>,
    /// Those at work and those waiting.
    places: Arc<Semaphore>,
}

impl Hasher {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with(cores, WAITING)
    }

    fn with(cores: usize, waiting: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores + waiting)),
        }
    }

    pub(super) async fn hash(
        &self,
        password: Zeroizing<String>,
    ) -> Result<PasswordHash, HashingError> {
        self.off_thread(move || {
            let mut salt = [0; SALT_BYTES];
            getrandom::fill(&mut salt).map_err(failed)?;
            let salt = SaltString::encode_b64(&salt).map_err(failed)?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?);
            let hash = argon2.hash_password(password.as_bytes(), &salt);
            Ok(PasswordHash(hash.map_err(failed)?.to_string()))
        })
        .await
    }

    pub(super) async fn verify(
        &self,
        password: Zeroizing<String>,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        self.off_thread(move || {
            let text = hash.as_ref().map_or(NOBODY, |hash| &hash.0);
            let phc = Phc::new(text).map_err(failed)?;
            // The hash itself says with what memory and passes it was made.
            match Argon2::default().verify_password(password.as_bytes(), &phc) {
                Ok(()) => Ok(hash.is_some()),
                Err(argon2::password_hash::Error::Password) => Ok(false),
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }

    /// Runs work in its turn off the async threads.
    pub(super) async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place: OwnedSemaphorePermit = place.map_err(|_| HashingError::Busy {
            retry_after: RETRY_AFTER,
        })?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(failed)?;
        // Both are held until the work is done, even if nobody waits for it.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        task.await.map_err(failed)?
    }
}

fn params() -> Result<Params, HashingError> {
    Params::new(MEMORY_KIB, PASSES, 1, None).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> HashingError {
    HashingError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_opens_to_its_password_only() {
        let hasher = Hasher::new();
        let hash = hasher.hash(secret("plum harbour")).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(format!("{hash:?}"), "PasswordHash(..)");
        let check = async |password: &str, hash: Option<&PasswordHash>| {
            hasher.verify(secret(password), hash.cloned()).await
        };
        assert_eq!(check("plum harbour", Some(&hash)).await, Ok(true));
        assert_eq!(check("plum harbor", Some(&hash)).await, Ok(false));
        assert_eq!(check("plum harbour", None).await, Ok(false));
        let again = hasher.hash(secret("plum harbour")).await.unwrap();
        assert_ne!(again, hash, "each has a salt of its own");
        let broken = PasswordHash("nonsense".to_owned());
        assert!(matches!(
            check("x", Some(&broken)).await,
            Err(HashingError::Failed(_))
        ));
    }

    #[test]
    fn nobodys_hash_costs_the_same() {
        let phc = Phc::new(NOBODY).unwrap();
        let cost = Params::try_from(&phc).unwrap();
        assert_eq!(
            (cost.m_cost(), cost.t_cost(), cost.p_cost()),
            (MEMORY_KIB, PASSES, 1)
        );
        assert_eq!(phc.hash.map(|hash| hash.len()), Some(32));
    }

    #[tokio::test]
    async fn who_finds_no_place_is_told_to_come_back() {
        let hasher = Hasher::with(1, 1);
        let turn = hasher.turns.acquire().await.unwrap();
        let mut first = Box::pin(hasher.verify(secret("a"), None));
        let mut second = Box::pin(hasher.verify(secret("b"), None));
        assert!(futures_util::poll!(first.as_mut()).is_pending());
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        let third = hasher.verify(secret("c"), None).await;
        assert!(matches!(third, Err(HashingError::Busy { .. })));
        // Who goes away leaves the place to the next.
        drop(second);
        drop(turn);
        assert_eq!(first.await, Ok(false));
        assert_eq!(hasher.verify(secret("d"), None).await, Ok(false));
    }
}
