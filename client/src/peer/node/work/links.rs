//! Links that come and go, and what is asked of them.

use std::sync::Arc;
use std::time::Duration;

use parlor_protocol::DeviceId;
use parlor_protocol::peer::{DIRECT, PeerLine};
use tokio::time::Instant;

use super::{Node, Up};
use crate::peer::ask::Ask;
use crate::peer::net::{Link, LinkId};
use crate::peer::node::door::forbidden;
use crate::peer::node::lane::Order;
use crate::peer::node::people::Said;
use crate::peer::person::{DeviceStanding, Path};
use crate::peer::talk::Talk;
use crate::store::StoreError;

/// The shortest time between two typing lines for one talk.
const TYPING: Duration = Duration::from_secs(3);

/// Talks of which it is remembered when typing was told.
const TYPED: usize = 64;

impl Node {
    /// A link is up: what waits goes over it.
    pub(crate) async fn up(&mut self, link: Link) -> Result<(), StoreError> {
        let device = link.device();
        let Some(row) = self.context.store.device(device).await? else {
            // The door has let it in and learnt it; without a row there is nothing to talk about.
            self.tasks.spawn(async move { link.close(None).await });
            return Ok(());
        };
        let username = row.card.username.clone();
        let gets = row.may_get();
        let up = Up {
            link: link.clone(),
            row,
        };
        self.links.insert(link.id(), up);
        self.tell(device, &username, Order::Up(link.clone()));
        if let Some(lane) = self.lanes.get_mut(&device) {
            lane.link = Some(link.clone());
        }
        if gets {
            self.files.up(Arc::new(link.clone())).await;
        }
        let store = &self.context.store;
        store.set_link(device, Some(link.path())).await?;
        store.dialled(&username, None).await?;
        // A wish may have waited for this link.
        self.compare_at.get_or_insert_with(Instant::now);
        self.greet_channels(device, &username).await
    }

    pub(crate) async fn down(&mut self, id: LinkId, device: DeviceId) -> Result<(), StoreError> {
        self.links.remove(&id);
        self.channels.down(id);
        self.files.down(device, id).await;
        if let Some(lane) = self.lanes.get_mut(&device) {
            if lane.link.as_ref().is_some_and(|link| link.id() == id) {
                lane.link = None;
            }
            lane.tell(Order::Down(id));
        }
        // Another link to the same device may have taken its place.
        let other = self.links.values().find(|up| up.link.device() == device);
        let path = other.map(|up| up.link.path());
        self.context.store.set_link(device, path).await
    }

    pub(crate) async fn path_changed(
        &mut self,
        link: LinkId,
        device: DeviceId,
        path: Path,
    ) -> Result<(), StoreError> {
        if !self.links.contains_key(&link) {
            return Ok(());
        }
        self.context.store.set_link(device, Some(path)).await
    }

    /// A device is there: it is dialled if something is to be said to it.
    pub(crate) async fn seen(
        &mut self,
        device: DeviceId,
        username: Option<String>,
    ) -> Result<(), StoreError> {
        if device == self.context.device {
            return Ok(());
        }
        let store = &self.context.store;
        let row = store.device(device).await?;
        if row.as_ref().is_some_and(|row| !row.may_get()) {
            return Ok(());
        }
        let owed = store.deliveries(device, 1).await?;
        let owed = owed.is_some_and(|lines| !lines.is_empty());
        let username = row.map(|row| row.card.username).or(username);
        if owed || self.meets_in_channels(username.as_deref()).await? {
            let username = username.unwrap_or_default();
            self.tell(device, &username, Order::Dial);
        }
        Ok(())
    }

    /// Ends links to devices that may not be linked any more. Whoever may get things now, or may not any
    /// more, is said so where that matters.
    pub(crate) async fn check_links(&mut self) -> Result<(), StoreError> {
        let ids: Vec<LinkId> = self.links.keys().copied().collect();
        for id in ids {
            let Some(up) = self.links.get_mut(&id) else {
                continue;
            };
            let device = up.link.device();
            let row = self.context.store.device(device).await?;
            let Some(row) = row else { continue };
            let ends = row.blocked || row.standing == DeviceStanding::Revoked;
            let (link, gets) = (up.link.clone(), row.may_get());
            let username = row.card.username.clone();
            let got = up.row.may_get();
            up.row = row;
            if gets != got {
                self.tell(device, &username, Order::Wake);
                self.trust_changed(&link, &username, gets).await?;
            }
            if ends {
                self.tasks
                    .spawn(async move { link.close(Some(forbidden())).await });
            }
        }
        Ok(())
    }

    /// A linked device was accepted, or is not accepted any more.
    async fn trust_changed(
        &mut self,
        link: &Link,
        username: &str,
        gets: bool,
    ) -> Result<(), StoreError> {
        let device = link.device();
        if !gets {
            self.files.down(device, link.id()).await;
            self.channels.untold(link.id());
            return Ok(());
        }
        // Of two links only the newer one counts.
        let lane = self.lanes.get(&device);
        let now = lane.and_then(|lane| lane.link.as_ref());
        if now.is_some_and(|now| now.id() == link.id()) {
            self.files.up(Arc::new(link.clone())).await;
        }
        self.greet_channels(device, username).await
    }

    /// Whether things may go to a device to which a link is up.
    pub(crate) fn gets(&self, device: DeviceId) -> bool {
        let mut ups = self.links.values();
        ups.any(|up| up.link.device() == device && up.row.may_get())
    }

    /// What handles of this process ask.
    pub(crate) async fn asked(&mut self, ask: Ask) -> Result<(), StoreError> {
        match ask {
            Ask::Typing(talk) => self.typing(talk).await,
            Ask::Open(talk) => self.look(&talk).await,
            Ask::Person { username, known } => {
                if self.context.is_online() && self.context.people.said(&username) == Said::Nothing
                {
                    self.refresh(&username);
                    self.waiting_for.entry(username).or_default().push(known);
                }
                Ok(())
            }
            Ask::Options(options) => {
                self.behave(options).await;
                Ok(())
            }
            Ask::NetworkChanged => {
                let net = self.context.net.clone();
                self.tasks.spawn(async move { net.network_changed().await });
                Ok(())
            }
        }
    }

    /// A talk is looked at: its people are dialled, and their devices asked for.
    pub(crate) async fn look(&mut self, talk: &Talk) -> Result<(), StoreError> {
        let users = match talk {
            Talk::Direct(user) => vec![user.clone()],
            Talk::Channel(channel) => self.context.store.members(channel).await?,
        };
        for user in users {
            if self.context.is_online() {
                self.refresh(&user);
            }
            self.dial(&user).await?;
        }
        Ok(())
    }

    /// Dials all devices of a user that may be talked with.
    pub(crate) async fn dial(&mut self, username: &str) -> Result<(), StoreError> {
        let rows = self.context.store.devices_of(username).await?;
        for row in &rows {
            if row.may_get() && row.card.device != self.context.device {
                self.tell(row.card.device, username, Order::Dial);
            }
        }
        // Trackers may know one that the room server did not when it was last asked: its card will show.
        for device in self.context.net.listed(username) {
            let known = rows.iter().any(|row| row.card.device == device);
            if !known && device != self.context.device {
                self.tell(device, username, Order::Dial);
            }
        }
        Ok(())
    }

    /// Says that one is writing, to those to whom a link is up.
    async fn typing(&mut self, talk: Talk) -> Result<(), StoreError> {
        let now = Instant::now();
        let last = self.typed.get(&talk);
        if last.is_some_and(|last| now - *last < TYPING) {
            return Ok(());
        }
        if self.typed.len() >= TYPED {
            self.typed.clear();
        }
        self.typed.insert(talk.clone(), now);
        let (users, channel) = match talk {
            Talk::Direct(user) => (vec![user], DIRECT.to_owned()),
            Talk::Channel(channel) => (self.context.store.members(&channel).await?, channel),
        };
        let line = PeerLine::Typing {
            from: self.context.me.clone(),
            channel,
        };
        for device in self.linked(&users) {
            self.say(device, line.clone());
        }
        Ok(())
    }

    /// The devices of these users to which a link is up, and which may get something.
    pub(crate) fn linked(&self, users: &[String]) -> Vec<DeviceId> {
        let ups = self.links.values();
        let mut devices: Vec<DeviceId> = ups
            .filter(|up| up.row.may_get() && users.contains(&up.row.card.username))
            .map(|up| up.link.device())
            .collect();
        devices.sort_unstable();
        devices.dedup();
        devices
    }
}
