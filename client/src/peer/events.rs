//! The app's end of what the peers' side tells.

use std::time::Duration;

use futures_util::Stream;
use tokio::sync::{mpsc, watch};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::event::PeerEvent;
use super::store::{Cursor, PeerStore};
use crate::store::StoreError;

/// Facts that pass by (somebody is writing) and wait for a slow reader. What comes beyond is dropped, for the
/// next one comes in seconds.
pub(crate) const PASSING: usize = 64;

/// Events of one batch at most, beyond what comes as one.
const GATHERED: usize = 1_024;

/// After the store could not be read: a full disk, for one.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// What happens on the peers' side of an account, in batches, whichever process made it happen. It may be left
/// unread as long as one likes: nothing waits for it, and what is told is how things stand then.
#[derive(Debug)]
pub struct PeerEvents {
    store: PeerStore,
    seen: Option<Cursor>,
    changed: watch::Receiver<u64>,
    passing: mpsc::Receiver<PeerEvent>,
    over: CancellationToken,
    last: Option<Instant>,
}

impl PeerEvents {
    /// `passing` brings what is told and not kept; after `over` nothing is told any more.
    pub(crate) fn new(
        store: PeerStore,
        passing: mpsc::Receiver<PeerEvent>,
        over: CancellationToken,
    ) -> Self {
        Self {
            changed: store.changed(),
            store,
            seen: None,
            passing,
            over,
            last: None,
        }
    }

    /// What happened since the last call; waits until something has. The first is
    /// [`PeerEvent::Loaded`], which waits until this device was made. `None` once the peers' side is closed.
    ///
    /// It may be dropped at any point: nothing is lost.
    pub async fn next(&mut self) -> Option<Vec<PeerEvent>> {
        loop {
            if self.over.is_cancelled() {
                return None;
            }
            self.changed.mark_unchanged();
            // What changed may have to go out: that comes before it is told here.
            yield_now().await;
            match self.look().await {
                Ok(events) if !events.is_empty() => return Some(events),
                Ok(_) => {}
                Err(StoreError::Closed) => return None,
                Err(error) => {
                    tracing::warn!(%error, "what peers did could not be read");
                    sleep(READ_AGAIN).await;
                    continue;
                }
            }
            let loaded = self.seen.is_some();
            tokio::select! {
                () = self.over.cancelled() => return None,
                changed = self.changed.changed() => changed.ok()?,
                Some(event) = self.passing.recv(), if loaded => return Some(vec![event]),
            }
        }
    }

    /// Like [`Self::next`], for a screen: what follows within `window` of the
    /// last batch is gathered into one, so that a flood costs one redraw for
    /// each window. The first event after a pause comes at once.
    pub async fn next_within(&mut self, window: Duration) -> Option<Vec<PeerEvent>> {
        let mut batch = self.next().await?;
        if let Some(until) = self.last.map(|last| last + window) {
            while batch.len() < GATHERED {
                match timeout_at(until, self.next()).await {
                    Ok(Some(more)) => batch.extend(more),
                    Ok(None) | Err(_) => break,
                }
            }
        }
        self.last = Some(Instant::now());
        Some(batch)
    }

    /// The events as a stream of batches, gathered as [`Self::next_within`] does.
    pub fn into_stream(self, window: Duration) -> impl Stream<Item = Vec<PeerEvent>> + Send {
        futures_util::stream::unfold(self, move |mut events| async move {
            let batch = events.next_within(window).await?;
            Some((batch, events))
        })
    }

    async fn look(&mut self) -> Result<Vec<PeerEvent>, StoreError> {
        let Some(seen) = self.seen else {
            let Some((snapshot, seen)) = self.store.snapshot().await? else {
                return Ok(Vec::new());
            };
            self.seen = Some(seen);
            return Ok(vec![PeerEvent::Loaded(Box::new(snapshot))]);
        };
        let news = self.store.news(seen).await?;
        self.seen = Some(news.seen);
        Ok(news.events)
    }
}
