//! Dialogs: what must be answered before one goes on.

use parlor_client::peer::Talk;
use parlor_client::{AccountId, RequestError};
use parlor_protocol::request::{
    Ban, CreateInvite, CreateRoom, DeleteRoom, EndSession, InviteToRoom, Join, Kick, Leave,
    RemoveFromRoom, Rooms, SetTopic,
};
use parlor_protocol::{Reply, Role, RoomKind, Time, names};

use crate::controller::{answers, attach, conversation, file, peer_file, people, talk, words};
use crate::effect::{Done, Effect, PeerCommand, Question};
use crate::locale::tr;
use crate::model::{Browse, Confirm, Deliberate, Dialog, InviteForm, Model, NewRoom, OneLine};

/// What happens in a dialog.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Esc, or the safe button.
    Cancel,
    /// Tab or an arrow between the two buttons of a question.
    OtherButton,
    /// Enter, or the button that does it.
    Submit,
    /// Enter in a question: whichever button has the keyboard.
    Enter,
    /// The key matches: remember it.
    Matches,
    /// The key's pin is copied.
    CopyPin,
    /// A changed server is to be forgotten.
    ForgetServer,
    /// The reason was edited.
    Reason(String),
    /// The name of a new room, a topic, a username, or a filter was edited.
    Text(String),
    /// The topic of a new room was edited.
    Topic(String),
    /// The kind of a new room.
    Kind(RoomKind),
    /// A room is to be joined.
    Join(String),
    /// How many may use an invite.
    Uses(u64),
    /// For how many days it holds.
    Days(i64),
    /// Which rank it gives.
    Role(Role),
    /// The invite's link is copied.
    CopyLink,
}

/// The id of a dialog's first field.
pub(crate) const FIRST_FIELD: &str = "dialog-first";
/// The id of a dialog's second field.
pub(crate) const SECOND_FIELD: &str = "dialog-second";
/// The id of a dialog's safe button.
pub(crate) const SAFE_BUTTON: &str = "dialog-safe";

/// Something happened in a dialog.
pub(crate) fn update(model: &mut Model, message: Message) -> Effect {
    match message {
        Message::Cancel => cancel(model),
        Message::OtherButton => {
            if let Some(Dialog::Confirm(confirm)) = &mut model.dialog {
                confirm.safe = !confirm.safe;
            }
            Effect::None
        }
        Message::Enter => match &model.dialog {
            Some(Dialog::Confirm(confirm)) if confirm.safe => cancel(model),
            // Trusting a key takes a press of its own button.
            Some(Dialog::Trust(_) | Dialog::KeyChanged { .. }) => cancel(model),
            _ => submit(model),
        },
        Message::Submit => submit(model),
        Message::Matches => match &model.dialog {
            Some(Dialog::Trust(trust)) => Effect::Remember(Box::new(trust.greeting.clone())),
            _ => Effect::None,
        },
        Message::CopyPin => copy_pin(model),
        Message::ForgetServer => match &model.dialog {
            Some(Dialog::KeyChanged { address }) => {
                let address = address.clone();
                people::ask_first(model, Deliberate::Forget(address))
            }
            _ => Effect::None,
        },
        Message::Join(room) => join(model, room),
        Message::CopyLink => copy_link(model),
        edited => edit(model, edited),
    }
}

/// Closes the dialog and does nothing of it.
pub(crate) fn cancel(model: &mut Model) -> Effect {
    let was = model.dialog.take();
    match was {
        Some(Dialog::Trust(_)) => Effect::Focus(super::welcome::LINK_FIELD),
        Some(Dialog::AttachPath(_) | Dialog::Viewer(_) | Dialog::SaveFile(_)) => {
            Effect::Focus(conversation::COMPOSER)
        }
        _ => Effect::None,
    }
}

fn copy_pin(model: &mut Model) -> Effect {
    let Some(Dialog::Trust(trust)) = &model.dialog else {
        return Effect::None;
    };
    let pin = trust.greeting.pin.to_string();
    let now = model.now;
    model.toasts.done(tr!("dialog-key-copied"), now);
    Effect::Copy(pin)
}

fn copy_link(model: &mut Model) -> Effect {
    let Some(Dialog::Invite(InviteForm {
        link: Some(link), ..
    })) = &model.dialog
    else {
        return Effect::None;
    };
    let link = link.clone();
    let now = model.now;
    model.toasts.done(tr!("dialog-link-copied"), now);
    Effect::Copy(link)
}

fn edit(model: &mut Model, message: Message) -> Effect {
    match (&mut model.dialog, message) {
        (Some(Dialog::Confirm(confirm)), Message::Reason(text)) => confirm.reason = text,
        (Some(Dialog::CreateRoom(room)), Message::Text(text)) => {
            // A space would be refused; what people mean by it is a dash.
            room.name = text.to_lowercase().replace(' ', "-");
            room.error = None;
        }
        (Some(Dialog::CreateRoom(room)), Message::Topic(text)) => room.topic = text,
        (Some(Dialog::CreateRoom(room)), Message::Kind(kind)) => room.kind = kind,
        (Some(Dialog::Browse(browse)), Message::Text(text)) => browse.filter = text,
        (Some(Dialog::AddPerson(line) | Dialog::Topic(line)), Message::Text(text)) => {
            line.text = text;
            line.error = None;
        }
        (Some(Dialog::Person(line)), Message::Text(text)) => {
            line.text = text;
            line.error = None;
        }
        (Some(Dialog::Channel(line)), Message::Text(text)) => {
            line.text = text.to_lowercase().replace(' ', "-");
            line.error = None;
        }
        (Some(Dialog::SaveFile(dialog)), Message::Text(text)) => {
            dialog.text = text;
            dialog.error = None;
        }
        (Some(Dialog::AttachPath(dialog)), Message::Text(text)) => {
            dialog.text = text;
            dialog.error = None;
        }
        (Some(Dialog::Invite(form)), Message::Uses(uses)) => {
            form.uses = uses;
            form.link = None;
        }
        (Some(Dialog::Invite(form)), Message::Days(days)) => {
            form.days = days;
            form.link = None;
        }
        (Some(Dialog::Invite(form)), Message::Role(role)) => {
            form.role = role;
            form.link = None;
        }
        _ => {}
    }
    Effect::None
}

fn submit(model: &mut Model) -> Effect {
    let Some(account) = model.current.clone() else {
        return match model.dialog.take() {
            Some(Dialog::Confirm(confirm)) => without_account(model, confirm),
            other => {
                model.dialog = other;
                Effect::None
            }
        };
    };
    let now = model.now;
    match &mut model.dialog {
        Some(Dialog::Confirm(_)) => match model.dialog.take() {
            Some(Dialog::Confirm(confirm)) => confirmed(model, account, confirm),
            _ => Effect::None,
        },
        Some(Dialog::CreateRoom(room)) => create(account, room),
        Some(Dialog::Invite(form)) => invite(account, form, now),
        Some(Dialog::AddPerson(line)) => add_person(account, line),
        Some(Dialog::Topic(line)) => set_topic(account, line),
        Some(Dialog::AttachPath(dialog)) => attach::submit_path(account, dialog),
        Some(Dialog::Channel(line)) => {
            let joins = talk::submit_channel(account, line);
            if line.waits {
                model.window.ahead.wait();
            }
            joins
        }
        Some(Dialog::SaveFile(dialog)) => peer_file::submit_path(account, dialog),
        Some(Dialog::Person(_)) => talk::submit_person(model),
        Some(Dialog::NoDevice { username }) => {
            let username = username.clone();
            talk::update(model, talk::Message::ByServer(username))
        }
        _ => Effect::None,
    }
}

fn create(account: AccountId, room: &mut NewRoom) -> Effect {
    if room.waits {
        return Effect::None;
    }
    if !names::is_room_name(&room.name) {
        room.error = Some(tr!("dialog-bad-room-name"));
        return Effect::Focus(FIRST_FIELD);
    }
    room.waits = true;
    let topic = room.topic.trim();
    Effect::Ask {
        account,
        question: Question::CreateRoom(room.name.clone()),
        request: CreateRoom {
            room: room.name.clone(),
            kind: Some(room.kind),
            topic: (!topic.is_empty()).then(|| topic.to_owned()),
        }
        .into(),
    }
}

fn invite(account: AccountId, form: &mut InviteForm, now: Time) -> Effect {
    if form.waits {
        return Effect::None;
    }
    form.waits = true;
    form.error = None;
    Effect::Ask {
        account,
        question: Question::Invite,
        request: CreateInvite {
            role: Some(form.role),
            uses: Some(form.uses),
            expires: Some(in_days(now, form.days)),
        }
        .into(),
    }
}

/// The time that many days from now.
pub(crate) fn in_days(now: Time, days: i64) -> Time {
    Time::from_millis(now.as_millis() + days * 86_400_000)
}

fn add_person(account: AccountId, line: &mut OneLine) -> Effect {
    let Some(username) = names::username(line.text.trim().trim_start_matches('@')) else {
        line.error = Some(tr!("dialog-bad-username"));
        return Effect::Focus(FIRST_FIELD);
    };
    line.waits = true;
    let request = InviteToRoom {
        room: line.room.clone(),
        username: username.clone(),
    };
    people::moderate(account, Done::Added(username), request)
}

fn set_topic(account: AccountId, line: &mut OneLine) -> Effect {
    line.waits = true;
    let request = SetTopic {
        room: line.room.clone(),
        topic: line.text.trim().to_owned(),
    };
    people::moderate(account, Done::Topic, request)
}

fn join(model: &mut Model, room: String) -> Effect {
    match model.current.clone() {
        Some(account) => Effect::Ask {
            account,
            question: Question::Join(room.clone()),
            request: Join { room }.into(),
        },
        None => Effect::None,
    }
}

/// What needs no account in front.
fn without_account(model: &mut Model, confirm: Confirm) -> Effect {
    match confirm.what {
        Deliberate::Forget(address) => Effect::Forget(address),
        Deliberate::StopHosting => super::host::stop(model),
        Deliberate::QuitHosting => Effect::Quit,
        Deliberate::QuitTransfers => super::keep(model).and(Effect::Quit),
        Deliberate::SignOut(account) => Effect::SignOut(account),
        _ => Effect::None,
    }
}

/// Yes was said.
fn confirmed(model: &mut Model, account: AccountId, confirm: Confirm) -> Effect {
    let reason = confirm.reason.trim().to_owned();
    match confirm.what {
        Deliberate::Kick(username) => {
            let done = Done::Kicked(username.clone());
            people::moderate(account, done, Kick { username, reason })
        }
        Deliberate::Ban(username) => {
            let request = Ban {
                username: Some(username.clone()),
                ip: None,
                reason,
                until: None,
            };
            people::moderate(account, Done::Banned(username), request)
        }
        Deliberate::Mute(username) => people::mute(account, username),
        Deliberate::Rank(username, role) => people::rank(account, username, role),
        Deliberate::RemoveFromRoom { room, username } => {
            let request = RemoveFromRoom {
                room,
                username: username.clone(),
                reason,
            };
            people::moderate(account, Done::Removed(username), request)
        }
        Deliberate::LeaveRoom { room, .. } => Effect::Ask {
            account,
            question: Question::Leave(room.clone()),
            request: Leave { room }.into(),
        },
        Deliberate::DeleteRoom(room) => {
            let done = Done::Deleted(room.clone());
            people::moderate(account, done, DeleteRoom { room })
        }
        Deliberate::DeleteFile(deleted) => file::delete(account, deleted),
        Deliberate::Revoke { device, .. } => Effect::Peer(account, PeerCommand::Revoke(device)),
        Deliberate::LeaveChannel(channel) => Effect::Peer(account, PeerCommand::Leave(channel)),
        Deliberate::ForgetTalk(username) => {
            Effect::Peer(account, PeerCommand::Forget(Talk::Direct(username)))
        }
        Deliberate::Block(username) => Effect::Peer(account, PeerCommand::Block(username, true)),
        Deliberate::Differs(username) => {
            Effect::Peer(account, PeerCommand::Compared(username, false))
        }
        Deliberate::EndSession { session, .. } => Effect::Ask {
            account,
            question: Question::EndSession,
            request: EndSession { session }.into(),
        },
        what @ (Deliberate::SignOut(_)
        | Deliberate::Forget(_)
        | Deliberate::StopHosting
        | Deliberate::QuitHosting
        | Deliberate::QuitTransfers) => without_account(model, Confirm { what, ..confirm }),
    }
}

/// Opens the dialog for a new room.
pub(crate) fn open_create(model: &mut Model) -> Effect {
    model.menu = None;
    model.dialog = Some(Dialog::CreateRoom(NewRoom::default()));
    Effect::Focus(FIRST_FIELD)
}

/// Opens the list of rooms that one may join.
pub(crate) fn open_browse(model: &mut Model) -> Effect {
    model.menu = None;
    let Some(account) = model.current.clone() else {
        return Effect::None;
    };
    model.dialog = Some(Dialog::Browse(Browse::default()));
    Effect::Focus(FIRST_FIELD).and(Effect::Ask {
        account,
        question: Question::Browse,
        request: Rooms {}.into(),
    })
}

/// Opens the dialog for an invite to the server.
pub(crate) fn open_invite(model: &mut Model) -> Effect {
    model.menu = None;
    model.dialog = Some(Dialog::Invite(InviteForm::default()));
    Effect::None
}

/// Opens the dialog for the topic of the room in front.
pub(crate) fn open_topic(model: &mut Model) -> Effect {
    model.menu = None;
    let Some(state) = model.front().and_then(|account| account.front()) else {
        return Effect::None;
    };
    model.dialog = Some(Dialog::Topic(OneLine {
        room: state.room.room.clone(),
        text: state.room.topic.clone(),
        ..OneLine::default()
    }));
    Effect::Focus(FIRST_FIELD)
}

/// The rooms came, or did not.
pub(crate) fn browsed(model: &mut Model, result: Result<Reply, RequestError>) -> Effect {
    if let Some(Dialog::Browse(browse)) = &mut model.dialog {
        match result {
            Ok(Reply::Rooms { mut rooms, .. }) => {
                rooms.retain(|room| room.kind == RoomKind::Public);
                browse.rooms = Some(rooms);
            }
            Ok(_) => {}
            Err(error) => {
                browse.error = Some(tr!("dialog-no-rooms", why = words::request(&error)));
            }
        }
    }
    Effect::None
}

/// A room was made, or not.
pub(crate) fn created(
    model: &mut Model,
    account: &AccountId,
    result: Result<Reply, RequestError>,
) -> Effect {
    match result {
        Ok(Reply::Room(room)) => {
            if matches!(model.dialog, Some(Dialog::CreateRoom(_))) {
                model.dialog = None;
            }
            answers::arrive(model, account, &room.room)
        }
        Ok(_) => Effect::None,
        Err(error) => {
            let text = tr!("dialog-not-created", why = words::request(&error));
            match &mut model.dialog {
                Some(Dialog::CreateRoom(room)) => {
                    room.waits = false;
                    room.error = Some(text);
                    Effect::Focus(FIRST_FIELD)
                }
                _ => {
                    model.toasts.failed(text);
                    Effect::None
                }
            }
        }
    }
}

/// An invite was made, or not.
pub(crate) fn invited(model: &mut Model, result: Result<Reply, RequestError>) -> Effect {
    if let Some(Dialog::Invite(form)) = &mut model.dialog {
        form.waits = false;
        match result {
            Ok(Reply::Invite { link, .. }) => form.link = Some(link),
            Ok(_) => {}
            Err(error) => {
                form.error = Some(tr!("dialog-no-invite", why = words::request(&error)));
            }
        }
    }
    Effect::None
}
