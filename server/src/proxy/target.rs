//! An upstream's address, as people write it: `http://host:port`,
//! `https://host:port#pin=PIN`, or a server's `parlor://` link.

use std::fmt;
use std::str::FromStr;

use parlor_certs::{Address, Link, Pin, Trust};
use serde::{Deserialize, Serialize};

/// Where an upstream is, and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its host and port.
    pub address: Address,
    /// Whom to trust over TLS; `None` means plain HTTP.
    pub trust: Option<Trust>,
}

impl Target {
    /// The pins that fit it.
    pub fn pins(&self) -> &[Pin] {
        match &self.trust {
            Some(Trust::Pins(pins)) => pins,
            _ => &[],
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or_else(|| no_scheme(text))?;
        match scheme.to_ascii_lowercase().as_str() {
            "parlor" => {
                let link: Link = text.parse().map_err(|e| format!("{text:?}: {e}"))?;
                if link.pins.is_empty() {
                    return Err(format!("{text:?} has no pin; copy the server's whole link"));
                }
                Ok(Self {
                    address: link.address,
                    trust: Some(Trust::Pins(link.pins)),
                })
            }
            "https" => {
                let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
                let pins = pins(fragment).map_err(|e| format!("{text:?}: {e}"))?;
                Ok(Self {
                    address: address(text, rest, 443)?,
                    trust: Some(if pins.is_empty() {
                        Trust::System
                    } else {
                        Trust::Pins(pins)
                    }),
                })
            }
            "http" => Ok(Self {
                address: address(text, rest, 80)?,
                trust: None,
            }),
            _ => Err(no_scheme(text)),
        }
    }
}

fn no_scheme(text: &str) -> String {
    format!(
        "{text:?} is no upstream; write parlor://… (a server's link), \
         https://HOST:PORT#pin=PIN or http://HOST:PORT"
    )
}

/// Host and port, without anything that would have to be mapped.
fn address(whole: &str, rest: &str, default_port: u16) -> Result<Address, String> {
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.contains(['/', '?', '#', '@']) {
        return Err(format!(
            "{whole:?} says more than host and port, and paths go to the upstream as they are"
        ));
    }
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(before, _)| !before.contains(':') || before.ends_with(']'));
    let with_port = if has_port {
        host.to_owned()
    } else {
        format!("{host}:{default_port}")
    };
    with_port.parse().map_err(|e| format!("{whole:?}: {e}"))
}

fn pins(fragment: &str) -> Result<Vec<Pin>, String> {
    let members = fragment.split('&').filter(|member| !member.is_empty());
    let pins = members.map(|member| {
        let pin = member
            .strip_prefix("pin=")
            .ok_or_else(|| format!("after # only pin=PIN is understood, not {member:?}"))?;
        pin.parse::<Pin>().map_err(|e| e.to_string())
    });
    pins.collect()
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.trust.is_some() {
            "https"
        } else {
            "http"
        };
        write!(f, "{scheme}://{}", self.address)?;
        for (at, pin) in self.pins().iter().enumerate() {
            write!(f, "{}pin={pin}", if at == 0 { '#' } else { '&' })?;
        }
        Ok(())
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn upstreams_as_people_write_them() {
        let check = |text: &str, expected: &str| {
            let target: Target = text.parse().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(target.to_string(), expected, "{text:?}");
            assert_eq!(target.to_string().parse(), Ok(target));
        };
        check("http://127.0.0.1:8000", "http://127.0.0.1:8000");
        check("http://web.example/", "http://web.example:80");
        check("HTTPS://web.example", "https://web.example:443");
        check("https://[::1]", "https://[::1]:443");
        check("https://[::1]:8888", "https://[::1]:8888");
        let pinned = format!("https://10.0.0.2:8888#pin={PIN}");
        check(&pinned, &pinned);
        check(
            &format!("{pinned}&pin={PIN}"),
            &format!("{pinned}&pin={PIN}"),
        );
        check(&format!("parlor://10.0.0.2/?pin={PIN}&invite=x"), &pinned);
    }

    #[test]
    fn what_is_no_upstream() {
        let check = |text: &str, word: &str| {
            let error = text.parse::<Target>().unwrap_err();
            assert!(error.contains(word), "{error}");
        };
        check("10.0.0.2:8888", "parlor://");
        check("ftp://10.0.0.2", "parlor://");
        check("parlor://10.0.0.2", "no pin");
        check("https://10.0.0.2/path", "more than host and port");
        check("http://user@10.0.0.2", "more than host and port");
        check("https://10.0.0.2#pin=short", "43 characters");
        check("https://10.0.0.2#x", "only pin=PIN");
        check("http://10.0.0.2:0", "port");
        check("http://", "address");
    }
}
