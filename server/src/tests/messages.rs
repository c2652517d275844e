//! Messages: sent once, edited, deleted, reacted to, read back, found.

use parlor_protocol::Role;
use serde_json::{Value, json};

use super::harness::TestServer;

#[tokio::test]
async fn a_nonce_is_kept_once() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let line = json!({"type":"send","room":"general","text":"once","nonce":"n1"});
    let first = alice.expect("sent", line.clone()).await;
    assert_eq!(first["duplicate"], Value::Null);
    let second = alice.expect("sent", line).await;
    assert_eq!(second["duplicate"], true);
    assert_eq!(
        (&second["seq"], &second["time"]),
        (&first["seq"], &first["time"])
    );
    let lines = alice.settled().await;
    assert_eq!(
        lines
            .iter()
            .filter(|line| line["type"] == "message")
            .count(),
        1
    );
}

#[tokio::test]
async fn many_sends_without_waiting_keep_their_order() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let mut ids = Vec::new();
    for n in 0..300 {
        let line =
            json!({"type":"send","room":"general","text":n.to_string(),"nonce":format!("n{n}")});
        ids.push(alice.send(line).await);
    }
    // What is asked after them sees all of them.
    let rooms = alice.send(json!({"type":"rooms"})).await;
    let mut seqs = Vec::new();
    for id in ids {
        seqs.push(alice.answer(id).await["seq"].as_u64().unwrap());
    }
    assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let rooms = alice.answer(rooms).await;
    let general = rooms["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["room"] == "general")
        .cloned();
    assert_eq!(general.unwrap()["last_seq"].as_u64(), seqs.last().copied());
    for (n, seq) in seqs.iter().enumerate() {
        let heard = bob.until("message").await;
        assert_eq!(
            (heard["seq"].as_u64(), &heard["text"]),
            (Some(*seq), &json!(n.to_string()))
        );
    }
}

#[tokio::test]
async fn wrong_sends_are_refused_one_by_one() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let base = json!({"type":"send","room":"general","text":"x","nonce":"n"});
    let with = |member: &str, value: Value| {
        let mut line = base.clone();
        line[member] = value;
        line
    };
    assert_eq!(
        alice.refused(with("room", json!("nowhere"))).await,
        "no_such_room"
    );
    assert_eq!(alice.refused(with("text", json!(""))).await, "bad_request");
    assert_eq!(
        alice.refused(with("text", json!("x".repeat(16_385)))).await,
        "text_too_long"
    );
    assert_eq!(alice.refused(with("nonce", json!(""))).await, "bad_request");
    assert_eq!(
        alice.refused(with("nonce", json!("a b"))).await,
        "bad_request"
    );
    assert_eq!(
        alice.refused(with("reply_to", json!(4_000))).await,
        "no_such_message"
    );
    assert_eq!(
        alice.refused(with("files", json!(["f1"]))).await,
        "no_such_file"
    );
    let text = " \t\u{1}\r\n \u{feff}é\u{301} 👩‍👩‍👧 \\\" ";
    alice.expect("sent", with("text", json!(text))).await;
    assert_eq!(alice.until("message").await["text"], text, "byte for byte");
}

#[tokio::test]
async fn edits_deletions_and_reactions() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let mut mod_ = server.user_of_rank("mona", Role::Moderator).await;
    let seq = alice.say("general", "first").await;
    let edit = json!({"type":"edit","room":"general","target":seq,"text":"second"});
    assert_eq!(bob.refused(edit.clone()).await, "forbidden");
    alice.expect("done", edit).await;
    let told = bob.until("edited").await;
    assert_eq!(
        (&told["target"], &told["text"], &told["by"]),
        (&json!(seq), &json!("second"), &json!("alice"))
    );
    let react = json!({"type":"react","room":"general","target":seq,"emoji":"👍","on":true});
    bob.expect("done", react.clone()).await;
    assert_eq!(alice.until("reaction").await["on"], true);
    bob.expect("done", react).await;
    let lines = alice.settled().await;
    assert!(
        lines.iter().all(|line| line["type"] != "reaction"),
        "what changes nothing logs nothing"
    );
    let history = bob
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    let message = &history["messages"][0];
    assert_eq!(message["text"], "second");
    assert!(message["edited"].is_string());
    assert_eq!(
        message["reactions"],
        json!([{"emoji":"👍","count":1,"by":["bob"],"mine":true}])
    );

    let delete = json!({"type":"delete","room":"general","target":seq});
    assert_eq!(bob.refused(delete.clone()).await, "forbidden");
    mod_.expect("done", delete.clone()).await;
    assert_eq!(alice.until("deleted").await["by"], "mona");
    let history = bob
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    assert_eq!(
        (
            &history["messages"][0]["text"],
            &history["messages"][0]["deleted"]
        ),
        (&json!(""), &json!(true))
    );
    let edit = json!({"type":"edit","room":"general","target":seq,"text":"third"});
    assert_eq!(alice.refused(edit).await, "no_such_message");
    let mut admin = server.user_of_rank("adam", Role::Admin).await;
    let audit = admin.expect("audit", json!({"type":"audit"})).await;
    let entry = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["action"] == "delete")
        .cloned()
        .unwrap();
    assert_eq!(
        (&entry["actor"], &entry["address"]),
        (&json!("mona"), &json!("192.0.2.7"))
    );
}

#[tokio::test]
async fn wrong_targets_and_emoji_are_refused() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let joined = 1;
    for target in [joined, 4_000] {
        for request in [
            json!({"type":"edit","room":"general","target":target,"text":"x"}),
            json!({"type":"delete","room":"general","target":target}),
            json!({"type":"react","room":"general","target":target,"emoji":"👍","on":true}),
        ] {
            assert_eq!(
                alice.refused(request.clone()).await,
                "no_such_message",
                "{request}"
            );
        }
    }
    let seq = alice.say("general", "x").await;
    for emoji in ["", "a b", "a\u{202E}b", &"👍".repeat(17)] {
        let react = json!({"type":"react","room":"general","target":seq,"emoji":emoji,"on":true});
        assert_eq!(alice.refused(react).await, "bad_request", "{emoji:?}");
    }
}

#[tokio::test]
async fn history_pages_and_keeps_the_bound_of_a_line() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    // Control characters take six bytes in JSON: 16 such messages pass 1 MiB.
    let text = "\u{1}".repeat(10_000);
    for n in 0..30 {
        let line = json!({"type":"send","room":"general","text":text,"nonce":format!("n{n}")});
        alice.expect("sent", line).await;
    }
    alice.settled().await;
    let newest = alice
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    let messages = newest["messages"].as_array().unwrap().clone();
    assert!(newest.to_string().len() < 1 << 20);
    assert_eq!(
        (messages.last().unwrap()["seq"].as_u64(), &newest["more"]),
        (Some(31), &json!(true))
    );
    let first = messages[0]["seq"].as_u64().unwrap();
    let older = json!({"type":"history","room":"general","before":first});
    let older = alice.expect("history", older).await;
    assert_eq!(
        older["messages"].as_array().unwrap().last().unwrap()["seq"],
        first - 1
    );
    let after = json!({"type":"history","room":"general","after":2,"limit":3});
    let after = alice.expect("history", after).await;
    let seqs: Vec<u64> = after["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["seq"].as_u64().unwrap())
        .collect();
    assert_eq!((seqs, &after["more"]), (vec![3, 4, 5], &json!(true)));
    let none = json!({"type":"history","room":"general","limit":0});
    assert_eq!(alice.refused(none).await, "bad_request");
    let found = alice
        .expect("found", json!({"type":"search","query":"x"}))
        .await;
    assert_eq!(found["hits"], json!([]));
}

#[tokio::test]
async fn searches_name_what_is_wrong() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    alice.say("general", "Bản thiết kế mới của đường ống").await;
    let found = alice
        .expect(
            "found",
            json!({"type":"search","query":"thiet duong","room":"general","from":"alice"}),
        )
        .await;
    assert_eq!(found["hits"][0]["room"], "general");
    let seq = json!({"type":"search","query":"x","before":5});
    assert_eq!(alice.refused(seq).await, "bad_request");
    let from = json!({"type":"search","query":"x","from":"nobody"});
    assert_eq!(alice.refused(from).await, "no_such_user");
    let room = json!({"type":"search","query":"x","room":"nowhere"});
    assert_eq!(alice.refused(room).await, "no_such_room");
}

#[tokio::test]
async fn read_marks_move_forward_and_reach_ones_other_connections() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let (mut second, _) = server.resume(&bob.token.clone(), json!({})).await;
    let first = alice.say("general", "@bob look").await;
    let last = alice.say("general", "@Bob. again").await;
    bob.settled().await;
    let general = async |client: &mut super::harness::Client| {
        let rooms = client.expect("rooms", json!({"type":"rooms"})).await;
        let rooms = rooms["rooms"].as_array().unwrap().clone();
        rooms.into_iter().find(|r| r["room"] == "general").unwrap()
    };
    assert_eq!(general(&mut bob).await["mentions"], 2);
    second.settled().await;
    bob.expect("done", json!({"type":"read","room":"general","seq":first}))
        .await;
    let told = second.settled().await;
    assert_eq!(
        told,
        [json!({"type":"read","room":"general","read_seq":first})]
    );
    assert_eq!(general(&mut bob).await["mentions"], 1);
    bob.expect("done", json!({"type":"read","room":"general","seq":1}))
        .await;
    assert!(second.settled().await.is_empty(), "a mark never goes back");
    bob.expect(
        "done",
        json!({"type":"read","room":"general","seq":last + 1_000}),
    )
    .await;
    let room = general(&mut bob).await;
    assert_eq!(
        (&room["read_seq"], &room["mentions"]),
        (&json!(last), &json!(0))
    );
    assert!(
        bob.settled()
            .await
            .iter()
            .all(|line| line["type"] != "read")
    );
    alice.settled().await;
}
