//! Peer channels: who is in them, and getting entries to and from everybody.
//!
//! Whoever has entries gives them to whoever lacks them, so that no author needs to be there. A card whose
//! time is over still shows whose an old entry is, if the device was known before; nobody is
//! learnt by such a card.

use std::collections::{BTreeMap, HashMap, HashSet};

use parlor_protocol::peer::{Broadcast, Entry, EntryBody, PeerLine, SignedEntry, WANT_ENTRIES};
use parlor_protocol::{DeviceId, VouchedCard, signature};

use super::context::{Context, now};
use super::incoming::Acks;
use super::people::Said;
use super::work::Node;
use crate::peer::net::{Doorkeeper as _, LinkId};
use crate::peer::store::UnsignedEntry;
use crate::store::StoreError;

/// Authors named in one `have`: a line stays below its bound.
const AUTHORS: usize = 500;

/// What a node remembers of peer channels.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// Those one is in.
    pub(super) names: Vec<String>,
    /// To whom what is here was told.
    told: HashSet<(LinkId, String)>,
    /// Cards that a link's other side was given.
    cards: HashSet<(LinkId, DeviceId)>,
    /// From which entry on an author's were last asked for over a link. The same is not asked for twice,
    /// so that entries which cannot be taken are not asked for without end.
    wanted: HashMap<(LinkId, String, DeviceId), u64>,
    /// The entry that came last of an author's device: the next is expected.
    last: HashMap<(String, DeviceId), u64>,
}

impl Channels {
    pub(super) fn down(&mut self, link: LinkId) {
        self.told.retain(|(told, _)| *told != link);
        self.cards.retain(|(given, _)| *given != link);
        self.wanted.retain(|(wanted, _, _), _| *wanted != link);
    }
}

impl Node {
    /// Channels were joined or left here.
    pub(super) async fn channels_changed(&mut self) -> Result<(), StoreError> {
        let names = self.context.store.channels().await?;
        if names == self.channels.names {
            return Ok(());
        }
        let joined: Vec<String> = names
            .iter()
            .filter(|name| !self.channels.names.contains(name))
            .cloned()
            .collect();
        self.channels.told.retain(|(_, name)| names.contains(name));
        self.channels.names = names;
        self.register();
        for channel in joined {
            self.meet(&channel).await?;
        }
        Ok(())
    }

    /// The trackers say who is in a channel.
    pub(super) async fn members(
        &mut self,
        channel: &str,
        usernames: Vec<String>,
    ) -> Result<(), StoreError> {
        if !self.channels.names.iter().any(|name| name == channel) {
            return Ok(());
        }
        let store = &self.context.store;
        store.add_members(channel, usernames.clone()).await?;
        self.meet(channel).await
    }

    /// Dials the members of a channel to whom there is no link, and tells the others what is here.
    async fn meet(&mut self, channel: &str) -> Result<(), StoreError> {
        for user in self.context.store.members(channel).await? {
            if self.context.is_online() && self.context.people.said(&user) == Said::Nothing {
                // Dialled once its devices are known.
                self.refresh(&user);
            } else {
                self.dial(&user).await?;
            }
            self.tell_have(&user, channel).await?;
        }
        Ok(())
    }

    /// A user's devices are known anew: members of channels are dialled.
    pub(super) async fn refreshed(&mut self, username: &str) -> Result<(), StoreError> {
        if self.meets_in_channels(Some(username)).await? {
            self.dial(username).await?;
        }
        Ok(())
    }

    /// Whether a user is in a channel that one is in too. Somebody whose name is not known may be.
    pub(super) async fn meets_in_channels(
        &self,
        username: Option<&str>,
    ) -> Result<bool, StoreError> {
        let Some(username) = username else {
            return Ok(!self.channels.names.is_empty());
        };
        for channel in &self.channels.names {
            let members = self.context.store.members(channel).await?;
            if members.iter().any(|member| member == username) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A link is up: what is here of the channels in common is told.
    pub(super) async fn greet_channels(
        &mut self,
        _device: DeviceId,
        username: &str,
    ) -> Result<(), StoreError> {
        for channel in self.channels.names.clone() {
            let members = self.context.store.members(&channel).await?;
            if username == self.context.me || members.iter().any(|member| member == username) {
                self.tell_have(username, &channel).await?;
            }
        }
        Ok(())
    }

    /// Tells a user's linked devices what is here of a channel, once for each link.
    async fn tell_have(&mut self, username: &str, channel: &str) -> Result<(), StoreError> {
        let links: Vec<(LinkId, DeviceId)> = self
            .links
            .iter()
            .filter(|(_, up)| up.row.card.username == username)
            .map(|(id, up)| (*id, up.link.device()))
            .filter(|(id, _)| !self.channels.told.contains(&(*id, channel.to_owned())))
            .collect();
        for (id, device) in links {
            self.channels.told.insert((id, channel.to_owned()));
            self.say_have(device, channel).await?;
        }
        Ok(())
    }

    async fn say_have(&mut self, device: DeviceId, channel: &str) -> Result<(), StoreError> {
        let have = self.context.store.have(channel).await?;
        // An empty one says that one is in the channel, too.
        let mut parts: Vec<BTreeMap<DeviceId, u64>> = have
            .chunks(AUTHORS)
            .map(|part| part.iter().copied().collect())
            .collect();
        if parts.is_empty() {
            parts.push(BTreeMap::new());
        }
        for authors in parts {
            let channel = channel.to_owned();
            self.say(device, PeerLine::Have { channel, authors });
        }
        Ok(())
    }

    /// The other side says what it has: what is missing here is asked for.
    pub(super) async fn have(
        &mut self,
        link: LinkId,
        channel: String,
        authors: BTreeMap<DeviceId, u64>,
    ) -> Result<(), StoreError> {
        let Some(up) = self.links.get(&link) else {
            return Ok(());
        };
        if !self.channels.names.contains(&channel) {
            return Ok(());
        }
        let username = up.row.card.username.clone();
        let (device, way) = (up.link.device(), up.link.path().way);
        let store = self.context.store.clone();
        if username != self.context.me {
            store.add_members(&channel, vec![username.clone()]).await?;
        }
        self.tell_have(&username, &channel).await?;
        if let Some(n) = authors.get(&self.context.device) {
            store.has_ours(&channel, device, *n, way).await?;
        }
        let here: BTreeMap<DeviceId, u64> = store.have(&channel).await?.into_iter().collect();
        for (author, highest) in authors.into_iter().take(AUTHORS) {
            let from = here.get(&author).copied().unwrap_or(0) + 1;
            if highest >= from {
                self.say_want(link, &channel, author, from, highest);
            }
        }
        Ok(())
    }

    fn say_want(&mut self, link: LinkId, channel: &str, author: DeviceId, from: u64, highest: u64) {
        let Some(device) = self.links.get(&link).map(|up| up.link.device()) else {
            return;
        };
        let key = (link, channel.to_owned(), author);
        let before = self.channels.wanted.insert(key, from);
        if before.is_some_and(|before| before >= from) {
            return;
        }
        let want = PeerLine::Want {
            channel: channel.to_owned(),
            device: author,
            from,
            to: highest.min(from.saturating_add(WANT_ENTRIES - 1)),
        };
        self.say(device, want);
    }

    /// The other side lacks entries: they are given, the author's card first.
    pub(super) async fn want(
        &mut self,
        link: LinkId,
        channel: &str,
        author: DeviceId,
        from: u64,
        to: u64,
    ) -> Result<(), StoreError> {
        let Some(up) = self.links.get(&link) else {
            return Ok(());
        };
        let device = up.link.device();
        let may_get = up.row.may_get();
        if !may_get || !self.channels.names.iter().any(|name| name == channel) {
            return Ok(());
        }
        let to = to.min(from.saturating_add(WANT_ENTRIES - 1));
        let store = self.context.store.clone();
        let entries = store.entries(channel, author, from, to).await?;
        if entries.is_empty() {
            return Ok(());
        }
        if self.channels.cards.insert((link, author)) {
            let card = match author == self.context.device {
                true => self.context.door.hello().map(|hello| hello.card),
                false => store.device(author).await?.map(|row| row.vouched),
            };
            if let Some(card) = card {
                self.say(device, PeerLine::Card(card));
            }
        }
        let last = from + entries.len() as u64 - 1;
        let entries = entries.into_iter().filter_map(plain);
        let lines = entries.map(PeerLine::Broadcast).collect();
        self.say_all(device, lines);
        // What did not fit is asked for once the other side hears again what is here.
        let have = store.have(channel).await?;
        match have
            .iter()
            .any(|(device, n)| *device == author && *n > last)
        {
            true => self.say_have(device, channel).await,
            false => Ok(()),
        }
    }

    /// The card of an author of entries that are about to come.
    pub(super) async fn card(&mut self, vouched: VouchedCard) -> Result<(), StoreError> {
        let Some(key) = self.context.door.server_key() else {
            return Ok(());
        };
        let Ok(card) = vouched.check(&key, now()) else {
            return Ok(());
        };
        if card.device == self.context.device {
            return Ok(());
        }
        let store = &self.context.store;
        if let Some(row) = store.device(card.device).await?
            && (row.card.username != card.username || row.vouched.until >= vouched.until)
        {
            return Ok(());
        }
        let username = card.username.clone();
        let learnt = vec![(card, vouched)];
        store
            .learn(&username, learnt, Vec::new(), false, now())
            .await
    }

    /// An entry came, from its author or from somebody who has it.
    pub(super) async fn broadcast(
        &mut self,
        link: LinkId,
        broadcast: Broadcast,
        acks: &mut Acks,
    ) -> Result<(), StoreError> {
        let Some(up) = self.links.get(&link) else {
            return Ok(());
        };
        let (device, way) = (up.link.device(), up.link.path().way);
        let Ok(entry) = broadcast.entry.check() else {
            tracing::warn!("an entry does not hold");
            return Ok(());
        };
        if !self.channels.names.contains(&entry.body.channel) {
            return Ok(());
        }
        let author = self.context.author(&entry.body).await?;
        if !author {
            tracing::info!(device = %entry.body.device, "an entry of nobody who is known");
            return Ok(());
        }
        let channel = entry.body.channel.clone();
        let store = self.context.store.clone();
        let (author, n) = (entry.body.device, entry.body.n);
        let id = entry.body.id.clone();
        let taken = store.take_entry(entry, way, now()).await?;
        // Its author knows by this that somebody has it; who passes it on needs to know nothing.
        if taken && author == device {
            acks.entry(device).or_default().push(id);
        }
        let last = self.channels.last.insert((channel.clone(), author), n);
        if last.is_some_and(|last| last + 1 == n) {
            return Ok(());
        }
        let have = store.have(&channel).await?;
        let have = have.iter().find(|(device, _)| *device == author);
        let from = have.map_or(1, |(_, n)| n + 1);
        if from < n {
            self.say_want(link, &channel, author, from, n - 1);
        }
        Ok(())
    }

    /// Signs what was written here and tells it to everybody who is linked.
    pub(super) async fn sign_entries(&mut self) -> Result<(), StoreError> {
        if self.channels.names.is_empty() {
            self.channels.names = self.context.store.channels().await?;
            if self.channels.names.is_empty() {
                return Ok(());
            }
            self.register();
        }
        let store = self.context.store.clone();
        for unsigned in store.unsigned().await? {
            let channel = unsigned.channel.clone();
            let (n, prev) = store.next_entry(&channel).await?;
            let Some(entry) = self.context.sign(unsigned, n, prev) else {
                continue;
            };
            if !store.signed(entry.clone()).await? {
                // It was taken back meanwhile, or others know later entries of this device.
                continue;
            }
            let mut members = store.members(&channel).await?;
            members.push(self.context.me.clone());
            let devices = self.linked(&members);
            let Some(broadcast) = plain(entry.signed) else {
                continue;
            };
            for device in devices {
                self.say(device, PeerLine::Broadcast(broadcast.clone()));
            }
        }
        Ok(())
    }
}

impl Context {
    /// Whether an entry is by a known device of the user whom it names, or by this one.
    async fn author(&self, body: &EntryBody) -> Result<bool, StoreError> {
        if body.device == self.device {
            return Ok(body.from == self.me);
        }
        let row = self.store.device(body.device).await?;
        Ok(row.is_some_and(|row| row.card.username == body.from && !row.blocked))
    }

    fn sign(&self, unsigned: UnsignedEntry, n: u64, prev: String) -> Option<Entry> {
        let body = EntryBody {
            device: self.device,
            n,
            prev,
            kind: unsigned.kind,
            id: unsigned.id,
            from: self.me.clone(),
            channel: unsigned.channel,
            message: unsigned.message,
            time: unsigned.time,
            target: unsigned.target,
        };
        let json = serde_json::to_vec(&body).ok()?;
        let signed = signature::signed_bytes(signature::ENTRY, &json);
        let sig = self.secret.sign(&signed).to_bytes();
        let entry = SignedEntry {
            entry: signature::encode(&json),
            sig: signature::Signature(sig),
        };
        // What one signs is read as others will read it.
        entry.check().ok()
    }
}

/// An entry with its plain members, as it travels.
fn plain(entry: SignedEntry) -> Option<Broadcast> {
    let body = entry.check().ok()?.body;
    Some(Broadcast {
        from: body.from,
        channel: body.channel,
        message: body.message,
        id: body.id,
        time: body.time,
        entry,
    })
}
