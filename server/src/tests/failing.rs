//! A store that can be told to fail, in front of a real one.

mod devices;
mod files;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use parlor_protocol::reply::AuditEntry;
use parlor_protocol::{Notify, Time};

use crate::storage::sqlite::SqliteStorage;
use crate::storage::*;

/// Fails every command while it is told to; but not what a server asks by the clock.
#[derive(Debug)]
pub(crate) struct Failing {
    inner: SqliteStorage,
    error: Mutex<Option<StorageError>>,
    panics: AtomicBool,
}

impl Failing {
    pub(crate) fn new(inner: SqliteStorage) -> Self {
        Self {
            inner,
            error: Mutex::default(),
            panics: AtomicBool::new(false),
        }
    }

    pub(crate) fn fail(&self, error: StorageError) {
        *self.error.lock().unwrap() = Some(error);
    }

    pub(crate) fn recover(&self) {
        *self.error.lock().unwrap() = None;
    }

    pub(crate) fn panic_in_history(&self) {
        self.panics.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> Result<()> {
        self.error.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Storage for Failing {
    async fn load(&self) -> Result<Snapshot> {
        self.check()?;
        self.inner.load().await
    }

    async fn append(&self, acts: Arc<Vec<Act>>) -> Result<Vec<Outcome>> {
        self.check()?;
        self.inner.append(acts).await
    }

    async fn history(&self, query: HistoryQuery) -> Result<HistoryPage> {
        self.check()?;
        assert!(!self.panics.load(Ordering::Relaxed), "told to panic");
        self.inner.history(query).await
    }

    async fn events_after(
        &self,
        room: RoomId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>> {
        self.check()?;
        self.inner.events_after(room, after, limit).await
    }

    async fn search(&self, query: SearchQuery) -> Result<SearchPage> {
        self.check()?;
        self.inner.search(query).await
    }

    async fn mark_read(&self, marks: Vec<ReadMark>) -> Result<Vec<ReadState>> {
        self.check()?;
        self.inner.mark_read(marks).await
    }

    async fn create_room(&self, room: NewRoom) -> Result<Option<RoomRecord>> {
        self.check()?;
        self.inner.create_room(room).await
    }

    async fn open_direct(
        &self,
        pair: (UserId, UserId),
        name: String,
        now: Time,
    ) -> Result<Option<(RoomRecord, bool)>> {
        self.check()?;
        self.inner.open_direct(pair, name, now).await
    }

    async fn delete_room(&self, room: RoomId, audit: NewAudit) -> Result<bool> {
        self.check()?;
        self.inner.delete_room(room, audit).await
    }

    async fn set_notify(&self, room: RoomId, user: UserId, notify: Notify) -> Result<()> {
        self.check()?;
        self.inner.set_notify(room, user, notify).await
    }

    async fn create_user(&self, user: NewUser, admission: Admission) -> Result<Admitted> {
        self.check()?;
        self.inner.create_user(user, admission).await
    }

    async fn set_profile(
        &self,
        user: UserId,
        name: Option<String>,
        status: Option<String>,
    ) -> Result<()> {
        self.check()?;
        self.inner.set_profile(user, name, status).await
    }

    async fn set_password(
        &self,
        user: UserId,
        password: PasswordHash,
        keep: Option<SessionId>,
    ) -> Result<Vec<SessionId>> {
        self.check()?;
        self.inner.set_password(user, password, keep).await
    }

    async fn remove_guest(&self, user: UserId) -> Result<()> {
        self.check()?;
        self.inner.remove_guest(user).await
    }

    async fn create_session(&self, session: NewSession) -> Result<SessionRecord> {
        self.check()?;
        self.inner.create_session(session).await
    }

    async fn touch_sessions(&self, touches: Vec<SessionTouch>) -> Result<()> {
        self.check()?;
        self.inner.touch_sessions(touches).await
    }

    async fn end_sessions(&self, sessions: Vec<SessionId>) -> Result<()> {
        self.check()?;
        self.inner.end_sessions(sessions).await
    }

    async fn perform(&self, deed: Deed, audit: NewAudit, origin: Origin) -> Result<DeedOutcome> {
        self.check()?;
        self.inner.perform(deed, audit, origin).await
    }

    async fn audit(&self, before: Option<u64>, limit: usize) -> Result<(Vec<AuditEntry>, bool)> {
        self.check()?;
        self.inner.audit(before, limit).await
    }

    async fn invite(&self, code: SecretHash) -> Result<Option<InviteRecord>> {
        self.check()?;
        self.inner.invite(code).await
    }

    async fn changes_since(&self, revision: u64) -> Result<Vec<AdminChange>> {
        self.check()?;
        self.inner.changes_since(revision).await
    }

    async fn meta(&self, key: &str) -> Result<Option<String>> {
        self.check()?;
        self.inner.meta(key).await
    }

    async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.check()?;
        self.inner.set_meta(key, value).await
    }

    async fn close(&self) -> Result<()> {
        self.check()?;
        self.inner.close().await
    }
}
