//! The sign-in screen: who is it that comes?

use parlor_client::{Credentials, Greeting, Link};
use parlor_protocol::RegisterPolicy;

/// The sign-in screen.
#[derive(Clone, PartialEq)]
pub(crate) struct SignIn {
    /// The server, as the link names it.
    pub link: Link,
    /// What it said of itself, and why it can be trusted.
    pub greeting: Greeting,
    /// The tab in front.
    pub tab: Tab,
    /// The username.
    pub username: String,
    /// The display name of a new account, or a guest's name.
    pub name: String,
    /// The password.
    pub password: String,
    /// Whether the password shows.
    pub shows: bool,
    /// The invite's code.
    pub invite: String,
    /// Whether the code came with the link.
    pub invite_from_link: bool,
    /// What was wrong, in plain words.
    pub error: Option<String>,
    /// The password rules that were not met.
    pub rules: Vec<String>,
    /// Whether the server was asked.
    pub waits: bool,
}

/// Passwords and invites are in no log.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("address", &self.greeting.address)
            .field("tab", &self.tab)
            .field("username", &self.username)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// The tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// To an account that exists.
    Password,
    /// A new account.
    New,
    /// Without an account.
    Guest,
}

impl SignIn {
    /// The screen for a server that was reached.
    pub(crate) fn new(link: Link, greeting: Greeting) -> Self {
        let invite = link.invite.clone();
        let auth = &greeting.welcome.auth;
        let register = auth.register;
        let new = invite.is_some() || !auth.password;
        let tab = if new && register != RegisterPolicy::Closed {
            Tab::New
        } else {
            Tab::Password
        };
        Self {
            link,
            greeting,
            tab,
            username: String::new(),
            name: String::new(),
            password: String::new(),
            shows: false,
            invite_from_link: invite.is_some(),
            invite: invite.unwrap_or_default(),
            error: None,
            rules: Vec::new(),
            waits: false,
        }
    }

    /// The tabs this server has.
    pub(crate) fn tabs(&self) -> Vec<Tab> {
        let mut tabs = vec![Tab::Password];
        if self.greeting.welcome.auth.register != RegisterPolicy::Closed {
            tabs.push(Tab::New);
        }
        if self.greeting.welcome.auth.guests {
            tabs.push(Tab::Guest);
        }
        tabs
    }

    /// Whether a new account needs an invite.
    pub(crate) fn wants_invite(&self) -> bool {
        self.greeting.welcome.auth.register == RegisterPolicy::Invite || self.invite_from_link
    }

    /// Whether everything that must be filled in is.
    pub(crate) fn is_filled(&self) -> bool {
        let account = !self.username.trim().is_empty() && !self.password.is_empty();
        let invited = self.greeting.welcome.auth.register != RegisterPolicy::Invite
            || !self.invite.trim().is_empty();
        match self.tab {
            Tab::Password => account,
            Tab::New => account && invited,
            Tab::Guest => !self.name.trim().is_empty(),
        }
    }

    /// What the form says.
    pub(crate) fn credentials(&self) -> Credentials {
        let filled = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        match self.tab {
            Tab::Password => Credentials::Login {
                username: self.username.trim().to_ascii_lowercase(),
                password: self.password.clone(),
            },
            Tab::New => Credentials::Register {
                username: self.username.trim().to_ascii_lowercase(),
                name: filled(&self.name),
                password: self.password.clone(),
                invite: filled(&self.invite),
            },
            Tab::Guest => Credentials::Guest {
                nickname: self.name.trim().to_owned(),
            },
        }
    }
}
