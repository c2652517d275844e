//! One room's talk: what its reader and writer do.

use parlor_protocol::Time;

use crate::effect::Effect;
use crate::model::Account;

/// What its reader and writer do.
#[derive(Debug, Clone)]
pub(crate) enum Message {}

/// Something was done in `room` of this account.
pub(crate) fn update(_account: &mut Account, _room: &str, message: Message, _now: Time) -> Effect {
    match message {}
}
