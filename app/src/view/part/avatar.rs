//! A person: initials on a colour of their own, and whether they are there.

use iced::widget::{canvas, container, stack};
use iced::{Border, Color, Length, Point, Rectangle, Renderer, Size, border, mouse};
use parlor_protocol::Presence;
use unicode_segmentation::UnicodeSegmentation;

use super::text;
use crate::theme::{Element, Theme, Tokens, Type, space};

/// The sizes that avatars come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// 20: rows of the sidebar.
    Tiny,
    /// 24: the people panel.
    Small,
    /// 28: oneself, below the sidebar.
    Medium,
    /// 32: messages.
    Large,
    /// 48: a profile.
    Huge,
}

impl Side {
    fn pixels(self) -> f32 {
        match self {
            Self::Tiny => 20.0,
            Self::Small => 24.0,
            Self::Medium => 28.0,
            Self::Large => 32.0,
            Self::Huge => 48.0,
        }
    }

    fn letters(self) -> f32 {
        match self {
            Self::Tiny => 9.0,
            Self::Small => 10.0,
            Self::Medium => 11.0,
            Self::Large => 12.0,
            Self::Huge => 17.0,
        }
    }
}

/// What the dot beside an avatar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dot {
    /// A presence that the server told.
    Known(Presence),
    /// Nobody can tell: we are offline.
    Unknown,
}

/// The first letters of the last two words of a display name, which are the
/// given and the family name in most orders; the first character alone where
/// words are not told apart by spaces.
pub(crate) fn initials(name: &str) -> String {
    let first = |word: &str| {
        word.graphemes(true)
            .next()
            .unwrap_or_default()
            .to_uppercase()
    };
    let mut words = name
        .split_whitespace()
        .filter(|word| word.starts_with(char::is_alphanumeric));
    let Some(end) = words.next_back() else {
        return name
            .trim()
            .graphemes(true)
            .next()
            .unwrap_or_default()
            .to_owned();
    };
    if end.chars().next().is_some_and(is_ideograph) {
        return first(end);
    }
    match words.next_back() {
        Some(start) => first(start) + &first(end),
        None => first(end),
    }
}

/// Han, kana and Hangul: one character is as much as a word's initial.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The round picture of a person.
pub(crate) fn avatar<'a, Message: 'a>(
    username: &str,
    name: &str,
    side: Side,
) -> Element<'a, Message> {
    let username = username.to_owned();
    let letters = text::medium(Type::Small, initials(name))
        .size(side.letters())
        .wrapping(iced::widget::text::Wrapping::None);
    container(letters)
        .center(side.pixels())
        .style(move |theme: &Theme| {
            let pair = theme.tokens().avatar(&username);
            container::Style::default()
                .background(pair.ground)
                .color(pair.text)
                .border(border::rounded(space::RADIUS_FULL))
        })
        .into()
}

/// The same with a dot that says whether they are there; `ground` is what lies
/// behind, which parts the dot from the picture.
pub(crate) fn with_presence<'a, Message: 'a>(
    username: &str,
    name: &str,
    side: Side,
    dot: Dot,
    ground: fn(&Tokens) -> Color,
) -> Element<'a, Message> {
    let over = canvas(DotOver { dot, ground })
        .width(side.pixels() + 2.0)
        .height(side.pixels() + 2.0);
    let room = container(avatar(username, name, side))
        .width(side.pixels() + 2.0)
        .height(side.pixels() + 2.0);
    container(stack![room, over]).width(Length::Shrink).into()
}

/// A dot 10 wide with its ring, at the lower right of what lies below it.
struct DotOver {
    dot: Dot,
    ground: fn(&Tokens) -> Color,
}

impl<Message> canvas::Program<Message, Theme> for DotOver {
    type State = ();

    fn draw(
        &self,
        (): &(),
        renderer: &Renderer,
        theme: &Theme,
        bounds: Rectangle,
        _cursor: mouse::Cursor,
    ) -> Vec<canvas::Geometry> {
        let tokens = theme.tokens();
        let ground = (self.ground)(tokens);
        let mut frame = canvas::Frame::new(renderer, bounds.size());
        let center = Point::new(bounds.width - 5.0, bounds.height - 5.0);
        frame.fill(&canvas::Path::circle(center, 5.0), ground);
        match self.dot {
            Dot::Known(Presence::Online) => {
                frame.fill(&canvas::Path::circle(center, 3.0), tokens.ok);
            }
            Dot::Known(Presence::Away) => ring(&mut frame, center, tokens.warn),
            Dot::Known(Presence::Offline) | Dot::Unknown => ring(&mut frame, center, tokens.t3),
        }
        vec![frame.into_geometry()]
    }
}

fn ring(frame: &mut canvas::Frame, center: Point, color: Color) {
    let stroke = canvas::Stroke::default().with_width(1.5).with_color(color);
    frame.stroke(&canvas::Path::circle(center, 2.25), stroke);
}

/// A dot by itself, 8 wide: the state of a connection.
pub(crate) fn dot<'a, Message: 'a>(
    color: fn(&Tokens) -> Color,
    hollow: bool,
) -> Element<'a, Message> {
    let side = Size::new(8.0, 8.0);
    container(iced::widget::space())
        .width(side.width)
        .height(side.height)
        .style(move |theme: &Theme| {
            let color = color(theme.tokens());
            let edge: Border = border::rounded(space::RADIUS_FULL);
            if hollow {
                container::Style::default().border(edge.width(1.5).color(color))
            } else {
                container::Style::default().background(color).border(edge)
            }
        })
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_in_every_script() {
        let check = |name: &str, expected: &str| assert_eq!(initials(name), expected, "{name}");
        check("Alice Martin", "AM");
        check("Nguyễn Minh Anh", "MA");
        check("陈雨桐", "陈");
        check("Élodie", "É");
        check("đặng huy", "ĐH");
        check("Bob (away)", "B");
        check("🦀", "🦀");
        check("  ", "");
    }
}
