//! `parlor://HOST:PORT/?pin=PIN[&pin=PIN][&invite=CODE][&room=ROOM]`: address,
//! trust and account in one string. Section 1 of the protocol.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Address, LinkError, Pin};

const SCHEME: &str = "parlor://";

/// The longest text that is read as a link, in bytes. A link with a few pins, an invite
/// and a room has some 500; a pasted book must not be taken apart.
const LINK_BYTES: usize = 4096;

/// A link to a server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// Where the server is.
    pub address: Address,
    /// Any of these keys fits; none: the link says nothing about trust.
    pub pins: Vec<Pin>,
    /// The code with which its bearer may register.
    pub invite: Option<String>,
    /// The room to open.
    pub room: Option<String>,
}

impl Link {
    /// A link to an address, with nothing else.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            pins: Vec::new(),
            invite: None,
            room: None,
        }
    }

    /// The same link with one more pin that fits.
    #[must_use]
    pub fn with_pin(mut self, pin: Pin) -> Self {
        self.pins.push(pin);
        self
    }

    /// The same link with an invite's code.
    #[must_use]
    pub fn with_invite(mut self, code: impl Into<String>) -> Self {
        self.invite = Some(code.into());
        self
    }

    /// The same link with a room to open.
    #[must_use]
    pub fn with_room(mut self, room: impl Into<String>) -> Self {
        self.room = Some(room.into());
        self
    }

    fn read_query(&mut self, query: &str) -> Result<(), LinkError> {
        for member in query.split('&') {
            let (name, value) = member.split_once('=').unwrap_or((member, ""));
            match name {
                "pin" => self.pins.push(decode(value)?.parse()?),
                "invite" => self.invite = Some(decode(value)?).filter(|code| !code.is_empty()),
                "room" => self.room = Some(decode(value)?).filter(|room| !room.is_empty()),
                // What later versions add must not break this one.
                _ => {}
            }
        }
        Ok(())
    }
}

impl FromStr for Link {
    type Err = LinkError;

    /// Reads a link, or a bare address as people type it (which has no pins).
    /// Unknown members of the query, and a fragment, are ignored.
    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > LINK_BYTES {
            return Err(LinkError::TooLong);
        }
        let is_link = text
            .get(..SCHEME.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(SCHEME));
        if !is_link {
            if text.contains("://") {
                return Err(LinkError::OtherScheme);
            }
            return Ok(Self::new(text.parse()?));
        }
        let rest = &text[SCHEME.len()..];
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = before.split_once('/').unwrap_or((before, ""));
        if !path.is_empty() {
            return Err(LinkError::Path);
        }
        let mut link = Self::new(authority.parse()?);
        link.read_query(query)?;
        Ok(link)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/", self.address)?;
        let mut separator = '?';
        let mut member = |f: &mut fmt::Formatter<'_>, name: &str, value: &str| {
            write!(f, "{separator}{name}={}", Encoded(value))?;
            separator = '&';
            fmt::Result::Ok(())
        };
        for pin in &self.pins {
            member(f, "pin", &pin.to_string())?;
        }
        if let Some(code) = &self.invite {
            member(f, "invite", code)?;
        }
        if let Some(room) = &self.room {
            member(f, "room", room)?;
        }
        Ok(())
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// Percent-encoding of all but RFC 3986's unreserved characters, so that a
/// link survives whatever it is pasted into.
struct Encoded<'a>(&'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

fn decode(value: &str) -> Result<String, LinkError> {
    let damaged = || LinkError::Encoding(value.to_owned());
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(damaged());
        };
        bytes.push((high * 16 + low) as u8);
        rest = &after[2..];
    }
    let text = String::from_utf8(bytes).map_err(|_| damaged())?;
    if text.chars().any(char::is_control) {
        return Err(damaged());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pin() -> Pin {
        Pin::from([7; 32])
    }

    #[test]
    fn exact_text() {
        let link = Link::new("[2001:db8::7]:9000".parse().unwrap())
            .with_pin(pin())
            .with_invite("ab-12")
            .with_room("thiết-kế");
        let text = format!(
            "parlor://[2001:db8::7]:9000/?pin={}&invite=ab-12&room=thi%E1%BA%BFt-k%E1%BA%BF",
            pin()
        );
        assert_eq!(link.to_string(), text);
        assert_eq!(text.parse(), Ok(link));
    }

    #[test]
    fn links_as_they_come() {
        let check = |text: &str, expected: &str| {
            let link: Link = text.parse().unwrap_or_else(|e| panic!("{text:?}: {e}"));
            assert_eq!(link.to_string(), expected, "{text:?}");
        };
        check("parlor://host", "parlor://host:8888/");
        check("PARLOR://Host/", "parlor://host:8888/");
        check(
            "parlor://host:1/?later=1&room=a#x",
            "parlor://host:1/?room=a",
        );
        check(
            "parlor://host?room=会议室",
            "parlor://host:8888/?room=%E4%BC%9A%E8%AE%AE%E5%AE%A4",
        );
        check("  192.0.2.7:81\n", "parlor://192.0.2.7:81/");
        check("[::1]", "parlor://[::1]:8888/");
        check("parlor://host/?invite=&room", "parlor://host:8888/");
    }

    #[test]
    fn several_pins_stand_in_order() {
        let text = format!("parlor://h:1/?pin={}&pin={}", pin(), Pin::from([8; 32]));
        let link: Link = text.parse().unwrap();
        assert_eq!(link.pins, [pin(), Pin::from([8; 32])]);
    }

    #[test]
    fn what_is_no_link() {
        let check = |text: &str, expected: LinkError| {
            assert_eq!(text.parse::<Link>(), Err(expected), "{text:?}");
        };
        check("https://host:8888/", LinkError::OtherScheme);
        check("parlor://host/files/1", LinkError::Path);
        check("parlor://", LinkError::Address(crate::AddressError::Empty));
        check("parlor://h/?pin=short", LinkError::Pin(crate::PinError));
        check("parlor://h/?room=%4", LinkError::Encoding("%4".into()));
        check("parlor://h/?room=%FF", LinkError::Encoding("%FF".into()));
        check("parlor://h/?room=%0A", LinkError::Encoding("%0A".into()));
        check(&"a".repeat(LINK_BYTES + 1), LinkError::TooLong);
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(
            host in prop_oneof![
                "[a-z][a-z0-9]{0,10}(\\.[a-z][a-z0-9]{0,10}){0,3}",
                any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
                any::<std::net::Ipv6Addr>().prop_map(|ip| ip.to_string()),
            ],
            port in 1u16..,
            pins in prop::collection::vec(any::<[u8; 32]>().prop_map(Pin::from), 0..4),
            invite in prop::option::of("\\PC{1,40}"),
            room in prop::option::of("\\PC{1,48}"),
        ) {
            let link = Link { address: Address::new(&host, port).unwrap(), pins, invite, room };
            prop_assert_eq!(link.to_string().parse::<Link>(), Ok(link));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,80}", tail in any::<String>()) {
            let _ = text.parse::<Link>();
            let _ = format!("parlor://{text}{tail}").parse::<Link>();
        }
    }
}
