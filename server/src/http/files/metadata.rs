//! `Upload-Metadata`: pairs of a key and base64, as tus has them.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parlor_protocol::file_name;

use super::tus::{METADATA, bad_field};
use crate::http::failed::Failed;

/// Bytes of the field: a name of 255 bytes in base64, and much besides.
const MOST_BYTES: usize = 4 << 10;

/// Where an upload goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Into a room.
    Room(String),
    /// To one user, for whom it is sealed.
    SealedFor(String),
}

impl Target {
    /// The room's name, or the user's.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Room(name) | Self::SealedFor(name) => name,
        }
    }
}

/// What an upload is called and where it goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    /// The cleaned name.
    pub(super) name: String,
    /// Where it goes.
    pub(super) target: Target,
    /// The field as it came, which `HEAD` gives back.
    pub(super) raw: String,
}

impl Metadata {
    /// Reads the field.
    ///
    /// # Errors
    ///
    /// 400, which says what is wrong with it.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Failed> {
        let fault = |what: &str| bad_field(&METADATA, what);
        let value = headers
            .get(METADATA)
            .ok_or_else(|| fault("filename and room are wanted, both in base64."))?;
        let raw = value
            .to_str()
            .ok()
            .filter(|raw| raw.len() <= MOST_BYTES)
            .ok_or_else(|| fault("at most 4096 bytes of ASCII are wanted."))?;
        let mut pairs: Vec<(&str, Vec<u8>)> = Vec::new();
        for pair in raw.split(',') {
            let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
            if key.is_empty() || pairs.iter().any(|(known, _)| *known == key) {
                return Err(fault("each pair has a key of its own."));
            }
            let value = STANDARD.decode(value.trim());
            let value = value.map_err(|_| fault(&format!("the value of {key} is no base64.")))?;
            pairs.push((key, value));
        }
        let mut text = |key: &str| {
            let at = pairs.iter().position(|(known, _)| *known == key);
            let value = at.map(|at| pairs.swap_remove(at).1);
            let text = value.map(String::from_utf8).transpose();
            text.map_err(|_| fault(&format!("{key} is no UTF-8.")))
        };
        let mut named = |key| text(key).map(|text| text.filter(|text| !text.is_empty()));
        let target = match (named("room")?, named("sealed_for")?) {
            (Some(room), None) => Target::Room(room),
            (None, Some(username)) => Target::SealedFor(username),
            (None, None) => {
                return Err(fault("the room is missing; send its name in base64."));
            }
            (Some(_), Some(_)) => {
                return Err(fault("either room or sealed_for is wanted, not both."));
            }
        };
        let name = text("filename")?.unwrap_or_default();
        Ok(Self {
            name: file_name::clean(&name),
            target,
            raw: raw.to_owned(),
        })
    }
}

/// The field for a file whose own is no longer kept.
pub(super) fn of_file(name: &str, target: &Target) -> String {
    let key = match target {
        Target::Room(_) => "room",
        Target::SealedFor(_) => "sealed_for",
    };
    let (name, target) = (STANDARD.encode(name), STANDARD.encode(target.name()));
    format!("filename {name},{key} {target}")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::response::IntoResponse as _;

    use super::*;

    fn read(value: &str) -> Option<(String, Target)> {
        let mut headers = HeaderMap::new();
        headers.insert(METADATA, HeaderValue::from_str(value).unwrap());
        match Metadata::read(&headers) {
            Ok(metadata) => {
                assert_eq!(metadata.raw, value);
                Some((metadata.name, metadata.target))
            }
            Err(failed) => {
                assert_eq!(failed.into_response().status(), 400, "{value}");
                None
            }
        }
    }

    #[test]
    fn names_and_rooms() {
        let check = |value: &str, name: &str, room: &str| {
            let room = Target::Room(room.into());
            assert_eq!(read(value), Some((name.into(), room)), "{value}");
        };
        // "a.txt", "general"
        check("filename YS50eHQ=,room Z2VuZXJhbA==", "a.txt", "general");
        check("room Z2VuZXJhbA==, filename YS50eHQ=", "a.txt", "general");
        check("room Z2VuZXJhbA==", "file", "general");
        check("filename,room Z2VuZXJhbA==", "file", "general");
        check(
            "filename YS50eHQ=,room Z2VuZXJhbA==,x,y /+8=",
            "a.txt",
            "general",
        );
        // "../../etc/passwd", and "会议.pdf"
        check(
            "filename Li4vLi4vZXRjL3Bhc3N3ZA==,room Z2VuZXJhbA==",
            "passwd",
            "general",
        );
        check(
            "filename 5Lya6K6uLnBkZg==,room Z2VuZXJhbA==",
            "会议.pdf",
            "general",
        );
        let own = of_file("会议.pdf", &Target::Room("général".into()));
        check(&own, "会议.pdf", "général");
        let sealed = Target::SealedFor("bob".into());
        let own = of_file("a", &sealed);
        assert_eq!(read(&own), Some(("a".into(), sealed)));
    }

    #[test]
    fn fields_that_are_none() {
        let check = |value: &str| assert_eq!(read(value), None, "{value}");
        check("");
        check("filename YS50eHQ=");
        check("room");
        check("filename YS50eHQ=,filename YS50eHQ=,room Z2VuZXJhbA==");
        check("filename YS50eHQ,room Z2VuZXJhbA==");
        check("filename a.txt,room Z2VuZXJhbA==");
        check("room Z2VuZXJhbA==,sealed_for Ym9i");
        check("filename YS50eHQ=,sealed_for");
        check("filename YS50eHQ=,room general");
        check("room Z2VuZXJhbA==,");
        // "\xff\xff" is no UTF-8.
        check("filename //8=,room Z2VuZXJhbA==");
        check(&format!("room Z2VuZXJhbA==,x {}", "A".repeat(MOST_BYTES)));
        assert!(Metadata::read(&HeaderMap::new()).is_err());
    }
}
