//! The devices of others, and one's own others.

use parlor_protocol::{Card, DeviceId, Time, VouchedCard};
use rusqlite::{Row, params};

use super::links::unknown;
use super::row::{DeviceRow, gets};
use super::tx::{Tx, damaged, parsed, time};
use super::{PeerStore, Result, outgoing, own, people, posts, talks};
use crate::peer::person::DeviceStanding;
use crate::peer::post::Notice;

const COLUMNS: &str = "d.card, d.device_sig, d.server_sig, d.until, d.standing, d.named,
    p.verified IS NOT NULL OR p.differs IS NOT NULL, coalesce(p.blocked, 0)";

impl PeerStore {
    /// Takes over cards that hold (each with what it says), and ends those revoked. A device that is
    /// new for a user with whom there is a talk, or a channel in common, makes a notice there, as does one whose Olm keys
    /// changed; a user's first devices are accepted as they are. With `all`, the user has no other
    /// devices: those not named and not revoked stay known, but get nothing while they are not named.
    pub(crate) async fn learn(
        &self,
        username: &str,
        cards: Vec<(Card, VouchedCard)>,
        revoked: Vec<DeviceId>,
        all: bool,
        now: Time,
    ) -> Result<()> {
        let username = username.to_owned();
        self.write(move |tx| learn(tx, &username, &cards, &revoked, all, now))
            .await
    }

    /// A device.
    pub(crate) async fn device(&self, device: DeviceId) -> Result<Option<DeviceRow>> {
        self.read(move |tx| get(tx, &device)).await
    }

    /// All known devices of a user, ended ones too.
    pub(crate) async fn devices_of(&self, username: &str) -> Result<Vec<DeviceRow>> {
        let username = username.to_owned();
        self.read(move |tx| {
            tx.all(
                &format!(
                    "SELECT {COLUMNS} FROM devices d LEFT JOIN people p USING (username)
                     WHERE d.username = ?1 ORDER BY d.since, d.device"
                ),
                [username],
                read,
            )
        })
        .await
    }
}

/// The devices of a user that may get something, without this one.
pub(super) fn that_get(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Vec<DeviceId>> {
    let mut found = tx.all(
        "SELECT d.device, d.standing, p.verified IS NOT NULL OR p.differs IS NOT NULL
         FROM devices d LEFT JOIN people p USING (username)
         WHERE d.username = ?1 AND d.named AND NOT coalesce(p.blocked, 0)
         ORDER BY d.since, d.device",
        [username],
        |row| Ok((parsed(row, 0)?, gets(standing(row, 1)?, row.get(2)?))),
    )?;
    found.retain(|(_, gets)| *gets);
    Ok(found.into_iter().map(|(device, _)| device).collect())
}

/// Whether a device may get something.
pub(super) fn may_get(tx: &Tx<'_>, device: &DeviceId) -> rusqlite::Result<bool> {
    let gets = tx.maybe(
        "SELECT d.standing, p.verified IS NOT NULL OR p.differs IS NOT NULL
         FROM devices d LEFT JOIN people p USING (username)
         WHERE d.device = ?1 AND d.named AND NOT coalesce(p.blocked, 0)",
        [device.to_string()],
        |row| Ok(gets(standing(row, 0)?, row.get(1)?)),
    )?;
    Ok(gets.unwrap_or(false))
}

pub(super) fn get(tx: &Tx<'_>, device: &DeviceId) -> rusqlite::Result<Option<DeviceRow>> {
    tx.maybe(
        &format!(
            "SELECT {COLUMNS} FROM devices d LEFT JOIN people p USING (username)
             WHERE d.device = ?1"
        ),
        [device.to_string()],
        read,
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    let vouched = VouchedCard {
        card: row.get(0)?,
        device_sig: parsed(row, 1)?,
        server_sig: parsed(row, 2)?,
        until: time(row, 3)?,
    };
    let card = own::card_of(&vouched.card)
        .ok_or_else(|| damaged(0, std::io::Error::other("a card that cannot be read")))?;
    Ok(DeviceRow {
        card,
        vouched,
        standing: standing(row, 4)?,
        named: row.get(5)?,
        verified: row.get(6)?,
        blocked: row.get(7)?,
    })
}

fn word(standing: DeviceStanding) -> &'static str {
    match standing {
        DeviceStanding::Accepted => "accepted",
        DeviceStanding::New => "new",
        DeviceStanding::Changed => "changed",
        DeviceStanding::Revoked => "revoked",
    }
}

/// A standing from its word.
pub(super) fn standing(row: &Row<'_>, column: usize) -> rusqlite::Result<DeviceStanding> {
    match row.get_ref(column)?.as_str()? {
        "accepted" => Ok(DeviceStanding::Accepted),
        "new" => Ok(DeviceStanding::New),
        "changed" => Ok(DeviceStanding::Changed),
        "revoked" => Ok(DeviceStanding::Revoked),
        other => Err(unknown(column, other)),
    }
}

/// Whose a device is that has not ended, one's own too.
pub(super) fn user_of(tx: &Tx<'_>, device: &DeviceId) -> rusqlite::Result<Option<String>> {
    if own::device(tx)?.is_some_and(|(own, _)| own == *device) {
        return Ok(Some(tx.me.to_owned()));
    }
    tx.maybe(
        "SELECT username FROM devices WHERE device = ?1 AND standing <> 'revoked'",
        [device.to_string()],
        |row| row.get(0),
    )
}

fn learn(
    tx: &Tx<'_>,
    username: &str,
    cards: &[(Card, VouchedCard)],
    revoked: &[DeviceId],
    all: bool,
    now: Time,
) -> rusqlite::Result<()> {
    people::ensure(tx, username)?;
    let own = own::device(tx)?.map(|(device, _)| device);
    // This device is none of the rows; its first look at its user's others counts as the first.
    let first = !tx.exists("SELECT 1 FROM devices WHERE username = ?1", [username])?
        && (username != tx.me || people::asked(tx, username)?.is_none());
    for (card, vouched) in cards {
        if card.username == username && Some(card.device) != own {
            take_card(tx, card, vouched, first, now)?;
        }
    }
    for device in revoked {
        if Some(*device) != own {
            revoke(tx, username, device, now)?;
        }
    }
    if all {
        unname_others(tx, username, cards)?;
        tx.run(
            "UPDATE people SET asked = ?2 WHERE username = ?1",
            params![username, now.as_millis()],
        )?;
    }
    Ok(())
}

fn take_card(
    tx: &Tx<'_>,
    card: &Card,
    vouched: &VouchedCard,
    first: bool,
    now: Time,
) -> rusqlite::Result<()> {
    let id = card.device.to_string();
    if tx.exists("SELECT 1 FROM revoked WHERE device = ?1", [&id])? {
        return Ok(());
    }
    let Some(known) = get(tx, &card.device)? else {
        let standing = if first {
            DeviceStanding::Accepted
        } else {
            DeviceStanding::New
        };
        put_card(tx, card, vouched, standing, now)?;
        people::devices_changed(tx, &card.username)?;
        if !first {
            people::mark_changed(tx, &card.username, now)?;
            let notice = Notice::NewDevice {
                device: card.device,
                label: card.label.clone(),
            };
            notify(tx, &card.username, &notice, now)?;
        }
        return Ok(());
    };
    // A device has one user for ever, one that ended stays ended, and an old card changes nothing.
    let older = card.issued < known.card.issued
        || (card.issued == known.card.issued && vouched.until < known.vouched.until);
    if known.card.username != card.username || known.standing == DeviceStanding::Revoked || older {
        return name(tx, &id, &known);
    }
    let same = (known.card.olm_curve25519, known.card.olm_ed25519)
        == (card.olm_curve25519, card.olm_ed25519);
    let standing = if same {
        known.standing
    } else {
        DeviceStanding::Changed
    };
    put_card(tx, card, vouched, standing, now)?;
    if !same {
        // What was sealed for the old keys cannot be opened any more.
        tx.run("DELETE FROM sessions WHERE device = ?1", [&id])?;
        outgoing::unseal(tx, &card.device)?;
        people::mark_changed(tx, &card.username, now)?;
        let notice = Notice::KeyChanged {
            device: card.device,
            label: card.label.clone(),
        };
        notify(tx, &card.username, &notice, now)?;
    }
    if !same || known.card.label != card.label || !known.named {
        people::devices_changed(tx, &card.username)?;
    }
    Ok(())
}

/// A card that says nothing new still says that the device is there.
fn name(tx: &Tx<'_>, id: &str, known: &DeviceRow) -> rusqlite::Result<()> {
    if !known.named && known.standing != DeviceStanding::Revoked {
        tx.run("UPDATE devices SET named = 1 WHERE device = ?1", [id])?;
        people::devices_changed(tx, &known.card.username)?;
    }
    Ok(())
}

fn put_card(
    tx: &Tx<'_>,
    card: &Card,
    vouched: &VouchedCard,
    standing: DeviceStanding,
    now: Time,
) -> rusqlite::Result<()> {
    tx.run(
        "INSERT INTO devices (device, username, label, card, device_sig, server_sig, until,
             since, standing)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (device) DO UPDATE SET label = ?3, card = ?4, device_sig = ?5,
             server_sig = ?6, until = ?7, named = 1, standing = ?9",
        params![
            card.device.to_string(),
            card.username,
            card.label,
            vouched.card,
            vouched.device_sig.to_string(),
            vouched.server_sig.to_string(),
            vouched.until.as_millis(),
            now.as_millis(),
            word(standing),
        ],
    )?;
    Ok(())
}

fn revoke(tx: &Tx<'_>, username: &str, device: &DeviceId, now: Time) -> rusqlite::Result<()> {
    let id = device.to_string();
    let Some(known) = get(tx, device)? else {
        tx.run("INSERT OR IGNORE INTO revoked (device) VALUES (?1)", [id])?;
        return Ok(());
    };
    if known.card.username != username || known.standing == DeviceStanding::Revoked {
        return Ok(());
    }
    tx.run(
        "UPDATE devices SET standing = 'revoked', named = 0 WHERE device = ?1",
        [&id],
    )?;
    tx.run("DELETE FROM sessions WHERE device = ?1", [&id])?;
    outgoing::device_gone(tx, device, "the device was ended")?;
    people::devices_changed(tx, username)?;
    let notice = Notice::DeviceRevoked {
        device: *device,
        label: known.card.label,
    };
    notify(tx, username, &notice, now)
}

fn unname_others(
    tx: &Tx<'_>,
    username: &str,
    cards: &[(Card, VouchedCard)],
) -> rusqlite::Result<()> {
    let named: Vec<DeviceId> = tx.all(
        "SELECT device FROM devices WHERE username = ?1 AND named",
        [username],
        |row| parsed(row, 0),
    )?;
    for device in named {
        if cards.iter().all(|(card, _)| card.device != device) {
            tx.run(
                "UPDATE devices SET named = 0 WHERE device = ?1",
                [device.to_string()],
            )?;
            people::devices_changed(tx, username)?;
        }
    }
    Ok(())
}

/// Shows something about a user where one talks with them: the direct talk, and channels in common.
fn notify(tx: &Tx<'_>, username: &str, notice: &Notice, now: Time) -> rusqlite::Result<()> {
    for talk in talks::with(tx, username)? {
        posts::notice(tx, &talk, username, notice, now)?;
    }
    Ok(())
}

/// Accepts a new or changed device. `false` if there is none.
pub(super) fn accept(tx: &Tx<'_>, device: &DeviceId) -> rusqlite::Result<bool> {
    let changed = tx.run(
        "UPDATE devices SET standing = 'accepted'
         WHERE device = ?1 AND standing IN ('new', 'changed')",
        [device.to_string()],
    )?;
    tx.wake();
    Ok(changed > 0)
}
