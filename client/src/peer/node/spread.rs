//! To which devices lines go: those of the receiver that may get something, and one's own others.

use std::sync::Arc;

use parlor_protocol::DeviceId;

use super::people::Said;
use super::work::{News, Node};
use crate::peer::store::DeviceRow;
use crate::store::StoreError;

/// Lines looked at in one go.
const AT_ONCE: usize = 256;

/// Lines beyond which those for users of whom nothing is known keep others waiting.
const STUCK: usize = 4_096;

/// Where a line goes.
enum Targets {
    /// To these, if any.
    Devices(Vec<(DeviceId, String)>),
    /// It is not known yet.
    NotYet,
    /// To nobody; why.
    Nobody(String),
}

impl Node {
    /// Spreads what can be. What waits for an answer of the room server's stays where it is.
    pub(super) async fn spread(&mut self) -> Result<(), StoreError> {
        let mut limit = AT_ONCE;
        loop {
            let lines = self.context.store.unspread(limit).await?;
            let all = lines.len();
            let mut stuck = 0;
            for line in lines {
                match self.targets(&line.to).await? {
                    Targets::Devices(devices) => {
                        let store = &self.context.store;
                        store.spread(line.n, devices).await?;
                    }
                    Targets::NotYet => stuck += 1,
                    Targets::Nobody(reason) => self.context.store.failed(line.n, &reason).await?,
                }
            }
            if all < limit || stuck >= STUCK {
                return Ok(());
            }
            limit = AT_ONCE + stuck;
        }
    }

    async fn targets(&mut self, to: &str) -> Result<Targets, StoreError> {
        let said = self.context.people.said(to);
        if self.context.is_online() && said == Said::Nothing {
            self.refresh(to);
            return Ok(Targets::NotYet);
        }
        let rows = self.others_of(to).await?;
        let may_get: Vec<&DeviceRow> = rows.iter().filter(|row| row.may_get()).collect();
        if may_get.is_empty() && to != self.context.me {
            return Ok(nobody(to, said, &rows));
        }
        let mut devices = names(&may_get);
        if to != self.context.me {
            let own = self.others_of(&self.context.me).await?;
            let own: Vec<&DeviceRow> = own.iter().filter(|row| row.may_get()).collect();
            devices.extend(names(&own));
        }
        Ok(Targets::Devices(devices))
    }

    /// The devices of a user, without this one.
    async fn others_of(&self, username: &str) -> Result<Vec<DeviceRow>, StoreError> {
        let mut rows = self.context.store.devices_of(username).await?;
        rows.retain(|row| row.card.device != self.context.device);
        Ok(rows)
    }

    /// Has the room server asked for a user's devices, unless that is under way.
    pub(super) fn refresh(&mut self, username: &str) {
        if !self.refreshing.insert(username.to_owned()) {
            return;
        }
        let (context, news) = (Arc::clone(&self.context), self.news.clone());
        let username = username.to_owned();
        self.tasks.spawn(async move {
            context.refresh(&username).await;
            let _ = news.send(News::Refreshed(username)).await;
        });
    }
}

fn names(rows: &[&DeviceRow]) -> Vec<(DeviceId, String)> {
    rows.iter()
        .map(|row| (row.card.device, row.card.username.clone()))
        .collect()
}

/// What it means that nothing may go to any device of a user.
fn nobody(to: &str, said: Said, rows: &[DeviceRow]) -> Targets {
    match (rows.is_empty(), said) {
        (_, Said::NoSuchUser) => Targets::Nobody(format!("There is no user {to}.")),
        (true, Said::Devices) => Targets::Nobody(format!(
            "{to} has no device yet that could receive this: it takes the desktop app or parlor-cli."
        )),
        (true, Said::Nothing | Said::Failed) => Targets::NotYet,
        (false, _) if rows.iter().any(|row| row.blocked) => {
            Targets::Nobody(format!("You have blocked {to}."))
        }
        (false, _) => Targets::Nobody(format!(
            "No device of {to}'s may receive this: look at their devices, accept one, and try again."
        )),
    }
}
