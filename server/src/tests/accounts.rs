//! Registering, signing in, coming back, and how sessions end.

use serde_json::json;

use super::harness::{PASSWORD, TestServer};

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
}
