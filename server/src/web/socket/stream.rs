//! Session lines as messages of a WebSocket (RFC 6455): one object, one text
//! message, without the newline.
//!
//! One task drives it, as a connection of lines: it hands messages to the
//! [`Core`], and what waits in the outbox goes out in as few writes as it fits in.
//! It ends in order, too: what waits is written, then a close frame whose code says whose
//! doing it was; the last object before it says why.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_util::{Sink as _, Stream as _};
use parlor_protocol::{Code, ErrorLine, Reply, limits};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use crate::connection::{CLOSE_TIME, Core};
use crate::outbox::{GATHER_BYTES, KEPT_SLOTS, Taken};

/// Messages that one connection handles before others get their turn.
const MESSAGES_A_TURN: usize = 128;

/// Bytes read at once, and kept while idle: browsers say little at a time.
const READ_BYTES: usize = 4 << 10;

/// Bytes of a message, which has no newline of its own.
const MESSAGE_BYTES: usize = limits::CLIENT_LINE_BYTES - 1;

/// Where writing starts to wait for the reader. A message is written whole, so
/// the largest fits beyond what was gathered.
const UNWRITTEN_BYTES: usize = 2 * GATHER_BYTES + limits::SERVER_LINE_BYTES;

/// The future of one WebSocket, from its handshake to its end.
#[derive(Debug)]
#[must_use = "a connection does nothing unless it is awaited"]
pub(super) struct Socket<S> {
    stream: WebSocketStream<S>,
    core: Core,
    /// Whole lines that were taken from the outbox and are not yet messages.
    writing: VecDeque<Bytes>,
    unflushed: bool,
    /// Why it closes, where the peer is the reason.
    fault: Option<CloseCode>,
    /// The peer closes: nothing but the answer to that may follow.
    peer_closes: bool,
    phase: Phase,
    /// Until when it may end; from the moment its outbox has ended.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// How far it has come. They follow each other in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Messages come in and go out.
    Open,
    /// The outbox has ended; what waits there still goes out.
    Closing,
    /// Everything is written; the close frame goes out.
    Parting,
    /// The peer's close frame is awaited, and what comes before it thrown away.
    Awaiting,
    /// The peer is told that nothing follows.
    ShuttingDown,
    /// What still comes and cannot be read is thrown away, until the peer leaves.
    Draining,
    /// Nothing is left to do.
    Closed,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// A WebSocket on a stream whose handshake is done.
    pub(super) async fn new(stream: S, core: Core) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(GATHER_BYTES)
            .max_write_buffer_size(UNWRITTEN_BYTES)
            .max_message_size(Some(MESSAGE_BYTES))
            .max_frame_size(Some(MESSAGE_BYTES));
        Self {
            stream: WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await,
            core,
            writing: VecDeque::new(),
            unflushed: false,
            fault: None,
            peer_closes: false,
            phase: Phase::Open,
            deadline: None,
        }
    }

    fn begin_closing(&mut self) -> Phase {
        self.core.leave();
        self.deadline = Some(Box::pin(tokio::time::sleep(CLOSE_TIME)));
        if self.peer_closes {
            // The answer to its close frame waits to be flushed.
            self.unflushed = true;
            return Phase::Parting;
        }
        Phase::Closing
    }

    /// Moves messages both ways until the outbox has ended.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut turn = MESSAGES_A_TURN;
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
            turn -= 1;
            match Pin::new(&mut self.stream).poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => self.take(message),
                Poll::Ready(Some(Err(error))) => self.refuse(error)?,
                // The peer has closed, or is gone: nothing can reach it any more.
                Poll::Ready(None) => self.core.outbox().end(None),
                Poll::Pending => return self.pending(cx),
            }
        }
    }

    /// Nothing can be done now. The outbox may have ended while the writer was
    /// not waiting for it, so it is asked once more.
    fn pending(&self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        if self.core.outbox().watch_end(cx) {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }

    fn take(&mut self, message: Message) {
        self.core.hear();
        match message {
            Message::Text(text) => self.core.take_line(text.as_bytes()),
            Message::Binary(_) => {
                let message = "Only text messages are read here, one object in each.";
                self.end(CloseCode::Unsupported, Code::BadLine, message);
            }
            Message::Close(_) => {
                self.peer_closes = true;
                self.core.outbox().end(None);
            }
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }

    /// What the peer sent cannot be read on. What it may be told of it, it is told.
    fn refuse(&mut self, error: Error) -> Result<(), Error> {
        match error {
            Error::Capacity(_) => {
                let message = format!(
                    "The message is longer than {MESSAGE_BYTES} bytes. Connect again and send shorter ones."
                );
                self.end(CloseCode::Size, Code::LineTooLong, &message);
            }
            Error::Utf8(_) => {
                let message = "The message is not UTF-8.";
                self.end(CloseCode::Invalid, Code::BadLine, message);
            }
            Error::Protocol(error) if error != ProtocolError::ResetWithoutClosingHandshake => {
                tracing::debug!(%error, "a WebSocket broke the rules");
                let message = "This is not how WebSockets speak (RFC 6455).";
                self.end(CloseCode::Protocol, Code::BadLine, message);
            }
            error => return Err(error),
        }
        Ok(())
    }

    fn end(&mut self, fault: CloseCode, code: Code, message: &str) {
        self.fault = Some(fault);
        let error = Reply::Error(ErrorLine::new(code, message));
        self.core.outbox().end(Some(&error));
    }

    /// Writes what waits. Ready when the outbox has ended and everything is
    /// written and flushed.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            let Some(lines) = self.writing.front_mut() else {
                if self.writing.capacity() > KEPT_SLOTS {
                    self.writing = VecDeque::new();
                }
                match self.core.outbox().poll_take(cx, &mut self.writing) {
                    Poll::Ready(Taken::Some) => continue,
                    Poll::Ready(Taken::Ended) => return self.poll_flush(cx),
                    Poll::Pending => {
                        ready!(self.poll_flush(cx))?;
                        return Poll::Pending;
                    }
                }
            };
            let Some(line) = next_line(lines) else {
                self.writing.pop_front();
                continue;
            };
            let mut stream = Pin::new(&mut self.stream);
            ready!(stream.as_mut().poll_ready(cx))?;
            lines.advance(line.len() + 1);
            match Utf8Bytes::try_from(line) {
                Ok(text) => stream.start_send(Message::Text(text))?,
                Err(error) => tracing::error!(%error, "a line of ours is no text"),
            }
            self.unflushed = true;
            self.core.wrote();
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn begin_parting(&mut self) -> Result<Phase, Error> {
        let frame = CloseFrame {
            code: self.fault.unwrap_or_else(|| self.code()),
            reason: Utf8Bytes::default(),
        };
        match Pin::new(&mut self.stream).start_send(Message::Close(Some(frame))) {
            Ok(()) | Err(Error::ConnectionClosed) => {}
            Err(error) => return Err(error),
        }
        self.unflushed = true;
        Ok(Phase::Parting)
    }

    /// Why it closes, where the peer is not the reason.
    fn code(&self) -> CloseCode {
        if self.core.outbox().has_overflowed() {
            CloseCode::Again
        } else if self.core.server_stops() {
            CloseCode::Away
        } else {
            CloseCode::Normal
        }
    }

    fn parted(&self) -> Phase {
        if self.peer_closes || self.fault.is_some() {
            Phase::ShuttingDown
        } else {
            Phase::Awaiting
        }
    }

    fn shut(&self) -> Phase {
        if self.fault.is_some() {
            Phase::Draining
        } else {
            Phase::Closed
        }
    }

    /// Ready when the peer has closed, too.
    fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(Ok(_)) = ready!(Pin::new(&mut self.stream).poll_next(cx)) {}
        Poll::Ready(())
    }

    /// A socket that is closed with unread bytes would reset, and destroy the
    /// last message on its way.
    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut scratch = [0; READ_BYTES];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(self.stream.get_mut()).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Socket<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        loop {
            if let Some(deadline) = &mut this.deadline
                && deadline.as_mut().poll(cx).is_ready()
            {
                return Poll::Ready(());
            }
            let next = match this.phase {
                Phase::Open => ready!(this.poll_open(cx)).map(|()| this.begin_closing()),
                Phase::Closing => ready!(this.poll_write(cx)).and_then(|()| this.begin_parting()),
                Phase::Parting => ready!(this.poll_flush(cx)).map(|()| this.parted()),
                Phase::Awaiting => {
                    ready!(this.poll_closed(cx));
                    Ok(Phase::ShuttingDown)
                }
                Phase::ShuttingDown => {
                    let shut = ready!(Pin::new(this.stream.get_mut()).poll_shutdown(cx));
                    shut.map(|()| this.shut()).map_err(Error::from)
                }
                Phase::Draining => {
                    let drained = ready!(this.poll_discard(cx));
                    drained.map(|()| Phase::Closed).map_err(Error::from)
                }
                Phase::Closed => return Poll::Ready(()),
            };
            this.phase = next.unwrap_or_else(|error| {
                tracing::debug!(%error, "a WebSocket broke");
                Phase::Closed
            });
        }
    }
}

/// The first of several lines, without its newline.
fn next_line(lines: &Bytes) -> Option<Bytes> {
    let end = lines.iter().position(|b| *b == b'\n')?;
    Some(lines.slice(..end))
}
