//! What opens beside a button: a menu, a picker, a list of completions. A click
//! elsewhere, the wheel or Escape closes it.

use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::{self, key::Named};
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Vector, touch};

use crate::theme::{Element, Theme};

/// How far it stands from what it belongs to.
const GAP: f32 = 4.0;
/// It keeps this far from the window's edges.
const MARGIN: f32 = 8.0;

/// Where it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Place {
    /// Below, or above where there is no room; its right edge at the anchor's.
    #[default]
    BelowRight,
    /// Above, or below where there is no room; its left edge at the anchor's.
    AboveLeft,
    /// Above, or below where there is no room; its right edge at the anchor's.
    AboveRight,
}

/// A widget with something that opens beside it.
pub(crate) struct Popover<'a, Message> {
    anchor: Element<'a, Message>,
    open: Option<Element<'a, Message>>,
    on_close: Option<Message>,
    place: Place,
}

impl<'a, Message> Popover<'a, Message> {
    /// `open` is shown beside `anchor` while there is one.
    pub(crate) fn new(
        anchor: impl Into<Element<'a, Message>>,
        open: Option<Element<'a, Message>>,
    ) -> Self {
        Self {
            anchor: anchor.into(),
            open,
            on_close: None,
            place: Place::default(),
        }
    }

    /// What a click elsewhere says. Without it a click elsewhere is only that.
    pub(crate) fn on_close(mut self, message: Message) -> Self {
        self.on_close = Some(message);
        self
    }

    /// Where it opens.
    pub(crate) fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Popover<'_, Message> {
    fn tag(&self) -> tree::Tag {
        struct Parts;
        tree::Tag::of::<Parts>()
    }

    fn state(&self) -> tree::State {
        tree::State::None
    }

    fn children(&self) -> Vec<Tree> {
        std::iter::once(&self.anchor)
            .chain(&self.open)
            .map(|part| Tree::new(part.as_widget()))
            .collect()
    }

    fn diff(&self, tree: &mut Tree) {
        let parts: Vec<_> = std::iter::once(&self.anchor)
            .chain(&self.open)
            .map(iced::Element::as_widget)
            .collect();
        tree.diff_children(&parts);
    }

    fn size(&self) -> Size<Length> {
        self.anchor.as_widget().size()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.anchor
            .as_widget_mut()
            .layout(&mut tree.children[0], renderer, limits)
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
        self.anchor.as_widget().draw(
            &tree.children[0],
            renderer,
            theme,
            style,
            layout,
            cursor,
            viewport,
        );
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        self.anchor
            .as_widget_mut()
            .operate(&mut tree.children[0], layout, renderer, operation);
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
        self.anchor.as_widget_mut().update(
            &mut tree.children[0],
            event,
            layout,
            cursor,
            renderer,
            clipboard,
            shell,
            viewport,
        );
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.anchor.as_widget().mouse_interaction(
            &tree.children[0],
            layout,
            cursor,
            viewport,
            renderer,
        )
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        let Some(open) = &mut self.open else {
            return self.anchor.as_widget_mut().overlay(
                &mut tree.children[0],
                layout,
                renderer,
                viewport,
                translation,
            );
        };
        Some(overlay::Element::new(Box::new(Open {
            content: open,
            tree: &mut tree.children[1],
            anchor: layout.bounds() + translation,
            on_close: self.on_close.clone(),
            place: self.place,
        })))
    }
}

/// The part that lies over everything.
struct Open<'a, 'b, Message> {
    content: &'b mut Element<'a, Message>,
    tree: &'b mut Tree,
    anchor: Rectangle,
    on_close: Option<Message>,
    place: Place,
}

impl<Message> Open<'_, '_, Message> {
    fn position(&self, size: Size, bounds: Size) -> Point {
        let below = self.anchor.y + self.anchor.height + GAP;
        let above = self.anchor.y - GAP - size.height;
        let fits_below = below + size.height + MARGIN <= bounds.height;
        let fits_above = above >= MARGIN;
        let y = match self.place {
            Place::BelowRight if fits_below || !fits_above => below,
            Place::BelowRight => above,
            Place::AboveLeft | Place::AboveRight if fits_above || !fits_below => above,
            Place::AboveLeft | Place::AboveRight => below,
        };
        let x = match self.place {
            Place::AboveLeft => self.anchor.x,
            Place::BelowRight | Place::AboveRight => self.anchor.x + self.anchor.width - size.width,
        };
        let inside =
            |at: f32, length: f32, room: f32| at.min(room - MARGIN - length).max(MARGIN.min(room));
        Point::new(
            inside(x, size.width, bounds.width),
            inside(y, size.height, bounds.height),
        )
    }

    fn closes(event: &Event) -> bool {
        matches!(
            event,
            Event::Mouse(mouse::Event::ButtonPressed(_) | mouse::Event::WheelScrolled { .. })
                | Event::Touch(touch::Event::FingerPressed { .. })
        )
    }
}

impl<Message: Clone> overlay::Overlay<Message, Theme, Renderer> for Open<'_, '_, Message> {
    fn layout(&mut self, renderer: &Renderer, bounds: Size) -> layout::Node {
        let room = Size::new(
            (bounds.width - 2.0 * MARGIN).max(0.0),
            (bounds.height - 2.0 * MARGIN).max(0.0),
        );
        let node = self.content.as_widget_mut().layout(
            self.tree,
            renderer,
            &layout::Limits::new(Size::ZERO, room),
        );
        let at = self.position(node.size(), bounds);
        node.move_to(at)
    }

    fn draw(
        &self,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
    ) {
        let everywhere = Rectangle::with_size(Size::INFINITE);
        self.content.as_widget().draw(
            self.tree,
            renderer,
            theme,
            style,
            layout,
            cursor,
            &everywhere,
        );
    }

    fn operate(&mut self, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        self.content
            .as_widget_mut()
            .operate(self.tree, layout, renderer, operation);
    }

    fn update(
        &mut self,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
    ) {
        let everywhere = layout.bounds();
        self.content.as_widget_mut().update(
            self.tree,
            event,
            layout,
            cursor,
            renderer,
            clipboard,
            shell,
            &everywhere,
        );
        let Some(on_close) = self.on_close.clone().filter(|_| !shell.is_event_captured()) else {
            return;
        };
        let escape = matches!(
            event,
            Event::Keyboard(keyboard::Event::KeyPressed {
                key: keyboard::Key::Named(Named::Escape),
                ..
            })
        );
        if escape || (Self::closes(event) && !cursor.is_over(layout.bounds())) {
            shell.publish(on_close);
            shell.capture_event();
        }
    }

    fn mouse_interaction(
        &self,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let bounds = layout.bounds();
        if !cursor.is_over(bounds) {
            return mouse::Interaction::None;
        }
        let inside = self
            .content
            .as_widget()
            .mouse_interaction(self.tree, layout, cursor, &bounds, renderer);
        inside.max(mouse::Interaction::Idle)
    }

    fn overlay<'c>(
        &'c mut self,
        layout: Layout<'c>,
        renderer: &Renderer,
    ) -> Option<overlay::Element<'c, Message, Theme, Renderer>> {
        let viewport = layout.bounds();
        self.content
            .as_widget_mut()
            .overlay(self.tree, layout, renderer, &viewport, Vector::ZERO)
    }
}

impl<'a, Message: Clone + 'a> From<Popover<'a, Message>> for Element<'a, Message> {
    fn from(popover: Popover<'a, Message>) -> Self {
        Self::new(popover)
    }
}
