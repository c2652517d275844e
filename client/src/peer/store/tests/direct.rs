//! Direct talks: what goes out, what comes in.

use std::time::Duration;

use super::*;

#[tokio::test]
async fn a_post_goes_the_whole_way() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    alice.knows("alice", &[4]).await;
    let (id, n) = alice
        .sends("@bob", "Chào", &[(2, "bob"), (3, "bob"), (4, "alice")])
        .await;
    assert!(alice.unspread(10).await.unwrap().is_empty());
    assert_eq!(alice.waiting_devices().await.unwrap().len(), 3);
    assert_eq!(alice.state("@bob").await, PostState::OnItsWay);

    let waiting = alice.unheld(device(2), 10).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].n), (1, n));
    assert_eq!(waiting[0].line.id(), Some(&*id));
    assert_eq!(waiting[0].line.ends(), Some(("alice", "bob")));

    // It is sealed only when the room server keeps it for all of Bob's devices.
    for device_n in [2, 3] {
        let body = "body".to_owned();
        let moved = ratchet(device_n, "session", "pickle");
        alice
            .sealed(n, device(device_n), body, moved)
            .await
            .unwrap();
        assert_eq!(alice.state("@bob").await, PostState::OnItsWay);
        let sealed = alice.unheld(device(device_n), 10).await.unwrap();
        let body = "body".to_owned();
        assert_eq!(sealed[0].state, DeliveryState::Sealed { body });
        alice.held(n, device(device_n)).await.unwrap();
    }
    assert_eq!(alice.state("@bob").await, PostState::Sealed);
    assert_eq!(alice.person("bob").await.unwrap().sealed, 1);
    assert!(alice.unheld(device(2), 10).await.unwrap().is_empty());
    let held = alice.deliveries(device(2), 10).await.unwrap().unwrap();
    assert_eq!(held[0].state, DeliveryState::Held);

    // One's own other device is no receiver; a stranger's word and an unknown mark are nothing.
    alice
        .acked(device(4), vec![id.clone()], Way::Lan)
        .await
        .unwrap();
    alice
        .acked(device(9), vec![id.clone()], Way::Lan)
        .await
        .unwrap();
    alice
        .acked(device(2), vec!["other".into()], Way::Lan)
        .await
        .unwrap();
    assert_eq!(alice.state("@bob").await, PostState::Sealed);
    alice
        .acked(device(2), vec![id.clone()], Way::Relay)
        .await
        .unwrap();
    assert_eq!(alice.state("@bob").await, PostState::Delivered(Way::Relay));
    assert_eq!(alice.person("bob").await.unwrap().sealed, 0);
    alice.acked(device(3), vec![id], Way::Lan).await.unwrap();
    assert_eq!(alice.state("@bob").await, PostState::Delivered(Way::Relay));
    let left = alice.deliveries(device(3), 10).await.unwrap();
    assert_eq!(left, Some(Vec::new()));
}

#[tokio::test]
async fn a_post_comes_once_by_whatever_way() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    let stored = |duplicate| Received::Stored { duplicate };
    assert_eq!(
        alice.says(2, chat("m1", "bob", "alice", "hi")).await,
        stored(false)
    );
    assert_eq!(
        alice.says(2, chat("m1", "bob", "alice", "hi")).await,
        stored(true)
    );
    let came = Came::Mail {
        n: 7,
        ratchet: ratchet(2, "s", "moved"),
    };
    let row = alice.row(2).await;
    let again = alice
        .receive(row, chat("m1", "bob", "alice", "hi"), came, now(0))
        .await;
    assert_eq!(again.unwrap(), stored(true));
    assert_eq!(alice.taken().await.unwrap(), [7]);
    assert_eq!(alice.session(device(2)).await.unwrap().unwrap().1, "moved");
    alice.erased(vec![7]).await.unwrap();
    assert!(alice.taken().await.unwrap().is_empty());
    let posts = alice.posts("@bob").await;
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].state, PostState::Received(Way::Direct));
}

fn offered(blake3: &str) -> PeerLine {
    PeerLine::FileOffer(parlor_protocol::peer::FileOffer {
        id: "f".into(),
        from: "bob".into(),
        to: "alice".into(),
        channel: DIRECT.into(),
        name: "../../a\u{202e}b.txt".into(),
        size: 5,
        blake3: blake3.into(),
        time: now(0),
        sealed: None,
    })
}

/// What a line from Bob's device 2, or from one's own device 4, is refused with.
fn refusals() -> Vec<(u8, PeerLine, parlor_protocol::Code)> {
    use parlor_protocol::Code::{BadRequest, Forbidden, TextTooLong};

    let long = "x".repeat(16_385);
    let PeerLine::Chat(mut elsewhere) = chat("m", "bob", "alice", "hi") else {
        unreachable!()
    };
    elsewhere.channel = "trip".into();
    let ids = vec!["m".into()];
    vec![
        (2, chat("m", "carol", "alice", "another's"), Forbidden),
        (2, chat("m", "alice", "bob", "as if I"), Forbidden),
        (2, chat("m", "bob", "carol", "not to me"), Forbidden),
        (2, chat("m", "bob", "bob", "to themselves"), Forbidden),
        (4, chat("m", "alice", "alice", "to myself"), Forbidden),
        (4, chat("m", "alice", "B!", "to nobody"), BadRequest),
        (2, chat("m", "bob", "alice", ""), BadRequest),
        (2, chat("m", "bob", "alice", &long), TextTooLong),
        (2, chat("not a mark", "bob", "alice", "hi"), BadRequest),
        (2, edited("m", "bob", "alice", "t", &long, 2), TextTooLong),
        (2, deleted("m", "bob", "alice", "no mark!"), BadRequest),
        (2, offered("abc"), BadRequest),
        (2, offered(&"A".repeat(64)), BadRequest),
        (2, PeerLine::Chat(elsewhere), BadRequest),
        (2, PeerLine::Ack { ids }, BadRequest),
    ]
}

#[tokio::test]
async fn a_line_must_be_its_senders_and_keep_the_bounds() {
    let alice = Fixture::new().await;
    alice.knows("alice", &[4]).await;
    alice.knows("bob", &[2]).await;
    for (from, line, code) in refusals() {
        match alice.says(from, line.clone()).await {
            Received::Refused(error) => assert_eq!(error.code, code, "{line:?}"),
            Received::Stored { .. } => panic!("stored: {line:?}"),
        }
    }
    assert!(alice.posts("@bob").await.is_empty());
    assert!(alice.posts("@alice").await.is_empty());
    let full = "x".repeat(16_384);
    for (from, line) in [
        (2, chat("m", "bob", "alice", &full)),
        (2, offered(&"a".repeat(64))),
        // The same mark of another device is another post.
        (4, chat("m", "alice", "bob", "mine")),
    ] {
        let stored = Received::Stored { duplicate: false };
        assert_eq!(alice.says(from, line).await, stored);
    }
    assert!(!alice.texts("@bob").await[1].contains('/'));
    let posts = alice.posts("@bob").await;
    let last = (&*posts[2].from, &posts[2].state);
    assert_eq!((posts.len(), last), (3, ("alice", &PostState::Here)));
}

#[tokio::test]
async fn nothing_of_a_blocked_user_or_an_ended_device_comes_in() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    let before = alice.row(2).await;
    alice.block("bob", true).await.unwrap();
    assert!(!alice.row(2).await.may_get());
    // The row that the caller has may be older than the block.
    let came = Came::Mail {
        n: 3,
        ratchet: ratchet(2, "s", "p"),
    };
    let line = chat("m", "bob", "alice", "hi");
    let answer = alice
        .receive(before, line.clone(), came, now(0))
        .await
        .unwrap();
    assert!(matches!(answer, Received::Refused(_)));
    assert_eq!(alice.taken().await.unwrap(), [3]);
    assert!(alice.session(device(2)).await.unwrap().is_some());
    let refused = alice.send(at("@bob"), "hi".into(), None, now(0)).await;
    assert!(refused.is_err());
    alice.block("bob", false).await.unwrap();
    assert_eq!(
        alice.says(2, line.clone()).await,
        Received::Stored { duplicate: false }
    );

    let before = alice.row(3).await;
    let (_, ended) = (before.clone(), vec![device(3)]);
    alice
        .learn("bob", Vec::new(), ended, false, now(1))
        .await
        .unwrap();
    let answer = alice
        .receive(before, line, Came::Link(Way::Lan), now(0))
        .await
        .unwrap();
    assert!(matches!(answer, Received::Refused(_)));
}

#[tokio::test]
async fn a_post_that_goes_to_nobody_has_failed_and_may_be_tried_again() {
    let alice = Fixture::new().await;
    let id = alice
        .send(at("@bob"), "hi".into(), None, now(0))
        .await
        .unwrap();
    let n = alice.unspread(10).await.unwrap()[0].n;
    alice.failed(n, "no device").await.unwrap();
    assert_eq!(
        alice.state("@bob").await,
        PostState::Failed("no device".into())
    );
    assert!(alice.unspread(10).await.unwrap().is_empty());
    alice.retry(at("@bob"), id.clone()).await.unwrap();
    assert_eq!(alice.state("@bob").await, PostState::OnItsWay);
    assert!(alice.retry(at("@bob"), id).await.is_err());
    assert_eq!(alice.unspread(10).await.unwrap()[0].n, n);

    // One device of two is gone: it still goes to the other.
    alice
        .spread(
            n,
            vec![(device(2), "bob".into()), (device(3), "bob".into())],
        )
        .await
        .unwrap();
    alice.leaves(n, 3).await;
    alice.undeliverable(n, device(2), "gone").await.unwrap();
    assert_eq!(alice.state("@bob").await, PostState::Sealed);
    alice.undeliverable(n, device(3), "gone too").await.unwrap();
    assert_eq!(
        alice.state("@bob").await,
        PostState::Failed("gone too".into())
    );
    assert_eq!(alice.person("bob").await.unwrap().sealed, 0);
}

#[tokio::test]
async fn sessions_are_bounded_and_the_last_used_is_first() {
    let alice = Fixture::new().await;
    for n in 0..7 {
        let came = alice
            .drop_mail(n, Some(ratchet(2, &format!("s{n}"), "p")))
            .await;
        came.unwrap();
    }
    alice
        .drop_mail(9, Some(ratchet(2, "s3", "moved")))
        .await
        .unwrap();
    let ids = alice.sessions(device(2)).await.unwrap();
    let ids: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["s3", "s6", "s5", "s4", "s2"]);
    assert_eq!(alice.session(device(2)).await.unwrap().unwrap().1, "moved");
    let moved = Ratchet {
        account: Some("new".into()),
        ..ratchet(2, "s3", "p")
    };
    alice.drop_mail(10, Some(moved)).await.unwrap();
    assert_eq!(alice.own().await.unwrap().unwrap().account, "new");
}

#[tokio::test]
async fn a_forgotten_talk_does_not_come_back_by_a_duplicate() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.says(2, chat("m", "bob", "alice", "hi")).await;
    assert!(alice.forget(at("@bob")).await.unwrap());
    assert!(!alice.forget(at("@bob")).await.unwrap());
    let again = alice.says(2, chat("m", "bob", "alice", "hi")).await;
    assert_eq!(again, Received::Stored { duplicate: true });
    assert!(alice.posts("@bob").await.is_empty());
    assert!(alice.snapshot().await.unwrap().unwrap().0.talks.is_empty());
    alice.says(2, chat("m2", "bob", "alice", "again")).await;
    assert_eq!(
        alice.snapshot().await.unwrap().unwrap().0.talks[0].unread,
        1
    );
}

#[tokio::test]
async fn what_is_written_to_known_devices_goes_to_them_at_once() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    alice.knows("alice", &[4]).await;
    let write = async |text: &str| {
        let talk = at("@bob");
        let sent = alice.send(talk, text.to_owned(), None, now(1)).await;
        sent.unwrap();
        alice.take_left()
    };
    // Before anybody has looked, anything may be left.
    let all = alice.take_left();
    assert!(all.unspread && all.unsigned);

    // Whose devices are not known is for the node to find out.
    let left = write("one").await;
    assert!(left.unspread && left.devices.is_empty());
    assert_eq!(alice.unspread(9).await.unwrap().len(), 1);

    alice.devices_known("bob", Duration::from_secs(60));
    let left = write("two").await;
    assert!(!left.unspread && !left.unsigned);
    let to = [(2, "bob"), (3, "bob"), (4, "alice")];
    let to = to.map(|(n, user)| (device(n), user.to_owned()));
    assert_eq!(left.devices, to.into());
    assert_eq!(alice.unspread(9).await.unwrap().len(), 1);
    for n in [2, 3, 4] {
        assert_eq!(alice.unheld(device(n), 9).await.unwrap().len(), 1);
    }
    assert!(!alice.take_left().unspread, "what was taken is not left");

    // A device that ended gets nothing, and why nothing goes out is for the node to say.
    let learnt = alice.learn("bob", vec![card("bob", 2)], vec![device(3)], true, now(2));
    learnt.await.unwrap();
    let left = write("three").await;
    assert!(!left.devices.contains_key(&device(3)) && left.devices.contains_key(&device(2)));
    alice.block("bob", true).await.unwrap();
    alice.take_left();
    let wrote = alice
        .send(at("@bob"), "four".to_owned(), None, now(1))
        .await;
    assert!(wrote.is_err(), "nobody writes to whom they have blocked");
    alice.block("bob", false).await.unwrap();

    // The server may have changed while it was away.
    alice.devices_unknown();
    let left = write("five").await;
    assert!(left.unspread && left.devices.is_empty());
}
