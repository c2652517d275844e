//! Registering, signing in, and what the door refuses.

use parlor_protocol::{RegisterPolicy, Role};
use serde_json::{Value, json};

use super::harness::{PASSWORD, TestServer};
use crate::config::SessionPolicy;
use crate::storage::{Deed, NewAudit, Origin};

#[tokio::test]
async fn two_people_register_and_talk() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("Bob").await;
    let seq = alice.say("general", "Chào cả nhà").await;
    let heard = bob.until("message").await;
    assert_eq!(heard["text"], "Chào cả nhà");
    assert_eq!(heard["from"], "alice");
    assert_eq!(heard["seq"], seq);
    let own = alice.until("message").await;
    assert_eq!(own["seq"], seq);
    let history = bob.ask(json!({"type":"history","room":"general"})).await;
    assert_eq!(history["messages"][0]["text"], "Chào cả nhà");
}

#[tokio::test]
async fn a_password_opens_a_session_and_a_token_opens_it_again() {
    let server = TestServer::start().await;
    let first = server.user("alice").await;
    let mut second = server.connect().await;
    let session = second
        .ask(json!({"type":"login","username":"ALICE","password":PASSWORD,"label":"phone"}))
        .await;
    assert_eq!(session["type"], "session");
    assert_ne!(session["token"], first.token);
    let rooms: Vec<&str> = session["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|room| room["room"].as_str().unwrap())
        .collect();
    assert_eq!(rooms, ["broadcast", "general"]);
    let (mut third, _) = server.resume(&first.token, json!({})).await;
    let sessions = third.ask(json!({"type":"sessions"})).await;
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(sessions["sessions"][0]["current"], true);
    // After a restart both tokens still open.
    let token = session["token"].as_str().unwrap().to_owned();
    let server = server.restart().await;
    let (_, session) = server.resume(&token, json!({})).await;
    assert_eq!(session["user"]["username"], "alice");
}

#[tokio::test]
async fn registering_refuses_what_breaks_the_rules() {
    let server = TestServer::start().await;
    server.user("alice").await;
    let mut door = server.connect().await;
    let base = json!({"type":"register","username":"bob","password":PASSWORD});
    let with = |member: &str, value: Value| {
        let mut line = base.clone();
        line[member] = value;
        line
    };
    for (member, value, code) in [
        ("username", json!("Alice"), "username_taken"),
        ("username", json!("_bob"), "bad_username"),
        ("username", json!("böb"), "bad_username"),
        ("username", json!(""), "bad_username"),
        ("username", json!("guest-ab12cd34"), "bad_username"),
        ("password", json!("x".repeat(1_025)), "bad_request"),
        ("name", json!(""), "bad_request"),
        ("name", json!("two\nlines"), "bad_request"),
        ("label", json!("x".repeat(65)), "bad_request"),
        ("invite", json!("guess"), "bad_invite"),
    ] {
        assert_eq!(
            door.refused(with(member, value.clone())).await,
            code,
            "{member}: {value}"
        );
    }
    let weak = door.expect("error", with("password", json!("short"))).await;
    assert_eq!(weak["code"], "weak_password");
    assert!(!weak["rules"].as_array().unwrap().is_empty());
    let session = door.expect("session", with("name", json!("陈雨桐"))).await;
    assert_eq!(session["user"]["name"], "陈雨桐");
    assert_eq!(
        door.refused(with("username", json!("carol"))).await,
        "bad_request"
    );
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_look_the_same() {
    let server = TestServer::start().await;
    server.user("alice").await;
    let mut door = server.connect().await;
    let mut texts = Vec::new();
    for (username, password) in [("alice", "wrong"), ("nobody", PASSWORD), ("!", PASSWORD)] {
        let line = json!({"type":"login","username":username,"password":password});
        let answer = door.expect("error", line).await;
        assert_eq!(answer["code"], "bad_credentials");
        texts.push(answer["message"].clone());
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn before_a_session_nothing_else_is_answered() {
    let server = TestServer::start().await;
    let mut door = server.connect().await;
    let (sig, key) = ("A".repeat(86), "A".repeat(43));
    for kind in parlor_protocol::Request::TYPES {
        let line = json!({
            "card": "x", "device_sig": sig, "fallback_key": {"key": key, "sig": sig},
            "device": "ab".repeat(32), "to": "x", "body": "AA", "ns": [1],
            "type": kind, "username": "x", "password": PASSWORD, "nickname": "x", "room": "general",
            "text": "x", "nonce": "n", "target": 1, "emoji": "👍", "on": true, "query": "x", "seq": 1,
            "old": "x", "new": "x", "session": "1", "file": "x", "reason": "x", "topic": "x", "notify": "all",
            "presence": match *kind { "presence" => "away", _ => "online" }, "role": "member",
        });
        if ["register", "login", "guest", "resume"].contains(kind) {
            continue;
        }
        assert_eq!(door.refused(line).await, "not_signed_in", "{kind}");
    }
    assert_eq!(door.refused(json!({"type":"resume"})).await, "bad_request");
    assert_eq!(
        door.refused(json!({"type":"resume","token":"x"})).await,
        "bad_token"
    );
    assert_eq!(
        door.refused(json!({"type":"guest","nickname":"x"})).await,
        "guests_not_allowed"
    );
}

#[tokio::test]
async fn a_closed_server_opens_to_its_owner_alone() {
    let server = TestServer::with(|config| config.register = RegisterPolicy::Closed).await;
    let code = crate::first_start::owner_code(&*server.state.storage, crate::clock::now());
    let code = code.await.unwrap().unwrap();
    let register = |name: &str, invite: Value| json!({"type":"register","username":name,"password":PASSWORD,"invite":invite});
    let mut door = server.connect().await;
    assert_eq!(
        door.refused(register("bob", Value::Null)).await,
        "registration_closed"
    );
    assert_eq!(
        door.refused(register("bob", json!("guess"))).await,
        "registration_closed"
    );
    let session = door.expect("session", register("olga", json!(code))).await;
    assert_eq!(session["user"]["role"], "owner");
    // It works once; an ordinary invite does not open a closed server.
    let invite = door.expect("invite", json!({"type":"create_invite"})).await;
    let link: parlor_certs::Link = invite["link"].as_str().unwrap().parse().unwrap();
    let mut next = server.connect().await;
    for code in [json!(code), json!(link.invite.unwrap())] {
        assert_eq!(
            next.refused(register("bob", code)).await,
            "registration_closed"
        );
    }
}

#[tokio::test]
async fn a_guest_is_gone_with_the_session() {
    let server = TestServer::with(|config| config.guests = true).await;
    let mut alice = server.user("alice").await;
    let mut guest = server.connect().await;
    let nameless = json!({"type":"guest","nickname":""});
    assert_eq!(guest.refused(nameless).await, "bad_request");
    let session = guest
        .expect("session", json!({"type":"guest","nickname":"Carol"}))
        .await;
    let username = session["user"]["username"].as_str().unwrap().to_owned();
    assert!(parlor_protocol::names::is_guest(&username));
    assert_eq!(
        (&session["user"]["name"], &session["user"]["role"]),
        (&json!("Carol"), &json!("guest"))
    );
    guest.say("general", "hello").await;
    assert_eq!(alice.until("joined").await["username"], json!(username));
    assert_eq!(alice.until("message").await["name"], "Carol");
    guest.expect("bye", json!({"type":"logout"})).await;
    assert_eq!(alice.until("left").await["username"], json!(username));
    let users = alice.expect("users", json!({"type":"users"})).await;
    assert_eq!(users["users"].as_array().unwrap().len(), 1);
    let history = alice
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    assert_eq!(history["messages"][0]["from"], json!(username));
    // Gone after a restart, too, when it was cut off with the server.
    let mut other = server.connect().await;
    other
        .expect("session", json!({"type":"guest","nickname":"Dave"}))
        .await;
    let server = server.restart().await;
    let (mut alice, session) = server.resume(&alice.token, json!({})).await;
    assert_eq!(
        session["users"].as_array().unwrap().len(),
        2,
        "its session lives on"
    );
    alice.expect("pong", json!({"type":"ping"})).await;
}

#[tokio::test]
async fn one_session_a_user_where_the_server_says_so() {
    let login = json!({"type":"login","username":"alice","password":PASSWORD});
    let server = TestServer::with(|config| config.sessions.policy = SessionPolicy::Refuse).await;
    let mut first = server.user("alice").await;
    let mut second = server.connect().await;
    assert_eq!(second.refused(login.clone()).await, "already_online");
    first.expect("bye", json!({"type":"logout"})).await;
    first.rest().await;
    second.expect("session", login.clone()).await;

    let server = TestServer::with(|config| config.sessions.policy = SessionPolicy::TakeOver).await;
    let mut first = server.user("alice").await;
    let mut second = server.connect().await;
    second.expect("session", login).await;
    assert_eq!(first.rest().await.pop().unwrap()["code"], "bad_token");
}

#[tokio::test]
async fn the_command_line_reaches_a_running_server() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let perform = async |deed: Deed| {
        let audit = NewAudit::default();
        server
            .state
            .storage
            .perform(deed, audit, Origin::CommandLine)
            .await
            .unwrap();
    };
    let id = server
        .state
        .directory
        .read(|t| t.by_username("alice").unwrap().record.id);
    perform(Deed::SetRole {
        user: id,
        role: Role::Admin,
    })
    .await;
    // She was told of as a new user before.
    loop {
        let user = bob.until("user").await;
        if user["username"] == "alice" && user["role"] == "admin" {
            break;
        }
    }
    alice.expect("audit", json!({"type":"audit"})).await;
    perform(Deed::SetDisabled {
        user: id,
        disabled: true,
    })
    .await;
    assert_eq!(alice.rest().await.pop().unwrap()["code"], "bad_token");
    let mut door = server.connect().await;
    let login = json!({"type":"login","username":"alice","password":PASSWORD});
    assert_eq!(door.refused(login).await, "bad_credentials");
}
