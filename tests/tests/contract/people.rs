//! Section 2.5: people and sessions.

use std::time::{Duration, Instant};

use parlor_tests::parlord::Parlord;
use parlor_tests::shape::{USER, all_fit, fits};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

#[test]
fn everybody_is_listed_by_pages() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    for name in ["bob", "carol", "dave"] {
        Wire::register(&server, name);
    }
    let page = alice.get("users", json!({"type": "users", "limit": 2}));
    fits(&page, "re:n users:a more:b");
    all_fit(&page["users"], USER);
    let names = |page: &Value| -> Vec<String> {
        page["users"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|u| u["username"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(
        (names(&page), &page["more"]),
        (vec!["alice".to_owned(), "bob".to_owned()], &json!(true))
    );
    let rest = alice.get("users", json!({"type": "users", "after": "bob"}));
    assert_eq!(
        (names(&rest), &rest["more"]),
        (vec!["carol".to_owned(), "dave".to_owned()], &json!(false))
    );
}

#[test]
fn a_profile_is_told_to_who_shares_a_room() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let answer = alice.get(
        "user",
        json!({"type": "profile", "name": "Ngô Alice", "status": "In the lab"}),
    );
    fits(&answer, USER);
    let told = bob.event_where("the new name", |e| {
        e["type"] == "user" && e["username"] == "alice"
    });
    fits(&told, USER);
    assert!(told.get("re").is_none());
    assert_eq!(
        (&told["name"], &told["status"]),
        (&json!("Ngô Alice"), &json!("In the lab"))
    );
    let kept = alice.get("user", json!({"type": "profile", "status": ""}));
    assert_eq!(
        (&kept["name"], &kept["status"]),
        (&json!("Ngô Alice"), &json!(""))
    );
    bob.send("general", "x");
    alice.send("general", "by the new name");
    let event = bob.event_where("alice's message", |e| e["from"] == "alice");
    assert_eq!(event["name"], "Ngô Alice");
    assert_eq!(
        Wire::login(&server, "alice").session["user"]["name"],
        "Ngô Alice"
    );
}

#[test]
fn the_most_present_connection_counts() {
    let server = Parlord::open();
    let mut bob = Wire::register(&server, "bob");
    let mut alice = Wire::register(&server, "alice");
    let mut other = Wire::login(&server, "alice");
    let seen = |bob: &mut Wire, expected: &str| {
        bob.event_where(expected, |e| {
            e["type"] == "presence" && e["changes"]["alice"] == expected
        })
    };
    fits(&seen(&mut bob, "online"), "changes:o");
    alice.get("done", json!({"type": "presence", "presence": "away"}));
    other.get("done", json!({"type": "presence", "presence": "away"}));
    seen(&mut bob, "away");
    other.get("done", json!({"type": "presence", "presence": "online"}));
    seen(&mut bob, "online");
    drop(other);
    seen(&mut bob, "away");
    drop(alice);
    seen(&mut bob, "offline");
    let users = bob.get("users", json!({"type": "users"}));
    let alice = users["users"]
        .as_array()
        .and_then(|u| u.iter().find(|u| u["username"] == "alice"))
        .expect("listed");
    assert_eq!(alice["presence"], "offline");
    bob.refused(
        "bad_request",
        json!({"type": "presence", "presence": "offline"}),
    );
}

#[test]
fn presence_is_gathered() {
    let server = Parlord::open();
    let mut bob = Wire::register(&server, "bob");
    bob.heard();
    let start = Instant::now();
    let crowd: Vec<Wire> = (0..12)
        .map(|n| Wire::register(&server, &format!("u{n}")))
        .collect();
    let mut waiting: Vec<String> = crowd.iter().map(Wire::username).collect();
    let mut lines = 0;
    while !waiting.is_empty() {
        let changes = bob.event("presence")["changes"].clone();
        lines += 1;
        waiting.retain(|name| changes[name] != "online");
    }
    let seconds = start.elapsed().as_secs() + 2;
    assert!(lines <= seconds, "{lines} lines of presence in {seconds} s");
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut other = Wire::login(&server, "alice");
    alice.refused(
        "bad_credentials",
        json!({"type": "change_password", "old": "wrong", "new": "quite-another-55-path"}),
    );
    let weak = alice.refused(
        "weak_password",
        json!({"type": "change_password", "old": PASSWORD, "new": "x"}),
    );
    assert!(
        weak["rules"]
            .as_array()
            .is_some_and(|rules| !rules.is_empty()),
        "{weak}"
    );
    assert!(other.is_alive());
    alice.get(
        "done",
        json!({"type": "change_password", "old": PASSWORD, "new": "quite-another-55-path"}),
    );
    other.ended();
    assert!(alice.is_alive());
    let mut raw = server.dial();
    raw.welcome();
    raw.say(&json!({"type": "resume", "token": other.token()}));
    raw.error("bad_token");
    raw.say(&json!({"type": "login", "username": "alice", "password": PASSWORD}));
    raw.error("bad_credentials");
    raw.say(&json!({"type": "login", "username": "alice", "password": "quite-another-55-path"}));
    assert_eq!(raw.line()["type"], "session");
}

#[test]
fn sessions_are_listed_and_ended() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let mut phone = Wire::open(
        server.dial(),
        json!({"type": "login", "username": "alice", "password": PASSWORD, "label": "phone"}),
    );
    let listed = alice.get("sessions", json!({"type": "sessions"}));
    all_fit(
        &listed["sessions"],
        "session:s label:s address:s created:t seen:t current:b",
    );
    let sessions = listed["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|s| s["current"] == true).count(), 1);
    assert!(
        !listed.to_string().contains(&alice.token()),
        "a list tells no token"
    );
    let of_phone = sessions
        .iter()
        .find(|s| s["label"] == "phone")
        .expect("its label");
    assert_eq!(of_phone["address"], "127.0.0.1");
    let mut bob = Wire::register(&server, "bob");
    let foreign = bob.ask(json!({"type": "end_session", "session": of_phone["session"]}));
    assert_eq!(
        foreign["type"], "error",
        "another's session cannot be ended: {foreign}"
    );
    assert!(phone.is_alive());
    alice.get(
        "done",
        json!({"type": "end_session", "session": of_phone["session"]}),
    );
    phone.ended();
    assert!(alice.is_alive());
    let answer = alice.ask(json!({"type": "end_session", "session": "nonsense"}));
    assert_eq!(answer["type"], "error", "{answer}");
}

#[test]
fn a_ping_is_answered() {
    let server = Parlord::open();
    let mut alice = Wire::register(&server, "alice");
    let start = Instant::now();
    let pong = alice.get("pong", json!({"type": "ping"}));
    fits(&pong, "re:n");
    assert!(start.elapsed() < Duration::from_secs(5));
}
