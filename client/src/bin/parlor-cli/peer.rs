//! `peer …`: from device to device, without the room server in between.
//!
//! What is to be sent is written into the store of this home first. Whichever process of the home has
//! its device (this one, another `parlor-cli`, or the app) sends it; this one watches.

mod channel;
mod file;
mod send;
mod show;
mod tail;
mod who;

use std::time::Duration;

use parlor_client::peer::{
    NodeState, PeerEvent, PeerEvents, PeerOptions, PeerSnapshot, Peers, Post, Talk,
};
use parlor_client::{
    ConnectionState, EndReason, Event, Follow, Handle, Home, OfflineReason, Options, connect_with,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::args::{PeerCommand, PeerOptions as Wished};
use crate::asking::choose;
use crate::failure::Failure;
use crate::print::Printer;

/// How long other devices of a receiver's are waited for once one has a message.
const SETTLE: Duration = Duration::from_secs(5);

/// How often it is looked whether they have it.
const SETTLE_LOOK: Duration = Duration::from_millis(50);

/// Runs one of them.
pub(crate) async fn peer(
    home: &Home,
    who: Option<&str>,
    wished: &Wished,
    command: PeerCommand,
    out: &mut Printer,
) -> Result<(), Failure> {
    let mut side = Side::open(home, who, wished).await?;
    let done = match command {
        PeerCommand::Send { user, text } => send::send(&mut side, &user, text, out).await,
        PeerCommand::Tail { save } => tail::tail(&mut side, save, out).await,
        PeerCommand::File { user, file } => file::file(&mut side, &user, file, out).await,
        PeerCommand::Who => who::who(&mut side, out).await,
        PeerCommand::Channel { command } => channel::channel(&mut side, command, out).await,
    };
    side.close().await;
    done
}

/// What is known of the connection to the room server.
#[derive(Debug, Clone, Default)]
enum Server {
    #[default]
    Trying,
    Online,
    Offline(OfflineReason),
    Over(EndReason),
}

/// An account's peers' side, for one command.
struct Side {
    session: Handle,
    peers: Peers,
    events: PeerEvents,
    node: watch::Receiver<NodeState>,
    server: watch::Receiver<Server>,
    reading: JoinHandle<()>,
    wait: Duration,
    snapshot: PeerSnapshot,
}

impl Side {
    async fn open(home: &Home, who: Option<&str>, wished: &Wished) -> Result<Self, Failure> {
        let account = choose(home, who)?;
        let options = Options {
            follow: Follow::Nothing,
            outbox: false,
            transfers: false,
            ..Options::default()
        };
        let (session, mut told) = connect_with(home, &account.id, options)?;
        let (say, server) = watch::channel(Server::default());
        let reading = tokio::spawn(async move {
            while let Some(batch) = told.next().await {
                for event in batch {
                    match event {
                        Event::Connection(ConnectionState::Connected { .. }) => {
                            say.send_replace(Server::Online);
                        }
                        Event::Connection(ConnectionState::Offline { reason, .. }) => {
                            say.send_replace(Server::Offline(reason));
                        }
                        Event::Connection(ConnectionState::Ended(reason)) => {
                            say.send_replace(Server::Over(reason));
                        }
                        _ => {}
                    }
                }
            }
        });
        // The app's options hold too, where it has run here.
        let options = PeerOptions {
            lan: !wished.no_lan,
            relay_only: wished.relay_only,
            // Scripts run where no keyring is unlocked; keys that an app has put there are found all the same.
            keyring: false,
            ..PeerOptions::default()
        };
        let (peers, mut events) = Peers::start_once(home, &session, options)?;
        let node = peers.node();
        let snapshot = loaded(&mut events, peers.node()).await?;
        Ok(Self {
            session,
            peers,
            events,
            node,
            server,
            reading,
            wait: Duration::from_secs(wished.wait),
            snapshot,
        })
    }

    /// What happened next, until then at the latest. The session's end and a device that cannot be used
    /// end a command.
    async fn next(&mut self, until: Option<Instant>) -> Result<Option<Vec<PeerEvent>>, Failure> {
        let far = Instant::now() + Duration::from_secs(24 * 60 * 60);
        loop {
            let node = self.node.borrow_and_update().clone();
            if let NodeState::Failed(why) = node {
                return Err(Failure::Refused(why));
            }
            if let Server::Over(reason) = self.server.borrow().clone() {
                return Err(reason.into());
            }
            tokio::select! {
                batch = timeout_at(until.unwrap_or(far), self.events.next()) => return match batch {
                    Ok(Some(batch)) => Ok(Some(batch)),
                    Ok(None) => Err(Failure::Refused("the session is over".into())),
                    Err(_) if until.is_none() => Ok(Some(Vec::new())),
                    Err(_) => Ok(None),
                },
                changed = self.server.changed() => if changed.is_err() {
                    return Err(Failure::Refused("the session is over".into()));
                },
                changed = self.node.changed() => if changed.is_err() {
                    return Err(Failure::Refused("the session is over".into()));
                },
            }
        }
    }

    /// Waits for a post of a talk to become what `is_end` looks for, until then. `None`: it did not.
    async fn follow<T>(
        &mut self,
        talk: &Talk,
        id: &str,
        until: &mut Instant,
        mut is_end: impl FnMut(&Post, &mut Instant) -> Result<Option<T>, Failure>,
    ) -> Result<Option<T>, Failure> {
        // It may have changed before anybody listened.
        let mut posts: Vec<Post> = self.peers.post(talk, id).await?.into_iter().collect();
        loop {
            for post in posts.iter().filter(|post| post.id == id) {
                if let Some(end) = is_end(post, until)? {
                    return Ok(Some(end));
                }
            }
            let Some(batch) = self.next(Some(*until)).await? else {
                return Ok(None);
            };
            posts = posts_of(batch, talk);
        }
    }

    /// Waits a little until also the other devices that are to have a message have it, or the room server
    /// keeps it for them: once this process has ended, perhaps nobody sees to it.
    async fn settle(&mut self, id: &str) -> Result<(), Failure> {
        let until = Instant::now() + SETTLE;
        while !self.peers.is_settled(id).await? && Instant::now() < until {
            // Not all of it is told as an event.
            self.next(Some(Instant::now() + SETTLE_LOOK)).await?;
        }
        Ok(())
    }

    /// Why nothing could be done, with what became of it.
    fn no_connection(&self, what: &str) -> Failure {
        match &*self.server.borrow() {
            Server::Offline(reason) => {
                Failure::NoConnection(format!("no connection: {reason}; {what}"))
            }
            _ => Failure::NoConnection(format!("nobody was reached in time; {what}")),
        }
    }

    /// Ends in good order.
    async fn close(self) {
        let Self {
            session,
            peers,
            mut events,
            reading,
            ..
        } = self;
        drop(peers);
        while events.next().await.is_some() {}
        drop(session);
        let _ = reading.await;
    }
}

/// What is here, once this home has a device.
async fn loaded(
    events: &mut PeerEvents,
    mut node: watch::Receiver<NodeState>,
) -> Result<PeerSnapshot, Failure> {
    loop {
        let state = node.borrow_and_update().clone();
        if let NodeState::Failed(why) = state {
            return Err(Failure::Refused(why));
        }
        tokio::select! {
            batch = events.next() => match batch {
                Some(batch) => for event in batch {
                    if let PeerEvent::Loaded(snapshot) = event {
                        return Ok(*snapshot);
                    }
                },
                None => return Err(Failure::Refused("the session is over".into())),
            },
            _ = node.changed() => {}
        }
    }
}

/// The posts of a talk in a batch of events.
fn posts_of(batch: Vec<PeerEvent>, wanted: &Talk) -> Vec<Post> {
    let posts = batch.into_iter().filter_map(|event| match event {
        PeerEvent::Posts { talk, posts } if talk == *wanted => Some(posts),
        _ => None,
    });
    posts.flatten().collect()
}

/// A talk with a user.
fn direct(user: &str) -> Result<Talk, Failure> {
    let user = user.strip_prefix('@').unwrap_or(user);
    format!("@{user}")
        .parse()
        .map_err(|_| Failure::Usage(format!("{user} is no username")))
}
