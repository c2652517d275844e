//! Beside a room server, and while that is down.

use rustix::process::Signal;
use serde_json::json;

use super::process::Running;
use super::room::Room;

/// Waits until the room server was asked for what it knows, and that was kept.
fn wait_for_key(running: &Running, token: &str) {
    let began = std::time::Instant::now();
    while running.call("GET /get-list", token, "").0 == 503 {
        assert!(began.elapsed().as_secs() < 30, "the key is not learnt");
        std::thread::yield_now();
    }
}

fn login(running: &Running, username: &str, password: &str) -> (u16, serde_json::Value) {
    let body = json!({"username": username, "password": password});
    running.call("POST /login", "", &body.to_string())
}

#[test]
fn it_goes_on_while_the_room_server_is_down() {
    let dir = tempfile::tempdir().unwrap();
    let (data, rooms) = (dir.path().join("data"), dir.path().join("rooms"));
    std::fs::create_dir(&rooms).unwrap();
    let room = Room::start(&rooms, "127.0.0.1:0");
    let link = room.link.to_string();
    let mut running = Running::start(&data, &["--server", &link]);
    let shown = running.facts()["link"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&shown), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
    let signed = room.token("alice");
    wait_for_key(&running, &signed);

    let (status, answer) = login(&running, "Bob", "bob-pw");
    assert_eq!(status, 200, "{answer}");
    let own = answer["token"].as_str().unwrap().to_owned();
    assert_eq!(running.call("GET /get-list", &own, "").0, 200);
    let wrong = json!({"status": "failed", "message": "Invalid credentials"});
    assert_eq!(login(&running, "bob", "wrong"), (401, wrong.clone()));
    // What the server says of bob is not said of eve.
    assert_eq!(login(&running, "eve", "bob-pw"), (401, wrong));
    assert_eq!(login(&running, "busy", "x").0, 429);
    let asked = room.asked.lock().unwrap().clone();
    let checks: Vec<_> = asked
        .iter()
        .filter(|(p, _)| p == "/check-password")
        .collect();
    assert_eq!(checks.len(), 4);
    assert!(checks.iter().all(|(_, from)| from == "127.0.0.1"));

    room.stop();
    let (status, answer) = login(&running, "bob", "bob-pw");
    assert_eq!((status, &answer["status"]), (503, &json!("failed")));
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("room server"), "{message}");
    let peer = json!({"username": "alice", "port": 4000}).to_string();
    assert_eq!(running.call("POST /submit-info", &signed, &peer).0, 200);

    // A start without the room server knows what it said.
    assert_eq!(running.stop(Signal::TERM), Some(0));
    let running = Running::start(&data, &["--server", &link]);
    assert_eq!(running.call("POST /submit-info", &signed, &peer).0, 200);
    drop(running);

    // The word of one server is not taken for another's.
    let others = dir.path().join("others");
    std::fs::create_dir(&others).unwrap();
    let other = Room::start(&others, "127.0.0.1:0");
    let link = other.link.to_string();
    other.stop();
    let running = Running::start(&data, &["--server", &link]);
    assert_eq!(running.call("POST /submit-info", &signed, &peer).0, 503);
}

#[test]
fn a_server_with_another_key_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let (right, wrong) = (dir.path().join("right"), dir.path().join("wrong"));
    std::fs::create_dir_all(&right).unwrap();
    std::fs::create_dir_all(&wrong).unwrap();
    let room = Room::start(&right, "127.0.0.1:0");
    let (link, address) = (room.link.to_string(), room.address.to_string());
    room.stop();
    let impostor = Room::start(&wrong, &address);
    let running = Running::start(&dir.path().join("data"), &["--server", &link]);
    let (status, _) = login(&running, "bob", "bob-pw");
    assert_eq!(status, 503);
    assert_eq!(impostor.asked.lock().unwrap().len(), 0);
}

#[test]
fn without_a_room_server_nobody_signs_in() {
    let dir = tempfile::tempdir().unwrap();
    let running = Running::start(dir.path(), &[]);
    let (status, answer) = login(&running, "bob", "bob-pw");
    assert_eq!((status, &answer["status"]), (503, &json!("failed")));
}
