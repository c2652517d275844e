//! What one sees: pure functions from the model to elements.
//!
//! # Layout
//!
//! - [`part`]: small pieces that every region uses.

pub(crate) mod part;

use crate::controller::Message;
use crate::model::Model;
use crate::theme::Element;

/// The whole window.
pub(crate) fn root(_model: &Model) -> Element<'_, Message> {
    iced::widget::space().into()
}
