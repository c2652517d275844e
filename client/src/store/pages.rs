//! Pages out of what is kept without a hole.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{items, ranges};
use crate::item::Item;

/// What the store has of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LocalPage {
    /// The items, in rising `seq`.
    pub(crate) items: Vec<Item>,
    /// How many of them are messages.
    pub(crate) messages: usize,
    /// Whether more is kept beyond the page, in its direction.
    pub(crate) more: bool,
    /// Where the page should go on and cannot: the messages before this `seq`
    /// (or, of a page forward, after it) are not kept.
    pub(crate) lacks: Option<u64>,
}

/// Up to `limit` messages that end at `end`, and the system lines among them.
pub(super) fn before(
    tx: &Transaction<'_>,
    room: &str,
    end: u64,
    limit: usize,
) -> rusqlite::Result<LocalPage> {
    if end == 0 {
        return Ok(LocalPage::default());
    }
    let Some((first, _)) = ranges::around(tx, room, end)? else {
        return Ok(LocalPage {
            lacks: Some(end + 1),
            ..LocalPage::default()
        });
    };
    let full: Option<u64> = tx
        .prepare_cached(
            "SELECT seq FROM items WHERE room = ?1 AND system = 0 AND seq BETWEEN ?2 AND ?3
             ORDER BY seq DESC LIMIT 1 OFFSET ?4",
        )?
        .query_row(
            params![room, first, end, limit.saturating_sub(1) as i64],
            |row| row.get(0),
        )
        .optional()?;
    let items = items::between(tx, room, full.unwrap_or(first), end)?;
    Ok(LocalPage {
        messages: count(&items),
        more: match full {
            Some(lowest) => first > 1 || has_message(tx, room, first, lowest.saturating_sub(1))?,
            None => first > 1,
        },
        lacks: (full.is_none() && first > 1).then_some(first),
        items,
    })
}

/// Up to `limit` messages that begin at `start`, and the system lines among them.
pub(super) fn after(
    tx: &Transaction<'_>,
    room: &str,
    start: u64,
    limit: usize,
) -> rusqlite::Result<LocalPage> {
    let cursor = super::rooms::cursor(tx, room)?.unwrap_or(0);
    if start > cursor {
        return Ok(LocalPage::default());
    }
    let Some((_, last)) = ranges::around(tx, room, start)? else {
        return Ok(LocalPage {
            lacks: Some(start.saturating_sub(1)),
            ..LocalPage::default()
        });
    };
    let full: Option<u64> = tx
        .prepare_cached(
            "SELECT seq FROM items WHERE room = ?1 AND system = 0 AND seq BETWEEN ?2 AND ?3
             ORDER BY seq LIMIT 1 OFFSET ?4",
        )?
        .query_row(
            params![room, start, last, limit.saturating_sub(1) as i64],
            |row| row.get(0),
        )
        .optional()?;
    let items = items::between(tx, room, start, full.unwrap_or(last))?;
    Ok(LocalPage {
        messages: count(&items),
        more: match full {
            Some(highest) => last < cursor || has_message(tx, room, highest + 1, last)?,
            None => last < cursor,
        },
        lacks: (full.is_none() && last < cursor).then_some(last),
        items,
    })
}

fn count(items: &[Item]) -> usize {
    items.iter().filter(|item| item.message().is_some()).count()
}

fn has_message(tx: &Transaction<'_>, room: &str, first: u64, last: u64) -> rusqlite::Result<bool> {
    tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM items WHERE room = ?1 AND system = 0 AND seq BETWEEN ?2 AND ?3)",
    )?
    .query_row(params![room, first, last], |row| row.get(0))
}
