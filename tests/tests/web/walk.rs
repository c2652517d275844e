//! A person's way through the pages, beside the desktop app.

use parlor_tests::browser::Script;
use parlor_tests::desktop::{Desktop, Window, home};
use parlor_tests::parlord::{Parlord, Setup};
use parlor_tests::reverse::Reverse;
use parlor_tests::store::messages;
use parlor_tests::until::{SOON, until};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

/// Everything around the browsers: the server, and somebody at the desktop app.
struct Around<'a> {
    server: Parlord,
    window: Window<'a>,
    home: &'a std::path::Path,
}

impl Around<'_> {
    fn answer(&mut self, what: &str, asked: &Value) -> Value {
        match what {
            "desktop says" => {
                self.window
                    .type_text(asked["text"].as_str().expect("a text"));
                self.window.key("Return");
            }
            "desktop has" => {
                for text in asked["texts"].as_array().expect("texts") {
                    until(&format!("{text} in the app"), SOON, || {
                        let kept = messages(self.home, "general");
                        kept.iter().any(|m| m.text == *text).then_some(())
                    });
                }
            }
            "kill" => self.server.kill(),
            "start again" => self.server.start_again(),
            "kept" => {
                let mut judge = Wire::login(&self.server, "judge");
                let history = judge.whole_history("general");
                return json!(
                    history
                        .iter()
                        .filter(|m| m["text"] == asked["text"])
                        .count()
                );
            }
            other => panic!("the script asks {other:?}"),
        }
        Value::Null
    }
}

/// Walks with browsers at `base` and the desktop app by `link`, both of which lead to the server.
fn walk(server: Parlord, base: &str, link: &str) {
    for name in ["alice", "bob", "carol", "judge"] {
        Wire::register(&server, name);
    }
    let desktop = Desktop::new();
    let home = home();
    let window = desktop.open(home.path(), &[link]);
    window.place(0, 0, 1200, 860);
    window.sign_in(home.path(), "carol");
    let mut around = Around {
        server,
        window,
        home: home.path(),
    };
    let variables = [
        ("BASE", base),
        ("ALICE", "alice"),
        ("BOB", "bob"),
        ("PASSWORD", PASSWORD),
    ];
    Script::start("walk.js", &variables).serve(|what, asked| around.answer(what, asked));
}

#[test]
fn a_person_walks_through_the_pages() {
    let server = Parlord::open();
    let base = format!("https://localhost:{}", server.port());
    let link = server.link();
    walk(server, &base, &link);
}

#[test]
fn the_same_walk_leads_through_the_proxy() {
    let server = Setup::default().arg("--proxies").arg("127.0.0.1").start();
    let proxy = Reverse::to(&[&server.link()]);
    let base = format!("https://localhost:{}", proxy.port());
    walk(server, &base, &proxy.link());
}
