//! Every open connection.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parlor_protocol::{Code, ErrorLine, Reply, limits};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::endpoint::Endpoint;

/// The connections that are open, signed in or not.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    // A std Mutex: one map operation, or a look at each endpoint, never over an await.
    open: Mutex<HashMap<u64, Arc<Endpoint>>>,
    last_id: AtomicU64,
    /// No further request is begun, because the server stops.
    stopping: AtomicBool,
    closed: Notify,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Endpoint>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection.
    pub(crate) fn open(&self, address: IpAddr) -> Arc<Endpoint> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let endpoint = Arc::new(Endpoint::new(id, address));
        self.lock().insert(id, Arc::clone(&endpoint));
        endpoint
    }

    /// Removes a connection that has left.
    pub(crate) fn close(&self, endpoint: &Endpoint) {
        self.lock().remove(&endpoint.id());
        self.closed.notify_waiters();
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// From now on no further request is begun.
    pub(crate) fn hold_requests(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether requests are no longer begun.
    pub(crate) fn holds_requests(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Ends every connection with this last line.
    pub(crate) fn end_all(&self, last: &Reply) {
        let all: Vec<Arc<Endpoint>> = self.lock().values().cloned().collect();
        for endpoint in all {
            endpoint.outbox.end(Some(last));
        }
    }

    /// Waits until there is none.
    pub(crate) async fn all_closed(&self) {
        loop {
            let closed = self.closed.notified();
            if self.count() == 0 {
                return;
            }
            closed.await;
        }
    }

    /// Ends those that did not sign in in time, and those that fell silent.
    pub(crate) fn end_the_silent(&self, now: Instant) {
        let mut late = Vec::new();
        let mut silent = Vec::new();
        for endpoint in self.lock().values() {
            if endpoint.signed_in().is_none() && endpoint.age(now) >= limits::SIGN_IN_SECONDS {
                late.push(Arc::clone(endpoint));
            } else if endpoint.silence(now) >= limits::SILENCE_SECONDS {
                silent.push(Arc::clone(endpoint));
            }
        }
        for endpoint in late {
            let message = format!(
                "Nobody signed in here within {} seconds. Connect again and sign in.",
                limits::SIGN_IN_SECONDS
            );
            let error = ErrorLine::new(Code::NotSignedIn, message);
            endpoint.outbox.end(Some(&Reply::Error(error)));
        }
        for endpoint in silent {
            tracing::debug!(connection = endpoint.id(), "a connection fell silent");
            endpoint.outbox.end(None);
        }
    }
}
