//! The ways to devices that the running node has.

use std::time::Duration;

use parlor_protocol::DeviceId;
use rusqlite::{Row, params};

use super::tx::{Tx, damaged};
use super::{PeerStore, Result, people, talks};
use crate::peer::person::{Path, Way};

impl PeerStore {
    /// The way to a device, or that there is none any more.
    pub(crate) async fn set_link(&self, device: DeviceId, path: Option<Path>) -> Result<()> {
        self.write(move |tx| set(tx, &device, path.as_ref())).await
    }

    /// A node begins: there is no link yet, and it behaves as it was told at its start.
    pub(crate) async fn clear_links(&self) -> Result<()> {
        self.write(|tx| {
            for user in tx.all(
                "SELECT DISTINCT d.username FROM links l JOIN devices d USING (device)",
                (),
                |row| row.get::<_, String>(0),
            )? {
                people::raise(tx, &user)?;
                talks::raise_with(tx, &user)?;
            }
            tx.run("DELETE FROM links", ())?;
            tx.run("DELETE FROM wishes WHERE kind = 'options'", ())?;
            Ok(())
        })
        .await
    }
}

fn set(tx: &Tx<'_>, device: &DeviceId, path: Option<&Path>) -> rusqlite::Result<()> {
    let id = device.to_string();
    let was = tx.exists("SELECT 1 FROM links WHERE device = ?1", [&id])?;
    match path {
        Some(path) => tx.run(
            "INSERT OR REPLACE INTO links (device, way, round_trip, at) VALUES (?1, ?2, ?3, ?4)",
            params![id, path.way.as_str(), path.round_trip.map(micros), path.at],
        )?,
        None => tx.run("DELETE FROM links WHERE device = ?1", [&id])?,
    };
    let user = tx.maybe(
        "SELECT username FROM devices WHERE device = ?1",
        [&id],
        |row| row.get::<_, String>(0),
    )?;
    if let Some(user) = user {
        people::raise(tx, &user)?;
        if was != path.is_some() {
            talks::raise_with(tx, &user)?;
        }
    }
    Ok(())
}

fn micros(round_trip: Duration) -> u64 {
    u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX >> 1)
}

/// A way from its word.
pub(super) fn way(row: &Row<'_>, column: usize) -> rusqlite::Result<Way> {
    match row.get_ref(column)?.as_str()? {
        "lan" => Ok(Way::Lan),
        "direct" => Ok(Way::Direct),
        "relay" => Ok(Way::Relay),
        "held" => Ok(Way::Held),
        other => Err(unknown(column, other)),
    }
}

/// A word that no version of this program up to this one wrote.
pub(super) fn unknown(column: usize, word: &str) -> rusqlite::Error {
    damaged(column, std::io::Error::other(format!("unknown: {word}")))
}

/// The path of three columns, if there is one.
pub(super) fn path(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Path>> {
    if row.get_ref(first)?.as_str_or_null()?.is_none() {
        return Ok(None);
    }
    Ok(Some(Path {
        way: way(row, first)?,
        round_trip: row
            .get::<_, Option<u64>>(first + 1)?
            .map(Duration::from_micros),
        at: row.get(first + 2)?,
    }))
}
