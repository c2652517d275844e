use std::os::unix::fs::PermissionsExt as _;

use super::people::{Owner, Peer};
use super::room::Room;
use super::*;

const SIZE: usize = 2_000_000;

/// Alice has accepted bob's file, and he was told.
async fn accepted() -> (Owner, Peer, Vec<u8>) {
    let owner = Owner::new(&Room::new());
    let mut bob = owner.meet("bob").await;
    let bytes = bytes(SIZE);
    let place = owner.path("report.bin");
    let row = theirs("f", bob.device, &bytes, Some(place));
    owner.rows.insert(row);
    assert_eq!(bob.hears_accept().await, ("f".to_owned(), 0));
    (owner, bob, bytes)
}

async fn send(peer: &Peer, offset: usize, bytes: &[u8]) {
    let mut stream = peer.sends("f", offset as u64).await;
    stream.write_all(bytes).await.unwrap();
    stream.finish().unwrap();
    stream.stopped().await.unwrap();
}

#[tokio::test]
async fn a_file_comes_in_parts_and_gets_its_place() {
    let (owner, mut bob, bytes) = accepted().await;
    std::fs::write(owner.path("report.bin"), b"another").unwrap();
    send(&bob, 0, &bytes[..700_000]).await;
    assert_eq!(bob.hears_accept().await, ("f".to_owned(), 700_000));
    let partial = owner.rows.get("f").partial.unwrap();
    let name = partial.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with('.'), "{name}");
    let mode = std::fs::metadata(&partial).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    send(&bob, 700_000, &bytes[700_000..]).await;
    assert_eq!(bob.hears().await, done("f"));
    let row = owner.rows.until_state("f", PeerFileState::Done).await;
    let place = owner.path("report (2).bin");
    assert_eq!(
        (row.path, row.partial, row.done),
        (Some(place.clone()), None, SIZE as u64)
    );
    assert!(std::fs::read(place).unwrap() == bytes);
    assert_eq!(std::fs::read(owner.path("report.bin")).unwrap(), b"another");
    assert_eq!(owner.names(), ["report (2).bin", "report.bin"]);
    // He asks again, for he has not heard it.
    bob.says(offer(&theirs("f", bob.device, &bytes, None)))
        .await;
    assert_eq!(bob.hears().await, done("f"));
}

#[tokio::test]
async fn another_process_goes_on_from_what_is_there() {
    let (mut owner, mut bob, bytes) = accepted().await;
    let mut stream = bob.sends("f", 0).await;
    stream.write_all(&bytes[..700_000]).await.unwrap();
    owner.rows.until("f", |row| row.done > 0).await;
    owner.files.stop().await;
    let there = owner.rows.get("f").partial.unwrap();
    let there = std::fs::metadata(there).unwrap().len();
    assert!(there > 0 && there <= 700_000);
    owner.restart().await;
    bob.meets_again(&owner).await;
    assert_eq!(bob.hears_accept().await, ("f".to_owned(), there));
    let there = usize::try_from(there).unwrap();
    send(&bob, there, &bytes[there..]).await;
    owner.rows.until_state("f", PeerFileState::Done).await;
    assert!(std::fs::read(owner.path("report.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn what_was_put_in_its_place_before_a_kill_is_done() {
    let owner = Owner::new(&Room::new());
    let mut bob = owner.meet("bob").await;
    let bytes = bytes(1_000);
    std::fs::write(owner.path("x"), &bytes).unwrap();
    let mut row = theirs("f", bob.device, &bytes, Some(owner.path("x")));
    row.partial = Some(owner.path(".gone.part"));
    owner.rows.insert(row);
    assert_eq!(bob.hears().await, done("f"));
    assert_eq!(owner.names(), ["x"]);
}

#[tokio::test]
async fn bytes_that_are_not_those_that_were_offered_are_not_taken() {
    let (owner, mut bob, mut bytes) = accepted().await;
    bytes[1_500_000] ^= 1;
    send(&bob, 0, &bytes).await;
    let (_, reason) = bob.hears_reject().await;
    assert!(reason.contains("hash"), "{reason}");
    let row = owner.rows.until("f", is_failed).await;
    assert_eq!(row.partial, None);
    assert!(owner.names().is_empty());
}

#[tokio::test]
async fn more_bytes_than_were_offered_are_not_taken() {
    let (owner, mut bob, mut bytes) = accepted().await;
    bytes.push(0);
    let mut stream = bob.sends("f", 0).await;
    // It may be stopped before all of it was written.
    let _ = stream.write_all(&bytes).await;
    assert_eq!(stream.stopped().await, Ok(Some(NOT_ASKED_FOR)));
    let (_, reason) = bob.hears_reject().await;
    assert!(reason.contains("more bytes"), "{reason}");
    owner.rows.until("f", is_failed).await;
    assert!(owner.names().is_empty());
}

#[tokio::test]
async fn what_nobody_asked_for_is_stopped() {
    let (owner, bob, bytes) = accepted().await;
    let eve = owner.meet("eve").await;
    let check = async |peer: &Peer, id: &str, offset: u64| {
        let stream = peer.sends(id, offset).await;
        assert_eq!(stream.stopped().await, Ok(Some(NOT_ASKED_FOR)));
    };
    check(&bob, "f", 1).await;
    check(&bob, "g", 0).await;
    check(&eve, "f", 0).await;
    // The one that was asked for still comes, once.
    let first = bob.sends("f", 0).await;
    let mut stream = first;
    stream.write_all(&bytes[..10]).await.unwrap();
    check(&bob, "f", 0).await;
    stream.write_all(&bytes[10..]).await.unwrap();
    stream.finish().unwrap();
    owner.rows.until_state("f", PeerFileState::Done).await;
}

#[tokio::test]
async fn a_file_is_held_up_and_asked_for_again() {
    let (owner, mut bob, bytes) = accepted().await;
    let mut stream = bob.sends("f", 0).await;
    stream.write_all(&bytes[..600_000]).await.unwrap();
    owner.rows.until_state("f", PeerFileState::Running).await;
    owner.rows.decide("f", PeerFileState::Paused);
    assert_eq!(stream.stopped().await, Ok(Some(HELD_UP)));
    assert_eq!(owner.rows.get("f").state, PeerFileState::Paused);
    owner.rows.decide("f", PeerFileState::Waiting);
    let (_, offset) = bob.hears_accept().await;
    assert!(offset > 0 && offset <= 600_000);
    let offset = usize::try_from(offset).unwrap();
    send(&bob, offset, &bytes[offset..]).await;
    owner.rows.until_state("f", PeerFileState::Done).await;
}

#[tokio::test]
async fn a_file_that_is_taken_back_leaves_nothing() {
    for (reason, expected) in [
        ("", PeerFileState::Cancelled),
        ("gone", PeerFileState::Failed("gone".to_owned())),
    ] {
        let (owner, bob, bytes) = accepted().await;
        let mut stream = bob.sends("f", 0).await;
        stream.write_all(&bytes[..600_000]).await.unwrap();
        owner.rows.until("f", |row| row.done > 0).await;
        let (id, reason) = ("f".to_owned(), reason.to_owned());
        bob.says(PeerLine::FileReject { id, reason }).await;
        owner.rows.until_state("f", expected).await;
        let _ = stream.stopped().await;
        owner.files.stop().await;
        assert!(owner.names().is_empty(), "{:?}", owner.names());
    }
}

#[tokio::test]
async fn who_declines_says_so() {
    let (owner, mut bob, bytes) = accepted().await;
    owner.rows.decide("f", PeerFileState::Declined);
    assert_eq!(bob.hears_reject().await, ("f".to_owned(), String::new()));
    // And again, where it got lost.
    bob.says(offer(&theirs("f", bob.device, &bytes, None)))
        .await;
    assert_eq!(bob.hears_reject().await.0, "f");
}

#[tokio::test]
async fn an_empty_file_needs_no_stream() {
    let owner = Owner::new(&Room::new());
    let mut bob = owner.meet("bob").await;
    let row = theirs("f", bob.device, b"", Some(owner.path("empty")));
    owner.rows.insert(row);
    assert_eq!(bob.hears().await, done("f"));
    assert_eq!(std::fs::read(owner.path("empty")).unwrap(), b"");
}

#[tokio::test]
async fn three_come_at_once_of_two_users_and_the_others_wait() {
    let owner = Owner::new(&Room::new());
    let mut bob = owner.meet("bob").await;
    let mut carol = owner.meet("carol").await;
    let bytes = bytes(1_000);
    for n in 0..5 {
        let id = format!("f{n}");
        owner
            .rows
            .insert(theirs(&id, bob.device, &bytes, Some(owner.path(&id))));
    }
    let mut asked = Vec::new();
    for _ in 0..AT_ONCE - 1 {
        asked.push(bob.hears_accept().await.0);
    }
    // Whoever sends nothing keeps no other waiting.
    for id in ["c0", "c1"] {
        let place = Some(owner.path(id));
        owner.rows.insert(theirs(id, carol.device, &bytes, place));
    }
    let first = carol.hears_accept().await.0;
    carol.is_heard().await;
    bob.is_heard().await;
    let mut stream = carol.sends(&first, 0).await;
    stream.write_all(&bytes).await.unwrap();
    stream.finish().unwrap();
    owner.rows.until_state(&first, PeerFileState::Done).await;
    assert_ne!(carol.hears_accept().await.0, first);
    for n in 0..5 {
        let id = asked[n].clone();
        let mut stream = bob.sends(&id, 0).await;
        stream.write_all(&bytes).await.unwrap();
        stream.finish().unwrap();
        owner.rows.until_state(&id, PeerFileState::Done).await;
        if asked.len() < 5 {
            asked.push(bob.hears_accept().await.0);
        }
    }
    assert_eq!(
        owner
            .names()
            .iter()
            .filter(|name| name.starts_with('f'))
            .count(),
        5
    );
}

#[tokio::test]
async fn offers_of_others_are_accepted_where_there_is_a_folder() {
    let owner = Owner::new(&Room::new());
    let mut bob = owner.meet("bob").await;
    let desk = owner.meet("alice").await;
    owner.rows.insert(theirs("mine", desk.device, b"x", None));
    let mut row = theirs("f", bob.device, b"hello", None);
    row.name = "../evil".to_owned();
    owner.rows.insert(row);
    owner.files.save_to(Some(owner.dir.path().to_owned())).await;
    assert_eq!(bob.hears_accept().await, ("f".to_owned(), 0));
    send(&bob, 0, b"hello").await;
    let row = owner.rows.until_state("f", PeerFileState::Done).await;
    assert_eq!(row.path.unwrap().parent().unwrap(), owner.dir.path());
    assert_eq!(owner.rows.get("mine").state, PeerFileState::Offered);
}

#[tokio::test]
async fn a_place_that_is_not_there_is_named() {
    let owner = Owner::new(&Room::new());
    let bob = owner.meet("bob").await;
    let place = owner.path("nowhere").join("x");
    owner
        .rows
        .insert(theirs("f", bob.device, b"x", Some(place)));
    let row = owner.rows.until("f", is_failed).await;
    let PeerFileState::Failed(why) = row.state else {
        panic!("it failed");
    };
    assert!(why.contains("is not there"), "{why}");
    // More than any disk has.
    let mut row = theirs("g", bob.device, b"x", Some(owner.path("g")));
    row.size = 1 << 60;
    owner.rows.insert(row);
    let row = owner.rows.until("g", is_failed).await;
    let PeerFileState::Failed(why) = row.state else {
        panic!("it failed");
    };
    assert!(why.contains("no room"), "{why}");
}
