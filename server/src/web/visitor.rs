//! Who looks at a page: the user whose session the browser's cookie carries.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use parlor_protocol::{Code, ErrorLine};

use super::cookie;
use crate::clock::now;
use crate::endpoint::SignedIn;
use crate::http::auth::{Caller, Peer};
use crate::http::failed::Failed;
use crate::state::State;

/// Somebody who is signed in by cookie: an extractor, which refuses with 401.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The session and its user.
    pub(crate) who: SignedIn,
    /// Where they ask from.
    pub(crate) address: IpAddr,
    token: String,
}

/// Where a request comes from.
pub(super) fn address(parts: &Parts) -> IpAddr {
    // Every connection notes it; one that did not would share its limits with its like.
    Peer::of(parts).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The session whose cookie a request carries, if any is alive.
pub(super) fn present(state: &State, parts: &Parts) -> Option<SignedIn> {
    let token = cookie::token(&parts.headers)?;
    let caller = Caller::by_token(state, token, Some(address(parts)));
    caller.ok().map(|caller| caller.who)
}

impl FromRequestParts<Arc<State>> for Visitor {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let Some(token) = cookie::token(&parts.headers) else {
            let error = ErrorLine::new(Code::NotSignedIn, "Sign in to see this.");
            return Err(error.into());
        };
        let address = address(parts);
        let who = Caller::by_token(state, token, Some(address))?.who;
        state.limits.request(who.session).map_err(ErrorLine::from)?;
        state.visited(who.session, address);
        Ok(Self {
            who,
            address,
            token: token.to_owned(),
        })
    }
}

impl Visitor {
    /// A page for this visitor alone. It renews the cookie, for the session
    /// lives on from now, too.
    pub(super) fn private(&self, state: &State, page: impl IntoResponse) -> Response {
        let expires = state.directory.read(|tables| {
            let session = tables.session(self.who.session);
            session.map(|session| session.expires)
        });
        let seconds = expires.map_or(0, |expires| crate::clock::seconds_until(now(), expires));
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(SET_COOKIE, cookie::set(&self.token, seconds));
        (headers, page).into_response()
    }
}
