//! Whose file goes next: a few at once, and never all of them for one user, who may be slow.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::AT_ONCE;

/// Files of one user's devices at once: a turn is left for everybody else.
const EACH: usize = AT_ONCE - 1;

/// The turns of files that go, or of those that come.
#[derive(Debug)]
pub(super) struct Turns {
    all: Arc<Semaphore>,
    /// Those of a user while there are any, or somebody waits for one.
    each: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// A file's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _any: OwnedSemaphorePermit,
    _own: Option<(OwnedSemaphorePermit, Arc<Semaphore>)>,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(AT_ONCE)),
            each: Mutex::default(),
        }
    }
}

impl Turns {
    /// Waits for a turn of a file to or from a user's device; of the room server's, without a user. `None` never
    /// comes while this is there: nobody closes it.
    pub(super) async fn turn(&self, username: Option<&str>) -> Option<Turn> {
        // One's own first: who waits for it keeps nobody else from the turns of all.
        let own = match username {
            Some(username) => {
                let own = self.of(username);
                Some((Arc::clone(&own).acquire_owned().await.ok()?, own))
            }
            None => None,
        };
        let any = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn {
            _any: any,
            _own: own,
        })
    }

    fn of(&self, username: &str) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = each.get(username).and_then(Weak::upgrade) {
            return own;
        }
        each.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(EACH));
        each.insert(username.to_owned(), Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn a_slow_user_leaves_a_turn_for_others() {
        let turns = Turns::default();
        let now = |username| turns.turn(username).now_or_never().flatten();
        let slow: Vec<_> = (0..EACH).map(|_| now(Some("slow")).unwrap()).collect();
        let mut third = pin!(turns.turn(Some("slow")));
        assert!(third.as_mut().now_or_never().is_none());
        // Who waits for a turn of one's own holds none of all.
        let other = now(Some("other")).unwrap();
        assert!(now(Some("another")).is_none() && now(None).is_none());
        drop(other);
        let server = now(None).unwrap();
        drop(slow);
        assert!(third.now_or_never().flatten().is_some());
        drop(server);
        // Nothing is kept of who has had a turn.
        drop(now(Some("another")).unwrap());
        assert_eq!(turns.each.lock().unwrap().len(), 1);
        let all: Vec<_> = (0..AT_ONCE).map(|_| now(None).unwrap()).collect();
        assert!(now(None).is_none());
        drop(all);
    }
}
