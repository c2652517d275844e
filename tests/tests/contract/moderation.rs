//! Section 2.6: ranks, kicks, bans, mutes, and the audit log.

use parlor_tests::parlord::Parlord;
use parlor_tests::shape::{all_fit, fits};
use parlor_tests::wire::{PASSWORD, Wire};
use serde_json::{Value, json};

/// Everybody there can be, one of each rank.
struct Ranks {
    server: Parlord,
    owner: Wire,
    admin: Wire,
    moderator: Wire,
    member: Wire,
}

fn ranks() -> Ranks {
    let server = Parlord::open();
    let mut owner = Wire::owner(&server, "olga");
    let admin = Wire::register(&server, "adam");
    let moderator = Wire::register(&server, "mona");
    let member = Wire::register(&server, "mel");
    for (name, role) in [("adam", "admin"), ("mona", "moderator")] {
        owner.get(
            "done",
            json!({"type": "role", "username": name, "role": role}),
        );
    }
    Ranks {
        server,
        owner,
        admin,
        moderator,
        member,
    }
}

fn refused_login(server: &Parlord, username: &str, code: &str) -> Value {
    let mut raw = server.dial();
    raw.welcome();
    raw.say(&json!({"type": "login", "username": username, "password": PASSWORD}));
    raw.error(code)
}

/// Every act on a user: what moderators may, then what admins alone may.
fn acts(username: &str) -> Vec<Value> {
    vec![
        json!({"type": "kick", "username": username, "reason": "x"}),
        json!({"type": "mute", "username": username}),
        json!({"type": "unmute", "username": username}),
        json!({"type": "ban", "username": username, "reason": "x"}),
        json!({"type": "unban", "username": username}),
        json!({"type": "revoke_sessions", "username": username}),
        json!({"type": "role", "username": username, "role": "member"}),
    ]
}

#[test]
fn one_acts_on_lower_ranks_only() {
    let Ranks {
        server,
        mut owner,
        mut admin,
        mut moderator,
        mut member,
    } = ranks();
    let victim = Wire::register(&server, "victim");
    for act in acts("victim") {
        member.refused("forbidden", act);
    }
    for (actor, above) in [
        (&mut moderator, ["adam", "olga"]),
        (&mut admin, ["olga", "adam"]),
    ] {
        for target in above {
            for act in acts(target) {
                actor.refused("forbidden", act);
            }
        }
    }
    for act in acts("victim").split_off(3) {
        moderator.refused("forbidden", act);
    }
    for forbidden in [
        json!({"type": "alert", "text": "x"}),
        json!({"type": "audit"}),
        json!({"type": "create_invite"}),
        json!({"type": "ban", "ip": "192.0.2.1", "reason": "x"}),
    ] {
        member.refused("forbidden", forbidden);
    }
    admin.refused(
        "forbidden",
        json!({"type": "role", "username": "victim", "role": "admin"}),
    );
    admin.refused(
        "forbidden",
        json!({"type": "role", "username": "victim", "role": "owner"}),
    );
    admin.refused(
        "forbidden",
        json!({"type": "create_invite", "role": "admin"}),
    );
    admin.get(
        "done",
        json!({"type": "role", "username": "victim", "role": "moderator"}),
    );
    owner.refused(
        "forbidden",
        json!({"type": "role", "username": "olga", "role": "member"}),
    );
    owner.get(
        "done",
        json!({"type": "role", "username": "adam", "role": "owner"}),
    );
    owner.get(
        "done",
        json!({"type": "role", "username": "olga", "role": "admin"}),
    );
    owner.refused(
        "no_such_user",
        json!({"type": "kick", "username": "nobody", "reason": "x"}),
    );
    drop(victim);
}

#[test]
fn a_kick_ends_all_sessions() {
    let Ranks {
        server,
        mut moderator,
        member,
        mut owner,
        ..
    } = ranks();
    let mut one = member;
    let mut two = Wire::login(&server, "mel");
    moderator.get(
        "done",
        json!({"type": "kick", "username": "mel", "reason": "spam"}),
    );
    for wire in [&mut one, &mut two] {
        let last = wire.ended();
        let kicked = last.last().expect("something was said");
        assert_eq!(kicked["type"], "kicked", "{last:?}");
        assert_eq!(
            (&kicked["by"], &kicked["reason"]),
            (&json!("mona"), &json!("spam"))
        );
    }
    let mut raw = server.dial();
    raw.welcome();
    raw.say(&json!({"type": "resume", "token": one.token()}));
    raw.error("bad_token");
    assert!(
        Wire::login(&server, "mel").is_alive(),
        "who was kicked may come again"
    );
    owner.get(
        "done",
        json!({"type": "revoke_sessions", "username": "mona"}),
    );
    moderator.ended();
}

#[test]
fn a_ban_keeps_out_until_it_is_lifted() {
    let Ranks {
        mut server,
        mut admin,
        mut member,
        ..
    } = ranks();
    admin.get(
        "done",
        json!({"type": "ban", "username": "mel", "reason": "spam"}),
    );
    member.ended();
    refused_login(&server, "mel", "banned");
    server.kill();
    server.start_again();
    refused_login(&server, "mel", "banned");
    let mut admin = Wire::login(&server, "adam");
    admin.get("done", json!({"type": "unban", "username": "mel"}));
    assert!(Wire::login(&server, "mel").is_alive());
    admin.get("done", json!({"type": "ban", "username": "mel", "reason": "x", "until": "2001-01-01T00:00:00.000Z"}));
    assert!(
        Wire::login(&server, "mel").is_alive(),
        "a ban that is over bans nobody"
    );
    admin.refused(
        "bad_request",
        json!({"type": "ban", "reason": "nobody named"}),
    );
    admin.refused(
        "bad_request",
        json!({"type": "ban", "ip": "not an address", "reason": "x"}),
    );
    admin.get(
        "done",
        json!({"type": "ban", "ip": "192.0.2.66", "reason": "x"}),
    );
    admin.get("done", json!({"type": "unban", "ip": "192.0.2.66"}));
}

#[test]
fn who_is_muted_reads_but_does_not_write() {
    let Ranks {
        mut moderator,
        mut member,
        server: _server,
        ..
    } = ranks();
    let own = member.send("general", "before");
    moderator.get(
        "done",
        json!({"type": "mute", "username": "mel", "until": "2099-01-01T00:00:00.000Z"}),
    );
    member.refused(
        "muted",
        json!({"type": "send", "room": "general", "text": "x", "nonce": "m"}),
    );
    member.refused(
        "muted",
        json!({"type": "edit", "room": "general", "target": own, "text": "around it"}),
    );
    moderator.send("general", "still heard");
    member.event_where("what others say", |e| e["text"] == "still heard");
    moderator.get("done", json!({"type": "unmute", "username": "mel"}));
    member.send("general", "back");
}

#[test]
fn an_alert_reaches_everybody() {
    let Ranks {
        mut moderator,
        mut member,
        mut owner,
        server: _server,
        ..
    } = ranks();
    moderator.get("done", json!({"type": "alert", "text": "Restart at noon"}));
    for wire in [&mut member, &mut owner] {
        let alert = wire.event("alert");
        assert_eq!(
            (&alert["text"], &alert["by"]),
            (&json!("Restart at noon"), &json!("mona"))
        );
    }
}

#[test]
fn a_new_rank_is_seen_at_once() {
    let Ranks {
        mut owner,
        mut member,
        mut moderator,
        server: _server,
        ..
    } = ranks();
    owner.get(
        "done",
        json!({"type": "role", "username": "mel", "role": "moderator"}),
    );
    let told = moderator.event_where("the new rank", |e| {
        e["username"] == "mel" && e["role"] == "moderator"
    });
    assert_eq!(told["type"], "user");
    let room = member.event_where("the broadcast room", |e| {
        e["type"] == "room" && e["room"] == "broadcast"
    });
    assert_eq!(
        room["can_send"], true,
        "whatever changes the list of one's rooms is told"
    );
    member.send("broadcast", "as a moderator");
}

#[test]
fn every_act_of_rank_is_in_the_audit_log() {
    let Ranks {
        mut owner,
        mut moderator,
        mut member,
        mut admin,
        server: _server,
        ..
    } = ranks();
    let seq = member.send("general", "to be deleted");
    moderator.get(
        "done",
        json!({"type": "delete", "room": "general", "target": seq}),
    );
    moderator.get("done", json!({"type": "mute", "username": "mel"}));
    moderator.get("done", json!({"type": "unmute", "username": "mel"}));
    moderator.get("done", json!({"type": "alert", "text": "x"}));
    admin.get("invite", json!({"type": "create_invite"}));
    admin.get(
        "done",
        json!({"type": "ban", "ip": "192.0.2.66", "reason": "net of bots"}),
    );
    admin.get("done", json!({"type": "unban", "ip": "192.0.2.66"}));
    admin.get(
        "done",
        json!({"type": "revoke_sessions", "username": "mona"}),
    );
    admin.get(
        "done",
        json!({"type": "kick", "username": "mel", "reason": "spam"}),
    );
    moderator.ended();
    let audit = owner.get("audit", json!({"type": "audit", "limit": 100}));
    fits(&audit, "re:n entries:a more:b");
    all_fit(
        &audit["entries"],
        "seq:n time:t actor:s action:s target:s detail:s address:s",
    );
    let entries = audit["entries"].as_array().expect("a list");
    let actions: Vec<&str> = entries
        .iter()
        .map(|e| e["action"].as_str().expect("a word"))
        .collect();
    let expected = "kick revoke_sessions unban ban create_invite alert unmute mute delete role";
    for action in expected.split(' ') {
        assert!(actions.contains(&action), "{action} is not in {actions:?}");
    }
    let kick = &entries[0];
    for (member, expected) in [
        ("action", "kick"),
        ("actor", "adam"),
        ("target", "mel"),
        ("address", "127.0.0.1"),
    ] {
        assert_eq!(kick[member], expected, "newest first: {kick}");
    }
    assert!(
        kick["detail"].as_str().is_some_and(|d| d.contains("spam")),
        "{kick}"
    );
    let page = owner.get(
        "audit",
        json!({"type": "audit", "limit": 1, "before": kick["seq"]}),
    );
    assert_eq!(page["entries"][0]["seq"], entries[1]["seq"]);
    assert_eq!(page["more"], true);
    assert!(
        !audit.to_string().contains("invite="),
        "the log holds no code"
    );
}
