//! What handles of any process ask of the node. A wish stays until the node has done it; the same
//! one again is one.

use parlor_protocol::DeviceId;
use rusqlite::{Row, params};

use super::links::unknown;
use super::row::Wish;
use super::tx::{Tx, from_json, parsed, to_json};
use super::{PeerStore, Result};

/// Wishes that are kept; the oldest makes room. There are more only where no node ran for very long.
const WISHES: u64 = 256;

impl PeerStore {
    /// The wishes and their numbers, the oldest first.
    pub(crate) async fn wishes(&self) -> Result<Vec<(u64, Wish)>> {
        self.read(|tx| {
            tx.all(
                "SELECT n, kind, arg, body FROM wishes ORDER BY n",
                (),
                |row| Ok((row.get(0)?, read(row)?)),
            )
        })
        .await
    }

    /// Asks the node for something.
    pub(crate) async fn wish(&self, wish: Wish) -> Result<()> {
        self.write(move |tx| add(tx, &wish)).await
    }

    /// A wish is done with.
    pub(crate) async fn fulfilled(&self, n: u64) -> Result<()> {
        self.write(move |tx| {
            tx.run("DELETE FROM wishes WHERE n = ?1", [n])?;
            Ok(())
        })
        .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Wish> {
    Ok(match row.get_ref(1)?.as_str()? {
        "revoke" => Wish::Revoke(parsed::<DeviceId>(row, 2)?),
        "look" => Wish::Look(parsed(row, 2)?),
        "reject" => Wish::Reject {
            id: row.get(2)?,
            device: parsed(row, 3)?,
        },
        "options" => Wish::Options(from_json(row, 3)?),
        "tighten" => Wish::Tighten(from_json(row, 3)?),
        other => return Err(unknown(1, other)),
    })
}

pub(super) fn add(tx: &Tx<'_>, wish: &Wish) -> rusqlite::Result<()> {
    let (kind, arg, body) = match wish {
        Wish::Revoke(device) => ("revoke", device.to_string(), String::new()),
        Wish::Look(talk) => ("look", talk.to_string(), String::new()),
        Wish::Reject { id, device } => ("reject", id.clone(), device.to_string()),
        Wish::Options(options) => ("options", String::new(), to_json(options)?),
        // One that shows less in another respect is another wish.
        Wish::Tighten(options) => (
            "tighten",
            format!("{} {}", options.lan, options.relay_only),
            to_json(options)?,
        ),
    };
    // A new number: who did the wish before does not take this one for it.
    tx.run(
        "INSERT OR REPLACE INTO wishes (kind, arg, body) VALUES (?1, ?2, ?3)",
        params![kind, arg, body],
    )?;
    tx.run(
        "DELETE FROM wishes WHERE n <= (SELECT n FROM wishes ORDER BY n DESC LIMIT 1 OFFSET ?1)",
        [WISHES],
    )?;
    tx.wake();
    Ok(())
}
