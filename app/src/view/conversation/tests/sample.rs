//! Lab 4 as the design's picture has it.

use parlor_client::{Happening, Item, Outgoing, OutgoingState, RoomState, SystemLine};
use parlor_protocol::{
    Message as Kept, Notify, Presence, Reaction, Role, Room, RoomKind, Time, User,
};

use crate::controller::conversation;
use crate::effect::Effect;
use crate::model::{Account, LinkState, Model, Preferences, ThemeChoice};

fn at(clock: &str) -> Time {
    format!("2026-11-{clock}:00Z").parse().unwrap()
}

pub(super) fn said(seq: u64, clock: &str, (from, name): (&str, &str), text: &str) -> Kept {
    Kept {
        seq,
        time: at(clock),
        from: from.into(),
        name: name.into(),
        text: text.into(),
        nonce: format!("n{seq}"),
        reply_to: None,
        files: Vec::new(),
        edited: None,
        deleted: false,
        reactions: Vec::new(),
    }
}

fn reaction(emoji: &str, count: u64, mine: bool) -> Reaction {
    Reaction {
        emoji: emoji.into(),
        count,
        by: vec!["bob".into()],
        mine,
    }
}

fn user(username: &str, name: &str) -> User {
    User {
        username: username.into(),
        name: name.into(),
        role: Role::Member,
        presence: Presence::Online,
        status: String::new(),
    }
}

fn items() -> Vec<Item> {
    let minh = ("minhanh", "Minh Anh");
    let chao = "Chào cả nhà, bản firmware 2.4 đã chạy ổn định suốt đêm trên cả ba robot.";
    let code = "我看了日志：重连之后序号是连续的，没有丢消息。关键是这一行：\n```\nlet missing = cursor + 1..event.seq;\nif !missing.is_empty() { return Err(Gap(missing)); }\n```";
    let merci = Kept {
        reply_to: Some(1),
        files: Vec::new(),
        edited: Some(at("19T09:21")),
        reactions: vec![reaction("👍", 4, false), reaction("🎉", 2, true)],
        ..said(
            2,
            "19T09:20",
            ("camille", "Camille Lefèvre"),
            "Super, merci ! La dérive à 40 °C a disparu. Tout est ici : lab4.example.org/bench/2026-11-19",
        )
    };
    let joined = Happening::Joined {
        username: "carol".into(),
        name: "Carol".into(),
        by: None,
    };
    let bob = "@Alice can you sign 2.4 before noon?\nI will hold the rollout until then, and Huy can do the last two robots after lunch.";
    let messages = [
        said(1, "18T21:40", minh, chao),
        merci,
        said(3, "19T09:31", ("yutong", "陈雨桐"), code),
        said(
            5,
            "19T09:44",
            ("carol", "Carol Reyes"),
            "Measured all night: **no drift** 🎉",
        ),
        said(6, "19T09:47", ("bob", "Bob Tanner"), bob),
        said(7, "19T09:48", ("alice", "Alice Martin"), "Signing it now."),
    ];
    let mut items: Vec<Item> = messages
        .into_iter()
        .map(|message| Item::Message(Box::new(message)))
        .collect();
    items.insert(
        3,
        Item::System(SystemLine {
            seq: 4,
            time: at("19T09:40"),
            what: joined,
        }),
    );
    items
}

pub(super) fn outgoing(nonce: &str, text: &str, state: OutgoingState) -> Outgoing {
    Outgoing {
        nonce: nonce.into(),
        room: "general".into(),
        text: text.into(),
        reply_to: None,
        files: Vec::new(),
        written: at("19T09:49"),
        state,
    }
}

fn room() -> RoomState {
    RoomState {
        room: Room {
            room: "general".into(),
            kind: RoomKind::Public,
            topic: String::new(),
            joined: true,
            last_seq: 7,
            read_seq: 4,
            mentions: 1,
            members: 12,
            notify: Notify::All,
            can_send: true,
            with: None,
            created: None,
            moderator: false,
        },
        unread: 2,
        unread_exact: true,
        mentions: 1,
        cursor: 7,
        draft: String::new(),
    }
}

/// Lab 4 as the picture has it, with Alice in #general.
pub(super) fn model(theme: ThemeChoice) -> Model {
    let preferences = Preferences {
        theme,
        ..Preferences::default()
    };
    let mut model = Model::new(preferences, at("19T09:50"));
    let mut account = Account::sample("Lab 4", user("alice", "Alice Martin"));
    for (username, name) in [
        ("bob", "Bob Tanner"),
        ("camille", "Camille Lefèvre"),
        ("carol", "Carol Reyes"),
        ("minhanh", "Minh Anh"),
        ("yutong", "陈雨桐"),
    ] {
        account.put_user(user(username, name));
    }
    account.link = LinkState::Connected { ping: Some(12) };
    account.put_room(room());
    account.conversation("general").load(items());
    account.room = Some("general".into());
    model.current = Some(account.id.clone());
    let effect = conversation::opened(&mut account, "general", model.now);
    assert!(matches!(effect, Effect::Focus(_)), "{effect:?}");
    account.conversation("general").watched = true;
    model.accounts.push(account);
    model
}
