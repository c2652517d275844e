//! What sends users to the trackers: where these are, and the token that
//! opens them.

use parlor_protocol::signature::{Signature, TRACKER};
use parlor_protocol::tracker::{TOKEN_HOURS, TokenBody, TrackerAt, TrackerToken};
use parlor_protocol::{Role, Time};

use crate::clock::{after, now};
use crate::state::State;
use crate::storage::SessionId;

impl State {
    /// The token of a session's user; guests have none.
    pub(crate) fn tracker_token(&self, session: SessionId) -> Option<TrackerToken> {
        let username = self.directory.read(|tables| {
            let person = tables.person(tables.session(session)?.user)?;
            (person.record.role > Role::Guest).then(|| person.record.username.clone())
        })?;
        Some(self.sign_tracker_token(username, after(now(), TOKEN_HOURS * 60 * 60)))
    }

    fn sign_tracker_token(&self, username: String, expires: Time) -> TrackerToken {
        let body = TokenBody {
            v: 1,
            username,
            expires,
        }
        .to_sign();
        let signature = Signature(self.signing.sign(TRACKER, &body));
        TrackerToken {
            token: TokenBody::token(&body, &signature),
            expires,
        }
    }

    /// Where the trackers are.
    pub(crate) fn trackers(&self) -> Vec<TrackerAt> {
        self.config.trackers.clone()
    }
}
