//! The app's end to ask by.

use std::path::PathBuf;

use parlor_protocol::DeviceId;
use serde::{Deserialize, Serialize};

use super::event::PeerSnapshot;
use super::person::Person;
use super::post::Post;
use super::talk::Talk;
use crate::store::StoreError;

/// Why something was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeerError {
    /// It is not allowed as things stand; why and what to do.
    #[error("{0}")]
    Refused(String),
    /// There is no such talk, post, device or file here.
    #[error("there is no such {0} here")]
    NotHere(&'static str),
    /// The keys of this device cannot be used.
    #[error("{0}")]
    Keys(String),
    /// The local store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a node behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeerOptions {
    /// What this device is called; the host's name if empty.
    pub label: String,
    /// Whether it looks for others on the LAN.
    pub lan: bool,
    /// Whether it goes by relays only and shows its address to nobody.
    pub relay_only: bool,
    /// Whether keys may be kept in the system's keyring.
    pub keyring: bool,
    /// Where accepted files go if nobody says otherwise; without it each is asked about.
    pub save_to: Option<PathBuf>,
}

impl Default for PeerOptions {
    fn default() -> Self {
        Self {
            label: String::new(),
            lan: true,
            relay_only: false,
            keyring: true,
            save_to: None,
        }
    }
}

/// Asks an account's peers' side to do things. Cheap to clone. What it returns is kept: it is
/// on disk, and is done whatever happens to this process.
#[derive(Debug, Clone)]
pub struct Peers {}

type Result<T> = std::result::Result<T, PeerError>;

impl Peers {
    /// Everything that is here.
    pub async fn snapshot(&self) -> Result<PeerSnapshot> {
        todo!()
    }

    /// Posts of a talk in rising place: the newest, or those before a place. And whether
    /// there are older ones.
    pub async fn page(
        &self,
        talk: &Talk,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Post>, bool)> {
        todo!()
    }

    /// Posts with all of these words in their text, the newest first.
    pub async fn search(
        &self,
        words: &str,
        talk: Option<&Talk>,
        limit: usize,
    ) -> Result<Vec<Post>> {
        todo!()
    }

    /// The talk is looked at: its people are dialled, so that the way to them is known.
    pub async fn open(&self, talk: &Talk) -> Result<()> {
        todo!()
    }

    /// Writes a post. Answers its id.
    pub async fn send(&self, talk: &Talk, text: &str, reply_to: Option<&str>) -> Result<String> {
        todo!()
    }

    /// Gives one's own post a new text.
    pub async fn edit(&self, talk: &Talk, id: &str, text: &str) -> Result<()> {
        todo!()
    }

    /// Takes one's own post back, at everybody who has it.
    pub async fn delete(&self, talk: &Talk, id: &str) -> Result<()> {
        todo!()
    }

    /// Gives a reaction or takes it back.
    pub async fn react(&self, talk: &Talk, id: &str, emoji: &str, on: bool) -> Result<()> {
        todo!()
    }

    /// Tries a failed post again.
    pub async fn retry(&self, talk: &Talk, id: &str) -> Result<()> {
        todo!()
    }

    /// Says that one is writing.
    pub fn typing(&self, talk: &Talk) {
        todo!()
    }

    /// Read up to this place.
    pub async fn read(&self, talk: &Talk, place: u64) -> Result<()> {
        todo!()
    }

    /// What was begun and is not sent; empty removes it.
    pub async fn draft(&self, talk: &Talk, text: &str) -> Result<()> {
        todo!()
    }

    /// Offers a file to a person. Answers its id. The file is read where it is, and must stay
    /// until it is delivered or sealed.
    pub async fn send_file(&self, talk: &Talk, path: PathBuf) -> Result<String> {
        todo!()
    }

    /// Accepts an offered file, to this place (a file that is not there yet).
    pub async fn accept_file(&self, id: &str, to: PathBuf) -> Result<()> {
        todo!()
    }

    /// Declines an offered file, or takes one's own back.
    pub async fn cancel_file(&self, id: &str) -> Result<()> {
        todo!()
    }

    /// Holds a file up, or lets it go on.
    pub async fn pause_file(&self, id: &str, paused: bool) -> Result<()> {
        todo!()
    }

    /// A person; asks the room server for their devices if it is there.
    pub async fn person(&self, username: &str) -> Result<Person> {
        todo!()
    }

    /// The safety number was compared: whether it is the same on both sides. With that, all
    /// devices of now are accepted.
    pub async fn compared(&self, username: &str, same: bool) -> Result<()> {
        todo!()
    }

    /// Accepts a new or changed device without comparing.
    pub async fn accept_device(&self, username: &str, device: &DeviceId) -> Result<()> {
        todo!()
    }

    /// Lets nothing of a user in, or lets it in again.
    pub async fn block(&self, username: &str, blocked: bool) -> Result<()> {
        todo!()
    }

    /// Ends one of one's own devices, by the room server.
    pub async fn revoke(&self, device: &DeviceId) -> Result<()> {
        todo!()
    }

    /// Comes into a peer channel, which is made where there is none.
    pub async fn join(&self, channel: &str) -> Result<()> {
        todo!()
    }

    /// Leaves a peer channel; what is here of it is removed.
    pub async fn leave(&self, channel: &str) -> Result<()> {
        todo!()
    }

    /// Removes a talk here; nobody else notices.
    pub async fn forget(&self, talk: &Talk) -> Result<()> {
        todo!()
    }

    /// Changes how the node behaves, from now on.
    pub async fn set_options(&self, options: PeerOptions) -> Result<()> {
        todo!()
    }
}
