//! An act that waits for the log, and who is to be answered.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::outbox::Outbox;
use crate::storage::{Act, ActKind, Outcome, StorageError};

/// An act with what is needed to tell of it.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The act.
    pub(crate) act: Act,
    /// The room's name.
    pub(crate) room: Arc<str>,
    /// The username of who acts.
    pub(crate) by: Arc<str>,
    /// The username of whom it is done to, where that is somebody (joined, left).
    pub(crate) whom: Option<Arc<str>>,
    /// Who is to be answered.
    pub(crate) answer: Answer,
}

/// Who is to be told what became of an act.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A connection, which goes on meanwhile: by a line.
    Line {
        /// Where to.
        outbox: Arc<Outbox>,
        /// The request's `id`.
        re: Option<u64>,
    },
    /// A handler that waits, and answers by itself.
    Handler(oneshot::Sender<Result<Outcome, StorageError>>),
    /// Nobody.
    Nobody,
}

impl Answer {
    /// The request's `id`, where a line is to carry it.
    pub(crate) fn re(&self) -> Option<u64> {
        match self {
            Self::Line { re, .. } => *re,
            Self::Handler(_) | Self::Nobody => None,
        }
    }
}

/// An entry without its act, which storage holds meanwhile.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) room: Arc<str>,
    pub(super) by: Arc<str>,
    pub(super) whom: Option<Arc<str>>,
    pub(super) answer: Answer,
}

impl Entry {
    /// An act in the room of this name by the user of this name, with nobody to answer.
    pub(crate) fn new(act: Act, room: Arc<str>, by: Arc<str>) -> Self {
        Self {
            act,
            room,
            by,
            whom: None,
            answer: Answer::Nobody,
        }
    }

    /// The same, done to the user of this name.
    pub(crate) fn to(self, whom: Arc<str>) -> Self {
        Self {
            whom: Some(whom),
            ..self
        }
    }

    pub(super) fn split(self) -> (Act, Head) {
        let Self {
            act,
            room,
            by,
            whom,
            answer,
        } = self;
        let head = Head {
            room,
            by,
            whom,
            answer,
        };
        (act, head)
    }

    pub(super) fn text_bytes(&self) -> usize {
        match &self.act.kind {
            ActKind::Message { text, .. } | ActKind::Edit { text, .. } => text.len(),
            _ => 0,
        }
    }
}
