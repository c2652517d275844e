//! An answer's body on its way to the client, and its line back among the kept ones.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::line::Line;
use super::patience::Patience;
use super::upstream::{Busy, Upstream};

/// The body of what the client is answered.
pub(super) enum Download {
    /// The proxy's own words.
    Page(Bytes),
    /// The upstream's.
    Answer(Box<Answer>),
}

/// An answer under way. It drives its line; the upstream is busy while it lives.
pub(super) struct Answer {
    incoming: Incoming,
    line: Option<Line>,
    upstream: Arc<Upstream>,
    patience: Patience,
    _busy: Busy,
}

impl Answer {
    /// The body of an answer that comes over `line`, whose pieces come within `patience`.
    pub(super) fn new(
        incoming: Incoming,
        line: Line,
        upstream: Arc<Upstream>,
        busy: Busy,
        patience: Duration,
    ) -> Self {
        Self {
            incoming,
            line: Some(line),
            upstream,
            patience: Patience::new(patience),
            _busy: busy,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            let Poll::Ready(frame) = self.poll_incoming(cx) else {
                if self.patience.is_over(cx) {
                    let late = "the upstream stopped in the middle of its answer";
                    let error = io::Error::new(io::ErrorKind::TimedOut, late);
                    return Poll::Ready(Some(Err(error)));
                }
                return Poll::Pending;
            };
            self.patience.renew();
            match frame {
                Some(Ok(frame)) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                // Trailers were not announced to the client, and end the body.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                None => {
                    self.give_back();
                    return Poll::Ready(None);
                }
            }
        }
    }

    /// The next frame. To ask for it comes before the line is driven, so that the line
    /// knows that it is wanted; and since it comes out of the line, here and nowhere else,
    /// nobody has to be woken by it.
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let mut nobody = Context::from_waker(Waker::noop());
        let incoming = Pin::new(&mut self.incoming);
        let Some(line) = &mut self.line else {
            return incoming.poll_frame(cx);
        };
        if let Poll::Ready(frame) = incoming.poll_frame(&mut nobody) {
            return Poll::Ready(frame);
        }
        line.drive(cx);
        Pin::new(&mut self.incoming).poll_frame(&mut nobody)
    }

    fn give_back(&mut self) {
        if let Some(line) = self.line.take() {
            self.upstream.keep(line);
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // Who knows the length does not ask for the end. A line with more to come is closed.
        if self.incoming.is_end_stream() {
            self.give_back();
        }
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            Self::Page(text) if text.is_empty() => Poll::Ready(None),
            Self::Page(text) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(text))))),
            Self::Answer(answer) => answer.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Page(text) => text.is_empty(),
            Self::Answer(answer) => answer.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Page(text) => SizeHint::with_exact(text.len() as u64),
            Self::Answer(answer) => answer.incoming.size_hint(),
        }
    }
}
