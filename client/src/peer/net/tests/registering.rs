//! What trackers are told, and what is made of what they say.

use serde_json::json;

use super::people::{Person, Server};
use super::tracker::Fake;
use crate::peer::TrackerStanding;
use crate::peer::net::NetEvent;

/// The next word about the trackers.
async fn standing(person: &mut Person) -> Vec<TrackerStanding> {
    loop {
        if let NetEvent::Trackers(standings) = person.event().await {
            return standings;
        }
    }
}

#[tokio::test]
async fn an_entry_is_made_renewed_on_changes_and_taken_off() {
    let server = Server::new();
    let tracker = Fake::start().await;
    let alice = server.person("alice", 1).await;
    let device = alice.device().to_string();
    let mut registration = server.registration("alice", 1);
    registration.channels = vec!["games".to_owned()];
    alice.net.register(vec![tracker.at()], registration.clone());

    let (token, info) = tracker.called("/submit-info").await;
    assert_eq!(token, format!("Bearer {}", registration.token));
    let card = registration.card.as_ref().unwrap();
    assert_eq!(
        info,
        json!({
            "username": "alice",
            "device": device,
            "port": alice.at().first().unwrap().port(),
            "channels": ["games"],
            "card": card.card,
            "device_sig": card.device_sig,
            "server_sig": card.server_sig,
            "until": card.until,
        })
    );
    let (_, joined) = tracker.called("/add-list").await;
    assert_eq!(joined, json!({ "username": "alice", "channel": "games" }));
    tracker.called("/get-list").await;

    registration.channels = vec!["music".to_owned()];
    alice.net.register(vec![tracker.at()], registration.clone());
    let (_, info) = tracker.called("/submit-info").await;
    assert_eq!(info["channels"], json!(["music"]));
    let (_, joined) = tracker.called("/add-list").await;
    assert_eq!(joined["channel"], "music");
    let (_, left) = tracker.called("/leave").await;
    let expected = json!({ "username": "alice", "device": device, "channel": "games" });
    assert_eq!(left, expected);
    tracker.called("/get-list").await;

    alice.net.close().await;
    let (_, left) = tracker.called("/leave").await;
    assert_eq!(left, json!({ "username": "alice", "device": device }));
}

#[tokio::test]
async fn who_goes_by_relays_only_shows_no_address() {
    let server = Server::new();
    let tracker = Fake::start().await;
    let alice = server
        .person_with("alice", 1, |o| o.relay_only = true)
        .await;
    alice
        .net
        .register(vec![tracker.at()], server.registration("alice", 1));
    let (_, info) = tracker.called("/submit-info").await;
    assert_eq!(info["hidden"], true);
    assert_eq!(info["port"], 0);
    assert!(info.get("ip").is_none());
    assert!(alice.net.inner.endpoint.bound_sockets().is_empty());
    assert!(alice.net.inner.endpoint.addr().ip_addrs().next().is_none());
    alice.net.close().await;
}

#[tokio::test]
async fn trackers_are_merged_and_one_that_is_down_costs_only_its_own() {
    let server = Server::new();
    let (one, down) = (Fake::start().await, Fake::start().await);
    let mut alice = server.person("alice", 1).await;
    let mut bob = server.person("bob", 2).await;
    let port = bob.at().first().unwrap().port();
    one.lock().peers = vec![
        json!({ "username": "bob", "ip": "127.0.0.1", "port": port, "device": bob.device(), "channels": ["games"] }),
        json!({ "username": "carol", "ip": "192.0.2.1", "port": 7 }),
        json!({ "nonsense": true }),
    ];
    let mut registration = server.registration("alice", 1);
    registration.channels = vec!["games".to_owned()];
    alice
        .net
        .register(vec![one.at(), down.under_another_pin()], registration);
    let (mut seen, mut members, mut standings) = (None, None, Vec::new());
    while seen.is_none() || members.is_none() || standings.len() < 2 {
        match alice.event().await {
            NetEvent::Seen { device, username } => seen = Some((device, username)),
            NetEvent::Members { channel, usernames } => members = Some((channel, usernames)),
            NetEvent::Trackers(now) => standings = now,
            _ => {}
        }
    }
    assert_eq!(seen, Some((bob.device(), Some("bob".to_owned()))));
    assert_eq!(members, Some(("games".to_owned(), vec!["bob".to_owned()])));
    let good: Vec<bool> = standings.iter().map(|s| s.trouble.is_none()).collect();
    assert_eq!(
        good.iter().filter(|good| **good).count(),
        1,
        "{standings:?}"
    );
    let bad = standings.iter().find_map(|s| s.trouble.as_ref()).unwrap();
    assert!(bad.contains("key"), "{bad}");
    assert!(
        down.lock().calls.is_empty(),
        "something was said under a wrong pin"
    );

    assert_eq!(alice.net.listed("bob"), [bob.device()]);
    let link = alice.net.dial(bob.device()).await.unwrap();
    link.send(&super::chat("found")).await.unwrap();
    assert_eq!(bob.line().await, super::chat("found"));

    // Whoever is dropped from the list of trackers is left, and what it listed is forgotten.
    alice
        .net
        .register(Vec::new(), server.registration("alice", 1));
    one.called("/leave").await;
    while !standing(&mut alice).await.is_empty() {}
    assert!(alice.net.listed("bob").is_empty());
    alice.net.close().await;
    bob.net.close().await;
}

#[tokio::test]
async fn a_token_that_holds_no_more_is_told_and_a_new_one_is_used_at_once() {
    let server = Server::new();
    let tracker = Fake::start().await;
    let mut alice = server.person("alice", 1).await;
    let refusal = (401, "The token holds no more.");
    tracker
        .lock()
        .refusals
        .insert("/submit-info".to_owned(), refusal);
    alice
        .net
        .register(vec![tracker.at()], server.registration("alice", 1));
    let told = standing(&mut alice).await;
    assert_eq!(told[0].trouble.as_deref(), Some(refusal.1));
    tracker.lock().refusals.clear();
    let mut registration = server.registration("alice", 1);
    "another".clone_into(&mut registration.token);
    alice.net.register(vec![tracker.at()], registration);
    assert_eq!(standing(&mut alice).await[0].trouble, None);
    alice.net.close().await;
}
