//! Posts: what stands in the timelines of talks.

use parlor_protocol::{DeviceId, Time};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use super::links::{unknown, way};
use super::tx::{Tx, from_json, maybe_device, maybe_time, parsed, time, to_json};
use super::{PeerStore, Result, changes, files, people, talks};
use crate::peer::person::Way;
use crate::peer::post::{Notice, Post, PostBody, PostReaction, PostState};
use crate::peer::talk::Talk;

const COLUMNS: &str = "place, talk, id, author, device, time, kind, text, reply_to, edited,
    deleted, state, way, failure";

impl PeerStore {
    /// Posts of a talk in rising place: the newest, or those before a place. And whether
    /// there are older ones.
    pub(crate) async fn page(
        &self,
        talk: Talk,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Post>, bool)> {
        self.read_long(move |tx| {
            let before = before.and_then(|place| i64::try_from(place).ok());
            let mut posts = tx.all(
                &format!(
                    "SELECT {COLUMNS} FROM posts WHERE talk = ?1 AND place < ?2
                     ORDER BY place DESC LIMIT ?3"
                ),
                params![talk.to_string(), before.unwrap_or(i64::MAX), limit + 1],
                read,
            )?;
            let more = posts.len() > limit;
            posts.truncate(limit);
            posts.reverse();
            Ok((fill(tx, posts)?, more))
        })
        .await
    }

    /// Posts with all of these words in their text, the newest first.
    pub(crate) async fn search(
        &self,
        words: &str,
        talk: Option<Talk>,
        limit: usize,
    ) -> Result<Vec<Post>> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.read_long(move |tx| {
            if words.is_empty() {
                return Ok(Vec::new());
            }
            let mut statement = tx.statement(&format!(
                "SELECT {COLUMNS} FROM posts WHERE kind = 'text' AND NOT deleted
                     AND (?1 IS NULL OR talk = ?1) ORDER BY place DESC"
            ))?;
            let mut rows = statement.query([talk.map(|talk| talk.to_string())])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let text = row.get_ref(7)?.as_str()?.to_lowercase();
                if words.iter().all(|word| text.contains(word)) {
                    found.push(read(row)?);
                    if found.len() >= limit {
                        break;
                    }
                }
            }
            fill(tx, found)
        })
        .await
    }

    /// One post, by its mark.
    pub(crate) async fn post(&self, talk: Talk, id: &str) -> Result<Option<Post>> {
        let id = id.to_owned();
        self.read(move |tx| {
            let found = tx.maybe(
                &format!(
                    "SELECT {COLUMNS} FROM posts WHERE talk = ?1 AND id = ?2 AND kind <> 'notice'
                     ORDER BY place LIMIT 1"
                ),
                params![talk.to_string(), id],
                read,
            )?;
            Ok(fill(tx, found.into_iter().collect())?.pop())
        })
        .await
    }
}

/// A post that is to be kept.
pub(super) struct New<'a> {
    pub(super) talk: &'a Talk,
    pub(super) id: &'a str,
    pub(super) author: &'a str,
    pub(super) device: Option<DeviceId>,
    pub(super) time: Time,
    /// The text; `None` for a file, which is a row of its own.
    pub(super) text: Option<&'a str>,
    pub(super) reply_to: Option<&'a str>,
    pub(super) state: PostState,
}

/// Whether a post with this mark is here.
pub(super) fn is_here(tx: &Tx<'_>, device: &DeviceId, id: &str) -> rusqlite::Result<bool> {
    tx.exists(
        "SELECT 1 FROM posts WHERE device = ?1 AND id = ?2 AND kind <> 'notice'",
        params![device.to_string(), id],
    )
}

/// Keeps a post, and what was said of it before it came.
pub(super) fn insert(tx: &Tx<'_>, new: &New<'_>) -> rusqlite::Result<()> {
    let (state, way, failure) = words(&new.state);
    tx.run(
        "INSERT INTO posts (talk, id, author, device, time, kind, text, reply_to, state, way,
             failure, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            new.talk.to_string(),
            new.id,
            new.author,
            new.device.map(|device| device.to_string()),
            new.time.as_millis(),
            if new.text.is_some() { "text" } else { "file" },
            new.text.unwrap_or_default(),
            new.reply_to,
            state,
            way,
            failure,
            tx.rev()?,
        ],
    )?;
    talks::raise(tx, new.talk)?;
    changes::apply_early(tx, new.talk, new.id)
}

/// A notice as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Kept {
    NewDevice { device: DeviceId, label: String },
    KeyChanged { device: DeviceId, label: String },
    DeviceRevoked { device: DeviceId, label: String },
    Compared,
    Differs,
    Forked { device: DeviceId },
}

impl From<Notice> for Kept {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::NewDevice { device, label } => Self::NewDevice { device, label },
            Notice::KeyChanged { device, label } => Self::KeyChanged { device, label },
            Notice::DeviceRevoked { device, label } => Self::DeviceRevoked { device, label },
            Notice::Compared => Self::Compared,
            Notice::Differs => Self::Differs,
            Notice::Forked { device } => Self::Forked { device },
        }
    }
}

impl From<Kept> for Notice {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::NewDevice { device, label } => Self::NewDevice { device, label },
            Kept::KeyChanged { device, label } => Self::KeyChanged { device, label },
            Kept::DeviceRevoked { device, label } => Self::DeviceRevoked { device, label },
            Kept::Compared => Self::Compared,
            Kept::Differs => Self::Differs,
            Kept::Forked { device } => Self::Forked { device },
        }
    }
}

/// Keeps a notice about a user.
pub(super) fn notice(
    tx: &Tx<'_>,
    talk: &Talk,
    about: &str,
    notice: &Notice,
    now: Time,
) -> rusqlite::Result<()> {
    tx.run(
        "INSERT INTO posts (talk, id, author, time, kind, text, state, rev)
         VALUES (?1, '', ?2, ?3, 'notice', ?4, 'here', ?5)",
        params![
            talk.to_string(),
            about,
            now.as_millis(),
            to_json(&Kept::from(notice.clone()))?,
            tx.rev()?,
        ],
    )?;
    talks::raise(tx, talk)
}

fn words(state: &PostState) -> (&'static str, Option<&'static str>, Option<&str>) {
    match state {
        PostState::OnItsWay => ("on_its_way", None, None),
        PostState::Sealed => ("sealed", None, None),
        PostState::Delivered(way) => ("delivered", Some(way.as_str()), None),
        PostState::Failed(why) => ("failed", None, Some(why)),
        PostState::Received(way) => ("received", Some(way.as_str()), None),
        PostState::Here => ("here", None, None),
    }
}

fn read_state(row: &Row<'_>, first: usize) -> rusqlite::Result<PostState> {
    Ok(match row.get_ref(first)?.as_str()? {
        "on_its_way" => PostState::OnItsWay,
        "sealed" => PostState::Sealed,
        "delivered" => PostState::Delivered(way(row, first + 1)?),
        "failed" => PostState::Failed(row.get(first + 2)?),
        "received" => PostState::Received(way(row, first + 1)?),
        "here" => PostState::Here,
        other => return Err(unknown(first, other)),
    })
}

/// How one's own post stands, if there is one with this mark.
pub(super) fn own_state(
    tx: &Tx<'_>,
    talk: &Talk,
    id: &str,
) -> rusqlite::Result<Option<(u64, PostState)>> {
    tx.maybe(
        "SELECT place, state, way, failure FROM posts
         WHERE talk = ?1 AND id = ?2 AND kind <> 'notice' AND author = ?3 AND state <> 'here'",
        params![talk.to_string(), id, tx.me],
        |row| Ok((row.get(0)?, read_state(row, 1)?)),
    )
}

/// Brings one's own post, which stands as `from`, to another state.
pub(super) fn set_state(
    tx: &Tx<'_>,
    talk: &Talk,
    (place, from): (u64, &PostState),
    to: &PostState,
) -> rusqlite::Result<()> {
    if from == to {
        return Ok(());
    }
    let (state, way, failure) = words(to);
    tx.run(
        "UPDATE posts SET state = ?2, way = ?3, failure = ?4, rev = ?5 WHERE place = ?1",
        params![place, state, way, failure, tx.rev()?],
    )?;
    if let Talk::Direct(user) = talk
        && (*from == PostState::Sealed || *to == PostState::Sealed)
    {
        people::raise(tx, user)?;
    }
    Ok(())
}

/// Who is told of one's own post has it.
pub(super) fn delivered(tx: &Tx<'_>, talk: &Talk, id: &str, way: Way) -> rusqlite::Result<()> {
    if let Some((place, state)) = own_state(tx, talk, id)?
        && !matches!(state, PostState::Delivered(_))
    {
        set_state(tx, talk, (place, &state), &PostState::Delivered(way))?;
    }
    Ok(())
}

/// A post is shown otherwise now.
pub(super) fn raise(tx: &Tx<'_>, talk: &Talk, id: &str) -> rusqlite::Result<()> {
    tx.run(
        "UPDATE posts SET rev = ?3 WHERE talk = ?1 AND id = ?2 AND kind <> 'notice'",
        params![talk.to_string(), id, tx.rev()?],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Post> {
    let body = match row.get_ref(6)?.as_str()? {
        "notice" => PostBody::Notice(from_json::<Kept>(row, 7)?.into()),
        // A file's row is read in `fill`.
        _ => PostBody::Text(row.get(7)?),
    };
    Ok(Post {
        place: row.get(0)?,
        talk: parsed(row, 1)?,
        id: row.get(2)?,
        from: row.get(3)?,
        device: maybe_device(row, 4)?,
        time: time(row, 5)?,
        body,
        reply_to: row.get(8)?,
        edited: maybe_time(row, 9)?,
        deleted: row.get(10)?,
        reactions: Vec::new(),
        state: read_state(row, 11)?,
    })
}

fn fill(tx: &Tx<'_>, mut posts: Vec<Post>) -> rusqlite::Result<Vec<Post>> {
    for post in &mut posts {
        if matches!(post.body, PostBody::Notice(_)) {
            continue;
        }
        if let PostBody::Text(text) = &post.body
            && text.is_empty()
            && let Some(file) = files::shown(tx, &post.talk, &post.id)?
        {
            post.body = PostBody::File(Box::new(file));
        }
        post.reactions = reactions(tx, &post.talk, &post.id)?;
    }
    Ok(posts)
}

fn reactions(tx: &Tx<'_>, talk: &Talk, id: &str) -> rusqlite::Result<Vec<PostReaction>> {
    let given = tx.all(
        "SELECT emoji, username FROM reactions WHERE talk = ?1 AND target = ?2 AND given
         ORDER BY at, change",
        params![talk.to_string(), id],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    )?;
    let mut reactions: Vec<PostReaction> = Vec::new();
    for (emoji, username) in given {
        match reactions.iter_mut().find(|known| known.emoji == emoji) {
            Some(known) => known.by.push(username),
            None => reactions.push(PostReaction {
                emoji,
                by: vec![username],
            }),
        }
    }
    Ok(reactions)
}

/// Up to `limit` posts that changed after this number and place, by those.
pub(super) fn since(
    tx: &Tx<'_>,
    (rev, place): (u64, u64),
    limit: usize,
) -> rusqlite::Result<Vec<(u64, Post)>> {
    let rows = tx.all(
        &format!(
            "SELECT {COLUMNS}, rev FROM posts WHERE (rev, place) > (?1, ?2)
             ORDER BY rev, place LIMIT ?3"
        ),
        params![rev, place, limit],
        |row| Ok((row.get::<_, u64>(14)?, read(row)?)),
    )?;
    let (revs, posts): (Vec<u64>, Vec<Post>) = rows.into_iter().unzip();
    Ok(revs.into_iter().zip(fill(tx, posts)?).collect())
}

/// The bytes of a text that a post may have.
pub(super) const TEXT_BYTES: usize = parlor_protocol::limits::TEXT_BYTES;
