//! Pictures of messages, made small, as far as they are in memory.

use std::collections::{HashMap, VecDeque};

use iced::widget::image::Handle;

/// The place of a picture in a message, in pixels: as much is kept free before it is there.
pub(crate) const BOX: (f32, f32) = (320.0, 240.0);
/// A picture with more bytes is shown as a file, and in full on a click.
pub(crate) const PREVIEW_BYTES: u64 = 16 << 20;
/// A picture with more bytes is not shown in full either: it is downloaded.
pub(crate) const PICTURE_BYTES: u64 = 64 << 20;
/// Small pictures in memory take at most so many bytes; those not wanted for longest go first.
const KEPT: usize = 32 << 20;
/// So many pictures are remembered by their size at most.
const KNOWN: usize = 10_000;

/// A picture, decoded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    /// What is drawn.
    pub(crate) handle: Handle,
    /// The size of what is drawn, in pixels.
    pub(crate) drawn: (u32, u32),
    /// The size of the whole picture, in pixels.
    pub(crate) whole: (u32, u32),
}

/// How far a picture is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PreviewState {
    /// It was asked for.
    Waits,
    /// There.
    Shown(Picture),
    /// It was there and had to give way; it can be asked for again.
    Dropped,
    /// Why it cannot be shown, in words.
    Failed(String),
}

/// A picture of a message.
#[derive(Debug, Clone, PartialEq)]
struct Preview {
    state: PreviewState,
    /// Whether its place was laid out before its size was known: it keeps that
    /// place, so that nothing moves under the reader.
    boxed: bool,
    whole: Option<(u32, u32)>,
}

/// The pictures of one account.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    known: HashMap<String, Preview>,
    /// The ids of `Shown` ones, the last wanted at the end.
    order: VecDeque<String>,
    bytes: usize,
}

impl Previews {
    /// A picture came into sight: `true` if it is to be fetched.
    pub(crate) fn want(&mut self, file: &str) -> bool {
        if let Some(known) = self.known.get_mut(file) {
            let again = known.state == PreviewState::Dropped;
            if again {
                known.state = PreviewState::Waits;
            }
            return again;
        }
        if self.known.len() >= KNOWN {
            self.known
                .retain(|_, known| matches!(known.state, PreviewState::Shown(_)));
        }
        let preview = Preview {
            state: PreviewState::Waits,
            boxed: true,
            whole: None,
        };
        self.known.insert(file.to_owned(), preview);
        true
    }

    /// A picture came, or why it did not.
    pub(crate) fn put(&mut self, file: &str, result: Result<Picture, String>) {
        let Some(known) = self.known.get_mut(file) else {
            return;
        };
        match result {
            Ok(picture) => {
                known.whole = Some(picture.whole);
                self.bytes += bytes(&picture);
                known.state = PreviewState::Shown(picture);
                self.order.push_back(file.to_owned());
                self.make_room();
            }
            Err(why) => known.state = PreviewState::Failed(why),
        }
    }

    fn make_room(&mut self) {
        while self.bytes > KEPT && self.order.len() > 1 {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            if let Some(known) = self.known.get_mut(&oldest)
                && let PreviewState::Shown(picture) = &known.state
            {
                self.bytes -= bytes(picture);
                known.state = PreviewState::Dropped;
            }
        }
    }

    /// What failed for want of a connection is asked for again when it is next in sight.
    pub(crate) fn forget_failures(&mut self) {
        self.known
            .retain(|_, known| !matches!(known.state, PreviewState::Failed(_)));
    }

    /// The room was left: whatever has a size has its own place from now on.
    pub(crate) fn unbox(&mut self) {
        for known in self.known.values_mut() {
            known.boxed &= known.whole.is_none();
        }
    }

    /// How far a picture is; `None` if nobody asked for it.
    pub(crate) fn state(&self, file: &str) -> Option<&PreviewState> {
        self.known.get(file).map(|known| &known.state)
    }

    /// The place of a picture.
    pub(crate) fn place(&self, file: &str) -> (f32, f32) {
        match self.known.get(file) {
            Some(Preview {
                boxed: false,
                whole: Some(whole),
                ..
            }) => fitted(*whole, BOX),
            _ => BOX,
        }
    }
}

fn bytes(picture: &Picture) -> usize {
    picture.drawn.0 as usize * picture.drawn.1 as usize * 4
}

/// A size made to fit into another, never enlarged, and never too small to be clicked.
pub(crate) fn fitted(whole: (u32, u32), into: (f32, f32)) -> (f32, f32) {
    const LEAST: f32 = 48.0;
    let (width, height) = (whole.0.max(1) as f32, whole.1.max(1) as f32);
    let scale = (into.0 / width).min(into.1 / height).min(1.0);
    let side = |length: f32| (length * scale).round().max(LEAST);
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Picture {
        Picture {
            handle: Handle::from_rgba(1, 1, vec![0; 4]),
            drawn: (width, height),
            whole: (width * 2, height * 2),
        }
    }

    #[test]
    fn a_picture_is_asked_for_once_and_keeps_its_place() {
        let mut previews = Previews::default();
        assert!(previews.want("a"));
        assert!(!previews.want("a"));
        assert_eq!(previews.place("a"), BOX);
        previews.put("a", Ok(picture(100, 50)));
        assert_eq!(previews.place("a"), BOX, "nothing moves under the reader");
        previews.unbox();
        assert_eq!(previews.place("a"), (200.0, 100.0));
        assert!(!previews.want("a"));
    }

    #[test]
    fn memory_is_bounded_and_what_gave_way_comes_back() {
        let mut previews = Previews::default();
        for number in 0..40 {
            let file = number.to_string();
            previews.want(&file);
            previews.put(&file, Ok(picture(640, 480)));
            assert!(previews.bytes <= KEPT);
        }
        assert_eq!(previews.state("0"), Some(&PreviewState::Dropped));
        previews.unbox();
        assert_eq!(previews.place("0"), (320.0, 240.0));
        assert!(previews.want("0"));
        assert!(matches!(previews.state("39"), Some(PreviewState::Shown(_))));
    }

    #[test]
    fn failures_are_told_and_forgotten() {
        let mut previews = Previews::default();
        previews.want("a");
        previews.put("a", Err("gone".into()));
        assert!(!previews.want("a"));
        previews.forget_failures();
        assert!(previews.want("a"));
    }

    #[test]
    fn a_size_fits_and_never_grows() {
        let check = |whole, expected| assert_eq!(fitted(whole, BOX), expected, "{whole:?}");
        check((640, 480), (320.0, 240.0));
        check((4_000, 1_000), (320.0, 80.0));
        check((100, 60), (100.0, 60.0));
        check((1, 1), (48.0, 48.0));
        check((0, 9_000), (48.0, 240.0));
    }
}
