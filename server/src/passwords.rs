//! What a password must be, and how it is kept: argon2id, computed off the
//! async threads, a bounded number at once. Nothing here logs a password, and
//! what holds one is wiped when it goes.
//!
//! # Layout
//!
//! - [`rules`]: what a password must be, as the configuration says.
//! - [`hashing`]: making and checking hashes.

mod hashing;
pub mod rules;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::storage::PasswordHash;

use hashing::Hasher;
pub use hashing::HashingError;
pub use rules::PasswordRules;

/// The server's rules for passwords and its one hasher; a cheap handle.
#[derive(Clone)]
pub struct Passwords {
    rules: Arc<PasswordRules>,
    hasher: Arc<Hasher>,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

impl Passwords {
    /// By these rules, hashing as many at once as the machine has cores.
    pub fn new(rules: PasswordRules) -> Self {
        Self {
            rules: Arc::new(rules),
            hasher: Arc::new(Hasher::new()),
        }
    }

    /// What a password must be, for people: `welcome`'s `password_rules`.
    pub fn rules(&self) -> Vec<String> {
        self.rules.describe()
    }

    /// As [`Self::broken_rules`], off the async threads and within the same
    /// bounds as hashing: estimating how hard a password is to guess can take
    /// a tenth of a second for one that was made to.
    ///
    /// # Errors
    ///
    /// See [`HashingError`].
    pub async fn check(&self, password: &str, username: &str) -> Result<Vec<String>, HashingError> {
        let (password, username) = (Zeroizing::new(password.to_owned()), username.to_owned());
        let rules = Arc::clone(&self.rules);
        let check = move || Ok(rules.broken(&password, &username));
        self.hasher.off_thread(check).await
    }

    /// Each rule that a password does not meet, for people; empty if it is
    /// good. Blocks while it estimates how hard it is to guess.
    pub fn broken_rules(&self, password: &str, username: &str) -> Vec<String> {
        self.rules.broken(password, username)
    }

    /// The hash to keep for a password.
    ///
    /// # Errors
    ///
    /// See [`HashingError`].
    pub async fn hash(&self, password: String) -> Result<PasswordHash, HashingError> {
        self.hasher.hash(Zeroizing::new(password)).await
    }

    /// Whether a password is the one of this hash. Without a hash (no such
    /// user, or a guest) the answer is no, after the same time.
    ///
    /// # Errors
    ///
    /// See [`HashingError`].
    pub async fn verify(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        self.hasher.verify(Zeroizing::new(password), hash).await
    }
}
