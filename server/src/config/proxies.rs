//! The reverse proxies whose word about a client's address is taken.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Networks, or single addresses, of reverse proxies. Whoever connects from one
/// of them may say for whom: by the PROXY protocol, or in `X-Forwarded-For`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Whether a proxy has this address. An IPv4-mapped one counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.0.contains(&address))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Proxies {
    type Err = String;

    /// Reads networks and addresses with commas between them; nothing means none.
    fn from_str(text: &str) -> Result<Self, String> {
        let pieces = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        pieces.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

/// A network as people write it: `10.0.0.0/8`, or an address alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Network(IpNet);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let net = match text.parse::<IpAddr>() {
            Ok(address) => Ok(IpNet::from(address.to_canonical())),
            Err(_) => text.parse::<IpNet>(),
        };
        net.map(Self)
            .map_err(|_| format!("{text:?} is no network such as 10.0.0.0/8, and no IP address"))
    }
}

impl Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses() {
        let proxies: Proxies = "10.0.0.0/8, 192.0.2.7,2001:db8::/32, ::1".parse().unwrap();
        let check = |address: &str, expected: bool| {
            assert_eq!(
                proxies.contains(address.parse().unwrap()),
                expected,
                "{address}"
            );
        };
        check("10.1.2.3", true);
        check("::ffff:10.1.2.3", true);
        check("11.1.2.3", false);
        check("192.0.2.7", true);
        check("192.0.2.8", false);
        check("2001:db8:1::1", true);
        check("2001:db9::1", false);
        check("::1", true);
        check("127.0.0.1", false);
        assert!("".parse::<Proxies>().unwrap().is_empty());
        let error = "10.0.0.0/33".parse::<Proxies>().unwrap_err();
        assert!(error.contains("10.0.0.0/33"), "{error}");
        assert!("proxy.example.org".parse::<Proxies>().is_err());
    }
}
