//! Where letters go that come at once with a key that moves the keyboard.

use std::time::Instant;

use iced::advanced::widget::operation::{self, Operation};
use iced::advanced::{clipboard, mouse};
use iced::keyboard::key::{Named, NativeCode, Physical};
use iced::keyboard::{self, Key, Location, Modifiers};
use iced::widget::{Id, column, container, text_input};
use iced::{Event, Renderer, Size, window};
use iced_test::runtime::UserInterface;
use iced_test::runtime::user_interface::Cache;

use super::KeyOrder;
use crate::theme::Element;
use crate::widget::Popover;
use crate::widget::headless::renderer;

#[derive(Debug, Clone)]
enum Message {
    First(String),
    Second(String),
    Over(String),
    Submitted,
    Closed,
    Key(Key),
}

/// Two fields, and one over them while it is open; a little of what the app does.
struct Window {
    renderer: Renderer,
    cache: Option<Cache>,
    first: String,
    second: String,
    over: Option<String>,
    keys: Vec<Key>,
    /// Whether an answer is waited for, and how often there was none.
    ahead: (bool, u32),
}

impl Window {
    /// The first field has the keyboard.
    fn new() -> Self {
        let mut window = Self {
            renderer: renderer(),
            cache: Some(Cache::new()),
            first: String::new(),
            second: String::new(),
            over: None,
            keys: Vec::new(),
            ahead: (false, 0),
        };
        window.focus("first");
        window
    }

    fn view(&self) -> Element<'static, Message> {
        let first = text_input("", &self.first)
            .id("first")
            .on_input(Message::First)
            .on_submit(Message::Submitted);
        let second = text_input("", &self.second)
            .id("second")
            .on_input(Message::Second);
        let over = self.over.as_ref().map(|text| {
            let field = text_input("", text).id("over").on_input(Message::Over);
            container(field).width(100).into()
        });
        let second = Popover::new(second, over).on_close(Message::Closed);
        let fields = column![first, second];
        KeyOrder::new(fields, |key, modifiers, taken| {
            let always = matches!(key, Key::Named(Named::Tab | Named::Escape));
            let means = always || modifiers.command() || !taken;
            means.then_some(Message::Key(key))
        })
        .waits(self.ahead.0)
        .dropped(self.ahead.1)
        .into()
    }

    fn with<T>(
        &mut self,
        act: impl FnOnce(
            &mut UserInterface<'_, Message, crate::theme::Theme, Renderer>,
            &mut Renderer,
        ) -> T,
    ) -> T {
        let cache = self.cache.take().unwrap();
        let size = Size::new(400.0, 300.0);
        let mut interface = UserInterface::build(self.view(), size, cache, &mut self.renderer);
        let done = act(&mut interface, &mut self.renderer);
        self.cache = Some(interface.into_cache());
        done
    }

    fn focus(&mut self, id: &'static str) {
        self.with(|interface, renderer| {
            let mut focus = operation::focusable::focus::<()>(Id::new(id));
            interface.operate(renderer, &mut operation::black_box(&mut focus));
            let _ = focus.finish();
        });
    }

    /// Events that come at once, and then what became of them.
    fn turn(&mut self, events: &[Event]) {
        let mut said = Vec::new();
        self.with(|interface, renderer| {
            let cursor = mouse::Cursor::Unavailable;
            let _ = interface.update(events, cursor, renderer, &mut clipboard::Null, &mut said);
        });
        for message in said {
            match message {
                Message::First(text) => self.first = text,
                Message::Second(text) => self.second = text,
                Message::Over(text) => self.over = Some(text),
                Message::Submitted => self.focus("second"),
                Message::Closed => {
                    self.over = None;
                    self.focus("second");
                }
                Message::Key(key) => {
                    match key {
                        Key::Named(Named::Tab) => self.focus("second"),
                        Key::Character(ref letter) if letter == "k" => {
                            self.over = Some(String::new());
                            self.focus("over");
                        }
                        _ => {}
                    }
                    self.keys.push(key);
                }
            }
        }
    }

    /// Events that come at once, and the frames after them.
    fn type_at_once(&mut self, events: &[Event]) {
        self.turn(events);
        for _ in 0..3 {
            self.turn(&[Event::Window(
                window::Event::RedrawRequested(Instant::now()),
            )]);
        }
    }
}

fn press(key: Key, modifiers: Modifiers) -> Event {
    let text = match &key {
        Key::Character(text) if modifiers.is_empty() => Some(text.clone()),
        _ => None,
    };
    Event::Keyboard(keyboard::Event::KeyPressed {
        modified_key: key.clone(),
        key,
        physical_key: Physical::Unidentified(NativeCode::Unidentified),
        location: Location::Standard,
        modifiers,
        text,
        repeat: false,
    })
}

fn named(key: Named) -> Event {
    press(Key::Named(key), Modifiers::empty())
}

fn letters(text: &str) -> Vec<Event> {
    text.chars()
        .map(|letter| {
            press(
                Key::Character(letter.to_string().into()),
                Modifiers::empty(),
            )
        })
        .collect()
}

#[test]
fn letters_after_a_tab_go_to_the_next_field() {
    let mut window = Window::new();
    let keys = [letters("ann"), vec![named(Named::Tab)], letters("secret")].concat();
    window.type_at_once(&keys);
    assert_eq!(
        (window.first.as_str(), window.second.as_str()),
        ("ann", "secret")
    );
    assert_eq!(window.keys, [Key::Named(Named::Tab)]);
}

#[test]
fn letters_after_a_submit_go_where_it_leads() {
    let mut window = Window::new();
    let keys = [letters("room"), vec![named(Named::Enter)], letters("hello")].concat();
    window.type_at_once(&keys);
    assert_eq!(
        (window.first.as_str(), window.second.as_str()),
        ("room", "hello")
    );
}

#[test]
fn what_comes_before_the_next_frame_stays_behind_what_waits() {
    let mut window = Window::new();
    window.turn(&[vec![named(Named::Tab)], letters("a")].concat());
    window.turn(&letters("b"));
    window.type_at_once(&letters("c"));
    assert_eq!((window.first.as_str(), window.second.as_str()), ("", "abc"));
}

#[test]
fn what_opens_over_the_window_takes_its_letters_and_gives_the_rest_back() {
    let mut window = Window::new();
    let open = press(Key::Character("k".into()), Modifiers::CTRL);
    window.type_at_once(&[letters("one"), vec![open], letters("two")].concat());
    assert_eq!(
        (window.first.as_str(), window.over.as_deref()),
        ("one", Some("two"))
    );
    // The field takes Escape for itself first; that is the app's, too.
    let escape = named(Named::Escape);
    window.type_at_once(std::slice::from_ref(&escape));
    assert_eq!(window.keys.len(), 2);
    window.type_at_once(&[vec![escape], letters("three")].concat());
    assert_eq!(
        (window.over.as_deref(), window.second.as_str()),
        (None, "three")
    );
    // It closed by itself, so that nothing else was to be closed by that key.
    assert_eq!(window.keys.len(), 2);
}

#[test]
fn a_key_that_nobody_took_is_the_apps_though_something_lies_over_the_window() {
    let mut window = Window::new();
    let open = press(Key::Character("k".into()), Modifiers::CTRL);
    let other = press(Key::Character("j".into()), Modifiers::CTRL);
    window.type_at_once(&[vec![open, other], letters("x")].concat());
    assert_eq!(window.keys.len(), 2);
    assert_eq!(window.over.as_deref(), Some("x"));
}

#[test]
fn keys_wait_for_an_answer_or_are_dropped_with_it() {
    let mut window = Window::new();
    window.ahead.0 = true;
    window.type_at_once(&letters("he"));
    window.type_at_once(&letters("llo"));
    assert_eq!(window.first, "");
    window.focus("second");
    window.ahead.0 = false;
    window.type_at_once(&[]);
    assert_eq!(window.second, "hello");
    // What was meant for something that does not come goes nowhere.
    window.ahead.0 = true;
    window.type_at_once(&letters("lost"));
    window.type_at_once(&[named(Named::Escape)]);
    assert!(window.keys.contains(&Key::Named(Named::Escape)));
    window.ahead = (false, 1);
    window.type_at_once(&[]);
    window.focus("second");
    window.type_at_once(&letters("!"));
    assert_eq!(window.second, "hello!");
}
