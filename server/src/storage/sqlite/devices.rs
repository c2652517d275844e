//! Devices, and what ends with them.
//!
//! # Layout
//!
//! - [`keys`]: one-time keys and fallback keys.
//! - [`mail`]: what is held.

pub(super) mod keys;
pub(super) mod mail;

use async_trait::async_trait;
use parlor_protocol::reply::Mail;
use parlor_protocol::signature::Signature;
use parlor_protocol::{ClaimedKey, DeviceId, Time, VouchedCard, limits};
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStorage;
use crate::storage::device::{
    Claimer, DEVICES_EVER, DeviceList, DeviceStorage, Held, NewDevice, NewMail, Published, Revoked,
    RevokedDevice,
};
use crate::storage::{Result, SessionId, UserId};

/// What is known of a device, before it comes again.
struct Known {
    user: UserId,
    olm: ([u8; 32], [u8; 32]),
    issued: i64,
    until: Time,
    revoked: bool,
}

fn known(conn: &Connection, device: DeviceId) -> Result<Option<Known>> {
    let mut find = conn.prepare_cached(
        "SELECT user_id, olm_curve25519, olm_ed25519, issued, until, revoked IS NOT NULL
         FROM devices WHERE device = ?1",
    )?;
    let found = find.query_row([device.0], |row| {
        Ok(Known {
            user: UserId(row.get(0)?),
            olm: (row.get(1)?, row.get(2)?),
            issued: row.get(3)?,
            until: Time::from_millis(row.get(4)?),
            revoked: row.get(5)?,
        })
    });
    Ok(found.optional()?)
}

/// Why a device cannot be made known; nothing is written before this is asked.
fn refusal(conn: &Connection, new: &NewDevice, known: Option<&Known>) -> Result<Option<Published>> {
    let mut session =
        conn.prepare_cached("SELECT 1 FROM sessions WHERE id = ?1 AND user_id = ?2")?;
    if !session.exists(params![new.session.0, new.user.0])? {
        return Ok(Some(Published::SessionOver));
    }
    match known {
        Some(known) if known.user != new.user => return Ok(Some(Published::Anothers)),
        Some(known) if known.revoked => return Ok(Some(Published::Revoked)),
        Some(known) if has_new_olm(known, new) && new.issued.as_millis() <= known.issued => {
            return Ok(Some(Published::Stale));
        }
        _ => {}
    }
    let mut count = conn.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE revoked IS NULL AND until > ?2)
         FROM devices WHERE user_id = ?1 AND device <> ?3",
    )?;
    let args = params![new.user.0, new.now.as_millis(), new.device.0];
    let (ever, holding): (usize, usize) =
        count.query_row(args, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_full = holding >= limits::DEVICES_PER_USER || ever >= DEVICES_EVER;
    Ok(is_full.then_some(Published::TooMany))
}

fn has_new_olm(known: &Known, new: &NewDevice) -> bool {
    known.olm != (new.olm_curve25519.0, new.olm_ed25519.0)
}

fn publish(conn: &Connection, new: &NewDevice) -> Result<Published> {
    let known = known(conn, new.device)?;
    if let Some(refused) = refusal(conn, new, known.as_ref())? {
        return Ok(refused);
    }
    conn.prepare_cached(
        "INSERT INTO devices (device, user_id, card, device_sig, server_sig, until, issued,
             olm_curve25519, olm_ed25519, fallback_key, fallback_sig)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (device) DO UPDATE SET card = excluded.card,
             device_sig = excluded.device_sig, server_sig = excluded.server_sig,
             until = excluded.until, issued = max(issued, excluded.issued),
             olm_curve25519 = excluded.olm_curve25519, olm_ed25519 = excluded.olm_ed25519,
             fallback_key = excluded.fallback_key, fallback_sig = excluded.fallback_sig",
    )?
    .execute(params![
        new.device.0,
        new.user.0,
        new.card.card,
        new.card.device_sig.0,
        new.card.server_sig.0,
        new.card.until.as_millis(),
        new.issued.as_millis(),
        new.olm_curve25519.0,
        new.olm_ed25519.0,
        new.fallback_key.key.0,
        new.fallback_key.sig.0,
    ])?;
    conn.prepare_cached("UPDATE sessions SET device = ?2 WHERE id = ?1")?
        .execute(params![new.session.0, new.device.0])?;
    if known.is_some_and(|known| has_new_olm(&known, new)) {
        // The account that could open them is no more.
        keys::drop_all(conn, new.device)?;
    }
    let one_time_left = keys::add(conn, new.device, &new.one_time_keys)?;
    Ok(Published::Known { one_time_left })
}

fn list(conn: &Connection, user: UserId, now: Time) -> Result<DeviceList> {
    let mut holding = conn.prepare_cached(
        "SELECT card, device_sig, server_sig, until FROM devices
         WHERE user_id = ?1 AND revoked IS NULL AND until > ?2 ORDER BY device",
    )?;
    let cards = holding.query_map(params![user.0, now.as_millis()], |row| {
        Ok(VouchedCard {
            card: row.get(0)?,
            device_sig: Signature(row.get(1)?),
            server_sig: Signature(row.get(2)?),
            until: Time::from_millis(row.get(3)?),
        })
    })?;
    let mut ended = conn.prepare_cached(
        "SELECT device FROM devices WHERE user_id = ?1 AND revoked IS NOT NULL
         ORDER BY revoked DESC, device",
    )?;
    let revoked = ended.query_map([user.0], |row| row.get(0).map(DeviceId))?;
    Ok(DeviceList {
        cards: cards.collect::<rusqlite::Result<_>>()?,
        revoked: revoked.collect::<rusqlite::Result<_>>()?,
    })
}

fn revoke(conn: &Connection, user: UserId, device: DeviceId, now: Time) -> Result<Revoked> {
    let until = match known(conn, device)? {
        Some(known) if known.user != user => return Ok(Revoked::Unknown),
        Some(known) if known.revoked => return Ok(Revoked::Before),
        Some(known) => known.until,
        None => return Ok(Revoked::Unknown),
    };
    conn.prepare_cached(
        "UPDATE devices SET revoked = ?2, card = '', fallback_key = x'', fallback_sig = x''
         WHERE device = ?1",
    )?
    .execute(params![device.0, now.as_millis()])?;
    keys::drop_all(conn, device)?;
    mail::drop_all(conn, device)?;
    let mut end = conn.prepare_cached("DELETE FROM sessions WHERE device = ?1 RETURNING id")?;
    let ended = end.query_map([device.0], |row| row.get(0).map(SessionId))?;
    Ok(Revoked::Now {
        ended: ended.collect::<rusqlite::Result<_>>()?,
        until,
    })
}

/// The devices of one user whose cards hold.
fn holding(conn: &Connection, user: UserId, now: Time) -> Result<Vec<DeviceId>> {
    let mut find = conn.prepare_cached(
        "SELECT device FROM devices WHERE user_id = ?1 AND revoked IS NULL AND until > ?2
         ORDER BY device",
    )?;
    let found = find.query_map(params![user.0, now.as_millis()], |row| {
        row.get(0).map(DeviceId)
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Every device that was ended.
pub(super) fn all_revoked(conn: &Connection) -> Result<Vec<RevokedDevice>> {
    let mut find =
        conn.prepare_cached("SELECT device, until FROM devices WHERE revoked IS NOT NULL")?;
    let found = find.query_map([], |row| {
        Ok(RevokedDevice {
            device: DeviceId(row.get(0)?),
            until: Time::from_millis(row.get(1)?),
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

#[async_trait]
impl DeviceStorage for SqliteStorage {
    async fn publish_device(&self, new: NewDevice) -> Result<Published> {
        self.writer.call(move |work| publish(work.conn, &new)).await
    }

    async fn devices(&self, user: UserId, now: Time) -> Result<DeviceList> {
        self.readers
            .read(move |conn| list(&*conn.transaction()?, user, now))
            .await
    }

    async fn revoke_device(&self, user: UserId, device: DeviceId, now: Time) -> Result<Revoked> {
        self.writer
            .call(move |work| revoke(work.conn, user, device, now))
            .await
    }

    async fn devices_of(&self, users: Vec<UserId>, now: Time) -> Result<Vec<DeviceId>> {
        self.readers
            .read(move |conn| {
                let mut devices = Vec::new();
                for user in &users {
                    devices.extend(holding(conn, *user, now)?);
                }
                Ok(devices)
            })
            .await
    }

    async fn claim_keys(&self, user: UserId, by: Claimer, now: Time) -> Result<Vec<ClaimedKey>> {
        self.writer
            .call(move |work| keys::claim(work.conn, user, by, now))
            .await
    }

    async fn hold(&self, mail: NewMail) -> Result<Held> {
        self.writer
            .call(move |work| mail::hold(work.conn, &mail))
            .await
    }

    async fn mail_after(&self, device: DeviceId, after: u64, limit: usize) -> Result<Vec<Mail>> {
        self.readers
            .read(move |conn| mail::after(conn, device, after, limit))
            .await
    }

    async fn take_mail(&self, device: DeviceId, numbers: Vec<u64>) -> Result<usize> {
        self.writer
            .call(move |work| mail::take(work.conn, device, &numbers))
            .await
    }

    async fn expire_mail(&self, now: Time) -> Result<usize> {
        self.writer
            .call(move |work| {
                keys::expire(work.conn, now)?;
                mail::expire(work.conn, now)
            })
            .await
    }
}
