//! Who may act on whom. Section 2.6.

use std::net::IpAddr;

use parlor_protocol::{Code, ErrorLine, Role, limits};

use crate::clock::now;
use crate::directory::{Access, Person, Tables};
use crate::dispatch::{Context, bad_request, storage_error};
use crate::endpoint::SignedIn;
use crate::storage::{Deed, DeedOutcome, NewAudit, Origin, SessionId};

/// The user of this name.
///
/// # Errors
///
/// `no_such_user`.
pub(super) fn find<'a>(tables: &'a Tables, username: &str) -> Result<&'a Person, ErrorLine> {
    tables.by_username(username).ok_or_else(|| {
        let shown: String = username.chars().take(32).collect();
        let message = format!("There is nobody called {shown} here.");
        ErrorLine::new(Code::NoSuchUser, message)
    })
}

/// Refuses who has less than this rank.
///
/// # Errors
///
/// `forbidden`.
pub(super) fn need(tables: &Tables, c: &Context, least: Role) -> Result<Role, ErrorLine> {
    let role = tables
        .person(c.who.user)
        .map_or(Role::Guest, |p| p.record.role);
    if role >= least {
        return Ok(role);
    }
    Err(forbidden(&format!("Only a {least} or above may do this.")))
}

/// Whether one of rank `actor` may act on, or give, the rank `target`: lower
/// ones only, and owners also on owners.
pub(super) fn is_above(actor: Role, target: Role) -> bool {
    actor > target || actor == Role::Owner
}

/// The user of this name, on whom one of rank `least` or above is to act.
///
/// # Errors
///
/// `forbidden` or `no_such_user`.
pub(super) fn subject<'a>(
    tables: &'a Tables,
    c: &Context,
    username: &str,
    least: Role,
) -> Result<&'a Person, ErrorLine> {
    let role = need(tables, c, least)?;
    let person = find(tables, username)?;
    if is_above(role, person.record.role) {
        return Ok(person);
    }
    Err(above(person))
}

fn above(person: &Person) -> ErrorLine {
    forbidden(&format!(
        "{} is a {}; one acts on lower ranks only.",
        person.username, person.record.role
    ))
}

/// Refuses to put somebody out of a room whose rank is as high, unless the
/// actor made the room: there its maker stands above all but moderators of the server.
///
/// # Errors
///
/// `forbidden`.
pub(super) fn check_above(
    actor: &Person,
    person: &Person,
    access: &Access<'_>,
) -> Result<(), ErrorLine> {
    let makes = access.place.record.creator == Some(actor.record.id);
    let is_ordinary = person.record.role < Role::Moderator;
    if is_above(actor.record.role, person.record.role) || (makes && is_ordinary) {
        return Ok(());
    }
    Err(above(person))
}

/// Refuses a reason that is too long.
///
/// # Errors
///
/// `bad_request`.
pub(super) fn check_reason(reason: &str) -> Result<(), ErrorLine> {
    if reason.chars().count() <= limits::REASON_CHARS {
        return Ok(());
    }
    let what = format!("at most {} characters are wanted.", limits::REASON_CHARS);
    Err(bad_request("reason", &what))
}

/// `forbidden`, with what to say.
pub(super) fn forbidden(message: &str) -> ErrorLine {
    ErrorLine::new(Code::Forbidden, message)
}

/// The audit entry of what the asking user does.
pub(super) fn audit(c: &Context, action: &str, target: &str, detail: &str) -> NewAudit {
    audit_by(&c.who, c.endpoint.address, action, target, detail)
}

/// The audit entry of what somebody does from an address.
pub(super) fn audit_by(
    who: &SignedIn,
    address: IpAddr,
    action: &str,
    target: &str,
    detail: &str,
) -> NewAudit {
    NewAudit {
        time: now(),
        actor: who.username.to_string(),
        action: action.to_owned(),
        target: target.to_owned(),
        detail: detail.to_owned(),
        address: address.to_string(),
    }
}

/// Does something with rank, and writes it to the audit log; answers the
/// sessions that it ended.
///
/// # Errors
///
/// `no_such_user`, `forbidden` for the last owner, or storage's.
pub(super) async fn note(
    c: &Context,
    deed: Deed,
    audit: NewAudit,
) -> Result<Vec<SessionId>, ErrorLine> {
    match c.state.storage.perform(deed, audit, Origin::Server).await {
        Ok(DeedOutcome::Done { ended }) => Ok(ended),
        Ok(DeedOutcome::Unchanged) => Ok(Vec::new()),
        Ok(DeedOutcome::NoSuchUser) => Err(ErrorLine::new(Code::NoSuchUser, "This user is gone.")),
        Ok(DeedOutcome::LastOwner) => Err(forbidden(
            "This is the last owner; make somebody else an owner first.",
        )),
        Err(error) => Err(storage_error(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_acts_on_lower_ranks_and_owners_on_owners() {
        for actor in Role::ALL {
            for target in Role::ALL {
                let expected = actor > target || (*actor == Role::Owner && *target == Role::Owner);
                assert_eq!(is_above(*actor, *target), expected, "{actor} on {target}");
            }
        }
    }
}
