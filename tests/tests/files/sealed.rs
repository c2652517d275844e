//! Files for one user, in place of a room.

use parlor_tests::http::Answer;
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::tus::{BYTES, Tus, VERSION, id_of, metadata, path};
use parlor_tests::wire::Wire;
use serde_json::{Value, json};

fn register(server: &Parlord, name: &str) -> (Wire, Tus) {
    let wire = Wire::register(server, name);
    let tus = Tus::of(server, &wire);
    (wire, tus)
}

fn try_create(tus: &Tus, pairs: &[(&str, &str)], size: u64) -> Answer {
    let (metadata, size) = (metadata(pairs), size.to_string());
    let headers = [
        ("Upload-Length", size.as_str()),
        ("Upload-Metadata", &metadata),
    ];
    tus.tus("POST", "/files", &headers, b"")
}

fn create(tus: &Tus, for_whom: &str, size: u64) -> String {
    let answer = try_create(
        tus,
        &[("filename", "x.bin"), ("sealed_for", for_whom)],
        size,
    );
    assert_eq!(answer.status, 201, "{}", answer.text());
    id_of(&answer)
}

fn seal(tus: &Tus, for_whom: &str, bytes: &[u8]) -> String {
    let id = create(tus, for_whom, bytes.len() as u64);
    assert_eq!(tus.patch(&id, 0, bytes).status, 204);
    id
}

#[test]
fn its_maker_and_its_receiver_read_it_and_nobody_else() {
    let mut server = Parlord::open();
    let (mut alice, hers) = register(&server, "alice");
    let (mut bob, his) = register(&server, "bob");
    let (mut eve, eves) = register(&server, "eve");
    let mut owner = Wire::owner(&server, "root");
    let owners = Tus::of(&server, &owner);
    let id = seal(&hers, "BOB", b"sealed bytes");
    for tus in [&hers, &his] {
        let whole = tus.get(&id, &[]);
        assert_eq!((whole.status, &*whole.body), (200, &b"sealed bytes"[..]));
        let part = tus.get(&id, &[("Range", "bytes=7-")]);
        assert_eq!((part.status, &*part.body), (206, &b"bytes"[..]));
        assert_eq!(tus.ask("HEAD", &path(&id), &[], b"").status, 200);
    }
    let probe = hers.probe(&id);
    let expected = metadata(&[("filename", "x.bin"), ("sealed_for", "bob")]);
    assert_eq!(probe.header("upload-metadata"), Some(&*expected));
    for tus in [&eves, &owners] {
        let none = "AAAAAAAAAAAAAAAAAAAAAA";
        let requests: [(&str, &[(&str, &str)]); 5] = [
            ("GET", &[]),
            ("HEAD", &[]),
            ("HEAD", &[VERSION]),
            ("PATCH", &[VERSION, BYTES, ("Upload-Offset", "0")]),
            ("DELETE", &[VERSION]),
        ];
        for (method, headers) in requests {
            let answer = tus.ask(method, &path(&id), headers, b"");
            let of_none = tus.ask(method, &path(none), headers, b"");
            assert_eq!(answer.status, 404, "{method} {headers:?}");
            assert_eq!(answer.text().replace(&id, none), of_none.text());
        }
    }
    for wire in [&mut alice, &mut bob, &mut eve, &mut owner] {
        let listed = wire.get("files", json!({"type": "files"}));
        assert_eq!(listed["files"], json!([]), "it stands in no list");
    }
    let show = json!({"type": "send", "room": "general", "text": "", "nonce": "n1", "files": [id]});
    alice.refused("no_such_file", show);
    eve.refused("no_such_file", json!({"type": "delete_file", "file": id}));
    server.kill();
    server.start_again();
    let his = Tus::with(&server, bob.token());
    assert_eq!(his.get(&id, &[]).body, b"sealed bytes");
}

#[test]
fn either_of_the_two_deletes_it() {
    let server = Parlord::open();
    let (mut alice, hers) = register(&server, "alice");
    let (mut bob, his) = register(&server, "bob");
    let deleted = |id: &str| {
        assert_eq!(hers.get(id, &[]).status, 404);
        assert_eq!(his.get(id, &[]).status, 404);
    };
    let id = seal(&hers, "bob", b"a");
    assert_eq!(his.tus("DELETE", &path(&id), &[], b"").status, 204);
    deleted(&id);
    let id = seal(&hers, "bob", b"b");
    assert_eq!(hers.tus("DELETE", &path(&id), &[], b"").status, 204);
    deleted(&id);
    let delete = |id: &str| json!({"type": "delete_file", "file": id});
    let id = seal(&hers, "bob", b"c");
    bob.get("done", delete(&id));
    deleted(&id);
    let id = seal(&hers, "bob", b"d");
    alice.get("done", delete(&id));
    deleted(&id);
    alice.refused("no_such_file", delete(&id));
}

#[test]
fn an_unfinished_one_is_its_makers() {
    let mut server = Parlord::open();
    let (alice, hers) = register(&server, "alice");
    let (_bob, his) = register(&server, "bob");
    let id = create(&hers, "bob", 12);
    assert_eq!(hers.patch(&id, 0, b"sealed").status, 204);
    assert_eq!(his.get(&id, &[]).status, 404);
    assert_eq!(his.probe(&id).status, 404);
    assert_eq!(his.patch(&id, 6, b" bytes").status, 404);
    assert_eq!(his.tus("DELETE", &path(&id), &[], b"").status, 404);
    server.kill();
    server.start_again();
    let hers = Tus::with(&server, alice.token());
    assert_eq!(hers.offset(&id), 6);
    assert_eq!(hers.patch(&id, 6, b" bytes").status, 204);
    assert_eq!(hers.get(&id, &[]).body, b"sealed bytes");
}

#[test]
fn what_cannot_be_sealed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "[files]\nuser_bytes = 100\n";
    let server = Setup::default()
        .arg("--guests")
        .config(folder.path(), config)
        .start();
    let mut owner = Wire::owner(&server, "root");
    let (_alice, hers) = register(&server, "alice");
    register(&server, "bob");
    let check = |status: u16, code: &str, tus: &Tus, pairs: &[(&str, &str)]| {
        let refused = try_create(tus, pairs, 10);
        refused.refused(status, code, &format!("{pairs:?}"));
    };
    check(400, "bad_request", &hers, &[("filename", "x")]);
    check(400, "bad_request", &hers, &[("sealed_for", "")]);
    let both = [("room", "general"), ("sealed_for", "bob")];
    check(400, "bad_request", &hers, &both);
    check(404, "no_such_user", &hers, &[("sealed_for", "nobody")]);
    let guest = Wire::open(server.dial(), json!({"type": "guest", "nickname": "G"}));
    let guests = Tus::of(&server, &guest);
    check(403, "forbidden", &guests, &[("sealed_for", "bob")]);
    let name = guest.username();
    check(403, "forbidden", &hers, &[("sealed_for", &name)]);
    // It counts among its maker's files, not its receiver's.
    seal(&hers, "bob", &[7; 91]);
    check(507, "quota_full", &hers, &[("sealed_for", "bob")]);
    owner.get("done", json!({"type": "mute", "username": "alice"}));
    check(403, "muted", &hers, &[("sealed_for", "bob")]);
    owner.get(
        "done",
        json!({"type": "ban", "username": "bob", "reason": "x"}),
    );
    check(403, "forbidden", &hers, &[("sealed_for", "bob")]);
    assert_eq!(
        owner.get("files", json!({"type": "files"}))["files"],
        Value::from(Vec::<Value>::new())
    );
}
