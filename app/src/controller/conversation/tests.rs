//! What the reader and the writer do, as models and effects.

use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::text_editor::{Action, Edit};
use parlor_client::{HistoryPage, Item, Place, RequestError, RoomState};
use parlor_protocol::{
    Code, ErrorLine, Message as Kept, Notify, Presence, Reply, Request, Role, Room, RoomKind, Time,
    User,
};

use super::{
    Message, answered, edited, escape, key, left, looked_at, not_kept, opened, paged, ticked,
    update,
};
use crate::effect::{Command, Done, Effect, Question};
use crate::model::composer::Mode;
use crate::model::{Account, LinkState, Open};
use crate::widget::virtual_list::View;

mod reading;

const ROOM: &str = "general";

fn at(seconds: i64) -> Time {
    Time::from_millis(1_790_000_000_000 + seconds * 1_000)
}

fn said(seq: u64, from: &str) -> Item {
    Item::Message(Box::new(Kept {
        seq,
        time: at(0),
        from: from.into(),
        name: from.into(),
        text: format!("text {seq}"),
        nonce: format!("n{seq}"),
        reply_to: None,
        files: Vec::new(),
        edited: None,
        deleted: false,
        reactions: Vec::new(),
    }))
}

fn room(read_seq: u64, draft: &str) -> RoomState {
    RoomState {
        room: Room {
            room: ROOM.into(),
            kind: RoomKind::Public,
            topic: String::new(),
            joined: true,
            last_seq: 3,
            read_seq,
            mentions: 0,
            members: 2,
            notify: Notify::All,
            can_send: true,
            with: None,
            created: None,
            moderator: false,
        },
        unread: 3 - read_seq,
        unread_exact: true,
        mentions: 0,
        cursor: 3,
        draft: draft.into(),
    }
}

/// Alice in #general, with three messages; the last is hers.
fn alice(read_seq: u64, draft: &str) -> Account {
    let user = |username: &str, role| User {
        username: username.into(),
        name: username.to_uppercase(),
        role,
        presence: Presence::Online,
        status: String::new(),
    };
    let mut account = Account::sample("Lab 4", user("alice", Role::Member));
    account.put_user(user("bob", Role::Member));
    account.link = LinkState::Connected { ping: None };
    account.put_room(room(read_seq, draft));
    account
        .conversation(ROOM)
        .load(vec![said(1, "bob"), said(2, "bob"), said(3, "alice")]);
    let _ = opened(&mut account, ROOM, at(0));
    account.conversation(ROOM).watched = true;
    account
}

fn write(account: &mut Account, text: &str, now: Time) -> Effect {
    let paste = Action::Edit(Edit::Paste(std::sync::Arc::new(text.to_owned())));
    update(account, ROOM, Message::Typed(paste), now)
}

fn submit(account: &mut Account, text: &str) -> Effect {
    account.conversation(ROOM).composer.set(text);
    update(account, ROOM, Message::Submit, at(1))
}

/// The single effects of one.
fn flat(effect: Effect) -> Vec<Effect> {
    match effect {
        Effect::None => Vec::new(),
        Effect::Batch(effects) => effects.into_iter().flat_map(flat).collect(),
        one => vec![one],
    }
}

fn commands(effect: Effect) -> Vec<Command> {
    let command = |effect| match effect {
        Effect::Tell(_, command) => Some(command),
        _ => None,
    };
    flat(effect).into_iter().filter_map(command).collect()
}

fn requests(effect: Effect) -> Vec<(Question, &'static str)> {
    let request = |effect| match effect {
        Effect::Ask {
            question, request, ..
        } => Some((question, Request::kind(&request))),
        _ => None,
    };
    flat(effect).into_iter().filter_map(request).collect()
}

fn notice(account: &mut Account) -> Option<String> {
    account
        .conversation(ROOM)
        .composer
        .notice
        .as_ref()
        .map(|notice| notice.text.clone())
}

fn seen(last: u64, at_end: bool) -> Message {
    Message::Seen(View {
        first: 1,
        last,
        at_end,
        far: !at_end,
        near_start: false,
        near_end: at_end,
        len: 4,
    })
}

#[test]
fn a_draft_comes_back_and_is_kept_soon() {
    let mut account = alice(3, "half a");
    assert_eq!(account.conversation(ROOM).composer.text(), "half a");
    let kept = |effect| {
        commands(effect)
            .into_iter()
            .find_map(|command| match command {
                Command::Draft { text, .. } => Some(text),
                _ => None,
            })
    };
    assert_eq!(
        kept(write(&mut account, " word", at(1))),
        Some("half a word".into())
    );
    // Not with each key: the rest is kept by the next second, or on leaving.
    let soon = Time::from_millis(at(1).as_millis() + 200);
    assert_eq!(kept(write(&mut account, "s", soon)), None);
    assert!(account.draft_waits() || account.room.is_none());
    assert_eq!(
        kept(ticked(&mut account, ROOM, at(2))),
        Some("half a words".into())
    );
    let _ = write(&mut account, "!", at(2));
    assert_eq!(
        kept(left(&mut account, ROOM, at(2))),
        Some("half a words!".into())
    );
    assert_eq!(kept(left(&mut account, ROOM, at(2))), None);
    // Sending takes it away.
    assert_eq!(
        kept(update(&mut account, ROOM, Message::Submit, at(2))),
        Some(String::new())
    );
}

#[test]
fn an_answer_names_what_it_answers() {
    let mut account = alice(3, "");
    let _ = update(&mut account, ROOM, Message::Reply(2), at(1));
    let sent = commands(submit(&mut account, "yes\n"));
    assert!(
        sent.contains(&Command::Send {
            room: ROOM.into(),
            text: "yes".into(),
            reply_to: Some(2),
            files: Vec::new(),
        }),
        "{sent:?}"
    );
    assert_eq!(account.conversation(ROOM).composer.mode, Mode::New);
    assert!(commands(submit(&mut account, " \n ")).is_empty(), "blank");
    let sent = commands(submit(&mut account, "//not a command"));
    assert!(sent.contains(&Command::Send {
        room: ROOM.into(),
        text: "/not a command".into(),
        reply_to: None,
        files: Vec::new(),
    }));
}

#[test]
fn an_edit_gives_the_draft_back() {
    let mut account = alice(3, "draft");
    let _ = update(&mut account, ROOM, Message::Edit(2), at(1));
    assert_eq!(
        account.conversation(ROOM).composer.mode,
        Mode::New,
        "bob wrote it"
    );
    let _ = update(&mut account, ROOM, Message::EditLast, at(1));
    assert_eq!(account.conversation(ROOM).composer.text(), "text 3");
    assert!(
        requests(submit(&mut account, "text 3")).is_empty(),
        "nothing changed"
    );
    assert_eq!(account.conversation(ROOM).composer.text(), "draft");
    let _ = update(&mut account, ROOM, Message::EditLast, at(1));
    let asked = requests(submit(&mut account, "better"));
    let question = Question::Edit {
        room: ROOM.into(),
        seq: 3,
        text: "better".into(),
    };
    assert_eq!(asked, [(question, "edit")]);
    assert_eq!(account.conversation(ROOM).composer.text(), "draft");
}

#[test]
fn what_could_not_be_sent_comes_back() {
    let mut account = alice(3, "");
    let _ = submit(&mut account, "first");
    let _ = write(&mut account, "second", at(1));
    let _ = not_kept(
        &mut account,
        ROOM,
        "first",
        Some(2),
        "the disk is full".into(),
    );
    let talk = account.conversation(ROOM);
    assert_eq!(talk.composer.text(), "first\nsecond");
    assert_eq!(talk.composer.mode, Mode::Reply(2));
    assert!(notice(&mut account).is_some_and(|text| text.contains("the disk is full")));
}

#[test]
fn an_edit_that_was_refused_comes_back() {
    let mut account = alice(3, "");
    let _ = update(&mut account, ROOM, Message::Edit(3), at(1));
    account.conversation(ROOM).composer.set("better");
    let _ = update(&mut account, ROOM, Message::Submit, at(1));
    let _ = write(&mut account, "next", at(1));
    let _ = edited(&mut account, ROOM, 3, "better", Err(RequestError::Lost));
    let talk = account.conversation(ROOM);
    assert_eq!(talk.composer.text(), "better");
    assert!(talk.composer.cancel());
    assert_eq!(
        talk.composer.text(),
        "next",
        "the draft waits behind the edit"
    );
}

#[test]
fn too_long_a_text_stays_and_says_so() {
    let mut account = alice(3, "");
    account.server.text_bytes = 10;
    assert!(commands(submit(&mut account, "twelve bytes")).is_empty());
    assert!(
        notice(&mut account)
            .unwrap()
            .contains("2 bytes over the 10")
    );
    assert_eq!(account.conversation(ROOM).composer.text(), "twelve bytes");
}

#[test]
fn slash_commands_do_what_they_say() {
    let mut account = alice(3, "");
    let room = ROOM.to_owned();
    let mut check = |text: &str, question: Question, kind: &'static str| {
        assert_eq!(
            requests(submit(&mut account, text)),
            [(question, kind)],
            "{text}"
        );
        assert!(account.conversation(ROOM).composer.is_blank(), "{text}");
    };
    check(
        "/nick Alice M",
        Question::Slash { room: room.clone() },
        "profile",
    );
    check("/join #lab", Question::Join("lab".into()), "join");
    check("/leave", Question::Leave(room.clone()), "leave");
    let direct = Question::Direct {
        username: "bob".into(),
        text: Some("hi there".into()),
    };
    check("/msg bob hi there", direct, "open_direct");
    check("/who", Question::Slash { room: room.clone() }, "members");
    account.me.role = Role::Admin;
    let mut check = |text: &str, done: Done, kind: &'static str| {
        assert_eq!(
            requests(submit(&mut account, text)),
            [(Question::Moderation(done), kind)],
            "{text}"
        );
    };
    check("/kick bob noise", Done::Kicked("bob".into()), "kick");
    check("/ban bob", Done::Banned("bob".into()), "ban");
    check("/alert Back at 5", Done::Alerted, "alert");
    let sent = commands(submit(&mut account, "/me waves"));
    assert!(sent.contains(&Command::Send {
        room,
        text: "/me waves".into(),
        reply_to: None,
        files: Vec::new(),
    }));
    assert!(flat(submit(&mut account, "/quit")).contains(&Effect::Quit));
    let _ = submit(&mut account, "/help");
    assert!(notice(&mut account).unwrap().lines().count() >= 10);
}

#[test]
fn a_wrong_command_stays_and_says_what_to_do() {
    let mut account = alice(3, "");
    for text in ["/dance", "/kick bob", "/msg", "/join two words"] {
        assert!(flat(submit(&mut account, text)).is_empty(), "{text}");
        assert!(notice(&mut account).is_some(), "{text}");
        assert_eq!(account.conversation(ROOM).composer.text(), text);
        account.conversation(ROOM).composer.notice = None;
    }
}

#[test]
fn who_is_here_is_said() {
    let mut account = alice(3, "");
    let users = vec![account.me.clone()];
    let members = Reply::Members {
        room: ROOM.into(),
        users,
        more: false,
    };
    let _ = answered(&mut account, ROOM, Ok(members), at(1));
    assert_eq!(notice(&mut account).unwrap(), "In #general: ALICE");
    let refused = RequestError::Refused(ErrorLine::new(Code::Forbidden, "no"));
    let _ = answered(&mut account, ROOM, Err(refused), at(1));
    assert!(
        account
            .conversation(ROOM)
            .composer
            .notice
            .as_ref()
            .unwrap()
            .failed
    );
}
