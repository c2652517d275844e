//! Effects on the peers' side of an account.

use std::path::{Path, PathBuf};

use iced::{Task, clipboard};
use jiff::Zoned;
use parlor_client::AccountId;
use parlor_client::peer::{PeerError, PeerOptions, Peers};

use super::files::{downloads, home};
use super::{failed, told};
use crate::app::{Message, World};
use crate::controller;
use crate::controller::peer::{Message as Told, PAGE};
use crate::effect::{PeerCommand, Upload};
use crate::locale::tr;
use crate::model::composer::Attached;
use crate::model::local_path;
use crate::picture;
use crate::sending::Said;

/// Posts that a search shows.
const FOUND: usize = 100;
/// The folder of pictures that were pasted: they must stay until they are delivered.
const PASTED: &str = "pasted";

/// How the peers' side of every account behaves on this computer.
pub(crate) fn options(preferences: &crate::model::Preferences) -> PeerOptions {
    PeerOptions {
        label: preferences.label.clone().unwrap_or_default(),
        lan: preferences.lan,
        relay_only: preferences.relay_only,
        ..PeerOptions::default()
    }
}

/// Does something on the peers' side of an account.
pub(super) fn perform(world: &World, account: AccountId, command: PeerCommand) -> Task<Message> {
    let Some(peers) = world.peers.get(&account).cloned() else {
        return not_there(world, account, command);
    };
    match command {
        PeerCommand::Typing(talk) => {
            peers.typing(&talk);
            Task::none()
        }
        PeerCommand::Send {
            talk,
            text,
            reply_to,
        } => {
            let said = Said {
                peers,
                talk,
                text,
                reply_to,
            };
            send(world, account, said)
        }
        PeerCommand::Look(talk, what) => look(world, account, talk, what),
        PeerCommand::Place { id, name } => place(world, account, id, name),
        PeerCommand::Accept { id, to } => {
            let folder = downloads(world.home.dir());
            Task::future(accept(peers, folder, id, to))
                .then(move |answer| of(account.clone(), answer))
        }
        command @ (PeerCommand::Page { .. }
        | PeerCommand::Search { .. }
        | PeerCommand::Edit { .. }
        | PeerCommand::Meet(_)
        | PeerCommand::Learn(_)
        | PeerCommand::Join(_)) => Task::future(ask(peers, command)).then(move |answer| {
            answer.map_or_else(Task::none, |answer| of(account.clone(), answer))
        }),
        command => Task::future(tell(peers, command)).then(|result| match result {
            Ok(()) => Task::none(),
            Err(error) => failed(tr!("peer-failed", why = error.to_string())),
        }),
    }
}

fn of(account: AccountId, message: Told) -> Task<Message> {
    Task::done(told(controller::Message::Peer(account, message)))
}

/// The peers could not be opened, or are not yet: what waits for an answer gets one, and
/// what was written comes back.
fn not_there(world: &World, account: AccountId, command: PeerCommand) -> Task<Message> {
    let why = tr!("peer-not-open");
    let answer = match command {
        PeerCommand::Place { id, name } => return place(world, account, id, name),
        PeerCommand::Page { talk, before } => Told::Paged {
            talk,
            before,
            result: Err(why),
        },
        PeerCommand::Send {
            talk,
            text,
            reply_to,
        } => Told::NotSent {
            talk,
            text,
            answers: reply_to.map(|(_, place)| place),
            why,
        },
        PeerCommand::Edit {
            talk, place, text, ..
        } => Told::NotEdited {
            talk,
            place,
            text,
            why,
        },
        PeerCommand::Look(talk, what) => Told::Looked {
            talk,
            typed: matches!(what, Upload::Typed(_)),
            result: Err(why),
        },
        PeerCommand::Accept { id, .. } => Told::Accepted {
            id,
            result: Err(why),
        },
        PeerCommand::Meet(username) => Told::Met(username, Err(why)),
        PeerCommand::Join(channel) => Told::Joined(channel, Err(why)),
        PeerCommand::Search { asked, talk, .. } => Told::Found {
            asked,
            within: talk.is_some(),
            result: Err(why),
        },
        // Said by itself once they open, or again with the next key.
        PeerCommand::Open(_)
        | PeerCommand::Learn(_)
        | PeerCommand::Typing(_)
        | PeerCommand::Read(..)
        | PeerCommand::Behave { .. } => return Task::none(),
        _ => return failed(tr!("peer-failed", why = why)),
    };
    of(account, answer)
}

/// Writes a post, in the order in which they were written.
fn send(world: &World, account: AccountId, said: Said) -> Task<Message> {
    let kept = world.saying.put(said, |said| async move {
        let Said {
            peers,
            talk,
            text,
            reply_to,
        } = said;
        let answers = reply_to.as_ref().map(|(id, _)| id.as_str());
        let sent = peers.send(&talk, &text, answers).await;
        sent.err().map(|error| Told::NotSent {
            talk,
            text,
            answers: reply_to.map(|(_, place)| place),
            why: error.to_string(),
        })
    });
    Task::future(kept).then(move |failure| {
        let failure = failure.flatten();
        failure.map_or_else(Task::none, |message| of(account.clone(), message))
    })
}

/// Accepts an offered file to a path. A new user may have no folder for downloads yet; any other
/// must be there, for it may be misspelt.
async fn accept(peers: Peers, downloads: PathBuf, id: String, to: PathBuf) -> Told {
    let to = typed(&to);
    if to.parent() == Some(&downloads) {
        // Why it cannot be made, the client says.
        let _ = tokio::fs::create_dir_all(&downloads).await;
    }
    let accepted = peers.accept_file(&id, to).await;
    let result = accepted.map_err(|error| error.to_string());
    Told::Accepted { id, result }
}

/// What has an answer of its own.
async fn ask(peers: Peers, command: PeerCommand) -> Option<Told> {
    let why = |error: PeerError| error.to_string();
    Some(match command {
        PeerCommand::Page { talk, before } => {
            let result = peers.page(&talk, before, PAGE).await.map_err(why);
            Told::Paged {
                talk,
                before,
                result,
            }
        }
        PeerCommand::Search { asked, words, talk } => Told::Found {
            asked,
            within: talk.is_some(),
            result: peers
                .search(&words, talk.as_ref(), FOUND)
                .await
                .map_err(why),
        },
        PeerCommand::Edit {
            talk,
            id,
            place,
            text,
        } => match peers.edit(&talk, &id, &text).await {
            Ok(()) => return None,
            Err(error) => Told::NotEdited {
                talk,
                place,
                text,
                why: why(error),
            },
        },
        PeerCommand::Meet(username) => {
            let met = peers.person(&username).await;
            Told::Met(username, met.map(Box::new).map_err(why))
        }
        PeerCommand::Learn(username) => match peers.person(&username).await {
            Ok(person) => Told::Learnt(Box::new(person)),
            Err(error) => {
                tracing::warn!(%error, "nothing was learnt of a person");
                return None;
            }
        },
        PeerCommand::Join(channel) => {
            let result = peers.join(&channel).await.map_err(why);
            Told::Joined(channel, result)
        }
        // The others were done by the caller.
        _ => return None,
    })
}

/// What is done, and of which only a failure is told.
async fn tell(peers: Peers, command: PeerCommand) -> Result<(), PeerError> {
    match command {
        PeerCommand::Open(talk) => peers.open(&talk).await,
        PeerCommand::Delete(talk, id) => peers.delete(&talk, &id).await,
        PeerCommand::React {
            talk,
            id,
            emoji,
            on,
        } => peers.react(&talk, &id, &emoji, on).await,
        PeerCommand::Retry(talk, id) => peers.retry(&talk, &id).await,
        PeerCommand::Read(talk, place) => peers.read(&talk, place).await,
        PeerCommand::Draft(talk, text) => peers.draft(&talk, &text).await,
        PeerCommand::SendFile(talk, path) => peers.send_file(&talk, path).await.map(drop),
        PeerCommand::CancelFile(id) => peers.cancel_file(&id).await,
        PeerCommand::PauseFile(id, paused) => peers.pause_file(&id, paused).await,
        PeerCommand::Compared(username, same) => peers.compared(&username, same).await,
        PeerCommand::AcceptDevice(username, device) => {
            peers.accept_device(&username, &device).await
        }
        PeerCommand::Block(username, blocked) => peers.block(&username, blocked).await,
        PeerCommand::Revoke(device) => peers.revoke(&device).await,
        PeerCommand::Leave(channel) => peers.leave(&channel).await,
        PeerCommand::Forget(talk) => peers.forget(&talk).await,
        PeerCommand::Behave {
            label,
            lan,
            relay_only,
        } => {
            let options = PeerOptions {
                label,
                lan,
                relay_only,
                ..PeerOptions::default()
            };
            peers.set_options(options).await
        }
        // The others have an answer of their own.
        _ => Ok(()),
    }
}

/// Looks at a file that is to go with the next post.
fn look(
    world: &World,
    account: AccountId,
    talk: parlor_client::peer::Talk,
    what: Upload,
) -> Task<Message> {
    let is_typed = matches!(what, Upload::Typed(_));
    let looked = move |result| {
        let message = Told::Looked {
            talk: talk.clone(),
            typed: is_typed,
            result,
        };
        told(controller::Message::Peer(account.clone(), message))
    };
    match what {
        Upload::Path(path) => Task::future(stat(path)).map(looked),
        Upload::Typed(text) => Task::future(stat(typed(Path::new(&text)))).map(looked),
        Upload::Clipboard => {
            let folder = world.home.dir().join(PASTED);
            clipboard::read()
                .then(move |text| {
                    let folder = folder.clone();
                    Task::future(async move {
                        // A text was pasted by the field that has the keyboard.
                        if text.is_some_and(|text| !text.is_empty()) {
                            return Ok(None);
                        }
                        pasted(folder).await
                    })
                })
                .map(looked)
        }
    }
}

/// A path as people type it: with `~`, in quotes, or as an address of a file.
fn typed(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    local_path::typed(&text, home().as_deref()).unwrap_or_else(|| path.to_owned())
}

async fn stat(path: PathBuf) -> Result<Option<Attached>, String> {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    match tokio::fs::metadata(&path).await {
        Ok(metadata) if metadata.is_file() => Ok(Some(Attached {
            path,
            name,
            size: metadata.len(),
        })),
        Ok(_) => Err(tr!("attach-no-file", name = name)),
        Err(error) => Err(tr!("attach-not-read", name = name, why = error.to_string())),
    }
}

/// The picture on the clipboard, as a file that stays.
async fn pasted(folder: PathBuf) -> Result<Option<Attached>, String> {
    let written = tokio::task::spawn_blocking(move || {
        let Some(bytes) = picture::of_clipboard() else {
            return Ok(None);
        };
        let name = format!("pasted-{}.png", Zoned::now().strftime("%Y-%m-%d-%H.%M.%S"));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(&name);
        std::fs::write(&path, &bytes)?;
        Ok(Some(Attached {
            path,
            name,
            size: bytes.len() as u64,
        }))
    })
    .await
    .unwrap_or_else(|error| Err(std::io::Error::other(error)));
    written.map_err(|error| tr!("attach-not-pasted", why = error.to_string()))
}

/// Asks the user where an offered file is to go.
fn place(world: &World, account: AccountId, id: String, name: String) -> Task<Message> {
    let default = free(&downloads(world.home.dir()), &name);
    let asked = world.picker.place(tr!("save-as-title"), name.clone());
    Task::future(asked).then(move |picked| {
        let placed = Told::Placed {
            id: id.clone(),
            name: name.clone(),
            picked,
            default: default.clone(),
        };
        of(account.clone(), placed)
    })
}

/// A path in this folder where no file is yet: "x.zip", "x (2).zip".
fn free(folder: &Path, name: &str) -> PathBuf {
    /// Beyond so many of one name, the user is left to choose another.
    const TRIED: usize = 100;
    let whole = Path::new(name);
    let stem = whole.file_stem().unwrap_or_default().to_string_lossy();
    let end = whole
        .extension()
        .map(|end| format!(".{}", end.to_string_lossy()))
        .unwrap_or_default();
    let numbered = (2..TRIED).map(|number| folder.join(format!("{stem} ({number}){end}")));
    std::iter::once(folder.join(name))
        .chain(numbered)
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_beside_those_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(free(folder.path(), "x.tar.gz"), at("x.tar.gz"));
        std::fs::write(at("a.zip"), "").unwrap();
        assert_eq!(free(folder.path(), "a.zip"), at("a (2).zip"));
        std::fs::write(at("a (2).zip"), "").unwrap();
        std::fs::write(at("b"), "").unwrap();
        assert_eq!(free(folder.path(), "a.zip"), at("a (3).zip"));
        assert_eq!(free(folder.path(), "b"), at("b (2)"));
    }
}
