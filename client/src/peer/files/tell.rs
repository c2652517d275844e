//! What other devices are told about files, and what is removed on the way: nothing of it matters so much that
//! it could not get lost.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parlor_protocol::DeviceId;
use parlor_protocol::peer::{DIRECT, FileOffer, PeerLine};
use tokio::time::timeout;

use super::engine::Engine;
use super::jobs::Key;
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::peer::talk::Talk;

/// Lines and removals under way.
const ERRANDS: usize = 256;

/// How long one of them may take.
const ERRAND: Duration = Duration::from_secs(30);

impl Engine {
    pub(super) fn has_link(&self, username: &str) -> bool {
        let links = self.links.borrow();
        links.values().any(|link| link.username() == username)
    }

    /// Offers again, over a new link, what is not settled: the other side answers how it stands.
    pub(super) fn settle(&mut self, device: DeviceId) {
        let link = self.links.borrow().get(&device).cloned();
        let Some(link) = link else {
            return;
        };
        let rows: Vec<FileRow> = self
            .known
            .values()
            .filter(|row| matches!(&row.talk, Talk::Direct(to) if to == link.username()))
            .filter(|row| row.mine && !row.blake3.is_empty() && row.state != PeerFileState::Paused)
            .filter(|row| !self.jobs.contains_key(&Key::Out(row.id.clone(), device)))
            .cloned()
            .collect();
        for row in rows {
            self.offer_again(&row, Some(device));
        }
    }

    /// Says to somebody who reads it: a line of which it does not matter if it is lost.
    pub(super) fn tell(&mut self, device: DeviceId, line: PeerLine) {
        let link = self.links.borrow().get(&device).cloned();
        if let Some(link) = link {
            self.errand(async move {
                let _ = link.send(&line).await;
            });
        }
    }

    pub(super) fn tell_user(&mut self, username: &str, line: &PeerLine) {
        let links = self.links.borrow();
        let devices = links
            .values()
            .filter(|link| link.username() == username)
            .map(|link| link.device());
        let devices: Vec<DeviceId> = devices.collect();
        drop(links);
        for device in devices {
            self.tell(device, line.clone());
        }
    }

    /// Removes a sealed copy; what is not removed goes by the server's own sweep.
    pub(super) fn remove_sealed(&mut self, row: &FileRow) {
        let Some(sealed) = row.sealed.clone() else {
            return;
        };
        let depot = Arc::clone(&self.setup.depot);
        self.errand(async move {
            if let Err(trouble) = depot.remove(&sealed.file).await {
                tracing::info!(?trouble, "a sealed file stays until its time is over");
            }
        });
    }

    pub(super) fn remove_partial(&mut self, partial: Option<PathBuf>) {
        if let Some(partial) = partial {
            self.errand(async move {
                let _ = tokio::fs::remove_file(partial).await;
            });
        }
    }

    fn errand(&mut self, errand: impl Future<Output = ()> + Send + 'static) {
        if self.errands.len() < ERRANDS {
            self.errands.spawn(async move {
                let _ = timeout(ERRAND, errand).await;
            });
        }
    }

    /// Offers a file that was offered before, to a device or to all of its receiver's that are there.
    pub(super) fn offer_again(&mut self, row: &FileRow, device: Option<DeviceId>) {
        let Talk::Direct(to) = &row.talk else {
            return;
        };
        if row.blake3.is_empty() {
            return;
        }
        let line = PeerLine::FileOffer(FileOffer {
            id: row.id.clone(),
            from: self.setup.username.clone(),
            to: to.clone(),
            channel: DIRECT.to_owned(),
            name: row.name.clone(),
            size: row.size,
            blake3: row.blake3.clone(),
            time: Timestamp::now().into(),
            sealed: row.sealed.clone(),
        });
        match device {
            Some(device) => self.tell(device, line),
            None => self.tell_user(to, &line),
        }
    }
}
