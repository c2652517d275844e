//! Talks between devices for pictures of the screens, as the design has them.

mod posts;

use std::time::Duration;

use parlor_client::peer::{
    ChannelMember, DeviceStanding, Dialled, KnownDevice, Path, PeerEvent, PeerFile, PeerFileState,
    PeerSnapshot, Person, Post, PostBody, PostState, Standing, Talk, TalkState, TrackerStanding,
    Trust, Way,
};
use parlor_protocol::{DeviceId, SafetyNumber, Time};

use crate::controller::{Message, peer};
use crate::model::{Account, Model, ThemeChoice};
use crate::view::samples::{self, at};

pub(in crate::view) use posts::{files, in_channel, warned};
use posts::{with_bob, with_minh_anh};

pub(in crate::view) fn device(number: u8) -> DeviceId {
    DeviceId([number; 32])
}

/// The device that is new in the pictures.
pub(in crate::view) const NEW: u8 = 22;

fn known(number: u8, label: &str, since: &str, standing: DeviceStanding) -> KnownDevice {
    KnownDevice {
        device: device(number),
        label: label.into(),
        since: since.parse().unwrap(),
        standing,
        path: None,
    }
}

fn path(way: Way, millis: u64, at: &str) -> Path {
    Path {
        way,
        round_trip: Some(Duration::from_millis(millis)),
        at: at.into(),
    }
}

fn person(username: &str, devices: Vec<KnownDevice>, trust: Trust) -> Person {
    let ids: Vec<DeviceId> = devices.iter().map(|known| known.device).collect();
    Person {
        username: username.into(),
        safety: (!devices.is_empty())
            .then(|| SafetyNumber::of(("alice", &[device(1)]), (username, &ids))),
        devices,
        trust,
        blocked: false,
        path: None,
        sealed: 0,
        dialled: None,
    }
}

pub(in crate::view) fn bob() -> Person {
    let lan = path(Way::Lan, 2, "192.168.1.31");
    let mut laptop = known(
        12,
        "bob-laptop",
        "2026-11-19T08:51:00Z",
        DeviceStanding::Accepted,
    );
    laptop.path = Some(lan.clone());
    let devices = vec![
        known(
            11,
            "bob-desktop",
            "2026-03-03T10:00:00Z",
            DeviceStanding::Accepted,
        ),
        laptop,
    ];
    let verified = Trust::Verified { at: at("19T08:58") };
    Person {
        path: Some(lan),
        ..person("bob", devices, verified)
    }
}

pub(in crate::view) fn minh_anh() -> Person {
    let devices = vec![
        known(
            21,
            "anh-thinkpad",
            "2026-01-12T10:00:00Z",
            DeviceStanding::Accepted,
        ),
        known(
            NEW,
            "dien-thoai-anh",
            "2026-11-19T07:10:00Z",
            DeviceStanding::New,
        ),
    ];
    let new = Trust::NewDevice {
        at: at("19T07:10"),
        was_verified: false,
    };
    Person {
        sealed: 2,
        dialled: Some(Dialled {
            last: at("19T09:48"),
            next: Some(Time::from_millis(at("19T09:50").as_millis() + 28_000)),
        }),
        ..person("minhanh", devices, new)
    }
}

pub(in crate::view) fn state(talk: &str, unread: u64) -> TalkState {
    TalkState {
        talk: talk.parse().unwrap(),
        last_place: 40,
        read_place: 40 - unread,
        unread,
        last_time: Some(at("19T09:04")),
        draft: String::new(),
        members: Vec::new(),
    }
}

pub(in crate::view) fn post(
    place: u64,
    clock: &str,
    from: &str,
    body: PostBody,
    state: PostState,
) -> Post {
    Post {
        talk: Talk::Direct("bob".into()),
        place,
        id: match body {
            PostBody::Notice(_) => String::new(),
            _ => format!("id{place}"),
        },
        from: from.into(),
        device: None,
        time: at(clock),
        body,
        reply_to: None,
        edited: None,
        deleted: false,
        reactions: Vec::new(),
        state,
    }
}

fn said(text: &str) -> PostBody {
    PostBody::Text(text.into())
}

pub(in crate::view) fn file(name: &str, size: u64, state: PeerFileState, done: u64) -> PeerFile {
    PeerFile {
        id: format!("f-{name}"),
        name: name.into(),
        size,
        blake3: String::new(),
        state,
        done,
        rate: None,
        path: None,
    }
}

fn channel() -> TalkState {
    let member = |username: &str, here| ChannelMember {
        username: username.into(),
        here,
    };
    TalkState {
        members: vec![
            member("alice", true),
            member("bob", true),
            member("camille", true),
            member("huy", false),
            member("minhanh", false),
        ],
        ..state("#field-trip", 0)
    }
}

/// Lab 4 with its talks, and nothing said in them yet.
pub(in crate::view) fn main(theme: ThemeChoice) -> Model {
    let mut model = samples::main(theme);
    let carol = vec![known(
        31,
        "carol-desktop",
        "2026-10-02T10:00:00Z",
        DeviceStanding::Accepted,
    )];
    let own = vec![
        known(
            1,
            "alice-desktop",
            "2026-03-03T10:00:00Z",
            DeviceStanding::Accepted,
        ),
        known(
            2,
            "alice-thinkpad",
            "2026-05-20T10:00:00Z",
            DeviceStanding::Accepted,
        ),
    ];
    let camille = vec![known(
        41,
        "poste-camille",
        "2026-09-09T10:00:00Z",
        DeviceStanding::Accepted,
    )];
    let snapshot = PeerSnapshot {
        device: device(1),
        label: "alice-desktop".into(),
        talks: vec![
            channel(),
            state("#thesis", 0),
            state("@bob", 0),
            state("@camille", 1),
            state("@minhanh", 0),
        ],
        people: vec![
            bob(),
            minh_anh(),
            person("alice", own, Trust::NotCompared),
            person("carol", carol, Trust::NotCompared),
            Person {
                path: Some(path(Way::Relay, 61, "lab4.example.org:8889")),
                ..person("camille", camille, Trust::NotCompared)
            },
        ],
        standing: Standing {
            vouched: true,
            trackers: vec![TrackerStanding {
                address: "lab4.example.org:8888".into(),
                trouble: None,
            }],
            lan: true,
            relay_only: false,
            in_keyring: true,
        },
    };
    tell(&mut model, vec![PeerEvent::Loaded(Box::new(snapshot))]);
    model
}

/// The peers' side of the account in front tells something.
pub(in crate::view) fn tell(model: &mut Model, events: Vec<PeerEvent>) {
    let id = model.current.clone().unwrap();
    let now = model.now;
    let told = peer::Message::Told(events, now);
    let _ = crate::controller::update(model, Message::Peer(id, told));
}

/// A talk comes to the front, and these are its posts.
pub(in crate::view) fn open(model: &mut Model, talk: &str, posts: Vec<Post>) {
    let id = model.current.clone().unwrap();
    let _ = crate::controller::show_room(model, talk);
    let paged = peer::Message::Paged {
        talk: talk.parse().unwrap(),
        before: None,
        result: Ok((posts, false)),
    };
    let _ = crate::controller::update(model, Message::Peer(id, paged));
}

/// Alice with Bob, on the LAN.
pub(in crate::view) fn direct(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    open(&mut model, "@bob", with_bob());
    front(&mut model)
        .conversation("@bob")
        .composer
        .set("Will do");
    model
}

/// Alice with Minh Anh, who is away and has a new device.
pub(in crate::view) fn sealed(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    open(&mut model, "@minhanh", with_minh_anh());
    model
}

/// The account in front.
pub(in crate::view) fn front(model: &mut Model) -> &mut Account {
    model.front_mut().unwrap()
}
