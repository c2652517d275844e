//! A request's body on its way to the upstream: piece by piece, never gathered.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::patience::Patience;

/// A request's body.
pub(super) struct Upload(Option<Box<Streamed>>);

struct Streamed {
    first: Option<Bytes>,
    incoming: Incoming,
    watch: Arc<Watch>,
    /// Bytes that may still come.
    left: u64,
    patience: Patience,
}

/// What ails a request's body: always the client's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum UploadFault {
    /// Its framing is wrong, or the client left.
    #[error("the body of the request broke off")]
    Broken = 1,
    /// It has more bytes than may be.
    #[error("the body of the request is too large")]
    TooLarge,
    /// Nothing came for too long.
    #[error("the body of the request came too slowly")]
    Slow,
}

/// What others see of a body under way.
#[derive(Debug)]
pub(super) struct Watch {
    fault: AtomicU8,
    began: Instant,
    moved: AtomicU64,
}

impl Watch {
    /// When the last piece went by.
    pub(super) fn moved(&self) -> Instant {
        self.began + Duration::from_millis(self.moved.load(Ordering::Relaxed))
    }

    /// Why it broke, if it did.
    pub(super) fn fault(&self) -> Option<UploadFault> {
        let faults = [
            UploadFault::Broken,
            UploadFault::TooLarge,
            UploadFault::Slow,
        ];
        let fault = self.fault.load(Ordering::Relaxed);
        faults.into_iter().find(|known| *known as u8 == fault)
    }

    fn note_moved(&self) {
        let passed = self.began.elapsed().as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.moved.store(passed, Ordering::Relaxed);
    }
}

impl Upload {
    /// No body.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// The body of a request, of `most` bytes, whose pieces come within `patience`.
    /// With `first` its first piece is waited for, so that a body which is bad from its
    /// beginning reaches nobody.
    ///
    /// # Errors
    ///
    /// What ails that first piece.
    pub(super) async fn of(
        incoming: Incoming,
        most: u64,
        patience: Duration,
        first: bool,
    ) -> Result<(Self, Option<Arc<Watch>>), UploadFault> {
        if incoming.is_end_stream() {
            return Ok((Self::none(), None));
        }
        let watch = Arc::new(Watch {
            fault: AtomicU8::new(0),
            began: Instant::now(),
            moved: AtomicU64::new(0),
        });
        let mut streamed = Box::new(Streamed {
            first: None,
            incoming,
            watch: Arc::clone(&watch),
            left: most,
            patience: Patience::new(patience),
        });
        if first {
            streamed.first = match streamed.frame().await {
                None => return Ok((Self::none(), None)),
                Some(Ok(frame)) => frame.into_data().ok(),
                Some(Err(fault)) => return Err(fault),
            };
        }
        Ok((Self(Some(streamed)), Some(watch)))
    }
}

impl Streamed {
    fn fail(&self, fault: UploadFault) -> Poll<Option<Result<Frame<Bytes>, UploadFault>>> {
        self.watch.fault.store(fault as u8, Ordering::Relaxed);
        Poll::Ready(Some(Err(fault)))
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = UploadFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UploadFault>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) else {
            return if self.patience.is_over(cx) {
                self.fail(UploadFault::Slow)
            } else {
                Poll::Pending
            };
        };
        self.patience.renew();
        self.watch.note_moved();
        let data = match frame {
            None => return Poll::Ready(None),
            Some(Err(_)) => return self.fail(UploadFault::Broken),
            Some(Ok(frame)) => frame.into_data(),
        };
        // Trailers end a body, and are nothing that an upstream may take for headers.
        let Ok(data) = data else {
            return Poll::Ready(None);
        };
        match self.left.checked_sub(data.len() as u64) {
            Some(left) => self.left = left,
            None => return self.fail(UploadFault::TooLarge),
        }
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = UploadFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UploadFault>>> {
        match &mut self.0 {
            Some(streamed) => Pin::new(streamed.as_mut()).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0
            .as_ref()
            .is_none_or(|streamed| streamed.first.is_none() && streamed.incoming.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Some(streamed) => streamed.size_hint(),
            None => SizeHint::with_exact(0),
        }
    }
}
