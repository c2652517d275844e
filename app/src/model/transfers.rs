//! Files on their way up or down, and the history of those that are there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use parlor_client::{Direction, Purpose, Transfer, TransferId, TransferState};
#[cfg(test)]
use parlor_protocol::File;
use parlor_protocol::Time;

/// The transfers of one account.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    all: BTreeMap<TransferId, Transfer>,
    /// Drafts that were sent just now: they stand in no composer any more, though
    /// the client has not yet said with which message they go.
    sent: BTreeSet<TransferId>,
    /// Files that are to be opened once they are there.
    opens: BTreeSet<String>,
    /// The line of the panel that the keyboard chose.
    pub(crate) chosen: Option<TransferId>,
}

/// What runs, for the status bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// How many go up.
    pub(crate) up: usize,
    /// Bytes a second of them all.
    pub(crate) up_speed: u64,
    /// How many come down.
    pub(crate) down: usize,
    /// Bytes a second of them all.
    pub(crate) down_speed: u64,
    /// How many stopped by themselves.
    pub(crate) broken: usize,
}

impl Counts {
    /// How many run, either way.
    pub(crate) fn running(self) -> usize {
        self.up + self.down
    }
}

impl Transfers {
    /// Takes in what the local store holds.
    pub(crate) fn load(&mut self, transfers: Vec<Transfer>) {
        self.all = transfers
            .into_iter()
            .map(|transfer| (transfer.id, transfer))
            .collect();
    }

    /// Takes in a transfer as it now stands; the path of its file if that was to be opened.
    pub(crate) fn put(&mut self, transfer: Transfer) -> Option<std::path::PathBuf> {
        if transfer.purpose != Purpose::Draft {
            self.sent.remove(&transfer.id);
        }
        let done = transfer.state == TransferState::Done;
        let opened = transfer.file.as_ref().is_some_and(|file| {
            done && transfer.direction == Direction::Down && self.opens.remove(&file.id)
        });
        let path = opened.then(|| transfer.path.clone());
        self.all.insert(transfer.id, transfer);
        path
    }

    /// A transfer is no more.
    pub(crate) fn gone(&mut self, id: TransferId) {
        self.all.remove(&id);
        self.sent.remove(&id);
        self.chosen.take_if(|chosen| *chosen == id);
    }

    /// The transfer of this number.
    pub(crate) fn get(&self, id: TransferId) -> Option<&Transfer> {
        self.all.get(&id)
    }

    /// What stands in the composer of a room, in the order in which it was attached.
    pub(crate) fn drafts<'a>(&'a self, room: &'a str) -> impl Iterator<Item = &'a Transfer> {
        self.all.values().filter(move |transfer| {
            transfer.direction == Direction::Up
                && transfer.purpose == Purpose::Draft
                && transfer.room == room
                && !self.sent.contains(&transfer.id)
        })
    }

    /// The drafts of a room go with a message.
    pub(crate) fn send(&mut self, room: &str) -> Vec<TransferId> {
        let ids: Vec<TransferId> = self.drafts(room).map(|transfer| transfer.id).collect();
        self.sent.extend(&ids);
        ids
    }

    /// A message with these files was not kept: they stand in the composer again.
    pub(crate) fn give_back(&mut self, files: &[TransferId]) {
        for id in files {
            self.sent.remove(id);
        }
    }

    /// The newest download of a file.
    pub(crate) fn download(&self, file: &str) -> Option<&Transfer> {
        self.all.values().rev().find(|transfer| {
            transfer.direction == Direction::Down
                && transfer.file.as_ref().is_some_and(|known| known.id == file)
        })
    }

    /// The file is to be opened once its download is there.
    pub(crate) fn open_when_there(&mut self, file: &str) {
        self.opens.insert(file.to_owned());
    }

    /// What is not over, the oldest first.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &Transfer> {
        self.all
            .values()
            .filter(|transfer| transfer.state != TransferState::Done)
    }

    /// What is over, the newest first.
    pub(crate) fn done(&self) -> impl Iterator<Item = &Transfer> {
        self.all
            .values()
            .rev()
            .filter(|transfer| transfer.state == TransferState::Done)
    }

    /// What is over, the newest first, parted into that of today and that of before.
    pub(crate) fn done_by_day(
        &self,
        now: Time,
        zone: &TimeZone,
    ) -> (Vec<&Transfer>, Vec<&Transfer>) {
        let day = |time: Time| zone.to_datetime(time.timestamp()).date();
        self.done()
            .partition(|transfer| transfer.ended.is_none_or(|ended| day(ended) == day(now)))
    }

    /// The lines of the panel, in their order.
    pub(crate) fn lines(&self) -> Vec<TransferId> {
        let all = self.unfinished().chain(self.done());
        all.map(|transfer| transfer.id).collect()
    }

    /// Moves the choice of the keyboard in the panel.
    pub(crate) fn step(&mut self, back: bool) {
        let lines = self.lines();
        let at = self
            .chosen
            .and_then(|chosen| lines.iter().position(|line| *line == chosen));
        let next = match (at, back) {
            (None, _) => 0,
            (Some(at), true) => at.saturating_sub(1),
            (Some(at), false) => (at + 1).min(lines.len().saturating_sub(1)),
        };
        self.chosen = lines.get(next).copied();
    }

    /// What runs.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for transfer in self.all.values() {
            if matches!(transfer.state, TransferState::Failed(_)) {
                counts.broken += 1;
            }
            if !is_running(transfer) {
                continue;
            }
            let speed = match transfer.state {
                TransferState::Running { per_second } => per_second,
                _ => 0,
            };
            match transfer.direction {
                Direction::Up => {
                    counts.up += 1;
                    counts.up_speed += speed;
                }
                Direction::Down => {
                    counts.down += 1;
                    counts.down_speed += speed;
                }
            }
        }
        counts
    }
}

/// Whether it goes on by itself.
pub(crate) fn is_running(transfer: &Transfer) -> bool {
    matches!(
        transfer.state,
        TransferState::Waiting | TransferState::Running { .. } | TransferState::Checking
    )
}

/// A file for tests.
#[cfg(test)]
pub(crate) fn file(id: &str, name: &str, size: u64) -> File {
    File {
        id: id.into(),
        name: name.into(),
        size,
        mime: "application/octet-stream".into(),
        blake3: "af13".into(),
        by: "carol".into(),
        room: "general".into(),
        time: "2026-11-19T09:44:00Z".parse().unwrap(),
    }
}

/// A transfer for tests.
#[cfg(test)]
pub(crate) fn transfer(
    id: i64,
    direction: Direction,
    name: &str,
    state: TransferState,
) -> Transfer {
    let kept = file(&format!("f{id}"), name, 1_000);
    let down = direction == Direction::Down;
    Transfer {
        id: TransferId(id),
        direction,
        room: "general".into(),
        name: name.into(),
        path: format!("/tmp/{name}").into(),
        size: 1_000,
        done: 620,
        purpose: if down {
            Purpose::Listing
        } else {
            Purpose::Draft
        },
        file: down.then_some(kept),
        begun: "2026-11-19T09:44:00Z".parse().unwrap(),
        ended: (state == TransferState::Done).then(|| "2026-11-19T09:45:00Z".parse().unwrap()),
        state,
    }
}

#[cfg(test)]
mod tests {
    use parlor_client::TransferFailure;

    use super::*;

    fn three() -> Transfers {
        let mut transfers = Transfers::default();
        let running = |per_second| TransferState::Running { per_second };
        transfers.load(vec![
            transfer(1, Direction::Up, "a.mp4", running(80)),
            transfer(2, Direction::Up, "b.sig", TransferState::Done),
            transfer(3, Direction::Down, "c.zip", running(900)),
            transfer(
                4,
                Direction::Down,
                "d.log",
                TransferState::Failed(TransferFailure::Lost),
            ),
            transfer(5, Direction::Down, "e.log", TransferState::Paused),
        ]);
        transfers
    }

    #[test]
    fn what_runs_is_counted() {
        let counts = three().counts();
        let expected = Counts {
            up: 1,
            up_speed: 80,
            down: 1,
            down_speed: 900,
            broken: 1,
        };
        assert_eq!(counts, expected);
        assert_eq!(counts.running(), 2);
    }

    #[test]
    fn drafts_leave_the_composer_when_sent_and_come_back_when_not_kept() {
        let mut transfers = three();
        let drafts = |transfers: &Transfers| transfers.drafts("general").count();
        assert_eq!(drafts(&transfers), 2);
        assert_eq!(transfers.drafts("firmware").count(), 0);
        let ids = transfers.send("general");
        assert_eq!(ids, [TransferId(1), TransferId(2)]);
        assert_eq!(drafts(&transfers), 0);
        // Until the client says with which message it goes, it stays away.
        let still = transfer(1, Direction::Up, "a.mp4", TransferState::Checking);
        transfers.put(still.clone());
        assert_eq!(drafts(&transfers), 0);
        transfers.give_back(&ids);
        assert_eq!(drafts(&transfers), 2);
        transfers.put(Transfer {
            purpose: Purpose::Message("n".into()),
            ..still
        });
        assert_eq!(drafts(&transfers), 1);
    }

    #[test]
    fn a_file_opens_once_it_is_there() {
        let mut transfers = Transfers::default();
        transfers.open_when_there("f3");
        let put = |transfers: &mut Transfers, state| {
            transfers.put(transfer(3, Direction::Down, "c.zip", state))
        };
        assert_eq!(put(&mut transfers, TransferState::Checking), None);
        assert!(put(&mut transfers, TransferState::Done).is_some());
        assert_eq!(put(&mut transfers, TransferState::Done), None);
        assert_eq!(transfers.download("f3").map(|t| t.id), Some(TransferId(3)));
    }

    #[test]
    fn the_choice_goes_through_the_lines() {
        let mut transfers = three();
        assert_eq!(transfers.lines().last(), Some(&TransferId(2)));
        for _ in 0..9 {
            transfers.step(false);
        }
        assert_eq!(transfers.chosen, Some(TransferId(2)));
        transfers.step(true);
        assert_eq!(transfers.chosen, Some(TransferId(5)));
        transfers.gone(TransferId(5));
        assert_eq!(transfers.chosen, None);
    }

    #[test]
    fn done_is_parted_by_day() {
        let transfers = three();
        let at = |day: &str| format!("2026-11-{day}T23:00:00Z").parse().unwrap();
        let (today, before) = transfers.done_by_day(at("19"), &TimeZone::UTC);
        assert_eq!((today.len(), before.len()), (1, 0));
        let (today, before) = transfers.done_by_day(at("20"), &TimeZone::UTC);
        assert_eq!((today.len(), before.len()), (0, 1));
    }
}
