//! A picture in full, over the whole window.

use iced::widget::{column, container, image, row, space};
use iced::{Alignment, ContentFit, Length, Padding};

use super::Message;
use crate::controller::dialog::Message as DialogMessage;
use crate::controller::file::Message as FileMessage;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::cut::middle;
use crate::model::{Model, Viewed, Viewer};
use crate::theme::{self, Element, Type, space as sizes};
use crate::view::file::what;
use crate::view::part::button::IconButton;
use crate::view::part::text;

/// The picture, what it is, and what can be done with it.
pub(super) fn view<'a>(model: &'a Model, viewer: &'a Viewer) -> Element<'a, Message> {
    let file = &viewer.file;
    let about = model
        .front()
        .map_or_else(String::new, |account| what(account, file));
    let of = |act: fn(Box<parlor_protocol::File>) -> FileMessage| {
        Some(Message::File(act(Box::new(file.clone()))))
    };
    let top = row![
        Icon::Image.large(|tokens| tokens.t2),
        text::medium(Type::Text, middle(&file.name, 60)),
        text::line(Type::Small, about).style(theme::text::t3),
        space::horizontal(),
        IconButton::new(Icon::Download, tr!("file-download")).view(of(FileMessage::Download)),
        IconButton::new(Icon::Folder, tr!("file-save-as")).view(of(FileMessage::SaveAs)),
        IconButton::new(Icon::Eye, tr!("file-open-outside")).view(of(FileMessage::OpenOutside)),
        IconButton::new(Icon::Close, tr!("viewer-close"))
            .keys(tr!("keys-escape"))
            .view(Some(Message::Dialog(DialogMessage::Cancel))),
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let middle: Element<'a, Message> = match &viewer.state {
        Viewed::Shown(picture) => image(picture.handle.clone())
            .content_fit(ContentFit::ScaleDown)
            .width(Length::Fill)
            .height(Length::Fill)
            .into(),
        Viewed::Waits => words(tr!("picture-loading")),
        Viewed::Failed(why) => words(tr!("picture-failed", why = why.as_str())),
    };
    let whole = column![
        container(top)
            .padding(Padding::ZERO.left(20).right(12))
            .center_y(sizes::HEADER - 1.0),
        crate::view::horizontal_line(),
        container(middle).center(Length::Fill).padding(16),
    ];
    container(whole)
        .width(Length::Fill)
        .height(Length::Fill)
        .style(theme::surface::base)
        .into()
}

fn words<'a>(words: String) -> Element<'a, Message> {
    text::plain(Type::Text, words).style(theme::text::t2).into()
}
