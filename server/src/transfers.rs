//! Every upload and download that runs.
//!
//! A transfer is begun under the directory's lock, together with the look
//! whether its user may: so whoever loses a session or a room after that finds
//! the transfer here, and ends it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::endpoint::SignedIn;
use crate::storage::{RoomId, SessionId, UserId};

/// What runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Bytes come in: its user must be in the room.
    Up,
    /// Bytes go out: its user must see the room.
    Down,
}

/// How long a download's client may take nothing. A frame of one is some
/// hundred KiB, so this asks for about one KiB a second.
const STALL_TIME: Duration = Duration::from_secs(300);

#[derive(Debug)]
struct Running {
    session: SessionId,
    user: UserId,
    room: Option<RoomId>,
    direction: Direction,
    ended: CancellationToken,
    /// Cuts the connection: a client that takes nothing leaves the writer
    /// waiting, who then cannot see that it is over.
    line: CancellationToken,
    moved: Arc<Moved>,
}

/// When bytes last moved.
#[derive(Debug)]
struct Moved {
    begun: Instant,
    seconds: AtomicU64,
}

impl Moved {
    fn silence(&self, now: Instant) -> Duration {
        let last = self.begun + Duration::from_secs(self.seconds.load(Ordering::Relaxed));
        now.saturating_duration_since(last)
    }
}

/// The transfers that run.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    // A std Mutex: a map operation, or a look at each, never over an await.
    running: Mutex<HashMap<u64, Running>>,
    /// Bytes of all files until now.
    received: AtomicU64,
    sent: AtomicU64,
    last_id: AtomicU64,
    stop: CancellationToken,
}

/// A transfer, for as long as this stands.
#[derive(Debug)]
pub(crate) struct Transfer {
    id: u64,
    direction: Direction,
    ended: CancellationToken,
    moved: Arc<Moved>,
    all: Arc<Transfers>,
}

impl Transfer {
    /// Cancelled when it must end.
    pub(crate) fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }

    /// So many bytes moved.
    pub(crate) fn advance(&self, bytes: usize) {
        let total = match self.direction {
            Direction::Up => &self.all.received,
            Direction::Down => &self.all.sent,
        };
        total.fetch_add(bytes as u64, Ordering::Relaxed);
        let seconds = self.moved.begun.elapsed().as_secs();
        self.moved.seconds.store(seconds, Ordering::Relaxed);
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}

impl Transfers {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one on a connection, unless the user has `most` running.
    pub(crate) fn begin(
        self: &Arc<Self>,
        who: &SignedIn,
        room: Option<RoomId>,
        direction: Direction,
        line: &CancellationToken,
        most: usize,
    ) -> Option<Transfer> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed);
        let ended = self.stop.child_token();
        let moved = Arc::new(Moved {
            begun: Instant::now(),
            seconds: AtomicU64::new(0),
        });
        let mut running = self.lock();
        let of_user = running.values().filter(|it| it.user == who.user).count();
        if of_user >= most {
            return None;
        }
        running.insert(
            id,
            Running {
                session: who.session,
                user: who.user,
                room,
                direction,
                ended: ended.clone(),
                line: line.clone(),
                moved: Arc::clone(&moved),
            },
        );
        Some(Transfer {
            id,
            direction,
            ended,
            moved,
            all: Arc::clone(self),
        })
    }

    fn end(&self, concerned: impl Fn(&Running) -> bool) {
        for running in self.lock().values().filter(|it| concerned(it)) {
            running.ended.cancel();
            if running.direction == Direction::Down {
                running.line.cancel();
            }
        }
    }

    /// Ends downloads whose client takes nothing; an upload looks after itself.
    pub(crate) fn end_the_stalled(&self, now: Instant) {
        self.end(|it| it.direction == Direction::Down && it.moved.silence(now) > STALL_TIME);
    }

    /// A session ended.
    pub(crate) fn end_session(&self, session: SessionId) {
        self.end(|it| it.session == session);
    }

    /// Somebody is no longer in a room; whether they may still read it is said.
    pub(crate) fn end_member(&self, room: RoomId, user: UserId, may_read: bool) {
        self.end(|it| {
            let goes = it.direction == Direction::Up || !may_read;
            it.room == Some(room) && it.user == user && goes
        });
    }

    /// A room is no more.
    pub(crate) fn end_room(&self, room: RoomId) {
        self.end(|it| it.room == Some(room));
    }

    /// The server stops: every transfer ends, and those that begin after this end at once.
    pub(crate) fn end_all(&self) {
        self.stop.cancel();
        self.end(|_| true);
    }

    /// How many run: uploads, and downloads.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let running = self.lock();
        let up = running.values().filter(|it| it.direction == Direction::Up);
        let up = up.count();
        (up, running.len() - up)
    }

    /// The bytes that came, and those that went, since the server started.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        let [received, sent] = [&self.received, &self.sent];
        (
            received.load(Ordering::Relaxed),
            sent.load(Ordering::Relaxed),
        )
    }

    /// Whether the server stops.
    pub(crate) fn are_over(&self) -> bool {
        self.stop.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_reaches_those_it_concerns() {
        let who = |session, user| SignedIn {
            session: SessionId(session),
            user: UserId(user),
            username: "x".into(),
        };
        let check = |end: &dyn Fn(&Transfers), expected: [bool; 4]| {
            let all = Arc::new(Transfers::default());
            let begin = |s, u, room, direction| {
                let begun = all.begin(
                    &who(s, u),
                    Some(RoomId(room)),
                    direction,
                    &CancellationToken::new(),
                    9,
                );
                begun.unwrap()
            };
            let running = [
                begin(1, 1, 1, Direction::Up),
                begin(2, 1, 1, Direction::Down),
                begin(2, 1, 2, Direction::Down),
                begin(3, 2, 1, Direction::Up),
            ];
            end(&all);
            let ended = running.each_ref().map(|t| t.ended().is_cancelled());
            assert_eq!(ended, expected);
            drop(running);
            assert!(all.lock().is_empty());
        };
        check(
            &|all| all.end_session(SessionId(2)),
            [false, true, true, false],
        );
        check(
            &|all| all.end_member(RoomId(1), UserId(1), true),
            [true, false, false, false],
        );
        check(
            &|all| all.end_member(RoomId(1), UserId(1), false),
            [true, true, false, false],
        );
        check(&|all| all.end_room(RoomId(1)), [true, true, false, true]);
        check(&|all| all.end_all(), [true; 4]);
    }

    #[test]
    fn a_download_that_nobody_reads_ends_with_its_connection() {
        let all = Arc::new(Transfers::default());
        let who = SignedIn {
            session: SessionId(1),
            user: UserId(1),
            username: "x".into(),
        };
        let now = Instant::now();
        let line = CancellationToken::new();
        let down = all.begin(&who, Some(RoomId(1)), Direction::Down, &line, 9);
        let up_line = CancellationToken::new();
        let up = all.begin(&who, Some(RoomId(1)), Direction::Up, &up_line, 9);
        all.end_the_stalled(now + STALL_TIME);
        assert!(!line.is_cancelled());
        all.end_the_stalled(now + STALL_TIME * 2);
        assert!(line.is_cancelled() && down.unwrap().ended().is_cancelled());
        all.end_session(SessionId(1));
        assert!(up.unwrap().ended().is_cancelled() && !up_line.is_cancelled());
    }

    #[test]
    fn a_user_has_so_many_at_most() {
        let all = Arc::new(Transfers::default());
        let who = SignedIn {
            session: SessionId(1),
            user: UserId(1),
            username: "x".into(),
        };
        let begin = || {
            all.begin(
                &who,
                Some(RoomId(1)),
                Direction::Up,
                &CancellationToken::new(),
                2,
            )
        };
        let first = begin();
        let second = begin();
        assert!(first.is_some() && second.is_some() && begin().is_none());
        drop(first);
        assert!(begin().is_some());
    }
}
