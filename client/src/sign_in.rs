//! Signing in: with a password, as somebody new, or as a guest.

use std::fmt;

use bytes::Bytes;
use parlor_certs::{Address, Link, Pin, ServerPublicKey};
use parlor_protocol::limits::LABEL_CHARS;
use parlor_protocol::reply::Session;
use parlor_protocol::request::{Guest, Login, Register};
use parlor_protocol::{ErrorLine, Reply, Request};

use crate::dial::{CONNECT_TIMEOUT, ConnectError};
use crate::event::{KeyChange, ServerKey};
use crate::greet::{Trust, open_trusted};
use crate::home::{Account, AccountId, Home, HomeError, Token};

/// By what one signs in. Passwords are in no `Debug` output and are not kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// An account that exists.
    Login {
        /// Who.
        username: String,
        /// The password.
        password: String,
    },
    /// A new account.
    Register {
        /// The username wished for.
        username: String,
        /// The password.
        password: String,
        /// The display name; the username if none.
        name: Option<String>,
        /// The invite's code; the link's if none.
        invite: Option<String>,
    },
    /// No account.
    Guest {
        /// The display name wished for.
        nickname: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login { username, .. } => write!(f, "Login({username})"),
            Self::Register { username, .. } => write!(f, "Register({username})"),
            Self::Guest { nickname } => write!(f, "Guest({nickname})"),
        }
    }
}

/// Why signing in failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SignInError {
    /// The server said no; `code` tells why, `rules` what a new password lacks.
    #[error("{0}")]
    Refused(ErrorLine),
    /// There is no trusted connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The session could not be kept.
    #[error(transparent)]
    Home(#[from] HomeError),
}

/// Signs in, and keeps the session in the home. An account that the home
/// already has for this user on this server is used on, with all it kept.
///
/// # Errors
///
/// [`SignInError`]. A server of which [`crate::greet`] says [`Trust::FirstUse`]
/// must have been remembered before; else it is [`ConnectError::Unconfirmed`].
pub async fn sign_in(
    home: &Home,
    link: &Link,
    credentials: Credentials,
) -> Result<Account, SignInError> {
    Ok(sign_in_line(home, link, credentials).await?.0)
}

/// [`sign_in`], with the `session` line as it came. It holds the token.
///
/// # Errors
///
/// Those of [`sign_in`].
pub async fn sign_in_line(
    home: &Home,
    link: &Link,
    credentials: Credentials,
) -> Result<(Account, Bytes), SignInError> {
    let (mut wire, trust) = open_trusted(home, link, CONNECT_TIMEOUT).await?;
    let request = request(credentials, link.invite.as_deref());
    let (reply, line) = wire.ask(&link.address, request).await?;
    let session = match reply {
        Reply::Session(session) => session,
        Reply::Error(error) => return Err(SignInError::Refused(error)),
        _ => {
            return Err(SignInError::Connect(ConnectError::NotParlor {
                address: link.address.clone(),
                detail: "it answers a sign-in with something else".into(),
            }));
        }
    };
    if trust != Trust::SystemRoots {
        home.remember_pin(&link.address, &wire.pin)?;
        home.remember_next_pins(&link.address, &wire.pin, &wire.welcome.next_pins)?;
    }
    check_server_key(home, &link.address, &session)?;
    let account = keep(home, &link.address, &wire.welcome.server.name, &session)?;
    wire.close().await;
    Ok((account, line))
}

fn request(credentials: Credentials, invite_of_link: Option<&str>) -> Request {
    match credentials {
        Credentials::Login { username, password } => Login {
            username,
            password,
            label: label(),
        }
        .into(),
        Credentials::Register {
            username,
            password,
            name,
            invite,
        } => Register {
            username,
            password,
            name,
            invite: invite.or_else(|| invite_of_link.map(ToOwned::to_owned)),
            label: label(),
        }
        .into(),
        Credentials::Guest { nickname } => Guest {
            nickname,
            label: label(),
        }
        .into(),
    }
}

/// What the session is called in the user's list of sessions, and the device if nobody says otherwise:
/// this computer's name.
pub(crate) fn label() -> Option<String> {
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let label: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(LABEL_CHARS)
        .collect();
    (!label.is_empty()).then_some(label)
}

/// Remembers the server's signing key, or refuses one that is not the remembered.
pub(crate) fn check_server_key(
    home: &Home,
    address: &Address,
    session: &Session,
) -> Result<(), ConnectError> {
    let Ok(shown) = session.server_key.parse::<ServerPublicKey>() else {
        // A server that names no key that can be read vouches for nobody; there is nothing to guard.
        return Ok(());
    };
    let mut known = home.known_servers()?;
    match known.get(address).and_then(|known| known.server_key) {
        Some(expected) if expected == shown => Ok(()),
        Some(expected) => Err(ConnectError::KeyChanged(KeyChange {
            which: ServerKey::Signing,
            expected: vec![expected.to_string()],
            shown: shown.to_string(),
        })),
        None => Ok(known.remember_server_key(address, shown)?),
    }
}

/// Keeps what a session said anew, after a resume.
pub(crate) fn keep_session(
    home: &Home,
    address: &Address,
    pin: &Pin,
    next_pins: &[String],
    account: &Account,
    token: &Token,
) -> Result<(), ConnectError> {
    let is_pinned = home
        .known_servers()?
        .get(address)
        .is_some_and(|known| !known.pins.is_empty());
    if is_pinned {
        home.remember_pin(address, pin)?;
        home.remember_next_pins(address, pin, next_pins)?;
    }
    let files = home.account_files(&account.id);
    files.save(account)?;
    if files.token().is_ok_and(|kept| kept != *token) {
        files.save_token(token)?;
    }
    Ok(home.note_server(&account.address, &account.server_name)?)
}

fn keep(
    home: &Home,
    address: &Address,
    server_name: &str,
    session: &Session,
) -> Result<Account, HomeError> {
    let address = address.to_string();
    let known = home
        .accounts()
        .into_iter()
        .find(|account| account.address == address && account.username == session.user.username);
    let now = jiff::Timestamp::now().into();
    let account = Account {
        id: known.map_or_else(AccountId::new, |account| account.id),
        server_name: server_name.to_owned(),
        username: session.user.username.clone(),
        name: session.user.name.clone(),
        last_used: now,
        since: now,
        signed_in: true,
        address,
    };
    let files = home.account_files(&account.id);
    files.save(&account)?;
    files.save_token(&Token::new(session.token.clone()))?;
    home.note_server(&account.address, server_name)?;
    Ok(account)
}
