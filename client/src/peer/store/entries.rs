//! Entries of peer channels: a chain for each author's device.

use parlor_protocol::names;
use parlor_protocol::peer::{Entry, EntryBody, EntryKind, SignedEntry};
use parlor_protocol::signature;
use parlor_protocol::{DeviceId, Time};
use rusqlite::params;

use super::changes::{self, Change, What};
use super::incoming::check_text;
use super::row::UnsignedEntry;
use super::tx::{Tx, damaged, from_json, parsed, time, to_json};
use super::{PeerStore, Result, channels, devices, own, people, posts, talks};
use crate::peer::person::Way;
use crate::peer::post::{Notice, PostState};
use crate::peer::talk::Talk;

/// Entries of one author's device that wait for those before them: two answers to `want`. What comes
/// beyond is asked for again, in order.
const ASIDE: u64 = 2 * parlor_protocol::peer::WANT_ENTRIES;

impl PeerStore {
    /// The highest `n` without a hole of each author's device.
    pub(crate) async fn have(&self, channel: &str) -> Result<Vec<(DeviceId, u64)>> {
        let channel = channel.to_owned();
        self.read(move |tx| {
            tx.all(
                "SELECT device, n FROM heads WHERE channel = ?1 ORDER BY device",
                [channel],
                |row| Ok((parsed(row, 0)?, row.get(1)?)),
            )
        })
        .await
    }

    /// Entries of one author's device, by `n`, within bounds.
    pub(crate) async fn entries(
        &self,
        channel: &str,
        device: DeviceId,
        from: u64,
        to: u64,
    ) -> Result<Vec<SignedEntry>> {
        let channel = channel.to_owned();
        self.read_long(move |tx| {
            tx.all(
                "SELECT entry, sig FROM entries
                 WHERE channel = ?1 AND device = ?2 AND n BETWEEN ?3 AND ?4 ORDER BY n LIMIT ?5",
                params![
                    channel,
                    device.to_string(),
                    bounded(from),
                    bounded(to),
                    parlor_protocol::peer::WANT_ENTRIES
                ],
                |row| {
                    Ok(SignedEntry {
                        entry: row.get(0)?,
                        sig: parsed(row, 1)?,
                    })
                },
            )
        })
        .await
    }

    /// Takes an entry of a channel one is in, whose signature holds and whose author's device is
    /// known: once; out of order it waits for what is before it, a broken chain and a second entry with one `n` are refused, and
    /// the latter is shown as a fork. Answers whether it was new.
    pub(crate) async fn take_entry(&self, entry: Entry, way: Way, now: Time) -> Result<bool> {
        self.write(move |tx| take(tx, &entry, way, now)).await
    }

    /// What this device is to write next in a channel: `n` and `prev`. Its own entries that came back
    /// from others count: this device may be a restored one.
    pub(crate) async fn next_entry(&self, channel: &str) -> Result<(u64, String)> {
        let channel = channel.to_owned();
        self.read(move |tx| next(tx, &channel)).await
    }

    /// Posts of one's own in channels that are not signed yet (a handle cannot sign): id and channel, in order.
    pub(crate) async fn unsigned(&self) -> Result<Vec<UnsignedEntry>> {
        self.read(|tx| {
            tx.all(
                "SELECT id, channel, kind, message, target, time FROM unsigned ORDER BY n",
                (),
                |row| {
                    Ok(UnsignedEntry {
                        id: row.get(0)?,
                        channel: row.get(1)?,
                        kind: from_json(row, 2)?,
                        message: row.get(3)?,
                        target: row.get(4)?,
                        time: time(row, 5)?,
                    })
                },
            )
        })
        .await
    }

    /// Keeps a signed entry of one's own: it is in the channel now. `false` if it is not the next
    /// any more, or not asked for any more: nothing is kept, and what is unsigned is to be looked at anew.
    pub(crate) async fn signed(&self, entry: Entry) -> Result<bool> {
        self.write(move |tx| signed(tx, &entry)).await
    }
}

/// A number of the wire, as SQLite has them.
fn bounded(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A post or a change of one's own is to be signed.
pub(super) fn to_sign(tx: &Tx<'_>, entry: &UnsignedEntry) -> rusqlite::Result<()> {
    tx.run(
        "INSERT INTO unsigned (id, channel, kind, message, target, time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            entry.id,
            entry.channel,
            to_json(&entry.kind)?,
            entry.message,
            entry.target,
            entry.time.as_millis(),
        ],
    )?;
    tx.unsigned();
    Ok(())
}

/// A post that is not signed yet, and what changes it, needs no entry any more. `false` if it is signed.
pub(super) fn drop_unsigned(tx: &Tx<'_>, channel: &str, id: &str) -> rusqlite::Result<bool> {
    let dropped = tx.run(
        "DELETE FROM unsigned WHERE channel = ?1 AND id = ?2",
        params![channel, id],
    )?;
    if dropped > 0 {
        tx.run(
            "DELETE FROM unsigned WHERE channel = ?1 AND target = ?2 AND kind <> ?3",
            params![channel, id, to_json(&EntryKind::Message)?],
        )?;
    }
    Ok(dropped > 0)
}

fn head(tx: &Tx<'_>, channel: &str, device: &DeviceId) -> rusqlite::Result<(u64, String)> {
    let head = tx.maybe(
        "SELECT n, hash FROM heads WHERE channel = ?1 AND device = ?2",
        params![channel, device.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(head.unwrap_or_default())
}

fn next(tx: &Tx<'_>, channel: &str) -> rusqlite::Result<(u64, String)> {
    let Some((device, _)) = own::device(tx)? else {
        return Ok((1, String::new()));
    };
    let known = tx.maybe(
        "SELECT n, hash FROM (SELECT n, hash FROM entries WHERE channel = ?1 AND device = ?2
             UNION ALL SELECT n, hash FROM last WHERE channel = ?1 AND device = ?2)
         ORDER BY n DESC LIMIT 1",
        params![channel, device.to_string()],
        |row| Ok((row.get::<_, u64>(0)?, row.get(1)?)),
    )?;
    Ok(known.map_or((1, String::new()), |(n, hash)| (n + 1, hash)))
}

fn signed(tx: &Tx<'_>, entry: &Entry) -> rusqlite::Result<bool> {
    let body = &entry.body;
    let asked = tx.exists(
        "SELECT 1 FROM unsigned WHERE id = ?1 AND channel = ?2",
        params![body.id, body.channel],
    )?;
    let own = own::device(tx)?.is_some_and(|(own, _)| own == body.device);
    if !asked || !own || next(tx, &body.channel)? != (body.n, body.prev.clone()) {
        return Ok(false);
    }
    tx.run("DELETE FROM unsigned WHERE id = ?1", [&body.id])?;
    insert(tx, entry)?;
    advance(tx, &body.channel, &body.device, Way::Direct)?;
    tx.wake();
    Ok(true)
}

fn insert(tx: &Tx<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let body = &entry.body;
    tx.run(
        "INSERT INTO entries (channel, device, n, id, hash, prev, entry, sig)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            body.channel,
            body.device.to_string(),
            body.n,
            body.id,
            entry.hash,
            body.prev,
            entry.signed.entry,
            entry.signed.sig.to_string(),
        ],
    )?;
    Ok(())
}

fn take(tx: &Tx<'_>, entry: &Entry, way: Way, now: Time) -> rusqlite::Result<bool> {
    let body = &entry.body;
    if !may_come(tx, body)? {
        return Ok(false);
    }
    let here: Option<String> = tx.maybe(
        "SELECT hash FROM entries WHERE channel = ?1 AND device = ?2 AND n = ?3",
        params![body.channel, body.device.to_string(), body.n],
        |row| row.get(0),
    )?;
    if let Some(hash) = here {
        if hash != entry.hash {
            forked(tx, entry, now)?;
        }
        return Ok(false);
    }
    let (n, hash) = head(tx, &body.channel, &body.device)?;
    if body.n == n + 1 && body.prev != hash {
        return Ok(false);
    }
    if body.n > n + 1 && aside(tx, body)? >= ASIDE {
        return Ok(false);
    }
    insert(tx, entry)?;
    channels::add(tx, &body.channel, std::slice::from_ref(&body.from))?;
    advance(tx, &body.channel, &body.device, way)?;
    Ok(true)
}

/// Whether one is in the channel, and its author's device is known for what the entry says and let in.
fn may_come(tx: &Tx<'_>, body: &EntryBody) -> rusqlite::Result<bool> {
    Ok(i64::try_from(body.n).is_ok()
        && talks::is_here(tx, &Talk::Channel(body.channel.clone()))?
        && devices::user_of(tx, &body.device)?.is_some_and(|user| user == body.from)
        && !people::blocked(tx, &body.from)?)
}

fn aside(tx: &Tx<'_>, body: &EntryBody) -> rusqlite::Result<u64> {
    tx.one(
        "SELECT count(*) FROM entries WHERE channel = ?1 AND device = ?2 AND shown = 0",
        params![body.channel, body.device.to_string()],
    )
}

/// The first fork of a device in a channel is kept as its proof, and shown.
fn forked(tx: &Tx<'_>, entry: &Entry, now: Time) -> rusqlite::Result<()> {
    let body = &entry.body;
    let new = tx.run(
        "INSERT OR IGNORE INTO forks (channel, device, n, entry, sig) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            body.channel,
            body.device.to_string(),
            body.n,
            entry.signed.entry,
            entry.signed.sig.to_string(),
        ],
    )?;
    if new == 0 {
        return Ok(());
    }
    let notice = Notice::Forked {
        device: body.device,
    };
    let talk = Talk::Channel(body.channel.clone());
    posts::notice(tx, &talk, &body.from, &notice, now)
}

/// Shows what the end of a chain has reached. An entry that waited and does not follow from the one
/// before it is dropped.
fn advance(tx: &Tx<'_>, channel: &str, device: &DeviceId, way: Way) -> rusqlite::Result<()> {
    let id = device.to_string();
    let (first, mut hash) = head(tx, channel, device)?;
    let mut n = first;
    loop {
        let next = tx.maybe(
            "SELECT hash, prev, entry FROM entries
             WHERE channel = ?1 AND device = ?2 AND n = ?3 AND shown = 0",
            params![channel, id, n + 1],
            |row| {
                let (hash, prev): (String, String) = (row.get(0)?, row.get(1)?);
                Ok((hash, prev, read_body(row.get_ref(2)?.as_str()?)?))
            },
        )?;
        let Some((next, prev, body)) = next else {
            break;
        };
        if prev != hash {
            tx.run(
                "DELETE FROM entries WHERE channel = ?1 AND device = ?2 AND n = ?3",
                params![channel, id, n + 1],
            )?;
            break;
        }
        tx.run(
            "UPDATE entries SET shown = 1 WHERE channel = ?1 AND device = ?2 AND n = ?3",
            params![channel, id, n + 1],
        )?;
        show(tx, &body, way)?;
        (n, hash) = (n + 1, next);
    }
    if n > first {
        tx.run(
            "INSERT OR REPLACE INTO heads (channel, device, n, hash) VALUES (?1, ?2, ?3, ?4)",
            params![channel, id, n, hash],
        )?;
    }
    Ok(())
}

fn read_body(entry: &str) -> rusqlite::Result<EntryBody> {
    let json = signature::decode(entry).map_err(|error| damaged(2, error))?;
    serde_json::from_slice(&json).map_err(|error| damaged(2, error))
}

/// An entry takes place in its talk. What breaks the rules keeps its place in the chain and is not shown.
fn show(tx: &Tx<'_>, body: &EntryBody, way: Way) -> rusqlite::Result<()> {
    if !names::is_nonce(&body.id) || !body.target.as_deref().is_none_or(names::is_nonce) {
        return Ok(());
    }
    let talk = Talk::Channel(body.channel.clone());
    let emoji = |on| {
        names::is_emoji(&body.message).then(|| What::React {
            emoji: body.message.clone(),
            on,
        })
    };
    let what = match body.kind {
        EntryKind::Message => return show_message(tx, &talk, body, way),
        EntryKind::Edited => check_text(&body.message)
            .is_ok()
            .then(|| What::Edit(body.message.clone())),
        EntryKind::Deleted => Some(What::Delete),
        EntryKind::Reaction => emoji(true),
        EntryKind::Unreaction => emoji(false),
        EntryKind::Unknown => None,
    };
    if let (Some(what), Some(target)) = (what, &body.target) {
        let change = Change {
            id: body.id.clone(),
            by: body.from.clone(),
            at: body.time,
            what,
        };
        changes::take(tx, &talk, target, &change)?;
    }
    Ok(())
}

fn show_message(tx: &Tx<'_>, talk: &Talk, body: &EntryBody, way: Way) -> rusqlite::Result<()> {
    // One's own is shown since it was written.
    if check_text(&body.message).is_err() || posts::is_here(tx, &body.device, &body.id)? {
        return Ok(());
    }
    posts::insert(
        tx,
        &posts::New {
            talk,
            id: &body.id,
            author: &body.from,
            device: Some(body.device),
            time: body.time,
            text: Some(&body.message),
            reply_to: body.target.as_deref(),
            state: match body.from == tx.me {
                true => PostState::Here,
                false => PostState::Received(way),
            },
        },
    )
}
