//! Floods get `rate_limited`, with the time to wait, and hurt nobody else.

use std::time::Duration;

use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::raw::Heard;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

fn limited() -> Parlord {
    Setup::bare().arg("--register").arg("open").start()
}

fn waits(error: &Value) -> f64 {
    let seconds = error["retry_after"]
        .as_f64()
        .expect("it says how long to wait");
    assert!(seconds > 0.0 && seconds < 3600.0, "{error}");
    seconds
}

#[test]
fn a_flood_of_messages_is_refused_and_may_go_on_later() {
    let server = limited();
    let mut alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    let lines: String = (0..500)
        .map(|n| format!("{}\n", json!({"type": "send", "room": "general", "text": "flood", "nonce": format!("f{n}"), "id": 100 + n})))
        .collect();
    alice.raw.write(lines.as_bytes());
    let (mut sent, mut refused) = (Vec::new(), Vec::new());
    while sent.len() + refused.len() < 500 {
        let answer = alice.raw.line();
        match answer["type"].as_str() {
            Some("sent") => sent.push(answer),
            Some("error") => {
                assert_eq!(answer["code"], "rate_limited", "{answer}");
                waits(&answer);
                refused.push(answer);
            }
            _ => {}
        }
    }
    assert!(!sent.is_empty(), "an honest burst passes");
    assert!(refused.len() > 300, "{} of 500 were refused", refused.len());
    assert!(alice.is_alive(), "a flood closes nothing");
    bob.send("general", "bob is not slowed");
    let kept = bob
        .whole_history("general")
        .iter()
        .filter(|m| m["text"] == "flood")
        .count();
    assert_eq!(kept, sent.len(), "refused means not kept");
    until("the limit to pass", Duration::from_secs(60), || {
        let again = json!({"type": "send", "room": "general", "text": "later", "nonce": "later"});
        (alice.ask(again)["type"] == "sent").then_some(())
    });
}

#[test]
fn guessing_passwords_is_slowed() {
    let server = limited();
    let mut witness = Wire::register(&server, "alice");
    let mut refused = None;
    for n in 0..60 {
        let mut raw = server.dial();
        let Heard::Line(welcome) = raw.hear(SOON) else {
            panic!("the server must say why");
        };
        if welcome["type"] == "error" {
            refused = Some(welcome);
            break;
        }
        raw.say(
            &json!({"type": "login", "username": "alice", "password": format!("wrong-guess-{n}")}),
        );
        let answer = raw.line();
        if answer["code"] == "rate_limited" {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer["code"], "bad_credentials", "{answer}");
    }
    let refused = refused.expect("60 guesses in a row are too many");
    assert_eq!(refused["code"], "rate_limited", "{refused}");
    waits(&refused);
    assert!(witness.is_alive());
}

#[test]
fn making_accounts_is_slowed() {
    let server = limited();
    let mut answers = Vec::new();
    for n in 0..150 {
        let mut raw = server.dial();
        if let Heard::Line(line) = raw.hear(SOON)
            && line["type"] == "error"
        {
            answers.push(line);
            break;
        }
        raw.say(&json!({"type": "register", "username": format!("many{n}"), "password": PASSWORD}));
        let answer = raw.line();
        let over = answer["type"] == "error";
        answers.push(answer);
        if over {
            break;
        }
    }
    let last = answers.last().expect("there were answers");
    assert_eq!(last["code"], "rate_limited", "{last}");
    waits(last);
}
