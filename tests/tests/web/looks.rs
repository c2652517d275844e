//! How the pages look, and whether everybody can use them.

use parlor_tests::browser::Script;
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::Tus;
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

/// A room with something of everything in it.
fn furnish(server: &Parlord) {
    let mut alice = Wire::register(server, "alice");
    let mut minh = Wire::register(server, "minh.anh");
    let say = |who: &mut Wire, text: &str| {
        let request = json!({
            "type": "send", "room": "general", "text": text, "nonce": format!("n{}", text.len()),
        });
        who.ask(request)["seq"].as_u64().expect("a seq")
    };
    let first = say(
        &mut minh,
        "Chào cả nhà, bản firmware 2.4 đã chạy ổn định suốt đêm trên cả ba robot.",
    );
    say(
        &mut minh,
        "我看了日志：重连之后序号是连续的，没有丢消息。关键是这一行：\n```rust\nlet missing = cursor + 1..event.seq;\n```",
    );
    say(
        &mut alice,
        "**Super**, merci ! Tout est ici : https://lab4.example.org/bench/2026-11-19 `ok`",
    );
    say(&mut minh, "@alice can you sign 2.4 before noon?");
    alice.ask(json!({
        "type": "react", "room": "general", "target": first, "emoji": "👍", "on": true,
    }));
    let tus = Tus::of(server, &alice);
    let file = tus.upload("general", "mesures-40C-novembre.csv", &[b'1'; 10_400]);
    alice.ask(json!({
        "type": "send", "room": "general", "text": "Signing it now.", "nonce": "file", "files": [file],
    }));
    let tus = Tus::of(server, &minh);
    tus.upload(
        "general",
        "Đà-Lạt-trạm-đo-số-2-và-một-tên-tệp-dài-hơn-chỗ-của-nó.pdf",
        &[b'%'; 2_345],
    );
    for (room, topic) in [
        ("firmware", "2.4 by Friday"),
        ("thiết-kế", "Vỏ hộp"),
        ("会议室", ""),
    ] {
        minh.ask(json!({"type": "create_room", "room": room, "topic": topic}));
        alice.ask(json!({"type": "join", "room": room}));
    }
}

#[test]
fn everybody_can_use_every_page_dark_and_light_wide_and_narrow() {
    let server = Parlord::open();
    furnish(&server);
    let base = format!("https://localhost:{}", server.port());
    let code = server.owner_code();
    let variables = [
        ("BASE", base.as_str()),
        ("ALICE", "alice"),
        ("PASSWORD", PASSWORD),
        ("INVITE", code.as_str()),
    ];
    Script::start("looks.js", &variables).serve(|what, _| -> Value {
        panic!("the script asks {what:?}");
    });
}
