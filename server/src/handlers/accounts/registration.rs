//! `register` and `guest`: how one comes to be somebody here.

use std::sync::Arc;

use parlor_protocol::request::{Guest, Register};
use parlor_protocol::{Code, ErrorLine, Notify, RegisterPolicy, Role, names};

use super::{Door, Opened, check_password, checked_label, checked_name, password_error};
use crate::clock::now;
use crate::dispatch::storage_error;
use crate::handlers::membership;
use crate::secrets;
use crate::state::State;
use crate::storage::{
    Admission, Admitted, InviteRecord, MemberRecord, NewUser, RoomId, SecretHash, UserId,
    UserRecord,
};

/// How often a guest's name is drawn anew when it is taken. There are 36^8.
const GUEST_NAME_TRIES: usize = 4;

/// `register`: makes an account and signs in.
///
/// # Errors
///
/// As the protocol has them for `register`.
pub(crate) async fn register(door: Door, request: Register) -> Result<Opened, ErrorLine> {
    let Register {
        username,
        password,
        name,
        invite,
        label,
    } = request;
    door.check_address()?;
    door.state.limits.registration(door.address)?;
    let label = checked_label(label)?;
    let username = names::username(&username).ok_or_else(|| {
        bad_username("A username has 1 to 32 of a-z 0-9 _ . - and begins with a letter or digit.")
    })?;
    if names::is_guest(&username) {
        return Err(bad_username(
            "Names of this form are for guests. Choose another.",
        ));
    }
    let name = name.map_or_else(|| Ok(username.clone()), |name| checked_name("name", name))?;
    let admission = admission(&door, invite).await?;
    let taken = door
        .state
        .directory
        .read(|tables| tables.by_username(&username).is_some());
    if taken {
        return Err(username_taken());
    }
    check_password(&door.state, "password", &password, &username).await?;
    let password = door.state.passwords.hash(password).await;
    let new = NewUser {
        username,
        name,
        role: Role::Member,
        password: Some(password.map_err(|error| password_error(&error))?),
        created: now(),
        rooms: vec![RoomId::BROADCAST],
    };
    let user = admit(&door, new, admission).await?;
    door.open_session(user, label).await
}

/// By what right somebody registers, refused early where there is none.
async fn admission(door: &Door, invite: Option<String>) -> Result<Admission, ErrorLine> {
    let policy = door.state.config.register;
    let Some(code) = invite else {
        return match policy {
            RegisterPolicy::Open => Ok(Admission::Open),
            RegisterPolicy::Invite => {
                let message =
                    "One needs an invite here. Ask somebody who runs the server for a link.";
                Err(ErrorLine::new(Code::InviteRequired, message))
            }
            RegisterPolicy::Closed => Err(registration_closed()),
        };
    };
    let code = SecretHash::of(&code);
    let found = door.state.storage.invite(code).await;
    let found = found.map_err(|error| storage_error(&error))?;
    let works = |record: &InviteRecord| {
        record.uses > 0 && record.expires.is_none_or(|expires| expires > now())
    };
    match found.filter(works) {
        // The owner's code opens a server that is closed to everybody else.
        Some(record) if policy == RegisterPolicy::Closed && !record.first_start => {
            Err(registration_closed())
        }
        Some(_) => Ok(Admission::Invite(code)),
        None if policy == RegisterPolicy::Closed => Err(registration_closed()),
        None => Err(bad_invite()),
    }
}

/// Makes the account, and tells everybody of it.
async fn admit(door: &Door, new: NewUser, admission: Admission) -> Result<UserId, ErrorLine> {
    match door.state.storage.create_user(new, admission).await {
        Ok(Admitted::User(record)) => Ok(welcome(&door.state, record).await),
        Ok(Admitted::UsernameTaken) => Err(username_taken()),
        Ok(Admitted::BadInvite) => Err(bad_invite()),
        Err(error) => Err(storage_error(&error)),
    }
}

/// Takes a new user over into memory, and into `#general` as far as storage lets them.
async fn welcome(state: &Arc<State>, record: UserRecord) -> UserId {
    let id = record.id;
    tracing::info!(user = record.username, "a user was made");
    state.directory.write(|tables| {
        tables.put_user(record);
        tables.announce(id);
        tables.put_member(&MemberRecord {
            room: RoomId::BROADCAST,
            user: id,
            notify: Notify::All,
            read_seq: tables
                .place(RoomId::BROADCAST)
                .map_or(0, |place| place.record.last_seq),
            mentions: 0,
        });
    });
    if let Err(error) = membership::bring_in(state, RoomId::GENERAL, id, id).await {
        // The account is made; they can join by themselves.
        tracing::warn!(%error, "a new user could not be brought into #general");
    }
    id
}

/// `guest`: makes an account that goes with its session.
pub(super) async fn guest(door: Door, request: Guest) -> Result<Opened, ErrorLine> {
    door.check_address()?;
    door.state.limits.sign_in(door.address)?;
    if !door.state.config.guests {
        let message = "There are no guests on this server. Register with an invite.";
        return Err(ErrorLine::new(Code::GuestsNotAllowed, message));
    }
    let label = checked_label(request.label)?;
    let name = checked_name("nickname", request.nickname)?;
    for _ in 0..GUEST_NAME_TRIES {
        let new = NewUser {
            username: secrets::guest_name(),
            name: name.clone(),
            role: Role::Guest,
            password: None,
            created: now(),
            rooms: vec![RoomId::BROADCAST],
        };
        match admit(&door, new, Admission::Open).await {
            Ok(user) => return door.open_session(user, label).await,
            Err(error) if error.code == Code::UsernameTaken => {}
            Err(error) => return Err(error),
        }
    }
    Err(username_taken())
}

fn bad_username(message: &str) -> ErrorLine {
    ErrorLine::new(Code::BadUsername, message)
}

fn username_taken() -> ErrorLine {
    ErrorLine::new(
        Code::UsernameTaken,
        "This username is, or was, somebody's. Choose another.",
    )
}

fn bad_invite() -> ErrorLine {
    ErrorLine::new(
        Code::BadInvite,
        "This invite is wrong, used up, or expired. Ask for a new one.",
    )
}

fn registration_closed() -> ErrorLine {
    ErrorLine::new(
        Code::RegistrationClosed,
        "Nobody can register here. Ask who runs the server for an account.",
    )
}
