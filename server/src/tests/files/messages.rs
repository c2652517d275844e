//! Messages with files.

use parlor_protocol::Role;

use super::*;

#[tokio::test]
async fn a_message_shows_its_files_in_order() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let mut bob = server.user("bob").await;
    let http = Http::new(&server, &alice.token);
    let first = http
        .upload("general", "1.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        .await;
    let second = http.upload("general", "2.txt", b"two").await;
    let sent = alice
        .expect("sent", send("general", "n", "", &[&second, &first]))
        .await;
    let seq = sent["seq"].as_u64().unwrap();
    let live = bob.until("message").await;
    let names = |files: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let files = files.as_array().unwrap().iter();
        files
            .map(|file| (text(&file["name"]), text(&file["mime"])))
            .collect()
    };
    let octets = "application/octet-stream";
    let expected = [
        ("2.txt".into(), octets.into()),
        ("1.png".into(), "image/png".into()),
    ];
    assert_eq!(names(&live["files"]), expected);
    let history = bob
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    let last = history["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["files"], live["files"]);
    let rooms = json!({"general": seq - 1});
    let (mut third, _) = server.resume(&bob.token.clone(), rooms).await;
    let replayed = third.until("message").await;
    assert_eq!(replayed["files"], live["files"]);
    // The same nonce again is the same message, whatever it would show.
    let again = alice
        .expect("sent", send("general", "n", "", &[&first]))
        .await;
    assert_eq!(
        (again["duplicate"].clone(), again["seq"].clone()),
        (true.into(), seq.into())
    );

    // A deleted file goes from the message that showed it.
    alice
        .expect("done", json!({"type":"delete_file","file":second}))
        .await;
    let history = bob
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    let last = history["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(
        names(&last["files"]),
        [("1.png".into(), "image/png".into())]
    );
}

#[tokio::test]
async fn what_no_message_can_show() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let bob = server.user("bob").await;
    let (hers, his) = (
        Http::new(&server, &alice.token),
        Http::new(&server, &bob.token),
    );
    let file = hers.upload("general", "a", b"a").await;
    let theirs = his.upload("general", "b", b"b").await;
    let unfinished = hers.begin("general", "c", 5).await;
    let mut check = async |nonce: &str, files: &[&str], code: &str| {
        assert_eq!(
            alice.refused(send("general", nonce, "", files)).await,
            code,
            "{files:?}"
        );
    };
    check("n1", &[], "bad_request").await;
    check("n2", &[&file, &file], "bad_request").await;
    check("n3", &["x"; 21], "bad_request").await;
    check("n4", &["x"], "no_such_file").await;
    check("n5", &[&file, &theirs], "no_such_file").await;
    check("n6", &[id(&unfinished)], "no_such_file").await;
    let sent = alice.ask(send("general", "n6", "", &[&file])).await;
    assert_eq!(
        sent["type"], "sent",
        "a refusal keeps nothing under its nonce"
    );
}

#[tokio::test]
async fn a_file_goes_with_its_last_message() {
    let server = TestServer::start().await;
    let mut alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let file = http.upload("general", "a", b"a").await;
    let unsent = http.upload("general", "b", b"b").await;
    let mut seqs = Vec::new();
    for nonce in ["n1", "n2"] {
        let sent = alice
            .expect("sent", send("general", nonce, "x", &[&file]))
            .await;
        seqs.push(sent["seq"].as_u64().unwrap());
    }
    let everything = json!({"type":"files"});
    alice
        .expect(
            "done",
            json!({"type":"delete","room":"general","target":seqs[0]}),
        )
        .await;
    assert_eq!(
        listed(&mut alice, everything.clone()).await,
        [unsent.clone(), file.clone()]
    );
    alice
        .expect(
            "done",
            json!({"type":"delete","room":"general","target":seqs[1]}),
        )
        .await;
    assert_eq!(listed(&mut alice, everything).await, [unsent]);
    assert_eq!(http.get(&path(&file), &[]).await.status, 404);
    let history = alice
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    for message in history["messages"].as_array().unwrap() {
        assert_eq!(message["files"], Value::Null, "{message}");
    }
}

#[tokio::test]
async fn moderators_delete_others_files_and_it_is_written_down() {
    let server = TestServer::start().await;
    let mut owner = server.user_of_rank("olga", Role::Owner).await;
    let alice = server.user("alice").await;
    let http = Http::new(&server, &alice.token);
    let file = http.upload("general", "a.txt", b"a").await;
    owner
        .expect("done", json!({"type":"delete_file","file":file}))
        .await;
    assert_eq!(
        owner
            .refused(json!({"type":"delete_file","file":file}))
            .await,
        "no_such_file"
    );
    let audit = owner.expect("audit", json!({"type":"audit"})).await;
    let entry = &audit["entries"][0];
    assert_eq!(entry["action"], "delete_file");
    assert_eq!(entry["target"], format!("#general {file}"));
    assert_eq!(entry["detail"], "a.txt by alice");
}
