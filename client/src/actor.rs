//! The actor.
use std::sync::Arc;

use parlor_protocol::Request;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::event::Event;
use crate::home::{Account, Home, Token};
use crate::session::{Answer, Options, RequestError};
use crate::shared::Shared;
use crate::store::{Store, StoreError};

#[derive(Debug)]
pub(crate) struct Fetch {}

#[derive(Debug)]
pub(crate) enum Command {
    Ask {
        request: Box<Request>,
        reply: oneshot::Sender<Result<Answer, RequestError>>,
    },
    Fetch {
        fetch: Fetch,
        reply: oneshot::Sender<Result<bool, RequestError>>,
    },
    Discard {
        nonce: String,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    },
    SignOut {
        reply: oneshot::Sender<Result<(), RequestError>>,
    },
}

pub(crate) struct Parts {
    pub(crate) home: Home,
    pub(crate) account: Account,
    pub(crate) token: Token,
    pub(crate) options: Options,
    pub(crate) store: Store,
    pub(crate) shared: Arc<Shared>,
    pub(crate) asked: mpsc::Receiver<Command>,
    pub(crate) tell: mpsc::Sender<Vec<Event>>,
    pub(crate) stop: CancellationToken,
}

pub(crate) struct Actor {
    parts: Parts,
}

impl Actor {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts }
    }
    pub(crate) async fn run(self) {
        let _ = self.parts.shared.wished().await;
    }
}
