//! `send`, `edit`, `delete` and `react`: checked here, decided and kept by the log.
//!
//! They are handed in without waiting for the flush, so that a connection may
//! send many at once; the log answers.

use std::sync::Arc;

use parlor_protocol::request::{Delete, Edit, React, SendMessage};
use parlor_protocol::{Code, ErrorLine, Reply, Request, mention, names};

use super::{files, membership, rank};
use crate::clock::now;
use crate::connection::Work;
use crate::directory::{Access, Tables};
use crate::dispatch::{Context, bad_request, storage_error};
use crate::log::{Answer, Entry};
use crate::storage::{Act, ActKind, Deed, HistoryQuery, RoomId, UserId};

/// Users that one text can mention; the rest is not told of it.
const MAX_MENTIONS: usize = 100;

/// Answers an act, or hands it to the log, which will.
pub(crate) fn act(c: Context, request: Request) -> Option<Work> {
    let begun = match request {
        Request::SendMessage(r) => send(&c, r),
        Request::Edit(r) => edit(&c, r),
        Request::React(r) => react(&c, r),
        Request::Delete(r) => return delete(c, &r),
        other => Err(bad_request("type", other.kind())),
    };
    hand_in(&c, begun)
}

fn hand_in(c: &Context, entry: Result<Entry, ErrorLine>) -> Option<Work> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            c.say(Err(error));
            return None;
        }
    };
    let outbox = Arc::clone(&c.endpoint.outbox);
    outbox.expect_answer();
    let entry = Entry {
        answer: Answer::Line { outbox, re: c.re },
        ..entry
    };
    // A log that has stopped answers nothing: the connection is told `bye` next.
    c.state.log.push(entry).unwrap_or(None)
}

fn send(c: &Context, request: SendMessage) -> Result<Entry, ErrorLine> {
    let SendMessage {
        room,
        text,
        nonce,
        reply_to,
        files,
    } = request;
    if !names::is_nonce(&nonce) {
        return Err(bad_request(
            "nonce",
            "1 to 64 of A-Z a-z 0-9 _ - are wanted.",
        ));
    }
    if text.is_empty() && files.is_empty() {
        return Err(bad_request("text", "an empty message says nothing."));
    }
    check_text(c, &text)?;
    files::check_shown(&files)?;
    writing(c, &room, |tables, access| ActKind::Message {
        mentions: mentioned(tables, access, &text),
        text,
        nonce,
        reply_to,
        files,
    })
}

fn edit(c: &Context, request: Edit) -> Result<Entry, ErrorLine> {
    let Edit { room, target, text } = request;
    check_text(c, &text)?;
    writing(c, &room, |tables, access| ActKind::Edit {
        target,
        mentions: mentioned(tables, access, &text),
        text,
    })
}

fn react(c: &Context, request: React) -> Result<Entry, ErrorLine> {
    let React {
        room,
        target,
        emoji,
        on,
    } = request;
    if !names::is_emoji(&emoji) {
        return Err(bad_request("emoji", "one emoji is wanted."));
    }
    c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, &room)?.member()?;
        check_mute(&access)?;
        Ok(entry(&access, ActKind::React { target, emoji, on }))
    })
}

fn check_text(c: &Context, text: &str) -> Result<(), ErrorLine> {
    let most = c.state.config.limits.text_bytes;
    if text.len() > most {
        let message = format!(
            "The text has {} bytes; at most {most} are wanted. Send it in parts.",
            text.len()
        );
        return Err(ErrorLine::new(Code::TextTooLong, message));
    }
    Ok(())
}

/// An act of one who may write in the room.
fn writing(
    c: &Context,
    room: &str,
    kind: impl FnOnce(&Tables, &Access<'_>) -> ActKind,
) -> Result<Entry, ErrorLine> {
    c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, room)?.member()?;
        check_mute(&access)?;
        if !access.can_send() {
            let message = format!("Only few may post in #{room}. You may react and read.");
            return Err(ErrorLine::new(Code::Forbidden, message));
        }
        let kind = kind(tables, &access);
        Ok(entry(&access, kind))
    })
}

pub(crate) fn check_mute(access: &Access<'_>) -> Result<(), ErrorLine> {
    let message = match access.person.muted(now()) {
        None => return Ok(()),
        Some(None) => "You are muted. Ask a moderator.".to_owned(),
        Some(Some(until)) => format!("You are muted until {until}."),
    };
    Err(ErrorLine::new(Code::Muted, message))
}

fn entry(access: &Access<'_>, kind: ActKind) -> Entry {
    let act = Act {
        room: access.place.id(),
        by: access.person.record.id,
        name: access.person.record.name.clone(),
        time: now(),
        kind,
    };
    let by = Arc::clone(&access.person.username);
    Entry::new(act, Arc::clone(&access.place.name), by)
}

/// The members of the room whom a text mentions.
fn mentioned(tables: &Tables, access: &Access<'_>, text: &str) -> Vec<UserId> {
    if !text.contains('@') {
        return Vec::new();
    }
    let people = mention::mentions(text).into_iter().take(MAX_MENTIONS);
    people
        .filter_map(|name| Some(tables.by_username(&name)?.record.id))
        .filter(|user| access.place.has(*user))
        .collect()
}

/// A deletion. One by a moderator waits: whose message it is decides whether
/// it belongs in the audit log.
fn delete(c: Context, request: &Delete) -> Option<Work> {
    let target = request.target;
    let found = c.state.directory.check(|tables| {
        let access = tables.access(c.who.user, &request.room)?;
        let may_moderate = access.moderates();
        let access = if may_moderate {
            access
        } else {
            access.member()?
        };
        let kind = ActKind::Delete {
            target,
            may_moderate,
            files_stay: c.state.config.files.keep_dropped_days > 0,
        };
        Ok((entry(&access, kind), may_moderate))
    });
    match found {
        Ok((entry, true)) => {
            let re = c.re;
            Some(Work::new(re, async move {
                let answer = delete_as_moderator(&c, entry, target).await;
                c.say(answer);
                None
            }))
        }
        Ok((entry, false)) => hand_in(&c, Ok(entry)),
        Err(error) => hand_in(&c, Err(error)),
    }
}

async fn delete_as_moderator(c: &Context, entry: Entry, target: u64) -> Result<Reply, ErrorLine> {
    let room = Arc::clone(&entry.room);
    let author = author(c, entry.act.room, target).await?;
    let outcome = c.state.log.act(entry).await;
    let was_there = matches!(outcome, Ok(crate::storage::Outcome::Appended(_)));
    membership::check(outcome.map(Some), &room)?;
    if let Some(author) = author.filter(|author| was_there && **author != *c.who.username) {
        let subject = format!("#{room} {target}");
        let audit = rank::audit(c, "delete", &subject, &format!("by {author}"));
        rank::note(c, Deed::Note, audit).await?;
    }
    Ok(Reply::Done {})
}

/// Who wrote a message, where it is one.
async fn author(c: &Context, room: RoomId, target: u64) -> Result<Option<String>, ErrorLine> {
    let query = HistoryQuery {
        room,
        before: Some(target.saturating_add(1)),
        after: None,
        limit: 1,
        viewer: c.who.user,
    };
    let page = c.state.storage.history(query).await;
    let page = page.map_err(|error| storage_error(&error))?;
    let message = page.messages.into_iter().find(|m| m.seq == target);
    Ok(message.map(|message| message.from))
}
