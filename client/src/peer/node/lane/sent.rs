//! What was sent over the link that is up and is not acknowledged yet.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

/// A device that is there acknowledges within this time; else the line is sealed too.
const ACK: Duration = Duration::from_secs(10);

/// What was sent, by the line's number.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// The id, and until when the acknowledgement is waited for; `None` once it is not any more.
    lines: BTreeMap<u64, (String, Option<Instant>)>,
    by_id: HashMap<String, u64>,
}

impl Sent {
    pub(super) fn add(&mut self, n: u64, id: String, now: Instant) {
        self.by_id.insert(id.clone(), n);
        self.lines.insert(n, (id, Some(now + ACK)));
    }

    /// Whether it was sent over this link.
    pub(super) fn has(&self, n: u64) -> bool {
        self.lines.contains_key(&n)
    }

    /// Whether it was sent and may still be acknowledged in time.
    pub(super) fn is_on_its_way(&self, n: u64) -> bool {
        self.lines.get(&n).is_some_and(|(_, until)| until.is_some())
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether something got no answer in time.
    pub(super) fn has_late(&self) -> bool {
        self.lines.values().any(|(_, until)| until.is_none())
    }

    /// It is stored at the other side. Says whether it was one of these.
    pub(super) fn acked(&mut self, id: &str) -> bool {
        match self.by_id.remove(id) {
            Some(n) => self.lines.remove(&n).is_some(),
            None => false,
        }
    }

    /// Waits no more for what is late; says whether there is such.
    pub(super) fn give_up(&mut self, now: Instant) -> bool {
        let mut any = false;
        for (_, until) in self.lines.values_mut() {
            if until.is_some_and(|until| until <= now) {
                *until = None;
                any = true;
            }
        }
        any
    }

    /// When the next of them is late. They are in the order of sending.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lines.values().find_map(|(_, until)| *until)
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.by_id.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_not_acknowledged_in_time_is_late_and_not_sent_twice() {
        let mut sent = Sent::default();
        sent.add(1, "a".into(), Instant::now());
        tokio::time::advance(ACK / 2).await;
        sent.add(2, "b".into(), Instant::now());
        assert!(!sent.give_up(Instant::now()));
        tokio::time::advance(ACK / 2).await;
        assert!(sent.give_up(Instant::now()));
        assert!(sent.has_late() && sent.has(1) && !sent.is_on_its_way(1));
        assert!(sent.is_on_its_way(2));
        assert_eq!(sent.deadline(), Some(Instant::now() + ACK / 2));
        // A late acknowledgement counts all the same, and one for nothing does not.
        assert!(sent.acked("a") && !sent.acked("a") && !sent.acked("c"));
        assert!(!sent.has(1) && !sent.has_late());
        assert_eq!(sent.len(), 1);
    }
}
