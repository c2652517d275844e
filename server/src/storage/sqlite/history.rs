//! Reading the logs of rooms.

use parlor_protocol::event::MessageEvent;
use parlor_protocol::limits::REACTION_USERS;
use parlor_protocol::{LogBody, Message, Reaction, Time};
use rusqlite::{Connection, Row, params};

use super::files::shown;
use super::schema::kind;
use crate::storage::{HistoryPage, HistoryQuery, Result, RoomId, StoredEvent, UserId};

/// The oldest messages between two bounds.
pub(super) const FORWARD: &str =
    "SELECT e.seq, e.time, coalesce(u.username, 'server'), e.name, e.body, e.nonce, e.target,
         e.edited, e.flag
     FROM events e LEFT JOIN users u ON u.id = e.by_user
     WHERE e.room_id = ?1 AND e.seq > ?2 AND e.seq < ?3 AND e.kind = ?4
     ORDER BY e.seq ASC LIMIT ?5";

/// The newest messages between two bounds, the newest first.
pub(super) const BACKWARD: &str =
    "SELECT e.seq, e.time, coalesce(u.username, 'server'), e.name, e.body, e.nonce, e.target,
         e.edited, e.flag
     FROM events e LEFT JOIN users u ON u.id = e.by_user
     WHERE e.room_id = ?1 AND e.seq > ?2 AND e.seq < ?3 AND e.kind = ?4
     ORDER BY e.seq DESC LIMIT ?5";

/// A page of messages, as they now stand.
pub(super) fn page(conn: &Connection, query: &HistoryQuery) -> Result<HistoryPage> {
    let forward = query.after.is_some();
    let sql = if forward { FORWARD } else { BACKWARD };
    let mut find = conn.prepare_cached(sql)?;
    let rows = find.query_map(
        params![
            query.room.0,
            bound(query.after, 0),
            bound(query.before, i64::MAX),
            kind::MESSAGE,
            query.limit + 1
        ],
        message,
    )?;
    let mut messages: Vec<Message> = rows.collect::<rusqlite::Result<_>>()?;
    let more = messages.len() > query.limit;
    messages.truncate(query.limit);
    if !forward {
        messages.reverse();
    }
    add_reactions(conn, query, &mut messages)?;
    add_files(conn, query.room, &mut messages)?;
    Ok(HistoryPage { messages, more })
}

fn bound(seq: Option<u64>, otherwise: i64) -> i64 {
    seq.map_or(otherwise, |seq| i64::try_from(seq).unwrap_or(i64::MAX))
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        seq: row.get(0)?,
        time: row.get(1).map(Time::from_millis)?,
        from: row.get(2)?,
        name: row.get(3)?,
        text: row.get(4)?,
        nonce: row.get(5)?,
        reply_to: row.get(6)?,
        files: Vec::new(),
        edited: row.get::<_, Option<i64>>(7)?.map(Time::from_millis),
        deleted: row.get(8)?,
        reactions: Vec::new(),
    })
}

/// Adds the reactions to messages in rising `seq`: the first given first.
fn add_reactions(conn: &Connection, query: &HistoryQuery, messages: &mut [Message]) -> Result<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
        return Ok(());
    };
    let mut find = conn.prepare_cached(
        "SELECT r.target, r.emoji, r.user_id, u.username
         FROM reactions r JOIN users u ON u.id = r.user_id
         WHERE r.room_id = ?1 AND r.target BETWEEN ?2 AND ?3 ORDER BY r.target, r.seq",
    )?;
    let mut rows = find.query(params![query.room.0, first.seq, last.seq])?;
    while let Some(row) = rows.next()? {
        let target: u64 = row.get(0)?;
        let Ok(at) = messages.binary_search_by_key(&target, |message| message.seq) else {
            continue;
        };
        let emoji: String = row.get(1)?;
        let mine = UserId(row.get(2)?) == query.viewer;
        add_reaction(&mut messages[at].reactions, emoji, row.get(3)?, mine);
    }
    Ok(())
}

fn add_files(conn: &Connection, room: RoomId, messages: &mut [Message]) -> Result<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
        return Ok(());
    };
    for (seq, file) in shown::between(conn, room, first.seq, last.seq)? {
        if let Ok(at) = messages.binary_search_by_key(&seq, |message| message.seq) {
            messages[at].files.push(file);
        }
    }
    Ok(())
}

fn add_reaction(reactions: &mut Vec<Reaction>, emoji: String, username: String, mine: bool) {
    let at = reactions
        .iter()
        .position(|reaction| reaction.emoji == emoji);
    let at = at.unwrap_or_else(|| {
        reactions.push(Reaction {
            emoji,
            count: 0,
            by: Vec::new(),
            mine: false,
        });
        reactions.len() - 1
    });
    let reaction = &mut reactions[at];
    reaction.count += 1;
    reaction.mine |= mine;
    if reaction.by.len() < REACTION_USERS {
        reaction.by.push(username);
    }
}

/// An edit tells the text of its target as it now stands.
pub(super) const EVENTS: &str =
    "SELECT e.seq, e.time, e.kind, coalesce(u.username, 'server'), e.name,
         CASE e.kind WHEN ?4 THEN t.body ELSE e.body END,
         e.nonce, e.target, e.flag, e.edited, s.username, e.by_user
     FROM events e LEFT JOIN users u ON u.id = e.by_user
     LEFT JOIN events t ON e.kind = ?4 AND t.room_id = e.room_id AND t.seq = e.target
     LEFT JOIN users s ON e.kind IN (?5, ?6) AND s.id = e.target
     WHERE e.room_id = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT ?3";

/// Events after a cursor, as a replay tells them.
pub(super) fn events_after(
    conn: &Connection,
    room: RoomId,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>> {
    let mut find = conn.prepare_cached(EVENTS)?;
    let rows = find.query_map(
        params![
            room.0,
            bound(Some(after), 0),
            limit,
            kind::EDITED,
            kind::JOINED,
            kind::LEFT
        ],
        event,
    )?;
    let mut events: Vec<StoredEvent> = rows.collect::<rusqlite::Result<_>>()?;
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Ok(events);
    };
    for (seq, file) in shown::between(conn, room, first.seq, last.seq)? {
        if let Ok(at) = events.binary_search_by_key(&seq, |event| event.seq)
            && let LogBody::Message(message) = &mut events[at].body
        {
            message.files.push(file);
        }
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let by: String = row.get(3)?;
    let body: Option<String> = row.get(5)?;
    let text = |body: Option<String>| body.unwrap_or_default();
    // Where one comes or goes by oneself, nobody else is named.
    let other = |by: String| -> rusqlite::Result<Option<String>> {
        let alone = row.get::<_, Option<i64>>(7)? == Some(row.get(11)?);
        Ok((!alone).then_some(by))
    };
    let subject = || -> rusqlite::Result<String> { Ok(text(row.get(10)?)) };
    let body = match row.get::<_, i64>(2)? {
        kind::MESSAGE => LogBody::Message(MessageEvent {
            from: by,
            name: row.get(4)?,
            text: text(body),
            nonce: text(row.get(6)?),
            reply_to: row.get(7)?,
            files: Vec::new(),
            edited: row.get::<_, Option<i64>>(9)?.map(Time::from_millis),
            deleted: row.get(8)?,
        }),
        kind::EDITED => LogBody::Edited {
            target: row.get(7)?,
            text: text(body),
            by,
        },
        kind::DELETED => LogBody::Deleted {
            target: row.get(7)?,
            by,
        },
        kind::REACTION => LogBody::Reaction {
            target: row.get(7)?,
            emoji: text(body),
            by,
            on: row.get(8)?,
        },
        kind::JOINED => LogBody::Joined {
            username: subject()?,
            name: row.get(4)?,
            by: other(by)?,
        },
        kind::LEFT => LogBody::Left {
            username: subject()?,
            by: other(by)?,
            reason: body,
        },
        kind::TOPIC => LogBody::Topic {
            topic: text(body),
            by,
        },
        other => return Err(rusqlite::Error::IntegralValueOutOfRange(2, other)),
    };
    Ok(StoredEvent {
        seq: row.get(0)?,
        time: row.get(1).map(Time::from_millis)?,
        body,
    })
}
