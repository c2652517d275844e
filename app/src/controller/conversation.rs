//! One room's talk: what its reader and writer do.

use parlor_client::{HistoryPage, Place, RequestError};
use parlor_protocol::{Reply, Time};

use crate::effect::Effect;
use crate::model::Account;

/// What its reader and writer do.
#[derive(Debug, Clone)]
pub(crate) enum Message {}

/// The id of the composer.
pub(crate) const COMPOSER: &str = "composer";

/// Something was done in `room` of this account.
pub(crate) fn update(_account: &mut Account, _room: &str, message: Message, _now: Time) -> Effect {
    match message {}
}

/// The room comes to the front.
pub(crate) fn opened(_account: &mut Account, _room: &str, _now: Time) -> Effect {
    Effect::None
}

/// Another room comes to the front.
pub(crate) fn left(_account: &mut Account, _room: &str, _now: Time) -> Effect {
    Effect::None
}

/// A page of it came, or did not.
pub(crate) fn paged(
    _account: &mut Account,
    _room: &str,
    _place: Place,
    _result: Result<HistoryPage, RequestError>,
    _now: Time,
) -> Effect {
    Effect::None
}

/// The server answered an act on a message, or a slash command.
pub(crate) fn answered(
    _account: &mut Account,
    _room: &str,
    _result: Result<Reply, RequestError>,
    _now: Time,
) -> Effect {
    Effect::None
}

/// A message of it is to be shown, wherever it lies.
pub(crate) fn jump(_account: &mut Account, _room: &str, _seq: u64, _now: Time) -> Effect {
    Effect::None
}

/// Esc, when nothing else was open: cancels what is being written as a reply
/// or an edit, then goes to the newest message.
pub(crate) fn escape(_account: &mut Account, _room: &str, _now: Time) -> Effect {
    Effect::None
}

/// A key that no widget took, while the timeline or the composer has the keyboard.
pub(crate) fn key(
    _account: &mut Account,
    _room: &str,
    _in_timeline: bool,
    _key: &iced::keyboard::Key,
    _modifiers: iced::keyboard::Modifiers,
    _now: Time,
) -> Effect {
    Effect::None
}
