//! Wheel and touch.

use iced::advanced::{Shell, mouse};
use iced::{Event, Rectangle, touch};

use super::place::State;

/// Pixels for one line of a wheel, as iced's own lists have it.
const LINE: f32 = 60.0;

/// Moves the list by wheel or finger.
pub(super) fn scroll<Message>(
    state: &mut State,
    event: &Event,
    bounds: Rectangle,
    cursor: mouse::Cursor,
    shell: &mut Shell<'_, Message>,
) {
    let by = match event {
        Event::Mouse(mouse::Event::WheelScrolled { delta }) if cursor.is_over(bounds) => {
            match delta {
                mouse::ScrollDelta::Lines { y, .. } => -y * LINE,
                mouse::ScrollDelta::Pixels { y, .. } => -y,
            }
        }
        Event::Touch(event) => match by_finger(state, event, bounds) {
            Some(by) => by,
            None => return,
        },
        _ => return,
    };
    state.wheel += by;
    shell.invalidate_layout();
    shell.request_redraw();
    shell.capture_event();
}

/// How far the finger moved that holds the list.
fn by_finger(state: &mut State, event: &touch::Event, bounds: Rectangle) -> Option<f32> {
    match event {
        touch::Event::FingerPressed { id, position } if bounds.contains(*position) => {
            state.finger = Some((*id, position.y));
            None
        }
        touch::Event::FingerMoved { id, position } => match &mut state.finger {
            Some((finger, y)) if finger == id => {
                let by = *y - position.y;
                *y = position.y;
                (by != 0.0).then_some(by)
            }
            _ => None,
        },
        touch::Event::FingerLifted { id, .. } | touch::Event::FingerLost { id, .. } => {
            if state.finger.is_some_and(|(finger, _)| finger == *id) {
                state.finger = None;
            }
            None
        }
        touch::Event::FingerPressed { .. } => None,
    }
}
