//! What is held for devices until they have it.

use parlor_protocol::reply::Mail;
use parlor_protocol::{DeviceId, Time, limits, signature};
use rusqlite::{Connection, params};

use crate::clock;
use crate::storage::Result;
use crate::storage::device::{Held, NewMail};

/// Pieces of mail that one step of the clock erases: some milliseconds of the writer.
const EXPIRE_STEP: usize = 256;

/// The time for which mail is held.
const HOLD_SECONDS: u64 = limits::HOLD_DAYS * 24 * 60 * 60;

/// Keeps something for a device.
pub(super) fn hold(conn: &Connection, new: &NewMail) -> Result<Held> {
    match super::known(conn, new.device)? {
        Some(known) if known.user != new.to => return Ok(Held::NoSuchDevice),
        Some(known) if known.revoked => return Ok(Held::Revoked),
        Some(known) if known.until <= new.time => return Ok(Held::Expired),
        Some(_) => {}
        None => return Ok(Held::NoSuchDevice),
    }
    let mut same = conn.prepare_cached(
        "SELECT 1 FROM mail WHERE device = ?1 AND from_device = ?2 AND mark = ?3",
    )?;
    if same.exists(params![new.device.0, new.from_device.0, new.id])? {
        return Ok(Held::Before);
    }
    let mut count = conn.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE from_user = ?2) FROM mail WHERE device = ?1",
    )?;
    let (all, by_sender): (usize, usize) = count
        .query_row(params![new.device.0, new.from.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if by_sender >= limits::HOLD_PER_SENDER {
        return Ok(Held::SenderFull);
    }
    if all >= limits::HOLD_PER_DEVICE {
        return Ok(Held::DeviceFull);
    }
    conn.prepare_cached(
        "INSERT INTO mail (device, from_user, from_device, mark, body, time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        new.device.0,
        new.from.0,
        new.from_device.0,
        new.id,
        new.body,
        new.time.as_millis()
    ])?;
    Ok(Held::Now)
}

/// A device's mail above a number, the oldest first.
pub(super) fn after(
    conn: &Connection,
    device: DeviceId,
    after: u64,
    limit: usize,
) -> Result<Vec<Mail>> {
    let mut find = conn.prepare_cached(
        "SELECT m.n, u.username, m.from_device, m.mark, m.body, m.time
         FROM mail m JOIN users u ON u.id = m.from_user
         WHERE m.device = ?1 AND m.n > ?2 ORDER BY m.n LIMIT ?3",
    )?;
    let found = find.query_map(params![device.0, after, limit], |row| {
        Ok(Mail {
            n: row.get(0)?,
            from: row.get(1)?,
            device: DeviceId(row.get(2)?),
            id: row.get(3)?,
            body: signature::encode(row.get_ref(4)?.as_blob()?),
            time: Time::from_millis(row.get(5)?),
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Erases what a device has.
pub(super) fn take(conn: &Connection, device: DeviceId, numbers: &[u64]) -> Result<usize> {
    let mut erase = conn.prepare_cached("DELETE FROM mail WHERE n = ?1 AND device = ?2")?;
    let mut erased = 0;
    for n in numbers {
        // A number beyond what SQLite counts is nobody's.
        let n = i64::try_from(*n).unwrap_or(0);
        erased += erase.execute(params![n, device.0])?;
    }
    Ok(erased)
}

/// Erases all of a device's mail.
pub(super) fn drop_all(conn: &Connection, device: DeviceId) -> Result<()> {
    conn.prepare_cached("DELETE FROM mail WHERE device = ?1")?
        .execute([device.0])?;
    Ok(())
}

/// Erases some of what was held for its whole time.
pub(super) fn expire(conn: &Connection, now: Time) -> Result<usize> {
    let mut erase = conn.prepare_cached(
        "DELETE FROM mail WHERE n IN (SELECT n FROM mail WHERE time <= ?1 LIMIT ?2)",
    )?;
    let before = clock::before(now, HOLD_SECONDS).as_millis();
    Ok(erase.execute(params![before, EXPIRE_STEP])?)
}
