use super::people::{Nobody, Owner};
use super::room::Room;
use super::rows::LONG;
use super::*;
use crate::peer::files::format::{NONCE, SEALED_PIECE, sealed_size};
use crate::transfer::TransferFailure;

const SIZE: usize = 3_000_000;

/// Alice offers a file while bob is away.
fn away(room: &Arc<Room>) -> (Owner, Vec<u8>) {
    let owner = Owner::new(room);
    let bytes = bytes(SIZE);
    std::fs::write(owner.path("x"), &bytes).unwrap();
    owner.rows.insert(own("f", &owner.path("x"), SIZE));
    (owner, bytes)
}

#[tokio::test]
async fn a_file_waits_sealed_for_who_is_away() {
    let room = Room::new();
    room.cuts
        .lock()
        .unwrap()
        .extend([1_000_000, NONCE + SEALED_PIECE + 5]);
    let (alice, bytes) = away(&room);
    let row = alice.rows.until_state("f", PeerFileState::Sealed).await;
    let sealed = row.sealed.clone().unwrap();
    assert_eq!((row.upload, row.blake3.clone()), (None, hash(&bytes)));
    let offered = alice.rows.offered.lock().unwrap().clone();
    assert_eq!(offered.len(), 1);
    assert_eq!(
        offered[0].sealed,
        Some(sealed.clone()),
        "the offer says where it waits"
    );
    let at = (NONCE + SEALED_PIECE + 5) as u64;
    assert_eq!(*room.offsets.lock().unwrap(), [0, at, at + 1_000_000]);
    let (whom, total, there) = room.uploads.lock().unwrap()[&sealed.file].clone();
    assert_eq!((&*whom, total), ("bob", sealed_size(SIZE as u64)));
    let has = |part: &[u8]| there.windows(part.len()).any(|seen| seen == part);
    assert!(!has(&bytes[..64]) && !has(&bytes[SIZE - 64..]));

    // Alice is gone; bob fetches it, with breaks.
    alice.files.stop().await;
    room.offsets.lock().unwrap().clear();
    room.cuts.lock().unwrap().extend([800_000, 1_000_000]);
    let bob = Owner::new(&room);
    let mut row = theirs("f", DeviceId([7; 32]), &bytes, Some(bob.path("y")));
    row.sealed = Some(sealed);
    bob.rows.insert(row);
    bob.rows.until_state("f", PeerFileState::Done).await;
    assert!(std::fs::read(bob.path("y")).unwrap() == bytes);
    assert_eq!(bob.names(), ["y"]);
    let offsets = room.offsets.lock().unwrap().clone();
    // The nonce is fetched first; then from the piece on that is missing.
    assert!(
        offsets.len() >= 3 && offsets[0] == 0 && offsets[1] == 0,
        "{offsets:?}"
    );
    let aligned = |at: &u64| *at == 0 || (at - NONCE as u64).is_multiple_of(SEALED_PIECE as u64);
    assert!(offsets.iter().all(aligned), "{offsets:?}");
    assert!(offsets.last().unwrap() > &500_000, "{offsets:?}");
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let room = Room::new();
    *room.hangs.lock().unwrap() = true;
    room.cuts.lock().unwrap().push(1_000_000);
    let (mut alice, bytes) = away(&room);
    let mut reached = room.reached.subscribe();
    reached
        .wait_for(|reached| *reached == 1_000_000)
        .await
        .unwrap();
    let begun = alice.rows.get("f");
    assert!(begun.upload.is_some() && begun.sealed.is_none() && begun.blake3.is_empty());
    alice.restart().await;
    let row = alice.rows.until_state("f", PeerFileState::Sealed).await;
    assert_eq!(*room.offsets.lock().unwrap(), [0, 1_000_000]);
    assert_eq!(room.uploads.lock().unwrap().len(), 1);
    // What was sealed by both processes is one file.
    let bob = Owner::new(&room);
    let theirs = theirs("f", DeviceId([7; 32]), &bytes, Some(bob.path("y")));
    bob.rows.insert(FileRow {
        sealed: row.sealed,
        ..theirs
    });
    bob.rows.until_state("f", PeerFileState::Done).await;
}

#[tokio::test]
async fn a_key_never_seals_two_texts() {
    let room = Room::new();
    *room.hangs.lock().unwrap() = true;
    room.cuts.lock().unwrap().push(1_000_000);
    let (mut alice, mut bytes) = away(&room);
    let mut reached = room.reached.subscribe();
    reached
        .wait_for(|reached| *reached == 1_000_000)
        .await
        .unwrap();
    let begun = alice.rows.get("f").upload.unwrap();
    alice.files.stop().await;
    bytes[0] ^= 1;
    std::fs::write(alice.path("x"), &bytes).unwrap();
    alice.restart().await;
    let row = alice.rows.until_state("f", PeerFileState::Sealed).await;
    let sealed = row.sealed.unwrap();
    assert!(!begun.contains(&sealed.file) && !begun.contains(&sealed.key));
    assert_eq!(row.blake3, hash(&bytes));
}

#[tokio::test]
async fn what_the_room_server_does_not_take_is_offered_all_the_same() {
    let room = Room::new();
    *room.refusal.lock().unwrap() = Some(TransferFailure::TooLarge { limit: 1 });
    let (alice, _) = away(&room);
    let row = alice.rows.until_state("f", PeerFileState::Offered).await;
    assert_eq!(row.sealed, None);
    assert_eq!(alice.rows.offered.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_sealed_file_that_was_changed_is_not_taken() {
    let room = Room::new();
    let (alice, bytes) = away(&room);
    let row = alice.rows.until_state("f", PeerFileState::Sealed).await;
    let sealed = row.sealed.unwrap();
    let check = async |change: &dyn Fn(&mut Vec<u8>)| {
        let kept = room.uploads.lock().unwrap()[&sealed.file].clone();
        change(
            &mut room
                .uploads
                .lock()
                .unwrap()
                .get_mut(&sealed.file)
                .unwrap()
                .2,
        );
        let bob = Owner::new(&room);
        let mut row = theirs("f", DeviceId([7; 32]), &bytes, Some(bob.path("y")));
        row.sealed = Some(sealed.clone());
        bob.rows.insert(row);
        let row = bob.rows.until("f", is_failed).await;
        let damaged = PeerFileState::Failed("the bytes that came are damaged".to_owned());
        assert_eq!(row.state, damaged);
        bob.files.stop().await;
        assert!(bob.names().is_empty(), "{:?}", bob.names());
        room.uploads
            .lock()
            .unwrap()
            .insert(sealed.file.clone(), kept);
    };
    check(&|there| there[0] ^= 1).await;
    check(&|there| there[2_000_000] ^= 1).await;
    let piece = |n: usize| NONCE + n * SEALED_PIECE;
    check(&|there| there.copy_within(piece(1)..piece(2), piece(0))).await;
}

#[tokio::test]
async fn who_does_not_find_it_sealed_asks_the_device() {
    let room = Room::new();
    let bob = Owner::new(&room);
    let mut alice = bob.meet("bob").await;
    let bytes = bytes(1_000);
    let mut row = theirs("f", alice.device, &bytes, Some(bob.path("y")));
    row.sealed = Some(SealedFile {
        file: "0".repeat(22),
        key: "A".repeat(43),
    });
    bob.rows.insert(row);
    assert_eq!(alice.hears_accept().await, ("f".to_owned(), 0));
}

#[tokio::test]
async fn a_sealed_copy_goes_when_it_is_not_needed() {
    for end in [true, false] {
        let room = Room::new();
        let (alice, _) = away(&room);
        alice.rows.until_state("f", PeerFileState::Sealed).await;
        let bob = alice.meet("bob").await;
        let mut reached = room.reached.subscribe();
        match end {
            true => bob.says(done("f")).await,
            false => alice.rows.decide("f", PeerFileState::Cancelled),
        }
        reached
            .wait_for(|_| room.uploads.lock().unwrap().is_empty())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_sealed_copy_that_does_not_come_is_not_tried_for_ever() {
    let room = Room::new();
    let (alice, bytes) = away(&room);
    let row = alice.rows.until_state("f", PeerFileState::Sealed).await;
    room.cuts.lock().unwrap().extend([0; 100]);
    let bob = Owner::new(&room);
    let mut peer = bob.meet("bob").await;
    let theirs = theirs("f", peer.device, &bytes, Some(bob.path("y")));
    bob.rows.insert(FileRow {
        sealed: row.sealed,
        ..theirs
    });
    assert_eq!(peer.hears_accept().await, ("f".to_owned(), 0));
}

#[tokio::test(start_paused = true)]
async fn what_was_offered_is_sealed_once_its_receiver_has_been_away_for_long() {
    let room = Room::new();
    let alice = Owner::new(&room);
    let bytes = bytes(SIZE);
    std::fs::write(alice.path("x"), &bytes).unwrap();
    let mut row = own("f", &alice.path("x"), SIZE);
    row.blake3 = hash(&bytes);
    row.state = PeerFileState::Offered;
    alice.rows.insert(row);
    let row = alice.rows.until_state("f", PeerFileState::Sealed).await;
    assert!(row.sealed.is_some());
    assert!(
        alice.rows.offered.lock().unwrap().is_empty(),
        "the store offers it anew"
    );
    assert_eq!(room.uploads.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_stores_own_rows_say_what_is_to_be_done() {
    let dir = tempfile::tempdir().unwrap();
    let (path, place) = (dir.path().join("report.bin"), dir.path().join("peer.db"));
    let bytes = bytes(SIZE);
    std::fs::write(&path, &bytes).unwrap();
    let store = PeerStore::open(&place, "alice").unwrap();
    let bob = Talk::Direct("bob".to_owned());
    let now = Time::from_millis(0);
    let sent = store.send_file(bob, path, SIZE as u64, now).await;
    let id = sent.unwrap();
    // Nothing is done for it while it is held up.
    store.pause_file(id.clone(), true).await.unwrap();
    let room = Room::new();
    let files = Files::start(Setup {
        username: "alice".to_owned(),
        ledger: Arc::new(store.clone()),
        depot: room.clone(),
        reach: Arc::new(Nobody),
        save_to: None,
    });
    store.pause_file(id.clone(), false).await.unwrap();
    let mut changed = store.changed();
    let row = loop {
        changed.borrow_and_update();
        let row = store.file(&id).await.unwrap().unwrap();
        if row.state == PeerFileState::Sealed {
            break row;
        }
        let waiting = timeout(LONG, changed.changed()).await;
        waiting.expect("it is not sealed").unwrap();
    };
    assert_eq!(row.blake3, hash(&bytes));
    let sealed = row.sealed.unwrap();
    assert!(room.uploads.lock().unwrap().contains_key(&sealed.file));
    assert_eq!(
        store.unspread(9).await.unwrap().len(),
        1,
        "it is offered once"
    );
    store.cancel_file(id.clone(), now).await.unwrap();
    let mut reached = room.reached.subscribe();
    let gone = reached.wait_for(|_| room.uploads.lock().unwrap().is_empty());
    gone.await.unwrap();
    files.stop().await;
}
