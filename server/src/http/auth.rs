//! Who asks over HTTP.
//!
//! A request carries its session's token as `Authorization: Bearer` (RFC 6750,
//! 2.1); never in its URL, where logs and histories would keep it. The directory
//! knows the sessions.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use parlor_protocol::{Code, ErrorLine};

use super::failed::Failed;
use crate::clock::now;
use crate::endings;
use crate::endpoint::SignedIn;
use crate::state::State;
use crate::storage::SecretHash;

/// The scheme of a bearer token; its case does not count.
const BEARER: &str = "bearer";

/// Where a request's connection comes from; [`super::serve`] notes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Peer {
    /// The address of a request's connection.
    pub(crate) fn of(parts: &Parts) -> Option<IpAddr> {
        let peer = parts.extensions.get::<Self>()?;
        Some(peer.0.ip().to_canonical())
    }
}

/// The token that a request carries, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// `Authorization: Bearer`: no page of another site can make a browser send it.
    Bearer(String),
}

impl Credential {
    /// What a request carries, if anything.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case(BEARER) && !token.is_empty())
            .then(|| Self::Bearer(token.to_owned()))
    }

    fn token(&self) -> &str {
        match self {
            Self::Bearer(token) => token,
        }
    }
}

/// Who asks: an extractor, which refuses with 401 (or 403 who is banned).
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The session and its user.
    pub(crate) who: SignedIn,
}

impl Caller {
    /// The one whose session a token opens, asking from an address.
    ///
    /// # Errors
    ///
    /// `bad_token`, and `banned`.
    pub(crate) fn by_token(
        state: &State,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<Self, ErrorLine> {
        let now = now();
        let banned = |reason: &str| Err(endings::banned(reason));
        state.directory.check(|tables| {
            if let Some(ban) = address.and_then(|address| tables.ban_at(address, now)) {
                return banned(&ban.reason);
            }
            let found = tables
                .session_of(&SecretHash::of(token), now)
                .and_then(|session| Some((session.id, tables.person(session.user)?)))
                .filter(|(_, person)| !person.record.disabled);
            let Some((session, person)) = found else {
                let message = "This token opens no session (any more). Sign in again.";
                return Err(ErrorLine::new(Code::BadToken, message));
            };
            let user = person.record.id;
            if let Some(ban) = tables.ban_of(user, now) {
                return banned(&ban.reason);
            }
            Ok(Self {
                who: SignedIn {
                    session,
                    user,
                    username: Arc::clone(&person.username),
                },
            })
        })
    }
}

impl FromRequestParts<Arc<State>> for Caller {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let Some(credential) = Credential::of(&parts.headers) else {
            let message = "Sign in first: send the session's token as Authorization: Bearer.";
            return Err(Failed::not_signed_in(Code::NotSignedIn, message));
        };
        Ok(Self::by_token(state, credential.token(), Peer::of(parts))?)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn tokens_of_requests() {
        let check = |value: &str, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            let expected = expected.map(|token| Credential::Bearer(token.to_owned()));
            assert_eq!(Credential::of(&headers), expected, "{value}");
        };
        check("Bearer abc", Some("abc"));
        check("bearer  abc ", Some("abc"));
        check("Bearer ", None);
        check("Bearer", None);
        check("Basic YTpi", None);
        check("", None);
        assert_eq!(Credential::of(&HeaderMap::new()), None);
    }
}
