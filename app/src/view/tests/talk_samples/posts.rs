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

/// Somebody wrote.
fn says(place: u64, clock: &str, from: &str, text: &str, state: PostState) -> Post {
    post(place, clock, from, said(text), state)
}

/// Something happened to the talk.
fn happened(place: u64, clock: &str, about: &str, what: Notice) -> Post {
    post(place, clock, about, PostBody::Notice(what), PostState::Here)
}

/// Somebody offered a file.
fn offered(place: u64, clock: &str, from: &str, file: PeerFile, state: PostState) -> Post {
    post(place, clock, from, PostBody::File(Box::new(file)), state)
}

/// One that runs, one that is held up, one that is there.
fn files_with_bob() -> [PeerFile; 3] {
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
    [capture, photos, key]
}

pub(super) fn with_bob() -> Vec<Post> {
    let came = || PostState::Received(Way::Lan);
    let went = || PostState::Delivered(Way::Lan);
    let [capture, photos, key] = files_with_bob();
    let mut same = says(
        4,
        "19T09:02",
        "alice",
        "Same 60 digits on both sides. Vas-y !",
        went(),
    );
    same.reply_to = Some("id1".into());
    vec![
        says(
            1,
            "19T08:50",
            "bob",
            "New machine here, so expect a notice about it.",
            came(),
        ),
        happened(
            2,
            "19T08:51",
            "bob",
            Notice::NewDevice {
                device: device(12),
                label: "bob-laptop".into(),
            },
        ),
        happened(3, "19T08:58", "bob", Notice::Compared),
        same,
        says(
            5,
            "19T09:03",
            "bob",
            "Sending the raw capture of rig B. It is big, but we share a switch.",
            came(),
        ),
        offered(6, "19T09:03", "bob", capture, came()),
        offered(7, "19T09:03", "bob", photos, came()),
        says(
            8,
            "19T09:04",
            "alice",
            "Merci ! Voici la clé publique de la 2.4.",
            went(),
        ),
        offered(9, "19T09:04", "alice", key, went()),
        says(
            40,
            "19T09:04",
            "alice",
            "Tell me when the last robot is done.",
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
        says(
            1,
            "18T17:20",
            "minhanh",
            "Mai mình bay ra Huế, chắc mất mạng cả buổi sáng. Có gì bạn cứ gửi, tối mình đọc.",
            PostState::Received(Way::Relay),
        ),
        says(
            2,
            "18T17:22",
            "alice",
            "Bon voyage ! On garde tout au chaud.",
            PostState::Delivered(Way::Relay),
        ),
        happened(
            3,
            "19T07:10",
            "minhanh",
            Notice::NewDevice {
                device: device(NEW),
                label: "dien-thoai-anh".into(),
            },
        ),
        says(
            4,
            "19T09:05",
            "alice",
            "Firmware 2.4 is signed. Không vội, về rồi xem.",
            PostState::Sealed,
        ),
        says(
            5,
            "19T09:05",
            "alice",
            "Here is the build for your bench.",
            PostState::OnItsWay,
        ),
        offered(6, "19T09:06", "alice", build, PostState::OnItsWay),
        says(
            40,
            "19T09:07",
            "alice",
            "And the notes from this morning, in French, sorry.",
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
    let posts = vec![
        says(
            1,
            "19T07:59",
            "carol",
            "Are you at the bench?",
            PostState::Received(Way::Direct),
        ),
        happened(2, "19T08:00", "carol", Notice::Differs),
        happened(
            3,
            "19T08:02",
            "carol",
            Notice::KeyChanged {
                device: device.device,
                label: device.label,
            },
        ),
        happened(
            4,
            "19T08:03",
            "carol",
            Notice::DeviceRevoked {
                device: super::device(32),
                label: "carol-old".into(),
            },
        ),
        says(
            5,
            "19T08:05",
            "alice",
            "I will come by and compare.",
            PostState::OnItsWay,
        ),
        says(
            6,
            "19T08:06",
            "alice",
            "This one did not go.",
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
        says(
            1,
            "19T08:30",
            "camille",
            "Le bus part à 9 h 40 devant la halle.",
            came(),
        ),
        happened(
            2,
            "19T08:31",
            "camille",
            Notice::Forked { device: device(41) },
        ),
        says(
            3,
            "19T08:40",
            "bob",
            "I have the GPS logger and two spare batteries.",
            came(),
        ),
        says(
            4,
            "19T08:44",
            "alice",
            "Saving you both a seat.",
            PostState::Delivered(Way::Lan),
        ),
    ];
    for post in &mut posts {
        post.talk = Talk::Channel("field-trip".into());
    }
    open(&mut model, "#field-trip", posts);
    model
}
