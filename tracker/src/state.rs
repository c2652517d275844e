//! What all calls share.

use std::sync::Arc;

use jiff::Timestamp;
use parlor_protocol::Time;

use crate::authority::Authority;
use crate::metrics::Answered;
use crate::rates::CallLimits;
use crate::registry::Registry;
use crate::settings::Settings;
use crate::tokens::Tokens;

/// The state of a tracker.
#[derive(Debug)]
pub(crate) struct State {
    /// What it was told.
    pub(crate) settings: Settings,
    /// The room server.
    pub(crate) authority: Arc<dyn Authority>,
    /// Who is where.
    pub(crate) registry: Registry,
    /// Who may call.
    pub(crate) tokens: Tokens,
    /// How often.
    pub(crate) limits: CallLimits,
    /// What was answered.
    pub(crate) answered: Answered,
    /// The port that tells peers their public addresses.
    pub(crate) udp_port: Option<u16>,
}

impl State {
    /// The state at a start.
    pub(crate) fn new(
        settings: Settings,
        authority: Arc<dyn Authority>,
        udp_port: Option<u16>,
    ) -> Self {
        Self {
            registry: Registry::new(&settings.limits),
            tokens: Tokens::new(&settings.limits),
            limits: CallLimits::new(&settings.rates, settings.rate_limits),
            answered: Answered::default(),
            settings,
            authority,
            udp_port,
        }
    }
}

/// The time of day, as cards and signed tokens count it.
pub(crate) fn now() -> Time {
    Time::from(Timestamp::now())
}
