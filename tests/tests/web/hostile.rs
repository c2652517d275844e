//! Script in every field that people can fill, looked at in a real browser.

use parlor_tests::browser::Script;
use parlor_tests::parlord::Parlord;
use parlor_tests::tus::Tus;
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

/// Texts that somebody writes into the page itself.
const WRITTEN: [&str; 4] = [
    "`<b>` **<i>x</i>** @<u>alice</u> <style>*{display:none}</style>",
    "```\n</pre><script>alert(16)</script>\n```",
    "https://a.org/\"onmouseover=\"alert(17)",
    "\u{202e}txt.exe\u{202c} {{ 7*7 }} ${alert(18)}",
];
const NAME: &str = "<img src=x onerror=pwned=1>";
const STATUS: &str = "<svg onload=alert(1)>";
const TOPIC: &str = "<script>pwned=2</script>";
const FILE: &str = "<img src=x onerror=pwned=3>.txt";
/// What the server makes of [`FILE`]: the signs that Windows reserves are gone.
const FILE_KEPT: &str = "_img src=x onerror=pwned=3_.txt";
/// Texts of messages that show as they are.
const TEXTS: [&str; 6] = [
    "<script>alert(4)</script>",
    "\"><iframe src=javascript:alert(5)>",
    "<a href=\"javascript:alert(6)\">x</a>",
    "{{constructor.constructor('pwned=7')()}}",
    "&lt;script&gt;alert(8)&lt;/script&gt;",
    "${pwned=9}",
];
/// Texts of messages whose markup is read: no link may run script.
const LINKS: [&str; 5] = [
    "[click](javascript:alert(10))",
    "[click](JaVaScRiPt:alert(11))",
    "[click](data:text/html,<script>alert(12)</script>)",
    "![x](x\" onerror=\"pwned=13)",
    "javascript:alert(14)//https://example.org/\"onmouseover=\"pwned=15",
];

#[test]
fn no_text_of_people_becomes_markup() {
    let server = Parlord::open();
    Wire::register(&server, "alice");
    let mut mallory = Wire::register(&server, "mallory");
    mallory.ask(json!({"type": "profile", "name": NAME, "status": STATUS}));
    let mut owner = Wire::owner(&server, "owner");
    owner.ask(json!({"type": "set_topic", "room": "general", "topic": TOPIC}));
    for (at, text) in TEXTS.iter().chain(&LINKS).enumerate() {
        mallory.ask(json!({
            "type": "send", "room": "general", "text": text, "nonce": format!("n{at}"),
        }));
    }
    let tus = Tus::of(&server, &mallory);
    let file = tus.create("general", FILE, 8);
    assert_eq!(tus.patch(&file, 0, b"harmless").status, 204);
    mallory.ask(json!({
        "type": "send", "room": "general", "text": "the end of it", "nonce": "end", "files": [file],
    }));
    let mut payloads = vec![NAME, STATUS, TOPIC, FILE_KEPT];
    payloads.extend(TEXTS);
    let base = format!("https://localhost:{}", server.port());
    let [payloads, written] = [json!(payloads), json!(WRITTEN)].map(|list| list.to_string());
    let variables = [
        ("BASE", base.as_str()),
        ("ALICE", "alice"),
        ("PASSWORD", PASSWORD),
        ("PAYLOADS", payloads.as_str()),
        ("WRITTEN", written.as_str()),
    ];
    Script::start("hostile.js", &variables).serve(|what, _| -> Value {
        panic!("the script asks {what:?}");
    });
}
