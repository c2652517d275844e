//! The bus of one process: a list of outboxes for each topic.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use indexmap::IndexMap;

use super::{Behind, Bus, LogPiece, Topic};
use crate::outbox::{Outbox, Piece, Pushed};
use crate::storage::RoomId;

/// Pieces of a room that are kept for those who subscribe a moment after they
/// were published. What a subscriber lacks beyond them is read from storage.
const RECENT_PIECES: usize = 32;

/// Bytes of them.
const RECENT_BYTES: usize = 64 << 10;

/// Subscriptions and recent pieces of each topic, in memory.
#[derive(Debug, Default)]
pub(crate) struct LocalBus {
    // Each topic has a lock of its own, held while a piece is handed to all of
    // its outboxes: that is what orders a room's pieces and its subscriptions.
    topics: RwLock<HashMap<Topic, Mutex<Subscribers>>>,
}

#[derive(Debug, Default)]
struct Subscribers {
    /// By the outbox's number: thousands come and go, so none is searched for.
    list: IndexMap<u64, Subscriber>,
    /// The last `seq` published; 0 before the first piece since the start.
    published: u64,
    recent: VecDeque<LogPiece>,
    recent_bytes: usize,
}

#[derive(Debug)]
struct Subscriber {
    /// Pieces up to this `seq` were sent, or told of, otherwise.
    after: u64,
    outbox: Arc<Outbox>,
}

impl LocalBus {
    /// Changes a topic's subscribers, making the topic where it is missing. The
    /// list of topics stays locked meanwhile, so that no topic that is about
    /// to be dropped as unused gets a subscriber.
    fn with<T>(&self, topic: Topic, change: impl FnOnce(&mut Subscribers) -> T) -> T {
        let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = topics.get(&topic) {
            return change(&mut lock(known));
        }
        drop(topics);
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut lock(topics.entry(topic).or_default()))
    }

    fn with_known<T>(&self, topic: Topic, change: impl FnOnce(&mut Subscribers) -> T) -> Option<T> {
        let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
        topics.get(&topic).map(|known| change(&mut lock(known)))
    }
}

fn lock(subscribers: &Mutex<Subscribers>) -> MutexGuard<'_, Subscribers> {
    subscribers.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Subscribers {
    fn add(&mut self, outbox: &Arc<Outbox>, after: u64) {
        let outbox = Arc::clone(outbox);
        self.list.insert(outbox.id(), Subscriber { after, outbox });
    }

    fn has(&self, id: u64) -> bool {
        self.list.contains_key(&id)
    }

    fn keep(&mut self, piece: LogPiece) {
        if piece.rewrites {
            self.drop_recent();
            return;
        }
        self.recent_bytes += piece.piece.bytes.len();
        self.recent.push_back(piece);
        while self.recent.len() > RECENT_PIECES || self.recent_bytes > RECENT_BYTES {
            let Some(oldest) = self.recent.pop_front() else {
                break;
            };
            self.recent_bytes -= oldest.piece.bytes.len();
        }
    }

    fn drop_recent(&mut self) {
        self.recent.clear();
        self.recent_bytes = 0;
    }

    /// The kept pieces that begin right after `after` and reach to the newest.
    fn since(&self, after: u64) -> Option<impl Iterator<Item = &LogPiece>> {
        let start = self
            .recent
            .iter()
            .position(|piece| piece.first_seq == after + 1)?;
        Some(self.recent.range(start..))
    }
}

impl Bus for LocalBus {
    fn publish_log(&self, room: RoomId, piece: LogPiece) {
        self.with(Topic::Room(room), |subscribers| {
            subscribers.list.retain(|_, subscriber| {
                piece.last_seq <= subscriber.after
                    || subscriber.outbox.push(piece.piece.clone()) == Pushed::Waits
            });
            subscribers.published = piece.last_seq;
            subscribers.keep(piece);
        });
    }

    fn outdate(&self, room: RoomId) {
        self.with_known(Topic::Room(room), Subscribers::drop_recent);
    }

    fn publish(&self, topic: Topic, piece: &Piece, except: &[u64]) {
        self.with_known(topic, |subscribers| {
            subscribers.list.retain(|id, subscriber| {
                except.contains(id) || subscriber.outbox.push(piece.clone()) == Pushed::Waits
            });
        });
    }

    fn follow(
        &self,
        room: RoomId,
        outbox: &Arc<Outbox>,
        after: u64,
        last_seq: u64,
    ) -> Result<(), Behind> {
        self.with(Topic::Room(room), |subscribers| {
            if subscribers.has(outbox.id()) {
                return Ok(());
            }
            let newest = subscribers.published.max(last_seq);
            if after >= newest {
                subscribers.add(outbox, after);
                return Ok(());
            }
            let recent = subscribers.since(after).ok_or(Behind { newest })?;
            for piece in recent {
                outbox.push(piece.piece.clone());
            }
            subscribers.add(outbox, subscribers.published);
            Ok(())
        })
    }

    fn subscribe(&self, topic: Topic, outbox: &Arc<Outbox>) {
        self.with(topic, |subscribers| {
            if !subscribers.has(outbox.id()) {
                subscribers.add(outbox, 0);
            }
        });
    }

    fn unsubscribe(&self, topic: Topic, outbox: u64) {
        let emptied = self.with_known(topic, |subscribers| {
            // Whose piece comes first within one publish is nobody's right.
            subscribers.list.swap_remove(&outbox);
            subscribers.list.is_empty()
        });
        if emptied == Some(true) && matches!(topic, Topic::User(_)) {
            let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
            if topics.get(&topic).is_some_and(|t| lock(t).list.is_empty()) {
                topics.remove(&topic);
            }
        }
    }

    fn forget(&self, topic: Topic) {
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        topics.remove(&topic);
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use bytes::Bytes;

    use super::*;

    const ROOM: RoomId = RoomId(7);

    fn outbox(id: u64) -> Arc<Outbox> {
        Arc::new(Outbox::new(id))
    }

    fn run(first_seq: u64, last_seq: u64) -> LogPiece {
        let text: String = (first_seq..=last_seq)
            .map(|seq| format!("{seq}\n"))
            .collect();
        LogPiece {
            piece: Piece {
                bytes: Bytes::from(text),
                events: u32::try_from(last_seq - first_seq + 1).unwrap(),
            },
            first_seq,
            last_seq,
            rewrites: false,
        }
    }

    fn heard(outbox: &Outbox) -> String {
        let mut writing = VecDeque::new();
        let _ = outbox.poll_take(&mut Context::from_waker(Waker::noop()), &mut writing);
        let bytes: Vec<u8> = writing.into_iter().flatten().collect();
        String::from_utf8(bytes).unwrap().replace('\n', " ")
    }

    #[test]
    fn a_subscriber_hears_each_event_after_its_cursor_once() {
        let bus = LocalBus::default();
        let (early, late, told) = (outbox(1), outbox(2), outbox(3));
        bus.follow(ROOM, &early, 0, 0).unwrap();
        bus.publish_log(ROOM, run(1, 2));
        bus.publish_log(ROOM, run(3, 3));
        // It was told of 4 before it is published.
        bus.follow(ROOM, &told, 4, 4).unwrap();
        bus.follow(ROOM, &late, 2, 4).unwrap();
        bus.publish_log(ROOM, run(4, 4));
        bus.publish_log(ROOM, run(5, 6));
        assert_eq!(heard(&early), "1 2 3 4 5 6 ");
        assert_eq!(heard(&late), "3 4 5 6 ");
        assert_eq!(heard(&told), "5 6 ");
    }

    #[test]
    fn who_lacks_more_than_is_kept_is_told_how_far_to_read() {
        let bus = LocalBus::default();
        bus.publish_log(ROOM, run(1, 9));
        assert_eq!(
            bus.follow(ROOM, &outbox(1), 4, 9),
            Err(Behind { newest: 9 })
        );
        assert_eq!(bus.follow(ROOM, &outbox(1), 9, 9), Ok(()));
        // Nothing was published since the start, but the log goes on from before.
        let quiet = RoomId(8);
        assert_eq!(
            bus.follow(quiet, &outbox(1), 4, 9),
            Err(Behind { newest: 9 })
        );
        assert_eq!(bus.follow(quiet, &outbox(1), 9, 9), Ok(()));
    }

    #[test]
    fn what_was_rewritten_is_not_sent_again() {
        let bus = LocalBus::default();
        bus.publish_log(ROOM, run(1, 1));
        bus.publish_log(
            ROOM,
            LogPiece {
                rewrites: true,
                ..run(2, 2)
            },
        );
        bus.publish_log(ROOM, run(3, 3));
        assert_eq!(
            bus.follow(ROOM, &outbox(1), 0, 3),
            Err(Behind { newest: 3 })
        );
        assert_eq!(bus.follow(ROOM, &outbox(2), 2, 3), Ok(()));
    }

    #[test]
    fn who_unsubscribed_or_ended_hears_nothing_more() {
        let bus = LocalBus::default();
        let (gone, stays, ended) = (outbox(1), outbox(2), outbox(3));
        for outbox in [&gone, &stays, &ended] {
            bus.subscribe(Topic::Everyone, outbox);
            bus.subscribe(Topic::Everyone, outbox);
        }
        bus.unsubscribe(Topic::Everyone, 1);
        ended.end(None);
        bus.publish(Topic::Everyone, &run(1, 1).piece, &[]);
        bus.publish(Topic::Everyone, &run(2, 2).piece, &[2]);
        assert_eq!((heard(&gone), heard(&stays)), (String::new(), "1 ".into()));
        assert!(!bus.with(Topic::Everyone, |s| s.has(3)));
    }
}
