//! The scripts of the pages without a browser: `tests/web/unit`, by node's own runner.

use std::process::Command;

use parlor_tests::program::workspace;

#[test]
fn the_scripts_of_the_pages_do_what_they_should_each_by_itself() {
    let folder = workspace().join("tests/web/unit");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of unit tests")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no tests in {}", folder.display());
    let output = Command::new("node")
        .arg("--test")
        .args(&files)
        .output()
        .unwrap_or_else(|error| panic!("node does not start: {error}: run ./test"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let passed = said.lines().find_map(|line| line.strip_prefix("# pass "));
    let passed: usize = passed.and_then(|n| n.parse().ok()).unwrap_or(0);
    assert!(passed >= files.len(), "{passed} passed: {said}");
}
