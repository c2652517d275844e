//! A list of any length that builds only the rows in sight.
//!
//! The position is an *anchor*: the key of the first row in sight and how far
//! its top is from the list's. Rows before it may come, go and change their
//! height, and rows may be added at the end: no pixel of what is being read
//! moves. At the end the list stays at the end.
//!
//! Rows are built inside `layout`, for only there their height is known; the
//! state of each is kept by its key. The wheel moves the anchor and asks for a
//! new layout, so that no view is built for it.
//!
//! # Layout
//!
//! - `place`: the anchor, and where one can be sent. `fill`: building the rows in sight.
//! - `scrollbar`: the bar at the right. `events`: wheel, touch, pointer.

mod events;
mod fill;
mod place;
mod scrollbar;
#[cfg(test)]
mod tests;

use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{
    Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer,
};
use iced::{Event, Length, Rectangle, Renderer, Size, Vector};

use crate::theme::{Element, Theme};
use fill::Row;
use place::State;

pub(crate) use place::{Send, Target, View};

type Keys<'a> = Box<dyn Fn(usize) -> u64 + 'a>;
type Build<'a, Message> = Box<dyn Fn(usize, bool) -> Element<'a, Message> + 'a>;
type Float<'a, Message> = Box<dyn Fn(usize) -> Option<Element<'a, Message>> + 'a>;
type OnView<'a, Message> = Box<dyn Fn(View) -> Message + 'a>;

/// The list. Keys rise with the index and name a row for ever.
pub(crate) struct VirtualList<'a, Message> {
    len: usize,
    keys: Keys<'a>,
    build: Build<'a, Message>,
    float: Option<Float<'a, Message>>,
    pinned: Option<u64>,
    send: Option<Send>,
    subject: u64,
    on_view: Option<OnView<'a, Message>>,
    bottom: f32,
    rows: Vec<Row<'a, Message>>,
    floating: Option<Row<'a, Message>>,
}

impl<'a, Message: 'a> VirtualList<'a, Message> {
    /// A list of `len` rows. `keys` rises; `build` is given the index and
    /// whether the pointer is over the row.
    pub(crate) fn new(
        len: usize,
        keys: impl Fn(usize) -> u64 + 'a,
        build: impl Fn(usize, bool) -> Element<'a, Message> + 'a,
    ) -> Self {
        Self {
            len,
            keys: Box::new(keys),
            build: Box::new(build),
            float: None,
            pinned: None,
            send: None,
            subject: 0,
            on_view: None,
            bottom: 0.0,
            rows: Vec::new(),
            floating: None,
        }
    }

    /// What floats over the row under the pointer, at its top right.
    pub(crate) fn float(
        mut self,
        float: impl Fn(usize) -> Option<Element<'a, Message>> + 'a,
    ) -> Self {
        self.float = Some(Box::new(float));
        self
    }

    /// Keeps the float over this row, wherever the pointer is.
    pub(crate) fn pinned(mut self, key: Option<u64>) -> Self {
        self.pinned = key;
        self
    }

    /// Where the list is to go; each [`Send`] is obeyed once.
    pub(crate) fn send(mut self, send: Option<Send>) -> Self {
        self.send = send;
        self
    }

    /// What the list is of. Another subject begins at the end, with nothing remembered.
    pub(crate) fn subject(mut self, subject: u64) -> Self {
        self.subject = subject;
        self
    }

    /// Told when what is in sight changes in a way that [`View`] says.
    pub(crate) fn on_view(mut self, on_view: impl Fn(View) -> Message + 'a) -> Self {
        self.on_view = Some(Box::new(on_view));
        self
    }

    /// Space kept free below the last row, in pixels.
    pub(crate) fn bottom(mut self, bottom: f32) -> Self {
        self.bottom = bottom;
        self
    }
}

impl<Message> Widget<Message, Theme, Renderer> for VirtualList<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::new(self.subject))
    }

    /// The rows' trees are in [`State`], by key.
    fn diff(&self, _tree: &mut Tree) {}

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let size = limits.max();
        let state = tree.state.downcast_mut::<State>();
        state.turn_to(self.subject);
        self.fill(state, renderer, size)
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        let bounds = layout.bounds();
        let Some(visible) = bounds.intersection(viewport) else {
            return;
        };
        let cursor_below = self.below_float(state, layout, cursor);
        renderer.with_layer(visible, |renderer| {
            for ((row, tree), layout) in self.rows.iter().zip(&state.trees).zip(layout.children()) {
                row.element.as_widget().draw(
                    &tree.1,
                    renderer,
                    theme,
                    style,
                    layout,
                    cursor_below,
                    &visible,
                );
            }
        });
        renderer.with_layer(visible, |renderer| {
            scrollbar::draw(renderer, theme, state, self.len, bounds, cursor);
        });
        if let (Some(row), Some(tree), Some(layout)) = (
            &self.floating,
            &state.float,
            layout.children().nth(self.rows.len()),
        ) {
            renderer.with_layer(visible, |renderer| {
                row.element
                    .as_widget()
                    .draw(&tree.1, renderer, theme, style, layout, cursor, &visible);
            });
        }
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let state = tree.state.downcast_mut::<State>();
        operation.container(None, layout.bounds());
        operation.traverse(&mut |operation| {
            let trees = state.trees.iter_mut().chain(&mut state.float);
            for ((row, tree), layout) in self
                .rows
                .iter_mut()
                .chain(&mut self.floating)
                .zip(trees)
                .zip(layout.children())
            {
                row.element
                    .as_widget_mut()
                    .operate(&mut tree.1, layout, renderer, operation);
            }
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let bounds = layout.bounds();
        let rows = self.rows.len();
        let below = self.below_float(state, layout, cursor);
        if let (Some(row), Some(tree), Some(layout)) = (
            &mut self.floating,
            &mut state.float,
            layout.children().nth(rows),
        ) {
            row.element.as_widget_mut().update(
                &mut tree.1,
                event,
                layout,
                cursor,
                renderer,
                clipboard,
                shell,
                viewport,
            );
        }
        if !shell.is_event_captured()
            && !scrollbar::update(state, self.len, event, bounds, below, shell)
        {
            let inside = if below.is_over(bounds) {
                below
            } else {
                below.levitate()
            };
            for ((row, tree), layout) in self
                .rows
                .iter_mut()
                .zip(&mut state.trees)
                .zip(layout.children())
            {
                row.element.as_widget_mut().update(
                    &mut tree.1,
                    event,
                    layout,
                    inside,
                    renderer,
                    clipboard,
                    shell,
                    viewport,
                );
                if shell.is_event_captured() {
                    break;
                }
            }
        }
        if !shell.is_event_captured() {
            events::scroll(state, event, bounds, cursor, shell);
        }
        self.point(state, layout, cursor, shell);
        self.tell(state, bounds, shell);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let state = tree.state.downcast_ref::<State>();
        if state.drag.is_some() || !cursor.is_over(layout.bounds()) {
            return mouse::Interaction::None;
        }
        if self.is_over_float(layout, cursor)
            && let (Some(row), Some(tree), Some(layout)) = (
                &self.floating,
                &state.float,
                layout.children().nth(self.rows.len()),
            )
        {
            let inside = row
                .element
                .as_widget()
                .mouse_interaction(&tree.1, layout, cursor, viewport, renderer);
            return inside.max(mouse::Interaction::Idle);
        }
        if scrollbar::is_over(state, self.len, layout.bounds(), cursor) {
            return mouse::Interaction::Idle;
        }
        let over = |((row, tree), layout): ((&Row<'_, Message>, &(u64, Tree)), Layout<'_>)| {
            row.element
                .as_widget()
                .mouse_interaction(&tree.1, layout, cursor, viewport, renderer)
        };
        self.rows
            .iter()
            .zip(&state.trees)
            .zip(layout.children())
            .map(over)
            .max()
            .unwrap_or_default()
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        let state = tree.state.downcast_mut::<State>();
        let trees = state.trees.iter_mut().chain(&mut state.float);
        let open: Vec<_> = self
            .rows
            .iter_mut()
            .chain(&mut self.floating)
            .zip(trees)
            .zip(layout.children())
            .filter_map(|((row, tree), layout)| {
                row.element.as_widget_mut().overlay(
                    &mut tree.1,
                    layout,
                    renderer,
                    viewport,
                    translation,
                )
            })
            .collect();
        (!open.is_empty()).then(|| overlay::Group::with_children(open).overlay())
    }
}

impl<'a, Message: 'a> From<VirtualList<'a, Message>> for Element<'a, Message> {
    fn from(list: VirtualList<'a, Message>) -> Self {
        Self::new(list)
    }
}
