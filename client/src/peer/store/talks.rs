//! Talks: with people, and in peer channels.

use parlor_protocol::Time;
use rusqlite::{Row, params};

use super::tx::{Tx, maybe_time, parsed};
use super::{PeerStore, Result, channels};
use crate::peer::talk::{ChannelMember, Talk, TalkState};

impl PeerStore {
    /// Read up to this place; it only moves forward.
    pub(crate) async fn read_up_to(&self, talk: Talk, place: u64) -> Result<()> {
        self.write(move |tx| {
            tx.run(
                "UPDATE talks SET read_place = ?2, rev = ?3 WHERE talk = ?1 AND read_place < ?2",
                params![talk.to_string(), place, tx.rev()?],
            )?;
            Ok(())
        })
        .await
    }

    /// What was begun and is not sent; empty removes it. `false` if there is no such channel.
    pub(crate) async fn save_draft(&self, talk: Talk, text: String) -> Result<bool> {
        self.write(move |tx| {
            if !is_here(tx, &talk)? {
                if matches!(talk, Talk::Channel(_)) {
                    return Ok(false);
                }
                if text.is_empty() {
                    return Ok(true);
                }
                ensure(tx, &talk)?;
            }
            tx.run(
                "UPDATE talks SET draft = ?2, rev = ?3 WHERE talk = ?1 AND draft <> ?2",
                params![talk.to_string(), text, tx.rev()?],
            )?;
            Ok(true)
        })
        .await
    }

    /// Removes a talk here. What it said does not come back if it is sent again.
    pub(crate) async fn forget(&self, talk: Talk) -> Result<bool> {
        self.write(move |tx| match &talk {
            Talk::Channel(channel) => channels::leave(tx, channel),
            Talk::Direct(_) => {
                let here = is_here(tx, &talk)?;
                empty(tx, &talk, true)?;
                Ok(here)
            }
        })
        .await
    }
}

/// The row of a talk, made where there is none, and back where it was gone.
pub(super) fn ensure(tx: &Tx<'_>, talk: &Talk) -> rusqlite::Result<()> {
    if !is_here(tx, talk)? {
        tx.run(
            "INSERT INTO talks (talk, rev) VALUES (?1, ?2)
             ON CONFLICT (talk) DO UPDATE SET gone = 0, rev = ?2",
            params![talk.to_string(), tx.rev()?],
        )?;
    }
    Ok(())
}

/// Whether there is such a talk.
pub(super) fn is_here(tx: &Tx<'_>, talk: &Talk) -> rusqlite::Result<bool> {
    tx.exists(
        "SELECT 1 FROM talks WHERE talk = ?1 AND NOT gone",
        [talk.to_string()],
    )
}

/// Removes a talk and what was said in it. With `remember`, the marks of what was said stay, so that it
/// is not taken for new.
pub(super) fn empty(tx: &Tx<'_>, talk: &Talk, remember: bool) -> rusqlite::Result<()> {
    let name = talk.to_string();
    if remember {
        tx.run(
            "INSERT OR IGNORE INTO seen (device, id) SELECT device, id FROM posts
             WHERE talk = ?1 AND device IS NOT NULL AND kind <> 'notice'",
            [&name],
        )?;
    }
    for sql in [
        "DELETE FROM posts WHERE talk = ?1",
        "DELETE FROM reactions WHERE talk = ?1",
        "DELETE FROM early WHERE talk = ?1",
        "DELETE FROM files WHERE talk = ?1 AND state IN ('done', 'declined', 'cancelled', 'failed')",
    ] {
        tx.run(sql, [&name])?;
    }
    tx.run(
        "UPDATE talks SET gone = 1, draft = '', read_place = 0, rev = ?2 WHERE talk = ?1",
        params![name, tx.rev()?],
    )?;
    Ok(())
}

/// A talk stands otherwise now.
pub(super) fn raise(tx: &Tx<'_>, talk: &Talk) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE talks SET rev = ?2 WHERE talk = ?1",
        params![talk.to_string(), tx.rev()?],
    )?;
    Ok(())
}

/// Channels in common with a user.
fn in_common(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Vec<Talk>> {
    tx.all(
        "SELECT channel FROM members WHERE username = ?1",
        [username],
        |row| Ok(Talk::Channel(row.get(0)?)),
    )
}

/// The talks that are here in which a user is.
pub(super) fn with(tx: &Tx<'_>, username: &str) -> rusqlite::Result<Vec<Talk>> {
    let mut talks = in_common(tx, username)?;
    let direct = Talk::Direct(username.to_owned());
    if is_here(tx, &direct)? {
        talks.push(direct);
    }
    Ok(talks)
}

/// Who is here changed in the channels of a user.
pub(super) fn raise_with(tx: &Tx<'_>, username: &str) -> rusqlite::Result<()> {
    for talk in in_common(tx, username)? {
        raise(tx, &talk)?;
    }
    Ok(())
}

/// The talks that are here.
pub(super) fn all(tx: &Tx<'_>) -> rusqlite::Result<Vec<TalkState>> {
    Ok(since(tx, 0)?.into_iter().filter_map(Change::ok).collect())
}

/// A talk as it stands, or the one that is gone.
pub(super) type Change = std::result::Result<TalkState, Talk>;

/// The talks that changed after `rev`.
pub(super) fn since(tx: &Tx<'_>, rev: u64) -> rusqlite::Result<Vec<Change>> {
    let rows = tx.all(
        "SELECT talk, read_place, draft, gone FROM talks WHERE rev > ?1 ORDER BY talk",
        [rev],
        |row| Ok((read(row)?, row.get(3)?)),
    )?;
    rows.into_iter()
        .map(|(state, gone)| match gone {
            true => Ok(Err(state.talk)),
            false => fill(tx, state).map(Ok),
        })
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<TalkState> {
    Ok(TalkState {
        talk: parsed(row, 0)?,
        last_place: 0,
        read_place: row.get(1)?,
        unread: 0,
        last_time: None,
        draft: row.get(2)?,
        members: Vec::new(),
    })
}

fn fill(tx: &Tx<'_>, mut state: TalkState) -> rusqlite::Result<TalkState> {
    let name = state.talk.to_string();
    state.last_place = tx.one(
        "SELECT coalesce(max(place), 0) FROM posts WHERE talk = ?1",
        [&name],
    )?;
    state.unread = tx.one(
        "SELECT count(*) FROM posts WHERE talk = ?1 AND place > ?2
             AND state = 'received' AND kind <> 'notice' AND NOT deleted",
        params![name, state.read_place],
    )?;
    state.last_time = last_time(tx, &name)?;
    if let Talk::Channel(channel) = &state.talk {
        state.members = members(tx, channel)?;
    }
    Ok(state)
}

fn last_time(tx: &Tx<'_>, talk: &str) -> rusqlite::Result<Option<Time>> {
    let time = tx.maybe(
        "SELECT time FROM posts WHERE talk = ?1 AND kind <> 'notice' ORDER BY place DESC LIMIT 1",
        [talk],
        |row| maybe_time(row, 0),
    )?;
    Ok(time.flatten())
}

fn members(tx: &Tx<'_>, channel: &str) -> rusqlite::Result<Vec<ChannelMember>> {
    let mut members = tx.all(
        "SELECT username, EXISTS (SELECT 1 FROM devices JOIN links USING (device)
             WHERE devices.username = members.username)
         FROM members WHERE channel = ?1",
        [channel],
        |row| {
            Ok(ChannelMember {
                username: row.get(0)?,
                here: row.get(1)?,
            })
        },
    )?;
    members.push(ChannelMember {
        username: tx.me.to_owned(),
        here: true,
    });
    members.sort_by(|a, b| a.username.cmp(&b.username));
    Ok(members)
}
