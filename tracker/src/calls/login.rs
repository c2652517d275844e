//! `POST /login`: a token for a password, which the room server checks.

use hyper::StatusCode;
use parlor_protocol::{limits, names};
use serde_json::json;

use super::Call;
use super::members::Members;
use crate::answer::Answer;
use crate::tokens::name;

impl Call<'_> {
    pub(super) async fn login(self) -> Result<Answer, Answer> {
        let members = Members::of(&self.body)?;
        let (username, password) = (members.needed("username")?, members.needed("password")?);
        let invalid = || Answer::failed(StatusCode::UNAUTHORIZED, "Invalid credentials");
        let state = self.state;
        state.limits.login(self.from)?;
        // What can be nobody's is not worth a question, and must not fill the memory of the limits.
        let username = names::username(username).ok_or_else(invalid)?;
        state.limits.password(&username)?;
        if password.is_empty() || password.len() > limits::PASSWORD_BYTES {
            return Err(invalid());
        }
        let checked = state
            .authority
            .check_password(&username, password, self.from)
            .await?;
        if !checked || state.authority.is_barred(&username) {
            return Err(invalid());
        }
        let token = state.tokens.give(&name(username))?;
        Ok(Answer::success(&json!({ "token": token })))
    }
}
