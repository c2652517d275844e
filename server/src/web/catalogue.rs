//! The pages' texts, by Fluent, from the same files as the desktop app's.
//!
//! A language's catalogue is one text: its own messages, and the English ones
//! for what it lacks. The server writes its pages by it, and the scripts of the
//! pages get the same text to read themselves.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use super::language::Language;

#[derive(RustEmbed)]
#[folder = "../assets/locales"]
struct Files;

/// One language's texts.
pub(crate) struct Catalogue {
    language: Language,
    source: Arc<str>,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

static CATALOGUES: LazyLock<Vec<Catalogue>> = LazyLock::new(|| {
    let english = written(Language::English);
    let all = Language::ALL.into_iter();
    all.map(|language| Catalogue::new(language, completed(&written(language), &english)))
        .collect()
});

impl Catalogue {
    /// The texts of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        &CATALOGUES[language as usize]
    }

    fn new(language: Language, source: String) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks that isolate an argument's direction are text of their own to a search.
        bundle.set_use_isolating(false);
        // A bundled file is whole, which a test holds; what could be read of it still serves.
        let resource =
            FluentResource::try_new(source.clone()).unwrap_or_else(|(resource, errors)| {
                let language = language.tag();
                tracing::error!(language, ?errors, "a bundled locale file is broken");
                resource
            });
        if let Err(errors) = bundle.add_resource(resource) {
            let language = language.tag();
            tracing::error!(language, ?errors, "a text is named twice");
        }
        Self {
            language,
            source: source.into(),
            bundle,
        }
    }

    /// The whole catalogue, in Fluent's syntax.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The language.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// The language's tag.
    pub(crate) fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// The text named `id`. An unknown id shows as itself, so that a mistake is seen.
    pub(crate) fn text(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// The text named `id` with one argument.
    pub(crate) fn with<'a>(
        &self,
        id: &str,
        name: &'a str,
        value: impl Into<FluentValue<'a>>,
    ) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value);
        self.format(id, Some(&args))
    }

    /// Whether there is such a text.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let message = self.bundle.get_message(id);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            tracing::error!(id, "there is no such text");
            return id.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(id, ?errors, "a text could not be filled in");
        }
        text.into_owned()
    }
}

/// All files of a language, one after the other.
fn written(language: Language) -> String {
    let folder = format!("{}/", language.tag());
    let mut names: Vec<_> = Files::iter()
        .filter(|name| name.starts_with(&folder) && name.ends_with(".ftl"))
        .collect();
    names.sort();
    let mut text = String::new();
    for name in names {
        let file = Files::get(&name).map(|file| file.data);
        let file = file.as_deref().unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}\n", String::from_utf8_lossy(file).trim_end());
    }
    text
}

/// A catalogue with the English messages that it lacks.
fn completed(own: &str, english: &str) -> String {
    let has: HashSet<&str> = own.lines().filter_map(named).collect();
    let mut text = own.to_owned();
    let mut wanted = false;
    for line in english.lines() {
        let begins_entry = !line.is_empty() && !line.starts_with([' ', '\t', '}']);
        if begins_entry {
            wanted = named(line).is_some_and(|id| !has.contains(id));
        }
        if wanted {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The message or term that a line begins, if it does. In Fluent everything
/// that goes on with one is indented.
fn named(line: &str) -> Option<&str> {
    let id = line.split_once('=')?.0.trim_end();
    let first = id.strip_prefix('-').unwrap_or(id);
    let begins = first.starts_with(|c: char| c.is_ascii_alphabetic());
    (begins
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
    .then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_is_whole_and_names_a_text_once() {
        for language in Language::ALL {
            let catalogue = Catalogue::of(language);
            let resource = FluentResource::try_new(catalogue.source().to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
            let mut bundle = FluentBundle::new_concurrent(vec!["en".parse().unwrap()]);
            bundle
                .add_resource(resource)
                .unwrap_or_else(|errors| panic!("{language:?}: {errors:?}"));
            assert!(catalogue.has("sign-in-submit"), "{language:?}");
        }
    }

    #[test]
    fn what_a_language_lacks_is_said_in_english() {
        let english = "# A word.\na = A\n\nb = B { $x ->\n    [one] one\n   *[other] more\n}\n-t = T\n## Part\nc =\n    .title = C\n";
        let check = |own: &str, expected: &str| assert_eq!(completed(own, english), expected);
        check(
            "a = Á\n-t = Ŧ\nc = Ç\n",
            "a = Á\n-t = Ŧ\nc = Ç\nb = B { $x ->\n    [one] one\n   *[other] more\n}\n",
        );
        check("b = Ƀ\n", "b = Ƀ\na = A\n\n-t = T\nc =\n    .title = C\n");
        let all = "a = A\n\nb = B { $x ->\n    [one] one\n   *[other] more\n}\n-t = T\nc =\n    .title = C\n";
        check("", all);
    }

    #[test]
    fn unknown_texts_show_their_name() {
        let english = Catalogue::of(Language::English);
        assert_eq!(english.text("no-such-text"), "no-such-text");
        assert!(!english.has("no-such-text"));
    }
}
