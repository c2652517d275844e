//! Devices, the keys that they leave, and what is held for them. Section 5.

use async_trait::async_trait;
use parlor_protocol::reply::Mail;
use parlor_protocol::signature::{CurveKey, PublicKey};
use parlor_protocol::{ClaimedKey, DeviceId, SignedKey, Time, VouchedCard};

use super::{Result, SessionId, UserId};

/// Devices of one user, with those that were ended: a device is never
/// forgotten, for it is one user's for ever, so their number has a bound. It is
/// also how much one user may add to what trackers are told of ended devices.
pub const DEVICES_EVER: usize = 250;

/// A device to make known, or one that is known and comes again. Its card
/// and its keys are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Whose.
    pub user: UserId,
    /// The session that is this device's from now on.
    pub session: SessionId,
    /// The device.
    pub device: DeviceId,
    /// Its card, vouched for.
    pub card: VouchedCard,
    /// The identity key of its Olm account.
    pub olm_curve25519: CurveKey,
    /// The signing key of its Olm account.
    pub olm_ed25519: PublicKey,
    /// When the card was made.
    pub issued: Time,
    /// Keys to be given once each.
    pub one_time_keys: Vec<SignedKey>,
    /// The key to be given where none of these is left.
    pub fallback_key: SignedKey,
    /// Now.
    pub now: Time,
}

/// What became of a device to make known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is known.
    Known {
        /// How many of its one-time keys are left.
        one_time_left: u64,
    },
    /// The device is somebody else's.
    Anothers,
    /// Its user ended it.
    Revoked,
    /// Its Olm keys are others, and the card is not newer than the one known.
    Stale,
    /// The user has as many as they may.
    TooMany,
    /// The session ended meanwhile.
    SessionOver,
}

/// A user's devices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceList {
    /// The cards that hold.
    pub cards: Vec<VouchedCard>,
    /// Those that were ended, the latest first.
    pub revoked: Vec<DeviceId>,
}

/// What became of a device to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It is ended.
    Now {
        /// Its sessions; they are no longer stored.
        ended: Vec<SessionId>,
        /// Until when its card would have held.
        until: Time,
    },
    /// It was before.
    Before,
    /// The user has no such device.
    Unknown,
}

/// A device that was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokedDevice {
    /// Which.
    pub device: DeviceId,
    /// Until when its card would have held.
    pub until: Time,
}

/// Who claims keys: a device where the session has one, else the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimer {
    /// A device.
    Device(DeviceId),
    /// A user.
    User(UserId),
}

/// Something sealed, to be held for a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// For whom.
    pub to: UserId,
    /// For which of their devices.
    pub device: DeviceId,
    /// Who leaves it.
    pub from: UserId,
    /// From which of their devices.
    pub from_device: DeviceId,
    /// The sender's mark: once for each pair of devices.
    pub id: String,
    /// What is sealed.
    pub body: Vec<u8>,
    /// Now.
    pub time: Time,
}

/// What became of something to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is kept.
    Now,
    /// It was kept before.
    Before,
    /// The receiver has no such device.
    NoSuchDevice,
    /// The device was ended.
    Revoked,
    /// The device's card holds no more.
    Expired,
    /// As much is held for the device as may be.
    DeviceFull,
    /// As much of this sender's is.
    SenderFull,
}

/// The part of [`super::Storage`] that knows devices and holds their mail.
#[async_trait]
pub trait DeviceStorage {
    /// Makes a device known, or renews it, and binds the session to it. Of its
    /// one-time keys the newest [`parlor_protocol::limits::ONE_TIME_KEYS`] are kept; one that
    /// was given to somebody is not taken again.
    async fn publish_device(&self, new: NewDevice) -> Result<Published>;

    /// A user's devices.
    async fn devices(&self, user: UserId, now: Time) -> Result<DeviceList>;

    /// Ends a device for ever: its keys, its held mail and its sessions go.
    async fn revoke_device(&self, user: UserId, device: DeviceId, now: Time) -> Result<Revoked>;

    /// The devices of users whose cards would hold still.
    async fn devices_of(&self, users: Vec<UserId>, now: Time) -> Result<Vec<DeviceId>>;

    /// Takes one key of each of a user's devices: a one-time key, which nobody
    /// gets again, or the fallback key.
    async fn claim_keys(&self, user: UserId, by: Claimer, now: Time) -> Result<Vec<ClaimedKey>>;

    /// Holds something for a device.
    async fn hold(&self, mail: NewMail) -> Result<Held>;

    /// Up to `limit` pieces of a device's mail with numbers above `after`, in rising order.
    async fn mail_after(&self, device: DeviceId, after: u64, limit: usize) -> Result<Vec<Mail>>;

    /// Erases pieces of a device's mail; answers how many there were.
    async fn take_mail(&self, device: DeviceId, numbers: Vec<u64>) -> Result<usize>;

    /// Erases some of the mail that was held for its whole time, and what is
    /// no longer needed of claims; answers how many pieces of mail went.
    async fn expire_mail(&self, now: Time) -> Result<usize>;
}
