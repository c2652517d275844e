//! Lines on their way out: to which devices they go, and how far they are.

use parlor_protocol::peer::PeerLine;
use parlor_protocol::{DeviceId, Time};
use rusqlite::{OptionalExtension, Row, params};

use super::row::{Delivery, DeliveryState, Ratchet, Unspread};
use super::tx::{Tx, from_json, parsed, to_json};
use super::{PeerStore, Result, channels, devices, files, posts, sessions};
use crate::peer::person::Way;
use crate::peer::post::PostState;
use crate::peer::talk::Talk;

impl PeerStore {
    /// Lines for which it is not known to which devices they go, the oldest first.
    pub(crate) async fn unspread(&self, limit: usize) -> Result<Vec<Unspread>> {
        self.read(move |tx| {
            tx.all(
                "SELECT n, talk FROM outgoing WHERE spread = 0 ORDER BY n LIMIT ?1",
                [limit],
                |row| {
                    let to = match parsed(row, 1)? {
                        Talk::Direct(user) => user,
                        Talk::Channel(_) => String::new(),
                    };
                    Ok(Unspread { n: row.get(0)?, to })
                },
            )
        })
        .await
    }

    /// A line goes to these devices. With none, it is done.
    pub(crate) async fn spread(&self, n: u64, to: Vec<(DeviceId, String)>) -> Result<()> {
        self.write(move |tx| spread(tx, n, &to)).await
    }

    /// What a device has yet to store and the room server does not keep for it, by `n`.
    pub(crate) async fn unheld(&self, device: DeviceId, limit: usize) -> Result<Vec<Delivery>> {
        self.read(move |tx| {
            tx.all(
                "SELECT d.n, d.device, d.username, o.line, d.state, d.body
                 FROM deliveries d JOIN outgoing o USING (n)
                 WHERE d.device = ?1 AND d.state <> 'held' ORDER BY d.n LIMIT ?2",
                params![device.to_string(), limit],
                read,
            )
        })
        .await
    }

    /// What a device has yet to store, by `n`: also what the room server keeps for it. `None` if it
    /// may not get anything.
    pub(crate) async fn deliveries(
        &self,
        device: DeviceId,
        limit: usize,
    ) -> Result<Option<Vec<Delivery>>> {
        self.read(move |tx| {
            if !devices::may_get(tx, &device)? {
                return Ok(None);
            }
            tx.all(
                "SELECT d.n, d.device, d.username, o.line, d.state, d.body
                 FROM deliveries d JOIN outgoing o USING (n)
                 WHERE d.device = ?1 ORDER BY d.n LIMIT ?2",
                params![device.to_string(), limit],
                read,
            )
            .map(Some)
        })
        .await
    }

    /// Whether anything may go to a device.
    pub(crate) async fn may_get(&self, device: DeviceId) -> Result<bool> {
        self.read(move |tx| devices::may_get(tx, &device)).await
    }

    /// Whether nothing is to be done any more for a line: every device has it, or the room server
    /// keeps it for it.
    pub(crate) async fn is_settled(&self, id: &str) -> Result<bool> {
        let id = id.to_owned();
        self.read(move |tx| {
            let open = tx.exists(
                "SELECT 1 FROM outgoing o LEFT JOIN deliveries d USING (n)
                 WHERE o.id = ?1 AND (o.spread = 0 OR d.state <> 'held')",
                [id],
            )?;
            Ok(!open)
        })
        .await
    }

    /// The devices that have something waiting or sealed.
    pub(crate) async fn waiting_devices(&self) -> Result<Vec<(DeviceId, String)>> {
        self.read(|tx| {
            tx.all(
                "SELECT DISTINCT device, username FROM deliveries WHERE state <> 'held'",
                (),
                |row| Ok((parsed(row, 0)?, row.get(1)?)),
            )
        })
        .await
    }

    /// A device has stored these: they are done for it, and the posts are delivered.
    pub(crate) async fn acked(&self, device: DeviceId, ids: Vec<String>, way: Way) -> Result<()> {
        self.write(move |tx| {
            for id in &ids {
                acked(tx, &device, id, way)?;
            }
            Ok(())
        })
        .await
    }

    /// A line is sealed for a device: its body and the ratchet that it moved, together.
    pub(crate) async fn sealed(
        &self,
        n: u64,
        device: DeviceId,
        body: String,
        ratchet: Ratchet,
    ) -> Result<()> {
        self.write(move |tx| {
            sessions::keep(tx, &ratchet)?;
            tx.run(
                "UPDATE deliveries SET state = 'sealed', body = ?3 WHERE n = ?1 AND device = ?2",
                params![n, device.to_string(), body],
            )?;
            Ok(())
        })
        .await
    }

    /// The room server keeps it, unless it is to be sealed anew since.
    pub(crate) async fn held(&self, n: u64, device: DeviceId) -> Result<()> {
        self.write(move |tx| {
            tx.run(
                "UPDATE deliveries SET state = 'held', body = NULL
                 WHERE n = ?1 AND device = ?2 AND state = 'sealed'",
                params![n, device.to_string()],
            )?;
            settle(tx, n, None)
        })
        .await
    }

    /// A line will not go to a device: its device is gone, or it was refused for good. A post that then goes to
    /// nobody has failed, for this reason.
    pub(crate) async fn undeliverable(&self, n: u64, device: DeviceId, reason: &str) -> Result<()> {
        let reason = reason.to_owned();
        self.write(move |tx| undeliverable(tx, n, &device, &reason))
            .await
    }

    /// A line that could not even be spread has failed: its receiver has no device, for one.
    pub(crate) async fn failed(&self, n: u64, reason: &str) -> Result<()> {
        let reason = reason.to_owned();
        self.write(move |tx| {
            tx.run("DELETE FROM deliveries WHERE n = ?1", [n])?;
            settle(tx, n, Some(&reason))
        })
        .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let state = match row.get_ref(4)?.as_str()? {
        "sealed" => DeliveryState::Sealed { body: row.get(5)? },
        "held" => DeliveryState::Held,
        _ => DeliveryState::Waiting,
    };
    Ok(Delivery {
        n: row.get(0)?,
        device: parsed(row, 1)?,
        username: row.get(2)?,
        line: from_json(row, 3)?,
        state,
    })
}

/// A line is to go out, to its talk's other user and one's own other devices.
pub(super) fn insert(tx: &Tx<'_>, talk: &Talk, line: &PeerLine, now: Time) -> rusqlite::Result<()> {
    let to = known_receivers(tx, talk)?;
    let spread = !to.is_empty();
    let n = tx.one(
        "INSERT INTO outgoing (id, talk, line, written, spread, sent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5) RETURNING n",
        params![
            line.id(),
            talk.to_string(),
            to_json(line)?,
            now.as_millis(),
            spread
        ],
    )?;
    match spread {
        true => deliver(tx, n, &to),
        false => {
            tx.unspread();
            Ok(())
        }
    }
}

/// The devices to which a line of a talk goes: those of its other user, and one's own others. None if they are
/// not known, or none of the other user's may get something: why is for the node to say.
fn known_receivers(tx: &Tx<'_>, talk: &Talk) -> rusqlite::Result<Vec<(DeviceId, String)>> {
    let Talk::Direct(user) = talk else {
        return Ok(Vec::new());
    };
    if user == tx.me || !tx.knows(user) {
        return Ok(Vec::new());
    }
    let named = |user: &str| -> rusqlite::Result<Vec<(DeviceId, String)>> {
        let devices = devices::that_get(tx, user)?.into_iter();
        Ok(devices.map(|device| (device, user.to_owned())).collect())
    };
    let mut to = named(user)?;
    if !to.is_empty() {
        to.extend(named(tx.me)?);
    }
    Ok(to)
}

/// A line that may not have reached anybody, as it is: whether it went to any device, and the line.
pub(super) fn line(tx: &Tx<'_>, id: &str) -> rusqlite::Result<Option<(u64, bool, PeerLine)>> {
    tx.maybe(
        "SELECT n, sent, line FROM outgoing WHERE id = ?1",
        [id],
        |row| Ok((row.get(0)?, row.get(1)?, from_json(row, 2)?)),
    )
}

/// A line says something else now, and goes once more to all, also to those that have stored what it was. It has
/// another number from now on, so that what is under way with the old one changes nothing.
pub(super) fn replace(tx: &Tx<'_>, n: u64, line: &PeerLine) -> rusqlite::Result<()> {
    let to = "UPDATE outgoing SET n = ?2, line = ?3, spread = 0 WHERE n = ?1";
    let next: u64 = tx.one(
        "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'outgoing'",
        (),
    )?;
    tx.run(to, params![n, next, to_json(line)?])?;
    tx.run(
        "UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'outgoing'",
        [next],
    )?;
    tx.run("DELETE FROM deliveries WHERE n = ?1", [n])?;
    tx.unspread();
    settle(tx, next, None)
}

/// A line that went to no device yet goes to none any more.
pub(super) fn drop_unsent(tx: &Tx<'_>, id: &str) -> rusqlite::Result<bool> {
    Ok(tx.run("DELETE FROM outgoing WHERE id = ?1 AND NOT sent", [id])? > 0)
}

/// A line that failed is tried again. `false` if there is none.
pub(super) fn retry(tx: &Tx<'_>, id: &str) -> rusqlite::Result<bool> {
    let retried = tx.run("UPDATE outgoing SET spread = 0 WHERE id = ?1", [id])? > 0;
    tx.unspread();
    Ok(retried)
}

fn spread(tx: &Tx<'_>, n: u64, to: &[(DeviceId, String)]) -> rusqlite::Result<()> {
    if to.is_empty() {
        tx.run("DELETE FROM outgoing WHERE n = ?1 AND spread = 0", [n])?;
        return Ok(());
    }
    let unspread = tx.run(
        "UPDATE outgoing SET spread = 1, sent = 1 WHERE n = ?1 AND spread = 0",
        [n],
    )?;
    if unspread == 0 {
        return Ok(());
    }
    deliver(tx, n, to)
}

fn deliver(tx: &Tx<'_>, n: u64, to: &[(DeviceId, String)]) -> rusqlite::Result<()> {
    for (device, username) in to {
        tx.run(
            "INSERT OR IGNORE INTO deliveries (n, device, username, state)
             VALUES (?1, ?2, ?3, 'waiting')",
            params![n, device.to_string(), username],
        )?;
        tx.line_for(*device, username);
    }
    Ok(())
}

fn acked(tx: &Tx<'_>, device: &DeviceId, id: &str, way: Way) -> rusqlite::Result<()> {
    let Some((n, talk)) = tx.maybe("SELECT n, talk FROM outgoing WHERE id = ?1", [id], |row| {
        Ok((row.get::<_, u64>(0)?, parsed::<Talk>(row, 1)?))
    })?
    else {
        return channels::acked(tx, device, id, way);
    };
    // A device that was to store nothing says nothing about it.
    let user = tx
        .statement("DELETE FROM deliveries WHERE n = ?1 AND device = ?2 RETURNING username")?
        .query_row(params![n, device.to_string()], |row| {
            row.get::<_, String>(0)
        })
        .optional()?;
    let Some(user) = user else { return Ok(()) };
    if user != tx.me {
        posts::delivered(tx, &talk, id, way)?;
    }
    settle(tx, n, None)
}

fn undeliverable(tx: &Tx<'_>, n: u64, device: &DeviceId, reason: &str) -> rusqlite::Result<()> {
    tx.run(
        "DELETE FROM deliveries WHERE n = ?1 AND device = ?2",
        params![n, device.to_string()],
    )?;
    settle(tx, n, Some(reason))
}

/// A device has ended: nothing goes to it any more.
pub(super) fn device_gone(tx: &Tx<'_>, device: &DeviceId, reason: &str) -> rusqlite::Result<()> {
    for n in lines_to(tx, device)? {
        undeliverable(tx, n, device, reason)?;
    }
    Ok(())
}

/// What was sealed for a device cannot be opened by it: all of it is to be sealed anew.
pub(super) fn unseal(tx: &Tx<'_>, device: &DeviceId) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE deliveries SET state = 'waiting', body = NULL WHERE device = ?1",
        [device.to_string()],
    )?;
    for n in lines_to(tx, device)? {
        settle(tx, n, None)?;
    }
    tx.wake();
    Ok(())
}

fn lines_to(tx: &Tx<'_>, device: &DeviceId) -> rusqlite::Result<Vec<u64>> {
    tx.all(
        "SELECT n FROM deliveries WHERE device = ?1",
        [device.to_string()],
        |row| row.get(0),
    )
}

/// Brings a line's post to the state that its deliveries make, and removes what is done. With `lost`, a
/// post that goes to nobody any more has failed, for this reason.
fn settle(tx: &Tx<'_>, n: u64, lost: Option<&str>) -> rusqlite::Result<()> {
    let Some((id, talk)) = tx.maybe("SELECT id, talk FROM outgoing WHERE n = ?1", [n], |row| {
        Ok((row.get::<_, String>(0)?, parsed::<Talk>(row, 1)?))
    })?
    else {
        return Ok(());
    };
    let (left, theirs, unheld): (u64, u64, u64) = tx
        .statement(
            "SELECT count(*), coalesce(sum(username <> ?2), 0),
                 coalesce(sum(username <> ?2 AND state <> 'held'), 0)
             FROM deliveries WHERE n = ?1",
        )?
        .query_row(params![n, tx.me], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let mut failed = false;
    if let Some((place, state)) = posts::own_state(tx, &talk, &id)? {
        let to = match (&state, lost) {
            (PostState::Delivered(_), _) => state.clone(),
            (_, Some(reason)) if theirs == 0 => PostState::Failed(reason.to_owned()),
            (PostState::Failed(_), None) => state.clone(),
            _ if theirs > 0 && unheld == 0 => PostState::Sealed,
            _ => PostState::OnItsWay,
        };
        posts::set_state(tx, &talk, (place, &state), &to)?;
        if let PostState::Failed(reason) = &to {
            failed = true;
            files::lost(tx, &talk, &id, reason)?;
        }
    }
    match (left, failed) {
        (0, false) => tx.run(
            "DELETE FROM outgoing WHERE n = ?1 AND (spread <> 0 OR ?2)",
            params![n, lost.is_some()],
        )?,
        (0, true) => tx.run("UPDATE outgoing SET spread = 2 WHERE n = ?1", [n])?,
        _ => 0,
    };
    Ok(())
}
