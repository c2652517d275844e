//! Where the tracker inside the server listens.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `ADDR:PORT`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackerAddress {
    /// No tracker inside this server.
    Off,
    /// Where it listens.
    At(SocketAddr),
}

impl FromStr for TrackerAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let address = text.parse();
        address
            .map(Self::At)
            .map_err(|_| format!("{text:?} is neither ADDR:PORT nor off"))
    }
}

impl fmt::Display for TrackerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::At(address) => address.fmt(f),
        }
    }
}

impl Serialize for TrackerAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TrackerAddress {
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
    fn a_tracker_is_an_address_or_off() {
        assert_eq!("off".parse(), Ok(TrackerAddress::Off));
        let at = TrackerAddress::At("0.0.0.0:8001".parse().unwrap());
        assert_eq!("0.0.0.0:8001".parse(), Ok(at));
        assert!("on".parse::<TrackerAddress>().is_err());
    }
}
