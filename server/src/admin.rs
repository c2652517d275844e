//! What the command line does to a data folder: accounts and invites.
//!
//! It works on the storage alone, so it works whether a server runs on the folder or not. A
//! running one learns of it within a second by [`Storage::changes_since`]. Each change stands
//! in the audit log, with the actor `server`.

use parlor_protocol::{Role, Time, names};

use crate::passwords::{HashingError, Passwords};
use crate::secrets;
use crate::storage::{
    Admission, Admitted, Deed, DeedOutcome, InviteRecord, NewAudit, NewUser, Origin, RoomId,
    SecretHash, Storage, StorageError, UserRecord,
};

/// The actor that the audit log names.
const ACTOR: &str = "server";

/// Why a command was not carried out; the message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The username breaks the rules.
    #[error(
        "{0:?} cannot be a username: take 1 to 32 of a-z 0-9 _ . -, first a letter or digit, and not a guest's form"
    )]
    BadUsername(String),
    /// The display name breaks the rules.
    #[error("{0:?} cannot be a display name: take 1 to 64 characters and no control characters")]
    BadName(String),
    /// The username is or was somebody's.
    #[error("the username {0} is, or was, somebody's: choose another")]
    UsernameTaken(String),
    /// There is no such account.
    #[error("there is no account {0}: `parlord user list` shows those there are")]
    NoSuchUser(String),
    /// The password breaks the rules.
    #[error("the password is too weak; it must have: {}", .0.join(" "))]
    WeakPassword(Vec<String>),
    /// A rank that an account cannot have.
    #[error("guests have no account and keep their rank: say member, moderator, admin or owner")]
    GuestRole,
    /// It would leave the server without an owner.
    #[error("{0} is the last owner: make somebody else owner first")]
    LastOwner(String),
    /// The password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The storage failed; nothing was changed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What a command answers.
pub type Result<T> = std::result::Result<T, AdminError>;

/// An account to make.
#[derive(Debug)]
pub struct Account {
    /// The username, in any case.
    pub username: String,
    /// The display name; the username if none.
    pub name: Option<String>,
    /// The rank.
    pub role: Role,
}

/// An account, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUser {
    /// The username.
    pub username: String,
    /// The display name.
    pub name: String,
    /// The rank.
    pub role: Role,
    /// Whether signing in is refused.
    pub disabled: bool,
    /// When the account was made.
    pub created: Time,
    /// How many sessions are open.
    pub sessions: usize,
    /// When the last of them was seen.
    pub seen: Option<Time>,
}

/// An invite that was made: its code stands nowhere else.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// The code, for a link.
    pub code: String,
    /// The rank that it gives.
    pub role: Role,
    /// How many may use it.
    pub uses: u64,
    /// Until when.
    pub expires: Option<Time>,
}

/// Makes an account, in `#general` and `#broadcast`.
///
/// # Errors
///
/// See [`AdminError`].
pub async fn add_user(
    storage: &dyn Storage,
    passwords: &Passwords,
    account: Account,
    password: String,
    now: Time,
) -> Result<UserRecord> {
    let bad_username = || AdminError::BadUsername(account.username.clone());
    let username = names::username(&account.username).ok_or_else(bad_username)?;
    if names::is_guest(&username) {
        return Err(bad_username());
    }
    let name = account.name.unwrap_or_else(|| username.clone());
    if !names::is_display_name(&name) {
        return Err(AdminError::BadName(name));
    }
    if account.role == Role::Guest {
        return Err(AdminError::GuestRole);
    }
    let password = new_password(passwords, password, &username).await?;
    let new = NewUser {
        username: username.clone(),
        name,
        role: account.role,
        password: Some(password),
        created: now,
        rooms: vec![RoomId::GENERAL, RoomId::BROADCAST],
    };
    let audit = audit("user_add", &username, account.role.as_str(), now);
    match storage
        .create_user(new, Admission::CommandLine(audit))
        .await?
    {
        Admitted::User(user) => Ok(user),
        Admitted::UsernameTaken | Admitted::BadInvite => Err(AdminError::UsernameTaken(username)),
    }
}

/// Everybody who has an account or is a guest, by username.
///
/// # Errors
///
/// See [`AdminError`].
pub async fn list_users(storage: &dyn Storage) -> Result<Vec<ListedUser>> {
    let snapshot = storage.load().await?;
    let mut users: Vec<ListedUser> = snapshot
        .users
        .into_iter()
        .map(|user| {
            let own = snapshot.sessions.iter().filter(|s| s.user == user.id);
            ListedUser {
                sessions: own.clone().count(),
                seen: own.map(|session| session.seen).max(),
                username: user.username,
                name: user.name,
                role: user.role,
                disabled: user.disabled,
                created: user.created,
            }
        })
        .collect();
    users.sort_by(|a, b| a.username.cmp(&b.username));
    Ok(users)
}

/// Gives an account a new password; all its sessions end.
///
/// # Errors
///
/// See [`AdminError`].
pub async fn set_password(
    storage: &dyn Storage,
    passwords: &Passwords,
    username: &str,
    password: String,
    now: Time,
) -> Result<()> {
    let user = account(storage, username).await?;
    let password = new_password(passwords, password, &user.username).await?;
    let deed = Deed::SetPassword {
        user: user.id,
        password,
    };
    perform(storage, deed, audit("user_passwd", &user.username, "", now)).await
}

/// Gives an account a rank.
///
/// # Errors
///
/// See [`AdminError`].
pub async fn set_role(storage: &dyn Storage, username: &str, role: Role, now: Time) -> Result<()> {
    let user = account(storage, username).await?;
    if role == Role::Guest {
        return Err(AdminError::GuestRole);
    }
    let audit = audit("role", &user.username, role.as_str(), now);
    let user = user.id;
    perform(storage, Deed::SetRole { user, role }, audit).await
}

/// Refuses an account to sign in and ends its sessions, or allows it again.
///
/// # Errors
///
/// See [`AdminError`].
pub async fn set_disabled(
    storage: &dyn Storage,
    username: &str,
    disabled: bool,
    now: Time,
) -> Result<()> {
    let user = account(storage, username).await?;
    let action = if disabled {
        "user_disable"
    } else {
        "user_enable"
    };
    let audit = audit(action, &user.username, "", now);
    let user = user.id;
    perform(storage, Deed::SetDisabled { user, disabled }, audit).await
}

/// Makes an invite.
///
/// # Errors
///
/// See [`AdminError`].
pub async fn create_invite(
    storage: &dyn Storage,
    role: Role,
    uses: u64,
    expires: Option<Time>,
    now: Time,
) -> Result<NewInvite> {
    if role == Role::Guest {
        return Err(AdminError::GuestRole);
    }
    let code = secrets::invite_code();
    let invite = InviteRecord {
        code: SecretHash::of(&code),
        role,
        uses,
        expires,
        first_start: false,
    };
    let audit = audit("create_invite", role.as_str(), &format!("{uses} uses"), now);
    perform(storage, Deed::CreateInvite(invite), audit).await?;
    Ok(NewInvite {
        code,
        role,
        uses,
        expires,
    })
}

/// The account of this name; guests have none.
async fn account(storage: &dyn Storage, username: &str) -> Result<UserRecord> {
    let none = || AdminError::NoSuchUser(username.to_owned());
    let wanted = names::username(username).ok_or_else(none)?;
    let users = storage.load().await?.users;
    let found = users
        .into_iter()
        .find(|user| user.username == wanted && user.role != Role::Guest);
    found.ok_or_else(none)
}

async fn new_password(
    passwords: &Passwords,
    password: String,
    username: &str,
) -> Result<crate::storage::PasswordHash> {
    let mut broken = passwords.check(&password, username).await?;
    if password.len() > parlor_protocol::limits::PASSWORD_BYTES {
        broken.push("At most 1024 bytes.".to_owned());
    }
    if !broken.is_empty() {
        return Err(AdminError::WeakPassword(broken));
    }
    Ok(passwords.hash(password).await?)
}

async fn perform(storage: &dyn Storage, deed: Deed, audit: NewAudit) -> Result<()> {
    let target = audit.target.clone();
    match storage.perform(deed, audit, Origin::CommandLine).await? {
        DeedOutcome::Done { .. } | DeedOutcome::Unchanged => Ok(()),
        DeedOutcome::NoSuchUser => Err(AdminError::NoSuchUser(target)),
        DeedOutcome::LastOwner => Err(AdminError::LastOwner(target)),
    }
}

fn audit(action: &str, target: &str, detail: &str, now: Time) -> NewAudit {
    NewAudit {
        time: now,
        actor: ACTOR.to_owned(),
        action: action.to_owned(),
        target: target.to_owned(),
        detail: detail.to_owned(),
        address: String::new(),
    }
}

#[cfg(test)]
mod tests;
