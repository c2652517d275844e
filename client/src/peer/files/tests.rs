//! Files of one device, and the other device played by hand, over QUIC on the loopback interface.

mod people;
mod receiving;
mod room;
mod rows;
mod sealing;
mod sending;

use parlor_protocol::Time;
use parlor_protocol::peer::{DIRECT, FileOffer};

use super::*;
use crate::peer::talk::Talk;

/// Bytes that repeat late enough for a piece in the wrong place to be seen.
fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n % 65_521 % 253) as u8).collect()
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// A file of one's own, to bob.
fn own(id: &str, path: &std::path::Path, size: usize) -> FileRow {
    FileRow {
        id: id.to_owned(),
        talk: Talk::Direct("bob".to_owned()),
        device: None,
        mine: true,
        name: "report.bin".to_owned(),
        size: size as u64,
        blake3: String::new(),
        path: Some(path.to_owned()),
        partial: None,
        done: 0,
        state: PeerFileState::Hashing,
        sealed: None,
        upload: None,
    }
}

/// A file that bob's device offers.
fn theirs(id: &str, device: DeviceId, bytes: &[u8], place: Option<PathBuf>) -> FileRow {
    FileRow {
        device: Some(device),
        mine: false,
        blake3: hash(bytes),
        state: match place {
            Some(_) => PeerFileState::Waiting,
            None => PeerFileState::Offered,
        },
        path: place,
        ..own(id, std::path::Path::new(""), bytes.len())
    }
}

fn offer(row: &FileRow) -> PeerLine {
    PeerLine::FileOffer(FileOffer {
        id: row.id.clone(),
        from: "bob".to_owned(),
        to: "alice".to_owned(),
        channel: DIRECT.to_owned(),
        name: row.name.clone(),
        size: row.size,
        blake3: row.blake3.clone(),
        time: Time::from_millis(0),
        sealed: row.sealed.clone(),
    })
}

fn accept(id: &str, offset: u64) -> PeerLine {
    PeerLine::FileAccept {
        id: id.to_owned(),
        offset,
    }
}

fn done(id: &str) -> PeerLine {
    PeerLine::FileDone { id: id.to_owned() }
}

fn is_failed(row: &FileRow) -> bool {
    matches!(row.state, PeerFileState::Failed(_))
}
