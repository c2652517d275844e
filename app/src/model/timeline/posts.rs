//! What went between devices: the same lines in the order of their places, known by marks.

use parlor_client::Place;
use parlor_client::peer::{Post, PostState};

use super::entry::{Entry, Message};
use super::{Edge, Page, Timeline};

/// How many pages are read at most to find a post that one jumps to: some ten thousand posts.
const SOUGHT: usize = 100;

impl Timeline {
    /// Takes in posts, new or changed, each as it now stands. `me` is their reader.
    pub(crate) fn put_posts(&mut self, posts: Vec<Post>, me: &str) {
        let entries = self.entries_of_posts(posts, me);
        self.put_entries(entries);
    }

    /// Takes in the newest page of a talk, or the one before a place. Without it, it did not come.
    pub(crate) fn paged_posts(
        &mut self,
        before: Option<u64>,
        page: Option<(Vec<Post>, bool)>,
        me: &str,
    ) {
        let Some((posts, more)) = page else {
            self.before = Edge::Failed;
            self.sought = None;
            return;
        };
        let page = Page {
            entries: self.entries_of_posts(posts, me),
            more_before: more,
            more_after: false,
            offline: false,
        };
        match before {
            None => self.newest(page),
            Some(place) => self.older(place, page),
        }
        self.find_sought();
    }

    fn entries_of_posts(&mut self, posts: Vec<Post>, me: &str) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(posts.len());
        for post in posts {
            if !post.id.is_empty() {
                self.ids.insert(post.id.as_str().into(), post.place);
            }
            entries.push(self.authors.post(post, me));
        }
        entries
    }

    /// What a message answers: nothing; or a line, if it is known here.
    pub(crate) fn answered(&self, message: &Message) -> Option<Option<u64>> {
        if let Some(seq) = message.reply_to {
            return Some(Some(seq.get()));
        }
        let id = message.posted()?.reply_to.as_ref()?;
        Some(self.ids.get(id).copied())
    }

    /// The mark of the post at this place.
    pub(crate) fn id_of(&self, place: u64) -> Option<&str> {
        let posted = self.entry_of(place)?.message()?.posted()?;
        Some(&posted.id)
    }

    /// The first of one's own posts that nobody has yet, behind which all are so.
    pub(crate) fn first_undelivered(&self) -> Option<u64> {
        let waits = |entry: &&Entry| {
            let posted = entry.message().and_then(|message| message.posted());
            posted.map(|posted| matches!(posted.state, PostState::OnItsWay | PostState::Sealed))
        };
        let own = self.entries.iter().rev();
        let own = own.filter(|entry| {
            let posted = entry.message().and_then(|message| message.posted());
            posted.is_some_and(|posted| !matches!(posted.state, PostState::Received(_)))
        });
        own.take_while(|entry| waits(entry) == Some(true))
            .last()
            .map(|entry| entry.seq)
    }

    /// Shows a post, wherever it lies: what is older is read until it is there.
    pub(crate) fn seek(&mut self, place: u64) {
        self.sought = Some((place, SOUGHT));
        self.find_sought();
    }

    fn find_sought(&mut self) {
        let Some((place, _)) = self.sought else {
            return;
        };
        if self.entry_of(place).is_some() {
            self.sought = None;
            self.mark(place);
        } else if self.before == Edge::End {
            self.sought = None;
        }
    }

    /// The next page towards what is sought.
    pub(super) fn wants_sought(&mut self) -> Option<Place> {
        let (_, left) = self.sought.as_mut()?;
        if self.before != Edge::More {
            return None;
        }
        let Some(rest) = left.checked_sub(1) else {
            self.sought = None;
            return None;
        };
        *left = rest;
        self.before = Edge::Asked;
        self.entries.front().map(|first| Place::Before(first.seq))
    }
}

#[cfg(test)]
mod tests {
    use parlor_client::peer::{PostBody, Talk, Way};

    use super::*;

    fn post(place: u64, from: &str, state: PostState) -> Post {
        Post {
            talk: Talk::Direct("bob".into()),
            place,
            id: format!("id{place}"),
            from: from.into(),
            device: None,
            time: "2026-11-19T09:00:00Z".parse().unwrap(),
            body: PostBody::Text(format!("post {place}")),
            reply_to: None,
            edited: None,
            deleted: false,
            reactions: Vec::new(),
            state,
        }
    }

    fn loaded(posts: Vec<Post>, more: bool) -> Timeline {
        let mut timeline = Timeline::new();
        timeline.paged_posts(None, Some((posts, more)), "alice");
        timeline
    }

    #[test]
    fn an_answer_finds_its_post_though_it_came_first() {
        let mut answer = post(9, "bob", PostState::Received(Way::Lan));
        answer.reply_to = Some("id3".into());
        let mut timeline = loaded(vec![answer], true);
        let message = |timeline: &Timeline| timeline.entry_of(9).unwrap().message().cloned();
        let message = message(&timeline).unwrap();
        assert_eq!(timeline.answered(&message), Some(None));
        let older = vec![post(3, "alice", PostState::Delivered(Way::Lan))];
        timeline.paged_posts(Some(9), Some((older, false)), "alice");
        assert_eq!(timeline.answered(&message), Some(Some(3)));
        assert_eq!(timeline.before, Edge::End);
    }

    #[test]
    fn what_waits_begins_behind_the_last_that_was_delivered() {
        let check = |states: &[PostState], expected: Option<u64>| {
            let posts = states.iter().enumerate().map(|(at, state)| {
                let from = match state {
                    PostState::Received(_) => "bob",
                    _ => "alice",
                };
                post(at as u64 + 1, from, state.clone())
            });
            let timeline = loaded(posts.collect(), false);
            assert_eq!(timeline.first_undelivered(), expected, "{states:?}");
        };
        let (way, came) = (
            PostState::Delivered(Way::Direct),
            PostState::Received(Way::Direct),
        );
        let (sealed, waits) = (PostState::Sealed, PostState::OnItsWay);
        check(std::slice::from_ref(&way), None);
        check(&[way.clone(), sealed.clone(), waits.clone()], Some(2));
        check(&[sealed.clone(), way.clone(), waits.clone()], Some(3));
        check(&[waits.clone(), came.clone(), sealed], Some(1));
        check(&[waits, way, came], None);
    }

    #[test]
    fn what_is_sought_is_read_page_by_page_and_shown() {
        let came = || PostState::Received(Way::Lan);
        let mut timeline = loaded(vec![post(9, "bob", came())], true);
        timeline.seek(2);
        assert_eq!(timeline.wants(), Some(Place::Before(9)));
        assert_eq!(timeline.wants(), None);
        timeline.paged_posts(Some(9), Some((vec![post(5, "bob", came())], true)), "alice");
        assert_eq!(timeline.wants(), Some(Place::Before(5)));
        timeline.paged_posts(Some(5), Some((vec![post(2, "bob", came())], true)), "alice");
        assert_eq!(timeline.marked, Some(2));
        assert_eq!(timeline.wants(), None);
    }

    #[test]
    fn a_state_that_changes_takes_its_place() {
        let mut timeline = loaded(vec![post(1, "alice", PostState::OnItsWay)], false);
        timeline.put_posts(
            vec![post(1, "alice", PostState::Delivered(Way::Relay))],
            "alice",
        );
        let message = timeline.entry_of(1).unwrap().message().unwrap();
        assert_eq!(
            message.posted().unwrap().state,
            PostState::Delivered(Way::Relay)
        );
        assert_eq!(timeline.missed, 0);
    }
}
