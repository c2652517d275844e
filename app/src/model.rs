//! Everything the app knows. Plain state: no iced runtime, no clock, no I/O;
//! the time is told by the controller.

mod account;
pub(crate) mod composer;
mod conversation;
pub(crate) mod cut;
mod dialog;
pub(crate) mod emoji;
pub(crate) mod file_kind;
pub(crate) mod files;
mod host;
mod link_state;
pub(crate) mod local_path;
pub(crate) mod markup;
pub(crate) mod peer;
mod people;
mod preferences;
pub(crate) mod previews;
mod rank;
mod search;
mod settings;
mod sign_in;
mod switcher;
pub(crate) mod timeline;
mod toasts;
pub(crate) mod transfers;
mod welcome;
mod window;

pub(crate) use account::{Account, without_default_port};
pub(crate) use conversation::{Conversation, Open};
pub(crate) use dialog::{
    AttachPath, Browse, Confirm, Deliberate, Dialog, InviteForm, Menu, NewRoom, OneLine, SaveFile,
    Trust, Viewed, Viewer, fours,
};
pub(crate) use host::{Code, Host, HostState, Running};
pub(crate) use link_state::LinkState;
pub(crate) use parlor_client::AccountId;
pub(crate) use people::{Groups, People};
pub(crate) use preferences::{LanguageChoice, Preferences, Spacing, TextSize, ThemeChoice};
pub(crate) use rank::{Deed, deeds, may_add, may_invite};
pub(crate) use search::{Found, SearchPanel, marks};
pub(crate) use settings::{PasswordForm, Settings, SettingsPage};
pub(crate) use sign_in::{SignIn, Tab};
pub(crate) use switcher::{AppCommand, Jump, Row, Rows, Switcher};
pub(crate) use toasts::{Toast, ToastKind, Toasts};
pub(crate) use welcome::{Recent, Welcome};
pub(crate) use window::{
    Ahead, Middle, Panel, Region, TOPIC_FROM, TWO_COLUMNS_FROM, WIDE_SIDEBAR_FROM, Window,
};

use parlor_protocol::Time;

/// The whole state.
#[derive(Debug)]
pub(crate) struct Model {
    /// The time as last told: each second, and with everything that arrives.
    pub now: Time,
    /// What the user chose, kept over restarts.
    pub preferences: Preferences,
    /// The window: its size, whether it has the keyboard, which part of it.
    pub window: Window,
    /// What is in front.
    pub screen: Screen,
    /// The first screen, kept while others are in front.
    pub welcome: Welcome,
    /// The accounts that are signed in, in the order of Ctrl+1 to 9.
    pub accounts: Vec<Account>,
    /// Which of them is in front.
    pub current: Option<AccountId>,
    /// The server inside the app.
    pub host: Host,
    /// What lies over the window and must be answered.
    pub dialog: Option<Dialog>,
    /// The menu that is open.
    pub menu: Option<Menu>,
    /// Notices at the bottom right.
    pub toasts: Toasts,
}

/// What is in front.
#[derive(Debug)]
pub(crate) enum Screen {
    /// Recent servers, a field for a link, hosting.
    Welcome,
    /// A server was reached; who is it that comes?
    SignIn(Box<SignIn>),
    /// Rooms and talk.
    Main,
    /// The server inside the app.
    Host,
    /// Preferences, profile, sessions.
    Settings(Box<Settings>),
}

impl Model {
    /// An empty app, as it starts.
    pub(crate) fn new(preferences: Preferences, now: Time) -> Self {
        Self {
            now,
            window: Window::new(preferences.window).with(&preferences),
            screen: Screen::Welcome,
            welcome: Welcome::default(),
            accounts: Vec::new(),
            current: None,
            host: Host::default(),
            dialog: None,
            menu: None,
            toasts: Toasts::default(),
            preferences,
        }
    }

    /// The account of this id.
    pub(crate) fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == *id)
    }

    /// The account of this id, to change it.
    pub(crate) fn account_mut(&mut self, id: &AccountId) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == *id)
    }

    /// The account in front.
    pub(crate) fn front(&self) -> Option<&Account> {
        self.account(self.current.as_ref()?)
    }

    /// The account in front, to change it.
    pub(crate) fn front_mut(&mut self) -> Option<&mut Account> {
        let id = self.current.clone()?;
        self.account_mut(&id)
    }

    /// The owner's account on the server inside the app.
    pub(crate) fn hosted_account(&self) -> Option<&Account> {
        self.account(self.host.account.as_ref()?)
    }

    /// Dark or light: what the user chose, or what the system has.
    pub(crate) fn theme(&self) -> crate::theme::Theme {
        use crate::theme::Theme;
        match self.preferences.theme {
            ThemeChoice::System if self.window.system_light => Theme::Light,
            ThemeChoice::Light => Theme::Light,
            ThemeChoice::System | ThemeChoice::Dark => Theme::Dark,
        }
    }

    /// How many transfers run, over all accounts.
    pub(crate) fn running(&self) -> usize {
        let counts = self.accounts.iter().map(Account::running);
        counts.map(transfers::Counts::running).sum()
    }

    /// Unread messages over all accounts, for the window's title.
    pub(crate) fn unread(&self) -> u64 {
        self.accounts.iter().map(Account::unread).sum()
    }
}
