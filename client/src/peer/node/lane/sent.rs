//! What was sent over the link that is up and is not acknowledged yet.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use parlor_protocol::peer::PeerLine;
use tokio::time::Instant;

/// A device that is there acknowledges within this time; else the line is sealed too.
const ACK: Duration = Duration::from_secs(10);

/// A line that was sent.
#[derive(Debug)]
struct Line {
    id: String,
    /// Until when the acknowledgement is waited for; `None` once it is not any more.
    until: Option<Instant>,
    /// Whether it was a file's offer that says where the file waits sealed: a line gets that later.
    sealed: bool,
}

/// What was sent, by the line's number.
#[derive(Debug, Default)]
pub(super) struct Sent {
    lines: BTreeMap<u64, Line>,
    by_id: HashMap<String, u64>,
}

impl Sent {
    pub(super) fn add(&mut self, n: u64, line: &PeerLine, now: Instant) {
        let id = line.id().unwrap_or_default().to_owned();
        if let Some(before) = self.by_id.insert(id.clone(), n) {
            // It says something else now, under another number.
            self.lines.remove(&before);
        }
        let line = Line {
            id,
            until: Some(now + ACK),
            sealed: is_sealed(line),
        };
        self.lines.insert(n, line);
    }

    /// Whether it was sent over this link, as it is.
    pub(super) fn has(&self, n: u64, line: &PeerLine) -> bool {
        let sent = self.lines.get(&n);
        sent.is_some_and(|sent| sent.sealed == is_sealed(line))
    }

    /// Whether it was sent and may still be acknowledged in time.
    pub(super) fn is_on_its_way(&self, n: u64) -> bool {
        self.lines.get(&n).is_some_and(|line| line.until.is_some())
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether something got no answer in time.
    pub(super) fn has_late(&self) -> bool {
        self.lines.values().any(|line| line.until.is_none())
    }

    /// It is stored at the other side. Says whether it was one of these.
    pub(super) fn acked(&mut self, id: &str) -> bool {
        match self.by_id.remove(id) {
            Some(n) => {
                let line = self.lines.remove(&n);
                line.is_some_and(|line| line.id == id)
            }
            None => false,
        }
    }

    /// Waits no more for what is late; says whether there is such.
    pub(super) fn give_up(&mut self, now: Instant) -> bool {
        let mut any = false;
        for line in self.lines.values_mut() {
            if line.until.is_some_and(|until| until <= now) {
                line.until = None;
                any = true;
            }
        }
        any
    }

    /// When the next of them is late. They are in the order of sending.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.lines.values().find_map(|line| line.until)
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.by_id.clear();
    }
}

fn is_sealed(line: &PeerLine) -> bool {
    matches!(line, PeerLine::FileOffer(offer) if offer.sealed.is_some())
}

#[cfg(test)]
mod tests {
    use parlor_protocol::Time;
    use parlor_protocol::peer::{Chat, FileOffer, SealedFile};

    use super::*;

    fn chat(id: &str) -> PeerLine {
        PeerLine::Chat(Chat {
            id: id.into(),
            from: "alice".into(),
            to: "bob".into(),
            channel: "direct".into(),
            message: String::new(),
            time: Time::from_millis(0),
            reply_to: None,
        })
    }

    fn offer(sealed: Option<SealedFile>) -> PeerLine {
        PeerLine::FileOffer(FileOffer {
            id: "f".into(),
            from: "alice".into(),
            to: "bob".into(),
            channel: "direct".into(),
            name: "a".into(),
            size: 1,
            blake3: String::new(),
            time: Time::from_millis(0),
            sealed,
        })
    }

    #[test]
    fn an_offer_that_says_where_its_file_waits_is_another_line() {
        let mut sent = Sent::default();
        sent.add(1, &offer(None), Instant::now());
        assert!(sent.has(1, &offer(None)) && !sent.has(2, &offer(None)));
        let sealed = SealedFile {
            file: "x".into(),
            key: "y".into(),
        };
        assert!(!sent.has(1, &offer(Some(sealed))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_acknowledged_in_time_is_late_and_not_sent_twice() {
        let mut sent = Sent::default();
        sent.add(1, &chat("a"), Instant::now());
        tokio::time::advance(ACK / 2).await;
        sent.add(2, &chat("b"), Instant::now());
        assert!(!sent.give_up(Instant::now()));
        tokio::time::advance(ACK / 2).await;
        assert!(sent.give_up(Instant::now()));
        assert!(sent.has_late() && sent.has(1, &chat("a")) && !sent.is_on_its_way(1));
        assert!(sent.is_on_its_way(2));
        assert_eq!(sent.deadline(), Some(Instant::now() + ACK / 2));
        // A late acknowledgement counts all the same, and one for nothing does not.
        assert!(sent.acked("a") && !sent.acked("a") && !sent.acked("c"));
        assert!(!sent.has(1, &chat("a")) && !sent.has_late());
        assert_eq!(sent.len(), 1);
    }
}
