//! The people panel: who is in the room in front, and the menu of one of them.

use std::collections::{BTreeSet, HashMap};

use parlor_client::Happening;
use parlor_client::peer::TalkState;
use parlor_protocol::{Presence, RoomKind, User};

use crate::model::Account;

/// Who is in which room, as far as asked for.
#[derive(Debug, Default)]
pub(crate) struct People {
    members: HashMap<String, Members>,
}

#[derive(Debug, Default)]
struct Members {
    usernames: BTreeSet<String>,
    /// Whether the list was read to its end.
    whole: bool,
    /// Whether the next page begins the list anew.
    begins_anew: bool,
}

/// The panel's groups.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Groups<'a> {
    /// By presence, each by name.
    Known {
        /// There.
        online: Vec<&'a User>,
        /// Away from the screen.
        away: Vec<&'a User>,
        /// Not there.
        offline: Vec<&'a User>,
    },
    /// While one is offline, nobody's presence is known.
    Unknown(Vec<&'a User>),
    /// Of a peer channel, by whether a link to them is up.
    Linked {
        /// It is.
        here: Vec<&'a User>,
        /// It is not.
        away: Vec<&'a User>,
    },
}

impl People {
    /// Takes in a page of members.
    pub(crate) fn page(&mut self, room: &str, usernames: Vec<String>, more: bool) {
        let members = self.members.entry(room.to_owned()).or_default();
        if members.begins_anew {
            members.usernames.clear();
            members.begins_anew = false;
        }
        members.usernames.extend(usernames);
        members.whole = !more;
        members.begins_anew = members.whole;
    }

    /// Somebody came in or left.
    pub(crate) fn note(&mut self, room: &str, what: &Happening) {
        let Some(members) = self.members.get_mut(room) else {
            return;
        };
        match what {
            Happening::Joined { username, .. } => {
                members.usernames.insert(username.clone());
            }
            Happening::Left { username, .. } => {
                members.usernames.remove(username);
            }
            Happening::Topic { .. } => {}
        }
    }

    /// Whether the list of a room is to be asked for.
    pub(crate) fn is_missing(&self, room: &str) -> bool {
        self.members.get(room).is_none_or(|members| !members.whole)
    }

    /// Everything must be asked for anew, because it may have changed unseen.
    pub(crate) fn forget(&mut self) {
        for members in self.members.values_mut() {
            members.whole = false;
            members.begins_anew = true;
        }
    }

    /// Whether the server said who is in a room.
    pub(crate) fn knows(&self, room: &str) -> bool {
        self.members.contains_key(room)
    }

    /// The usernames in a room, as far as known.
    pub(crate) fn of<'a>(&'a self, room: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.members
            .get(room)
            .into_iter()
            .flat_map(|members| members.usernames.iter().map(String::as_str))
    }
}

impl Account {
    /// Who is in the room in front as far as that follows from what it is:
    /// everybody is in `#general` at first, two are in a room of two.
    fn presumed(&self) -> Vec<&User> {
        let Some(state) = self.front() else {
            return Vec::new();
        };
        let room = &state.room;
        let everybody = room.room == "general" || room.kind == RoomKind::Broadcast;
        let both = [Some(&self.me.username), room.with.as_ref()];
        self.users
            .values()
            .filter(|user| everybody || both.contains(&Some(&user.username)))
            .collect()
    }

    /// Those in a peer channel, oneself first among those who are here.
    fn linked(&self, channel: &TalkState) -> Groups<'_> {
        let mut here: Vec<&User> = self.users.get(&self.me.username).into_iter().collect();
        let mut away = Vec::new();
        for member in &channel.members {
            let Some(user) = self.users.get(&member.username) else {
                continue;
            };
            match member.here {
                _ if user.username == self.me.username => {}
                true => here.push(user),
                false => away.push(user),
            }
        }
        away.sort_by_cached_key(|user| user.name.to_lowercase());
        let others = here.get_mut(1..).unwrap_or_default();
        others.sort_by_cached_key(|user| user.name.to_lowercase());
        Groups::Linked { here, away }
    }

    /// The people of the room in front, in the panel's groups.
    pub(crate) fn groups(&self) -> Groups<'_> {
        let Some(room) = &self.room else {
            return Groups::Unknown(Vec::new());
        };
        if let Some(channel) = self.peers.talks.get(room) {
            return self.linked(channel);
        }
        let mut users: Vec<&User> = if self.people.knows(room) {
            let there = self.people.of(room);
            there.filter_map(|name| self.users.get(name)).collect()
        } else {
            self.presumed()
        };
        users.sort_by_cached_key(|user| user.name.to_lowercase());
        if !self.link.is_connected() {
            return Groups::Unknown(users);
        }
        let presence = |user: &User| {
            if user.username == self.me.username {
                Presence::Online.max(user.presence)
            } else {
                user.presence
            }
        };
        let group = |wanted| {
            users
                .iter()
                .copied()
                .filter(|user| presence(user) == wanted)
                .collect()
        };
        Groups::Known {
            online: group(Presence::Online),
            away: group(Presence::Away),
            offline: group(Presence::Offline),
        }
    }
}
