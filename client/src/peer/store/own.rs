//! This device, how it stands, and the node's small values.

use parlor_protocol::{Card, DeviceCard, DeviceId, Time, VouchedCard};
use rusqlite::{Row, params};

use super::row::Own;
use super::tx::{Tx, from_json, maybe_time, parsed, to_json};
use super::{PeerStore, Result, people};
use crate::peer::event::Standing;

impl PeerStore {
    /// This device, once it was made.
    pub(crate) async fn own(&self) -> Result<Option<Own>> {
        self.read(|tx| {
            tx.maybe(
                "SELECT device, label, account, card, device_sig, server_sig, until FROM own",
                (),
                read,
            )
        })
        .await
    }

    /// Keeps this device: made, or with a new card, or with another word of the server's.
    pub(crate) async fn save_own(&self, own: Own) -> Result<()> {
        self.write(move |tx| save(tx, &own)).await
    }

    /// Keeps the pickle of the Olm account (new one-time keys).
    pub(crate) async fn save_account(&self, pickle: String) -> Result<()> {
        self.write(move |tx| save_account(tx, &pickle)).await
    }

    /// A small value of the node's (`trackers`, `tracker_token`), or none.
    pub(crate) async fn meta(&self, key: &str) -> Result<Option<String>> {
        let key = key.to_owned();
        self.read(move |tx| {
            tx.maybe("SELECT value FROM meta WHERE key = ?1", [key], |row| {
                row.get(0)
            })
        })
        .await
    }

    /// Keeps a small value.
    pub(crate) async fn set_meta(&self, key: &str, value: String) -> Result<()> {
        let key = key.to_owned();
        self.write(move |tx| {
            tx.run(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
                params![key, value],
            )?;
            Ok(())
        })
        .await
    }

    /// How this device stands, for [`crate::peer::PeerEvent::Standing`].
    pub(crate) async fn set_standing(&self, standing: Standing) -> Result<()> {
        self.write(move |tx| {
            if self::standing(tx)? == standing {
                return Ok(());
            }
            tx.run(
                "INSERT OR REPLACE INTO standing (one, body, rev) VALUES (1, ?1, ?2)",
                params![to_json(&standing)?, tx.rev()?],
            )?;
            Ok(())
        })
        .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Own> {
    let card = DeviceCard {
        card: row.get(3)?,
        device_sig: parsed(row, 4)?,
    };
    let vouched = match (row.get_ref(5)?.as_str_or_null()?, maybe_time(row, 6)?) {
        (Some(_), Some(until)) => Some(VouchedCard {
            card: card.card.clone(),
            device_sig: card.device_sig,
            server_sig: parsed(row, 5)?,
            until,
        }),
        _ => None,
    };
    Ok(Own {
        device: parsed(row, 0)?,
        label: row.get(1)?,
        account: row.get(2)?,
        card,
        vouched,
    })
}

fn save(tx: &Tx<'_>, own: &Own) -> rusqlite::Result<()> {
    let shown = tx.exists(
        "SELECT 1 FROM own WHERE device = ?1 AND label = ?2",
        params![own.device.to_string(), own.label],
    )?;
    tx.run(
        "INSERT OR REPLACE INTO own (one, device, label, account, card, device_sig, server_sig, until)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            own.device.to_string(),
            own.label,
            own.account,
            own.card.card,
            own.card.device_sig.to_string(),
            own.vouched.as_ref().map(|v| v.server_sig.to_string()),
            own.vouched.as_ref().map(|v| v.until.as_millis()),
        ],
    )?;
    if shown {
        return Ok(());
    }
    // What was written before there was a device is this one's.
    tx.run(
        "UPDATE posts SET device = ?1, rev = ?2 WHERE device IS NULL AND kind <> 'notice'",
        params![own.device.to_string(), tx.rev()?],
    )?;
    tx.run(
        "UPDATE files SET device = ?1 WHERE device IS NULL AND mine",
        [own.device.to_string()],
    )?;
    // The numbers to compare are made of it.
    people::ensure(tx, tx.me)?;
    people::raise_all(tx)
}

pub(super) fn save_account(tx: &Tx<'_>, pickle: &str) -> rusqlite::Result<()> {
    tx.run("UPDATE own SET account = ?1", [pickle])?;
    Ok(())
}

/// This device's id and what it is called, once it was made.
pub(super) fn device(tx: &Tx<'_>) -> rusqlite::Result<Option<(DeviceId, String)>> {
    tx.maybe("SELECT device, label FROM own", (), |row| {
        Ok((parsed(row, 0)?, row.get(1)?))
    })
}

/// When this device was made, as its card says.
pub(super) fn issued(tx: &Tx<'_>) -> rusqlite::Result<Option<Time>> {
    let card = tx.maybe("SELECT card FROM own", (), |row| row.get::<_, String>(0))?;
    Ok(card.and_then(|card| card_of(&card)).map(|card| card.issued))
}

/// What a card says whose signatures were checked before it was kept.
pub(super) fn card_of(text: &str) -> Option<Card> {
    let json = parlor_protocol::signature::decode(text).ok()?;
    serde_json::from_slice(&json).ok()
}

/// How this device stood when its node last said so.
pub(super) fn standing(tx: &Tx<'_>) -> rusqlite::Result<Standing> {
    let standing = tx.maybe("SELECT body FROM standing", (), |row| from_json(row, 0))?;
    Ok(standing.unwrap_or_default())
}
