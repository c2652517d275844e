//! Rooms, who is in them, and what one may do there.

use std::collections::HashMap;
use std::sync::Arc;

use parlor_protocol::{Code, ErrorLine, Notify, Role, Room, RoomKind, User};

use super::people::Person;
use super::tables::Tables;
use crate::storage::{MemberRecord, ReadState, RoomId, RoomRecord, UserId};

/// A room and who is in it.
#[derive(Debug)]
pub(crate) struct Place {
    /// As stored; `last_seq` as told to everybody.
    pub(crate) record: RoomRecord,
    /// The room's name, shared by all who speak of it.
    pub(crate) name: Arc<str>,
    pub(super) members: HashMap<UserId, Member>,
}

/// Somebody's own view of a room they are in.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    notify: Notify,
    read_seq: u64,
    mentions: u64,
}

impl From<&MemberRecord> for Member {
    fn from(record: &MemberRecord) -> Self {
        Self {
            notify: record.notify,
            read_seq: record.read_seq,
            mentions: record.mentions,
        }
    }
}

/// A room as somebody reaches it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access<'a> {
    /// The room.
    pub(crate) place: &'a Place,
    /// Who asks.
    pub(crate) person: &'a Person,
    member: Option<&'a Member>,
    broadcast_post: Role,
}

impl Place {
    pub(super) fn new(record: RoomRecord) -> Self {
        Self {
            name: Arc::from(record.name.as_str()),
            record,
            members: HashMap::new(),
        }
    }

    /// The room's number.
    pub(crate) fn id(&self) -> RoomId {
        self.record.id
    }

    /// Whether somebody is in it.
    pub(crate) fn has(&self, user: UserId) -> bool {
        self.members.contains_key(&user)
    }

    /// Everybody in it.
    pub(crate) fn members(&self) -> impl Iterator<Item = UserId> {
        self.members.keys().copied()
    }
}

impl Access<'_> {
    /// Whether one is in the room.
    pub(crate) fn is_member(&self) -> bool {
        self.member.is_some()
    }

    /// Whether one may post, were one not muted.
    pub(crate) fn can_send(&self) -> bool {
        let posts = self.place.record.kind != RoomKind::Broadcast
            || self.person.record.role >= self.broadcast_post;
        self.is_member() && posts
    }

    /// Whether one may set the topic, remove people, delete messages and the
    /// room: its maker, and moderators of the server who can see it. Nobody is
    /// above the other in a direct room.
    pub(crate) fn moderates(&self) -> bool {
        let makes = self.is_member() && self.place.record.creator == Some(self.person.record.id);
        self.place.record.kind != RoomKind::Direct
            && (makes || self.person.record.role >= Role::Moderator)
    }

    /// Whether one has read as far as `seq`.
    pub(crate) fn read_seq(&self) -> u64 {
        self.member.map_or(0, |member| member.read_seq)
    }

    /// Refuses who is not in the room.
    ///
    /// # Errors
    ///
    /// `not_a_member`.
    pub(crate) fn member(self) -> Result<Self, ErrorLine> {
        if self.is_member() {
            return Ok(self);
        }
        let name = &self.place.record.name;
        let message = format!("You are not in #{name}. Join it first.");
        Err(ErrorLine::new(Code::NotAMember, message))
    }

    /// Refuses who does not moderate the room.
    ///
    /// # Errors
    ///
    /// `forbidden`, or `not_a_member` for who is nothing to this room.
    pub(crate) fn moderator(self) -> Result<Self, ErrorLine> {
        if self.moderates() {
            return Ok(self);
        }
        let access = self.member()?;
        let message = match access.place.record.kind {
            RoomKind::Direct => "Nobody moderates a room of two.".to_owned(),
            _ => format!(
                "Only moderators of #{} may do this. Ask one of them.",
                access.place.record.name
            ),
        };
        Err(ErrorLine::new(Code::Forbidden, message))
    }
}

/// `no_such_room`: also for rooms that exist, but not for who asks.
pub(crate) fn no_such_room(name: &str) -> ErrorLine {
    let shown: String = name.chars().take(64).collect();
    let message = format!("There is no room #{shown}. The list of rooms has those there are.");
    ErrorLine::new(Code::NoSuchRoom, message)
}

impl Tables {
    /// A room.
    pub(crate) fn place(&self, room: RoomId) -> Option<&Place> {
        self.rooms.get(&room)
    }

    /// How many rooms there are.
    pub(crate) fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// Whether a room of this name exists, for anybody.
    pub(crate) fn has_room(&self, name: &str) -> bool {
        self.room_names.contains_key(name)
    }

    /// The room of this name as a user reaches it.
    ///
    /// # Errors
    ///
    /// `no_such_room` where there is none, or none for this user.
    pub(crate) fn access(&self, user: UserId, name: &str) -> Result<Access<'_>, ErrorLine> {
        let room = self.room_names.get(name);
        room.and_then(|room| self.access_to(user, *room))
            .ok_or_else(|| no_such_room(name))
    }

    /// A room as a user reaches it; `None` if it does not exist for them.
    pub(crate) fn access_to(&self, user: UserId, room: RoomId) -> Option<Access<'_>> {
        let place = self.rooms.get(&room)?;
        let member = place.members.get(&user);
        let listed = matches!(place.record.kind, RoomKind::Public | RoomKind::Broadcast);
        (member.is_some() || listed).then_some(())?;
        Some(Access {
            place,
            person: self.users.get(&user)?,
            member,
            broadcast_post: self.broadcast_post.unwrap_or(Role::Moderator),
        })
    }

    /// ROOM of the protocol as a user sees it.
    pub(crate) fn room(&self, access: Access<'_>) -> Room {
        let record = &access.place.record;
        let me = access.person.record.id;
        let other = record.pair.map(|(a, b)| if a == me { b } else { a });
        Room {
            room: record.name.clone(),
            kind: record.kind,
            topic: record.topic.clone(),
            joined: access.is_member(),
            last_seq: record.last_seq,
            read_seq: access.read_seq(),
            mentions: access.member.map_or(0, |member| member.mentions),
            members: access.place.members.len() as u64,
            notify: access.member.map_or(Notify::All, |member| member.notify),
            can_send: access.can_send(),
            // A guest who is gone has no name any more.
            with: other
                .and_then(|user| self.person(user))
                .map(|person| person.username.to_string()),
            created: Some(record.created),
            moderator: access.moderates(),
        }
    }

    /// The rooms a user is in, by name.
    pub(crate) fn joined_rooms(&self, user: UserId) -> Vec<(RoomId, Room)> {
        let ids = self.users.get(&user).map_or(&[][..], |p| &p.rooms);
        let mut rooms: Vec<(RoomId, Room)> = ids
            .iter()
            .filter_map(|id| Some((*id, self.room(self.access_to(user, *id)?))))
            .collect();
        rooms.sort_by(|a, b| a.1.room.cmp(&b.1.room));
        rooms
    }

    /// The public rooms and a user's own, by name.
    pub(crate) fn visible_rooms(&self, user: UserId) -> impl Iterator<Item = Room> {
        self.room_names
            .values()
            .filter_map(move |id| Some(self.room(self.access_to(user, *id)?)))
    }

    /// The rooms whose history a user may read.
    pub(crate) fn readable_rooms(&self, user: UserId) -> Vec<RoomId> {
        let readable = |id: &&RoomId| self.access_to(user, **id).is_some();
        self.room_names.values().filter(readable).copied().collect()
    }

    /// Up to `limit` members of a room after the username `after`, by username,
    /// and whether there are more.
    pub(crate) fn members_after(
        &self,
        place: &Place,
        after: &str,
        limit: usize,
    ) -> (Vec<User>, bool) {
        let mut people: Vec<&Person> = place
            .members()
            .filter_map(|id| self.users.get(&id))
            .filter(|person| &*person.username > after)
            .collect();
        people.sort_unstable_by(|a, b| a.username.cmp(&b.username));
        let more = people.len() > limit;
        people.truncate(limit);
        (people.into_iter().map(Person::user).collect(), more)
    }

    /// The direct room of two users, if they have one.
    pub(crate) fn direct_room(&self, a: UserId, b: UserId) -> Option<RoomId> {
        let pair = (a.min(b), a.max(b));
        let rooms = &self.users.get(&a)?.rooms;
        let mut found = rooms.iter().filter_map(|id| self.rooms.get(id));
        found
            .find(|place| place.record.pair == Some(pair))
            .map(Place::id)
    }

    /// Notes the newest event of a room.
    pub(crate) fn set_last_seq(&mut self, room: RoomId, seq: u64) {
        if let Some(place) = self.rooms.get_mut(&room) {
            place.record.last_seq = place.record.last_seq.max(seq);
        }
    }

    /// Notes a room's topic.
    pub(crate) fn set_topic(&mut self, room: RoomId, topic: &str) {
        if let Some(place) = self.rooms.get_mut(&room) {
            topic.clone_into(&mut place.record.topic);
        }
    }

    fn member_mut(&mut self, room: RoomId, user: UserId) -> Option<&mut Member> {
        self.rooms.get_mut(&room)?.members.get_mut(&user)
    }

    /// Counts a mention by the message `seq`, or takes it back, unless it was read.
    pub(crate) fn count_mention(&mut self, room: RoomId, user: UserId, seq: u64, given: bool) {
        if let Some(member) = self.member_mut(room, user)
            && member.read_seq < seq
        {
            member.mentions = if given {
                member.mentions + 1
            } else {
                member.mentions.saturating_sub(1)
            };
        }
    }

    /// Takes over how far somebody has read. A mark that another overtook on
    /// its way from storage changes nothing.
    pub(crate) fn set_read(&mut self, room: RoomId, user: UserId, state: ReadState) {
        if let Some(member) = self.member_mut(room, user)
            && state.read_seq >= member.read_seq
        {
            member.read_seq = state.read_seq;
            member.mentions = state.mentions;
        }
    }

    /// Takes over what somebody wants to be told of a room.
    pub(crate) fn set_notify(&mut self, room: RoomId, user: UserId, notify: Notify) {
        if let Some(member) = self.member_mut(room, user) {
            member.notify = notify;
        }
    }
}
