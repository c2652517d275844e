//! Pages from the store where it has them whole, else from the server, whose
//! answer goes into the store first: a page is always read from there.

use std::time::Duration;

use parlor_protocol::limits::HISTORY_LIMIT;
use parlor_protocol::request::History;
use parlor_protocol::{Code, Message, Reply};

use crate::actor::Fetch;
use crate::history::{HistoryPage, Place};
use crate::item::Item;
use crate::session::{Handle, RequestError};
use crate::store::{LocalPage, Store};

/// Times that a page is completed from the server. One is enough where messages
/// are short; a line holds fewer long ones than a page. What is there then is a page.
const FETCHES: usize = 8;

/// The longest that a page waits because the server says "not so fast".
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// A page of a room.
pub(crate) async fn page(
    handle: &Handle,
    store: &Store,
    room: &str,
    place: Place,
    limit: usize,
) -> Result<HistoryPage, RequestError> {
    let limit = limit.clamp(1, HISTORY_LIMIT);
    let Some(cursor) = store.cursor(room).await? else {
        return elsewhere(handle, room, place, limit).await;
    };
    let pages = Pages {
        handle,
        store,
        room,
    };
    match place {
        Place::Newest => pages.before(cursor, limit).await,
        Place::Before(seq) => pages.before(cursor.min(seq.saturating_sub(1)), limit).await,
        Place::After(seq) => pages.after(seq.saturating_add(1), limit).await,
        Place::Around(seq) => {
            let older = pages.before(cursor.min(seq), limit.div_ceil(2)).await?;
            let newer = pages
                .after(seq.saturating_add(1), (limit / 2).max(1))
                .await?;
            Ok(HistoryPage {
                more_before: older.more_before,
                more_after: newer.more_after,
                offline: older.offline || newer.offline,
                items: older.items.into_iter().chain(newer.items).collect(),
            })
        }
    }
}

/// One message.
pub(crate) async fn message(
    handle: &Handle,
    store: &Store,
    room: &str,
    seq: u64,
) -> Result<Option<Message>, RequestError> {
    if let Some(item) = store.item(room, seq).await? {
        return Ok(item.message().cloned());
    }
    let request = History {
        room: room.to_owned(),
        before: Some(seq.saturating_add(1)),
        after: None,
        limit: Some(1),
    };
    match handle.request(request).await? {
        Reply::History { messages, .. } => {
            Ok(messages.into_iter().find(|message| message.seq == seq))
        }
        _ => Err(RequestError::Unexpected),
    }
}

/// Pages of one room that is followed.
struct Pages<'a> {
    handle: &'a Handle,
    store: &'a Store,
    room: &'a str,
}

impl Pages<'_> {
    async fn before(&self, end: u64, limit: usize) -> Result<HistoryPage, RequestError> {
        for _ in 0..FETCHES {
            let kept = self.store.page_before(self.room, end, limit).await?;
            let Some(lacks) = kept.lacks else {
                return Ok(backward(kept, end, self.cursor().await?, false));
            };
            let fetch = Fetch {
                room: self.room.to_owned(),
                before: Some(lacks),
                after: None,
                limit: limit - kept.messages.min(limit - 1),
            };
            if !self.fetched(fetch).await? {
                return Ok(backward(kept, end, self.cursor().await?, true));
            }
        }
        let kept = self.store.page_before(self.room, end, limit).await?;
        if kept.messages == 0 {
            return Err(RequestError::Unexpected);
        }
        Ok(backward(kept, end, self.cursor().await?, false))
    }

    async fn after(&self, start: u64, limit: usize) -> Result<HistoryPage, RequestError> {
        for _ in 0..FETCHES {
            let kept = self.store.page_after(self.room, start, limit).await?;
            let Some(lacks) = kept.lacks else {
                return Ok(forward(kept, start, false));
            };
            let fetch = Fetch {
                room: self.room.to_owned(),
                before: None,
                after: Some(lacks),
                limit: limit - kept.messages.min(limit - 1),
            };
            if !self.fetched(fetch).await? {
                return Ok(forward(kept, start, true));
            }
        }
        let kept = self.store.page_after(self.room, start, limit).await?;
        if kept.messages == 0 {
            return Err(RequestError::Unexpected);
        }
        Ok(forward(kept, start, false))
    }

    async fn cursor(&self) -> Result<u64, RequestError> {
        Ok(self.store.cursor(self.room).await?.unwrap_or(0))
    }

    /// Fetches into the store; `false` if there is no connection.
    async fn fetched(&self, fetch: Fetch) -> Result<bool, RequestError> {
        match self.handle.fetch(fetch).await {
            Ok(true) => Ok(true),
            Ok(false) => Err(RequestError::Unexpected),
            Err(RequestError::Offline | RequestError::Lost | RequestError::Ended) => Ok(false),
            Err(RequestError::Refused(error)) if error.code == Code::RateLimited => {
                let wait = error.retry_after.unwrap_or(1.0);
                let wait = wait.clamp(0.05, LONGEST_WAIT.as_secs_f64());
                tokio::time::sleep(Duration::from_secs_f64(wait)).await;
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }
}

fn backward(kept: LocalPage, end: u64, cursor: u64, offline: bool) -> HistoryPage {
    HistoryPage {
        items: kept.items,
        more_before: kept.more || kept.lacks.is_some(),
        more_after: end < cursor,
        offline,
    }
}

fn forward(kept: LocalPage, start: u64, offline: bool) -> HistoryPage {
    HistoryPage {
        items: kept.items,
        more_before: start > 1,
        more_after: kept.more || kept.lacks.is_some(),
        offline,
    }
}

/// A page of a room that one is not in, such as a public room that one looks
/// at before joining: it is not kept.
async fn elsewhere(
    handle: &Handle,
    room: &str,
    place: Place,
    limit: usize,
) -> Result<HistoryPage, RequestError> {
    let (before, after) = match place {
        Place::Newest => (None, None),
        Place::Before(seq) => (Some(seq), None),
        Place::After(seq) => (None, Some(seq)),
        Place::Around(seq) => (Some(seq.saturating_add((limit / 2) as u64)), None),
    };
    let request = History {
        room: room.to_owned(),
        before,
        after,
        limit: Some(limit as u64),
    };
    let Reply::History { messages, more, .. } = handle.request(request).await? else {
        return Err(RequestError::Unexpected);
    };
    let items = messages
        .into_iter()
        .map(|message| Item::Message(Box::new(message)));
    Ok(HistoryPage {
        items: items.collect(),
        more_before: if after.is_some() { true } else { more },
        more_after: if after.is_some() {
            more
        } else {
            before.is_some()
        },
        offline: false,
    })
}
