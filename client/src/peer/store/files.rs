//! Files of talks.

use std::path::PathBuf;

use parlor_protocol::peer::SealedFile;
use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use super::links::unknown;
use super::row::FileRow;
use super::tx::{Tx, maybe_device, parsed};
use super::{PeerStore, Result, posts};
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

/// A file's post is shown otherwise now.
pub(super) fn raise(tx: &Tx<'_>, id: &str) -> rusqlite::Result<()> {
    if let Some(talk) = tx.maybe("SELECT talk FROM files WHERE id = ?1", [id], |row| {
        parsed(row, 0)
    })? {
        posts::raise(tx, &talk, id)?;
    }
    Ok(())
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
