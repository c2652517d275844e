//! The calls. Section 4 of the protocol.
//!
//! # Layout
//!
//! - [`body`]: the bytes of a request, within bounds.
//! - [`members`]: the members of its JSON, and how a wrong one is named.
//! - [`caller`]: who calls.
//! - [`login`], [`submit`], [`lists`]: what each call does.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::answer::{Answer, Body};
use crate::metrics;
use crate::relay::{self, Relay};
use crate::state::State;

mod body;
mod caller;
mod lists;
mod login;
mod members;
mod submit;

/// A call: its head, its body, and from where.
struct Call<'a> {
    state: &'a Arc<State>,
    relay: Option<&'a Relay>,
    from: IpAddr,
    head: Parts,
    body: Bytes,
}

/// Answers a request that is not the relay's.
pub(crate) async fn answer(
    state: &Arc<State>,
    relay: Option<&Relay>,
    from: IpAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, incoming) = request.into_parts();
    // The body is read before anything is refused, so that no close destroys the answer.
    let body = match body::read(incoming).await {
        Ok(body) => body,
        Err(refused) => return refused.into(),
    };
    let call = Call {
        state,
        relay,
        from,
        head,
        body,
    };
    call.answer().await.unwrap_or_else(|refused| refused).into()
}

impl Call<'_> {
    async fn answer(self) -> Result<Answer, Answer> {
        let is_get = matches!(self.head.method, Method::GET | Method::HEAD);
        let is_post = self.head.method == Method::POST;
        let path = self.head.uri.path();
        match path {
            "/login" | "/submit-info" | "/add-list" | "/leave" if !is_post => {
                return Err(Answer::wrong_method("POST"));
            }
            "/info" | "/healthz" | "/metrics" | "/ping" if !is_get => {
                return Err(Answer::wrong_method("GET"));
            }
            "/get-list" if !is_get && !is_post => return Err(Answer::wrong_method("GET, POST")),
            relay::PATH if self.relay.is_some() => return Err(Answer::wrong_method("GET")),
            _ => {}
        }
        match path {
            // What watches the tracker is not limited: it would think it dead.
            "/healthz" => return Ok(Answer::json(r#"{"status":"ok"}"#)),
            "/metrics" => return self.metrics(),
            _ => self.state.limits.call(self.from)?,
        }
        match path {
            "/login" => self.login().await,
            "/submit-info" => self.submit_info(),
            "/add-list" => self.add_list(),
            "/get-list" => self.get_list(),
            "/leave" => self.leave(),
            "/info" => Ok(self.info()),
            // iroh measures by it how far the relay is.
            "/ping" if self.relay.is_some() => Ok(Answer::text("text/plain", "")),
            _ => Err(Answer::failed(
                StatusCode::NOT_FOUND,
                "There is no such path.",
            )),
        }
    }

    fn info(&self) -> Answer {
        let members = json!({
            "tracker": self.state.settings.name,
            "udp_port": self.state.udp_port,
        });
        Answer::success(&members)
    }

    fn metrics(&self) -> Result<Answer, Answer> {
        let Some(token) = &self.state.settings.metrics.token else {
            let message = "There are no metrics here: the configuration has no metrics.token.";
            return Err(Answer::failed(StatusCode::NOT_FOUND, message));
        };
        // Hashes are compared, so that the time says nothing about the token.
        let expected = Sha256::digest(token);
        match self.bearer() {
            Some(given) if Sha256::digest(given) == expected => {}
            _ => {
                let message = "Send the configuration's metrics.token as Authorization: Bearer.";
                return Err(Answer::failed(StatusCode::UNAUTHORIZED, message));
            }
        }
        let page = metrics::written(self.state, self.relay);
        Ok(Answer::text(metrics::TEXT, page))
    }
}
