//! The full-text index: derived from the log, behind a cursor.
//!
//! It holds no text, only words (FTS5 without content), so that taking a text
//! out of it needs that text. Beside the words each message has two tags, its room and its
//! author, so that a search reads no other room's messages.

use parlor_protocol::request::Before;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::schema::kind;
use super::writer::Work;
use super::{cursor, set_cursor};
use crate::storage::fold::{self, FOLD_VERSION};
use crate::storage::{FoundMessage, Result, RoomId, SearchPage, SearchQuery, UserId};

/// Events that a chore brings into the index at once: some milliseconds of the writer.
pub(super) const STEP: usize = 256;

/// Events that a search which waits for the index brings in at once: fewer
/// flushes, and still a bounded wait for those who write.
const SEARCH_STEP: usize = 1_024;

/// Rooms that a query names by their tags; hits in more are sifted one by one.
const ROOM_TAGS: usize = 64;

/// The join follows the index's own order; nothing is sorted.
pub(super) const SEARCH: &str =
    "SELECT e.room_id, e.seq, coalesce(u.username, 'server'), e.time, e.body
     FROM search s CROSS JOIN events e ON e.id = s.rowid LEFT JOIN users u ON u.id = e.by_user
     WHERE s.search MATCH ?1 AND s.rowid < ?2 AND e.kind = ?3 AND e.flag = 0 AND e.time < ?4
     ORDER BY s.rowid DESC";

/// Makes the index anew if another version's folding made it.
pub(super) fn prepare(conn: &Connection) -> Result<()> {
    if cursor(conn, "fold")? != FOLD_VERSION {
        conn.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
        set_cursor(conn, "search", 0)?;
        set_cursor(conn, "fold", FOLD_VERSION)?;
    }
    Ok(())
}

/// A chore's step.
pub(super) fn step(work: &mut Work<'_>) -> Result<()> {
    advance(work, STEP).map(|_| ())
}

/// A search's step; answers whether more wait.
pub(super) fn search_step(work: &mut Work<'_>) -> Result<bool> {
    advance(work, SEARCH_STEP)
}

/// Brings the next events into the index; answers whether more wait.
fn advance(work: &mut Work<'_>, limit: usize) -> Result<bool> {
    let from = cursor(work.conn, "search")?;
    let mut read = work.conn.prepare_cached(
        "SELECT id, room_id, by_user, body, kind = ?3 AND flag = 0 FROM events
         WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let mut rows = read.query(params![from, limit, kind::MESSAGE])?;
    let (mut seen, mut last) = (0, from);
    while let Some(row) = rows.next()? {
        seen += 1;
        last = row.get(0)?;
        if row.get(4)? {
            let owner = (RoomId(row.get(1)?), UserId(row.get(2)?));
            put(
                work.conn,
                last,
                owner,
                row.get_ref(3)?.as_str().unwrap_or(""),
            )?;
        }
    }
    if last > from {
        set_cursor(work.conn, "search", last)?;
    }
    let rest = work.state.unindexed.saturating_sub(limit).max(1);
    work.state.unindexed = if seen == limit { rest } else { 0 };
    Ok(seen == limit)
}

/// Whether everything that was appended is in the index.
pub(super) fn is_whole(conn: &Connection) -> Result<bool> {
    let from = cursor(conn, "search")?;
    let mut ahead = conn.prepare_cached("SELECT 1 FROM events WHERE id > ?1 LIMIT 1")?;
    Ok(!ahead.exists([from])?)
}

/// Takes a message's old text out of the index, and its new one, if any, in.
/// One that the index has not come to yet is left to [`step`].
pub(super) fn replace(
    conn: &Connection,
    id: i64,
    owner: (RoomId, UserId),
    old: &str,
    new: Option<&str>,
) -> Result<()> {
    if id > cursor(conn, "search")? {
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO search (search, rowid, tags, body) VALUES ('delete', ?1, ?2, ?3)",
    )?
    .execute(params![id, tags(owner), fold::words(old)])?;
    match new {
        Some(text) => put(conn, id, owner, text),
        None => Ok(()),
    }
}

fn put(conn: &Connection, id: i64, owner: (RoomId, UserId), text: &str) -> Result<()> {
    conn.prepare_cached("INSERT INTO search (rowid, tags, body) VALUES (?1, ?2, ?3)")?
        .execute(params![id, tags(owner), fold::words(text)])?;
    Ok(())
}

fn tags((room, user): (RoomId, UserId)) -> String {
    format!("r{} u{}", room.0, user.0)
}

/// Reads a page of what a search finds, the newest first.
pub(super) fn search(conn: &Connection, query: &SearchQuery) -> Result<SearchPage> {
    let Some(words) = fold::query(&query.words) else {
        return Ok(SearchPage::default());
    };
    if query.rooms.is_empty() || query.limit == 0 {
        return Ok(SearchPage::default());
    }
    let mut wanted = format!("body : ({words})");
    if query.rooms.len() <= ROOM_TAGS {
        let rooms: Vec<String> = query
            .rooms
            .iter()
            .map(|r| format!("\"r{}\"", r.0))
            .collect();
        wanted = format!("tags : ({}) AND {wanted}", rooms.join(" OR "));
    }
    if let Some(user) = query.from {
        wanted = format!("tags : \"u{}\" AND {wanted}", user.0);
    }
    let (before_id, before_time) = bounds(conn, query)?;
    let mut find = conn.prepare_cached(SEARCH)?;
    let args = [
        Value::Text(wanted),
        Value::Integer(before_id),
        Value::Integer(kind::MESSAGE),
        Value::Integer(before_time),
    ];
    let mut rows = find.query(params_from_iter(args))?;
    let mut page = SearchPage::default();
    while let Some(row) = rows.next()? {
        let room = RoomId(row.get(0)?);
        if !query.rooms.contains(&room) {
            continue;
        }
        if page.hits.len() == query.limit {
            page.more = true;
            let time: i64 = row.get(3)?;
            keep_times_whole(query, &mut page, time);
            break;
        }
        page.hits.push(FoundMessage {
            room,
            seq: row.get(1)?,
            from: row.get(2)?,
            time: parlor_protocol::Time::from_millis(row.get(3)?),
            text: row.get(4)?,
        });
    }
    Ok(page)
}

/// Over several rooms one pages by time. Messages of one millisecond must not
/// fall on both sides of a page's end: the later page would leave them out.
fn keep_times_whole(query: &SearchQuery, page: &mut SearchPage, next: i64) {
    if query.rooms.len() < 2 {
        return;
    }
    let whole = page
        .hits
        .iter()
        .rposition(|hit| hit.time.as_millis() != next);
    if let Some(last) = whole {
        page.hits.truncate(last + 1);
    }
}

/// The bounds of a search: an event's id, and a time.
fn bounds(conn: &Connection, query: &SearchQuery) -> Result<(i64, i64)> {
    match (query.before, query.rooms.first()) {
        (Some(Before::Time(time)), _) => Ok((i64::MAX, time.as_millis())),
        (Some(Before::Seq(seq)), Some(room)) => {
            let mut find = conn.prepare_cached(
                "SELECT id FROM events WHERE room_id = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1",
            )?;
            let seq = i64::try_from(seq).unwrap_or(i64::MAX);
            let id = find.query_row(params![room.0, seq], |row| row.get(0));
            Ok((id.optional()?.unwrap_or(i64::MAX), i64::MAX))
        }
        _ => Ok((i64::MAX, i64::MAX)),
    }
}
