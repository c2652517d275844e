//! The calls' shapes and statuses, as tables.

use hyper::Method;
use serde_json::{Value, json};

use super::harness::{Device, World, in_seconds};

/// The status of a POST, and a part of its message.
async fn check(world: &World, path: &str, token: &str, body: Value, status: u16, part: &str) {
    let answered = world.post(path, token, body.clone()).await;
    let told = format!("{path} {body}: {answered:?}");
    assert_eq!(answered.status, status, "{told}");
    assert_eq!(answered.body["status"], "failed", "{told}");
    let message = answered.body["message"].as_str().expect(&told);
    assert!(message.contains(part), "{told}");
}

#[tokio::test]
async fn a_password_makes_a_token() {
    let world = World::start().await;
    let login = async |body: &str| world.call(Method::POST, "/login", None, body).await;
    let answered = login(r#"{"username":"Alice","password":"alice-pw"}"#).await;
    assert_eq!(answered.status, 200);
    assert_eq!(answered.body["status"], "success");
    let token = answered.body["token"].as_str().unwrap();
    assert_eq!(token.len(), 43);
    assert_eq!(answered.body.as_object().unwrap().len(), 2);
    let body = json!({"username": "alice", "ip": "192.0.2.7", "port": 4000, "channels": []});
    world.done("/submit-info", token, body).await;

    let wrong = json!({"status": "failed", "message": "Invalid credentials"});
    for body in [
        r#"{"username":"alice","password":"bob-pw"}"#,
        r#"{"username":"alice","password":""}"#,
        r#"{"username":"nobody","password":"x"}"#,
        r#"{"username":"no body","password":"x"}"#,
    ] {
        let answered = login(body).await;
        assert_eq!((answered.status, &answered.body), (401, &wrong), "{body}");
    }
    for body in [
        "",
        "nonsense",
        "[]",
        r#"{"username":"alice"}"#,
        r#"{"password":"x"}"#,
        r#"{"username":1,"password":"x"}"#,
    ] {
        assert_eq!(login(body).await.status, 400, "{body}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_room_server_that_is_away_is_named() {
    use parlor_tracker::AuthorityError::{RateLimited, Unavailable};
    let world = World::start().await;
    let body = r#"{"username":"alice","password":"alice-pw"}"#;
    for (error, status, part) in [
        (Unavailable("it is down".into()), 503, "room server"),
        (RateLimited { seconds: 7.0 }, 429, "7 s"),
    ] {
        *world.server.failing.lock().unwrap() = Some(error);
        let answered = world.call(Method::POST, "/login", None, body).await;
        assert_eq!(answered.status, status);
        assert_eq!(answered.body["status"], "failed");
        let message = answered.body["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    }
    *world.server.known.lock().unwrap() = false;
    let token = world.server.token("alice");
    check(&world, "/get-list", &token, json!({}), 503, "room server").await;
    world.stop().await;
}

#[tokio::test]
async fn wrong_tokens() {
    let world = World::start().await;
    let good = world.server.token("alice");
    let over = world.server.token_until("alice", in_seconds(-1));
    let (body, signature) = good.split_once('.').unwrap();
    let others = world.server.token("bob");
    let stranger = World::start().await;
    let tokens = [
        String::new(),
        "nonsense".into(),
        "A".repeat(43),
        ".".into(),
        over,
        format!("{body}."),
        format!("{}.{signature}", others.split_once('.').unwrap().0),
        stranger.server.token("alice"),
        "x".repeat(5_000),
    ];
    for path in ["/submit-info", "/add-list", "/get-list", "/leave"] {
        let answered = world.call(Method::POST, path, None, "{}").await;
        assert_eq!(answered.status, 401, "{path}");
        for token in &tokens {
            check(&world, path, token, json!({}), 401, "oken").await;
        }
    }
    world.server.barred.lock().unwrap().insert("alice".into());
    check(&world, "/get-list", &good, json!({}), 401, "user").await;
    stranger.stop().await;
    world.stop().await;
}

#[tokio::test]
async fn a_token_speaks_for_its_own_username() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    let peer = |username: &str| json!({"username": username, "port": 4000, "channel": "x"});
    for path in ["/submit-info", "/add-list", "/leave"] {
        check(&world, path, &alice, peer("bob"), 403, "another").await;
        check(&world, path, &alice, peer(""), 403, "another").await;
        check(&world, path, &alice, json!({}), 400, "username").await;
        check(
            &world,
            path,
            &alice,
            json!({"username": 5}),
            400,
            "username",
        )
        .await;
        world.done(path, &alice, peer("ALICE")).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_wrong_in_a_submission_is_named() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    let with = |key: &str, value: Value| {
        let mut body = json!({"username": "alice", "ip": "192.0.2.7", "port": 4000});
        body[key] = value;
        body
    };
    for ip in [
        json!("nowhere"),
        json!("256.0.0.1"),
        json!(""),
        json!(7),
        json!("0.0.0.0"),
        json!("224.0.0.1"),
        json!("192.0.2.7:80"),
    ] {
        check(&world, "/submit-info", &alice, with("ip", ip), 400, "ip").await;
    }
    for port in [
        Value::Null,
        json!(0),
        json!(-1),
        json!(65_536),
        json!("4000"),
        json!(40.5),
        json!(true),
    ] {
        check(
            &world,
            "/submit-info",
            &alice,
            with("port", port),
            400,
            "port",
        )
        .await;
    }
    for channels in [
        json!("x"),
        json!([1]),
        json!([""]),
        json!(["a b"]),
        json!({}),
    ] {
        let body = with("channels", channels);
        check(&world, "/submit-info", &alice, body, 400, "channels").await;
    }
    let many: Vec<String> = (0..65).map(|n| n.to_string()).collect();
    let body = with("channels", json!(many));
    check(&world, "/submit-info", &alice, body, 400, "64 at the most").await;
    for (key, value) in [
        ("device", json!("A0")),
        ("device", json!(5)),
        ("hidden", json!("yes")),
    ] {
        check(&world, "/submit-info", &alice, with(key, value), 400, key).await;
    }
    for (path, body) in [
        ("/add-list", json!({"username": "alice"})),
        ("/add-list", json!({"username": "alice", "channel": ""})),
        ("/leave", json!({"username": "alice", "channel": 5})),
        ("/get-list", json!({"channel": ["x"]})),
    ] {
        check(&world, path, &alice, body, 400, "channel").await;
    }
    let leave = json!({"username": "alice", "device": "x"});
    check(&world, "/leave", &alice, leave, 400, "device").await;
    assert_eq!(world.handle.counts().peers, 0);
    world.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    for path in ["/submit-info", "/add-list", "/get-list", "/leave", "/login"] {
        for body in [
            "{",
            "nonsense",
            "[]",
            "5",
            "{\"username\":\"alice\",}",
            "\"x\"",
        ] {
            let answered = world.call(Method::POST, path, Some(&alice), body).await;
            assert_eq!(answered.status, 400, "{path} {body}: {answered:?}");
        }
    }
    let answered = world
        .call(Method::GET, "/get-list", Some(&alice), "nonsense")
        .await;
    assert_eq!(answered.status, 400);
    world.stop().await;
}

#[tokio::test]
async fn paths_and_methods() {
    let world = World::start().await;
    for path in ["/", "/login/", "/nothing", "/Login", "/generate_204"] {
        for method in [Method::GET, Method::POST] {
            let answered = world.call(method, path, None, "").await;
            assert_eq!(answered.status, 404, "{path}");
            assert_eq!(answered.body["status"], "failed");
        }
    }
    for (path, right) in [
        ("/login", "POST"),
        ("/submit-info", "POST"),
        ("/add-list", "POST"),
        ("/leave", "POST"),
        ("/get-list", "GET, POST"),
        ("/info", "GET"),
        ("/healthz", "GET"),
        ("/ping", "GET"),
        ("/relay", "GET"),
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            if right.contains(method.as_str()) {
                continue;
            }
            let answered = world.call(method.clone(), path, None, "").await;
            assert_eq!(answered.status, 405, "{method} {path}");
            let message = answered.body["message"].as_str().unwrap();
            assert!(message.contains(right), "{message}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn what_anybody_may_ask() {
    let world = World::start().await;
    let info = world.call(Method::GET, "/info", None, "").await;
    let expected = json!({
        "status": "success", "tracker": "Parlor tracker", "udp_port": world.address.port(),
    });
    assert_eq!((info.status, info.body), (200, expected));
    let health = world.call(Method::GET, "/healthz", None, "").await;
    assert_eq!((health.status, health.body), (200, json!({"status": "ok"})));
    world.stop().await;
}

#[tokio::test]
async fn cards_that_do_not_hold() {
    let world = World::start().await;
    let alice = world.server.token("alice");
    let (device, other) = (Device::of("alice"), Device::of("alice"));
    let until = in_seconds(3_600);
    let good = world.server.vouch(&device.card, until);
    let submit = |card| device.submission("alice", card);
    let check_card = async |body, status, part| {
        check(&world, "/submit-info", &alice, body, status, part).await;
    };

    let mut wrong = good.clone();
    wrong.device_sig = other.card.device_sig;
    check_card(submit(&wrong), 403, "device's signature").await;
    let mut wrong = good.clone();
    wrong.server_sig = wrong.device_sig;
    check_card(submit(&wrong), 403, "server's signature").await;
    let mut wrong = good.clone();
    wrong.until = in_seconds(7_200);
    check_card(submit(&wrong), 403, "server's signature").await;
    let over = world.server.vouch(&device.card, in_seconds(-1));
    check_card(submit(&over), 403, "over").await;
    let others = world.server.vouch(&other.card, until);
    check_card(submit(&others), 403, "another device's").await;
    let bobs = Device::of("bob");
    let body = bobs.submission("alice", &world.server.vouch(&bobs.card, until));
    check_card(body, 403, "another user's").await;
    for key in ["card", "device_sig", "server_sig", "until", "device"] {
        let mut body = submit(&good);
        body.as_object_mut().unwrap().remove(key);
        check_card(body, 400, key).await;
        let mut body = submit(&good);
        body[key] = json!("nonsense");
        check_card(body, 400, key).await;
    }
    world.server.revoked.lock().unwrap().insert(device.id);
    check_card(submit(&good), 403, "ended").await;
    world.server.revoked.lock().unwrap().clear();
    world.done("/submit-info", &alice, submit(&good)).await;
    world.stop().await;
}
