//! Appending acts to the logs of their rooms.

use parlor_protocol::Time;
use parlor_protocol::limits::REACTIONS_PER_MESSAGE;
use rusqlite::{OptionalExtension, params};

use super::files::shown;
use super::schema::kind;
use super::state::Head;
use super::writer::Work;
use super::{index, rooms};
use crate::storage::{Act, ActKind, Appended, Outcome, Refusal, Result, RoomId, UserId};

/// Appends acts in order, and says what became of each.
pub(super) fn acts(work: &mut Work<'_>, acts: &[Act]) -> Result<Vec<Outcome>> {
    acts.iter().map(|act| one(work, act)).collect()
}

fn one(work: &mut Work<'_>, act: &Act) -> Result<Outcome> {
    if work.state.head(work.conn, act.room)?.is_none() {
        return Ok(Outcome::Refused(Refusal::NoSuchRoom));
    }
    match &act.kind {
        ActKind::Message {
            text,
            nonce,
            reply_to,
            mentions,
            files,
        } => {
            let shown = Shown { mentions, files };
            message(work, act, (text, nonce), *reply_to, &shown)
        }
        ActKind::Edit {
            target,
            text,
            mentions,
        } => edit(work, act, *target, text, mentions),
        ActKind::Delete {
            target,
            may_moderate,
            files_stay,
        } => delete(work, act, *target, *may_moderate, *files_stay),
        ActKind::React { target, emoji, on } => react(work, act, *target, emoji, *on),
        ActKind::Joined { user, name } => joined(work, act, *user, name),
        ActKind::Left { user, reason } => left(work, act, *user, reason.as_deref()),
        ActKind::Topic { topic } => set_topic(work, act, topic),
    }
}

/// An event to insert; its place and time are the room's next.
#[derive(Default)]
struct Row<'a> {
    kind: i64,
    name: &'a str,
    body: Option<&'a str>,
    nonce: Option<&'a str>,
    target: Option<i64>,
    flag: bool,
}

fn insert(work: &mut Work<'_>, act: &Act, row: &Row<'_>) -> Result<Appended> {
    let head = end(work, act.room)?;
    let seq = head.last_seq + 1;
    let time = act.time.max(head.last_time);
    let id = work.state.event_id(work.conn)?;
    let mut put = work.conn.prepare_cached(
        "INSERT INTO events (id, room_id, seq, time, kind, by_user, name, body, nonce, target, flag)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    put.execute(params![
        id,
        act.room.0,
        seq,
        time.as_millis(),
        row.kind,
        act.by.0,
        row.name,
        row.body,
        row.nonce,
        row.target,
        row.flag
    ])?;
    let head = end(work, act.room)?;
    head.last_seq = seq;
    head.last_time = time;
    work.state.unindexed += 1;
    Ok(Appended {
        seq,
        time,
        mentioned: Vec::new(),
        unmentioned: Vec::new(),
        files: Vec::new(),
    })
}

/// The end of a room that [`one`] found.
fn end<'a>(work: &'a mut Work<'_>, room: RoomId) -> Result<&'a mut Head> {
    let head = work.state.head(work.conn, room)?;
    head.ok_or_else(|| super::fault::internal("a room went while its act was carried out"))
}

/// Whom and what a message shows.
struct Shown<'a> {
    mentions: &'a [UserId],
    files: &'a [String],
}

fn message(
    work: &mut Work<'_>,
    act: &Act,
    (text, nonce): (&str, &str),
    reply_to: Option<u64>,
    shown: &Shown<'_>,
) -> Result<Outcome> {
    let key = (act.room, act.by, nonce.into());
    if let Some(seq) = work.state.nonces.find(work.conn, &key)? {
        let time = time_of(work, act.room, seq)?;
        return Ok(Outcome::Duplicate { seq, time });
    }
    if let Some(target) = reply_to
        && find(work, act.room, target)?.is_none()
    {
        return Ok(Outcome::Refused(Refusal::NoSuchMessage));
    }
    let Some(attached) = shown::find(work.conn, act, shown.files)? else {
        return Ok(Outcome::Refused(Refusal::NoSuchFile));
    };
    let row = Row {
        kind: kind::MESSAGE,
        name: &act.name,
        body: Some(text),
        nonce: Some(nonce),
        target: reply_to.map(u64::cast_signed),
        flag: false,
    };
    let mut appended = insert(work, act, &row)?;
    work.state.nonces.add(key, appended.seq);
    appended.mentioned = mention(work, act, appended.seq, shown.mentions)?;
    appended.files = shown::attach(work.conn, act.room, appended.seq, attached)?;
    Ok(Outcome::Appended(appended))
}

fn time_of(work: &Work<'_>, room: RoomId, seq: u64) -> Result<Time> {
    let mut find = work
        .conn
        .prepare_cached("SELECT time FROM events WHERE room_id = ?1 AND seq = ?2")?;
    Ok(find.query_row(params![room.0, seq], |row| {
        row.get(0).map(Time::from_millis)
    })?)
}

/// A stored message, as acts on it need it.
struct Target {
    id: i64,
    by: UserId,
    text: String,
    deleted: bool,
}

fn find(work: &Work<'_>, room: RoomId, seq: u64) -> Result<Option<Target>> {
    let Ok(seq) = i64::try_from(seq) else {
        return Ok(None);
    };
    let mut find = work.conn.prepare_cached(
        "SELECT id, by_user, body, flag FROM events WHERE room_id = ?1 AND seq = ?2 AND kind = ?3",
    )?;
    let target = find.query_row(params![room.0, seq, kind::MESSAGE], |row| {
        Ok(Target {
            id: row.get(0)?,
            by: UserId(row.get(1)?),
            text: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
            deleted: row.get(3)?,
        })
    });
    Ok(target.optional()?)
}

fn edit(
    work: &mut Work<'_>,
    act: &Act,
    seq: u64,
    text: &str,
    mentions: &[UserId],
) -> Result<Outcome> {
    let target = match find(work, act.room, seq)? {
        Some(target) if !target.deleted => target,
        _ => return Ok(Outcome::Refused(Refusal::NoSuchMessage)),
    };
    if target.by != act.by {
        return Ok(Outcome::Refused(Refusal::NotYours));
    }
    if target.text == text {
        return Ok(Outcome::Unchanged);
    }
    if text.is_empty() && !shown::shows_any(work.conn, act.room, seq)? {
        return Ok(Outcome::Refused(Refusal::Empty));
    }
    let row = Row {
        kind: kind::EDITED,
        target: Some(seq.cast_signed()),
        ..Row::default()
    };
    let mut appended = insert(work, act, &row)?;
    work.conn
        .prepare_cached("UPDATE events SET body = ?2, edited = ?3 WHERE id = ?1")?
        .execute(params![target.id, text, appended.time.as_millis()])?;
    index::replace(
        work.conn,
        target.id,
        (act.room, target.by),
        &target.text,
        Some(text),
    )?;
    let before = unmention(work, act.room, seq)?;
    let after = mention(work, act, seq, mentions)?;
    appended.mentioned = after
        .iter()
        .filter(|u| !before.contains(u))
        .copied()
        .collect();
    appended.unmentioned = before.into_iter().filter(|u| !after.contains(u)).collect();
    Ok(Outcome::Appended(appended))
}

fn delete(
    work: &mut Work<'_>,
    act: &Act,
    seq: u64,
    may_moderate: bool,
    files_stay: bool,
) -> Result<Outcome> {
    let Some(target) = find(work, act.room, seq)? else {
        return Ok(Outcome::Refused(Refusal::NoSuchMessage));
    };
    if target.by != act.by && !may_moderate {
        return Ok(Outcome::Refused(Refusal::NotYours));
    }
    if target.deleted {
        return Ok(Outcome::Unchanged);
    }
    let row = Row {
        kind: kind::DELETED,
        target: Some(seq.cast_signed()),
        ..Row::default()
    };
    let mut appended = insert(work, act, &row)?;
    work.conn
        .prepare_cached("UPDATE events SET body = '', flag = 1, edited = NULL WHERE id = ?1")?
        .execute([target.id])?;
    work.conn
        .prepare_cached("DELETE FROM reactions WHERE room_id = ?1 AND target = ?2")?
        .execute(params![act.room.0, seq])?;
    index::replace(
        work.conn,
        target.id,
        (act.room, target.by),
        &target.text,
        None,
    )?;
    appended.unmentioned = unmention(work, act.room, seq)?;
    shown::detach(
        work.conn,
        act.room,
        seq,
        files_stay.then_some(appended.time),
    )?;
    work.state.erase = true;
    Ok(Outcome::Appended(appended))
}

fn react(work: &mut Work<'_>, act: &Act, seq: u64, emoji: &str, on: bool) -> Result<Outcome> {
    match find(work, act.room, seq)? {
        Some(target) if !target.deleted => {}
        _ => return Ok(Outcome::Refused(Refusal::NoSuchMessage)),
    }
    let given = work
        .conn
        .prepare_cached(
            "SELECT 1 FROM reactions WHERE room_id = ?1 AND target = ?2 AND emoji = ?3 AND user_id = ?4",
        )?
        .exists(params![act.room.0, seq, emoji, act.by.0])?;
    if given == on {
        return Ok(Outcome::Unchanged);
    }
    if on && !has_place(work, act.room, seq, emoji)? {
        return Ok(Outcome::Refused(Refusal::TooManyReactions));
    }
    let row = Row {
        kind: kind::REACTION,
        body: Some(emoji),
        target: Some(seq.cast_signed()),
        flag: on,
        ..Row::default()
    };
    let appended = insert(work, act, &row)?;
    let sql = if on {
        "INSERT INTO reactions (room_id, target, emoji, user_id, seq) VALUES (?1, ?2, ?3, ?4, ?5)"
    } else {
        "DELETE FROM reactions WHERE room_id = ?1 AND target = ?2 AND emoji = ?3 AND user_id = ?4 AND ?5 > 0"
    };
    work.conn.prepare_cached(sql)?.execute(params![
        act.room.0,
        seq,
        emoji,
        act.by.0,
        appended.seq
    ])?;
    Ok(Outcome::Appended(appended))
}

/// Whether the message has this emoji already, or may have another.
fn has_place(work: &Work<'_>, room: RoomId, seq: u64, emoji: &str) -> Result<bool> {
    let mut count = work.conn.prepare_cached(
        "SELECT count(DISTINCT emoji), coalesce(max(emoji = ?3), 0)
         FROM reactions WHERE room_id = ?1 AND target = ?2",
    )?;
    let (different, has) = count.query_row(params![room.0, seq, emoji], |row| {
        Ok((row.get::<_, usize>(0)?, row.get::<_, bool>(1)?))
    })?;
    Ok(has || different < REACTIONS_PER_MESSAGE)
}

fn joined(work: &mut Work<'_>, act: &Act, user: UserId, name: &str) -> Result<Outcome> {
    if rooms::is_member(work.conn, act.room, user)? {
        return Ok(Outcome::Unchanged);
    }
    let row = Row {
        kind: kind::JOINED,
        name,
        target: Some(user.0),
        ..Row::default()
    };
    let appended = insert(work, act, &row)?;
    rooms::add_member(work.conn, act.room, user, appended.seq)?;
    Ok(Outcome::Appended(appended))
}

fn left(work: &mut Work<'_>, act: &Act, user: UserId, reason: Option<&str>) -> Result<Outcome> {
    if !rooms::is_member(work.conn, act.room, user)? {
        return Ok(Outcome::Unchanged);
    }
    rooms::drop_member(work.conn, act.room, user)?;
    let row = Row {
        kind: kind::LEFT,
        body: reason,
        target: Some(user.0),
        ..Row::default()
    };
    Ok(Outcome::Appended(insert(work, act, &row)?))
}

fn set_topic(work: &mut Work<'_>, act: &Act, topic: &str) -> Result<Outcome> {
    let changed = work
        .conn
        .prepare_cached("UPDATE rooms SET topic = ?2 WHERE id = ?1 AND topic <> ?2")?
        .execute(params![act.room.0, topic])?;
    if changed == 0 {
        return Ok(Outcome::Unchanged);
    }
    let row = Row {
        kind: kind::TOPIC,
        body: Some(topic),
        ..Row::default()
    };
    Ok(Outcome::Appended(insert(work, act, &row)?))
}

/// Notes whom a message mentions: members other than its author who have not
/// read as far. Answers them.
fn mention(work: &Work<'_>, act: &Act, seq: u64, users: &[UserId]) -> Result<Vec<UserId>> {
    let mut mentioned = Vec::new();
    for user in users.iter().filter(|user| **user != act.by) {
        let mut put = work.conn.prepare_cached(
            "INSERT OR IGNORE INTO mentions (room_id, seq, user_id)
             SELECT room_id, ?2, user_id FROM members
             WHERE room_id = ?1 AND user_id = ?3 AND read_seq < ?2",
        )?;
        if put.execute(params![act.room.0, seq, user.0])? > 0 {
            mentioned.push(*user);
        }
    }
    Ok(mentioned)
}

/// Forgets whom a message mentions, and answers who they were.
fn unmention(work: &Work<'_>, room: RoomId, seq: u64) -> Result<Vec<UserId>> {
    let mut drop = work
        .conn
        .prepare_cached("DELETE FROM mentions WHERE room_id = ?1 AND seq = ?2 RETURNING user_id")?;
    let users = drop.query_map(params![room.0, seq], |row| row.get(0).map(UserId))?;
    Ok(users.collect::<rusqlite::Result<_>>()?)
}
