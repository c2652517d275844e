//! What is done with rank, the audit log that tells of it, and how the
//! command line's deeds reach a running server.

use parlor_protocol::reply::AuditEntry;
use parlor_protocol::{Role, Time};
use rusqlite::{Connection, params};

use super::{load, people};
use crate::storage::{
    AdminChange, BanRecord, BanSubject, Deed, DeedOutcome, Mute, NewAudit, Origin, Result,
    SessionId, UserId, UserRecord,
};

/// Changes by the command line that are kept for a running server, which asks each second.
const CHANGES_KEPT: i64 = 1_000;

/// Does a deed, and writes it down.
pub(super) fn perform(
    conn: &Connection,
    deed: &Deed,
    audit: &NewAudit,
    origin: Origin,
) -> Result<DeedOutcome> {
    let outcome = carry_out(conn, deed, audit.time)?;
    if matches!(outcome, DeedOutcome::Done { .. }) {
        note(conn, audit)?;
        if let (Origin::CommandLine, Some(user)) = (origin, concerned(deed)) {
            tell(conn, user)?;
        }
    }
    Ok(outcome)
}

fn concerned(deed: &Deed) -> Option<UserId> {
    match deed {
        Deed::SetRole { user, .. }
        | Deed::SetMute { user, .. }
        | Deed::EndSessions { user }
        | Deed::SetDisabled { user, .. }
        | Deed::SetPassword { user, .. } => Some(*user),
        Deed::Note | Deed::Ban(_) | Deed::Unban(_) | Deed::CreateInvite(_) => None,
    }
}

fn carry_out(conn: &Connection, deed: &Deed, now: Time) -> Result<DeedOutcome> {
    let done = |ended| Ok(DeedOutcome::Done { ended });
    match deed {
        Deed::Note => done(Vec::new()),
        Deed::CreateInvite(invite) => {
            people::create_invite(conn, invite, now)?;
            done(Vec::new())
        }
        Deed::Ban(new) => ban(conn, new),
        Deed::Unban(subject) => unban(conn, subject),
        Deed::SetRole { user, role } => on_user(conn, *user, |it| set_role(conn, it, *role)),
        Deed::SetMute { user, mute } => on_user(conn, *user, |it| set_mute(conn, it, *mute)),
        Deed::EndSessions { user } => {
            on_user(conn, *user, |it| done(people::end_all(conn, it.id, None)?))
        }
        Deed::SetDisabled { user, disabled } => {
            on_user(conn, *user, |it| set_disabled(conn, it, *disabled))
        }
        Deed::SetPassword { user, password } => on_user(conn, *user, |it| {
            done(people::set_password(conn, it.id, password, None)?)
        }),
    }
}

fn on_user(
    conn: &Connection,
    user: UserId,
    act: impl FnOnce(&UserRecord) -> Result<DeedOutcome>,
) -> Result<DeedOutcome> {
    match people::find(conn, user)? {
        Some(user) => act(&user),
        None => Ok(DeedOutcome::NoSuchUser),
    }
}

/// Whether the server would be without an owner if this one were none.
fn is_last_owner(conn: &Connection, user: &UserRecord) -> Result<bool> {
    if user.role != Role::Owner {
        return Ok(false);
    }
    let mut other = conn.prepare_cached(
        "SELECT 1 FROM users WHERE role = ?2 AND id <> ?1 AND disabled = 0 AND removed = 0 LIMIT 1",
    )?;
    Ok(!other.exists(params![user.id.0, Role::Owner.as_str()])?)
}

fn set_role(conn: &Connection, user: &UserRecord, role: Role) -> Result<DeedOutcome> {
    if user.role == role {
        return Ok(DeedOutcome::Unchanged);
    }
    if is_last_owner(conn, user)? {
        return Ok(DeedOutcome::LastOwner);
    }
    conn.prepare_cached("UPDATE users SET role = ?2 WHERE id = ?1")?
        .execute(params![user.id.0, role.as_str()])?;
    Ok(DeedOutcome::Done { ended: Vec::new() })
}

fn set_mute(conn: &Connection, user: &UserRecord, mute: Option<Mute>) -> Result<DeedOutcome> {
    if user.muted == mute {
        return Ok(DeedOutcome::Unchanged);
    }
    let until = mute.and_then(|mute| mute.until).map(Time::as_millis);
    conn.prepare_cached("UPDATE users SET muted = ?2, muted_until = ?3 WHERE id = ?1")?
        .execute(params![user.id.0, mute.is_some(), until])?;
    Ok(DeedOutcome::Done { ended: Vec::new() })
}

fn set_disabled(conn: &Connection, user: &UserRecord, disabled: bool) -> Result<DeedOutcome> {
    if user.disabled == disabled {
        return Ok(DeedOutcome::Unchanged);
    }
    if disabled && is_last_owner(conn, user)? {
        return Ok(DeedOutcome::LastOwner);
    }
    conn.prepare_cached("UPDATE users SET disabled = ?2 WHERE id = ?1")?
        .execute(params![user.id.0, disabled])?;
    let ended = if disabled {
        people::end_all(conn, user.id, None)?
    } else {
        Vec::new()
    };
    Ok(DeedOutcome::Done { ended })
}

fn ban(conn: &Connection, new: &BanRecord) -> Result<DeedOutcome> {
    let (user, address) = match &new.subject {
        BanSubject::User(user) => (Some(*user), None),
        BanSubject::Address(address) => (None, Some(address)),
    };
    let mut ended = Vec::new();
    if let Some(user) = user {
        let Some(found) = people::find(conn, user)? else {
            return Ok(DeedOutcome::NoSuchUser);
        };
        if is_last_owner(conn, &found)? {
            return Ok(DeedOutcome::LastOwner);
        }
        ended = people::end_all(conn, user, None)?;
    }
    let until = new.until.map(Time::as_millis);
    conn.prepare_cached(
        "INSERT OR REPLACE INTO bans (user_id, address, until, reason) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![user.map(|u| u.0), address, until, new.reason])?;
    Ok(DeedOutcome::Done { ended })
}

fn unban(conn: &Connection, subject: &BanSubject) -> Result<DeedOutcome> {
    let lifted = match subject {
        BanSubject::User(user) => conn
            .prepare_cached("DELETE FROM bans WHERE user_id = ?1")?
            .execute([user.0])?,
        BanSubject::Address(address) => conn
            .prepare_cached("DELETE FROM bans WHERE address = ?1")?
            .execute([address])?,
    };
    Ok(if lifted > 0 {
        DeedOutcome::Done { ended: Vec::new() }
    } else {
        DeedOutcome::Unchanged
    })
}

/// Writes an entry into the audit log.
pub(super) fn note(conn: &Connection, audit: &NewAudit) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO audit (time, actor, action, target, detail, address)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        audit.time.as_millis(),
        audit.actor,
        audit.action,
        audit.target,
        audit.detail,
        audit.address
    ])?;
    Ok(())
}

/// A page of the audit log, the newest first.
pub(super) fn audit(
    conn: &Connection,
    before: Option<u64>,
    limit: usize,
) -> Result<(Vec<AuditEntry>, bool)> {
    let before = before.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
    let mut find = conn.prepare_cached(
        "SELECT seq, time, actor, action, target, detail, address FROM audit
         WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
    )?;
    let rows = find.query_map(params![before, limit + 1], |row| {
        Ok(AuditEntry {
            seq: row.get(0)?,
            time: row.get(1).map(Time::from_millis)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            target: row.get(4)?,
            detail: row.get(5)?,
            address: row.get(6)?,
        })
    })?;
    let mut entries: Vec<AuditEntry> = rows.collect::<rusqlite::Result<_>>()?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok((entries, more))
}

/// Leaves word of a changed user for a running server.
pub(super) fn tell(conn: &Connection, user: UserId) -> Result<()> {
    conn.prepare_cached("INSERT INTO admin_changes (user_id) VALUES (?1)")?
        .execute([user.0])?;
    conn.prepare_cached(
        "DELETE FROM admin_changes WHERE revision <= (SELECT max(revision) FROM admin_changes) - ?1",
    )?
    .execute([CHANGES_KEPT])?;
    Ok(())
}

/// The newest word that was left.
pub(super) fn revision(conn: &Connection) -> Result<u64> {
    let mut find = conn.prepare_cached("SELECT coalesce(max(revision), 0) FROM admin_changes")?;
    Ok(find.query_row([], |row| row.get(0))?)
}

/// What was left after `revision`, each user once, as they are now.
pub(super) fn changes_since(conn: &Connection, revision: u64) -> Result<Vec<AdminChange>> {
    let mut find = conn.prepare_cached(
        "SELECT user_id, max(revision) FROM admin_changes WHERE revision > ?1
         GROUP BY user_id ORDER BY 2",
    )?;
    let words = find.query_map([revision], |row| {
        Ok((row.get(0).map(UserId)?, row.get::<_, u64>(1)?))
    })?;
    let mut changes = Vec::new();
    for word in words {
        let (id, revision) = word?;
        let Some(user) = people::find(conn, id)? else {
            continue;
        };
        changes.push(AdminChange {
            revision,
            members: load::members(conn, Some(id))?,
            sessions: sessions_of(conn, id)?,
            user,
        });
    }
    Ok(changes)
}

fn sessions_of(conn: &Connection, user: UserId) -> Result<Vec<SessionId>> {
    let mut find = conn.prepare_cached("SELECT id FROM sessions WHERE user_id = ?1")?;
    let ids = find.query_map([user.0], |row| row.get(0).map(SessionId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}
