//! The pages as templates, which stand in `assets/web/pages`.

use std::sync::OnceLock;

use askama::Template;
use axum::body::Body;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::assets::{self, Packed};
use super::catalogue::Catalogue;
use super::language::Language;
use crate::http::failed::Failed;
use crate::state::State;

/// Header fields that a page comes to have at most: its own, the visitor's, and those that
/// every answer has.
const HEADERS: usize = 14;

/// The type of every page.
const HTML: &str = "text/html; charset=utf-8";

/// What every page has: its texts, where its assets are, and whose it is.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) t: &'static Catalogue,
    pub(super) assets: &'static str,
    pub(super) server: String,
}

impl Frame {
    pub(super) fn new(state: &State, headers: &HeaderMap) -> Self {
        Self::of(state, Language::asked_for(headers))
    }

    /// For pages in this language.
    pub(super) fn of(state: &State, language: Language) -> Self {
        Self {
            t: Catalogue::of(language),
            assets: assets::base(),
            server: state.config.name.clone(),
        }
    }
}

/// A template as a response of this status.
pub(super) fn show(status: StatusCode, frame: &Frame, page: &impl Template) -> Response {
    match write(page) {
        Ok(html) => answer(status, frame.t.language(), html),
        Err(failed) => failed.into_response(),
    }
}

/// A template's text.
///
/// # Errors
///
/// `internal`.
pub(super) fn write(page: &impl Template) -> Result<Bytes, Failed> {
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Failed::internal()
    })?;
    Ok(html.into())
}

/// The text of a page as a response. It is not compressed: beside secrets of who looks
/// it may hold what others wrote, whose lengths would then speak of each other.
pub(super) fn answer(status: StatusCode, language: Language, html: Bytes) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    response
}

/// A page that is the same for everybody who reads a language, made once.
#[derive(Debug)]
pub(super) struct Fixed {
    pages: [OnceLock<Packed>; Language::ALL.len()],
}

impl Fixed {
    pub(super) const fn new() -> Self {
        Self {
            pages: [const { OnceLock::new() }; Language::ALL.len()],
        }
    }

    /// The page in the language that is asked for, made by `write` at first.
    pub(super) fn get<T: Template>(
        &self,
        state: &State,
        headers: &HeaderMap,
        write: impl FnOnce(Frame) -> T,
    ) -> Response {
        let language = Language::asked_for(headers);
        let page = self.pages[language as usize].get_or_init(|| {
            let frame = Frame::of(state, language);
            let html = write(frame).render().unwrap_or_else(|error| {
                tracing::error!(%error, "a page could not be written");
                String::new()
            });
            Packed::new(HTML, Bytes::from(html))
        });
        let mut response = page.respond(headers);
        let headers = response.headers_mut();
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        response
    }
}

/// `/login.html`.
#[derive(Debug, Template)]
#[template(path = "login.html")]
pub(super) struct Login {
    pub(super) frame: Frame,
    /// Why one was not signed in.
    pub(super) reason: Option<String>,
    pub(super) username: String,
    /// Where one is led afterwards.
    pub(super) next: String,
    /// Whether anybody may make an account.
    pub(super) is_open: bool,
}

/// `/join`.
#[derive(Debug, Template)]
#[template(path = "join.html")]
pub(super) struct Join {
    pub(super) frame: Frame,
    pub(super) reason: Option<String>,
    /// The rules that a password did not keep.
    pub(super) broken: Vec<String>,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) invite: String,
    /// What a password must be.
    pub(super) rules: Vec<String>,
    /// The link that opens the app.
    pub(super) link: String,
    pub(super) may_register: bool,
    pub(super) needs_invite: bool,
}

/// `/index.html`.
#[derive(Debug, Template)]
#[template(path = "index.html")]
pub(super) struct Home {
    pub(super) frame: Frame,
    pub(super) user: parlor_protocol::User,
    pub(super) rooms: Vec<RoomRow>,
    pub(super) others: Vec<RoomRow>,
    pub(super) people: Vec<parlor_protocol::User>,
    pub(super) more_people: bool,
    pub(super) online: usize,
    /// The newest.
    pub(super) files: Vec<FileRow>,
    pub(super) sessions: Vec<SessionRow>,
}

/// A room on `/index.html`.
#[derive(Debug)]
pub(super) struct RoomRow {
    pub(super) room: parlor_protocol::Room,
    /// What it is called: a room of two by the other one's name.
    pub(super) title: String,
    pub(super) icon: &'static str,
    pub(super) link: String,
    pub(super) unread: u64,
}

/// A file on `/index.html`.
#[derive(Debug)]
pub(super) struct FileRow {
    pub(super) file: parlor_protocol::File,
    pub(super) size: String,
    /// The display name of who uploaded it.
    pub(super) by: String,
    /// What its room is called there.
    pub(super) room: String,
    pub(super) time: Moment,
}

/// A session on `/index.html`.
#[derive(Debug)]
pub(super) struct SessionRow {
    pub(super) entry: parlor_protocol::reply::SessionEntry,
    pub(super) created: Moment,
    pub(super) seen: Moment,
}

/// A time for programs, and for people without scripts.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) exact: String,
    pub(super) plain: String,
}

impl Moment {
    pub(super) fn of(time: parlor_protocol::Time) -> Self {
        let exact = time.to_string();
        let minute = exact.get(..16).unwrap_or(&exact).replace('T', " ");
        Self {
            plain: format!("{minute} UTC"),
            exact,
        }
    }
}

/// What the pages that scripts bring to life are told at first.
#[derive(Debug)]
pub(super) struct Boot {
    pub(super) username: String,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) text_bytes: u64,
    pub(super) file_bytes: u64,
    /// The server's features, with spaces between.
    pub(super) features: String,
}

/// `/chat.html`.
#[derive(Debug, Template)]
#[template(path = "chat.html")]
pub(super) struct Chat {
    pub(super) frame: Frame,
    pub(super) boot: Boot,
}

/// `/files.html`.
#[derive(Debug, Template)]
#[template(path = "files.html")]
pub(super) struct Files {
    pub(super) frame: Frame,
    pub(super) boot: Boot,
}

/// What a refused request shows.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub(super) struct Refusal {
    pub(super) frame: Frame,
    pub(super) status: u16,
    pub(super) title: String,
    /// What the request was refused with.
    pub(super) message: String,
    pub(super) what_next: String,
    /// The sign-in page, where signing in is what helps.
    pub(super) sign_in: Option<String>,
}

/// The text for a role; templates hand out references.
pub(super) fn role_text(role: &parlor_protocol::Role) -> &'static str {
    use parlor_protocol::Role;
    match role {
        Role::Owner => "web-role-owner",
        Role::Admin => "web-role-admin",
        Role::Moderator => "web-role-moderator",
        Role::Member => "web-role-member",
        Role::Guest => "web-role-guest",
    }
}

/// The text for a presence.
pub(super) fn presence_text(presence: &parlor_protocol::Presence) -> &'static str {
    use parlor_protocol::Presence;
    match presence {
        Presence::Online => "web-presence-online",
        Presence::Away => "web-presence-away",
        Presence::Offline => "web-presence-offline",
    }
}
