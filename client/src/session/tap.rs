//! What a session tells the peers' side of its account, beside the app.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use parlor_certs::{Address, Pin};
use parlor_protocol::reply::{Mail, Session};
use parlor_protocol::tracker::{TrackerAt, TrackerToken};
use parlor_protocol::{DeviceId, PublicKey};
use tokio::sync::{Notify, mpsc, watch};

/// Letters that wait for who listens: as many as the server keeps for one device, so that all of a
/// sign-in fit. Past it nothing more is read from the server until some are taken.
pub(crate) const LETTERS: usize = 1_000;

/// What the server said of itself and of us when it let us in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionFacts {
    /// The server's signing key, guarded as its pin is.
    pub(crate) server_key: PublicKey,
    /// Who we are.
    pub(crate) username: String,
    /// Where the server is.
    pub(crate) address: Address,
    /// The pin that held on this connection.
    pub(crate) pin: Pin,
    /// Where peers find each other.
    pub(crate) trackers: Vec<TrackerAt>,
    /// What opens the trackers to us.
    pub(crate) tracker_token: Option<TrackerToken>,
}

/// What the server says to a device without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Letter {
    /// Something sealed for this device.
    Mail(Mail),
    /// A device was ended by its user.
    DeviceRevoked {
        /// Whose.
        username: String,
        /// Which.
        device: DeviceId,
    },
}

/// Between the actor of a session, which tells, and who listens: one listener, if any. Letters
/// for nobody are dropped, for mail comes again with the next connection until it is told as taken; who
/// begins to listen after some were dropped has the session connect anew. A std mutex is right: it is held
/// for a few instructions and never across an await.
#[derive(Debug)]
pub(crate) struct Tap {
    facts: watch::Sender<Option<Arc<SessionFacts>>>,
    listener: Mutex<Option<mpsc::Sender<Letter>>>,
    /// Whether somebody is about to listen: letters wait for them.
    expecting: AtomicBool,
    /// Whether letters of this connection went to nobody.
    missed: AtomicBool,
    /// Somebody began to listen, or is not awaited any more.
    stirred: Notify,
}

impl Default for Tap {
    fn default() -> Self {
        Self {
            facts: watch::Sender::new(None),
            listener: Mutex::new(None),
            expecting: AtomicBool::new(false),
            missed: AtomicBool::new(false),
            stirred: Notify::new(),
        }
    }
}

impl Tap {
    /// What is known while there is a connection, told anew with every sign-in; `None` while there
    /// is none.
    pub(crate) fn facts(&self) -> watch::Receiver<Option<Arc<SessionFacts>>> {
        self.facts.subscribe()
    }

    /// Letters from now on, in order and without a hole. Whoever listened before does not any more.
    pub(crate) fn listen(&self) -> mpsc::Receiver<Letter> {
        let (tell, letters) = mpsc::channel(LETTERS);
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        *listener = Some(tell);
        drop(listener);
        self.expect(false);
        letters
    }

    /// The end of who listens, if somebody does.
    pub(crate) fn listener(&self) -> Option<mpsc::Sender<Letter>> {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        listener.clone().filter(|tell| !tell.is_closed())
    }

    /// Whether somebody will listen soon, so that letters should wait.
    pub(crate) fn expect(&self, soon: bool) {
        self.expecting.store(soon, Ordering::SeqCst);
        self.stirred.notify_one();
    }

    /// Letters came for which nobody listens: whether they should wait.
    pub(crate) fn nobody(&self) -> bool {
        let waits = self.expecting.load(Ordering::SeqCst);
        self.missed.fetch_or(!waits, Ordering::SeqCst);
        waits
    }

    /// Waits until there may be somebody for the letters that wait. Says whether others were dropped, so
    /// that the session has to connect anew.
    pub(crate) async fn stirred(&self) -> bool {
        self.stirred.notified().await;
        self.listener().is_some() && self.missed.swap(false, Ordering::SeqCst)
    }

    /// One is let in. A server whose key cannot be read vouches for nobody, so that there are no peers.
    pub(crate) fn signed_in(&self, session: &Session, address: &Address, pin: Pin) {
        let Ok(server_key) = session.server_key.parse() else {
            self.facts.send_replace(None);
            return;
        };
        let facts = SessionFacts {
            server_key,
            username: session.user.username.clone(),
            address: address.clone(),
            pin,
            trackers: session.trackers.clone(),
            tracker_token: session.tracker_token.clone(),
        };
        self.facts.send_replace(Some(Arc::new(facts)));
    }

    /// The connection is gone.
    pub(crate) fn offline(&self) {
        self.missed.store(false, Ordering::SeqCst);
        self.facts.send_if_modified(|now| now.take().is_some());
    }
}
