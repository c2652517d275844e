//! `history`, `search` and `read`.

use parlor_protocol::reply::Hit;
use parlor_protocol::request::{Before, History, Read, Search};
use parlor_protocol::{Reply, limits};

use super::{page, rank};
use crate::bus::Topic;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::outbox::Piece;
use crate::storage::{HistoryQuery, ReadMark, RoomId, SearchQuery};

/// Characters of a query; nobody types more.
const QUERY_CHARS: usize = 500;

/// `history`: messages as they now stand.
pub(crate) async fn history(c: Context, request: History) -> Answer {
    let limit = page::limit(request.limit, limits::HISTORY_LIMIT)?;
    let room = c
        .state
        .directory
        .check(|tables| Ok(tables.access(c.who.user, &request.room)?.place.id()))?;
    let query = HistoryQuery {
        room,
        before: request.before,
        after: request.after,
        limit,
        viewer: c.who.user,
    };
    let found = c.state.storage.history(query).await;
    let found = found.map_err(|error| storage_error(&error))?;
    let (mut messages, mut more) = (found.messages, found.more);
    // The end nearest to where the reader comes from is kept.
    if request.after.is_some() {
        let fits = page::fitting(messages.iter());
        more |= fits < messages.len();
        messages.truncate(fits);
    } else {
        let fits = page::fitting(messages.iter().rev());
        more |= fits < messages.len();
        messages.drain(..messages.len() - fits);
    }
    Ok(Reply::History {
        room: request.room,
        messages,
        more,
    })
}

/// `search`: messages of the rooms one is in, or of the one named.
pub(crate) async fn search(c: Context, request: Search) -> Answer {
    let limit = page::limit(request.limit, limits::SEARCH_LIMIT)?;
    if request.query.chars().count() > QUERY_CHARS {
        let what = format!("at most {QUERY_CHARS} characters are wanted.");
        return Err(bad_request("query", &what));
    }
    if request.room.is_none() && matches!(request.before, Some(Before::Seq(_))) {
        let what = "a seq is of one room; name it in `room`, or give a time.";
        return Err(bad_request("before", what));
    }
    let (rooms, from) = c.state.directory.check(|tables| {
        let rooms = match &request.room {
            Some(room) => vec![tables.access(c.who.user, room)?.place.id()],
            None => tables
                .person(c.who.user)
                .map(|person| person.rooms.clone())
                .unwrap_or_default(),
        };
        let from = match &request.from {
            Some(username) => Some(rank::find(tables, username)?.record.id),
            None => None,
        };
        Ok((rooms, from))
    })?;
    let query = SearchQuery {
        words: request.query,
        rooms,
        from,
        before: request.before,
        limit,
    };
    let found = c.state.storage.search(query).await;
    let found = found.map_err(|error| storage_error(&error))?;
    let mut hits: Vec<Hit> = c.state.directory.read(|tables| {
        let name = |room: RoomId| tables.place(room).map(|place| place.name.to_string());
        let hits = found.hits.into_iter();
        hits.filter_map(|hit| {
            Some(Hit {
                room: name(hit.room)?,
                seq: hit.seq,
                from: hit.from,
                time: hit.time,
                text: hit.text,
            })
        })
        .collect()
    });
    let fits = page::fitting(hits.iter());
    let more = found.more || fits < hits.len();
    hits.truncate(fits);
    Ok(Reply::Found { hits, more })
}

/// `read`: how far one has read. One's other connections are told.
pub(crate) async fn read(c: Context, request: Read) -> Answer {
    let user = c.who.user;
    let room = c.state.directory.check(|tables| {
        let access = tables.access(user, &request.room)?.member()?;
        // What was read before needs no storage.
        let moves = request.seq > access.read_seq();
        Ok(moves.then(|| access.place.id()))
    })?;
    let Some(room) = room else {
        return Ok(Reply::Done {});
    };
    let mark = ReadMark {
        room,
        user,
        seq: request.seq,
    };
    let states = c.state.storage.mark_read(vec![mark]).await;
    let states = states.map_err(|error| storage_error(&error))?;
    if let Some(state) = states.first().filter(|state| state.moved) {
        c.state
            .directory
            .write(|tables| tables.set_read(room, user, *state));
        let event = Reply::Read {
            room: request.room,
            read_seq: state.read_seq,
        };
        let piece = Piece::line(&event, None);
        c.state
            .bus
            .publish(Topic::User(user), &piece, &[c.endpoint.id()]);
    }
    Ok(Reply::Done {})
}
