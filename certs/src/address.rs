//! A host and a port, as people type them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use rustls_pki_types::DnsName;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{AddressError, DEFAULT_PORT};

/// Where a server is: a name or an IP address, and a port. It prints as
/// `host:port`, an IPv6 address in brackets, and that form is its key among
/// the remembered servers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// An address of a host and a port. The host is a name, an IPv4 address, or an
    /// IPv6 address with or without brackets.
    pub fn new(host: &str, port: u16) -> Result<Self, AddressError> {
        if port == 0 {
            return Err(AddressError::BadPort("0".into()));
        }
        let bare = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(inner) = bare {
            let ip: Ipv6Addr = inner
                .parse()
                .map_err(|_| AddressError::BadHost(inner.into()))?;
            return Ok(Self {
                host: ip.to_string(),
                port,
            });
        }
        Ok(Self {
            host: canonical_host(host)?,
            port,
        })
    }

    /// The host: a name in lower case, or an IP address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host as an IP address, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// The one spelling of a host, so that an address is remembered once.
fn canonical_host(host: &str) -> Result<String, AddressError> {
    if host.is_empty() {
        return Err(AddressError::Empty);
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(ip.to_string());
    }
    let bad = || AddressError::BadHost(host.to_owned());
    let name = host.to_ascii_lowercase();
    // A name of digits and dots alone is a mistyped IPv4 address.
    if name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(bad());
    }
    DnsName::try_from(name.as_str()).map_err(|_| bad())?;
    Ok(name)
}

fn port(text: &str) -> Result<u16, AddressError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits && port != 0 => Ok(port),
        _ => Err(AddressError::BadPort(text.to_owned())),
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads `host`, `host:port`, `1.2.3.4`, `[::1]:8888` or `::1`; without
    /// a port it is [`DEFAULT_PORT`].
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('[') {
            let (inner, after) = rest.split_once(']').ok_or(AddressError::BadBrackets)?;
            let port = match after.strip_prefix(':') {
                Some(digits) => port(digits)?,
                None if after.is_empty() => DEFAULT_PORT,
                None => return Err(AddressError::BadBrackets),
            };
            return Self::new(&format!("[{inner}]"), port);
        }
        if text.parse::<Ipv6Addr>().is_ok() {
            return Self::new(text, DEFAULT_PORT);
        }
        match text.split_once(':') {
            Some((_, rest)) if rest.contains(':') => Err(AddressError::BadBrackets),
            Some((host, digits)) => Self::new(host, port(digits)?),
            None => Self::new(text, DEFAULT_PORT),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        let check = |text: &str, expected: &str| {
            let read: Address = text.parse().unwrap_or_else(|e| panic!("{text:?}: {e}"));
            assert_eq!(read.to_string(), expected, "{text:?}");
        };
        check("chat.example.org", "chat.example.org:8888");
        check(" Chat.Example.ORG:443 ", "chat.example.org:443");
        check("192.0.2.7", "192.0.2.7:8888");
        check("192.0.2.7:9000", "192.0.2.7:9000");
        check("[::1]:9000", "[::1]:9000");
        check("[2001:DB8::7]", "[2001:db8::7]:8888");
        check("2001:db8:0:0::7", "[2001:db8::7]:8888");
        check("localhost", "localhost:8888");
        check("lab-4", "lab-4:8888");
    }

    #[test]
    fn what_is_no_address() {
        let check = |text: &str, expected: AddressError| {
            assert_eq!(text.parse::<Address>(), Err(expected), "{text:?}");
        };
        check("", AddressError::Empty);
        check(":8888", AddressError::Empty);
        check("a b", AddressError::BadHost("a b".into()));
        check("256.1.1.1", AddressError::BadHost("256.1.1.1".into()));
        check("[nonsense]:1", AddressError::BadHost("nonsense".into()));
        check("host:", AddressError::BadPort("".into()));
        check("host:0", AddressError::BadPort("0".into()));
        check("host:+1", AddressError::BadPort("+1".into()));
        check("host:70000", AddressError::BadPort("70000".into()));
        check("[::1", AddressError::BadBrackets);
        check("[::1]8888", AddressError::BadBrackets);
        check("fe80::1:8888:x", AddressError::BadBrackets);
    }
}
