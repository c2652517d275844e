//! `register`, `login`, `guest` and `resume`: how one comes in. The first and
//! the third, which make an account, stand in [`registration`].

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use parlor_protocol::request::{Login, Resume};
use parlor_protocol::{Code, ErrorLine, Reply, Request, limits, names};

use super::entry;
use crate::clock::{after, now};
use crate::config::SessionPolicy;
use crate::connection::Work;
use crate::dispatch::{bad_request, storage_error};
use crate::endings;
use crate::endpoint::Endpoint;
use crate::passwords::HashingError;
use crate::secrets;
use crate::state::State;
use crate::storage::{NewSession, SecretHash, SessionId, UserId};

mod registration;

use registration::guest;
pub(crate) use registration::register;

/// Where somebody asks to be let in, by whatever way.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// What all connections share.
    pub(crate) state: Arc<State>,
    /// Where they ask from.
    pub(crate) address: IpAddr,
}

/// A session that was just opened. Nothing but its token opens it again.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The session.
    pub(crate) session: SessionId,
    /// Its token.
    pub(crate) token: String,
}

/// A connection on which nobody is signed in yet.
#[derive(Debug, Clone)]
struct Entrance {
    door: Door,
    endpoint: Arc<Endpoint>,
    re: Option<u64>,
}

/// Sessions of one user. Beyond it the one that was not seen for longest ends,
/// so that who signs in anew each day without signing out fills nothing.
const MAX_SESSIONS: usize = 100;

type Entered = Result<Option<Work>, ErrorLine>;

/// Answers a request on a connection without a session.
pub(crate) fn sign_in(
    state: &Arc<State>,
    endpoint: &Arc<Endpoint>,
    re: Option<u64>,
    request: Request,
) -> Option<Work> {
    let entrance = Entrance {
        door: Door {
            state: Arc::clone(state),
            address: endpoint.address,
        },
        endpoint: Arc::clone(endpoint),
        re,
    };
    match request {
        // Where nothing is missing, all of it is in memory.
        Request::Resume(r) => {
            let entered = resume(&entrance, &r);
            entrance.entered(entered)
        }
        _ if endpoint.granted().is_some() => {
            let message = "This connection has its session already: say resume.";
            entrance.refuse(ErrorLine::new(Code::NotSignedIn, message))
        }
        Request::Register(r) => entrance.open(|door| register(door, r)),
        Request::Login(r) => entrance.open(|door| login(door, r)),
        Request::Guest(r) => entrance.open(|door| guest(door, r)),
        _ => {
            let message = "Sign in first: register, login, guest or resume.";
            entrance.refuse(ErrorLine::new(Code::NotSignedIn, message))
        }
    }
}

/// What signing in twice on one connection is told.
pub(crate) fn already_signed_in() -> ErrorLine {
    bad_request(
        "type",
        "this connection is signed in already. Open another one.",
    )
}

impl Entrance {
    fn refuse(&self, error: ErrorLine) -> Option<Work> {
        self.endpoint.outbox.say(&Reply::Error(error), self.re);
        None
    }

    fn entered(&self, entered: Entered) -> Option<Work> {
        entered.unwrap_or_else(|error| self.refuse(error))
    }

    /// Opens a session, and lets its user in on this connection.
    fn open<F>(self, handler: impl FnOnce(Door) -> F) -> Option<Work>
    where
        F: Future<Output = Result<Opened, ErrorLine>> + Send + 'static,
    {
        let opening = handler(self.door.clone());
        Some(Work::new(self.re, async move {
            let entered = match opening.await {
                Ok(opened) => self.enter(opened).await,
                Err(error) => Err(error),
            };
            self.entered(entered)
        }))
    }

    async fn enter(&self, Opened { session, token }: Opened) -> Entered {
        let state = &self.door.state;
        let entered = entry::enter(state, &self.endpoint, session, token, None, self.re);
        if entered.is_err() {
            // Nobody has its token.
            self.door.end(session).await?;
        }
        entered
    }
}

impl Door {
    fn check_address(&self) -> Result<(), ErrorLine> {
        let address = self.address;
        let ban = |reason: &str| Err(endings::banned(reason));
        self.state.directory.check(|tables| {
            tables
                .ban_at(address, now())
                .map_or(Ok(()), |found| ban(&found.reason))
        })
    }

    fn check_ban(&self, user: UserId) -> Result<(), ErrorLine> {
        self.state.directory.check(|tables| {
            let ban = tables.ban_of(user, now());
            ban.map_or(Ok(()), |found| Err(endings::banned(&found.reason)))
        })
    }

    /// Opens a session for a user.
    async fn open_session(self, user: UserId, label: Option<String>) -> Result<Opened, ErrorLine> {
        let token = secrets::token();
        let session = NewSession {
            user,
            token: SecretHash::of(&token),
            label: label.unwrap_or_default(),
            address: self.address.to_string(),
            created: now(),
            expires: after(now(), self.state.config.sessions.lifetime().as_secs()),
        };
        let record = self.state.storage.create_session(session).await;
        let record = record.map_err(|error| storage_error(&error))?;
        let session = record.id;
        let stays = self.state.directory.write(|tables| {
            tables.put_session(record);
            // A ban or a disabling may have come while the session was stored.
            let person = tables.person(user);
            person.is_some_and(|p| !p.record.disabled) && tables.ban_of(user, now()).is_none()
        });
        self.end_oldest(user, session).await?;
        if !stays {
            self.end(session).await?;
            return Err(bad_credentials());
        }
        Ok(Opened { session, token })
    }

    /// Ends a session, and whatever goes on by it.
    ///
    /// # Errors
    ///
    /// `storage_unavailable`, `internal`: it has not ended then.
    pub(crate) async fn end(&self, session: SessionId) -> Result<(), ErrorLine> {
        let over = endings::session_over();
        let ended = endings::end_sessions(&self.state, vec![session], &over, None).await;
        ended.map_err(|error| storage_error(&error))
    }
}

impl Door {
    /// Ends the sessions that a user has beyond [`MAX_SESSIONS`], but not `new`.
    async fn end_oldest(&self, user: UserId, new: SessionId) -> Result<(), ErrorLine> {
        let surplus = self.state.directory.read(|tables| {
            let mut sessions: Vec<_> = tables
                .sessions_of(user, now())
                .filter(|session| session.id != new)
                .map(|session| (session.seen, session.id))
                .collect();
            sessions.sort_unstable();
            let surplus = (sessions.len() + 1).saturating_sub(MAX_SESSIONS);
            sessions.truncate(surplus);
            sessions.into_iter().map(|(_, id)| id).collect()
        });
        let over = endings::session_over();
        let ended = endings::end_sessions(&self.state, surplus, &over, None).await;
        ended.map_err(|error| storage_error(&error))
    }
}

fn checked_label(label: Option<String>) -> Result<Option<String>, ErrorLine> {
    let fits = |label: &String| {
        label.chars().count() <= limits::LABEL_CHARS && names::is_one_clean_line(label)
    };
    if label.as_ref().is_none_or(fits) {
        return Ok(label);
    }
    let what = format!(
        "at most {} characters, on one line, are wanted.",
        limits::LABEL_CHARS
    );
    Err(bad_request("label", &what))
}

fn checked_name(member: &str, name: String) -> Result<String, ErrorLine> {
    if names::is_display_name(&name) {
        return Ok(name);
    }
    let what = "1 to 64 characters, on one line and without direction marks, are wanted.";
    Err(bad_request(member, what))
}

pub(crate) async fn login(door: Door, request: Login) -> Result<Opened, ErrorLine> {
    let Login {
        username,
        password,
        label,
    } = request;
    // What stands in the label is no reason to check a password.
    let label = checked_label(label)?;
    let user = identify(&door, &username, password).await?;
    apply_session_policy(&door.state, user).await?;
    door.open_session(user, label).await
}

/// The user whose password it is, if they may come in, within the limits of a login.
///
/// # Errors
///
/// Those of `login`.
pub(crate) async fn identify(
    door: &Door,
    username: &str,
    password: String,
) -> Result<UserId, ErrorLine> {
    door.check_address()?;
    door.state.limits.sign_in(door.address)?;
    let username = names::username(username).unwrap_or_default();
    door.state.limits.password(&username)?;
    let (id, hash, disabled) = door.state.directory.read(|tables| {
        tables
            .by_username(&username)
            .map_or((None, None, false), |p| {
                (
                    Some(p.record.id),
                    p.record.password.clone(),
                    p.record.disabled,
                )
            })
    });
    // Who does not exist is checked all the same, so that the time says nothing.
    let fits = check_against(&door.state, password, hash).await?;
    let user = id
        .filter(|_| fits && !disabled)
        .ok_or_else(bad_credentials)?;
    door.check_ban(user)?;
    Ok(user)
}

/// Where a user has one session: refuses the second while the first is
/// connected, or lets it take over. A session that nobody is connected by is
/// ended in either case, for its token may be lost.
async fn apply_session_policy(state: &Arc<State>, user: UserId) -> Result<(), ErrorLine> {
    let policy = state.config.sessions.policy;
    if policy == SessionPolicy::Several {
        return Ok(());
    }
    let (sessions, connected) = state.directory.read(|tables| {
        let person = tables.person(user);
        (
            person.map(|p| p.sessions.clone()).unwrap_or_default(),
            person.is_some_and(|p| p.endpoints().next().is_some()),
        )
    });
    if policy == SessionPolicy::Refuse && connected {
        let message =
            "You are signed in elsewhere, and this server allows one session. End that one first.";
        return Err(ErrorLine::new(Code::AlreadyOnline, message));
    }
    let over = endings::session_over();
    let ended = endings::end_sessions(state, sessions, &over, None).await;
    ended.map_err(|error| storage_error(&error))
}

fn resume(entrance: &Entrance, request: &Resume) -> Entered {
    let Entrance { door, endpoint, re } = entrance;
    door.check_address()?;
    door.state.limits.resume(door.address)?;
    if endpoint.granted().is_some() {
        return enter_granted(&door.state, endpoint, Some(&request.rooms), *re);
    }
    let Some(token) = &request.token else {
        return Err(bad_request("token", "the session's token is wanted."));
    };
    let hash = SecretHash::of(token);
    let found = door.state.directory.read(|tables| {
        let session = tables.session_of(&hash, now())?;
        Some((session.id, session.user))
    });
    let Some((session, user)) = found else {
        let message = "This token opens no session; it has ended. Sign in again.";
        return Err(ErrorLine::new(Code::BadToken, message));
    };
    door.check_ban(user)?;
    let (token, rooms) = (token.clone(), Some(&request.rooms));
    entry::enter(&door.state, endpoint, session, token, rooms, *re)
}

/// Lets the session in that a connection was granted when it was opened. Who
/// reads the connection is not told the token: where it was granted by a
/// cookie, the page's scripts must not have it.
///
/// # Errors
///
/// `bad_token` where it has ended.
pub(crate) fn enter_granted(
    state: &Arc<State>,
    endpoint: &Arc<Endpoint>,
    rooms: Option<&BTreeMap<String, u64>>,
    re: Option<u64>,
) -> Entered {
    // One that was never granted has no number.
    let session = endpoint.granted().unwrap_or(SessionId(0));
    entry::enter(state, endpoint, session, String::new(), rooms, re)
}

/// Refuses a new password that breaks the rules, naming each of them.
///
/// # Errors
///
/// `weak_password`, or `bad_request` for one beyond any use.
pub(super) async fn check_password(
    state: &State,
    member: &str,
    password: &str,
    username: &str,
) -> Result<(), ErrorLine> {
    if password.len() > limits::PASSWORD_BYTES {
        let what = format!("at most {} bytes are wanted.", limits::PASSWORD_BYTES);
        return Err(bad_request(member, &what));
    }
    let rules = state.passwords.check(password, username).await;
    let rules = rules.map_err(|error| password_error(&error))?;
    if rules.is_empty() {
        return Ok(());
    }
    Err(ErrorLine {
        rules,
        ..ErrorLine::new(
            Code::WeakPassword,
            "This password is too weak. Choose one that keeps the rules.",
        )
    })
}

/// Whether a password is the one of this hash. It takes as long for none.
///
/// # Errors
///
/// Where hashing itself fails.
pub(super) async fn check_against(
    state: &State,
    password: String,
    hash: Option<crate::storage::PasswordHash>,
) -> Result<bool, ErrorLine> {
    let checked = state.passwords.verify(password, hash).await;
    checked.map_err(|error| password_error(&error))
}

/// What a failed sign-in is told, whatever it failed of.
pub(crate) fn bad_credentials() -> ErrorLine {
    ErrorLine::new(
        Code::BadCredentials,
        "The username or the password is wrong.",
    )
}

/// What a password is told that was neither hashed nor checked.
pub(super) fn password_error(error: &HashingError) -> ErrorLine {
    if let HashingError::Busy { retry_after } = error {
        return ErrorLine {
            retry_after: Some(retry_after.as_secs_f64()),
            ..ErrorLine::new(Code::RateLimited, format!("There are {error}."))
        };
    }
    tracing::error!(%error, "hashing failed");
    let message = "The server could not check the password. Tell who runs it.";
    ErrorLine::new(Code::Internal, message)
}
