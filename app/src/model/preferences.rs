//! What the user chose, kept over restarts in `preferences.json`.

use serde::{Deserialize, Serialize};

pub(crate) use crate::locale::LanguageChoice;
pub(crate) use crate::theme::kind::TextSize;

/// The user's choices. An unknown or missing member takes its default, so that
/// an older or newer app reads the same file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Preferences {
    /// Light, dark, or as the system.
    pub theme: ThemeChoice,
    /// How large texts are.
    pub text_size: TextSize,
    /// How close messages stand.
    pub spacing: Spacing,
    /// The language of every text.
    pub language: LanguageChoice,
    /// The window's size in logical pixels when it was last closed.
    pub window: (f32, f32),
    /// Whether the sidebar shows.
    pub sidebar: bool,
    /// Whether the people panel shows.
    pub people: bool,
    /// The account in front when the app was last closed.
    pub account: Option<String>,
    /// For each account, the room in front.
    pub rooms: std::collections::BTreeMap<String, String>,
    /// What sessions of this computer are called in lists, and its devices by others.
    pub label: Option<String>,
    /// Whether devices are looked for on the LAN.
    pub lan: bool,
    /// Whether peers are reached by relays only, so that nobody learns this computer's address.
    pub relay_only: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            text_size: TextSize::default(),
            spacing: Spacing::default(),
            language: LanguageChoice::default(),
            window: (1280.0, 800.0),
            sidebar: true,
            people: true,
            account: None,
            rooms: std::collections::BTreeMap::new(),
            label: None,
            lan: true,
            relay_only: false,
        }
    }
}

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How close messages stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spacing {
    /// Closer than designed.
    Compact,
    /// As designed.
    #[default]
    Cosy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_version_is_read() {
        let read: Preferences =
            serde_json::from_str(r#"{"theme":"dark","a_later_choice":7}"#).unwrap();
        assert_eq!(read.theme, ThemeChoice::Dark);
        assert!(read.people);
    }
}
