//! Entries that come and go: asked for, given, taken and signed.

use std::collections::BTreeMap;
use std::time::Duration;

use parlor_protocol::peer::{Broadcast, EntryBody, PeerLine, SignedEntry, WANT_ENTRIES};
use parlor_protocol::{DeviceId, VouchedCard};
use tokio::time::Instant;

use super::AUTHORS;
use crate::peer::net::{Doorkeeper as _, LinkId};
use crate::peer::node::context::{Context, now};
use crate::peer::node::incoming::Acks;
use crate::peer::node::lane::Give;
use crate::peer::node::work::Node;
use crate::store::StoreError;

/// The earliest that news are passed on; at the latest after twice as long.
const PASS_ON: Duration = Duration::from_secs(1);

/// Members to whom news of one channel are passed on at once.
const PASSED_TO: usize = 64;

impl Node {
    /// The other side says what it has: what is missing here is asked for.
    pub(in crate::peer::node) async fn have(
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
        for (author, n) in authors.iter().take(AUTHORS) {
            if here.contains_key(author) {
                self.channels.knows(link, &channel, *author, *n);
            }
        }
        let mut heard = false;
        for (author, highest) in authors.into_iter().take(AUTHORS) {
            let from = here.get(&author).copied().unwrap_or(0) + 1;
            if highest >= from {
                self.say_want(link, &channel, author, from, highest);
            }
            if author == self.context.device {
                self.somebody_has_ours(&channel, highest, from);
                heard = true;
            }
        }
        if !heard {
            self.somebody_has_ours(&channel, 0, 1);
        }
        self.sign_entries().await
    }

    fn say_want(&mut self, link: LinkId, channel: &str, author: DeviceId, from: u64, highest: u64) {
        let Some(device) = self.links.get(&link).map(|up| up.link.device()) else {
            return;
        };
        if !self.channels.asks(link, channel, author, from) {
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

    /// The other side lacks entries: its lane gives them, as fast as they are read there.
    pub(in crate::peer::node) fn want(&mut self, link: LinkId, mut give: Give) {
        let Some(up) = self.links.get(&link) else {
            return;
        };
        let device = up.link.device();
        if !up.row.may_get() || !self.channels.names.contains(&give.channel) {
            return;
        }
        give.from = give.from.max(1);
        give.to = give.to.min(give.from.saturating_add(WANT_ENTRIES - 1));
        self.give(device, give);
    }

    /// The card of an author of entries that are about to come.
    pub(in crate::peer::node) async fn card(
        &mut self,
        vouched: VouchedCard,
    ) -> Result<(), StoreError> {
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
    pub(in crate::peer::node) async fn broadcast(
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
        self.channels.knows(link, &channel, author, n);
        if taken {
            self.took(&channel, author, n);
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

    /// An entry is new here: others may lack it.
    fn took(&mut self, channel: &str, author: DeviceId, n: u64) {
        let authors = self.channels.news.entry(channel.to_owned());
        authors.or_default().insert(author);
        let wait = PASS_ON.mul_f64(1.0 + crate::random::fraction());
        self.channels.tell_at.get_or_insert(Instant::now() + wait);
        if author == self.context.device
            && let Some(signing) = self.channels.signing.get_mut(channel)
            && signing.missing.is_some_and(|missing| missing <= n)
        {
            signing.from = Instant::now();
            self.channels.sign_at = Some(signing.from);
        }
    }

    /// Tells linked members who may lack it what came lately.
    pub(in crate::peer::node) async fn pass_on(&mut self) -> Result<(), StoreError> {
        self.channels.tell_at = None;
        for (channel, authors) in std::mem::take(&mut self.channels.news) {
            let members = self.context.store.members(&channel).await?;
            let have = self.context.store.have(&channel).await?;
            let theirs: BTreeMap<DeviceId, u64> = have.into_iter().collect();
            let news = |(author, _): &(&DeviceId, &u64)| authors.contains(author);
            let have: BTreeMap<&DeviceId, &u64> = theirs.iter().filter(news).collect();
            let links: Vec<(LinkId, DeviceId)> = self
                .links
                .iter()
                .filter(|(_, up)| up.row.may_get() && members.contains(&up.row.card.username))
                .map(|(id, up)| (*id, up.link.device()))
                .take(PASSED_TO)
                .collect();
            for (link, device) in links {
                let lacks: BTreeMap<DeviceId, u64> = have
                    .iter()
                    .filter(|(author, n)| {
                        let key = (link, channel.clone(), ***author);
                        ***author != device && self.channels.known.get(&key) < Some(**n)
                    })
                    .map(|(author, n)| (**author, **n))
                    .collect();
                if !lacks.is_empty() {
                    let channel = channel.clone();
                    let mut authors = lacks;
                    // Each line says what there is of the other side's own, so that none passes for all.
                    authors.extend(theirs.get_key_value(&device));
                    self.say(device, PeerLine::Have { channel, authors });
                }
            }
        }
        Ok(())
    }
}

impl super::Channels {
    /// A link's other side has an author's entries up to `n`, at least.
    fn knows(&mut self, link: LinkId, channel: &str, author: DeviceId, n: u64) {
        if self.names.iter().any(|name| name == channel) {
            let known = self.known.entry((link, channel.to_owned(), author));
            let known = known.or_insert(n);
            *known = n.max(*known);
        }
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
}

/// An entry with its plain members, as it travels.
pub(in crate::peer::node) fn plain(entry: SignedEntry) -> Option<Broadcast> {
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
