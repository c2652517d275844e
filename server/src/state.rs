//! What all connections of a server share.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use parlor_certs::{Link, ServerKey};
use parlor_protocol::reply::{AuthInfo, Limits as Bounds, ServerInfo, Welcome};
use parlor_protocol::{Reply, User, limits};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bus::{Bus, LocalBus, Topic};
use crate::clock;
use crate::config::Config;
use crate::connection::Work;
use crate::connections::Connections;
use crate::directory::{Directory, Tables};
use crate::endpoint::Endpoint;
use crate::files::{self, Files};
use crate::keeper;
use crate::limits::Limits;
use crate::log::Log;
use crate::outbox::{Piece, encode};
use crate::passwords::Passwords;
use crate::storage::{RoomId, SessionId, Storage, StorageError};
use crate::trackers::OwnTracker;
use crate::transfers::Transfers;
use crate::typing::Typing;
use crate::web::{Answered, Kept, SignInPage};

/// How long a stop waits for what the log still has to answer.
const LOG_STOP_TIME: Duration = Duration::from_secs(3);

/// How long a stop waits for connections to read their last lines.
const CONNECTIONS_STOP_TIME: Duration = Duration::from_secs(4);

/// A session's visits to pages are noted once in so many seconds.
const VISIT_SECONDS: u64 = 60;

/// What a server is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    /// What it was told.
    pub(crate) config: Config,
    /// Where it keeps everything.
    pub(crate) storage: Arc<dyn Storage>,
    /// How it hashes passwords, and what they must be.
    pub(crate) passwords: Passwords,
    /// Where it keeps bytes.
    pub(crate) files: Files,
    /// The link of the server, without an invite.
    pub(crate) link: Link,
    /// The key with which the server vouches for its users.
    pub(crate) signing: ServerKey,
    /// Pins of keys to come.
    pub(crate) next_pins: Vec<String>,
}

/// What all connections of a server share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) files: Files,
    pub(crate) transfers: Arc<Transfers>,
    pub(crate) passwords: Passwords,
    // A std Mutex: it is copied or replaced, never held over an await.
    link: Mutex<Link>,
    pub(crate) signing: ServerKey,
    /// Its public half, base64url.
    pub(crate) server_key: String,
    /// The first line of every connection.
    pub(crate) welcome: Piece,
    /// What it says.
    pub(crate) greeting: Welcome,
    pub(crate) sign_in_page: SignInPage,
    pub(crate) kept: Kept,
    pub(crate) answered: Answered,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) log: Log,
    pub(crate) limits: Limits,
    pub(crate) connections: Connections,
    pub(crate) typing: Typing,
    pub(crate) tracker: OnceLock<OwnTracker>,
    stop: CancellationToken,
    /// The log, the keeper, and requests whose connection has left.
    tasks: TaskTracker,
}

impl State {
    /// Reads what is stored, and starts the tasks that all connections share.
    /// They run until [`State::stop`].
    ///
    /// # Errors
    ///
    /// As [`Storage::load`].
    pub(crate) async fn start(parts: Parts) -> Result<Arc<Self>, StorageError> {
        let Parts {
            config,
            storage,
            passwords,
            files,
            link,
            signing,
            next_pins,
        } = parts;
        let snapshot = storage.load().await?;
        let revision = snapshot.revision;
        let tables = Tables::new(snapshot, config.broadcast.post);
        let transfers = Arc::clone(&tables.transfers);
        let directory = Arc::new(Directory::new(tables));
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (log, actor) = Log::new(
            Arc::clone(&storage),
            Arc::clone(&bus),
            Arc::clone(&directory),
            stop.clone(),
        );
        tasks.spawn(actor.run());
        let greeting = welcome(&config, &passwords, next_pins);
        let state = Arc::new(Self {
            limits: Limits::new(&config.rates, config.rate_limits),
            config,
            storage,
            files,
            transfers,
            passwords,
            link: Mutex::new(link),
            server_key: signing.public().to_string(),
            signing,
            welcome: Piece::line(&Reply::Welcome(greeting.clone()), None),
            greeting,
            sign_in_page: SignInPage::default(),
            kept: Kept::default(),
            answered: Answered::default(),
            bus,
            directory,
            log,
            connections: Connections::default(),
            typing: Typing::default(),
            tracker: OnceLock::new(),
            stop,
            tasks,
        });
        state.tasks.spawn(keeper::tick(Arc::clone(&state)));
        state
            .tasks
            .spawn(keeper::keep(Arc::clone(&state), revision));
        state.tasks.spawn(files::sweep(Arc::clone(&state)));
        Ok(state)
    }

    /// The link of the server, without an invite.
    pub(crate) fn link(&self) -> Link {
        self.link
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The certificate changed, and its key with it: links carry the new pin from now on.
    pub(crate) fn set_link(&self, link: Link) {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    /// Ends the shared tasks without waiting for anything; nothing that was
    /// acknowledged is lost by it.
    pub(crate) fn abandon(&self) {
        self.connections.hold_requests();
        self.transfers.end_all();
        self.stop.cancel();
        self.tasks.close();
    }

    /// Stops: no further request is begun, what the log has is finished and
    /// answered, every connection is told `bye` and closed, and the shared tasks end. Takes
    /// some seconds at most; the storage stays open.
    pub(crate) async fn stop(&self) {
        self.connections.hold_requests();
        self.transfers.end_all();
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(LOG_STOP_TIME, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("the storage did not answer in time; some requests stay unanswered");
        }
        self.connections.end_all(&Reply::Bye {});
        let closed = self.connections.all_closed();
        if tokio::time::timeout(CONNECTIONS_STOP_TIME, closed)
            .await
            .is_err()
        {
            tracing::debug!("some connections did not read to their end");
        }
    }

    /// How many connections are open.
    pub(crate) fn connection_count(&self) -> usize {
        self.connections.count()
    }

    /// Whether anybody owns this server.
    pub(crate) fn has_owner(&self) -> bool {
        self.directory.read(Tables::has_owner)
    }

    /// Ends when the server stops.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + '_ {
        self.stop.cancelled()
    }

    /// A session's browser looked at a page: it lives on from now.
    pub(crate) fn visited(&self, session: SessionId, address: IpAddr) {
        let now = clock::now();
        // Noted now and then, so that many pages cost few changes.
        let is_due = self.directory.read(|tables| {
            let session = tables.session(session);
            session.is_some_and(|s| clock::seconds_until(s.seen, now) >= VISIT_SECONDS)
        });
        if is_due {
            let lifetime = self.config.sessions.lifetime().as_secs();
            self.directory
                .write(|tables| tables.visit(session, address, now, lifetime));
        }
    }

    /// Carries an upload to its end, whatever becomes of its connection.
    pub(crate) fn carry<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.tasks.spawn(work)
    }

    /// Carries a request to its end whose connection has left.
    pub(crate) fn finish(&self, work: Work) {
        self.tasks.spawn(work.finish());
    }

    /// Takes a connection that has left out of everything that speaks to it.
    pub(crate) fn disconnect(&self, endpoint: &Endpoint) {
        if let Some(who) = endpoint.signed_in() {
            let rooms = self.directory.write(|tables| {
                tables.disconnect(endpoint);
                tables.person(who.user).map(|person| person.rooms.clone())
            });
            // A guest who was removed was still hearing `#broadcast`.
            for room in rooms.unwrap_or_else(|| vec![RoomId::BROADCAST]) {
                self.bus.unsubscribe(Topic::Room(room), endpoint.id());
            }
            self.bus.unsubscribe(Topic::User(who.user), endpoint.id());
            self.bus.unsubscribe(Topic::Everyone, endpoint.id());
        }
        self.connections.close(endpoint);
    }

    /// Tells everybody who is signed in of new users, all in one piece.
    pub(crate) fn tell_everyone_of(&self, users: Vec<User>) {
        let events = u32::try_from(users.len()).unwrap_or(u32::MAX);
        let lines: Vec<u8> = users
            .into_iter()
            .flat_map(|user| encode(&Reply::User(user), None))
            .collect();
        let piece = Piece {
            bytes: lines.into(),
            events,
        };
        self.bus.publish(Topic::Everyone, &piece, &[]);
    }

    /// Says something to everybody who is signed in.
    pub(crate) fn tell_everyone(&self, reply: &Reply) {
        self.bus
            .publish(Topic::Everyone, &Piece::line(reply, None), &[]);
    }
}

fn welcome(config: &Config, passwords: &Passwords, next_pins: Vec<String>) -> Welcome {
    let mut features = vec!["peers".to_owned()];
    if config.files.are_on() {
        features.insert(0, "files".to_owned());
    }
    Welcome {
        protocol: limits::PROTOCOL,
        server: ServerInfo {
            name: config.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        features,
        auth: AuthInfo {
            password: true,
            register: config.register,
            guests: config.guests,
            password_rules: passwords.rules(),
        },
        limits: Bounds {
            line_bytes: limits::CLIENT_LINE_BYTES as u64,
            text_bytes: config.limits.text_bytes as u64,
            file_bytes: config.files.file_bytes,
        },
        next_pins,
    }
}
