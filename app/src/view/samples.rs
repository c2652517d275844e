//! A server and its people for pictures of the screens. Names are in scripts
//! that the bundled faces have, so that the pictures need no other font.

use parlor_client::{Greeting, Item, Link, RoomState, Trust};
use parlor_protocol::reply::{AuthInfo, Hit, Limits, ServerInfo, SessionEntry, Welcome};
use parlor_protocol::{
    Message as Kept, Notify, Presence, RegisterPolicy, Role, Room, RoomKind, Time, User,
};

use crate::controller::conversation;
use crate::model::{
    Account, Found, HostState, LinkState, Model, Preferences, Recent, Running, Screen, Settings,
    SettingsPage, SignIn, Tab, ThemeChoice,
};

/// The pin of the pictures.
const PIN: &str = "lS3vQ9kTz0bYw2XJf7mHc4RuE8nPaG1dKoV5yiWqB6M";

pub(super) fn at(clock: &str) -> Time {
    format!("2026-11-{clock}:00Z").parse().unwrap()
}

fn user(username: &str, name: &str, role: Role, presence: Presence, status: &str) -> User {
    User {
        username: username.into(),
        name: name.into(),
        role,
        presence,
        status: status.into(),
    }
}

fn room(name: &str, kind: RoomKind, topic: &str, unread: u64, mentions: u64) -> RoomState {
    RoomState {
        room: Room {
            room: name.into(),
            kind,
            topic: topic.into(),
            joined: true,
            last_seq: 40,
            read_seq: 40 - unread,
            mentions,
            members: 7,
            notify: if name == "random" {
                Notify::None
            } else {
                Notify::All
            },
            can_send: true,
            with: (kind == RoomKind::Direct).then(|| "bob".into()),
            created: None,
            moderator: true,
        },
        unread,
        unread_exact: true,
        mentions,
        cursor: 40,
        draft: String::new(),
    }
}

fn said(seq: u64, clock: &str, (from, name): (&str, &str), text: &str) -> Item {
    Item::Message(Box::new(Kept {
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
    }))
}

/// The app as it starts, with two servers used before.
pub(super) fn welcome(theme: ThemeChoice) -> Model {
    let preferences = Preferences {
        theme,
        ..Preferences::default()
    };
    let mut model = Model::new(preferences, at("19T09:50"));
    model.host.folder = "~/Parlor".into();
    model.host.form.name = "Alice’s parlor".into();
    let mut account = account();
    account.room = None;
    let recent = |name: &str, address: &str| Recent {
        account: None,
        name: name.into(),
        address: address.into(),
        who: None,
        last_here: Some(at("02T10:00")),
    };
    model.welcome.recent = vec![
        Recent {
            account: Some(account.id.clone()),
            who: Some("Alice Martin".into()),
            ..recent("Lab 4", "lab4.example.org:8888")
        },
        recent("Atelier Réseau", "atelier.example.net:8888"),
        recent("Nhà chung", "10.0.4.7:8888"),
    ];
    model.accounts.push(account);
    model
}

fn account() -> Account {
    let me = user(
        "alice",
        "Alice Martin",
        Role::Owner,
        Presence::Online,
        "In the lab until 6",
    );
    let mut account = Account::sample("Lab 4", me);
    for (username, name, role, presence, status) in [
        ("bob", "Bob Tanner", Role::Moderator, Presence::Online, ""),
        (
            "camille",
            "Camille Lefèvre",
            Role::Member,
            Presence::Online,
            "En réunion jusqu’à 11 h",
        ),
        ("carol", "Carol Reyes", Role::Guest, Presence::Online, ""),
        ("theo", "Théo Garnier", Role::Member, Presence::Online, ""),
        ("huy", "Quang Huy", Role::Member, Presence::Away, ""),
        (
            "minhanh",
            "Minh Anh",
            Role::Member,
            Presence::Offline,
            "Đang đi công tác",
        ),
    ] {
        account.put_user(user(username, name, role, presence, status));
    }
    account.link = LinkState::Connected { ping: Some(12) };
    account
}

/// Alice in #general of Lab 4.
pub(super) fn main(theme: ThemeChoice) -> Model {
    let mut model = welcome(theme);
    let mut account = account();
    let topic = "Releases, the bench, and what is for lunch · Mesures le jeudi";
    account.put_rooms(vec![
        room("broadcast", RoomKind::Broadcast, "", 0, 0),
        room("general", RoomKind::Public, topic, 0, 0),
        room("firmware", RoomKind::Public, "", 14, 0),
        room("thiết-kế", RoomKind::Public, "", 3, 1),
        room("achats", RoomKind::Private, "", 0, 0),
        room("random", RoomKind::Public, "", 9, 0),
        room("~1a2b", RoomKind::Direct, "", 1, 0),
    ]);
    let everybody = ["alice", "bob", "camille", "carol", "huy", "minhanh", "theo"];
    let everybody = everybody.map(str::to_owned).to_vec();
    account.people.page("general", everybody, false);
    let items = vec![
        said(
            37,
            "18T21:40",
            ("minhanh", "Minh Anh"),
            "Chào cả nhà, bản firmware 2.4 đã chạy ổn định suốt đêm trên cả ba robot.",
        ),
        said(
            38,
            "19T09:20",
            ("camille", "Camille Lefèvre"),
            "Super, merci ! La dérive à 40 °C a disparu. Tout est ici : lab4.example.org/bench/2026-11-19",
        ),
        said(
            39,
            "19T09:47",
            ("bob", "Bob Tanner"),
            "@Alice can you sign 2.4 before noon?\nI will hold the rollout until then, and Huy can do the last two robots after lunch.",
        ),
        said(40, "19T09:48", ("alice", "Alice Martin"), "Signing it now."),
    ];
    account.conversation("general").load(items);
    account.room = Some("general".into());
    account.loaded = true;
    let _ = conversation::opened(&mut account, "general", model.now);
    model.current = Some(account.id.clone());
    model.accounts = vec![account];
    model.screen = Screen::Main;
    model
}

fn greeting(trust: Trust) -> (Link, Greeting) {
    let link: Link = format!("parlor://192.168.1.20:8888/?pin={PIN}&invite=tulip-basin-41")
        .parse()
        .unwrap();
    let greeting = Greeting {
        address: link.address.clone(),
        welcome: Welcome {
            protocol: 1,
            server: ServerInfo {
                name: "Lab 4".into(),
                version: "0.1.0".into(),
            },
            features: Vec::new(),
            auth: AuthInfo {
                password: true,
                register: RegisterPolicy::Invite,
                guests: false,
                password_rules: vec![
                    "At least 10 characters.".into(),
                    "Without the username in it.".into(),
                ],
            },
            limits: Limits {
                line_bytes: 65_536,
                text_bytes: 16_384,
                file_bytes: 0,
            },
            next_pins: Vec::new(),
        },
        pin: PIN.parse().unwrap(),
        trust,
        round_trip: std::time::Duration::from_millis(12),
    };
    (link, greeting)
}

/// A server that shows a key not seen before.
pub(super) fn trust(theme: ThemeChoice) -> Model {
    let mut model = welcome(theme);
    let (link, greeting) = greeting(Trust::FirstUse);
    model.welcome.reaching = Some(link.address.to_string());
    let greeted = crate::controller::welcome::Message::Greeted(link, Box::new(Ok(greeting)));
    let _ = crate::controller::update(&mut model, crate::controller::Message::Welcome(greeted));
    model
}

/// The sign-in form.
pub(super) fn sign_in(theme: ThemeChoice, tab: Tab) -> Model {
    let mut model = welcome(theme);
    let (link, greeting) = greeting(Trust::FromLink);
    let mut screen = SignIn::new(link, greeting);
    screen.tab = tab;
    screen.username = "alice".into();
    screen.name = "Alice Martin".into();
    screen.password = "robot4arm".into();
    if tab == Tab::New {
        screen.shows = true;
        screen.rules = vec!["At least 10 characters.".into()];
    } else {
        screen.error = Some(
            "Not signed in: the name or the password is wrong. Check both; capitals count in the password.".into(),
        );
    }
    model.screen = Screen::SignIn(Box::new(screen));
    model
}

/// The page of the server inside the app.
pub(super) fn host(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    let mut running = Running {
        name: "Lab 4".into(),
        link: format!("parlor://192.168.1.20:8888/?pin={PIN}"),
        address: "192.168.1.20:8888".into(),
        port: 8888,
        folder: "~/Parlor".into(),
        since: at("19T08:40"),
        open: false,
        invite: None,
        code: None,
    };
    running.take_invite("parlor://127.0.0.1:8888/?invite=tulip-basin-41");
    model.host.account = model.current.clone();
    model.host.state = HostState::Running(running);
    model.screen = Screen::Host;
    model
}

/// A page of the settings.
pub(super) fn settings(theme: ThemeChoice, page: SettingsPage) -> Model {
    let mut model = main(theme);
    let entry = |label: &str, current| SessionEntry {
        session: label.into(),
        label: label.into(),
        address: "192.168.1.77".into(),
        created: at("03T10:00"),
        seen: at("19T07:50"),
        current,
    };
    model.screen = Screen::Settings(Box::new(Settings {
        page,
        name: "Alice Martin".into(),
        status: "In the lab until 6".into(),
        sessions: Some(vec![
            entry("alice-desktop", true),
            entry("alice-thinkpad", false),
        ]),
        ..Settings::default()
    }));
    model
}

/// A search in #general.
pub(super) fn search(theme: ThemeChoice) -> Model {
    let mut model = main(theme);
    let hit = |seq, clock, from: &str, text: &str| Hit {
        room: "general".into(),
        seq,
        from: from.into(),
        time: at(clock),
        text: text.into(),
    };
    let _ = crate::controller::search::open(&mut model, true);
    let account = model.front_mut().unwrap();
    account.search.query = "gap".into();
    account.search.found = Found::Hits {
        hits: vec![
            hit(
                30,
                "19T09:11",
                "bob",
                "So the fix is to keep the gap open until the last page is in?",
            ),
            hit(
                20,
                "03T16:05",
                "camille",
                "Le connecteur a un gap de 0,2 mm, il faut le resserrer avant vendredi.",
            ),
            hit(
                10,
                "01T11:00",
                "huy",
                "Có một gap nhỏ giữa hai tấm, mình chèn thêm đệm cao su là ổn.",
            ),
        ],
        more: false,
    };
    model
}
