//! What was written goes into the outbox in the order in which it was written,
//! though each message is a task of its own and tasks begin in any order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use parlor_client::peer::{Peers, Talk};
use parlor_client::{Handle, TransferId};

/// A message that its writer let go.
#[derive(Debug)]
pub(crate) struct Written {
    /// The session it goes to.
    pub handle: Handle,
    /// The room.
    pub room: String,
    /// The text.
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<u64>,
    /// The uploads that go with it.
    pub files: Vec<TransferId>,
}

/// A post that its writer let go.
#[derive(Debug)]
pub(crate) struct Said {
    /// Those who keep it until it is delivered.
    pub peers: Peers,
    /// The talk.
    pub talk: Talk,
    /// The text.
    pub text: String,
    /// The mark and the place of the post that it answers.
    pub reply_to: Option<(String, u64)>,
}

/// Things that wait for their turn. Clones share one line; it holds no more
/// than there are tasks that will take from it.
#[derive(Debug)]
pub(crate) struct InOrder<T> {
    line: Arc<Line<T>>,
}

#[derive(Debug)]
struct Line<T> {
    // A std mutex: held for a push or a pop, never over an await.
    waiting: Mutex<VecDeque<T>>,
    turn: tokio::sync::Mutex<()>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        let line = Line {
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        };
        Self {
            line: Arc::new(line),
        }
    }
}

impl<T> Clone for InOrder<T> {
    fn clone(&self) -> Self {
        Self {
            line: Arc::clone(&self.line),
        }
    }
}

impl<T> InOrder<T> {
    /// Puts something at the end of the line, at once. What is returned takes
    /// the first of the line, which may be something put before, and acts on it while
    /// nobody else does.
    pub(crate) fn put<A, F>(
        &self,
        thing: T,
        act: A,
    ) -> impl Future<Output = Option<F::Output>> + use<T, A, F>
    where
        A: FnOnce(T) -> F,
        F: Future,
    {
        self.lock().push_back(thing);
        let this = self.clone();
        async move {
            let _turn = this.line.turn.lock().await;
            let first = this.lock().pop_front()?;
            Some(act(first).await)
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<T>> {
        self.line
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_to_begin_takes_the_first_written() {
        let line = InOrder::default();
        let done = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (1..=3)
            .map(|number| {
                let done = Arc::clone(&done);
                line.put(number, move |number| async move {
                    tokio::task::yield_now().await;
                    done.lock().unwrap().push(number);
                })
            })
            .collect();
        for task in tasks.into_iter().rev() {
            assert_eq!(task.await, Some(()));
        }
        assert_eq!(*done.lock().unwrap(), [1, 2, 3]);
    }
}
