//! `upload`, `download`, `files`, and what is shown of them.

use std::process::{Output, Stdio};

use serde_json::Value;

use crate::fake::Fake;
use crate::fake_files::FileFault;
use crate::{Cli, interrupt, json, why};

fn bytes(len: usize) -> Vec<u8> {
    (0..len)
        .map(|n| (n % 251) as u8 ^ (n >> 16) as u8)
        .collect()
}

/// The last line for programs.
fn last(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    json(text.lines().last().unwrap().as_bytes())
}

#[tokio::test]
async fn files_go_up_are_listed_and_come_down() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for name in ["a.txt", "b.bin", "Bản vẽ.pdf"] {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes(700_000)).unwrap();
        paths.push(path.to_str().unwrap().to_owned());
    }
    let mut args = vec!["--json", "upload", "#general"];
    args.extend(paths.iter().map(String::as_str));
    let up = cli.run(&args).await;
    assert_eq!(up.status.code(), Some(0), "{up:?}");
    let text = String::from_utf8(up.stdout).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| json(line.as_bytes())).collect();
    let files: Vec<&Value> = lines
        .iter()
        .filter(|line| line["blake3"].is_string())
        .collect();
    assert_eq!(files.len(), 3);
    let progress = lines
        .iter()
        .find(|line| line["type"] == "progress")
        .unwrap();
    assert_eq!(progress["total"], 700_000);
    let listed = cli.run(&["files", "general"]).await;
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert_eq!(listed.lines().count(), 3);
    assert!(
        listed.contains("683.6 KiB") && listed.contains("Bản vẽ.pdf"),
        "{listed}"
    );
    let id = files.iter().find(|file| file["name"] == "a.txt").unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    let to = dir.path().to_str().unwrap();
    let down = cli.run(&["--json", "download", id, to]).await;
    assert_eq!(down.status.code(), Some(0), "{down:?}");
    let path = dir.path().join("a (2).txt");
    assert_eq!(last(&down)["path"], path.to_str().unwrap());
    assert_eq!(std::fs::read(path).unwrap(), bytes(700_000));
    let there = cli.run(&["download", id, &paths[0]]).await;
    assert_eq!(there.status.code(), Some(1));
    assert!(why(&there).contains("nothing is overwritten"));
    let new = dir.path().join(".new");
    let named = cli.run(&["download", id, new.to_str().unwrap()]).await;
    assert_eq!(
        String::from_utf8(named.stdout).unwrap().trim(),
        new.to_str().unwrap()
    );
    assert_eq!(std::fs::read(new).unwrap(), bytes(700_000));
}

#[tokio::test]
async fn what_is_interrupted_or_killed_goes_on() {
    for kill in [false, true] {
        let fake = Fake::start().await;
        let cli = Cli::signed_in(&fake).await;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("large.bin");
        std::fs::write(&path, bytes(3_000_000)).unwrap();
        let args = ["--json", "upload", "general", path.to_str().unwrap()];
        fake.lock().files.faults = vec![FileFault::CutUpload(1_000_000)];
        let mut open = {
            let state = fake.lock();
            state.files.open.send_replace(false);
            state.files.open.subscribe()
        };
        open.borrow_and_update();
        let mut first = cli.command(&args);
        let first = first
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while !fake.lock().files.calls.iter().any(|(m, ..)| m == "PATCH") {
            tokio::task::yield_now().await;
        }
        if kill {
            let mut first = first;
            first.kill().await.unwrap();
        } else {
            interrupt(&first);
            let output = first.wait_with_output().await.unwrap();
            assert_eq!(output.status.code(), Some(1));
            assert!(why(&output).contains("the same command goes on"));
        }
        fake.lock().files.open.send_replace(true);
        let second = cli.run(&args).await;
        assert_eq!(second.status.code(), Some(0), "{second:?}");
        let state = fake.lock();
        assert!(state.files.whole()[0].1 == bytes(3_000_000));
        assert_eq!(state.files.all.len(), 1, "nothing was begun twice");
    }
}

#[tokio::test]
async fn refusals_and_absence_have_their_codes() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    std::fs::write(&path, "x").unwrap();
    let path = path.to_str().unwrap();
    let check = async |args: &[&str], code: i32, hint: &str| {
        let output = cli.run(args).await;
        assert_eq!(output.status.code(), Some(code), "{args:?} {output:?}");
        assert!(why(&output).contains(hint), "{args:?} {output:?}");
    };
    check(
        &["upload", "general", "/missing"],
        1,
        "/missing is not there",
    )
    .await;
    check(&["upload", "nowhere", path], 1, "no_such_room").await;
    check(&["download", "file000000000000000009"], 1, "not there").await;
    check(&["download", "../../../etc/passwd/xx"], 1, "not there").await;
    check(&["send", "general", "--file", "/missing"], 1, "/missing").await;
    fake.go_down();
    check(&["upload", "general", path], 3, "no connection").await;
    check(&["download", "file000000000000000009"], 3, "no connection").await;
    check(&["files"], 3, "no connection").await;
}

#[tokio::test]
async fn a_message_shows_its_files() {
    let fake = Fake::start().await;
    let cli = Cli::signed_in(&fake).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("plan.pdf");
    std::fs::write(&path, bytes(2_048)).unwrap();
    let path = path.to_str().unwrap();
    let sent = cli
        .run(&["--json", "send", "general", "--file", path])
        .await;
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    assert_eq!(last(&sent)["seq"], 1);
    let history = cli.run(&["history", "general"]).await;
    let history = String::from_utf8(history.stdout).unwrap();
    assert!(
        history.contains("alice: [plan.pdf, 2.0 KiB, file0"),
        "{history}"
    );
}
