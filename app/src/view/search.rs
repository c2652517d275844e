//! The search panel.

use iced::widget::{button, column, container, row, scrollable, space, stack};
use iced::{Alignment, Length, Padding};
use parlor_protocol::reply::Hit;

use super::marked::marked;
use super::part::avatar::{Side, avatar};
use super::part::button::{self as buttons, IconButton};
use super::part::text;
use super::{form, when};
use crate::controller::Message;
use crate::controller::header::Message as Header;
use crate::controller::search::{FIELD, Message as Search};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::peer::talk_of;
use crate::model::{Account, Found, Model, marks};
use crate::theme::{self, Element, Tokens, Type, space as sizes};

/// Characters of a hit that are shown; the rest is read by a click on it.
const SHOWN: usize = 240;
/// Characters before the first mark that are shown, so that it is in view.
const BEFORE: usize = 60;

/// The search panel.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    let top = row![
        text::medium(Type::Text, tr!("search-title")).width(Length::Fill),
        IconButton::new(Icon::Close, tr!("search-close"))
            .keys(tr!("keys-escape"))
            .view(Some(Message::Header(Header::ClosePanel))),
    ]
    .align_y(Alignment::Center);
    let panel = &account.search;
    let input = form::field(FIELD, &tr!("search-placeholder"), &panel.query, false)
        .on_input(|query| Message::Search(Search::Edited(query)))
        .on_submit(Message::Search(Search::Submit))
        .padding(Padding {
            top: 8.0,
            right: 80.0,
            bottom: 8.0,
            left: 38.0,
        });
    let mark = container(Icon::Search.large(|tokens| tokens.t2))
        .center_y(sizes::INPUT)
        .padding(Padding::ZERO.left(10));
    let mut field = stack![input, mark];
    if let Found::Hits { hits, more } = &panel.found {
        let words = if *more {
            tr!("search-found-more", count = hits.len())
        } else {
            tr!("search-found", count = hits.len())
        };
        field = field.push(
            container(text::line(Type::Small, words).style(theme::text::t3))
                .align_right(Length::Fill)
                .center_y(sizes::INPUT)
                .padding(Padding::ZERO.right(10)),
        );
    }
    let where_ = scope(account);
    let ask = column![field, where_].spacing(8);
    column![
        container(top)
            .padding(Padding::ZERO.left(16).right(8))
            .center_y(sizes::HEADER - 1.0),
        super::horizontal_line(),
        container(ask).padding(Padding {
            top: 12.0,
            right: 16.0,
            bottom: 8.0,
            left: 16.0,
        }),
        container(found(model, account)).height(Length::Fill),
        super::horizontal_line(),
        container(where_searched(account)).padding([12, 16]),
    ]
    .into()
}

/// Who searched what, and what was found on this computer beside that.
fn where_searched(account: &Account) -> Element<'_, Message> {
    let panel = &account.search;
    let here = panel
        .room
        .as_deref()
        .is_some_and(|room| talk_of(room).is_some());
    let words = match here {
        true => tr!("search-where-here"),
        false => tr!("search-where", server = account.server.name.as_str()),
    };
    let words = text::plain(Type::Small, words).style(theme::text::t3);
    if panel.here.is_empty() {
        return words.into();
    }
    let found = tr!("search-here-found", count = panel.here.len());
    let link = buttons::link(found).on_press(Message::Search(Search::ShowHere));
    column![words, link].spacing(4).into()
}

/// In this room, or everywhere.
fn scope(account: &Account) -> Element<'_, Message> {
    let here = account.search.room.is_some();
    let chip = |words: String, on: bool, choice: bool| {
        button(text::plain(Type::Small, words))
            .padding([2, 8])
            .style(if on {
                theme::button::chip_on
            } else {
                theme::button::chip
            })
            .on_press(Message::Search(Search::Here(choice)))
    };
    let front = account.room.as_deref();
    let title = front.map_or_else(String::new, |room| account.room_words(room));
    row![
        chip(tr!("search-here", room = title), here, true),
        chip(tr!("search-everywhere"), !here, false),
    ]
    .spacing(6)
    .into()
}

fn found<'a>(model: &'a Model, account: &'a Account) -> Element<'a, Message> {
    match &account.search.found {
        Found::Nothing => empty(tr!("search-begin"), tr!("search-begin-how")),
        Found::Waits => empty(tr!("search-waits"), String::new()),
        Found::Failed(why) => container(form::error_box(why.clone())).padding(16).into(),
        Found::Hits { hits, .. } if hits.is_empty() => empty(
            tr!("search-nothing", query = account.search.query.trim()),
            tr!("search-nothing-how"),
        ),
        Found::Hits { hits, more } => {
            let mut list = column![].width(Length::Fill);
            for hit in hits {
                list = list.push(hit_row(model, account, hit));
            }
            if *more {
                list = list.push(
                    container(
                        buttons::small(tr!("search-more"), theme::button::secondary)
                            .on_press(Message::Search(Search::More)),
                    )
                    .padding([8, 16]),
                );
            }
            scrollable(list.padding(Padding::from([0, 4])))
                .height(Length::Fill)
                .into()
        }
    }
}

fn empty<'a>(title: String, how: String) -> Element<'a, Message> {
    let inside = column![
        Icon::Search.large(|tokens| tokens.t3),
        space::vertical().height(6),
        text::medium(Type::Text, title),
        text::plain(Type::Body, how).style(theme::text::t2),
    ]
    .align_x(Alignment::Center);
    container(inside).center(Length::Fill).padding(16).into()
}

fn hit_row<'a>(model: &'a Model, account: &'a Account, hit: &'a Hit) -> Element<'a, Message> {
    let tokens = tokens(model);
    let name = account.name_of(&hit.from);
    let room = account.room_words(&hit.room);
    let head = row![
        text::medium(Type::Body, name).wrapping(iced::widget::text::Wrapping::None),
        container(text::line(Type::Small, room).style(theme::text::t3))
            .width(Length::Fill)
            .clip(true),
        text::line(Type::Small, when::short(hit.time, model.now)).style(theme::text::t3),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let shown = excerpt(&hit.text, &account.search.query);
    let hits = marks(&shown, &account.search.query);
    let words = column![head, marked(Type::Body, &shown, &hits, tokens, true)];
    let inside = row![
        avatar(&hit.from, name, Side::Small),
        container(words).width(Length::Fill)
    ]
    .spacing(8);
    let chosen = account.search.chosen.as_ref() == Some(&(hit.room.clone(), hit.seq));
    button(inside)
        .width(Length::Fill)
        .padding([8, 12])
        .style(if chosen {
            theme::button::row_on
        } else {
            theme::button::row
        })
        .on_press(Message::Search(Search::Hit(hit.room.clone(), hit.seq)))
        .into()
}

/// The colours of the theme that is shown. Rich text takes colours, not styles.
pub(crate) fn tokens(model: &Model) -> &'static Tokens {
    model.theme().tokens()
}

/// The part of a text around its first mark, on one line.
fn excerpt(text: &str, query: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = marks(&line, query).first().map_or(0, |(from, _)| *from);
    let skip = line[..first].chars().count().saturating_sub(BEFORE);
    let mut shown: String = line.chars().skip(skip).take(SHOWN).collect();
    if skip > 0 {
        shown.insert(0, '…');
    }
    if line.chars().count() > skip + SHOWN {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mark_is_in_the_excerpt() {
        let long = format!("{} gap {}", "a ".repeat(400), "b ".repeat(400));
        let shown = excerpt(&long, "gap");
        assert!(shown.contains("gap"));
        assert!(shown.starts_with('…') && shown.ends_with('…'));
        assert_eq!(excerpt("short\ngap", "gap"), "short gap");
    }
}
