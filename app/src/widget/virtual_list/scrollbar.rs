//! The bar at the right. Heights out of sight are unknown, so it goes by rows.

use iced::advanced::{Renderer as _, Shell, mouse, renderer};
use iced::{Background, Event, Rectangle, Renderer, border};

use super::place::{Anchor, Held, State};
use crate::theme::space::RADIUS_FULL;
use crate::theme::{Theme, scroll};

/// The thumb is never smaller, so that it can be caught.
const LEAST: f32 = 28.0;
/// The bar's distance from the edge.
const INSET: f32 = 2.0;

/// Where bar and thumb are; none if everything is in sight.
fn parts(state: &State, len: usize, bounds: Rectangle) -> Option<(Rectangle, Rectangle)> {
    let (first, last) = (state.spans.first()?, state.spans.last()?);
    if first.index == 0 && last.index + 1 == len && first.top >= 0.0 {
        return None;
    }
    let track = Rectangle {
        x: bounds.x + bounds.width - scroll::WIDTH - INSET,
        y: bounds.y + INSET,
        width: scroll::WIDTH,
        height: bounds.height - 2.0 * INSET,
    };
    let above = first.index as f32 + (-first.top).max(0.0) / first.height.max(1.0);
    let seen = bounds.height / state.mean;
    let share = (seen / len as f32).min(1.0);
    let height = (track.height * share).clamp(LEAST.min(track.height), track.height);
    let at = if state.anchor == Anchor::End {
        1.0
    } else {
        (above / (len as f32 - seen).max(1.0)).clamp(0.0, 1.0)
    };
    let thumb = Rectangle {
        y: track.y + (track.height - height) * at,
        height,
        ..track
    };
    Some((track, thumb))
}

/// Whether the pointer is over the bar.
pub(super) fn is_over(state: &State, len: usize, bounds: Rectangle, cursor: mouse::Cursor) -> bool {
    parts(state, len, bounds).is_some_and(|(track, _)| cursor.is_over(track))
}

pub(super) fn draw(
    renderer: &mut Renderer,
    theme: &Theme,
    state: &State,
    len: usize,
    bounds: Rectangle,
    cursor: mouse::Cursor,
) {
    let Some((track, thumb)) = parts(state, len, bounds) else {
        return;
    };
    let active = state.drag.is_some() || cursor.is_over(track);
    if !active && !cursor.is_over(bounds) {
        return;
    }
    let quad = renderer::Quad {
        bounds: thumb,
        border: border::rounded(RADIUS_FULL),
        ..renderer::Quad::default()
    };
    renderer.fill_quad(quad, Background::Color(scroll::thumb(theme, active)));
}

/// Takes what is meant for the bar; `true` if the event was.
pub(super) fn update<Message>(
    state: &mut State,
    len: usize,
    event: &Event,
    bounds: Rectangle,
    cursor: mouse::Cursor,
    shell: &mut Shell<'_, Message>,
) -> bool {
    let Some((track, thumb)) = parts(state, len, bounds) else {
        state.drag = None;
        return false;
    };
    match event {
        Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
            let Some(point) = cursor.position_over(track) else {
                return false;
            };
            let held = if thumb.contains(point) {
                point.y - thumb.y
            } else {
                thumb.height / 2.0
            };
            state.drag = Some(held);
            drag(state, len, track, thumb.height, point.y - held);
        }
        Event::Mouse(mouse::Event::CursorMoved { position }) => {
            let Some(held) = state.drag else {
                return false;
            };
            drag(state, len, track, thumb.height, position.y - held);
        }
        Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) if state.drag.is_some() => {
            state.drag = None;
        }
        _ => return false,
    }
    shell.invalidate_layout();
    shell.request_redraw();
    shell.capture_event();
    true
}

/// Notes where the thumb is held; the next layout anchors the list there.
fn drag(state: &mut State, len: usize, track: Rectangle, height: f32, top: f32) {
    let room = (track.height - height).max(1.0);
    let at = ((top - track.y) / room).clamp(0.0, 1.0);
    let seen = track.height / state.mean;
    let row = (len as f32 - seen).max(0.0) * at;
    state.held = Some(if at >= 1.0 {
        Held::End
    } else {
        Held::At {
            index: row as usize,
            share: row.fract(),
        }
    });
}
