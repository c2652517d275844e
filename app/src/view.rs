//! What one sees: pure functions from the model to elements.
//!
//! # Layout
//!
//! - [`part`]: small pieces that every region uses. [`form`]: pieces of forms. [`when`]: times.
//!   [`code`]: pictures for a camera.
//! - [`welcome`], [`sign_in`], [`frame`], [`host`], [`settings`]: the screens.
//! - [`files`], [`transfers`]: the list of files, and the panel of those on their way.
//!   [`file`], [`progress`]: one of them; [`peer_file`]: one between devices.
//! - [`sidebar`], [`header`], [`conversation`], [`people`], [`safety`], [`search`]: the regions of the
//!   main one. [`way`]: how things go to somebody, in words.
//! - [`status`]: the bar below all of them.
//! - [`menu`], [`dialog`], [`switcher`], [`toasts`]: what lies over them.

mod code;
pub(crate) mod conversation;
mod dialog;
mod file;
#[cfg(test)]
mod file_samples;
#[cfg(test)]
mod file_tests;
mod files;
mod form;
mod frame;
mod header;
mod host;
mod marked;
mod menu;
pub(crate) mod part;
mod peer_file;
mod people;
#[cfg(test)]
mod pictures;
mod progress;
mod safety;
#[cfg(test)]
mod samples;
mod search;
mod settings;
mod sidebar;
mod sign_in;
#[cfg(test)]
mod snapshots;
mod status;
mod switcher;
#[cfg(test)]
mod tests;
mod toasts;
mod transfers;
mod way;
mod welcome;
mod when;

use iced::Length;
use iced::widget::{column, container, rule, stack};

use crate::controller::Message;
use crate::model::{Model, Screen};
use crate::theme::{self, Element};

/// The whole window.
pub(crate) fn root(model: &Model) -> Element<'_, Message> {
    let screen = match &model.screen {
        Screen::Welcome => welcome::view(model),
        Screen::SignIn(screen) => sign_in::view(model, screen),
        Screen::Main => frame::main(model),
        Screen::Host => frame::host(model),
        Screen::Settings(screen) => settings::view(model, screen),
    };
    let window = column![
        container(screen).width(Length::Fill).height(Length::Fill),
        status::view(model)
    ];
    let base = container(window)
        .width(Length::Fill)
        .height(Length::Fill)
        .style(theme::surface::base);
    let mut layers = stack![base];
    if let Some(dialog) = dialog::view(model) {
        layers = layers.push(dialog);
    }
    if let Some(toasts) = toasts::view(model) {
        layers = layers.push(toasts);
    }
    layers.width(Length::Fill).height(Length::Fill).into()
}

/// A hairline from top to bottom.
fn vertical_line<'a>() -> Element<'a, Message> {
    rule::vertical(1).style(theme::surface::hairline).into()
}

/// A hairline from left to right.
fn horizontal_line<'a>() -> Element<'a, Message> {
    rule::horizontal(1).style(theme::surface::hairline).into()
}
