//! The people known.

use std::collections::BTreeMap;

use parlor_protocol::{Presence, User};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::rooms::from_json;

fn read(row: &Row<'_>) -> rusqlite::Result<User> {
    from_json(row, 0)
}

pub(super) fn get(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<Option<User>> {
    tx.prepare_cached("SELECT body FROM people WHERE username = ?1")?
        .query_row([username], read)
        .optional()
}

pub(super) fn all(tx: &Transaction<'_>) -> rusqlite::Result<Vec<User>> {
    tx.prepare_cached("SELECT body FROM people ORDER BY username")?
        .query_map([], read)?
        .collect()
}

pub(super) fn put(tx: &Transaction<'_>, user: &User) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO people (username, body) VALUES (?1, ?2)")?
        .execute(params![user.username, super::rooms::to_json(user)?])?;
    Ok(())
}

/// Keeps who came and went; says nothing of those not known.
pub(super) fn presence(
    tx: &Transaction<'_>,
    changes: &BTreeMap<String, Presence>,
) -> rusqlite::Result<()> {
    for (username, presence) in changes {
        if let Some(mut user) = get(tx, username)?
            && user.presence != *presence
        {
            user.presence = *presence;
            put(tx, &user)?;
        }
    }
    Ok(())
}
