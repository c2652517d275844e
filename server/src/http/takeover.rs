//! What a connection goes on as when it leaves HTTP.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::listener::Serving;

/// Where a handler that answers `101` leaves what the connection goes on as.
///
/// The connection's own task carries it on, so that it keeps the connection's place among
/// those that are counted, and is cut when they are.
#[derive(Clone, Default)]
pub(crate) struct Takeover {
    // A std Mutex: it is filled or emptied, never held over an await.
    next: Arc<Mutex<Option<Serving>>>,
}

impl fmt::Debug for Takeover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Takeover").finish_non_exhaustive()
    }
}

impl Takeover {
    /// The connection goes on as this once the answer is out.
    pub(crate) fn by(&self, next: impl Future<Output = ()> + Send + 'static) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::pin(next));
    }

    /// What it goes on as, if it does.
    pub(super) fn take(&self) -> Option<Serving> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.take()
    }
}
