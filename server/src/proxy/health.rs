//! Whether an upstream lives: `/healthz` every few seconds, on a connection of its
//! own. It also finds out whether the upstream takes a PROXY header from here.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use tokio::time::{MissedTickBehavior, timeout};

use super::line::{Line, Wire};
use super::upload::Upload;
use super::upstream::{Upstream, header};

/// The page that is asked for. Whatever answers lives, unless it says that it fails:
/// an upstream need not be a parlord.
const PATH: &str = "/healthz";
/// How long an answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(3);
/// In how many checks an upstream that takes no PROXY header is offered one
/// again: each refusal is a line in its log.
const OFFER_EVERY: u32 = 15;

/// Checks an upstream until it is dropped; `period` lies between two checks.
pub(super) async fn follow(upstream: Arc<Upstream>, period: Duration) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first check was made before the port opened.
    ticks.tick().await;
    let mut round = 0_u32;
    loop {
        ticks.tick().await;
        upstream.drop_kept(false);
        round = round.wrapping_add(1);
        check(&upstream, round.is_multiple_of(OFFER_EVERY)).await;
    }
}

/// Checks an upstream once. `offer`: it is offered a PROXY header even if it
/// refused one before.
pub(super) async fn check(upstream: &Upstream, offer: bool) {
    let offers = upstream.asks_for_header() && (offer || upstream.takes_header());
    if offers && probe(upstream, true).await.is_ok() {
        if upstream.set_takes_header(true) {
            tracing::info!(upstream = upstream.name(), "takes the PROXY protocol");
        }
        return alive(upstream);
    }
    match probe(upstream, false).await {
        Ok(()) => {
            if offers {
                refused_header(upstream);
            }
            alive(upstream);
        }
        Err(error) => {
            if upstream.set_lives(false) {
                tracing::warn!(upstream = upstream.name(), %error, "an upstream is down");
            }
        }
    }
}

fn alive(upstream: &Upstream) {
    if upstream.set_lives(true) {
        tracing::info!(upstream = upstream.name(), "an upstream is back");
    }
}

fn refused_header(upstream: &Upstream) {
    upstream.set_takes_header(false);
    tracing::warn!(
        upstream = upstream.name(),
        "takes no PROXY protocol from here, so that it sees this proxy's address on parlor/1; \
         name this proxy in the key proxies of its configuration"
    );
}

async fn probe(upstream: &Upstream, with_header: bool) -> io::Result<()> {
    let header = with_header.then(|| header(None));
    let wire = upstream.connect(header.as_deref()).await?;
    timeout(ANSWER_TIME, ask(wire, upstream.name()))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

async fn ask(wire: Wire, host: &str) -> io::Result<()> {
    let request = Request::get(PATH).header("host", host);
    let request = request.body(Upload::none()).map_err(io::Error::other)?;
    let mut line = Line::over(wire).await.map_err(io::Error::other)?;
    let answer = line.ask(request, ANSWER_TIME, None).await;
    let answer = answer.ok_or(io::ErrorKind::TimedOut)?;
    let answer = answer.map_err(|unanswered| io::Error::other(unanswered.error))?;
    if answer.status().is_server_error() {
        return Err(io::Error::other(format!("it answers {}", answer.status())));
    }
    Ok(())
}
