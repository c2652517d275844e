//! `files` and `delete_file`.

use std::net::IpAddr;

use parlor_protocol::request::{DeleteFile, Files};
use parlor_protocol::{Code, ErrorLine, Reply, limits};

use super::{page, rank};
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::endpoint::SignedIn;
use crate::state::State;
use crate::storage::{FileQuery, FileRecord};

/// The refusal of a file that does not exist, or not for this user.
pub(crate) fn no_such_file(id: &str) -> ErrorLine {
    let shown: String = id.chars().take(64).collect();
    ErrorLine::new(Code::NoSuchFile, format!("There is no file {shown}."))
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
    let may = state.directory.read(|tables| {
        let access = tables.access_to(who.user, record.room)?;
        Some(is_owner || access.moderates())
    });
    match may {
        None => return Err(no_such_file(id)),
        Some(false) => {
            let message = "This file is somebody else's. Ask its owner, or a moderator.";
            return Err(rank::forbidden(message));
        }
        Some(true) => {}
    }
    let audit = (!is_owner).then(|| {
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
    state.bus.outdate(record.room);
    state.files.content_loosened();
    Ok(())
}
