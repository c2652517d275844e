//! Changes of posts, one's own and others'.

use super::*;

#[tokio::test]
async fn changes_wait_for_their_post_and_are_their_authors() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.knows("alice", &[]).await;
    let stored = Received::Stored { duplicate: false };
    // Two edits and a reaction come before the post; the later edit is the first to come.
    assert_eq!(
        alice
            .says(2, edited("e2", "bob", "alice", "m", "third", 3))
            .await,
        stored
    );
    assert_eq!(
        alice
            .says(2, edited("e1", "bob", "alice", "m", "second", 2))
            .await,
        stored
    );
    assert_eq!(
        alice
            .says(2, reacted("r1", "bob", "alice", "m", true, 4))
            .await,
        stored
    );
    assert_eq!(
        alice
            .says(2, edited("e2", "bob", "alice", "m", "third", 3))
            .await,
        Received::Stored { duplicate: true }
    );
    assert_eq!(
        alice.says(2, chat("m", "bob", "alice", "first")).await,
        stored
    );
    let post = alice.posts("@bob").await.remove(0);
    assert_eq!(post.body, PostBody::Text("third".into()));
    assert_eq!(post.edited, Some(now(3)));
    assert_eq!(post.reactions[0].by, ["bob"]);
    // Taken back, then given earlier by its clock: the later word stands.
    alice
        .says(2, reacted("r2", "bob", "alice", "m", false, 6))
        .await;
    alice
        .says(2, reacted("r3", "bob", "alice", "m", true, 5))
        .await;
    assert!(alice.posts("@bob").await[0].reactions.is_empty());

    // What is mine is changed by none of Bob's.
    let mine = alice
        .send(at("@bob"), "mine".into(), None, now(0))
        .await
        .unwrap();
    for line in [
        edited("x1", "bob", "alice", &mine, "his", 9),
        deleted("x2", "bob", "alice", &mine),
    ] {
        assert!(matches!(alice.says(2, line).await, Received::Refused(_)));
    }
    assert_eq!(alice.texts("@bob").await, ["third", "mine"]);
    let theirs = alice
        .edit(at("@bob"), "m".into(), "my word".into(), now(9))
        .await;
    assert!(theirs.is_err());

    alice.says(2, deleted("d", "bob", "alice", "m")).await;
    alice
        .says(2, edited("e3", "bob", "alice", "m", "back", 99))
        .await;
    let post = alice.posts("@bob").await.remove(0);
    assert!(post.deleted && post.body == PostBody::Text(String::new()));
}

#[tokio::test]
async fn early_changes_are_bounded_and_the_oldest_go() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    for n in 0..=changes::EARLY {
        let (id, target) = (format!("e{n}"), format!("m{n}"));
        alice
            .says(2, edited(&id, "bob", "alice", &target, "new", 2))
            .await;
    }
    for (n, expected) in [(0, "old"), (1, "new"), (changes::EARLY, "new")] {
        alice
            .says(2, chat(&format!("m{n}"), "bob", "alice", "old"))
            .await;
        assert_eq!(alice.texts("@bob").await.pop().unwrap(), expected, "{n}");
    }
}

#[tokio::test]
async fn reactions_of_one_user_to_one_post_are_bounded() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.says(2, chat("m", "bob", "alice", "hi")).await;
    for n in 0..changes::REACTIONS + 5 {
        let PeerLine::Reaction(mut line) = reacted(&format!("r{n}"), "bob", "alice", "m", true, 4)
        else {
            unreachable!()
        };
        line.emoji = format!("e{n}");
        alice.says(2, PeerLine::Reaction(line)).await;
    }
    let given = alice.posts("@bob").await[0].reactions.len() as u64;
    assert_eq!(given, changes::REACTIONS);
    // Of one's own there are at most 20 different.
    let mine = alice
        .react(at("@bob"), "m".into(), "👍".into(), true, now(5))
        .await;
    assert!(mine.is_err());
}

#[tokio::test]
async fn changes_of_ones_own_go_out_after_the_post() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    let (id, _) = alice.sends("@bob", "one", &[(2, "bob")]).await;
    // The clock of this computer was set back meanwhile: the newer text wins all the same.
    alice
        .edit(at("@bob"), id.clone(), "two".into(), now(-100))
        .await
        .unwrap();
    alice
        .edit(at("@bob"), id.clone(), "three".into(), now(-200))
        .await
        .unwrap();
    alice
        .react(at("@bob"), id.clone(), "🎉".into(), true, now(0))
        .await
        .unwrap();
    alice
        .react(at("@bob"), id.clone(), "🎉".into(), true, now(0))
        .await
        .unwrap();
    alice.delete(at("@bob"), id.clone(), now(0)).await.unwrap();
    let lines = alice.unspread(10).await.unwrap();
    assert_eq!(lines.len(), 4);
    for line in lines {
        alice
            .spread(line.n, vec![(device(2), "bob".into())])
            .await
            .unwrap();
    }
    let out = alice.unheld(device(2), 10).await.unwrap();
    let bob = Fixture::without_device();
    let bob = PeerStore::open(&bob.dir.path().join("bob.db"), "bob").map(|store| (bob, store));
    let (_kept, bob) = bob.unwrap();
    bob.learn("alice", vec![card("alice", 1)], Vec::new(), true, now(0))
        .await
        .unwrap();
    let from = bob.device(device(1)).await.unwrap().unwrap();
    for (at_line, text) in [(0, "one"), (1, "two"), (2, "three"), (3, "three"), (4, "")] {
        let line = out[at_line].line.clone();
        let stored = bob
            .receive(from.clone(), line, Came::Link(Way::Lan), now(0))
            .await;
        assert_eq!(stored.unwrap(), Received::Stored { duplicate: false });
        let post = bob.page(at("@alice"), None, 1).await.unwrap().0.remove(0);
        assert_eq!(post.body, PostBody::Text(text.into()));
    }
}

#[tokio::test]
async fn what_nobody_heard_of_is_only_removed_here() {
    let alice = Fixture::new().await;
    let id = alice
        .send(at("@bob"), "oops".into(), None, now(0))
        .await
        .unwrap();
    alice.delete(at("@bob"), id, now(1)).await.unwrap();
    assert!(alice.unspread(10).await.unwrap().is_empty());
    assert!(alice.posts("@bob").await[0].deleted);
}
