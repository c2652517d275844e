//! Links between devices: the iroh endpoint, the trackers, the LAN, and the handshake.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parlor_protocol::peer::{FileHead, Hello, PeerLine};
use parlor_protocol::{Card, DeviceId, ErrorLine, PublicKey, VouchedCard};
use tokio::sync::mpsc;

use crate::peer::event::TrackerStanding;
use crate::peer::person::Path;
use crate::{Address, Pin};

/// How long a link may take to come up, from the dialling to the other side's handshake.
pub(crate) const DIAL: Duration = Duration::from_secs(8);

/// Facts that wait for the node. While they are full, nothing is read from links.
pub(crate) const EVENTS: usize = 256;

/// Names one link of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LinkId(pub(crate) u64);

/// What the network tells the node.
#[derive(Debug)]
pub(crate) enum NetEvent {
    /// A link is up, dialled from either side: both handshakes hold, and the doorkeeper let it in.
    Up(Link),
    /// A line came. Nothing of a handshake is told here.
    Line {
        /// Over which link.
        link: LinkId,
        /// From which device.
        device: DeviceId,
        /// The line.
        line: PeerLine,
    },
    /// The bytes of a file begin to come.
    File {
        /// From which device.
        device: DeviceId,
        /// The stream's first line.
        head: FileHead,
        /// What follows it.
        stream: iroh::endpoint::RecvStream,
    },
    /// The way of a link changed.
    PathChanged {
        /// Of which link.
        link: LinkId,
        /// To which device.
        device: DeviceId,
        /// The way now.
        path: Path,
    },
    /// A link is gone.
    Down {
        /// Which.
        link: LinkId,
        /// To which device.
        device: DeviceId,
    },
    /// A device is there, as a tracker or the LAN says: it is worth dialling. Told once for each coming.
    Seen {
        /// Which.
        device: DeviceId,
        /// Whose, if a tracker says it.
        username: Option<String>,
    },
    /// Who is in a channel, as the trackers say.
    Members {
        /// The channel.
        channel: String,
        /// The users.
        usernames: Vec<String>,
    },
    /// How the trackers stand.
    Trackers(Vec<TrackerStanding>),
}

/// Who decides about a device whose handshake holds.
#[async_trait]
pub(crate) trait Doorkeeper: std::fmt::Debug + Send + Sync + 'static {
    /// What this device says of itself; `None` while the room server has not vouched for it.
    fn hello(&self) -> Option<Hello>;

    /// The room server's key, by which cards are checked.
    fn server_key(&self) -> Option<PublicKey>;

    /// Whether a device may come in whose card holds and whose key the link has proved. The refusal is
    /// told before the close.
    async fn admit(&self, card: &Card, vouched: &VouchedCard) -> Result<(), ErrorLine>;
}

/// How this device meets others.
#[derive(Debug)]
pub(crate) struct NetOptions {
    /// Its key.
    pub(crate) secret: iroh::SecretKey,
    /// Whether it looks for others on the LAN, and shows itself there.
    pub(crate) lan: bool,
    /// Whether it goes by relays only.
    pub(crate) relay_only: bool,
}

/// A tracker, where it is and whom it must prove to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tracker {
    /// Where.
    pub(crate) address: Address,
    /// Any of these keys.
    pub(crate) pins: Vec<Pin>,
}

/// As what this device is registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registration {
    /// Whose it is.
    pub(crate) username: String,
    /// Its card, once it is vouched for.
    pub(crate) card: Option<VouchedCard>,
    /// The session's token for trackers.
    pub(crate) token: String,
    /// The peer channels that one is in.
    pub(crate) channels: Vec<String>,
}

/// Why there is no network.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum NetError {
    /// No socket could be bound, for one.
    #[error("no links to other devices: {0}")]
    Start(String),
}

/// Why a link did not come up.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum DialError {
    /// Nothing says where the device is, or it did not answer in time.
    #[error("not reached")]
    NotReached,
    /// It answered and is not what it should be, or does not want us.
    #[error("{0}")]
    Refused(String),
}

/// The network; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Net {}

impl Net {
    /// Binds sockets and begins to listen.
    pub(crate) async fn start(
        options: NetOptions,
        door: Arc<dyn Doorkeeper>,
    ) -> Result<(Self, mpsc::Receiver<NetEvent>), NetError> {
        todo!()
    }

    /// The trackers to be registered with, and as what. Taken over at once; what is gone is left.
    pub(crate) fn register(&self, trackers: Vec<Tracker>, registration: Registration) {
        todo!()
    }

    /// Dials a device, unless a link is up or being dialled: then that one is answered.
    pub(crate) async fn dial(&self, device: DeviceId) -> Result<Link, DialError> {
        todo!()
    }

    /// The devices of a user that trackers list now.
    pub(crate) fn listed(&self, username: &str) -> Vec<DeviceId> {
        todo!()
    }

    /// The networks of this computer may have changed.
    pub(crate) async fn network_changed(&self) {
        todo!()
    }

    /// Leaves the trackers, ends the links, and closes the sockets.
    pub(crate) async fn close(&self) {
        todo!()
    }
}

/// A link that is up; cheap to clone. It stays up when dropped.
#[derive(Debug, Clone)]
pub(crate) struct Link {}

/// The link is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link is gone")]
pub(crate) struct LinkGone;

impl Link {
    /// Its name.
    pub(crate) fn id(&self) -> LinkId {
        todo!()
    }

    /// The device at the other end.
    pub(crate) fn device(&self) -> DeviceId {
        todo!()
    }

    /// The card that it showed.
    pub(crate) fn card(&self) -> (&Card, &VouchedCard) {
        todo!()
    }

    /// The way it goes now.
    pub(crate) fn path(&self) -> Path {
        todo!()
    }

    /// Sends lines in order. It waits while the other side does not read.
    pub(crate) async fn send(&self, line: &PeerLine) -> Result<(), LinkGone> {
        todo!()
    }

    /// Opens the stream of a file, and writes its first line.
    pub(crate) async fn open_file(
        &self,
        head: &FileHead,
    ) -> Result<iroh::endpoint::SendStream, LinkGone> {
        todo!()
    }

    /// Ends the link, and says why.
    pub(crate) async fn close(&self, why: Option<ErrorLine>) {
        todo!()
    }
}
