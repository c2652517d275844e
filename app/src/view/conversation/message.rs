//! A message: who, when, what it answers, its text, its reactions, its state.

use iced::widget::{Column, column, container, row, space, tooltip};
use iced::{Alignment, Length, Padding};
use parlor_client::OutgoingState;
use parlor_client::peer::{PeerFile, PostState};
use parlor_protocol::{Reaction, Time};

use super::row::clickable;
use super::{Scene, files, markup};
use crate::controller::conversation::Message;
use crate::controller::words;
use crate::icon::{Icon, Ink};
use crate::locale::{self, tr};
use crate::model::Spacing;
use crate::model::peer::talk_of;
use crate::model::timeline::Pending;
use crate::model::timeline::entry::{Entry, Message as Kept};
use crate::model::timeline::rows::Row;
use crate::theme::space::{MESSAGE_TEXT, S12, S20};
use crate::theme::{self, Element, Theme, Type, font};
use crate::view::part::avatar::{self, avatar};
use crate::view::part::{self, text};
use crate::view::{peer_file, way};

/// The width of a quote.
const QUOTE: f32 = 640.0;
/// So many characters of a message are quoted.
const QUOTED: usize = 90;
/// The column of the state.
const STATE: f32 = 20.0;

/// The space above a message.
pub(super) fn gap<'a>(scene: Scene<'a>, line: &Row<'_>) -> Element<'a, Message> {
    let height = match (line.head, scene.frame.spacing) {
        (true, Spacing::Cosy) => 10.0,
        (true, Spacing::Compact) => 6.0,
        (false, _) => 0.0,
    };
    space().height(height).into()
}

/// Hours and minutes where the reader is.
pub(super) fn clock(time: Time) -> String {
    let local = locale::zone().to_datetime(time.timestamp());
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// A message that the server has kept.
pub(super) fn kept<'a>(
    scene: Scene<'a>,
    entry: &'a Entry,
    message: &'a Kept,
    (head, hovered): (bool, bool),
) -> Element<'a, Message> {
    let (username, then) = scene.talk.timeline.author(entry);
    let name = scene.name(username, then);
    let mut lines = column![].width(Length::Fill);
    if let Some(answered) = scene.talk.timeline.answered(message) {
        lines = lines.push(quote(scene, answered));
    }
    let action = markup::action(&message.text);
    if head && action.is_none() {
        lines = lines.push(who(name.to_owned(), clock(entry.time)));
    }
    lines = if message.deleted {
        lines.push(text::plain(Type::Text, tr!("deleted")).style(theme::text::t3))
    } else if message.text.is_empty() {
        lines
    } else {
        markup::view(
            scene,
            markup::Written {
                text: &message.text,
                name,
                edited: message.edited,
                pending: false,
                key: entry.seq,
            },
            lines,
        )
    };
    let me = &scene.account.me.username;
    let posted = message.posted();
    if !message.files().is_empty() {
        lines = lines.push(files::kept(scene, message.files()));
    } else if let Some(file) = posted.and_then(|posted| posted.file.as_deref()) {
        if !message.deleted {
            lines = lines.push(offered(scene, file, username == me));
        }
    } else if message.text.is_empty() && !message.deleted {
        // What it showed was deleted since.
        lines = lines.push(text::plain(Type::Text, tr!("files-deleted")).style(theme::text::t3));
    }
    if !message.reactions().is_empty() {
        lines = lines.push(reactions(scene, entry.seq, message.reactions()));
    }
    if let Some(posted) = posted
        && let PostState::Failed(why) = &posted.state
    {
        lines = lines.push(failed(why.clone(), &posted.id));
    }
    let state = match posted {
        // What became of a file, its card says.
        Some(posted) if posted.file.as_deref().is_some_and(peer_file::is_over) => None,
        Some(posted) => state_of_post(scene, &posted.state),
        None => (username == me && scene.talk.timeline.last_kept(me) == Some(entry.seq))
            .then(|| state(Icon::Check, |tokens| tokens.t3, tr!("state-sent"))),
    };
    let ground = ground(
        scene,
        entry.seq,
        hovered,
        is_mention(scene, &message.text, username),
    );
    frame(
        scene,
        left(username, name, head, hovered, entry.time),
        lines,
        state,
        ground,
    )
}

/// A message of one's own that is not in the log yet.
pub(super) fn pending<'a>(
    scene: Scene<'a>,
    pending: &'a Pending,
    key: u64,
    (head, hovered): (bool, bool),
) -> Element<'a, Message> {
    let outgoing = &pending.outgoing;
    let me = &scene.account.me;
    let mut lines = column![].width(Length::Fill);
    if let Some(answered) = outgoing.reply_to {
        lines = lines.push(quote(scene, Some(answered)));
    }
    if head && markup::action(&outgoing.text).is_none() {
        lines = lines.push(who(me.name.clone(), clock(outgoing.written)));
    }
    let waits = matches!(
        outgoing.state,
        OutgoingState::Waiting | OutgoingState::Sending
    );
    let written = markup::Written {
        text: &outgoing.text,
        name: &me.name,
        edited: false,
        pending: waits,
        key,
    };
    if !outgoing.text.is_empty() || outgoing.files.is_empty() {
        lines = markup::view(scene, written, lines);
    }
    if !outgoing.files.is_empty() {
        lines = lines.push(files::pending(scene, &outgoing.files));
    }
    let state = match &outgoing.state {
        OutgoingState::Failed(failure) => {
            lines = lines.push(failed(words::refused(&failure.error), &outgoing.nonce));
            state(Icon::Alert, |tokens| tokens.bad, tr!("state-failed"))
        }
        OutgoingState::Sent { .. } => state(Icon::Check, |tokens| tokens.t3, tr!("state-sent")),
        OutgoingState::Waiting | OutgoingState::Sending | OutgoingState::Discarded => {
            state(Icon::Clock, |tokens| tokens.t3, tr!("state-waiting"))
        }
    };
    let ground = ground(scene, key, hovered, false);
    frame(
        scene,
        left(&me.username, &me.name, head, hovered, outgoing.written),
        lines,
        Some(state),
        ground,
    )
}

/// Whether a message of somebody else's names the reader.
fn is_mention(scene: Scene<'_>, text: &str, author: &str) -> bool {
    let me = &scene.account.me.username;
    let is_me = |(start, end): (usize, usize)| text[start + 1..end].eq_ignore_ascii_case(me);
    author != me && parlor_protocol::mention::spans(text).into_iter().any(is_me)
}

type Ground = fn(&Theme) -> container::Style;

fn ground(scene: Scene<'_>, key: u64, hovered: bool, mention: bool) -> Option<Ground> {
    match () {
        () if scene.talk.chosen == Some(key) => Some(theme::surface::chosen),
        () if scene.talk.timeline.marked == Some(key) => Some(theme::surface::marked),
        () if mention => Some(theme::surface::mention),
        () if hovered => Some(theme::surface::hover),
        () => None,
    }
}

/// The three columns of a message: person or time, text, state.
fn frame<'a>(
    scene: Scene<'a>,
    left: Element<'a, Message>,
    lines: Column<'a, Message, Theme>,
    state: Option<Element<'a, Message>>,
    ground: Option<Ground>,
) -> Element<'a, Message> {
    let state = container(state.unwrap_or_else(|| space().into()))
        .width(STATE)
        .align_x(Alignment::End);
    let above = match scene.frame.spacing {
        Spacing::Cosy => 2.0,
        Spacing::Compact => 0.0,
    };
    let whole = container(row![left, lines, state].spacing(S12))
        .padding([above, S20])
        .width(Length::Fill);
    match ground {
        Some(ground) => whole.style(ground).into(),
        None => whole.into(),
    }
}

/// The person of a group's first row; the time of the others, under the pointer.
fn left<'a>(
    username: &str,
    name: &str,
    head: bool,
    hovered: bool,
    time: Time,
) -> Element<'a, Message> {
    if head {
        return avatar(username, name, avatar::Side::Large);
    }
    let label = if hovered { clock(time) } else { String::new() };
    let time = text::line(Type::Micro, label)
        .line_height(iced::Pixels(20.0))
        .style(theme::text::t3)
        .width(Length::Fill)
        .align_x(Alignment::End);
    container(time).width(32).into()
}

fn who<'a>(name: String, time: String) -> Element<'a, Message> {
    let time = text::line(Type::Small, time)
        .line_height(iced::Pixels(20.0))
        .style(theme::text::t3);
    row![
        text::medium(Type::Text, name),
        container(time).padding(Padding::ZERO.top(1))
    ]
    .spacing(8)
    .height(20)
    .into()
}

fn state<'a>(icon: Icon, ink: Ink, words: String) -> Element<'a, Message> {
    let icon = container(icon.medium(ink)).padding(Padding::ZERO.top(2));
    part::button::named(icon, words, None, tooltip::Position::Left)
}

/// A file of a talk.
fn offered<'a>(scene: Scene<'a>, file: &'a PeerFile, own: bool) -> Element<'a, Message> {
    match talk_of(&scene.talk.room) {
        Some(talk) => peer_file::card(scene.account, &talk, file, own).map(Message::PeerFile),
        None => space().into(),
    }
}

/// How far a post is on its way; nothing of one that came.
fn state_of_post<'a>(scene: Scene<'a>, of: &PostState) -> Option<Element<'a, Message>> {
    let server = scene.account.server.name.as_str();
    let plain: Ink = |tokens| tokens.t3;
    Some(match of {
        PostState::OnItsWay => state(Icon::Clock, plain, tr!("state-waiting")),
        PostState::Sealed => state(Icon::Sealed, plain, tr!("state-sealed", server = server)),
        PostState::Delivered(way) => {
            let words = tr!("state-delivered", way = way::short(*way));
            state(Icon::CheckDouble, plain, words)
        }
        PostState::Failed(_) => state(Icon::Alert, |tokens| tokens.bad, tr!("state-failed")),
        PostState::Received(_) | PostState::Here => return None,
    })
}

/// What a message answers; a click goes there.
fn quote<'a>(scene: Scene<'a>, seq: Option<u64>) -> Element<'a, Message> {
    let timeline = &scene.talk.timeline;
    let mut inside = row![Icon::Reply.small(|tokens| tokens.t3)]
        .spacing(6)
        .align_y(Alignment::Center);
    let line = |content: String| text::line(Type::Small, content).line_height(iced::Pixels(20.0));
    match seq
        .and_then(|seq| timeline.entry_of(seq))
        .and_then(|entry| entry.message().map(|message| (entry, message)))
    {
        Some((entry, message)) => {
            let (username, then) = timeline.author(entry);
            let file = message.posted().and_then(|posted| posted.file.as_ref());
            let said = if message.deleted {
                tr!("quote-deleted")
            } else if let Some(file) = file {
                file.name.clone()
            } else {
                first_line(&message.text)
            };
            inside = inside
                .push(
                    line(scene.name(username, then).to_owned())
                        .font(font::MEDIUM)
                        .style(theme::text::t2),
                )
                .push(line(said).style(theme::text::t3));
        }
        None => inside = inside.push(line(tr!("quote-elsewhere")).style(theme::text::t3)),
    }
    let inside: Element<'a, Message> = match seq {
        Some(seq) => clickable(inside, Message::Jump(seq)),
        None => inside.into(),
    };
    let quote = container(inside).max_width(QUOTE).height(20).clip(true);
    quote.into()
}

/// The first line of a text, cut at a length.
pub(super) fn first_line(text: &str) -> String {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    match line.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None if line.len() < text.trim().len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

fn failed<'a>(why: String, nonce: &str) -> Element<'a, Message> {
    let line = iced::Pixels(18.0);
    let link = |label: String, message: Message| part::button::link(label).on_press(message);
    row![
        text::plain(Type::Small, tr!("not-sent", why = why))
            .line_height(line)
            .style(theme::text::bad),
        link(tr!("try-again"), Message::Retry(nonce.to_owned())),
        link(tr!("discard"), Message::Discard(nonce.to_owned())),
    ]
    .spacing(10)
    .wrap()
    .into()
}

fn reactions<'a>(scene: Scene<'a>, seq: u64, reactions: &'a [Reaction]) -> Element<'a, Message> {
    let chips = reactions.iter().map(|reaction| chip(scene, seq, reaction));
    let chips = row(chips).spacing(4).wrap().vertical_spacing(4);
    container(chips)
        .padding(Padding::ZERO.top(4))
        .max_width(MESSAGE_TEXT)
        .into()
}

fn chip<'a>(scene: Scene<'a>, seq: u64, reaction: &'a Reaction) -> Element<'a, Message> {
    let line = iced::Pixels(20.0);
    let inside = row![
        text::line(Type::Small, reaction.emoji.as_str())
            .font(font::EMOJI)
            .line_height(line),
        text::line(Type::Small, reaction.count.to_string()).line_height(line),
    ]
    .spacing(5);
    let look = if reaction.mine {
        theme::button::chip_on
    } else {
        theme::button::chip
    };
    let face = iced::widget::button(inside)
        .padding([1, 8])
        .height(22)
        .style(look)
        .on_press(Message::React(seq, reaction.emoji.clone()));
    let names: Vec<&str> = reaction
        .by
        .iter()
        .map(|username| scene.account.name_of(username))
        .collect();
    let others = reaction.count.saturating_sub(names.len() as u64);
    let names = tr!("reacted", names = names.join(", "), others = others);
    part::button::named(face, names, None, tooltip::Position::Top)
}
