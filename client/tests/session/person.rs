//! Somebody with a home, signed in on a fake server.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use parlor_client::{
    AccountId, ConnectionState, Credentials, EndReason, Event, Events, Handle, Home, Item,
    OutgoingState, connect, sign_in,
};
use tokio::time::timeout;

use crate::fake::Fake;

/// What takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Person {
    pub(crate) home: Home,
    pub(crate) account: AccountId,
    _dir: tempfile::TempDir,
}

impl Person {
    pub(crate) async fn sign_in(fake: &Fake) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(dir.path().join("home")).unwrap();
        let account = sign_in(&home, &fake.link(), login()).await.unwrap();
        Self {
            home,
            account: account.id,
            _dir: dir,
        }
    }

    pub(crate) fn open(&self) -> Watching {
        let (handle, events) = connect(&self.home, &self.account).unwrap();
        Watching::new(handle, events)
    }

    pub(crate) async fn online(&self) -> Watching {
        let mut watching = self.open();
        watching.until_connected().await;
        watching
    }
}

pub(crate) fn login() -> Credentials {
    Credentials::Login {
        username: "alice".into(),
        password: "correct horse".into(),
    }
}

/// An app: what it was told, and what it would show.
pub(crate) struct Watching {
    pub(crate) handle: Handle,
    pub(crate) events: Events,
    /// The texts of #general as an app would show them, by `seq`.
    pub(crate) shown: BTreeMap<u64, String>,
    pub(crate) all: Vec<Event>,
    waiting: VecDeque<Event>,
}

impl Watching {
    pub(crate) fn new(handle: Handle, events: Events) -> Self {
        Self {
            handle,
            events,
            shown: BTreeMap::new(),
            all: Vec::new(),
            waiting: VecDeque::new(),
        }
    }

    /// Follows the events until one fits.
    pub(crate) async fn until(&mut self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let looking = async {
            loop {
                while let Some(event) = self.waiting.pop_front() {
                    show(&mut self.shown, &event);
                    self.all.push(event.clone());
                    if fits(&event) {
                        return event;
                    }
                }
                let batch = self.events.next().await.expect("the session goes on");
                self.waiting.extend(batch);
            }
        };
        match timeout(PATIENCE, looking).await {
            Ok(event) => event,
            Err(_) => panic!("{what} never came; {:#?}", self.all),
        }
    }

    pub(crate) async fn until_connected(&mut self) {
        self.until("connected", |event| {
            matches!(event, Event::Connection(ConnectionState::Connected { .. }))
        })
        .await;
    }

    pub(crate) async fn until_offline(&mut self) {
        self.until("offline", |event| {
            matches!(event, Event::Connection(ConnectionState::Offline { .. }))
        })
        .await;
    }

    pub(crate) async fn until_ended(&mut self) -> EndReason {
        let ended = self.until("the end", |event| {
            matches!(event, Event::Connection(ConnectionState::Ended(_)))
        });
        match ended.await {
            Event::Connection(ConnectionState::Ended(reason)) => reason,
            event => panic!("{event:?}"),
        }
    }

    /// Until a message with this text is shown.
    pub(crate) async fn until_shown(&mut self, text: &str) {
        if self.shown.values().any(|shown| shown == text) {
            return;
        }
        self.until(text, |event| texts(event).iter().any(|t| t == text))
            .await;
    }

    /// Until a message of one's own is `state`.
    pub(crate) async fn until_outgoing(
        &mut self,
        nonce: &str,
        fits: impl Fn(&OutgoingState) -> bool,
    ) -> OutgoingState {
        let event = self.until(
            nonce,
            |event| matches!(event, Event::Outgoing(o) if o.nonce == nonce && fits(&o.state)),
        );
        match event.await {
            Event::Outgoing(outgoing) => outgoing.state,
            event => panic!("{event:?}"),
        }
    }

    pub(crate) async fn until_sent(&mut self, nonce: &str) {
        self.until_outgoing(nonce, |state| matches!(state, OutgoingState::Sent { .. }))
            .await;
    }

    /// Ends the session, and waits until it has let go of everything.
    pub(crate) async fn end(self) {
        drop(self.handle);
        let mut events = self.events;
        while events.next().await.is_some() {}
    }

    pub(crate) fn count(&self, fits: impl Fn(&Event) -> bool) -> usize {
        self.all.iter().filter(|event| fits(event)).count()
    }
}

fn show(shown: &mut BTreeMap<u64, String>, event: &Event) {
    let items: &[Item] = match event {
        Event::Loaded(snapshot) => snapshot.items.get("general").map_or(&[], |items| items),
        Event::Messages { room, items } if room == "general" => items,
        Event::Stale { up_to, .. } => {
            shown.retain(|seq, _| seq > up_to);
            &[]
        }
        Event::Reset { .. } => {
            shown.clear();
            &[]
        }
        _ => &[],
    };
    for message in items.iter().filter_map(Item::message) {
        shown.insert(message.seq, message.text.clone());
    }
}

fn texts(event: &Event) -> Vec<String> {
    let mut shown = BTreeMap::new();
    show(&mut shown, event);
    shown.into_values().collect()
}

/// The texts of items.
pub(crate) fn text_of(items: &[Item]) -> Vec<&str> {
    let messages = items.iter().filter_map(Item::message);
    messages.map(|message| message.text.as_str()).collect()
}
