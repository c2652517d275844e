//! One room's talk, or one between devices: the messages, and the field for the next one.
//!
//! # Layout
//!
//! - [`timeline`]: the list, its ends, and the pill over it. [`row`]: one row of it.
//! - [`message`]: a message. [`markup`]: its text. [`actions`]: what can be done to it.
//! - [`files`]: the files of a message. [`tray`]: those of the next one.
//! - [`notice`]: what happened to a talk between devices.
//! - [`address`]: the address line. [`composer`]: the field; [`runs`]: what stands out in it. [`emoji`]: the emoji one picks from.

mod actions;
mod address;
mod composer;
mod emoji;
mod files;
mod markup;
mod message;
mod notice;
mod row;
mod runs;
#[cfg(test)]
mod tests;
mod timeline;
mod tray;

use iced::widget::{column, space};
use parlor_protocol::Time;

use crate::controller::conversation::Message;
use crate::model::{Account, Conversation, Model, Spacing};
use crate::theme::{Element, Theme};

/// What the talk is drawn with, beside what was said.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// Runs of text have their colour from here.
    theme: Theme,
    /// How close messages stand.
    spacing: Spacing,
    /// The window's height, in logical pixels.
    height: f32,
    /// The time now, for years that need not be said.
    now: Time,
}

/// What a part of the talk is drawn from.
#[derive(Debug, Clone, Copy)]
struct Scene<'a> {
    account: &'a Account,
    talk: &'a Conversation,
    frame: Frame,
}

impl<'a> Scene<'a> {
    /// The room's name as it stands in a sentence: `#general`, or the other one of a room of two.
    fn room_name(&self) -> String {
        self.account.room_words(&self.talk.room)
    }

    /// The display name of a message's author: as it is now, or as it was then.
    fn name(&self, username: &'a str, then: &'a str) -> &'a str {
        let known = self.account.name_of(username);
        if known == username && !then.is_empty() {
            then
        } else {
            known
        }
    }
}

/// The talk of the room in front.
pub(crate) fn view<'a>(model: &'a Model, account: &'a Account, room: &str) -> Element<'a, Message> {
    let Some(talk) = account.conversations.get(room) else {
        return space().into();
    };
    let frame = Frame {
        theme: model.theme(),
        spacing: model.preferences.spacing,
        height: model.window.size.1,
        now: model.now,
    };
    let scene = Scene {
        account,
        talk,
        frame,
    };
    column![timeline::view(scene), composer::view(scene)].into()
}
