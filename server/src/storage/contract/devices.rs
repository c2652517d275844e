//! Devices, their keys, and what is held for them.

use parlor_protocol::signature::{CurveKey, PublicKey, Signature};
use parlor_protocol::{DeviceId, SignedKey, VouchedCard, limits};

use super::people::session;
use super::*;
use crate::storage::{
    Claimer, Held, NewDevice, NewMail, Published, Revoked, RevokedDevice, SessionId,
};

/// Milliseconds of a day and of an hour.
const DAY: i64 = 24 * 60 * 60 * 1_000;
const HOUR: i64 = 60 * 60 * 1_000;

fn device(n: u8) -> DeviceId {
    DeviceId([n; 32])
}

fn key(n: u8) -> SignedKey {
    SignedKey {
        key: CurveKey([n; 32]),
        sig: Signature([n; 64]),
    }
}

fn keys(numbers: std::ops::Range<u8>) -> Vec<SignedKey> {
    numbers.map(key).collect()
}

/// A device whose card holds for thirty days from `at(0)`; its fallback key is 255.
fn new(user: UserId, session: SessionId, n: u8, one_time_keys: Vec<SignedKey>) -> NewDevice {
    NewDevice {
        user,
        session,
        device: device(n),
        card: VouchedCard {
            card: format!("card-{n}"),
            device_sig: Signature([1; 64]),
            server_sig: Signature([2; 64]),
            until: at(30 * DAY),
        },
        olm_curve25519: CurveKey([n; 32]),
        olm_ed25519: PublicKey([n; 32]),
        issued: at(100),
        one_time_keys,
        fallback_key: key(255),
        now: at(0),
    }
}

async fn publish(storage: &dyn Storage, new: NewDevice) -> Published {
    storage.publish_device(new).await.unwrap()
}

fn known(one_time_left: u64) -> Published {
    Published::Known { one_time_left }
}

/// A user with a session.
async fn person(storage: &dyn Storage, name: &str) -> (UserId, SessionId) {
    let user = user(storage, name).await;
    (user, session(storage, user, name).await.id)
}

pub(in crate::storage) async fn a_device_is_one_users_for_ever(place: &dyn Place) {
    let storage = place.open();
    let (alice, hers) = person(&*storage, "alice").await;
    let (bob, his) = person(&*storage, "bob").await;
    let check = async |new, expected| assert_eq!(publish(&*storage, new).await, expected);
    check(new(alice, hers, 1, keys(10..12)), known(2)).await;
    check(new(bob, his, 1, Vec::new()), Published::Anothers).await;
    check(new(alice, his, 1, Vec::new()), Published::SessionOver).await;
    let other_olm = |issued| NewDevice {
        olm_curve25519: CurveKey([77; 32]),
        issued: at(issued),
        ..new(alice, hers, 1, keys(20..21))
    };
    check(other_olm(100), Published::Stale).await;
    check(new(alice, hers, 1, keys(11..13)), known(3)).await;
    // The keys of the old account go with it.
    check(other_olm(101), known(1)).await;
    let back = NewDevice {
        issued: at(101),
        ..new(alice, hers, 1, Vec::new())
    };
    check(back, Published::Stale).await;

    drop(storage);
    let storage = place.open();
    let loaded = storage.load().await.unwrap();
    let bound: Vec<_> = loaded.sessions.iter().map(|s| (s.id, s.device)).collect();
    assert_eq!(bound, [(hers, Some(device(1))), (his, None)]);
    let listed = storage.devices(alice, at(1)).await.unwrap();
    assert_eq!((listed.cards.len(), listed.revoked.len()), (1, 0));
    assert_eq!(listed.cards[0].card, "card-1");
    let late = storage.devices(alice, at(30 * DAY)).await.unwrap();
    assert!(late.cards.is_empty(), "its time is over");
}

pub(in crate::storage) async fn a_user_has_so_many_devices(place: &dyn Place) {
    let storage = place.open();
    let (alice, hers) = person(&*storage, "alice").await;
    let most = u8::try_from(limits::DEVICES_PER_USER).unwrap();
    for n in 0..most {
        let known = publish(&*storage, new(alice, hers, n, Vec::new())).await;
        assert_eq!(known, self::known(0));
    }
    let one_more = || new(alice, hers, 200, Vec::new());
    assert_eq!(publish(&*storage, one_more()).await, Published::TooMany);
    let again = publish(&*storage, new(alice, hers, 0, Vec::new())).await;
    assert_eq!(again, known(0), "one of them may come again");
    let revoked = storage
        .revoke_device(alice, device(1), at(5))
        .await
        .unwrap();
    assert!(matches!(revoked, Revoked::Now { .. }));
    assert_eq!(publish(&*storage, one_more()).await, known(0));
}

pub(in crate::storage) async fn a_one_time_key_is_given_once(place: &dyn Place) {
    let storage = place.open();
    let (alice, hers) = person(&*storage, "alice").await;
    let claim = async |storage: &dyn Storage, by: u8, when: i64| {
        let by = Claimer::Device(device(by));
        let claimed = storage.claim_keys(alice, by, at(when)).await.unwrap();
        claimed.iter().map(|key| key.key.0[0]).collect::<Vec<_>>()
    };
    assert!(claim(&*storage, 90, 1).await.is_empty());
    publish(&*storage, new(alice, hers, 1, keys(10..17))).await;
    publish(&*storage, new(alice, hers, 2, Vec::new())).await;
    for key in 10..15 {
        assert_eq!(claim(&*storage, 90, 1).await, [key, 255]);
    }
    assert_eq!(claim(&*storage, 90, HOUR).await, [255, 255], "five an hour");
    drop(storage);
    let storage = place.open();
    assert_eq!(claim(&*storage, 90, HOUR).await, [255, 255]);
    assert_eq!(claim(&*storage, 91, HOUR).await, [15, 255]);
    // What was given is not taken again.
    let again = publish(&*storage, new(alice, hers, 1, keys(10..17))).await;
    assert_eq!(again, known(1));
    assert_eq!(claim(&*storage, 90, HOUR + 2).await, [16, 255]);
    assert_eq!(claim(&*storage, 91, HOUR + 2).await, [255, 255]);
    let many = publish(&*storage, new(alice, hers, 1, keys(100..180))).await;
    assert_eq!(many, known(80));
    let more = publish(&*storage, new(alice, hers, 1, keys(20..60))).await;
    assert_eq!(more, known(100), "the newest stay");
    assert_eq!(claim(&*storage, 92, HOUR + 3).await, [120, 255]);
}

fn mail(to: UserId, from: UserId, from_device: u8, id: &str) -> NewMail {
    NewMail {
        to,
        device: device(1),
        from,
        from_device: device(from_device),
        id: id.to_owned(),
        body: vec![1, 2, 3],
        time: at(3),
    }
}

async fn told(storage: &dyn Storage, after: u64) -> Vec<(u64, String)> {
    let mail = storage.mail_after(device(1), after, 10_000).await.unwrap();
    mail.into_iter().map(|mail| (mail.n, mail.id)).collect()
}

pub(in crate::storage) async fn mail_is_held_until_it_is_taken(place: &dyn Place) {
    let storage = place.open();
    let (alice, hers) = person(&*storage, "alice").await;
    let (bob, _) = person(&*storage, "bob").await;
    publish(&*storage, new(alice, hers, 1, Vec::new())).await;
    let check = async |mail, expected| assert_eq!(storage.hold(mail).await.unwrap(), expected);
    check(mail(alice, bob, 9, "a"), Held::Now).await;
    check(mail(alice, bob, 9, "b"), Held::Now).await;
    check(mail(alice, bob, 9, "a"), Held::Before).await;
    check(mail(alice, bob, 8, "a"), Held::Now).await;
    check(mail(bob, bob, 9, "c"), Held::NoSuchDevice).await;
    let late = NewMail {
        time: at(30 * DAY),
        ..mail(alice, bob, 9, "c")
    };
    check(late, Held::Expired).await;
    let nobodys = NewMail {
        device: device(5),
        ..mail(alice, bob, 9, "c")
    };
    check(nobodys, Held::NoSuchDevice).await;

    drop(storage);
    let storage = place.open();
    let held = told(&*storage, 0).await;
    let ids: Vec<&str> = held.iter().map(|(_, id)| &**id).collect();
    assert_eq!(ids, ["a", "b", "a"]);
    let first = &storage.mail_after(device(1), 0, 1).await.unwrap()[0];
    assert_eq!(
        (&*first.from, first.device, &*first.body),
        ("bob", device(9), "AQID")
    );
    assert_eq!(told(&*storage, held[0].0).await, held[1..]);
    let taken = storage.take_mail(device(9), vec![held[0].0]).await.unwrap();
    assert_eq!(taken, 0, "another device's");
    let numbers = vec![held[0].0, held[2].0, held[0].0, u64::MAX];
    assert_eq!(storage.take_mail(device(1), numbers).await.unwrap(), 2);
    assert_eq!(told(&*storage, 0).await, held[1..2]);
    assert_eq!(storage.expire_mail(at(30 * DAY)).await.unwrap(), 0);
    assert_eq!(storage.expire_mail(at(30 * DAY + 3)).await.unwrap(), 1);
    assert!(told(&*storage, 0).await.is_empty());
}

pub(in crate::storage) async fn held_mail_has_bounds(place: &dyn Place) {
    let storage = place.open();
    let (alice, hers) = person(&*storage, "alice").await;
    publish(&*storage, new(alice, hers, 1, Vec::new())).await;
    let senders = limits::HOLD_PER_DEVICE / limits::HOLD_PER_SENDER;
    for sender in 0..senders {
        let sender = user(&*storage, &format!("sender-{sender}")).await;
        for n in 0..limits::HOLD_PER_SENDER {
            // The devices of one sender count together.
            let from = u8::try_from(n % 2).unwrap();
            let held = storage.hold(mail(alice, sender, from, &format!("{}-{n}", sender.0)));
            assert_eq!(held.await.unwrap(), Held::Now);
        }
        let over = storage.hold(mail(alice, sender, 3, "over")).await.unwrap();
        assert_eq!(over, Held::SenderFull);
        let again = mail(alice, sender, 0, &format!("{}-0", sender.0));
        assert_eq!(storage.hold(again).await.unwrap(), Held::Before);
    }
    let bob = user(&*storage, "bob").await;
    let full = storage.hold(mail(alice, bob, 3, "over")).await.unwrap();
    assert_eq!(full, Held::DeviceFull);
    let (oldest, _) = told(&*storage, 0).await[0];
    storage.take_mail(device(1), vec![oldest]).await.unwrap();
    let held = storage.hold(mail(alice, bob, 3, "over")).await.unwrap();
    assert_eq!(held, Held::Now);
}

pub(in crate::storage) async fn a_revoked_device_leaves_nothing(place: &dyn Place) {
    let storage = place.open();
    let (alice, hers) = person(&*storage, "alice").await;
    let other = session(&*storage, alice, "other").await.id;
    let (bob, his) = person(&*storage, "bob").await;
    publish(&*storage, new(alice, hers, 1, keys(10..12))).await;
    publish(&*storage, new(alice, other, 2, keys(10..12))).await;
    storage.hold(mail(alice, bob, 9, "a")).await.unwrap();
    let revoke = async |user, n| storage.revoke_device(user, device(n), at(5)).await.unwrap();
    assert_eq!(revoke(bob, 1).await, Revoked::Unknown);
    assert_eq!(revoke(alice, 7).await, Revoked::Unknown);
    let ended = Revoked::Now {
        ended: vec![hers],
        until: at(30 * DAY),
    };
    assert_eq!(revoke(alice, 1).await, ended);
    assert_eq!(revoke(alice, 1).await, Revoked::Before);
    drop(storage);
    let storage = place.open();
    let loaded = storage.load().await.unwrap();
    let left: Vec<_> = loaded.sessions.iter().map(|s| s.id).collect();
    assert_eq!(left, [other, his]);
    let revoked = RevokedDevice {
        device: device(1),
        until: at(30 * DAY),
    };
    assert_eq!(loaded.revoked, [revoked]);
    let listed = storage.devices(alice, at(6)).await.unwrap();
    assert_eq!(listed.revoked, [device(1)]);
    assert_eq!(listed.cards.len(), 1);
    let of = storage.devices_of(vec![bob, alice], at(6)).await.unwrap();
    assert_eq!(of, [device(2)]);
    assert!(told(&*storage, 0).await.is_empty());
    let held = storage.hold(mail(alice, bob, 9, "a")).await.unwrap();
    assert_eq!(held, Held::Revoked);
    let back = publish(&*storage, new(alice, other, 1, Vec::new())).await;
    assert_eq!(back, Published::Revoked);
    let claimed = storage.claim_keys(alice, Claimer::User(bob), at(6));
    assert_eq!(claimed.await.unwrap().len(), 1);
}
