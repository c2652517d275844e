//! Changes of posts: new texts, deletions, reactions. Of two that contradict, the same one wins in
//! whatever order they come: the later by its author's clock, then by its mark.

use parlor_protocol::Time;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::tx::{Tx, from_json, to_json};
use super::{files, posts, talks};
use crate::peer::talk::Talk;

/// Changes of a talk that are remembered before what they change has come; the oldest is dropped.
pub(super) const EARLY: u64 = 1_000;

/// Reactions of one user to one post, those taken back too: many more than anybody gives, so that a
/// hostile device cannot fill the disk with them.
pub(super) const REACTIONS: u64 = 64;

/// What somebody does to a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    /// Its mark.
    pub(super) id: String,
    /// Who.
    pub(super) by: String,
    /// When, by their clock.
    pub(super) at: Time,
    /// What.
    pub(super) what: What,
}

/// [`Change::what`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// A new text.
    Edit(String),
    /// It is taken back.
    Delete,
    /// A reaction is given or taken back.
    React {
        /// Which.
        emoji: String,
        /// Given, or taken back.
        on: bool,
    },
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    /// It took place, or an even newer one had.
    Done,
    /// There is no such post.
    NoTarget,
    /// The post is another's.
    NotTheirs,
}

/// A change takes place, or is remembered until its post comes.
pub(super) fn take(
    tx: &Tx<'_>,
    talk: &Talk,
    target: &str,
    change: &Change,
) -> rusqlite::Result<Applied> {
    let applied = apply(tx, talk, target, change)?;
    // In a channel its author's own post of this mark may still come: the order says nothing there.
    let may_come = applied == Applied::NotTheirs && matches!(talk, Talk::Channel(_));
    if applied == Applied::NoTarget || may_come {
        let name = talk.to_string();
        tx.run(
            "INSERT INTO early (talk, target, change) VALUES (?1, ?2, ?3)",
            params![name, target, to_json(change)?],
        )?;
        tx.run(
            "DELETE FROM early WHERE n <= (SELECT n FROM early WHERE talk = ?1
                 ORDER BY n DESC LIMIT 1 OFFSET ?2) AND talk = ?1",
            params![name, EARLY],
        )?;
    }
    Ok(applied)
}

/// A post has come: what was said of it before takes place.
pub(super) fn apply_early(tx: &Tx<'_>, talk: &Talk, target: &str) -> rusqlite::Result<()> {
    let early: Vec<(i64, Change)> = tx.all(
        "SELECT n, change FROM early WHERE talk = ?1 AND target = ?2 ORDER BY n",
        params![talk.to_string(), target],
        |row| Ok((row.get(0)?, from_json(row, 1)?)),
    )?;
    for (n, change) in early {
        if apply(tx, talk, target, &change)? == Applied::Done {
            tx.run("DELETE FROM early WHERE n = ?1", [n])?;
        }
    }
    Ok(())
}

/// A change takes place at once, if its post is here.
pub(super) fn apply(
    tx: &Tx<'_>,
    talk: &Talk,
    target: &str,
    change: &Change,
) -> rusqlite::Result<Applied> {
    let found = tx.maybe(
        "SELECT place, author, deleted, kind FROM posts
         WHERE talk = ?1 AND id = ?2 AND kind <> 'notice' ORDER BY author <> ?3, place LIMIT 1",
        params![talk.to_string(), target, change.by],
        |row| {
            let author: String = row.get(1)?;
            let kind: String = row.get(3)?;
            Ok((row.get::<_, u64>(0)?, author, row.get::<_, bool>(2)?, kind))
        },
    )?;
    let Some((place, author, deleted, kind)) = found else {
        return Ok(Applied::NoTarget);
    };
    let theirs = author == change.by;
    match &change.what {
        What::Edit(_) | What::Delete if !theirs => return Ok(Applied::NotTheirs),
        _ if deleted => {}
        What::Edit(text) if kind == "text" => edit(tx, place, text, change)?,
        What::Edit(_) => {}
        What::Delete => delete(tx, talk, target, place)?,
        What::React { emoji, on } => react(tx, talk, target, emoji, *on, change)?,
    }
    Ok(Applied::Done)
}

fn edit(tx: &Tx<'_>, place: u64, text: &str, change: &Change) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE posts SET text = ?2, edited = ?3, change = ?4, rev = ?5
         WHERE place = ?1 AND (edited IS NULL OR (edited, change) < (?3, ?4))",
        params![place, text, change.at.as_millis(), change.id, tx.rev()?],
    )?;
    Ok(())
}

fn delete(tx: &Tx<'_>, talk: &Talk, target: &str, place: u64) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE posts SET text = '', deleted = 1, rev = ?2 WHERE place = ?1",
        params![place, tx.rev()?],
    )?;
    tx.run(
        "DELETE FROM reactions WHERE talk = ?1 AND target = ?2",
        params![talk.to_string(), target],
    )?;
    files::taken_back(tx, talk, target)?;
    talks::raise(tx, talk)
}

fn react(
    tx: &Tx<'_>,
    talk: &Talk,
    target: &str,
    emoji: &str,
    on: bool,
    change: &Change,
) -> rusqlite::Result<()> {
    let name = talk.to_string();
    let key = params![name, target, emoji, change.by];
    let known = tx.exists(
        "SELECT 1 FROM reactions
         WHERE talk = ?1 AND target = ?2 AND emoji = ?3 AND username = ?4",
        key,
    )?;
    if !known {
        let theirs: u64 = tx.one(
            "SELECT count(*) FROM reactions WHERE talk = ?1 AND target = ?2 AND username = ?3",
            params![name, target, change.by],
        )?;
        if theirs >= REACTIONS {
            return Ok(());
        }
    }
    tx.run(
        "INSERT INTO reactions (talk, target, emoji, username, at, change, given)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET at = ?5, change = ?6, given = ?7
         WHERE (at, change) < (?5, ?6)",
        params![
            name,
            target,
            emoji,
            change.by,
            change.at.as_millis(),
            change.id,
            on
        ],
    )?;
    posts::raise(tx, talk, target)
}
