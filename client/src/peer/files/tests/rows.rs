//! What stands in for the store.

use std::collections::BTreeMap;

use super::*;

/// Longer than anything here takes.
pub(super) const LONG: Duration = Duration::from_secs(120);

/// The rows, with the store's rules.
#[derive(Debug)]
pub(super) struct Rows {
    rows: Mutex<BTreeMap<String, FileRow>>,
    users: Mutex<HashMap<DeviceId, String>>,
    changed: watch::Sender<u64>,
    pub(super) offered: Mutex<Vec<FileRow>>,
}

impl Rows {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            rows: Mutex::default(),
            users: Mutex::default(),
            changed: watch::Sender::new(0),
            offered: Mutex::default(),
        })
    }

    pub(super) fn change<T>(&self, id: &str, change: impl FnOnce(&mut FileRow) -> T) -> Option<T> {
        let changed = self.rows.lock().unwrap().get_mut(id).map(change);
        self.changed.send_modify(|rev| *rev += 1);
        changed
    }

    pub(super) fn knows(&self, device: DeviceId, username: &str) {
        let mut users = self.users.lock().unwrap();
        users.insert(device, username.to_owned());
    }

    pub(super) fn insert(&self, row: FileRow) {
        self.rows.lock().unwrap().insert(row.id.clone(), row);
        self.changed.send_modify(|rev| *rev += 1);
    }

    /// Its user decides how it stands.
    pub(super) fn decide(&self, id: &str, state: PeerFileState) {
        self.change(id, |row| row.state = state);
    }

    pub(super) fn get(&self, id: &str) -> FileRow {
        self.rows.lock().unwrap()[id].clone()
    }

    /// The row, once it is so.
    pub(super) async fn until(&self, id: &str, is_so: impl Fn(&FileRow) -> bool) -> FileRow {
        let mut changed = self.changed.subscribe();
        let waiting = changed.wait_for(|_| is_so(&self.get(id)));
        if timeout(LONG, waiting).await.is_err() {
            panic!("it does not become so: {:?}", self.get(id));
        }
        self.get(id)
    }

    pub(super) async fn until_state(&self, id: &str, state: PeerFileState) -> FileRow {
        self.until(id, |row| row.state == state).await
    }
}

#[async_trait]
impl Ledger for Rows {
    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    async fn files(&self) -> Result<Vec<FileRow>, StoreError> {
        let rows = self.rows.lock().unwrap();
        let rows = rows.values().filter(|row| !engine::is_over(&row.state));
        Ok(rows.cloned().collect())
    }

    async fn file(&self, id: &str) -> Result<Option<FileRow>, StoreError> {
        Ok(self.rows.lock().unwrap().get(id).cloned())
    }

    async fn username_of(&self, device: DeviceId) -> Result<Option<String>, StoreError> {
        Ok(self.users.lock().unwrap().get(&device).cloned())
    }

    async fn offer(&self, id: &str, blake3: String) -> Result<(), StoreError> {
        let row = self.change(id, |row| {
            row.blake3 = blake3;
            if row.state == PeerFileState::Hashing {
                row.state = PeerFileState::Offered;
            }
            row.clone()
        });
        self.offered.lock().unwrap().extend(row);
        Ok(())
    }

    async fn file_state(
        &self,
        id: &str,
        state: PeerFileState,
        done: u64,
        _rate: Option<u64>,
    ) -> Result<(), StoreError> {
        use PeerFileState as State;
        self.change(id, |row| {
            let decided = match row.state {
                State::Cancelled | State::Declined | State::Done => true,
                State::Paused => !engine::is_over(&state),
                _ => false,
            };
            if !decided {
                row.state = state;
            }
            row.done = done;
        });
        Ok(())
    }

    async fn file_place(
        &self,
        id: &str,
        path: Option<PathBuf>,
        partial: Option<PathBuf>,
    ) -> Result<(), StoreError> {
        self.change(id, |row| (row.path, row.partial) = (path, partial));
        Ok(())
    }

    async fn file_upload(
        &self,
        id: &str,
        upload: Option<String>,
        sealed: Option<SealedFile>,
    ) -> Result<(), StoreError> {
        self.change(id, |row| (row.upload, row.sealed) = (upload, sealed));
        Ok(())
    }
}
