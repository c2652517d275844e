//! Links between devices: the iroh endpoint, the trackers, the LAN, and the handshake.
//!
//! There is at most one link that counts to each device. Of two that are dialled at once, one from each
//! side, both sides keep the one that the lesser device id dialled; what comes over the other is read to its
//! end, and told under the name of the one that stays. A newer link takes the place of an older one:
//! first its `Up` is told, then the `Down` of the older.
//!
//! # Layout
//!
//! - `endpoint`: the sockets. `names`: how iroh finds and trusts the trackers' relays.
//! - `book`: where devices are; `trackers` and `lan` fill it.
//! - `meeting`: dialling and being dialled; `handshake`: the first line each way.
//! - `links`: which links there are; `link`: one of them; `lines`: its stream; `way`: how it goes.

mod book;
mod endpoint;
mod handshake;
mod lan;
mod lines;
mod link;
mod links;
mod meeting;
mod names;
#[cfg(test)]
mod tests;
mod trackers;
mod way;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use iroh::EndpointAddr;
use parlor_protocol::peer::{FileHead, Hello, PeerLine};
use parlor_protocol::{Card, DeviceId, ErrorLine, PublicKey, VouchedCard};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::peer::event::TrackerStanding;
use crate::peer::person::Path;
use crate::{Address, Pin};
use book::Book;
pub(crate) use link::Link;
use links::Links;
use names::Names;
use trackers::{Trackers, Wish};

/// How long a link may take to come up, from the dialling to the other side's handshake.
pub(crate) const DIAL: Duration = Duration::from_secs(8);

/// How long a device of which nothing is known may take to be listed or announced, and how often that is
/// looked at meanwhile. It begins again with the next dial.
const COMING: Duration = Duration::from_millis(1_500);
const LOOK: Duration = Duration::from_millis(250);

/// How long the other sides have to take their leave when the network closes.
const FAREWELL: Duration = Duration::from_secs(2);

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

    /// Whose a device is, if a card that held has said so.
    async fn owner(&self, device: DeviceId) -> Option<String>;
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
pub(crate) struct Net {
    inner: Arc<Inner>,
    /// Cancels every task when the last copy goes, for whoever did not [close](Self::close) it.
    _stop: Arc<DropGuard>,
}

/// What all tasks of the network share. They are cancelled by `stop`, and waited for in
/// [`Net::close`].
#[derive(Debug)]
struct Inner {
    endpoint: iroh::Endpoint,
    me: DeviceId,
    relay_only: bool,
    door: Arc<dyn Doorkeeper>,
    events: mpsc::Sender<NetEvent>,
    names: Names,
    book: Book,
    links: Links,
    trackers: Trackers,
    /// Held while links are told up and down, so that this comes in one order.
    announcing: Mutex<()>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Trackers and the LAN are told that this device goes, before everything else stops.
    leaving: CancellationToken,
    presence: TaskTracker,
}

impl Inner {
    /// Tells the node something; waits while it has enough. A node that is gone wants to know nothing.
    async fn tell(&self, event: NetEvent) {
        tokio::select! {
            _ = self.events.send(event) => {}
            () = self.stop.cancelled() => {}
        }
    }

    /// Runs a task until it ends or the network closes.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(task).await;
        });
    }

    /// Where a device can be dialled. One of which nothing is known is waited for a little: it may
    /// have come this moment.
    async fn find(&self, device: &DeviceId) -> Option<EndpointAddr> {
        let until = Instant::now() + COMING;
        let owner = self.door.owner(*device).await;
        loop {
            if !self.book.is_on_lan(device) {
                // By which relay it goes may have changed since the last list.
                self.trackers.ask().await;
            }
            let found = self.book.address(device, owner.as_deref(), self.relay_only);
            if found.is_some() || Instant::now() >= until {
                return found;
            }
            sleep(LOOK).await;
        }
    }
}

impl Net {
    /// Binds sockets and begins to listen.
    pub(crate) async fn start(
        options: NetOptions,
        door: Arc<dyn Doorkeeper>,
    ) -> Result<(Self, mpsc::Receiver<NetEvent>), NetError> {
        let names = Names::default();
        let endpoint = endpoint::bind(&options, &names).await?;
        let me = endpoint::device(endpoint.id());
        let (events, receiver) = mpsc::channel(EVENTS);
        let stop = CancellationToken::new();
        let inner = Arc::new(Inner {
            endpoint,
            me,
            relay_only: options.relay_only,
            door,
            events,
            names,
            book: Book::default(),
            links: Links::new(me),
            trackers: Trackers::default(),
            announcing: Mutex::default(),
            leaving: stop.child_token(),
            stop,
            tasks: TaskTracker::new(),
            presence: TaskTracker::new(),
        });
        inner.spawn(Arc::clone(&inner).accept());
        inner.spawn(Arc::clone(&inner).register());
        if options.lan && !options.relay_only {
            inner.presence.spawn(Arc::clone(&inner).meet_on_lan());
        }
        let stop = Arc::new(inner.stop.clone().drop_guard());
        let net = Self { inner, _stop: stop };
        Ok((net, receiver))
    }

    /// The trackers to be registered with, and as what. Taken over at once; what is gone is left.
    pub(crate) fn register(&self, trackers: Vec<Tracker>, registration: Registration) {
        self.inner.trackers.wish(Wish {
            trackers,
            registration,
        });
    }

    /// Dials a device, unless a link is up or being dialled: then that one is answered.
    pub(crate) async fn dial(&self, device: DeviceId) -> Result<Link, DialError> {
        self.inner.dial(device).await
    }

    /// The devices of a user that trackers list now.
    pub(crate) fn listed(&self, username: &str) -> Vec<DeviceId> {
        self.inner.book.devices_of(username)
    }

    /// The networks of this computer may have changed.
    pub(crate) async fn network_changed(&self) {
        self.inner.endpoint.network_change().await;
        self.inner.trackers.moved();
    }

    /// Leaves the trackers, ends the links, and closes the sockets.
    pub(crate) async fn close(&self) {
        let links = self.inner.links.all();
        self.inner.leaving.cancel();
        self.inner.presence.close();
        let ending = async {
            for link in &links {
                link.end(None);
            }
            for link in &links {
                link.close(None).await;
            }
        };
        let all = async { tokio::join!(self.inner.presence.wait(), ending) };
        let _ = tokio::time::timeout(FAREWELL, all).await;
        self.inner.stop.cancel();
        self.inner.endpoint.close().await;
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }
}

/// The link is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the link is gone")]
pub(crate) struct LinkGone;
