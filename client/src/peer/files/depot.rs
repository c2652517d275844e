//! The room server, where the sealed files wait of those who are away. It sees ciphertext and its length.

use std::fmt::{self, Debug};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::unfold;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use tokio::sync::{mpsc, watch};

use crate::http::{Body, Channel, SharedCaller, nothing};
use crate::transfer::TransferFailure;
use crate::transfers::progress::Progress;
use crate::transfers::trouble::Trouble;
use crate::transfers::{Standing, tus};

/// A place for sealed files.
#[async_trait]
pub(crate) trait Depot: Debug + Send + Sync + 'static {
    /// Whether it is there.
    fn standing(&self) -> watch::Receiver<Standing>;

    /// Begins an upload of so many bytes for a user; its id.
    async fn begin(&self, username: &str, size: u64) -> Result<String, Trouble>;

    /// How far an upload is; `None` if it is not there any more.
    async fn reached(&self, id: &str, size: u64) -> Result<Option<u64>, Trouble>;

    /// Sends parts from an offset on; how far it then is.
    async fn send(
        &self,
        id: &str,
        offset: u64,
        length: u64,
        parts: mpsc::Receiver<Bytes>,
        progress: Arc<Progress>,
    ) -> Result<u64, Trouble>;

    /// Sees to it that a complete upload is a file.
    async fn finish(&self, id: &str, size: u64) -> Result<(), Trouble>;

    /// Removes an upload, or the file it became.
    async fn remove(&self, id: &str) -> Result<(), Trouble>;

    /// The bytes of a file of this size, from an offset on.
    async fn fetch(&self, id: &str, offset: u64, size: u64) -> Result<Fetched, Trouble>;
}

/// Bytes that come.
pub(crate) struct Fetched {
    pub(super) body: Body,
    /// What came already.
    pub(super) ready: Bytes,
    /// It ends when it is dropped.
    _channel: Option<Channel>,
}

impl Fetched {
    pub(super) fn new(body: Body, channel: Option<Channel>) -> Self {
        Self {
            body,
            ready: Bytes::new(),
            _channel: channel,
        }
    }
}

impl Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetched")
    }
}

/// The room server of a session.
#[derive(Debug, Clone)]
pub(crate) struct RoomDepot {
    caller: SharedCaller,
    standing: watch::Receiver<Standing>,
}

impl RoomDepot {
    /// By whom it is called, and how the session stands.
    pub(crate) fn new(caller: SharedCaller, standing: watch::Receiver<Standing>) -> Self {
        Self { caller, standing }
    }

    /// Each call has a connection of its own: a file is few calls, and they come minutes apart.
    async fn channel(&self) -> Result<Channel, Trouble> {
        Ok(self.caller.open().await?)
    }
}

#[async_trait]
impl Depot for RoomDepot {
    fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    async fn begin(&self, username: &str, size: u64) -> Result<String, Trouble> {
        tus::create_sealed(&mut self.channel().await?, username, size).await
    }

    async fn reached(&self, id: &str, size: u64) -> Result<Option<u64>, Trouble> {
        let mut channel = self.channel().await?;
        if let Some(offset) = tus::offset(&mut channel, id, size).await? {
            return Ok(Some(offset));
        }
        // A whole file may be known as a file only.
        match tus::head(&mut channel, id).await {
            Ok(file) if file.size == size => Ok(Some(size)),
            Ok(_) | Err(Trouble::Over(TransferFailure::Gone)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    async fn send(
        &self,
        id: &str,
        offset: u64,
        length: u64,
        parts: mpsc::Receiver<Bytes>,
        progress: Arc<Progress>,
    ) -> Result<u64, Trouble> {
        let mut channel = self.channel().await?;
        let moved = Arc::clone(&progress);
        let frames = unfold((parts, moved), |(mut parts, moved)| async move {
            let part = parts.recv().await?;
            moved.set_done(moved.done() + part.len() as u64);
            Some((Ok(Frame::data(part)), (parts, moved)))
        });
        let body = BodyExt::boxed_unsync(StreamBody::new(frames));
        tus::patch(&mut channel, id, offset, length, body, &progress).await
    }

    async fn finish(&self, id: &str, size: u64) -> Result<(), Trouble> {
        let mut channel = self.channel().await?;
        let made = tus::head(&mut channel, id).await;
        if matches!(made, Err(Trouble::Over(TransferFailure::Gone))) {
            // All bytes are there and no file was made of them: the server was stopped just then.
            let progress = Progress::default();
            tus::patch(&mut channel, id, size, 0, nothing(), &progress).await?;
            return tus::head(&mut channel, id).await.map(drop);
        }
        made.map(drop)
    }

    async fn remove(&self, id: &str) -> Result<(), Trouble> {
        match tus::terminate(&mut self.channel().await?, id).await {
            Err(Trouble::Over(TransferFailure::Gone)) => Ok(()),
            ended => ended,
        }
    }

    async fn fetch(&self, id: &str, offset: u64, size: u64) -> Result<Fetched, Trouble> {
        let mut channel = self.channel().await?;
        let file = tus::head(&mut channel, id).await?;
        if file.size != size {
            return Err(Trouble::Over(TransferFailure::Damaged));
        }
        let (from, answer) = tus::bytes(&mut channel, &file, offset).await?;
        if from != offset {
            return Err(Trouble::Broken("it came from the beginning".to_owned()));
        }
        let body = answer.into_body().map_err(std::io::Error::other);
        Ok(Fetched::new(body.boxed_unsync(), Some(channel)))
    }
}
