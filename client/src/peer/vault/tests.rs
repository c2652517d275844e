use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Mutex;

use super::*;

/// A keyring in memory.
#[derive(Default)]
struct Memory {
    kept: Mutex<Option<String>>,
    trouble: Mutex<Option<&'static str>>,
    is_forgetful: bool,
}

impl Ring for Memory {
    fn get(&self) -> Result<Option<Zeroizing<String>>, String> {
        if let Some(trouble) = *self.trouble.lock().unwrap() {
            return Err(trouble.to_owned());
        }
        Ok(self.kept.lock().unwrap().clone().map(Zeroizing::new))
    }

    fn set(&self, secret: &str) -> Result<(), String> {
        if !self.is_forgetful {
            *self.kept.lock().unwrap() = Some(secret.to_owned());
        }
        Ok(())
    }
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    (dir, path)
}

#[test]
fn keys_in_a_file_stay() {
    let (_dir, path) = place();
    let first = open_by(&path, None, true).unwrap();
    assert!(!first.in_keyring);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // A keyring that comes later changes nothing.
    let ring = Arc::new(Memory::default());
    let again = open_by(&path, Some(ring.clone()), true).unwrap();
    assert_eq!((again.id(), &*again.pickle), (first.id(), &*first.pickle));
    assert!(!again.in_keyring && ring.kept.lock().unwrap().is_none());
    assert!(!format!("{first:?}").contains(&*first.encode()));
}

#[test]
fn keys_in_the_keyring_stay_there() {
    let (_dir, path) = place();
    let ring = Arc::new(Memory::default());
    let first = open_by(&path, Some(ring.clone()), true).unwrap();
    assert!(first.in_keyring);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains("keys"), "{text}");
    // It is asked even where new keys would not be put there.
    let again = open_by(&path, Some(ring), false).unwrap();
    assert_eq!((again.id(), &*again.pickle), (first.id(), &*first.pickle));
    assert!(again.in_keyring);
}

#[test]
fn keys_that_cannot_be_reached_are_not_made_anew() {
    let (_dir, path) = place();
    let ring = Arc::new(Memory::default());
    open_by(&path, Some(ring.clone()), true).unwrap();
    let before = fs::read(&path).unwrap();
    let check = |ring: Option<Arc<dyn Ring>>, expected: &str| {
        let error = open_by(&path, ring, true).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    };
    check(None, "unlock it and start again");
    *ring.trouble.lock().unwrap() = Some("it is locked");
    check(Some(ring.clone()), "(it is locked): unlock it");
    *ring.trouble.lock().unwrap() = None;
    let other = Secrets::new().encode().to_string();
    for kept in [None, Some("nonsense".to_owned()), Some(other)] {
        (*ring.kept.lock().unwrap()).clone_from(&kept);
        check(Some(ring.clone()), "not in the system's keyring any more");
        assert_eq!(*ring.kept.lock().unwrap(), kept);
    }
}

#[test]
fn a_keyring_that_is_of_no_use_is_not_used() {
    let broken = Memory {
        trouble: Mutex::new(Some("no")),
        ..Memory::default()
    };
    let forgetful = Memory {
        is_forgetful: true,
        ..Memory::default()
    };
    for ring in [broken, forgetful] {
        let (_dir, path) = place();
        let made = open_by(&path, Some(Arc::new(ring)), true).unwrap();
        assert!(!made.in_keyring);
        assert_eq!(open_by(&path, None, true).unwrap().id(), made.id());
    }
    let (_dir, path) = place();
    let unwanted = Arc::new(Memory::default());
    open_by(&path, Some(unwanted.clone()), false).unwrap();
    assert!(unwanted.kept.lock().unwrap().is_none());
}

#[test]
fn what_a_killed_process_left_in_the_keyring_is_taken_over() {
    let (_dir, path) = place();
    let left = Secrets::new();
    let ring = Memory::default();
    ring.set(&left.encode()).unwrap();
    let opened = open_by(&path, Some(Arc::new(ring)), true).unwrap();
    assert_eq!(opened.id(), left.id());
}

#[test]
fn nobody_waits_for_a_keyring_that_does_not_answer() {
    let (asked, was_asked) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let ring = Arc::new(Memory::default());
    let said = ask(ring, Duration::from_millis(1), move |_, given_up| {
        let _ = may_go_on.recv();
        asked.send(given_up()).unwrap();
        Ok(())
    });
    assert_eq!(said, Err("it does not answer".to_owned()));
    go_on.send(()).unwrap();
    assert!(was_asked.recv().unwrap(), "it learns that it is too late");
}

#[test]
fn a_damaged_file_is_named_and_kept() {
    let (_dir, path) = place();
    open_by(&path, None, true).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    let other = Secrets::new().id().to_string();
    let own = Kept::read(&path).unwrap();
    let Some(Kept::Here(own)) = own else {
        panic!("the keys are here");
    };
    let damages = [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace("\"v\":1", "\"v\":2"),
        whole.replace(&own.id().to_string(), &other),
    ];
    for damaged in damages {
        fs::write(&path, &damaged).unwrap();
        let error = open_by(&path, None, true).unwrap_err().to_string();
        assert!(error.contains(FILE) && error.contains("damaged"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
    }
}
