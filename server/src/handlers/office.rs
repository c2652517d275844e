//! `role`, `create_invite`, `alert` and `audit`.

use parlor_protocol::request::{Audit, CreateInvite, SendAlert, SetRole};
use parlor_protocol::{Code, ErrorLine, Reply, Role, limits};

use super::{page, rank};
use crate::clock::{after, now};
use crate::directory::{Person, Tables};
use crate::dispatch::{Answer, Context, bad_request, storage_error};
use crate::outbox::Piece;
use crate::secrets;
use crate::state::State;
use crate::storage::{Deed, InviteRecord, SecretHash, UserId};

/// How long an invite holds unless it says otherwise: 7 days, in seconds.
const INVITE_SECONDS: u64 = 7 * 24 * 60 * 60;

/// How many may use one invite.
const MAX_INVITE_USES: u64 = 100_000;

/// `role`: gives somebody a rank.
pub(crate) async fn set_role(c: Context, request: SetRole) -> Answer {
    let SetRole { username, role } = request;
    let user = c.state.directory.check(|tables| {
        let person = rank::subject(tables, &c, &username, Role::Admin)?;
        let own = rank::need(tables, &c, Role::Admin)?;
        if !rank::is_above(own, role) {
            return Err(rank::forbidden(
                "One gives lower ranks than one's own only.",
            ));
        }
        if role == Role::Guest || person.record.role == Role::Guest {
            let what = "guests come and go as guests; give members a rank.";
            return Err(bad_request("role", what));
        }
        if role < Role::Owner && tables.is_last_owner(person.record.id) {
            let message = "This is the last owner; make somebody else an owner first.";
            return Err(rank::forbidden(message));
        }
        Ok(person.record.id)
    })?;
    let audit = rank::audit(&c, "role", &username, role.as_str());
    rank::note(&c, Deed::SetRole { user, role }, audit).await?;
    change_standing(&c.state, user, |tables| {
        tables.change_user(user, |record| record.role = role);
    });
    Ok(Reply::Done {})
}

/// Makes a change to a user that their rank may depend on. Everybody is told
/// of the user, and the user of the rooms in which they now may do more, or less.
pub(crate) fn change_standing(state: &State, user: UserId, change: impl FnOnce(&mut Tables)) {
    let seen = state.directory.write(|tables| {
        let before = tables.joined_rooms(user);
        change(tables);
        for (id, room) in tables.joined_rooms(user) {
            let was = before.iter().find(|(known, _)| *known == id);
            let stood = was.map(|(_, was)| (was.can_send, was.moderator));
            if stood == Some((room.can_send, room.moderator)) {
                continue;
            }
            let piece = Piece::line(&Reply::Room(room), None);
            for endpoint in tables.person(user).into_iter().flat_map(Person::endpoints) {
                endpoint.outbox.push(piece.clone());
            }
        }
        tables.person(user).map(Person::user)
    });
    if let Some(seen) = seen {
        state.tell_everyone(&Reply::User(seen));
    }
}

/// `create_invite`: a link by which others may register.
pub(crate) async fn create_invite(c: Context, request: CreateInvite) -> Answer {
    let role = request.role.unwrap_or(Role::Member);
    let uses = request.uses.unwrap_or(1);
    let expires = request
        .expires
        .unwrap_or_else(|| after(now(), INVITE_SECONDS));
    if role == Role::Guest {
        return Err(bad_request(
            "role",
            "guests need no invite; give a rank above.",
        ));
    }
    if !(1..=MAX_INVITE_USES).contains(&uses) {
        let what = format!("1 to {MAX_INVITE_USES} is wanted.");
        return Err(bad_request("uses", &what));
    }
    if expires <= now() {
        return Err(bad_request("expires", "this time is over."));
    }
    c.state.directory.check(|tables| {
        let own = rank::need(tables, &c, Role::Admin)?;
        if rank::is_above(own, role) {
            return Ok(());
        }
        Err(rank::forbidden(
            "One gives lower ranks than one's own only.",
        ))
    })?;
    let code = secrets::invite_code();
    let invite = InviteRecord {
        code: SecretHash::of(&code),
        role,
        uses,
        expires: Some(expires),
        first_start: false,
    };
    let detail = format!("uses {uses}, until {expires}");
    let audit = rank::audit(&c, "create_invite", role.as_str(), &detail);
    rank::note(&c, Deed::CreateInvite(invite), audit).await?;
    Ok(Reply::Invite {
        link: c.state.link().with_invite(code).to_string(),
        role,
        uses,
        expires,
    })
}

/// `alert`: says something to everybody who is there.
pub(crate) async fn alert(c: Context, request: SendAlert) -> Answer {
    let text = request.text;
    if text.trim().is_empty() {
        return Err(bad_request("text", "an empty alert says nothing."));
    }
    let most = c.state.config.limits.text_bytes;
    if text.len() > most {
        let message = format!("The text is longer than {most} bytes. Say it shorter.");
        return Err(ErrorLine::new(Code::TextTooLong, message));
    }
    c.state
        .directory
        .check(|tables| rank::need(tables, &c, Role::Moderator).map(|_| ()))?;
    let shown: String = text.chars().take(limits::REASON_CHARS).collect();
    let audit = rank::audit(&c, "alert", "", &shown);
    rank::note(&c, Deed::Note, audit).await?;
    c.state.tell_everyone(&Reply::Alert {
        text,
        by: c.who.username.to_string(),
    });
    Ok(Reply::Done {})
}

/// `audit`: what was done with rank, the newest first.
pub(crate) async fn audit(c: Context, request: Audit) -> Answer {
    let limit = page::limit(request.limit, limits::AUDIT_LIMIT)?;
    c.state
        .directory
        .check(|tables| rank::need(tables, &c, Role::Admin).map(|_| ()))?;
    let found = c.state.storage.audit(request.before, limit).await;
    let (mut entries, mut more) = found.map_err(|error| storage_error(&error))?;
    let fits = page::fitting(entries.iter());
    more |= fits < entries.len();
    entries.truncate(fits);
    Ok(Reply::Audit { entries, more })
}
