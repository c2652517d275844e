//! What the client tells, as subscriptions: one for each account, keyed by
//! its identity alone, so that nothing else the user changes drops a
//! connection. Dropping one ends the session's actor.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use iced::Subscription;
use jiff::Timestamp;
use parlor_client::{AccountId, Home};

use crate::app::Message;
use crate::controller::{self, session};
use crate::locale::tr;
use crate::model::Account;

/// How long events are gathered into one message, so that a flood of them costs
/// one view a frame or two. The first after a pause comes at once.
const WINDOW: Duration = Duration::from_millis(30);

/// What tells one session from another.
struct Key {
    home: Home,
    account: AccountId,
    /// Which sign-in of this account it is: a new one is a new session.
    sign_in: u64,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.account.hash(state);
        self.sign_in.hash(state);
    }
}

/// The session of an account.
pub(crate) fn of(home: &Home, account: &Account) -> Subscription<Message> {
    let key = Key {
        home: home.clone(),
        account: account.id.clone(),
        sign_in: account.sign_in,
    };
    Subscription::run_with(key, session)
}

fn session(key: &Key) -> impl Stream<Item = Message> + use<> {
    let (home, id) = (key.home.clone(), key.account.clone());
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
                stream::once(async move { Message::Opened(id, handle) })
                    .chain(told)
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
