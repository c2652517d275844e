//! What one does in talks, by clicks and keys.

use iced::Size;
use iced::keyboard::{Key, Modifiers, key::Named};
use iced_test::Simulator;
use parlor_client::peer::{PeerEvent, PeerSnapshot, PostBody, PostState, Talk, Trust, Way};
use parlor_protocol::reply::Hit;

use super::talk_samples::{self as samples, NEW, device};
use crate::controller::{self, Message, attach, conversation, keys, peer, talk};
use crate::effect::{Effect, PeerCommand, Question, Upload};
use crate::model::composer::Attached;
use crate::model::{Deliberate, Dialog, Found, LinkState, Model, Panel, Region, ThemeChoice};
use crate::picker::Picked;
use crate::theme::Theme;
use crate::view::snapshots::screen;

const WINDOW: Size = Size::new(1280.0, 800.0);
const PLAIN: Modifiers = Modifiers::empty();

/// Does something on the screen; what follows is taken in by the controllers.
fn act(model: &mut Model, act: impl FnOnce(&mut Simulator<'_, Message, Theme>)) -> Effect {
    let messages: Vec<Message> = {
        let mut screen = screen(model, WINDOW);
        act(&mut screen);
        screen.into_messages().collect()
    };
    messages
        .into_iter()
        .map(|message| controller::update(model, message))
        .fold(Effect::None, Effect::and)
}

fn click(model: &mut Model, text: &'static str) -> Effect {
    act(model, |screen| {
        screen.click(text).unwrap();
    })
}

fn shows(model: &mut Model, text: &str) -> bool {
    screen(model, WINDOW).find(text).is_ok()
}

fn press(model: &mut Model, key: Key, modifiers: Modifiers) -> Effect {
    let pressed = keys::Pressed {
        key,
        modifiers,
        taken: false,
    };
    controller::update(model, Message::Key(pressed))
}

fn letter(letter: &str) -> Key {
    Key::Character(letter.into())
}

/// What the peers were told or asked.
fn told(effect: Effect) -> Vec<PeerCommand> {
    match effect {
        Effect::Peer(_, command) => vec![command],
        Effect::Batch(all) => all.into_iter().flat_map(told).collect(),
        _ => Vec::new(),
    }
}

fn bob() -> Talk {
    Talk::Direct("bob".into())
}

fn peer(model: &mut Model, message: peer::Message) -> Effect {
    let id = model.current.clone().unwrap();
    controller::update(model, Message::Peer(id, message))
}

fn do_in_talk(model: &mut Model, message: conversation::Message) -> Effect {
    controller::update(model, Message::Conversation(message))
}

fn write(model: &mut Model, name: &str, text: &str) {
    samples::front(model).conversation(name).composer.set(text);
}

#[test]
fn a_talk_is_opened_dialled_and_read() {
    let mut model = samples::main(ThemeChoice::Dark);
    let effect = click(&mut model, "Camille Lefèvre");
    let talk = Talk::Direct("camille".into());
    let told = told(effect);
    assert!(told.contains(&PeerCommand::Open(talk.clone())));
    assert!(told.contains(&PeerCommand::Learn("camille".into())));
    let page = PeerCommand::Page { talk, before: None };
    assert!(told.contains(&page));
    assert_eq!(model.window.panel, Some(Panel::Safety));
    assert!(shows(&mut model, "by relay · 61 ms"));
    let address = ", 1 device · by relay, which cannot read it · only you two can read it";
    assert!(shows(&mut model, address));
    let _ = click(&mut model, "general");
    assert_eq!(model.window.panel, Some(Panel::People));
}

#[test]
fn what_is_written_goes_to_the_peers_and_comes_back_if_it_is_not_kept() {
    let mut model = samples::direct(ThemeChoice::Dark);
    write(&mut model, "@bob", "hello");
    let effect = do_in_talk(&mut model, conversation::Message::Reply(1))
        .and(do_in_talk(&mut model, conversation::Message::Submit));
    let send = PeerCommand::Send {
        talk: bob(),
        text: "hello".into(),
        reply_to: Some(("id1".into(), 1)),
    };
    assert!(told(effect).contains(&send));
    let _ = peer(
        &mut model,
        peer::Message::NotSent {
            talk: bob(),
            text: "hello".into(),
            answers: Some(1),
            why: "the disk is full".into(),
        },
    );
    let composer = &samples::front(&mut model).conversation("@bob").composer;
    assert_eq!(composer.text(), "hello");
    assert!(composer.notice.as_ref().is_some_and(|notice| notice.failed));
}

#[test]
fn posts_are_edited_deleted_and_reacted_to_by_their_marks() {
    let mut model = samples::direct(ThemeChoice::Dark);
    write(&mut model, "@bob", "");
    let react = conversation::Message::React(1, "👍".into());
    let told_of = told(do_in_talk(&mut model, react));
    let expected = PeerCommand::React {
        talk: bob(),
        id: "id1".into(),
        emoji: "👍".into(),
        on: true,
    };
    assert_eq!(told_of, [expected]);
    let told_of = told(do_in_talk(&mut model, conversation::Message::Delete(4)));
    assert_eq!(told_of, [PeerCommand::Delete(bob(), "id4".into())]);
    // The newest of one's own with a text: the file between has none.
    let _ = do_in_talk(&mut model, conversation::Message::EditLast);
    write(&mut model, "@bob", "changed");
    let told_of = told(do_in_talk(&mut model, conversation::Message::Submit));
    let expected = PeerCommand::Edit {
        talk: bob(),
        id: "id40".into(),
        place: 40,
        text: "changed".into(),
    };
    assert!(told_of.contains(&expected), "{told_of:?}");
    let _ = do_in_talk(&mut model, conversation::Message::Edit(9));
    assert!(
        samples::front(&mut model)
            .conversation("@bob")
            .composer
            .is_blank()
    );
}

#[test]
fn commands_of_a_server_do_nothing_between_devices() {
    let mut model = samples::direct(ThemeChoice::Dark);
    write(&mut model, "@bob", "/kick bob");
    assert!(told(do_in_talk(&mut model, conversation::Message::Submit)).is_empty());
    assert!(shows(
        &mut model,
        "/kick is not for talks between devices. Begin with // to send it as a message."
    ));
    write(&mut model, "@bob", "/me waves");
    let sent = told(do_in_talk(&mut model, conversation::Message::Submit));
    assert!(
        sent.iter().any(
            |command| matches!(command, PeerCommand::Send { text, .. } if text == "/me waves")
        )
    );
}

#[test]
fn a_new_device_is_shown_until_it_is_answered() {
    let mut model = samples::sealed(ThemeChoice::Light);
    model.window.panel = None;
    let _ = click(&mut model, "Compare");
    assert_eq!(model.window.panel, Some(Panel::Safety));
    assert_eq!(model.window.region, Region::Panel);
    let matches = told(press(&mut model, letter("m"), PLAIN));
    assert_eq!(matches, [PeerCommand::Compared("minhanh".into(), true)]);
    let _ = controller::update(
        &mut model,
        Message::Safety(controller::safety::Message::PutOff(device(NEW))),
    );
    assert!(!shows(&mut model, "Compare"));
    let mut verified = samples::minh_anh();
    verified.trust = Trust::Verified { at: model.now };
    samples::tell(&mut model, vec![PeerEvent::Person(Box::new(verified))]);
    assert!(shows(&mut model, "Verified"));
    assert!(!shows(&mut model, "They match"));
    // What is verified is not verified again by a slip of the finger.
    assert!(told(press(&mut model, letter("m"), PLAIN)).is_empty());
}

#[test]
fn numbers_differ_only_after_a_question() {
    let mut model = samples::sealed(ThemeChoice::Light);
    assert!(told(click(&mut model, "They differ")).is_empty());
    let Some(Dialog::Confirm(confirm)) = &model.dialog else {
        panic!("no question: {:?}", model.dialog);
    };
    assert_eq!(confirm.what, Deliberate::Differs("minhanh".into()));
    let submit = controller::dialog::Message::Submit;
    let said = told(controller::update(&mut model, Message::Dialog(submit)));
    assert_eq!(said, [PeerCommand::Compared("minhanh".into(), false)]);
}

#[test]
fn somebody_without_a_device_is_offered_the_room_of_the_server() {
    let mut model = samples::main(ThemeChoice::Dark);
    let _ = click(&mut model, "Théo Garnier");
    let asked = told(click(&mut model, "Message directly"));
    assert_eq!(asked, [PeerCommand::Meet("theo".into())]);
    // What is typed meanwhile is for the talk, and for nothing that opens in its place.
    assert!(model.window.ahead.waits);
    let nobody = || {
        let theo = parlor_client::peer::Person {
            username: "theo".into(),
            devices: Vec::new(),
            safety: None,
            path: None,
            sealed: 0,
            dialled: None,
            ..samples::bob()
        };
        peer::Message::Met("theo".into(), Ok(Box::new(theo)))
    };
    let _ = peer(&mut model, nobody());
    assert_eq!(
        (model.window.ahead.waits, model.window.ahead.dropped),
        (false, 1)
    );
    let effect = click(&mut model, "Private room on Lab 4");
    assert!(matches!(
        effect,
        Effect::Ask {
            question: Question::Direct { .. },
            ..
        }
    ));
    assert!(model.dialog.is_none());
    // An answer for an account that is not in front any more lets the keys go, too.
    model.window.ahead.wait();
    let account = samples::front(&mut model).id.clone();
    let front = model.current.take();
    let _ = controller::update(&mut model, Message::Peer(account, nobody()));
    assert!(!model.window.ahead.waits);
    model.current = front;
    // Without the server nobody knows whether there is one.
    samples::front(&mut model).link = LinkState::Connecting;
    let _ = peer(&mut model, nobody());
    assert!(model.dialog.is_none());
    assert_eq!(model.toasts.shown().len(), 1);
}

#[test]
fn a_channel_is_joined_by_its_name() {
    let mut model = samples::main(ThemeChoice::Dark);
    let _ = controller::update(&mut model, Message::Talk(talk::Message::Channel));
    let type_in = |model: &mut Model, text: &str| {
        let edited = controller::dialog::Message::Text(text.into());
        let _ = controller::update(model, Message::Dialog(edited));
        told(press(model, Key::Named(Named::Enter), PLAIN))
    };
    assert!(type_in(&mut model, "no!").is_empty());
    assert_eq!(
        type_in(&mut model, "Late Lunch"),
        [PeerCommand::Join("late-lunch".into())]
    );
    // Asked already.
    assert!(told(press(&mut model, Key::Named(Named::Enter), PLAIN)).is_empty());
    let joined = peer::Message::Joined("late-lunch".into(), Ok(()));
    let _ = peer(&mut model, joined);
    assert!(model.dialog.is_none());
    assert_eq!(
        samples::front(&mut model).room.as_deref(),
        Some("#late-lunch")
    );
    assert_eq!(model.window.panel, Some(Panel::People));
    assert!(shows(&mut model, "alone"));
    let gone = PeerEvent::TalkGone(Talk::Channel("late-lunch".into()));
    samples::tell(&mut model, vec![gone]);
    assert_eq!(samples::front(&mut model).room.as_deref(), Some("general"));
}

#[test]
fn files_go_with_the_post_each_by_itself() {
    let mut model = samples::direct(ThemeChoice::Dark);
    write(&mut model, "@bob", "here");
    let dropped = attach::Message::Dropped("/tmp/a.csv".into());
    let looks = told(controller::update(&mut model, Message::Attach(dropped)));
    let path = Upload::Path("/tmp/a.csv".into());
    assert_eq!(looks, [PeerCommand::Look(bob(), path)]);
    // Enter before it was looked at: the post waits for it.
    assert!(told(do_in_talk(&mut model, conversation::Message::Submit)).is_empty());
    let attached = Attached {
        path: "/tmp/a.csv".into(),
        name: "a.csv".into(),
        size: 412,
    };
    let sent = told(peer(
        &mut model,
        peer::Message::Looked {
            talk: bob(),
            typed: false,
            result: Ok(Some(attached)),
        },
    ));
    let offers =
        |command: &PeerCommand| *command == PeerCommand::SendFile(bob(), "/tmp/a.csv".into());
    assert!(matches!(&sent[0], PeerCommand::Send { text, .. } if text == "here"));
    assert!(offers(&sent[1]), "{sent:?}");
    // A channel takes none.
    let _ = controller::show_room(&mut model, "#field-trip");
    let dropped = attach::Message::Dropped("/tmp/a.csv".into());
    assert!(told(controller::update(&mut model, Message::Attach(dropped))).is_empty());
    assert_eq!(model.toasts.shown().len(), 1);
}

#[test]
fn an_offered_file_is_accepted_where_one_says() {
    let mut model = samples::main(ThemeChoice::Dark);
    let offered = samples::file("x.zip", 10, parlor_client::peer::PeerFileState::Offered, 0);
    let body = PostBody::File(Box::new(offered));
    let post = samples::post(1, "19T09:00", "bob", body, PostState::Received(Way::Lan));
    samples::open(&mut model, "@bob", vec![post]);
    let asks = told(click(&mut model, "Accept"));
    let place = PeerCommand::Place {
        id: "f-x.zip".into(),
        name: "x.zip".into(),
    };
    assert_eq!(asks, [place]);
    let placed = |picked| peer::Message::Placed {
        id: "f-x.zip".into(),
        name: "x.zip".into(),
        picked,
        default: "/home/alice/Downloads/x.zip".into(),
    };
    assert!(told(peer(&mut model, placed(Picked::Cancelled))).is_empty());
    let chosen = told(peer(
        &mut model,
        placed(Picked::Chosen("/tmp/y.zip".into())),
    ));
    let accept = |to: &str| PeerCommand::Accept {
        id: "f-x.zip".into(),
        to: to.into(),
    };
    assert_eq!(chosen, [accept("/tmp/y.zip")]);
    let _ = peer(&mut model, placed(Picked::NoDialog));
    let typed = told(press(&mut model, Key::Named(Named::Enter), PLAIN));
    assert_eq!(typed, [accept("/home/alice/Downloads/x.zip")]);
    let accepted = |result| peer::Message::Accepted {
        id: "f-x.zip".into(),
        result,
    };
    let _ = peer(&mut model, accepted(Err("a file is there already".into())));
    assert!(matches!(&model.dialog, Some(Dialog::SaveFile(dialog)) if dialog.error.is_some()));
    let _ = peer(&mut model, accepted(Ok(())));
    assert!(model.dialog.is_none());
}

#[test]
fn talks_count_as_unread_and_are_gone_through() {
    let mut model = samples::main(ThemeChoice::Dark);
    let before = model.unread();
    samples::tell(&mut model, vec![PeerEvent::Talk(samples::state("@bob", 3))]);
    assert_eq!(model.unread(), before + 3);
    let account = samples::front(&mut model);
    account.room = Some("#thesis".into());
    assert_eq!(account.next_room(false, false).as_deref(), Some("@bob"));
    assert_eq!(
        account.next_room(true, false).as_deref(),
        Some("#field-trip")
    );
}

#[test]
fn a_talk_is_searched_on_this_computer() {
    let mut model = samples::direct(ThemeChoice::Dark);
    let _ = controller::search::open(&mut model, true);
    samples::front(&mut model).search.query = "rig".into();
    let submit = controller::search::Message::Submit;
    let asked = told(controller::update(&mut model, Message::Search(submit)));
    let [PeerCommand::Search { asked, talk, .. }] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(*talk, Some(bob()));
    let asked = *asked;
    let found = samples::post(
        5,
        "19T09:03",
        "bob",
        PostBody::Text("Sending the raw capture of rig B.".into()),
        PostState::Received(Way::Lan),
    );
    let _ = peer(
        &mut model,
        peer::Message::Found {
            asked,
            within: true,
            result: Ok(vec![found]),
        },
    );
    let account = samples::front(&mut model);
    let Found::Hits { hits, .. } = &account.search.found else {
        panic!("{:?}", account.search.found);
    };
    let hit: &Hit = &hits[0];
    assert_eq!((hit.room.as_str(), hit.seq), ("@bob", 5));
    let hit = controller::search::Message::Hit("@bob".into(), 5);
    let _ = controller::update(&mut model, Message::Search(hit));
    let timeline = &samples::front(&mut model).conversation("@bob").timeline;
    assert_eq!(timeline.marked, Some(5));
}

#[test]
fn a_device_of_ones_own_is_ended_after_a_question() {
    let mut model = samples::main(ThemeChoice::Light);
    let _ = controller::settings::open(&mut model);
    let asked = told(click(&mut model, "Devices"));
    assert_eq!(asked, [PeerCommand::Learn("alice".into())]);
    assert!(told(click(&mut model, "End…")).is_empty());
    let submit = controller::dialog::Message::Submit;
    let ended = told(controller::update(&mut model, Message::Dialog(submit)));
    assert_eq!(ended, [PeerCommand::Revoke(device(2))]);
}

#[test]
fn the_lan_and_relays_are_chosen_for_every_account() {
    use crate::controller::settings::device::Message as Device;
    let mut model = samples::main(ThemeChoice::Light);
    let _ = controller::settings::open(&mut model);
    let choose = |model: &mut Model, message| {
        let message = controller::settings::Message::Device(message);
        controller::update(model, Message::Settings(message))
    };
    let effect = choose(&mut model, Device::RelayOnly(true));
    let expected = PeerCommand::Behave {
        label: "alice-desktop".into(),
        lan: true,
        relay_only: true,
    };
    assert_eq!(told(effect), [expected]);
    assert!(model.preferences.relay_only);
    let _ = choose(&mut model, Device::Name("  ".into()));
    assert!(told(choose(&mut model, Device::KeepName)).is_empty());
    let _ = choose(&mut model, Device::Name("lab bench".into()));
    let told = told(choose(&mut model, Device::KeepName));
    assert!(matches!(&told[0], PeerCommand::Behave { label, .. } if label == "lab bench"));
}

#[test]
fn what_came_while_the_peers_were_closed_is_paged_anew() {
    let mut model = samples::direct(ThemeChoice::Dark);
    let account = samples::front(&mut model);
    let snapshot = PeerSnapshot {
        device: device(1),
        label: "alice-desktop".into(),
        talks: account.peers.talks.values().cloned().collect(),
        people: Vec::new(),
        standing: account.peers.standing.clone(),
    };
    let id = account.id.clone();
    let now = model.now;
    let told_of = peer::Message::Told(vec![PeerEvent::Loaded(Box::new(snapshot))], now);
    let effect = controller::update(&mut model, Message::Peer(id, told_of));
    let page = PeerCommand::Page {
        talk: bob(),
        before: None,
    };
    assert!(told(effect).contains(&page));
    let timeline = &samples::front(&mut model).conversation("@bob").timeline;
    assert_eq!(timeline.last_seq(), None);
}

#[test]
fn what_waits_for_somebody_away_says_so_until_it_is_delivered() {
    let mut model = samples::sealed(ThemeChoice::Light);
    assert!(shows(&mut model, "waits for Minh Anh, sealed"));
    assert!(shows(&mut model, "2 sealed for Minh Anh"));
    let back = parlor_client::peer::Person {
        path: samples::bob().path,
        sealed: 0,
        ..samples::minh_anh()
    };
    samples::tell(&mut model, vec![PeerEvent::Person(Box::new(back))]);
    assert!(!shows(&mut model, "waits for Minh Anh, sealed"));
    assert!(shows(&mut model, "Minh Anh: direct · LAN"));
}
