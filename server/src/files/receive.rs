//! Bytes from the wire to the disk.
//!
//! Two buffers take turns: one fills from the wire while the other is hashed
//! and written off the async threads. A client that stalls holds no thread.

use std::time::Duration;

use axum::body::BodyDataStream;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::Files;
use super::checksum::Digest;
use super::upload::{Broken, Held, Writing};
use crate::transfers::Transfer;

/// Bytes that are hashed and written at once: large enough that the turn to
/// another thread costs nothing beside them, small enough that many uploads fit in memory.
const PIECE_BYTES: usize = 1 << 20;

/// How long a client may send nothing before its request is ended. What came stays.
const STALL_TIME: Duration = Duration::from_secs(30);

/// How often a long request says that its upload lives: far below the shortest
/// time after which one is swept.
const SIGN_TIME: Duration = Duration::from_secs(60);

/// A request's bytes, and what ends them early.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    /// The bytes.
    pub(crate) body: BodyDataStream,
    /// What they hash to, if the client said.
    pub(crate) digest: Option<Digest>,
    /// It ends when the session or the room is lost, or the server stops.
    pub(crate) transfer: &'a Transfer,
}

impl Files {
    /// Appends what comes to an upload, and flushes it. Whatever breaks it off
    /// leaves what came before, flushed; only where that cannot be known to be right
    /// (a checksum that does not fit, or was not reached), nothing of the request.
    pub(crate) async fn receive(
        &self,
        held: &mut Held,
        incoming: Incoming<'_>,
    ) -> Result<(), Broken> {
        let checked = incoming.digest.is_some();
        let begin = held.mark();
        let verified = checked.then(|| held.offset());
        if checked {
            self.mark(held, verified).await?;
        }
        let mut received = self.take_in(held, incoming, verified).await;
        let drops = checked || matches!(received, Err(Broken::TooLong));
        if received.is_err() && drops {
            held.go_back(begin).await?;
        }
        // What came is told only when it is flushed, however the request ended.
        match held.flush().await {
            Err(error) if received.is_ok() => received = Err(error.into()),
            Err(error) => tracing::warn!(%error, "an upload could not be flushed"),
            Ok(()) => {}
        }
        match self.mark(held, None).await {
            Err(error) if received.is_ok() => Err(error),
            _ => received,
        }
    }

    async fn take_in(
        &self,
        held: &mut Held,
        incoming: Incoming<'_>,
        verified: Option<u64>,
    ) -> Result<(), Broken> {
        let Incoming {
            mut body,
            mut digest,
            transfer,
        } = incoming;
        let ended = transfer.ended();
        let until = held.until().clone();
        let mut left = held.record().size - held.offset();
        let mut filling = BytesMut::new();
        let mut spare = BytesMut::new();
        let mut writing: Option<Writing> = None;
        let mut signed = Instant::now();
        let stopped = loop {
            let next = tokio::select! {
                next = tokio::time::timeout(STALL_TIME, body.next()) => next,
                () = ended.cancelled() => break Err(Broken::Ended),
                () = until.cancelled() => break Err(Broken::TakenOver),
            };
            let bytes: Bytes = match next {
                Err(_) => break Err(Broken::Stalled),
                Ok(None) => break Ok(()),
                Ok(Some(Err(error))) => break Err(Broken::Cut(error.to_string())),
                Ok(Some(Ok(bytes))) => bytes,
            };
            match left.checked_sub(bytes.len() as u64) {
                Some(rest) => left = rest,
                None => break Err(Broken::TooLong),
            }
            transfer.advance(bytes.len());
            if signed.elapsed() > SIGN_TIME {
                self.mark(held, verified).await?;
                signed = Instant::now();
            }
            if filling.capacity() == 0 {
                filling.reserve(PIECE_BYTES);
            }
            filling.extend_from_slice(&bytes);
            if filling.len() < PIECE_BYTES {
                continue;
            }
            if let Some(writing) = writing.take() {
                (spare, digest) = held.written(writing).await?;
                spare.clear();
                held.flush_along().await?;
            }
            let piece = std::mem::replace(&mut filling, std::mem::take(&mut spare));
            writing = Some(held.write(piece, digest.take())?);
        };
        if let Some(writing) = writing {
            (_, digest) = held.written(writing).await?;
        }
        if !filling.is_empty() && !matches!(stopped, Err(Broken::TooLong)) {
            let writing = held.write(filling, digest)?;
            (_, digest) = held.written(writing).await?;
        }
        stopped?;
        if digest.is_some_and(|digest| !digest.fits()) {
            return Err(Broken::WrongChecksum);
        }
        Ok(())
    }
}
