//! What the widgets' tests lay out with: a renderer without a window.

use iced::advanced::renderer::Headless;
use iced::{Font, Pixels, Renderer};

pub(crate) fn renderer() -> Renderer {
    let new = <Renderer as Headless>::new(Font::DEFAULT, Pixels(14.0), Some("tiny-skia"));
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(new)
        .unwrap()
}
