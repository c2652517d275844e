//! One account on one server: its rooms, its people, its connection.

use std::collections::{BTreeMap, HashMap};

use parlor_client::peer::Talk;
use parlor_client::{AccountId, Item, RoomState, Snapshot, Trust};
use parlor_protocol::reply::Welcome;
use parlor_protocol::{Notify, Presence, Role, Room, RoomKind, User};

use crate::model::files::Files;
use crate::model::peer::{self, Peers};
use crate::model::previews::Previews;
use crate::model::transfers::Transfers;
use crate::model::{Conversation, LinkState, People, SearchPanel};

/// What a server that takes files names among its features.
const FILES: &str = "files";

/// The server of an account, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerFace {
    /// What it calls itself.
    pub name: String,
    /// Where it is: `host:port`.
    pub address: String,
    /// Its program's version, once it said so.
    pub version: Option<String>,
    /// Why it is trusted.
    pub trust: Trust,
    /// How many bytes a message's text may have.
    pub text_bytes: usize,
    /// Whether it takes files, as far as it said so.
    pub files: bool,
    /// What a password must be, for people.
    pub password_rules: Vec<String>,
}

/// One account.
#[derive(Debug)]
pub(crate) struct Account {
    /// Which one.
    pub id: AccountId,
    /// Which sign-in of it this is: a session that is over begins anew with the next.
    pub sign_in: u64,
    /// Its server.
    pub server: ServerFace,
    /// Oneself.
    pub me: User,
    /// The rooms one is in, by name.
    pub rooms: BTreeMap<String, RoomState>,
    /// Everybody known, by username.
    pub users: BTreeMap<String, User>,
    /// How the connection stands.
    pub link: LinkState,
    /// The marks of messages that wait to be sent.
    pub waiting: std::collections::BTreeSet<String>,
    /// Whether what was kept on this computer has been read.
    pub loaded: bool,
    /// The room in front, or the talk.
    pub room: Option<String>,
    /// The room that comes to the front as soon as the client tells of it.
    pub wanted: Option<String>,
    /// What was opened or heard of, by room.
    pub conversations: HashMap<String, Conversation>,
    /// The people panel.
    pub people: People,
    /// The search panel.
    pub search: SearchPanel,
    /// Files on their way, and those that are there.
    pub transfers: Transfers,
    /// Pictures of messages.
    pub previews: Previews,
    /// The list of files.
    pub files: Files,
    /// People, and the talks that no server keeps.
    pub peers: Peers,
}

impl Account {
    /// An account as the home knows it, before its store was read.
    pub(crate) fn new(account: &parlor_client::Account) -> Self {
        let username = &account.username;
        Self {
            id: account.id.clone(),
            sign_in: 0,
            server: ServerFace {
                name: account.server_name.clone(),
                address: account.address.clone(),
                version: None,
                trust: Trust::Remembered,
                text_bytes: parlor_protocol::limits::TEXT_BYTES,
                files: false,
                password_rules: Vec::new(),
            },
            me: User {
                username: username.clone(),
                name: account.name.clone(),
                role: Role::Member,
                presence: Presence::Offline,
                status: String::new(),
            },
            rooms: BTreeMap::new(),
            users: BTreeMap::new(),
            link: LinkState::default(),
            waiting: std::collections::BTreeSet::new(),
            loaded: false,
            room: None,
            wanted: None,
            conversations: HashMap::new(),
            people: People::default(),
            search: SearchPanel::default(),
            transfers: Transfers::default(),
            previews: Previews::default(),
            files: Files::default(),
            peers: Peers::default(),
        }
    }

    /// Takes in what the local store holds, and begins with `room` where it is still there.
    pub(crate) fn load(&mut self, snapshot: Snapshot, room: Option<&str>) {
        if let Some(me) = snapshot.me {
            self.me = me;
        }
        for user in snapshot.users {
            self.put_user(user);
        }
        self.put_rooms(snapshot.rooms);
        for (room, items) in snapshot.items {
            self.note_items(&room, &items);
            self.conversation(&room).load(items);
        }
        for outgoing in snapshot.outgoing {
            self.note_outgoing(&outgoing);
            let room = outgoing.room.clone();
            self.conversation(&room).put_outgoing(outgoing);
        }
        self.transfers.load(snapshot.transfers);
        // Whether a talk is there, its own store says, which may be read later.
        let begins = |room: &&str| self.rooms.contains_key(*room) || peer::talk_of(room).is_some();
        if let Some(room) = room.filter(begins) {
            self.room = Some(room.to_owned());
        }
        self.loaded = true;
    }

    /// Takes in who we are there, and the server's bounds.
    pub(crate) fn signed_in(&mut self, me: User, welcome: &Welcome, trust: Trust) {
        self.put_user(me.clone());
        self.me = me;
        self.server.name.clone_from(&welcome.server.name);
        self.server.trust = trust;
        self.server.version = Some(welcome.server.version.clone());
        self.server.text_bytes =
            usize::try_from(welcome.limits.text_bytes).unwrap_or(self.server.text_bytes);
        self.server
            .password_rules
            .clone_from(&welcome.auth.password_rules);
        self.server.files = welcome.features.iter().any(|feature| feature == FILES);
        self.people.forget();
        self.previews.forget_failures();
    }

    /// Whether one may upload files to a room.
    pub(crate) fn may_upload(&self, room: &str) -> bool {
        let writes = self
            .rooms
            .get(room)
            .is_some_and(|state| state.room.can_send);
        self.server.files && writes
    }

    /// Whether one may delete a file: one's own, or any where one moderates.
    pub(crate) fn may_delete_file(&self, file: &parlor_protocol::File) -> bool {
        let moderates = self
            .rooms
            .get(&file.room)
            .is_some_and(|state| state.room.moderator);
        file.by == self.me.username || moderates || self.me.role >= Role::Moderator
    }

    /// A room or talk as it is called in a line of words: `#general`, or the other one's name.
    pub(crate) fn room_words(&self, room: &str) -> String {
        if let Some(talk) = peer::talk_of(room) {
            return match &talk {
                Talk::Direct(username) => self.name_of(username).to_owned(),
                Talk::Channel(_) => talk.to_string(),
            };
        }
        match self.rooms.get(room) {
            Some(state) if state.room.with.is_some() => self.room_title(&state.room).to_owned(),
            _ => format!("#{room}"),
        }
    }

    /// The room in front.
    pub(crate) fn front(&self) -> Option<&RoomState> {
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

    /// The rooms in the order of the sidebar: the broadcast room, the general
    /// one, the others by name, then the rooms of two by the other one's name.
    pub(crate) fn sidebar_rooms(&self) -> Vec<&RoomState> {
        let mut rooms: Vec<&RoomState> = self.rooms.values().collect();
        rooms.sort_by_cached_key(|state| {
            let room = &state.room;
            let group = match room.kind {
                RoomKind::Broadcast => 0,
                RoomKind::Public | RoomKind::Private => 1,
                RoomKind::Direct => 2,
            };
            let title = self.room_title(room).to_lowercase();
            (group, room.room != "general", title)
        });
        rooms
    }

    /// The neighbour of the room or talk in front in the sidebar, going round.
    pub(crate) fn next_room(&self, back: bool, unread_only: bool) -> Option<String> {
        let names = self.sidebar_names();
        let count = names.len();
        let at = names
            .iter()
            .position(|(name, _)| Some(name) == self.room.as_ref())
            .unwrap_or(0);
        let step = if back { count.saturating_sub(1) } else { 1 };
        (1..count)
            .map(|n| &names[(at + n * step) % count])
            .find(|(_, unread)| !unread_only || *unread > 0)
            .map(|(name, _)| name.clone())
    }

    /// Unread messages that one wants to be told about.
    pub(crate) fn unread(&self) -> u64 {
        self.rooms.values().map(told_of).sum::<u64>() + self.peers.unread()
    }

    /// Takes in every room one is in; any other is gone.
    pub(crate) fn put_rooms(&mut self, rooms: Vec<RoomState>) {
        self.rooms = rooms
            .into_iter()
            .map(|state| (state.room.room.clone(), state))
            .collect();
        self.conversations
            .retain(|name, _| self.rooms.contains_key(name) || peer::talk_of(name).is_some());
        if self.front().is_none() && self.front_talk().is_none() {
            self.room = self.first_room();
        }
    }

    /// Takes in a room as it now is.
    pub(crate) fn put_room(&mut self, state: RoomState) {
        self.rooms.insert(state.room.room.clone(), state);
        if self.room.is_none() {
            self.room = self.first_room();
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

    /// The wanted room, once it is there.
    pub(crate) fn take_wanted(&mut self) -> Option<String> {
        self.wanted
            .take_if(|wanted| self.rooms.contains_key(wanted.as_str()))
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

    /// Whether the session is over, so that one must sign in again.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.link, LinkState::SignedOut { .. })
    }

    /// Where the server is, as people write it.
    pub(crate) fn place(&self) -> &str {
        without_default_port(&self.server.address)
    }

    /// Whether the server runs on this computer.
    pub(crate) fn is_here(&self) -> bool {
        let host = self.server.address.rsplit_once(':').map_or("", |(h, _)| h);
        matches!(host, "127.0.0.1" | "[::1]" | "localhost")
    }

    /// How many people are known to be there, oneself among them.
    pub(crate) fn online(&self) -> usize {
        let others = self
            .users
            .values()
            .filter(|user| user.username != self.me.username);
        let there = others.filter(|user| user.presence != Presence::Offline);
        usize::from(self.link.is_connected()) + there.count()
    }

    /// Whether somebody writes in the room in front.
    pub(crate) fn someone_types(&self) -> bool {
        self.room
            .as_ref()
            .and_then(|room| self.conversations.get(room))
            .is_some_and(Conversation::someone_types)
    }

    /// Whether what is being written in the room in front is not on disk yet.
    pub(crate) fn draft_waits(&self) -> bool {
        self.room
            .as_ref()
            .and_then(|room| self.conversations.get(room))
            .is_some_and(|talk| talk.composer.draft_waits())
    }

    /// What items of a room's log say of who is in it.
    pub(crate) fn note_items(&mut self, room: &str, items: &[Item]) {
        for item in items {
            if let Item::System(line) = item {
                self.people.note(room, &line.what);
            }
        }
    }

    /// Counts what waits to be sent.
    pub(crate) fn note_outgoing(&mut self, outgoing: &parlor_client::Outgoing) {
        use parlor_client::OutgoingState::{Sending, Waiting};
        if matches!(outgoing.state, Waiting | Sending) {
            self.waiting.insert(outgoing.nonce.clone());
        } else {
            self.waiting.remove(&outgoing.nonce);
        }
    }
}

/// An address without the port that every server has unless it says otherwise.
pub(crate) fn without_default_port(address: &str) -> &str {
    address.strip_suffix(":8888").unwrap_or(address)
}

/// What of a room counts for the window's title.
fn told_of(state: &RoomState) -> u64 {
    match state.room.notify {
        Notify::All => state.unread,
        Notify::Mentions => state.mentions,
        Notify::None => 0,
    }
}

#[cfg(test)]
impl Account {
    /// An account for tests, with nothing but its server's name and oneself.
    pub(crate) fn sample(server: &str, me: User) -> Self {
        let kept = serde_json::json!({
            "id": "test", "username": me.username, "name": me.name, "server_name": server,
            "address": "lab4.example.org:8888", "last_used": "2026-11-19T09:50:00Z",
        });
        let kept: parlor_client::Account = serde_json::from_value(kept).unwrap();
        let mut account = Self::new(&kept);
        account.me = me.clone();
        account.put_user(me);
        account
    }
}
