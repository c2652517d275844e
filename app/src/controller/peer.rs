//! What the peers' side of an account tells: facts of the client's, taken into the model.

use std::path::PathBuf;

use parlor_client::AccountId;
use parlor_client::peer::{PeerEvent, PeerSnapshot, Person, Post, PostBody, Talk};
use parlor_protocol::Time;
use parlor_protocol::reply::Hit;

use crate::controller::{conversation, peer_file, show_room, talk};
use crate::effect::{Effect, PeerCommand};
use crate::locale::tr;
use crate::model::composer::Attached;
use crate::model::peer::{has_device, talk_of};
use crate::model::{Account, Dialog, Found, Model, Screen};
use crate::picker::Picked;
use crate::widget::virtual_list::Target;

/// Posts of a page that shows nothing new: enough for any screen.
pub(crate) const PAGE: usize = 100;

/// What the peers' side of an account tells.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// What happened, in order, and the time now.
    Told(Vec<PeerEvent>, Time),
    /// The peers could not be opened; in plain words.
    NotOpened(String),
    /// A page of posts came, or why it did not, in plain words.
    Paged {
        /// Of which talk.
        talk: Talk,
        /// Those before this place; the newest without it.
        before: Option<u64>,
        /// The posts in rising place, and whether there are older ones.
        result: Result<(Vec<Post>, bool), String>,
    },
    /// Posts with the words of a search, or why there are none.
    Found {
        /// Which search.
        asked: u64,
        /// Within one talk, or in all.
        within: bool,
        /// The newest first.
        result: Result<Vec<Post>, String>,
    },
    /// This computer could not keep a post that was to be sent.
    NotSent {
        /// In which talk.
        talk: Talk,
        /// The text.
        text: String,
        /// The place of the post that it answers.
        answers: Option<u64>,
        /// Why, in plain words.
        why: String,
    },
    /// A post could not be given a new text.
    NotEdited {
        /// In which talk.
        talk: Talk,
        /// Its place.
        place: u64,
        /// The text.
        text: String,
        /// Why, in plain words.
        why: String,
    },
    /// A file that is to go with the next post was looked at: nothing, where nothing was on the clipboard.
    Looked {
        /// In which talk.
        talk: Talk,
        /// Whether its path was typed, and the dialog waits for it.
        typed: bool,
        /// The file, or what is wrong with it, in plain words.
        result: Result<Option<Attached>, String>,
    },
    /// The user said where an offered file is to go, or not.
    Placed {
        /// The offer.
        id: String,
        /// The file's name.
        name: String,
        /// Where.
        picked: Picked<PathBuf>,
        /// Where it goes by itself.
        default: PathBuf,
    },
    /// An offered file was accepted, or why not.
    Accepted {
        /// The offer.
        id: String,
        /// How it went.
        result: Result<(), String>,
    },
    /// A person whom one wants to talk with, or why nothing is known of them.
    Met(String, Result<Box<Person>, String>),
    /// What is known of a person.
    Learnt(Box<Person>),
    /// A peer channel was joined, or why not.
    Joined(String, Result<(), String>),
}

/// The peers' side of an account told something.
pub(crate) fn update(model: &mut Model, id: &AccountId, message: Message) -> Effect {
    match message {
        Message::Told(events, now) => {
            model.now = now;
            let told = events.into_iter().map(|event| one(model, id, event));
            return told.fold(Effect::None, Effect::and);
        }
        Message::NotOpened(why) => {
            model.toasts.failed(why);
            return Effect::None;
        }
        Message::Met(username, result) => {
            let opened = met(model, id, &username, result);
            // Whatever came of it, no key waits for it any more.
            model.window.ahead.drop();
            return opened;
        }
        Message::Joined(channel, result) => {
            let opened = joined(model, id, channel, result);
            model.window.ahead.drop();
            return opened;
        }
        Message::Looked {
            talk,
            typed,
            result,
        } => return talk::looked(model, id, &talk, typed, result),
        Message::Placed {
            id: offer,
            name,
            picked,
            default,
        } => return peer_file::placed(model, id, offer, name, picked, &default),
        Message::Accepted { id, result } => return peer_file::accepted(model, &id, result),
        _ => {}
    }
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    match message {
        Message::Paged {
            talk,
            before,
            result,
        } => paged(account, &talk, before, result),
        Message::Found {
            asked,
            within,
            result,
        } => found(account, asked, within, result),
        Message::NotSent {
            talk,
            text,
            answers,
            why,
        } => conversation::not_kept(account, &talk.to_string(), &text, answers, why),
        Message::NotEdited {
            talk,
            place,
            text,
            why,
        } => conversation::not_edited(account, &talk.to_string(), place, &text, &why),
        Message::Learnt(person) => {
            account
                .peers
                .people
                .insert(person.username.clone(), *person);
            Effect::None
        }
        // The others were taken in above.
        _ => Effect::None,
    }
}

fn one(model: &mut Model, id: &AccountId, event: PeerEvent) -> Effect {
    let now = model.now;
    match event {
        PeerEvent::Loaded(snapshot) => return loaded(model, id, *snapshot),
        PeerEvent::TalkGone(talk) => return gone(model, id, &talk),
        _ => {}
    }
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    match event {
        PeerEvent::Posts { talk, posts } => {
            let me = account.me.username.clone();
            note_files(account, &talk, &posts);
            let kept = account.conversation(&talk.to_string());
            for post in posts.iter().filter(|post| !post.id.is_empty()) {
                kept.wrote(&post.from);
            }
            kept.timeline.put_posts(posts, &me);
        }
        PeerEvent::Talk(state) => {
            account.peers.talks.insert(state.talk.to_string(), state);
        }
        PeerEvent::Person(person) => {
            account
                .peers
                .people
                .insert(person.username.clone(), *person);
        }
        PeerEvent::Typing { talk, username } => {
            let talk = account.conversation(&talk.to_string());
            talk.typing(&username, now);
        }
        PeerEvent::Standing(standing) => account.peers.standing = standing,
        PeerEvent::Loaded(_) | PeerEvent::TalkGone(_) => {}
    }
    Effect::None
}

/// Takes in what posts say of files.
fn note_files(account: &mut Account, talk: &Talk, posts: &[Post]) {
    let me = &account.me.username;
    for post in posts {
        if let PostBody::File(file) = &post.body {
            account.peers.files.put(talk, file, post.from == *me);
        }
    }
}

fn loaded(model: &mut Model, id: &AccountId, snapshot: PeerSnapshot) -> Effect {
    let on_main = matches!(model.screen, Screen::Main) && model.current.as_ref() == Some(id);
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    account.peers.load(snapshot);
    // What happened between the last event and this snapshot is in neither: pages bring it.
    for (name, kept) in &mut account.conversations {
        if talk_of(name).is_some() {
            kept.stale(None);
        }
    }
    let Some(name) = account
        .room
        .clone()
        .filter(|_| account.front_talk().is_some())
    else {
        return Effect::None;
    };
    if !account.has(&name) {
        account.room = account.first_room();
    }
    match account.room.clone() {
        Some(room) if on_main => show_room(model, &room),
        _ => Effect::None,
    }
}

fn gone(model: &mut Model, id: &AccountId, talk: &Talk) -> Effect {
    let on_main = matches!(model.screen, Screen::Main) && model.current.as_ref() == Some(id);
    let name = talk.to_string();
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    account.peers.talks.remove(&name);
    account.peers.files.forget(talk);
    account.conversations.remove(&name);
    if account.room.as_deref() != Some(&name) {
        return Effect::None;
    }
    account.room = account.first_room();
    match account.room.clone() {
        Some(room) if on_main => show_room(model, &room),
        _ => Effect::None,
    }
}

fn paged(
    account: &mut Account,
    talk: &Talk,
    before: Option<u64>,
    result: Result<(Vec<Post>, bool), String>,
) -> Effect {
    let name = talk.to_string();
    // A page of a talk that was left meanwhile is of no use.
    if !account.has(&name) {
        return Effect::None;
    }
    let me = account.me.username.clone();
    let page = match result {
        Ok((posts, more)) => {
            note_files(account, talk, &posts);
            Some((posts, more))
        }
        Err(why) => {
            tracing::warn!(why, "a page of a talk did not come");
            None
        }
    };
    let timeline = &mut account.conversation(&name).timeline;
    timeline.paged_posts(before, page, &me);
    if before.is_none() && timeline.marked.is_none() {
        let first_unread = timeline.divider(&me);
        timeline.go(first_unread.map_or(Target::End, Target::Row));
    }
    conversation::came(account, &name)
}

fn found(
    account: &mut Account,
    asked: u64,
    within: bool,
    result: Result<Vec<Post>, String>,
) -> Effect {
    let hits = result.map(|posts| posts.into_iter().filter_map(hit).collect::<Vec<_>>());
    match (hits, within) {
        (Ok(hits), true) => {
            let found = Found::Hits { hits, more: false };
            account.search.answer(asked, found);
        }
        (Ok(hits), false) => account.search.answer_here(asked, hits),
        (Err(why), true) => {
            let found = Found::Failed(tr!("search-failed", why = why));
            account.search.answer(asked, found);
        }
        (Err(why), false) => tracing::warn!(why, "the talks here were not searched"),
    }
    Effect::None
}

fn hit(post: Post) -> Option<Hit> {
    match post.body {
        PostBody::Text(text) => Some(Hit {
            room: post.talk.to_string(),
            seq: post.place,
            from: post.from,
            time: post.time,
            text,
        }),
        _ => None,
    }
}

/// What is known of somebody came: one can talk with them, or they have no device.
fn met(
    model: &mut Model,
    id: &AccountId,
    username: &str,
    result: Result<Box<Person>, String>,
) -> Effect {
    let is_front = model.current.as_ref() == Some(id);
    let Some(account) = model.account_mut(id) else {
        return Effect::None;
    };
    let connected = account.link.is_connected();
    let name = account.name_of(username).to_owned();
    let server = account.server.name.clone();
    let person = match result {
        Ok(person) => *person,
        Err(why) => {
            let words = tr!("talk-not-met", name = name, why = why);
            model.toasts.failed(words);
            return Effect::None;
        }
    };
    let talks = has_device(&person);
    account
        .peers
        .people
        .insert(person.username.clone(), person.clone());
    if talks {
        let talk = Talk::Direct(person.username);
        account.peers.begin(talk.clone());
        return match is_front {
            true => come_into(model, &talk),
            false => Effect::None,
        };
    }
    if !connected {
        // Whether they have a device, only the server can say.
        let words = tr!("talk-not-known", name = name, server = server);
        model.toasts.failed(words);
    } else if is_front {
        model.dialog = Some(Dialog::NoDevice {
            username: person.username,
        });
    }
    Effect::None
}

/// Shows the talk that was waited for; what was typed meanwhile is for it.
fn come_into(model: &mut Model, talk: &Talk) -> Effect {
    model.window.ahead.go();
    show_room(model, &talk.to_string())
}

fn joined(
    model: &mut Model,
    id: &AccountId,
    channel: String,
    result: Result<(), String>,
) -> Effect {
    let is_front = model.current.as_ref() == Some(id);
    match result {
        Ok(()) => {
            if matches!(model.dialog, Some(Dialog::Channel(_))) {
                model.dialog = None;
            }
            let Some(account) = model.account_mut(id) else {
                return Effect::None;
            };
            let talk = Talk::Channel(channel);
            account.peers.begin(talk.clone());
            match is_front {
                true => come_into(model, &talk),
                false => Effect::None,
            }
        }
        Err(why) => {
            let words = tr!("channel-not-joined", channel = channel, why = why);
            match &mut model.dialog {
                Some(Dialog::Channel(line)) => {
                    line.waits = false;
                    line.error = Some(words);
                }
                _ => model.toasts.failed(words),
            }
            Effect::None
        }
    }
}

/// What is to be asked when a talk comes to the front.
pub(crate) fn opened(account: &Account, talk: &Talk) -> Effect {
    let id = account.id.clone();
    let open = Effect::Peer(id.clone(), PeerCommand::Open(talk.clone()));
    match talk {
        Talk::Direct(username) => open.and(Effect::Peer(id, PeerCommand::Learn(username.clone()))),
        Talk::Channel(_) => open,
    }
}
