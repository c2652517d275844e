//! `parlor-cli` against the small server of the session tests: what it prints,
//! and with which code it ends.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails where something is not there"
)]

#[path = "../session/fake.rs"]
#[allow(dead_code, reason = "the session tests use more of it")]
mod fake;
#[path = "../session/fake_files.rs"]
#[allow(dead_code, reason = "the session tests use more of it")]
mod fake_files;
mod files;

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use fake::{Fake, Fault};

struct Cli {
    home: PathBuf,
    _dir: tempfile::TempDir,
}

impl Cli {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            home: dir.path().join("home"),
            _dir: dir,
        }
    }

    async fn signed_in(fake: &Arc<Fake>) -> Self {
        let cli = Self::new();
        let login = cli.run(&["login", &fake.link().to_string(), "alice"]).await;
        assert_eq!(login.status.code(), Some(0), "{login:?}");
        cli
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-cli"));
        command
            .env("PARLOR_HOME", &self.home)
            .env("PARLOR_PASSWORD", "correct horse")
            .args(args)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().await.unwrap()
    }
}

fn interrupt(child: &Child) {
    let id = rustix::process::Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
}

/// The one line that says why.
fn why(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test]
async fn a_message_is_sent_and_its_answer_printed_as_it_came() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    let sent = cli.run(&["--json", "send", "#general", "Chào"]).await;
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    let sent = json(&sent.stdout);
    assert_eq!((&sent["type"], &sent["seq"]), (&"sent".into(), &1.into()));
    let history = cli.run(&["--json", "history", "general"]).await;
    assert_eq!(json(&history.stdout)["messages"][0]["text"], "Chào");
}

#[tokio::test]
async fn text_and_password_come_from_standard_input() {
    let fake = Fake::start().await;
    let cli = Cli::new();
    let link = fake.link().to_string();
    let with_input = async |args: &[&str], input: &str| {
        let mut command = cli.command(args);
        command.env_remove("PARLOR_PASSWORD");
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        assert_eq!(child.wait().await.unwrap().code(), Some(0));
    };
    with_input(&["login", &link, "alice"], "correct horse\n").await;
    assert_eq!(fake.asked("login")[0]["password"], "correct horse");
    with_input(&["send", "general", "-"], "two\nlines\n").await;
    assert_eq!(fake.texts("general"), ["two\nlines"]);
}

#[tokio::test]
async fn without_a_connection_the_message_is_taken_back() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    fake.go_down();
    let lost = cli.run(&["send", "--wait", "1", "general", "lost"]).await;
    assert_eq!(lost.status.code(), Some(3));
    assert!(why(&lost).contains("taken back"), "{lost:?}");
    for args in [&["rooms"][..], &["tail"], &["who"], &["join", "x"]] {
        let output = cli.run(args).await;
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        why(&output);
    }
    fake.come_up();
    let sent = cli.run(&["send", "general", "next"]).await;
    assert_eq!(sent.status.code(), Some(0));
    assert_eq!(fake.texts("general"), ["next"]);
}

#[tokio::test]
async fn a_message_that_may_have_arrived_is_sent_again_by_its_nonce() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    {
        let mut state = fake.lock();
        state.faults.push(Fault::KeepAndBreak);
        state.down_after_break = true;
    }
    let unsure = cli.run(&["send", "--wait", "1", "general", "once"]).await;
    assert_eq!(unsure.status.code(), Some(3), "{unsure:?}");
    let said = why(&unsure);
    let nonce = said.split("--nonce ").nth(1).unwrap();
    let nonce = nonce.split(' ').next().unwrap();
    fake.come_up();
    let again = cli
        .run(&["--json", "send", "--nonce", nonce, "general", "once"])
        .await;
    assert_eq!(json(&again.stdout)["duplicate"], true);
    assert_eq!(fake.texts("general"), ["once"]);
}

#[tokio::test]
async fn what_a_killed_send_left_goes_first() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    fake.go_down();
    let mut killed = cli.command(&["send", "--wait", "60", "general", "first"]);
    let mut killed = killed.stderr(Stdio::null()).spawn().unwrap();
    fake.until_turned_away().await;
    killed.kill().await.unwrap();
    fake.come_up();
    let sent = cli.run(&["send", "general", "second"]).await;
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    assert_eq!(fake.texts("general"), ["first", "second"]);
}

#[tokio::test]
async fn an_interrupted_send_takes_its_message_back() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    fake.go_down();
    let mut send = cli.command(&["send", "--wait", "60", "general", "never mind"]);
    let send = send.stderr(Stdio::piped()).spawn().unwrap();
    fake.until_turned_away().await;
    interrupt(&send);
    let output = send.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(why(&output).contains("taken back"));
    fake.come_up();
    let sent = cli.run(&["send", "general", "other"]).await;
    assert_eq!(sent.status.code(), Some(0));
    assert_eq!(fake.texts("general"), ["other"]);
}

#[tokio::test]
async fn a_refusal_is_one_line_and_code_1() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    let error = serde_json::json!({"type":"error","code":"muted","message":"You may\nnot \u{1b}[31mwrite."});
    fake.lock().faults.push(Fault::Refuse(error));
    let muted = cli.run(&["send", "general", "x"]).await;
    assert_eq!(muted.status.code(), Some(1));
    assert_eq!(why(&muted), "parlor-cli: You may not \u{FFFD}[31mwrite.\n");
    let sent = cli.run(&["send", "general", "y"]).await;
    assert_eq!(sent.status.code(), Some(0));
    assert_eq!(
        fake.texts("general"),
        ["y"],
        "what was refused is not sent later"
    );
    let nobody = Cli::new().run(&["rooms"]).await;
    assert_eq!(nobody.status.code(), Some(1));
    assert!(why(&nobody).contains("login"));
}

#[tokio::test]
async fn an_unknown_key_is_shown_and_not_believed() {
    let fake = Fake::start().await;
    let cli = Cli::new();
    let output = cli
        .run(&["login", &fake.address.to_string(), "alice"])
        .await;
    assert_eq!(output.status.code(), Some(1));
    let pin = fake.pin().to_string();
    assert!(why(&output).contains(&format!("?pin={pin}")));
    assert!(fake.lock().asked.is_empty());
}

#[tokio::test]
async fn tail_prints_each_line_once_over_broken_connections() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    fake.message("general", "m1");
    fake.message("general", "m2");
    let args = ["--json", "tail", "general", "--since", "1"];
    let mut tail = cli.command(&args).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut next = async || json(lines.next_line().await.unwrap().unwrap().as_bytes());
    assert_eq!(next().await["text"], "m2");
    for n in 3..6 {
        fake.break_all();
        fake.message("general", &format!("m{n}"));
        let line = next().await;
        assert_eq!(
            (&line["seq"], &line["text"]),
            (&n.into(), &format!("m{n}").into())
        );
    }
    interrupt(&tail);
    assert_eq!(tail.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn logging_out_leaves_nothing() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    let out = cli.run(&["--json", "logout"]).await;
    assert_eq!(json(&out.stdout)["type"], "bye");
    assert!(fake.lock().tokens.is_empty());
    let accounts = std::fs::read_dir(cli.home.join("accounts")).unwrap();
    assert_eq!(accounts.count(), 0);
}
