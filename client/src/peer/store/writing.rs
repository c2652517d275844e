//! What one writes, changes and decides here: for handles of any process.

use parlor_protocol::limits::REACTIONS_PER_MESSAGE;
use parlor_protocol::peer::{Chat, DIRECT, Deleted, Edited, EntryKind, PeerLine, Reacted};
use parlor_protocol::{Time, names};
use rusqlite::params;

use super::changes::{self, Change, What};
use super::row::UnsignedEntry;
use super::tx::{Tx, time};
use super::{PeerStore, entries, files, outgoing, own, people, posts, talks};
use crate::peer::handle::PeerError;
use crate::peer::post::{PeerFileState, PostState};
use crate::peer::talk::Talk;
use crate::random;

pub(super) type Result<T> = std::result::Result<T, PeerError>;

/// What a write answers: refused before anything was written, or done.
pub(super) type Written<T> = rusqlite::Result<Result<T>>;

pub(super) fn refused<T>(why: &str) -> Written<T> {
    Ok(Err(PeerError::Refused(why.to_owned())))
}

pub(super) fn not_here<T>(what: &'static str) -> Written<T> {
    Ok(Err(PeerError::NotHere(what)))
}

impl PeerStore {
    /// Writes something, unless it is refused.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Tx<'_>) -> Written<T> + Send + 'static,
    ) -> Result<T> {
        self.write(job).await?
    }

    /// Writes a post. Answers its id.
    pub(crate) async fn send(
        &self,
        talk: Talk,
        text: String,
        reply_to: Option<String>,
        now: Time,
    ) -> Result<String> {
        self.ask(move |tx| send(tx, &talk, &text, reply_to.as_deref(), now))
            .await
    }

    /// Gives one's own post a new text.
    pub(crate) async fn edit(&self, talk: Talk, id: String, text: String, now: Time) -> Result<()> {
        self.ask(move |tx| edit(tx, &talk, &id, &text, now)).await
    }

    /// Takes one's own post back.
    pub(crate) async fn delete(&self, talk: Talk, id: String, now: Time) -> Result<()> {
        self.ask(move |tx| delete(tx, &talk, &id, now)).await
    }

    /// Gives a reaction or takes it back.
    pub(crate) async fn react(
        &self,
        talk: Talk,
        id: String,
        emoji: String,
        on: bool,
        now: Time,
    ) -> Result<()> {
        self.ask(move |tx| react(tx, &talk, &id, (&emoji, on), now))
            .await
    }

    /// Tries a failed post again.
    pub(crate) async fn retry(&self, talk: Talk, id: String) -> Result<()> {
        self.ask(move |tx| retry(tx, &talk, &id)).await
    }
}

/// Why one cannot write into a talk as things stand.
pub(super) fn closed(tx: &Tx<'_>, talk: &Talk) -> rusqlite::Result<Option<PeerError>> {
    let refused = |why: &str| Some(PeerError::Refused(why.to_owned()));
    Ok(match talk {
        Talk::Channel(_) if talks::is_here(tx, talk)? => None,
        Talk::Channel(_) => Some(PeerError::NotHere("channel")),
        Talk::Direct(user) if names::username(user).as_deref() != Some(user) => {
            Some(PeerError::NotHere("person"))
        }
        Talk::Direct(user) if user == tx.me => refused("This is you: choose somebody else."),
        Talk::Direct(user) if people::blocked(tx, user)? => {
            refused("This person is blocked: unblock them first.")
        }
        Talk::Direct(_) => None,
    })
}

fn check_text(text: &str) -> Option<PeerError> {
    let why = match text.len() {
        0 => "There is no text.",
        n if n > posts::TEXT_BYTES => {
            "The text is over 16,384 bytes: send it in parts, or as a file."
        }
        _ => return None,
    };
    Some(PeerError::Refused(why.to_owned()))
}

fn send(
    tx: &Tx<'_>,
    talk: &Talk,
    text: &str,
    reply_to: Option<&str>,
    now: Time,
) -> Written<String> {
    if let Some(why) = check_text(text) {
        return Ok(Err(why));
    }
    if let Some(why) = closed(tx, talk)? {
        return Ok(Err(why));
    }
    if !reply_to.is_none_or(names::is_nonce) {
        return not_here("post");
    }
    let id = random::nonce();
    talks::ensure(tx, talk)?;
    posts::insert(
        tx,
        &posts::New {
            talk,
            id: &id,
            author: tx.me,
            device: own::device(tx)?.map(|(device, _)| device),
            time: now,
            text: Some(text),
            reply_to,
            state: PostState::OnItsWay,
        },
    )?;
    match talk {
        Talk::Direct(to) => {
            people::ensure(tx, to)?;
            let chat = PeerLine::Chat(Chat {
                id: id.clone(),
                from: tx.me.to_owned(),
                to: to.clone(),
                channel: DIRECT.to_owned(),
                message: text.to_owned(),
                time: now,
                reply_to: reply_to.map(str::to_owned),
            });
            outgoing::insert(tx, talk, &chat, now)?;
        }
        Talk::Channel(channel) => entries::to_sign(
            tx,
            &UnsignedEntry {
                id: id.clone(),
                channel: channel.clone(),
                kind: EntryKind::Message,
                message: text.to_owned(),
                target: reply_to.map(str::to_owned),
                time: now,
            },
        )?,
    }
    Ok(Ok(id))
}

/// One's own post, if it is here and not taken back: its kind, and when its text was given.
pub(super) fn own_post(
    tx: &Tx<'_>,
    talk: &Talk,
    id: &str,
) -> rusqlite::Result<Option<(String, Time)>> {
    tx.maybe(
        "SELECT kind, coalesce(edited, time) FROM posts WHERE talk = ?1 AND id = ?2
             AND author = ?3 AND kind <> 'notice' AND NOT deleted",
        params![talk.to_string(), id, tx.me],
        |row| Ok((row.get(0)?, time(row, 1)?)),
    )
}

/// A time after another: what one's device says later must win, whatever its clock does.
pub(super) fn after(now: Time, before: Time) -> Time {
    now.max(Time::from_millis(before.as_millis().saturating_add(1)))
}

/// A change of one's own takes place here, and goes out.
fn change(tx: &Tx<'_>, talk: &Talk, target: &str, what: What, now: Time) -> rusqlite::Result<()> {
    let change = Change {
        id: random::nonce(),
        by: tx.me.to_owned(),
        at: now,
        what,
    };
    changes::apply(tx, talk, target, &change)?;
    let Change {
        id, by: from, what, ..
    } = change;
    let target = target.to_owned();
    match talk {
        Talk::Direct(to) => {
            let line = line_of(what, id, (from, to.clone()), target, now);
            outgoing::insert(tx, talk, &line, now)
        }
        Talk::Channel(channel) => {
            let (kind, message) = match what {
                What::Edit(text) => (EntryKind::Edited, text),
                What::Delete => (EntryKind::Deleted, String::new()),
                What::React { emoji, on: true } => (EntryKind::Reaction, emoji),
                What::React { emoji, on: false } => (EntryKind::Unreaction, emoji),
            };
            entries::to_sign(
                tx,
                &UnsignedEntry {
                    id,
                    channel: channel.clone(),
                    kind,
                    message,
                    target: Some(target),
                    time: now,
                },
            )
        }
    }
}

fn line_of(
    what: What,
    id: String,
    (from, to): (String, String),
    target: String,
    time: Time,
) -> PeerLine {
    let channel = DIRECT.to_owned();
    match what {
        What::Edit(message) => PeerLine::Edited(Edited {
            id,
            from,
            to,
            channel,
            target,
            message,
            time,
        }),
        What::Delete => PeerLine::Deleted(Deleted {
            id,
            from,
            to,
            channel,
            target,
            time,
        }),
        What::React { emoji, on } => PeerLine::Reaction(Reacted {
            id,
            from,
            to,
            channel,
            target,
            emoji,
            on,
            time,
        }),
    }
}

fn edit(tx: &Tx<'_>, talk: &Talk, id: &str, text: &str, now: Time) -> Written<()> {
    if let Some(why) = check_text(text) {
        return Ok(Err(why));
    }
    match own_post(tx, talk, id)? {
        None => not_here("post of yours"),
        Some((kind, _)) if kind != "text" => refused("A file has no text to change."),
        Some((_, before)) => {
            if let Some(why) = closed(tx, talk)? {
                return Ok(Err(why));
            }
            let what = What::Edit(text.to_owned());
            change(tx, talk, id, what, after(now, before))?;
            Ok(Ok(()))
        }
    }
}

fn delete(tx: &Tx<'_>, talk: &Talk, id: &str, now: Time) -> Written<()> {
    let Some((_, before)) = own_post(tx, talk, id)? else {
        return not_here("post of yours");
    };
    take_back(tx, talk, id, after(now, before))?;
    Ok(Ok(()))
}

/// What nobody has heard of yet is only removed here.
pub(super) fn take_back(tx: &Tx<'_>, talk: &Talk, id: &str, now: Time) -> rusqlite::Result<()> {
    let unheard = match talk {
        Talk::Channel(channel) => entries::drop_unsigned(tx, channel, id)?,
        Talk::Direct(_) => {
            let hashing = files::get(tx, id)?.is_some_and(|file| file.blake3.is_empty());
            outgoing::drop_unsent(tx, id)? || hashing
        }
    };
    if !unheard {
        return change(tx, talk, id, What::Delete, now);
    }
    let change = Change {
        id: String::new(),
        by: tx.me.to_owned(),
        at: now,
        what: What::Delete,
    };
    changes::apply(tx, talk, id, &change)?;
    tx.wake();
    Ok(())
}

fn react(tx: &Tx<'_>, talk: &Talk, id: &str, (emoji, on): (&str, bool), now: Time) -> Written<()> {
    let name = talk.to_string();
    let here = tx.exists(
        "SELECT 1 FROM posts WHERE talk = ?1 AND id = ?2 AND kind <> 'notice' AND NOT deleted",
        params![name, id],
    )?;
    if !here {
        return not_here("post");
    }
    if !names::is_emoji(emoji) {
        return refused("This is no reaction.");
    }
    if let Some(why) = closed(tx, talk)? {
        return Ok(Err(why));
    }
    let before = tx.maybe(
        "SELECT at, given FROM reactions
         WHERE talk = ?1 AND target = ?2 AND emoji = ?3 AND username = ?4",
        params![name, id, emoji, tx.me],
        |row| Ok((time(row, 0)?, row.get::<_, bool>(1)?)),
    )?;
    if before.is_some_and(|(_, given)| given) == on {
        return Ok(Ok(()));
    }
    let others: usize = tx.one(
        "SELECT count(DISTINCT emoji) FROM reactions
         WHERE talk = ?1 AND target = ?2 AND emoji <> ?3 AND given",
        params![name, id, emoji],
    )?;
    if on && others >= REACTIONS_PER_MESSAGE {
        return refused("There are 20 different reactions already: choose one of them.");
    }
    let what = What::React {
        emoji: emoji.to_owned(),
        on,
    };
    let at = before.map_or(now, |(before, _)| after(now, before));
    change(tx, talk, id, what, at)?;
    Ok(Ok(()))
}

fn retry(tx: &Tx<'_>, talk: &Talk, id: &str) -> Written<()> {
    let Some((place, state)) = posts::own_state(tx, talk, id)? else {
        return not_here("post of yours");
    };
    let file_failed =
        files::get(tx, id)?.is_some_and(|file| matches!(file.state, PeerFileState::Failed(_)));
    if !matches!(state, PostState::Failed(_)) && !file_failed {
        return refused("It has not failed.");
    }
    if let Some(why) = closed(tx, talk)? {
        return Ok(Err(why));
    }
    if matches!(state, PostState::Failed(_)) {
        posts::set_state(tx, talk, (place, &state), &PostState::OnItsWay)?;
        outgoing::retry(tx, id)?;
    }
    files::again(tx, id)?;
    tx.wake();
    Ok(Ok(()))
}
