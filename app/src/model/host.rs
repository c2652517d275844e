//! The server inside the app.

use parlor_client::{AccountId, Link};
use parlor_protocol::Time;

/// The server inside the app, and the form that starts it.
#[derive(Debug)]
pub(crate) struct Host {
    /// The form on the first screen.
    pub form: HostForm,
    /// How it stands.
    pub state: HostState,
    /// Whether a server was hosted here before whose owner is signed in, so
    /// that nobody needs to be asked who they are.
    pub kept: bool,
    /// The owner's account.
    pub account: Option<AccountId>,
    /// The folder in which it keeps everything, as it is shown.
    pub folder: String,
    /// How many may use the next invite.
    pub uses: u64,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            form: HostForm::default(),
            state: HostState::default(),
            kept: false,
            account: None,
            folder: String::new(),
            uses: 1,
        }
    }
}

/// What the form says.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct HostForm {
    /// The server's name.
    pub name: String,
    /// Whether anybody with the plain link may make an account.
    pub open: bool,
    /// The owner's username.
    pub username: String,
    /// The owner's password.
    pub password: String,
    /// Whether the password shows.
    pub shows: bool,
    /// What was wrong.
    pub error: Option<String>,
}

/// The password is in no log.
impl std::fmt::Debug for HostForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostForm")
            .field("name", &self.name)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// How the server inside the app stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum HostState {
    /// It does not run.
    #[default]
    Off,
    /// It is being started.
    Starting,
    /// It runs.
    Running(Running),
    /// It finishes what it acknowledged.
    Stopping,
}

/// A server that runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Running {
    /// Its name.
    pub name: String,
    /// The link without an invite.
    pub link: String,
    /// Where others on this network reach it.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// Where it keeps everything.
    pub folder: String,
    /// Since when.
    pub since: Time,
    /// Whether the plain link lets anybody make an account.
    pub open: bool,
    /// The link with an invite, once made.
    pub invite: Option<String>,
    /// The link to give away as a picture for a camera.
    pub code: Option<Code>,
}

/// A picture of a link, for a camera: a square of light and dark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    /// Cells of one side.
    pub side: usize,
    /// Row by row, whether a cell is dark.
    pub dark: Vec<bool>,
}

impl Code {
    /// The picture of a link; none of one too long for a picture.
    pub(crate) fn new(link: &str) -> Option<Self> {
        let code = qrcode::QrCode::new(link).ok()?;
        Some(Self {
            side: code.width(),
            dark: code
                .to_colors()
                .into_iter()
                .map(|color| color == qrcode::Color::Dark)
                .collect(),
        })
    }
}

impl Running {
    /// The link to give away: with an invite where one is wanted.
    pub(crate) fn shared_link(&self) -> Option<&str> {
        if self.open {
            Some(&self.link)
        } else {
            self.invite.as_deref()
        }
    }

    /// Draws the link to give away.
    pub(crate) fn draw(&mut self) {
        self.code = self.shared_link().and_then(Code::new);
    }

    /// Takes in a link that the server made. It names the address by which the
    /// owner reaches it; others reach it at the one of this network.
    pub(crate) fn take_invite(&mut self, link: &str) {
        let code = link.parse::<Link>().ok().and_then(|link| link.invite);
        self.invite = match (self.link.parse::<Link>(), code) {
            (Ok(plain), Some(code)) => Some(plain.with_invite(code).to_string()),
            _ => Some(link.to_owned()),
        };
        self.draw();
    }
}

impl Host {
    /// The server, while it runs.
    pub(crate) fn running(&self) -> Option<&Running> {
        match &self.state {
            HostState::Running(running) => Some(running),
            _ => None,
        }
    }
}
