//! Files of talks.

use parlor_protocol::peer::{FileOffer, SealedFile};

use super::*;
use crate::peer::post::{PeerFile, PeerFileState};

fn hash() -> String {
    "ab".repeat(32)
}

fn offer(id: &str, sealed: Option<SealedFile>) -> PeerLine {
    PeerLine::FileOffer(FileOffer {
        id: id.into(),
        from: "bob".into(),
        to: "alice".into(),
        channel: DIRECT.into(),
        name: "a/b.txt".into(),
        size: 5,
        blake3: hash(),
        time: now(0),
        sealed,
    })
}

fn sealed() -> SealedFile {
    SealedFile {
        file: "upload".into(),
        key: "key".into(),
    }
}

async fn shown(store: &Fixture) -> PeerFile {
    match store.posts("@bob").await.remove(0).body {
        PostBody::File(file) => *file,
        other => panic!("no file: {other:?}"),
    }
}

/// A file of Alice's that is offered to Bob's device 2, which is away, and to her device 4, which has stored that:
/// its mark, and the number of its line.
async fn offered_to_bob(alice: &Fixture) -> (String, u64) {
    let path = PathBuf::from("/tmp/report.pdf");
    let channel = alice.send_file(at("#trip"), path.clone(), 9, now(0)).await;
    assert!(channel.is_err());
    let id = alice
        .send_file(at("@bob"), path.clone(), 9, now(0))
        .await
        .unwrap();
    let file = shown(alice).await;
    assert_eq!(
        (&*file.name, file.size, &*file.blake3),
        ("report.pdf", 9, "")
    );
    assert_eq!(file.state, PeerFileState::Hashing);
    let row = alice.files().await.unwrap().remove(0);
    assert_eq!(
        (row.mine, row.device, row.path),
        (true, Some(device(1)), Some(path))
    );
    assert!(alice.unspread(9).await.unwrap().is_empty());

    alice.offer(&id, hash(), now(1)).await.unwrap();
    alice.offer(&id, hash(), now(1)).await.unwrap();
    assert_eq!(shown(alice).await.state, PeerFileState::Offered);
    let lines = alice.unspread(9).await.unwrap();
    assert_eq!(lines.len(), 1);
    alice
        .spread(
            lines[0].n,
            vec![(device(2), "bob".into()), (device(4), "alice".into())],
        )
        .await
        .unwrap();
    alice
        .acked(device(4), vec![id.clone()], Way::Lan)
        .await
        .unwrap();
    let first = lines[0].n;
    alice.leaves(first, 2).await;
    assert_eq!(alice.state("@bob").await, PostState::Sealed);
    (id, first)
}

#[tokio::test]
async fn ones_own_file_is_hashed_offered_and_sealed() {
    let alice = Fixture::new().await;
    let (id, first) = offered_to_bob(&alice).await;
    // Sealed after all: the offer says so, and is sealed anew.
    alice
        .file_upload(&id, Some("url".into()), None)
        .await
        .unwrap();
    assert_eq!(
        alice.file(&id).await.unwrap().unwrap().upload.unwrap(),
        "url"
    );
    alice.file_upload(&id, None, Some(sealed())).await.unwrap();
    let to = vec![(device(2), "bob".into()), (device(4), "alice".into())];
    let again = alice.unspread(9).await.unwrap().remove(0).n;
    alice.spread(again, to).await.unwrap();
    // An answer for what it said before means nothing for what it says now.
    alice.leaves(first, 2).await;
    let waiting = alice.unheld(device(2), 9).await.unwrap();
    let PeerLine::FileOffer(line) = &waiting[0].line else {
        panic!("no offer")
    };
    assert_eq!((&line.sealed, line.time), (&Some(sealed()), now(0)));
    assert_eq!(alice.state("@bob").await, PostState::OnItsWay);
    // One's own other device, which had stored the offer, gets it too.
    let waiting = alice.unheld(device(4), 9).await.unwrap();
    assert_eq!(waiting.len(), 1);
    for device_n in [2, 4] {
        alice
            .acked(device(device_n), vec![id.clone()], Way::Lan)
            .await
            .unwrap();
    }

    // Taken back: Bob hears of it, and the node's late word changes nothing.
    alice.cancel_file(id.clone(), now(5)).await.unwrap();
    assert_eq!(shown(&alice).await.state, PeerFileState::Cancelled);
    assert_eq!(alice.unspread(9).await.unwrap().len(), 1);
    alice
        .file_state(&id, PeerFileState::Running, 4, None)
        .await
        .unwrap();
    assert_eq!(shown(&alice).await.state, PeerFileState::Cancelled);
    assert!(alice.cancel_file(id, now(6)).await.is_err());
}

#[tokio::test]
async fn a_file_taken_back_while_it_is_hashed_is_never_offered() {
    let alice = Fixture::new().await;
    let id = alice
        .send_file(at("@bob"), "/tmp/a".into(), 9, now(0))
        .await
        .unwrap();
    alice.cancel_file(id.clone(), now(1)).await.unwrap();
    alice.offer(&id, hash(), now(2)).await.unwrap();
    assert!(alice.unspread(9).await.unwrap().is_empty());
    assert!(alice.files().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_offered_file_is_accepted_held_up_and_comes() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.knows("carol", &[3]).await;
    alice.says(2, offer("f", None)).await;
    let file = shown(&alice).await;
    assert_eq!(file.state, PeerFileState::Offered);
    assert!(!file.name.contains('/'));
    assert!(alice.pause_file("f".into(), true).await.is_err());
    alice
        .accept_file("f".into(), "/tmp/here".into())
        .await
        .unwrap();
    assert!(
        alice
            .accept_file("f".into(), "/tmp/there".into())
            .await
            .is_err()
    );
    assert_eq!(shown(&alice).await.state, PeerFileState::Waiting);
    alice
        .file_state("f", PeerFileState::Running, 2, Some(7))
        .await
        .unwrap();
    assert_eq!(
        (shown(&alice).await.done, shown(&alice).await.rate),
        (2, Some(7))
    );
    alice.pause_file("f".into(), true).await.unwrap();
    // The node has not noticed yet.
    alice
        .file_state("f", PeerFileState::Running, 3, Some(7))
        .await
        .unwrap();
    let file = shown(&alice).await;
    assert_eq!(
        (file.state, file.done, file.rate),
        (PeerFileState::Paused, 3, None)
    );
    alice.pause_file("f".into(), false).await.unwrap();
    assert_eq!(shown(&alice).await.state, PeerFileState::Waiting);
    // Where it waits comes later, as a second offer with the same mark, and only by who offered it.
    let again = alice.says(2, offer("f", Some(sealed()))).await;
    assert_eq!(again, Received::Stored { duplicate: true });
    let row = alice.file("f").await.unwrap().unwrap();
    assert_eq!(row.sealed, Some(sealed()));
    alice
        .file_place("f", Some("/tmp/here".into()), Some("/tmp/part".into()))
        .await
        .unwrap();
    alice
        .file_state("f", PeerFileState::Done, 5, None)
        .await
        .unwrap();
    assert_eq!(shown(&alice).await.path, Some("/tmp/here".into()));
    assert!(alice.files().await.unwrap().is_empty());
    assert!(alice.pause_file("f".into(), true).await.is_err());
}

#[tokio::test]
async fn a_declined_file_is_told_and_may_be_accepted_after_all() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.says(2, offer("f", None)).await;
    alice.cancel_file("f".into(), now(0)).await.unwrap();
    let reject = Wish::Reject {
        id: "f".into(),
        device: device(2),
    };
    assert_eq!(alice.wishes().await.unwrap()[0].1, reject);
    alice
        .accept_file("f".into(), "/tmp/x".into())
        .await
        .unwrap();
    assert!(alice.wishes().await.unwrap().is_empty());
    // Its author takes it back.
    alice.says(2, deleted("d", "bob", "alice", "f")).await;
    assert_eq!(shown(&alice).await.state, PeerFileState::Cancelled);
    assert!(
        alice
            .accept_file("f".into(), "/tmp/x".into())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn another_users_offer_takes_no_files_place() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.knows("mallory", &[6]).await;
    alice.says(2, offer("f", None)).await;
    let PeerLine::FileOffer(mut line) = offer("f", Some(sealed())) else {
        unreachable!()
    };
    line.from = "mallory".into();
    let answer = alice.says(6, PeerLine::FileOffer(line)).await;
    assert!(matches!(answer, Received::Refused(_)));
    assert_eq!(alice.file("f").await.unwrap().unwrap().sealed, None);
    assert!(alice.posts("@mallory").await.is_empty());
}

#[tokio::test]
async fn a_file_whose_offer_failed_is_tried_again() {
    let alice = Fixture::new().await;
    let id = alice
        .send_file(at("@bob"), "/tmp/a".into(), 9, now(0))
        .await
        .unwrap();
    alice.offer(&id, hash(), now(1)).await.unwrap();
    let n = alice.unspread(9).await.unwrap()[0].n;
    alice.failed(n, "no device").await.unwrap();
    assert_eq!(
        shown(&alice).await.state,
        PeerFileState::Failed("no device".into())
    );
    alice.retry(at("@bob"), id).await.unwrap();
    assert_eq!(shown(&alice).await.state, PeerFileState::Offered);
    assert_eq!(alice.unspread(9).await.unwrap()[0].n, n);
}
