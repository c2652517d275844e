//! What the node reads from the store and writes into it.

use std::path::PathBuf;

use parlor_protocol::peer::{EntryKind, PeerLine};
use parlor_protocol::{Card, DeviceCard, DeviceId, Time, VouchedCard};

use crate::peer::person::{DeviceStanding, Way};
use crate::peer::post::PeerFileState;
use crate::peer::talk::Talk;

/// This device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    /// The pickle of its Olm account, encrypted.
    pub(crate) account: String,
    /// Its card.
    pub(crate) card: DeviceCard,
    /// The card with the room server's word, once there was one.
    pub(crate) vouched: Option<VouchedCard>,
    /// What it is called.
    pub(crate) label: String,
    /// Its id.
    pub(crate) device: DeviceId,
}

/// A device of somebody's (one's own others too), and what of it and its user is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    /// Its card, read.
    pub(crate) card: Card,
    /// The card as it came.
    pub(crate) vouched: VouchedCard,
    /// How it stands.
    pub(crate) standing: DeviceStanding,
    /// Whether its user's list named it when it was last asked for.
    pub(crate) named: bool,
    /// Whether its user's safety number was ever compared: a device that came since gets
    /// nothing until it is accepted.
    pub(crate) verified: bool,
    /// Whether its user is blocked.
    pub(crate) blocked: bool,
}

impl DeviceRow {
    /// Whether things may go to it: not to one that is ended, changed, not named any more, or of a
    /// blocked user; not to a new one of a user who had been verified.
    pub(crate) fn may_get(&self) -> bool {
        !self.blocked && self.named && gets(self.standing, self.verified)
    }
}

/// Whether a named device that stands so may get something of whoever has not blocked its user.
pub(super) fn gets(standing: DeviceStanding, verified: bool) -> bool {
    match standing {
        DeviceStanding::Accepted => true,
        DeviceStanding::New => !verified,
        DeviceStanding::Changed | DeviceStanding::Revoked => false,
    }
}

/// A line for which it is not known yet to which devices it goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unspread {
    /// Its number.
    pub(crate) n: u64,
    /// To whom, beside one's own other devices.
    pub(crate) to: String,
}

/// How a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryState {
    /// It is to go by a link, or to be sealed.
    Waiting,
    /// It is sealed; this body is to be left at the room server.
    Sealed {
        /// The body, base64url.
        body: String,
    },
    /// The room server keeps it; a link may still bring it earlier.
    Held,
}

/// A line that one device has yet to store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivery {
    /// The line's number: lines to one device go in this order.
    pub(crate) n: u64,
    /// The device.
    pub(crate) device: DeviceId,
    /// Its user.
    pub(crate) username: String,
    /// The line.
    pub(crate) line: PeerLine,
    /// How it stands.
    pub(crate) state: DeliveryState,
}

/// What an Olm message changed, to be kept together with what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ratchet {
    /// The device with which the session is.
    pub(crate) device: DeviceId,
    /// The session's id.
    pub(crate) id: String,
    /// Its pickle, encrypted.
    pub(crate) session: String,
    /// The pickle of this device's account, if it changed.
    pub(crate) account: Option<String>,
}

/// How a line came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Came {
    /// Over a link.
    Link(Way),
    /// Sealed, from the room server: its number there, and what its opening changed.
    Mail {
        /// The number, to be told as taken.
        n: u64,
        /// What the opening changed.
        ratchet: Ratchet,
    },
}

/// What became of a line that came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Received {
    /// It is stored, or was before: it is to be acknowledged.
    Stored {
        /// Whether it was stored before.
        duplicate: bool,
    },
    /// It is not allowed; why, for the other side. Mail is told as taken all the same.
    Refused(parlor_protocol::ErrorLine),
}

/// A file of a talk, as the node sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileRow {
    /// Its offer's id.
    pub(crate) id: String,
    /// In which talk.
    pub(crate) talk: Talk,
    /// The device that offers it; of one's own, this one.
    pub(crate) device: Option<DeviceId>,
    /// Whether it goes from here.
    pub(crate) mine: bool,
    /// Its name.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
    /// The BLAKE3 of its bytes; empty while it is not known.
    pub(crate) blake3: String,
    /// Where it is, or is to be.
    pub(crate) path: Option<PathBuf>,
    /// Where its bytes gather until they are all there.
    pub(crate) partial: Option<PathBuf>,
    /// Bytes that are there.
    pub(crate) done: u64,
    /// How it stands.
    pub(crate) state: PeerFileState,
    /// The id of the sealed upload, and its key.
    pub(crate) sealed: Option<parlor_protocol::peer::SealedFile>,
    /// The URL of a sealed upload that is under way.
    pub(crate) upload: Option<String>,
}

/// When something was last asked or tried, and is to be again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tried {
    /// The last time.
    pub(crate) last: Time,
    /// The next one.
    pub(crate) next: Option<Time>,
}

/// A post or a change of one's own in a peer channel, to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnsignedEntry {
    /// Its mark.
    pub(crate) id: String,
    /// The channel.
    pub(crate) channel: String,
    /// What it does.
    pub(crate) kind: EntryKind,
    /// The text, or the emoji.
    pub(crate) message: String,
    /// The entry that it changes or answers.
    pub(crate) target: Option<String>,
    /// When it was written.
    pub(crate) time: Time,
}

/// What a handle asks of the node, of whichever process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// End one of one's own devices, by the room server.
    Revoke(DeviceId),
    /// A talk is looked at: dial its people, and ask for their devices.
    Look(Talk),
    /// Tell the device that offers this file that it is not wanted.
    Reject {
        /// The offer's id.
        id: String,
        /// Who offers it.
        device: DeviceId,
    },
    /// Behave like this from now on.
    Options(Box<crate::peer::PeerOptions>),
    /// Show no more of this computer than these do: a process that is not the node was started so.
    Tighten(Box<crate::peer::PeerOptions>),
}
