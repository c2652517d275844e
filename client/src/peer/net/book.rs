//! Where devices are, as the trackers and the LAN say.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use iroh::{EndpointAddr, RelayUrl, TransportAddr};
use parlor_protocol::DeviceId;
use parlor_protocol::tracker::PeerEntry;

use super::endpoint::endpoint_id;

/// Devices of the LAN that are remembered. More than a network of one broadcast domain has people;
/// beyond it somebody makes them up.
const LAN_DEVICES: usize = 1_024;

/// Addresses of one device that are dialled at once; more would be made up too.
const ADDRESSES: usize = 16;

/// What a tracker listed, and the URL of its relay.
#[derive(Debug, Default)]
struct Listing {
    relay: Option<RelayUrl>,
    entries: HashMap<DeviceId, PeerEntry>,
}

#[derive(Debug, Default)]
struct Known {
    lan: HashMap<DeviceId, BTreeSet<SocketAddr>>,
    /// By the tracker's name.
    listed: BTreeMap<String, Listing>,
}

/// The addresses of devices. A std mutex is right: it is held for a few instructions
/// and never across an await.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<Known>);

impl Book {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The LAN says where a device is. Answers whether it was not there before.
    pub(super) fn on_lan(&self, device: DeviceId, at: BTreeSet<SocketAddr>) -> bool {
        let mut known = self.lock();
        if known.lan.len() >= LAN_DEVICES && !known.lan.contains_key(&device) {
            return false;
        }
        known.lan.insert(device, at).is_none()
    }

    /// Whether the LAN says where a device is.
    pub(super) fn is_on_lan(&self, device: &DeviceId) -> bool {
        self.lock().lan.contains_key(device)
    }

    /// A device has left the LAN.
    pub(super) fn off_lan(&self, device: &DeviceId) {
        self.lock().lan.remove(device);
    }

    /// A tracker lists these devices, and no others any more. Answers those that it did not list before.
    pub(super) fn list(
        &self,
        tracker: &str,
        relay: Option<RelayUrl>,
        entries: Vec<PeerEntry>,
    ) -> Vec<(DeviceId, String)> {
        let entries: HashMap<DeviceId, PeerEntry> = entries
            .into_iter()
            .filter_map(|entry| Some((entry.device?, entry)))
            .collect();
        let mut known = self.lock();
        let listing = known.listed.entry(tracker.to_owned()).or_default();
        let came = entries
            .iter()
            .filter(|(device, _)| !listing.entries.contains_key(device))
            .map(|(device, entry)| (*device, entry.username.clone()))
            .collect();
        *listing = Listing { relay, entries };
        came
    }

    /// A tracker is nobody's any more, or has been silent for longer than an entry lasts.
    pub(super) fn forget(&self, tracker: &str) {
        self.lock().listed.remove(tracker);
    }

    /// The devices of a user that trackers list.
    pub(super) fn devices_of(&self, username: &str) -> Vec<DeviceId> {
        let known = self.lock();
        let devices: BTreeSet<DeviceId> = known
            .listed
            .values()
            .flat_map(|listing| &listing.entries)
            .filter(|(_, entry)| entry.username == username)
            .map(|(device, _)| *device)
            .collect();
        devices.into_iter().collect()
    }

    /// The users in a channel, as the trackers list them.
    pub(super) fn members(&self, channel: &str) -> BTreeSet<String> {
        let known = self.lock();
        let entries = known.listed.values().flat_map(|l| l.entries.values());
        entries
            .filter(|entry| entry.channels.iter().any(|one| one == channel))
            .map(|entry| entry.username.clone())
            .collect()
    }

    /// Where a device can be dialled; `None` if nothing says so.
    pub(super) fn address(&self, device: &DeviceId, relay_only: bool) -> Option<EndpointAddr> {
        let known = self.lock();
        let mut at: BTreeSet<TransportAddr> = BTreeSet::new();
        if !relay_only {
            let lan = known.lan.get(device).into_iter().flatten();
            let listed = known.listed.values().filter_map(|listing| {
                let entry = listing.entries.get(device)?;
                let ip: IpAddr = entry.ip.parse().ok()?;
                (entry.port != 0).then(|| SocketAddr::new(ip, entry.port))
            });
            let direct = lan.copied().chain(listed).map(TransportAddr::Ip);
            at.extend(direct.take(ADDRESSES));
        }
        at.extend(relays(&known, device).map(TransportAddr::Relay));
        let id = endpoint_id(device)?;
        (!at.is_empty()).then(|| EndpointAddr::from_parts(id, at))
    }
}

/// The relays at which a device is. While none says so, all trackers' that list it: it may be on its way there.
fn relays<'a>(known: &'a Known, device: &DeviceId) -> impl Iterator<Item = RelayUrl> + use<'a> {
    let listing = known.listed.values().filter_map(|listing| {
        let entry = listing.entries.get(device)?;
        Some((entry.relay, listing.relay.clone()?))
    });
    let all: Vec<(bool, RelayUrl)> = listing.collect();
    let certain = all.iter().any(|(there, _)| *there);
    let relays = all.into_iter().filter(move |(there, _)| *there || !certain);
    relays.map(|(_, relay)| relay)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(username: &str, device: u8, ip: &str, port: u16, relay: bool) -> PeerEntry {
        PeerEntry {
            username: username.to_owned(),
            ip: ip.to_owned(),
            port,
            channels: vec![format!("of-{username}")],
            device: Some(id(device)),
            relay,
        }
    }

    fn id(byte: u8) -> DeviceId {
        let key = iroh::SecretKey::from_bytes(&[byte; 32]).public();
        DeviceId(*key.as_bytes())
    }

    fn relay(name: &str) -> Option<RelayUrl> {
        Some(format!("https://{name}").parse().unwrap())
    }

    fn addresses(book: &Book, device: u8, relay_only: bool) -> Vec<String> {
        let found = book.address(&id(device), relay_only);
        let found = found.iter().flat_map(|at| &at.addrs);
        found.map(ToString::to_string).collect()
    }

    #[test]
    fn what_trackers_and_the_lan_say_is_merged() {
        let book = Book::default();
        let came = book.list(
            "one",
            relay("one"),
            vec![
                entry("alice", 1, "192.0.2.1", 7, true),
                entry("bob", 2, "", 0, true),
            ],
        );
        assert_eq!(came.len(), 2);
        let again = vec![entry("alice", 1, "192.0.2.1", 7, false)];
        assert_eq!(book.list("two", relay("two"), again).len(), 1);
        let lan = ["10.0.0.1:7".parse().unwrap()].into();
        assert!(book.on_lan(id(1), lan));
        assert_eq!(
            addresses(&book, 1, false),
            ["relay:https://one/", "ip:10.0.0.1:7", "ip:192.0.2.1:7"]
        );
        assert_eq!(addresses(&book, 1, true), ["relay:https://one/"]);
        assert_eq!(addresses(&book, 2, false), ["relay:https://one/"]);
        assert_eq!(book.devices_of("alice"), [id(1)]);
        assert_eq!(book.members("of-bob"), ["bob".to_owned()].into());

        assert_eq!(book.list("one", relay("one"), Vec::new()), []);
        // No relay is said to have it, but it may be on its way to the one of who lists it.
        assert_eq!(addresses(&book, 1, true), ["relay:https://two/"]);
        assert!(addresses(&book, 2, false).is_empty());
        book.forget("two");
        assert_eq!(addresses(&book, 1, false), ["ip:10.0.0.1:7"]);
        book.off_lan(&id(1));
        assert!(addresses(&book, 1, false).is_empty());
        assert!(book.devices_of("alice").is_empty());
    }

    #[test]
    fn made_up_addresses_have_a_bound() {
        let book = Book::default();
        let many = (1..=99).map(|port| SocketAddr::from(([10, 0, 0, 1], port)));
        book.on_lan(id(1), many.collect());
        assert_eq!(addresses(&book, 1, false).len(), ADDRESSES);
    }
}
