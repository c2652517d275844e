//! A file to upload, named by its path: for systems without a dialog for files.

use iced::widget::{column, space};

use super::{Message, buttons, cancel, card, large, ringed};
use crate::controller::attach::Message as Attach;
use crate::controller::dialog::{FIRST_FIELD, Message as DialogMessage};
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{AttachPath, Model};
use crate::theme::{self, Element, Type};
use crate::view::form;
use crate::view::part::{button, text};

/// The field for a path.
pub(super) fn view<'a>(model: &'a Model, dialog: &'a AttachPath) -> Element<'a, Message> {
    let room = model.front().map_or_else(
        || dialog.room.clone(),
        |account| account.room_words(&dialog.room),
    );
    let path = form::field(
        FIRST_FIELD,
        &tr!("attach-path-placeholder"),
        &dialog.text,
        dialog.error.is_some(),
    )
    .on_input(|text| Message::Dialog(DialogMessage::Text(text)))
    .on_submit(Message::Dialog(DialogMessage::Submit));
    let below = match &dialog.error {
        Some(error) => form::wrong(error.clone()),
        None => form::hint(tr!("attach-path-hint")),
    };
    let body = column![
        text::plain(Type::Text, tr!("attach-path-about")).style(theme::text::t2),
        space::vertical().height(14),
        form::labelled(tr!("attach-path-label"), path, Some(below)),
    ];
    let yes = button::words(tr!("attach-path-yes"), theme::button::primary)
        .on_press_maybe((!dialog.waits).then_some(Message::Dialog(DialogMessage::Submit)));
    let browse = button::words(tr!("attach-path-browse"), theme::button::ghost)
        .on_press(Message::Attach(Attach::Open));
    card(
        large(Icon::Attach),
        tr!("attach-path-title", room = room),
        body.into(),
        buttons(
            Some(browse.into()),
            ringed(cancel(tr!("dialog-cancel")), false),
            yes.into(),
        ),
    )
}
