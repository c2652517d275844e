//! People: how far they are trusted, and what is shown of them.

use parlor_protocol::{DeviceId, SafetyNumber, Time};
use rusqlite::params;

use super::row::Tried;
use super::tx::{Tx, maybe_time, parsed, time};
use super::{PeerStore, Result, devices, links, own, posts, talks};
use crate::peer::person::{DeviceStanding, Dialled, KnownDevice, Path, Person, Trust};
use crate::peer::post::Notice;
use crate::peer::talk::Talk;

impl PeerStore {
    /// A user is dialled in vain, and will be again; `None` once they are reached.
    pub(crate) async fn dialled(&self, username: &str, tried: Option<Tried>) -> Result<()> {
        let username = username.to_owned();
        self.write(move |tx| {
            ensure(tx, &username)?;
            let (last, next) = (tried.map(|t| t.last), tried.and_then(|t| t.next));
            let changed = tx.run(
                "UPDATE people SET dialled = ?2, dialled_next = ?3 WHERE username = ?1
                 AND (dialled IS NOT ?2 OR dialled_next IS NOT ?3)",
                params![
                    username,
                    last.map(Time::as_millis),
                    next.map(Time::as_millis)
                ],
            )?;
            if changed > 0 {
                raise(tx, &username)?;
            }
            Ok(())
        })
        .await
    }

    /// A person, whether or not anything is known of them.
    pub(crate) async fn person(&self, username: &str) -> Result<Person> {
        let username = username.to_owned();
        self.read(move |tx| person(tx, &username)).await
    }

    /// The safety number was compared. If it is the same, all devices of now are accepted.
    pub(crate) async fn compared(&self, username: &str, same: bool, now: Time) -> Result<()> {
        let username = username.to_owned();
        self.write(move |tx| compared(tx, &username, same, now))
            .await
    }

    /// Accepts a new or changed device without comparing. `false` if there is none.
    pub(crate) async fn accept_device(&self, username: &str, device: DeviceId) -> Result<bool> {
        let username = username.to_owned();
        self.write(move |tx| accept_device(tx, &username, &device))
            .await
    }

    /// Lets nothing of a user in, or lets it in again.
    pub(crate) async fn block(&self, username: &str, blocked: bool) -> Result<()> {
        let username = username.to_owned();
        self.write(move |tx| {
            ensure(tx, &username)?;
            tx.run(
                "UPDATE people SET blocked = ?2 WHERE username = ?1",
                params![username, blocked],
            )?;
            raise(tx, &username)
        })
        .await
    }
}

/// A row for a user, where there is none.
pub(super) fn ensure(tx: &Tx<'_>, username: &str) -> rusqlite::Result<()> {
    if !tx.exists("SELECT 1 FROM people WHERE username = ?1", [username])? {
        tx.run(
            "INSERT INTO people (username, rev) VALUES (?1, ?2)",
            params![username, tx.rev()?],
        )?;
    }
    Ok(())
}

/// Something of a person changed that is seen.
pub(super) fn raise(tx: &Tx<'_>, username: &str) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE people SET rev = ?2 WHERE username = ?1",
        params![username, tx.rev()?],
    )?;
    Ok(())
}

/// Something changed that is seen at everybody: the numbers to compare.
pub(super) fn raise_all(tx: &Tx<'_>) -> rusqlite::Result<()> {
    tx.run("UPDATE people SET rev = ?1", [tx.rev()?])?;
    Ok(())
}

/// The devices of a user changed. Those of oneself are part of every number to compare.
pub(super) fn devices_changed(tx: &Tx<'_>, username: &str) -> rusqlite::Result<()> {
    if username == tx.me {
        return raise_all(tx);
    }
    raise(tx, username)
}

/// Since now there is a device that was not answered.
pub(super) fn mark_changed(tx: &Tx<'_>, username: &str, now: Time) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE people SET changed = ?2 WHERE username = ?1",
        params![username, now.as_millis()],
    )?;
    Ok(())
}

pub(super) fn asked(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Option<Time>> {
    let asked = tx.maybe(
        "SELECT asked FROM people WHERE username = ?1",
        [username],
        |row| maybe_time(row, 0),
    )?;
    Ok(asked.flatten())
}

/// Whether nothing of a user is let in.
pub(super) fn blocked(tx: &Tx<'_>, username: &str) -> rusqlite::Result<bool> {
    tx.exists(
        "SELECT 1 FROM people WHERE username = ?1 AND blocked",
        [username],
    )
}

fn compared(tx: &Tx<'_>, username: &str, same: bool, now: Time) -> rusqlite::Result<()> {
    ensure(tx, username)?;
    let notice = if same {
        tx.run(
            "UPDATE people SET verified = ?2, differs = NULL, changed = NULL, unlike = 0
             WHERE username = ?1",
            params![username, now.as_millis()],
        )?;
        tx.run(
            "UPDATE devices SET standing = 'accepted'
             WHERE username = ?1 AND named AND standing IN ('new', 'changed')",
            [username],
        )?;
        Notice::Compared
    } else {
        tx.run(
            "UPDATE people SET verified = NULL, differs = ?2, unlike = 0 WHERE username = ?1",
            params![username, now.as_millis()],
        )?;
        Notice::Differs
    };
    raise(tx, username)?;
    if username == tx.me {
        return Ok(());
    }
    let talk = Talk::Direct(username.to_owned());
    talks::ensure(tx, &talk)?;
    posts::notice(tx, &talk, username, &notice, now)
}

/// Accepting a device is no comparing: once it was the last that waited, the user is not verified any more.
/// Until then they are, since to the new devices of a user who is not verified everything goes.
fn accept_device(tx: &Tx<'_>, username: &str, device: &DeviceId) -> rusqlite::Result<bool> {
    let theirs = devices::user_of(tx, device)?.is_some_and(|user| user == username);
    if !theirs || !devices::accept(tx, device)? {
        return Ok(false);
    }
    let open = tx.exists(
        "SELECT 1 FROM devices WHERE username = ?1 AND standing IN ('new', 'changed')",
        [username],
    )?;
    let sql = match open {
        true => "UPDATE people SET unlike = 1 WHERE username = ?1",
        false => {
            "UPDATE people SET verified = NULL, changed = NULL, unlike = 0 WHERE username = ?1"
        }
    };
    tx.run(sql, [username])?;
    raise(tx, username)?;
    Ok(true)
}

/// All of whom something is known, by name.
pub(super) fn all(tx: &Tx<'_>) -> rusqlite::Result<Vec<Person>> {
    since(tx, 0)
}

/// Those of whom something changed after `rev`, by name.
pub(super) fn since(tx: &Tx<'_>, rev: u64) -> rusqlite::Result<Vec<Person>> {
    tx.all(
        "SELECT username FROM people WHERE rev > ?1 ORDER BY username",
        [rev],
        |row| row.get::<_, String>(0),
    )?
    .iter()
    .map(|username| person(tx, username))
    .collect()
}

/// What the number to compare is made of: devices that count, of the list above all.
fn counted(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Vec<DeviceId>> {
    let mut devices = tx.all(
        "SELECT device FROM devices WHERE username = ?1 AND named AND standing <> 'revoked'",
        [username],
        |row| parsed(row, 0),
    )?;
    if username == tx.me {
        devices.extend(own::device(tx)?.map(|(device, _)| device));
    }
    Ok(devices)
}

fn safety(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Option<SafetyNumber>> {
    if username == tx.me {
        return Ok(None);
    }
    let (mine, theirs) = (counted(tx, tx.me)?, counted(tx, username)?);
    let both = !mine.is_empty() && !theirs.is_empty();
    Ok(both.then(|| SafetyNumber::of((tx.me, &mine), (username, &theirs))))
}

fn known_devices(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Vec<KnownDevice>> {
    let mut known = tx.all(
        "SELECT d.device, d.label, d.since, d.standing, l.way, l.round_trip, l.at
         FROM devices d LEFT JOIN links l USING (device)
         WHERE d.username = ?1 ORDER BY d.since, d.device",
        [username],
        |row| {
            Ok(KnownDevice {
                device: parsed(row, 0)?,
                label: row.get(1)?,
                since: time(row, 2)?,
                standing: devices::standing(row, 3)?,
                path: links::path(row, 4)?,
            })
        },
    )?;
    if username == tx.me
        && let Some((device, label)) = own::device(tx)?
    {
        let own = KnownDevice {
            device,
            label,
            since: own::issued(tx)?.unwrap_or_default(),
            standing: DeviceStanding::Accepted,
            path: None,
        };
        known.insert(0, own);
    }
    Ok(known)
}

/// What is known of a person, be it nothing.
fn person(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Person> {
    let devices = known_devices(tx, username)?;
    let row = tx.maybe(
        "SELECT verified, differs, changed, blocked, dialled, dialled_next, unlike
         FROM people WHERE username = ?1",
        [username],
        |row| {
            let dialled = maybe_time(row, 4)?;
            let next = maybe_time(row, 5)?;
            Ok((
                [
                    maybe_time(row, 0)?,
                    maybe_time(row, 1)?,
                    maybe_time(row, 2)?,
                ],
                row.get(3)?,
                dialled.map(|last| Dialled { last, next }),
                row.get::<_, bool>(6)?,
            ))
        },
    )?;
    let ([verified, differs, changed], blocked, dialled, unlike) = row.unwrap_or_default();
    let open = devices
        .iter()
        .filter(|d| matches!(d.standing, DeviceStanding::New | DeviceStanding::Changed))
        .map(|device| device.since)
        .max();
    let trust = match (differs, open, verified) {
        (Some(at), _, _) => Trust::Differs { at },
        (None, Some(since), _) => Trust::NewDevice {
            at: changed.unwrap_or(since),
            was_verified: verified.is_some(),
        },
        (None, None, Some(at)) if !unlike => Trust::Verified { at },
        (None, None, _) => Trust::NotCompared,
    };
    Ok(Person {
        username: username.to_owned(),
        safety: safety(tx, username)?,
        trust,
        blocked,
        path: best(&devices),
        sealed: tx.one(
            "SELECT count(*) FROM posts WHERE talk = ?1 AND state = 'sealed'",
            [Talk::Direct(username.to_owned()).to_string()],
        )?,
        dialled,
        devices,
    })
}

fn best(devices: &[KnownDevice]) -> Option<Path> {
    devices
        .iter()
        .filter_map(|device| device.path.as_ref())
        .min_by_key(|path| path.way)
        .cloned()
}
