//! Users, their ranks, and who is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use parlor_protocol::{Presence, Role, Time, User};

use super::tables::Tables;
use crate::endpoint::Endpoint;
use crate::storage::{RoomId, SessionId, UserId, UserRecord};

/// A user, with where they are and what they hold.
#[derive(Debug)]
pub(crate) struct Person {
    /// As stored.
    pub(crate) record: UserRecord,
    /// The username, shared by all who speak of them.
    pub(crate) username: Arc<str>,
    /// The rooms they are in.
    pub(crate) rooms: Vec<RoomId>,
    /// Their sessions.
    pub(crate) sessions: Vec<SessionId>,
    pub(super) connected: Vec<Connected>,
    /// The presence that was last told to others.
    told: Presence,
}

/// One of a user's connections.
#[derive(Debug)]
pub(super) struct Connected {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) presence: Presence,
}

impl Person {
    pub(super) fn new(record: UserRecord, username: Arc<str>) -> Self {
        Self {
            record,
            username,
            rooms: Vec::new(),
            sessions: Vec::new(),
            connected: Vec::new(),
            told: Presence::Offline,
        }
    }

    /// The presence of their most present connection.
    pub(crate) fn presence(&self) -> Presence {
        let mut most = Presence::Offline;
        for connected in &self.connected {
            most = most.max(connected.presence);
            if most == Presence::Online {
                break;
            }
        }
        most
    }

    /// Their connections.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.connected.iter().map(|connected| &connected.endpoint)
    }

    /// Whether they may not write now, and until when (`None`: for good).
    pub(crate) fn muted(&self, now: Time) -> Option<Option<Time>> {
        let mute = self.record.muted?;
        mute.until
            .is_none_or(|until| until > now)
            .then_some(mute.until)
    }

    /// USER of the protocol.
    pub(crate) fn user(&self) -> User {
        User {
            username: self.record.username.clone(),
            name: self.record.name.clone(),
            role: self.record.role,
            presence: self.presence(),
            status: self.record.status.clone(),
        }
    }
}

impl Tables {
    /// The user with this number.
    pub(crate) fn person(&self, user: UserId) -> Option<&Person> {
        self.users.get(&user)
    }

    /// The user of this name, which may be written in upper case.
    pub(crate) fn by_username(&self, username: &str) -> Option<&Person> {
        let folded = parlor_protocol::names::username(username)?;
        self.users.get(self.usernames.get(folded.as_str())?)
    }

    /// Whether nobody may reach a user, nor they come in: disabled, or banned.
    pub(crate) fn is_kept_out(&self, person: &Person, now: Time) -> bool {
        person.record.disabled || self.ban_of(person.record.id, now).is_some()
    }

    /// All who are kept out.
    pub(crate) fn kept_out(&self, now: Time) -> Vec<UserId> {
        let people = self.users.values();
        let kept_out = people.filter(|person| self.is_kept_out(person, now));
        kept_out.map(|person| person.record.id).collect()
    }

    /// Changes what is stored of a user.
    pub(crate) fn change_user(&mut self, user: UserId, change: impl FnOnce(&mut UserRecord)) {
        if let Some(person) = self.users.get_mut(&user) {
            change(&mut person.record);
        }
    }

    /// Up to `limit` users after the username `after`, and whether there are more.
    pub(crate) fn users_after(&self, after: &str, limit: usize) -> (Vec<User>, bool) {
        let mut users: Vec<User> = self
            .usernames
            .range::<str, _>((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded))
            .take(limit + 1)
            .filter_map(|(_, id)| self.users.get(id))
            .map(Person::user)
            .collect();
        let more = users.len() > limit;
        users.truncate(limit);
        (users, more)
    }

    /// At most `limit` users of those who share a room with anybody, who is
    /// there first, and whether there are more. Everybody is in `#broadcast`,
    /// so everybody shares a room with everybody.
    pub(crate) fn people(&self, limit: usize) -> (Vec<User>, bool) {
        let here = self.online.iter().filter_map(|id| self.users.get(id));
        let mut users: Vec<User> = here.take(limit).map(Person::user).collect();
        let away = self
            .usernames
            .values()
            .filter(|id| !self.online.contains(id));
        let rest = limit - users.len();
        users.extend(
            away.filter_map(|id| self.users.get(id))
                .take(rest)
                .map(Person::user),
        );
        (users, self.users.len() > limit)
    }

    /// Whether this is the only owner who can sign in.
    pub(crate) fn is_last_owner(&self, user: UserId) -> bool {
        let owns = |person: &Person| person.record.role == Role::Owner && !person.record.disabled;
        self.users.get(&user).is_some_and(owns)
            && self.users.values().filter(|person| owns(person)).count() == 1
    }

    /// Guests that came before `then` and have no session.
    pub(crate) fn guests_without_session(&self, then: Time) -> Vec<UserId> {
        let gone = |person: &&Person| {
            person.record.role == Role::Guest
                && person.sessions.is_empty()
                && person.record.created < then
        };
        let gone = self.users.values().filter(gone);
        gone.map(|person| person.record.id).collect()
    }

    /// Whether anybody owns the server.
    pub(crate) fn has_owner(&self) -> bool {
        self.users
            .values()
            .any(|person| person.record.role == Role::Owner)
    }

    /// Notes that somebody came, went, or turned away.
    pub(super) fn turn(&mut self, user: UserId) {
        let Some(person) = self.users.get(&user) else {
            return;
        };
        if person.connected.is_empty() {
            self.online.remove(&user);
        } else {
            self.online.insert(user);
        }
        self.turned.insert(user);
    }

    /// Whether there is anything to take by [`Tables::take_newcomers`] or
    /// [`Tables::take_turned`]. To ask costs others nothing, to take is a change.
    pub(crate) fn has_news(&self) -> bool {
        !(self.newcomers.is_empty() && self.turned.is_empty() && self.departed.is_empty())
    }

    /// At most `limit` new users, from now on told.
    pub(crate) fn take_newcomers(&mut self, limit: usize) -> Vec<User> {
        let mut taken = Vec::new();
        while taken.len() < limit
            && let Some(user) = self.newcomers.pop_first()
        {
            taken.extend(self.users.get(&user).map(Person::user));
        }
        taken
    }

    /// Notes a new user of whom nobody was told yet.
    pub(crate) fn announce(&mut self, user: UserId) {
        self.newcomers.insert(user);
    }

    /// At most `limit` users whose presence is another than was last told, from
    /// now on told.
    pub(crate) fn take_turned(&mut self, limit: usize) -> BTreeMap<String, Presence> {
        let mut changes = BTreeMap::new();
        while changes.len() < limit
            && let Some(username) = self.departed.pop()
        {
            changes.insert(username, Presence::Offline);
        }
        while changes.len() < limit
            && let Some(user) = self.turned.pop_first()
        {
            let Some(person) = self.users.get_mut(&user) else {
                continue;
            };
            let now = person.presence();
            if now != person.told {
                person.told = now;
                changes.insert(person.record.username.clone(), now);
            }
        }
        changes
    }
}
