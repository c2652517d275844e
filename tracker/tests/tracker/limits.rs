//! Bounds on sizes, numbers and rates.

use hyper::Method;
use parlor_tracker::settings::Rate;
use serde_json::json;

use super::harness::{Device, World};

#[tokio::test]
async fn a_body_has_a_bound() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    for path in ["/submit-info", "/login", "/nothing"] {
        let body = format!("{{\"username\":\"{}\"}}", "x".repeat(1 << 20));
        let answered = world.call(Method::POST, path, Some(&alice), &body).await;
        assert_eq!(answered.status, 413, "{path}");
        assert_eq!(answered.body["status"], "failed");
    }
    let body = json!({"username": "alice", "port": 1, "ignored": "x".repeat(30_000)});
    world.done("/submit-info", &alice, body).await;
    world.stop().await;
}

#[tokio::test]
async fn a_user_has_so_many_entries_and_channels() {
    let world = World::start_with(|settings| {
        settings.rate_limits = false;
        settings.limits.entries_per_user = 2;
        settings.limits.entries = 3;
        settings.limits.channels = 2;
    })
    .await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    let submit = async |token: &str, username: &str, device: &Device| {
        let body = json!({"username": username, "port": 1, "device": device.id});
        world.post("/submit-info", token, body).await.status
    };
    let devices: Vec<_> = (0..3).map(|_| Device::of("alice")).collect();
    assert_eq!(submit(&alice, "alice", &devices[0]).await, 200);
    assert_eq!(submit(&alice, "alice", &devices[1]).await, 200);
    assert_eq!(submit(&alice, "alice", &devices[2]).await, 429);
    assert_eq!(submit(&alice, "alice", &devices[1]).await, 200);
    assert_eq!(submit(&bob, "bob", &devices[0]).await, 200);
    assert_eq!(submit(&bob, "bob", &devices[1]).await, 503);
    let join = async |channel: &str| {
        let body = json!({"username": "alice", "channel": channel});
        world.post("/add-list", &alice, body).await.status
    };
    assert_eq!(join("a").await, 200);
    assert_eq!(join("b").await, 200);
    assert_eq!(join("c").await, 429);
    assert_eq!(join("a").await, 200);
    world.stop().await;
}

#[tokio::test]
async fn who_calls_too_often_waits() {
    let world = World::start_with(|settings| {
        settings.rates.user_calls = Rate::new(0.01, 3.0);
        settings.rates.passwords = Rate::new(0.01, 2.0);
        settings.rates.calls = Rate::new(0.01, 12.0);
    })
    .await;
    let (alice, bob) = (world.server.token("alice"), world.server.token("bob"));
    let list = async |token: &str| world.post("/get-list", token, json!({})).await;
    for _ in 0..3 {
        assert_eq!(list(&alice).await.status, 200);
    }
    let answered = list(&alice).await;
    assert_eq!(answered.status, 429);
    assert_eq!(answered.body["status"], "failed");
    let message = answered.body["message"].as_str().unwrap();
    assert!(message.contains("Try again in"), "{message}");
    assert_eq!(list(&bob).await.status, 200);

    let login = async |username: &str| {
        let body = json!({"username": username, "password": "x"}).to_string();
        world.call(Method::POST, "/login", None, &body).await.status
    };
    assert_eq!(login("carol").await, 401);
    assert_eq!(login("CAROL").await, 401);
    assert_eq!(login("carol").await, 429);
    assert_eq!(login("dave").await, 401);
    let asked = world.server.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked.iter().all(|(_, from)| from.is_loopback()));

    for _ in 0..3 {
        let info = world.call(Method::GET, "/info", None, "").await;
        assert_eq!(info.status, 200);
    }
    let info = world.call(Method::GET, "/info", None, "").await;
    assert_eq!(info.status, 429);
    let health = world.call(Method::GET, "/healthz", None, "").await;
    assert_eq!(health.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn what_can_be_nobodys_name_is_refused_and_not_remembered() {
    let world = World::start_with(|settings| {
        settings.rates.logins = Rate::new(0.01, 5.0);
        settings.rates.passwords = Rate::new(0.01, 1.0);
    })
    .await;
    let login = async |username: &str| {
        let body = json!({"username": username, "password": "x"}).to_string();
        world.call(Method::POST, "/login", None, &body).await
    };
    let long = "x".repeat(30_000);
    for username in [&*long, &*long, "not a name", ""] {
        let answered = login(username).await;
        assert_eq!(answered.status, 401);
        assert_eq!(answered.body["message"], "Invalid credentials");
    }
    assert_eq!(login("carol").await.status, 401);
    // The address has tried enough.
    assert_eq!(login(&long).await.status, 429);
    let asked = world.server.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "{asked:?}");
    world.stop().await;
}

#[tokio::test]
async fn metrics_are_for_who_has_their_token() {
    let token = "metrics-token-123";
    let world = World::start_with(|settings| settings.metrics.token = Some(token.into())).await;
    let without = World::start().await;
    let ask = async |world: &World, token: Option<&str>| {
        world.call(Method::GET, "/metrics", token, "").await.status
    };
    assert_eq!(ask(&without, Some(token)).await, 404);
    assert_eq!(ask(&world, None).await, 401);
    assert_eq!(ask(&world, Some("metrics-token-124")).await, 401);
    let alice = world.server.token("alice");
    let body = json!({"username": "alice", "port": 1, "channels": ["x"]});
    world.done("/submit-info", &alice, body).await;
    let request = hyper::Request::get("/metrics")
        .header("host", "x")
        .header("authorization", format!("Bearer {token}"))
        .body(Default::default())
        .unwrap();
    let response = world.request(request).await;
    assert_eq!(response.status(), 200);
    let text = std::str::from_utf8(response.body()).unwrap();
    for line in [
        "parlor_tracker_peers 1",
        "parlor_tracker_channels 1",
        "parlor_tracker_relayed_devices 0",
        "parlor_tracker_http_requests_total{code=\"2xx\"} 1",
        "parlor_tracker_http_requests_total{code=\"4xx\"} 2",
        "# TYPE parlor_tracker_relay_bytes_total counter",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
    without.stop().await;
    world.stop().await;
}
