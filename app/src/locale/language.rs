//! The languages of the catalogues, and which of them is chosen.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A language that Parlor speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Which every other falls back to.
    English,
    /// Tiếng Việt.
    Vietnamese,
    /// Français.
    French,
    /// 简体中文.
    Chinese,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 4] =
        [Self::English, Self::Vietnamese, Self::French, Self::Chinese];

    /// The text in which a language says its own name.
    pub(super) const NAME: &'static str = "language-name";

    /// Its place in [`Language::ALL`].
    #[cfg(not(test))]
    pub(super) fn index(self) -> usize {
        self as usize
    }

    /// Its tag (BCP 47), which is also its folder in `assets/locales`.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Vietnamese => "vi",
            Self::French => "fr",
            Self::Chinese => "zh",
        }
    }

    /// Its name in itself.
    pub(crate) fn name(self) -> String {
        super::catalogue::text(self, Self::NAME, None)
    }

    fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The language of the system, or English. Tests are in an English system.
    fn of_system() -> Self {
        static SYSTEM: LazyLock<Language> = LazyLock::new(|| {
            if cfg!(test) {
                Language::English
            } else {
                first_spoken(sys_locale::get_locales())
            }
        });
        *SYSTEM
    }
}

/// The first of the wanted languages that Parlor speaks, in whatever country
/// and script. The one that means no language, `C`, means English.
fn first_spoken(wanted: impl Iterator<Item = String>) -> Language {
    wanted
        .filter_map(|tag| {
            let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
            match language {
                "C" | "POSIX" => Some(Language::English),
                other => Language::of_tag(&other.to_ascii_lowercase()),
            }
        })
        .next()
        .unwrap_or(Language::English)
}

/// Which language is wanted. In a file it is a tag, or `system`; a tag that
/// this version does not know is as the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) enum LanguageChoice {
    /// As the system says.
    #[default]
    System,
    /// This one, whatever the system says.
    Always(Language),
}

impl LanguageChoice {
    /// Every choice there is, in the order in which they are offered.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::System).chain(Language::ALL.map(Self::Always))
    }

    /// The language that it comes to.
    pub(crate) fn language(self) -> Language {
        match self {
            Self::System => Language::of_system(),
            Self::Always(language) => language,
        }
    }
}

impl From<String> for LanguageChoice {
    fn from(kept: String) -> Self {
        Language::of_tag(&kept).map_or(Self::System, Self::Always)
    }
}

impl From<LanguageChoice> for String {
    fn from(choice: LanguageChoice) -> Self {
        match choice {
            LanguageChoice::System => "system".to_owned(),
            LanguageChoice::Always(language) => language.tag().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_is_spoken_is_taken() {
        let check = |wanted: &[&str], expected| {
            let tags = wanted.iter().map(|tag| (*tag).to_owned());
            assert_eq!(first_spoken(tags), expected, "{wanted:?}");
        };
        check(&[], Language::English);
        check(&["vi"], Language::Vietnamese);
        check(&["vi-VN"], Language::Vietnamese);
        check(&["fr-CA", "en-CA"], Language::French);
        check(&["FR"], Language::French);
        check(&["zh-Hans-CN"], Language::Chinese);
        check(&["zh-TW"], Language::Chinese);
        check(&["de-DE", "fr-FR", "en"], Language::French);
        check(&["de-DE"], Language::English);
        check(&["C", "vi-VN"], Language::English);
        check(&["POSIX"], Language::English);
        check(&["C.UTF-8"], Language::English);
        check(&["", "vi_VN.UTF-8"], Language::Vietnamese);
        check(&["english", "fil", "zho"], Language::English);
    }

    #[test]
    fn a_choice_is_kept_as_its_tag() {
        for choice in LanguageChoice::all() {
            let kept = serde_json::to_string(&choice).unwrap();
            let read: LanguageChoice = serde_json::from_str(&kept).unwrap();
            assert_eq!(read, choice, "{kept}");
        }
        let check = |kept: &str, expected| {
            let read: LanguageChoice = serde_json::from_str(kept).unwrap();
            assert_eq!(read, expected, "{kept}");
        };
        check("\"system\"", LanguageChoice::System);
        check("\"vi\"", LanguageChoice::Always(Language::Vietnamese));
        check("\"of a later version\"", LanguageChoice::System);
    }

    #[test]
    fn all_are_in_their_place() {
        for (index, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(language as usize, index);
        }
    }
}
