//! Reading all that the server holds in memory.

use parlor_protocol::Time;
use rusqlite::{Connection, Row};

use super::fault::word;
use super::rooms::collect;
use super::{deeds, devices, people, rooms};
use crate::storage::{
    BanRecord, BanSubject, MemberRecord, Result, RoomId, Snapshot, StorageError, UserId,
};

/// All that the server holds in memory, as of one moment.
pub(super) fn snapshot(conn: &mut Connection) -> Result<Snapshot> {
    let conn = conn.transaction()?;
    let users = format!(
        "SELECT {} FROM users WHERE removed = 0 ORDER BY id",
        people::USER
    );
    let all_rooms = format!(
        "SELECT {} FROM rooms r WHERE r.deleted = 0 ORDER BY r.id",
        rooms::COLUMNS
    );
    Ok(Snapshot {
        users: collect(&mut conn.prepare(&users)?.query([])?, people::user)?,
        rooms: collect(&mut conn.prepare(&all_rooms)?.query([])?, rooms::record)?,
        members: members(&conn, None)?,
        sessions: collect(
            &mut conn
                .prepare(
                    "SELECT id, user_id, token, label, address, created, seen, expires, device
                     FROM sessions ORDER BY id",
                )?
                .query([])?,
            people::session,
        )?,
        bans: collect(
            &mut conn
                .prepare("SELECT user_id, address, until, reason FROM bans ORDER BY id")?
                .query([])?,
            ban,
        )?,
        revoked: devices::all_revoked(&conn)?,
        revision: deeds::revision(&conn)?,
    })
}

/// Who is in which room: everybody, or one user.
pub(super) fn members(conn: &Connection, user: Option<UserId>) -> Result<Vec<MemberRecord>> {
    let mut find = conn.prepare_cached(
        "SELECT m.room_id, m.user_id, m.notify, m.read_seq,
             (SELECT count(*) FROM mentions n
              WHERE n.user_id = m.user_id AND n.room_id = m.room_id AND n.seq > m.read_seq)
         FROM members m WHERE ?1 IS NULL OR m.user_id = ?1",
    )?;
    collect(&mut find.query([user.map(|user| user.0)])?, |row| {
        Ok(MemberRecord {
            room: RoomId(row.get(0)?),
            user: UserId(row.get(1)?),
            notify: word(row.get_ref(2)?.as_str().unwrap_or(""))?,
            read_seq: row.get(3)?,
            mentions: row.get(4)?,
        })
    })
}

fn ban(row: &Row<'_>) -> Result<BanRecord> {
    let user = row.get::<_, Option<i64>>(0)?.map(UserId);
    let address = row.get::<_, Option<String>>(1)?;
    let subject = user
        .map(BanSubject::User)
        .or(address.map(BanSubject::Address));
    Ok(BanRecord {
        subject: subject
            .ok_or_else(|| StorageError::Corrupt("a ban keeps nobody out".to_owned()))?,
        until: row.get::<_, Option<i64>>(2)?.map(Time::from_millis),
        reason: row.get(3)?,
    })
}
