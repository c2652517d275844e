//! The files of a message: pictures as pictures, others as cards.

use iced::widget::{button, column, container, image, row, sensor, space};
use iced::{Alignment, ContentFit, Length, Padding};
use parlor_client::TransferId;
use parlor_protocol::File;

use super::Scene;
use crate::controller::conversation::Message;
use crate::controller::file::{self, is_pictured};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::cut::middle;
use crate::model::previews::PreviewState;
use crate::theme::space::MESSAGE_TEXT;
use crate::theme::{self, Element, Type};
use crate::view::part::text;

/// Between two files of a message, aside and below.
const GAPS: (f32, f32) = (12.0, 4.0);

/// The files of a message that the server has kept.
pub(super) fn kept<'a>(scene: Scene<'a>, files: &'a [File]) -> Element<'a, Message> {
    let all = files.iter().map(|file| {
        if is_pictured(file) {
            picture(scene, file)
        } else {
            crate::view::file::kept(scene.account, file).map(Message::File)
        }
    });
    wrapped(all)
}

/// The files of a message that is on its way.
pub(super) fn pending<'a>(scene: Scene<'a>, files: &[TransferId]) -> Element<'a, Message> {
    let known = files
        .iter()
        .filter_map(|id| scene.account.transfers.get(*id));
    wrapped(known.map(|transfer| crate::view::file::moving(transfer).map(Message::File)))
}

fn wrapped<'a>(files: impl Iterator<Item = Element<'a, Message>>) -> Element<'a, Message> {
    let files = row(files).spacing(GAPS.0).wrap().vertical_spacing(GAPS.1);
    container(files)
        .padding(Padding::ZERO.top(4))
        .max_width(MESSAGE_TEXT)
        .into()
}

/// A picture, or the place that is kept for it.
fn picture<'a>(scene: Scene<'a>, file: &'a File) -> Element<'a, Message> {
    let previews = &scene.account.previews;
    let (width, height) = previews.place(&file.id);
    let inside: Element<'a, Message> = match previews.state(&file.id) {
        Some(PreviewState::Shown(picture)) => image(picture.handle.clone())
            .content_fit(ContentFit::ScaleDown)
            .width(Length::Fill)
            .height(Length::Fill)
            .border_radius(theme::space::RADIUS_CARD)
            .into(),
        Some(PreviewState::Failed(why)) => words(file, why.as_str()),
        Some(PreviewState::Waits) => words(file, &tr!("picture-loading")),
        None | Some(PreviewState::Dropped) => {
            let in_sight = file.clone();
            sensor(words(file, &tr!("picture-loading")))
                .key(file.id.clone())
                .on_show(move |_| Message::File(file::Message::InSight(Box::new(in_sight.clone()))))
                .into()
        }
    };
    let place = container(inside)
        .width(width)
        .height(height)
        .padding(1)
        .clip(true)
        .style(theme::surface::picture);
    button(place)
        .padding(0)
        .style(theme::button::bare)
        .on_press(Message::File(file::Message::View(Box::new(file.clone()))))
        .into()
}

/// What stands in a picture's place while it is not there.
fn words<'a>(file: &File, state: &str) -> Element<'a, Message> {
    let inside = column![
        Icon::Image.large(|tokens| tokens.t3),
        space::vertical().height(6),
        text::line(Type::Small, middle(&file.name, 40)).style(theme::text::t2),
        text::plain(Type::Small, state.to_owned())
            .style(theme::text::t3)
            .align_x(Alignment::Center),
    ]
    .align_x(Alignment::Center);
    container(inside).center(Length::Fill).padding(12).into()
}
