//! Contents of files, and those that no file has any more.

use rusqlite::{Connection, params};

use crate::storage::{ContentHash, Result};

pub(in super::super) fn loose(conn: &Connection, limit: usize) -> Result<Vec<ContentHash>> {
    let mut find = conn.prepare_cached("SELECT hash FROM loose_contents LIMIT ?1")?;
    let rows = find.query_map([limit], |row| row.get(0).map(ContentHash))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(in super::super) fn is_loose(conn: &Connection, hash: ContentHash) -> Result<bool> {
    let mut find = conn.prepare_cached("SELECT 1 FROM files WHERE hash = ?1")?;
    Ok(!find.exists([hash.0])?)
}

pub(in super::super) fn erased(conn: &Connection, hash: ContentHash) -> Result<()> {
    conn.prepare_cached("DELETE FROM loose_contents WHERE hash = ?1")?
        .execute([hash.0])?;
    Ok(())
}

pub(in super::super) fn loosen(conn: &Connection, contents: &[ContentHash]) -> Result<usize> {
    let mut add = conn.prepare_cached(
        "INSERT OR IGNORE INTO loose_contents SELECT ?1
         WHERE NOT EXISTS (SELECT 1 FROM files WHERE hash = ?1)",
    )?;
    let mut loosened = 0;
    for hash in contents {
        loosened += add.execute([hash.0])?;
    }
    Ok(loosened)
}

pub(in super::super) fn after(
    conn: &Connection,
    after: Option<ContentHash>,
    limit: usize,
) -> Result<Vec<(ContentHash, u64)>> {
    let mut find = conn.prepare_cached(
        "SELECT hash, max(size) FROM files WHERE hash > ?1 GROUP BY hash ORDER BY hash LIMIT ?2",
    )?;
    // The empty blob is before every other.
    let after: &[u8] = after.as_ref().map_or(&[], |hash| &hash.0);
    let rows = find.query_map(params![after, limit], |row| {
        Ok((row.get(0).map(ContentHash)?, row.get(1)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
