use iroh::endpoint::ReadError;

use super::people::{Owner, Peer};
use super::room::Room;
use super::*;

/// Alice has offered a file of this size to bob, who is there.
async fn offered(size: usize) -> (Owner, Peer, Vec<u8>) {
    let owner = Owner::new(&Room::new());
    let bob = owner.meet("bob").await;
    let bytes = bytes(size);
    std::fs::write(owner.path("x"), &bytes).unwrap();
    owner.rows.insert(own("f", &owner.path("x"), size));
    let row = owner.rows.until_state("f", PeerFileState::Offered).await;
    assert_eq!(row.blake3, hash(&bytes));
    assert_eq!(owner.rows.offered.lock().unwrap().len(), 1);
    assert_eq!(row.sealed, None, "he is there");
    (owner, bob, bytes)
}

#[tokio::test]
async fn bytes_go_from_whatever_offset_is_asked_for() {
    let size = 3_000_000;
    let (owner, bob, bytes) = offered(size).await;
    bob.says(accept("f", 0)).await;
    let (head, mut stream) = bob.takes().await;
    assert_eq!((&*head.id, head.offset), ("f", 0));
    let mut first = vec![0; 1_000];
    stream.read_exact(&mut first).await.unwrap();
    assert!(first == bytes[..1_000]);
    stream.stop(BROKEN).unwrap();
    let state = |row: &FileRow| row.state == PeerFileState::Waiting;
    owner.rows.until("f", state).await;
    for offset in [1_000, size - 1, size] {
        bob.says(accept("f", offset as u64)).await;
        let (head, mut stream) = bob.takes().await;
        assert_eq!(head.offset, offset as u64);
        let rest = stream.read_to_end(size).await.unwrap();
        assert!(rest == bytes[offset..], "from {offset}");
    }
    // He has not said that it is right.
    let is_there = |row: &FileRow| row.state == PeerFileState::Running && row.done == row.size;
    owner.rows.until("f", is_there).await;
    bob.says(done("f")).await;
    owner.rows.until_state("f", PeerFileState::Done).await;
    // Another device of his may have it too.
    let tablet = owner.meet("bob").await;
    tablet.says(accept("f", 0)).await;
    let (_, mut stream) = tablet.takes().await;
    assert!(stream.read_to_end(size).await.unwrap() == bytes);
    assert_eq!(owner.rows.get("f").state, PeerFileState::Done);
}

#[tokio::test]
async fn nothing_goes_to_who_may_not_have_it() {
    let (owner, mut bob, _) = offered(1_000).await;
    let mut eve = owner.meet("eve").await;
    for line in [accept("f", 0), accept("g", 0)] {
        eve.says(line).await;
        assert_eq!(eve.hears_reject().await.1, "there is no such file");
    }
    bob.says(accept("f", 1_001)).await;
    assert_eq!(bob.hears_reject().await.1, "it is not as long as that");
    eve.says(done("f")).await;
    let reject = |reason: &str| PeerLine::FileReject {
        id: "f".to_owned(),
        reason: reason.to_owned(),
    };
    eve.says(reject("")).await;
    // Lines are taken in their order, so that hers had their chance.
    bob.says(accept("f", 1_000)).await;
    let (head, _) = bob.takes().await;
    assert_eq!(head.offset, 1_000);
    assert!(!engine::is_over(&owner.rows.get("f").state));
    bob.says(reject("no\nroom")).await;
    let row = owner.rows.until("f", is_failed).await;
    assert_eq!(row.state, PeerFileState::Failed("noroom".to_owned()));
}

#[tokio::test]
async fn an_offer_is_declined() {
    let (owner, bob, _) = offered(1_000).await;
    let id = "f".to_owned();
    let reason = "later".to_owned();
    bob.says(PeerLine::FileReject { id, reason }).await;
    owner.rows.until_state("f", PeerFileState::Declined).await;
}

#[tokio::test]
async fn a_file_that_changed_is_not_sent() {
    let (mut owner, mut bob, bytes) = offered(100_000).await;
    std::fs::write(owner.path("x"), &bytes[1..]).unwrap();
    bob.says(accept("f", 0)).await;
    let (_, reason) = bob.hears_reject().await;
    assert!(
        reason.contains("changed") && !reason.contains('/'),
        "{reason}"
    );
    owner.rows.until("f", is_failed).await;
    // A process that has not hashed it looks at its bytes.
    let mut other = bytes.clone();
    other[50_000] ^= 1;
    std::fs::write(owner.path("x"), &other).unwrap();
    owner.rows.decide("f", PeerFileState::Waiting);
    owner.restart().await;
    bob.meets_again(&owner).await;
    bob.says(accept("f", 0)).await;
    bob.hears_reject().await;
    owner.rows.until("f", is_failed).await;
    std::fs::write(owner.path("x"), &bytes).unwrap();
    owner.rows.decide("f", PeerFileState::Waiting);
    bob.says(accept("f", 0)).await;
    let (_, mut stream) = bob.takes().await;
    assert!(stream.read_to_end(100_000).await.unwrap() == bytes);
}

#[tokio::test]
async fn a_file_is_held_up_and_goes_on() {
    let (owner, mut bob, bytes) = offered(30_000_000).await;
    bob.says(accept("f", 0)).await;
    // Nobody reads, so that the stream stands.
    let (_, mut stream) = bob.takes().await;
    owner.rows.until_state("f", PeerFileState::Running).await;
    owner.rows.decide("f", PeerFileState::Paused);
    let ended = loop {
        match stream.read_chunk(1_000_000).await {
            Ok(Some(_)) => {}
            ended => break ended,
        }
    };
    assert_eq!(ended, Err(ReadError::Reset(HELD_UP)));
    assert_eq!(owner.rows.get("f").state, PeerFileState::Paused);
    bob.says(accept("f", 10)).await;
    bob.is_heard().await;
    owner.rows.decide("f", PeerFileState::Waiting);
    let again = bob.hears_offer().await;
    assert_eq!((again.id, again.blake3), ("f".to_owned(), hash(&bytes)));
    bob.says(accept("f", 29_000_000)).await;
    let (head, mut stream) = bob.takes().await;
    assert_eq!(
        head.offset, 29_000_000,
        "what was asked for meanwhile is forgotten"
    );
    assert!(stream.read_to_end(1_000_000).await.unwrap() == bytes[29_000_000..]);
}

#[tokio::test]
async fn a_file_that_is_taken_back_is_told_and_stopped() {
    let (owner, mut bob, _) = offered(30_000_000).await;
    bob.says(accept("f", 0)).await;
    let (_, mut stream) = bob.takes().await;
    owner.rows.decide("f", PeerFileState::Cancelled);
    assert_eq!(bob.hears_reject().await, ("f".to_owned(), String::new()));
    while let Ok(Some(_)) = stream.read_chunk(1_000_000).await {}
    bob.says(accept("f", 0)).await;
    assert_eq!(bob.hears_reject().await.0, "f");
}

#[tokio::test]
async fn over_a_new_link_it_is_asked_how_files_stand() {
    let (owner, bob, _) = offered(1_000).await;
    bob.goes().await;
    let mut bob = owner.meet("bob").await;
    let again = bob.hears_offer().await;
    assert_eq!(
        (again.id, again.from, again.to),
        ("f".into(), "alice".into(), "bob".into())
    );
}

#[tokio::test]
async fn a_link_that_goes_leaves_a_file_waiting() {
    let (owner, bob, _) = offered(30_000_000).await;
    bob.says(accept("f", 5)).await;
    let (_, _stream) = bob.takes().await;
    owner.rows.until_state("f", PeerFileState::Running).await;
    bob.goes().await;
    owner.rows.until_state("f", PeerFileState::Waiting).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_not_offered() {
    let owner = Owner::new(&Room::new());
    let _bob = owner.meet("bob").await;
    owner.rows.insert(own("none", &owner.path("none"), 10));
    owner.rows.insert(own("dir", owner.dir.path(), 10));
    std::fs::write(owner.path("x"), b"grown since").unwrap();
    owner.rows.insert(own("grown", &owner.path("x"), 10));
    for id in ["none", "dir", "grown"] {
        owner.rows.until(id, is_failed).await;
    }
    assert!(owner.rows.offered.lock().unwrap().is_empty());
}
