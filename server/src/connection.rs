//! A connection: bytes in, lines to the [`Core`], and what waits in the
//! outbox out again.
//!
//! One task drives all of it, so that an idle connection costs one small
//! future and no buffer: bytes are read into a buffer of the thread's, and
//! only part of an unfinished line is kept. What waits in the outbox is
//! gathered into as few writes as it fits in.
//!
//! A connection ends in order: what waits is written and flushed, the stream
//! is shut down, and what the peer still sends is read and thrown away, for a
//! closed socket with unread bytes would reset the connection and destroy the
//! last line on its way. All of that has a deadline, [`CLOSE_TIME`].

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use parlor_protocol::{Code, ErrorLine, LineBuffer, Reply, limits};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::outbox::{GATHER_BYTES, KEPT_SLOTS, Taken};
use crate::state::State;

mod core;
mod mail;

pub(crate) use self::core::{Core, Work};

/// How long a connection that ends may take to read its last lines.
pub(crate) const CLOSE_TIME: Duration = Duration::from_secs(5);

/// Bytes of one read: a TLS record's worth.
const READ_BYTES: usize = 16 << 10;

/// Lines that one connection handles before others get their turn.
const LINES_A_TURN: usize = 128;

/// A piece of this size is written as it is; smaller ones are gathered.
const LARGE_PIECE: usize = GATHER_BYTES / 2;

thread_local! {
    /// What was just read, for all connections of a thread.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
    /// Pieces of one write, side by side.
    static GATHER: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(2 * GATHER_BYTES));
}

/// Serves session lines on a stream that has done its handshake, until the
/// peer leaves, the connection is ended, or the server stops
/// ([`State::end_connections`]). Dropping it ends the connection at once.
pub(crate) fn serve<S>(stream: S, peer: SocketAddr, state: Arc<State>) -> Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    Connection {
        stream,
        core: Core::open(state, peer.ip()),
        lines: LineBuffer::new(limits::CLIENT_LINE_BYTES),
        writing: VecDeque::new(),
        unflushed: false,
        read_end: false,
        phase: Phase::Open,
        deadline: None,
    }
}

/// The future that [`serve`] answers.
#[derive(Debug)]
#[must_use = "a connection does nothing unless it is awaited"]
pub(crate) struct Connection<S> {
    stream: S,
    core: Core,
    lines: LineBuffer,
    /// What was taken from the outbox and is not yet wholly written.
    writing: VecDeque<Bytes>,
    unflushed: bool,
    /// The peer will send nothing more.
    read_end: bool,
    phase: Phase,
    /// Until when it may end; from the moment its outbox has ended.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// How far a connection has come. They follow each other in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Lines come in and go out.
    Open,
    /// The outbox has ended; what waits there still goes out.
    Closing,
    /// Everything is written; the peer is told that nothing follows.
    ShuttingDown,
    /// What still comes is thrown away, until the peer closes, too.
    Draining,
    /// Nothing is left to do.
    Closed,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Connection<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        loop {
            if let Some(deadline) = &mut this.deadline
                && deadline.as_mut().poll(cx).is_ready()
            {
                return Poll::Ready(());
            }
            let step = match this.phase {
                Phase::Open => ready!(this.poll_open(cx)),
                Phase::Closing => ready!(this.poll_write(cx)),
                Phase::ShuttingDown => ready!(Pin::new(&mut this.stream).poll_shutdown(cx)),
                Phase::Draining => ready!(this.poll_discard(cx)),
                Phase::Closed => return Poll::Ready(()),
            };
            this.phase = match (this.phase, step) {
                (Phase::Open, Ok(())) => this.begin_closing(),
                (Phase::Closing, Ok(())) => Phase::ShuttingDown,
                (Phase::ShuttingDown, Ok(())) if !this.read_end => Phase::Draining,
                (_, Ok(())) => Phase::Closed,
                (_, Err(error)) => {
                    tracing::debug!(%error, "a connection broke");
                    Phase::Closed
                }
            };
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    fn begin_closing(&mut self) -> Phase {
        if self.core.outbox().has_overflowed() {
            let connection = self.core.outbox().id();
            tracing::info!(connection, "a connection read too slowly, and is closed");
        }
        self.core.leave();
        self.deadline = Some(Box::pin(tokio::time::sleep(CLOSE_TIME)));
        Phase::Closing
    }

    /// Moves lines both ways until the outbox has ended.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut turn = LINES_A_TURN;
        loop {
            let all_written = self.poll_write(cx)?.is_ready();
            if all_written || self.core.outbox().has_ended() {
                return Poll::Ready(Ok(()));
            }
            if self.core.poll_work(cx).is_ready() {
                continue;
            }
            if !self.core.is_ready() {
                return self.pending(cx);
            }
            if turn == 0 {
                cx.waker().wake_by_ref();
                return self.pending(cx);
            }
            match self.lines.next_line() {
                Ok(Some(line)) => {
                    turn -= 1;
                    self.core.take_line(&line);
                }
                Ok(None) if self.read_end => {
                    if !self.core.end_of_lines() {
                        return self.pending(cx);
                    }
                }
                Ok(None) => match self.poll_read(cx)? {
                    Poll::Ready(()) => {}
                    Poll::Pending => return self.pending(cx),
                },
                Err(_) => self.refuse_long_line(),
            }
        }
    }

    /// Nothing can be done now. The outbox may have ended while the writer was
    /// not waiting for it, so it is asked once more.
    fn pending(&self, cx: &Context<'_>) -> Poll<io::Result<()>> {
        if self.core.outbox().watch_end(cx) {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }

    fn refuse_long_line(&self) {
        let message = format!(
            "The line is longer than {} bytes. Connect again and send shorter lines.",
            limits::CLIENT_LINE_BYTES
        );
        let error = ErrorLine::new(Code::LineTooLong, message);
        self.core.outbox().end(Some(&Reply::Error(error)));
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                self.read_end = true;
            } else {
                self.core.hear();
                self.lines.push(buffer.filled());
            }
            Poll::Ready(Ok(()))
        })
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        SCRATCH.with_borrow_mut(|scratch| {
            loop {
                let mut buffer = ReadBuf::new(scratch);
                ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
                if buffer.filled().is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
        })
    }

    /// Writes what waits. Ready when the outbox has ended and everything is
    /// written and flushed.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.writing.is_empty() {
                match self.core.outbox().poll_take(cx, &mut self.writing) {
                    Poll::Ready(Taken::Some) => {}
                    Poll::Ready(Taken::Ended) => return self.poll_flush(cx),
                    Poll::Pending => {
                        ready!(self.poll_flush(cx))?;
                        return Poll::Pending;
                    }
                }
            }
            let written = ready!(self.poll_write_some(cx))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unflushed = true;
            self.core.wrote();
            self.consume(written);
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// One write of what was taken: a large piece, or one alone, as it is,
    /// several small ones as one.
    fn poll_write_some(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        let first = &self.writing[0];
        if self.writing.len() == 1 || first.len() >= LARGE_PIECE {
            return stream.poll_write(cx, first);
        }
        GATHER.with_borrow_mut(|gather| {
            gather.clear();
            for piece in &self.writing {
                if piece.len() >= LARGE_PIECE {
                    break;
                }
                gather.extend_from_slice(piece);
            }
            stream.poll_write(cx, gather)
        })
    }

    fn consume(&mut self, mut written: usize) {
        while let Some(first) = self.writing.front_mut() {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.writing.pop_front();
        }
        if self.writing.capacity() > KEPT_SLOTS {
            self.writing = VecDeque::new();
        }
    }
}
