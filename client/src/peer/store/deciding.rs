//! Files of one's own, and what one decides about those of others: for handles of any process.

use std::path::{Path, PathBuf};

use parlor_protocol::{Time, file_name};
use rusqlite::params;

use super::row::Wish;
use super::tx::Tx;
use super::writing::{Result, Written, after, closed, not_here, own_post, refused, take_back};
use super::{PeerStore, files, offers, own, people, posts, talks, wishes};
use crate::peer::post::{PeerFileState, PostState};
use crate::peer::talk::Talk;
use crate::random;
use crate::store::path_bytes;

impl PeerStore {
    /// Offers a file to a person, once it is hashed. Answers its id.
    pub(crate) async fn send_file(
        &self,
        talk: Talk,
        path: PathBuf,
        size: u64,
        now: Time,
    ) -> Result<String> {
        self.ask(move |tx| send_file(tx, &talk, &path, size, now))
            .await
    }

    /// Accepts an offered file, to this place.
    pub(crate) async fn accept_file(&self, id: String, to: PathBuf) -> Result<()> {
        self.ask(move |tx| accept_file(tx, &id, &to)).await
    }

    /// Declines an offered file, or takes one's own back.
    pub(crate) async fn cancel_file(&self, id: String, now: Time) -> Result<()> {
        self.ask(move |tx| cancel_file(tx, &id, now)).await
    }

    /// Holds a file up, or lets it go on.
    pub(crate) async fn pause_file(&self, id: String, paused: bool) -> Result<()> {
        self.ask(move |tx| pause_file(tx, &id, paused)).await
    }
}

fn send_file(tx: &Tx<'_>, talk: &Talk, path: &Path, size: u64, now: Time) -> Written<String> {
    let Talk::Direct(to) = talk else {
        return refused("Files go to one person: open the talk with them.");
    };
    if let Some(why) = closed(tx, talk)? {
        return Ok(Err(why));
    }
    let id = random::nonce();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = file_name::clean(&name);
    let device = own::device(tx)?.map(|(device, _)| device);
    talks::ensure(tx, talk)?;
    people::ensure(tx, to)?;
    offers::insert_own(tx, talk, (&id, device), (&name, size), path)?;
    posts::insert(
        tx,
        &posts::New {
            talk,
            id: &id,
            author: tx.me,
            device,
            time: now,
            text: None,
            reply_to: None,
            state: PostState::OnItsWay,
        },
    )?;
    Ok(Ok(id))
}

fn accept_file(tx: &Tx<'_>, id: &str, to: &Path) -> Written<()> {
    let Some(file) = files::get(tx, id)?.filter(|file| !file.mine) else {
        return not_here("offered file");
    };
    match file.state {
        PeerFileState::Offered | PeerFileState::Declined | PeerFileState::Failed(_) => {}
        PeerFileState::Cancelled => return refused("It was taken back by who sent it."),
        PeerFileState::Done => return refused("It is here already."),
        _ => return refused("It is on its way already."),
    }
    if let Talk::Direct(user) = &file.talk
        && people::blocked(tx, user)?
    {
        return refused("This person is blocked: unblock them first.");
    }
    tx.run(
        "UPDATE files SET path = ?2 WHERE id = ?1",
        params![id, path_bytes(to)],
    )?;
    tx.run(
        "DELETE FROM wishes WHERE kind = 'reject' AND arg = ?1",
        [id],
    )?;
    files::decide(tx, id, &PeerFileState::Waiting)?;
    Ok(Ok(()))
}

fn cancel_file(tx: &Tx<'_>, id: &str, now: Time) -> Written<()> {
    let Some(file) = files::get(tx, id)? else {
        return not_here("file");
    };
    if matches!(
        file.state,
        PeerFileState::Done | PeerFileState::Declined | PeerFileState::Cancelled
    ) {
        return refused("It is over already.");
    }
    if file.mine {
        let before = own_post(tx, &file.talk, id)?.map(|(_, before)| before);
        files::decide(tx, id, &PeerFileState::Cancelled)?;
        if let Some(before) = before {
            take_back(tx, &file.talk, id, after(now, before))?;
        }
        return Ok(Ok(()));
    }
    files::decide(tx, id, &PeerFileState::Declined)?;
    if let Some(device) = file.device {
        let id = id.to_owned();
        wishes::add(tx, &Wish::Reject { id, device })?;
    }
    Ok(Ok(()))
}

fn pause_file(tx: &Tx<'_>, id: &str, paused: bool) -> Written<()> {
    let Some(file) = files::get(tx, id)? else {
        return not_here("file");
    };
    if files::is_over(&file.state) {
        return refused("It is over already.");
    }
    match (paused, file.state == PeerFileState::Paused) {
        (true, false) if !file.mine && file.state == PeerFileState::Offered => {
            return refused("It is not accepted yet.");
        }
        (true, false) => files::decide(tx, id, &PeerFileState::Paused)?,
        (false, true) => files::go_on(tx, id)?,
        _ => {}
    }
    Ok(Ok(()))
}
