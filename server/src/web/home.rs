//! The pages of who is signed in: `/index.html` with rooms, people, files and
//! sessions, and those that scripts bring to life.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use parlor_protocol::{File, Presence, Room, RoomKind, Time, User};

use super::form::Form;
use super::kept::Stamp;
use super::language::Language;
use super::origin::SameOrigin;
use super::page::{self, Boot, Chat, FileRow, Files, Frame, Home, Moment, RoomRow, SessionRow};
use super::sign_in::{door, see_other};
use super::size;
use super::visitor::Visitor;
use crate::dispatch::storage_error;
use crate::handlers::sessions;
use crate::http::failed::Failed;
use crate::state::State;
use crate::storage::{FileQuery, RoomId};

/// People that `/index.html` names; the chat has them all.
const PEOPLE: usize = 100;

/// The newest files that `/index.html` names; `/files.html` has them all.
const FILES: usize = 20;

/// `GET /` and `/index.html`.
pub(super) async fn index(
    visitor: Visitor,
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let stamp = Stamp::now(&state);
    let session = visitor.who.session;
    let language = Language::asked_for(&headers);
    let html = match state.kept.page(session, language, stamp) {
        Some(html) => html,
        None => {
            let (html, until) = write_index(&state, &visitor, language, stamp).await?;
            let kept = &state.kept;
            kept.keep_page(session, language, stamp, until, &html);
            html
        }
    };
    let page = page::answer(StatusCode::OK, language, html);
    Ok(visitor.private(&state, page))
}

/// The start page of who looks, and until when it is right if nothing changes.
async fn write_index(
    state: &State,
    visitor: &Visitor,
    language: Language,
    stamp: Stamp,
) -> Result<(Bytes, Time), Failed> {
    let frame = Frame::of(state, language);
    let (user, joined, others, (people, more_people)) = state.directory.read(|tables| {
        let user = visitor.who.user;
        let joined = tables.joined_rooms(user);
        let others: Vec<Room> = tables
            .visible_rooms(user)
            .filter(|room| !room.joined)
            .collect();
        let me = tables.person(user).map(|person| person.user());
        (me, joined, others, tables.people(PEOPLE))
    });
    let mut user = user.ok_or_else(Failed::internal)?;
    let people = with_viewer(people, &mut user);
    let files = newest_files(state, &frame, &joined, stamp).await?;
    let mut rooms: Vec<Room> = joined.into_iter().map(|(_, room)| room).collect();
    // Rooms of two come last, as in the app.
    rooms.sort_by_key(|room| room.kind == RoomKind::Direct);
    let online = people
        .iter()
        .filter(|user| user.presence != Presence::Offline)
        .count();
    let (sessions, until) = sessions::of(state, &visitor.who);
    let page = Home {
        frame,
        user,
        rooms: rooms.into_iter().map(row).collect(),
        others: others.into_iter().map(row).collect(),
        people,
        more_people,
        online,
        files,
        sessions: sessions
            .into_iter()
            .map(|entry| SessionRow {
                created: Moment::of(entry.created),
                seen: Moment::of(entry.seen),
                entry,
            })
            .collect(),
    };
    Ok((page::write(&page)?, until))
}

/// The people of a page with who looks at it among those who are there: first, and
/// online if no connection says otherwise. Others are told by connections alone,
/// for an open page says nothing about who sits before it.
fn with_viewer(mut people: Vec<User>, viewer: &mut User) -> Vec<User> {
    if viewer.presence == Presence::Offline {
        viewer.presence = Presence::Online;
    }
    people.retain(|user| user.username != viewer.username);
    people.insert(0, viewer.clone());
    people.truncate(PEOPLE);
    people
}

/// The newest files of the rooms that somebody is in.
async fn newest_files(
    state: &State,
    frame: &Frame,
    rooms: &[(RoomId, Room)],
    stamp: Stamp,
) -> Result<Vec<FileRow>, Failed> {
    let ids: Vec<RoomId> = rooms.iter().map(|(id, _)| *id).collect();
    let files = match state.kept.newest(&ids, stamp) {
        Some(files) => files,
        None => {
            let query = FileQuery {
                rooms: ids.clone(),
                before: None,
                limit: FILES,
            };
            let found = state.storage.files(query).await;
            let found = found.map_err(|error| Failed::from(storage_error(&error)))?;
            let files: Arc<[File]> = found.files.into();
            state.kept.keep_newest(ids, stamp, Arc::clone(&files));
            files
        }
    };
    let by: Vec<Option<String>> = state.directory.read(|tables| {
        let uploaders = files.iter().map(|file| tables.by_username(&file.by));
        uploaders
            .map(|person| person.map(|person| person.user().name))
            .collect()
    });
    let rows = files.iter().cloned().zip(by);
    Ok(rows
        .map(|(file, by)| {
            let room = rooms.iter().find(|(_, room)| room.room == file.room);
            FileRow {
                size: size::text(frame.t, file.size),
                by: by.unwrap_or_else(|| file.by.clone()),
                room: room
                    .and_then(|(_, room)| room.with.clone())
                    .unwrap_or_else(|| format!("#{}", file.room)),
                time: Moment::of(file.time),
                file,
            }
        })
        .collect())
}

fn row(room: Room) -> RoomRow {
    let name: String = form_urlencoded::byte_serialize(room.room.as_bytes()).collect();
    RoomRow {
        title: room.with.clone().unwrap_or_else(|| room.room.clone()),
        icon: match room.kind {
            RoomKind::Public => "hash",
            RoomKind::Private => "lock",
            RoomKind::Broadcast => "megaphone",
            RoomKind::Direct => "direct",
        },
        link: format!("/chat.html?room={name}"),
        unread: if room.joined {
            room.last_seq.saturating_sub(room.read_seq)
        } else {
            0
        },
        room,
    }
}

/// `GET /chat.html`.
pub(super) async fn chat(
    visitor: Visitor,
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let frame = Frame::new(&state, &headers);
    let boot = boot(&state, &visitor)?;
    let page = Chat {
        frame: frame.clone(),
        boot,
    };
    Ok(visitor.private(&state, page::show(StatusCode::OK, &frame, &page)))
}

/// `GET /files.html`.
pub(super) async fn files(
    visitor: Visitor,
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
) -> Result<Response, Failed> {
    let frame = Frame::new(&state, &headers);
    let boot = boot(&state, &visitor)?;
    let page = Files {
        frame: frame.clone(),
        boot,
    };
    Ok(visitor.private(&state, page::show(StatusCode::OK, &frame, &page)))
}

fn boot(state: &State, visitor: &Visitor) -> Result<Boot, Failed> {
    let user = state.directory.read(|tables| {
        let person = tables.person(visitor.who.user);
        person.map(|person| person.user())
    });
    let user = user.ok_or_else(Failed::internal)?;
    Ok(Boot {
        username: user.username,
        name: user.name,
        role: user.role.as_str(),
        text_bytes: state.greeting.limits.text_bytes,
        file_bytes: state.greeting.limits.file_bytes,
        features: state.greeting.features.join(" "),
    })
}

/// `POST /end_session`, from the list on `/index.html`.
pub(super) async fn end_session(
    _own: SameOrigin,
    visitor: Visitor,
    Shared(state): Shared<Arc<State>>,
    request: Request<Body>,
) -> Result<Response, Failed> {
    let (parts, body) = request.into_parts();
    let mut form = Form::read(&parts.headers, body).await?;
    let session = sessions::own(&state, &visitor.who, &form.take("session"))?;
    door(&state, &parts).end(session).await?;
    Ok(see_other("/index.html"))
}
