//! What there is, and reading it from storage.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use parlor_protocol::{DeviceId, Role, Time};

use super::bans::Bans;
use super::people::Person;
use super::rooms::{Member, Place};
use crate::storage::{
    MemberRecord, RoomId, RoomRecord, SecretHash, SessionId, SessionRecord, Snapshot, UserId,
    UserRecord,
};
use crate::transfers::Transfers;

/// Everything the server knows of users, sessions and rooms. Its methods
/// stand in the file of their noun.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(super) users: HashMap<UserId, Person>,
    pub(super) usernames: BTreeMap<Arc<str>, UserId>,
    pub(super) sessions: HashMap<SessionId, SessionRecord>,
    pub(super) tokens: HashMap<SecretHash, SessionId>,
    /// Sessions that were seen, and whose signs of life are not stored yet.
    pub(super) visited: BTreeSet<SessionId>,
    pub(super) rooms: HashMap<RoomId, Place>,
    pub(super) room_names: BTreeMap<String, RoomId>,
    pub(super) bans: Bans,
    /// Devices that were ended, with the time until which their cards would have held.
    pub(super) revoked: BTreeMap<DeviceId, Time>,
    /// Users with a connection.
    pub(super) online: BTreeSet<UserId>,
    /// Users whose presence changed since it was last told.
    pub(super) turned: BTreeSet<UserId>,
    /// New users of whom nobody was told yet.
    pub(super) newcomers: BTreeSet<UserId>,
    /// Guests who are gone for good, and were not yet told to be.
    pub(super) departed: Vec<String>,
    /// Messages kept since the server started.
    messages: u64,
    /// The rank from which on one may post in broadcast rooms.
    pub(super) broadcast_post: Option<Role>,
    /// What ends with sessions and memberships.
    pub(crate) transfers: Arc<Transfers>,
}

/// How many there are of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) users: u64,
    pub(crate) online: u64,
    pub(crate) sessions: u64,
    pub(crate) rooms: u64,
    /// Messages kept since the server started.
    pub(crate) messages: u64,
}

impl Tables {
    /// How many there are of what; sessions that expired are none.
    pub(crate) fn counts(&self, now: Time) -> Counts {
        let alive = self.sessions.values().filter(|s| s.expires > now);
        Counts {
            users: self.users.len() as u64,
            online: self.online.len() as u64,
            sessions: alive.count() as u64,
            rooms: self.rooms.len() as u64,
            messages: self.messages,
        }
    }

    /// One more message is kept.
    pub(crate) fn count_message(&mut self) {
        self.messages += 1;
    }

    /// The tables of what was stored. `broadcast_post` is the lowest rank that
    /// may post in broadcast rooms.
    pub(crate) fn new(snapshot: Snapshot, broadcast_post: Role) -> Self {
        let mut tables = Self {
            broadcast_post: Some(broadcast_post),
            ..Self::default()
        };
        for user in snapshot.users {
            tables.put_user(user);
        }
        for room in snapshot.rooms {
            tables.put_room(room);
        }
        for member in &snapshot.members {
            tables.put_member(member);
        }
        for session in snapshot.sessions {
            tables.put_session(session);
        }
        for ban in snapshot.bans {
            tables.put_ban(ban);
        }
        for ended in snapshot.revoked {
            tables.put_revoked(ended.device, ended.until);
        }
        tables
    }

    /// Adds a user, or takes over what is stored of them now.
    pub(crate) fn put_user(&mut self, record: UserRecord) {
        if let Some(person) = self.users.get_mut(&record.id) {
            person.record = record;
            return;
        }
        let username: Arc<str> = Arc::from(record.username.as_str());
        self.usernames.insert(Arc::clone(&username), record.id);
        self.users.insert(record.id, Person::new(record, username));
    }

    /// Adds a room without members.
    pub(crate) fn put_room(&mut self, record: RoomRecord) {
        self.room_names.insert(record.name.clone(), record.id);
        self.rooms.insert(record.id, Place::new(record));
    }

    /// Adds somebody to a room, or takes over what is stored of their membership now.
    pub(crate) fn put_member(&mut self, record: &MemberRecord) {
        let (Some(place), Some(person)) = (
            self.rooms.get_mut(&record.room),
            self.users.get_mut(&record.user),
        ) else {
            return;
        };
        place.members.insert(record.user, Member::from(record));
        if !person.rooms.contains(&record.room) {
            person.rooms.push(record.room);
        }
    }

    /// Takes somebody out of a room.
    pub(crate) fn remove_member(&mut self, room: RoomId, user: UserId) {
        if let Some(place) = self.rooms.get_mut(&room) {
            place.members.remove(&user);
        }
        if let Some(person) = self.users.get_mut(&user) {
            person.rooms.retain(|r| *r != room);
        }
        let may_read = self.access_to(user, room).is_some();
        self.transfers.end_member(room, user, may_read);
    }

    /// Removes a room with its memberships; answers who was in it.
    pub(crate) fn remove_room(&mut self, room: RoomId) -> Vec<UserId> {
        let Some(place) = self.rooms.remove(&room) else {
            return Vec::new();
        };
        self.transfers.end_room(room);
        self.room_names.remove(&place.record.name);
        let members: Vec<UserId> = place.members.into_keys().collect();
        for user in &members {
            if let Some(person) = self.users.get_mut(user) {
                person.rooms.retain(|r| *r != room);
            }
        }
        members
    }

    /// Removes a guest who is gone, with their memberships and sessions.
    pub(crate) fn remove_user(&mut self, user: UserId) {
        let Some(person) = self.users.remove(&user) else {
            return;
        };
        self.usernames.remove(&person.username);
        self.departed.push(person.record.username);
        self.online.remove(&user);
        self.turned.remove(&user);
        self.newcomers.remove(&user);
        for room in person.rooms {
            if let Some(place) = self.rooms.get_mut(&room) {
                place.members.remove(&user);
            }
        }
        for session in person.sessions {
            self.transfers.end_session(session);
            if let Some(record) = self.sessions.remove(&session) {
                self.tokens.remove(&record.token);
            }
        }
    }
}
