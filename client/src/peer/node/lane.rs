//! What goes to one device, in order: over a link while one is up, else sealed.
//!
//! Each device has one lane, a task of its own, so that one that does not read keeps nobody else
//! waiting. The store says what is to go; a lane only remembers what it has sent over the link that is
//! up, and what was not acknowledged in time.

mod ends;
mod give;
mod sent;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures_util::future::BoxFuture;
use parlor_protocol::DeviceId;
use parlor_protocol::peer::PeerLine;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::seal::{self, Sealed};
use super::work::News;
use crate::peer::net::{DialError, Doorkeeper as _, Link, LinkId};
use crate::peer::store::{Delivery, DeliveryState};
use crate::store::StoreError;
use ends::IDLE;
pub(super) use give::Give;
use sent::Sent;

/// What waits for a lane. A lane that has fallen so far behind has a link that takes nothing: it is ended.
pub(super) const ORDERS: usize = 1_024;

/// Lines that may be on their way over a link without an acknowledgement.
const IN_FLIGHT: usize = 512;

/// The wait after the first dialling in vain, which doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// What a lane is told.
#[derive(Debug)]
pub(super) enum Order {
    /// A link is up.
    Up(Link),
    /// It is gone.
    Down(LinkId),
    /// The other side has stored these.
    Acked(Vec<String>),
    /// Say this, if a link is up; else it is of no use.
    Say(PeerLine),
    /// Entries are asked for.
    Give(Give),
    /// There may be more to deliver, or it may go now.
    Wake,
    /// The device may be there, or the server is: do not wait any longer.
    Try,
    /// A link is wished for, whether or not something waits.
    Dial,
}

/// A lane, for who gives it orders.
#[derive(Debug)]
pub(super) struct Lane {
    orders: mpsc::Sender<Order>,
    /// Orders that it was given.
    told: AtomicU64,
    /// The link that is up, to end it when nothing is taken any more.
    pub(super) link: Option<Link>,
}

impl Lane {
    /// Starts the lane of a device of `username`'s. It ends with `stop`, or when this is dropped.
    pub(super) fn start(
        context: Arc<Context>,
        device: DeviceId,
        username: String,
        news: mpsc::Sender<News>,
        stop: CancellationToken,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (orders, taken) = mpsc::channel(ORDERS);
        let task = Task {
            context,
            device,
            username,
            orders: taken,
            news,
            followed: 0,
            link: None,
            sent: Sent::default(),
            cards: HashSet::new(),
            looks: true,
            waits: false,
            wants_link: false,
            dialling: None,
            sealing: None,
            wait: FIRST_WAIT,
            seal_wait: FIRST_WAIT,
            next_dial: Instant::now(),
            next_seal: Instant::now(),
        };
        (Self::over(orders), task.run(stop))
    }
}

/// The task.
struct Task {
    context: Arc<Context>,
    device: DeviceId,
    username: String,
    orders: mpsc::Receiver<Order>,
    news: mpsc::Sender<News>,
    /// Orders that were followed.
    followed: u64,
    link: Option<Link>,
    sent: Sent,
    /// Authors of entries here whose cards the link's other side was given.
    cards: HashSet<DeviceId>,
    /// Whether the store is to be looked into.
    looks: bool,
    /// Whether something waited when it was looked into last, that no link takes.
    waits: bool,
    /// Whether a link is wished for all the same.
    wants_link: bool,
    dialling: Option<BoxFuture<'static, Result<Link, DialError>>>,
    sealing: Option<BoxFuture<'static, Sealed>>,
    wait: Duration,
    seal_wait: Duration,
    next_dial: Instant,
    next_seal: Instant,
}

impl Task {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.work().await {
                tracing::warn!(%error, device = %self.device, "the peers' store failed");
                self.next_dial = Instant::now() + FIRST_WAIT;
                self.next_seal = self.next_dial;
                self.waits = true;
            }
            let wake = self.next_wake();
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                order = self.orders.recv() => match order {
                    Some(order) => self.follow_all(order).await,
                    None => return,
                },
                dialled = is_done(&mut self.dialling) => self.dialled(dialled).await,
                sealed = is_done(&mut self.sealing) => self.sealed(&sealed),
                () = sleep_until(wake) => {
                    self.looks = true;
                    self.say_idle();
                }
            }
        }
    }

    /// When to look again, if nothing happens before.
    fn next_wake(&self) -> Instant {
        let far = Instant::now() + if self.is_idle() { IDLE } else { LONGEST_WAIT };
        let ack = self.sent.deadline();
        let ready = self.waits && self.context.door.hello().is_some();
        let dial = ready && self.link.is_none() && self.dialling.is_none();
        let seal = ready && self.sealing.is_none() && self.context.may_hold();
        [
            ack,
            dial.then_some(self.next_dial),
            seal.then_some(self.next_seal),
        ]
        .into_iter()
        .flatten()
        .fold(far, Instant::min)
        // Whatever is late by now was looked at just before.
        .max(Instant::now() + Duration::from_millis(10))
    }

    /// Follows an order and all that wait behind it, so that the store is looked into once.
    async fn follow_all(&mut self, first: Order) {
        self.follow(first).await;
        for _ in 0..ORDERS {
            match self.orders.try_recv() {
                Ok(order) => self.follow(order).await,
                Err(_) => return,
            }
        }
    }

    async fn follow(&mut self, order: Order) {
        self.followed += 1;
        match order {
            Order::Up(link) => self.up(link),
            Order::Down(id) => {
                if self.link.as_ref().is_some_and(|link| link.id() == id) {
                    self.down();
                }
            }
            Order::Acked(ids) => {
                for id in ids {
                    self.looks |= self.sent.acked(&id);
                }
            }
            Order::Say(line) => self.say(&line).await,
            Order::Give(give) => {
                if let Err(error) = self.give(give).await {
                    // The other side asks again over the next link.
                    tracing::warn!(%error, device = %self.device, "the peers' store failed");
                }
            }
            Order::Wake => self.looks = true,
            Order::Try => self.do_not_wait(),
            Order::Dial => {
                self.wants_link = self.link.is_none();
                self.do_not_wait();
            }
        }
    }

    fn do_not_wait(&mut self) {
        self.looks = true;
        self.wait = FIRST_WAIT;
        self.seal_wait = FIRST_WAIT;
        self.next_dial = Instant::now();
        self.next_seal = self.next_dial;
    }

    fn up(&mut self, link: Link) {
        if self.link.as_ref().is_some_and(|now| now.id() == link.id()) {
            return;
        }
        // Whatever is not acknowledged goes again, also what the room server holds.
        self.sent.clear();
        self.cards.clear();
        self.wants_link = false;
        self.link = Some(link);
        self.wait = FIRST_WAIT;
        self.looks = true;
    }

    fn down(&mut self) {
        self.link = None;
        self.sent.clear();
        self.cards.clear();
        self.looks = true;
        self.next_dial = Instant::now();
    }

    async fn say(&mut self, line: &PeerLine) {
        if let Some(link) = &self.link
            && link.send(line).await.is_err()
            && Link::fits(line)
        {
            self.down();
        }
    }

    /// Does what can be done now.
    async fn work(&mut self) -> Result<(), StoreError> {
        let late = self.sent.give_up(Instant::now());
        if !std::mem::take(&mut self.looks) && !late {
            return Ok(());
        }
        if self.link.is_some() {
            return self.send().await;
        }
        let waiting = self.waiting().await?;
        self.waits = !waiting.is_empty();
        let dials = self.waits || self.wants_link;
        if !dials || self.dialling.is_some() {
            return Ok(());
        }
        if self.context.door.hello().is_none() {
            // Nobody lets it in yet. It is told when that changes.
            return Ok(());
        }
        let now = Instant::now();
        if now >= self.next_dial {
            self.wants_link = false;
            let (net, device) = (self.context.net.clone(), self.device);
            self.dialling = Some(Box::pin(async move { net.dial(device).await }));
            return Ok(());
        }
        self.seal(waiting).await
    }

    /// What is neither held nor on its way.
    async fn waiting(&mut self) -> Result<Vec<Delivery>, StoreError> {
        let store = &self.context.store;
        let limit = seal::AT_ONCE + self.sent.len();
        let mut lines = store.unheld(self.device, limit).await?;
        lines.retain(|line| !self.sent.is_on_its_way(line.n));
        Ok(lines)
    }

    /// Whether anything may go to the device. The store is asked, for a link that was dialled here is up before
    /// the node has told of it.
    async fn may_get(&mut self) -> Result<bool, StoreError> {
        self.context.store.may_get(self.device).await
    }

    /// Sends what was not sent over this link yet, and seals what was and got no answer.
    async fn send(&mut self) -> Result<(), StoreError> {
        let store = &self.context.store;
        let Some(lines) = store.deliveries(self.device, IN_FLIGHT).await? else {
            self.waits = false;
            return Ok(());
        };
        for line in lines {
            if self.sent.has(line.n, &line.line) {
                continue;
            }
            let Some(link) = &self.link else {
                break;
            };
            if link.send(&line.line).await.is_err() {
                if Link::fits(&line.line) {
                    self.down();
                    return Ok(());
                }
                let reason = "it is too long for one message";
                store.undeliverable(line.n, self.device, reason).await?;
                continue;
            }
            self.sent.add(line.n, &line.line, Instant::now());
        }
        self.waits = self.sent.has_late();
        if self.waits {
            let late = self.waiting().await?;
            self.waits = !late.is_empty();
            return self.seal(late).await;
        }
        Ok(())
    }

    /// Begins to leave lines at the room server, unless that is under way or has to wait.
    async fn seal(&mut self, mut lines: Vec<Delivery>) -> Result<(), StoreError> {
        let is_time = Instant::now() >= self.next_seal && self.context.may_hold();
        if lines.is_empty() || self.sealing.is_some() || !is_time {
            return Ok(());
        }
        lines.truncate(seal::AT_ONCE);
        let Some(to) = self.context.store.device(self.device).await? else {
            self.next_seal = Instant::now() + LONGEST_WAIT;
            return Ok(());
        };
        if !to.may_get() {
            let reason = "the device may not get anything any more";
            for line in lines {
                let (n, device) = (line.n, line.device);
                self.context.store.undeliverable(n, device, reason).await?;
            }
            return Ok(());
        }
        debug_assert!(lines.iter().all(|line| line.state != DeliveryState::Held));
        self.sealing = Some(Box::pin(seal::hold(Arc::clone(&self.context), to, lines)));
        Ok(())
    }
}

/// What a future gives that may not be there.
async fn is_done<T>(future: &mut Option<BoxFuture<'static, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
