//! Offers of files: one's own as they go out, and others' as they come.

use std::path::Path;

use parlor_protocol::file_name;
use parlor_protocol::peer::{DIRECT, FileOffer, PeerLine, SealedFile};
use parlor_protocol::{DeviceId, Time};
use rusqlite::params;

use super::files::{get, is_over, raise};
use super::row::FileRow;
use super::tx::{Tx, time};
use super::{PeerStore, Result, outgoing};
use crate::peer::talk::Talk;
use crate::store::path_bytes;

impl PeerStore {
    /// Its hash is known, so that it can be offered: the offer is an outgoing line.
    pub(crate) async fn offer(&self, id: &str, blake3: String, now: Time) -> Result<()> {
        let id = id.to_owned();
        self.write(move |tx| offer(tx, &id, &blake3, now)).await
    }

    /// Its sealed upload: under way at this URL, or complete. The offer says where a complete one waits:
    /// it goes once more to all, also to those that had stored it without that.
    pub(crate) async fn file_upload(
        &self,
        id: &str,
        upload: Option<String>,
        sealed: Option<SealedFile>,
    ) -> Result<()> {
        let id = id.to_owned();
        self.write(move |tx| uploaded(tx, &id, upload.as_deref(), sealed.as_ref()))
            .await
    }
}

/// A file of one's own that is to be hashed and offered.
pub(super) fn insert_own(
    tx: &Tx<'_>,
    talk: &Talk,
    (id, device): (&str, Option<DeviceId>),
    (name, size): (&str, u64),
    path: &Path,
) -> rusqlite::Result<()> {
    tx.run(
        "INSERT INTO files (id, talk, device, mine, name, size, blake3, path, state)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, '', ?6, 'hashing')",
        params![
            id,
            talk.to_string(),
            device.map(|device| device.to_string()),
            name,
            size,
            path_bytes(path)
        ],
    )?;
    Ok(())
}

/// A file that a device offers. `false` if there is one with this id.
pub(super) fn offered(
    tx: &Tx<'_>,
    talk: &Talk,
    device: &DeviceId,
    offer: &FileOffer,
) -> rusqlite::Result<bool> {
    let inserted = tx.run(
        "INSERT OR IGNORE INTO files (id, talk, device, mine, name, size, blake3, state,
             sealed_file, sealed_key)
         VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, 'offered', ?7, ?8)",
        params![
            offer.id,
            talk.to_string(),
            device.to_string(),
            file_name::clean(&offer.name),
            offer.size,
            offer.blake3,
            offer.sealed.as_ref().map(|sealed| &sealed.file),
            offer.sealed.as_ref().map(|sealed| &sealed.key),
        ],
    )?;
    Ok(inserted > 0)
}

/// The same offer once more: it may say now where the file waits.
pub(super) fn offered_again(
    tx: &Tx<'_>,
    device: &DeviceId,
    offer: &FileOffer,
) -> rusqlite::Result<()> {
    let Some(sealed) = &offer.sealed else {
        return Ok(());
    };
    let changed = tx.run(
        "UPDATE files SET sealed_file = ?3, sealed_key = ?4
         WHERE id = ?1 AND device = ?2 AND NOT mine AND sealed_file IS NULL",
        params![offer.id, device.to_string(), sealed.file, sealed.key],
    )?;
    match changed {
        0 => Ok(()),
        _ => raise(tx, &offer.id),
    }
}

/// The offer of one's own file, as it goes out.
fn offer_line(tx: &Tx<'_>, file: &FileRow, now: Time) -> rusqlite::Result<Option<PeerLine>> {
    let Talk::Direct(to) = &file.talk else {
        return Ok(None);
    };
    let written = tx.maybe(
        "SELECT time FROM posts WHERE talk = ?1 AND id = ?2 AND kind = 'file' AND NOT deleted",
        params![file.talk.to_string(), file.id],
        |row| time(row, 0),
    )?;
    Ok(Some(PeerLine::FileOffer(FileOffer {
        id: file.id.clone(),
        from: tx.me.to_owned(),
        to: to.clone(),
        channel: DIRECT.to_owned(),
        name: file.name.clone(),
        size: file.size,
        blake3: file.blake3.clone(),
        time: written.unwrap_or(now),
        sealed: file.sealed.clone(),
    })))
}

fn offer(tx: &Tx<'_>, id: &str, blake3: &str, now: Time) -> rusqlite::Result<()> {
    let Some(mut file) = get(tx, id)? else {
        return Ok(());
    };
    if !file.mine || is_over(&file.state) || outgoing::line(tx, id)?.is_some() {
        return Ok(());
    }
    blake3.clone_into(&mut file.blake3);
    tx.run(
        "UPDATE files SET blake3 = ?2,
             state = CASE state WHEN 'hashing' THEN 'offered' ELSE state END,
             before = CASE before WHEN 'hashing' THEN 'offered' ELSE before END
         WHERE id = ?1",
        params![id, blake3],
    )?;
    raise(tx, id)?;
    match offer_line(tx, &file, now)? {
        Some(line) => outgoing::insert(tx, &file.talk, &line, now),
        None => Ok(()),
    }
}

fn uploaded(
    tx: &Tx<'_>,
    id: &str,
    upload: Option<&str>,
    sealed: Option<&SealedFile>,
) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE files SET upload = ?2, sealed_file = ?3, sealed_key = ?4 WHERE id = ?1",
        params![id, upload, sealed.map(|s| &s.file), sealed.map(|s| &s.key)],
    )?;
    let Some(file) = get(tx, id)? else {
        return Ok(());
    };
    raise(tx, id)?;
    if sealed.is_none() || !file.mine || file.blake3.is_empty() || is_over(&file.state) {
        return Ok(());
    }
    let now = Time::from(jiff::Timestamp::now());
    let Some(line) = offer_line(tx, &file, now)? else {
        return Ok(());
    };
    match outgoing::line(tx, id)? {
        Some((_, _, known)) if known == line => Ok(()),
        Some((n, _, _)) => outgoing::replace(tx, n, &line),
        None => outgoing::insert(tx, &file.talk, &line, now),
    }
}
