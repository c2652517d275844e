//! Talks that no server keeps: begun, left, and what goes with the next post.

use std::path::PathBuf;

use parlor_client::AccountId;
use parlor_client::peer::Talk;
use parlor_protocol::names;

use crate::controller::dialog::FIRST_FIELD;
use crate::controller::{conversation, people, show_room};
use crate::effect::{Effect, PeerCommand, Upload};
use crate::locale::tr;
use crate::model::composer::Attached;
use crate::model::peer::{has_device, talk_of};
use crate::model::{Account, Deliberate, Dialog, Model, OneLine};

/// Files that go with one post: each is an offer of its own, and more are no message any more.
const FILES: usize = parlor_protocol::limits::FILES_PER_MESSAGE;

/// What is done with talks.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Somebody is to be chosen to talk with.
    Choose,
    /// This person is to be talked with.
    With(String),
    /// The private room by the server, with somebody who has no device.
    ByServer(String),
    /// A new peer channel, or one that others are in.
    Channel,
    /// The channel in front is to be left.
    Leave,
}

/// Something is done with talks.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    model.menu = None;
    match message {
        Message::Choose => choose(model),
        Message::With(username) => with(model, username),
        Message::ByServer(username) => {
            model.dialog = None;
            match model.current.clone() {
                Some(account) => people::open_direct(account, username, None),
                None => Effect::None,
            }
        }
        Message::Channel => {
            model.dialog = Some(Dialog::Channel(OneLine::default()));
            Effect::Focus(FIRST_FIELD)
        }
        Message::Leave => match model.front().and_then(Account::front_talk) {
            Some(Talk::Channel(channel)) => {
                people::ask_first(model, Deliberate::LeaveChannel(channel))
            }
            _ => Effect::None,
        },
    }
}

fn choose(model: &mut Model) -> Effect {
    let Some(account) = model.front() else {
        return Effect::None;
    };
    let asked = people::ask_everybody(account, None);
    model.dialog = Some(Dialog::Person(OneLine::default()));
    asked.and(Effect::Focus(FIRST_FIELD))
}

/// Opens the talk with somebody: at once if they are known to have a device.
pub(crate) fn with(model: &mut Model, username: String) -> Effect {
    model.dialog = None;
    let Some(account) = model.front_mut() else {
        return Effect::None;
    };
    let talk = Talk::Direct(username.clone());
    let known = account.peers.people.get(&username).is_some_and(has_device);
    if known || account.has(&talk.to_string()) {
        account.peers.begin(talk.clone());
        return show_room(model, &talk.to_string());
    }
    let meet = Effect::Peer(account.id.clone(), PeerCommand::Meet(username));
    model.window.ahead.wait();
    meet
}

/// The person in the dialog is to be talked with.
pub(crate) fn submit_person(model: &mut Model) -> Effect {
    let me = model.front().map(|account| account.me.username.clone());
    let Some(Dialog::Person(line)) = &mut model.dialog else {
        return Effect::None;
    };
    let why = match names::username(line.text.trim().trim_start_matches('@')) {
        Some(username) if Some(&username) == me.as_ref() => tr!("talk-with-oneself"),
        Some(username) => return with(model, username),
        None => tr!("dialog-bad-username"),
    };
    line.error = Some(why);
    Effect::Focus(FIRST_FIELD)
}

/// The channel in the dialog is to be joined.
pub(crate) fn submit_channel(account: AccountId, line: &mut OneLine) -> Effect {
    if line.waits {
        return Effect::None;
    }
    let channel = line.text.trim().trim_start_matches('#');
    if !names::is_room_name(channel) {
        line.error = Some(tr!("dialog-bad-room-name"));
        return Effect::Focus(FIRST_FIELD);
    }
    line.waits = true;
    Effect::Peer(account, PeerCommand::Join(channel.to_owned()))
}

/// Something is done to the post at this place; `None` in a room of the server.
pub(super) fn on_post(
    account: &mut Account,
    name: &str,
    place: u64,
    command: impl FnOnce(Talk, String) -> PeerCommand,
) -> Option<Effect> {
    let talk = talk_of(name)?;
    let id = account.conversation(name).timeline.id_of(place);
    let Some(id) = id.map(ToOwned::to_owned) else {
        return Some(Effect::None);
    };
    Some(Effect::Peer(account.id.clone(), command(talk, id)))
}

/// Whether files can go with the next post, and why not.
pub(crate) fn may_attach(account: &Account, talk: &Talk) -> Result<(), String> {
    match talk {
        Talk::Direct(_) => Ok(()),
        Talk::Channel(_) => Err(tr!(
            "attach-channel",
            channel = account.room_words(&talk.to_string())
        )),
    }
}

/// Files of this computer go with the next post.
pub(crate) fn attach(
    account: &mut Account,
    talk: &Talk,
    what: impl IntoIterator<Item = Upload>,
) -> Effect {
    let mut all = Effect::None;
    for upload in what {
        let composer = &mut account.conversation(&talk.to_string()).composer;
        composer.starting += 1;
        let look = PeerCommand::Look(talk.clone(), upload);
        all = all.and(Effect::Peer(account.id.clone(), look));
    }
    all
}

/// A file that is to go with the next post was looked at.
pub(super) fn looked(
    model: &mut Model,
    id: &AccountId,
    talk: &Talk,
    typed: bool,
    result: Result<Option<Attached>, String>,
) -> Effect {
    let mut then = Effect::None;
    let waits = matches!(&model.dialog, Some(Dialog::AttachPath(dialog)) if dialog.waits);
    if typed && !waits {
        // Its dialog was closed meanwhile: it is not wanted any more.
        return then;
    }
    match (&mut model.dialog, &result) {
        (Some(Dialog::AttachPath(dialog)), Err(why)) if typed => {
            dialog.waits = false;
            dialog.error = Some(why.clone());
        }
        (_, Err(why)) => model.toasts.failed(why.clone()),
        (_, Ok(_)) if typed => {
            model.dialog = None;
            then = Effect::Focus(conversation::COMPOSER);
        }
        _ => {}
    }
    let now = model.now;
    let name = talk.to_string();
    let Some(account) = model.account_mut(id) else {
        return then;
    };
    let composer = &mut account.conversation(&name).composer;
    let went_well = result.is_ok();
    if let Ok(Some(attached)) = result {
        composer.attached.push(attached);
    }
    // A typed path was never counted: the dialog stood before the composer.
    if !typed {
        composer.starting = composer.starting.saturating_sub(1);
    }
    if !went_well {
        composer.sends_then = false;
    }
    if composer.starting == 0 && std::mem::take(&mut composer.sends_then) {
        let submit = conversation::Message::Submit;
        return then.and(conversation::update(account, &name, submit, now));
    }
    then
}

/// What is in the way of sending the files in the composer; `None` if nothing is.
pub(super) fn files_first(account: &mut Account, name: &str) -> Option<Effect> {
    let composer = &mut account.conversation(name).composer;
    if composer.starting > 0 {
        composer.sends_then = true;
        return Some(Effect::None);
    }
    let over = composer.attached.len().checked_sub(FILES + 1)? + 1;
    let words = tr!("send-too-many-files", most = FILES, over = over);
    conversation::say(account.conversation(name), true, words);
    Some(Effect::None)
}

/// Writes a post, and offers the files that go with it, the text first.
pub(super) fn send(
    account: &mut Account,
    talk: &Talk,
    text: String,
    answers: Option<u64>,
) -> Effect {
    let id = account.id.clone();
    let kept = account.conversation(&talk.to_string());
    let reply_to = answers.and_then(|place| {
        let id = kept.timeline.id_of(place)?.to_owned();
        Some((id, place))
    });
    let paths: Vec<PathBuf> = std::mem::take(&mut kept.composer.attached)
        .into_iter()
        .map(|attached| attached.path)
        .collect();
    let mut all = Effect::None;
    if !text.is_empty() {
        let send = PeerCommand::Send {
            talk: talk.clone(),
            text,
            reply_to,
        };
        all = Effect::Peer(id.clone(), send);
    }
    for path in paths {
        let offer = PeerCommand::SendFile(talk.clone(), path);
        all = all.and(Effect::Peer(id.clone(), offer));
    }
    all
}
