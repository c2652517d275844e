//! Files of talks.

use std::path::PathBuf;

use parlor_protocol::file_name;
use parlor_protocol::peer::{DIRECT, FileOffer, PeerLine, SealedFile};
use parlor_protocol::{DeviceId, Time};
use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use super::links::unknown;
use super::row::FileRow;
use super::tx::{Tx, maybe_device, parsed, time};
use super::{PeerStore, Result, outgoing, posts};
use crate::peer::post::{PeerFile, PeerFileState};
use crate::peer::talk::Talk;
use crate::store::{path_bytes, read_path};

const COLUMNS: &str = "id, talk, device, mine, name, size, blake3, path, partial, done, state,
    failure, sealed_file, sealed_key, upload";

impl PeerStore {
    /// The files that are not done with: offered, accepted, on their way.
    pub(crate) async fn files(&self) -> Result<Vec<FileRow>> {
        self.read(|tx| {
            tx.all(
                &format!(
                    "SELECT {COLUMNS} FROM files
                     WHERE state NOT IN ('done', 'declined', 'cancelled', 'failed') ORDER BY n"
                ),
                (),
                read,
            )
        })
        .await
    }

    /// One of them, done or not.
    pub(crate) async fn file(&self, id: &str) -> Result<Option<FileRow>> {
        let id = id.to_owned();
        self.read(move |tx| get(tx, &id)).await
    }

    /// Its hash is known, so that it can be offered: the offer is an outgoing line.
    pub(crate) async fn offer(&self, id: &str, blake3: String, now: Time) -> Result<()> {
        let id = id.to_owned();
        self.write(move |tx| offer(tx, &id, &blake3, now)).await
    }

    /// How a file stands. `done` and `rate` are told of some times a second at most. What its user
    /// decided meanwhile (held up, declined, taken back) stays, unless the file has ended.
    pub(crate) async fn file_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        rate: Option<u64>,
    ) -> Result<()> {
        let id = id.to_owned();
        self.write(move |tx| move_on(tx, &id, &state, done, rate))
            .await
    }

    /// Where its bytes gather, and where it lies in the end.
    pub(crate) async fn file_place(
        &self,
        id: &str,
        path: Option<PathBuf>,
        partial: Option<PathBuf>,
    ) -> Result<()> {
        let id = id.to_owned();
        self.write(move |tx| {
            let bytes = |path: Option<PathBuf>| path.map(|path| path_bytes(&path));
            tx.run(
                "UPDATE files SET path = ?2, partial = ?3 WHERE id = ?1",
                params![id, bytes(path), bytes(partial)],
            )?;
            raise(tx, &id)
        })
        .await
    }

    /// Its sealed upload: under way at this URL, or complete. The offer says where a complete one waits:
    /// it goes once more to all who have it not, and anew if all had stored it without that.
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

fn path(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<PathBuf>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        value => Some(read_path(value.as_blob()?)),
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    let sealed = match (row.get(12)?, row.get(13)?) {
        (Some(file), Some(key)) => Some(SealedFile { file, key }),
        _ => None,
    };
    Ok(FileRow {
        id: row.get(0)?,
        talk: parsed(row, 1)?,
        device: maybe_device(row, 2)?,
        mine: row.get(3)?,
        name: row.get(4)?,
        size: row.get(5)?,
        blake3: row.get(6)?,
        path: path(row, 7)?,
        partial: path(row, 8)?,
        done: row.get(9)?,
        state: read_state(row, 10)?,
        sealed,
        upload: row.get(14)?,
    })
}

/// A file's row.
pub(super) fn get(tx: &Tx<'_>, id: &str) -> rusqlite::Result<Option<FileRow>> {
    tx.maybe(
        &format!("SELECT {COLUMNS} FROM files WHERE id = ?1"),
        [id],
        read,
    )
}

fn words(state: &PeerFileState) -> (&'static str, Option<&str>) {
    match state {
        PeerFileState::Hashing => ("hashing", None),
        PeerFileState::Offered => ("offered", None),
        PeerFileState::Waiting => ("waiting", None),
        PeerFileState::Running => ("running", None),
        PeerFileState::Sealing => ("sealing", None),
        PeerFileState::Sealed => ("sealed", None),
        PeerFileState::Paused => ("paused", None),
        PeerFileState::Done => ("done", None),
        PeerFileState::Declined => ("declined", None),
        PeerFileState::Cancelled => ("cancelled", None),
        PeerFileState::Failed(why) => ("failed", Some(why)),
    }
}

fn read_state(row: &Row<'_>, column: usize) -> rusqlite::Result<PeerFileState> {
    Ok(match row.get_ref(column)?.as_str()? {
        "hashing" => PeerFileState::Hashing,
        "offered" => PeerFileState::Offered,
        "waiting" => PeerFileState::Waiting,
        "running" => PeerFileState::Running,
        "sealing" => PeerFileState::Sealing,
        "sealed" => PeerFileState::Sealed,
        "paused" => PeerFileState::Paused,
        "done" => PeerFileState::Done,
        "declined" => PeerFileState::Declined,
        "cancelled" => PeerFileState::Cancelled,
        "failed" => PeerFileState::Failed(row.get(column + 1)?),
        other => return Err(unknown(column, other)),
    })
}

/// Whether nothing happens to a file any more by itself.
pub(super) fn is_over(state: &PeerFileState) -> bool {
    matches!(
        state,
        PeerFileState::Done
            | PeerFileState::Declined
            | PeerFileState::Cancelled
            | PeerFileState::Failed(_)
    )
}

/// The file as its post shows it.
pub(super) fn shown(tx: &Tx<'_>, talk: &Talk, id: &str) -> rusqlite::Result<Option<PeerFile>> {
    let rate = |row: &Row<'_>| row.get::<_, Option<u64>>(15);
    let row = tx.maybe(
        &format!("SELECT {COLUMNS}, rate FROM files WHERE id = ?1 AND talk = ?2"),
        params![id, talk.to_string()],
        |row| Ok((read(row)?, rate(row)?)),
    )?;
    Ok(row.map(|(file, rate)| PeerFile {
        id: file.id,
        name: file.name,
        size: file.size,
        blake3: file.blake3,
        rate: rate
            .filter(|_| matches!(file.state, PeerFileState::Running | PeerFileState::Sealing)),
        state: file.state,
        done: file.done,
        path: file.path,
    }))
}

fn raise(tx: &Tx<'_>, id: &str) -> rusqlite::Result<()> {
    if let Some(talk) = tx.maybe("SELECT talk FROM files WHERE id = ?1", [id], |row| {
        parsed(row, 0)
    })? {
        posts::raise(tx, &talk, id)?;
    }
    Ok(())
}

/// A file of one's own that is to be hashed and offered.
pub(super) fn insert_own(
    tx: &Tx<'_>,
    talk: &Talk,
    (id, device): (&str, Option<DeviceId>),
    (name, size): (&str, u64),
    path: &std::path::Path,
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

fn move_on(
    tx: &Tx<'_>,
    id: &str,
    state: &PeerFileState,
    done: u64,
    rate: Option<u64>,
) -> rusqlite::Result<()> {
    let Some(file) = get(tx, id)? else {
        return Ok(());
    };
    let decided = match &file.state {
        PeerFileState::Cancelled | PeerFileState::Declined | PeerFileState::Done => true,
        PeerFileState::Paused => !is_over(state),
        _ => false,
    };
    let kept = if decided { &file.state } else { state };
    let (word, failure) = words(kept);
    tx.run(
        "UPDATE files SET state = ?2, failure = ?3, done = ?4, rate = ?5 WHERE id = ?1",
        params![id, word, failure, done, rate],
    )?;
    raise(tx, id)
}

/// Its user decides how a file stands; where it stood before is kept, to go on from there.
pub(super) fn decide(tx: &Tx<'_>, id: &str, state: &PeerFileState) -> rusqlite::Result<()> {
    let (word, failure) = words(state);
    tx.run(
        "UPDATE files SET before = state, state = ?2, failure = ?3, rate = NULL WHERE id = ?1",
        params![id, word, failure],
    )?;
    raise(tx, id)
}

/// Where a file stood before it was held up, to go on from there.
pub(super) fn go_on(tx: &Tx<'_>, id: &str) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE files SET state = CASE
             WHEN before IN ('hashing', 'offered', 'sealing', 'sealed') THEN before
             ELSE 'waiting' END
         WHERE id = ?1 AND state = 'paused'",
        [id],
    )?;
    raise(tx, id)
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

/// The offer of a file was taken back.
pub(super) fn taken_back(tx: &Tx<'_>, talk: &Talk, id: &str) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE files SET state = 'cancelled', rate = NULL WHERE id = ?1 AND talk = ?2
             AND state NOT IN ('done', 'declined', 'failed')",
        params![id, talk.to_string()],
    )?;
    Ok(())
}

/// The offer of one's own file reaches nobody.
pub(super) fn lost(tx: &Tx<'_>, talk: &Talk, id: &str, reason: &str) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE files SET state = 'failed', failure = ?3, rate = NULL
         WHERE id = ?1 AND talk = ?2 AND mine AND state NOT IN ('done', 'declined', 'cancelled')",
        params![id, talk.to_string(), reason],
    )?;
    Ok(())
}

/// A file of one's own that failed begins again: with its hash, or with its offer.
pub(super) fn again(tx: &Tx<'_>, id: &str) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE files SET failure = NULL,
             state = CASE blake3 WHEN '' THEN 'hashing' ELSE 'offered' END
         WHERE id = ?1 AND mine AND state = 'failed'",
        [id],
    )?;
    raise(tx, id)
}
