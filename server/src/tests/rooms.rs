//! Rooms: made, joined, left, described, deleted; and who they exist for.

use parlor_protocol::Role;
use serde_json::{Value, json};

use super::harness::{Client, TestServer};

async fn room(client: &mut Client, name: &str) -> Value {
    let rooms = client.expect("rooms", json!({"type":"rooms"})).await;
    let rooms = rooms["rooms"].as_array().unwrap();
    rooms
        .iter()
        .find(|room| room["room"] == name)
        .cloned()
        .unwrap_or(Value::Null)
}

#[tokio::test]
async fn who_makes_a_room_is_in_it_and_moderates_it() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let (mut second, _) = server.resume(&alice.token.clone(), json!({})).await;
    let made = alice
        .expect(
            "room",
            json!({"type":"create_room","room":"thiết-kế","topic":"Vỏ hộp"}),
        )
        .await;
    assert_eq!(made["kind"], "public");
    assert_eq!(made["topic"], "Vỏ hộp");
    assert_eq!(
        (&made["joined"], &made["moderator"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&made["last_seq"], &made["members"]),
        (&json!(0), &json!(1))
    );
    let told = second.until("room").await;
    assert_eq!(
        (&told["room"], &told["re"]),
        (&json!("thiết-kế"), &Value::Null)
    );
    alice.say("thiết-kế", "xin chào").await;
    assert_eq!(second.until("message").await["seq"], 1);
}

#[tokio::test]
async fn names_and_kinds_are_checked() {
    let server = TestServer::with(|config| config.guests = true).await;
    let mut alice = server.user("alice").await;
    let mut make = async |room: &str, kind: &str| {
        alice
            .refused(json!({"type":"create_room","room":room,"kind":kind}))
            .await
    };
    assert_eq!(make("Two Words", "public").await, "bad_room_name");
    assert_eq!(make("", "public").await, "bad_room_name");
    assert_eq!(make("general", "public").await, "room_exists");
    assert_eq!(make("x", "direct").await, "bad_request");
    assert_eq!(make("x", "broadcast").await, "bad_request");
    let mut guest = server.connect().await;
    guest
        .expect("session", json!({"type":"guest","nickname":"Carol"}))
        .await;
    let refused = guest
        .refused(json!({"type":"create_room","room":"x"}))
        .await;
    assert_eq!(refused, "forbidden");
}

#[tokio::test]
async fn coming_and_going_is_told_in_order() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let (mut bobs_second, _) = server.resume(&bob.token.clone(), json!({})).await;
    alice
        .expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    alice.say("lab", "before bob").await;
    bob.settled().await;
    bobs_second.settled().await;

    let joined = bob
        .expect("room", json!({"type":"join","room":"lab"}))
        .await;
    assert_eq!(
        (&joined["joined"], &joined["members"]),
        (&json!(true), &json!(2))
    );
    let lines = bobs_second.settled().await;
    let kinds: Vec<&Value> = lines.iter().map(|line| &line["type"]).collect();
    assert_eq!(kinds, ["room", "joined"]);
    assert_eq!(
        (&lines[0]["last_seq"], &lines[1]["seq"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(alice.until("joined").await["username"], "bob");
    // A second join changes nothing, and logs nothing.
    bob.expect("room", json!({"type":"join","room":"lab"}))
        .await;

    let left = bob
        .expect("room", json!({"type":"leave","room":"lab"}))
        .await;
    assert_eq!(left["joined"], false);
    assert_eq!(alice.say("lab", "after bob").await, 4);
    let lines = bobs_second.settled().await;
    let kinds: Vec<&Value> = lines.iter().map(|line| &line["type"]).collect();
    assert_eq!(kinds, ["room", "left"]);
    assert_eq!(
        (&lines[0]["joined"], &lines[1]["seq"]),
        (&json!(false), &json!(3))
    );
    assert_eq!(
        bob.refused(json!({"type":"leave","room":"lab"})).await,
        "not_a_member"
    );
    // Its history stays open to who has left a public room.
    let history = bob
        .expect("history", json!({"type":"history","room":"lab"}))
        .await;
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
    bob.expect("members", json!({"type":"members","room":"lab"}))
        .await;
}

#[tokio::test]
async fn a_private_room_does_not_exist_for_others() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut owner = server.user_of_rank("olga", Role::Owner).await;
    let made = json!({"type":"create_room","room":"secret","kind":"private"});
    alice.expect("room", made.clone()).await;
    let seq = alice.say("secret", "quarterly figures").await;
    assert_eq!(room(&mut owner, "secret").await, Value::Null);
    assert_eq!(owner.refused(made).await, "room_exists");
    for request in [
        json!({"type":"join","room":"secret"}),
        json!({"type":"leave","room":"secret"}),
        json!({"type":"invite_to_room","room":"secret","username":"olga"}),
        json!({"type":"remove_from_room","room":"secret","username":"alice","reason":""}),
        json!({"type":"set_topic","room":"secret","topic":"x"}),
        json!({"type":"set_notify","room":"secret","notify":"none"}),
        json!({"type":"delete_room","room":"secret"}),
        json!({"type":"members","room":"secret"}),
        json!({"type":"send","room":"secret","text":"x","nonce":"n"}),
        json!({"type":"edit","room":"secret","target":seq,"text":"x"}),
        json!({"type":"delete","room":"secret","target":seq}),
        json!({"type":"react","room":"secret","target":seq,"emoji":"👍","on":true}),
        json!({"type":"history","room":"secret"}),
        json!({"type":"search","query":"figures","room":"secret"}),
        json!({"type":"read","room":"secret","seq":1}),
        json!({"type":"typing","room":"secret"}),
    ] {
        assert_eq!(
            owner.refused(request.clone()).await,
            "no_such_room",
            "{request}"
        );
    }
    let found = owner
        .expect("found", json!({"type":"search","query":"figures"}))
        .await;
    assert_eq!(found["hits"], json!([]));

    let invited = json!({"type":"invite_to_room","room":"secret","username":"olga"});
    alice.expect("room", invited).await;
    let seen = owner.until("room").await;
    assert_eq!(
        (&seen["room"], &seen["joined"]),
        (&json!("secret"), &json!(true))
    );
    assert_eq!(owner.until("joined").await["by"], "alice");
    let found = owner
        .expect("found", json!({"type":"search","query":"figures"}))
        .await;
    assert_eq!(found["hits"][0]["text"], "quarterly figures");

    let left = owner
        .expect("room", json!({"type":"leave","room":"secret"}))
        .await;
    assert_eq!(left["joined"], false);
    assert_eq!(
        owner
            .refused(json!({"type":"history","room":"secret"}))
            .await,
        "no_such_room"
    );
}

#[tokio::test]
async fn a_public_room_not_joined_is_for_reading() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    alice
        .expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    alice.say("lab", "hello").await;
    let seen = room(&mut bob, "lab").await;
    assert_eq!(
        (&seen["joined"], &seen["can_send"]),
        (&json!(false), &json!(false))
    );
    bob.expect("history", json!({"type":"history","room":"lab"}))
        .await;
    bob.expect("members", json!({"type":"members","room":"lab"}))
        .await;
    for request in [
        json!({"type":"leave","room":"lab"}),
        json!({"type":"invite_to_room","room":"lab","username":"alice"}),
        json!({"type":"remove_from_room","room":"lab","username":"alice","reason":""}),
        json!({"type":"set_topic","room":"lab","topic":"x"}),
        json!({"type":"set_notify","room":"lab","notify":"none"}),
        json!({"type":"delete_room","room":"lab"}),
        json!({"type":"send","room":"lab","text":"x","nonce":"n"}),
        json!({"type":"edit","room":"lab","target":1,"text":"x"}),
        json!({"type":"delete","room":"lab","target":1}),
        json!({"type":"react","room":"lab","target":1,"emoji":"👍","on":true}),
        json!({"type":"read","room":"lab","seq":1}),
        json!({"type":"typing","room":"lab"}),
    ] {
        assert_eq!(
            bob.refused(request.clone()).await,
            "not_a_member",
            "{request}"
        );
    }
    // Nothing of it reached the room.
    assert_eq!(alice.say("lab", "still alone").await, 2);
}

#[tokio::test]
async fn moderators_of_a_room_describe_it_and_put_people_out() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    alice
        .expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    bob.expect("room", json!({"type":"join","room":"lab"}))
        .await;
    let topic = json!({"type":"set_topic","room":"lab","topic":"2.4 by Friday"});
    assert_eq!(bob.refused(topic.clone()).await, "forbidden");
    let described = alice.expect("room", topic.clone()).await;
    assert_eq!(described["topic"], "2.4 by Friday");
    let told = bob.until("topic").await;
    assert_eq!(
        (&told["topic"], &told["by"]),
        (&json!("2.4 by Friday"), &json!("alice"))
    );
    let last = room(&mut bob, "lab").await["last_seq"].clone();
    alice.expect("room", topic).await;
    assert_eq!(
        room(&mut bob, "lab").await["last_seq"],
        last,
        "the same topic logs nothing"
    );

    let out = json!({"type":"remove_from_room","room":"lab","username":"alice","reason":""});
    assert_eq!(bob.refused(out).await, "forbidden");
    let out = json!({"type":"remove_from_room","room":"lab","username":"bob","reason":"done here"});
    alice.expect("done", out.clone()).await;
    let left = bob.until("left").await;
    assert_eq!(
        (&left["by"], &left["reason"]),
        (&json!("alice"), &json!("done here"))
    );
    assert_eq!(alice.refused(out).await, "no_such_user");
    alice.say("lab", "bob does not hear this").await;
    assert!(bob.settled().await.is_empty());
}

#[tokio::test]
async fn a_deleted_room_is_gone_and_its_name_is_free() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    alice
        .expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    bob.expect("room", json!({"type":"join","room":"lab"}))
        .await;
    alice.say("lab", "old").await;
    let delete = json!({"type":"delete_room","room":"lab"});
    assert_eq!(bob.refused(delete.clone()).await, "forbidden");
    alice.expect("done", delete.clone()).await;
    assert_eq!(bob.until("room_deleted").await["room"], "lab");
    assert_eq!(
        bob.refused(json!({"type":"history","room":"lab"})).await,
        "no_such_room"
    );
    assert_eq!(alice.refused(delete).await, "no_such_room");
    let made = bob
        .expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    assert_eq!(made["last_seq"], 0);
    assert_eq!(bob.say("lab", "new").await, 1);
    assert_eq!(
        alice
            .settled()
            .await
            .iter()
            .filter(|l| l["type"] == "message")
            .count(),
        1
    );
}

#[tokio::test]
async fn general_and_broadcast_stay() {
    let server = TestServer::start().await;
    let mut owner = server.user_of_rank("olga", Role::Owner).await;
    let mut alice = server.user("alice").await;
    for room in ["general", "broadcast"] {
        let delete = json!({"type":"delete_room","room":room});
        assert_eq!(owner.refused(delete).await, "forbidden");
    }
    let leave = json!({"type":"leave","room":"broadcast"});
    assert_eq!(alice.refused(leave).await, "forbidden");
    let send = json!({"type":"send","room":"broadcast","text":"x","nonce":"n"});
    assert_eq!(alice.refused(send).await, "forbidden");
    owner.say("broadcast", "Restart at noon").await;
    assert_eq!(alice.until("message").await["room"], "broadcast");
    alice
        .expect("room", json!({"type":"leave","room":"general"}))
        .await;
    alice
        .expect("room", json!({"type":"join","room":"general"}))
        .await;
}

#[tokio::test]
async fn a_room_of_two_is_one_for_each_pair() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let mut eve = server.user("eve").await;
    let opened = alice
        .expect("room", json!({"type":"open_direct","username":"bob"}))
        .await;
    let name = opened["room"].as_str().unwrap().to_owned();
    assert!(name.starts_with('~'));
    assert_eq!(
        (&opened["kind"], &opened["with"]),
        (&json!("direct"), &json!("bob"))
    );
    let told = bob.until("room").await;
    assert_eq!(
        (&told["room"], &told["with"]),
        (&json!(name), &json!("alice"))
    );
    let again = bob
        .expect("room", json!({"type":"open_direct","username":"Alice"}))
        .await;
    assert_eq!(again["room"], json!(name));
    alice.say(&name, "psst").await;
    assert_eq!(bob.until("message").await["text"], "psst");
    assert_eq!(
        eve.refused(json!({"type":"history","room":name})).await,
        "no_such_room"
    );
    assert_eq!(
        bob.refused(json!({"type":"leave","room":name})).await,
        "forbidden"
    );
    let invite = json!({"type":"invite_to_room","room":name,"username":"eve"});
    assert_eq!(bob.refused(invite).await, "forbidden");
    assert_eq!(
        bob.refused(json!({"type":"delete_room","room":name})).await,
        "forbidden"
    );
    let own = json!({"type":"open_direct","username":"bob"});
    assert_eq!(bob.refused(own).await, "bad_request");
    let nobody = json!({"type":"open_direct","username":"nobody"});
    assert_eq!(bob.refused(nobody).await, "no_such_user");
}

#[tokio::test]
async fn members_come_in_pages() {
    let server = TestServer::start().await;
    let mut last = server.user("u0").await;
    for n in 1..5 {
        last = server.user(&format!("u{n}")).await;
    }
    let names = |answer: &Value| -> Vec<String> {
        let users = answer["users"].as_array().unwrap();
        users
            .iter()
            .map(|u| u["username"].as_str().unwrap().to_owned())
            .collect()
    };
    let page = json!({"type":"members","room":"general","limit":3});
    let first = last.expect("members", page).await;
    assert_eq!(
        (names(&first), &first["more"]),
        (vec!["u0".into(), "u1".into(), "u2".into()], &json!(true))
    );
    let page = json!({"type":"members","room":"general","limit":3,"after":"u2"});
    let second = last.expect("members", page).await;
    assert_eq!(
        (names(&second), &second["more"]),
        (vec!["u3".into(), "u4".into()], &json!(false))
    );
    let users = last
        .expect("users", json!({"type":"users","after":"u3"}))
        .await;
    assert_eq!(
        (names(&users), &users["more"]),
        (vec!["u4".into()], &json!(false))
    );
    let none = json!({"type":"users","limit":0});
    assert_eq!(last.refused(none).await, "bad_request");
}
