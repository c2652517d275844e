//! `/healthz`: whether the server can keep what it is told.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::clock;
use crate::storage::Storage;

/// How long an answer stands, so that whoever asks often costs no flush each time.
const ANSWER_STANDS: Duration = Duration::from_secs(5);
/// How long the storage may take to keep something.
const PROBE_TIME: Duration = Duration::from_secs(2);
/// The key under which a probe is kept.
const PROBE_KEY: &str = "health";

/// Finds out whether the storage keeps what it is given, by giving it something.
#[derive(Debug)]
pub(crate) struct Health {
    storage: Arc<dyn Storage>,
    // A tokio Mutex: it is held over the probe, so that those who ask meanwhile share its answer.
    last: Mutex<Option<(Instant, bool)>>,
}

impl Health {
    pub(crate) fn new(storage: Arc<dyn Storage>) -> Self {
        Self {
            storage,
            last: Mutex::new(None),
        }
    }

    /// Whether the storage is there.
    pub(crate) async fn is_good(&self) -> bool {
        let mut last = self.last.lock().await;
        if let Some((asked, answer)) = *last
            && asked.elapsed() < ANSWER_STANDS
        {
            return answer;
        }
        let now = clock::now().to_string();
        let kept = timeout(PROBE_TIME, self.storage.set_meta(PROBE_KEY, &now)).await;
        let is_good = matches!(kept, Ok(Ok(())));
        *last = Some((Instant::now(), is_good));
        is_good
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sqlite::SqliteStorage;

    #[tokio::test]
    async fn a_storage_that_is_gone_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("parlor.db");
        let storage: Arc<dyn Storage> = Arc::new(SqliteStorage::open(path).await.unwrap());
        let health = Health::new(Arc::clone(&storage));
        assert!(health.is_good().await);
        storage.close().await.unwrap();
        assert!(health.is_good().await, "the answer stands for a while");
        tokio::time::pause();
        tokio::time::advance(ANSWER_STANDS).await;
        assert!(!health.is_good().await);
    }
}
