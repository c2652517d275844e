//! The tables, and what keeps them in step: every user's entries and channels,
//! who is in a channel, when what is over, and the list of everybody.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::{BufMut as _, Bytes, BytesMut};
use parlor_protocol::{DeviceId, Time};
use tokio::time::Instant;

use super::entry::Entry;
use super::{Accepted, CARD_TIME, ENTRY_TIME, Name, Refused, Submitted};
use crate::settings::Limits;
use crate::tracker::TrackerCounts;

/// What a list begins and ends with.
const OPENING: &[u8] = br#"{"status":"success","peers":["#;
const CLOSING: &[u8] = b"]}";

/// All that is known.
#[derive(Debug, Default)]
pub(super) struct Tables {
    users: BTreeMap<Name, User>,
    /// Who is in a channel, by an entry or by `add-list`.
    channels: HashMap<Name, BTreeSet<Name>>,
    /// The devices whose cards were seen to hold.
    cards: HashMap<DeviceId, Card>,
    /// The devices at the relay.
    relayed: HashSet<DeviceId>,
    /// What is renewed, by when it was and a number that tells equal times apart.
    renewed: BTreeMap<(Instant, u64), Renewed>,
    /// How many entries there are.
    entries: usize,
    /// The number given last.
    last_id: u64,
    /// The list of everybody, until anything in it changes.
    everybody: Option<Bytes>,
}

/// A user who has an entry, or is in a channel.
#[derive(Debug)]
struct User {
    id: u64,
    /// In the order in which they came: a few at the most.
    entries: Vec<Entry>,
    /// The channels of `add-list`.
    joined: BTreeSet<Name>,
    /// When it last submitted something or joined a channel.
    seen: Instant,
}

#[derive(Debug)]
struct Card {
    username: Name,
    until: Time,
    seen: Instant,
}

#[derive(Debug)]
enum Renewed {
    Entry(Name, Option<DeviceId>),
    /// The user's channels of `add-list`.
    Channels(Name),
}

impl User {
    fn channels(&self) -> BTreeSet<Name> {
        let own = self.entries.iter().flat_map(|entry| &entry.channels);
        own.chain(&self.joined).cloned().collect()
    }

    fn is_nobody(&self) -> bool {
        self.entries.is_empty() && self.joined.is_empty()
    }
}

impl Tables {
    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Changes a user, who is made if there is none, and brings everything else in step.
    fn change<T>(&mut self, username: &Name, change: impl FnOnce(&mut User) -> T) -> T {
        let id = self.next_id();
        let user = self.users.entry(Name::clone(username)).or_insert(User {
            id,
            entries: Vec::new(),
            joined: BTreeSet::new(),
            seen: Instant::now(),
        });
        let (before, count) = (user.channels(), user.entries.len());
        let old: Vec<_> = user.entries.iter().map(|e| (e.seen, e.id)).collect();
        let old_seen = user.seen;
        let changed = change(user);
        for key in old {
            self.renewed.remove(&key);
        }
        self.renewed.remove(&(old_seen, user.id));
        for entry in &user.entries {
            let what = Renewed::Entry(Name::clone(username), entry.device);
            self.renewed.insert((entry.seen, entry.id), what);
        }
        if !user.joined.is_empty() {
            let what = Renewed::Channels(Name::clone(username));
            self.renewed.insert((user.seen, user.id), what);
        }
        let after = user.channels();
        self.entries = self.entries + user.entries.len() - count;
        if count != user.entries.len() {
            self.everybody = None;
        }
        if user.is_nobody() {
            self.users.remove(username);
        }
        self.index(username, &before, &after);
        self.encode(username);
        changed
    }

    /// Moves a user between channels.
    fn index(&mut self, username: &Name, before: &BTreeSet<Name>, after: &BTreeSet<Name>) {
        for left in before.difference(after) {
            if let Some(members) = self.channels.get_mut(left) {
                members.remove(username);
                if members.is_empty() {
                    self.channels.remove(left);
                }
            }
        }
        for joined in after.difference(before) {
            let members = self.channels.entry(Name::clone(joined)).or_default();
            members.insert(Name::clone(username));
        }
    }

    /// Encodes a user's entries anew.
    fn encode(&mut self, username: &str) {
        let Some(user) = self.users.get_mut(username) else {
            return;
        };
        for entry in &mut user.entries {
            let relay = entry.device.is_some_and(|device| {
                let card = self.cards.get(&device);
                card.is_some_and(|card| *card.username == *username)
                    && self.relayed.contains(&device)
            });
            let channels: BTreeSet<&Name> = entry.channels.iter().chain(&user.joined).collect();
            let channels = channels.into_iter().map(|name| name.to_string()).collect();
            if entry.encode(username, channels, relay) {
                self.everybody = None;
            }
        }
    }

    /// See [`super::Registry::submit`].
    pub(super) fn submit(
        &mut self,
        username: &Name,
        submitted: Submitted,
        limits: &Limits,
    ) -> Result<Accepted, Refused> {
        let (now, device) = (Instant::now(), submitted.device);
        let card = device.and_then(|device| self.cards.get(&device));
        // A card of the user's own says that the device has changed hands.
        if submitted.card.is_none() && card.is_some_and(|card| card.username != *username) {
            return Err(Refused::Device);
        }
        let user = self.users.get(username);
        let of_device = |entry: &&Entry| entry.device == device;
        let known = user.and_then(|user| user.entries.iter().find(of_device));
        let known = known.map(|entry| entry.id);
        if known.is_none() {
            let count = user.map_or(0, |user| user.entries.len());
            if count >= limits.entries_per_user {
                return Err(Refused::Entries);
            }
            if self.entries >= limits.entries {
                return Err(Refused::Tracker);
            }
        }
        if let (Some(device), Some(until)) = (device, submitted.card) {
            self.keep_card(device, username, until, limits)?;
        }
        let peer_id = known.unwrap_or_else(|| self.next_id());
        let entry = Entry::new(peer_id, submitted, now);
        self.change(username, |user| {
            user.seen = now;
            match user.entries.iter_mut().find(|e| e.id == peer_id) {
                // How it was listed stays, so that an unchanged one changes no list.
                Some(old) => {
                    let listed = std::mem::take(&mut old.listed);
                    *old = entry;
                    old.listed = listed;
                }
                None => user.entries.push(entry),
            }
        });
        if let Some(card) = device.and_then(|device| self.cards.get_mut(&device)) {
            card.seen = now;
        }
        Ok(Accepted {
            peer_id,
            total_peers: self.entries,
        })
    }

    fn keep_card(
        &mut self,
        device: DeviceId,
        username: &Name,
        until: Time,
        limits: &Limits,
    ) -> Result<(), Refused> {
        // As many as there may be entries, and those that were entries lately.
        if !self.cards.contains_key(&device) && self.cards.len() >= limits.entries * 2 {
            return Err(Refused::Tracker);
        }
        let card = Card {
            username: Name::clone(username),
            until,
            seen: Instant::now(),
        };
        let known = self.cards.insert(device, card);
        // While it was known, nobody else could enter the device.
        if known.is_none_or(|known| known.username != *username) {
            self.displace(device, username);
        }
        Ok(())
    }

    /// Takes off what others entered of a device before it was known whose it is.
    fn displace(&mut self, device: DeviceId, owner: &Name) {
        let is_it = |entry: &Entry| entry.device == Some(device);
        let users = self.users.iter();
        let others = users.filter(|(name, user)| *name != owner && user.entries.iter().any(is_it));
        let others: Vec<Name> = others.map(|(name, _)| Name::clone(name)).collect();
        for username in others {
            self.change(&username, |user| user.entries.retain(|entry| !is_it(entry)));
        }
    }

    /// See [`super::Registry::join`].
    pub(super) fn join(
        &mut self,
        username: &Name,
        channel: &Name,
        limits: &Limits,
    ) -> Result<(), Refused> {
        let user = self.users.get(username);
        let joined = user.map_or(0, |user| user.joined.len());
        let is_in = user.is_some_and(|user| user.joined.contains(channel));
        if !is_in && joined >= limits.channels {
            return Err(Refused::Channels);
        }
        if user.is_none() && self.users.len() >= limits.entries * 2 {
            return Err(Refused::Tracker);
        }
        self.change(username, |user| {
            user.seen = Instant::now();
            user.joined.insert(Name::clone(channel));
        });
        Ok(())
    }

    /// The members of a channel by name.
    pub(super) fn members(&self, channel: &str) -> Vec<Name> {
        let members = self.channels.get(channel);
        members.into_iter().flatten().cloned().collect()
    }

    /// The list of everybody.
    pub(super) fn everybody(&mut self) -> Bytes {
        if let Some(body) = &self.everybody {
            return body.clone();
        }
        let entries = self.users.values().flat_map(|user| &user.entries);
        let body = written(entries.map(|entry| &entry.listed));
        self.everybody = Some(body.clone());
        body
    }

    /// The list of a channel.
    pub(super) fn channel(&self, channel: &str) -> Bytes {
        let members = self.channels.get(channel).into_iter().flatten();
        let users = members.filter_map(|name| self.users.get(name));
        let is_in = |names: &[Name]| names.iter().any(|name| **name == *channel);
        written(users.flat_map(|user| {
            let all = user.joined.contains(channel);
            let entries = user.entries.iter();
            let there = entries.filter(move |entry| all || is_in(&entry.channels));
            there.map(|entry| &entry.listed)
        }))
    }

    /// See [`super::Registry::leave`].
    pub(super) fn leave(
        &mut self,
        username: &str,
        device: Option<&DeviceId>,
        channel: Option<&str>,
    ) {
        let Some((username, _)) = self.users.get_key_value(username) else {
            return;
        };
        let is_meant = |entry: &Entry| device.is_none() || entry.device.as_ref() == device;
        self.change(&Name::clone(username), |user| match channel {
            Some(channel) => {
                let mine = user.entries.iter_mut().filter(|entry| is_meant(entry));
                mine.for_each(|entry| entry.channels.retain(|name| **name != *channel));
                // It was the user who joined by `add-list`, and stays by another device.
                if user.entries.iter().all(is_meant) {
                    user.joined.remove(channel);
                }
            }
            None => {
                user.entries.retain(|entry| !is_meant(entry));
                if user.entries.is_empty() {
                    user.joined.clear();
                }
            }
        });
    }

    /// See [`super::Registry::end_device`].
    pub(super) fn end_device(&mut self, device: &DeviceId) {
        self.cards.remove(device);
        let has = |user: &User| user.entries.iter().any(|e| e.device == Some(*device));
        let users = self.users.iter().filter(|(_, user)| has(user));
        let users: Vec<Name> = users.map(|(name, _)| Name::clone(name)).collect();
        for username in users {
            self.leave(&username, Some(device), None);
        }
    }

    /// See [`super::Registry::end_user`].
    pub(super) fn end_user(&mut self, username: &str) -> Vec<DeviceId> {
        self.leave(username, None, None);
        let theirs = |_: &DeviceId, card: &mut Card| *card.username == *username;
        self.cards.extract_if(theirs).map(|(id, _)| id).collect()
    }

    /// See [`super::Registry::may_relay`].
    pub(super) fn may_relay(&self, device: &DeviceId, now: Time) -> bool {
        self.cards.get(device).is_some_and(|card| card.until > now)
    }

    /// See [`super::Registry::relayed`].
    pub(super) fn relayed(&mut self, device: &DeviceId, is_there: bool) {
        if is_there {
            self.relayed.insert(*device);
        } else {
            self.relayed.remove(device);
        }
        if let Some(card) = self.cards.get_mut(device) {
            // Who leaves may come back for a while.
            card.seen = Instant::now();
            let username = Name::clone(&card.username);
            self.encode(&username);
        }
    }

    /// See [`super::Registry::everybody`].
    pub(super) fn subjects(&self) -> Vec<(Name, Option<DeviceId>)> {
        let entered = self.users.iter().flat_map(|(name, user)| {
            let devices = user.entries.iter().map(|entry| entry.device);
            devices.map(|device| (Name::clone(name), device))
        });
        let cards = self.cards.iter();
        let carded = cards.map(|(id, card)| (Name::clone(&card.username), Some(*id)));
        entered.chain(carded).collect()
    }

    /// See [`super::Registry::lapse`].
    pub(super) fn lapse(&mut self, now: Time, at: Instant) -> Vec<DeviceId> {
        let (users, relayed) = (&self.users, &self.relayed);
        let is_entered = |device: &DeviceId, card: &Card| {
            let user = users.get(&card.username);
            let mut entries = user.into_iter().flat_map(|user| &user.entries);
            entries.any(|entry| entry.device == Some(*device))
        };
        let over = self.cards.extract_if(|device, card| {
            let is_old = at.saturating_duration_since(card.seen) > CARD_TIME;
            card.until <= now || (is_old && !relayed.contains(device) && !is_entered(device, card))
        });
        let over: Vec<(DeviceId, Card)> = over.collect();
        for (_, card) in &over {
            self.encode(&card.username);
        }
        over.into_iter().map(|(device, _)| device).collect()
    }

    /// See [`super::Registry::counts`].
    pub(super) fn counts(&self) -> TrackerCounts {
        TrackerCounts {
            peers: self.entries,
            channels: self.channels.len(),
            relayed: self.relayed.len(),
        }
    }

    /// Takes off what was not renewed in time.
    pub(super) fn expire(&mut self, now: Instant) {
        while let Some(first) = self.renewed.first_entry() {
            if now.saturating_duration_since(first.key().0) < ENTRY_TIME {
                return;
            }
            match first.remove() {
                Renewed::Entry(username, device) => self.change(&username, |user| {
                    user.entries.retain(|entry| entry.device != device);
                }),
                Renewed::Channels(username) => self.change(&username, |user| user.joined.clear()),
            }
        }
    }
}

/// A list of entries.
fn written<'a>(entries: impl Iterator<Item = &'a Bytes> + Clone) -> Bytes {
    let length: usize = entries.clone().map(|entry| entry.len() + 1).sum();
    let mut body = BytesMut::with_capacity(OPENING.len() + length + CLOSING.len());
    body.put_slice(OPENING);
    for (at, entry) in entries.enumerate() {
        if at > 0 {
            body.put_u8(b',');
        }
        body.put_slice(entry);
    }
    body.put_slice(CLOSING);
    body.freeze()
}
