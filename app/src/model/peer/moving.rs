//! Files between devices that are on their way, over all talks of an account.

use std::collections::BTreeMap;

use parlor_client::peer::{PeerFile, PeerFileState, Talk};

use crate::model::transfers::Counts;

/// A file between devices that is on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moving {
    /// In which talk.
    pub(crate) talk: Talk,
    /// Whether it goes from here.
    pub(crate) own: bool,
    /// The file.
    pub(crate) file: PeerFile,
}

/// The files on their way, by their offers, as far as they were told of since the start.
#[derive(Debug, Default)]
pub(crate) struct Files {
    all: BTreeMap<String, Moving>,
}

impl Files {
    /// Takes in a file as it now stands.
    pub(crate) fn put(&mut self, talk: &Talk, file: &PeerFile, own: bool) {
        if !is_on_its_way(file) {
            self.all.remove(&file.id);
            return;
        }
        let moving = Moving {
            talk: talk.clone(),
            own,
            file: file.clone(),
        };
        self.all.insert(file.id.clone(), moving);
    }

    /// A talk is gone, and what was on its way in it.
    pub(crate) fn forget(&mut self, talk: &Talk) {
        self.all.retain(|_, moving| moving.talk != *talk);
    }

    /// Those on their way.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Moving> {
        self.all.values()
    }

    /// Adds what runs of them.
    pub(crate) fn count(&self, counts: &mut Counts) {
        for moving in self.all.values().filter(|moving| runs(&moving.file)) {
            let speed = moving.file.rate.unwrap_or_default();
            if moving.own {
                counts.up += 1;
                counts.up_speed += speed;
            } else {
                counts.down += 1;
                counts.down_speed += speed;
            }
        }
    }
}

/// Whether bytes of it pass now.
fn runs(file: &PeerFile) -> bool {
    matches!(file.state, PeerFileState::Running | PeerFileState::Sealing)
}

/// Whether it was accepted, or is being made ready, and is not over.
fn is_on_its_way(file: &PeerFile) -> bool {
    use PeerFileState::{Hashing, Paused, Waiting};
    runs(file) || matches!(file.state, Hashing | Waiting | Paused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(state: PeerFileState, rate: Option<u64>) -> PeerFile {
        PeerFile {
            id: "f".into(),
            name: "x.zip".into(),
            size: 100,
            blake3: String::new(),
            state,
            done: 0,
            rate,
            path: None,
        }
    }

    #[test]
    fn what_runs_is_counted_and_what_is_over_is_forgotten() {
        let talk = Talk::Direct("bob".into());
        let mut files = Files::default();
        let counted = |files: &Files| {
            let mut counts = Counts::default();
            files.count(&mut counts);
            (counts.up, counts.up_speed, counts.down, counts.down_speed)
        };
        files.put(&talk, &file(PeerFileState::Offered, None), false);
        assert_eq!(files.all().count(), 0);
        files.put(&talk, &file(PeerFileState::Running, Some(7)), false);
        assert_eq!(counted(&files), (0, 0, 1, 7));
        files.put(&talk, &file(PeerFileState::Paused, None), false);
        assert_eq!(counted(&files), (0, 0, 0, 0));
        assert_eq!(files.all().count(), 1);
        files.put(&talk, &file(PeerFileState::Sealing, Some(3)), true);
        assert_eq!(counted(&files), (1, 3, 0, 0));
        files.put(&talk, &file(PeerFileState::Done, None), true);
        assert_eq!(files.all().count(), 0);
        files.put(&talk, &file(PeerFileState::Waiting, None), true);
        files.forget(&talk);
        assert_eq!(files.all().count(), 0);
    }
}
