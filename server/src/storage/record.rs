//! What is stored, as the server holds it in memory.

use std::fmt;

use parlor_protocol::{DeviceId, Notify, Role, RoomKind, Time};
use sha2::{Digest, Sha256};

use super::device::RevokedDevice;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
    )+};
}

ids! {
    /// A user's number, for good: it is never another's.
    UserId
    /// A room's number. A room made anew under the name of a deleted one has
    /// another number.
    RoomId
    /// A session's number; its public name on the wire is this number as text.
    SessionId
}

impl RoomId {
    /// `#general`, which every store has from its beginning.
    pub const GENERAL: Self = Self(1);
    /// `#broadcast`, which every store has from its beginning.
    pub const BROADCAST: Self = Self(2);
}

impl UserId {
    /// Who acts where nobody does: the server itself. No user has this number.
    pub const SERVER: Self = Self(0);
}

/// The SHA-256 of a secret (a session's token, an invite's code). The secret
/// itself is never stored; it has 128 bits of chance or more, so that a plain hash is enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of a secret's text.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

/// A password's hash in the PHC string form (`$argon2id$…`). `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// All that the server holds in memory, read once at its start.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Everybody but those who are removed (see [`super::Storage::remove_guest`]).
    pub users: Vec<UserRecord>,
    /// Every room that is not deleted.
    pub rooms: Vec<RoomRecord>,
    /// Who is in which room.
    pub members: Vec<MemberRecord>,
    /// Every session that was not ended; expired ones too: ending them, and
    /// seeing their guests off, is the directory's.
    pub sessions: Vec<SessionRecord>,
    /// Every ban that was not lifted; those past their time too.
    pub bans: Vec<BanRecord>,
    /// Every device that was ended.
    pub revoked: Vec<RevokedDevice>,
    /// Where [`super::Storage::changes_since`] goes on from.
    pub revision: u64,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// The number.
    pub id: UserId,
    /// The username, folded; never given again.
    pub username: String,
    /// The display name.
    pub name: String,
    /// The status line.
    pub status: String,
    /// The rank.
    pub role: Role,
    /// What the password is checked against; guests have none.
    pub password: Option<PasswordHash>,
    /// When the account was made.
    pub created: Time,
    /// Whether signing in is refused (`parlord user disable`).
    pub disabled: bool,
    /// Whether the user may not write for now.
    pub muted: Option<Mute>,
}

/// That a user may not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mute {
    /// Until when; for good if `None`.
    pub until: Option<Time>,
}

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The username, folded and checked.
    pub username: String,
    /// The display name.
    pub name: String,
    /// The rank; an invite's own rank goes before it.
    pub role: Role,
    /// What the password will be checked against; guests have none.
    pub password: Option<PasswordHash>,
    /// Now.
    pub created: Time,
    /// Rooms the user is in from the beginning, without a `joined` in their
    /// logs. A room whose log shall say so is joined by an act instead.
    pub rooms: Vec<RoomId>,
}

/// By what right an account is made.
#[derive(Debug, Clone)]
pub enum Admission {
    /// Anybody may, or a guest comes.
    Open,
    /// One use of the invite with this hash, taken in the same transaction.
    Invite(SecretHash),
    /// The command line; a running server is told by
    /// [`super::Storage::changes_since`].
    CommandLine(NewAudit),
}

/// What became of an account to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// It is made.
    User(UserRecord),
    /// The username is or was somebody's.
    UsernameTaken,
    /// The invite is wrong, used up, or expired.
    BadInvite,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRecord {
    /// The number.
    pub id: RoomId,
    /// The name; of a direct room, what the server chose.
    pub name: String,
    /// The kind.
    pub kind: RoomKind,
    /// What it is about.
    pub topic: String,
    /// When it was made.
    pub created: Time,
    /// Who made it, and so moderates it.
    pub creator: Option<UserId>,
    /// The two of a direct room, the lower number first.
    pub pair: Option<(UserId, UserId)>,
    /// The `seq` of the newest event; 0 if there is none.
    pub last_seq: u64,
}

/// A room to make.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// The name, checked.
    pub name: String,
    /// The kind; direct ones are made by [`super::Storage::open_direct`].
    pub kind: RoomKind,
    /// The topic, without an event.
    pub topic: String,
    /// Now.
    pub created: Time,
    /// Who makes it: they are in it, and moderate it.
    pub creator: UserId,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRecord {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// What they want to be told of it.
    pub notify: Notify,
    /// How far they have read. Who comes in has read what was before.
    pub read_seq: u64,
    /// Messages after `read_seq` that mention them.
    pub mentions: u64,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The number.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// The hash of its token.
    pub token: SecretHash,
    /// What its user called it.
    pub label: String,
    /// The address it was last seen from.
    pub address: String,
    /// When it was made.
    pub created: Time,
    /// When it was last seen.
    pub seen: Time,
    /// When it ends by itself.
    pub expires: Time,
    /// The device that it is.
    pub device: Option<DeviceId>,
}

/// A session to open.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub user: UserId,
    /// The hash of its token.
    pub token: SecretHash,
    /// What its user calls it.
    pub label: String,
    /// The address it is opened from.
    pub address: String,
    /// Now.
    pub created: Time,
    /// When it ends by itself.
    pub expires: Time,
}

/// A sign of life of a session.
#[derive(Debug, Clone)]
pub struct SessionTouch {
    /// Which.
    pub id: SessionId,
    /// When it was seen.
    pub seen: Time,
    /// From which address.
    pub address: String,
    /// When it now ends by itself.
    pub expires: Time,
}

/// Whom a ban keeps out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BanSubject {
    /// A user.
    User(UserId),
    /// An address or a network, in its canonical text.
    Address(String),
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BanRecord {
    /// Whom it keeps out.
    pub subject: BanSubject,
    /// Until when; for good if `None`.
    pub until: Option<Time>,
    /// Why.
    pub reason: String,
}

/// An invite, without its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteRecord {
    /// The hash of its code.
    pub code: SecretHash,
    /// The rank it gives.
    pub role: Role,
    /// How many may still use it.
    pub uses: u64,
    /// Until when; for good if `None`.
    pub expires: Option<Time>,
    /// Whether it is the first start's, which makes the owner. Storing one
    /// takes the place of an earlier one.
    pub first_start: bool,
}

/// How far a member has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMark {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// The last `seq` read; above the room's end it means the end.
    pub seq: u64,
}

/// Where a member stands after a [`ReadMark`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadState {
    /// How far they have read now.
    pub read_seq: u64,
    /// Messages after it that mention them.
    pub mentions: u64,
    /// Whether the mark moved.
    pub moved: bool,
}

/// An entry for the audit log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAudit {
    /// When.
    pub time: Time,
    /// Who did it; `server` for the command line.
    pub actor: String,
    /// What was done, by the request's type.
    pub action: String,
    /// To whom or what.
    pub target: String,
    /// With what.
    pub detail: String,
    /// From which address.
    pub address: String,
}

/// What is done with rank. Each is stored together with its audit entry.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Nothing but the audit entry (an alert, a removal from a room, …).
    Note,
    /// Gives a rank. The last owner that is not disabled stays one.
    SetRole {
        /// Whom.
        user: UserId,
        /// The rank.
        role: Role,
    },
    /// Keeps out; a user's sessions end. A second ban takes the first's place.
    Ban(BanRecord),
    /// Lets in again.
    Unban(BanSubject),
    /// Keeps from writing, or lets write again (`None`).
    SetMute {
        /// Whom.
        user: UserId,
        /// How; `None` lets them write again.
        mute: Option<Mute>,
    },
    /// Ends all sessions of a user (kick, revocation).
    EndSessions {
        /// Whose.
        user: UserId,
    },
    /// Refuses signing in and ends all sessions, or allows it again. The last
    /// owner stays able to sign in.
    SetDisabled {
        /// Whom.
        user: UserId,
        /// Refuse, or allow.
        disabled: bool,
    },
    /// Gives a new password and ends all sessions (`parlord user passwd`).
    SetPassword {
        /// Whose.
        user: UserId,
        /// What the password is checked against from now on.
        password: PasswordHash,
    },
    /// Makes an invite.
    CreateInvite(InviteRecord),
}

/// Where a deed comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The server itself, which changes its own memory after the answer.
    Server,
    /// The command line, perhaps beside a running server, which is told by
    /// [`super::Storage::changes_since`].
    CommandLine,
}

/// What became of a [`Deed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeedOutcome {
    /// Done, and in the audit log.
    Done {
        /// The sessions that it ended; they are no longer stored.
        ended: Vec<SessionId>,
    },
    /// It would have changed nothing, so nothing was written (an unban of one
    /// who is not banned).
    Unchanged,
    /// There is no such user.
    NoSuchUser,
    /// It would leave the server without an owner.
    LastOwner,
}

/// What the command line changed beside a running server: the user as now
/// stored, to be put in the place of the one in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminChange {
    /// Its number; [`super::Storage::changes_since`] goes on from the last one's.
    pub revision: u64,
    /// The user now.
    pub user: UserRecord,
    /// Their memberships now.
    pub members: Vec<MemberRecord>,
    /// Their sessions now: any other live one is to be ended.
    pub sessions: Vec<SessionId>,
}
