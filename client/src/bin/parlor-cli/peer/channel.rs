//! `peer channel …`: talks that live on no server.

use parlor_client::peer::{PostState, Talk};
use serde_json::json;
use tokio::time::Instant;

use super::Side;
use super::send::told;
use super::tail::{self, Which};
use crate::args::ChannelCommand;
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::Printer;
use crate::send::text;

/// What is said where nobody was there to take a message.
const KEPT: &str =
    "the message is in the channel here, and goes to the others when this device meets them";

pub(super) async fn channel(
    side: &mut Side,
    command: ChannelCommand,
    out: &mut Printer,
) -> Result<(), Failure> {
    match command {
        ChannelCommand::Join { name } => join(side, &name, out).await,
        ChannelCommand::Send { name, text } => send(side, &name, text, out).await,
        ChannelCommand::Tail { name } => {
            let talk = joined(side, &name)?;
            tail::run(side, Which::One(talk), None, out).await
        }
    }
}

fn named(name: &str) -> Result<Talk, Failure> {
    let name = name.strip_prefix('#').unwrap_or(name);
    format!("#{name}")
        .parse()
        .map_err(|_| Failure::Usage(format!("{name} is no name for a channel")))
}

/// The talk of a channel that one is in.
fn joined(side: &Side, name: &str) -> Result<Talk, Failure> {
    let talk = named(name)?;
    if side.snapshot.talks.iter().any(|state| state.talk == talk) {
        return Ok(talk);
    }
    Err(Failure::Refused(format!(
        "you are not in {talk}: use peer channel join first"
    )))
}

async fn join(side: &mut Side, name: &str, out: &mut Printer) -> Result<(), Failure> {
    let talk = named(name)?;
    let Talk::Channel(channel) = &talk else {
        return Err(Failure::Usage(format!("{name} is no name for a channel")));
    };
    side.peers.join(channel).await?;
    out.object(&json!({"type": "joined", "channel": channel}))?;
    out.text(&format!("You are in {talk}."))?;
    Ok(())
}

async fn send(
    side: &mut Side,
    name: &str,
    words: String,
    out: &mut Printer,
) -> Result<(), Failure> {
    let talk = joined(side, name)?;
    let text = text(words, true)?;
    let id = side.peers.send(&talk, &text, None).await?;
    let mut until = Instant::now() + side.wait;
    let followed = side.follow(&talk, &id, &mut until, |post, _| match &post.state {
        PostState::Delivered(way) => Ok(Some(*way)),
        PostState::Failed(why) => Err(Failure::Refused(why.clone())),
        _ => Ok(None),
    });
    let end = tokio::select! {
        end = followed => end?,
        interrupted = interrupted() => {
            interrupted?;
            return Err(Failure::Refused(format!("interrupted; {KEPT}")));
        }
    };
    match end {
        Some(way) => Ok(told(&id, way, out)?),
        None => {
            out.object(&json!({"type": "kept", "id": id}))?;
            out.text(&format!("Nobody was reached: {KEPT}."))?;
            Ok(())
        }
    }
}
