//! A connection to an upstream. Nobody but its user drives it: the task that has a
//! request on it, so that no answer has to wake another task.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use super::patience::Alarm;
use super::upload::{Upload, Watch};

/// Bytes of an answer that are read at once, and of a request that wait to be written.
const BUFFER_BYTES: usize = 256 * 1024;
/// Header fields of an answer.
const HEADERS: usize = 200;

/// What reaches an upstream: plain, or over TLS.
pub(super) type Wire = Either<TcpStream, TlsStream<TcpStream>>;

/// A connection to an upstream that speaks HTTP/1.1.
pub(super) struct Line {
    sender: SendRequest<Upload>,
    // Boxed, for lines are handed on several times for each request.
    connection: Box<Connection<TokioIo<Wire>, Upload>>,
    has_ended: bool,
    late: Alarm,
    /// When it was used last.
    pub(super) since: Instant,
    /// Whether it has served a request before.
    pub(super) is_used: bool,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("has_ended", &self.has_ended)
            .finish_non_exhaustive()
    }
}

/// A request that got no answer.
pub(super) struct Unanswered {
    /// Why.
    pub(super) error: hyper::Error,
    /// The request, if nothing of it was written.
    pub(super) unsent: Option<Request<Upload>>,
}

impl Line {
    /// Speaks HTTP on a fresh connection.
    pub(super) async fn over(wire: Wire) -> hyper::Result<Self> {
        let mut builder = http1::Builder::new();
        builder.max_buf_size(BUFFER_BYTES).max_headers(HEADERS);
        let (sender, connection) = builder.handshake(TokioIo::new(wire)).await?;
        Ok(Self {
            sender,
            connection: Box::new(connection),
            has_ended: false,
            late: Alarm::default(),
            since: Instant::now(),
            is_used: false,
        })
    }

    /// Sends a request and waits for the head of its answer, for no longer than a time
    /// that begins when the last of the request's body went by; `None`: it came too late.
    /// The answer's body comes while the line is driven on.
    pub(super) async fn ask(
        &mut self,
        request: Request<Upload>,
        time: Duration,
        body: Option<&Watch>,
    ) -> Option<Result<Response<Incoming>, Unanswered>> {
        let began = Instant::now();
        let mut answer = pin!(self.sender.try_send_request(request));
        let (connection, has_ended) = (&mut self.connection, &mut self.has_ended);
        let late = &mut self.late;
        let answered = poll_fn(|cx| {
            // The answer comes out of the connection, here and nowhere else: to be woken by it, or
            // by the body that comes with it, would be to be woken by oneself. So the task
            // is made known in a second look, where it has to wait for the wire.
            let mut nobody = Context::from_waker(Waker::noop());
            for waker in [nobody.waker().clone(), cx.waker().clone()] {
                let mut driver = Context::from_waker(&waker);
                if !*has_ended && connection.poll_without_shutdown(&mut driver).is_ready() {
                    *has_ended = true;
                }
                if let Poll::Ready(answered) = answer.as_mut().poll(&mut nobody) {
                    return Poll::Ready(Some(answered));
                }
            }
            let until = body.map_or(began, Watch::moved) + time;
            if late.has_rung(until, cx) {
                return Poll::Ready(None);
            }
            Poll::Pending
        });
        let answered = answered.await?;
        Some(answered.map_err(|mut failed| Unanswered {
            unsent: failed.take_message(),
            error: failed.into_error(),
        }))
    }

    /// Moves bytes; what comes of it is seen in the body.
    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        if !self.has_ended && self.connection.poll_without_shutdown(cx).is_ready() {
            self.has_ended = true;
        }
    }

    /// Whether its last request and answer are both over. Mostly the look at the answer's end
    /// has said so; whether the peer closed it since is found out when it is wanted again.
    pub(super) fn is_over(&mut self) -> bool {
        !self.has_ended && (self.sender.is_ready() || self.is_free())
    }

    /// Whether it may take another request, as far as is known without asking the peer.
    pub(super) fn is_free(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.drive(&mut cx);
        let is_ready = matches!(self.sender.poll_ready(&mut cx), Poll::Ready(Ok(())));
        !self.has_ended && is_ready && self.sender.is_ready()
    }

    /// What is left of it after an upgrade: the stream, and what was read ahead.
    pub(super) async fn into_wire(mut self) -> io::Result<(Wire, Bytes)> {
        if !self.has_ended {
            poll_fn(|cx| self.connection.poll_without_shutdown(cx))
                .await
                .map_err(io::Error::other)?;
        }
        let parts = self.connection.into_parts();
        Ok((parts.io.into_inner(), parts.read_buf))
    }
}
