//! `files` and `delete_file`.

use std::net::IpAddr;

use parlor_protocol::request::{DeleteFile, Files};
use parlor_protocol::{Code, ErrorLine, Reply, limits};

use super::{page, rank};
use crate::directory::Tables;
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::endpoint::SignedIn;
use crate::state::State;
use crate::storage::{Audience, FileQuery, FileRecord, UserId};

/// The refusal of a file that does not exist, or not for this user.
pub(crate) fn no_such_file(id: &str) -> ErrorLine {
    let shown: String = id.chars().take(64).collect();
    ErrorLine::new(Code::NoSuchFile, format!("There is no file {shown}."))
}

/// Whether a user may have a file of this maker's.
pub(crate) fn may_have(tables: &Tables, user: UserId, maker: UserId, audience: Audience) -> bool {
    match audience {
        Audience::Room(room) => tables.access_to(user, room).is_some(),
        Audience::SealedFor(receiver) => user == maker || user == receiver,
    }
}

/// Refuses a list of files that no message can show.
///
/// # Errors
///
/// `bad_request`; whether the files exist is decided when the message is kept.
pub(super) fn check_shown(files: &[String]) -> Result<(), ErrorLine> {
    if files.len() > limits::FILES_PER_MESSAGE {
        let most = limits::FILES_PER_MESSAGE;
        let what = format!("a message shows at most {most}. Send the rest in another.");
        return Err(bad_request("files", &what));
    }
    for (at, id) in files.iter().enumerate() {
        if files[..at].contains(id) {
            return Err(bad_request("files", "each file is wanted once."));
        }
    }
    Ok(())
}

/// `files`: those of a room, or of all rooms whose history one may read.
pub(crate) async fn list(c: Context, request: Files) -> Answer {
    let limit = page::limit(request.limit, limits::FILES_LIMIT)?;
    let rooms = c.state.directory.check(|tables| match &request.room {
        Some(room) => Ok(vec![tables.access(c.who.user, room)?.place.id()]),
        None => Ok(tables.readable_rooms(c.who.user)),
    })?;
    let query = FileQuery {
        rooms,
        before: request.before,
        limit,
    };
    let found = c.state.storage.files(query).await;
    let found = found.map_err(|error| storage_error(&error))?;
    let (mut files, mut more) = (found.files, found.more);
    let fits = page::fitting(files.iter());
    more |= fits < files.len();
    files.truncate(fits);
    Ok(Reply::Files { files, more })
}

/// `delete_file`: by its owner, or the room's moderators.
pub(crate) async fn delete(c: Context, request: DeleteFile) -> Answer {
    let found = c.state.storage.file(&request.file).await;
    let record = found.map_err(|error| storage_error(&error))?;
    let record = record.ok_or_else(|| no_such_file(&request.file))?;
    remove(&c.state, &c.who, c.endpoint.address, &record).await?;
    Ok(Reply::Done {})
}

/// Deletes a file, whichever way it was asked for. What others' files a
/// moderator deletes is written down.
///
/// # Errors
///
/// `no_such_file` who may not see it, `forbidden` who may not delete it.
pub(crate) async fn remove(
    state: &State,
    who: &SignedIn,
    address: IpAddr,
    record: &FileRecord,
) -> Result<(), ErrorLine> {
    let id = &record.file.id;
    let is_owner = record.user == who.user;
    let may = state.directory.read(|tables| match record.audience {
        Audience::Room(room) => {
            let access = tables.access_to(who.user, room)?;
            Some(is_owner || access.moderates())
        }
        // Who has it may erase it, as its maker may.
        Audience::SealedFor(receiver) => (is_owner || receiver == who.user).then_some(true),
    });
    match may {
        None => return Err(no_such_file(id)),
        Some(false) => {
            let message = "This file is somebody else's. Ask its owner, or a moderator.";
            return Err(rank::forbidden(message));
        }
        Some(true) => {}
    }
    let room = record.audience.room();
    let audit = (!is_owner && room.is_some()).then(|| {
        let file = &record.file;
        let detail = format!("{} by {}", file.name, file.by);
        rank::audit_by(
            who,
            address,
            "delete_file",
            &format!("#{} {id}", file.room),
            &detail,
        )
    });
    let deleted = state.storage.delete_file(id, audit).await;
    if !deleted.map_err(|error| storage_error(&error))? {
        return Err(no_such_file(id));
    }
    if let Some(room) = room {
        state.bus.outdate(room);
    }
    state.files.content_loosened();
    Ok(())
}
