//! What waits to be written to one connection.
//!
//! Whoever has something to say pushes whole lines as shared bytes, under a
//! short lock and without waiting; the connection's task is the only one that
//! takes them out. The queue is bounded: a connection that reads too slowly is
//! told `slow_consumer`, where there is room, and closed, so that nobody else
//! waits for it. A replay asks [`Outbox::is_low`] before it pushes the next
//! page, goes at the reader's pace, and does not count.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use parlor_protocol::{Code, ErrorLine, Reply, limits};
use serde::Serialize;

/// Events that may wait before the connection is a slow consumer. Well above
/// the protocol's floor, because a saturated room commits hundreds at once and
/// a reader on a busy machine needs a moment to be scheduled.
pub(crate) const MAX_EVENTS: usize = 16 * limits::QUEUE_EVENTS;

/// Bytes that may wait, unless they are fewer events than the protocol's floor
/// ([`limits::QUEUE_EVENTS`]). The bytes of events are shared by all receivers,
/// so many slow readers of one room cost little more than one.
pub(crate) const MAX_BYTES: usize = 8 << 20;

/// Below this many waiting bytes the next page of a replay, or the next
/// request, may add to them.
pub(crate) const LOW_BYTES: usize = 256 << 10;

/// Bytes gathered for one write: a few TLS records, so that one system call
/// carries many events and one connection does not hold the thread for long.
pub(crate) const GATHER_BYTES: usize = 64 << 10;

/// Slots of an empty queue that are kept, so that an idle connection is small.
pub(crate) const KEPT_SLOTS: usize = 8;

/// Whole lines that are written together.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// The lines, newlines included.
    pub(crate) bytes: Bytes,
    /// How many events they are, towards the bound; 0 for what does not count.
    pub(crate) events: u32,
}

impl Piece {
    /// One line that counts as one event.
    pub(crate) fn line(reply: &Reply, re: Option<u64>) -> Self {
        Self {
            bytes: encode(reply, re),
            events: 1,
        }
    }

    /// The same, answering a request whose `id` is a text.
    pub(crate) fn marked(reply: &Reply, re: &str) -> Self {
        let line = parlor_protocol::line::encode(&Marked { reply, re });
        Self {
            bytes: line.map_or_else(|_| encode(reply, None), Bytes::from),
            events: 1,
        }
    }
}

#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    reply: &'a Reply,
    re: &'a str,
}

/// A reply as a line. What cannot be encoded is our own fault, and is said so.
pub(crate) fn encode(reply: &Reply, re: Option<u64>) -> Bytes {
    reply.encode(re).map_or_else(
        |error| {
            tracing::error!(%error, "a reply could not be encoded");
            Bytes::from_static(
                b"{\"type\":\"error\",\"code\":\"internal\",\"message\":\"The server could not write its answer.\"}\n",
            )
        },
        Bytes::from,
    )
}

/// Whether a push reached the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It waits to be written.
    Waits,
    /// The connection is ending; nothing more is taken.
    Ended,
}

/// What the writer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// There is something to write.
    Some,
    /// Nothing more will come: close.
    Ended,
}

/// One connection's bounded queue.
#[derive(Debug)]
pub(crate) struct Outbox {
    id: u64,
    // A std Mutex: held for a few instructions, never over an await.
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Piece>,
    /// Bytes waiting, all told.
    bytes: usize,
    /// Bytes and events waiting that count towards the bound.
    counted_bytes: usize,
    events: usize,
    /// Acts of this connection that the log has not answered yet.
    unanswered: usize,
    ended: bool,
    overflowed: bool,
    /// Whom to wake when there is something to write.
    writer: Option<Waker>,
    /// Whom to wake when the queue ends, though nothing can be written now.
    blocked: Option<Waker>,
}

impl Queue {
    fn is_over(&self) -> bool {
        self.events > MAX_EVENTS
            || (self.counted_bytes > MAX_BYTES && self.events > limits::QUEUE_EVENTS)
    }

    fn add(&mut self, piece: Piece) {
        self.bytes += piece.bytes.len();
        if piece.events > 0 {
            self.counted_bytes += piece.bytes.len();
            self.events += piece.events as usize;
        }
        self.waiting.push_back(piece);
    }

    fn remove(&mut self) -> Option<Piece> {
        let piece = self.waiting.pop_front()?;
        self.bytes -= piece.bytes.len();
        if piece.events > 0 {
            self.counted_bytes -= piece.bytes.len();
            self.events -= piece.events as usize;
        }
        Some(piece)
    }

    fn overflow(&mut self) {
        self.waiting.clear();
        (self.bytes, self.counted_bytes, self.events) = (0, 0, 0);
        let error = ErrorLine::new(
            Code::SlowConsumer,
            "This connection read too slowly. Connect again and resume; nothing is lost.",
        );
        self.add(Piece::line(&Reply::Error(error), None));
        self.ended = true;
        self.overflowed = true;
    }
}

impl Outbox {
    /// An empty queue of the connection `id`.
    pub(crate) fn new(id: u64) -> Self {
        Self {
            id,
            queue: Mutex::default(),
        }
    }

    /// The connection's number, unique in this process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // No code below can panic half-way through a change.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let (result, writer, blocked) = {
            let mut queue = self.lock();
            let result = change(&mut queue);
            let ended = queue.ended;
            let blocked = queue.blocked.take_if(|_| ended);
            (result, queue.writer.take(), blocked)
        };
        for waker in [writer, blocked].into_iter().flatten() {
            waker.wake();
        }
        result
    }

    /// Adds whole lines. Past the bound the connection ends instead.
    pub(crate) fn push(&self, piece: Piece) -> Pushed {
        self.change(|queue| {
            if queue.ended {
                return Pushed::Ended;
            }
            queue.add(piece);
            if queue.is_over() {
                queue.overflow();
                return Pushed::Ended;
            }
            Pushed::Waits
        })
    }

    /// Adds one line.
    pub(crate) fn say(&self, reply: &Reply, re: Option<u64>) {
        self.push(Piece::line(reply, re));
    }

    /// Adds the last lines, if any, and ends: what waits goes out, then the connection closes.
    pub(crate) fn end(&self, last: Option<&Reply>) {
        self.end_answering(last, None);
    }

    /// As [`Outbox::end`], the last line being the answer to the request `re`.
    pub(crate) fn end_answering(&self, last: Option<&Reply>, re: Option<u64>) {
        let last = last.map(|reply| Piece::line(reply, re));
        self.change(|queue| {
            if queue.ended {
                return;
            }
            if let Some(piece) = last {
                queue.add(piece);
            }
            queue.ended = true;
        });
    }

    /// Wakes the connection's task, to look for what it has to do.
    pub(crate) fn nudge(&self) {
        self.change(|_| ());
    }

    /// Whether nothing more is taken.
    pub(crate) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// Whether it ended because its reader was too slow.
    pub(crate) fn has_overflowed(&self) -> bool {
        self.lock().overflowed
    }

    /// Whether so little waits that a replay, or the next request, may go on.
    /// It wakes nobody: the connection's own task asks, after each write.
    pub(crate) fn is_low(&self) -> bool {
        self.lock().bytes < LOW_BYTES
    }

    /// Whether the next request may come: little waits, and the log owes this
    /// connection fewer than `bound` answers. As [`Outbox::is_low`], it wakes nobody.
    pub(crate) fn admits(&self, bound: usize) -> bool {
        let queue = self.lock();
        queue.bytes < LOW_BYTES && queue.unanswered < bound
    }

    /// Notes whom to wake when the queue ends, for a writer that its reader
    /// blocks; answers whether it has ended already.
    pub(crate) fn watch_end(&self, cx: &Context<'_>) -> bool {
        let mut queue = self.lock();
        note(&mut queue.blocked, cx);
        queue.ended
    }

    /// Notes an act that the log will answer by [`Outbox::answer`].
    pub(crate) fn expect_answer(&self) {
        self.lock().unanswered += 1;
    }

    /// How many acts the log has not answered yet.
    pub(crate) fn unanswered(&self) -> usize {
        self.lock().unanswered
    }

    /// Adds the answers to `acts` acts of this connection.
    pub(crate) fn answer(&self, piece: Piece, acts: usize) {
        self.change(|queue| {
            queue.unanswered = queue.unanswered.saturating_sub(acts);
            if queue.ended {
                return;
            }
            queue.add(piece);
            if queue.is_over() {
                queue.overflow();
            }
        });
    }

    /// Moves what waits, about [`GATHER_BYTES`] of it, to `writing`; if nothing
    /// does, notes whom to wake.
    pub(crate) fn poll_take(
        &self,
        cx: &mut Context<'_>,
        writing: &mut VecDeque<Bytes>,
    ) -> Poll<Taken> {
        let mut queue = self.lock();
        let mut gathered = 0;
        while gathered < GATHER_BYTES
            && let Some(piece) = queue.remove()
        {
            gathered += piece.bytes.len();
            writing.push_back(piece.bytes);
        }
        if gathered > 0 {
            if queue.waiting.is_empty() && queue.waiting.capacity() > KEPT_SLOTS {
                queue.waiting = VecDeque::new();
            }
            return Poll::Ready(Taken::Some);
        }
        if queue.ended {
            return Poll::Ready(Taken::Ended);
        }
        note(&mut queue.writer, cx);
        Poll::Pending
    }
}

fn note(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        empty => *empty = Some(cx.waker().clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn piece(bytes: &'static [u8], events: u32) -> Piece {
        Piece {
            bytes: Bytes::from_static(bytes),
            events,
        }
    }

    fn take(outbox: &Outbox) -> (Poll<Taken>, Vec<Bytes>) {
        let mut writing = VecDeque::new();
        let taken = outbox.poll_take(&mut Context::from_waker(Waker::noop()), &mut writing);
        (taken, writing.into())
    }

    #[test]
    fn many_pushes_wake_the_writer_once() {
        let woken = Arc::new(Woken::default());
        let outbox = Outbox::new(1);
        let mut writing = VecDeque::new();
        let waker = Waker::from(woken.clone());
        assert!(
            outbox
                .poll_take(&mut Context::from_waker(&waker), &mut writing)
                .is_pending()
        );
        for _ in 0..10 {
            assert_eq!(outbox.push(piece(b"x\n", 1)), Pushed::Waits);
        }
        assert_eq!(woken.0.load(Ordering::Relaxed), 1);
        assert_eq!(take(&outbox).1.len(), 10);
    }

    #[test]
    fn what_waits_at_the_end_still_goes_out() {
        let outbox = Outbox::new(1);
        outbox.push(piece(b"x\n", 1));
        outbox.end(Some(&Reply::Bye {}));
        assert_eq!(outbox.push(piece(b"late\n", 1)), Pushed::Ended);
        assert_eq!(
            take(&outbox),
            (
                Poll::Ready(Taken::Some),
                vec![
                    Bytes::from_static(b"x\n"),
                    Bytes::from_static(b"{\"type\":\"bye\"}\n")
                ]
            )
        );
        assert_eq!(take(&outbox), (Poll::Ready(Taken::Ended), vec![]));
    }

    #[test]
    fn too_many_events_end_it_with_slow_consumer_alone() {
        let outbox = Outbox::new(1);
        for _ in 0..MAX_EVENTS / 64 {
            assert_eq!(outbox.push(piece(b"x\n", 64)), Pushed::Waits);
        }
        assert_eq!(outbox.push(piece(b"x\n", 1)), Pushed::Ended);
        assert!(outbox.has_overflowed());
        let (_, lines) = take(&outbox);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with(b"{\"type\":\"error\",\"code\":\"slow_consumer\""));
    }

    #[test]
    fn the_bound_on_bytes_leaves_the_floor_of_events() {
        static BIG: [u8; 64 << 10] = [b'x'; 64 << 10];
        let outbox = Outbox::new(1);
        for _ in 0..limits::QUEUE_EVENTS {
            assert_eq!(outbox.push(piece(&BIG, 1)), Pushed::Waits);
        }
        assert_eq!(outbox.push(piece(&BIG, 1)), Pushed::Ended);
    }

    #[test]
    fn a_replay_does_not_count() {
        static BIG: [u8; 1 << 20] = [b'x'; 1 << 20];
        let outbox = Outbox::new(1);
        for _ in 0..32 {
            assert_eq!(outbox.push(piece(&BIG, 0)), Pushed::Waits);
        }
        assert!(!outbox.is_low());
        assert_eq!(outbox.push(piece(b"x\n", 1)), Pushed::Waits);
    }

    #[test]
    fn one_take_is_bounded() {
        static BIG: [u8; 48 << 10] = [b'x'; 48 << 10];
        let outbox = Outbox::new(1);
        for _ in 0..4 {
            outbox.push(piece(&BIG, 1));
        }
        assert_eq!(take(&outbox).1.len(), 2);
        assert_eq!(take(&outbox).1.len(), 2);
    }
}
