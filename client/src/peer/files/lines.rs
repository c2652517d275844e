//! What other devices say about files.

use std::sync::Arc;

use parlor_protocol::DeviceId;
use parlor_protocol::peer::{FileOffer, PeerLine};

use super::engine::{Engine, is_over};
use crate::peer::post::PeerFileState;
use crate::peer::store::FileRow;
use crate::peer::talk::Talk;
use crate::store::StoreError;

/// The longest reason of another side that is shown.
const REASON: usize = 200;

impl Engine {
    /// Takes a line of a device of this user.
    pub(super) async fn line(
        &mut self,
        device: DeviceId,
        username: &str,
        line: PeerLine,
    ) -> Result<(), StoreError> {
        match line {
            PeerLine::FileOffer(offer) => self.offered(device, offer).await,
            PeerLine::FileAccept { id, offset } => {
                self.accepted(device, username, id, offset).await
            }
            PeerLine::FileReject { id, reason } => {
                self.rejected(device, username, &id, &reason).await
            }
            PeerLine::FileDone { id } => self.done(username, &id).await,
            _ => Ok(()),
        }
    }

    /// A file is offered again: it is answered how it stands here.
    async fn offered(&mut self, device: DeviceId, offer: FileOffer) -> Result<(), StoreError> {
        use PeerFileState as State;
        let ledger = Arc::clone(&self.setup.ledger);
        let Some(row) = ledger.file(&offer.id).await? else {
            return Ok(());
        };
        if row.mine || row.device != Some(device) {
            return Ok(());
        }
        if row.sealed.is_none() && offer.sealed.is_some() && !is_over(&row.state) {
            ledger.file_upload(&row.id, None, offer.sealed).await?;
        }
        let id = row.id;
        match row.state {
            State::Done => self.tell(device, PeerLine::FileDone { id }),
            State::Declined => {
                let reason = String::new();
                self.tell(device, PeerLine::FileReject { id, reason });
            }
            _ => self.nudge(&id),
        }
        Ok(())
    }

    /// The other side wants a file from this byte on.
    async fn accepted(
        &mut self,
        device: DeviceId,
        username: &str,
        id: String,
        offset: u64,
    ) -> Result<(), StoreError> {
        use PeerFileState as State;
        let row = self.setup.ledger.file(&id).await?;
        let is_theirs = |row: &FileRow| {
            let Talk::Direct(to) = &row.talk else {
                return false;
            };
            row.mine && (to == username || username == self.setup.username)
        };
        let reject = |reason: &str| PeerLine::FileReject {
            id: id.clone(),
            reason: reason.to_owned(),
        };
        // Who asks for what is not theirs learns nothing about it.
        let Some(row) = row.filter(is_theirs) else {
            self.tell(device, reject("there is no such file"));
            return Ok(());
        };
        match &row.state {
            State::Cancelled => {
                self.tell(device, reject(""));
                return Ok(());
            }
            State::Failed(_) => {
                self.tell(device, reject("it cannot be sent any more"));
                return Ok(());
            }
            // It is offered again when it goes on.
            State::Paused => return Ok(()),
            _ if row.blake3.is_empty() => return Ok(()),
            _ => {}
        }
        if offset > row.size {
            self.tell(device, reject("it is not as long as that"));
            return Ok(());
        }
        let link = self.links.borrow().get(&device).cloned();
        let Some(link) = link else {
            return Ok(());
        };
        let Talk::Direct(to) = &row.talk else {
            return Ok(());
        };
        // To one's own other device, or once more, it goes without a word.
        let is_shown = to == username && !is_over(&row.state);
        let id = row.id.clone();
        if self.send(row, link, offset, is_shown) && is_shown {
            self.put_state(&id, State::Waiting, offset, None).await?;
        }
        Ok(())
    }

    /// The other side does not want a file, or does not send it.
    async fn rejected(
        &mut self,
        device: DeviceId,
        username: &str,
        id: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        use PeerFileState as State;
        let Some(row) = self.setup.ledger.file(id).await? else {
            return Ok(());
        };
        let reason = shown(reason);
        if !row.mine {
            if row.device != Some(device) || is_over(&row.state) {
                return Ok(());
            }
            let state = match reason.is_empty() {
                true => State::Cancelled,
                false => State::Failed(reason),
            };
            self.remove_partial(row.partial);
            let ledger = &self.setup.ledger;
            ledger.file_place(id, row.path, None).await?;
            return ledger.file_state(id, state, 0, None).await;
        }
        let is_theirs = matches!(&row.talk, Talk::Direct(to) if to == username);
        if !is_theirs || is_over(&row.state) || self.goes_elsewhere(id, device) {
            return Ok(());
        }
        let state = match &row.state {
            State::Offered | State::Sealed => State::Declined,
            _ if reason.is_empty() => State::Declined,
            _ => State::Failed(reason),
        };
        self.remove_sealed(&row);
        let ledger = &self.setup.ledger;
        ledger.file_state(id, state, 0, None).await
    }

    /// The other side has a file, and its hash is right.
    async fn done(&mut self, username: &str, id: &str) -> Result<(), StoreError> {
        let Some(row) = self.setup.ledger.file(id).await? else {
            return Ok(());
        };
        let is_theirs = matches!(&row.talk, Talk::Direct(to) if to == username);
        let is_open = !is_over(&row.state) && !row.blake3.is_empty();
        if !row.mine || !is_theirs || !is_open {
            return Ok(());
        }
        self.remove_sealed(&row);
        let ledger = &self.setup.ledger;
        ledger
            .file_state(id, PeerFileState::Done, row.size, None)
            .await
    }
}

/// Another side's reason, as it may be shown.
fn shown(reason: &str) -> String {
    let plain = reason.chars().filter(|c| !c.is_control());
    plain.take(REASON).collect::<String>().trim().to_owned()
}
