//! Answers of the server's find their way to what was asked for.

use parlor_client::{AccountId, RequestError};
use parlor_protocol::Reply;

use crate::controller::{conversation, dialog, files, people, search, settings, show_room, words};
use crate::effect::{Command, Done, Effect, Question};
use crate::locale::tr;
use crate::model::{Dialog, Model};

type Answer = Result<Reply, RequestError>;

/// An answer came.
pub(crate) fn update(
    model: &mut Model,
    account: &AccountId,
    question: Question,
    result: Answer,
) -> Effect {
    match question {
        Question::Act { room } | Question::Slash { room } => {
            let now = model.now;
            match model.account_mut(account) {
                Some(account) => conversation::answered(account, &room, result, now),
                None => Effect::None,
            }
        }
        Question::Edit { room, seq, text } => match model.account_mut(account) {
            Some(account) => conversation::edited(account, &room, seq, &text, result),
            None => Effect::None,
        },
        Question::Members(room) => people::listed(model, account, &room, result),
        Question::Users => people::everybody(model, account, result),
        Question::Browse => dialog::browsed(model, result),
        Question::CreateRoom(_) => dialog::created(model, account, result),
        Question::Join(_) => entered(model, account, result),
        Question::Leave(room) => left(model, &room, result),
        Question::Direct { username, text } => direct(model, account, &username, text, result),
        Question::Search(asked) => search::answered(model, account, asked, result),
        Question::Profile => settings::profile_answered(model, result),
        Question::Password => settings::password_answered(model, result),
        Question::Sessions => settings::sessions_answered(model, result),
        Question::EndSession => settings::session_ended(model, account, result),
        Question::Invite => dialog::invited(model, result),
        Question::HostInvite => super::host::invited(model, result),
        Question::Files { asked, first } => files::answered(model, account, asked, first, result),
        Question::DeleteFile(file) => super::file::deleted(model, account, &file, result),
        Question::Moderation(done) => moderated(model, &done, result),
    }
}

/// A room was joined: it comes to the front.
fn entered(model: &mut Model, account: &AccountId, result: Answer) -> Effect {
    match result {
        Ok(Reply::Room(room)) => {
            if matches!(model.dialog, Some(Dialog::Browse(_) | Dialog::Switcher(_))) {
                model.dialog = None;
            }
            arrive(model, account, &room.room)
        }
        Ok(_) => Effect::None,
        Err(error) => {
            model
                .toasts
                .failed(tr!("answer-not-joined", why = words::request(&error)));
            Effect::None
        }
    }
}

/// A room that one is in by now comes to the front: at once, or as soon as the
/// client tells of it, for answers and events come on ways of their own.
pub(crate) fn arrive(model: &mut Model, id: &AccountId, room: &str) -> Effect {
    if let Some(account) = model.account_mut(id) {
        account.wanted = Some(room.to_owned());
    }
    show_wanted(model, id)
}

/// Shows the room that was waited for, if it is there.
pub(crate) fn show_wanted(model: &mut Model, id: &AccountId) -> Effect {
    let wanted = model
        .account_mut(id)
        .and_then(crate::model::Account::take_wanted);
    match wanted {
        Some(room) if model.current.as_ref() == Some(id) => show_room(model, &room),
        _ => Effect::None,
    }
}

fn left(model: &mut Model, room: &str, result: Answer) -> Effect {
    match result {
        Ok(_) => {
            let now = model.now;
            model.toasts.done(tr!("answer-left", room = room), now);
        }
        Err(error) => model
            .toasts
            .failed(tr!("answer-not-left", why = words::request(&error))),
    }
    Effect::None
}

fn direct(
    model: &mut Model,
    account: &AccountId,
    username: &str,
    text: Option<String>,
    result: Answer,
) -> Effect {
    match result {
        Ok(Reply::Room(room)) => {
            let shown = arrive(model, account, &room.room);
            match text {
                Some(text) => shown.and(Effect::Tell(
                    account.clone(),
                    Command::Send {
                        room: room.room,
                        text,
                        reply_to: None,
                        files: Vec::new(),
                    },
                )),
                None => shown,
            }
        }
        Ok(_) => Effect::None,
        Err(error) => {
            let why = words::request(&error);
            let text = tr!("answer-no-direct", who = username, why = why);
            model.toasts.failed(text);
            Effect::None
        }
    }
}

fn moderated(model: &mut Model, done: &Done, result: Answer) -> Effect {
    let now = model.now;
    let name = |username: &str| {
        model.front().map_or_else(
            || username.to_owned(),
            |account| account.name_of(username).to_owned(),
        )
    };
    match result {
        Ok(_) => {
            let text = match done {
                Done::Kicked(who) => tr!("done-kicked", who = name(who)),
                Done::Banned(who) => tr!("done-banned", who = name(who)),
                Done::Muted(who) => tr!("done-muted", who = name(who)),
                Done::Unmuted(who) => tr!("done-unmuted", who = name(who)),
                Done::Ranked(who) => tr!("done-ranked", who = name(who)),
                Done::Removed(who) => tr!("done-removed", who = name(who)),
                Done::Added(who) => tr!("done-added", who = name(who)),
                Done::Topic => tr!("done-topic"),
                Done::Deleted(room) => tr!("done-deleted", room = room.as_str()),
                Done::Notify => tr!("done-notify"),
                Done::Alerted => tr!("done-alerted"),
            };
            if matches!(done, Done::Topic | Done::Added(_)) {
                model.dialog = None;
            }
            model.toasts.done(text, now);
        }
        Err(error) => {
            let why = words::request(&error);
            match &mut model.dialog {
                Some(Dialog::Topic(line) | Dialog::AddPerson(line))
                    if matches!(done, Done::Topic | Done::Added(_)) =>
                {
                    line.waits = false;
                    line.error = Some(tr!("answer-not-done", why = why));
                }
                _ => model.toasts.failed(tr!("answer-not-done", why = why)),
            }
        }
    }
    Effect::None
}
