//! The peers' side of an account: people and how far they are trusted, talks that no server
//! keeps, and how this device stands among the others.
//!
//! A talk goes by its name wherever a room does: `@bob` with a person, `#field-trip` in a
//! peer channel. No room of a server has such a name.

mod moving;

use std::collections::{BTreeMap, BTreeSet};

use parlor_client::peer::{
    DeviceStanding, KnownDevice, PeerSnapshot, Person, Standing, Talk, TalkState, Way,
};
use parlor_protocol::DeviceId;

use crate::model::Account;
use crate::model::transfers::Counts;

pub(crate) use moving::{Files, Moving};

/// The talk of this name; `None` for a room of the server.
pub(crate) fn talk_of(name: &str) -> Option<Talk> {
    name.parse().ok()
}

/// The person of this name, if it is a talk with one.
pub(crate) fn person_of(name: &str) -> Option<String> {
    match talk_of(name)? {
        Talk::Direct(username) => Some(username),
        Talk::Channel(_) => None,
    }
}

/// The peers' side of an account.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    /// Whether what was kept on this computer has been read.
    pub(crate) loaded: bool,
    /// This device, once it is known.
    pub(crate) device: Option<DeviceId>,
    /// What it is called.
    pub(crate) label: String,
    /// The talks, by their names.
    pub(crate) talks: BTreeMap<String, TalkState>,
    /// The people of which something is known, by username.
    pub(crate) people: BTreeMap<String, Person>,
    /// How this device stands.
    pub(crate) standing: Standing,
    /// Files on their way.
    pub(crate) files: Files,
    /// Devices of which the reader closed the notice without an answer.
    put_off: BTreeSet<DeviceId>,
    /// Whether the number of the safety panel shows as a picture for a camera.
    pub(crate) code: bool,
}

/// How things go to a person now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Going {
    /// Over a link that is up.
    Linked(Way),
    /// No link came up: sealed, and held by the room server.
    Sealed,
    /// They are being dialled; nobody knows yet.
    Reaching,
    /// Not at all: they have no device.
    Nowhere,
}

impl Peers {
    /// Takes in everything that is here. What was opened without a word said stays.
    pub(crate) fn load(&mut self, snapshot: PeerSnapshot) {
        self.loaded = true;
        self.device = Some(snapshot.device);
        self.label = snapshot.label;
        self.standing = snapshot.standing;
        self.people = by_name(snapshot.people, |person| person.username.clone());
        let empty = std::mem::take(&mut self.talks).into_iter();
        self.talks = empty.filter(|(_, state)| state.last_place == 0).collect();
        let told = by_name(snapshot.talks, |state| state.talk.to_string());
        self.talks.extend(told);
    }

    /// A talk of this name stands in the sidebar from now on, though nothing was said in it.
    pub(crate) fn begin(&mut self, talk: Talk) {
        let name = talk.to_string();
        self.talks.entry(name).or_insert_with(|| TalkState {
            talk,
            last_place: 0,
            read_place: 0,
            unread: 0,
            last_time: None,
            draft: String::new(),
            members: Vec::new(),
        });
    }

    /// How things go to a user now.
    pub(crate) fn going(&self, username: &str) -> Going {
        let Some(person) = self.people.get(username) else {
            return Going::Reaching;
        };
        match &person.path {
            Some(path) => Going::Linked(path.way),
            None if !has_device(person) => Going::Nowhere,
            None if person.dialled.is_some() || person.sealed > 0 => Going::Sealed,
            None => Going::Reaching,
        }
    }

    /// The device of a user whose notice stands until it is answered.
    pub(crate) fn asks_about(&self, username: &str, device: &DeviceId) -> bool {
        let Some(person) = self.people.get(username) else {
            return false;
        };
        let known = person.devices.iter().find(|known| known.device == *device);
        let open = known.is_some_and(|known| {
            matches!(
                known.standing,
                DeviceStanding::New | DeviceStanding::Changed
            )
        });
        open && !self.put_off.contains(device)
    }

    /// The reader closes the notice of a device, and answers later or never.
    pub(crate) fn put_off(&mut self, device: DeviceId) {
        self.put_off.insert(device);
    }

    /// Unread posts over all talks.
    pub(crate) fn unread(&self) -> u64 {
        self.talks.values().map(|state| state.unread).sum()
    }

    /// The talks in the order of the sidebar: peer channels, then people, each by its words.
    pub(crate) fn listed<'a>(&'a self, words: impl Fn(&'a Talk) -> &'a str) -> Vec<&'a TalkState> {
        let mut all: Vec<&TalkState> = self.talks.values().collect();
        all.sort_by_cached_key(|state| {
            let direct = matches!(state.talk, Talk::Direct(_));
            (direct, words(&state.talk).to_lowercase())
        });
        all
    }

    /// Whom something waits for, sealed at the room server, and how much.
    pub(crate) fn sealed(&self) -> Vec<(&str, u64)> {
        let waits = self.people.values().filter(|person| person.sealed > 0);
        waits
            .map(|person| (person.username.as_str(), person.sealed))
            .collect()
    }
}

fn by_name<T>(all: Vec<T>, name: impl Fn(&T) -> String) -> BTreeMap<String, T> {
    all.into_iter().map(|one| (name(&one), one)).collect()
}

/// The devices of a person to which things may go.
pub(crate) fn devices(person: &Person) -> impl Iterator<Item = &KnownDevice> {
    let all = person.devices.iter();
    all.filter(|known| known.standing != DeviceStanding::Revoked)
}

/// Whether a person has a device to talk with.
pub(crate) fn has_device(person: &Person) -> bool {
    devices(person).next().is_some()
}

/// How many members of a peer channel are here, oneself among them, and how many there are.
pub(crate) fn here(state: &TalkState, me: &str) -> (usize, usize) {
    let others = state.members.iter().filter(|member| member.username != me);
    let here = others.clone().filter(|member| member.here).count();
    (here + 1, others.count() + 1)
}

impl Account {
    /// The talk in front, if no room is.
    pub(crate) fn front_talk(&self) -> Option<Talk> {
        talk_of(self.room.as_deref()?)
    }

    /// The user with whom the talk in front is.
    pub(crate) fn front_person(&self) -> Option<String> {
        person_of(self.room.as_deref()?)
    }

    /// Whether there is a room or a talk of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.rooms.contains_key(name) || self.peers.talks.contains_key(name)
    }

    /// What runs up and down, to the server and between devices.
    pub(crate) fn running(&self) -> Counts {
        let mut counts = self.transfers.counts();
        self.peers.files.count(&mut counts);
        counts
    }

    /// What a talk is called: the person's name, or the channel's.
    pub(crate) fn talk_title<'a>(&'a self, talk: &'a Talk) -> &'a str {
        match talk {
            Talk::Direct(username) => self.name_of(username),
            Talk::Channel(channel) => channel,
        }
    }

    /// The rooms and talks in the order of the sidebar.
    pub(crate) fn sidebar_names(&self) -> Vec<(String, u64)> {
        let rooms = self.sidebar_rooms().into_iter();
        let rooms = rooms.map(|state| (state.room.room.clone(), state.unread));
        let talks = self.peers.listed(|talk| self.talk_title(talk)).into_iter();
        rooms
            .chain(talks.map(|state| (state.talk.to_string(), state.unread)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(talk: &str, last_place: u64) -> TalkState {
        TalkState {
            talk: talk.parse().unwrap(),
            last_place,
            read_place: 0,
            unread: last_place,
            last_time: None,
            draft: String::new(),
            members: Vec::new(),
        }
    }

    #[test]
    fn no_room_of_a_server_is_a_talk() {
        let check = |name: &str, is: bool| assert_eq!(talk_of(name).is_some(), is, "{name}");
        check("@bob", true);
        check("#field-trip", true);
        check("general", false);
        check("~1a2b", false);
        check("@", false);
        check("#", false);
    }

    #[test]
    fn what_was_opened_in_silence_stays_when_the_talks_are_told() {
        let mut peers = Peers::default();
        peers.begin(Talk::Direct("carol".into()));
        peers.begin(Talk::Direct("carol".into()));
        peers.talks.insert("@gone".into(), state("@gone", 4));
        peers.load(PeerSnapshot {
            device: DeviceId([7; 32]),
            label: "desk".into(),
            talks: vec![state("@bob", 3), state("#thesis", 2)],
            people: Vec::new(),
            standing: Standing::default(),
        });
        let names: Vec<_> = peers.talks.keys().map(String::as_str).collect();
        assert_eq!(names, ["#thesis", "@bob", "@carol"]);
        assert_eq!(peers.unread(), 5);
    }

    fn person(standing: DeviceStanding) -> Person {
        Person {
            username: "bob".into(),
            devices: vec![KnownDevice {
                device: DeviceId([9; 32]),
                label: "laptop".into(),
                since: "2026-11-19T09:00:00Z".parse().unwrap(),
                standing,
                path: None,
            }],
            safety: None,
            trust: parlor_client::peer::Trust::NotCompared,
            blocked: false,
            path: None,
            sealed: 0,
            dialled: None,
        }
    }

    #[test]
    fn how_things_go_is_what_is_known() {
        let check = |change: fn(&mut Person), expected| {
            let mut bob = person(DeviceStanding::Accepted);
            change(&mut bob);
            let mut peers = Peers::default();
            peers.people.insert("bob".into(), bob);
            assert_eq!(peers.going("bob"), expected);
        };
        check(|_| {}, Going::Reaching);
        check(|bob| bob.sealed = 1, Going::Sealed);
        check(|bob| bob.devices.clear(), Going::Nowhere);
        check(
            |bob| bob.devices[0].standing = DeviceStanding::Revoked,
            Going::Nowhere,
        );
        check(
            |bob| {
                bob.sealed = 1;
                bob.path = Some(parlor_client::peer::Path {
                    way: Way::Relay,
                    round_trip: None,
                    at: String::new(),
                });
            },
            Going::Linked(Way::Relay),
        );
        assert_eq!(Peers::default().going("carol"), Going::Reaching);
    }

    #[test]
    fn a_device_is_asked_about_until_it_is_answered_or_put_off() {
        let device = DeviceId([9; 32]);
        let mut peers = Peers::default();
        assert!(!peers.asks_about("bob", &device));
        let mut put = |standing| {
            peers.people.insert("bob".into(), person(standing));
            peers.asks_about("bob", &device)
        };
        assert!(put(DeviceStanding::New));
        assert!(put(DeviceStanding::Changed));
        assert!(!put(DeviceStanding::Accepted));
        assert!(!put(DeviceStanding::Revoked));
        assert!(put(DeviceStanding::New));
        peers.put_off(device);
        assert!(!peers.asks_about("bob", &device));
    }

    #[test]
    fn oneself_is_always_here() {
        let mut channel = state("#trip", 0);
        assert_eq!(here(&channel, "alice"), (1, 1));
        let member = |username: &str, here| parlor_client::peer::ChannelMember {
            username: username.into(),
            here,
        };
        channel.members = vec![
            member("alice", false),
            member("bob", true),
            member("carol", false),
        ];
        assert_eq!(here(&channel, "alice"), (2, 3));
    }
}
