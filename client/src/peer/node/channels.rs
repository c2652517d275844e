//! Peer channels: who is in them, and getting entries to and from everybody.
//!
//! Whoever has entries gives them to whoever lacks them, so that no author needs to be there. A card whose
//! time is over still shows whose an old entry is, if the device was known before; nobody is
//! learnt by such a card. What is new here is told to linked members a little later, so that two
//! who cannot link each other hear of each other by a third.
//!
//! - this file: members, and what is here. `entries`: entries that come and go. `signing`: one's own.

mod entries;
mod signing;

pub(super) use entries::plain;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use parlor_protocol::DeviceId;
use parlor_protocol::peer::PeerLine;
use tokio::time::Instant;

use super::people::Said;
use super::work::Node;
use crate::peer::net::LinkId;
use crate::store::StoreError;

/// Authors named in one `have`: a line stays below its bound.
const AUTHORS: usize = 500;

/// Authors' devices of whom entries are asked for over one link. Beyond that the next link's turn comes:
/// a side that names more makes them up.
const WANTED: usize = 10_000;

/// When one's own entries of a channel may be signed.
#[derive(Debug, Clone, Copy)]
struct Signing {
    from: Instant,
    /// The entry of one's own that somebody has and that is missing here: this device was restored.
    /// This is believed once, so that nobody can keep us silent.
    missing: Option<u64>,
}

/// What a node remembers of peer channels.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// Those one is in.
    pub(super) names: Vec<String>,
    /// To whom what is here was told.
    told: HashSet<(LinkId, String)>,
    /// From which entry on an author's were last asked for over a link. The same is not asked for twice,
    /// so that entries which cannot be taken are not asked for without end.
    wanted: HashMap<LinkId, HashMap<(String, DeviceId), u64>>,
    /// The entry that came last of an author's device: the next is expected.
    last: HashMap<(String, DeviceId), u64>,
    /// How far a link's other side is with an author's entries, as far as it is known. Only for authors whose
    /// devices are known here: others' names cost nothing to make up.
    known: HashMap<(LinkId, String, DeviceId), u64>,
    /// From when on one's own entries may be signed, where somebody has said what they have of them.
    signing: HashMap<String, Signing>,
    /// When something waits to be signed until then.
    pub(super) sign_at: Option<Instant>,
    /// Authors of whom something new came, by channel.
    news: HashMap<String, BTreeSet<DeviceId>>,
    /// When that is told.
    pub(super) tell_at: Option<Instant>,
}

impl Channels {
    pub(super) fn down(&mut self, link: LinkId) {
        self.told.retain(|(told, _)| *told != link);
        self.wanted.remove(&link);
        self.known.retain(|(known, _, _), _| *known != link);
    }

    /// Whether entries of an author's, from this one on, are to be asked for over a link: once, and not of
    /// more than [`WANTED`].
    fn asks(&mut self, link: LinkId, channel: &str, author: DeviceId, from: u64) -> bool {
        let wanted = self.wanted.entry(link).or_default();
        let key = (channel.to_owned(), author);
        if wanted.len() >= WANTED && !wanted.contains_key(&key) {
            return false;
        }
        let before = wanted.insert(key, from);
        before.is_none_or(|before| before < from)
    }

    /// Only these channels are here now. Who comes back into one asks anew.
    fn only(&mut self, names: &[String]) {
        self.told.retain(|(_, name)| names.contains(name));
        self.last.retain(|(name, _), _| names.contains(name));
        self.known.retain(|(_, name, _), _| names.contains(name));
        for wanted in self.wanted.values_mut() {
            wanted.retain(|(name, _), _| names.contains(name));
        }
    }

    /// What is here is to be told over a link once more, when its other side may get it again.
    pub(super) fn untold(&mut self, link: LinkId) {
        self.told.retain(|(told, _)| *told != link);
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
        self.channels.only(&names);
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

    /// Tells a user's linked devices that may get it what is here of a channel, once for each link.
    async fn tell_have(&mut self, username: &str, channel: &str) -> Result<(), StoreError> {
        let links: Vec<(LinkId, DeviceId)> = self
            .links
            .iter()
            .filter(|(_, up)| up.row.card.username == username && up.row.may_get())
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
        for line in have_lines(channel, device, have) {
            self.say(device, line);
        }
        Ok(())
    }
}

/// What is here of a channel, in lines that stay below their bound. The first says what there is of the other
/// side's own: hearing nothing of that, it would take it that nobody has anything, and write numbers again.
pub(super) fn have_lines(
    channel: &str,
    to: DeviceId,
    mut have: Vec<(DeviceId, u64)>,
) -> Vec<PeerLine> {
    have.sort_by_key(|(author, _)| *author != to);
    let mut parts: Vec<BTreeMap<DeviceId, u64>> = have
        .chunks(AUTHORS)
        .map(|part| part.iter().copied().collect())
        .collect();
    if parts.is_empty() {
        // An empty one says that one is in the channel, too.
        parts.push(BTreeMap::new());
    }
    let line = |authors| PeerLine::Have {
        channel: channel.to_owned(),
        authors,
    };
    parts.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(n: usize) -> DeviceId {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&n.to_le_bytes());
        DeviceId(id)
    }

    #[test]
    fn the_first_line_says_what_is_here_of_who_reads_it() {
        let have: Vec<_> = (0..2 * AUTHORS + 1).map(|n| (author(n), 7)).collect();
        let to = author(2 * AUTHORS);
        let lines = have_lines("trip", to, have);
        let parts = lines.iter().map(|line| match line {
            PeerLine::Have { authors, .. } => authors,
            other => panic!("no have: {other:?}"),
        });
        let parts: Vec<_> = parts.collect();
        assert_eq!(parts[0].get(&to), Some(&7));
        assert_eq!(
            parts.iter().map(|part| part.len()).sum::<usize>(),
            2 * AUTHORS + 1
        );
        assert_eq!(have_lines("trip", to, Vec::new()).len(), 1);
    }

    #[test]
    fn made_up_authors_are_asked_for_within_a_bound_for_each_link() {
        let mut channels = Channels::default();
        let (one, two) = (LinkId(1), LinkId(2));
        for n in 0..WANTED {
            assert!(channels.asks(one, "trip", author(n), 1));
        }
        assert!(!channels.asks(one, "trip", author(WANTED), 1));
        // What was asked for goes on, and the same is not asked for twice.
        assert!(channels.asks(one, "trip", author(0), 2));
        assert!(!channels.asks(one, "trip", author(0), 2));
        assert!(channels.asks(two, "trip", author(WANTED), 1));
        channels.down(one);
        assert!(!channels.wanted.contains_key(&one));
        assert!(channels.asks(one, "trip", author(WANTED), 1));
    }

    #[test]
    fn who_comes_back_into_a_channel_asks_anew() {
        let mut channels = Channels::default();
        let link = LinkId(1);
        assert!(channels.asks(link, "trip", author(1), 1));
        assert!(channels.asks(link, "other", author(1), 1));
        channels.only(&["other".to_owned()]);
        assert!(channels.asks(link, "trip", author(1), 1));
        assert!(!channels.asks(link, "other", author(1), 1));
    }
}
