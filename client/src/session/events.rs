//! The app's end of what a session tells.

use std::time::Duration;

use futures_util::Stream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::DropGuard;

use crate::event::Event;
use crate::store::Store;

/// Events of one batch at most, beyond what comes as one from the actor.
const GATHERED: usize = 1_024;

/// What a session tells, in batches. Dropping it ends the session.
///
/// It must be read on: while it is not, the session stops reading from the server.
#[derive(Debug)]
pub struct Events {
    batches: mpsc::Receiver<Vec<Event>>,
    last: Option<Instant>,
    store: Store,
    _stop: DropGuard,
}

impl Drop for Events {
    /// What is still in the outbox may be sent by the next session at once,
    /// also while this one's actor is still on its way out.
    fn drop(&mut self) {
        self.store.let_go();
    }
}

impl Events {
    pub(crate) fn new(batches: mpsc::Receiver<Vec<Event>>, store: Store, stop: DropGuard) -> Self {
        Self {
            batches,
            last: None,
            store,
            _stop: stop,
        }
    }

    /// What happened since the last call; waits until something has. `None`
    /// once the session is over and everything was told.
    pub async fn next(&mut self) -> Option<Vec<Event>> {
        self.batches.recv().await
    }

    /// Like [`Self::next`], for a screen: what follows within `window` of the
    /// last batch is gathered into one, so that a flood costs one redraw for
    /// each window. The first event after a pause comes at once.
    pub async fn next_within(&mut self, window: Duration) -> Option<Vec<Event>> {
        let mut batch = self.batches.recv().await?;
        if let Some(until) = self.last.map(|last| last + window) {
            while batch.len() < GATHERED {
                match timeout_at(until, self.batches.recv()).await {
                    Ok(Some(more)) => batch.extend(more),
                    Ok(None) | Err(_) => break,
                }
            }
        }
        self.last = Some(Instant::now());
        Some(batch)
    }

    /// The events as a stream of batches, gathered as [`Self::next_within`] does.
    pub fn into_stream(self, window: Duration) -> impl Stream<Item = Vec<Event>> + Send {
        futures_util::stream::unfold(self, move |mut events| async move {
            let batch = events.next_within(window).await?;
            Some((batch, events))
        })
    }
}
