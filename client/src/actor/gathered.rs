//! What a batch of lines leads to.

use bytes::Bytes;
use parlor_protocol::reply::Sent;
use parlor_protocol::{Code, ErrorLine, LogEvent, Reply};
use tokio::sync::oneshot;

use super::Fetch;
use crate::event::Event;
use crate::outgoing::{Outgoing, OutgoingState};
use crate::session::{Answer, RequestError};
use crate::store::{Change, Page};

/// What a batch of lines leads to, once what they change is kept.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) changes: Vec<Change>,
    /// Events outside the store, told after the ones it makes.
    pub(super) events: Vec<Event>,
    pub(super) answers: Vec<(oneshot::Sender<Result<Answer, RequestError>>, Answer)>,
    pub(super) pages: Vec<(oneshot::Sender<Result<bool, RequestError>>, bool)>,
    /// How far rooms were followed: true only once it is kept.
    pub(super) seen: Vec<(String, u64)>,
    pub(super) sent: Vec<Outgoing>,
    pub(super) page_done: bool,
    pub(super) page_failed: bool,
    pub(super) read_done: bool,
    pub(super) signed_in: bool,
}

impl Gathered {
    /// A message of the outbox is kept.
    pub(super) fn sent(&mut self, mut outgoing: Outgoing, sent: Sent, answer: Bytes) {
        outgoing.state = OutgoingState::Sent {
            seq: sent.seq,
            time: sent.time,
            answer: Some(answer.clone()),
        };
        self.changes.push(Change::Sent {
            nonce: outgoing.nonce.clone(),
            sent,
            answer,
        });
        self.sent.push(outgoing);
    }

    /// A page came, for somebody or for the store alone.
    pub(super) fn fetched(
        &mut self,
        page: Result<Page, RequestError>,
        to: Option<oneshot::Sender<Result<bool, RequestError>>>,
    ) {
        self.page_done |= to.is_none();
        match page {
            Ok(page) => {
                let any = !page.messages.is_empty() || !page.more;
                self.changes.push(Change::Page(page));
                self.pages.extend(to.map(|to| (to, any)));
            }
            Err(error) => match to {
                Some(to) => drop(to.send(Err(error))),
                None => self.page_failed = true,
            },
        }
    }
}

/// A page as the store takes it.
pub(super) fn page(
    fetch: Fetch,
    reply: Reply,
    meanwhile: Vec<LogEvent>,
    overrun: bool,
) -> Result<Page, RequestError> {
    let (messages, more) = match reply {
        Reply::History {
            room,
            messages,
            more,
        } if room == fetch.room => (messages, more),
        Reply::Error(error) => return Err(RequestError::Refused(error)),
        _ => return Err(RequestError::Unexpected),
    };
    if overrun {
        let busy = "Too much happened in the room meanwhile: try again.";
        return Err(RequestError::Refused(ErrorLine::new(Code::Internal, busy)));
    }
    let rising = messages.windows(2).all(|pair| pair[0].seq < pair[1].seq);
    let inside = messages.iter().all(|message| {
        fetch.before.is_none_or(|before| message.seq < before)
            && fetch.after.is_none_or(|after| message.seq > after)
    });
    if !rising || !inside || (messages.is_empty() && more) {
        return Err(RequestError::Unexpected);
    }
    Ok(Page {
        room: fetch.room,
        before: fetch.before,
        after: fetch.after,
        messages,
        more,
        meanwhile,
    })
}
