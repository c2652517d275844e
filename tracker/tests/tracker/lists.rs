//! Who is listed, where, and for how long.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::harness::{Device, World, in_seconds};

fn peer(username: &str, port: u16, channels: &[&str]) -> Value {
    json!({"username": username, "ip": "192.0.2.7", "port": port, "channels": channels})
}

#[tokio::test]
async fn a_peer_is_listed_as_it_submitted() {
    let world = World::start().await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    assert_eq!(world.peers(&alice, json!({})).await, Vec::<Value>::new());
    let body = peer("alice", 4000, &["games", "art", "games"]);
    let first = world.done("/submit-info", &alice, body.clone()).await;
    let expected = json!({"status": "success", "peer_id": first["peer_id"], "total_peers": 1});
    assert_eq!(first, expected);
    let again = world.done("/submit-info", &alice, body).await;
    assert_eq!(again, first);
    let device = Device::of("bob").id;
    let body = json!({
        "username": "bob", "port": 4001, "channels": ["art"], "device": device, "hidden": true,
    });
    let second = world.done("/submit-info", &bob, body).await;
    assert_eq!(second["total_peers"], 2);
    assert_ne!(second["peer_id"], first["peer_id"]);

    let alices = json!({
        "username": "alice", "ip": "192.0.2.7", "port": 4000, "channels": ["art", "games"],
    });
    let bobs = json!({
        "username": "bob", "ip": "", "port": 0, "channels": ["art"], "device": device,
    });
    let everybody = vec![alices.clone(), bobs.clone()];
    assert_eq!(world.peers(&bob, json!({})).await, everybody);
    assert_eq!(world.peers(&bob, json!({"channel": null})).await, everybody);
    assert_eq!(
        world.peers(&bob, json!({"channel": "art"})).await,
        everybody
    );
    let games = world.peers(&bob, json!({"channel": "games"})).await;
    assert_eq!(games, vec![alices.clone()]);
    let nobody = world.peers(&bob, json!({"channel": "empty"})).await;
    assert_eq!(nobody, Vec::<Value>::new());
    for (path, body, expected) in [
        ("/get-list", "", json!(everybody)),
        ("/get-list", "{}", json!(everybody)),
        ("/get-list?channel=games", "", json!([alices])),
        ("/get-list?x=1&channel=ga%6Des", "{}", json!([alices])),
        ("/get-list", r#"{"channel":"games"}"#, json!([alices])),
    ] {
        let listed = world.call(Method::GET, path, Some(&bob), body).await;
        assert_eq!(listed.status, 200);
        assert_eq!(listed.body["status"], "success");
        assert_eq!(listed.body["peers"], expected, "{path} {body}");
    }
    let wrong = world
        .call(Method::GET, "/get-list?channel=", Some(&bob), "")
        .await;
    assert_eq!(wrong.status, 400);
    world.stop().await;
}

#[tokio::test]
async fn without_an_ip_the_address_that_is_seen_counts() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    let body = json!({"username": "alice", "port": 4000});
    world.done("/submit-info", &alice, body).await;
    let peers = world.peers(&alice, json!({})).await;
    assert_eq!(peers[0]["ip"], "127.0.0.1");
    assert_eq!(peers[0]["channels"], json!([]));
    let mapped = json!({"username": "alice", "port": 4000, "ip": "::ffff:192.0.2.9"});
    world.done("/submit-info", &alice, mapped).await;
    let peers = world.peers(&alice, json!({})).await;
    assert_eq!(peers.len(), 1);
    assert_eq!(peers[0]["ip"], "192.0.2.9");
    world.stop().await;
}

#[tokio::test]
async fn a_user_may_be_in_channels_without_listening() {
    let world = World::start().await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    let join = async |token: &str, username: &str| {
        let body = json!({"username": username, "channel": "games"});
        world.done("/add-list", token, body).await
    };
    let expected =
        |members: Value| json!({"status": "success", "channel": "games", "members": members});
    assert_eq!(join(&bob, "bob").await, expected(json!(["bob"])));
    world
        .done("/submit-info", &alice, peer("alice", 4000, &["games"]))
        .await;
    assert_eq!(join(&bob, "bob").await, expected(json!(["alice", "bob"])));
    let in_games = json!({"channel": "games"});
    assert_eq!(world.peers(&bob, in_games.clone()).await.len(), 1);
    // Whatever bob submits is in the channel that he joined.
    world
        .done("/submit-info", &bob, peer("bob", 4001, &["art"]))
        .await;
    let peers = world.peers(&bob, in_games.clone()).await;
    assert_eq!(peers[1]["channels"], json!(["art", "games"]));

    let leave = json!({"username": "bob", "channel": "games"});
    let left = world.done("/leave", &bob, leave).await;
    assert_eq!(left, json!({"status": "success"}));
    assert_eq!(world.peers(&bob, in_games).await.len(), 1);
    assert_eq!(world.peers(&bob, json!({"channel": "art"})).await.len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn who_leaves_is_not_listed() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    let (first, second) = (Device::of("alice").id, Device::of("alice").id);
    for (port, device) in [(1, None), (2, Some(first)), (3, Some(second))] {
        let mut body = peer("alice", port, &["games"]);
        if let Some(device) = device {
            body["device"] = json!(device);
        }
        world.done("/submit-info", &alice, body).await;
    }
    let ports = async || {
        let peers = world.peers(&alice, json!({})).await;
        let ports = peers.iter().map(|peer| peer["port"].as_u64().unwrap());
        ports.collect::<Vec<_>>()
    };
    assert_eq!(ports().await, [1, 2, 3]);
    let leave = json!({"username": "alice", "device": first});
    world.done("/leave", &alice, leave.clone()).await;
    assert_eq!(ports().await, [1, 3]);
    world.done("/leave", &alice, leave).await;
    let leave = json!({"username": "alice", "device": second, "channel": "games"});
    world.done("/leave", &alice, leave).await;
    assert_eq!(ports().await, [1, 3]);
    let games = world.peers(&alice, json!({"channel": "games"})).await;
    assert_eq!(games.len(), 1);
    world
        .done("/leave", &alice, json!({"username": "alice"}))
        .await;
    assert_eq!(ports().await, [0_u64; 0]);
    world.stop().await;
}

#[tokio::test]
async fn who_does_not_renew_is_gone() {
    let world = World::start().await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    let submit = async |token: &str, username: &str| {
        let body = peer(username, 4000, &["games"]);
        world.done("/submit-info", token, body).await;
    };
    let listed = async || {
        let peers = world.peers(&alice, json!({})).await;
        let names = peers.iter().map(|p| p["username"].as_str().unwrap().into());
        names.collect::<Vec<String>>()
    };
    let pass = async |seconds| {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
    };
    submit(&alice, "alice").await;
    submit(&bob, "bob").await;
    pass(80).await;
    submit(&bob, "bob").await;
    pass(39).await;
    assert_eq!(listed().await, ["alice", "bob"]);
    pass(2).await;
    assert_eq!(listed().await, ["bob"]);
    pass(80).await;
    assert_eq!(listed().await, [""; 0]);
    assert_eq!(world.handle.counts().channels, 0);
    world.stop().await;
}

#[tokio::test]
async fn who_is_ended_by_the_server_is_gone_at_once() {
    let world = World::start().await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    let device = Device::of("bob");
    let card = world.server.vouch(&device.card, in_seconds(3_600));
    let body = device.submission("bob", &card);
    world.done("/submit-info", &bob, body.clone()).await;
    world.handle.end_device(&device.id);
    assert_eq!(world.peers(&alice, json!({})).await.len(), 0);

    let login = r#"{"username":"bob","password":"bob-pw"}"#;
    let login = world.call(Method::POST, "/login", None, login).await;
    let own = login.body["token"].as_str().unwrap();
    world.done("/submit-info", own, body).await;
    world.handle.end_user("bob");
    assert_eq!(world.peers(&alice, json!({})).await.len(), 0);
    let answered = world.post("/get-list", own, json!({})).await;
    assert_eq!(answered.status, 401);
    world.stop().await;
}

#[tokio::test]
async fn nobody_enters_the_device_of_another() {
    let world = World::start().await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    let device = Device::of("bob");
    let card = world.server.vouch(&device.card, in_seconds(3_600));
    let eves = json!({"username": "alice", "ip": "192.0.2.66", "port": 1, "device": device.id});
    world.done("/submit-info", &alice, eves.clone()).await;
    let body = device.submission("bob", &card);
    world.done("/submit-info", &bob, body).await;
    let peers = world.peers(&alice, json!({})).await;
    assert_eq!(peers.len(), 1, "{peers:?}");
    assert_eq!(peers[0]["username"], "bob");
    let refused = world.post("/submit-info", &alice, eves).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.body["message"], "This device is another user's.");
    assert_eq!(world.peers(&alice, json!({})).await, peers);
    world.stop().await;
}
