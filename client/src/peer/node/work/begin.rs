//! How a node begins.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use parlor_protocol::{DeviceId, PublicKey};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::session::Registered;
use super::{NEWS, Node};
use crate::peer::event::Standing;
use crate::peer::files::{Files, Setup};
use crate::peer::net::{Net, NetEvent, NetOptions};
use crate::peer::node::channels::Channels;
use crate::peer::node::context::Context;
use crate::peer::node::door::Door;
use crate::peer::node::people::People;
use crate::peer::node::reach::Dialler;
use crate::peer::node::{Parts, device, mail};
use crate::peer::vault;

/// What a node is made of, once its keys are open and its sockets bound.
struct Made {
    context: Arc<Context>,
    events: mpsc::Receiver<NetEvent>,
    in_keyring: bool,
}

async fn make(parts: &Parts) -> Result<Made, String> {
    let account = parts.session.account();
    let store = parts.ends.store.clone();
    let secrets = open_vault(parts).await?;
    let cleared = store.clear_links().await;
    cleared.map_err(|error| error.to_string())?;
    let keys = device::open(&store, &secrets, &account.username, &parts.options.label).await?;
    let door = Arc::new(Door::new(store.clone(), server_key(parts)));
    door.show(&account.username, keys.own.vouched.clone());
    let options = NetOptions {
        secret: secrets.device.clone(),
        lan: parts.options.lan,
        relay_only: parts.options.relay_only,
    };
    let started = Net::start(options, door.clone()).await;
    let (net, events) = started.map_err(|error| error.to_string())?;
    let context = Context {
        me: account.username.clone(),
        device: DeviceId(*secrets.device.public().as_bytes()),
        secret: secrets.device,
        pickle: secrets.pickle,
        store,
        session: parts.session.clone(),
        facts: parts.session.tap().facts(),
        door,
        net,
        people: People::default(),
        published: AtomicBool::new(false),
        looked: AtomicBool::new(false),
        olm: tokio::sync::Mutex::new(keys),
        spare_keys: Mutex::new(HashMap::new()),
    };
    Ok(Made {
        context: Arc::new(context),
        events,
        in_keyring: secrets.in_keyring,
    })
}

/// The keys of this device. A keyring may ask its user, so that it takes a thread of its own.
async fn open_vault(parts: &Parts) -> Result<vault::Secrets, String> {
    let id = parts.session.account().id.clone();
    let dir = parts.home.account_files(&id).dir().to_owned();
    let keyring = parts.options.keyring;
    let opened = tokio::task::spawn_blocking(move || vault::open(&dir, &id, keyring)).await;
    let opened = opened.map_err(|error| error.to_string())?;
    opened.map_err(|error| error.to_string())
}

impl Node {
    pub(super) async fn begin(parts: &Parts) -> Result<Self, String> {
        let Made {
            context,
            events,
            in_keyring,
        } = make(parts).await?;
        let files = Arc::new(Files::start(Setup {
            username: context.me.clone(),
            ledger: Arc::new(context.store.clone()),
            depot: Arc::new(parts.session.depot()),
            reach: Arc::new(Dialler(Arc::clone(&context))),
            save_to: parts.options.save_to.clone(),
        }));
        let (news, heard) = mpsc::channel(NEWS);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(mail::run(
            Arc::clone(&context),
            Arc::clone(&files),
            parts.session.tap().listen(),
            news.clone(),
            stop.child_token(),
        ));
        let standing = Standing {
            lan: parts.options.lan,
            relay_only: parts.options.relay_only,
            in_keyring,
            ..Standing::default()
        };
        let mut node = Self {
            changed: context.store.changed(),
            facts: context.facts.clone(),
            context,
            events,
            news,
            heard,
            lanes: HashMap::new(),
            links: HashMap::new(),
            tasks,
            refreshing: HashSet::new(),
            waiting_for: HashMap::new(),
            passing: parts.ends.tell.clone(),
            files,
            channels: Channels::default(),
            standing,
            options: parts.options.clone(),
            anew: None,
            wishing: HashSet::new(),
            registered: Registered::default(),
            next_publish: super::session::never(),
            look_until: None,
            publishing: false,
            failures: 0,
            compare_at: Some(Instant::now()),
            typed: HashMap::new(),
            stop,
        };
        let known = node.register_as_known().await;
        known.map_err(|error| error.to_string())?;
        Ok(node)
    }
}

/// The server's key as it was remembered: peers know each other also while the server is away.
fn server_key(parts: &Parts) -> Option<PublicKey> {
    let address = parts.session.account().address.parse().ok()?;
    let known = parts.home.known_servers().ok()?;
    let key = known.get(&address)?.server_key?;
    key.to_string().parse().ok()
}
