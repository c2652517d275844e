//! Entries of a peer channel in whatever order they come.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::channels::{in_channel, say, take};
use super::*;

/// Entries of two authors: texts, changes of them, reactions to either's.
fn history() -> Vec<Entry> {
    let mut bobs: Vec<Entry> = Vec::new();
    let mut carols: Vec<Entry> = Vec::new();
    for n in 0..4 {
        let text = format!("b{n}");
        bobs.push(say(2, "bob", bobs.last(), &text));
        carols.push(say(3, "carol", carols.last(), &format!("c{n}")));
    }
    let mut add = |from: &str, kind, what: (&str, &str, Option<&str>)| match from {
        "bob" => bobs.push(entry("bob", 2, bobs.last(), kind, what)),
        _ => carols.push(entry("carol", 3, carols.last(), kind, what)),
    };
    add("bob", EntryKind::Edited, ("be1", "b0 again", Some("b0-2")));
    add(
        "bob",
        EntryKind::Edited,
        ("be2", "b0 at last", Some("b0-2")),
    );
    add("bob", EntryKind::Reaction, ("br1", "👍", Some("c1-3")));
    add("bob", EntryKind::Unreaction, ("br2", "👍", Some("c1-3")));
    add("bob", EntryKind::Reaction, ("br3", "🎉", Some("c1-3")));
    add(
        "carol",
        EntryKind::Edited,
        ("ce1", "not hers", Some("b1-2")),
    );
    add("carol", EntryKind::Deleted, ("cd1", "", Some("c2-3")));
    add("carol", EntryKind::Reaction, ("cr1", "👍", Some("c2-3")));
    add("carol", EntryKind::Reaction, ("cr2", "👍", Some("b3-2")));
    bobs.into_iter().chain(carols).collect()
}

/// What is shown, without its order and the places.
async fn timeline(store: &Fixture) -> BTreeSet<String> {
    let posts = store.posts("#trip").await.into_iter();
    posts
        .map(|post| {
            format!(
                "{} {:?} {} {:?}",
                post.id, post.body, post.deleted, post.reactions
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn entries_in_any_order_make_the_same_timeline(
        order in Just((0..history().len()).collect::<Vec<usize>>()).prop_shuffle(),
        again in proptest::collection::vec(0..history().len(), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let history = history();
            let (straight, mixed) = (in_channel().await, in_channel().await);
            for entry in &history {
                prop_assert!(take(&straight, entry).await);
            }
            for at in order.iter().chain(&again) {
                take(&mixed, &history[*at]).await;
            }
            prop_assert_eq!(timeline(&straight).await, timeline(&mixed).await);
            let have = straight.have("trip").await.unwrap();
            prop_assert_eq!(&have, &[(device(2), 9), (device(3), 8)]);
            prop_assert_eq!(have, mixed.have("trip").await.unwrap());
            Ok(())
        })?;
    }
}
