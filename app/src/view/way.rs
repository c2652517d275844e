//! How far somebody is trusted and how things go to them, in words: tags, the address line,
//! the status bar.

use parlor_client::peer::{Path, Person, Trust, Way};

use super::part::tag::Mood;
use super::when;
use crate::icon::Icon;
use crate::locale::tr;
use crate::model::Account;
use crate::model::peer::{Going, devices};

/// The icon of a way.
pub(crate) fn icon(way: Way) -> Icon {
    match way {
        Way::Lan => Icon::Lan,
        Way::Direct => Icon::Direct,
        Way::Relay => Icon::Relay,
        Way::Held => Icon::Sealed,
    }
}

/// "direct · LAN", "direct", "by relay", "sealed".
pub(crate) fn short(way: Way) -> String {
    match way {
        Way::Lan => tr!("way-lan"),
        Way::Direct => tr!("way-direct"),
        Way::Relay => tr!("way-relay"),
        Way::Held => tr!("way-held"),
    }
}

/// "direct · LAN · 2 ms".
pub(crate) fn of_path(path: &Path) -> String {
    let way = short(path.way);
    match path.round_trip {
        Some(took) => {
            let millis = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
            tr!("way-took", way = way, took = when::ping(millis))
        }
        None => way,
    }
}

/// The tag of how things go to a person now; none while that is not known at all.
pub(crate) fn tag(account: &Account, username: &str) -> Option<(Icon, String)> {
    let person = account.peers.people.get(username)?;
    let name = account.name_of(username);
    Some(match (&person.path, account.peers.going(username)) {
        (Some(path), _) => (icon(path.way), of_path(path)),
        (None, Going::Nowhere) => return None,
        (None, Going::Reaching) => (Icon::Clock, tr!("way-reaching", name = name)),
        (None, _) => (Icon::Sealed, tr!("way-waits", name = name)),
    })
}

/// The tag of how far a person is trusted.
pub(crate) fn trust(person: &Person) -> (Icon, String, Mood) {
    match person.trust {
        _ if person.blocked => (Icon::Stop, tr!("trust-blocked"), Mood::Bad),
        Trust::Verified { .. } => (Icon::ShieldCheck, tr!("trust-verified"), Mood::Ok),
        Trust::NotCompared => (Icon::Shield, tr!("trust-not-compared"), Mood::Plain),
        Trust::NewDevice { .. } => (Icon::Shield, tr!("trust-new-device"), Mood::Warn),
        Trust::Differs { .. } => (Icon::Alert, tr!("trust-differs"), Mood::Bad),
    }
}

/// Who can read what is written to a person, and how it goes: behind their name in the address line.
pub(crate) fn address(account: &Account, username: &str) -> String {
    let server = account.server.name.as_str();
    let count = account
        .peers
        .people
        .get(username)
        .map_or(0, |person| devices(person).count());
    let trust = account
        .peers
        .people
        .get(username)
        .map(|person| person.trust);
    if matches!(trust, Some(Trust::Differs { .. })) {
        return tr!("address-differs", count = count);
    }
    let how = match account.peers.going(username) {
        Going::Linked(Way::Lan) => tr!("address-lan"),
        Going::Linked(Way::Direct) => tr!("address-straight"),
        Going::Linked(Way::Relay) => tr!("address-relay"),
        Going::Linked(Way::Held) | Going::Sealed if account.link.is_connected() => {
            tr!("address-sealed", server = server)
        }
        Going::Linked(Way::Held) | Going::Sealed => tr!("address-here", server = server),
        Going::Reaching => tr!("address-reaching"),
        Going::Nowhere => return tr!("address-nowhere"),
    };
    tr!("address-devices", count = count, how = how)
}
