//! One-time keys, each given to one who asks, and the key that is given where none is left.

use parlor_protocol::signature::{CurveKey, Signature};
use parlor_protocol::{ClaimedKey, DeviceId, SignedKey, Time, limits};
use rusqlite::{Connection, OptionalExtension, params};

use crate::clock;
use crate::storage::device::Claimer;
use crate::storage::{Result, UserId};

/// Claims are counted over this time.
const CLAIM_SECONDS: u64 = 60 * 60;

/// A key that was given is remembered for so long, so that a device that
/// sends it again does not have it given again. A device that was away for longer has no card.
const GIVEN_SECONDS: u64 = limits::CARD_DAYS * 24 * 60 * 60;

/// Adds keys, of which the newest stay; answers how many are to be given now.
pub(super) fn add(conn: &Connection, device: DeviceId, keys: &[SignedKey]) -> Result<u64> {
    let mut add = conn.prepare_cached(
        "INSERT OR IGNORE INTO one_time_keys (device, key, sig) VALUES (?1, ?2, ?3)",
    )?;
    for key in keys {
        add.execute(params![device.0, key.key.0, key.sig.0])?;
    }
    conn.prepare_cached(
        "DELETE FROM one_time_keys WHERE id IN (SELECT id FROM one_time_keys
         WHERE device = ?1 AND given IS NULL ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![device.0, limits::ONE_TIME_KEYS])?;
    let mut count = conn
        .prepare_cached("SELECT count(*) FROM one_time_keys WHERE device = ?1 AND given IS NULL")?;
    Ok(count.query_row([device.0], |row| row.get(0))?)
}

/// Erases a device's one-time keys.
pub(super) fn drop_all(conn: &Connection, device: DeviceId) -> Result<()> {
    conn.prepare_cached("DELETE FROM one_time_keys WHERE device = ?1")?
        .execute([device.0])?;
    Ok(())
}

/// Takes one key of each of a user's devices.
pub(super) fn claim(
    conn: &Connection,
    user: UserId,
    by: Claimer,
    now: Time,
) -> Result<Vec<ClaimedKey>> {
    let devices = super::holding(conn, user, now)?;
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let once = count_claim(conn, user, by, now)?;
    let mut claimed = Vec::with_capacity(devices.len());
    for device in devices {
        let key = if once {
            one_time(conn, device, now)?
        } else {
            None
        };
        claimed.push(match key {
            Some(key) => key,
            None => fallback(conn, device)?,
        });
    }
    Ok(claimed)
}

/// Whether this claim is one of the few in an hour that use up keys.
fn count_claim(conn: &Connection, user: UserId, by: Claimer, now: Time) -> Result<bool> {
    let claimer = match by {
        Claimer::Device(device) => device.0.to_vec(),
        Claimer::User(user) => user.0.to_be_bytes().to_vec(),
    };
    let since = clock::before(now, CLAIM_SECONDS).as_millis();
    let mut count = conn.prepare_cached(
        "SELECT count(*) FROM claims WHERE claimer = ?1 AND user_id = ?2 AND time > ?3",
    )?;
    let counted: usize = count.query_row(params![claimer, user.0, since], |row| row.get(0))?;
    if counted >= limits::CLAIMS_AN_HOUR {
        return Ok(false);
    }
    conn.prepare_cached("INSERT INTO claims (claimer, user_id, time) VALUES (?1, ?2, ?3)")?
        .execute(params![claimer, user.0, now.as_millis()])?;
    Ok(true)
}

fn one_time(conn: &Connection, device: DeviceId, now: Time) -> Result<Option<ClaimedKey>> {
    let mut give = conn.prepare_cached(
        "UPDATE one_time_keys SET given = ?2 WHERE id = (SELECT id FROM one_time_keys
             WHERE device = ?1 AND given IS NULL ORDER BY id LIMIT 1)
         RETURNING key, sig",
    )?;
    let given = give.query_row(params![device.0, now.as_millis()], |row| {
        Ok(ClaimedKey {
            device,
            key: CurveKey(row.get(0)?),
            sig: Signature(row.get(1)?),
        })
    });
    Ok(given.optional()?)
}

fn fallback(conn: &Connection, device: DeviceId) -> Result<ClaimedKey> {
    let mut find =
        conn.prepare_cached("SELECT fallback_key, fallback_sig FROM devices WHERE device = ?1")?;
    Ok(find.query_row([device.0], |row| {
        Ok(ClaimedKey {
            device,
            key: CurveKey(row.get(0)?),
            sig: Signature(row.get(1)?),
        })
    })?)
}

/// Forgets claims that count no more, and keys that were given long ago.
pub(super) fn expire(conn: &Connection, now: Time) -> Result<()> {
    conn.prepare_cached("DELETE FROM claims WHERE time <= ?1")?
        .execute([clock::before(now, CLAIM_SECONDS).as_millis()])?;
    conn.prepare_cached("DELETE FROM one_time_keys WHERE given <= ?1")?
        .execute([clock::before(now, GIVEN_SECONDS).as_millis()])?;
    Ok(())
}
