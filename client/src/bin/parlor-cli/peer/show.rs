//! Posts as lines for people and for programs.

use std::io;

use parlor_client::peer::{PeerFileState, Post, PostBody, PostState, Talk, Way};
use serde_json::{Value, json};

use crate::print::{Printer, size};

/// How a post came; none of what was written here.
pub(super) fn via(post: &Post) -> Option<&'static str> {
    match &post.state {
        PostState::Received(way) | PostState::Delivered(way) => Some(way.as_str()),
        PostState::Sealed => Some(Way::Held.as_str()),
        _ => None,
    }
}

/// Prints a post of somebody's. `me` is who reads it.
pub(super) fn post(talk: &Talk, post: &Post, me: &str, out: &mut Printer) -> io::Result<()> {
    match &post.body {
        PostBody::Text(text) => {
            out.object(&said(talk, post, me, text))?;
            let shown = match (post.deleted, post.edited) {
                (true, _) => "(deleted)".to_owned(),
                (false, Some(_)) => format!("{text} (edited)"),
                (false, None) => text.clone(),
            };
            let way = via(post).map(|way| format!(" ({way})")).unwrap_or_default();
            let who = format!("{}{way}", post.from);
            out.told(&talk.to_string(), post.time, &who, &shown)
        }
        PostBody::File(file) => {
            let mut object = json!({
                "type": "file_offer", "id": post.id, "from": post.from, "to": me, "channel": "direct",
                "name": file.name, "size": file.size, "blake3": file.blake3, "time": post.time,
            });
            with_via(&mut object, post);
            out.object(&object)?;
            let text = format!("[{}, {}]", file.name, size(file.size));
            out.told(&talk.to_string(), post.time, &post.from, &text)
        }
        PostBody::Notice(_) => Ok(()),
    }
}

/// The object of a text: the line as it came, and `via`.
fn said(talk: &Talk, post: &Post, me: &str, text: &str) -> Value {
    let mut object = match talk {
        Talk::Direct(other) => {
            let to = if post.from == me { other } else { me };
            json!({"type": "chat", "id": post.id, "from": post.from, "to": to,
                   "channel": "direct", "message": text, "time": post.time})
        }
        Talk::Channel(channel) => {
            json!({"type": "broadcast", "id": post.id, "from": post.from,
                   "channel": channel, "message": text, "time": post.time})
        }
    };
    if let Some(reply_to) = &post.reply_to {
        object["reply_to"] = json!(reply_to);
    }
    if let Some(device) = &post.device {
        object["device"] = json!(device);
    }
    if let Some(edited) = &post.edited {
        object["edited"] = json!(edited);
    }
    if post.deleted {
        object["deleted"] = json!(true);
    }
    with_via(&mut object, post);
    object
}

fn with_via(object: &mut Value, post: &Post) {
    if let Some(via) = via(post) {
        object["via"] = json!(via);
    }
}

/// Prints how a file ended that came, or that will not.
pub(super) fn file_end(post: &Post, out: &mut Printer) -> io::Result<()> {
    let PostBody::File(file) = &post.body else {
        return Ok(());
    };
    let path = file.path.as_ref().map(|path| path.display().to_string());
    match &file.state {
        PeerFileState::Done => {
            out.object(&json!({"type": "file_done", "id": file.id, "path": path}))?;
            out.text(&format!("{} is saved.", path.unwrap_or_default()))
        }
        PeerFileState::Failed(why) => {
            out.object(&json!({"type": "file_failed", "id": file.id, "message": why}))?;
            out.text(&format!("{}: {why}", file.name))
        }
        PeerFileState::Cancelled => {
            out.object(&json!({"type": "file_failed", "id": file.id, "message": "taken back"}))?;
            out.text(&format!("{} was taken back.", file.name))
        }
        _ => Ok(()),
    }
}
