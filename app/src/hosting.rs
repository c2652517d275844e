//! The server inside the app: `parlord`'s library, its data in the home.
//!
//! The first start makes the owner's account and signs it in; from then on
//! the server keeps its port, for the links that were given away name it.

use std::fs;
use std::io::Write;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iced::Task;
use jiff::Timestamp;
use parlor_client::{Account, AccountId, Credentials, Home, Link};
use parlor_protocol::RegisterPolicy;
use parlor_protocol::limits::DEFAULT_PORT;
use parlord::config::TrackerAddress;
use parlord::server::Server;
use parlord::{Config, RunningServer, StartError};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::app::Message;
use crate::controller::{self, host, words};
use crate::effect::HostOptions;
use crate::locale::tr;
use crate::model::{Model, Running};

/// The server inside the app, while there is one.
pub(crate) struct Hosting {
    home: PathBuf,
    server: Arc<Mutex<Option<RunningServer>>>,
}

/// What is remembered of it, in `hosting.json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    name: String,
    open: bool,
    /// The port that links name.
    port: Option<u16>,
    /// The owner's account in this home. Without one the first start was never
    /// finished, and what it left is of no use to anybody.
    account: Option<AccountId>,
}

impl Record {
    fn path(home: &Path) -> PathBuf {
        home.join("hosting.json")
    }

    fn read(home: &Path) -> Option<Self> {
        let text = fs::read(Self::path(home)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn write(&self, home: &Path) -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(Self::path(home))?;
        file.write_all(&serde_json::to_vec_pretty(self)?)
    }
}

impl Hosting {
    /// No server yet; its data is kept in the home.
    pub(crate) fn new(home: &Path) -> Self {
        Self {
            home: home.to_owned(),
            server: Arc::default(),
        }
    }

    /// Tells the model what is known of a server hosted before.
    pub(crate) fn tell(&self, model: &mut Model) {
        model.host.folder = shown(&data(&self.home));
        let Some(record) = Record::read(&self.home) else {
            return;
        };
        model.host.form.name = record.name;
        model.host.form.open = record.open;
        if let Some(account) = record.account {
            model.host.kept = model.account(&account).is_some();
            model.host.account = Some(account);
        }
    }

    /// Starts it, and signs its owner in.
    pub(crate) fn start(&mut self, home: Home, options: HostOptions) -> Task<Message> {
        let server = Arc::clone(&self.server);
        Task::perform(
            async move {
                let mut running = server.lock().await;
                let (started, told) = start(&home, &options).await?;
                *running = Some(started);
                Ok(told)
            },
            |result| told(host::Message::Started(Box::new(result))),
        )
    }

    /// Stops it: what it acknowledged is finished first.
    pub(crate) fn stop(&mut self) -> Task<Message> {
        let server = Arc::clone(&self.server);
        Task::perform(stop(server), |()| told(host::Message::Stopped(Ok(()))))
    }

    /// Stops it, because the app closes.
    pub(crate) fn quit(&mut self) -> Task<Message> {
        Task::future(stop(Arc::clone(&self.server))).discard()
    }
}

fn told(message: host::Message) -> Message {
    Message::of(controller::Message::Host(message))
}

async fn stop(server: Arc<Mutex<Option<RunningServer>>>) {
    if let Some(running) = server.lock().await.take() {
        running.shutdown().await;
    }
}

fn data(home: &Path) -> PathBuf {
    home.join("hosted")
}

/// A folder as people know it: `~` for their own.
fn shown(folder: &Path) -> String {
    let own = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match own.and_then(|own| folder.strip_prefix(own).ok().map(Path::to_owned)) {
        Some(rest) => format!("~/{}", rest.display()),
        None => folder.display().to_string(),
    }
}

type Started = (RunningServer, (Running, Account));

async fn start(home: &Home, options: &HostOptions) -> Result<Started, String> {
    let folder = data(home.dir());
    let mut record = Record::read(home.dir()).unwrap_or_default();
    let begun = Record::path(home.dir()).exists();
    if begun && record.account.is_none() && folder.exists() {
        // The owner's code of an unfinished first start was lost with it.
        fs::remove_dir_all(&folder).map_err(|error| not_kept(&error))?;
    }
    record.name.clone_from(&options.name);
    record.open = options.open;
    record.write(home.dir()).map_err(|error| not_kept(&error))?;

    let server = listen(options, &folder, record.port).await?;
    let port = server.local_addr().port();
    let account = match sign_in(home, &server, options, &record).await {
        Ok(account) => account,
        Err(why) => {
            server.shutdown().await;
            return Err(why);
        }
    };
    record.port = Some(port);
    record.account = Some(account.id.clone());
    record.write(home.dir()).map_err(|error| not_kept(&error))?;

    let link = server.link();
    let mut running = Running {
        name: options.name.clone(),
        address: link.address.to_string(),
        link: link.to_string(),
        port,
        folder: shown(&folder),
        since: Timestamp::now().into(),
        open: options.open,
        invite: None,
        code: None,
    };
    running.draw();
    Ok((server, (running, account)))
}

/// Listens where it did before; at the first start on the usual port, or on
/// any where that one is taken.
async fn listen(
    options: &HostOptions,
    folder: &Path,
    port: Option<u16>,
) -> Result<RunningServer, String> {
    let config = |port: u16| Config {
        name: options.name.clone(),
        data: folder.to_owned(),
        listen: SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port),
        // People learn of its port when they sign in: any will do.
        tracker: Some(TrackerAddress::At(SocketAddr::new(
            IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            0,
        ))),
        register: if options.open {
            RegisterPolicy::Open
        } else {
            RegisterPolicy::Invite
        },
        ..Config::default()
    };
    match Server::start(config(port.unwrap_or(DEFAULT_PORT))).await {
        Err(StartError::Listen { .. }) if port.is_none() => Server::start(config(0)).await,
        other => other,
    }
    .map_err(|error| match error {
        StartError::Listen { .. } => tr!(
            "host-port-taken",
            port = port.unwrap_or(DEFAULT_PORT).to_string()
        ),
        other => other.to_string(),
    })
}

/// The owner: by the account that is kept, by making it at the first start, or
/// by its password.
async fn sign_in(
    home: &Home,
    server: &RunningServer,
    options: &HostOptions,
    record: &Record,
) -> Result<Account, String> {
    let port = server.local_addr().port();
    let kept = record.account.as_ref().and_then(|id| home.account(id));
    if let Some(account) = kept.filter(|account| account.signed_in) {
        return Ok(account);
    }
    let own: Link = format!("parlor://127.0.0.1:{port}/?pin={}", server.pin())
        .parse()
        .map_err(|error: <Link as std::str::FromStr>::Err| error.to_string())?;
    let with = match server.owner_link() {
        Some(owner) => Credentials::Register {
            username: options.username.clone(),
            password: options.password.clone(),
            name: None,
            invite: owner.invite.clone(),
        },
        None => Credentials::Login {
            username: options.username.clone(),
            password: options.password.clone(),
        },
    };
    parlor_client::sign_in(home, &own, with)
        .await
        .map_err(|error| match &error {
            parlor_client::SignInError::Refused(line) if !line.rules.is_empty() => {
                tr!("host-weak-password", rules = line.rules.join(" "))
            }
            other => words::sign_in(other),
        })
}

fn not_kept(error: &std::io::Error) -> String {
    tr!("error-here", what = error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(password: &str) -> HostOptions {
        HostOptions {
            name: "Lab 4".into(),
            open: false,
            username: "alice".into(),
            password: password.into(),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_owner_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let weak = start(&home, &options("short")).await.map(drop);
        assert!(weak.is_err());
        let (server, (running, account)) = start(&home, &options("four words in a row 7"))
            .await
            .unwrap();
        assert_eq!(running.name, "Lab 4");
        assert_eq!(account.username, "alice");
        let port = running.port;
        server.shutdown().await;

        let (server, (running, again)) = start(&home, &options("")).await.unwrap();
        assert_eq!((running.port, again.id), (port, account.id));
        server.shutdown().await;
    }
}
