//! Peer channels: who is in them, and how far one's own posts are.

use parlor_protocol::{DeviceId, names};
use rusqlite::params;

use super::tx::{Tx, parsed};
use super::{PeerStore, Result, devices, own, posts, talks};
use crate::peer::person::Way;
use crate::peer::talk::Talk;

/// Members that are known of a channel: more than meet in one. Whoever is beyond is met all the same, by links.
const MEMBERS: u64 = 5_000;

impl PeerStore {
    /// The channels one is in.
    pub(crate) async fn channels(&self) -> Result<Vec<String>> {
        self.read(|tx| {
            tx.all(
                "SELECT substr(talk, 2) FROM talks WHERE talk LIKE '#%' AND NOT gone ORDER BY talk",
                (),
                |row| row.get(0),
            )
        })
        .await
    }

    /// Who is in a channel, as the trackers or entries say: added to who is known.
    pub(crate) async fn add_members(&self, channel: &str, usernames: Vec<String>) -> Result<()> {
        let channel = channel.to_owned();
        self.write(move |tx| add(tx, &channel, &usernames)).await
    }

    /// Who is known to be in a channel, without oneself.
    pub(crate) async fn members(&self, channel: &str) -> Result<Vec<String>> {
        let channel = channel.to_owned();
        self.read(move |tx| {
            tx.all(
                "SELECT username FROM members WHERE channel = ?1 ORDER BY username",
                [channel],
                |row| row.get(0),
            )
        })
        .await
    }

    /// Comes into a channel. The name is checked.
    pub(crate) async fn join(&self, channel: &str) -> Result<()> {
        let talk = Talk::Channel(channel.to_owned());
        self.write(move |tx| talks::ensure(tx, &talk)).await
    }

    /// Leaves a channel; what is here of it is removed. `false` if one is not in it.
    pub(crate) async fn leave(&self, channel: &str) -> Result<bool> {
        let channel = channel.to_owned();
        self.write(move |tx| leave(tx, &channel)).await
    }

    /// A device says that it has this device's entries of a channel up to `n`: those posts are delivered.
    pub(crate) async fn has_ours(
        &self,
        channel: &str,
        device: DeviceId,
        n: u64,
        way: Way,
    ) -> Result<()> {
        let channel = channel.to_owned();
        self.write(move |tx| has_ours(tx, &channel, &device, n, way))
            .await
    }
}

pub(super) fn add(tx: &Tx<'_>, channel: &str, usernames: &[String]) -> rusqlite::Result<()> {
    let talk = Talk::Channel(channel.to_owned());
    if !talks::is_here(tx, &talk)? {
        return Ok(());
    }
    let mut known: u64 = tx.one("SELECT count(*) FROM members WHERE channel = ?1", [channel])?;
    let mut grew = false;
    for username in usernames {
        let is_one = names::username(username).as_deref() == Some(username);
        if username == tx.me || !is_one || known >= MEMBERS {
            continue;
        }
        let added = tx.run(
            "INSERT OR IGNORE INTO members (channel, username) VALUES (?1, ?2)",
            params![channel, username],
        )?;
        known += added as u64;
        grew |= added > 0;
    }
    if grew {
        talks::raise(tx, &talk)?;
    }
    Ok(())
}

pub(super) fn leave(tx: &Tx<'_>, channel: &str) -> rusqlite::Result<bool> {
    let talk = Talk::Channel(channel.to_owned());
    if !talks::is_here(tx, &talk)? {
        return Ok(false);
    }
    if let Some((device, _)) = own::device(tx)? {
        // Whoever comes back must not write a number twice.
        tx.run(
            "INSERT OR REPLACE INTO last (channel, device, n, hash)
             SELECT channel, device, n, hash FROM entries
             WHERE channel = ?1 AND device = ?2 ORDER BY n DESC LIMIT 1",
            params![channel, device.to_string()],
        )?;
    }
    for sql in [
        "DELETE FROM entries WHERE channel = ?1",
        "DELETE FROM heads WHERE channel = ?1",
        "DELETE FROM forks WHERE channel = ?1",
        "DELETE FROM members WHERE channel = ?1",
        "DELETE FROM unsigned WHERE channel = ?1",
    ] {
        tx.run(sql, [channel])?;
    }
    talks::empty(tx, &talk, false)?;
    Ok(true)
}

/// Whether a device is that of another who is in the channel.
fn is_members(tx: &Tx<'_>, channel: &str, device: &DeviceId) -> rusqlite::Result<bool> {
    let Some(user) = devices::user_of(tx, device)? else {
        return Ok(false);
    };
    tx.exists(
        "SELECT 1 FROM members WHERE channel = ?1 AND username = ?2",
        params![channel, user],
    )
}

/// A member's device has stored a post of one's own.
pub(super) fn acked(tx: &Tx<'_>, device: &DeviceId, id: &str, way: Way) -> rusqlite::Result<()> {
    let Some((own, _)) = own::device(tx)? else {
        return Ok(());
    };
    let talk = tx.maybe(
        "SELECT talk FROM posts WHERE device = ?1 AND id = ?2 AND kind <> 'notice'",
        params![own.to_string(), id],
        |row| parsed::<Talk>(row, 0),
    )?;
    if let Some(talk) = talk
        && let Talk::Channel(channel) = &talk
        && is_members(tx, channel, device)?
    {
        posts::delivered(tx, &talk, id, way)?;
    }
    Ok(())
}

fn has_ours(
    tx: &Tx<'_>,
    channel: &str,
    device: &DeviceId,
    n: u64,
    way: Way,
) -> rusqlite::Result<()> {
    let (Some((own, _)), true) = (own::device(tx)?, is_members(tx, channel, device)?) else {
        return Ok(());
    };
    let talk = Talk::Channel(channel.to_owned());
    let stored: Vec<String> = tx.all(
        "SELECT p.id FROM posts p JOIN entries e
             ON e.channel = ?2 AND e.device = ?3 AND e.id = p.id
         WHERE p.talk = ?1 AND p.talk >= '#' AND p.talk < '$' AND p.state = 'on_its_way' AND e.n <= ?4",
        params![talk.to_string(), channel, own.to_string(), n],
        |row| row.get(0),
    )?;
    for id in stored {
        posts::delivered(tx, &talk, &id, way)?;
    }
    Ok(())
}
