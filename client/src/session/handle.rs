//! The app's end to ask by.

mod files;

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use parlor_protocol::{ErrorLine, Message, Presence, Reply, Request};
use tokio::sync::{mpsc, oneshot};

use crate::actor::Command;
use crate::history::{HistoryPage, Place};
use crate::home::Account;
use crate::outgoing::{Nonce, Outgoing, OutgoingState};
use crate::peer::RoomDepot;
use crate::session::tap::Tap;
use crate::shared::Shared;
use crate::store::{Store, StoreError};
use crate::transfers::Transfers;

/// Asks a session to do things. Cheap to clone; when the last one is dropped the session ends.
///
/// What asks the server must not be awaited by the task that reads [`crate::Events`]: while
/// those are not read, nothing is read from the server after a while, and no answer comes.
#[derive(Debug, Clone)]
pub struct Handle {
    account: Arc<Account>,
    store: Store,
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
    transfers: Transfers,
    tap: Arc<Tap>,
}

/// An answer of the server's.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The answer, read.
    pub reply: Reply,
    /// The line, byte for byte, without its newline.
    pub line: Bytes,
}

/// Why a request was not answered as wished.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RequestError {
    /// The server refused it.
    #[error("{0}")]
    Refused(ErrorLine),
    /// There is no connection now; nothing was asked.
    #[error("there is no connection to the server: try again when it is back")]
    Offline,
    /// The connection broke, or no answer came in time: whether it was done is not known.
    #[error("the connection broke before the answer came: look whether it was done, and try again")]
    Lost,
    /// The session is over.
    #[error("the session is over: sign in again")]
    Ended,
    /// The request is longer than a line may be.
    #[error("the request is too long: make it shorter")]
    TooLong,
    /// The server answered something else than what was asked.
    #[error("the server gave an answer that does not fit the question")]
    Unexpected,
    /// The local store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Handle {
    pub(crate) fn new(
        account: Account,
        store: Store,
        shared: Arc<Shared>,
        commands: mpsc::Sender<Command>,
        transfers: Transfers,
        tap: Arc<Tap>,
    ) -> Self {
        Self {
            account: Arc::new(account),
            store,
            shared,
            commands,
            transfers,
            tap,
        }
    }

    /// By whom the room server's files are reached.
    pub(crate) fn depot(&self) -> RoomDepot {
        let transfers = &self.transfers;
        RoomDepot::new(Arc::clone(&transfers.caller), transfers.standing.clone())
    }

    /// What the peers' side of the account listens to.
    pub(crate) fn tap(&self) -> &Tap {
        &self.tap
    }

    /// The account, as it was when the session started.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Writes a message into the outbox, which sends it when it can. Once this
    /// returns, the message is on disk: it will arrive exactly once, whatever
    /// happens to this process. How it goes is told by [`crate::Event::Outgoing`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it could not be written: nothing was sent.
    pub async fn send(
        &self,
        room: &str,
        text: &str,
        reply_to: Option<u64>,
    ) -> Result<Nonce, StoreError> {
        self.send_as(crate::random::nonce(), room, text, reply_to)
            .await
    }

    /// [`Self::send`] under a nonce of the caller's: a second call with the
    /// same one sends the same message again, and the server keeps it once.
    ///
    /// # Errors
    ///
    /// Those of [`Self::send`].
    pub async fn send_as(
        &self,
        nonce: Nonce,
        room: &str,
        text: &str,
        reply_to: Option<u64>,
    ) -> Result<Nonce, StoreError> {
        let outgoing = Outgoing {
            nonce: nonce.clone(),
            room: room.to_owned(),
            text: text.to_owned(),
            reply_to,
            files: Vec::new(),
            written: Timestamp::now().into(),
            state: OutgoingState::Waiting,
        };
        self.store.queue(outgoing).await?;
        self.shared.outbox_changed();
        Ok(nonce)
    }

    /// Tries a failed message again, under its nonce.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the outbox could not be written.
    pub async fn retry(&self, nonce: &str) -> Result<bool, StoreError> {
        let known = self.store.retry(nonce.to_owned()).await?;
        self.transfers.wake();
        self.outgoing_changed(nonce).await?;
        Ok(known)
    }

    /// Takes a message back that is failed or still waits. `false` if it is
    /// too late: it is being sent, or sent.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the outbox could not be written.
    pub async fn discard(&self, nonce: &str) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Discard {
            nonce: nonce.to_owned(),
            reply,
        };
        if self.commands.send(command).await.is_ok()
            && let Ok(done) = answer.await
        {
            return done;
        }
        // The session is over, so that nothing is being sent.
        let taken = self.store.discard(nonce.to_owned()).await?;
        self.transfers.wake();
        Ok(taken.is_some())
    }

    /// Asks the server anything. Answers that change what one has (a room
    /// joined, a profile changed) are also told as events.
    ///
    /// # Errors
    ///
    /// [`RequestError::Refused`] with what the server said; the others say what is in the way.
    pub async fn request(&self, request: impl Into<Request>) -> Result<Reply, RequestError> {
        Ok(self.ask(request.into()).await?.reply)
    }

    /// [`Self::request`], with the line of the answer.
    ///
    /// # Errors
    ///
    /// Those of [`Self::request`].
    pub async fn ask(&self, request: Request) -> Result<Answer, RequestError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(Command::Ask {
                request: Box::new(request),
                reply,
            })
            .await
            .map_err(|_| RequestError::Ended)?;
        answer.await.map_err(|_| RequestError::Ended)?
    }

    /// A page of a room: from the local store where it has it whole, else from
    /// the server, whose answer is kept. `limit` is a number of messages, 200
    /// at most; the system lines among them come along.
    ///
    /// # Errors
    ///
    /// [`RequestError`]; being offline is none (see [`HistoryPage::offline`]).
    pub async fn history(
        &self,
        room: &str,
        place: Place,
        limit: usize,
    ) -> Result<HistoryPage, RequestError> {
        crate::paging::page(self, &self.store, room, place, limit).await
    }

    /// One message as it now stands, from the local store or the server.
    ///
    /// # Errors
    ///
    /// [`RequestError::Offline`] if it is not here and there is no connection.
    pub async fn message(&self, room: &str, seq: u64) -> Result<Option<Message>, RequestError> {
        crate::paging::message(self, &self.store, room, seq).await
    }

    pub(crate) async fn fetch(&self, fetch: crate::actor::Fetch) -> Result<bool, RequestError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(Command::Fetch { fetch, reply })
            .await
            .map_err(|_| RequestError::Ended)?;
        answer.await.map_err(|_| RequestError::Ended)?
    }

    /// Says how far the user has read a room. It is kept here at once and told
    /// to the server when there is a connection; it only moves forward.
    pub fn read(&self, room: &str, seq: u64) {
        self.shared.read(room, seq);
    }

    /// Says that the user is writing. Told at most once in 3 s, and not at all while offline.
    pub fn typing(&self, room: &str) {
        self.shared.typing(room);
    }

    /// Says whether the user is there ([`Presence::Online`]) or away; said again after every reconnect.
    pub fn presence(&self, presence: Presence) {
        self.shared.presence(presence);
    }

    /// Keeps what is written and not sent in a room; empty drops it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it could not be written.
    pub async fn save_draft(&self, room: &str, text: &str) -> Result<(), StoreError> {
        self.store
            .save_draft(room.to_owned(), text.to_owned())
            .await
    }

    /// Tries to connect now instead of waiting on.
    pub fn try_now(&self) {
        self.shared.try_now();
    }

    /// Ends the session on the server and drops all that was kept here of the
    /// account: messages, unsent messages, drafts and the token.
    ///
    /// # Errors
    ///
    /// [`RequestError::Offline`] or [`RequestError::Lost`]: the account is then still here
    /// ([`crate::Home::forget_account`] drops it without telling the server).
    pub async fn sign_out(&self) -> Result<(), RequestError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(Command::SignOut { reply })
            .await
            .map_err(|_| RequestError::Ended)?;
        answer.await.map_err(|_| RequestError::Ended)?
    }
}
