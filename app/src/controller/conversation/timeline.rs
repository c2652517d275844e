//! Reading: what is in sight, pages, jumps.

use parlor_client::{HistoryPage, Place, RequestError};

use super::say;
use crate::controller::words;
use crate::effect::{Command, Effect, PeerCommand};
use crate::locale::tr;
use crate::model::Account;
use crate::model::peer::talk_of;
use crate::widget::virtual_list::{Target, View};

/// Something else is in sight.
pub(super) fn seen(account: &mut Account, room: &str, view: View) -> Effect {
    account.conversation(room).timeline.seen(view);
    fetch(account, room).and(read(account, room))
}

/// Asks for what comes near and is not loaded.
pub(super) fn fetch(account: &mut Account, room: &str) -> Effect {
    match account.conversation(room).timeline.wants() {
        Some(place) => page(account, room, place),
        None => Effect::None,
    }
}

fn page(account: &Account, room: &str, place: Place) -> Effect {
    if let Some(talk) = talk_of(room) {
        // What is newer than a page of a talk is never left out.
        let before = match place {
            Place::Before(place) => Some(place),
            _ => None,
        };
        let page = PeerCommand::Page { talk, before };
        return Effect::Peer(account.id.clone(), page);
    }
    Effect::Page {
        account: account.id.clone(),
        room: room.to_owned(),
        place,
    }
}

/// Says how far one has read, if it is further than was said and somebody looks.
pub(super) fn read(account: &mut Account, room: &str) -> Effect {
    let last_of_room = match (account.rooms.get(room), account.peers.talks.get(room)) {
        (Some(state), _) => state.room.last_seq,
        (None, Some(state)) => state.last_place,
        (None, None) => 0,
    };
    let talk = account.conversation(room);
    let (true, Some(view)) = (talk.watched, talk.timeline.view) else {
        return Effect::None;
    };
    let in_sight = talk
        .timeline
        .last_seq()
        .map_or(0, |last| last.min(view.last));
    let at_now = view.at_end && talk.timeline.at_now();
    let seq = if at_now {
        in_sight.max(last_of_room)
    } else {
        in_sight
    };
    if seq <= talk.read {
        return Effect::None;
    }
    talk.read = seq;
    if let Some(talk) = talk_of(room) {
        return Effect::Peer(account.id.clone(), PeerCommand::Read(talk, seq));
    }
    let read = Command::Read {
        room: room.to_owned(),
        seq,
    };
    Effect::Tell(account.id.clone(), read)
}

/// Back to the newest message.
pub(super) fn to_now(account: &mut Account, room: &str) -> Effect {
    let talk = account.conversation(room);
    talk.timeline.marked = None;
    talk.chosen = None;
    talk.timeline.go(Target::End);
    let asked = if talk.timeline.at_now() {
        Effect::None
    } else {
        page(account, room, Place::Newest)
    };
    asked.and(Effect::Focus(super::COMPOSER))
}

/// Shows a message, wherever it lies.
pub(super) fn jump(account: &mut Account, room: &str, seq: u64) -> Effect {
    let timeline = &mut account.conversation(room).timeline;
    if timeline.entry_of(seq).is_some() {
        timeline.mark(seq);
        return Effect::None;
    }
    if talk_of(room).is_some() {
        timeline.seek(seq);
        return fetch(account, room);
    }
    page(account, room, Place::Around(seq))
}

/// A page came, or did not.
pub(super) fn paged(
    account: &mut Account,
    room: &str,
    place: Place,
    result: Result<HistoryPage, RequestError>,
) -> Effect {
    let talk = account.conversation(room);
    match result {
        Ok(page) => {
            let nothing = page.items.is_empty();
            talk.paged(place, Some(page));
            match place {
                Place::Newest => talk.timeline.go(Target::End),
                Place::Around(_) if nothing => say(talk, true, tr!("jump-nothing")),
                _ => {}
            }
        }
        Err(error) => {
            let why = words::request(&error);
            match place {
                Place::Around(_) => say(talk, true, tr!("jump-failed", why = why)),
                _ => talk.paged(place, None),
            }
        }
    }
    Effect::None
}
