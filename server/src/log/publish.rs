//! What a flushed batch tells the rooms.
//!
//! A room's events of one batch go out as one piece, unless somebody comes or
//! goes: who comes in is told of the room, and subscribed, right before their
//! `joined`; who goes is unsubscribed right after their `left`.

use std::sync::Arc;

use bytes::Bytes;
use parlor_protocol::event::MessageEvent;
use parlor_protocol::{LogBody, LogEvent, Reply, Room};

use super::Batch;
use super::entry::Head;
use crate::bus::{Bus, LogPiece};
use crate::directory::Directory;
use crate::endpoint::Endpoint;
use crate::outbox::Piece;
use crate::storage::{Act, ActKind, Appended, Outcome, RoomId, UserId};

/// A room's events that are not yet published.
struct Run {
    room: RoomId,
    lines: Vec<u8>,
    first_seq: u64,
    last_seq: u64,
    events: u32,
    rewrites: bool,
}

struct Publisher<'a> {
    bus: &'a dyn Bus,
    directory: &'a Directory,
    /// One for each room of the batch: they are few, so a list is searched fast.
    runs: Vec<Run>,
}

/// Publishes what of a batch was appended.
pub(super) fn publish(bus: &dyn Bus, directory: &Directory, batch: &Batch, outcomes: &[Outcome]) {
    let mut publisher = Publisher {
        bus,
        directory,
        runs: Vec::new(),
    };
    for ((act, head), outcome) in batch.acts.iter().zip(&batch.heads).zip(outcomes) {
        if let Outcome::Appended(appended) = outcome {
            publisher.add(act, head, appended);
        }
    }
    let runs = std::mem::take(&mut publisher.runs);
    for run in runs {
        publisher.send(run);
    }
}

impl Publisher<'_> {
    fn add(&mut self, act: &Act, head: &Head, appended: &Appended) {
        let room = act.room;
        match &act.kind {
            ActKind::Joined { user, .. } => {
                self.flush(room);
                self.bring_in(room, *user, appended.seq);
                self.append(act, head, appended);
            }
            ActKind::Left { user, .. } => {
                self.flush(room);
                let endpoints = self.tell_gone(room, *user, &head.room);
                self.append(act, head, appended);
                self.flush(room);
                for endpoint in endpoints {
                    self.bus
                        .unsubscribe(crate::bus::Topic::Room(room), endpoint.id());
                }
            }
            _ => self.append(act, head, appended),
        }
    }

    /// Tells all connections of who comes in about the room, and subscribes
    /// them from the event `seq` on. Where the room is still being replayed, the replay
    /// brings the rest.
    fn bring_in(&self, room: RoomId, user: UserId, seq: u64) {
        let found = self.directory.read(|tables| {
            let access = tables.access_to(user, room)?;
            let seen = tables.room(access);
            let endpoints: Vec<Arc<Endpoint>> = access.person.endpoints().cloned().collect();
            Some((seen, endpoints))
        });
        let Some((seen, endpoints)) = found else {
            return;
        };
        let before = Room {
            last_seq: seq - 1,
            ..seen
        };
        let piece = Piece::line(&Reply::Room(before), None);
        for endpoint in endpoints {
            endpoint.outbox.push(piece.clone());
            if endpoint.is_replaying(room) {
                continue;
            }
            if let Err(behind) = self.bus.follow(room, &endpoint.outbox, seq - 1, 0) {
                // Everything before `seq` is published, and nothing after it.
                tracing::error!(?behind, seq, "the bus is ahead of the log");
            }
        }
    }

    /// Tells all connections of who goes that they are no longer in the room;
    /// answers these connections.
    fn tell_gone(&self, room: RoomId, user: UserId, name: &str) -> Vec<Arc<Endpoint>> {
        let found = self.directory.read(|tables| {
            let endpoints = tables.person(user)?.endpoints().cloned().collect();
            let place = tables.place(room)?;
            Some((endpoints, left_room(name, &place.record)))
        });
        let Some((endpoints, gone)) = found else {
            return Vec::new();
        };
        let endpoints: Vec<Arc<Endpoint>> = endpoints;
        let piece = Piece::line(&Reply::Room(gone), None);
        for endpoint in &endpoints {
            endpoint.outbox.push(piece.clone());
        }
        endpoints
    }

    fn append(&mut self, act: &Act, head: &Head, appended: &Appended) {
        let event = LogEvent {
            body: body(act, head, appended),
            room: head.room.to_string(),
            seq: appended.seq,
            time: appended.time,
        };
        let run = self.run(act.room, appended.seq);
        if let Err(error) = serde_json::to_writer(&mut run.lines, &event) {
            // Nothing in a log event is beyond JSON, and a Vec takes all bytes.
            tracing::error!(%error, "an event could not be encoded");
            return;
        }
        run.lines.push(b'\n');
        run.last_seq = appended.seq;
        run.events += 1;
        run.rewrites |= matches!(act.kind, ActKind::Edit { .. } | ActKind::Delete { .. });
    }

    fn run(&mut self, room: RoomId, first_seq: u64) -> &mut Run {
        let at = self.runs.iter().position(|run| run.room == room);
        let at = at.unwrap_or_else(|| {
            self.runs.push(Run {
                room,
                lines: Vec::with_capacity(512),
                first_seq,
                last_seq: first_seq,
                events: 0,
                rewrites: false,
            });
            self.runs.len() - 1
        });
        &mut self.runs[at]
    }

    fn flush(&mut self, room: RoomId) {
        if let Some(at) = self.runs.iter().position(|run| run.room == room) {
            let run = self.runs.swap_remove(at);
            self.send(run);
        }
    }

    fn send(&self, run: Run) {
        let piece = LogPiece {
            piece: Piece {
                bytes: Bytes::from(run.lines),
                events: run.events,
            },
            first_seq: run.first_seq,
            last_seq: run.last_seq,
            rewrites: run.rewrites,
        };
        self.bus.publish_log(run.room, piece);
    }
}

/// A room as one sees it who has just left it: nothing in it is theirs any more.
pub(crate) fn left_room(name: &str, record: &crate::storage::RoomRecord) -> Room {
    let secret = record.kind == parlor_protocol::RoomKind::Private;
    Room {
        room: name.to_owned(),
        kind: record.kind,
        topic: if secret {
            String::new()
        } else {
            record.topic.clone()
        },
        joined: false,
        last_seq: record.last_seq,
        read_seq: 0,
        mentions: 0,
        members: 0,
        notify: parlor_protocol::Notify::All,
        can_send: false,
        with: None,
        created: Some(record.created),
        moderator: false,
    }
}

/// What an act says in its room's log.
fn body(act: &Act, head: &Head, appended: &Appended) -> LogBody {
    let by = || head.by.to_string();
    let whom = || head.whom.as_deref().unwrap_or(&head.by).to_owned();
    let by_another = || (head.whom.as_deref().is_some_and(|w| *w != *head.by)).then(by);
    match &act.kind {
        ActKind::Message {
            text,
            nonce,
            reply_to,
            ..
        } => LogBody::Message(MessageEvent {
            from: by(),
            name: act.name.clone(),
            text: text.clone(),
            nonce: nonce.clone(),
            reply_to: *reply_to,
            files: appended.files.clone(),
            edited: None,
            deleted: false,
        }),
        ActKind::Edit { target, text, .. } => LogBody::Edited {
            target: *target,
            text: text.clone(),
            by: by(),
        },
        ActKind::Delete { target, .. } => LogBody::Deleted {
            target: *target,
            by: by(),
        },
        ActKind::React { target, emoji, on } => LogBody::Reaction {
            target: *target,
            emoji: emoji.clone(),
            by: by(),
            on: *on,
        },
        ActKind::Joined { name, .. } => LogBody::Joined {
            username: whom(),
            name: name.clone(),
            by: by_another(),
        },
        ActKind::Left { reason, .. } => LogBody::Left {
            username: whom(),
            by: by_another(),
            reason: reason.clone(),
        },
        ActKind::Topic { topic } => LogBody::Topic {
            topic: topic.clone(),
            by: by(),
        },
    }
}
