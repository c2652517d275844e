//! The screens as people use them, by clicks and keys, without a display.

mod talk_looks;
pub(super) mod talk_samples;
mod talks;

use iced::keyboard::Modifiers;
use iced::{Size, Vector};
use iced_test::Simulator;
use iced_test::selector::id;
use parlor_client::{ConnectionState, Event, OfflineReason};
use parlor_protocol::{Code, ErrorLine, Reply};

use super::samples;
use super::snapshots::screen;
use crate::controller::{self, Message, keys, session, welcome};
use crate::effect::{Effect, Question};
use crate::locale::{self, Language};
use crate::model::{
    Deliberate, Dialog, LanguageChoice, LinkState, Menu, Model, Screen, SettingsPage, Tab,
    ThemeChoice,
};
use crate::theme::Theme;

const WINDOW: Size = Size::new(1280.0, 800.0);

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

fn press(model: &mut Model, key: &str, modifiers: Modifiers) -> Effect {
    use iced::keyboard::{Key, key::Named};
    let key = match key {
        "Escape" => Key::Named(Named::Escape),
        "Enter" => Key::Named(Named::Enter),
        "Tab" => Key::Named(Named::Tab),
        "F6" => Key::Named(Named::F6),
        "ArrowDown" => Key::Named(Named::ArrowDown),
        letter => Key::Character(letter.into()),
    };
    let pressed = keys::Pressed {
        key,
        modifiers,
        taken: false,
    };
    controller::update(model, Message::Key(pressed))
}

const PLAIN: Modifiers = Modifiers::empty();

#[test]
fn a_pasted_link_is_followed() {
    let mut model = samples::welcome(ThemeChoice::Dark);
    let effect = click(&mut model, "Connect");
    assert_eq!(effect, Effect::Focus(welcome::LINK_FIELD));
    assert!(model.welcome.error.is_some());
    "other.example.org".clone_into(&mut model.welcome.link);
    let effect = click(&mut model, "Connect");
    assert!(
        matches!(effect, Effect::Greet(link) if link.address.to_string() == "other.example.org:8888")
    );
    assert_eq!(
        model.welcome.reaching.as_deref(),
        Some("other.example.org:8888")
    );
}

#[test]
fn a_recent_server_that_is_signed_in_opens_at_once() {
    let mut model = samples::welcome(ThemeChoice::Dark);
    click(&mut model, "Lab 4");
    assert!(matches!(model.screen, Screen::Main));
    assert_eq!(model.current, model.welcome.recent[0].account);
}

#[test]
fn an_unknown_key_is_remembered_by_its_own_button_only() {
    let mut model = samples::trust(ThemeChoice::Dark);
    assert!(matches!(model.dialog, Some(Dialog::Trust(_))));
    let effect = press(&mut model, "Enter", PLAIN);
    assert!(!matches!(effect, Effect::Remember(_)));
    assert!(model.dialog.is_none());

    let mut model = samples::trust(ThemeChoice::Dark);
    let effect = click(&mut model, "It matches, remember it");
    let Effect::Remember(greeting) = effect else {
        panic!("{effect:?}");
    };
    let done = welcome::Message::Remembered(greeting, Ok(()));
    controller::update(&mut model, Message::Welcome(done));
    assert!(matches!(model.screen, Screen::SignIn(_)));
}

#[test]
fn a_changed_key_cannot_be_accepted() {
    let mut model = samples::main(ThemeChoice::Dark);
    model.dialog = Some(Dialog::KeyChanged {
        address: "lab4.example.org:8888".into(),
    });
    let effect = press(&mut model, "m", Modifiers::ALT);
    assert_eq!(effect, Effect::None);
    click(&mut model, "Forget the server…");
    assert!(
        matches!(&model.dialog, Some(Dialog::Confirm(confirm)) if matches!(confirm.what, Deliberate::Forget(_)))
    );
    // The safe button has the keyboard.
    assert_eq!(press(&mut model, "Enter", PLAIN), Effect::None);
    assert!(model.dialog.is_none());
}

#[test]
fn signing_in_says_what_is_missing_and_waits_once() {
    let mut model = samples::sign_in(ThemeChoice::Dark, Tab::Password);
    let Screen::SignIn(screen) = &mut model.screen else {
        panic!()
    };
    screen.password.clear();
    let submit = || Message::SignIn(controller::sign_in::Message::Submit);
    let effect = controller::update(&mut model, submit());
    assert_eq!(effect, Effect::Focus(controller::sign_in::PASSWORD));
    act(&mut model, |screen| {
        screen.click("Password").unwrap();
    });
    let typed = controller::sign_in::Secret("four words in a row".into());
    let typed = controller::sign_in::Message::Password(typed);
    controller::update(&mut model, Message::SignIn(typed));
    let effect = controller::update(&mut model, submit());
    assert!(matches!(effect, Effect::SignIn { .. }), "{effect:?}");
    assert_eq!(controller::update(&mut model, submit()), Effect::None);
}

#[test]
fn passwords_stand_in_no_debug_output() {
    let model = samples::sign_in(ThemeChoice::Dark, Tab::New);
    assert!(!format!("{:?}", model.screen).contains("robot4arm"));
    let secret = controller::sign_in::Secret("robot4arm".into());
    assert!(!format!("{secret:?}").contains("robot4arm"));
}

#[test]
fn rooms_open_by_click_and_by_key() {
    let mut model = samples::main(ThemeChoice::Dark);
    click(&mut model, "firmware");
    assert_eq!(model.front().unwrap().room.as_deref(), Some("firmware"));
    press(&mut model, "ArrowDown", Modifiers::ALT);
    assert_eq!(model.front().unwrap().room.as_deref(), Some("random"));
    press(&mut model, "ArrowDown", Modifiers::ALT | Modifiers::SHIFT);
    assert_eq!(model.front().unwrap().room.as_deref(), Some("thiết-kế"));
}

#[test]
fn jump_to_finds_without_marks() {
    let mut model = samples::main(ThemeChoice::Dark);
    press(&mut model, "k", Modifiers::CTRL);
    act(&mut model, |screen| {
        screen.click(id(controller::switcher::FIELD)).unwrap();
        screen.typewrite("thi");
    });
    let submit = controller::switcher::Message::Submit;
    controller::update(&mut model, Message::Switcher(submit));
    assert_eq!(model.front().unwrap().room.as_deref(), Some("thiết-kế"));
    assert!(model.dialog.is_none());
}

#[test]
fn ranks_decide_what_a_menu_offers_and_a_question_comes_first() {
    let mut model = samples::main(ThemeChoice::Dark);
    model.menu = Some(Menu::Person {
        username: "bob".into(),
        ranks: false,
    });
    let kick = controller::people::Message::Do("bob".into(), crate::model::Deed::Kick);
    let effect = controller::update(&mut model, Message::People(kick));
    assert_eq!(effect, Effect::None);
    assert!(matches!(model.dialog, Some(Dialog::Confirm(_))));
    let effect = click(&mut model, "Kick");
    assert!(matches!(
        effect,
        Effect::Ask {
            question: Question::Moderation(_),
            ..
        }
    ));
}

#[test]
fn the_status_bar_tells_the_truth() {
    let mut model = samples::main(ThemeChoice::Dark);
    let id = model.current.clone().unwrap();
    let find = |model: &mut Model, text: &'static str| {
        assert!(screen(model, WINDOW).find(text).is_ok(), "{text}");
    };
    find(&mut model, "Connected · 12 ms");
    let in_4_s = std::time::UNIX_EPOCH
        + std::time::Duration::from_millis(u64::try_from(model.now.as_millis() + 4_000).unwrap());
    let offline = Event::Connection(ConnectionState::Offline {
        retry_at: in_4_s,
        reason: OfflineReason::Lost,
    });
    let now = model.now;
    let told = session::Message::Told(vec![offline], now);
    controller::update(&mut model, Message::Session(id.clone(), told));
    for nonce in ["a", "b"] {
        model.account_mut(&id).unwrap().waiting.insert(nonce.into());
    }
    find(
        &mut model,
        "Offline, trying again in 4 s · 2 messages waiting",
    );
    find(&mut model, "Not known while offline · 7");
    // The talk says beside it what is in sight.
    let effect = click(&mut model, "Try now");
    let try_now = Effect::Tell(id, crate::effect::Command::TryNow);
    assert!(
        effect == try_now || matches!(&effect, Effect::Batch(all) if all.contains(&try_now)),
        "{effect:?}"
    );
    model.front_mut().unwrap().link = LinkState::KeyChanged;
    find(&mut model, "Refused: the key of this server has changed");
}

#[test]
fn quitting_while_hosting_asks_first() {
    let mut model = samples::host(ThemeChoice::Dark);
    let effect = press(&mut model, "q", Modifiers::CTRL);
    assert_eq!(effect, Effect::None);
    press(&mut model, "Tab", PLAIN);
    assert_eq!(press(&mut model, "Enter", PLAIN), Effect::Quit);
    let mut model = samples::main(ThemeChoice::Dark);
    let effect = press(&mut model, "q", Modifiers::CTRL);
    assert!(matches!(effect, Effect::Batch(all) if all.last() == Some(&Effect::Quit)));
}

#[test]
fn the_shared_link_names_this_network_and_the_invite() {
    let mut model = samples::host(ThemeChoice::Dark);
    let effect = click(&mut model, "Copy link");
    let Effect::Copy(link) = effect else {
        panic!("{effect:?}");
    };
    assert!(
        link.starts_with("parlor://192.168.1.20:8888/?pin="),
        "{link}"
    );
    assert!(link.ends_with("invite=tulip-basin-41"), "{link}");
}

#[test]
fn choices_are_kept_at_once() {
    let mut model = samples::settings(ThemeChoice::Light, SettingsPage::Appearance);
    let effect = click(&mut model, "Dark");
    assert!(matches!(effect, Effect::Keep(kept) if kept.theme == ThemeChoice::Dark));
    let before = model.window.size.0;
    click(&mut model, "XL");
    assert!(model.window.size.0 < before);
    press(&mut model, "Escape", PLAIN);
    assert!(matches!(model.screen, Screen::Main));
}

#[test]
fn a_language_is_chosen_by_its_own_name() {
    let mut model = samples::settings(ThemeChoice::Light, SettingsPage::Language);
    let effect = act(&mut model, |screen| {
        let list = id(controller::settings::LANGUAGE);
        let place = screen.click(list).unwrap().bounds();
        // The rows below it are as high as it is: the system, English, Vietnamese, French.
        let french = place.center() + Vector::new(0.0, 4.0 * place.height);
        screen.point_at(french);
        let moved = iced::mouse::Event::CursorMoved { position: french };
        let _ = screen.simulate([iced::Event::Mouse(moved)]);
        let _ = screen.simulate(iced_test::simulator::click());
    });
    let french = LanguageChoice::Always(Language::French);
    let Effect::Batch(effects) = effect else {
        panic!("{effect:?}");
    };
    assert!(effects.contains(&Effect::Speak(french)), "{effects:?}");
    let kept = |effect: &Effect| matches!(effect, Effect::Keep(kept) if kept.language == french);
    assert!(effects.iter().any(kept), "{effects:?}");
    locale::speaking(Language::French, || {
        click(&mut model, "Apparence");
        let effect = click(&mut model, "Sombre");
        assert!(matches!(effect, Effect::Keep(kept) if kept.theme == ThemeChoice::Dark));
    });
}

#[test]
fn what_the_server_refuses_is_said_in_words() {
    let mut model = samples::main(ThemeChoice::Dark);
    let account = model.current.clone().unwrap();
    controller::dialog::open_create(&mut model);
    let create = controller::dialog::Message::Text("Two Words".into());
    controller::update(&mut model, Message::Dialog(create));
    let effect = click(&mut model, "Create");
    assert!(matches!(effect, Effect::Ask { .. }), "{effect:?}");
    let error = ErrorLine::new(Code::RoomExists, "room_exists");
    let answer = Message::Answered {
        account: account.clone(),
        question: Question::CreateRoom("two-words".into()),
        result: Err(parlor_client::RequestError::Refused(error)),
    };
    controller::update(&mut model, answer);
    let Some(Dialog::CreateRoom(room)) = &model.dialog else {
        panic!()
    };
    assert_eq!(room.name, "two-words");
    assert!(room.error.as_ref().unwrap().contains("exists"));
    let left = Message::Answered {
        account,
        question: Question::Leave("firmware".into()),
        result: Ok(Reply::Done {}),
    };
    controller::update(&mut model, left);
    assert_eq!(model.toasts.shown().len(), 1);
}

#[test]
fn f6_goes_round_and_esc_closes_the_innermost() {
    let mut model = samples::main(ThemeChoice::Dark);
    press(&mut model, "f", Modifiers::CTRL);
    assert_eq!(model.window.panel, Some(crate::model::Panel::Search));
    model.menu = Some(Menu::Server);
    press(&mut model, "Escape", PLAIN);
    assert!(model.menu.is_none());
    assert_eq!(model.window.panel, Some(crate::model::Panel::Search));
    press(&mut model, "Escape", PLAIN);
    assert_eq!(model.window.panel, Some(crate::model::Panel::People));
    let before = model.window.region;
    for _ in 0..4 {
        press(&mut model, "F6", PLAIN);
    }
    assert_eq!(model.window.region, before);
}

#[test]
fn a_new_room_comes_to_the_front_once_the_client_tells_of_it() {
    let mut model = samples::main(ThemeChoice::Dark);
    let id = model.current.clone().unwrap();
    let mut state = model.front().unwrap().rooms["firmware"].clone();
    state.room.room = "optics".into();
    let answer = Message::Answered {
        account: id.clone(),
        question: Question::CreateRoom("optics".into()),
        result: Ok(Reply::Room(state.room.clone())),
    };
    controller::update(&mut model, answer);
    assert_eq!(model.front().unwrap().room.as_deref(), Some("general"));
    let told = session::Message::Told(vec![Event::RoomChanged(state)], model.now);
    controller::update(&mut model, Message::Session(id, told));
    assert_eq!(model.front().unwrap().room.as_deref(), Some("optics"));
}

#[test]
fn one_is_away_after_ten_minutes_elsewhere_and_back_at_once() {
    use crate::effect::Command;
    use controller::window::Message as Window;
    use parlor_protocol::{Presence, Time};
    let told = |effect: &Effect, presence| matches!(effect, Effect::Tell(_, Command::Presence(now)) if *now == presence);
    let mut model = samples::main(ThemeChoice::Dark);
    let begin = model.now.as_millis();
    controller::update(&mut model, Message::Window(Window::Focused(false)));
    let tick = |model: &mut Model, minutes: i64| {
        let now = Time::from_millis(begin + minutes * 60_000);
        controller::update(model, Message::Ticked(now))
    };
    assert_eq!(tick(&mut model, 9), Effect::None);
    assert!(told(&tick(&mut model, 10), Presence::Away));
    assert_eq!(tick(&mut model, 11), Effect::None);
    let back = controller::update(&mut model, Message::Window(Window::Focused(true)));
    let is_back = told(&back, Presence::Online)
        || matches!(&back, Effect::Batch(all) if all.iter().any(|one| told(one, Presence::Online)));
    assert!(is_back, "{back:?}");
}
