//! Section 2.6: who may do what to whom, and what becomes of them.

use parlor_protocol::Role;
use serde_json::{Value, json};

use super::harness::{Client, PASSWORD, TestServer};

const ROLES: [Role; 4] = [Role::Member, Role::Moderator, Role::Admin, Role::Owner];

/// What each request needs, from the page.
fn deeds(on: &str) -> Vec<(Role, Value)> {
    vec![
        (Role::Moderator, json!({"type":"mute","username":on})),
        (Role::Moderator, json!({"type":"unmute","username":on})),
        (
            Role::Moderator,
            json!({"type":"kick","username":on,"reason":"x"}),
        ),
        (Role::Admin, json!({"type":"revoke_sessions","username":on})),
        (
            Role::Admin,
            json!({"type":"ban","username":on,"reason":"x"}),
        ),
        (Role::Admin, json!({"type":"unban","username":on})),
    ]
}

#[tokio::test]
async fn one_acts_on_lower_ranks_only() {
    let server = TestServer::start().await;
    let mut actors: Vec<(Role, Client)> = Vec::new();
    for role in ROLES {
        actors.push((role, server.user_of_rank(&format!("a-{role}"), role).await));
    }
    for target in ROLES {
        server.user_of_rank(&format!("t-{target}"), target).await;
    }
    for (role, actor) in &mut actors {
        for target in ROLES {
            for (least, deed) in deeds(&format!("t-{target}")) {
                let allowed = *role >= least && (*role > target || *role == Role::Owner);
                let answer = actor.ask(deed.clone()).await;
                let expected = if allowed {
                    &json!("done")
                } else {
                    &json!("error")
                };
                assert_eq!(
                    &answer["type"], expected,
                    "{role}: {deed} was answered by {answer}"
                );
                if !allowed {
                    assert_eq!(answer["code"], "forbidden");
                }
            }
        }
    }
}

#[tokio::test]
async fn ranks_are_given_downwards_and_the_last_owner_stays() {
    let server = TestServer::start().await;
    let mut olga = server.user_of_rank("olga", Role::Owner).await;
    let mut adam = server.user_of_rank("adam", Role::Admin).await;
    let mut bob = server.user("bob").await;
    let role = |who: &str, role: &str| json!({"type":"role","username":who,"role":role});
    assert_eq!(bob.refused(role("bob", "owner")).await, "forbidden");
    assert_eq!(adam.refused(role("bob", "admin")).await, "forbidden");
    assert_eq!(adam.refused(role("olga", "member")).await, "forbidden");
    assert_eq!(adam.refused(role("bob", "guest")).await, "bad_request");
    assert_eq!(adam.refused(role("nobody", "member")).await, "no_such_user");
    bob.settled().await;
    adam.expect("done", role("bob", "moderator")).await;
    let lines = bob.settled().await;
    let broadcast = lines
        .iter()
        .find(|l| l["type"] == "room" && l["room"] == "broadcast")
        .unwrap();
    assert_eq!(broadcast["can_send"], true);
    assert!(
        lines
            .iter()
            .any(|l| l["type"] == "user" && l["role"] == "moderator")
    );
    bob.say("broadcast", "now I may").await;
    assert_eq!(olga.refused(role("olga", "member")).await, "forbidden");
    olga.expect("done", role("adam", "owner")).await;
    olga.expect("done", role("olga", "member")).await;
    assert_eq!(olga.refused(role("bob", "member")).await, "forbidden");
}

#[tokio::test]
async fn who_is_kicked_is_told_why_and_may_come_back() {
    let server = TestServer::start().await;
    let mut mona = server.user_of_rank("mona", Role::Moderator).await;
    let mut mallory = server.user("mallory").await;
    let (mut second, _) = server.resume(&mallory.token.clone(), json!({})).await;
    mona.expect(
        "done",
        json!({"type":"kick","username":"mallory","reason":"spam"}),
    )
    .await;
    for client in [&mut mallory, &mut second] {
        let last = client.rest().await.pop().unwrap();
        assert_eq!(last, json!({"type":"kicked","by":"mona","reason":"spam"}));
    }
    let mut again = server.connect().await;
    let resume = json!({"type":"resume","token":mallory.token});
    assert_eq!(again.refused(resume).await, "bad_token");
    let login = json!({"type":"login","username":"mallory","password":PASSWORD});
    again.expect("session", login).await;
}

#[tokio::test]
async fn who_is_banned_stays_out_until_it_is_over() {
    let server = TestServer::start().await;
    let mut adam = server.user_of_rank("adam", Role::Admin).await;
    let mut mallory = server.user("mallory").await;
    adam.expect(
        "done",
        json!({"type":"ban","username":"mallory","reason":"spam"}),
    )
    .await;
    assert_eq!(mallory.rest().await.pop().unwrap()["code"], "banned");
    let login = json!({"type":"login","username":"mallory","password":PASSWORD});
    let wrong = json!({"type":"login","username":"mallory","password":"wrong"});
    let mut door = server.connect().await;
    assert_eq!(door.refused(wrong).await, "bad_credentials");
    assert_eq!(door.refused(login.clone()).await, "banned");
    let server = server.restart().await;
    let mut door = server.connect().await;
    assert_eq!(
        door.refused(login.clone()).await,
        "banned",
        "after a restart too"
    );
    let (mut adam, _) = server.resume(&adam.token, json!({})).await;
    adam.expect("done", json!({"type":"unban","username":"mallory"}))
        .await;
    door.expect("session", login).await;
    // A ban whose time is over keeps nobody out.
    let over =
        json!({"type":"ban","username":"mallory","reason":"","until":"2020-01-01T00:00:00Z"});
    adam.expect("done", over).await;
    let mut door = server.connect().await;
    let login = json!({"type":"login","username":"mallory","password":PASSWORD});
    door.expect("session", login).await;
}

#[tokio::test]
async fn a_banned_address_is_out_with_all_who_come_from_it() {
    let server = TestServer::start().await;
    let mut adam = server.user_of_rank("adam", Role::Admin).await;
    let mallory = server.user("mallory").await;
    let mut far = server.connect_from("198.51.100.66").await;
    far.expect("session", json!({"type":"resume","token":mallory.token}))
        .await;
    for ip in ["nonsense", "192.0.2.0/24", "192.0.2.7"] {
        let ban = json!({"type":"ban","ip":ip,"reason":""});
        assert_eq!(adam.refused(ban).await, "bad_request", "{ip}");
    }
    let both = json!({"type":"ban","ip":"198.51.100.66","username":"mallory","reason":""});
    assert_eq!(adam.refused(both).await, "bad_request");
    adam.expect(
        "done",
        json!({"type":"ban","ip":"198.51.100.0/24","reason":"spam"}),
    )
    .await;
    assert_eq!(far.rest().await.pop().unwrap()["code"], "banned");
    let mut door = server.connect_from("198.51.100.1").await;
    for request in [
        json!({"type":"resume","token":mallory.token}),
        json!({"type":"login","username":"mallory","password":PASSWORD}),
        json!({"type":"register","username":"new","password":PASSWORD}),
        json!({"type":"guest","nickname":"x"}),
    ] {
        assert_eq!(door.refused(request.clone()).await, "banned", "{request}");
    }
    // The user may come from elsewhere.
    let (_, session) = server.resume(&mallory.token, json!({})).await;
    assert_eq!(session["user"]["username"], "mallory");
    adam.expect("done", json!({"type":"unban","ip":"198.51.100.0/24"}))
        .await;
    door.expect("session", json!({"type":"resume","token":mallory.token}))
        .await;
}

#[tokio::test]
async fn who_is_muted_reads_only() {
    let server = TestServer::start().await;
    let mut mona = server.user_of_rank("mona", Role::Moderator).await;
    let mut mallory = server.user("mallory").await;
    let seq = mallory.say("general", "x").await;
    mona.expect("done", json!({"type":"mute","username":"mallory"}))
        .await;
    for request in [
        json!({"type":"send","room":"general","text":"x","nonce":"n9"}),
        json!({"type":"edit","room":"general","target":seq,"text":"y"}),
        json!({"type":"react","room":"general","target":seq,"emoji":"👍","on":true}),
    ] {
        assert_eq!(mallory.refused(request.clone()).await, "muted", "{request}");
    }
    mallory
        .expect("history", json!({"type":"history","room":"general"}))
        .await;
    mallory
        .expect(
            "done",
            json!({"type":"delete","room":"general","target":seq}),
        )
        .await;
    let past = json!({"type":"mute","username":"mallory","until":"2020-01-01T00:00:00Z"});
    mona.expect("done", past).await;
    mallory.say("general", "it was over").await;
    mona.expect("done", json!({"type":"mute","username":"mallory"}))
        .await;
    mona.expect("done", json!({"type":"unmute","username":"mallory"}))
        .await;
    mallory.say("general", "again").await;
}

#[tokio::test]
async fn invites_admit_by_their_rank_so_many_times() {
    let server = TestServer::with(|config| {
        config.register = parlor_protocol::RegisterPolicy::Invite;
    })
    .await;
    let mut adam = server.user_of_rank("adam", Role::Admin).await;
    let mut door = server.connect().await;
    let register = |name: &str, code: &Value| json!({"type":"register","username":name,"password":PASSWORD,"invite":code});
    assert_eq!(
        door.refused(register("x", &Value::Null)).await,
        "invite_required"
    );
    assert_eq!(
        door.refused(register("x", &json!("guess"))).await,
        "bad_invite"
    );
    for wrong in [
        json!({"type":"create_invite","role":"guest"}),
        json!({"type":"create_invite","uses":0}),
        json!({"type":"create_invite","expires":"2020-01-01T00:00:00Z"}),
    ] {
        assert_eq!(adam.refused(wrong.clone()).await, "bad_request", "{wrong}");
    }
    assert_eq!(
        adam.refused(json!({"type":"create_invite","role":"admin"}))
            .await,
        "forbidden"
    );
    let invite = json!({"type":"create_invite","role":"moderator","uses":2});
    let invite = adam.expect("invite", invite).await;
    assert_eq!(
        (&invite["role"], &invite["uses"]),
        (&json!("moderator"), &json!(2))
    );
    let link: parlor_certs::Link = invite["link"].as_str().unwrap().parse().unwrap();
    let code = json!(link.invite.unwrap());
    let session = door.expect("session", register("bob", &code)).await;
    assert_eq!(session["user"]["role"], "moderator");
    let mut second = server.connect().await;
    second.expect("session", register("carol", &code)).await;
    let mut third = server.connect().await;
    assert_eq!(third.refused(register("dave", &code)).await, "bad_invite");
    assert_eq!(
        door.refused(json!({"type":"create_invite"})).await,
        "forbidden"
    );
}

#[tokio::test]
async fn alerts_reach_everybody_and_the_audit_log_has_it_all() {
    let server = TestServer::start().await;
    let mut olga = server.user_of_rank("olga", Role::Owner).await;
    let mut bob = server.user("bob").await;
    assert_eq!(
        bob.refused(json!({"type":"alert","text":"x"})).await,
        "forbidden"
    );
    assert_eq!(bob.refused(json!({"type":"audit"})).await, "forbidden");
    olga.expect("done", json!({"type":"alert","text":"Restart at noon"}))
        .await;
    assert_eq!(
        bob.until("alert").await,
        json!({"type":"alert","text":"Restart at noon","by":"olga"})
    );
    olga.expect("room", json!({"type":"create_room","room":"lab"}))
        .await;
    bob.expect("room", json!({"type":"join","room":"lab"}))
        .await;
    for deed in [
        json!({"type":"mute","username":"bob"}),
        json!({"type":"unmute","username":"bob"}),
        json!({"type":"role","username":"bob","role":"moderator"}),
        json!({"type":"remove_from_room","room":"lab","username":"bob","reason":"x"}),
        json!({"type":"delete_room","room":"lab"}),
        json!({"type":"kick","username":"bob","reason":"x"}),
        json!({"type":"ban","username":"bob","reason":"x"}),
        json!({"type":"unban","username":"bob"}),
        json!({"type":"revoke_sessions","username":"bob"}),
        json!({"type":"ban","ip":"198.51.100.1","reason":"x"}),
    ] {
        olga.expect("done", deed).await;
    }
    olga.expect("invite", json!({"type":"create_invite"})).await;
    let audit = olga
        .expect("audit", json!({"type":"audit","limit":200}))
        .await;
    let actions: Vec<&str> = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["actor"] == "olga")
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    let expected = [
        "create_invite",
        "ban",
        "revoke_sessions",
        "unban",
        "ban",
        "kick",
        "delete_room",
        "remove_from_room",
        "role",
        "unmute",
        "mute",
        "alert",
    ];
    assert_eq!(actions, expected);
    let page = olga
        .expect("audit", json!({"type":"audit","limit":2}))
        .await;
    assert_eq!(
        (page["entries"].as_array().unwrap().len(), &page["more"]),
        (2, &json!(true))
    );
    let before = &page["entries"][1]["seq"];
    let next = olga
        .expect("audit", json!({"type":"audit","limit":2,"before":before}))
        .await;
    assert_eq!(next["entries"][0]["action"], "revoke_sessions");
}
