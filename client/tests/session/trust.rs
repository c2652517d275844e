//! Whom a client believes to be the server.

use parlor_certs::Identity;
use parlor_client::{ConnectError, EndReason, Link, ServerKey, Trust, greet, sign_in};

use crate::fake::Fake;
use crate::person::{Person, login};

fn other_identity() -> (tempfile::TempDir, Identity) {
    let dir = tempfile::tempdir().unwrap();
    let identity = Identity::own(dir.path(), &["localhost".into()]).unwrap();
    (dir, identity)
}

#[tokio::test]
async fn a_key_that_nobody_vouches_for_is_asked_about_once() {
    let fake = Fake::start().await;
    let dir = tempfile::tempdir().unwrap();
    let home = parlor_client::Home::open(dir.path().join("home")).unwrap();
    let link = Link::new(fake.link().address);
    let greeting = greet(&home, &link).await.unwrap();
    assert_eq!(
        (greeting.trust, greeting.pin),
        (Trust::FirstUse, fake.pin())
    );
    assert_eq!(greeting.welcome.server.name, "Fake");
    let refused = sign_in(&home, &link, login()).await.unwrap_err();
    assert!(
        refused.to_string().contains(&fake.pin().to_string()),
        "{refused}"
    );
    assert!(fake.lock().asked.is_empty(), "nothing secret went out");
    home.remember(&greeting).unwrap();
    assert_eq!(greet(&home, &link).await.unwrap().trust, Trust::Remembered);
    sign_in(&home, &link, login()).await.unwrap();
}

#[tokio::test]
async fn a_changed_key_is_refused_everywhere() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let remembered = fake.pin();
    let (_dir, identity) = other_identity();
    fake.tls.replace(&identity).unwrap();
    let mut app = alice.open();
    let EndReason::KeyChanged(change) = app.until_ended().await else {
        panic!("not refused")
    };
    assert_eq!(change.which, ServerKey::Certificate);
    assert_eq!(change.expected, [remembered.to_string()]);
    assert_eq!(change.shown, identity.pin().to_string());
    let resumes = fake.asked("resume").len();
    assert_eq!(resumes, 0, "the token stayed here");
    // A link that says what the server says is not believed either, until the server is forgotten.
    let error = greet(&alice.home, &fake.link()).await.unwrap_err();
    assert!(matches!(error, ConnectError::KeyChanged(_)), "{error}");
    alice.home.forget_server(&fake.address.to_string()).unwrap();
    assert_eq!(
        greet(&alice.home, &fake.link()).await.unwrap().trust,
        Trust::FromLink
    );
    assert!(alice.home.accounts().is_empty());
}

#[tokio::test]
async fn an_announced_key_is_expected() {
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let (_dir, next) = other_identity();
    fake.lock().next_pins = vec![next.pin().to_string()];
    let mut app = alice.online().await;
    fake.tls.replace(&next).unwrap();
    fake.break_all();
    app.until_offline().await;
    app.handle.try_now();
    app.until_connected().await;
}

#[tokio::test]
async fn a_changed_signing_key_is_refused() {
    let fake = Fake::start().await;
    let server =
        parlor_certs::ServerKey::open(&tempfile::tempdir().unwrap().path().join("a")).unwrap();
    fake.lock().server_key = server.public().to_string();
    let alice = Person::sign_in(&fake).await;
    let other =
        parlor_certs::ServerKey::open(&tempfile::tempdir().unwrap().path().join("b")).unwrap();
    fake.lock().server_key = other.public().to_string();
    let mut app = alice.open();
    let EndReason::KeyChanged(change) = app.until_ended().await else {
        panic!("not refused")
    };
    assert_eq!(change.which, ServerKey::Signing);
    assert_eq!(change.shown, other.public().to_string());
}

#[tokio::test]
async fn what_is_kept_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let fake = Fake::start().await;
    let alice = Person::sign_in(&fake).await;
    let app = alice.online().await;
    let mut folders = vec![alice.home.dir().to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let mode = std::fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 5, "{files}");
    let shown = format!("{:?} {:?}", alice.home.accounts(), app.handle);
    assert!(!shown.contains("token-0"), "{shown}");
}
