//! Devices, trust, and what is shown of both.

use super::*;
use crate::peer::person::{DeviceStanding, Path, Trust};

async fn standings(store: &PeerStore, username: &str) -> Vec<DeviceStanding> {
    let person = store.person(username).await.unwrap();
    person
        .devices
        .iter()
        .map(|device| device.standing)
        .collect()
}

#[tokio::test]
async fn first_devices_are_accepted_and_later_ones_are_shown() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    let accepted = DeviceStanding::Accepted;
    assert_eq!(standings(&alice, "bob").await, [accepted, accepted]);
    assert_eq!(alice.person("bob").await.unwrap().trust, Trust::NotCompared);
    assert!(alice.posts("@bob").await.is_empty());

    // There is no talk with Bob yet, so that a new device is shown nowhere.
    alice.knows("bob", &[2, 3, 4]).await;
    assert!(alice.snapshot().await.unwrap().unwrap().0.talks.is_empty());
    alice.says(2, chat("m", "bob", "alice", "hi")).await;
    alice.join("trip").await.unwrap();
    alice
        .add_members("trip", vec!["bob".into(), "alice".into()])
        .await
        .unwrap();
    alice.knows("bob", &[2, 3, 4, 5]).await;
    let notice = format!("NewDevice {{ device: {:?}, label: \"bob-5\" }}", device(5));
    assert_eq!(alice.texts("@bob").await, ["hi".to_owned(), notice.clone()]);
    assert_eq!(alice.texts("#trip").await, [notice]);
    // Things go to it, for Bob was never verified.
    assert!(alice.row(5).await.may_get());
    let trust = alice.person("bob").await.unwrap().trust;
    assert_eq!(
        trust,
        Trust::NewDevice {
            at: now(0),
            was_verified: false
        }
    );
    assert!(alice.accept_device("bob", device(5)).await.unwrap());
    assert!(!alice.accept_device("carol", device(4)).await.unwrap());
    assert!(alice.accept_device("bob", device(4)).await.unwrap());
    assert_eq!(alice.person("bob").await.unwrap().trust, Trust::NotCompared);
}

#[tokio::test]
async fn nothing_goes_to_a_new_device_of_a_verified_user() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    let number = alice.person("bob").await.unwrap().safety;
    alice.compared("bob", true, now(5)).await.unwrap();
    assert_eq!(
        alice.person("bob").await.unwrap().trust,
        Trust::Verified { at: now(5) }
    );
    alice.knows("bob", &[2, 3]).await;
    assert!(alice.row(2).await.may_get() && !alice.row(3).await.may_get());
    let person = alice.person("bob").await.unwrap();
    assert_ne!(person.safety, number);
    assert_eq!(
        person.trust,
        Trust::NewDevice {
            at: now(0),
            was_verified: true
        }
    );
    alice.compared("bob", true, now(6)).await.unwrap();
    assert!(alice.row(3).await.may_get());
    assert_eq!(
        alice.person("bob").await.unwrap().trust,
        Trust::Verified { at: now(6) }
    );

    alice.compared("bob", false, now(7)).await.unwrap();
    assert_eq!(
        alice.person("bob").await.unwrap().trust,
        Trust::Differs { at: now(7) }
    );
    alice.knows("bob", &[2, 3, 4]).await;
    assert!(!alice.row(4).await.may_get());
    let texts = alice.texts("@bob").await;
    assert_eq!(texts[0], "Compared");
    assert!(texts[1].starts_with("NewDevice"), "{texts:?}");
    assert_eq!(texts[3], "Differs");
}

#[tokio::test]
async fn accepting_one_new_device_opens_no_other() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    alice.compared("bob", true, now(5)).await.unwrap();
    alice.knows("bob", &[2, 3, 4]).await;
    assert!(alice.accept_device("bob", device(3)).await.unwrap());
    assert!(alice.row(3).await.may_get() && !alice.row(4).await.may_get());
    let trust = alice.person("bob").await.unwrap().trust;
    let at = now(0);
    let was_verified = true;
    assert_eq!(trust, Trust::NewDevice { at, was_verified });
    // Were the other ended, the number of now would still be one that nobody compared.
    let ended = vec![device(4)];
    alice
        .learn("bob", Vec::new(), ended, false, now(6))
        .await
        .unwrap();
    assert_eq!(alice.person("bob").await.unwrap().trust, Trust::NotCompared);
    alice.knows("bob", &[2, 3, 5]).await;
    assert!(!alice.row(5).await.may_get());
    assert!(alice.accept_device("bob", device(5)).await.unwrap());
    assert!(alice.row(5).await.may_get());
    assert_eq!(alice.person("bob").await.unwrap().trust, Trust::NotCompared);
}

#[tokio::test]
async fn another_key_on_a_known_device_is_a_change() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2]).await;
    let (_, n) = alice.sends("@bob", "hi", &[(2, "bob")]).await;
    alice
        .sealed(n, device(2), "body".into(), ratchet(2, "s", "p"))
        .await
        .unwrap();
    alice.held(n, device(2)).await.unwrap();
    // An older card says nothing, also with another key.
    let old = card_with("bob", 2, 99, -5);
    alice
        .learn("bob", vec![old], Vec::new(), false, now(1))
        .await
        .unwrap();
    assert_eq!(standings(&alice, "bob").await, [DeviceStanding::Accepted]);

    let changed = card_with("bob", 2, 99, 5);
    alice
        .learn("bob", vec![changed], Vec::new(), false, now(2))
        .await
        .unwrap();
    assert_eq!(standings(&alice, "bob").await, [DeviceStanding::Changed]);
    assert!(!alice.row(2).await.may_get());
    assert!(alice.texts("@bob").await[1].starts_with("KeyChanged"));
    // What was sealed for the old key is to be sealed anew.
    assert_eq!(alice.session(device(2)).await.unwrap(), None);
    let waiting = alice.unheld(device(2), 10).await.unwrap();
    assert_eq!(waiting[0].state, DeliveryState::Waiting);
    assert_eq!(alice.state("@bob").await, PostState::OnItsWay);
    assert!(alice.accept_device("bob", device(2)).await.unwrap());
    assert!(alice.row(2).await.may_get());
}

#[tokio::test]
async fn a_device_is_one_users_and_ends_for_good() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    alice.knows("mallory", &[2]).await;
    assert_eq!(alice.row(2).await.card.username, "bob");
    assert!(standings(&alice, "mallory").await.is_empty());
    // Nobody ends another's device.
    alice
        .learn("mallory", Vec::new(), vec![device(2)], true, now(1))
        .await
        .unwrap();
    assert!(alice.row(2).await.may_get());

    let (_, n) = alice.sends("@bob", "hi", &[(2, "bob")]).await;
    alice
        .learn("bob", Vec::new(), vec![device(2), device(9)], false, now(1))
        .await
        .unwrap();
    let failed = PostState::Failed("the device was ended".into());
    assert_eq!(alice.state("@bob").await, failed);
    assert!(
        alice
            .unheld(device(2), 9)
            .await
            .unwrap()
            .iter()
            .all(|d| d.n != n)
    );
    assert!(alice.texts("@bob").await[1].starts_with("DeviceRevoked"));
    // Neither comes back, the one that was never seen neither.
    alice.knows("bob", &[2, 3, 9]).await;
    assert_eq!(alice.row(2).await.standing, DeviceStanding::Revoked);
    assert_eq!(alice.device(device(9)).await.unwrap(), None);
    assert!(alice.row(3).await.may_get());
}

#[tokio::test]
async fn a_device_that_is_not_named_any_more_gets_nothing_until_it_is() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    let both = alice.person("bob").await.unwrap().safety;
    alice.knows("bob", &[2]).await;
    assert!(alice.row(2).await.may_get() && !alice.row(3).await.may_get());
    assert_ne!(alice.person("bob").await.unwrap().safety, both);
    alice
        .learn("bob", vec![card("bob", 3)], Vec::new(), false, now(1))
        .await
        .unwrap();
    assert!(alice.row(3).await.may_get());
    assert_eq!(alice.person("bob").await.unwrap().safety, both);
    assert_eq!(
        standings(&alice, "bob").await,
        [DeviceStanding::Accepted; 2]
    );
}

#[tokio::test]
async fn ones_own_later_devices_are_new() {
    let alice = Fixture::new().await;
    // This one asks for the first time, and is the only one.
    alice.knows("alice", &[1]).await;
    alice.knows("alice", &[1, 4]).await;
    let (accepted, new) = (DeviceStanding::Accepted, DeviceStanding::New);
    assert_eq!(standings(&alice, "alice").await, [accepted, new]);
    // On the new one the others were there before.
    let second = Fixture::without_device();
    second.save_own(own(4, "alice-laptop")).await.unwrap();
    second.knows("alice", &[1, 4]).await;
    assert_eq!(standings(&second, "alice").await, [accepted, accepted]);
    // Both make the same number with Bob.
    alice.knows("bob", &[2]).await;
    second.knows("bob", &[2]).await;
    let number = |person: crate::peer::Person| person.safety.unwrap();
    let numbers = [
        number(alice.person("bob").await.unwrap()),
        number(second.person("bob").await.unwrap()),
    ];
    assert_eq!(numbers[0], numbers[1]);
}

#[tokio::test]
async fn links_are_shown_and_the_best_is_the_persons() {
    let alice = Fixture::new().await;
    alice.knows("bob", &[2, 3]).await;
    let path = |way, at: &str| Path {
        way,
        round_trip: Some(std::time::Duration::from_micros(1_234)),
        at: at.into(),
    };
    alice
        .set_link(device(2), Some(path(Way::Relay, "t:1")))
        .await
        .unwrap();
    alice
        .set_link(device(3), Some(path(Way::Lan, "10.0.0.3:4")))
        .await
        .unwrap();
    let bob = alice.person("bob").await.unwrap();
    assert_eq!(bob.path, Some(path(Way::Lan, "10.0.0.3:4")));
    assert_eq!(bob.devices[0].path, Some(path(Way::Relay, "t:1")));
    alice.set_link(device(3), None).await.unwrap();
    assert_eq!(
        alice.person("bob").await.unwrap().path,
        Some(path(Way::Relay, "t:1"))
    );
    let tried = Tried {
        last: now(1),
        next: Some(now(2)),
    };
    alice.dialled("bob", Some(tried)).await.unwrap();
    assert_eq!(
        alice.person("bob").await.unwrap().dialled.unwrap().next,
        Some(now(2))
    );
    alice.dialled("bob", None).await.unwrap();
    alice.clear_links().await.unwrap();
    let bob = alice.person("bob").await.unwrap();
    assert_eq!((bob.path, bob.dialled), (None, None));
}
