//! One line of a timeline, kept small.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Arc;

use parlor_client::peer::{Notice, PeerFile, Post, PostBody, PostReaction, PostState};
use parlor_client::{Happening, Item};
use parlor_protocol::{File, Reaction, Time};

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Its place in the log.
    pub(crate) seq: u64,
    /// When the server kept it.
    pub(crate) time: Time,
    /// Who, by their number in [`Authors`].
    pub(super) author: u32,
    /// What.
    pub(crate) body: Body,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    /// Somebody wrote.
    Message(Message),
    /// Something happened.
    System(Box<Happening>),
    /// Something happened to a talk between devices; the author is whom it is about.
    Notice(Box<Notice>),
}

/// A message as it now stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// The text; empty once deleted.
    pub(crate) text: Box<str>,
    /// The message it answers, in a room.
    pub(super) reply_to: Option<NonZeroU64>,
    /// Its reactions and files; most messages have none, and cost nothing for them.
    more: Option<Box<More>>,
    /// Whether it was edited.
    pub(crate) edited: bool,
    /// Whether it was deleted.
    pub(crate) deleted: bool,
}

/// What few messages have.
#[derive(Debug, Clone, PartialEq)]
struct More {
    reactions: Box<[Reaction]>,
    files: Box<[File]>,
    posted: Option<Posted>,
}

/// What a message between devices has beside its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Posted {
    /// Its mark.
    pub(crate) id: Box<str>,
    /// The mark of the post that it answers.
    pub(super) reply_to: Option<Box<str>>,
    /// How far it is on its way, or how it came.
    pub(crate) state: PostState,
    /// The file that it is.
    pub(crate) file: Option<Box<PeerFile>>,
}

impl Message {
    /// Its reactions, the first given first.
    pub(crate) fn reactions(&self) -> &[Reaction] {
        self.more.as_deref().map_or(&[], |more| &more.reactions)
    }

    /// The files it shows, in their order.
    pub(crate) fn files(&self) -> &[File] {
        self.more.as_deref().map_or(&[], |more| &more.files)
    }

    /// What it has if it went between devices.
    pub(crate) fn posted(&self) -> Option<&Posted> {
        self.more.as_deref()?.posted.as_ref()
    }

    /// Whether it is a file between devices, which has no text to edit.
    pub(crate) fn is_peer_file(&self) -> bool {
        self.posted().is_some_and(|posted| posted.file.is_some())
    }

    /// Whether it answers another.
    pub(crate) fn answers(&self) -> bool {
        let posted = self.posted().and_then(|posted| posted.reply_to.as_ref());
        self.reply_to.is_some() || posted.is_some()
    }
}

impl Entry {
    /// The message, if it is one.
    pub(crate) fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Message(message) => Some(message),
            Body::System(_) | Body::Notice(_) => None,
        }
    }
}

/// Everybody who wrote, under each name they had: 100,000 messages have a few hundred.
#[derive(Debug, Default)]
pub(super) struct Authors {
    known: Vec<(Arc<str>, Arc<str>)>,
    numbers: HashMap<(Arc<str>, Arc<str>), u32>,
}

impl Authors {
    /// The line for an item.
    pub(super) fn entry(&mut self, item: Item) -> Entry {
        let (seq, time) = (item.seq(), item.time());
        match item {
            Item::Message(message) => {
                let message = *message;
                let author = self.number(&message.from, &message.name);
                let plain = message.reactions.is_empty() && message.files.is_empty();
                let more = (!plain).then(|| {
                    Box::new(More {
                        reactions: message.reactions.into_boxed_slice(),
                        files: message.files.into_boxed_slice(),
                        posted: None,
                    })
                });
                let body = Body::Message(Message {
                    text: message.text.into_boxed_str(),
                    reply_to: message.reply_to.and_then(NonZeroU64::new),
                    more,
                    edited: message.edited.is_some(),
                    deleted: message.deleted,
                });
                Entry {
                    seq,
                    time,
                    author,
                    body,
                }
            }
            Item::System(line) => Entry {
                seq,
                time,
                author: u32::MAX,
                body: Body::System(Box::new(line.what)),
            },
        }
    }

    /// The line for a post; `me` gave some of its reactions.
    pub(super) fn post(&mut self, post: Post, me: &str) -> Entry {
        let author = self.number(&post.from, "");
        let (text, file) = match post.body {
            PostBody::Text(text) => (text, None),
            PostBody::File(file) => (String::new(), Some(file)),
            PostBody::Notice(notice) => {
                return Entry {
                    seq: post.place,
                    time: post.time,
                    author,
                    body: Body::Notice(Box::new(notice)),
                };
            }
        };
        let reactions = post.reactions.into_iter();
        let more = More {
            reactions: reactions.map(|given| reaction(given, me)).collect(),
            files: Box::default(),
            posted: Some(Posted {
                id: post.id.into_boxed_str(),
                reply_to: post.reply_to.map(String::into_boxed_str),
                state: post.state,
                file,
            }),
        };
        Entry {
            seq: post.place,
            time: post.time,
            author,
            body: Body::Message(Message {
                text: text.into_boxed_str(),
                reply_to: None,
                more: Some(Box::new(more)),
                edited: post.edited.is_some(),
                deleted: post.deleted,
            }),
        }
    }

    fn number(&mut self, username: &str, name: &str) -> u32 {
        let key = (Arc::from(username), Arc::from(name));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.known.push(key.clone());
        self.numbers.insert(key, number);
        number
    }

    /// Username and display name of a number.
    pub(super) fn of(&self, number: u32) -> (&str, &str) {
        self.known
            .get(number as usize)
            .map_or(("", ""), |(username, name)| (username, name))
    }
}

fn reaction(given: PostReaction, me: &str) -> Reaction {
    Reaction {
        emoji: given.emoji,
        count: given.by.len() as u64,
        mine: given.by.iter().any(|by| by == me),
        by: given.by,
    }
}
