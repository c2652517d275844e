//! The peers' store: what is known of people and their devices, what was said, and what is to
//! be done. SQLite in WAL mode, `peer.db` in the account's folder.
//!
//! Handles of any process write what their users wish; the node, which one process is,
//! asks what is to be done. Everything that belongs together is one transaction: what an Olm
//! message said with the ratchet that it moved, a post with its place in the outgoing lines.

mod row;
mod schema;

use std::path::Path;
use std::time::Duration;

use parlor_protocol::peer::{Entry, PeerLine, SignedEntry};
use parlor_protocol::{Card, DeviceId, Time, VouchedCard};
use tokio::sync::watch;

pub(crate) use row::{
    Came, Delivery, DeliveryState, DeviceRow, FileRow, Own, Ratchet, Received, Tried, Unspread,
};

use crate::peer::event::Standing;
use crate::peer::person::{Path as LinkPath, Way};
use crate::peer::post::PeerFileState;
use crate::peer::talk::Talk;
use crate::store::StoreError;

type Result<T> = std::result::Result<T, StoreError>;

/// The store; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct PeerStore {}

/// The node's side. What handles need stands in `store/` beside it.
impl PeerStore {
    /// Opens the file and makes it where it is missing. `username` is oneself.
    pub(crate) fn open(path: &Path, username: &str) -> Result<Self> {
        todo!()
    }

    /// Raised by every change, of whichever process (those of others within 50 ms).
    pub(crate) fn changed(&self) -> watch::Receiver<u64> {
        todo!()
    }

    // --- This device.

    /// This device, once it was made.
    pub(crate) async fn own(&self) -> Result<Option<Own>> {
        todo!()
    }

    /// Keeps this device: made, or with a new card, or with another word of the server's.
    pub(crate) async fn save_own(&self, own: Own) -> Result<()> {
        todo!()
    }

    /// Keeps the pickle of the Olm account (new one-time keys).
    pub(crate) async fn save_account(&self, pickle: String) -> Result<()> {
        todo!()
    }

    /// A small value of the node's (`trackers`, `tracker_token`), or none.
    pub(crate) async fn meta(&self, key: &str) -> Result<Option<String>> {
        todo!()
    }

    /// Keeps a small value.
    pub(crate) async fn set_meta(&self, key: &str, value: String) -> Result<()> {
        todo!()
    }

    /// How this device stands, for [`crate::peer::PeerEvent::Standing`].
    pub(crate) async fn set_standing(&self, standing: Standing) -> Result<()> {
        todo!()
    }

    // --- People and devices.

    /// Takes over cards that hold (each with what it says), and ends those revoked. A device that is
    /// new for a user with whom there is a talk, or a channel in common, makes a notice there, as does one whose Olm keys
    /// changed; a user's first devices are accepted as they are. With `all`, the user has no other
    /// devices: those not named and not revoked stay known, but get nothing while they are not named.
    pub(crate) async fn learn(
        &self,
        username: &str,
        cards: Vec<(Card, VouchedCard)>,
        revoked: Vec<DeviceId>,
        all: bool,
        now: Time,
    ) -> Result<()> {
        todo!()
    }

    /// A device.
    pub(crate) async fn device(&self, device: DeviceId) -> Result<Option<DeviceRow>> {
        todo!()
    }

    /// All known devices of a user, ended ones too.
    pub(crate) async fn devices_of(&self, username: &str) -> Result<Vec<DeviceRow>> {
        todo!()
    }

    /// When the room server was last asked for a user's devices.
    pub(crate) async fn asked(&self, username: &str) -> Result<Option<Time>> {
        todo!()
    }

    /// A user is dialled in vain, and will be again; `None` once they are reached.
    pub(crate) async fn dialled(&self, username: &str, tried: Option<Tried>) -> Result<()> {
        todo!()
    }

    /// The way to a device, or that there is none any more.
    pub(crate) async fn set_link(&self, device: DeviceId, path: Option<LinkPath>) -> Result<()> {
        todo!()
    }

    /// A node begins: there is no link yet.
    pub(crate) async fn clear_links(&self) -> Result<()> {
        todo!()
    }

    // --- What goes out.

    /// Lines for which it is not known to which devices they go, the oldest first.
    pub(crate) async fn unspread(&self, limit: usize) -> Result<Vec<Unspread>> {
        todo!()
    }

    /// A line goes to these devices. With none, it is done.
    pub(crate) async fn spread(&self, n: u64, to: Vec<(DeviceId, String)>) -> Result<()> {
        todo!()
    }

    /// What a device has yet to store, by `n`. With `held`, also what the room server keeps for it.
    pub(crate) async fn deliveries(
        &self,
        device: DeviceId,
        held: bool,
        limit: usize,
    ) -> Result<Vec<Delivery>> {
        todo!()
    }

    /// The devices that have something waiting or sealed.
    pub(crate) async fn waiting_devices(&self) -> Result<Vec<(DeviceId, String)>> {
        todo!()
    }

    /// A device has stored these: they are done for it, and the posts are delivered.
    pub(crate) async fn acked(&self, device: DeviceId, ids: Vec<String>, way: Way) -> Result<()> {
        todo!()
    }

    /// The newest Olm session with a device (its id and pickle), if there is one.
    pub(crate) async fn session(&self, device: DeviceId) -> Result<Option<(String, String)>> {
        todo!()
    }

    /// All Olm sessions with a device, the one used last first, at most five.
    pub(crate) async fn sessions(&self, device: DeviceId) -> Result<Vec<(String, String)>> {
        todo!()
    }

    /// A line is sealed for a device: its body and the ratchet that it moved, together.
    pub(crate) async fn sealed(
        &self,
        n: u64,
        device: DeviceId,
        body: String,
        ratchet: Ratchet,
    ) -> Result<()> {
        todo!()
    }

    /// The room server keeps it.
    pub(crate) async fn held(&self, n: u64, device: DeviceId) -> Result<()> {
        todo!()
    }

    /// A line will not go to a device: its device is gone, or it was refused for good. A post that then goes to
    /// nobody has failed, for this reason.
    pub(crate) async fn undeliverable(&self, n: u64, device: DeviceId, reason: &str) -> Result<()> {
        todo!()
    }

    /// A line that could not even be spread has failed: its receiver has no device, for one.
    pub(crate) async fn failed(&self, n: u64, reason: &str) -> Result<()> {
        todo!()
    }

    // --- What comes in.

    /// Stores what a device said (chat, edited, deleted, reaction, file_offer), once. The line's `from` must be
    /// the device's user, and the talk one of theirs with oneself; one's own other devices say what one wrote there.
    pub(crate) async fn receive(
        &self,
        from: DeviceRow,
        line: PeerLine,
        came: Came,
        now: Time,
    ) -> Result<Received> {
        todo!()
    }

    /// Mail that cannot be opened or read is told as taken all the same, with what its opening changed.
    pub(crate) async fn drop_mail(&self, n: u64, ratchet: Option<Ratchet>) -> Result<()> {
        todo!()
    }

    /// The numbers of mail to be told as taken.
    pub(crate) async fn taken(&self) -> Result<Vec<u64>> {
        todo!()
    }

    /// The room server has erased these.
    pub(crate) async fn erased(&self, ns: Vec<u64>) -> Result<()> {
        todo!()
    }

    // --- Peer channels.

    /// The channels one is in.
    pub(crate) async fn channels(&self) -> Result<Vec<String>> {
        todo!()
    }

    /// Who is in a channel, as the trackers or entries say: added to who is known.
    pub(crate) async fn add_members(&self, channel: &str, usernames: Vec<String>) -> Result<()> {
        todo!()
    }

    /// Who is known to be in a channel, without oneself.
    pub(crate) async fn members(&self, channel: &str) -> Result<Vec<String>> {
        todo!()
    }

    /// The highest `n` without a hole of each author's device.
    pub(crate) async fn have(&self, channel: &str) -> Result<Vec<(DeviceId, u64)>> {
        todo!()
    }

    /// Entries of one author's device, by `n`, within bounds.
    pub(crate) async fn entries(
        &self,
        channel: &str,
        device: DeviceId,
        from: u64,
        to: u64,
    ) -> Result<Vec<SignedEntry>> {
        todo!()
    }

    /// Takes an entry of a channel one is in, whose signature holds and whose author's device is
    /// known: once; out of order it waits for what is before it, a broken chain and a second entry with one `n` are refused, and
    /// the latter is shown as a fork. Answers whether it was new.
    pub(crate) async fn take_entry(&self, entry: Entry, now: Time) -> Result<bool> {
        todo!()
    }

    /// What this device is to write next in a channel: `n` and `prev`.
    pub(crate) async fn next_entry(&self, channel: &str) -> Result<(u64, String)> {
        todo!()
    }

    /// Posts of one's own in channels that are not signed yet (a handle cannot sign): id and channel, in order.
    pub(crate) async fn unsigned(&self) -> Result<Vec<UnsignedEntry>> {
        todo!()
    }

    /// Keeps a signed entry of one's own: it is in the channel now.
    pub(crate) async fn signed(&self, entry: Entry) -> Result<()> {
        todo!()
    }

    // --- Files.

    /// The files that are not done with: offered, accepted, on their way.
    pub(crate) async fn files(&self) -> Result<Vec<FileRow>> {
        todo!()
    }

    /// One of them, done or not.
    pub(crate) async fn file(&self, id: &str) -> Result<Option<FileRow>> {
        todo!()
    }

    /// Its hash is known, so that it can be offered: its post, and the offer as an outgoing line.
    pub(crate) async fn offer(&self, id: &str, blake3: String, now: Time) -> Result<()> {
        todo!()
    }

    /// How a file stands. `done` and `rate` are told of some times a second at most.
    pub(crate) async fn file_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        rate: Option<u64>,
    ) -> Result<()> {
        todo!()
    }

    /// Where its bytes gather, and where it lies in the end.
    pub(crate) async fn file_place(
        &self,
        id: &str,
        path: Option<std::path::PathBuf>,
        partial: Option<std::path::PathBuf>,
    ) -> Result<()> {
        todo!()
    }

    /// Its sealed upload: under way at this URL, or complete.
    pub(crate) async fn file_upload(
        &self,
        id: &str,
        upload: Option<String>,
        sealed: Option<parlor_protocol::peer::SealedFile>,
    ) -> Result<()> {
        todo!()
    }
}

/// A post of one's own in a peer channel, to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnsignedEntry {
    /// Its mark.
    pub(crate) id: String,
    /// The channel.
    pub(crate) channel: String,
    /// What it does.
    pub(crate) kind: parlor_protocol::peer::EntryKind,
    /// The text, or the emoji.
    pub(crate) message: String,
    /// The entry that it changes or answers.
    pub(crate) target: Option<String>,
    /// When it was written.
    pub(crate) time: Time,
}

/// How often another process's changes are looked for.
pub(crate) const WATCH: Duration = Duration::from_millis(50);
