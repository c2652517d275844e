//! Bearer tokens: those of `/login`, and those that the room server signed.
//!
//! A token is kept as its SHA-256 alone, so that no memory of the tracker gives one away.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use parlor_protocol::tracker::{TOKEN_HOURS, TokenBody};
use parlor_protocol::{PublicKey, Time, signature};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::registry::Name;
use crate::settings::Limits;

/// How long a token of `/login` holds.
const TOKEN_TIME: Duration = Duration::from_secs(TOKEN_HOURS * 60 * 60);
/// Bytes of a token: nobody guesses 256 bits.
const TOKEN_BYTES: usize = 32;
/// Characters of a token that is looked at at all.
const MAX_TOKEN_CHARS: usize = 1_024;
/// Signed tokens whose signature was found good and need not be checked again.
const CHECKED: usize = 16_384;

type Hash = [u8; 32];

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this machine gives no random numbers")]
pub(crate) struct NoRandomness;

/// All tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    total: usize,
    per_user: usize,
    // A std Mutex: held for a few look-ups, never over an await.
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    own: HashMap<Hash, Own>,
    /// The same by age, which is the order in which they end.
    by_age: BTreeMap<(Instant, u64), Hash>,
    by_user: HashMap<Name, VecDeque<(Instant, u64)>>,
    last: u64,
    /// Signed ones by the key of the server that signed them.
    checked: HashMap<Hash, (PublicKey, Name, Time)>,
}

#[derive(Debug)]
struct Own {
    username: Name,
}

impl Tokens {
    /// None yet.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            total: limits.tokens,
            per_user: limits.tokens_per_user,
            tables: Mutex::default(),
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a user a token. Beyond the bounds the oldest ends.
    pub(crate) fn give(&self, username: &Name) -> Result<String, NoRandomness> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        let token = signature::encode(&bytes);
        let mut tables = self.tables();
        tables.expire(Instant::now());
        while tables.own.len() >= self.total {
            tables.end_oldest();
        }
        while tables.by_user.get(username).map_or(0, VecDeque::len) >= self.per_user {
            let oldest = tables.by_user.get(username).and_then(|all| all.front());
            if let Some(oldest) = oldest.copied() {
                tables.end(oldest);
            }
        }
        tables.last += 1;
        let (key, hash) = ((Instant::now(), tables.last), hash(&token));
        let username = Name::clone(username);
        tables.by_age.insert(key, hash);
        let theirs = tables.by_user.entry(Name::clone(&username));
        theirs.or_default().push_back(key);
        tables.own.insert(hash, Own { username });
        Ok(token)
    }

    /// For whom a token speaks. `Err`: it was signed, but by whom is not known yet.
    pub(crate) fn who(
        &self,
        token: &str,
        server: Option<PublicKey>,
        now: Time,
    ) -> Result<Option<Name>, NoServerKey> {
        if token.len() > MAX_TOKEN_CHARS {
            return Ok(None);
        }
        let hash = hash(token);
        if !token.contains('.') {
            let mut tables = self.tables();
            tables.expire(Instant::now());
            return Ok(tables.own.get(&hash).map(|own| Name::clone(&own.username)));
        }
        let server = server.ok_or(NoServerKey)?;
        if let Some((key, username, expires)) = self.tables().checked.get(&hash)
            && *key == server
        {
            return Ok((*expires > now).then(|| Name::clone(username)));
        }
        let Some(body) = TokenBody::check(token, &server, now) else {
            return Ok(None);
        };
        let username: Name = body.username.into();
        let mut tables = self.tables();
        if tables.checked.len() >= CHECKED {
            tables.checked.retain(|_, (_, _, expires)| *expires > now);
        }
        if tables.checked.len() < CHECKED {
            let known = (server, Name::clone(&username), body.expires);
            tables.checked.insert(hash, known);
        }
        Ok(Some(username))
    }

    /// Ends the tokens of `/login` of a user.
    pub(crate) fn end_user(&self, username: &str) {
        let mut tables = self.tables();
        for key in tables.by_user.get(username).cloned().unwrap_or_default() {
            tables.end(key);
        }
    }
}

/// The room server's key is not known, so nobody can say whether a token is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tracker has not heard from the room server yet")]
pub(crate) struct NoServerKey;

impl Tables {
    fn expire(&mut self, now: Instant) {
        while let Some((key, _)) = self.by_age.first_key_value() {
            if now.saturating_duration_since(key.0) < TOKEN_TIME {
                return;
            }
            self.end(*key);
        }
    }

    fn end_oldest(&mut self) {
        if let Some((key, _)) = self.by_age.first_key_value() {
            self.end(*key);
        }
    }

    fn end(&mut self, key: (Instant, u64)) {
        let Some(own) = self.by_age.remove(&key).and_then(|h| self.own.remove(&h)) else {
            return;
        };
        if let Some(theirs) = self.by_user.get_mut(&own.username) {
            theirs.retain(|other| *other != key);
            if theirs.is_empty() {
                self.by_user.remove(&own.username);
            }
        }
    }
}

fn hash(token: &str) -> Hash {
    Sha256::digest(token).into()
}

/// A name that is shared.
pub(crate) fn name(text: impl Into<Arc<str>>) -> Name {
    text.into()
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(&Limits {
            tokens: 3,
            tokens_per_user: 2,
            ..Limits::default()
        })
    }

    fn who(tokens: &Tokens, token: &str) -> Option<String> {
        let who = tokens.who(token, None, Time::from_millis(0)).unwrap();
        who.map(|name| name.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_ends_after_a_day() {
        let tokens = tokens();
        let token = tokens.give(&name("alice")).unwrap();
        advance(TOKEN_TIME - Duration::from_secs(1)).await;
        assert_eq!(who(&tokens, &token).as_deref(), Some("alice"));
        advance(Duration::from_secs(1)).await;
        assert_eq!(who(&tokens, &token), None);
        assert_eq!(tokens.tables().by_user.len(), 0);
    }

    #[test]
    fn beyond_the_bounds_the_oldest_end() {
        let tokens = tokens();
        let give = |username: &str| tokens.give(&name(username)).unwrap();
        let first = give("alice");
        let (second, third) = (give("alice"), give("alice"));
        assert_eq!(who(&tokens, &first), None);
        assert_eq!(who(&tokens, &second).as_deref(), Some("alice"));
        let (fourth, fifth) = (give("bob"), give("bob"));
        assert_eq!(who(&tokens, &second), None);
        for token in [&third, &fourth, &fifth] {
            assert!(who(&tokens, token).is_some());
        }
        tokens.end_user("bob");
        assert_eq!(who(&tokens, &fourth), None);
        assert_eq!(who(&tokens, &third).as_deref(), Some("alice"));
    }

    #[test]
    fn a_signed_token_is_nothing_without_the_key() {
        let tokens = tokens();
        tokens.who("a.b", None, Time::from_millis(0)).unwrap_err();
        let key = PublicKey([0; 32]);
        let who = tokens.who("a.b", Some(key), Time::from_millis(0));
        assert_eq!(who, Ok(None));
    }
}
