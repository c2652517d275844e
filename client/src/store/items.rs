//! Messages as they now stand, and system lines.

use std::collections::BTreeSet;

use parlor_protocol::event::MessageEvent;
use parlor_protocol::limits::{REACTION_USERS, REACTIONS_PER_MESSAGE};
use parlor_protocol::{LogBody, LogEvent, Message, Reaction, Time, mention};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::rooms::{from_json, to_json};
use crate::item::{Happening, Item, SystemLine};

const COLUMNS: &str =
    "seq, time, system, author, name, text, nonce, reply_to, edited, deleted, reactions, files";

fn read(row: &Row<'_>) -> rusqlite::Result<Item> {
    let (seq, time) = (row.get(0)?, Time::from_millis(row.get(1)?));
    if row.get(2)? {
        return Ok(Item::System(SystemLine {
            seq,
            time,
            what: from_json(row, 5)?,
        }));
    }
    Ok(Item::Message(Box::new(Message {
        seq,
        time,
        from: row.get(3)?,
        name: row.get(4)?,
        text: row.get(5)?,
        nonce: row.get(6)?,
        reply_to: row.get(7)?,
        files: from_json(row, 11)?,
        edited: row.get::<_, Option<i64>>(8)?.map(Time::from_millis),
        deleted: row.get(9)?,
        reactions: from_json(row, 10)?,
    })))
}

pub(super) fn get(tx: &Transaction<'_>, room: &str, seq: u64) -> rusqlite::Result<Option<Item>> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM items WHERE room = ?1 AND seq = ?2"
    ))?
    .query_row(params![room, seq], read)
    .optional()
}

/// The items from `first` to `last`.
pub(super) fn between(
    tx: &Transaction<'_>,
    room: &str,
    first: u64,
    last: u64,
) -> rusqlite::Result<Vec<Item>> {
    tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM items WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq"
    ))?
    .query_map(params![room, first, last], read)?
    .collect()
}

pub(super) fn drop_up_to(tx: &Transaction<'_>, room: &str, up_to: u64) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM items WHERE room = ?1 AND seq <= ?2")?
        .execute(params![room, up_to])?;
    Ok(())
}

/// Keeps a message as it now stands.
pub(super) fn put_message(
    tx: &Transaction<'_>,
    me: &str,
    room: &str,
    message: &Message,
) -> rusqlite::Result<()> {
    let mentions_me =
        message.from != me && mention::mentions(&message.text).iter().any(|m| m == me);
    tx.prepare_cached(
        "INSERT OR REPLACE INTO items (room, seq, system, time, author, name, text, nonce,
             reply_to, edited, deleted, mentions_me, reactions, files)
         VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        room,
        message.seq,
        message.time.as_millis(),
        message.from,
        message.name,
        message.text,
        message.nonce,
        message.reply_to,
        message.edited.map(Time::as_millis),
        message.deleted,
        mentions_me,
        to_json(&message.reactions)?,
        to_json(&message.files)?
    ])?;
    Ok(())
}

fn put_system(
    tx: &Transaction<'_>,
    event: &LogEvent,
    author: &str,
    what: &Happening,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO items (room, seq, system, time, author, name, text, nonce,
             deleted, mentions_me, reactions)
         VALUES (?1, ?2, 1, ?3, ?4, '', ?5, '', 0, 0, '[]')",
    )?
    .execute(params![
        event.room,
        event.seq,
        event.time.as_millis(),
        author,
        to_json(what)?
    ])?;
    Ok(())
}

fn message(event: &LogEvent, written: &MessageEvent) -> Message {
    Message {
        seq: event.seq,
        time: event.time,
        from: written.from.clone(),
        name: written.name.clone(),
        text: written.text.clone(),
        nonce: written.nonce.clone(),
        reply_to: written.reply_to,
        files: written.files.clone(),
        edited: written.edited,
        deleted: written.deleted,
        reactions: Vec::new(),
    }
}

/// Applies one log event to the items; says which item it made or changed,
/// itself or another one's. Applying the same events again in order ends the same.
pub(super) fn apply(tx: &Transaction<'_>, me: &str, event: &LogEvent) -> rusqlite::Result<()> {
    match &event.body {
        LogBody::Message(written) => put_message(tx, me, &event.room, &message(event, written)),
        LogBody::Edited { target, text, .. } => change(tx, me, &event.room, *target, |message| {
            // In a replay the edit of a message that was deleted since has no text.
            let newer = message.edited.is_none_or(|edited| edited <= event.time);
            if newer && !message.deleted {
                message.text.clone_from(text);
                message.edited = Some(event.time);
            }
        }),
        LogBody::Deleted { target, .. } => change(tx, me, &event.room, *target, |message| {
            message.deleted = true;
            message.text.clear();
            message.files.clear();
            message.reactions.clear();
        }),
        LogBody::Reaction {
            target,
            emoji,
            by,
            on,
        } => change(tx, me, &event.room, *target, |message| {
            react(&mut message.reactions, emoji, by, *on, by == me);
        }),
        LogBody::Joined { username, name, by } => {
            let what = Happening::Joined {
                username: username.clone(),
                name: name.clone(),
                by: by.clone(),
            };
            put_system(tx, event, username, &what)
        }
        LogBody::Left {
            username,
            by,
            reason,
        } => {
            let what = Happening::Left {
                username: username.clone(),
                by: by.clone(),
                reason: reason.clone(),
            };
            put_system(tx, event, username, &what)
        }
        LogBody::Topic { topic, by } => {
            let what = Happening::Topic {
                topic: topic.clone(),
                by: by.clone(),
            };
            put_system(tx, event, by, &what)
        }
        LogBody::Unknown => Ok(()),
    }
}

fn change(
    tx: &Transaction<'_>,
    me: &str,
    room: &str,
    target: u64,
    change: impl FnOnce(&mut Message),
) -> rusqlite::Result<()> {
    match get(tx, room, target)? {
        Some(Item::Message(mut message)) => {
            change(&mut message);
            put_message(tx, me, room, &message)
        }
        // It is not kept here, so that there is nothing to keep up.
        _ => Ok(()),
    }
}

fn react(reactions: &mut Vec<Reaction>, emoji: &str, by: &str, on: bool, mine: bool) {
    let at = reactions.iter().position(|r| r.emoji == emoji);
    match (at, on) {
        (None, true) if reactions.len() < REACTIONS_PER_MESSAGE => reactions.push(Reaction {
            emoji: emoji.to_owned(),
            count: 1,
            by: vec![by.to_owned()],
            mine,
        }),
        (Some(at), true) => {
            let reaction = &mut reactions[at];
            if reaction.by.iter().any(|user| user == by) || (mine && reaction.mine) {
                return;
            }
            reaction.count += 1;
            reaction.mine |= mine;
            if reaction.by.len() < REACTION_USERS {
                reaction.by.push(by.to_owned());
            }
        }
        (Some(at), false) => {
            let reaction = &mut reactions[at];
            // One who is not among the named counts only where not all are named.
            let named = reaction.by.iter().any(|user| user == by);
            if named || reaction.count > reaction.by.len() as u64 {
                reaction.count = reaction.count.saturating_sub(1);
            }
            reaction.by.retain(|user| user != by);
            reaction.mine &= !mine;
            if reaction.count == 0 {
                reactions.remove(at);
            }
        }
        (None, _) => {}
    }
}

/// The items that these events made or changed.
pub(super) fn touched(event: &LogEvent, into: &mut BTreeSet<u64>) {
    match &event.body {
        LogBody::Edited { target, .. }
        | LogBody::Deleted { target, .. }
        | LogBody::Reaction { target, .. } => {
            into.insert(*target);
        }
        LogBody::Message(_)
        | LogBody::Joined { .. }
        | LogBody::Left { .. }
        | LogBody::Topic { .. } => {
            into.insert(event.seq);
        }
        LogBody::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_are_counted_once_each() {
        let mut reactions = Vec::new();
        react(&mut reactions, "👍", "bob", true, false);
        react(&mut reactions, "👍", "bob", true, false);
        react(&mut reactions, "👍", "me", true, true);
        assert_eq!(reactions[0].count, 2);
        assert!(reactions[0].mine);
        react(&mut reactions, "👍", "me", false, true);
        react(&mut reactions, "👍", "me", false, true);
        assert_eq!((reactions[0].count, reactions[0].mine), (1, false));
        react(&mut reactions, "👍", "bob", false, false);
        assert!(reactions.is_empty());
        react(&mut reactions, "👍", "bob", false, false);
        assert!(reactions.is_empty());
    }

    #[test]
    fn who_is_not_named_counts_too() {
        let mut reactions = Vec::new();
        for n in 0..30 {
            react(&mut reactions, "🎉", &format!("u{n}"), true, false);
        }
        assert_eq!((reactions[0].count, reactions[0].by.len()), (30, 20));
        react(&mut reactions, "🎉", "u25", false, false);
        assert_eq!((reactions[0].count, reactions[0].by.len()), (29, 20));
    }
}
