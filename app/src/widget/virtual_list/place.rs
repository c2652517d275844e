//! Where a list stands, where it can be sent, and what it tells of it.

use iced::Point;
use iced::advanced::widget::Tree;

/// Sends the list somewhere, once: another serial is another wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Send {
    /// Tells one wish from the next.
    pub(crate) serial: u64,
    /// Where to.
    pub(crate) target: Target,
}

/// Where a list can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To the last row, and stay there.
    End,
    /// To the first row.
    Start,
    /// So that this row stands at a third of the height.
    Row(u64),
    /// Just so far that this row is in sight.
    Reveal(u64),
    /// Up by almost one screen.
    PageUp,
    /// Down by almost one screen.
    PageDown,
}

/// What is in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    /// The key of the first row in sight.
    pub(crate) first: u64,
    /// The key of the last row in sight.
    pub(crate) last: u64,
    /// Whether the last row of all is in sight to its end.
    pub(crate) at_end: bool,
    /// Whether the end is more than one screen away.
    pub(crate) far: bool,
    /// Whether few rows are left before the first in sight.
    pub(crate) near_start: bool,
    /// Whether few rows are left after the last in sight.
    pub(crate) near_end: bool,
    /// How many rows the list has.
    pub(crate) len: usize,
}

impl View {
    /// Whether what is in sight differs in what a reader of it acts on. The
    /// first row is not among it: it changes with each turn of the wheel.
    pub(super) fn differs(&self, told: &Self) -> bool {
        (
            self.at_end,
            self.far,
            self.near_start,
            self.near_end,
            self.len,
        ) != (
            told.at_end,
            told.far,
            told.near_start,
            told.near_end,
            told.len,
        ) || self.last > told.last
    }
}

/// The position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    /// At the end, and staying there.
    End,
    /// The top of this row is so many pixels below the list's top.
    Row { key: u64, offset: f32 },
}

/// Where the scrollbar's thumb is held: between rows, for their heights are unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Held {
    /// At its end.
    End,
    /// So much of this row lies above the list's top.
    At { index: usize, share: f32 },
}

/// A row in sight: where it is, relative to the list's top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) key: u64,
    pub(super) index: usize,
    pub(super) top: f32,
    pub(super) height: f32,
}

impl Span {
    pub(super) fn bottom(&self) -> f32 {
        self.top + self.height
    }
}

/// What is kept from one view to the next.
#[derive(Debug)]
pub(super) struct State {
    pub(super) subject: u64,
    pub(super) anchor: Anchor,
    /// The rows in sight, and the state of each, in the same order.
    pub(super) spans: Vec<Span>,
    pub(super) trees: Vec<(u64, Tree)>,
    /// The state of what floats, with the key of its row.
    pub(super) float: Option<(u64, Tree)>,
    /// Pixels to move by at the next layout; down is positive.
    pub(super) wheel: f32,
    pub(super) served: Option<u64>,
    pub(super) pointer: Option<Point>,
    pub(super) hovered: Option<u64>,
    /// Where in the scrollbar's thumb it is held.
    pub(super) drag: Option<f32>,
    /// Where it was dragged since the last layout.
    pub(super) held: Option<Held>,
    /// The finger that moves the list, and where it was.
    pub(super) finger: Option<(iced::touch::Finger, f32)>,
    pub(super) told: Option<View>,
    /// The mean height of the rows in sight, for estimates.
    pub(super) mean: f32,
}

impl State {
    pub(super) fn new(subject: u64) -> Self {
        Self {
            subject,
            anchor: Anchor::End,
            spans: Vec::new(),
            trees: Vec::new(),
            float: None,
            wheel: 0.0,
            served: None,
            pointer: None,
            hovered: None,
            drag: None,
            held: None,
            finger: None,
            told: None,
            mean: 40.0,
        }
    }

    /// Forgets everything if the list is of something else now.
    pub(super) fn turn_to(&mut self, subject: u64) {
        if self.subject != subject {
            *self = Self::new(subject);
        }
    }

    /// Takes in a wish and the wheel: afterwards the anchor says where to be.
    pub(super) fn resolve(&mut self, send: Option<Send>, height: f32) {
        if let Some(send) = send
            && self.served != Some(send.serial)
        {
            self.served = Some(send.serial);
            self.go(send.target, height);
        }
        let by = std::mem::take(&mut self.wheel).round();
        if by == 0.0 {
            return;
        }
        self.anchor = match (self.anchor, self.spans.first()) {
            (Anchor::Row { key, offset }, _) => Anchor::Row {
                key,
                offset: offset - by,
            },
            (Anchor::End, Some(first)) if by < 0.0 => Anchor::Row {
                key: first.key,
                offset: first.top - by,
            },
            (Anchor::End, _) => Anchor::End,
        };
    }

    fn go(&mut self, target: Target, height: f32) {
        /// How much of a screen stays in sight when paging.
        const KEPT: f32 = 60.0;
        let page = (height - KEPT).max(height / 2.0);
        match target {
            Target::End => self.anchor = Anchor::End,
            Target::Start => {
                self.anchor = Anchor::Row {
                    key: 0,
                    offset: 0.0,
                }
            }
            Target::Row(key) => {
                self.anchor = Anchor::Row {
                    key,
                    offset: (height / 3.0).floor(),
                }
            }
            Target::PageUp => self.wheel -= page,
            Target::PageDown => self.wheel += page,
            Target::Reveal(key) => self.reveal(key, height),
        }
        if matches!(target, Target::End | Target::Start | Target::Row(_)) {
            self.wheel = 0.0;
        }
    }

    fn reveal(&mut self, key: u64, height: f32) {
        match self.spans.iter().find(|span| span.key == key) {
            Some(span) if span.top < 0.0 => self.anchor = Anchor::Row { key, offset: 0.0 },
            Some(span) if span.bottom() > height => {
                self.anchor = Anchor::Row {
                    key,
                    offset: (height - span.height).floor(),
                };
            }
            Some(_) => {}
            None => {
                self.anchor = Anchor::Row {
                    key,
                    offset: (height / 3.0).floor(),
                }
            }
        }
    }
}
