//! Profiles, presence, typing, sessions and passwords.

use serde_json::{Value, json};

use super::harness::{PASSWORD, TestServer};

#[tokio::test]
async fn a_profile_reaches_everybody() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let change = json!({"type":"profile","name":"陈雨桐","status":"In the lab until 6"});
    let answer = alice.expect("user", change).await;
    assert_eq!(
        (&answer["name"], &answer["status"]),
        (&json!("陈雨桐"), &json!("In the lab until 6"))
    );
    let told = bob.until("user").await;
    assert_eq!(
        (&told["username"], &told["name"]),
        (&json!("alice"), &json!("陈雨桐"))
    );
    alice.say("general", "hi").await;
    assert_eq!(bob.until("message").await["name"], "陈雨桐");
    // What is not given stays.
    let answer = alice
        .expect("user", json!({"type":"profile","status":""}))
        .await;
    assert_eq!(
        (&answer["name"], &answer["status"]),
        (&json!("陈雨桐"), &json!(""))
    );
    for (member, value) in [
        ("name", "x".repeat(65)),
        ("name", "  ".into()),
        ("name", "evil\u{202E}name".into()),
        ("status", "x".repeat(141)),
        ("status", "two\nlines".into()),
    ] {
        let mut change = json!({"type":"profile"});
        change[member] = json!(value);
        let answer = alice.expect("error", change).await;
        assert_eq!(answer["code"], "bad_request");
        assert!(answer["message"].as_str().unwrap().starts_with(member));
    }
}

#[tokio::test]
async fn presence_is_gathered_and_the_most_present_connection_counts() {
    let server = TestServer::start().await;
    let mut watcher = server.user("watcher").await;
    watcher.watches_presence = true;
    let mut alice = server.user("alice").await;
    let (mut second, _) = server.resume(&alice.token.clone(), json!({})).await;
    let presence = async |watcher: &mut super::harness::Client| loop {
        let line = watcher.until("presence").await;
        if let Some(word) = line["changes"]["alice"].as_str() {
            return word.to_owned();
        }
    };
    assert_eq!(presence(&mut watcher).await, "online");
    alice
        .expect("done", json!({"type":"presence","presence":"away"}))
        .await;
    second
        .expect("done", json!({"type":"presence","presence":"away"}))
        .await;
    assert_eq!(presence(&mut watcher).await, "away");
    // One of two goes: nothing changes. Then the other goes.
    drop(second);
    alice
        .expect("done", json!({"type":"presence","presence":"online"}))
        .await;
    assert_eq!(presence(&mut watcher).await, "online");
    let offline = json!({"type":"presence","presence":"offline"});
    assert_eq!(alice.refused(offline).await, "bad_request");
    drop(alice);
    assert_eq!(presence(&mut watcher).await, "offline");
    let users = watcher.expect("users", json!({"type":"users"})).await;
    assert_eq!(users["users"][0]["presence"], "offline");
}

#[tokio::test]
async fn who_is_there_comes_first_in_the_snapshot() {
    let server = TestServer::start().await;
    drop(server.user("aaron").await);
    let mut zoe = server.user("zoe").await;
    zoe.settled().await;
    while server
        .state
        .directory
        .read(|t| t.by_username("aaron").unwrap().endpoints().count())
        > 0
    {
        tokio::task::yield_now().await;
    }
    let (_, session) = server.resume(&zoe.token, json!({})).await;
    let names: Vec<&Value> = session["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| &u["username"])
        .collect();
    assert_eq!(names, ["zoe", "aaron"]);
    assert_eq!(session["user"]["presence"], "online");
}

#[tokio::test]
async fn typing_reaches_the_other_members_once() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    alice.settled().await;
    for _ in 0..3 {
        alice.send(json!({"type":"typing","room":"general"})).await;
    }
    let lines = alice.settled().await;
    assert!(
        lines.iter().all(|line| line["type"] != "typing"),
        "no answer, and not to oneself"
    );
    alice.say("general", "done typing").await;
    let mut told = Vec::new();
    loop {
        let line = bob.next().await;
        if line["type"] == "message" {
            break;
        }
        if line["type"] == "typing" {
            told.push(line);
        }
    }
    assert_eq!(
        told,
        [json!({"type":"typing","room":"general","username":"alice"})]
    );
}

#[tokio::test]
async fn a_session_that_is_ended_elsewhere_ends_at_once() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut phone = server.connect().await;
    let login = json!({"type":"login","username":"alice","password":PASSWORD,"label":"phone"});
    let token = phone.expect("session", login).await["token"].clone();
    let sessions = alice.expect("sessions", json!({"type":"sessions"})).await;
    let entry = sessions["sessions"][1].clone();
    assert_eq!(
        (&entry["label"], &entry["current"], &entry["address"]),
        (&json!("phone"), &json!(false), &json!("192.0.2.7"))
    );
    let end = json!({"type":"end_session","session":entry["session"]});
    alice.expect("done", end.clone()).await;
    let last = phone.rest().await.pop().unwrap();
    assert_eq!(last["code"], "bad_token");
    let mut again = server.connect().await;
    assert_eq!(
        again.refused(json!({"type":"resume","token":token})).await,
        "bad_token"
    );
    assert_eq!(alice.refused(end).await, "bad_request");
    let mut bob = server.user("bob").await;
    let own = alice.expect("sessions", json!({"type":"sessions"})).await["sessions"][0]["session"]
        .clone();
    let end = json!({"type":"end_session","session":own});
    assert_eq!(
        bob.refused(end.clone()).await,
        "bad_request",
        "another's session"
    );
    let id = alice.send(end).await;
    assert_eq!(alice.answer(id).await["type"], "done");
    alice.rest().await;
}

#[tokio::test]
async fn a_new_password_ends_ones_other_sessions() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut phone = server.connect().await;
    let login = json!({"type":"login","username":"alice","password":PASSWORD});
    phone.expect("session", login.clone()).await;
    let change = |old: &str, new: &str| json!({"type":"change_password","old":old,"new":new});
    assert_eq!(
        alice.refused(change("wrong", "wrong donkey socket")).await,
        "bad_credentials"
    );
    let weak = alice.expect("error", change(PASSWORD, "short")).await;
    assert_eq!(weak["code"], "weak_password");
    assert!(!weak["rules"].as_array().unwrap().is_empty());
    alice
        .expect("done", change(PASSWORD, "wrong donkey socket"))
        .await;
    assert_eq!(phone.rest().await.pop().unwrap()["code"], "bad_token");
    let mut again = server.connect().await;
    assert_eq!(again.refused(login).await, "bad_credentials");
    let login = json!({"type":"login","username":"alice","password":"wrong donkey socket"});
    again.expect("session", login).await;
    alice.expect("pong", json!({"type":"ping"})).await;
}

#[tokio::test]
async fn logout_ends_every_connection_of_the_session() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let token = alice.token.clone();
    let (mut second, _) = server.resume(&token, json!({})).await;
    let id = alice.send(json!({"type":"logout"})).await;
    assert_eq!(alice.answer(id).await["type"], "bye");
    assert!(alice.rest().await.iter().all(|line| line["re"].is_null()));
    assert_eq!(second.rest().await.pop().unwrap()["code"], "bad_token");
    let mut again = server.connect().await;
    assert_eq!(
        again.refused(json!({"type":"resume","token":token})).await,
        "bad_token"
    );
}

#[tokio::test]
async fn notify_is_kept_and_shown_to_ones_other_connections() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let (mut second, _) = server.resume(&alice.token.clone(), json!({})).await;
    let notify = json!({"type":"set_notify","room":"general","notify":"mentions"});
    alice.expect("done", notify).await;
    assert_eq!(second.until("room").await["notify"], "mentions");
    let token = alice.token.clone();
    let server = server.restart().await;
    let (_, session) = server.resume(&token, json!({})).await;
    assert_eq!(session["rooms"][1]["notify"], "mentions");
}
