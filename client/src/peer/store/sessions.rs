//! Olm sessions with devices, and mail that is to be told as taken.

use parlor_protocol::DeviceId;
use rusqlite::params;

use super::row::Ratchet;
use super::tx::Tx;
use super::{PeerStore, Result, own};

/// Olm sessions that are kept with a device: two devices that seal for each other at once make two, and
/// more come only by losses.
const SESSIONS: u64 = 5;

impl PeerStore {
    /// The newest Olm session with a device (its id and pickle), if there is one.
    pub(crate) async fn session(&self, device: DeviceId) -> Result<Option<(String, String)>> {
        self.read(move |tx| Ok(all(tx, &device, 1)?.pop())).await
    }

    /// All Olm sessions with a device, the one used last first, at most five.
    pub(crate) async fn sessions(&self, device: DeviceId) -> Result<Vec<(String, String)>> {
        self.read(move |tx| all(tx, &device, SESSIONS)).await
    }

    /// Mail that cannot be opened or read is told as taken all the same, with what its opening changed.
    pub(crate) async fn drop_mail(&self, n: u64, ratchet: Option<Ratchet>) -> Result<()> {
        self.write(move |tx| {
            if let Some(ratchet) = &ratchet {
                keep(tx, ratchet)?;
            }
            take(tx, n)
        })
        .await
    }

    /// The numbers of mail to be told as taken.
    pub(crate) async fn taken(&self) -> Result<Vec<u64>> {
        self.read(|tx| tx.all("SELECT n FROM taken ORDER BY n", (), |row| row.get(0)))
            .await
    }

    /// The room server has erased these.
    pub(crate) async fn erased(&self, ns: Vec<u64>) -> Result<()> {
        self.write(move |tx| {
            for n in &ns {
                tx.run("DELETE FROM taken WHERE n = ?1", [n])?;
            }
            Ok(())
        })
        .await
    }
}

fn all(tx: &Tx<'_>, device: &DeviceId, limit: u64) -> rusqlite::Result<Vec<(String, String)>> {
    tx.all(
        "SELECT id, pickle FROM sessions WHERE device = ?1 ORDER BY used DESC LIMIT ?2",
        params![device.to_string(), limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Keeps what an Olm message moved.
pub(super) fn keep(tx: &Tx<'_>, ratchet: &Ratchet) -> rusqlite::Result<()> {
    let device = ratchet.device.to_string();
    tx.run(
        "INSERT INTO sessions (device, id, pickle, used) VALUES (?1, ?2, ?3,
             (SELECT coalesce(max(used), 0) + 1 FROM sessions WHERE device = ?1))
         ON CONFLICT (device, id) DO UPDATE SET pickle = excluded.pickle, used = excluded.used",
        params![device, ratchet.id, ratchet.session],
    )?;
    tx.run(
        "DELETE FROM sessions WHERE device = ?1 AND used <= (SELECT used FROM sessions
             WHERE device = ?1 ORDER BY used DESC LIMIT 1 OFFSET ?2)",
        params![device, SESSIONS],
    )?;
    match &ratchet.account {
        Some(account) => own::save_account(tx, account),
        None => Ok(()),
    }
}

/// Mail is to be told as taken.
pub(super) fn take(tx: &Tx<'_>, n: u64) -> rusqlite::Result<()> {
    tx.run("INSERT OR IGNORE INTO taken (n) VALUES (?1)", [n])?;
    tx.wake();
    Ok(())
}
