//! Rooms and who is in them.

use parlor_protocol::{Notify, RoomKind};

use super::*;
use crate::storage::{MemberRecord, NewRoom, ReadMark, SearchQuery, StorageError};

fn room(name: &str, creator: UserId) -> NewRoom {
    NewRoom {
        name: name.to_owned(),
        kind: RoomKind::Private,
        topic: "About it".to_owned(),
        created: at(3),
        creator,
    }
}

pub(in crate::storage) async fn a_fresh_store_has_its_two_rooms(place: &dyn Place) {
    let storage = place.open();
    let fresh = storage.load().await.unwrap();
    let rooms: Vec<(RoomId, &str, RoomKind)> = fresh
        .rooms
        .iter()
        .map(|room| (room.id, &*room.name, room.kind))
        .collect();
    let expected = [
        (RoomId::GENERAL, "general", RoomKind::Public),
        (RoomId::BROADCAST, "broadcast", RoomKind::Broadcast),
    ];
    assert_eq!(rooms, expected);
    assert!(fresh.users.is_empty() && fresh.members.is_empty());
    assert_eq!(storage.meta("key").await.unwrap(), None);
    storage.set_meta("key", "one").await.unwrap();
    storage.set_meta("key", "two").await.unwrap();
    assert_eq!(storage.meta("key").await.unwrap().as_deref(), Some("two"));
}

pub(in crate::storage) async fn a_deleted_rooms_name_is_free(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let first = storage.create_room(room("plans", alice)).await.unwrap();
    let first = first.unwrap();
    assert_eq!((first.kind, &*first.topic), (RoomKind::Private, "About it"));
    assert_eq!((first.creator, first.last_seq), (Some(alice), 0));
    let taken = storage.create_room(room("plans", alice)).await.unwrap();
    assert_eq!(taken, None);
    let said = Act {
        room: first.id,
        ..message(alice, "n", "whispers")
    };
    appended(&*storage, said.clone()).await;
    assert!(
        storage
            .delete_room(first.id, audit("delete_room"))
            .await
            .unwrap()
    );
    assert!(
        !storage
            .delete_room(first.id, audit("delete_room"))
            .await
            .unwrap()
    );
    let gone = append(&*storage, said.clone()).await;
    assert_eq!(gone, Outcome::Refused(crate::storage::Refusal::NoSuchRoom));
    let second = storage.create_room(room("plans", alice)).await.unwrap();
    let second = second.unwrap();
    assert!(second.id > first.id);
    // The same nonce, in another room of the same name.
    let again = Act {
        room: second.id,
        ..said
    };
    assert_eq!(appended(&*storage, again).await.seq, 1);
    let query = SearchQuery {
        words: "whispers".to_owned(),
        rooms: vec![second.id],
        from: None,
        before: None,
        limit: 5,
    };
    assert_eq!(storage.search(query).await.unwrap().hits.len(), 1);
    let loaded = storage.load().await.unwrap();
    assert_eq!(loaded.rooms.len(), 3);
    assert_eq!(loaded.rooms[2].last_seq, 1);
    assert_eq!(storage.audit(None, 9).await.unwrap().0.len(), 1);
}

pub(in crate::storage) async fn direct_rooms_are_one_for_each_pair(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let carol = user(&*storage, "carol").await;
    let open = async |pair, name: &str| {
        let opened = storage.open_direct(pair, name.to_owned(), at(4));
        opened.await.unwrap()
    };
    let (first, new) = open((bob, alice), "~one").await.unwrap();
    assert!(new);
    assert_eq!(first.pair, Some((alice, bob)));
    let (second, new) = open((alice, bob), "~two").await.unwrap();
    assert!(!new);
    assert_eq!(second, first);
    assert_eq!(open((alice, carol), "~one").await, None);
    let (third, new) = open((alice, carol), "~three").await.unwrap();
    assert!(new && third.id != first.id);
    let members = storage.load().await.unwrap().members;
    assert_eq!(members.iter().filter(|m| m.room == first.id).count(), 2);
}

pub(in crate::storage) async fn members_come_and_go(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let plans = storage
        .create_room(room("plans", alice))
        .await
        .unwrap()
        .unwrap();
    let within = |kind| Act {
        room: plans.id,
        ..act(alice, kind)
    };
    let name = "Bob".to_owned();
    let joined = within(ActKind::Joined { user: bob, name });
    assert_eq!(appended(&*storage, joined.clone()).await.seq, 1);
    storage
        .set_notify(plans.id, bob, Notify::None)
        .await
        .unwrap();
    let member = async || {
        let members = storage.load().await.unwrap().members;
        members
            .into_iter()
            .find(|m| m.room == plans.id && m.user == bob)
    };
    let expected = MemberRecord {
        room: plans.id,
        user: bob,
        notify: Notify::None,
        read_seq: 1,
        mentions: 0,
    };
    assert_eq!(member().await, Some(expected));
    let mention = Act {
        room: plans.id,
        ..mentioning(alice, "n", "@bob", &[bob])
    };
    appended(&*storage, mention).await;
    let left = within(ActKind::Left {
        user: bob,
        reason: None,
    });
    assert_eq!(appended(&*storage, left.clone()).await.seq, 3);
    assert_eq!(append(&*storage, left).await, Outcome::Unchanged);
    assert_eq!(member().await, None);
    // Who comes back has read what was before, and is told of all.
    assert_eq!(appended(&*storage, joined).await.seq, 4);
    let back = member().await.unwrap();
    assert_eq!(
        (back.read_seq, back.mentions, back.notify),
        (4, 0, Notify::All)
    );
}

pub(in crate::storage) async fn read_marks_only_move_forward(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    for n in 0..5 {
        appended(&*storage, message(alice, &format!("n{n}"), "x")).await;
    }
    let mark = async |user, seq| {
        let room = RoomId::GENERAL;
        let marks = vec![ReadMark { room, user, seq }];
        let state = storage.mark_read(marks).await.unwrap()[0];
        (state.read_seq, state.moved)
    };
    assert_eq!(mark(bob, 3).await, (3, true));
    assert_eq!(mark(bob, 2).await, (3, false));
    assert_eq!(mark(bob, u64::MAX).await, (5, true));
    assert_eq!(mark(UserId(99), 3).await, (0, false));
    drop(storage);
    let members = place.open().load().await.unwrap().members;
    let bob = members.into_iter().find(|m| m.user == bob);
    assert_eq!(bob.map(|m| m.read_seq), Some(5));
}

pub(in crate::storage) async fn closing_refuses_what_comes_later(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    appended(&*storage, message(alice, "n", "x")).await;
    storage.close().await.unwrap();
    let late = storage
        .append(Arc::new(vec![message(alice, "m", "y")]))
        .await;
    assert!(matches!(late, Err(StorageError::Unavailable(_))));
    assert!(matches!(
        storage.load().await,
        Err(StorageError::Unavailable(_))
    ));
    let rooms = place.open().load().await.unwrap().rooms;
    assert_eq!(rooms[0].last_seq, 1);
}
