//! A picture of words for a camera.

use iced::widget::canvas;

use crate::model::Code;
use crate::theme::{self, Element};

/// Light cells around the picture, by which cameras find it.
const QUIET: usize = 4;

/// The picture, so many pixels wide and high.
pub(crate) fn view<'a, Message: 'a>(code: Code, side: f32) -> Element<'a, Message> {
    canvas(Picture(code)).width(side).height(side).into()
}

/// The picture: dark on light in both themes, for many cameras read no other.
struct Picture(Code);

impl<Message> canvas::Program<Message, theme::Theme> for Picture {
    type State = ();

    fn draw(
        &self,
        (): &(),
        renderer: &iced::Renderer,
        _theme: &theme::Theme,
        bounds: iced::Rectangle,
        _cursor: iced::mouse::Cursor,
    ) -> Vec<canvas::Geometry> {
        let mut frame = canvas::Frame::new(renderer, bounds.size());
        let ground = canvas::Path::rounded_rectangle(
            iced::Point::ORIGIN,
            bounds.size(),
            iced::border::radius(theme::space::RADIUS_CARD),
        );
        frame.fill(&ground, theme::surface::PAPER);
        #[allow(
            clippy::cast_precision_loss,
            reason = "a picture has some hundred cells"
        )]
        let at = |cell: usize| (cell + QUIET) as f32;
        // Whole pixels, so that every cell is as wide as the others.
        let cell = (bounds.width / at(self.0.side + QUIET)).floor().max(1.0);
        let margin = ((bounds.width - cell * (at(self.0.side) - at(0))) / 2.0).floor();
        let size = iced::Size::new(cell, cell);
        for (n, _) in self.0.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let x = margin + cell * (at(n % self.0.side) - at(0));
            let y = margin + cell * (at(n / self.0.side) - at(0));
            frame.fill_rectangle(iced::Point::new(x, y), size, theme::surface::INK);
        }
        vec![frame.into_geometry()]
    }
}
