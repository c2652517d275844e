//! What was asked of the server on this connection and not answered yet.

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_protocol::request::SetNotify;
use parlor_protocol::{LogBody, LogEvent};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Fetch;
use crate::dial::ANSWER_TIMEOUT;
use crate::outgoing::Outgoing;
use crate::session::{Answer, RequestError};

/// Events kept for a page that is on its way, past which the page is thrown
/// away: it would have to be asked for again.
const MEANWHILE: usize = 4_096;

/// What an answer is for.
#[derive(Debug)]
pub(super) enum Pending {
    /// The first request of the connection.
    Resume,
    /// An app's request; a `set_notify` is kept here once it is done.
    Ask {
        reply: oneshot::Sender<Result<Answer, RequestError>>,
        notify: Option<SetNotify>,
    },
    /// A page for the store.
    Fetch {
        fetch: Fetch,
        /// None for a page that nobody waits for.
        reply: Option<oneshot::Sender<Result<bool, RequestError>>>,
        meanwhile: Vec<LogEvent>,
        overrun: bool,
    },
    /// A message of the outbox.
    Send(Box<Outgoing>),
    /// A read mark.
    Read { room: String, seq: u64 },
    /// A sign of life, asked for at this time.
    Ping(Instant),
    /// The end of the session.
    SignOut(oneshot::Sender<Result<(), RequestError>>),
    /// Nobody waits for it.
    Nobody,
}

impl Pending {
    /// Says that no answer will come.
    fn fail(self, error: RequestError) {
        match self {
            Self::Ask { reply, .. } => drop(reply.send(Err(error))),
            Self::Fetch {
                reply: Some(reply), ..
            } => drop(reply.send(Err(error))),
            Self::SignOut(reply) => drop(reply.send(Err(error))),
            _ => {}
        }
    }
}

/// All of them, by the number asked under.
#[derive(Debug, Default)]
pub(super) struct Asked {
    by_id: BTreeMap<u64, (Instant, Pending)>,
    last: u64,
}

impl Asked {
    /// Notes one; gives its number.
    pub(super) fn add(&mut self, pending: Pending, now: Instant) -> u64 {
        self.last += 1;
        self.by_id.insert(self.last, (now, pending));
        self.last
    }

    /// How many answers are waited for.
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn take(&mut self, id: u64) -> Option<Pending> {
        self.by_id.remove(&id).map(|(_, pending)| pending)
    }

    /// Keeps an event for the pages of its room that are on their way: the
    /// server may have read them before it happened.
    pub(super) fn note(&mut self, event: &LogEvent) {
        if matches!(event.body, LogBody::Unknown) {
            return;
        }
        for (_, pending) in self.by_id.values_mut() {
            if let Pending::Fetch {
                fetch,
                meanwhile,
                overrun,
                ..
            } = pending
                && fetch.room == event.room
            {
                if meanwhile.len() < MEANWHILE {
                    meanwhile.push(event.clone());
                } else {
                    *overrun = true;
                }
            }
        }
    }

    /// Whether a read mark of this room is on its way.
    pub(super) fn reads(&self, room: &str) -> bool {
        let mut all = self.by_id.values();
        all.any(|(_, pending)| matches!(pending, Pending::Read { room: r, .. } if r == room))
    }

    /// Since when a sign of life is waited for.
    pub(super) fn pinged(&self) -> Option<Instant> {
        self.by_id.values().find_map(|(_, pending)| match pending {
            Pending::Ping(at) => Some(*at),
            _ => None,
        })
    }

    /// Whether an answer is overdue, so that the connection is of no use.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.by_id
            .values()
            .any(|(since, _)| now.saturating_duration_since(*since) > ANSWER_TIMEOUT)
    }

    /// How long until one may be overdue.
    pub(super) fn patience(&self) -> Option<Instant> {
        let earliest = self.by_id.values().map(|(since, _)| *since).min();
        earliest.map(|since| since + ANSWER_TIMEOUT + Duration::from_millis(1))
    }

    /// The connection is gone: no answer will come.
    pub(super) fn fail_all(self) {
        for (_, pending) in self.by_id.into_values() {
            pending.fail(RequestError::Lost);
        }
    }
}
