//! Several handles on one file, what they hear of each other, and coming back after an end.

use super::*;
use crate::peer::event::{PeerEvent, Standing};
use crate::peer::handle::Peers;
use crate::peer::{PeerEvents, PeerOptions};

/// A fact that has not come by then never will.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(30);

/// Facts until one is found.
async fn until(events: &mut PeerEvents, found: impl Fn(&PeerEvent) -> bool) -> PeerEvent {
    loop {
        let next = tokio::time::timeout(DEADLINE, events.next());
        let batch = next.await.unwrap().unwrap();
        if let Some(event) = batch.into_iter().find(&found) {
            return event;
        }
    }
}

fn events_of(store: &PeerStore) -> (PeerEvents, tokio::sync::mpsc::Sender<PeerEvent>) {
    let (tell, passing) = tokio::sync::mpsc::channel(4);
    let over = tokio_util::sync::CancellationToken::new();
    (PeerEvents::new(store.clone(), passing, over), tell)
}

#[tokio::test]
async fn what_another_process_writes_is_heard() {
    let alice = Fixture::new().await;
    let other = alice.other();
    let (mut events, _tell) = events_of(&other);
    let first = events.next().await.unwrap();
    assert!(matches!(&first[..], [PeerEvent::Loaded(all)] if all.device == device(1)));
    let mut changed = other.changed();
    changed.mark_unchanged();
    let id = alice
        .send(at("@bob"), "hi".into(), None, now(0))
        .await
        .unwrap();
    tokio::time::timeout(DEADLINE, changed.changed())
        .await
        .unwrap()
        .unwrap();
    let posts = until(&mut events, |event| {
        matches!(event, PeerEvent::Posts { .. })
    })
    .await;
    let PeerEvent::Posts { talk, posts } = posts else {
        unreachable!()
    };
    assert_eq!((talk, &*posts[0].id), (at("@bob"), &*id));
    // And the other way round: the node is there, and the handle sees how the post goes.
    let (mut events, _tell) = events_of(&alice.store);
    events.next().await.unwrap();
    let n = other.unspread(1).await.unwrap()[0].n;
    other
        .spread(n, vec![(device(2), "bob".into())])
        .await
        .unwrap();
    other.acked(device(2), vec![id], Way::Lan).await.unwrap();
    until(&mut events, |event| match event {
        PeerEvent::Posts { posts, .. } => posts[0].state == PostState::Delivered(Way::Lan),
        _ => false,
    })
    .await;
}

/// What the thread that looks for others' changes asks.
async fn version(store: &PeerStore) -> i64 {
    let asked = store
        .writer
        .run(|connection| Ok(connection.query_row("PRAGMA data_version", (), |row| row.get(0))?));
    asked.await.unwrap()
}

#[tokio::test]
async fn ones_own_changes_are_no_news_of_others() {
    let alice = Fixture::new().await;
    let other = alice.other();
    let before = version(&alice).await;
    alice.set_meta("trackers", "[1]".into()).await.unwrap();
    assert_eq!(version(&alice).await, before);
    assert_eq!(other.meta("trackers").await.unwrap().unwrap(), "[1]");
    other.set_meta("trackers", "[2]".into()).await.unwrap();
    assert_ne!(version(&alice).await, before);
    assert_eq!(alice.meta("trackers").await.unwrap().unwrap(), "[2]");
}

#[tokio::test]
async fn facts_come_in_the_order_of_their_making_and_all_of_them() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    let (mut events, tell) = events_of(&alice.store);
    events.next().await.unwrap();
    for n in 0..1_200 {
        alice
            .says(2, chat(&format!("m{n}"), "bob", "alice", &n.to_string()))
            .await;
    }
    let mut seen = Vec::new();
    let mut unread = 0;
    while seen.len() < 1_200 {
        for event in events.next().await.unwrap() {
            match event {
                PeerEvent::Posts { posts, .. } => seen.extend(posts.into_iter().map(|p| p.place)),
                PeerEvent::Talk(state) => unread = state.unread,
                PeerEvent::Person(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(seen.windows(2).all(|two| two[0] < two[1]));
    assert_eq!(unread, 1_200);

    alice.read_up_to(at("@bob"), seen[1_099]).await.unwrap();
    alice.read_up_to(at("@bob"), seen[5]).await.unwrap();
    let talk = until(&mut events, |event| matches!(event, PeerEvent::Talk(_))).await;
    assert!(matches!(talk, PeerEvent::Talk(state) if state.unread == 100));
    let standing = Standing {
        vouched: true,
        ..Standing::default()
    };
    alice.set_standing(standing.clone()).await.unwrap();
    let told = until(&mut events, |event| matches!(event, PeerEvent::Standing(_))).await;
    assert_eq!(told, PeerEvent::Standing(standing));
    let typing = PeerEvent::Typing {
        talk: at("@bob"),
        username: "bob".into(),
    };
    tell.send(typing.clone()).await.unwrap();
    assert_eq!(events.next().await.unwrap(), [typing]);
    alice.forget(at("@bob")).await.unwrap();
    let gone = until(&mut events, |event| !matches!(event, PeerEvent::Person(_))).await;
    assert_eq!(gone, PeerEvent::TalkGone(at("@bob")));
}

#[tokio::test]
async fn everything_is_there_after_an_end_without_goodbye() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    let (id, n) = alice.sends("@bob", "hi", &[(2, "bob")]).await;
    let moved = Ratchet {
        account: Some("new".into()),
        ..ratchet(2, "s", "p")
    };
    alice
        .sealed(n, device(2), "body".into(), moved)
        .await
        .unwrap();
    alice.join("trip").await.unwrap();
    alice
        .send(at("#trip"), "unsigned".into(), None, now(0))
        .await
        .unwrap();
    // As a killed process leaves it: the log is beside the file, and nothing was written back.
    let copy = tempfile::tempdir().unwrap();
    for name in ["peer.db", "peer.db-wal"] {
        std::fs::copy(alice.dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let after = PeerStore::open(&copy.path().join("peer.db"), "alice").unwrap();
    assert_eq!(after.own().await.unwrap().unwrap().account, "new");
    assert_eq!(
        after.session(device(2)).await.unwrap(),
        Some(("s".into(), "p".into()))
    );
    let left = after.unheld(device(2), 9).await.unwrap();
    assert_eq!(left[0].line.id(), Some(&*id));
    assert_eq!(
        left[0].state,
        DeliveryState::Sealed {
            body: "body".into()
        }
    );
    assert_eq!(after.unsigned().await.unwrap().len(), 1);
    assert_eq!(after.page(at("@bob"), None, 9).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn the_log_is_moved_into_the_file_beside_the_writers() {
    let alice = Fixture::new().await;
    let connection = schema::open(&alice.path()).unwrap();
    let mut flushed = None;
    alice.set_meta("x", "kept".into()).await.unwrap();
    watch::flush(&connection, &mut flushed);
    assert!(flushed.is_some());
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join("peer.db");
    std::fs::copy(alice.path(), &path).unwrap();
    let after = PeerStore::open(&path, "alice").unwrap();
    assert_eq!(after.meta("x").await.unwrap().unwrap(), "kept");
}

#[tokio::test]
async fn the_file_is_its_owners_alone_and_a_newer_one_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let alice = Fixture::new().await;
    let mode = std::fs::metadata(alice.path())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let connection = rusqlite::Connection::open(alice.path()).unwrap();
    connection
        .pragma_update(None, "user_version", 1_000)
        .unwrap();
    let refused = PeerStore::open(&alice.path(), "alice").unwrap_err();
    assert!(refused.to_string().contains("newer version"), "{refused}");
}

#[tokio::test]
async fn what_is_written_before_there_is_a_device_is_that_devices() {
    let alice = Fixture::without_device();
    assert!(alice.snapshot().await.unwrap().is_none());
    let (mut events, _tell) = events_of(&alice.store);
    let (posted, first) = tokio::join!(
        async {
            alice
                .send(at("@bob"), "hi".into(), None, now(0))
                .await
                .unwrap();
            alice.save_own(own(1, "alice-desktop")).await.unwrap();
            alice.posts("@bob").await.remove(0)
        },
        events.next()
    );
    assert_eq!(posted.device, Some(device(1)));
    assert!(matches!(&first.unwrap()[..], [PeerEvent::Loaded(_)]));
}

#[tokio::test]
async fn pages_are_found_by_their_place_among_ten_thousand_posts() {
    let alice = Fixture::new().await;
    alice
        .write(|tx| {
            for n in 0..10_000_u32 {
                let talk = if n % 2 == 0 { "@bob" } else { "@carol" };
                tx.run(
                    "INSERT INTO posts (talk, id, author, time, kind, text, state, rev)
                     VALUES (?1, ?2, 'bob', 0, 'text', ?2, 'here', 1)",
                    rusqlite::params![talk, n.to_string()],
                )?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let (mut before, mut seen, mut pages) = (None, 0, 0);
    loop {
        let (posts, more) = alice.page(at("@bob"), before, 100).await.unwrap();
        assert!(posts.windows(2).all(|two| two[0].place < two[1].place));
        (before, seen, pages) = (Some(posts[0].place), seen + posts.len(), pages + 1);
        if !more {
            break;
        }
    }
    assert_eq!((seen, pages), (5_000, 50));
    // Whatever the node and the pages ask goes by an index.
    for sql in [
        "SELECT * FROM posts WHERE talk = 'x' AND place < 9 ORDER BY place DESC LIMIT 100",
        "SELECT * FROM posts WHERE (rev, place) > (5, 6) ORDER BY rev, place LIMIT 500",
        "SELECT 1 FROM posts WHERE device = 'x' AND id = 'y' AND kind <> 'notice'",
        "SELECT n FROM outgoing WHERE spread = 0 ORDER BY n LIMIT 5",
        "SELECT n FROM deliveries WHERE device = 'x' ORDER BY n LIMIT 5",
        "SELECT n FROM files
             WHERE state NOT IN ('done', 'declined', 'cancelled', 'failed') ORDER BY n",
    ] {
        let plan = alice
            .read(move |tx| {
                tx.all(&format!("EXPLAIN QUERY PLAN {sql}"), (), |row| {
                    row.get::<_, String>(3)
                })
            })
            .await
            .unwrap()
            .join("; ");
        let scans = plan.contains("SCAN")
            && !plan.contains("USING INDEX")
            && !plan.contains("USING COVERING INDEX");
        assert!(!scans && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
    let found = alice.search("998", Some(at("@bob")), 10).await.unwrap();
    let texts: Vec<&str> = found.iter().map(|post| post.id.as_str()).collect();
    assert_eq!(texts[..3], ["9998", "9988", "9986"]);
}

/// The options that are kept.
async fn kept(store: &PeerStore) -> PeerOptions {
    crate::peer::options::kept(store).await.unwrap().unwrap()
}

#[tokio::test]
async fn handles_leave_wishes_where_no_node_is() {
    let dir = tempfile::tempdir().unwrap();
    let home = crate::Home::open(dir.path().join("home")).unwrap();
    let id = crate::AccountId::new();
    let account = crate::Account {
        id: id.clone(),
        address: "192.0.2.7:8888".into(),
        server_name: "Lab 4".into(),
        username: "alice".into(),
        name: "Alice".into(),
        last_used: now(0),
        since: now(0),
        signed_in: true,
    };
    home.account_files(&id).save(&account).unwrap();
    let (peers, _events, mut ends) = Peers::attach_with(&home, &id).unwrap();
    ends.store.save_own(own(1, "alice-desktop")).await.unwrap();
    peers.open(&at("@bob")).await.unwrap();
    peers.open(&at("@bob")).await.unwrap();
    assert!(peers.person("bob").await.unwrap().devices.is_empty());
    assert!(peers.revoke(&device(9)).await.is_err());
    peers.revoke(&device(1)).await.unwrap();
    peers.set_options(PeerOptions::default()).await.unwrap();
    let wishes: Vec<Wish> = ends
        .store
        .wishes()
        .await
        .unwrap()
        .into_iter()
        .map(|w| w.1)
        .collect();
    let options = Wish::Options(Box::new(kept(&ends.store).await));
    assert_eq!(
        wishes,
        [Wish::Look(at("@bob")), Wish::Revoke(device(1)), options]
    );
    for (n, _) in ends.store.wishes().await.unwrap() {
        ends.store.fulfilled(n).await.unwrap();
    }

    // With a node here, it is asked.
    ends.here.store(true, std::sync::atomic::Ordering::Release);
    while ends.asks.try_recv().is_ok() {}
    let (person, answered) = tokio::join!(peers.person("Bob"), async {
        match ends.asks.recv().await {
            Some(crate::peer::ask::Ask::Person { username, known }) => {
                ends.store
                    .learn(&username, vec![card("bob", 2)], vec![], true, now(0))
                    .await
                    .unwrap();
                known.send(()).is_ok()
            }
            _ => false,
        }
    });
    assert!(answered);
    assert_eq!(person.unwrap().devices.len(), 1);
    peers.open(&at("@bob")).await.unwrap();
    assert!(matches!(
        ends.asks.recv().await,
        Some(crate::peer::ask::Ask::Open(_))
    ));
    assert!(ends.store.wishes().await.unwrap().is_empty());
    let there = dir.path().join("there");
    std::fs::write(&there, "x").unwrap();
    assert!(peers.accept_file("f", there.clone()).await.is_err());
    assert!(
        peers
            .send_file(&at("@bob"), dir.path().join("none"))
            .await
            .is_err()
    );
    peers.send_file(&at("@bob"), there).await.unwrap();
}
