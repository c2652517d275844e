//! The settings screen.

use parlor_protocol::reply::SessionEntry;

/// The settings screen.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Which page is in front.
    pub page: SettingsPage,
    /// The display name as it is being typed.
    pub name: String,
    /// The status line as it is being typed.
    pub status: String,
    /// What was wrong with the profile.
    pub profile_error: Option<String>,
    /// One's sessions; `None` until the server answered.
    pub sessions: Option<Vec<SessionEntry>>,
    /// Why there is no list.
    pub sessions_error: Option<String>,
    /// The new password.
    pub password: PasswordForm,
    /// This device's name as it is being typed.
    pub device: String,
    /// What was wrong with it.
    pub device_error: Option<String>,
}

/// The pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SettingsPage {
    /// Name and status.
    #[default]
    Profile,
    /// Theme, text size, spacing.
    Appearance,
    /// The language.
    Language,
    /// Sessions and password.
    Sessions,
    /// This device, and one's others.
    Devices,
    /// Which keys do what.
    Keyboard,
    /// What this is.
    About,
}

impl SettingsPage {
    /// The pages in their order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Profile,
        Self::Appearance,
        Self::Language,
        Self::Sessions,
        Self::Devices,
        Self::Keyboard,
        Self::About,
    ];
}

/// A change of password.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct PasswordForm {
    /// The one until now.
    pub old: String,
    /// The new one.
    pub new: String,
    /// What was wrong, each in plain words.
    pub errors: Vec<String>,
    /// Whether the server was asked.
    pub waits: bool,
}

impl std::fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordForm")
            .field("waits", &self.waits)
            .finish_non_exhaustive()
    }
}
