//! Building the rows in sight.

use std::collections::HashMap;

use iced::advanced::layout::{Layout, Limits, Node};
use iced::advanced::widget::Tree;
use iced::advanced::{Shell, mouse};
use iced::{Point, Rectangle, Renderer, Size};

use super::VirtualList;
use super::place::{Anchor, Held, Span, State, View};
use crate::theme::Element;

/// How far the float stands from the right edge, and above its row's box.
const FLOAT: (f32, f32) = (48.0, 16.0);
/// So few rows before or after what is in sight count as near an end.
const NEAR: usize = 60;

/// A row that is built.
pub(super) struct Row<'a, Message> {
    pub(super) key: u64,
    hovered: bool,
    pub(super) element: Element<'a, Message>,
}

/// What of the last layout can serve again.
struct Kept<'a, Message> {
    rows: HashMap<u64, Row<'a, Message>>,
    trees: HashMap<u64, Tree>,
}

/// A row just laid out.
struct Laid<'a, Message> {
    row: Row<'a, Message>,
    tree: Tree,
    node: Node,
    index: usize,
    top: f32,
}

impl<Message> Laid<'_, Message> {
    fn height(&self) -> f32 {
        self.node.size().height
    }

    fn bottom(&self) -> f32 {
        self.top + self.height()
    }
}

impl<'a, Message> VirtualList<'a, Message> {
    /// Builds what is in sight for the anchor, the wheel and the wish, and
    /// anchors the list there.
    pub(super) fn fill(&mut self, state: &mut State, renderer: &Renderer, size: Size) -> Node {
        self.follow_thumb(state);
        state.resolve(self.send, size.height);
        let mut kept = Kept {
            rows: self.rows.drain(..).map(|row| (row.key, row)).collect(),
            trees: state.trees.drain(..).collect(),
        };
        let mut laid = std::collections::VecDeque::new();
        if self.len > 0 {
            let start = self.start(state, renderer, &mut kept, size);
            laid.push_back(start);
            self.extend(state, renderer, &mut kept, &mut laid, size);
            self.settle(state, renderer, &mut kept, &mut laid, size);
        }
        laid.retain(|row| row.bottom() > 0.0 && row.top < size.height);
        let end = self.end(size);
        let at_end = laid
            .back()
            .is_none_or(|last| last.index + 1 == self.len && last.bottom() <= end + 0.5);
        state.anchor = match laid.front() {
            Some(first) if !at_end => Anchor::Row {
                key: first.row.key,
                offset: first.top,
            },
            _ => Anchor::End,
        };
        let mut nodes = Vec::with_capacity(laid.len() + 1);
        state.spans.clear();
        for Laid {
            row,
            tree,
            node,
            index,
            top,
        } in laid
        {
            let height = node.size().height;
            state.spans.push(Span {
                key: row.key,
                index,
                top,
                height,
            });
            state.trees.push((row.key, tree));
            nodes.push(node.move_to(Point::new(0.0, top)));
            self.rows.push(row);
        }
        let sum: f32 = state.spans.iter().map(|span| span.height).sum();
        if sum > 0.0 {
            state.mean = (sum / state.spans.len() as f32).max(1.0);
        }
        if let Some(float) = self.lay_float(state, renderer, size, &nodes) {
            nodes.push(float);
        }
        Node::with_children(size, nodes)
    }

    /// Anchors the list where the scrollbar's thumb is held.
    fn follow_thumb(&self, state: &mut State) {
        state.anchor = match state.held.take() {
            None => return,
            Some(Held::At { index, share }) if index < self.len => Anchor::Row {
                key: (self.keys)(index),
                offset: -(share * state.mean).round(),
            },
            Some(Held::End | Held::At { .. }) => Anchor::End,
        };
    }

    /// Where the last row ends when the list is at its end.
    fn end(&self, size: Size) -> f32 {
        size.height - self.bottom
    }

    fn lay(
        &self,
        index: usize,
        state: &State,
        renderer: &Renderer,
        kept: &mut Kept<'a, Message>,
        width: f32,
    ) -> Laid<'a, Message> {
        let key = (self.keys)(index);
        let hovered = state.hovered == Some(key) || self.pinned == Some(key);
        // A row of this very view needs no comparing with its state again.
        let (mut row, is_new) = match kept.rows.remove(&key) {
            Some(row) if row.hovered == hovered => (row, false),
            _ => (
                Row {
                    key,
                    hovered,
                    element: (self.build)(index, hovered),
                },
                true,
            ),
        };
        let mut tree = match kept.trees.remove(&key) {
            Some(tree) if !is_new => tree,
            Some(mut tree) => {
                tree.diff(row.element.as_widget());
                tree
            }
            None => Tree::new(row.element.as_widget()),
        };
        let limits = Limits::new(Size::ZERO, Size::new(width, f32::INFINITY));
        let node = row
            .element
            .as_widget_mut()
            .layout(&mut tree, renderer, &limits);
        Laid {
            row,
            tree,
            node,
            index,
            top: 0.0,
        }
    }

    /// The first index whose key is not below this one; the last row if all are.
    fn find(&self, key: u64) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if (self.keys)(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.min(self.len - 1)
    }

    /// The row that the anchor names.
    fn start(
        &self,
        state: &State,
        renderer: &Renderer,
        kept: &mut Kept<'a, Message>,
        size: Size,
    ) -> Laid<'a, Message> {
        match state.anchor {
            Anchor::End => {
                let mut last = self.lay(self.len - 1, state, renderer, kept, size.width);
                last.top = self.end(size) - last.height();
                last
            }
            Anchor::Row { key, offset } => {
                let mut row = self.lay(self.find(key), state, renderer, kept, size.width);
                row.top = offset;
                row
            }
        }
    }

    /// Adds rows before and after until the height is filled.
    fn extend(
        &self,
        state: &State,
        renderer: &Renderer,
        kept: &mut Kept<'a, Message>,
        laid: &mut std::collections::VecDeque<Laid<'a, Message>>,
        size: Size,
    ) {
        while let Some((index, top)) = laid.front().map(|row| (row.index, row.top))
            && top > 0.0
            && index > 0
        {
            let mut row = self.lay(index - 1, state, renderer, kept, size.width);
            row.top = top - row.height();
            laid.push_front(row);
        }
        while let Some((index, bottom)) = laid.back().map(|row| (row.index, row.bottom()))
            && bottom < size.height
            && index + 1 < self.len
        {
            let mut row = self.lay(index + 1, state, renderer, kept, size.width);
            row.top = bottom;
            laid.push_back(row);
        }
    }

    /// Leaves no gap before the first row or after the last: a list that is
    /// shorter than its height lies at the bottom.
    fn settle(
        &self,
        state: &State,
        renderer: &Renderer,
        kept: &mut Kept<'a, Message>,
        laid: &mut std::collections::VecDeque<Laid<'a, Message>>,
        size: Size,
    ) {
        if let Some(first) = laid.front()
            && first.index == 0
            && first.top > 0.0
        {
            shift(laid, -first.top);
            self.extend(state, renderer, kept, laid, size);
        }
        let end = self.end(size);
        if let Some(last) = laid.back()
            && last.index + 1 == self.len
            && last.bottom() < end
        {
            shift(laid, end - last.bottom());
            self.extend(state, renderer, kept, laid, size);
        }
    }

    /// Lays out what floats over the pinned row, or the one under the pointer.
    fn lay_float(
        &mut self,
        state: &mut State,
        renderer: &Renderer,
        size: Size,
        nodes: &[Node],
    ) -> Option<Node> {
        let before = state.float.take();
        let built = self.floating.take();
        let float = self.float.as_ref()?;
        let key = self.pinned.or(state.hovered)?;
        let at = state.spans.iter().position(|span| span.key == key)?;
        let mut row = match built {
            Some(row) if row.key == key => row,
            _ => Row {
                key,
                hovered: true,
                element: float(state.spans[at].index)?,
            },
        };
        let mut tree = match before {
            Some((of, mut tree)) if of == key => {
                tree.diff(row.element.as_widget());
                tree
            }
            _ => Tree::new(row.element.as_widget()),
        };
        let node =
            row.element
                .as_widget_mut()
                .layout(&mut tree, renderer, &Limits::new(Size::ZERO, size));
        // The box of a row is its last part; dividers stand above it.
        let box_top = nodes[at]
            .children()
            .last()
            .map_or(0.0, |last| last.bounds().y);
        let top = (state.spans[at].top + box_top - FLOAT.1)
            .clamp(0.0, (size.height - node.size().height).max(0.0));
        let left = (size.width - FLOAT.0 - node.size().width).max(0.0);
        state.float = Some((key, tree));
        self.floating = Some(row);
        Some(node.move_to(Point::new(left, top)))
    }

    /// Whether the pointer is over what floats.
    pub(super) fn is_over_float(&self, layout: Layout<'_>, cursor: mouse::Cursor) -> bool {
        self.floating.is_some()
            && layout
                .children()
                .nth(self.rows.len())
                .is_some_and(|float| cursor.is_over(float.bounds()))
    }

    /// The pointer as the rows may know it: not what is over the float.
    pub(super) fn below_float(
        &self,
        _state: &State,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
    ) -> mouse::Cursor {
        if self.is_over_float(layout, cursor) {
            cursor.levitate()
        } else {
            cursor
        }
    }

    /// Follows the pointer: another row under it is another layout.
    pub(super) fn point(
        &self,
        state: &mut State,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        shell: &mut Shell<'_, Message>,
    ) {
        if self.is_over_float(layout, cursor) {
            return;
        }
        let inside = cursor.position_in(layout.bounds());
        let hovered = inside.and_then(|point| {
            let under = |span: &&Span| (span.top..span.bottom()).contains(&point.y);
            state.spans.iter().find(under).map(|span| span.key)
        });
        state.pointer = inside;
        if hovered != state.hovered && state.finger.is_none() {
            state.hovered = hovered;
            shell.invalidate_layout();
            shell.request_redraw();
        }
    }

    /// Tells what is in sight, if it differs from what was told.
    pub(super) fn tell(
        &self,
        state: &mut State,
        bounds: Rectangle,
        shell: &mut Shell<'_, Message>,
    ) {
        let (Some(on_view), Some(first), Some(last)) =
            (&self.on_view, state.spans.first(), state.spans.last())
        else {
            return;
        };
        let after = self.len.saturating_sub(last.index + 1);
        let view = View {
            first: first.key,
            last: last.key,
            at_end: state.anchor == Anchor::End,
            far: after as f32 * state.mean + (last.bottom() - bounds.height).max(0.0)
                > bounds.height,
            near_start: first.index < NEAR,
            near_end: after < NEAR,
            len: self.len,
        };
        if state.told.is_none_or(|told| view.differs(&told)) {
            state.told = Some(view);
            shell.publish(on_view(view));
        }
    }
}

fn shift<Message>(laid: &mut std::collections::VecDeque<Laid<'_, Message>>, by: f32) {
    for row in laid {
        row.top += by;
    }
}
