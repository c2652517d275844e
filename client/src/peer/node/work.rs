//! The task of a node that hears of everything: it never waits for another device or for the room
//! server, only for the store.

mod begin;
mod links;
mod session;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parlor_protocol::DeviceId;
use parlor_protocol::peer::PeerLine;
use parlor_protocol::tracker::TrackerToken;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::lane::{Give, Lane, Order};
use super::{Ended, NodeState, Parts};
use crate::peer::event::{PeerEvent, Standing};
use crate::peer::files::Files;
use crate::peer::net::{Link, LinkId, NetEvent};
use crate::peer::options::PeerOptions;
use crate::peer::store::{DeviceRow, Left};
use crate::session::RequestError;
use crate::session::tap::SessionFacts;
use crate::store::StoreError;

/// What comes from links is dealt with in batches of at most this many.
const BATCH: usize = 256;

/// News of the node's own tasks that wait for it. They wait in line beyond that.
const NEWS: usize = 256;

/// Changes of the store are gathered this long before everything is compared with it. What is to be
/// sent is looked for at once.
const GATHER: Duration = Duration::from_millis(250);

/// Leaving trackers and closing links may take this long.
const LAST: Duration = Duration::from_secs(5);

/// What tasks of the node tell it.
#[derive(Debug)]
pub(super) enum News {
    /// The room server was asked for a user's devices.
    Refreshed(String),
    /// This device was published, perhaps with a new token for the trackers, or could not be.
    Published(Result<Option<TrackerToken>, RequestError>),
    /// A wish is done, or could not be: it is to be looked at again.
    Wished(u64),
    /// One-time keys were used up.
    KeysUsed,
    /// The lane of a device had nothing to do for long, after so many orders.
    Idle(DeviceId, u64),
    /// To be said to a device, if a link to it is up.
    Say(DeviceId, Box<PeerLine>),
}

/// A link that is up.
#[derive(Debug)]
pub(super) struct Up {
    pub(super) link: Link,
    /// The device at its other end, as it was known when last looked at.
    pub(super) row: DeviceRow,
}

/// The node.
pub(super) struct Node {
    pub(super) context: Arc<Context>,
    events: mpsc::Receiver<NetEvent>,
    changed: watch::Receiver<u64>,
    facts: watch::Receiver<Option<Arc<SessionFacts>>>,
    pub(super) news: mpsc::Sender<News>,
    heard: mpsc::Receiver<News>,
    pub(super) lanes: HashMap<DeviceId, Lane>,
    pub(super) links: HashMap<LinkId, Up>,
    /// Lanes, and what is asked of the room server.
    pub(super) tasks: JoinSet<()>,
    pub(super) refreshing: HashSet<String>,
    /// Who waits to hear that a user's devices are known.
    pub(super) waiting_for: HashMap<String, Vec<oneshot::Sender<()>>>,
    /// What passes by and is in no store.
    pub(super) passing: mpsc::Sender<PeerEvent>,
    pub(super) files: Arc<Files>,
    pub(super) channels: super::channels::Channels,
    pub(super) standing: Standing,
    pub(super) options: PeerOptions,
    /// With which options it is to begin anew.
    pub(super) anew: Option<PeerOptions>,
    /// Wishes that wait for an answer of the room server's.
    pub(super) wishing: HashSet<u64>,
    registered: session::Registered,
    next_publish: Instant,
    /// Until when trackers are waited for, since the first sign-in.
    look_until: Option<Instant>,
    publishing: bool,
    failures: u32,
    /// When the store is compared with what is done, if it changed.
    compare_at: Option<Instant>,
    /// Typing was told of a talk at this time.
    typed: HashMap<crate::peer::talk::Talk, Instant>,
    pub(super) stop: CancellationToken,
}

/// Runs a node to its end.
pub(super) async fn run(parts: &mut Parts) -> Ended {
    let mut node = match Node::begin(parts).await {
        Ok(node) => node,
        Err(error) => return Ended::Failed(error),
    };
    parts.ends.here.store(true, Ordering::Release);
    parts.state.send_replace(NodeState::Here);
    let ended = node.go_on(parts).await;
    parts.ends.here.store(false, Ordering::Release);
    if timeout(LAST, node.finish()).await.is_err() {
        tracing::warn!("links and trackers could not be left in time");
    }
    ended
}

impl Node {
    async fn go_on(&mut self, parts: &mut Parts) -> Ended {
        let mut batch = Vec::with_capacity(BATCH);
        // What is in the store from before is as good as changed.
        self.context.store.all_left();
        self.changed.mark_changed();
        self.facts.mark_changed();
        loop {
            let (compare_at, look_until) = (self.compare_at, self.look_until);
            let (sign_at, tell_at) = (self.channels.sign_at, self.channels.tell_at);
            let done = tokio::select! {
                count = self.events.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return Ended::Failed("the links are gone".into());
                    }
                    self.incoming(&mut batch).await
                }
                changed = self.changed.changed() => match changed {
                    Ok(()) => self.store_changed().await,
                    Err(_) => return Ended::Failed("the store is closed".into()),
                },
                changed = self.facts.changed() => match changed {
                    Ok(()) => self.session_changed().await,
                    Err(_) => return Ended::Stopped,
                },
                Some(news) = self.heard.recv() => self.hear(news).await,
                ask = parts.ends.asks.recv() => match ask {
                    Some(ask) => self.asked(ask).await,
                    None => return Ended::Stopped,
                },
                Some(ended) = self.tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!(%error, "a task of the node broke down");
                    }
                    Ok(())
                }
                () = at(compare_at) => self.compare().await,
                () = at(sign_at) => self.sign_entries().await,
                () = at(tell_at) => self.pass_on().await,
                () = at(look_until) => {
                    self.looked();
                    Ok(())
                }
                () = sleep_until(self.next_publish) => {
                    self.publish();
                    Ok(())
                }
            };
            if let Some(options) = self.anew.take() {
                return Ended::Again(options);
            }
            if let Err(error) = done {
                tracing::warn!(%error, "the peers' store failed");
                self.compare_at
                    .get_or_insert_with(|| Instant::now() + GATHER);
            }
        }
    }

    /// Somebody changed the store: perhaps there is something to be sent.
    async fn store_changed(&mut self) -> Result<(), StoreError> {
        self.compare_at
            .get_or_insert_with(|| Instant::now() + GATHER);
        self.do_left().await
    }

    /// Does what writes left. What cannot be done now is done with the next comparison.
    async fn do_left(&mut self) -> Result<(), StoreError> {
        let left = self.context.store.take_left();
        for (device, username) in &left.devices {
            self.tell(*device, username, Order::Wake);
        }
        let done = self.spread_and_sign(&left).await;
        if done.is_err() {
            self.context.store.all_left();
        }
        done
    }

    async fn spread_and_sign(&mut self, left: &Left) -> Result<(), StoreError> {
        if left.unspread {
            self.spread().await?;
        }
        if left.unsigned {
            self.sign_entries().await?;
        }
        Ok(())
    }

    /// Compares everything with the store: who may be linked, what waits, which channels there are.
    async fn compare(&mut self) -> Result<(), StoreError> {
        self.compare_at = None;
        self.do_left().await?;
        self.fulfil().await?;
        self.check_links().await?;
        self.channels_changed().await?;
        for (device, username) in self.context.store.waiting_devices().await? {
            self.tell(device, &username, Order::Wake);
        }
        Ok(())
    }

    async fn hear(&mut self, news: News) -> Result<(), StoreError> {
        match news {
            News::Refreshed(username) => {
                self.refreshing.remove(&username);
                // Who waits for an answer sees that there will be none but this.
                self.waiting_for.remove(&username);
                self.refreshed(&username).await?;
                self.spread().await
            }
            News::Published(done) => self.published(done).await,
            News::Wished(n) => {
                self.wishing.remove(&n);
                Ok(())
            }
            News::KeysUsed => {
                self.next_publish = Instant::now();
                Ok(())
            }
            News::Idle(device, followed) => {
                let lane = self.lanes.get(&device);
                if lane.is_some_and(|lane| lane.is_idle(followed)) {
                    self.lanes.remove(&device);
                }
                Ok(())
            }
            News::Say(device, line) => {
                self.say(device, *line);
                Ok(())
            }
        }
    }

    /// The order to a device's lane, which is begun where there is none.
    pub(super) fn tell(&mut self, device: DeviceId, username: &str, order: Order) {
        if self.lanes.get(&device).is_some_and(Lane::has_ended)
            && let Some(link) = self.lanes.remove(&device).and_then(|lane| lane.link)
        {
            self.tasks.spawn(async move { link.close(None).await });
        }
        let (context, stop, tasks) = (&self.context, &self.stop, &mut self.tasks);
        let news = &self.news;
        let lane = self.lanes.entry(device).or_insert_with(|| {
            let (lane, task) = Lane::start(
                Arc::clone(context),
                device,
                username.to_owned(),
                news.clone(),
                stop.child_token(),
            );
            tasks.spawn(task);
            lane
        });
        if !lane.tell(order)
            && let Some(link) = lane.link.take()
        {
            tracing::info!(%device, "a link takes nothing any more");
            self.tasks.spawn(async move { link.close(None).await });
        }
    }

    /// Gives a device what it asked for, if a link to it is up.
    pub(super) fn give(&mut self, device: DeviceId, give: Give) {
        if let Some(lane) = self.lanes.get(&device)
            && lane.link.is_some()
            && !lane.has_ended()
        {
            self.tell(device, "", Order::Give(give));
        }
    }

    /// Says something to a device, if a link to it is up.
    pub(super) fn say(&mut self, device: DeviceId, line: PeerLine) {
        if let Some(lane) = self.lanes.get(&device)
            && lane.link.is_some()
            && !lane.has_ended()
        {
            self.tell(device, "", Order::Say(line));
        }
    }

    /// Leaves trackers and ends links; tasks end with this.
    async fn finish(mut self) {
        self.stop.cancel();
        self.files.stop().await;
        while self.tasks.join_next().await.is_some() {}
        self.context.net.close().await;
        if let Err(error) = self.context.store.clear_links().await {
            tracing::warn!(%error, "the peers' store failed");
        }
    }
}

/// Waits until then, or for ever.
async fn at(when: Option<Instant>) {
    match when {
        Some(when) => sleep_until(when).await,
        None => std::future::pending().await,
    }
}
