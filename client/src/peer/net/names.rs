//! The names under which iroh knows the trackers' relays.
//!
//! Each tracker gets a name of our own, made from its address and its pins. iroh then asks us where it is, so
//! that no such name ever reaches a name server, an IPv6 address needs no place in a URL, and
//! a relay that we did not name ourselves leads nowhere.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use iroh::dns::{BoxIter, DnsError, Resolver, TxtRecordData};
use iroh::{RelayConfig, RelayUrl};
use parlor_certs::NamedPins;
use sha2::{Digest, Sha256};

use super::Tracker;
use crate::Address;

/// What every such name ends with: a domain that is nobody's.
const DOMAIN: &str = "parlor.internal";

/// Bytes of the hash that stand in a name: enough that two trackers of one list never share one.
const NAME_BYTES: usize = 10;

type Lookup<T> = Pin<Box<dyn Future<Output = Result<BoxIter<T>, DnsError>> + Send>>;

/// The trackers that have a name now. Cheap to clone: the copies are one map.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    addresses: Arc<RwLock<BTreeMap<String, Address>>>,
    pins: NamedPins,
}

/// The name of a tracker; another address or other pins make another name.
pub(super) fn name(tracker: &Tracker) -> String {
    let mut pins: Vec<String> = tracker.pins.iter().map(ToString::to_string).collect();
    pins.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(tracker.address.to_string());
    for pin in pins {
        hash.update([0]);
        hash.update(pin);
    }
    let hash = hash.finalize();
    let id: String = hash[..NAME_BYTES]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t-{id}.{DOMAIN}")
}

/// The URL by which iroh knows a tracker's relay.
pub(super) fn url(tracker: &Tracker) -> Option<RelayUrl> {
    let url = format!("https://{}:{}", name(tracker), tracker.address.port());
    url.parse().ok()
}

/// The relay of a tracker, which tells addresses on the UDP port of the same number.
pub(super) fn relay(tracker: &Tracker) -> Option<RelayConfig> {
    let mut relay = RelayConfig::from(url(tracker)?);
    if let Some(quic) = &mut relay.quic {
        quic.port = tracker.address.port();
    }
    Some(relay)
}

impl Names {
    /// From now on a tracker's name leads to it, and its pins are the ones it must show.
    pub(super) fn insert(&self, tracker: &Tracker) {
        let name = name(tracker);
        self.pins.set(&name, tracker.pins.clone());
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.insert(name, tracker.address.clone());
    }

    /// The name leads nowhere any more.
    pub(super) fn remove(&self, tracker: &Tracker) {
        let name = name(tracker);
        self.pins.remove(&name);
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.remove(&name);
    }

    /// The pins by name, for the endpoint's verifier.
    pub(super) fn pins(&self) -> &NamedPins {
        &self.pins
    }

    /// Where the tracker of a relay is.
    pub(super) fn address(&self, relay: &RelayUrl) -> Option<Address> {
        self.of(relay.host_str()?)
    }

    fn of(&self, host: &str) -> Option<Address> {
        let addresses = self
            .addresses
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.get(host.trim_end_matches('.')).cloned()
    }

    /// The addresses behind a name of ours; none behind any other.
    async fn look_up(self, host: String) -> Vec<IpAddr> {
        let Some(address) = self.of(&host) else {
            tracing::debug!(host, "a name that is no tracker's is not looked up");
            return Vec::new();
        };
        if let Some(ip) = address.ip() {
            return vec![ip];
        }
        match tokio::net::lookup_host((address.host(), address.port())).await {
            Ok(found) => found.map(|at: SocketAddr| at.ip()).collect(),
            Err(error) => {
                tracing::debug!(%address, %error, "a tracker's name is not found");
                Vec::new()
            }
        }
    }
}

impl Resolver for Names {
    fn lookup_ipv4(&self, host: String) -> Lookup<Ipv4Addr> {
        let looking = self.clone().look_up(host);
        Box::pin(async move {
            let found = looking.await.into_iter().filter_map(|ip| match ip {
                IpAddr::V4(ip) => Some(ip),
                IpAddr::V6(_) => None,
            });
            Ok(Box::new(found) as BoxIter<_>)
        })
    }

    fn lookup_ipv6(&self, host: String) -> Lookup<Ipv6Addr> {
        let looking = self.clone().look_up(host);
        Box::pin(async move {
            let found = looking.await.into_iter().filter_map(|ip| match ip {
                IpAddr::V6(ip) => Some(ip),
                IpAddr::V4(_) => None,
            });
            Ok(Box::new(found) as BoxIter<_>)
        })
    }

    fn lookup_txt(&self, _host: String) -> Lookup<TxtRecordData> {
        // Nothing that this endpoint is asked to do needs one.
        Box::pin(async { Ok(Box::new(std::iter::empty()) as BoxIter<_>) })
    }

    fn clear_cache(&self) {}

    fn reset(&self) -> Box<dyn Resolver> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pin;

    fn tracker(address: &str, pins: &[u8]) -> Tracker {
        Tracker {
            address: address.parse().unwrap(),
            pins: pins.iter().map(|&byte| Pin::from([byte; 32])).collect(),
        }
    }

    #[tokio::test]
    async fn only_the_names_of_present_trackers_lead_somewhere() {
        let names = Names::default();
        let (four, six) = (
            tracker("192.0.2.7:8001", &[1]),
            tracker("[2001:db8::1]:9", &[1]),
        );
        names.insert(&four);
        names.insert(&six);
        let check = async |host: String, expected: &[&str]| {
            let mut found: Vec<String> = Vec::new();
            let v4 = names.lookup_ipv4(host.clone()).await.unwrap();
            found.extend(v4.map(|ip| ip.to_string()));
            let v6 = names.lookup_ipv6(host).await.unwrap();
            found.extend(v6.map(|ip| ip.to_string()));
            assert_eq!(found, expected);
        };
        check(name(&four), &["192.0.2.7"]).await;
        check(format!("{}.", name(&four)), &["192.0.2.7"]).await;
        check(name(&six), &["2001:db8::1"]).await;
        check("localhost".to_owned(), &[]).await;
        check(format!("t-0000.{DOMAIN}"), &[]).await;
        assert_eq!(
            names.address(&url(&four).unwrap()),
            Some(four.address.clone())
        );
        assert_eq!(names.pins().of(&name(&four)), four.pins);
        names.remove(&four);
        check(name(&four), &[]).await;
        assert!(names.pins().of(&name(&four)).is_empty());
    }

    #[test]
    fn another_pin_or_address_is_another_name() {
        let one = tracker("a.example.org:8001", &[1, 2]);
        assert_eq!(name(&one), name(&tracker("A.example.org:8001", &[2, 1])));
        assert_ne!(name(&one), name(&tracker("a.example.org:8001", &[1])));
        assert_ne!(name(&one), name(&tracker("a.example.org:8002", &[1, 2])));
        let relay = relay(&one).unwrap();
        assert_eq!(relay.url.port(), Some(8001));
        assert_eq!(relay.quic.unwrap().port, 8001);
    }
}
