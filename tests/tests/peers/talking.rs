//! Messages between two people.

use parlor_tests::until::{SOON, until};
use rustix::process::Signal;
use serde_json::json;

use super::person::{done, heard, last, makes_a_device, peer, person, printed, server, tail};

#[test]
fn messages_go_both_ways_over_one_link() {
    let server = server();
    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    makes_a_device(&server, &bob, "bob");
    let mut at_bob = tail(&bob);
    // Bob's device may still be on its way to the tracker: until it is reached, letters are held.
    until("a link to bob", SOON, || {
        let sent = last(&alice, &["send", "bob", "are you there?"]);
        (sent["type"] == "delivered").then_some(())
    });
    let mut at_alice = tail(&alice);
    // Sent by other processes of the two homes, which hand it to those that run.
    for n in 0..5 {
        let (there, back) = (format!("there {n}"), format!("back {n}"));
        let sent = last(&alice, &["send", "bob", &there]);
        assert_eq!(sent["type"], "delivered", "{sent}");
        assert!(sent["via"] == "lan" || sent["via"] == "direct", "{sent}");
        let came = heard(&at_bob, &there);
        assert_eq!(
            (&came["type"], &came["from"], &came["to"], &came["channel"]),
            (
                &json!("chat"),
                &json!("alice"),
                &json!("bob"),
                &json!("direct")
            )
        );
        assert_eq!(came["id"], sent["id"]);
        assert!(came["via"].is_string(), "{came}");
        assert_eq!(last(&bob, &["send", "alice", &back])["type"], "delivered");
        heard(&at_alice, &back);
    }
    for tail in [&mut at_alice, &mut at_bob] {
        tail.signal(Signal::INT);
        assert_eq!(tail.wait(SOON).code(), Some(0));
    }
    let ids: Vec<_> = printed(&at_bob)
        .iter()
        .map(|object| object["id"].to_string())
        .collect();
    let once: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "nothing came twice");
}

#[test]
fn who_is_away_finds_it_held_once_and_in_order() {
    let server = server();
    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    makes_a_device(&server, &bob, "bob");
    let texts: Vec<String> = (0..5).map(|n| format!("while you were out, {n}")).collect();
    for text in &texts {
        let sent = last(&alice, &["send", "bob", text]);
        assert_eq!(sent["type"], "held", "{sent}");
    }
    // What the server has of it is no text.
    let stored = std::fs::read_dir(server.data())
        .expect("the data is there")
        .filter_map(|entry| std::fs::read(entry.ok()?.path()).ok());
    for bytes in stored {
        let needle = b"while you were out";
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
    let at_bob = tail(&bob);
    let came = heard(&at_bob, &texts[4]);
    assert_eq!(came["via"], "held");
    // Over the link, what is held goes again, and is dropped there.
    until("a link", SOON, || {
        (last(&alice, &["send", "bob", "and now?"])["type"] == "delivered").then_some(())
    });
    heard(&at_bob, "and now?");
    let order: Vec<String> = printed(&at_bob)
        .iter()
        .filter_map(|object| object["message"].as_str())
        .filter(|text| text.starts_with("while"))
        .map(ToOwned::to_owned)
        .collect();
    assert_eq!(order, texts);
}

#[test]
fn what_cannot_go_to_anybody_is_refused_and_what_cannot_go_now_is_kept() {
    let mut server = server();
    let (alice, bob) = (person(&server, "alice"), person(&server, "bob"));
    let fails = |words: &[&str], code: i32| {
        let output = alice.run(&peer(words));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        said
    };
    assert!(fails(&["send", "bob", "x"], 1).contains("no device"));
    fails(&["send", "nobody", "x"], 1);
    fails(&["send", "No Body", "x"], 2);
    fails(&["channel", "send", "nowhere", "x"], 1);
    makes_a_device(&server, &bob, "bob");
    assert_eq!(last(&alice, &["send", "bob", "one"])["type"], "held");
    server.kill();
    fails(&["--wait", "2", "send", "bob", "two"], 3);
    server.start_again();
    assert_eq!(last(&alice, &["send", "bob", "three"])["type"], "held");
    let at_bob = tail(&bob);
    heard(&at_bob, "three");
    let came: Vec<_> = printed(&at_bob)
        .iter()
        .map(|object| object["message"].clone())
        .collect();
    assert_eq!(came, ["one", "two", "three"]);
    let who = done(&alice, &["who"]);
    let bob = who.iter().find(|person| person["username"] == "bob");
    let bob = bob.expect("bob is known");
    assert_eq!(bob["devices"].as_array().map(Vec::len), Some(1));
    assert_eq!(bob["safety"].as_str().map(str::len), Some(71), "{bob}");
}
