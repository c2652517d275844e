//! Lines that come in from devices, each kept once.

use parlor_protocol::file_name;
use parlor_protocol::limits::MAX_INTEGER;
use parlor_protocol::names;
use parlor_protocol::peer::{Chat, DIRECT, FileOffer, PeerLine};
use parlor_protocol::{Code, DeviceId, ErrorLine, Time};
use rusqlite::params;

use super::changes::{self, Applied, Change, What};
use super::row::{Came, DeviceRow, Received};
use super::tx::Tx;
use super::{PeerStore, Result, devices, offers, people, posts, sessions, talks};
use crate::peer::person::{DeviceStanding, Way};
use crate::peer::post::PostState;
use crate::peer::talk::Talk;

impl PeerStore {
    /// Stores what a device said (chat, edited, deleted, reaction, file_offer), once. The line's `from` must be
    /// the device's user, and the talk one of theirs with oneself; one's own other devices say what one wrote there.
    pub(crate) async fn receive(
        &self,
        from: DeviceRow,
        line: PeerLine,
        came: Came,
        now: Time,
    ) -> Result<Received> {
        self.write(move |tx| {
            let way = match &came {
                Came::Link(way) => *way,
                Came::Mail { n, ratchet } => {
                    // What was opened cannot be opened again, whatever becomes of the line.
                    sessions::keep(tx, ratchet)?;
                    sessions::take(tx, *n)?;
                    Way::Held
                }
            };
            match take(tx, &from, &line, way, now)? {
                Ok(duplicate) => Ok(Received::Stored { duplicate }),
                Err((code, message)) => Ok(Received::Refused(ErrorLine::new(code, message))),
            }
        })
        .await
    }
}

/// Why a line is refused.
type Refusal = (Code, &'static str);

fn take(
    tx: &Tx<'_>,
    from: &DeviceRow,
    line: &PeerLine,
    way: Way,
    now: Time,
) -> rusqlite::Result<std::result::Result<bool, Refusal>> {
    let device = from.card.device;
    let talk = match check_ends(tx, from, line) {
        Ok(talk) => talk,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let known = devices::get(tx, &device)?;
    let out = known.is_none_or(|known| known.standing == DeviceStanding::Revoked);
    if out || people::blocked(tx, &from.card.username)? {
        return Ok(Err((Code::Forbidden, "Nothing of yours is let in here.")));
    }
    if let Err(refusal) = check_body(line) {
        return Ok(Err(refusal));
    }
    let id = line.id().unwrap_or_default();
    if seen(tx, &device, id)? {
        if let PeerLine::FileOffer(offer) = line {
            offers::offered_again(tx, &device, offer)?;
        }
        return Ok(Ok(true));
    }
    if let Some((target, change)) = change(line) {
        if changes::take(tx, &talk, target, &change)? == Applied::NotTheirs {
            return Ok(Err((Code::Forbidden, "Only its author may change it.")));
        }
        tx.run(
            "INSERT INTO seen (device, id) VALUES (?1, ?2)",
            params![device.to_string(), id],
        )?;
        return Ok(Ok(false));
    }
    keep(tx, from, line, &talk, way, now)
}

/// A post: a text, or a file that is offered.
fn keep(
    tx: &Tx<'_>,
    from: &DeviceRow,
    line: &PeerLine,
    talk: &Talk,
    way: Way,
    now: Time,
) -> rusqlite::Result<std::result::Result<bool, Refusal>> {
    let (time, text, reply_to) = match line {
        PeerLine::Chat(chat) => (chat.time, Some(&*chat.message), chat.reply_to.as_deref()),
        PeerLine::FileOffer(offer) => {
            if !offers::offered(tx, talk, &from.card.device, offer)? {
                return Ok(Err((Code::BadRequest, "There is a file with this id.")));
            }
            (offer.time, None, None)
        }
        _ => (now, None, None),
    };
    talks::ensure(tx, talk)?;
    people::ensure(tx, &from.card.username)?;
    let state = match from.card.username == tx.me {
        true => PostState::Here,
        false => PostState::Received(way),
    };
    posts::insert(
        tx,
        &posts::New {
            talk,
            id: line.id().unwrap_or_default(),
            author: &from.card.username,
            device: Some(from.card.device),
            time,
            text,
            reply_to,
            state,
        },
    )?;
    Ok(Ok(false))
}

/// Whether the line is one between oneself and the device's user; in which talk it is, seen from here.
fn check_ends(
    tx: &Tx<'_>,
    from: &DeviceRow,
    line: &PeerLine,
) -> std::result::Result<Talk, Refusal> {
    let Some((author, to)) = line.ends() else {
        return Err((Code::BadRequest, "This is not kept between two users."));
    };
    if author != from.card.username {
        return Err((Code::Forbidden, "`from` is not this device's user."));
    }
    let own = author == tx.me;
    if own == (to == tx.me) {
        return Err((Code::Forbidden, "`to` is not of a talk with this device."));
    }
    let other = if own { to } else { author };
    if names::username(other).as_deref() != Some(other) {
        return Err((Code::BadRequest, "`to` is no username."));
    }
    Ok(Talk::Direct(other.to_owned()))
}

/// Whether what the line says keeps the bounds.
fn check_body(line: &PeerLine) -> std::result::Result<(), Refusal> {
    let channel = match line {
        PeerLine::Chat(Chat { channel, .. }) | PeerLine::FileOffer(FileOffer { channel, .. }) => {
            channel
        }
        PeerLine::Edited(edited) => &edited.channel,
        PeerLine::Deleted(deleted) => &deleted.channel,
        PeerLine::Reaction(reacted) => &reacted.channel,
        _ => return Err((Code::BadRequest, "This is not kept.")),
    };
    if channel != DIRECT {
        return Err((Code::BadRequest, "`channel` is not `direct`."));
    }
    if !line.id().is_some_and(names::is_nonce) {
        return Err((Code::BadRequest, "`id` breaks the rules."));
    }
    match line {
        PeerLine::Chat(chat) => {
            check_text(&chat.message)?;
            match chat.reply_to.as_deref().is_none_or(names::is_nonce) {
                true => Ok(()),
                false => Err((Code::BadRequest, "`reply_to` breaks the rules.")),
            }
        }
        PeerLine::FileOffer(offer) => check_offer(offer),
        PeerLine::Edited(edited) => {
            check_text(&edited.message)?;
            check_target(&edited.target)
        }
        PeerLine::Deleted(deleted) => check_target(&deleted.target),
        PeerLine::Reaction(reacted) => match names::is_emoji(&reacted.emoji) {
            true => check_target(&reacted.target),
            false => Err((Code::BadRequest, "`emoji` breaks the rules.")),
        },
        _ => Ok(()),
    }
}

/// Whether a text may be that of a post.
pub(super) fn check_text(text: &str) -> std::result::Result<(), Refusal> {
    if text.is_empty() {
        return Err((Code::BadRequest, "`message` is empty."));
    }
    if text.len() > posts::TEXT_BYTES {
        return Err((Code::TextTooLong, "The text is over 16,384 bytes."));
    }
    Ok(())
}

fn check_target(target: &str) -> std::result::Result<(), Refusal> {
    match names::is_nonce(target) {
        true => Ok(()),
        false => Err((Code::BadRequest, "`target` breaks the rules.")),
    }
}

fn check_offer(offer: &FileOffer) -> std::result::Result<(), Refusal> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if offer.blake3.len() != 64 || !offer.blake3.bytes().all(digit) {
        return Err((Code::BadRequest, "`blake3` is not 64 hex digits."));
    }
    if offer.size > MAX_INTEGER {
        return Err((Code::BadRequest, "`size` is too large."));
    }
    if file_name::clean(&offer.name).is_empty() {
        return Err((Code::BadRequest, "`name` is empty."));
    }
    Ok(())
}

fn seen(tx: &Tx<'_>, device: &DeviceId, id: &str) -> rusqlite::Result<bool> {
    Ok(posts::is_here(tx, device, id)?
        || tx.exists(
            "SELECT 1 FROM seen WHERE device = ?1 AND id = ?2",
            params![device.to_string(), id],
        )?)
}

/// What a line does to which post, of those that are no posts.
fn change(line: &PeerLine) -> Option<(&str, Change)> {
    let (id, by, at, target, what) = match line {
        PeerLine::Edited(e) => {
            let what = What::Edit(e.message.clone());
            (&e.id, &e.from, e.time, &e.target, what)
        }
        PeerLine::Deleted(d) => (&d.id, &d.from, d.time, &d.target, What::Delete),
        PeerLine::Reaction(r) => {
            let what = What::React {
                emoji: r.emoji.clone(),
                on: r.on,
            };
            (&r.id, &r.from, r.time, &r.target, what)
        }
        _ => return None,
    };
    let change = Change {
        id: id.clone(),
        by: by.clone(),
        at,
        what,
    };
    Some((target, change))
}
