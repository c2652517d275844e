//! The text of a message.

use iced::widget::{Column, container};
use iced::{Length, Padding, border};
use iced_selection::text::{Rich, Span};

use super::Scene;
use crate::controller::conversation::Message;
use crate::locale::tr;
pub(super) use crate::model::markup::action;
use crate::model::markup::{self, Block, CodeSpan, Kind, Light};
use crate::theme::space::{MESSAGE_TEXT, RADIUS_KEY};
use crate::theme::{self, Element, Theme, Tokens, Type, font};
use crate::view::part;

type Run<'a> = Span<'a, String, iced::Font>;

/// A text, and what stands with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Its author's name, which begins an action.
    pub(super) name: &'a str,
    /// Whether it was edited.
    pub(super) edited: bool,
    /// Whether it is on its way.
    pub(super) pending: bool,
    /// The key of its row.
    pub(super) key: u64,
}

/// Adds the text to the lines of its message.
pub(super) fn view<'a>(
    scene: Scene<'a>,
    written: Written<'a>,
    mut lines: Column<'a, Message, Theme>,
) -> Column<'a, Message, Theme> {
    let tokens = scene.frame.theme.tokens();
    let whole = scene.talk.unfolded.contains(&written.key);
    let folded = markup::folded(written.text).filter(|_| !whole);
    let text = folded.unwrap_or(written.text);
    let action = action(text);
    let mut blocks = markup::parse(action.unwrap_or(text));
    if blocks.is_empty() {
        blocks.push(Block::Text(Vec::new()));
    }
    let last = blocks.len() - 1;
    for (number, block) in blocks.into_iter().enumerate() {
        let edited = written.edited && number == last;
        lines = match block {
            Block::Text(spans) => {
                let mut runs: Vec<Run<'a>> = Vec::with_capacity(spans.len() + 2);
                if number == 0 && action.is_some() {
                    runs.push(Span::new(format!("{} ", written.name)).font(font::MEDIUM));
                }
                runs.extend(spans.into_iter().map(|span| run(tokens, span)));
                if edited {
                    runs.push(mark_of_edit(tokens));
                }
                lines.push(
                    container(rich(runs, Type::Text, written.pending)).max_width(MESSAGE_TEXT),
                )
            }
            Block::Code(spans) => {
                let lines = lines.push(code(tokens, spans, written.pending));
                if edited {
                    lines.push(rich(vec![mark_of_edit(tokens)], Type::Text, false))
                } else {
                    lines
                }
            }
        };
    }
    if folded.is_some() {
        let unfold = part::button::link(tr!("show-all")).on_press(Message::Unfold(written.key));
        lines = lines.push(container(unfold).padding([2, 0]));
    }
    lines
}

fn rich<'a>(runs: Vec<Run<'a>>, kind: Type, pending: bool) -> Element<'a, Message> {
    let style = if pending {
        theme::text::selectable_pending
    } else {
        theme::text::selectable
    };
    Rich::with_spans(runs)
        .size(kind.size())
        .line_height(kind.line_height())
        .font(kind.font())
        .wrapping(iced::widget::text::Wrapping::WordOrGlyph)
        .style(style)
        .on_link_click(Message::Link)
        .into()
}

fn mark_of_edit<'a>(tokens: &Tokens) -> Run<'a> {
    Span::new(format!(" {}", tr!("edited")))
        .size(Type::Small.size())
        .color(tokens.t3)
}

fn run<'a>(tokens: &Tokens, span: markup::Span) -> Run<'a> {
    let run = Span::new(span.text);
    match span.kind {
        Kind::Plain => run,
        Kind::Strong => run.font(font::MEDIUM),
        Kind::Emoji => run.font(font::EMOJI),
        Kind::Mention => run.font(font::MEDIUM).color(tokens.accent),
        Kind::Link(address) => run.color(tokens.accent).link(address),
        Kind::Code => run
            .font(font::MONO)
            .size(Type::Small.size())
            .background(tokens.raised)
            .border(border::rounded(RADIUS_KEY))
            .padding(Padding::from([1, 4])),
    }
}

fn code<'a>(tokens: &Tokens, spans: Vec<CodeSpan>, pending: bool) -> Element<'a, Message> {
    let light = |span: CodeSpan| {
        let run: Run<'a> = Span::new(span.text);
        match span.light {
            Light::Plain => run,
            Light::Keyword => run.color(tokens.accent),
            Light::Comment => run.color(tokens.t3),
        }
    };
    let block = container(rich(
        spans.into_iter().map(light).collect(),
        Type::Code,
        pending,
    ))
    .padding([8, 13])
    .width(Length::Fill)
    .max_width(MESSAGE_TEXT)
    .style(theme::surface::code);
    container(block).padding(Padding::ZERO.top(4)).into()
}
