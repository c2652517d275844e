//! Users, their sessions, and the invites by which they come.

use parlor_protocol::{DeviceId, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::fault::word;
use super::writer::Work;
use super::{deeds, rooms};
use crate::storage::{
    Admission, Admitted, InviteRecord, Mute, NewSession, NewUser, PasswordHash, Result, SecretHash,
    SessionId, SessionRecord, SessionTouch, UserId, UserRecord,
};

/// The columns that [`user`] reads.
pub(super) const USER: &str =
    "id, username, name, status, role, password, created, disabled, muted, muted_until";

/// Reads a row of [`USER`].
pub(super) fn user(row: &Row<'_>) -> Result<UserRecord> {
    let until = row.get::<_, Option<i64>>(9)?.map(Time::from_millis);
    Ok(UserRecord {
        id: UserId(row.get(0)?),
        username: row.get(1)?,
        name: row.get(2)?,
        status: row.get(3)?,
        role: word(row.get_ref(4)?.as_str().unwrap_or(""))?,
        password: row.get::<_, Option<String>>(5)?.map(PasswordHash),
        created: Time::from_millis(row.get(6)?),
        disabled: row.get(7)?,
        muted: row.get::<_, bool>(8)?.then_some(Mute { until }),
    })
}

/// The user with this number, unless removed.
pub(super) fn find(conn: &Connection, id: UserId) -> Result<Option<UserRecord>> {
    let sql = format!("SELECT {USER} FROM users WHERE id = ?1 AND removed = 0");
    let mut find = conn.prepare_cached(&sql)?;
    let found = find.query_row([id.0], |row| Ok(user(row)));
    found.optional()?.transpose()
}

pub(super) fn create(
    work: &mut Work<'_>,
    new: &NewUser,
    admission: &Admission,
) -> Result<Admitted> {
    let conn = work.conn;
    let mut role = new.role;
    if let Admission::Invite(code) = admission {
        let invite = invite(conn, *code)?;
        let valid = invite.filter(|i| i.uses > 0 && i.expires.is_none_or(|at| new.created < at));
        let Some(invite) = valid else {
            return Ok(Admitted::BadInvite);
        };
        role = invite.role;
    }
    let made = conn
        .prepare_cached(
            "INSERT INTO users (username, name, role, password, created)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            new.username,
            new.name,
            role.as_str(),
            new.password.as_ref().map(|hash| &hash.0),
            new.created.as_millis()
        ])?;
    if made == 0 {
        return Ok(Admitted::UsernameTaken);
    }
    let id = UserId(conn.last_insert_rowid());
    match admission {
        Admission::Open => {}
        Admission::Invite(code) => {
            conn.prepare_cached("UPDATE invites SET uses = uses - 1 WHERE code = ?1")?
                .execute([code.0])?;
        }
        Admission::CommandLine(audit) => {
            deeds::note(conn, audit)?;
            deeds::tell(conn, id)?;
        }
    }
    for room in &new.rooms {
        let end = work.state.head(conn, *room)?.map(|head| head.last_seq);
        if let Some(end) = end {
            rooms::add_member(conn, *room, id, end)?;
        }
    }
    let made = find(conn, id)?;
    made.map(Admitted::User)
        .ok_or_else(|| super::fault::internal("a user just made is not there"))
}

pub(super) fn set_profile(
    conn: &Connection,
    user: UserId,
    name: Option<&str>,
    status: Option<&str>,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE users SET name = coalesce(?2, name), status = coalesce(?3, status) WHERE id = ?1",
    )?
    .execute(params![user.0, name, status])?;
    Ok(())
}

/// Gives a password and ends the user's sessions but `keep`.
pub(super) fn set_password(
    conn: &Connection,
    user: UserId,
    password: &PasswordHash,
    keep: Option<SessionId>,
) -> Result<Vec<SessionId>> {
    conn.prepare_cached("UPDATE users SET password = ?2 WHERE id = ?1")?
        .execute(params![user.0, password.0])?;
    end_all(conn, user, keep)
}

/// Ends the user's sessions but `keep`, and answers them.
pub(super) fn end_all(
    conn: &Connection,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<Vec<SessionId>> {
    let mut end = conn
        .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id IS NOT ?2 RETURNING id")?;
    let ended = end.query_map(params![user.0, keep.map(|id| id.0)], |row| {
        row.get(0).map(SessionId)
    })?;
    Ok(ended.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn remove_guest(conn: &Connection, user: UserId) -> Result<()> {
    // The password's hash goes too, should it ever have had one; the row stays,
    // so that the name is never another's and old messages keep their author.
    conn.prepare_cached(
        "UPDATE users SET removed = 1, password = NULL, status = '' WHERE id = ?1",
    )?
    .execute([user.0])?;
    for sql in [
        "DELETE FROM sessions WHERE user_id = ?1",
        "DELETE FROM members WHERE user_id = ?1",
        "DELETE FROM mentions WHERE user_id = ?1",
    ] {
        conn.prepare_cached(sql)?.execute([user.0])?;
    }
    Ok(())
}

pub(super) fn create_session(conn: &Connection, new: &NewSession) -> Result<SessionRecord> {
    conn.prepare_cached(
        "INSERT INTO sessions (user_id, token, label, address, created, seen, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
    )?
    .execute(params![
        new.user.0,
        new.token.0,
        new.label,
        new.address,
        new.created.as_millis(),
        new.expires.as_millis()
    ])?;
    Ok(SessionRecord {
        id: SessionId(conn.last_insert_rowid()),
        user: new.user,
        token: new.token,
        label: new.label.clone(),
        address: new.address.clone(),
        created: new.created,
        seen: new.created,
        expires: new.expires,
        device: None,
    })
}

/// Reads a row of `id, user_id, token, label, address, created, seen, expires, device`.
pub(super) fn session(row: &Row<'_>) -> Result<SessionRecord> {
    Ok(SessionRecord {
        id: SessionId(row.get(0)?),
        user: UserId(row.get(1)?),
        token: SecretHash(row.get(2)?),
        label: row.get(3)?,
        address: row.get(4)?,
        created: Time::from_millis(row.get(5)?),
        seen: Time::from_millis(row.get(6)?),
        expires: Time::from_millis(row.get(7)?),
        device: row.get::<_, Option<[u8; 32]>>(8)?.map(DeviceId),
    })
}

pub(super) fn touch_sessions(conn: &Connection, touches: &[SessionTouch]) -> Result<()> {
    let mut touch = conn.prepare_cached(
        "UPDATE sessions SET seen = ?2, address = ?3, expires = ?4 WHERE id = ?1",
    )?;
    for t in touches {
        let (seen, expires) = (t.seen.as_millis(), t.expires.as_millis());
        touch.execute(params![t.id.0, seen, t.address, expires])?;
    }
    Ok(())
}

pub(super) fn end_sessions(conn: &Connection, sessions: &[SessionId]) -> Result<()> {
    let mut end = conn.prepare_cached("DELETE FROM sessions WHERE id = ?1")?;
    for session in sessions {
        end.execute([session.0])?;
    }
    Ok(())
}

pub(super) fn invite(conn: &Connection, code: SecretHash) -> Result<Option<InviteRecord>> {
    let mut find = conn
        .prepare_cached("SELECT role, uses, expires, first_start FROM invites WHERE code = ?1")?;
    let found = find.query_row([code.0], |row| {
        Ok((|| {
            Ok(InviteRecord {
                code,
                role: word(row.get_ref(0)?.as_str().unwrap_or(""))?,
                uses: row.get(1)?,
                expires: row.get::<_, Option<i64>>(2)?.map(Time::from_millis),
                first_start: row.get(3)?,
            })
        })())
    });
    found.optional()?.transpose()
}

/// Stores an invite; those used up or expired by `now` go at this occasion.
pub(super) fn create_invite(conn: &Connection, new: &InviteRecord, now: Time) -> Result<()> {
    conn.prepare_cached(
        "DELETE FROM invites WHERE uses = 0 OR expires <= ?1 OR (first_start AND ?2)",
    )?
    .execute(params![now.as_millis(), new.first_start])?;
    conn.prepare_cached(
        "INSERT INTO invites (code, role, uses, expires, first_start) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        new.code.0,
        new.role.as_str(),
        new.uses,
        new.expires.map(Time::as_millis),
        new.first_start
    ])?;
    Ok(())
}
