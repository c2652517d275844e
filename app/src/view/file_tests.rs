//! Files as people handle them, by clicks, keys and drops, without a display.

#[cfg(test)]
mod lists;

use iced::Size;
use iced::keyboard::{Key, Modifiers, key::Named};
use parlor_client::{
    Direction, Event, Purpose, TransferError, TransferFailure, TransferId, TransferState,
};
use parlor_protocol::Reply;

use super::file_samples as samples;
use super::snapshots::{alone, compare, screen};
use crate::controller::attach::{Message as Attach, Refused};
use crate::controller::{self, Message, keys, session};
use crate::effect::{Command, Effect, FileEffect, Question, Upload};
use crate::model::previews::BOX;
use crate::model::transfers::transfer;
use crate::model::{Deliberate, Dialog, Middle, Model, Panel, ThemeChoice, Viewed};
use crate::picker::Picked;

const WINDOW: Size = Size::new(1280.0, 800.0);
const LEAST: Size = Size::new(720.0, 480.0);

fn flat(effect: Effect) -> Vec<Effect> {
    match effect {
        Effect::None => Vec::new(),
        Effect::Batch(all) => all.into_iter().flat_map(flat).collect(),
        one => vec![one],
    }
}

fn tell(model: &mut Model, message: Message) -> Vec<Effect> {
    flat(controller::update(model, message))
}

fn click(model: &mut Model, text: &'static str) -> Vec<Effect> {
    let messages: Vec<Message> = {
        let mut screen = screen(model, WINDOW);
        screen.click(text).unwrap();
        screen.into_messages().collect()
    };
    messages
        .into_iter()
        .flat_map(|message| tell(model, message))
        .collect()
}

fn press(model: &mut Model, key: Key, modifiers: Modifiers) -> Vec<Effect> {
    let pressed = keys::Pressed {
        key,
        modifiers,
        taken: false,
    };
    tell(model, Message::Key(pressed))
}

fn letter(model: &mut Model, letter: &str) -> Vec<Effect> {
    press(model, Key::Character(letter.into()), Modifiers::CTRL)
}

fn named(model: &mut Model, key: Named) -> Vec<Effect> {
    press(model, Key::Named(key), Modifiers::empty())
}

fn submit(model: &mut Model) -> Vec<Effect> {
    tell(
        model,
        Message::Conversation(controller::conversation::Message::Submit),
    )
}

fn files(effects: Vec<Effect>) -> Vec<FileEffect> {
    let of = |effect| match effect {
        Effect::Files(_, effect) => Some(effect),
        _ => None,
    };
    effects.into_iter().filter_map(of).collect()
}

fn sent(effects: &[Effect]) -> Option<Vec<TransferId>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Tell(_, Command::Send { files, .. }) => Some(files.clone()),
        _ => None,
    })
}

fn begun(model: &mut Model, result: Result<i64, TransferFailure>) -> Vec<Effect> {
    let result = match result {
        Ok(id) => Ok(Some(transfer(
            id,
            Direction::Up,
            "new.bin",
            TransferState::Waiting,
        ))),
        Err(why) => Err(Refused {
            name: "bench.iso".into(),
            why: TransferError::Failed(why),
        }),
    };
    let message = Attach::Begun {
        account: model.current.clone().unwrap(),
        room: "general".into(),
        purpose: Purpose::Draft,
        typed: matches!(model.dialog, Some(Dialog::AttachPath(_))),
        result: Box::new(result),
    };
    tell(model, Message::Attach(message))
}

#[test]
fn files_look_as_they_did() {
    if !alone("view::file_tests::files_look_as_they_did") {
        return;
    }
    use ThemeChoice::{Dark, Light};
    let holds = |name: &str, mut model: Model, size: Size| {
        let theme = model.theme();
        let snapshot = screen(&mut model, size).snapshot(&theme).unwrap();
        compare(name, &snapshot);
    };
    holds("room-files-dark", samples::room(Dark), WINDOW);
    holds("room-files-light", samples::sending(Light), WINDOW);
    holds("room-files-dark-least", samples::room(Dark), LEAST);
    holds("files-light", samples::files(Light), WINDOW);
    holds("files-dark", samples::files(Dark), WINDOW);
    let mut least = samples::files(Dark);
    least.window.panel = None;
    least.preferences.people = false;
    holds("files-dark-least", least, LEAST);
    holds("viewer-dark", samples::viewer(Dark), WINDOW);
    let mut typed = samples::room(Light);
    let _ = press(
        &mut typed,
        Key::Character("u".into()),
        Modifiers::CTRL | Modifiers::SHIFT,
    );
    holds("attach-path-light", typed, WINDOW);
    let mut dragged = samples::room(Dark);
    for _ in 0..3 {
        tell(&mut dragged, Message::Attach(Attach::Hovered));
    }
    holds("drop-dark", dragged, WINDOW);
    let mut closing = samples::files(Light);
    let _ = letter(&mut closing, "q");
    holds("quit-transfers-light", closing, WINDOW);
    let mut empty = samples::files(Dark);
    let account = empty.front_mut().unwrap();
    account.files.page(true, Vec::new(), false);
    account.transfers.load(Vec::new());
    holds("files-empty-dark", empty, WINDOW);
}

#[test]
fn a_file_is_chosen_or_named_by_its_path() {
    let mut model = samples::room(ThemeChoice::Dark);
    let picked = files(letter(&mut model, "u"));
    assert!(
        matches!(&picked[..], [FileEffect::Pick { room, purpose: Purpose::Draft }] if room == "general")
    );
    // A system without a dialog answers at once: then there is a field.
    let none = Attach::Picked {
        account: model.current.clone().unwrap(),
        room: "general".into(),
        purpose: Purpose::Draft,
        picked: Picked::NoDialog,
    };
    tell(&mut model, Message::Attach(none));
    assert!(matches!(model.dialog, Some(Dialog::AttachPath(_))));
    assert!(
        files(named(&mut model, Named::Enter)).is_empty(),
        "an empty path"
    );
    let text = controller::dialog::Message::Text("~/a b.pdf".into());
    tell(&mut model, Message::Dialog(text));
    let upload = files(named(&mut model, Named::Enter));
    assert!(
        matches!(&upload[..], [FileEffect::Upload { what: Upload::Typed(path), .. }] if path == "~/a b.pdf")
    );
    assert!(
        files(named(&mut model, Named::Enter)).is_empty(),
        "it waits"
    );
    begun(&mut model, Err(TransferFailure::LocalMissing("/x".into())));
    let Some(Dialog::AttachPath(dialog)) = &model.dialog else {
        panic!()
    };
    assert!(dialog.error.as_ref().unwrap().contains("/x is not there"));
    let _ = named(&mut model, Named::Enter);
    begun(&mut model, Ok(9));
    assert!(model.dialog.is_none());
    assert_eq!(
        model.front().unwrap().transfers.drafts("general").count(),
        3
    );
}

#[test]
fn a_message_takes_its_files_also_while_they_begin() {
    let mut model = samples::room(ThemeChoice::Dark);
    let dropped = tell(
        &mut model,
        Message::Attach(Attach::Dropped("/tmp/new.bin".into())),
    );
    assert!(matches!(files(dropped)[..], [FileEffect::Upload { .. }]));
    assert_eq!(
        sent(&submit(&mut model)),
        None,
        "the client has not taken it in yet"
    );
    let effects = begun(&mut model, Ok(9));
    let ids = [1, 2, 9].map(TransferId);
    assert_eq!(sent(&effects).as_deref(), Some(&ids[..]));
    let account = model.front().unwrap();
    assert_eq!(account.transfers.drafts("general").count(), 0);
    // What could not be kept comes back whole.
    let not_kept = Message::NotKept {
        account: account.id.clone(),
        room: "general".into(),
        text: "Here they are".into(),
        reply_to: None,
        files: ids.to_vec(),
        why: "the disk is full".into(),
    };
    tell(&mut model, not_kept);
    let account = model.front_mut().unwrap();
    assert_eq!(account.transfers.drafts("general").count(), 3);
    assert_eq!(
        account.conversation("general").composer.text(),
        "Here they are"
    );
}

#[test]
fn files_alone_are_a_message_and_failed_ones_are_not_sent() {
    let mut model = samples::room(ThemeChoice::Dark);
    let account = model.front_mut().unwrap();
    account.conversation("general").composer.set("");
    let lost = TransferState::Failed(TransferFailure::Lost);
    account
        .transfers
        .put(transfer(3, Direction::Up, "broken.bin", lost));
    assert_eq!(sent(&submit(&mut model)), None);
    let account = model.front_mut().unwrap();
    let notice = account.conversation("general").composer.notice.clone();
    assert!(notice.unwrap().text.contains("broken.bin"));
    account.transfers.gone(TransferId(3));
    let ids = [1, 2].map(TransferId);
    assert_eq!(sent(&submit(&mut model)).as_deref(), Some(&ids[..]));
    assert_eq!(sent(&submit(&mut model)), None, "nothing is left to send");
}

#[test]
fn more_files_than_a_message_shows_are_not_sent() {
    let mut model = samples::room(ThemeChoice::Dark);
    let account = model.front_mut().unwrap();
    for id in 10..31 {
        account
            .transfers
            .put(transfer(id, Direction::Up, "a", TransferState::Done));
    }
    assert_eq!(sent(&submit(&mut model)), None);
    let account = model.front_mut().unwrap();
    let notice = account.conversation("general").composer.notice.clone();
    assert!(notice.unwrap().text.contains("20 files at most"));
}

#[test]
fn a_file_that_is_too_large_is_refused_at_once() {
    let mut model = samples::room(ThemeChoice::Dark);
    tell(
        &mut model,
        Message::Attach(Attach::Dropped("/tmp/bench.iso".into())),
    );
    begun(
        &mut model,
        Err(TransferFailure::TooLarge { limit: 2 << 30 }),
    );
    let toast = model.toasts.shown()[0].text.clone();
    assert!(
        toast.starts_with("Not uploaded: bench.iso is over the 2 GB this server takes."),
        "{toast}"
    );
    // The message does not wait for it for ever.
    assert!(sent(&submit(&mut model)).is_some());
}

#[test]
fn where_no_files_are_taken_it_is_said() {
    let mut model = samples::room(ThemeChoice::Dark);
    model.front_mut().unwrap().server.files = false;
    assert!(files(letter(&mut model, "u")).is_empty());
    assert!(model.toasts.shown()[0].text.contains("Lab 4 takes none"));
    let dropped = tell(
        &mut model,
        Message::Attach(Attach::Dropped("/tmp/a".into())),
    );
    assert!(files(dropped).is_empty());
    // What was copied in a file manager is a text there.
    let paste = |text: &str| {
        use iced::widget::text_editor::{Action, Edit};
        let edit = Edit::Paste(std::sync::Arc::new(text.to_owned()));
        let typed = controller::conversation::Message::Typed(Action::Edit(edit));
        Message::Conversation(typed)
    };
    assert!(files(tell(&mut model, paste("file:///tmp/a"))).is_empty());
    model.front_mut().unwrap().server.files = true;
    let two = files(tell(&mut model, paste("file:///tmp/a\nfile:///tmp/b")));
    assert_eq!(two.len(), 2);
}

#[test]
fn chips_pause_and_cancel() {
    let mut model = samples::room(ThemeChoice::Dark);
    for text in [
        "bench-rig-2.mp4",
        "62% · 8.1 MB/s · 3 s left",
        "Ready · 412 B",
    ] {
        assert!(screen(&mut model, WINDOW).find(text).is_ok(), "{text}");
    }
    let act = |model: &mut Model, message| files(tell(model, Message::File(message)));
    use controller::file::Message as File;
    let id = TransferId(1);
    assert_eq!(act(&mut model, File::Pause(id)), [FileEffect::Pause(id)]);
    assert_eq!(act(&mut model, File::Cancel(id)), [FileEffect::Cancel(id)]);
    // It is gone once the client says so.
    let told = session::Message::Told(vec![Event::TransferGone(id)], model.now);
    let account = model.current.clone().unwrap();
    tell(&mut model, Message::Session(account, told));
    assert!(screen(&mut model, WINDOW).find("bench-rig-2.mp4").is_err());
}

#[test]
fn a_card_downloads_then_opens_or_shows_its_folder() {
    let mut model = samples::room(ThemeChoice::Dark);
    assert!(
        screen(&mut model, WINDOW)
            .find("CSV · 10.4 MB · Carol")
            .is_ok()
    );
    let table = Box::new(samples::table());
    use controller::file::Message as File;
    let open = |model: &mut Model| tell(model, Message::File(File::View(table.clone())));
    assert_eq!(
        files(open(&mut model)),
        [FileEffect::Download(table.clone())]
    );
    let mut moving = transfer(7, Direction::Down, &table.name, TransferState::Checking);
    moving.file = Some((*table).clone());
    let told = |model: &mut Model, transfer| {
        let told = session::Message::Told(vec![Event::Transfer(Box::new(transfer))], model.now);
        let account = model.current.clone().unwrap();
        tell(model, Message::Session(account, told))
    };
    assert!(told(&mut model, moving.clone()).is_empty());
    assert!(files(open(&mut model)).is_empty(), "it is on its way");
    moving.state = TransferState::Done;
    let path = moving.path.clone();
    assert_eq!(told(&mut model, moving), [Effect::OpenFile(path.clone())]);
    assert_eq!(open(&mut model), [Effect::OpenFile(path.clone())]);
    let folder = Message::File(File::ShowInFolder(TransferId(7)));
    assert_eq!(tell(&mut model, folder), [Effect::ShowInFolder(path)]);
}

#[test]
fn what_a_system_would_run_is_never_opened_by_a_click() {
    let mut model = samples::room(ThemeChoice::Dark);
    let mut program = transfer(7, Direction::Down, "setup.exe", TransferState::Done);
    program.file.as_mut().unwrap().name = "setup.exe".into();
    let file = Box::new(program.file.clone().unwrap());
    let path = program.path.clone();
    model.front_mut().unwrap().transfers.put(program);
    use controller::file::Message as File;
    for act in [
        File::View(file.clone()),
        File::OpenOutside(file),
        File::Open(TransferId(7)),
    ] {
        assert_eq!(
            tell(&mut model, Message::File(act)),
            [Effect::ShowInFolder(path.clone())]
        );
    }
}

#[test]
fn a_picture_is_fetched_in_sight_and_shown_in_full() {
    let mut model = samples::room(ThemeChoice::Dark);
    model.front_mut().unwrap().previews = crate::model::previews::Previews::default();
    let in_sight = |model: &mut Model| -> Vec<FileEffect> {
        let theme = model.theme();
        let messages: Vec<Message> = {
            let mut screen = screen(model, WINDOW);
            let _ = screen.snapshot(&theme).unwrap();
            screen.into_messages().collect()
        };
        let effects = messages
            .into_iter()
            .flat_map(|message| tell(model, message));
        files(effects.collect())
    };
    let asked = in_sight(&mut model);
    assert!(
        matches!(&asked[..], [FileEffect::Picture { file, full: false }] if file.id == "chart"),
        "{asked:?}"
    );
    assert!(in_sight(&mut model).is_empty(), "it is asked for once");
    assert_eq!(model.front().unwrap().previews.place("chart"), BOX);

    let mut model = samples::viewer(ThemeChoice::Dark);
    assert!(
        matches!(&model.dialog, Some(Dialog::Viewer(viewer)) if matches!(viewer.state, Viewed::Shown(_)))
    );
    let _ = named(&mut model, Named::Escape);
    assert!(model.dialog.is_none());
}

#[test]
fn the_keyboard_reaches_the_files_of_a_message() {
    let mut model = samples::room(ThemeChoice::Dark);
    model.window.region = crate::model::Region::Timeline;
    let _ = named(&mut model, Named::ArrowUp);
    let shown = files(named(&mut model, Named::Enter));
    assert!(
        matches!(&shown[..], [FileEffect::Picture { full: true, .. }]),
        "{shown:?}"
    );
    model.dialog = None;
    let all = files(press(
        &mut model,
        Key::Character("d".into()),
        Modifiers::empty(),
    ));
    assert!(
        matches!(&all[..], [FileEffect::Download(_), FileEffect::Download(csv)] if csv.id == "csv"),
        "{all:?}"
    );
}
