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
    /// By the device and who says that it is theirs, which anybody may.
    entries: BTreeMap<(DeviceId, String), PeerEntry>,
}

impl Listing {
    /// What is listed of a device: by its owner alone, if that is known.
    fn of<'a>(
        &'a self,
        device: &'a DeviceId,
        owner: Option<&'a str>,
    ) -> impl Iterator<Item = &'a PeerEntry> {
        let all = self.entries.range((*device, String::new())..);
        all.take_while(move |((of, _), _)| of == device)
            .map(|(_, entry)| entry)
            .filter(move |entry| owner.is_none_or(|owner| entry.username == owner))
    }
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
        let entries: BTreeMap<(DeviceId, String), PeerEntry> = entries
            .into_iter()
            .filter_map(|entry| Some(((entry.device?, entry.username.clone()), entry)))
            .collect();
        let mut known = self.lock();
        let listing = known.listed.entry(tracker.to_owned()).or_default();
        let came = entries
            .keys()
            .filter(|key| !listing.entries.contains_key(key))
            .cloned()
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
            .flat_map(|listing| listing.entries.keys())
            .filter(|(_, owner)| owner == username)
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

    /// Where a device can be dialled; `None` if nothing says so. If it is known whose it is, what
    /// others list of it does not count.
    pub(super) fn address(
        &self,
        device: &DeviceId,
        owner: Option<&str>,
        relay_only: bool,
    ) -> Option<EndpointAddr> {
        let known = self.lock();
        let mut at: BTreeSet<TransportAddr> = BTreeSet::new();
        if !relay_only {
            let lan = known.lan.get(device).into_iter().flatten();
            let entries = known.listed.values().flat_map(|all| all.of(device, owner));
            let listed = entries.filter_map(|entry| {
                let ip: IpAddr = entry.ip.parse().ok()?;
                (entry.port != 0).then(|| SocketAddr::new(ip, entry.port))
            });
            let direct = lan.copied().chain(listed).map(TransportAddr::Ip);
            at.extend(direct.take(ADDRESSES));
        }
        at.extend(relays(&known, device, owner).map(TransportAddr::Relay));
        let id = endpoint_id(device)?;
        (!at.is_empty()).then(|| EndpointAddr::from_parts(id, at))
    }
}

/// The relays at which a device is. While none says so, all trackers' that list it: it may be on its way there.
fn relays(
    known: &Known,
    device: &DeviceId,
    owner: Option<&str>,
) -> impl Iterator<Item = RelayUrl> + use<> {
    let mut all: Vec<(bool, RelayUrl)> = Vec::new();
    for listing in known.listed.values() {
        let mut entries = listing.of(device, owner).peekable();
        if let (Some(_), Some(relay)) = (entries.peek(), &listing.relay) {
            all.push((entries.any(|entry| entry.relay), relay.clone()));
        }
    }
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
        let found = book.address(&id(device), None, relay_only);
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
    fn another_users_entry_of_a_device_displaces_nothing() {
        let book = Book::default();
        let bobs = entry("bob", 2, "192.0.2.2", 7, true);
        let listed = vec![
            bobs.clone(),
            entry("eve", 2, "192.0.2.66", 6, false),
            entry("adam", 2, "192.0.2.67", 6, false),
        ];
        assert_eq!(book.list("one", relay("one"), vec![bobs]).len(), 1);
        assert_eq!(book.list("one", relay("one"), listed).len(), 2);
        assert_eq!(
            book.list("two", relay("two"), vec![entry("eve", 2, "", 0, true)])
                .len(),
            1
        );
        let of = |owner| {
            let found = book.address(&id(2), owner, false);
            let found = found.iter().flat_map(|at| &at.addrs);
            found.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(of(Some("bob")), ["relay:https://one/", "ip:192.0.2.2:7"]);
        assert_eq!(of(None).len(), 5);
        assert!(of(Some("carol")).is_empty());
        assert_eq!(book.devices_of("bob"), [id(2)]);
    }

    #[test]
    fn made_up_addresses_have_a_bound() {
        let book = Book::default();
        let many = (1..=99).map(|port| SocketAddr::from(([10, 0, 0, 1], port)));
        book.on_lan(id(1), many.collect());
        assert_eq!(addresses(&book, 1, false).len(), ADDRESSES);
    }
}
