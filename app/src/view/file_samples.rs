//! Files for pictures of the screens, as the design has them.

use iced::widget::image::Handle;
use parlor_client::{
    Direction, Item, Purpose, Transfer, TransferFailure, TransferId, TransferState,
};
use parlor_protocol::{File, Message as Kept};

use super::samples::{at, main};
use crate::controller::{self, Message};
use crate::model::previews::Picture;
use crate::model::transfers::{file, transfer};
use crate::model::{Model, Panel, ThemeChoice};

const MEGA: u64 = 1 << 20;

/// A picture that Carol drew: a chart of two lines on a dark ground.
pub(super) fn chart() -> Picture {
    const SIZE: (u32, u32) = (228, 118);
    let mut pixels = vec![0_u8; (SIZE.0 * SIZE.1 * 4) as usize];
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            let line = |from: u32, to: u32| y.abs_diff(from - (from - to) * x / SIZE.0) < 2;
            let color = match () {
                () if line(88, 26) => [114, 192, 224],
                () if line(90, 82) => [224, 174, 82],
                () if y % 24 == 20 => [50, 47, 45],
                () => [36, 34, 33],
            };
            let at = ((y * SIZE.0 + x) * 4) as usize;
            pixels[at..at + 3].copy_from_slice(&color);
            pixels[at + 3] = 255;
        }
    }
    Picture {
        handle: Handle::from_rgba(SIZE.0, SIZE.1, pixels),
        drawn: SIZE,
        whole: SIZE,
    }
}

fn kept(id: &str, name: &str, size: u64, by: &str, room: &str, clock: &str) -> File {
    File {
        by: by.into(),
        room: room.into(),
        time: at(clock),
        ..file(id, name, size)
    }
}

/// The chart as a file.
pub(super) fn picture() -> File {
    File {
        mime: "image/png".into(),
        ..kept(
            "chart",
            "bench-rig.png",
            217_000,
            "carol",
            "general",
            "19T09:44",
        )
    }
}

/// The measurements that go with it.
pub(super) fn table() -> File {
    kept(
        "csv",
        "mesures-40C-novembre.csv",
        10_905_190,
        "carol",
        "general",
        "19T09:44",
    )
}

fn up(id: i64, name: &str, size: u64, done: u64, state: TransferState) -> Transfer {
    Transfer {
        size,
        done,
        ..transfer(id, Direction::Up, name, state)
    }
}

fn down(id: i64, name: &str, size: u64, done: u64, state: TransferState) -> Transfer {
    Transfer {
        size,
        done,
        path: format!("/home/alice/Downloads/{name}").into(),
        ..transfer(id, Direction::Down, name, state)
    }
}

/// #general with a picture and a table in it, and two files above what is being written.
pub(super) fn room(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    let account = model.front_mut().unwrap();
    account.server.files = true;
    let message = Kept {
        seq: 41,
        time: at("19T09:49"),
        from: "carol".into(),
        name: "Carol Reyes".into(),
        text: String::new(),
        nonce: "n41".into(),
        reply_to: None,
        files: vec![picture(), table()],
        edited: None,
        deleted: false,
        reactions: Vec::new(),
    };
    let talk = account.conversation("general");
    talk.put_items(vec![Item::Message(Box::new(message))]);
    talk.composer.set("Here they are");
    account.previews.want("chart");
    account.previews.put("chart", Ok(chart()));
    account.previews.unbox();
    let running = TransferState::Running {
        per_second: 8_493_466,
    };
    account.transfers.load(vec![
        up(1, "bench-rig-2.mp4", 48 * MEGA, 30 * MEGA, running),
        up(2, "release-2.4.sig", 412, 412, TransferState::Done),
    ]);
    model
}

/// The same with its message on the way: the files stand in the talk.
pub(super) fn sending(theme: ThemeChoice) -> Model {
    let mut model = room(theme);
    let account = model.front_mut().unwrap();
    account.conversation("general").composer.set("");
    let ids = account.transfers.send("general");
    let mut failed = account.transfers.get(TransferId(2)).unwrap().clone();
    failed.name = "notes de réunion du 19 novembre, version finale corrigée.md".into();
    failed.state = TransferState::Failed(TransferFailure::Lost);
    failed.size = 100 * MEGA;
    failed.done = 71 * MEGA;
    account.transfers.put(failed);
    let outgoing = parlor_client::Outgoing {
        nonce: "o".into(),
        room: "general".into(),
        text: "Here they are".into(),
        reply_to: None,
        files: ids,
        written: at("19T09:50"),
        state: parlor_client::OutgoingState::Waiting,
    };
    account.conversation("general").put_outgoing(outgoing);
    model
}

/// What the list of all files has.
fn listed() -> Vec<File> {
    vec![
        table(),
        picture(),
        kept(
            "1",
            "ban-thiet-ke-vo-hop-v3.pdf",
            3_355_443,
            "minhanh",
            "thiết-kế",
            "12T10:00",
        ),
        kept(
            "2",
            "Đà-Lạt-trạm-đo-số-2.jpg",
            5_033_164,
            "minhanh",
            "thiết-kế",
            "12T09:00",
        ),
        kept(
            "3",
            "firmware-2.3.tar.zst",
            31 * MEGA,
            "alice",
            "firmware",
            "10T09:00",
        ),
        kept(
            "4",
            "devis-oscilloscope-signé.pdf",
            430_080,
            "camille",
            "achats",
            "09T09:00",
        ),
        kept(
            "5",
            "notes réunion 2026-11-05.md",
            6_144,
            "theo",
            "general",
            "05T09:00",
        ),
        kept(
            "6",
            "logs-rig-A-10-31.tar.zst",
            128 * MEGA,
            "huy",
            "firmware",
            "01T09:00",
        ),
        kept("7", "release-2.3.pub", 113, "alice", "firmware", "01T08:00"),
    ]
}

/// The list of all files, with transfers beside it.
pub(super) fn files(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    let account = model.front_mut().unwrap();
    account.server.files = true;
    let asked = account.files.begin(None);
    account.files.page(true, listed(), false);
    account.files.chosen = Some("csv".into());
    assert_eq!(account.files.asked, asked);
    let running = |per_second| TransferState::Running { per_second };
    let mut there = down(
        5,
        "Đà-Lạt-trạm-đo-số-2.jpg",
        5_033_164,
        5_033_164,
        TransferState::Done,
    );
    there.ended = Some(at("19T09:40"));
    there.file.as_mut().unwrap().id = "2".into();
    let mut sent = up(6, "release-2.4.pub", 113, 113, TransferState::Done);
    sent.ended = Some(at("19T09:30"));
    sent.purpose = Purpose::Listing;
    account.transfers.load(vec![
        down(
            1,
            "capteurs-rig-B.tar.zst",
            1_932_735_283,
            1_288_490_188,
            running(109_051_904),
        ),
        up(
            2,
            "bench-rig-2.mp4",
            48 * MEGA,
            30 * MEGA,
            running(8_493_466),
        ),
        down(
            3,
            "photos-terrain-Đà-Lạt.zip",
            240 * MEGA,
            75 * MEGA,
            TransferState::Paused,
        ),
        down(
            4,
            "logs-rig-A-10-31.tar.zst",
            128 * MEGA,
            71 * MEGA,
            TransferState::Failed(TransferFailure::Lost),
        ),
        there,
        sent,
    ]);
    model.window.middle = crate::model::Middle::Files;
    model.window.panel = Some(Panel::Transfers);
    model
}

/// A picture in full.
pub(super) fn viewer(theme: ThemeChoice) -> Model {
    let mut model = room(theme);
    let act = |message| Message::File(message);
    use controller::file::Message as File;
    let _ = controller::update(&mut model, act(File::View(Box::new(picture()))));
    let came = File::Came {
        account: model.current.clone().unwrap(),
        file: "chart".into(),
        full: true,
        result: Ok(chart()),
    };
    let _ = controller::update(&mut model, act(came));
    model
}
