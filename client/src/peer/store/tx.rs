//! One transaction of the store: what it reads and writes, and whom it wakes.

use std::cell::{Cell, RefCell};

use parlor_protocol::{DeviceId, Time};
use rusqlite::types::Type;
use rusqlite::{CachedStatement, OptionalExtension, Params, Row, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::due::{Due, Left};

/// A transaction. All that a change makes new has one `rev`, taken when first needed.
pub(super) struct Tx<'a> {
    tx: &'a Transaction<'a>,
    /// Oneself.
    pub(super) me: &'a str,
    rev: Cell<Option<u64>>,
    wakes: Cell<bool>,
    due: &'a Due,
    left: RefCell<Left>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, me: &'a str, due: &'a Due) -> Self {
        Self {
            tx,
            me,
            rev: Cell::new(None),
            wakes: Cell::new(false),
            due,
            left: RefCell::new(Left::none()),
        }
    }

    /// The number of this change.
    pub(super) fn rev(&self) -> rusqlite::Result<u64> {
        if let Some(rev) = self.rev.get() {
            return Ok(rev);
        }
        let rev = self.one("UPDATE counter SET rev = rev + 1 RETURNING rev", ())?;
        self.rev.set(Some(rev));
        Ok(rev)
    }

    /// The number of the newest change.
    pub(super) fn newest(&self) -> rusqlite::Result<u64> {
        self.one("SELECT rev FROM counter", ())
    }

    /// There is something for the node to do, though nobody sees anything new.
    pub(super) fn wake(&self) {
        self.wakes.set(true);
    }

    /// There are lines for which the node has to find out to which devices they go.
    pub(super) fn unspread(&self) {
        self.left.borrow_mut().unspread = true;
        self.wake();
    }

    /// There are entries of one's own to be signed.
    pub(super) fn unsigned(&self) {
        self.left.borrow_mut().unsigned = true;
        self.wake();
    }

    /// There is a line for a device of this user's.
    pub(super) fn line_for(&self, device: DeviceId, username: &str) {
        let devices = &mut self.left.borrow_mut().devices;
        devices.insert(device, username.to_owned());
        self.wake();
    }

    /// Whether all devices of a user are known.
    pub(super) fn knows(&self, username: &str) -> bool {
        self.due.knows(username)
    }

    /// Whether those who watch should look, and what is left to the node.
    pub(super) fn end(self) -> (bool, Left) {
        let woke = self.wakes.get() || self.rev.get().is_some();
        (woke, self.left.into_inner())
    }

    /// A statement, kept ready from its first use on.
    pub(super) fn statement(&self, sql: &str) -> rusqlite::Result<CachedStatement<'_>> {
        self.tx.prepare_cached(sql)
    }

    /// Changes rows, and says how many.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.statement(sql)?.execute(params)
    }

    /// The first column of the only row.
    pub(super) fn one<T: rusqlite::types::FromSql>(
        &self,
        sql: &str,
        params: impl Params,
    ) -> rusqlite::Result<T> {
        self.statement(sql)?.query_row(params, |row| row.get(0))
    }

    /// A row, if there is one.
    pub(super) fn maybe<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.statement(sql)?.query_row(params, read).optional()
    }

    /// Whether there is such a row.
    pub(super) fn exists(&self, sql: &str, params: impl Params) -> rusqlite::Result<bool> {
        self.statement(sql)?.exists(params)
    }

    /// All rows.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.statement(sql)?.query_map(params, read)?.collect()
    }
}

/// A value that is kept as text.
pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|error| damaged(column, error))
}

/// A device, or none.
pub(super) fn maybe_device(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DeviceId>> {
    match row.get_ref(column)?.as_str_or_null()? {
        Some(text) => Ok(Some(text.parse().map_err(|error| damaged(column, error))?)),
        None => Ok(None),
    }
}

/// An instant.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Time> {
    Ok(Time::from_millis(row.get(column)?))
}

/// An instant, or none.
pub(super) fn maybe_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Time>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Time::from_millis))
}

/// A value that is kept as JSON.
pub(super) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| damaged(column, error))
}

/// A value as JSON.
pub(super) fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// A value of the file that cannot be read: this program did not write it.
pub(super) fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
