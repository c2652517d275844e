//! Tokens, and the connections that are signed in by them.

use std::net::IpAddr;
use std::sync::Arc;

use parlor_protocol::{DeviceId, Presence, Time};

use super::people::{Connected, Person};
use super::tables::Tables;
use crate::endpoint::{Endpoint, SignedIn};
use crate::storage::{SecretHash, SessionId, SessionRecord, SessionTouch, UserId};

impl Tables {
    /// Adds a session.
    pub(crate) fn put_session(&mut self, record: SessionRecord) {
        if let Some(person) = self.users.get_mut(&record.user) {
            person.sessions.push(record.id);
            self.tokens.insert(record.token, record.id);
            self.sessions.insert(record.id, record);
        }
    }

    /// A session.
    pub(crate) fn session(&self, session: SessionId) -> Option<&SessionRecord> {
        self.sessions.get(&session)
    }

    /// The session that a token opens, unless it has expired.
    pub(crate) fn session_of(&self, token: &SecretHash, now: Time) -> Option<&SessionRecord> {
        let session = self.sessions.get(self.tokens.get(token)?)?;
        (session.expires > now).then_some(session)
    }

    /// A user's sessions, the oldest first, those expired left out.
    pub(crate) fn sessions_of(
        &self,
        user: UserId,
        now: Time,
    ) -> impl Iterator<Item = &SessionRecord> {
        let ids = self.users.get(&user).map_or(&[][..], |p| &p.sessions);
        ids.iter()
            .filter_map(|id| self.sessions.get(id))
            .filter(move |session| session.expires > now)
    }

    /// Every session that has expired.
    pub(crate) fn expired_sessions(&self, now: Time) -> Vec<SessionId> {
        let expired = self.sessions.values().filter(|s| s.expires <= now);
        expired.map(|session| session.id).collect()
    }

    /// Signs a connection in, and shows its user as there. `false` if the
    /// connection or the session ended meanwhile, or somebody is signed in already.
    pub(crate) fn connect(&mut self, endpoint: &Arc<Endpoint>, session: SessionId) -> bool {
        let Some(record) = self.sessions.get(&session) else {
            return false;
        };
        let user = record.user;
        let Some(person) = self.users.get_mut(&user) else {
            return false;
        };
        let who = SignedIn {
            session,
            user,
            username: Arc::clone(&person.username),
        };
        // A connection that leaves ends its outbox before it comes here to disconnect.
        if endpoint.outbox.has_ended() || !endpoint.sign_in(who) {
            return false;
        }
        person.connected.push(Connected {
            endpoint: Arc::clone(endpoint),
            presence: Presence::Online,
        });
        if let Some(device) = record.device {
            endpoint.bind(device);
        }
        self.turn(user);
        true
    }

    /// A session is this device's from now on, on all of its connections.
    pub(crate) fn bind_session(&mut self, session: SessionId, device: DeviceId) {
        let Some(record) = self.sessions.get_mut(&session) else {
            return;
        };
        record.device = Some(device);
        let person = self.users.get(&record.user);
        for endpoint in person.into_iter().flat_map(Person::endpoints) {
            if endpoint
                .signed_in()
                .is_some_and(|who| who.session == session)
            {
                endpoint.bind(device);
            }
        }
    }

    /// A device was ended, whose card would have held until then.
    pub(crate) fn put_revoked(&mut self, device: DeviceId, until: Time) {
        self.revoked.insert(device, until);
    }

    /// Whether a device was ended whose card would hold still.
    pub(crate) fn is_revoked(&self, device: &DeviceId) -> bool {
        self.revoked.contains_key(device)
    }

    /// The devices that were ended and whose cards would hold still.
    pub(crate) fn revoked_devices(&self, now: Time) -> Vec<DeviceId> {
        let holding = self.revoked.iter().filter(|(_, until)| **until > now);
        holding.map(|(device, _)| *device).collect()
    }

    /// Forgets ended devices whose cards are none any more.
    pub(crate) fn forget_revoked(&mut self, now: Time) {
        self.revoked.retain(|_, until| *until > now);
    }

    /// Takes a connection out; its user is shown as gone if it was their last.
    pub(crate) fn disconnect(&mut self, endpoint: &Endpoint) {
        let Some(who) = endpoint.signed_in() else {
            return;
        };
        if let Some(person) = self.users.get_mut(&who.user) {
            let id = endpoint.id();
            person.connected.retain(|c| c.endpoint.id() != id);
            self.turn(who.user);
        }
    }

    /// Sets the presence of one connection.
    pub(crate) fn set_presence(&mut self, endpoint: &Endpoint, presence: Presence) {
        let Some(who) = endpoint.signed_in() else {
            return;
        };
        let Some(person) = self.users.get_mut(&who.user) else {
            return;
        };
        for connected in &mut person.connected {
            if connected.endpoint.id() == endpoint.id() {
                connected.presence = presence;
            }
        }
        self.turn(who.user);
    }

    /// Removes sessions; answers their connections, which are still to be ended.
    pub(crate) fn remove_sessions(&mut self, ended: &[SessionId]) -> Vec<Arc<Endpoint>> {
        let mut endpoints = Vec::new();
        for id in ended {
            let Some(record) = self.sessions.remove(id) else {
                continue;
            };
            self.tokens.remove(&record.token);
            self.transfers.end_session(*id);
            let Some(person) = self.users.get_mut(&record.user) else {
                continue;
            };
            person.sessions.retain(|session| session != id);
            let by_it = |endpoint: &&Arc<Endpoint>| {
                endpoint.signed_in().is_some_and(|who| who.session == *id)
            };
            endpoints.extend(person.endpoints().filter(by_it).cloned());
        }
        endpoints
    }

    /// A session without a connection gave a sign of life, and lives on for
    /// `lifetime` seconds.
    pub(crate) fn visit(&mut self, id: SessionId, address: IpAddr, now: Time, lifetime: u64) {
        if let Some(record) = self.sessions.get_mut(&id) {
            record.seen = now;
            record.expires = crate::clock::after(now, lifetime);
            record.address = address.to_string();
            self.visited.insert(id);
        }
    }

    /// The signs of life of all sessions since this was last asked, from now on
    /// noted; for those that have a connection, that is now. Each lives on for `lifetime` seconds.
    pub(crate) fn touch_sessions(&mut self, now: Time, lifetime: u64) -> Vec<SessionTouch> {
        let visited = std::mem::take(&mut self.visited);
        let visited = visited.iter().filter_map(|id| self.sessions.get(id));
        let mut touches: Vec<SessionTouch> = visited
            .map(|record| SessionTouch {
                id: record.id,
                seen: record.seen,
                address: record.address.clone(),
                expires: record.expires,
            })
            .collect();
        for user in &self.online {
            let Some(person) = self.users.get(user) else {
                continue;
            };
            for connected in &person.connected {
                let Some(who) = connected.endpoint.signed_in() else {
                    continue;
                };
                let touch = SessionTouch {
                    id: who.session,
                    seen: now,
                    address: connected.endpoint.address.to_string(),
                    expires: crate::clock::after(now, lifetime),
                };
                match touches.last_mut() {
                    Some(last) if last.id == touch.id => *last = touch,
                    _ => touches.push(touch),
                }
            }
        }
        for touch in &touches {
            if let Some(record) = self.sessions.get_mut(&touch.id) {
                record.seen = touch.seen;
                record.expires = touch.expires;
                record.address.clone_from(&touch.address);
            }
        }
        touches
    }
}
