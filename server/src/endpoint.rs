//! One connection, as the rest of the server knows it.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use parlor_protocol::DeviceId;
use tokio::time::Instant;

use crate::outbox::Outbox;
use crate::storage::{RoomId, SessionId, UserId};

/// A connection's shared side: where it comes from, who is signed in on it,
/// and its outbox. Its task holds the stream; everybody else holds this.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// What waits to be written to it.
    pub(crate) outbox: Arc<Outbox>,
    /// The peer's address.
    pub(crate) address: IpAddr,
    /// When it was opened; `heard` counts from here.
    opened: Instant,
    /// Milliseconds after `opened` at which it last said something, or read on.
    heard: AtomicU64,
    /// The session by whose cookie it was opened.
    granted: OnceLock<SessionId>,
    /// Who is signed in: once for a connection, for good.
    signed_in: OnceLock<SignedIn>,
    /// Rooms whose log is being replayed; their live events come by that.
    // A std Mutex: a look or a change of a short list, never over an await.
    replaying: Mutex<Vec<RoomId>>,
    /// The device that its session is. A std Mutex for the same reason.
    mail: Mutex<MailBell>,
}

/// For whose mail a connection waits.
#[derive(Debug, Default)]
struct MailBell {
    device: Option<DeviceId>,
    /// There may be mail that was not told.
    rung: bool,
}

/// Who is signed in on a connection.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// The session.
    pub(crate) session: SessionId,
    /// The user.
    pub(crate) user: UserId,
    /// The user's name, which never changes.
    pub(crate) username: Arc<str>,
}

impl Endpoint {
    /// A connection that was just opened.
    pub(crate) fn new(id: u64, address: IpAddr) -> Self {
        Self {
            outbox: Arc::new(Outbox::new(id)),
            address: address.to_canonical(),
            opened: Instant::now(),
            heard: AtomicU64::new(0),
            granted: OnceLock::new(),
            signed_in: OnceLock::new(),
            replaying: Mutex::default(),
            mail: Mutex::default(),
        }
    }

    /// The connection's number, unique in this process.
    pub(crate) fn id(&self) -> u64 {
        self.outbox.id()
    }

    /// Notes the session by whose cookie it was opened.
    pub(crate) fn grant(&self, session: SessionId) {
        // The one that opened it stays.
        let _ = self.granted.set(session);
    }

    /// The session by whose cookie it was opened, if it was by one.
    pub(crate) fn granted(&self) -> Option<SessionId> {
        self.granted.get().copied()
    }

    /// Who is signed in, if anybody.
    pub(crate) fn signed_in(&self) -> Option<&SignedIn> {
        self.signed_in.get()
    }

    /// Signs somebody in; `false` if somebody is already.
    pub(crate) fn sign_in(&self, who: SignedIn) -> bool {
        self.signed_in.set(who).is_ok()
    }

    /// Notes a sign of life.
    pub(crate) fn hear(&self) {
        let millis = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(millis, Ordering::Relaxed);
    }

    /// Seconds since it was opened.
    pub(crate) fn age(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.opened).as_secs()
    }

    /// Seconds since the last sign of life.
    pub(crate) fn silence(&self, now: Instant) -> u64 {
        let age = now.saturating_duration_since(self.opened).as_millis();
        let heard = u128::from(self.heard.load(Ordering::Relaxed));
        u64::try_from(age.saturating_sub(heard) / 1_000).unwrap_or(u64::MAX)
    }

    fn with_mail<T>(&self, change: impl FnOnce(&mut MailBell) -> T) -> T {
        change(&mut self.mail.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its session is this device's from now on: it is told the device's mail.
    pub(crate) fn bind(&self, device: DeviceId) {
        let is_new = self.with_mail(|mail| {
            let is_new = mail.device != Some(device);
            mail.device = Some(device);
            mail.rung |= is_new;
            is_new
        });
        if is_new {
            self.outbox.nudge();
        }
    }

    /// The device that its session is.
    pub(crate) fn device(&self) -> Option<DeviceId> {
        self.with_mail(|mail| mail.device)
    }

    /// Something new is held for its device.
    pub(crate) fn ring(&self) {
        self.with_mail(|mail| mail.rung = true);
        self.outbox.nudge();
    }

    /// The device, if its mail is to be looked for; from now on it was.
    pub(crate) fn take_ring(&self) -> Option<DeviceId> {
        self.with_mail(|mail| {
            let rung = std::mem::take(&mut mail.rung);
            mail.device.filter(|_| rung)
        })
    }

    fn with_replaying<T>(&self, change: impl FnOnce(&mut Vec<RoomId>) -> T) -> T {
        change(
            &mut self
                .replaying
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Notes that a room's log is being replayed to it.
    pub(crate) fn begin_replay(&self, room: RoomId) {
        self.with_replaying(|rooms| rooms.push(room));
    }

    /// Notes that a room's replay is over.
    pub(crate) fn end_replay(&self, room: RoomId) {
        self.with_replaying(|rooms| rooms.retain(|r| *r != room));
    }

    /// Whether a room's log is being replayed to it.
    pub(crate) fn is_replaying(&self, room: RoomId) -> bool {
        self.with_replaying(|rooms| rooms.contains(&room))
    }
}
