//! What changed, for those who watch: each change is found by its number, whichever process made it.

use super::tx::{Tx, from_json};
use super::{PeerStore, Result, own, people, posts, talks};
use crate::peer::event::{PeerEvent, PeerSnapshot, Standing};
use crate::peer::post::Post;
use crate::peer::talk::Talk;

/// Posts that are told of at once. What is beyond comes with the next look.
const POSTS: usize = 500;

/// How far somebody has seen the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    rev: u64,
    /// The last post that was seen of those that changed: they come in portions.
    post: (u64, u64),
}

impl Cursor {
    fn at(rev: u64) -> Self {
        Self {
            rev,
            post: (rev, i64::MAX as u64),
        }
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct News {
    /// As facts.
    pub(crate) events: Vec<PeerEvent>,
    /// How far they go.
    pub(crate) seen: Cursor,
}

impl PeerStore {
    /// Everything that is here, once this device was made.
    pub(crate) async fn snapshot(&self) -> Result<Option<(PeerSnapshot, Cursor)>> {
        self.read_long(|tx| {
            let Some((device, label)) = own::device(tx)? else {
                return Ok(None);
            };
            let snapshot = PeerSnapshot {
                device,
                label,
                talks: talks::all(tx)?,
                people: people::all(tx)?,
                standing: own::standing(tx)?,
            };
            Ok(Some((snapshot, Cursor::at(tx.newest()?))))
        })
        .await
    }

    /// What changed since: as things now stand.
    pub(crate) async fn news(&self, seen: Cursor) -> Result<News> {
        self.read(move |tx| news(tx, seen)).await
    }
}

fn news(tx: &Tx<'_>, seen: Cursor) -> rusqlite::Result<News> {
    let newest = tx.newest()?;
    let mut events = Vec::new();
    if newest > seen.rev {
        let people = people::since(tx, seen.rev)?.into_iter();
        events.extend(people.map(|person| PeerEvent::Person(Box::new(person))));
        let talks = talks::since(tx, seen.rev)?.into_iter();
        events.extend(talks.map(|change| match change {
            Ok(state) => PeerEvent::Talk(state),
            Err(gone) => PeerEvent::TalkGone(gone),
        }));
        events.extend(standing(tx, seen.rev)?.map(PeerEvent::Standing));
    }
    let found = posts::since(tx, seen.post, POSTS)?;
    let post = match found.last() {
        Some((rev, post)) if found.len() == POSTS => (*rev, post.place),
        _ => Cursor::at(newest).post,
    };
    let posts = found.into_iter().map(|(_, post)| post).collect();
    events.extend(by_talk(posts));
    let seen = Cursor { rev: newest, post };
    Ok(News { events, seen })
}

fn standing(tx: &Tx<'_>, rev: u64) -> rusqlite::Result<Option<Standing>> {
    tx.maybe("SELECT body FROM standing WHERE rev > ?1", [rev], |row| {
        from_json(row, 0)
    })
}

fn by_talk(mut posts: Vec<Post>) -> Vec<PeerEvent> {
    posts.sort_by(|a, b| a.talk.cmp(&b.talk).then(a.place.cmp(&b.place)));
    let mut told: Vec<(Talk, Vec<Post>)> = Vec::new();
    for post in posts {
        match told.last_mut() {
            Some((talk, posts)) if *talk == post.talk => posts.push(post),
            _ => told.push((post.talk.clone(), vec![post])),
        }
    }
    told.into_iter()
        .map(|(talk, posts)| PeerEvent::Posts { talk, posts })
        .collect()
}
