//! Section 2.3: `history` and `search`.

use parlor_tests::parlord::Parlord;
use parlor_tests::shape::{MESSAGE, all_fit, fits};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn pair() -> (Parlord, Wire, Wire) {
    let server = Parlord::open();
    let alice = Wire::register(&server, "alice");
    let mut bob = Wire::register(&server, "bob");
    bob.heard();
    (server, alice, bob)
}

#[test]
fn history_pages_both_ways() {
    let (_server, mut alice, mut bob) = pair();
    let seqs: Vec<u64> = (0..250)
        .map(|n| alice.send("general", &n.to_string()))
        .collect();
    alice.get(
        "done",
        json!({"type": "react", "room": "general", "target": seqs[249], "emoji": "🎉", "on": true}),
    );
    let mut ask = |members: Value| {
        let mut request = json!({"type": "history", "room": "general"});
        for (name, value) in members.as_object().expect("members") {
            request[name] = value.clone();
        }
        let page = bob.get("history", request);
        fits(&page, "re:n room:s messages:a more:b");
        all_fit(&page["messages"], MESSAGE);
        let got: Vec<u64> = page["messages"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|m| m["seq"].as_u64().expect("a seq"))
            .collect();
        (got, page["more"] == true)
    };
    assert_eq!(ask(json!({"limit": 3})), (seqs[247..].to_vec(), true));
    assert_eq!(
        ask(json!({"before": seqs[10], "limit": 3})),
        (seqs[7..10].to_vec(), true)
    );
    assert_eq!(
        ask(json!({"before": seqs[2], "limit": 3})),
        (seqs[..2].to_vec(), false)
    );
    assert_eq!(
        ask(json!({"after": seqs[10], "limit": 3})),
        (seqs[11..14].to_vec(), true)
    );
    assert_eq!(
        ask(json!({"after": seqs[247], "limit": 3})),
        (seqs[248..].to_vec(), false)
    );
    assert_eq!(ask(json!({"after": seqs[249]})), (vec![], false));
    assert_eq!(ask(json!({"before": 1})), (vec![], false));
    assert_eq!(
        ask(json!({"after": seqs[10], "before": seqs[13]})),
        (seqs[11..13].to_vec(), false)
    );
    let (got, more) = ask(json!({"limit": 100_000}));
    assert_eq!((got, more), (seqs[50..].to_vec(), true), "200 at most");
}

#[test]
fn a_page_of_long_messages_ends_early() {
    let (_server, mut alice, mut bob) = pair();
    // Control characters are written with six bytes each, the worst there is.
    for n in 0..30 {
        alice.send("general", &format!("{n}{}", "\u{1}".repeat(10_000)));
    }
    let page = bob.get(
        "history",
        json!({"type": "history", "room": "general", "limit": 200}),
    );
    assert_eq!(page["more"], true, "30 such messages pass 1 MiB");
    let got = page["messages"].as_array().expect("a list");
    assert_eq!(
        got.last()
            .map(|m| m["text"].as_str().expect("a text").starts_with("29")),
        Some(true),
        "the newest are kept"
    );
    assert_eq!(bob.whole_history("general").len(), 30);
}

#[test]
fn search_serves_three_languages() {
    let (_server, mut alice, mut bob) = pair();
    let design = alice.send("general", "Bản Thiết Kế mới cho đường Nguyễn Huệ");
    let chinese = alice.send("general", "我们明天讨论连续集成的问题");
    let french = alice.send("general", "Où est passé le garçon ? L’œuvre est là-bas.");
    alice.get(
        "room",
        json!({"type": "create_room", "room": "den", "kind": "private"}),
    );
    alice.send("den", "thiết kế bí mật");
    let mut find = |query: &str| -> Vec<u64> {
        let found = bob.get("found", json!({"type": "search", "query": query}));
        fits(&found, "re:n hits:a more:b");
        all_fit(&found["hits"], "room:s seq:n from:s time:t text:s");
        found["hits"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|h| h["seq"].as_u64().expect("a seq"))
            .collect()
    };
    for query in [
        "thiết kế",
        "thiet ke",
        "THIET",
        "duong",
        "đường",
        "nguyen hue",
        "thi",
        "moi thiet",
    ] {
        assert_eq!(find(query), [design], "{query}");
    }
    for query in ["连续", "集成", "讨论", "我们", "明天讨论", "题"] {
        assert_eq!(find(query), [chinese], "{query}");
    }
    for query in ["garçon", "garcon", "ou est", "là-bas", "oeuvre", "passe"] {
        assert_eq!(find(query), [french], "{query}");
    }
    for query in ["", "?!", "absent", "thiet absent", "连集"] {
        assert_eq!(find(query), Vec::<u64>::new(), "{query}");
    }
}

#[test]
fn search_narrows_and_follows_edits() {
    let (_server, mut alice, mut bob) = pair();
    let one = alice.send("general", "red apple");
    let two = bob.send("general", "green apple");
    let three = alice.send("general", "apple pie");
    let mut find = |members: Value| -> (Vec<u64>, bool) {
        let mut request = json!({"type": "search", "query": "apple"});
        for (name, value) in members.as_object().expect("members") {
            request[name] = value.clone();
        }
        let found = bob.get("found", request);
        let seqs = found["hits"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|h| h["seq"].as_u64().expect("a seq"))
            .collect();
        (seqs, found["more"] == true)
    };
    assert_eq!(
        find(json!({})),
        (vec![three, two, one], false),
        "newest first"
    );
    assert_eq!(find(json!({"from": "alice"})), (vec![three, one], false));
    assert_eq!(
        find(json!({"room": "general", "before": three})),
        (vec![two, one], false)
    );
    assert_eq!(find(json!({"room": "broadcast"})), (vec![], false));
    assert_eq!(find(json!({"limit": 1})), (vec![three], true));
    assert_eq!(
        find(json!({"before": "2001-01-01T00:00:00.000Z"})),
        (vec![], false)
    );
    alice.get(
        "done",
        json!({"type": "edit", "room": "general", "target": one, "text": "red cherry"}),
    );
    assert_eq!(find(json!({})), (vec![three, two], false));
    bob.refused(
        "bad_request",
        json!({"type": "search", "query": "apple", "before": 3}),
    );
}
