//! Cards and time: what a port of its own shows too slowly.

use parlor_protocol::{DeviceId, Time};
use tokio::time::advance;

use super::*;
use crate::settings::Limits;
use crate::tokens::name;

const ALICE: DeviceId = DeviceId([1; 32]);

fn time(seconds: i64) -> Time {
    Time::from_millis(seconds * 1_000)
}

fn submitted(device: Option<DeviceId>, card: Option<Time>) -> Submitted {
    Submitted {
        device,
        card,
        ip: "192.0.2.7".parse().unwrap(),
        port: 4_000,
        channels: vec![name("games")],
        hidden: false,
    }
}

fn registry() -> Registry {
    Registry::new(&Limits::default())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_device_may_come_back_to_the_relay_for_a_while() {
    let (registry, alice) = (registry(), name("alice"));
    let card = submitted(Some(ALICE), Some(time(9_000)));
    registry.submit(&alice, card).unwrap();
    assert!(registry.may_relay(&ALICE, time(0)));
    advance(ENTRY_TIME).await;
    assert_eq!(registry.counts().peers, 0);
    registry.lapse(time(0));
    assert!(registry.may_relay(&ALICE, time(0)));
    advance(CARD_TIME).await;
    registry.lapse(time(0));
    assert!(!registry.may_relay(&ALICE, time(0)));
}

#[tokio::test(start_paused = true)]
async fn who_is_at_the_relay_or_entered_keeps_its_card_until_that_is_over() {
    let (registry, alice) = (registry(), name("alice"));
    let card = submitted(Some(ALICE), Some(time(9_000)));
    registry.submit(&alice, card).unwrap();
    registry.relayed(&ALICE, true);
    advance(CARD_TIME * 2).await;
    registry.lapse(time(8_999));
    assert!(registry.may_relay(&ALICE, time(8_999)));
    registry.relayed(&ALICE, false);
    for _ in 0..20 {
        // Renewed without the card, which is known.
        registry
            .submit(&alice, submitted(Some(ALICE), None))
            .unwrap();
        advance(seconds(40)).await;
        registry.lapse(time(8_999));
    }
    assert!(registry.may_relay(&ALICE, time(8_999)));
    assert!(!registry.may_relay(&ALICE, time(9_000)));
    registry.lapse(time(9_000));
    assert!(!registry.may_relay(&ALICE, time(0)));
}

fn listed(registry: &Registry) -> Vec<(String, bool)> {
    let list: serde_json::Value = serde_json::from_slice(&registry.list(None)).unwrap();
    let entries = list["peers"].as_array().unwrap().iter();
    let told = |entry: &serde_json::Value| {
        let username = entry["username"].as_str().unwrap().to_owned();
        (username, entry["relay"] == true)
    };
    entries.map(told).collect()
}

#[test]
fn a_device_is_whose_card_it_has_shown() {
    let (registry, alice, eve) = (registry(), name("alice"), name("eve"));
    let (plain, with_card) = (
        submitted(Some(ALICE), None),
        submitted(Some(ALICE), Some(time(9_000))),
    );
    registry.join(&eve, &name("art")).unwrap();
    // Nobody knows better yet.
    registry.submit(&eve, plain.clone()).unwrap();
    registry.relayed(&ALICE, true);
    let accepted = registry.submit(&alice, with_card.clone()).unwrap();
    assert_eq!(accepted.total_peers, 1);
    assert_eq!(listed(&registry), [("alice".to_owned(), true)]);
    let refused = registry.submit(&eve, plain.clone()).unwrap_err();
    assert_eq!(refused, Refused::Device);
    // What else is eve's stays, and alice renews without the card.
    registry.submit(&eve, submitted(None, None)).unwrap();
    registry.submit(&alice, plain).unwrap();
    let both = [("alice".to_owned(), true), ("eve".to_owned(), false)];
    assert_eq!(listed(&registry), both);
    assert_eq!(
        *registry.join(&eve, &name("art")).unwrap(),
        [Name::clone(&eve)]
    );
    // The room server has given the device to eve.
    registry.submit(&eve, with_card).unwrap();
    let eves = [("eve".to_owned(), false), ("eve".to_owned(), true)];
    assert_eq!(listed(&registry), eves);
}

#[test]
fn an_unchanged_renewal_changes_no_list() {
    let (registry, alice) = (registry(), name("alice"));
    registry.submit(&alice, submitted(None, None)).unwrap();
    let first = registry.list(None);
    registry.submit(&alice, submitted(None, None)).unwrap();
    assert_eq!(registry.list(None).as_ptr(), first.as_ptr());
    let mut moved = submitted(None, None);
    moved.port = 5_000;
    registry.submit(&alice, moved).unwrap();
    assert_ne!(registry.list(None), first);
}

#[tokio::test(start_paused = true)]
async fn channels_of_add_list_end_with_the_silence_of_their_user() {
    let (registry, alice, games) = (registry(), name("alice"), name("games"));
    registry.join(&alice, &name("art")).unwrap();
    advance(seconds(100)).await;
    registry.submit(&alice, submitted(None, None)).unwrap();
    advance(seconds(100)).await;
    assert_eq!(registry.counts().channels, 2);
    assert_eq!(
        *registry.join(&name("bob"), &games).unwrap(),
        [name("alice"), name("bob")]
    );
    advance(seconds(20)).await;
    assert_eq!(registry.counts().peers, 0);
    assert_eq!(registry.counts().channels, 1);
    advance(seconds(100)).await;
    assert_eq!(registry.counts().channels, 0);
}

#[test]
fn one_device_leaves_a_channel_and_the_others_stay() {
    let (registry, alice, games) = (registry(), name("alice"), name("games"));
    let other = DeviceId([2; 32]);
    for device in [ALICE, other] {
        registry
            .submit(&alice, submitted(Some(device), None))
            .unwrap();
    }
    registry.join(&alice, &games).unwrap();
    registry.join(&alice, &name("art")).unwrap();
    let in_channel = |channel| registry.tables().members(channel).len();
    registry.leave(&alice, Some(&ALICE), Some("games"));
    registry.leave(&alice, Some(&ALICE), Some("art"));
    assert_eq!((in_channel("games"), in_channel("art")), (1, 1));
    // The last device leaves, and with it the user.
    registry.leave(&alice, Some(&ALICE), None);
    registry.leave(&alice, Some(&other), Some("games"));
    assert_eq!((in_channel("games"), in_channel("art")), (0, 1));
    // Without a device it is the user who leaves.
    registry
        .submit(&alice, submitted(Some(ALICE), None))
        .unwrap();
    registry.leave(&alice, None, Some("games"));
    registry.leave(&alice, None, Some("art"));
    assert_eq!((in_channel("games"), in_channel("art")), (0, 0));
}
