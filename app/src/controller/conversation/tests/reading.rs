//! What the reader does: seeing, opening, jumping, choosing by keys.

use super::*;

#[test]
fn typing_is_told_seldom() {
    let mut account = alice(3, "");
    let told = |effect| {
        commands(effect)
            .iter()
            .any(|command| matches!(command, Command::Typing { .. }))
    };
    assert!(told(write(&mut account, "a", at(10))));
    assert!(!told(write(&mut account, "b", at(12))));
    assert!(told(write(&mut account, "c", at(13))));
    account.conversation(ROOM).composer.set("");
    assert!(
        !told(write(&mut account, "/w", at(30))),
        "a command is no message"
    );
}

#[test]
fn what_is_seen_is_read_once_and_only_while_somebody_looks() {
    let mut account = alice(1, "");
    let read = |effect| {
        commands(effect)
            .into_iter()
            .find_map(|command| match command {
                Command::Read { seq, .. } => Some(seq),
                _ => None,
            })
    };
    account.conversation(ROOM).watched = false;
    assert_eq!(
        read(update(&mut account, ROOM, seen(2, false), at(1))),
        None
    );
    account.conversation(ROOM).watched = true;
    assert_eq!(read(looked_at(&mut account, ROOM)), Some(2));
    assert_eq!(
        read(update(&mut account, ROOM, seen(2, false), at(1))),
        None
    );
    // At the end everything is read, also what shows as no message.
    account.rooms.get_mut(ROOM).unwrap().room.last_seq = 9;
    assert_eq!(
        read(update(&mut account, ROOM, seen(3, true), at(1))),
        Some(9)
    );
}

#[test]
fn opening_goes_to_the_first_unread() {
    use crate::widget::virtual_list::Target;
    let target = |read| {
        alice(read, "")
            .conversation(ROOM)
            .timeline
            .send()
            .unwrap()
            .target
    };
    assert_eq!(target(1), Target::Row(2));
    assert_eq!(target(3), Target::End);
}

#[test]
fn a_message_far_back_is_fetched() {
    let mut account = alice(3, "");
    let asked = flat(update(&mut account, ROOM, Message::Jump(900), at(1)));
    assert!(matches!(
        asked.as_slice(),
        [Effect::Page {
            place: Place::Around(900),
            ..
        }]
    ));
    let gone = Ok(HistoryPage::default());
    let _ = paged(&mut account, ROOM, Place::Around(900), gone, at(1));
    assert!(notice(&mut account).is_some());
    assert!(
        account.conversation(ROOM).timeline.entry_of(3).is_some(),
        "what was shown stays"
    );
    let _ = paged(
        &mut account,
        ROOM,
        Place::Before(1),
        Err(RequestError::Lost),
        at(1),
    );
    assert_eq!(
        account.conversation(ROOM).timeline.before,
        crate::model::timeline::Edge::Failed
    );
    let again = flat(update(&mut account, ROOM, Message::AskAgain, at(1)));
    assert!(again.is_empty(), "nobody looks at it");
}

#[test]
fn escape_closes_the_innermost_first() {
    let mut account = alice(3, "");
    let _ = update(&mut account, ROOM, Message::Reply(2), at(1));
    let _ = write(&mut account, "@b", at(1));
    let _ = update(&mut account, ROOM, Message::Picker(true), at(1));
    assert!(account.conversation(ROOM).composer.completion.is_some());
    let _ = escape(&mut account, ROOM, at(1));
    assert!(account.conversation(ROOM).composer.completion.is_none());
    assert!(account.conversation(ROOM).composer.picker);
    let _ = escape(&mut account, ROOM, at(1));
    assert_eq!(account.conversation(ROOM).composer.mode, Mode::Reply(2));
    let _ = escape(&mut account, ROOM, at(1));
    assert_eq!(account.conversation(ROOM).composer.mode, Mode::New);
    assert_eq!(
        account.conversation(ROOM).composer.text(),
        "@b",
        "what was written stays"
    );
}

#[test]
fn a_completion_replaces_the_word() {
    let mut account = alice(3, "");
    let _ = write(&mut account, "hỏi 陈 @b", at(1));
    let _ = update(&mut account, ROOM, Message::Complete(None), at(1));
    assert_eq!(account.conversation(ROOM).composer.text(), "hỏi 陈 @bob ");
    assert!(account.conversation(ROOM).composer.completion.is_none());
}

#[test]
fn the_keyboard_acts_on_the_chosen_message() {
    let mut account = alice(3, "");
    let mut press =
        |pressed: Key, modifiers| key(&mut account, ROOM, true, &pressed, modifiers, at(1));
    let letter = |letter: &str| Key::Character(letter.into());
    let _ = press(Key::Named(Named::ArrowUp), Modifiers::empty());
    let _ = press(Key::Named(Named::ArrowUp), Modifiers::empty());
    assert_eq!(
        press(letter("c"), Modifiers::COMMAND),
        Effect::Copy("text 2".into())
    );
    let _ = press(Key::Named(Named::Delete), Modifiers::empty());
    let _ = press(letter("r"), Modifiers::empty());
    let talk = account.conversation(ROOM);
    assert_eq!(
        (talk.chosen, talk.open),
        (Some(2), None),
        "bob's cannot be deleted"
    );
    assert_eq!(talk.composer.mode, Mode::Reply(2));
    talk.composer.cancel();
    let _ = key(
        &mut account,
        ROOM,
        true,
        &Key::Named(Named::ArrowDown),
        Modifiers::empty(),
        at(1),
    );
    let _ = key(
        &mut account,
        ROOM,
        true,
        &Key::Named(Named::Delete),
        Modifiers::empty(),
        at(1),
    );
    assert_eq!(account.conversation(ROOM).open, Some(Open::Delete(3)));
    let _ = key(
        &mut account,
        ROOM,
        true,
        &letter("e"),
        Modifiers::empty(),
        at(1),
    );
    assert!(matches!(
        account.conversation(ROOM).composer.mode,
        Mode::Edit { seq: 3, .. }
    ));
}
