//! Section 4, the room server's side: where trackers are, what opens them, and what
//! one that stands alone asks.

use parlor_tests::device::{Device, verifies};
use parlor_tests::http::{Answer, Http};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

fn ask(server: &Parlord, request: &str) -> Answer {
    let mut http = Http::dial(&server.address(), &server.pin());
    http.raw.write(request.as_bytes());
    http.answer(false)
}

fn body(answer: &Answer) -> Value {
    answer.json()
}

fn check_password(server: &Parlord, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password}).to_string();
    let head = format!(
        "POST /check-password HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        server.address(),
        body.len()
    );
    ask(server, &(head + &body))
}

fn facts(server: &Parlord) -> Value {
    let host = server.address();
    let answer = ask(
        server,
        &format!("GET /tracker.json HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    );
    assert_eq!(answer.status, 200);
    body(&answer)
}

#[test]
fn a_session_says_where_trackers_are_and_what_opens_them() {
    let pin = "A".repeat(43);
    let folder = tempfile::tempdir().expect("a folder");
    let config = format!("trackers = [{{ host = \"t.example.org\", port = 9, pin = \"{pin}\" }}]");
    let server = Setup::default()
        .arg("--guests")
        .config(folder.path(), &config)
        .tracker("127.0.0.1:0")
        .start();
    let alice = Wire::register(&server, "alice");
    let at = server.facts()["tracker"].as_str().expect("it has one");
    let port: u16 = at
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok())
        .expect("a port");
    assert_ne!(port, 0);
    let expected = json!([{"host": "", "port": port, "pin": ""},
        {"host": "t.example.org", "port": 9, "pin": pin}]);
    assert_eq!(alice.session["trackers"], expected);

    let token = alice.session["tracker_token"]["token"]
        .as_str()
        .expect("a token");
    let (signed, sig) = token.split_once('.').expect("two parts");
    let signed = parlor_tests::device::decode(&json!(signed));
    let key = &alice.session["server_key"];
    assert!(verifies(key, "parlor-tracker-1", &signed, &json!(sig)));
    let says: Value = serde_json::from_slice(&signed).expect("JSON");
    let expires = &alice.session["tracker_token"]["expires"];
    assert_eq!(
        says,
        json!({"v": 1, "username": "alice", "expires": expires})
    );
    let guest = Wire::open(server.dial(), json!({"type": "guest", "nickname": "G"}));
    assert!(guest.session.get("tracker_token").is_none());
}

#[test]
fn a_server_without_a_tracker_says_so() {
    let server = Parlord::open();
    assert_eq!(server.facts()["tracker"], Value::Null);
    let alice = Wire::register(&server, "alice");
    assert_eq!(alice.session["trackers"], json!([]));
}

#[test]
fn a_tracker_asks_whose_a_password_is() {
    let server = Parlord::open();
    let mut owner = Wire::owner(&server, "owner");
    Wire::register(&server, "alice");
    let right = check_password(&server, "ALICE", PASSWORD);
    assert_eq!(right.status, 200);
    assert_eq!(
        body(&right),
        json!({"status": "success", "username": "alice"})
    );
    let wrong = json!({"status": "failed", "message": "Invalid credentials"});
    for (username, password) in [("alice", "nonsense-1"), ("nobody", PASSWORD), ("", "")] {
        let answer = check_password(&server, username, password);
        assert_eq!((answer.status, body(&answer)), (401, wrong.clone()));
    }
    owner.get(
        "done",
        json!({"type": "ban", "username": "alice", "reason": "x"}),
    );
    assert_eq!(check_password(&server, "alice", PASSWORD).status, 401);
    // No session came of it.
    owner.get("done", json!({"type": "unban", "username": "alice"}));
    let mut alice = Wire::login(&server, "alice");
    let sessions = alice.get("sessions", json!({"type": "sessions"}));
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(1));
}

#[test]
fn passwords_are_not_tried_without_end() {
    let server = Setup::bare().arg("--register").arg("open").start();
    Wire::register(&server, "alice");
    let tries = (0..60).map(|_| check_password(&server, "alice", "nonsense-1"));
    let limited = tries.into_iter().find(|answer| answer.status == 429);
    let limited = limited.expect("the limits of a login hold");
    assert!(limited.header("retry-after").is_some());
}

#[test]
fn a_tracker_learns_which_devices_have_ended() {
    let server = Parlord::open();
    let mut owner = Wire::owner(&server, "owner");
    let mut alice = Wire::register(&server, "alice");
    let expected = json!({"status": "success", "server_key": alice.session["server_key"],
        "revoked": []});
    assert_eq!(facts(&server), expected);
    let mut other = Wire::login(&server, "alice");
    let (mut laptop, mut lost) = (Device::new("laptop"), Device::new("lost"));
    laptop.publish(&mut alice, 0);
    lost.publish(&mut other, 0);
    alice.get(
        "done",
        json!({"type": "revoke_device", "device": lost.id()}),
    );
    assert_eq!(facts(&server)["revoked"], json!([lost.id()]));
    owner.get(
        "done",
        json!({"type": "ban", "username": "alice", "reason": "x"}),
    );
    assert_eq!(facts(&server)["revoked"], json!([lost.id(), laptop.id()]));
    owner.get("done", json!({"type": "unban", "username": "alice"}));
    assert_eq!(facts(&server)["revoked"], json!([lost.id()]));
}

/// A call of the tracker inside a server.
fn call(server: &Parlord, token: &Value, method: &str, path: &str, body: &Value) -> Answer {
    let at = server.facts()["tracker"].as_str().expect("it has one");
    let mut http = Http::dial(at, &server.pin());
    let (body, token) = (body.to_string(), token.as_str().unwrap_or("none"));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {at}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    http.raw.write((head + &body).as_bytes());
    http.answer(false)
}

#[test]
fn the_tracker_inside_knows_what_the_server_knows() {
    let mut server = Setup::default().tracker("127.0.0.1:0").start();
    let mut owner = Wire::owner(&server, "owner");
    let mut alice = Wire::register(&server, "alice");
    let mut laptop = Device::new("laptop");
    let card = laptop.publication("alice", 0);
    let known = alice.get("device", card.clone());
    let token = alice.session["tracker_token"]["token"].clone();
    let submit = json!({"username": "alice", "ip": "192.0.2.7", "port": 4000, "channels": [],
        "device": laptop.id(), "card": card["card"], "device_sig": card["device_sig"],
        "server_sig": known["server_sig"], "until": known["until"]});
    let submitted = call(&server, &token, "POST", "/submit-info", &submit);
    assert_eq!(submitted.status, 200, "{}", submitted.text());
    let owners = owner.session["tracker_token"]["token"].clone();
    let peers = |server: &Parlord| {
        let list = call(server, &owners, "POST", "/get-list", &json!({}));
        assert_eq!(list.status, 200, "{}", list.text());
        list.json()["peers"].as_array().map(Vec::len)
    };
    assert_eq!(peers(&server), Some(1));
    let sign_in = |password: &str| {
        let body = json!({"username": "alice", "password": password});
        call(&server, &Value::Null, "POST", "/login", &body).status
    };
    assert_eq!((sign_in(PASSWORD), sign_in("nonsense-1")), (200, 401));

    // What ends there ends here at once.
    let mut desk = Wire::login(&server, "alice");
    alice.get(
        "done",
        json!({"type": "revoke_device", "device": laptop.id()}),
    );
    assert_eq!(peers(&server), Some(0));
    let again = call(&server, &token, "POST", "/submit-info", &submit);
    assert_ne!(again.status, 200, "its card is none any more");
    assert!(desk.is_alive());
    owner.get(
        "done",
        json!({"type": "ban", "username": "alice", "reason": "x"}),
    );
    assert_eq!(sign_in(PASSWORD), 401);
    let barred = call(&server, &token, "POST", "/get-list", &json!({}));
    assert!(matches!(barred.status, 401 | 403), "{}", barred.text());

    // It stops with the server, even while somebody is connected to it.
    let at = server.facts()["tracker"]
        .as_str()
        .expect("it has one")
        .to_owned();
    let _idle = Http::dial(&at, &server.pin());
    assert_eq!(server.stop(), Some(0));
    assert!(std::net::TcpStream::connect(&at).is_err());
}
