//! What was said in the talks of the pictures.

use parlor_client::peer::{
    DeviceStanding, Dialled, KnownDevice, Notice, PeerEvent, PeerFile, PeerFileState, Person, Post,
    PostBody, PostState, Talk, Trust, Way,
};

use super::{NEW, device, file, front, known, main, open, person, post, said, state, tell};
use crate::model::{Model, ThemeChoice};
use crate::view::samples::at;

const GB: u64 = 1 << 30;
const MB: u64 = 1 << 20;

pub(super) fn with_bob() -> Vec<Post> {
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

pub(super) fn with_minh_anh() -> Vec<Post> {
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

/// Alice with Carol, whose device shows another key, and who is not reached.
pub(in crate::view) fn warned(theme: ThemeChoice) -> Model {
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
            PeerEvent::Person(Box::new(carol)),
            PeerEvent::Talk(state("@carol", 0)),
        ],
    );
    let notice = PostBody::Notice;
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
                device: super::device(32),
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
pub(in crate::view) fn files(theme: ThemeChoice) -> Model {
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

/// Alice in a peer channel.
pub(in crate::view) fn in_channel(theme: ThemeChoice) -> Model {
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
