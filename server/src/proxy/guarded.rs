//! A client's stream, held to the rules: what is read of it was found in order by
//! [`Framing`] first, and a client that stops reading is not waited for.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, BufMut as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use super::patience::Patience;
use super::strict::{Framing, Verdict};

/// Bytes read at once while a head is looked for.
const READ_BYTES: usize = 4096;

/// What a parser gets in place of a head that was refused: no method, which it
/// answers with 400 and a close.
const NO_METHOD: &[u8] = b"\0";
/// What it gets in place of a head that is too large, until it answers with 431.
const ENDLESS: &[u8] = b"GET / HTTP/1.1\r\nx: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// A client's stream, held to the rules.
pub(super) struct Guarded<S> {
    stream: S,
    /// `None`: nothing is looked at (HTTP/2, or after an upgrade).
    framing: Option<Framing>,
    waiting: BytesMut,
    /// Bytes that may pass before the next verdict.
    open: u64,
    instead: Option<Instead>,
    freed: Freed,
    patience: Patience,
}

enum Instead {
    NoMethod,
    Endless { begun: bool },
    Broken,
}

/// Says that a connection became something else than HTTP.
#[derive(Debug, Clone, Default)]
pub(super) struct Freed(Arc<AtomicBool>);

impl Freed {
    /// From now on the stream's bytes pass as they are.
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl<S> Guarded<S> {
    /// Guards HTTP/1. A client that takes nothing for as long as `patience` is given up.
    pub(super) fn http1(stream: S, patience: Duration) -> Self {
        Self {
            framing: Some(Framing::default()),
            ..Self::http2(stream, patience)
        }
    }

    /// Guards HTTP/2, which frames its requests by itself.
    pub(super) fn http2(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            framing: None,
            waiting: BytesMut::new(),
            open: 0,
            instead: None,
            freed: Freed::default(),
            patience: Patience::new(patience),
        }
    }

    /// With which an upgrade is said.
    pub(super) fn freed(&self) -> Freed {
        self.freed.clone()
    }

    /// Hands out of what waits as much as may pass.
    fn hand_out(&mut self, out: &mut ReadBuf<'_>) {
        let open = usize::try_from(self.open).unwrap_or(usize::MAX);
        let length = self.waiting.len().min(open).min(out.remaining());
        out.put_slice(&self.waiting[..length]);
        self.waiting.advance(length);
        self.open -= length as u64;
    }

    fn hand_out_instead(instead: &mut Instead, out: &mut ReadBuf<'_>) -> io::Result<()> {
        let bytes = match instead {
            Instead::Broken => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the chunks of a request are in disorder",
                ));
            }
            Instead::NoMethod => NO_METHOD,
            Instead::Endless { begun } => {
                let rest = if *begun { &ENDLESS[19..] } else { ENDLESS };
                *begun = true;
                rest
            }
        };
        let length = bytes.len().min(out.remaining());
        out.put_slice(&bytes[..length]);
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> Guarded<S> {
    /// Reads straight into `out`, of what may pass.
    fn poll_open(&mut self, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let most = usize::try_from(self.open).unwrap_or(usize::MAX);
        if most >= out.remaining() {
            let before = out.filled().len();
            ready!(Pin::new(&mut self.stream).poll_read(cx, out))?;
            self.open -= (out.filled().len() - before) as u64;
            return Poll::Ready(Ok(()));
        }
        let mut part = ReadBuf::new(out.initialize_unfilled_to(most));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let length = part.filled().len();
        out.advance(length);
        self.open -= length as u64;
        Poll::Ready(Ok(()))
    }

    /// Reads more of what must be looked at; `false` at the end of the stream.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        self.waiting.reserve(READ_BYTES);
        let mut room = (&mut self.waiting).limit(READ_BYTES);
        // Nothing is lost with it while it waits, so that it is made anew for each look.
        let read = pin!(self.stream.read_buf(&mut room));
        let length = ready!(read.poll(cx))?;
        Poll::Ready(Ok(length > 0))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            if this.framing.is_none() || this.freed.is_set() {
                this.open = u64::MAX;
            }
            if let Some(instead) = &mut this.instead {
                return Poll::Ready(Self::hand_out_instead(instead, out));
            }
            if this.open > 0 {
                if this.waiting.is_empty() {
                    return this.poll_open(cx, out);
                }
                this.hand_out(out);
                return Poll::Ready(Ok(()));
            }
            let verdict = match &mut this.framing {
                Some(framing) if !this.waiting.is_empty() => framing.judge(&this.waiting),
                _ => Verdict::More,
            };
            match verdict {
                Verdict::Pass(open) => this.open = open,
                Verdict::BadHead => this.instead = Some(Instead::NoMethod),
                Verdict::LongHead => this.instead = Some(Instead::Endless { begun: false }),
                Verdict::BadBody => this.instead = Some(Instead::Broken),
                Verdict::More => {
                    if !ready!(this.poll_more(cx))? {
                        // What was begun goes on as it is: without its end it is nothing.
                        this.hand_out_rest(out);
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
    }
}

impl<S> Guarded<S> {
    fn hand_out_rest(&mut self, out: &mut ReadBuf<'_>) {
        self.open = self.waiting.len() as u64;
        self.hand_out(out);
    }

    /// Turns a write that is not taken for too long into an error.
    fn with_patience<T>(
        &mut self,
        cx: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.patience.renew();
            return polled;
        }
        if !self.patience.is_over(cx) {
            return Poll::Pending;
        }
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client reads nothing",
        )))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.with_patience(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.with_patience(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.with_patience(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.with_patience(cx, polled)
    }
}
