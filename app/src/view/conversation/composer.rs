//! Everything below the messages: the field for the next one, and what stands above it.

use iced::keyboard::{Key, key::Named};
use iced::widget::text_editor::{Binding, KeyPress, Status};
use iced::widget::{
    button, column, container, row, scrollable, space, stack, text_editor, tooltip,
};
use iced::{Alignment, Length, Padding};

use super::runs::{Run, Runs};
use super::{Scene, address, emoji, message, tray};
use crate::controller::attach::Message as Attach;
use crate::controller::conversation::{COMPOSER, Message, slash_usage, slash_what};
use crate::controller::talk::may_attach;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::composer::completion::{Completion, Offer};
use crate::model::composer::{Mode, Notice};
use crate::model::peer::{person_of, talk_of};
use crate::theme::space::S20;
use crate::theme::{self, Element, Type, font};
use crate::view::part::avatar::{self, avatar};
use crate::view::part::button::IconButton;
use crate::view::part::text;
use crate::widget::Popover;
use crate::widget::popover::Place;
use crate::widget::virtual_list::Target;

/// Below this height the field has few lines.
const LOW: f32 = 560.0;
/// How many lines the field grows to, and in a low window.
const LINES: (f32, f32) = (8.0, 3.0);
/// The space below the text, and above it.
const BELOW: f32 = 10.0;
/// Where the text begins: behind the paperclip.
const CLIP: f32 = 6.0 + 28.0 + 6.0;
/// The room that the buttons take at the right.
const BUTTONS: f32 = 28.0 * 2.0 + 4.0 + 6.0;
/// What is said above the field is at most this high.
const NOTICE: f32 = 220.0;
/// A list of completions is this wide.
const OFFERS: f32 = 400.0;

/// Everything below the messages.
pub(super) fn view<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let composer = &scene.talk.composer;
    let closed = closed(scene);
    // Each part keeps its place while others do not show: the field's focus goes by it.
    let notice = composer
        .notice
        .as_ref()
        .map_or_else(|| space().into(), said);
    let banner = banner(scene).unwrap_or_else(|| space().into());
    let last = closed.unwrap_or_else(|| field(scene));
    let whole = column![address::view(scene), notice, banner, last];
    container(whole)
        .padding(Padding {
            top: 0.0,
            right: S20,
            bottom: 12.0,
            left: S20,
        })
        .into()
}

/// Something was not done, or is to be known.
fn said<'a>(notice: &'a Notice) -> Element<'a, Message> {
    let (ground, icon): (fn(&theme::Theme) -> container::Style, _) = if notice.failed {
        (
            theme::surface::notice_bad,
            Icon::Alert.medium(|tokens| tokens.bad),
        )
    } else {
        (
            theme::surface::card,
            Icon::Keyboard.medium(|tokens| tokens.t2),
        )
    };
    let words = text::plain(Type::Small, notice.text.as_str()).line_height(iced::Pixels(18.0));
    let words = container(scrollable(words.width(Length::Fill)))
        .max_height(NOTICE)
        .width(Length::Fill);
    let close = IconButton::new(Icon::Close, tr!("close"))
        .small()
        .view(Some(Message::NoticeClosed));
    let inside = row![
        container(icon).padding([3, 0]),
        container(words).padding([3, 0]),
        close
    ]
    .spacing(8);
    let card = container(inside)
        .padding([6, 10])
        .width(Length::Fill)
        .style(ground);
    container(card).padding(Padding::ZERO.bottom(6)).into()
}

/// What is answered or edited, with a way out.
fn banner<'a>(scene: Scene<'a>) -> Option<Element<'a, Message>> {
    let timeline = &scene.talk.timeline;
    let (icon, label, seq) = match &scene.talk.composer.mode {
        Mode::New => return None,
        Mode::Reply(seq) => {
            let name = timeline.entry_of(*seq).map_or("", |entry| {
                let (username, then) = timeline.author(entry);
                scene.name(username, then)
            });
            (Icon::Reply, tr!("replying", name = name), *seq)
        }
        Mode::Edit { seq, .. } => (Icon::Edit, tr!("editing"), *seq),
    };
    let quoted = timeline
        .text_of(seq)
        .map(message::first_line)
        .unwrap_or_default();
    let words = row![
        icon.small(|tokens| tokens.t3),
        text::line(Type::Small, label)
            .font(font::MEDIUM)
            .style(theme::text::t2),
        text::line(Type::Small, quoted).style(theme::text::t3),
    ]
    .spacing(6)
    .align_y(Alignment::Center);
    let cancel = IconButton::new(Icon::Close, tr!("cancel"))
        .keys(tr!("key-escape"))
        .small()
        .tooltip(tooltip::Position::Top)
        .view(Some(Message::Cancel));
    let line = row![container(words).width(Length::Fill).clip(true), cancel]
        .align_y(Alignment::Center)
        .height(28);
    Some(line.into())
}

/// Where one may not write: why there is no field.
fn closed<'a>(scene: Scene<'a>) -> Option<Element<'a, Message>> {
    let state = scene.account.rooms.get(&scene.talk.room);
    let person = person_of(&scene.talk.room);
    let person = person.and_then(|username| scene.account.peers.people.get(&username));
    let words = if state.is_some_and(|state| !state.room.can_send) {
        tr!("cannot-send", room = scene.room_name())
    } else if person.is_some_and(|person| person.blocked) {
        tr!("cannot-send-blocked", name = scene.room_name())
    } else {
        return None;
    };
    let words = text::plain(Type::Text, words).style(theme::text::t3);
    let closed = container(words)
        .padding([9, 10])
        .width(Length::Fill)
        .style(theme::surface::card);
    Some(closed.into())
}

fn field<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let composer = &scene.talk.composer;
    let lines = if scene.frame.height < LOW {
        LINES.1
    } else {
        LINES.0
    };
    let keys = Keys::of(scene);
    let tray = tray::view(scene);
    // The editor counts its padding as part of its greatest height.
    let above = BELOW + if tray.is_some() { tray::HEIGHT } else { 0.0 };
    let editor = text_editor(&composer.content)
        .id(COMPOSER)
        .placeholder(tr!("placeholder", room = scene.room_name()))
        .on_action(Message::Typed)
        .key_binding(move |press| keys.bind(press))
        .font(font::REGULAR)
        .size(Type::Text.size())
        .line_height(Type::Text.line_height())
        .min_height(Type::Text.line())
        .max_height(lines * Type::Text.line() + above + BELOW)
        .padding(Padding {
            top: above,
            right: BUTTONS + 4.0,
            bottom: BELOW,
            left: CLIP,
        })
        .style(theme::field::composer)
        .highlight_with::<Runs>((), Run::format);
    let buttons = container(buttons(scene))
        .width(Length::Fill)
        .height(Length::Fill)
        .align_x(Alignment::End)
        .align_y(Alignment::End)
        .padding(6);
    let clip = container(paperclip(scene))
        .height(Length::Fill)
        .align_y(Alignment::End)
        .padding(6);
    let tray = tray.unwrap_or_else(|| space().into());
    let field = stack![editor, buttons, clip, tray];
    let open = if composer.picker {
        None
    } else {
        composer.completion.as_ref().map(offers)
    };
    Popover::new(field, open).place(Place::AboveLeft).into()
}

/// What the keys mean now.
#[derive(Debug, Clone, Copy)]
struct Keys {
    completes: bool,
    empty: bool,
}

impl Keys {
    fn of(scene: Scene<'_>) -> Self {
        let composer = &scene.talk.composer;
        // A command that stands there whole is done by Enter, and not completed to itself.
        let whole = composer
            .completion
            .as_ref()
            .and_then(Completion::chosen)
            .is_some_and(|choice| {
                composer.content.line_count() == 1 && composer.text().trim() == choice.insert.trim()
            });
        Self {
            completes: composer.completion.is_some() && !whole,
            empty: composer.content.is_empty() && composer.mode == Mode::New,
        }
    }

    fn bind(self, press: KeyPress) -> Option<Binding<Message>> {
        let focused = matches!(press.status, Status::Focused { .. });
        let custom = |message| Some(Binding::Custom(message));
        let plain =
            !press.modifiers.shift() && !press.modifiers.command() && !press.modifiers.alt();
        match &press.key {
            _ if !focused => None,
            Key::Named(Named::Enter) if plain && self.completes => custom(Message::Complete(None)),
            Key::Named(Named::Enter) if plain => custom(Message::Submit),
            Key::Named(Named::Tab) if plain && self.completes => custom(Message::Complete(None)),
            Key::Named(Named::ArrowUp) if plain && self.completes => {
                custom(Message::StepCompletion { back: true })
            }
            Key::Named(Named::ArrowDown) if plain && self.completes => {
                custom(Message::StepCompletion { back: false })
            }
            Key::Named(Named::ArrowUp) if plain && self.empty => custom(Message::EditLast),
            Key::Named(Named::PageUp) => custom(Message::Scroll(Target::PageUp)),
            Key::Named(Named::PageDown) => custom(Message::Scroll(Target::PageDown)),
            // The app closes what is open, the innermost first; the field keeps the keyboard.
            Key::Named(Named::Escape) => None,
            // The app's own: another room.
            Key::Named(Named::ArrowUp | Named::ArrowDown) if press.modifiers.alt() => None,
            _ => {
                let commands = press.modifiers.command() && !press.modifiers.alt();
                // Ctrl with a sign or a digit is the app's, and writes nothing.
                let binding = Binding::from_key_press(press)
                    .filter(|binding| !(commands && matches!(binding, Binding::Insert(_))));
                match binding {
                    // The field pastes a text; a picture becomes a file.
                    Some(Binding::Paste) => Some(Binding::Sequence(vec![
                        Binding::Paste,
                        Binding::Custom(Message::Attach(Attach::PastePicture)),
                    ])),
                    other => other,
                }
            }
        }
    }
}

fn buttons<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let composer = &scene.talk.composer;
    let smile = IconButton::new(Icon::Smile, tr!("emoji"))
        .on(composer.picker)
        .tooltip(tooltip::Position::Top)
        .view(Some(Message::Picker(!composer.picker)));
    let picker = composer
        .picker
        .then(|| emoji::view(|emoji| Message::Emoji(emoji.to_owned())));
    let smile = Popover::new(smile, picker)
        .place(Place::AboveRight)
        .on_close(Message::Picker(false));
    row![smile, send(scene)].spacing(4).into()
}

/// Files are attached by it, where the server takes any.
fn paperclip<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let (may, name) = match talk_of(&scene.talk.room) {
        Some(talk) => match may_attach(scene.account, &talk) {
            Ok(()) => (true, tr!("attach")),
            Err(why) => (false, why),
        },
        None => {
            let may = scene.account.may_upload(&scene.talk.room);
            match may || !scene.account.link.is_connected() {
                true => (may, tr!("attach")),
                false => (may, tr!("attach-none")),
            }
        }
    };
    IconButton::new(Icon::Attach, name)
        .keys(tr!("keys-upload"))
        .tooltip(tooltip::Position::Top)
        .view(may.then_some(Message::Attach(Attach::Open)))
}

fn send<'a>(scene: Scene<'a>) -> Element<'a, Message> {
    let composer = &scene.talk.composer;
    let edits = matches!(composer.mode, Mode::Edit { .. });
    let mut files = scene.account.transfers.drafts(&scene.talk.room);
    let has_files =
        composer.starting > 0 || !composer.attached.is_empty() || files.next().is_some();
    let blank = composer.is_blank() && (edits || !has_files);
    let (icon, name) = if edits {
        (Icon::Check, tr!("save"))
    } else {
        (Icon::Send, tr!("send"))
    };
    let icon = if blank {
        icon.large(|tokens| tokens.t3)
    } else {
        icon.large(|tokens| tokens.on_fill)
    };
    let face = button(container(icon).center(Length::Fill))
        .width(28)
        .height(28)
        .padding(0)
        .style(theme::button::primary)
        .on_press_maybe((!blank).then_some(Message::Submit));
    crate::view::part::button::named(face, name, Some(tr!("key-enter")), tooltip::Position::Top)
}

/// What can complete the word before the cursor.
fn offers<'a>(completion: &'a Completion) -> Element<'a, Message> {
    let rows = completion
        .choices
        .iter()
        .enumerate()
        .map(|(number, choice)| {
            let look = if number == completion.selected {
                theme::button::row_on
            } else {
                theme::button::row
            };
            button(offer(&choice.what))
                .width(Length::Fill)
                .height(theme::space::MENU_ROW)
                .padding([0, 8])
                .style(look)
                .on_press(Message::Complete(Some(number)))
                .into()
        });
    container(column(rows))
        .padding(5)
        .width(OFFERS)
        .style(theme::surface::menu)
        .into()
}

fn offer<'a>(what: &'a Offer) -> Element<'a, Message> {
    let line = row![]
        .spacing(8)
        .align_y(Alignment::Center)
        .height(Length::Fill);
    let hint = |words: String| text::line(Type::Small, words).style(theme::text::t3);
    match what {
        Offer::Command(command) => line
            .push(text::line(Type::Body, slash_usage(*command)))
            .push(space::horizontal())
            .push(hint(slash_what(*command))),
        Offer::Person(username, name) => line
            .push(avatar(username, name, avatar::Side::Tiny))
            .push(text::line(Type::Body, name.as_str()))
            .push(hint(format!("@{username}"))),
        Offer::Room(room) => line
            .push(Icon::Hash.medium(|tokens| tokens.t2))
            .push(text::line(Type::Body, room.as_str())),
    }
    .into()
}
