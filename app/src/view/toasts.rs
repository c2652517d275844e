//! Notices at the bottom right.

use iced::widget::{column, container, row};
use iced::{Alignment, Length, Padding};

use super::part::button::IconButton;
use super::part::text;
use crate::controller::Message;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::{Model, Toast, ToastKind};
use crate::theme::{self, Element, Type, space};

/// The notices, if there are any. Only they take clicks.
pub(crate) fn view(model: &Model) -> Option<Element<'_, Message>> {
    let shown = model.toasts.shown();
    if shown.is_empty() {
        return None;
    }
    let list = column(shown.iter().map(toast)).spacing(8);
    let layer = container(list)
        .align_right(Length::Fill)
        .align_bottom(Length::Fill)
        .padding(Padding::ZERO.right(16).bottom(space::STATUS_BAR + 12.0));
    Some(layer.into())
}

fn toast(toast: &Toast) -> Element<'_, Message> {
    let icon = match toast.kind {
        ToastKind::Done => Icon::Check.large(|tokens| tokens.ok),
        ToastKind::Alert => Icon::Megaphone.large(|tokens| tokens.accent),
        ToastKind::Failed => Icon::Alert.large(|tokens| tokens.bad),
    };
    let close = IconButton::new(Icon::Close, tr!("toast-close"))
        .small()
        .tooltip(iced::widget::tooltip::Position::Top)
        .view(Some(Message::ToastClosed(toast.id)));
    let inside = row![
        icon,
        text::plain(Type::Body, toast.text.as_str()).width(Length::Fill),
        close
    ]
    .spacing(8)
    .align_y(Alignment::Center);
    let card = container(inside)
        .width(space::TOAST)
        .padding(Padding {
            top: 7.0,
            right: 6.0,
            bottom: 7.0,
            left: 12.0,
        })
        .style(theme::surface::menu);
    iced::widget::opaque(card)
}
