//! Web pages: sign in, look around, chat and share files with a browser alone.
//!
//! # Layout
//!
//! - [`around`]: what is done around every request over HTTP.
//! - [`headers`]: what every answer tells a browser.
//! - [`origin`]: whether a request comes from a page of this server.
//! - [`cookie`], [`visitor`]: who looks, by the session that their cookie carries.
//! - [`sign_in`], [`join`]: coming in, going, and coming for the first time.
//! - [`home`]: the pages of who is signed in; [`kept`]: what is not written anew.
//! - [`socket`]: `/ws`, by which the chat page lives.
//! - [`form`], [`next`], [`label`]: what browsers send, and what is made of it.
//! - [`metrics`]: what the server counts.
//! - [`peers`]: what a tracker asks.
//! - [`page`]: the templates.
//! - [`assets`], [`catalogue`], [`language`], [`size`]: what belongs to them.

use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::state::State;

pub(crate) mod around;
mod assets;
mod catalogue;
mod cookie;
mod form;
mod headers;
mod home;
mod join;
mod kept;
mod label;
mod language;
mod metrics;
mod next;
pub(crate) mod origin;
mod page;
mod peers;
mod sign_in;
mod size;
mod socket;
mod visitor;

pub(crate) use cookie::token as cookie_token;
pub(crate) use kept::Kept;
pub(crate) use metrics::Answered;
pub(crate) use sign_in::SignInPage;

/// The pages, and what belongs to them.
pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(home::index))
        .route("/index.html", get(home::index))
        .route("/chat.html", get(home::chat))
        .route("/files.html", get(home::files))
        .route("/login.html", get(sign_in::page))
        // A reload after a wrong password stands here.
        .route("/login", get(to_sign_in).post(sign_in::login))
        .route("/logout", post(sign_in::logout))
        .route("/end_session", post(home::end_session))
        .route("/join", get(join::page))
        .route("/register", post(join::register))
        .route("/ws", get(socket::open))
        .route("/metrics", get(metrics::get))
        .route("/tracker.json", get(peers::facts))
        .route("/check-password", post(peers::check_password))
        .route("/assets/{version}/{*name}", get(assets::get))
}

async fn to_sign_in() -> Redirect {
    Redirect::to("/login.html")
}
