//! The members of a request's JSON, and how a wrong one is named.

use std::net::IpAddr;
use std::str::FromStr;

use parlor_protocol::names;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::registry::Name;
use crate::tokens::name;

/// The members of a JSON object.
#[derive(Debug)]
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// Those of a body. An empty one has none.
    pub(super) fn of(body: &[u8]) -> Result<Self, Answer> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Answer::bad("The body must be a JSON object.")),
            Err(error) => Err(Answer::bad(&format!("The body is no JSON: {error}."))),
        }
    }

    /// A member that stands there; `null` is none.
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Whether there is such a member.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A text, if there is one.
    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, Answer> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(key, "must be a text")),
        }
    }

    /// A text that must be there.
    pub(super) fn needed(&self, key: &str) -> Result<&str, Answer> {
        self.text(key)?.ok_or_else(|| missing(key))
    }

    /// A text that means something, if there is one.
    pub(super) fn parsed<T: FromStr>(&self, key: &str, what: &str) -> Result<Option<T>, Answer> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| wrong(key, what))
    }

    /// Yes or no; no, if it is not there.
    pub(super) fn flag(&self, key: &str) -> Result<bool, Answer> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(wrong(key, "must be true or false")),
        }
    }

    /// An IP address that somebody may dial.
    pub(super) fn ip(&self) -> Result<Option<IpAddr>, Answer> {
        let what = "must be an IP address at which a peer can be reached";
        let Some(ip) = self.parsed::<IpAddr>("ip", what)? else {
            return Ok(None);
        };
        let ip = ip.to_canonical();
        let is_broadcast = matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
        if ip.is_unspecified() || ip.is_multicast() || is_broadcast {
            return Err(wrong("ip", what));
        }
        Ok(Some(ip))
    }

    /// The port, which is there. Only who is hidden may have none, which is 0.
    pub(super) fn port(&self, hidden: bool) -> Result<u16, Answer> {
        let value = self.get("port").ok_or_else(|| missing("port"))?;
        let port = value.as_u64().and_then(|port| u16::try_from(port).ok());
        port.filter(|port| *port > 0 || hidden)
            .ok_or_else(|| wrong("port", "must be a number from 1 to 65535"))
    }

    /// The channels, each once; none, if the member is not there.
    pub(super) fn channels(&self, limit: usize) -> Result<Vec<Name>, Answer> {
        let channels = match self.get("channels") {
            None => return Ok(Vec::new()),
            Some(Value::Array(channels)) => channels,
            Some(_) => return Err(wrong("channels", "must be a list of texts")),
        };
        if channels.len() > limit {
            let message = format!("must be {limit} at the most");
            return Err(wrong("channels", &message));
        }
        let mut names = Vec::with_capacity(channels.len());
        for value in channels {
            let Value::String(text) = value else {
                return Err(wrong("channels", "must be a list of texts"));
            };
            let channel = channel(text).ok_or_else(|| wrong("channels", CHANNEL))?;
            if !names.contains(&channel) {
                names.push(channel);
            }
        }
        Ok(names)
    }

    /// A channel, if one is named.
    pub(super) fn channel(&self) -> Result<Option<Name>, Answer> {
        let Some(text) = self.text("channel")? else {
            return Ok(None);
        };
        channel_of(text).map(Some)
    }
}

/// The channel of a text.
pub(super) fn channel_of(text: &str) -> Result<Name, Answer> {
    channel(text).ok_or_else(|| wrong("channel", CHANNEL))
}

/// What a channel's name must be.
const CHANNEL: &str = "must name it by 1 to 48 lower-case letters, digits, _ and -";

/// A channel's name, which is as a room's.
fn channel(text: &str) -> Option<Name> {
    names::is_room_name(text).then(|| name(text))
}

/// A member that is not there.
pub(super) fn missing(key: &str) -> Answer {
    Answer::bad(&format!("The member {key} is missing."))
}

/// A member that is wrong.
pub(super) fn wrong(key: &str, what: &str) -> Answer {
    Answer::bad(&format!("The member {key} {what}."))
}
