//! Slash commands, done.

use parlor_protocol::request::{
    Ban, Join, Kick, Leave, Members, OpenDirect, Profile, Request, SendAlert, SetTopic,
};
use parlor_protocol::{Time, User};

use super::{COMPOSER, composer, say};
use crate::effect::{Done, Effect, Question};
use crate::locale::tr;
use crate::model::Account;
use crate::model::composer::slash::{Command, Slash, SlashError, parse};

/// So many people are named in an answer to `/who`.
const NAMED: usize = 40;

/// Does what a command says, or says what is wrong with it and leaves it standing.
pub(super) fn run(account: &mut Account, room: &str, text: &str, now: Time) -> Effect {
    let Some(state) = account.rooms.get(room) else {
        return Effect::None;
    };
    let command = match parse(text, &account.me, &state.room) {
        Ok(command) => command,
        Err(error) => {
            let why = why(&error);
            say(account.conversation(room), true, why);
            return Effect::None;
        }
    };
    if let Slash::Me(what) = command {
        return composer::send(account, room, format!("/me {what}"), None, now);
    }
    let effect = done(account, room, command);
    let talk = account.conversation(room);
    let notice = talk.composer.notice.take();
    talk.composer.sent();
    talk.composer.notice = notice;
    effect
        .and(composer::keep_draft(account, room, now, true))
        .and(Effect::Focus(COMPOSER))
}

fn done(account: &mut Account, room: &str, command: Slash) -> Effect {
    let here = room.to_owned();
    let slash = Question::Slash { room: here.clone() };
    let (question, request): (Question, Request) = match command {
        Slash::Help => {
            let text = help(account, room);
            say(account.conversation(room), false, text);
            return Effect::None;
        }
        Slash::Quit => return Effect::Quit,
        Slash::Nick(name) => (
            slash,
            Profile {
                name: Some(name),
                status: None,
            }
            .into(),
        ),
        Slash::Join(room) => (Question::Join(room.clone()), Join { room }.into()),
        Slash::Leave => (Question::Leave(here.clone()), Leave { room: here }.into()),
        Slash::Msg(username, text) => (
            Question::Direct {
                username: username.clone(),
                text,
            },
            OpenDirect { username }.into(),
        ),
        Slash::Topic(topic) => (
            Question::Moderation(Done::Topic),
            SetTopic { room: here, topic }.into(),
        ),
        Slash::Who => (
            slash,
            Members {
                room: here,
                after: None,
                limit: None,
            }
            .into(),
        ),
        Slash::Kick(username, reason) => (
            Question::Moderation(Done::Kicked(username.clone())),
            Kick { username, reason }.into(),
        ),
        Slash::Ban(username, reason) => (
            Question::Moderation(Done::Banned(username.clone())),
            Ban {
                username: Some(username),
                ip: None,
                reason,
                until: None,
            }
            .into(),
        ),
        Slash::Alert(text) => (
            Question::Moderation(Done::Alerted),
            SendAlert { text }.into(),
        ),
        // A message, sent by the caller.
        Slash::Me(_) => return Effect::None,
    };
    Effect::Ask {
        account: account.id.clone(),
        question,
        request,
    }
}

/// The commands that one may use here, one a line.
fn help(account: &Account, room: &str) -> String {
    let Some(state) = account.rooms.get(room) else {
        return String::new();
    };
    let allowed = Command::ALL
        .into_iter()
        .filter(|command| command.is_allowed(&account.me, &state.room));
    let line = |command| tr!("slash-line", usage = usage(command), what = what(command));
    allowed.map(line).collect::<Vec<_>>().join("\n")
}

/// Says who is in the room.
pub(super) fn who(account: &mut Account, room: &str, users: &[User], more: bool) {
    let names: Vec<&str> = users
        .iter()
        .take(NAMED)
        .map(|user| user.name.as_str())
        .collect();
    let listed = names.join(", ");
    let text = if more || users.len() > NAMED {
        tr!("who-more", room = room, names = listed)
    } else {
        tr!("who", room = room, count = users.len(), names = listed)
    };
    say(account.conversation(room), false, text);
}

/// How a command is written.
pub(crate) fn usage(command: Command) -> String {
    match command {
        Command::Help => tr!("slash-help"),
        Command::Nick => tr!("slash-nick"),
        Command::Join => tr!("slash-join"),
        Command::Leave => tr!("slash-leave"),
        Command::Me => tr!("slash-me"),
        Command::Msg => tr!("slash-msg"),
        Command::Topic => tr!("slash-topic"),
        Command::Who => tr!("slash-who"),
        Command::Kick => tr!("slash-kick"),
        Command::Ban => tr!("slash-ban"),
        Command::Alert => tr!("slash-alert"),
        Command::Quit => tr!("slash-quit"),
    }
}

/// What a command does.
pub(crate) fn what(command: Command) -> String {
    match command {
        Command::Help => tr!("slash-help-what"),
        Command::Nick => tr!("slash-nick-what"),
        Command::Join => tr!("slash-join-what"),
        Command::Leave => tr!("slash-leave-what"),
        Command::Me => tr!("slash-me-what"),
        Command::Msg => tr!("slash-msg-what"),
        Command::Topic => tr!("slash-topic-what"),
        Command::Who => tr!("slash-who-what"),
        Command::Kick => tr!("slash-kick-what"),
        Command::Ban => tr!("slash-ban-what"),
        Command::Alert => tr!("slash-alert-what"),
        Command::Quit => tr!("slash-quit-what"),
    }
}

fn why(error: &SlashError) -> String {
    let word = |command: &Command| format!("/{}", command.word());
    match error {
        SlashError::Unknown(text) => tr!("slash-unknown", word = format!("/{text}")),
        SlashError::NotAllowed(command) => tr!("slash-not-allowed", word = word(command)),
        SlashError::Missing(command) => tr!("slash-missing", usage = usage(*command)),
        SlashError::NoUsername(text) => tr!("slash-no-username", text = text.as_str()),
        SlashError::NoRoomName(text) => tr!("slash-no-room-name", text = text.as_str()),
        SlashError::NoDisplayName(text) => tr!("slash-no-display-name", text = text.as_str()),
        SlashError::OneLine(command) => tr!("slash-one-line", word = word(command)),
    }
}
