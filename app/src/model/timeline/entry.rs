//! One line of a timeline, kept small.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Arc;

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
}

/// A message as it now stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// The text; empty once deleted.
    pub(crate) text: Box<str>,
    /// The message it answers.
    pub(crate) reply_to: Option<NonZeroU64>,
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
}

impl Entry {
    /// The message, if it is one.
    pub(crate) fn message(&self) -> Option<&Message> {
        match &self.body {
            Body::Message(message) => Some(message),
            Body::System(_) => None,
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
