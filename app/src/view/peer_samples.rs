//! Talks between devices for pictures of the screens, as the design has them.

use std::time::Duration;

use parlor_client::peer::{
    ChannelMember, DeviceStanding, Dialled, KnownDevice, Notice, Path, PeerFile, PeerFileState,
    PeerSnapshot, Person, Post, PostBody, PostState, Standing, Talk, TalkState, TrackerStanding,
    Trust, Way,
};
use parlor_protocol::{DeviceId, SafetyNumber, Time};

use super::samples::{self, at};
use crate::controller::{Message, peer};
use crate::model::{Account, Model, ThemeChoice};

pub(super) fn device(number: u8) -> DeviceId {
    DeviceId([number; 32])
}

/// The device that is new in the pictures.
pub(super) const NEW: u8 = 22;

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

pub(super) fn bob() -> Person {
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

pub(super) fn minh_anh() -> Person {
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

pub(super) fn state(talk: &str, unread: u64) -> TalkState {
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

pub(super) fn post(place: u64, clock: &str, from: &str, body: PostBody, state: PostState) -> Post {
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

pub(super) fn file(name: &str, size: u64, state: PeerFileState, done: u64) -> PeerFile {
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

const GB: u64 = 1 << 30;
const MB: u64 = 1 << 20;

fn with_bob() -> Vec<Post> {
    let came = || PostState::Received(Way::Lan);
    let went = || PostState::Delivered(Way::Lan);
    let capture = PeerFile {
        rate: Some(104 * MB),
        ..file(
            "capteurs-rig-B.tar.zst",
            GB * 18 / 10,
            PeerFileState::Running,
            GB * 12 / 10,
        )
    };
    let photos = file(
        "photos-terrain-Đà-Lạt.zip",
        240 * MB,
        PeerFileState::Paused,
        75 * MB,
    );
    let key = PeerFile {
        done: 113,
        ..file("release-2.4.pub", 113, PeerFileState::Done, 113)
    };
    let mut same = post(
        4,
        "19T09:02",
        "alice",
        said("Same 60 digits on both sides. Vas-y !"),
        went(),
    );
    same.reply_to = Some("id1".into());
    vec![
        post(
            1,
            "19T08:50",
            "bob",
            said("New machine here, so expect a notice about it."),
            came(),
        ),
        post(
            2,
            "19T08:51",
            "bob",
            PostBody::Notice(Notice::NewDevice {
                device: device(12),
                label: "bob-laptop".into(),
            }),
            PostState::Here,
        ),
        post(
            3,
            "19T08:58",
            "bob",
            PostBody::Notice(Notice::Compared),
            PostState::Here,
        ),
        same,
        post(
            5,
            "19T09:03",
            "bob",
            said("Sending the raw capture of rig B. It is big, but we share a switch."),
            came(),
        ),
        post(
            6,
            "19T09:03",
            "bob",
            PostBody::File(Box::new(capture)),
            came(),
        ),
        post(
            7,
            "19T09:03",
            "bob",
            PostBody::File(Box::new(photos)),
            came(),
        ),
        post(
            8,
            "19T09:04",
            "alice",
            said("Merci ! Voici la clé publique de la 2.4."),
            went(),
        ),
        post(
            9,
            "19T09:04",
            "alice",
            PostBody::File(Box::new(key)),
            went(),
        ),
        post(
            40,
            "19T09:04",
            "alice",
            said("Tell me when the last robot is done."),
            went(),
        ),
    ]
}

fn with_minh_anh() -> Vec<Post> {
    let build = PeerFile {
        rate: Some(MB * 64 / 10),
        ..file(
            "firmware-2.4-signed.bin",
            31 * MB,
            PeerFileState::Sealing,
            MB * 182 / 10,
        )
    };
    vec![
        post(
            1,
            "18T17:20",
            "minhanh",
            said(
                "Mai mình bay ra Huế, chắc mất mạng cả buổi sáng. Có gì bạn cứ gửi, tối mình đọc.",
            ),
            PostState::Received(Way::Relay),
        ),
        post(
            2,
            "18T17:22",
            "alice",
            said("Bon voyage ! On garde tout au chaud."),
            PostState::Delivered(Way::Relay),
        ),
        post(
            3,
            "19T07:10",
            "minhanh",
            PostBody::Notice(Notice::NewDevice {
                device: device(NEW),
                label: "dien-thoai-anh".into(),
            }),
            PostState::Here,
        ),
        post(
            4,
            "19T09:05",
            "alice",
            said("Firmware 2.4 is signed. Không vội, về rồi xem."),
            PostState::Sealed,
        ),
        post(
            5,
            "19T09:05",
            "alice",
            said("Here is the build for your bench."),
            PostState::OnItsWay,
        ),
        post(
            6,
            "19T09:06",
            "alice",
            PostBody::File(Box::new(build)),
            PostState::OnItsWay,
        ),
        post(
            40,
            "19T09:07",
            "alice",
            said("And the notes from this morning, in French, sorry."),
            PostState::Sealed,
        ),
    ]
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
pub(super) fn main(theme: ThemeChoice) -> Model {
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
    tell(
        &mut model,
        vec![parlor_client::peer::PeerEvent::Loaded(Box::new(snapshot))],
    );
    model
}

/// The peers' side of the account in front tells something.
pub(super) fn tell(model: &mut Model, events: Vec<parlor_client::peer::PeerEvent>) {
    let id = model.current.clone().unwrap();
    let now = model.now;
    let told = peer::Message::Told(events, now);
    let _ = crate::controller::update(model, Message::Peer(id, told));
}

/// A talk comes to the front, and these are its posts.
pub(super) fn open(model: &mut Model, talk: &str, posts: Vec<Post>) {
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
pub(super) fn direct(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    open(&mut model, "@bob", with_bob());
    front(&mut model)
        .conversation("@bob")
        .composer
        .set("Will do");
    model
}

/// Alice with Minh Anh, who is away and has a new device.
pub(super) fn sealed(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    open(&mut model, "@minhanh", with_minh_anh());
    model
}

/// Alice in a peer channel.
pub(super) fn in_channel(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    let came = || PostState::Received(Way::Lan);
    let mut posts = vec![
        post(
            1,
            "19T08:30",
            "camille",
            said("Le bus part à 9 h 40 devant la halle."),
            came(),
        ),
        post(
            2,
            "19T08:31",
            "camille",
            PostBody::Notice(Notice::Forked { device: device(41) }),
            PostState::Here,
        ),
        post(
            3,
            "19T08:40",
            "bob",
            said("I have the GPS logger and two spare batteries."),
            came(),
        ),
        post(
            4,
            "19T08:44",
            "alice",
            said("Saving you both a seat."),
            PostState::Delivered(Way::Lan),
        ),
    ];
    for post in &mut posts {
        post.talk = Talk::Channel("field-trip".into());
    }
    open(&mut model, "#field-trip", posts);
    model
}

/// The account in front.
pub(super) fn front(model: &mut Model) -> &mut Account {
    model.front_mut().unwrap()
}

/// Alice with Carol, whose device shows another key, and who is not reached.
pub(super) fn warned(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    let device = KnownDevice {
        standing: DeviceStanding::Changed,
        ..known(
            31,
            "carol-desktop",
            "2026-10-02T10:00:00Z",
            DeviceStanding::Changed,
        )
    };
    let differs = Trust::Differs { at: at("19T08:00") };
    let carol = Person {
        dialled: Some(Dialled {
            last: at("19T09:49"),
            next: None,
        }),
        ..person("carol", vec![device.clone()], differs)
    };
    tell(
        &mut model,
        vec![
            parlor_client::peer::PeerEvent::Person(Box::new(carol)),
            parlor_client::peer::PeerEvent::Talk(state("@carol", 0)),
        ],
    );
    let notice = |notice| PostBody::Notice(notice);
    let posts = vec![
        post(
            1,
            "19T07:59",
            "carol",
            said("Are you at the bench?"),
            PostState::Received(Way::Direct),
        ),
        post(
            2,
            "19T08:00",
            "carol",
            notice(Notice::Differs),
            PostState::Here,
        ),
        post(
            3,
            "19T08:02",
            "carol",
            notice(Notice::KeyChanged {
                device: device.device,
                label: device.label,
            }),
            PostState::Here,
        ),
        post(
            4,
            "19T08:03",
            "carol",
            notice(Notice::DeviceRevoked {
                device: super::peer_samples::device(32),
                label: "carol-old".into(),
            }),
            PostState::Here,
        ),
        post(
            5,
            "19T08:05",
            "alice",
            said("I will come by and compare."),
            PostState::OnItsWay,
        ),
        post(
            6,
            "19T08:06",
            "alice",
            said("This one did not go."),
            PostState::Failed("no device of theirs is accepted. Compare the number.".into()),
        ),
    ];
    open(&mut model, "@carol", posts);
    model
}

/// Files in every state, of both sides.
pub(super) fn files(theme: ThemeChoice) -> Model {
    use PeerFileState::{
        Cancelled, Declined, Done, Failed, Hashing, Offered, Paused, Sealed, Waiting,
    };
    let mut model = main(theme);
    let there = PeerFile {
        path: Some("/home/alice/Downloads/plan.pdf".into()),
        ..file("plan.pdf", 3 * MB, Done, 3 * MB)
    };
    let theirs = [
        file("mesures-40C.csv", 10 * MB, Offered, 0),
        there,
        file("rig-A.zip", 700 * MB, Waiting, 71 * MB),
        file("dump.bin", 90 * MB, Cancelled, 0),
        file(
            "broken.iso",
            90 * MB,
            Failed("the disk is full. Make room, then try again.".into()),
            31 * MB,
        ),
    ];
    let own = [
        file("bench.mp4", GB, Hashing, 300 * MB),
        file("notes.md", 6_000, Offered, 0),
        file("photo.png", 5 * MB, Declined, 0),
        file(
            "video-of-the-whole-day-at-the-bench-2026.mkv",
            GB,
            Paused,
            0,
        ),
        file("sealed.tar", 20 * MB, Sealed, 20 * MB),
    ];
    let mut posts = Vec::new();
    for (at, file) in theirs.into_iter().chain(own).enumerate() {
        let (from, state) = match at {
            ..5 => ("bob", PostState::Received(Way::Lan)),
            _ => ("alice", PostState::OnItsWay),
        };
        let body = PostBody::File(Box::new(file));
        posts.push(post(at as u64 + 1, "19T09:03", from, body, state));
    }
    open(&mut model, "@bob", posts);
    let attached = crate::model::composer::Attached {
        path: "/home/alice/bench.csv".into(),
        name: "bench.csv".into(),
        size: 412,
    };
    front(&mut model)
        .conversation("@bob")
        .composer
        .attached
        .push(attached);
    model
}
