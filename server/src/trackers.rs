//! What sends users to the trackers, and what trackers ask: where these are, the
//! token that opens them, whose a password is, and which devices have ended.

use std::net::IpAddr;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use parlor_protocol::signature::{PublicKey, Signature, TRACKER};
use parlor_protocol::tracker::{TOKEN_HOURS, TokenBody, TrackerAt, TrackerToken};
use parlor_protocol::{Code, DeviceId, Role};
use parlor_tracker::{Authority, AuthorityError, TrackerHandle};

use crate::clock::{after, now};
use crate::handlers::accounts::{self, Door};
use crate::state::State;
use crate::storage::{SessionId, StorageError, UserId};

/// The tracker inside the server.
#[derive(Debug)]
pub(crate) struct OwnTracker {
    port: u16,
    handle: TrackerHandle,
}

impl State {
    /// The tracker inside the server runs.
    pub(crate) fn set_tracker(&self, port: u16, handle: TrackerHandle) {
        // A server has one, for as long as it runs.
        let _ = self.tracker.set(OwnTracker { port, handle });
    }

    /// The token of a session's user; guests have none.
    pub(crate) fn tracker_token(&self, session: SessionId) -> Option<TrackerToken> {
        let username = self.directory.read(|tables| {
            let person = tables.person(tables.session(session)?.user)?;
            (person.record.role > Role::Guest).then(|| person.record.username.clone())
        })?;
        let expires = after(now(), TOKEN_HOURS * 60 * 60);
        let body = TokenBody {
            v: 1,
            username,
            expires,
        }
        .to_sign();
        let signature = Signature(self.signing.sign(TRACKER, &body));
        Some(TrackerToken {
            token: TokenBody::token(&body, &signature),
            expires,
        })
    }

    /// Where the trackers are: the server's own, and those of the configuration.
    pub(crate) fn trackers(&self) -> Vec<TrackerAt> {
        let own = self.tracker.get().map(|own| TrackerAt {
            host: String::new(),
            port: own.port,
            pin: String::new(),
        });
        own.into_iter()
            .chain(self.config.trackers.iter().cloned())
            .collect()
    }

    /// A device ended: the own tracker forgets it at once.
    pub(crate) fn end_device_at_tracker(&self, device: &DeviceId) {
        if let Some(own) = self.tracker.get() {
            own.handle.end_device(device);
        }
    }

    /// Nobody may reach a user any more: the own tracker forgets them at once.
    pub(crate) fn end_user_at_tracker(&self, user: UserId) {
        self.tell_tracker_of(user, TrackerHandle::end_user);
    }

    /// A user's password changed, or their sessions were ended by somebody: so do the
    /// tokens that the own tracker gave for the password.
    pub(crate) fn end_tokens_at_tracker(&self, user: UserId) {
        self.tell_tracker_of(user, TrackerHandle::end_tokens);
    }

    fn tell_tracker_of(&self, user: UserId, tell: impl FnOnce(&TrackerHandle, &str)) {
        let name = |tables: &crate::directory::Tables| {
            let person = tables.person(user)?;
            Some(person.record.username.clone())
        };
        if let Some(own) = self.tracker.get()
            && let Some(username) = self.directory.read(name)
        {
            tell(&own.handle, &username);
        }
    }

    /// The devices that a tracker must not know: those that were ended, and those of
    /// users who are kept out. Those whose cards hold no more it does not know anyway.
    ///
    /// # Errors
    ///
    /// As [`crate::storage::DeviceStorage::devices_of`].
    pub(crate) async fn ended_devices(&self) -> Result<Vec<DeviceId>, StorageError> {
        let now = now();
        let (mut ended, kept_out) = self
            .directory
            .read(|tables| (tables.revoked_devices(now), tables.kept_out(now)));
        if !kept_out.is_empty() {
            ended.extend(self.storage.devices_of(kept_out, now).await?);
        }
        Ok(ended)
    }
}

/// The room server, as the tracker inside it asks. It does not keep the
/// server alive, which has the tracker.
#[derive(Debug)]
pub(crate) struct RoomAuthority(Weak<State>);

impl RoomAuthority {
    /// This server.
    pub(crate) fn of(state: &Arc<State>) -> Self {
        Self(Arc::downgrade(state))
    }
}

#[async_trait]
impl Authority for RoomAuthority {
    async fn check_password(
        &self,
        username: &str,
        password: &str,
        from: IpAddr,
    ) -> Result<bool, AuthorityError> {
        let stopped = || AuthorityError::Unavailable("it has stopped".to_owned());
        let door = Door {
            state: self.0.upgrade().ok_or_else(stopped)?,
            address: from.to_canonical(),
        };
        match accounts::identify(&door, username, password.to_owned()).await {
            Ok(_) => Ok(true),
            Err(error) => match (error.code, error.retry_after) {
                (Code::BadCredentials | Code::Banned, _) => Ok(false),
                (Code::RateLimited, Some(seconds)) => Err(AuthorityError::RateLimited { seconds }),
                _ => Err(AuthorityError::Unavailable(error.message)),
            },
        }
    }

    fn server_key(&self) -> Option<PublicKey> {
        self.0.upgrade()?.server_key.parse().ok()
    }

    fn is_revoked(&self, device: &DeviceId) -> bool {
        let Some(state) = self.0.upgrade() else {
            return true;
        };
        state.directory.read(|tables| tables.is_revoked(device))
    }

    fn is_barred(&self, username: &str) -> bool {
        let Some(state) = self.0.upgrade() else {
            return true;
        };
        state.directory.read(|tables| {
            let person = tables.by_username(username);
            person.is_none_or(|person| tables.is_kept_out(person, now()))
        })
    }
}
