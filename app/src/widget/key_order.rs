//! Keys in their order: what follows a key that may move the keyboard waits until it has moved.
//!
//! A toolkit hands over several events at once when a machine is busy or somebody types fast. A
//! key such as Tab or Ctrl+K becomes a message, the message an effect, and only the effect gives
//! another field the keyboard. Without this, letters that came with the key would still go to the
//! field before. The next frame is drawn after the effect, so that is when the rest is handed on.

use std::collections::VecDeque;

use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::keyboard::key::Named;
use iced::keyboard::{self, Key, Modifiers};
use iced::{Event, Length, Rectangle, Renderer, Size, Vector, window};

use crate::theme::{Element, Theme};

/// What a key means to the whole app: the key without modifiers, its modifiers, and whether a
/// widget took it.
type OnPress<'a, Message> = dyn Fn(Key, Modifiers, bool) -> Option<Message> + 'a;

/// Everything in a window, with the keyboard's events in their order.
pub(crate) struct KeyOrder<'a, Message> {
    content: Element<'a, Message>,
    on_press: Box<OnPress<'a, Message>>,
    ahead: Ahead,
}

/// What the app says of keys that come before what they are meant for.
#[derive(Debug, Clone, Copy, Default)]
struct Ahead {
    waits: bool,
    dropped: u32,
}

impl<'a, Message> KeyOrder<'a, Message> {
    /// `on_press` says what a key means to the whole app, if anything.
    pub(crate) fn new(
        content: impl Into<Element<'a, Message>>,
        on_press: impl Fn(Key, Modifiers, bool) -> Option<Message> + 'a,
    ) -> Self {
        Self {
            content: content.into(),
            on_press: Box::new(on_press),
            ahead: Ahead::default(),
        }
    }

    /// While an answer decides where the keyboard goes, all keys wait but Escape.
    pub(crate) fn waits(mut self, waits: bool) -> Self {
        self.ahead.waits = waits;
        self
    }

    /// Whenever this number changes, what waits is dropped.
    pub(crate) fn dropped(mut self, dropped: u32) -> Self {
        self.ahead.dropped = dropped;
        self
    }
}

/// What waits for the next frame.
#[derive(Debug, Default)]
struct State {
    /// Whether a key went down whose effect is to be waited for.
    waits: bool,
    /// What came after it.
    held: VecDeque<Event>,
    /// Of those handed on, the one that no overlay took; it is the window's.
    left: Option<Event>,
    /// How often they were dropped.
    dropped: u32,
}

impl State {
    /// Whether an event waits; it does so as one that is taken.
    fn holds<Message>(
        &mut self,
        ahead: Ahead,
        event: &Event,
        shell: &mut Shell<'_, Message>,
    ) -> bool {
        if std::mem::replace(&mut self.dropped, ahead.dropped) != ahead.dropped {
            self.held.clear();
        }
        let escape = pressed(event).is_some_and(|(key, _)| *key == Key::Named(Named::Escape));
        let waits = self.waits || (ahead.waits && !escape);
        let holds = waits && matches!(event, Event::Keyboard(_) | Event::InputMethod(_));
        if holds {
            self.held.push_back(event.clone());
            shell.capture_event();
            shell.request_redraw();
        }
        holds
    }

    /// A key went down: it means this to the whole app, or a widget `spoke` about it. Unless it
    /// only typed, what follows waits.
    fn after<Message>(
        &mut self,
        types: bool,
        spoke: bool,
        meant: Option<Message>,
        shell: &mut Shell<'_, Message>,
    ) {
        if meant.is_some() || (spoke && !types) {
            self.waits = true;
            shell.request_redraw();
        }
        if let Some(message) = meant {
            shell.publish(message);
        }
    }
}

/// Gives an event to `to`; then says whether it was taken, and whether it made something be said.
/// The event that `shell` is for is not taken by that.
fn give<Message>(
    shell: &mut Shell<'_, Message>,
    to: impl FnOnce(&mut Shell<'_, Message>),
) -> (bool, bool) {
    let mut said = Vec::new();
    let mut inner = Shell::new(&mut said);
    to(&mut inner);
    let taken = inner.is_event_captured();
    shell.request_redraw_at(inner.redraw_request());
    shell.input_method_mut().merge(inner.input_method());
    if inner.is_layout_invalid() {
        shell.invalidate_layout();
    }
    if inner.are_widgets_invalid() {
        shell.invalidate_widgets();
    }
    let spoke = !said.is_empty();
    for message in said {
        shell.publish(message);
    }
    (taken, spoke)
}

/// The key that goes down by an event.
fn pressed(event: &Event) -> Option<(&Key, Modifiers)> {
    match event {
        Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
            Some((key, *modifiers))
        }
        _ => None,
    }
}

/// Whether a key only puts a character where the keyboard is.
fn types(key: &Key, modifiers: Modifiers) -> bool {
    let character = matches!(key, Key::Character(_) | Key::Named(Named::Space));
    character && !modifiers.command() && !modifiers.alt()
}

fn is_frame(event: &Event) -> bool {
    matches!(event, Event::Window(window::Event::RedrawRequested(_)))
}

impl<Message> Widget<Message, Theme, Renderer> for KeyOrder<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(self.content.as_widget())]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.content
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
        self.content.as_widget().draw(
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
        self.content
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
        let state = tree.state.downcast_mut::<State>();
        let below = &mut tree.children[0];
        if state.holds(self.ahead, event, shell) {
            return;
        }
        let mut pass = |event: &Event, state: &mut State, shell: &mut Shell<'_, Message>| {
            let (taken, spoke) = give(shell, |shell| {
                self.content.as_widget_mut().update(
                    below, event, layout, cursor, renderer, clipboard, shell, viewport,
                );
            });
            if let Some((key, modifiers)) = pressed(event) {
                let types = types(key, modifiers);
                let meant = (self.on_press)(key.clone(), modifiers, taken);
                state.after(types, spoke, meant, shell);
            }
            taken
        };
        if pass(event, state, shell) {
            shell.capture_event();
        }
        if !is_frame(event) {
            return;
        }
        if let Some(event) = state.left.take() {
            pass(&event, state, shell);
            // The rest is to be asked of the overlay first.
            state.waits |= !state.held.is_empty();
        } else {
            state.waits = false;
            while !(state.waits || self.ahead.waits)
                && let Some(event) = state.held.pop_front()
            {
                pass(&event, state, shell);
            }
        }
        if state.waits {
            shell.request_redraw();
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(
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
        let state = tree.state.downcast_mut::<State>();
        let content = self.content.as_widget_mut().overlay(
            &mut tree.children[0],
            layout,
            renderer,
            viewport,
            translation,
        )?;
        Some(overlay::Element::new(Box::new(Above {
            content,
            state,
            on_press: &*self.on_press,
            ahead: self.ahead,
        })))
    }
}

/// What lies over the window: it is asked first.
struct Above<'a, Message> {
    content: overlay::Element<'a, Message, Theme, Renderer>,
    state: &'a mut State,
    on_press: &'a OnPress<'a, Message>,
    ahead: Ahead,
}

impl<Message> Above<'_, Message> {
    /// Gives it an event; whether it took it.
    fn pass(
        &mut self,
        event: &Event,
        shell: &mut Shell<'_, Message>,
        to: impl FnOnce(&mut overlay::Element<'_, Message, Theme, Renderer>, &mut Shell<'_, Message>),
    ) -> bool {
        let (taken, spoke) = give(shell, |shell| to(&mut self.content, shell));
        if taken && let Some((key, modifiers)) = pressed(event) {
            let types = types(key, modifiers);
            // What it has answered itself, such as Escape that closes it, is nobody else's.
            let meant = (self.on_press)(key.clone(), modifiers, taken).filter(|_| !spoke);
            self.state.after(types, spoke, meant, shell);
        }
        taken
    }
}

impl<Message> overlay::Overlay<Message, Theme, Renderer> for Above<'_, Message> {
    fn layout(&mut self, renderer: &Renderer, bounds: Size) -> layout::Node {
        self.content.as_overlay_mut().layout(renderer, bounds)
    }

    fn draw(
        &self,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
    ) {
        let content = self.content.as_overlay();
        content.draw(renderer, theme, style, layout, cursor);
    }

    fn operate(&mut self, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        let content = self.content.as_overlay_mut();
        content.operate(layout, renderer, operation);
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
        if self.state.holds(self.ahead, event, shell) {
            return;
        }
        let taken = self.pass(event, shell, |content, shell| {
            let content = content.as_overlay_mut();
            content.update(event, layout, cursor, renderer, clipboard, shell);
        });
        if taken {
            shell.capture_event();
        }
        if !is_frame(event) {
            return;
        }
        self.state.waits = false;
        while !(self.state.waits || self.ahead.waits)
            && self.state.left.is_none()
            && let Some(event) = self.state.held.pop_front()
        {
            let taken = self.pass(&event, shell, |content, shell| {
                let content = content.as_overlay_mut();
                content.update(&event, layout, cursor, renderer, clipboard, shell);
            });
            if !taken {
                self.state.left = Some(event);
            }
        }
    }

    fn mouse_interaction(
        &self,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let content = self.content.as_overlay();
        content.mouse_interaction(layout, cursor, renderer)
    }

    fn overlay<'c>(
        &'c mut self,
        layout: Layout<'c>,
        renderer: &Renderer,
    ) -> Option<overlay::Element<'c, Message, Theme, Renderer>> {
        self.content.as_overlay_mut().overlay(layout, renderer)
    }

    fn index(&self) -> f32 {
        self.content.as_overlay().index()
    }
}

impl<'a, Message: 'a> From<KeyOrder<'a, Message>> for Element<'a, Message> {
    fn from(order: KeyOrder<'a, Message>) -> Self {
        Self::new(order)
    }
}

#[cfg(test)]
mod tests;
