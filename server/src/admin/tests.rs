use std::sync::Arc;

use super::*;
use crate::passwords::PasswordRules;

const GOOD: &str = "plum-harbour-tin-41";

fn now() -> Time {
    Time::from_millis(1_795_000_000_000)
}

fn passwords() -> Passwords {
    Passwords::new(PasswordRules::default())
}

async fn store() -> (tempfile::TempDir, Arc<dyn Storage>) {
    let folder = tempfile::TempDir::new().unwrap();
    let storage = crate::storage::open(folder.path()).await.unwrap();
    (folder, storage)
}

async fn add(storage: &dyn Storage, username: &str, role: Role) -> Result<UserRecord> {
    let account = Account {
        username: username.to_owned(),
        name: None,
        role,
    };
    add_user(storage, &passwords(), account, GOOD.to_owned(), now()).await
}

#[tokio::test]
async fn an_account_is_made_and_can_sign_in() {
    let (_folder, storage) = store().await;
    let alice = add(&*storage, "Alice", Role::Owner).await.unwrap();
    assert_eq!((&*alice.username, alice.role), ("alice", Role::Owner));
    let checked = passwords().verify(GOOD.to_owned(), alice.password).await;
    assert_eq!(checked, Ok(true));
    let snapshot = storage.load().await.unwrap();
    assert_eq!(snapshot.members.len(), 2);
    assert_eq!(snapshot.revision, 1);
    let listed = list_users(&*storage).await.unwrap();
    assert_eq!(
        (&*listed[0].username, listed[0].sessions, listed[0].seen),
        ("alice", 0, None)
    );
    let (entries, _) = storage.audit(None, 9).await.unwrap();
    let entry = &entries[0];
    assert_eq!(
        (&*entry.actor, &*entry.action, &*entry.target),
        ("server", "user_add", "alice")
    );
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let (_folder, storage) = store().await;
    add(&*storage, "alice", Role::Owner).await.unwrap();
    let check = |result: Result<()>, words: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{error:?}");
    };
    let made = async |name, role| add(&*storage, name, role).await.map(|_| ());
    check(made("alice", Role::Member).await, "choose another");
    check(made("no spaces", Role::Member).await, "a-z 0-9");
    check(made("guest-ab12cd34", Role::Member).await, "guest's form");
    check(made("bob", Role::Guest).await, "say member");
    let storage = &*storage;
    let last = "make somebody else owner first";
    check(set_role(storage, "alice", Role::Admin, now()).await, last);
    check(set_disabled(storage, "alice", true, now()).await, last);
    check(
        set_role(storage, "zoe", Role::Admin, now()).await,
        "user list",
    );
    let rules = passwords();
    let weak = set_password(storage, &rules, "alice", "short".to_owned(), now());
    check(weak.await, "At least 10 characters.");
    assert_eq!(storage.audit(None, 9).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn changes_are_kept_and_left_for_a_running_server() {
    let (_folder, storage) = store().await;
    let storage = &*storage;
    add(storage, "alice", Role::Owner).await.unwrap();
    add(storage, "bob", Role::Member).await.unwrap();
    let revision = storage.load().await.unwrap().revision;
    set_role(storage, "BOB", Role::Moderator, now())
        .await
        .unwrap();
    let other = "tin-harbour-plum-14";
    let rules = passwords();
    let changed = set_password(storage, &rules, "bob", other.to_owned(), now());
    changed.await.unwrap();
    set_disabled(storage, "bob", true, now()).await.unwrap();
    let changes = storage.changes_since(revision).await.unwrap();
    let [bob] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!(bob.user.role, Role::Moderator);
    assert!(bob.user.disabled);
    let hash = bob.user.password.clone();
    assert_eq!(passwords().verify(other.to_owned(), hash).await, Ok(true));
    let made = create_invite(storage, Role::Admin, 3, None, now())
        .await
        .unwrap();
    let stored = storage.invite(SecretHash::of(&made.code)).await.unwrap();
    assert_eq!(stored.map(|i| (i.role, i.uses)), Some((Role::Admin, 3)));
}
