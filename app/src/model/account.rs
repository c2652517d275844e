//! One account on one server: its rooms, its people, its connection.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use parlor_protocol::{LogBody, LogEvent, Presence, Role, Room, RoomKind, Time, User};

use crate::model::{Conversation, LinkState, People, SearchPanel};

/// What tells one account of this computer from another; the folder it is kept in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AccountId(Arc<str>);

impl AccountId {
    /// The account kept under this name.
    pub(crate) fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// Its name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The server of an account, for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ServerFace {
    /// What it calls itself; its address until it said so.
    pub name: String,
    /// Where it is: `host` or `host:port`.
    pub address: String,
    /// Its program's version, once it said so.
    pub version: String,
    /// How many bytes a message's text may have.
    pub text_bytes: usize,
}

/// One account.
#[derive(Debug)]
pub(crate) struct Account {
    /// Which one.
    pub id: AccountId,
    /// Its server.
    pub server: ServerFace,
    /// Oneself.
    pub me: User,
    /// The rooms one is in, by name.
    pub rooms: BTreeMap<String, Room>,
    /// Everybody known, by username.
    pub users: BTreeMap<String, User>,
    /// How the connection stands.
    pub link: LinkState,
    /// Messages that wait to be sent.
    pub waiting: usize,
    /// Whether what was kept on this computer has been read.
    pub loaded: bool,
    /// The room in front.
    pub room: Option<String>,
    /// What was opened or heard of, by room.
    pub conversations: HashMap<String, Conversation>,
    /// The people panel.
    pub people: People,
    /// The search panel.
    pub search: SearchPanel,
}

impl Account {
    /// An account before anything of it is known.
    pub(crate) fn new(id: AccountId, server: ServerFace, username: &str) -> Self {
        Self {
            id,
            server,
            me: User {
                username: username.to_owned(),
                name: username.to_owned(),
                role: Role::Member,
                presence: Presence::Offline,
                status: String::new(),
            },
            rooms: BTreeMap::new(),
            users: BTreeMap::new(),
            link: LinkState::default(),
            waiting: 0,
            loaded: false,
            room: None,
            conversations: HashMap::new(),
            people: People::default(),
            search: SearchPanel::default(),
        }
    }

    /// The room in front.
    pub(crate) fn front(&self) -> Option<&Room> {
        self.rooms.get(self.room.as_deref()?)
    }

    /// The conversation of a room; made when first asked for.
    pub(crate) fn conversation(&mut self, room: &str) -> &mut Conversation {
        self.conversations
            .entry(room.to_owned())
            .or_insert_with(|| Conversation::new(room))
    }

    /// What a room is called: the other one's name in a room of two.
    pub(crate) fn room_title<'a>(&'a self, room: &'a Room) -> &'a str {
        match &room.with {
            Some(with) => self.name_of(with),
            None => &room.room,
        }
    }

    /// The display name of a user; the username of one who is not known.
    pub(crate) fn name_of<'a>(&'a self, username: &'a str) -> &'a str {
        if username == self.me.username {
            return &self.me.name;
        }
        self.users
            .get(username)
            .map_or(username, |user| user.name.as_str())
    }

    /// Whether somebody is there; `None` while it cannot be known.
    pub(crate) fn presence_of(&self, username: &str) -> Option<Presence> {
        if !self.link.is_connected() {
            return None;
        }
        if username == self.me.username {
            return Some(Presence::Online);
        }
        self.users.get(username).map(|user| user.presence)
    }

    /// The rooms in the order of the sidebar: the broadcast room, then by
    /// name, then the rooms of two by the other one's name.
    pub(crate) fn sidebar_rooms(&self) -> Vec<&Room> {
        let mut rooms: Vec<&Room> = self.rooms.values().filter(|room| room.joined).collect();
        rooms.sort_by_key(|room| {
            let group = match room.kind {
                RoomKind::Broadcast => 0,
                RoomKind::Public | RoomKind::Private => 1,
                RoomKind::Direct => 2,
            };
            let general = room.room != "general";
            (group, general, self.room_title(room).to_lowercase())
        });
        rooms
    }

    /// The neighbour of the room in front in the sidebar, going round.
    pub(crate) fn next_room(&self, back: bool, unread_only: bool) -> Option<String> {
        let rooms = self.sidebar_rooms();
        let at = rooms
            .iter()
            .position(|room| Some(&room.room) == self.room.as_ref())
            .unwrap_or(0);
        let count = rooms.len();
        let step = if back { count.saturating_sub(1) } else { 1 };
        (1..count)
            .map(|n| rooms[(at + n * step) % count])
            .find(|room| !unread_only || unread_of(room) > 0)
            .map(|room| room.room.clone())
    }

    /// Unread messages of rooms that one wants to be told about.
    pub(crate) fn unread(&self) -> u64 {
        self.rooms
            .values()
            .filter(|room| room.joined)
            .map(|room| match room.notify {
                parlor_protocol::Notify::All => unread_of(room),
                parlor_protocol::Notify::Mentions => room.mentions,
                parlor_protocol::Notify::None => 0,
            })
            .sum()
    }

    /// Takes in a room as it now is; one that was left stays known no longer.
    pub(crate) fn put_room(&mut self, room: Room) {
        if room.joined {
            self.rooms.insert(room.room.clone(), room);
        } else {
            self.drop_room(&room.room);
        }
    }

    /// Forgets a room that was left or deleted.
    pub(crate) fn drop_room(&mut self, room: &str) {
        self.rooms.remove(room);
        self.conversations.remove(room);
        if self.room.as_deref() == Some(room) {
            self.room = self.first_room();
        }
    }

    /// The room to begin with.
    pub(crate) fn first_room(&self) -> Option<String> {
        ["general", "broadcast"]
            .into_iter()
            .find(|room| self.rooms.contains_key(*room))
            .map(str::to_owned)
            .or_else(|| self.rooms.keys().next().cloned())
    }

    /// Takes in a profile as it now is.
    pub(crate) fn put_user(&mut self, user: User) {
        if user.username == self.me.username {
            self.me = user.clone();
        }
        self.users.insert(user.username.clone(), user);
    }

    /// Takes in who came and went.
    pub(crate) fn put_presence(&mut self, changes: &BTreeMap<String, Presence>) {
        for (username, presence) in changes {
            if let Some(user) = self.users.get_mut(username) {
                user.presence = *presence;
            }
        }
    }

    /// What a log event changes of the room itself: its end, its topic, who is in it.
    pub(crate) fn note_event(&mut self, event: &LogEvent) {
        let me = self.me.username.clone();
        let Some(room) = self.rooms.get_mut(&event.room) else {
            return;
        };
        if event.seq <= room.last_seq && !matches!(event.body, LogBody::Topic { .. }) {
            return;
        }
        room.last_seq = room.last_seq.max(event.seq);
        match &event.body {
            LogBody::Message(message) => {
                if message.from == me {
                    room.read_seq = room.read_seq.max(event.seq);
                    room.mentions = 0;
                } else if parlor_protocol::mention::mentions(&message.text).contains(&me) {
                    room.mentions += 1;
                }
            }
            LogBody::Topic { topic, .. } => topic.clone_into(&mut room.topic),
            LogBody::Joined { username, .. } => {
                room.members += 1;
                let room = event.room.clone();
                self.people.joined(&room, username);
            }
            LogBody::Left { username, .. } => {
                room.members = room.members.saturating_sub(1);
                let room = event.room.clone();
                self.people.left(&room, username);
            }
            _ => {}
        }
    }

    /// Moves the read mark of a room forward.
    pub(crate) fn put_read(&mut self, room: &str, seq: u64) {
        if let Some(room) = self.rooms.get_mut(room)
            && seq > room.read_seq
        {
            room.read_seq = seq;
            if seq >= room.last_seq {
                room.mentions = 0;
            }
        }
    }

    /// When nobody is seen any more because the connection is gone.
    pub(crate) fn lost(&mut self, why: String, again: Option<Time>) {
        self.link = LinkState::Offline { why, again };
    }
}

/// Unread entries of a room.
pub(crate) fn unread_of(room: &Room) -> u64 {
    room.last_seq.saturating_sub(room.read_seq)
}
