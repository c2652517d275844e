//! A person's way through the pages, beside the desktop app.

use parlor_tests::browser::Script;
use parlor_tests::desktop::{Desktop, Window, home};
use parlor_tests::parlord::Parlord;
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

/// Walks against `base`, which leads to the server.
fn walk(server: Parlord, base: &str) {
    for name in ["alice", "bob", "carol", "judge"] {
        Wire::register(&server, name);
    }
    let desktop = Desktop::new();
    let home = home();
    let window = desktop.open(home.path(), &[&server.link()]);
    window.place(0, 0, 1200, 860);
    window.type_text("carol");
    window.key("Tab");
    window.type_text(PASSWORD);
    window.key("Return");
    until("carol's rooms", SOON, || {
        let rooms = parlor_tests::store::rooms(home.path());
        rooms.contains(&"general".to_owned()).then_some(())
    });
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
    Script::start("walk.mjs", &variables).serve(|what, asked| around.answer(what, asked));
}

#[test]
fn a_person_walks_through_the_pages() {
    let server = Parlord::open();
    let base = format!("https://localhost:{}", server.port());
    walk(server, &base);
}
