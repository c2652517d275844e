//! One room's talk.

use crate::controller::conversation::Message;
use crate::model::Account;
use crate::theme::Element;

/// The talk in a room: messages and the composer.
pub(crate) fn view<'a>(_account: &'a Account, _room: &'a str) -> Element<'a, Message> {
    iced::widget::space().into()
}
