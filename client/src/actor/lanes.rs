//! The outbox in memory: one lane for each room, one message of a lane on its
//! way at a time, so that what a person wrote arrives in the order written
//! even if one of them has to be tried again.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

use parlor_protocol::{Code, ErrorLine};
use tokio::time::Instant;

use crate::outgoing::{Failure, Nonce, Outgoing, OutgoingState};
use crate::store::Queued;

/// Entries in memory before no more are loaded; the rest waits on the disk.
const LOADED: usize = 256;

/// Times that a message is tried while the server cannot keep anything, before
/// it is shown as failed. With the waits between them: about half a minute.
const TRIES: u32 = 6;

/// The wait after the first time; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest that `retry_after` is believed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct Lane {
    queue: VecDeque<Outgoing>,
    /// Whether the first of the queue was told to the server.
    in_flight: bool,
    tries: u32,
    wait_until: Option<Instant>,
}

/// What becomes of a message that the server refused.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// It will be sent again.
    Again,
    /// It has failed.
    Failed(Failure),
}

/// All lanes.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: BTreeMap<String, Lane>,
    loaded: HashSet<Nonce>,
    last: i64,
    more: bool,
}

impl Lanes {
    /// After which entry to load on, and how many; `None` if there is enough for now.
    pub(super) fn wants(&mut self) -> Option<(i64, usize)> {
        let room = self.loaded.len() < LOADED;
        self.more |= !room;
        room.then_some((self.last, LOADED))
    }

    /// Whether entries wait on the disk that were not loaded.
    pub(super) fn lacks(&self) -> bool {
        self.more && self.loaded.len() < LOADED / 2
    }

    /// Takes in what was loaded; gives back what is new.
    pub(super) fn load(&mut self, entries: Vec<Queued>) -> Vec<Outgoing> {
        self.more = entries.len() >= LOADED;
        self.take_in(entries)
    }

    /// Takes in entries out of line: taken over from a process that ended.
    pub(super) fn take_in(&mut self, entries: Vec<Queued>) -> Vec<Outgoing> {
        let mut new = Vec::new();
        for entry in entries {
            self.last = self.last.max(entry.id);
            if entry.outgoing.state == OutgoingState::Waiting
                && !entry.held
                && self.loaded.insert(entry.outgoing.nonce.clone())
            {
                let lane = self.lanes.entry(entry.outgoing.room.clone()).or_default();
                lane.queue.push_back(entry.outgoing.clone());
                new.push(entry.outgoing);
            }
        }
        new
    }

    /// The next message that may be told to the server; it is then on its way.
    pub(super) fn next(&mut self, now: Instant) -> Option<Outgoing> {
        let lane = self.lanes.values_mut().find(|lane| {
            !lane.in_flight
                && !lane.queue.is_empty()
                && lane.wait_until.is_none_or(|until| until <= now)
        })?;
        lane.in_flight = true;
        lane.wait_until = None;
        let mut outgoing = lane.queue.front()?.clone();
        outgoing.state = OutgoingState::Sending;
        Some(outgoing)
    }

    /// When a lane's wait ends.
    pub(super) fn next_wait(&self) -> Option<Instant> {
        let waiting = self.lanes.values().filter(|lane| !lane.queue.is_empty());
        waiting.filter_map(|lane| lane.wait_until).min()
    }

    /// A message is kept, or was taken back: it leaves its lane.
    pub(super) fn remove(&mut self, room: &str, nonce: &str) {
        self.loaded.remove(nonce);
        let Some(lane) = self.lanes.get_mut(room) else {
            return;
        };
        let Some(at) = lane.queue.iter().position(|o| o.nonce == nonce) else {
            return;
        };
        lane.queue.remove(at);
        if at == 0 {
            lane.in_flight = false;
            lane.tries = 0;
            lane.wait_until = None;
        }
        if lane.queue.is_empty() {
            self.lanes.remove(room);
        }
    }

    /// Whether a message is in a lane.
    pub(super) fn has(&self, nonce: &str) -> bool {
        self.loaded.contains(nonce)
    }

    /// Whether a message is on its way, so that it cannot be taken back.
    pub(super) fn is_on_its_way(&self, nonce: &str) -> bool {
        let mut lanes = self.lanes.values();
        lanes.any(|lane| lane.in_flight && lane.queue.front().is_some_and(|o| o.nonce == nonce))
    }

    /// The server refused the first of a lane.
    pub(super) fn refused(
        &mut self,
        room: &str,
        nonce: &str,
        error: ErrorLine,
        now: Instant,
    ) -> Verdict {
        let lane = self.lanes.get_mut(room);
        let Some(lane) = lane.filter(|l| l.queue.front().is_some_and(|o| o.nonce == nonce)) else {
            return Verdict::Again;
        };
        let wait = match error.code {
            Code::RateLimited => {
                let asked = error
                    .retry_after
                    .unwrap_or(1.0)
                    .clamp(0.1, LONGEST_WAIT.as_secs_f64());
                Some(Duration::from_secs_f64(asked))
            }
            Code::StorageUnavailable | Code::Internal if lane.tries + 1 < TRIES => {
                lane.tries += 1;
                Some(FIRST_WAIT * (1 << (lane.tries - 1)))
            }
            _ => None,
        };
        if let Some(wait) = wait {
            lane.in_flight = false;
            lane.wait_until = Some(now + wait);
            return Verdict::Again;
        }
        self.remove(room, nonce);
        let retryable = matches!(
            error.code,
            Code::StorageUnavailable | Code::Internal | Code::Muted
        );
        Verdict::Failed(Failure { error, retryable })
    }

    /// The connection broke: what was on its way waits again. Gives it back.
    pub(super) fn connection_lost(&mut self) -> Vec<Outgoing> {
        let mut waiting = Vec::new();
        for lane in self.lanes.values_mut() {
            if std::mem::take(&mut lane.in_flight) {
                waiting.extend(lane.queue.front().cloned());
            }
            lane.wait_until = None;
        }
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, room: &str) -> Queued {
        Queued {
            id,
            held: false,
            outgoing: Outgoing {
                nonce: format!("n{id}"),
                room: room.into(),
                text: "x".into(),
                reply_to: None,
                files: Vec::new(),
                written: parlor_protocol::Time::from_millis(0),
                state: OutgoingState::Waiting,
            },
        }
    }

    fn next(lanes: &mut Lanes, now: Instant) -> Option<String> {
        lanes.next(now).map(|outgoing| outgoing.nonce)
    }

    fn refusal(code: Code) -> ErrorLine {
        ErrorLine::new(code, "")
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_a_room_is_on_its_way_at_a_time() {
        let now = Instant::now();
        let mut lanes = Lanes::default();
        assert_eq!(
            lanes
                .load(vec![entry(1, "a"), entry(2, "a"), entry(3, "b")])
                .len(),
            3
        );
        assert_eq!(lanes.load(vec![entry(2, "a")]).len(), 0);
        assert_eq!(next(&mut lanes, now).as_deref(), Some("n1"));
        assert_eq!(next(&mut lanes, now).as_deref(), Some("n3"));
        assert_eq!(next(&mut lanes, now), None);
        assert!(lanes.is_on_its_way("n1") && !lanes.is_on_its_way("n2"));
        lanes.remove("a", "n1");
        assert_eq!(next(&mut lanes, now).as_deref(), Some("n2"));
        assert_eq!(lanes.connection_lost().len(), 2);
        assert_eq!(next(&mut lanes, now).as_deref(), Some("n2"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_waits_or_fails() {
        let now = Instant::now();
        let mut lanes = Lanes::default();
        lanes.load(vec![entry(1, "a"), entry(2, "a")]);
        next(&mut lanes, now).unwrap();
        let limited = ErrorLine {
            retry_after: Some(2.5),
            ..refusal(Code::RateLimited)
        };
        assert_eq!(lanes.refused("a", "n1", limited, now), Verdict::Again);
        assert_eq!(next(&mut lanes, now), None);
        let until = now + Duration::from_millis(2_500);
        assert_eq!(lanes.next_wait(), Some(until));
        assert_eq!(next(&mut lanes, until).as_deref(), Some("n1"));
        let verdict = lanes.refused("a", "n1", refusal(Code::Forbidden), now);
        assert!(matches!(verdict, Verdict::Failed(f) if !f.retryable));
        assert_eq!(next(&mut lanes, now).as_deref(), Some("n2"));
        let mut at = now;
        for _ in 1..TRIES {
            let verdict = lanes.refused("a", "n2", refusal(Code::StorageUnavailable), at);
            assert_eq!(verdict, Verdict::Again);
            at = lanes.next_wait().unwrap();
            assert_eq!(next(&mut lanes, at).as_deref(), Some("n2"));
        }
        let verdict = lanes.refused("a", "n2", refusal(Code::StorageUnavailable), at);
        assert!(matches!(verdict, Verdict::Failed(f) if f.retryable));
        assert_eq!(next(&mut lanes, at), None);
    }
}
