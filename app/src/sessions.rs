//! What the client tells, as subscriptions: one for each account, keyed by
//! its identity alone, so that nothing else the user changes drops a
//! connection. It is the session's and, beside it, that of the account's peers. Dropping one
//! ends the session's actor, and with it the node of its peers.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use iced::Subscription;
use jiff::Timestamp;
use parlor_client::peer::{NodeState, PeerOptions, Peers};
use parlor_client::{AccountId, Handle, Home};

use crate::app::Message;
use crate::controller::{self, peer, session};
use crate::locale::tr;
use crate::model::{Account, Preferences};
use crate::perform;

/// How long events are gathered into one message, so that a flood of them costs
/// one view a frame or two. The first after a pause comes at once.
const WINDOW: Duration = Duration::from_millis(30);

/// What tells one session from another.
struct Key {
    home: Home,
    account: AccountId,
    /// Which sign-in of this account it is: a new one is a new session.
    sign_in: u64,
    /// How its peers' side begins; later choices are told to it.
    options: PeerOptions,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.account.hash(state);
        self.sign_in.hash(state);
    }
}

/// The session of an account.
pub(crate) fn of(
    home: &Home,
    account: &Account,
    preferences: &Preferences,
) -> Subscription<Message> {
    let key = Key {
        home: home.clone(),
        account: account.id.clone(),
        sign_in: account.sign_in,
        options: perform::peer::options(preferences),
    };
    Subscription::run_with(key, session)
}

fn session(key: &Key) -> impl Stream<Item = Message> + use<> {
    let (home, id, options) = (key.home.clone(), key.account.clone(), key.options.clone());
    // Opening reads the store, which is kept off the thread that draws.
    stream::once(async move {
        let opened = parlor_client::connect(&home, &id);
        match opened {
            Ok((handle, events)) => {
                let account = id.clone();
                let told = events.into_stream(WINDOW).map(move |events| {
                    let told = session::Message::Told(events, Timestamp::now().into());
                    Message::of(controller::Message::Session(account.clone(), told))
                });
                let peers = peers(&home, id.clone(), &handle, options);
                stream::once(async move { Message::Opened(id, handle) })
                    .chain(stream::select(told, peers))
                    .boxed()
            }
            Err(error) => {
                let why = tr!("session-not-opened", why = error.to_string());
                let message = controller::Message::Session(id, session::Message::NotOpened(why));
                stream::once(async move { Message::of(message) }).boxed()
            }
        }
    })
    .flatten()
}

/// What the peers' side of an account tells, beginning with how to ask it.
fn peers(
    home: &Home,
    account: AccountId,
    session: &Handle,
    options: PeerOptions,
) -> BoxStream<'static, Message> {
    let say = move |message| Message::of(controller::Message::Peer(account.clone(), message));
    match Peers::start(home, session, options) {
        Ok((peers, events)) => {
            let failures = failures(&peers).map({
                let say = say.clone();
                move |why| say(not_opened(why))
            });
            let opened = Message::PeersOpened(session.account().id.clone(), peers);
            let told = events
                .into_stream(WINDOW)
                .map(move |events| say(peer::Message::Told(events, Timestamp::now().into())));
            stream::once(async move { opened })
                .chain(stream::select(told, failures))
                .boxed()
        }
        Err(error) => {
            let why = error.to_string();
            stream::once(async move { say(not_opened(why)) }).boxed()
        }
    }
}

fn not_opened(why: String) -> peer::Message {
    peer::Message::NotOpened(tr!("peer-not-opened", why = why))
}

/// Why the node of this process cannot run, each reason once while it lasts.
fn failures(peers: &Peers) -> impl Stream<Item = String> + use<> {
    let begin = (peers.node(), None::<String>);
    stream::unfold(begin, |(mut node, said)| async move {
        loop {
            node.changed().await.ok()?;
            let state = node.borrow_and_update().clone();
            match state {
                NodeState::Failed(why) if said.as_ref() != Some(&why) => {
                    return Some((why.clone(), (node, Some(why))));
                }
                _ => {}
            }
        }
    })
}
