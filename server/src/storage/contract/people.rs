//! Users, sessions, invites, and what is done with rank.

use super::*;
use crate::storage::{
    BanRecord, BanSubject, Deed, DeedOutcome, InviteRecord, Mute, NewSession, Origin, PasswordHash,
    SecretHash, SessionTouch,
};

fn newcomer(username: &str) -> NewUser {
    NewUser {
        username: username.to_owned(),
        name: "New".to_owned(),
        role: Role::Member,
        password: Some(PasswordHash("$argon2id$x".to_owned())),
        created: at(10),
        rooms: vec![RoomId::GENERAL, RoomId::BROADCAST, RoomId(55)],
    }
}

pub(super) async fn session(
    storage: &dyn Storage,
    user: UserId,
    token: &str,
) -> crate::storage::SessionRecord {
    let new = NewSession {
        user,
        token: SecretHash::of(token),
        label: "desktop".to_owned(),
        address: "127.0.0.1".to_owned(),
        created: at(1),
        expires: at(1000),
    };
    storage.create_session(new).await.unwrap()
}

fn done() -> DeedOutcome {
    DeedOutcome::Done { ended: Vec::new() }
}

pub(in crate::storage) async fn usernames_are_never_given_again(place: &dyn Place) {
    let storage = place.open();
    let made = storage
        .create_user(newcomer("alice"), Admission::Open)
        .await
        .unwrap();
    let Admitted::User(alice) = made else {
        panic!("{made:?}")
    };
    let taken = storage.create_user(newcomer("alice"), Admission::Open);
    assert_eq!(taken.await.unwrap(), Admitted::UsernameTaken);
    appended(&*storage, message(alice.id, "n", "a guest's words")).await;
    session(&*storage, alice.id, "t").await;
    storage.remove_guest(alice.id).await.unwrap();
    let after = storage.load().await.unwrap();
    assert!(after.users.is_empty() && after.members.is_empty() && after.sessions.is_empty());
    let taken = storage.create_user(newcomer("alice"), Admission::Open);
    assert_eq!(taken.await.unwrap(), Admitted::UsernameTaken);
    let log = storage.events_after(RoomId::GENERAL, 0, 9).await.unwrap();
    assert!(format!("{log:?}").contains("\"alice\""));
}

pub(in crate::storage) async fn invites_are_used_up(place: &dyn Place) {
    let storage = place.open();
    let invite = |code: &str, uses, expires, first_start| InviteRecord {
        code: SecretHash::of(code),
        role: if first_start {
            Role::Owner
        } else {
            Role::Moderator
        },
        uses,
        expires,
        first_start,
    };
    let store = async |invite| {
        let deed = Deed::CreateInvite(invite);
        let stored = storage.perform(deed, audit("create_invite"), Origin::Server);
        assert_eq!(stored.await.unwrap(), done());
    };
    let come = async |username: &str, code: &str| {
        let by = Admission::Invite(SecretHash::of(code));
        storage.create_user(newcomer(username), by).await.unwrap()
    };
    store(invite("two", 2, Some(at(11)), false)).await;
    store(invite("late", 5, Some(at(10)), false)).await;
    assert_eq!(come("a", "wrong").await, Admitted::BadInvite);
    assert_eq!(come("a", "late").await, Admitted::BadInvite);
    let Admitted::User(a) = come("a", "two").await else {
        panic!()
    };
    assert_eq!(a.role, Role::Moderator);
    // A name that is taken costs no use.
    assert_eq!(come("a", "two").await, Admitted::UsernameTaken);
    assert!(matches!(come("b", "two").await, Admitted::User(_)));
    assert_eq!(come("c", "two").await, Admitted::BadInvite);
    let used = storage.invite(SecretHash::of("two")).await.unwrap();
    assert_eq!(used.map(|invite| invite.uses), Some(0));
    assert_eq!(storage.invite(SecretHash::of("wrong")).await.unwrap(), None);
    // A second first start's code takes the place of the first's.
    store(invite("owner-1", 1, None, true)).await;
    store(invite("owner-2", 1, None, true)).await;
    assert_eq!(come("d", "owner-1").await, Admitted::BadInvite);
    assert!(matches!(come("d", "owner-2").await, Admitted::User(u) if u.role == Role::Owner));
}

pub(in crate::storage) async fn sessions_live_and_end(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let one = session(&*storage, alice, "t1").await;
    let two = session(&*storage, alice, "t2").await;
    let three = session(&*storage, alice, "t3").await;
    let touch = |id| SessionTouch {
        id,
        seen: at(9),
        address: "::1".to_owned(),
        expires: at(2000),
    };
    let touches = vec![touch(one.id), touch(crate::storage::SessionId(99))];
    storage.touch_sessions(touches).await.unwrap();
    storage.end_sessions(vec![two.id, two.id]).await.unwrap();
    let loaded = storage.load().await.unwrap().sessions;
    assert_eq!(loaded.len(), 2);
    assert_eq!((loaded[0].seen, loaded[0].expires), (at(9), at(2000)));
    assert_eq!((&*loaded[0].address, loaded[0].created), ("::1", at(1)));
    assert_eq!(loaded[1], three);
    let hash = PasswordHash("$argon2id$new".to_owned());
    let ended = storage.set_password(alice, hash.clone(), Some(three.id));
    assert_eq!(ended.await.unwrap(), [one.id]);
    let after = storage.load().await.unwrap();
    assert_eq!(after.users[0].password, Some(hash));
    assert_eq!(after.sessions, [three]);
    let four = session(&*storage, alice, "t4").await;
    assert!(four.id > two.id, "a session's number is never another's");
    storage
        .set_profile(alice, None, Some("away".to_owned()))
        .await
        .unwrap();
    storage
        .set_profile(alice, Some("Ms Alice".to_owned()), None)
        .await
        .unwrap();
    let alice = storage.load().await.unwrap().users.remove(0);
    assert_eq!((&*alice.name, &*alice.status), ("Ms Alice", "away"));
}

pub(in crate::storage) async fn deeds_are_written_down(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let held = session(&*storage, alice, "t").await;
    let perform = async |deed, action: &str| {
        let deed = storage.perform(deed, audit(action), Origin::Server);
        deed.await.unwrap()
    };
    assert_eq!(perform(Deed::Note, "alert").await, done());
    let role = |user, role| Deed::SetRole { user, role };
    assert_eq!(perform(role(alice, Role::Admin), "role").await, done());
    let same = perform(role(alice, Role::Admin), "nothing").await;
    assert_eq!(same, DeedOutcome::Unchanged);
    let nobody = perform(role(UserId(99), Role::Admin), "nobody").await;
    assert_eq!(nobody, DeedOutcome::NoSuchUser);
    let kicked = perform(Deed::EndSessions { user: alice }, "kick").await;
    assert_eq!(
        kicked,
        DeedOutcome::Done {
            ended: vec![held.id]
        }
    );
    let (entries, more) = storage.audit(None, 2).await.unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| &*entry.action).collect();
    assert_eq!((&actions[..], more), (&["kick", "role"][..], true));
    assert_eq!((entries[0].time, &*entries[0].actor), (at(5), "server"));
    let (rest, more) = storage.audit(Some(entries[1].seq), 2).await.unwrap();
    assert_eq!((rest.len(), &*rest[0].action, more), (1, "alert", false));
}

pub(in crate::storage) async fn the_last_owner_stays(place: &dyn Place) {
    let storage = place.open();
    let (alice, bob) = (user(&*storage, "alice").await, user(&*storage, "bob").await);
    let perform = async |deed| {
        storage
            .perform(deed, audit("x"), Origin::Server)
            .await
            .unwrap()
    };
    let role = |user, role| Deed::SetRole { user, role };
    let ban = |user| {
        Deed::Ban(BanRecord {
            subject: BanSubject::User(user),
            until: None,
            reason: String::new(),
        })
    };
    let disable = |user| Deed::SetDisabled {
        user,
        disabled: true,
    };
    assert_eq!(perform(role(alice, Role::Owner)).await, done());
    for deed in [role(alice, Role::Member), disable(alice), ban(alice)] {
        assert_eq!(perform(deed).await, DeedOutcome::LastOwner);
    }
    assert_eq!(perform(role(bob, Role::Owner)).await, done());
    assert_eq!(perform(disable(bob)).await, done());
    // One that cannot sign in is no owner to stay.
    assert_eq!(
        perform(role(alice, Role::Member)).await,
        DeedOutcome::LastOwner
    );
    let enable = Deed::SetDisabled {
        user: bob,
        disabled: false,
    };
    assert_eq!(perform(enable).await, done());
    assert_eq!(perform(role(alice, Role::Member)).await, done());
}

pub(in crate::storage) async fn the_command_line_leaves_word(place: &dyn Place) {
    let server = place.open();
    let alice = user(&*server, "alice").await;
    let revision = server.load().await.unwrap().revision;
    assert!(server.changes_since(revision).await.unwrap().is_empty());
    // Another process beside the running server.
    let line = place.open();
    session(&*line, alice, "t").await;
    for deed in [
        Deed::SetRole {
            user: alice,
            role: Role::Admin,
        },
        Deed::SetDisabled {
            user: alice,
            disabled: true,
        },
    ] {
        line.perform(deed, audit("x"), Origin::CommandLine)
            .await
            .unwrap();
    }
    let by = Admission::CommandLine(audit("user add"));
    line.create_user(newcomer("bob"), by).await.unwrap();
    let changes = server.changes_since(revision).await.unwrap();
    let [first, second] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!((first.user.id, first.user.role), (alice, Role::Admin));
    assert!(first.user.disabled && first.sessions.is_empty());
    assert_eq!(second.user.username, "bob");
    let rooms: Vec<RoomId> = second.members.iter().map(|member| member.room).collect();
    assert_eq!(rooms, [RoomId::GENERAL, RoomId::BROADCAST]);
    let next = server.changes_since(second.revision).await.unwrap();
    assert!(next.is_empty());
    assert_eq!(server.load().await.unwrap().revision, second.revision);
    assert_eq!(server.audit(None, 9).await.unwrap().0.len(), 3);
}

pub(in crate::storage) async fn bans_and_mutes_load(place: &dyn Place) {
    let storage = place.open();
    let alice = user(&*storage, "alice").await;
    let ban = |subject, until, reason: &str| BanRecord {
        subject,
        until,
        reason: reason.to_owned(),
    };
    let net = BanSubject::Address("203.0.113.0/24".to_owned());
    let perform = async |deed| {
        storage
            .perform(deed, audit("x"), Origin::Server)
            .await
            .unwrap()
    };
    let held = session(&*storage, alice, "t").await;
    let whom = BanSubject::User(alice);
    let first = perform(Deed::Ban(ban(whom.clone(), None, "spam"))).await;
    assert_eq!(
        first,
        DeedOutcome::Done {
            ended: vec![held.id]
        }
    );
    perform(Deed::Ban(ban(whom.clone(), Some(at(7)), "less"))).await;
    perform(Deed::Ban(ban(net.clone(), None, "bots"))).await;
    perform(Deed::Ban(ban(net.clone(), None, "more bots"))).await;
    let mute = Some(Mute { until: Some(at(3)) });
    perform(Deed::SetMute { user: alice, mute }).await;
    drop(storage);
    let storage = place.open();
    let loaded = storage.load().await.unwrap();
    let expected = [
        ban(whom, Some(at(7)), "less"),
        ban(net.clone(), None, "more bots"),
    ];
    assert_eq!(loaded.bans, expected);
    assert_eq!(loaded.users[0].muted, mute);
    let perform = async |deed| {
        storage
            .perform(deed, audit("x"), Origin::Server)
            .await
            .unwrap()
    };
    assert_eq!(perform(Deed::Unban(net.clone())).await, done());
    assert_eq!(perform(Deed::Unban(net)).await, DeedOutcome::Unchanged);
    let unmute = Deed::SetMute {
        user: alice,
        mute: None,
    };
    assert_eq!(perform(unmute.clone()).await, done());
    assert_eq!(perform(unmute).await, DeedOutcome::Unchanged);
    assert_eq!(storage.load().await.unwrap().bans.len(), 1);
}
