//! Entries of peer channels for who lacks them, read and written step by step: what is asked for again and
//! again costs no more memory than one step, and goes no faster than the other side reads.

use parlor_protocol::peer::PeerLine;
use parlor_protocol::{DeviceId, VouchedCard};

use super::Task;
use crate::peer::net::Doorkeeper as _;
use crate::peer::node::channels::{have_lines, plain};
use crate::store::StoreError;

/// Entries read at once: a few hundred KiB at most, if each is as long as it may be.
const STEP: u64 = 100;

/// Entries of one author's device that the other side lacks.
#[derive(Debug)]
pub(in crate::peer::node) struct Give {
    pub(in crate::peer::node) channel: String,
    pub(in crate::peer::node) author: DeviceId,
    /// The first, and the last at most.
    pub(in crate::peer::node) from: u64,
    pub(in crate::peer::node) to: u64,
}

/// The steps of a question, in order.
fn steps(from: u64, to: u64) -> impl Iterator<Item = (u64, u64)> {
    let mut next = Some(from);
    std::iter::from_fn(move || {
        let first = next.filter(|first| *first <= to)?;
        let last = first.saturating_add(STEP - 1).min(to);
        next = last.checked_add(1);
        Some((first, last))
    })
}

impl Task {
    /// Gives entries, the author's card before the first; after the last it is told what is here, if there is
    /// more: what did not fit is asked for then.
    pub(super) async fn give(&mut self, give: Give) -> Result<(), StoreError> {
        let Give {
            channel,
            author,
            from,
            to,
        } = give;
        let store = self.context.store.clone();
        let mut given = 0;
        for (first, last) in steps(from, to) {
            // That may change while the other side reads.
            if self.link.is_none() || !self.may_get().await? {
                return Ok(());
            }
            let entries = store.entries(&channel, author, first, last).await?;
            if entries.is_empty() {
                break;
            }
            if !self.cards.contains(&author)
                && let Some(card) = self.card_of(author).await?
            {
                self.cards.insert(author);
                self.say(&PeerLine::Card(card)).await;
            }
            let full = entries.len() as u64 == STEP;
            given += entries.len() as u64;
            for broadcast in entries.into_iter().filter_map(plain) {
                self.say(&PeerLine::Broadcast(broadcast)).await;
            }
            if !full {
                break;
            }
        }
        if given == 0 {
            return Ok(());
        }
        let have = store.have(&channel).await?;
        let next = from.saturating_add(given);
        if have.iter().any(|(of, n)| *of == author && *n >= next) {
            for line in have_lines(&channel, self.device, have) {
                self.say(&line).await;
            }
        }
        Ok(())
    }

    async fn card_of(&mut self, author: DeviceId) -> Result<Option<VouchedCard>, StoreError> {
        if author == self.context.device {
            return Ok(self.context.door.hello().map(|hello| hello.card));
        }
        let row = self.context.store.device(author).await?;
        Ok(row.map(|row| row.vouched))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_in_steps_that_leave_nothing_out() {
        let all: Vec<_> = steps(5, 250).collect();
        assert_eq!(all, [(5, 104), (105, 204), (205, 250)]);
        assert_eq!(steps(7, 7).collect::<Vec<_>>(), [(7, 7)]);
        assert_eq!(steps(8, 7).count(), 0);
        // Whoever asks may name any number.
        let last: Vec<_> = steps(u64::MAX - STEP, u64::MAX).collect();
        assert_eq!(
            last,
            [(u64::MAX - STEP, u64::MAX - 1), (u64::MAX, u64::MAX)]
        );
    }
}
