//! Who calls.

use hyper::StatusCode;
use hyper::header::AUTHORIZATION;
use parlor_protocol::names;

use super::Call;
use super::members::{Members, missing};
use crate::answer::Answer;
use crate::registry::Name;
use crate::state::now;

impl Call<'_> {
    /// The bearer token that was sent.
    pub(super) fn bearer(&self) -> Option<&str> {
        let value = self.head.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("Bearer")
            .then_some(token.trim_matches(' '))
    }

    /// The user for whom the token speaks.
    pub(super) fn caller(&self) -> Result<Name, Answer> {
        let (state, server) = (self.state, self.state.authority.server_key());
        let refused = |message| Answer::failed(StatusCode::UNAUTHORIZED, message);
        let Some(token) = self.bearer() else {
            return Err(refused("Send a token as Authorization: Bearer."));
        };
        let Some(username) = state.tokens.who(token, server, now())? else {
            return Err(refused("The token holds no more. Sign in again."));
        };
        if state.authority.is_barred(&username) {
            return Err(refused("This user may not sign in any more."));
        }
        state.limits.user_call(&username)?;
        Ok(username)
    }

    /// Who calls, and the members of what is said in that name.
    pub(super) fn said(&self) -> Result<(Name, Members), Answer> {
        let username = self.caller()?;
        let members = Members::of(&self.body)?;
        let named = members.text("username")?;
        let named = named.ok_or_else(|| missing("username"))?;
        if names::username(named).as_deref() != Some(&*username) {
            let message = "The token speaks for another user.";
            return Err(Answer::failed(StatusCode::FORBIDDEN, message));
        }
        Ok((username, members))
    }
}
