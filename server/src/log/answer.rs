//! What a batch tells those who asked for its acts.

use std::sync::Arc;

use bytes::Bytes;
use parlor_protocol::reply::Sent;
use parlor_protocol::{Code, ErrorLine, Reply};

use super::Batch;
use super::entry::Answer;
use crate::outbox::{Outbox, Piece, encode};
use crate::storage::{Appended, Outcome, Refusal, StorageError};

/// Answers to acts of one connection that stand side by side in the batch, and
/// so go out as one piece.
struct Run {
    outbox: Arc<Outbox>,
    lines: Vec<u8>,
    acts: u32,
}

/// Answers everybody whose act was in the batch.
pub(super) fn answer(batch: Batch) {
    let mut run: Option<Run> = None;
    for (index, head) in batch.heads.into_iter().enumerate() {
        let outcome = match &batch.outcomes {
            Ok(outcomes) => Ok(&outcomes[index]),
            Err(error) => Err(error),
        };
        let (outbox, re) = match head.answer {
            Answer::Line { outbox, re } => (outbox, re),
            Answer::Handler(handler) => {
                // A handler always waits; what it waited for would be done all the same.
                let _ = handler.send(outcome.cloned().map_err(Clone::clone));
                continue;
            }
            Answer::Nobody => continue,
        };
        let is_message = matches!(
            batch.acts[index].kind,
            crate::storage::ActKind::Message { .. }
        );
        let line = encode(&reply(outcome, &head.room, is_message), re);
        match &mut run {
            Some(run) if run.outbox.id() == outbox.id() => {
                run.lines.extend_from_slice(&line);
                run.acts += 1;
            }
            _ => {
                let begun = Run {
                    outbox,
                    lines: line.to_vec(),
                    acts: 1,
                };
                if let Some(whole) = run.replace(begun) {
                    send(whole);
                }
            }
        }
    }
    if let Some(last) = run {
        send(last);
    }
}

fn send(run: Run) {
    let piece = Piece {
        bytes: Bytes::from(run.lines),
        events: run.acts,
    };
    run.outbox.answer(piece, run.acts as usize);
}

/// What a connection is told of its act.
fn reply(outcome: Result<&Outcome, &StorageError>, room: &str, is_message: bool) -> Reply {
    let sent = |seq, time, duplicate| {
        Reply::Sent(Sent {
            room: room.to_owned(),
            seq,
            time,
            duplicate,
        })
    };
    match outcome {
        Ok(Outcome::Appended(Appended { seq, time, .. })) if is_message => sent(*seq, *time, false),
        Ok(Outcome::Duplicate { seq, time }) => sent(*seq, *time, true),
        Ok(Outcome::Appended(_) | Outcome::Unchanged) => Reply::Done {},
        Ok(Outcome::Refused(refused)) => Reply::Error(refusal(*refused, room)),
        Err(error) => Reply::Error(crate::dispatch::storage_error(error)),
    }
}

/// What a refused act is told.
pub(crate) fn refusal(refusal: Refusal, room: &str) -> ErrorLine {
    let (code, message) = match refusal {
        Refusal::NoSuchRoom => (Code::NoSuchRoom, format!("#{room} was deleted.")),
        Refusal::NoSuchMessage => (
            Code::NoSuchMessage,
            "There is no such message in this room, or it was deleted.".to_owned(),
        ),
        Refusal::NotYours => (
            Code::Forbidden,
            "This message is somebody else's. Ask its author, or a moderator.".to_owned(),
        ),
        Refusal::NoSuchFile => (
            Code::NoSuchFile,
            format!(
                "One of the files is none of yours in #{room}. Upload it there, and send it then."
            ),
        ),
        Refusal::Empty => (
            Code::BadRequest,
            "text: an empty message says nothing. Delete it instead.".to_owned(),
        ),
        Refusal::TooManyReactions => (
            Code::BadRequest,
            format!(
                "emoji: a message has at most {} different reactions. Use one that it has.",
                parlor_protocol::limits::REACTIONS_PER_MESSAGE
            ),
        ),
    };
    ErrorLine::new(code, message)
}
