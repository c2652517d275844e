//! The language of every text.

use iced::widget::{column, container, pick_list, space};

use super::{setting, title};
use crate::controller::Message;
use crate::controller::settings::{self, Message as SettingsMessage};
use crate::locale::{self, Language, tr};
use crate::model::{LanguageChoice, Preferences};
use crate::theme::{Element, Type, space as sizes};

/// A choice as it is written in the list: every language in itself, so that
/// whoever reads only theirs finds it.
#[derive(Clone, PartialEq)]
struct Offered(LanguageChoice);

impl std::fmt::Display for Offered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            LanguageChoice::System => f.write_str(&tr!("settings-language-system")),
            LanguageChoice::Always(language) => f.write_str(&language.name()),
        }
    }
}

/// The page.
pub(super) fn view<'a>(preferences: &Preferences) -> Element<'a, Message> {
    let others: Vec<_> = Language::ALL
        .into_iter()
        .filter(|language| *language != locale::language())
        .map(Language::name)
        .collect();
    let offered: Vec<_> = LanguageChoice::all().map(Offered).collect();
    let choice = pick_list(offered, Some(Offered(preferences.language)), |chosen| {
        Message::Settings(SettingsMessage::Language(chosen.0))
    })
    .text_size(Type::Body.size())
    .text_line_height(Type::Body.line_height())
    .padding([3.0, sizes::S8]);
    column![
        title(tr!("settings-language")),
        space::vertical().height(4),
        setting(
            tr!("settings-language"),
            Some(others.join(" · ")),
            container(choice).id(settings::LANGUAGE).into()
        ),
    ]
    .into()
}
