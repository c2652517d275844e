//! `parlord user` and `parlord invite`: on the data folder, whether a server
//! runs on it or not.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use parlor_protocol::{Role, Time};
use parlord::admin::{self, Account, ListedUser};
use parlord::config::Config;
use parlord::data_dir::DataDir;
use parlord::passwords::Passwords;
use parlord::server::link_of;
use parlord::storage::Storage;
use parlord::storage::sqlite::SqliteStorage;

use super::options::Place;
use super::{password, print};

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account; the password comes from a prompt, PARLORD_PASSWORD, or standard input
    Add(AddOptions),
    /// List the accounts
    List(Place),
    /// Give an account a new password; its sessions end
    Passwd(Whose),
    /// Give an account a rank
    Role(RoleOptions),
    /// Refuse an account to sign in; its sessions end, and its name stays taken
    Disable(Whose),
    /// Let a disabled account sign in again
    Enable(Whose),
}

#[derive(Debug, Args)]
pub(crate) struct AddOptions {
    /// The username
    username: String,
    /// The display name; without it, the username
    #[arg(long)]
    name: Option<String>,
    /// The rank: member, moderator, admin or owner
    #[arg(long, default_value = "member")]
    role: Role,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// The username
    username: String,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct RoleOptions {
    /// The username
    username: String,
    /// The rank: member, moderator, admin or owner
    role: Role,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct InviteOptions {
    /// The rank that it gives: member, moderator, admin or owner
    #[arg(long, default_value = "member")]
    role: Role,
    /// How many may use it
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    uses: u32,
    /// Days until it expires
    #[arg(long, value_name = "NUMBER", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,
    #[command(flatten)]
    place: Place,
}

/// Does something to the accounts.
pub(crate) fn user(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add(options) => add(options),
        UserCommand::List(place) => list(&place),
        UserCommand::Passwd(whose) => passwd(&whose),
        UserCommand::Role(options) => {
            let (name, role) = (&options.username, options.role);
            on_storage(&options.place, async |_, storage| {
                admin::set_role(storage, name, role, now()).await?;
                print(&format!("{name} is now {role}.\n"))
            })
        }
        UserCommand::Disable(whose) => set_disabled(&whose, true),
        UserCommand::Enable(whose) => set_disabled(&whose, false),
    }
}

/// Makes an invite and prints its link.
pub(crate) fn invite(options: &InviteOptions) -> anyhow::Result<()> {
    let now = now();
    let millis = SignedDuration::from_hours(24 * i64::from(options.days)).as_millis();
    let expires = Time::from_millis(now.as_millis() + i64::try_from(millis)?);
    on_storage(&options.place, async |config, storage| {
        let link = link_of(config).context("the link cannot be made")?;
        let uses = u64::from(options.uses);
        let made = admin::create_invite(storage, options.role, uses, Some(expires), now).await?;
        print(&format!("{}\n", link.with_invite(made.code)))
    })
}

fn add(options: AddOptions) -> anyhow::Result<()> {
    let password = password::read(&options.username)?;
    let account = Account {
        username: options.username,
        name: options.name,
        role: options.role,
    };
    on_storage(&options.place, async |config, storage| {
        let passwords = Passwords::new(config.passwords.clone());
        let user = admin::add_user(storage, &passwords, account, password, now()).await?;
        print(&format!("{} is now {}.\n", user.username, user.role))
    })
}

fn passwd(whose: &Whose) -> anyhow::Result<()> {
    let password = password::read(&whose.username)?;
    let name = &whose.username;
    on_storage(&whose.place, async |config, storage| {
        let passwords = Passwords::new(config.passwords.clone());
        admin::set_password(storage, &passwords, name, password, now()).await?;
        print(&format!("{name} has a new password; the sessions ended.\n"))
    })
}

fn set_disabled(whose: &Whose, disabled: bool) -> anyhow::Result<()> {
    let name = &whose.username;
    on_storage(&whose.place, async |_, storage| {
        admin::set_disabled(storage, name, disabled, now()).await?;
        let may = if disabled {
            "can no longer"
        } else {
            "may again"
        };
        print(&format!("{name} {may} sign in.\n"))
    })
}

fn list(place: &Place) -> anyhow::Result<()> {
    on_storage(place, async |_, storage| {
        print(&table(&admin::list_users(storage).await?))
    })
}

/// One line for each account: username, rank, sessions, last seen, display name.
fn table(users: &[ListedUser]) -> String {
    let width = users.iter().map(|user| user.username.len()).max();
    let width = width.unwrap_or(0).max("USERNAME".len());
    let mut text = format!(
        "{:width$}  ROLE       SESSIONS  SEEN        NAME\n",
        "USERNAME"
    );
    for user in users {
        let role = if user.disabled {
            "disabled".to_owned()
        } else {
            user.role.to_string()
        };
        let seen = user
            .seen
            .map_or_else(|| "-".to_owned(), |seen| seen.to_string());
        let day = seen.split('T').next().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:width$}  {role:9}  {:8}  {day:10}  {}",
            user.username, user.sessions, user.name
        );
    }
    text
}

/// Does something on the storage of a data folder, and closes it.
fn on_storage(
    place: &Place,
    work: impl AsyncFnOnce(&Config, &dyn Storage) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let config = place.config()?;
    let data = DataDir::open(&config.data)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let opened = SqliteStorage::open(data.database()).await?;
        let storage: Arc<dyn Storage> = Arc::new(opened);
        let done = work(&config, &*storage).await;
        let closed = storage.close().await;
        done?;
        Ok(closed?)
    })
}

fn now() -> Time {
    Time::from(Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_a_line_for_each() {
        let time = Time::from_millis(1_700_000_000_000);
        let user = |username: &str, disabled| ListedUser {
            username: username.into(),
            name: "Nguyễn".into(),
            role: Role::Admin,
            disabled,
            created: time,
            sessions: 2,
            seen: (!disabled).then_some(time),
        };
        assert_eq!(
            table(&[user("alice", false), user("somebody_long", true)]),
            "USERNAME       ROLE       SESSIONS  SEEN        NAME\n\
             alice          admin             2  2023-11-14  Nguyễn\n\
             somebody_long  disabled          2  -           Nguyễn\n"
        );
    }
}
