//! The app's end to ask by.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parlor_protocol::{DeviceId, Time, names};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::ask::{ASKS, Ask};
use super::event::{PeerEvent, PeerSnapshot};
use super::events::{PASSING, PeerEvents};
use super::node::NodeState;
use super::options::{self, PeerOptions};
use super::person::Person;
use super::post::Post;
use super::store::{PeerStore, Wish};
use super::talk::Talk;
use crate::home::{AccountId, Home};
use crate::session::OpenError;
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

/// How long an ask of the room server may keep who asks for a person waiting.
const PERSON: Duration = Duration::from_secs(3);

/// Posts of one page or one search at most.
const PAGE: usize = 1_000;

/// Asks an account's peers' side to do things. Cheap to clone. What it returns is kept: it is
/// in the store, and is done whatever happens to this process.
#[derive(Debug, Clone)]
pub struct Peers {
    store: PeerStore,
    asks: mpsc::Sender<Ask>,
    here: Arc<AtomicBool>,
    node: watch::Sender<NodeState>,
}

/// What a node in this process needs of its handles.
#[derive(Debug)]
pub(crate) struct NodeEnds {
    /// The store, which the handles share.
    pub(crate) store: PeerStore,
    /// What handles ask directly.
    pub(crate) asks: mpsc::Receiver<Ask>,
    /// What passes by and is in no store: that somebody is writing. To be told without waiting.
    pub(crate) tell: mpsc::Sender<PeerEvent>,
    /// To be true while the node of this process runs: then handles ask it, else they leave rows.
    pub(crate) here: Arc<AtomicBool>,
    /// Ends [`PeerEvents`].
    pub(crate) over: CancellationToken,
}

type Result<T> = std::result::Result<T, PeerError>;

impl Peers {
    /// Opens the peers' side of an account, without a node: what is asked waits until a process of this home
    /// is one. It must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if there is no such account, or its store cannot be opened.
    pub fn attach(
        home: &Home,
        account: &AccountId,
    ) -> std::result::Result<(Self, PeerEvents), OpenError> {
        let (peers, events, _) = Self::attach_with(home, account)?;
        Ok((peers, events))
    }

    /// [`Self::attach`], with the ends of a node.
    pub(crate) fn attach_with(
        home: &Home,
        account: &AccountId,
    ) -> std::result::Result<(Self, PeerEvents, NodeEnds), OpenError> {
        let files = home.account_files(account);
        let account = files.load()?;
        let store = PeerStore::open(&files.peer_store()?, &account.username)?;
        Ok(Self::over(store))
    }

    fn over(store: PeerStore) -> (Self, PeerEvents, NodeEnds) {
        let (asks, asked) = mpsc::channel(ASKS);
        let (tell, passing) = mpsc::channel(PASSING);
        let over = CancellationToken::new();
        let peers = Self {
            store: store.clone(),
            asks,
            here: Arc::default(),
            node: watch::Sender::new(NodeState::Elsewhere),
        };
        let events = PeerEvents::new(store.clone(), passing, over.clone());
        let ends = NodeEnds {
            store,
            asks: asked,
            tell,
            here: Arc::clone(&peers.here),
            over,
        };
        (peers, events, ends)
    }

    /// How the node of this process stands, from now on.
    pub fn node(&self) -> watch::Receiver<NodeState> {
        self.node.subscribe()
    }

    /// By which the node tells how it stands.
    pub(crate) fn node_state(&self) -> watch::Sender<NodeState> {
        self.node.clone()
    }

    /// Whether the node runs in this process.
    fn is_here(&self) -> bool {
        self.here.load(Ordering::Acquire)
    }

    /// Asks the node of this process. `false` if there is none, or it has too much to do.
    fn ask(&self, ask: Ask) -> bool {
        self.is_here() && self.asks.try_send(ask).is_ok()
    }

    /// Everything that is here.
    ///
    /// # Errors
    ///
    /// [`PeerError::NotHere`] while this device was not made yet.
    pub async fn snapshot(&self) -> Result<PeerSnapshot> {
        let snapshot = self.store.snapshot().await?;
        let (snapshot, _) = snapshot.ok_or(PeerError::NotHere("device of yours"))?;
        Ok(snapshot)
    }

    /// Posts of a talk in rising place: the newest, or those before a place. And whether
    /// there are older ones.
    pub async fn page(
        &self,
        talk: &Talk,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<Post>, bool)> {
        let limit = limit.clamp(1, PAGE);
        Ok(self.store.page(talk.clone(), before, limit).await?)
    }

    /// One post, if it is here.
    pub async fn post(&self, talk: &Talk, id: &str) -> Result<Option<Post>> {
        Ok(self.store.post(talk.clone(), id).await?)
    }

    /// Posts with all of these words in their text, the newest first.
    pub async fn search(
        &self,
        words: &str,
        talk: Option<&Talk>,
        limit: usize,
    ) -> Result<Vec<Post>> {
        let limit = limit.clamp(1, PAGE);
        Ok(self.store.search(words, talk.cloned(), limit).await?)
    }

    /// The talk is looked at: its people are dialled, so that the way to them is known.
    pub async fn open(&self, talk: &Talk) -> Result<()> {
        if !self.ask(Ask::Open(talk.clone())) {
            self.store.wish(Wish::Look(talk.clone())).await?;
        }
        Ok(())
    }

    /// Writes a post. Answers its id.
    pub async fn send(&self, talk: &Talk, text: &str, reply_to: Option<&str>) -> Result<String> {
        let (text, reply_to) = (text.to_owned(), reply_to.map(str::to_owned));
        self.store.send(talk.clone(), text, reply_to, now()).await
    }

    /// Whether a post of one's own needs nothing any more: each device that is to have it has stored it,
    /// or the room server keeps it for that one.
    pub async fn is_settled(&self, id: &str) -> Result<bool> {
        Ok(self.store.is_settled(id).await?)
    }

    /// Gives one's own post a new text.
    pub async fn edit(&self, talk: &Talk, id: &str, text: &str) -> Result<()> {
        let (id, text) = (id.to_owned(), text.to_owned());
        self.store.edit(talk.clone(), id, text, now()).await
    }

    /// Takes one's own post back, at everybody who has it.
    pub async fn delete(&self, talk: &Talk, id: &str) -> Result<()> {
        self.store.delete(talk.clone(), id.to_owned(), now()).await
    }

    /// Gives a reaction or takes it back.
    pub async fn react(&self, talk: &Talk, id: &str, emoji: &str, on: bool) -> Result<()> {
        let (id, emoji) = (id.to_owned(), emoji.to_owned());
        self.store.react(talk.clone(), id, emoji, on, now()).await
    }

    /// Tries a failed post again.
    pub async fn retry(&self, talk: &Talk, id: &str) -> Result<()> {
        self.store.retry(talk.clone(), id.to_owned()).await
    }

    /// Says that one is writing. It may be lost, as where another process is the node.
    pub fn typing(&self, talk: &Talk) {
        self.ask(Ask::Typing(talk.clone()));
    }

    /// Read up to this place.
    pub async fn read(&self, talk: &Talk, place: u64) -> Result<()> {
        Ok(self.store.read_up_to(talk.clone(), place).await?)
    }

    /// What was begun and is not sent; empty removes it.
    pub async fn draft(&self, talk: &Talk, text: &str) -> Result<()> {
        match self.store.save_draft(talk.clone(), text.to_owned()).await? {
            true => Ok(()),
            false => Err(PeerError::NotHere("channel")),
        }
    }

    /// Offers a file to a person. Answers its id. The file is read where it is, and must stay
    /// until it is delivered or sealed.
    pub async fn send_file(&self, talk: &Talk, path: PathBuf) -> Result<String> {
        let shown = path.display();
        let failed = |why: String| PeerError::Refused(format!("{shown} cannot be sent ({why})."));
        let path = std::path::absolute(&path).map_err(|error| failed(error.to_string()))?;
        let metadata = tokio::fs::metadata(&path)
            .await
            .map_err(|error| failed(error.to_string()))?;
        if !metadata.is_file() {
            return Err(failed("it is no file".to_owned()));
        }
        let size = metadata.len();
        self.store.send_file(talk.clone(), path, size, now()).await
    }

    /// Accepts an offered file, to this place (a file that is not there yet).
    pub async fn accept_file(&self, id: &str, to: PathBuf) -> Result<()> {
        let refused = |why: String| PeerError::Refused(why);
        let to = std::path::absolute(&to).map_err(|error| refused(error.to_string()))?;
        if tokio::fs::symlink_metadata(&to).await.is_ok() {
            let why = format!("{} is there already: choose another name.", to.display());
            return Err(refused(why));
        }
        self.store.accept_file(id.to_owned(), to).await
    }

    /// Declines an offered file, or takes one's own back.
    pub async fn cancel_file(&self, id: &str) -> Result<()> {
        self.store.cancel_file(id.to_owned(), now()).await
    }

    /// Holds a file up, or lets it go on.
    pub async fn pause_file(&self, id: &str, paused: bool) -> Result<()> {
        self.store.pause_file(id.to_owned(), paused).await
    }

    /// A person; asks the room server for their devices if it is there.
    pub async fn person(&self, username: &str) -> Result<Person> {
        let Some(username) = names::username(username) else {
            return Err(PeerError::NotHere("person"));
        };
        let (known, asked) = oneshot::channel();
        let ask = Ask::Person {
            username: username.clone(),
            known,
        };
        if self.ask(ask) {
            // What is known is answered too if the room server says nothing.
            let _ = timeout(PERSON, asked).await;
        } else {
            let talk = Talk::Direct(username.clone());
            self.store.wish(Wish::Look(talk)).await?;
        }
        Ok(self.store.person(&username).await?)
    }

    /// The safety number was compared: whether it is the same on both sides. With that, all
    /// devices of now are accepted.
    pub async fn compared(&self, username: &str, same: bool) -> Result<()> {
        Ok(self.store.compared(username, same, now()).await?)
    }

    /// Accepts a new or changed device without comparing. Its user is not verified once no other of their
    /// devices waits to be accepted.
    pub async fn accept_device(&self, username: &str, device: &DeviceId) -> Result<()> {
        match self.store.accept_device(username, *device).await? {
            true => Ok(()),
            false => Err(PeerError::NotHere("device")),
        }
    }

    /// Lets nothing of a user in, or lets it in again.
    pub async fn block(&self, username: &str, blocked: bool) -> Result<()> {
        if username == self.store.me() {
            return Err(PeerError::Refused("This is you.".to_owned()));
        }
        Ok(self.store.block(username, blocked).await?)
    }

    /// Ends one of one's own devices, by the room server: once it is reached.
    pub async fn revoke(&self, device: &DeviceId) -> Result<()> {
        let me = self.store.person(self.store.me()).await?;
        if me.devices.iter().all(|known| known.device != *device) {
            return Err(PeerError::NotHere("device of yours"));
        }
        Ok(self.store.wish(Wish::Revoke(*device)).await?)
    }

    /// Comes into a peer channel, which is made where there is none.
    pub async fn join(&self, channel: &str) -> Result<()> {
        if !names::is_room_name(channel) {
            let why = "A channel's name is 1 to 48 of lower-case letters, digits, _ and -.";
            return Err(PeerError::Refused(why.to_owned()));
        }
        Ok(self.store.join(channel).await?)
    }

    /// Leaves a peer channel; what is here of it is removed.
    pub async fn leave(&self, channel: &str) -> Result<()> {
        match self.store.leave(channel).await? {
            true => Ok(()),
            false => Err(PeerError::NotHere("channel")),
        }
    }

    /// Removes a talk here; nobody else notices. A channel is left.
    pub async fn forget(&self, talk: &Talk) -> Result<()> {
        match self.store.forget(talk.clone()).await? {
            true => Ok(()),
            false => Err(PeerError::NotHere("talk")),
        }
    }

    /// Changes how the node behaves, from now on.
    pub async fn set_options(&self, options: PeerOptions) -> Result<()> {
        options::keep(&self.store, &options).await?;
        // A node of this process that is not one yet begins with them.
        let told = self.asks.try_send(Ask::Options(options.clone())).is_ok();
        if !told || !self.is_here() {
            self.store.wish(Wish::Options(Box::new(options))).await?;
        }
        Ok(())
    }

    /// The networks of this computer may have changed: it woke, for one.
    pub fn network_changed(&self) {
        self.ask(Ask::NetworkChanged);
    }
}

fn now() -> Time {
    jiff::Timestamp::now().into()
}
