//! Direct talks: what goes out, what comes in.

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

    let waiting = alice.deliveries(device(2), false, 10).await.unwrap();
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
        let sealed = alice.deliveries(device(device_n), false, 10).await.unwrap();
        let body = "body".to_owned();
        assert_eq!(sealed[0].state, DeliveryState::Sealed { body });
        alice.held(n, device(device_n)).await.unwrap();
    }
    assert_eq!(alice.state("@bob").await, PostState::Sealed);
    assert_eq!(alice.person("bob").await.unwrap().sealed, 1);
    assert!(
        alice
            .deliveries(device(2), false, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let held = alice.deliveries(device(2), true, 10).await.unwrap();
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
    assert!(
        alice
            .deliveries(device(3), true, 10)
            .await
            .unwrap()
            .is_empty()
    );
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
