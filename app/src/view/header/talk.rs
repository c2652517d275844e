//! The header of a talk between devices: who, how far they are trusted, how it goes now.

use iced::widget::{container, row, space};
use iced::{Alignment, Length, Padding};
use parlor_client::peer::Talk;

use crate::controller::Message;
use crate::controller::header::Message as Header;
use crate::controller::menu::Message as MenuMessage;
use crate::controller::safety::Message as Safety;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::here;
use crate::model::{Account, Menu, Model, Panel, TOPIC_FROM};
use crate::theme::{Element, Type, space as sizes};
use crate::view::part::avatar::{self, Dot, Side};
use crate::view::part::button::IconButton;
use crate::view::part::tag::{Mood, tag};
use crate::view::part::text;
use crate::view::{menu, way};
use crate::widget::popover::Popover;

/// The header of the talk in front.
pub(super) fn view<'a>(
    model: &'a Model,
    account: &'a Account,
    talk: &Talk,
) -> Element<'a, Message> {
    let inside = match talk {
        Talk::Direct(username) => person(model, account, username),
        Talk::Channel(channel) => self::channel(model, account, talk, channel),
    };
    container(inside)
        .padding(Padding::ZERO.left(20).right(12))
        .center_y(sizes::HEADER - 1.0)
        .width(Length::Fill)
        .into()
}

fn name<'a>(words: String) -> Element<'a, Message> {
    text::medium(Type::Title, words)
        .wrapping(iced::widget::text::Wrapping::None)
        .into()
}

fn search(model: &Model) -> Element<'_, Message> {
    IconButton::new(Icon::Search, tr!("header-search"))
        .keys(tr!("keys-search"))
        .on(model.window.panel == Some(Panel::Search))
        .view(Some(Message::Header(Header::Search)))
}

fn person<'a>(model: &'a Model, account: &'a Account, username: &str) -> Element<'a, Message> {
    let dot = account
        .presence_of(username)
        .map_or(Dot::Unknown, Dot::Known);
    let shown = account.name_of(username).to_owned();
    let face = avatar::with_presence(username, &shown, Side::Medium, dot, |tokens| tokens.base);
    let mut tags = row![].spacing(6).align_y(Alignment::Center);
    if let Some(known) = account.peers.people.get(username) {
        let (icon, words, mood) = way::trust(known);
        tags = tags.push(tag(Some(icon), words, mood));
    }
    if let Some((icon, words)) = way::tag(account, username) {
        tags = tags.push(tag(Some(icon), words, Mood::Plain));
    }
    let safety = IconButton::new(Icon::Shield, tr!("header-safety"))
        .keys(tr!("keys-people"))
        .on(model.window.panel == Some(Panel::Safety))
        .view(Some(Message::Safety(Safety::Toggle)));
    row![
        face,
        name(shown),
        space::horizontal().width(2),
        container(tags).width(Length::Fill).clip(true),
        search(model),
        safety
    ]
    .spacing(8)
    .align_y(Alignment::Center)
    .into()
}

fn channel<'a>(
    model: &'a Model,
    account: &'a Account,
    talk: &Talk,
    channel: &str,
) -> Element<'a, Message> {
    let state = account.peers.talks.get(&talk.to_string());
    let (there, all) = state.map_or((1, 1), |state| here(state, &account.me.username));
    let mut inside = row![
        Icon::Mesh.large(|tokens| tokens.t1),
        name(channel.to_owned()),
        tag(None, here_words(there, all), Mood::Plain),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    inside = if model.window.size.0 >= TOPIC_FROM {
        let what = text::line(Type::Body, tr!("channel-what")).style(crate::theme::text::t2);
        inside.push(container(what).width(Length::Fill).clip(true))
    } else {
        inside.push(space::horizontal())
    };
    let people = IconButton::new(Icon::People, tr!("header-people"))
        .keys(tr!("keys-people"))
        .on(model.window.panel == Some(Panel::People))
        .view(Some(Message::Header(Header::People)));
    let more = IconButton::new(Icon::More, tr!("header-more"))
        .on(model.menu == Some(Menu::Channel))
        .view(Some(Message::Header(Header::Channel)));
    let open = (model.menu == Some(Menu::Channel)).then(menu::channel);
    let more = Popover::new(more, open).on_close(Message::Menu(MenuMessage::Close));
    inside.push(search(model)).push(people).push(more).into()
}

/// "3 of 5 here", or "alone".
pub(crate) fn here_words(there: usize, all: usize) -> String {
    match there {
        0 | 1 => tr!("channel-alone"),
        _ => tr!("channel-here", here = there, all = all),
    }
}
