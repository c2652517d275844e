//! What handles ask of the node of their own process, where there is one: nothing that must survive.

use tokio::sync::oneshot;

use super::options::PeerOptions;
use super::talk::Talk;

/// Asks that wait for the node. What comes beyond is not asked, and what must be done goes by rows.
pub(crate) const ASKS: usize = 64;

/// One ask.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Say that one is writing.
    Typing(Talk),
    /// Dial the people of a talk, so that the way to them is known.
    Open(Talk),
    /// Ask the room server for a user's devices.
    Person {
        /// Who.
        username: String,
        /// Told, or dropped, once they are known, or will not be.
        known: oneshot::Sender<()>,
    },
    /// Behave otherwise from now on.
    Options(PeerOptions),
    /// The networks of this computer may have changed.
    NetworkChanged,
}
