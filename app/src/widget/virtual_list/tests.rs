//! What moves and what does not.

use iced::widget::space;
use iced::{Renderer, Size};

use super::place::{Anchor, Span, State};
use super::{Send, Target, VirtualList};
use crate::widget::headless::renderer;

const WINDOW: Size = Size::new(400.0, 300.0);

/// Rows of differing heights that depend on nothing but the key.
fn height(key: u64) -> f32 {
    20.0 + (key * 7 % 5) as f32 * 10.0
}

struct Bench {
    renderer: Renderer,
    state: State,
    keys: Vec<u64>,
    built: std::cell::Cell<usize>,
}

impl Bench {
    fn new(keys: impl IntoIterator<Item = u64>) -> Self {
        let mut bench = Self {
            renderer: renderer(),
            state: State::new(0),
            keys: keys.into_iter().collect(),
            built: std::cell::Cell::new(0),
        };
        bench.lay(None);
        bench
    }

    fn lay(&mut self, send: Option<Send>) {
        self.lay_in(send, WINDOW);
    }

    fn lay_in(&mut self, send: Option<Send>, size: Size) {
        let (keys, built) = (&self.keys, &self.built);
        let mut list: VirtualList<'_, ()> = VirtualList::new(
            keys.len(),
            |index| keys[index],
            |index, _| {
                built.set(built.get() + 1);
                space().width(iced::Fill).height(height(keys[index])).into()
            },
        )
        .send(send)
        .bottom(8.0);
        let _ = list.fill(&mut self.state, &self.renderer, size);
    }

    fn wheel(&mut self, by: f32) {
        self.state.wheel += by;
        self.lay(None);
    }

    fn top_of(&self, key: u64) -> Option<f32> {
        self.state
            .spans
            .iter()
            .find(|span| span.key == key)
            .map(|span| span.top)
    }

    fn last(&self) -> Span {
        *self.state.spans.last().unwrap()
    }
}

#[test]
fn it_begins_at_the_end_and_stays_there() {
    let mut bench = Bench::new(1..=1_000);
    assert_eq!(bench.last().key, 1_000);
    assert_eq!(bench.last().bottom(), 292.0);
    bench.keys.extend(1_001..=1_003);
    bench.lay(None);
    assert_eq!(bench.last().key, 1_003);
    assert_eq!(bench.last().bottom(), 292.0);
}

#[test]
fn what_is_read_does_not_move() {
    let mut bench = Bench::new(500..=1_000);
    bench.wheel(-2_000.0);
    let Anchor::Row { key, offset } = bench.state.anchor else {
        panic!("it left the end")
    };
    assert_eq!(bench.top_of(key), Some(offset));
    // Older pages come in front, new messages at the end, and a row above goes.
    bench.keys = (1..=1_200).filter(|k| *k != 600).collect();
    bench.lay(None);
    assert_eq!(bench.state.anchor, Anchor::Row { key, offset });
    assert_eq!(bench.top_of(key), Some(offset));
}

#[test]
fn there_is_no_gap_before_the_first_or_after_the_last() {
    let mut bench = Bench::new(1..=100);
    bench.wheel(-100_000.0);
    assert_eq!(bench.top_of(1), Some(0.0));
    bench.wheel(100_000.0);
    assert_eq!(bench.state.anchor, Anchor::End);
    assert_eq!(bench.last().bottom(), 292.0);
}

#[test]
fn few_rows_lie_at_the_bottom() {
    let bench = Bench::new(1..=2);
    assert_eq!(bench.last().bottom(), 292.0);
    assert_eq!(bench.state.spans.len(), 2);
    assert!(Bench::new([]).state.spans.is_empty());
}

#[test]
fn it_goes_where_it_is_sent_once() {
    let mut bench = Bench::new(1..=1_000);
    let send = |serial, target| Some(Send { serial, target });
    bench.lay(send(1, Target::Row(400)));
    assert_eq!(bench.top_of(400), Some(100.0));
    bench.wheel(-50.0);
    bench.lay(send(1, Target::Row(400)));
    assert_eq!(bench.top_of(400), Some(150.0));
    bench.lay(send(2, Target::Reveal(405)));
    assert!(bench.top_of(405).is_some());
    bench.lay(send(3, Target::Start));
    assert_eq!(bench.top_of(1), Some(0.0));
    bench.lay(send(4, Target::PageDown));
    bench.lay(send(5, Target::PageUp));
    assert_eq!(bench.top_of(1), Some(0.0));
    bench.lay(send(6, Target::End));
    assert_eq!(bench.last().key, 1_000);
}

#[test]
fn a_key_that_is_gone_leads_to_the_next() {
    let mut bench = Bench::new((1..=1_000).map(|n| n * 10));
    bench.lay(Some(Send {
        serial: 1,
        target: Target::Row(4_001),
    }));
    assert_eq!(bench.top_of(4_010), Some(100.0));
}

#[test]
fn another_width_keeps_the_place() {
    let mut bench = Bench::new(1..=1_000);
    bench.wheel(-3_000.0);
    let anchor = bench.state.anchor;
    bench.lay_in(None, Size::new(200.0, 500.0));
    assert_eq!(bench.state.anchor, anchor);
}

#[test]
fn only_what_is_in_sight_is_built() {
    let mut bench = Bench::new(1..=100_000);
    assert!(
        bench.built.get() < 20,
        "{} rows for the first view",
        bench.built.get()
    );
    bench.built.set(0);
    for _ in 0..50 {
        bench.wheel(-60.0);
    }
    assert!(
        bench.built.get() < 50 * 20,
        "{} rows for 50 turns of the wheel",
        bench.built.get()
    );
}
