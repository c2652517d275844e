//! `peer send`: one message to one person.

use parlor_client::peer::{PostState, Way};
use serde_json::json;
use tokio::time::Instant;

use super::{Side, direct};
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::Printer;
use crate::send::text;

/// What is said where it is not known yet how a message went.
pub(super) const KEPT: &str =
    "the message is kept, and goes when parlor-cli peer or the app runs again";

pub(super) async fn send(
    side: &mut Side,
    user: &str,
    words: String,
    out: &mut Printer,
) -> Result<(), Failure> {
    let talk = direct(user)?;
    let text = text(words, true)?;
    let id = side.peers.send(&talk, &text, None).await?;
    let mut until = Instant::now() + side.wait;
    let followed = side.follow(&talk, &id, &mut until, |post, _| match &post.state {
        PostState::Delivered(way) => Ok(Some(*way)),
        PostState::Sealed => Ok(Some(Way::Held)),
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
        Some(way) => {
            told(&id, way, out)?;
            side.settle(&id).await
        }
        None => Err(side.no_connection(KEPT)),
    }
}

/// How it went.
pub(super) fn told(id: &str, way: Way, out: &mut Printer) -> std::io::Result<()> {
    match way {
        Way::Held => {
            out.object(&json!({"type": "held", "id": id}))?;
            out.text("Held: sealed, at the room server, until their device comes.")
        }
        way => {
            let via = way.as_str();
            out.object(&json!({"type": "delivered", "id": id, "via": via}))?;
            out.text(&format!("Delivered ({via})."))
        }
    }
}
