//! The conversation of the design's picture, drawn and used.

mod sample;

use iced::{Settings, Size};
use iced_test::Simulator;
use parlor_client::{Failure, Item, OutgoingState};
use parlor_protocol::{Code, ErrorLine};

use crate::controller::conversation::{self, Message};
use crate::effect::{Command, Effect, Question};
use crate::model::{LinkState, Model, Open, ThemeChoice};
use crate::theme::{Theme, font};
use crate::view::snapshots;
use sample::{model, outgoing, said};

/// The timeline's width in the picture, and the height below its header.
const WINDOW: Size = Size::new(800.0, 722.0);

fn talk(model: &mut Model) -> &mut crate::model::Conversation {
    model.front_mut().unwrap().conversation("general")
}

fn send(model: &mut Model, message: Message) -> Effect {
    let now = model.now;
    conversation::update(model.front_mut().unwrap(), "general", message, now)
}

fn screen(model: &Model) -> Simulator<'_, Message, Theme> {
    let fonts = font::BUNDLED
        .iter()
        .map(|face| std::borrow::Cow::Borrowed(*face))
        .collect();
    let settings = Settings {
        fonts,
        default_font: font::REGULAR,
        ..Settings::default()
    };
    let account = model.front().unwrap();
    Simulator::with_size(settings, WINDOW, super::view(model, account, "general"))
}

fn holds(name: &str, model: &Model, hover: Option<(f32, f32)>) {
    let mut screen = screen(model);
    if let Some(point) = hover {
        screen.point_at(iced::Point::from(point));
        let moved = iced::mouse::Event::CursorMoved {
            position: iced::Point::from(point),
        };
        let _ = screen.simulate([iced::Event::Mouse(moved)]);
    }
    snapshots::compare(name, &screen.snapshot(&model.theme()).unwrap());
}

#[test]
fn the_talk_looks_as_it_did() {
    if !snapshots::alone("view::conversation::tests::the_talk_looks_as_it_did") {
        return;
    }
    holds("conversation-dark", &waiting(), Some((500.0, 150.0)));
    holds("conversation-light-offline", &offline(), None);
    let mut model = model(ThemeChoice::Dark);
    let _ = send(&mut model, Message::Open(Some(Open::Menu(7))));
    holds("conversation-menu", &model, None);
    let _ = send(&mut model, Message::Open(Some(Open::React(3))));
    holds("conversation-react", &model, None);
    let _ = send(&mut model, Message::Open(None));
    let _ = send(&mut model, Message::Reply(6));
    holds("conversation-reply", &model, None);
    let _ = send(&mut model, Message::Typed(paste("/m")));
    holds("conversation-completion", &model, None);
    let _ = send(&mut model, Message::Cancel);
    let _ = send(&mut model, Message::Typed(paste("x")));
    let _ = send(&mut model, Message::Submit);
    holds("conversation-notice", &model, None);
}

/// The picture in the dark: Bob writes, and a message is on its way.
fn waiting() -> Model {
    let mut model = model(ThemeChoice::Dark);
    let now = model.now;
    talk(&mut model).typing("bob", now);
    let waiting = outgoing(
        "w",
        "Checksum and video of the bench are on their way.",
        OutgoingState::Sending,
    );
    talk(&mut model).put_outgoing(waiting);
    model
}

/// The picture in the light: offline, with a message that failed and two that wait.
fn offline() -> Model {
    let mut model = model(ThemeChoice::Light);
    let failure = Failure {
        error: ErrorLine::new(Code::StorageUnavailable, ""),
        retryable: true,
    };
    model.front_mut().unwrap().link = LinkState::Offline {
        why: String::new(),
        again: None,
    };
    talk(&mut model).put_outgoing(outgoing(
        "f",
        "The video of the bench, 48 MB",
        OutgoingState::Failed(failure),
    ));
    talk(&mut model).put_outgoing(outgoing(
        "w",
        "2.4 is signed, checksum follows.",
        OutgoingState::Waiting,
    ));
    let code = outgoing(
        "x",
        "`sha256 9f3c…e1a7` · đã ký xong, cảm ơn mọi người!",
        OutgoingState::Waiting,
    );
    talk(&mut model).put_outgoing(code);
    model
}

fn paste(text: &str) -> iced::widget::text_editor::Action {
    use iced::widget::text_editor::{Action, Edit};
    Action::Edit(Edit::Paste(std::sync::Arc::new(text.to_owned())))
}

/// What the pointer and the keys say, taken in by the controller.
fn told(model: &mut Model, act: impl FnOnce(&mut Simulator<'_, Message, Theme>)) -> Vec<Effect> {
    let messages: Vec<Message> = {
        let mut screen = screen(model);
        act(&mut screen);
        screen.into_messages().collect()
    };
    messages
        .into_iter()
        .map(|message| send(model, message))
        .collect()
}

fn press(screen: &mut Simulator<'_, Message, Theme>, x: f32, y: f32) {
    screen.point_at(iced::Point::new(x, y));
    let moved = iced::mouse::Event::CursorMoved {
        position: iced::Point::new(x, y),
    };
    let _ = screen.simulate([iced::Event::Mouse(moved)]);
    let _ = screen.simulate(iced_test::simulator::click());
}

#[test]
fn try_again_and_delete_stand_beside_what_failed() {
    let mut model = model(ThemeChoice::Dark);
    let failure = Failure {
        error: ErrorLine::new(Code::StorageUnavailable, ""),
        retryable: true,
    };
    talk(&mut model).put_outgoing(outgoing("f", "The video", OutgoingState::Failed(failure)));
    let id = model.front().unwrap().id.clone();
    let effects = told(&mut model, |screen| {
        screen.click("Try again").unwrap();
        screen.click("Delete").unwrap();
    });
    let tell = |command| Effect::Tell(id.clone(), command);
    assert!(
        effects.contains(&tell(Command::Retry { nonce: "f".into() })),
        "{effects:?}"
    );
    assert!(
        effects.contains(&tell(Command::Discard { nonce: "f".into() })),
        "{effects:?}"
    );
}

#[test]
fn a_reaction_is_given_and_taken_back() {
    let mut model = model(ThemeChoice::Dark);
    let ons = |effects: &[Effect]| {
        let on = |effect: &Effect| match effect {
            Effect::Ask {
                request: parlor_protocol::Request::React(react),
                ..
            } => Some((react.emoji.clone(), react.on)),
            _ => None,
        };
        effects.iter().filter_map(on).collect::<Vec<_>>()
    };
    let effects = told(&mut model, |screen| {
        screen.click("👍").unwrap();
        screen.click("🎉").unwrap();
    });
    assert_eq!(
        ons(&effects),
        [("👍".to_owned(), true), ("🎉".to_owned(), false)]
    );
}

#[test]
fn the_menu_asks_before_it_deletes() {
    let mut model = model(ThemeChoice::Dark);
    let _ = send(&mut model, Message::Open(Some(Open::Menu(7))));
    let asked = told(&mut model, |screen| {
        screen.click("Delete…").unwrap();
    });
    assert!(
        asked.iter().all(|effect| *effect == Effect::None),
        "{asked:?}"
    );
    assert_eq!(talk(&mut model).open, Some(Open::Delete(7)));
    let done = told(&mut model, |screen| {
        screen.click("Delete").unwrap();
    });
    let deletes = |effect: &Effect| matches!(effect, Effect::Ask { request: parlor_protocol::Request::Delete(delete), question: Question::Act { .. }, .. } if delete.target == 7);
    assert!(done.iter().any(deletes), "{done:?}");
    assert_eq!(talk(&mut model).open, None);
}

#[test]
fn somebody_elses_message_cannot_be_edited() {
    let mut model = model(ThemeChoice::Dark);
    let _ = send(&mut model, Message::Open(Some(Open::Menu(6))));
    let mut screen = screen(&model);
    assert!(screen.find("Reply").is_ok());
    assert!(screen.find("Edit").is_err());
    assert!(screen.find("Delete…").is_err());
}

#[test]
fn one_types_and_enter_sends() {
    let mut model = model(ThemeChoice::Dark);
    let typed = told(&mut model, |screen| {
        press(screen, 200.0, 690.0);
        let _ = screen.typewrite("Chào!");
    });
    assert!(
        typed
            .iter()
            .any(|effect| format!("{effect:?}").contains("Typing")),
        "{typed:?}"
    );
    assert_eq!(talk(&mut model).composer.text(), "Chào!");
    let sent = told(&mut model, |screen| {
        press(screen, 200.0, 690.0);
        let _ = screen.tap_key(iced::keyboard::key::Named::Enter);
    });
    let expected = Command::Send {
        room: "general".into(),
        text: "Chào!".into(),
        reply_to: None,
        files: Vec::new(),
    };
    assert!(
        sent.iter()
            .any(|effect| format!("{effect:?}").contains(&format!("{expected:?}"))),
        "{sent:?}"
    );
    assert!(talk(&mut model).composer.is_blank());
}

#[test]
fn up_in_an_empty_field_edits_the_last_own_message() {
    let mut model = model(ThemeChoice::Dark);
    let _ = told(&mut model, |screen| {
        press(screen, 200.0, 690.0);
        let _ = screen.tap_key(iced::keyboard::key::Named::ArrowUp);
    });
    assert_eq!(talk(&mut model).composer.text(), "Signing it now.");
    assert!(matches!(
        talk(&mut model).composer.mode,
        crate::model::composer::Mode::Edit { seq: 7, .. }
    ));
    let mut screen = screen(&model);
    assert!(screen.find("Edit message").is_ok());
}

#[test]
fn a_click_on_a_quote_goes_to_the_message() {
    let mut model = model(ThemeChoice::Dark);
    let _ = told(&mut model, |screen| {
        screen
            .click("Chào cả nhà, bản firmware 2.4 đã chạy ổn định suốt đêm trên cả ba robot.")
            .unwrap();
    });
    assert_eq!(talk(&mut model).timeline.marked, Some(1));
}

#[test]
fn links_open_and_those_of_servers_are_followed() {
    let mut model = model(ThemeChoice::Dark);
    let mut click = |link: &str| {
        let message = Message::Link(link.to_owned());
        crate::controller::update(
            &mut model,
            crate::controller::Message::Conversation(message),
        )
    };
    assert_eq!(
        click("https://example.org/x"),
        Effect::Open("https://example.org/x".into())
    );
    let pin = "m7wHio-pxhyMjBPMnmsr7nV2vsm9HRTJZH9xqrdh8-U";
    let followed = format!(
        "{:?}",
        click(&format!("parlor://127.0.0.1:8911/?pin={pin}"))
    );
    assert!(followed.contains("Greet"), "{followed}");
}

#[test]
fn what_is_in_sight_is_read_when_somebody_looks() {
    let mut model = model(ThemeChoice::Dark);
    let seen = |model: &mut Model| {
        let effects = told(model, |screen| {
            let _ = screen.snapshot(&Theme::Dark).unwrap();
        });
        effects
            .iter()
            .any(|effect| format!("{effect:?}").contains("Read { room: \"general\", seq: 7 }"))
    };
    talk(&mut model).watched = false;
    assert!(!seen(&mut model));
    talk(&mut model).watched = true;
    assert!(seen(&mut model));
    assert!(!seen(&mut model), "it was told once");
}

/// What a long room costs: `cargo test -p parlor a_long_room -- --ignored --nocapture`.
#[test]
#[ignore = "prints figures, which depend on the machine"]
fn a_long_room() {
    const MESSAGES: u64 = 100_000;
    const TURNS: u32 = 200;
    let resident = || {
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        pages
            .split(' ')
            .nth(1)
            .and_then(|n| n.parse::<u64>().ok())
            .unwrap_or(0)
            * 4
            / 1024
    };
    let mut model = model(ThemeChoice::Dark);
    drop(screen(&model));
    let before = resident();
    let text = "the bench ran all night and no drift was seen on rig two";
    let long = |seq| {
        Item::Message(Box::new(said(
            seq,
            "19T09:50",
            ("bob", "Bob Tanner"),
            &format!("{seq}: {}", text.repeat(1 + (seq % 3) as usize)),
        )))
    };
    for from in (8..MESSAGES).step_by(1_000) {
        talk(&mut model).put_items((from..from + 1_000).map(long).collect());
    }
    println!("{MESSAGES} messages: {} MiB more", resident() - before);
    let began = std::time::Instant::now();
    let mut screen = screen(&model);
    println!("the first view: {:?}", began.elapsed());
    screen.point_at(iced::Point::new(300.0, 300.0));
    let delta = iced::mouse::ScrollDelta::Lines { x: 0.0, y: 1.0 };
    let began = std::time::Instant::now();
    for _ in 0..TURNS {
        let _ = screen.simulate([iced::Event::Mouse(iced::mouse::Event::WheelScrolled {
            delta,
        })]);
    }
    println!("a turn of the wheel: {:?}", began.elapsed() / TURNS);
}
