//! What a connection does with lines, whatever carries them.
//!
//! Whoever owns the transport hands in one line at a time while
//! [`Core::is_ready`], polls [`Core::poll_work`], and writes what waits in
//! [`Core::outbox`]. At most one request is under way at a time, so that
//! requests take effect in the order sent; acts on rooms are the exception,
//! for the log keeps their order itself.

use std::any::Any;
use std::fmt;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use parlor_protocol::{Code, ErrorLine, Reply, RequestLine};

use super::mail::MailReader;
use crate::dispatch;
use crate::endpoint::Endpoint;
use crate::handlers::accounts;
use crate::outbox::Outbox;
use crate::state::State;
use crate::storage::SessionId;

/// Acts of one connection that may wait for the log, so that one sender
/// leaves room in its queue for others.
const MAX_UNANSWERED: usize = 1_024;

/// A request that takes its time, or a replay. It may leave a replay behind.
pub(crate) struct Work {
    future: Pin<Box<dyn Future<Output = Option<Work>> + Send>>,
    /// The request it answers, should it panic.
    re: Option<u64>,
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work")
            .field("re", &self.re)
            .finish_non_exhaustive()
    }
}

impl Work {
    /// Work that answers the request `re`.
    pub(crate) fn new(
        re: Option<u64>,
        future: impl Future<Output = Option<Work>> + Send + 'static,
    ) -> Self {
        Self {
            future: Box::pin(future),
            re,
        }
    }

    /// One step of it. A panic ends it, and the connection it belongs to.
    fn poll(&mut self, cx: &mut Context<'_>, endpoint: &Endpoint) -> Poll<Option<Self>> {
        let step = AssertUnwindSafe(|| self.future.as_mut().poll(cx));
        std::panic::catch_unwind(step).unwrap_or_else(|panic| {
            fail(endpoint, self.re, &*panic);
            Poll::Ready(None)
        })
    }

    /// Carries it to its end, with nobody to answer to.
    pub(crate) async fn finish(self) {
        self.future.await;
    }
}

/// A handler panicked: that is our fault, and costs this connection alone.
fn fail(endpoint: &Endpoint, re: Option<u64>, panic: &(dyn Any + Send)) {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(panic = text, "a request's handler panicked");
    let error = ErrorLine::new(
        Code::Internal,
        "The server failed at this request. Connect again; if it happens again, tell who runs the server.",
    );
    endpoint
        .outbox
        .end_answering(Some(&Reply::Error(error)), re);
}

/// One connection's requests.
#[derive(Debug)]
pub(crate) struct Core {
    state: Arc<State>,
    endpoint: Arc<Endpoint>,
    working: Option<Work>,
    replay: Option<Work>,
    mail: MailReader,
    /// A request that waits until the log has answered the acts before it.
    held: Option<Box<RequestLine>>,
    left: bool,
}

impl Core {
    /// A new connection; its `welcome` waits in the outbox.
    pub(crate) fn open(state: Arc<State>, address: IpAddr) -> Self {
        let endpoint = state.connections.open(address);
        endpoint.outbox.push(state.welcome.clone());
        Self {
            state,
            endpoint,
            working: None,
            replay: None,
            mail: MailReader::default(),
            held: None,
            left: false,
        }
    }

    /// A new connection that is granted a session. Its `session` follows the
    /// `welcome`, at once or, to `resume`, when it is asked for.
    pub(crate) fn open_granted(
        state: Arc<State>,
        address: IpAddr,
        session: SessionId,
        at_once: bool,
    ) -> Self {
        let mut core = Self::open(state, address);
        core.endpoint.grant(session);
        if at_once {
            match accounts::enter_granted(&core.state, &core.endpoint, None, None) {
                Ok(work) => core.working = work,
                Err(error) => core.endpoint.outbox.end(Some(&Reply::Error(error))),
            }
        }
        core
    }

    /// What waits to be written.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.endpoint.outbox
    }

    /// Whether the whole server stops, and no further request is begun.
    pub(crate) fn server_stops(&self) -> bool {
        self.state.connections.holds_requests()
    }

    /// The peer gave a sign of life.
    pub(crate) fn hear(&self) {
        self.endpoint.hear();
    }

    /// The peer took what was written. While it waits for an answer, or reads
    /// a replay, that is its sign of life.
    pub(crate) fn wrote(&self) {
        if self.working.is_some() || self.replay.is_some() {
            self.endpoint.hear();
        }
    }

    /// Whether the next line may come.
    pub(crate) fn is_ready(&self) -> bool {
        self.working.is_none()
            && self.held.is_none()
            && self.outbox().admits(MAX_UNANSWERED)
            && !self.state.connections.holds_requests()
    }

    /// Takes one line, without its newline.
    pub(crate) fn take_line(&mut self, line: &[u8]) {
        match RequestLine::read(line) {
            Ok(request) if self.must_wait(&request) => self.held = Some(Box::new(request)),
            Ok(request) => self.begin(request),
            Err(bad) => dispatch::refuse(&self.state, &self.endpoint, bad),
        }
    }

    fn must_wait(&self, request: &RequestLine) -> bool {
        !dispatch::keeps_order_in_the_log(&request.request) && self.outbox().unanswered() > 0
    }

    fn begin(&mut self, request: RequestLine) {
        let re = request.id;
        let (state, endpoint) = (&self.state, &self.endpoint);
        let started = AssertUnwindSafe(|| dispatch::dispatch(state, endpoint, request));
        match std::panic::catch_unwind(started) {
            Ok(work) => self.working = work,
            Err(panic) => fail(&self.endpoint, re, &*panic),
        }
    }

    /// The peer will send no more lines: once what is under way is finished
    /// and answered, the connection ends. Answers whether it has.
    pub(crate) fn end_of_lines(&mut self) -> bool {
        let finished =
            self.replay.is_none() && self.mail.is_idle() && self.outbox().unanswered() == 0;
        if finished {
            self.outbox().end(None);
        }
        finished
    }

    /// Goes on with what is under way; ready when something was finished or begun.
    pub(crate) fn poll_work(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut moved = false;
        if self.held.is_some() && self.outbox().unanswered() == 0 {
            if let Some(request) = self.held.take() {
                self.begin(*request);
            }
            moved = true;
        }
        if let Some(working) = &mut self.working
            && let Poll::Ready(replay) = working.poll(cx, &self.endpoint)
        {
            self.working = None;
            self.replay = replay.or_else(|| self.replay.take());
            moved = true;
        }
        if let Some(replay) = &mut self.replay
            && replay.poll(cx, &self.endpoint).is_ready()
        {
            self.replay = None;
            moved = true;
        }
        if self.mail.poll(cx, &self.state, &self.endpoint).is_ready() {
            moved = true;
        }
        if moved {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Takes the connection out of everything that speaks to it, and shows its
    /// user as gone if it was their last. A request under way is finished
    /// all the same, for what it stored must reach the server's memory.
    pub(crate) fn leave(&mut self) {
        if std::mem::replace(&mut self.left, true) {
            return;
        }
        self.outbox().end(None);
        self.replay = None;
        self.mail = MailReader::default();
        if let Some(working) = self.working.take() {
            self.state.finish(working);
        }
        self.state.disconnect(&self.endpoint);
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.leave();
    }
}
