//! The catalogues inside the program, one bundle of texts per language.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use rust_embed::Embed;

use super::Language;

/// Every file of `assets/locales`, by `LANGUAGE/REGION.ftl`. Those that begin
/// with `web` are for the pages of the server alone.
#[derive(Embed)]
#[folder = "../assets/locales"]
#[include = "*.ftl"]
#[exclude = "*/web*"]
pub(super) struct Files;

/// The texts of one language.
pub(super) type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English));
static VIETNAMESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Vietnamese));
static FRENCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::French));
static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Chinese));

/// A language's texts, read when they are first asked for.
pub(super) fn of(language: Language) -> &'static Bundle {
    match language {
        Language::English => &ENGLISH,
        Language::Vietnamese => &VIETNAMESE,
        Language::French => &FRENCH,
        Language::Chinese => &CHINESE,
    }
}

/// A language's files: their names, without the language, and what they hold.
pub(super) fn files(language: Language) -> impl Iterator<Item = (String, String)> {
    let folder = format!("{}/", language.tag());
    Files::iter().filter_map(move |path| {
        let name = path.strip_prefix(&folder)?.to_owned();
        let file = Files::get(&path)?;
        Some((name, String::from_utf8_lossy(&file.data).into_owned()))
    })
}

fn bundle(language: Language) -> Bundle {
    // The tag decides the rules of the plural.
    let tag = language.tag().parse().expect("a language tag");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks that isolate an argument's direction show as boxes in some faces.
    bundle.set_use_isolating(false);
    for (file, text) in files(language) {
        // A bundled file is whole, which a test holds; what could be read of it still serves.
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
            tracing::error!(file, ?errors, "a bundled locale file is broken");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file, ?errors, "a text is named twice");
        }
    }
    bundle
}

/// The text named `id` in this language, else in English. An unknown id shows
/// as itself, so that a mistake is seen rather than hidden.
pub(super) fn text(language: Language, id: &str, args: Option<&FluentArgs<'_>>) -> String {
    let found = [language, Language::English]
        .into_iter()
        .find_map(|language| {
            let bundle = of(language);
            Some((bundle, bundle.get_message(id)?.value()?))
        });
    let Some((bundle, pattern)) = found else {
        tracing::error!(id, "there is no such text");
        return id.to_owned();
    };
    let mut errors = Vec::new();
    let text = bundle
        .format_pattern(pattern, args, &mut errors)
        .into_owned();
    if !errors.is_empty() {
        tracing::error!(id, ?errors, "a text could not be filled in");
    }
    text
}
