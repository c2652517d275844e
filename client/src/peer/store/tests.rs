//! The rules of the peers' store, each against a file of its own.

mod changed;
mod channels;
mod direct;
mod files;
mod orders;
mod people;
mod sharing;

use std::path::PathBuf;

use parlor_protocol::peer::{
    Chat, DIRECT, Deleted, Edited, Entry, EntryBody, EntryKind, PeerLine, Reacted, SignedEntry,
};
use parlor_protocol::{
    Card, CurveKey, DeviceCard, DeviceId, PublicKey, Signature, Time, VouchedCard, signature,
};

use super::*;
use crate::peer::person::Way;
use crate::peer::post::{Post, PostBody, PostState};
use crate::peer::talk::Talk;

/// A store in a folder of its own, of the user `alice`.
struct Fixture {
    dir: tempfile::TempDir,
    store: PeerStore,
}

impl std::ops::Deref for Fixture {
    type Target = PeerStore;

    fn deref(&self) -> &PeerStore {
        &self.store
    }
}

impl Fixture {
    /// With the device 1.
    async fn new() -> Self {
        let fixture = Self::without_device();
        fixture.save_own(own(1, "alice-desktop")).await.unwrap();
        fixture
    }

    fn without_device() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = PeerStore::open(&dir.path().join("peer.db"), "alice").unwrap();
        Self { dir, store }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("peer.db")
    }

    /// Another handle on the same file, as another process has one.
    fn other(&self) -> PeerStore {
        PeerStore::open(&self.path(), "alice").unwrap()
    }

    /// Everything of a talk.
    async fn posts(&self, talk: &str) -> Vec<Post> {
        self.page(at(talk), None, 10_000).await.unwrap().0
    }

    /// The texts of a talk.
    async fn texts(&self, talk: &str) -> Vec<String> {
        let text = |post: Post| match post.body {
            PostBody::Text(text) => text,
            PostBody::File(file) => format!("file {}", file.name),
            PostBody::Notice(notice) => format!("{notice:?}"),
        };
        self.posts(talk).await.into_iter().map(text).collect()
    }

    /// How the only post of a talk stands.
    async fn state(&self, talk: &str) -> PostState {
        self.posts(talk).await.remove(0).state
    }

    /// Learns devices that are all of a user's.
    async fn knows(&self, username: &str, devices: &[u8]) {
        let cards = devices.iter().map(|n| card(username, *n)).collect();
        self.learn(username, cards, Vec::new(), true, now(0))
            .await
            .unwrap();
    }

    async fn row(&self, n: u8) -> DeviceRow {
        self.device(device(n)).await.unwrap().unwrap()
    }

    /// What a device says over a link.
    async fn says(&self, n: u8, line: PeerLine) -> Received {
        let from = self.row(n).await;
        self.receive(from, line, Came::Link(Way::Direct), now(0))
            .await
            .unwrap()
    }

    /// A line is sealed for a device and left at the room server.
    async fn leaves(&self, n: u64, to: u8) {
        let moved = ratchet(to, "session", "pickle");
        self.sealed(n, device(to), "body".into(), moved)
            .await
            .unwrap();
        self.held(n, device(to)).await.unwrap();
    }

    /// Writes to somebody; the line goes to these devices.
    async fn sends(&self, to: &str, text: &str, devices: &[(u8, &str)]) -> (String, u64) {
        let id = self.send(at(to), text.into(), None, now(0)).await.unwrap();
        let n = self.unspread(10).await.unwrap()[0].n;
        let devices = devices.iter().map(|(n, user)| (device(*n), (*user).into()));
        self.spread(n, devices.collect()).await.unwrap();
        (id, n)
    }
}

fn device(n: u8) -> DeviceId {
    DeviceId([n; 32])
}

fn at(talk: &str) -> Talk {
    talk.parse().unwrap()
}

/// That many seconds after some moment.
fn now(seconds: i64) -> Time {
    Time::from_millis(1_800_000_000_000 + seconds * 1_000)
}

/// A card as it is after its signatures were checked, which the store does not do.
fn card_with(username: &str, n: u8, olm: u8, issued: i64) -> (Card, VouchedCard) {
    let card = Card {
        v: 1,
        username: username.into(),
        device: device(n),
        label: format!("{username}-{n}"),
        olm_curve25519: CurveKey([olm; 32]),
        olm_ed25519: PublicKey([olm; 32]),
        issued: now(issued),
    };
    let vouched = VouchedCard {
        card: signature::encode(&serde_json::to_vec(&card).unwrap()),
        device_sig: Signature([n; 64]),
        server_sig: Signature([7; 64]),
        until: now(1_000_000 + issued),
    };
    (card, vouched)
}

fn card(username: &str, n: u8) -> (Card, VouchedCard) {
    card_with(username, n, n, 0)
}

fn own(n: u8, label: &str) -> Own {
    let (_, vouched) = card("alice", n);
    Own {
        account: "pickle".into(),
        card: DeviceCard {
            card: vouched.card.clone(),
            device_sig: vouched.device_sig,
        },
        vouched: Some(vouched),
        label: label.into(),
        device: device(n),
    }
}

fn chat(id: &str, from: &str, to: &str, text: &str) -> PeerLine {
    PeerLine::Chat(Chat {
        id: id.into(),
        from: from.into(),
        to: to.into(),
        channel: DIRECT.into(),
        message: text.into(),
        time: now(1),
        reply_to: None,
    })
}

fn edited(id: &str, from: &str, to: &str, target: &str, text: &str, time: i64) -> PeerLine {
    PeerLine::Edited(Edited {
        id: id.into(),
        from: from.into(),
        to: to.into(),
        channel: DIRECT.into(),
        target: target.into(),
        message: text.into(),
        time: now(time),
    })
}

fn deleted(id: &str, from: &str, to: &str, target: &str) -> PeerLine {
    PeerLine::Deleted(Deleted {
        id: id.into(),
        from: from.into(),
        to: to.into(),
        channel: DIRECT.into(),
        target: target.into(),
        time: now(3),
    })
}

fn reacted(id: &str, from: &str, to: &str, target: &str, on: bool, time: i64) -> PeerLine {
    PeerLine::Reaction(Reacted {
        id: id.into(),
        from: from.into(),
        to: to.into(),
        channel: DIRECT.into(),
        target: target.into(),
        emoji: "👍".into(),
        on,
        time: now(time),
    })
}

fn ratchet(n: u8, id: &str, pickle: &str) -> Ratchet {
    Ratchet {
        device: device(n),
        id: id.into(),
        session: pickle.into(),
        account: None,
    }
}

/// An entry as it is after its signature was checked, which the store does not do.
fn entry_of(body: EntryBody) -> Entry {
    use sha2::Digest as _;
    let json = serde_json::to_vec(&body).unwrap();
    Entry {
        hash: signature::encode(&sha2::Sha256::digest(&json)),
        signed: SignedEntry {
            entry: signature::encode(&json),
            sig: Signature([9; 64]),
        },
        body,
    }
}

/// The entry of a device after another.
fn entry(
    from: &str,
    n: u8,
    before: Option<&Entry>,
    kind: EntryKind,
    (id, message, target): (&str, &str, Option<&str>),
) -> Entry {
    let at = before.map_or(1, |before| before.body.n + 1);
    entry_of(EntryBody {
        device: device(n),
        n: at,
        prev: before.map(|before| before.hash.clone()).unwrap_or_default(),
        kind,
        id: id.into(),
        from: from.into(),
        channel: "trip".into(),
        message: message.into(),
        time: now(i64::try_from(at).unwrap()),
        target: target.map(str::to_owned),
    })
}
