//! Every text for people, by Fluent, from `assets/locales`.
//!
//! Views and notices write `tr!("id")` or `tr!("id", name = value)`; nothing
//! else holds words for people. One file per region of the window. The tests
//! hold that every id that the code names exists, and that every id is named.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

/// The regions' texts in English, which is also what other languages fall back to.
const ENGLISH: &[(&str, &str)] = &[
    ("answer", include_str!("../../assets/locales/en/answer.ftl")),
    (
        "command",
        include_str!("../../assets/locales/en/command.ftl"),
    ),
    (
        "conversation",
        include_str!("../../assets/locales/en/conversation.ftl"),
    ),
    ("dialog", include_str!("../../assets/locales/en/dialog.ftl")),
    ("error", include_str!("../../assets/locales/en/error.ftl")),
    ("form", include_str!("../../assets/locales/en/form.ftl")),
    ("frame", include_str!("../../assets/locales/en/frame.ftl")),
    ("header", include_str!("../../assets/locales/en/header.ftl")),
    ("host", include_str!("../../assets/locales/en/host.ftl")),
    ("keys", include_str!("../../assets/locales/en/keys.ftl")),
    ("menu", include_str!("../../assets/locales/en/menu.ftl")),
    ("part", include_str!("../../assets/locales/en/part.ftl")),
    ("people", include_str!("../../assets/locales/en/people.ftl")),
    ("search", include_str!("../../assets/locales/en/search.ftl")),
    (
        "session",
        include_str!("../../assets/locales/en/session.ftl"),
    ),
    (
        "settings",
        include_str!("../../assets/locales/en/settings.ftl"),
    ),
    (
        "sidebar",
        include_str!("../../assets/locales/en/sidebar.ftl"),
    ),
    (
        "sign-in",
        include_str!("../../assets/locales/en/sign-in.ftl"),
    ),
    ("start", include_str!("../../assets/locales/en/start.ftl")),
    ("status", include_str!("../../assets/locales/en/status.ftl")),
    (
        "switcher",
        include_str!("../../assets/locales/en/switcher.ftl"),
    ),
    ("toast", include_str!("../../assets/locales/en/toast.ftl")),
    (
        "welcome",
        include_str!("../../assets/locales/en/welcome.ftl"),
    ),
    ("when", include_str!("../../assets/locales/en/when.ftl")),
];

/// The language of [`ENGLISH`].
fn english() -> LanguageIdentifier {
    "en".parse().expect("a language tag")
}

type Bundle = FluentBundle<FluentResource>;

static TEXTS: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec![english()]);
    // The marks that isolate an argument's direction show as boxes in some faces.
    bundle.set_use_isolating(false);
    for (file, text) in ENGLISH {
        // A bundled file is whole, which a test holds; what could be read of it still serves.
        let resource =
            FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, errors)| {
                tracing::error!(file, ?errors, "a bundled locale file is broken");
                resource
            });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file, ?errors, "a text is named twice");
        }
    }
    bundle
});

/// The text named `id`, with its arguments filled in. An unknown id shows as
/// itself, so that a mistake is seen rather than hidden.
pub(crate) fn text(id: &str, args: Option<&FluentArgs<'_>>) -> String {
    let Some(pattern) = TEXTS.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, "there is no such text");
        return id.to_owned();
    };
    let mut errors = Vec::new();
    let text = TEXTS
        .format_pattern(pattern, args, &mut errors)
        .into_owned();
    if !errors.is_empty() {
        tracing::error!(id, ?errors, "a text could not be filled in");
    }
    text
}

/// Where the reader is: their clock and their days. Tests are in Greenwich.
pub(crate) fn zone() -> &'static TimeZone {
    static ZONE: LazyLock<TimeZone> = LazyLock::new(|| {
        if cfg!(test) {
            TimeZone::UTC
        } else {
            TimeZone::system()
        }
    });
    &ZONE
}

/// `tr!("id")`, `tr!("id", count = 3, name = user.name.as_str())`: the text for people.
macro_rules! tr {
    ($id:literal) => {
        $crate::locale::text($id, None)
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        let mut args = ::fluent_bundle::FluentArgs::new();
        $(args.set(stringify!($name), $value);)+
        $crate::locale::text($id, Some(&args))
    }};
}
pub(crate) use tr;

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::*;

    /// Every source file, but those that hold tests alone.
    fn sources() -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        walk(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
            &mut found,
        );
        let mut tests = BTreeSet::new();
        for path in &found {
            let whole = std::fs::read_to_string(path).unwrap();
            for after in whole.split("#[cfg(test)]\nmod ").skip(1) {
                let name = after.split([';', ' ']).next().unwrap();
                if after[name.len()..].starts_with(';') {
                    tests.insert(format!("{name}.rs"));
                }
            }
        }
        let is_test = |path: &Path| {
            let named = tests.contains(path.file_name().unwrap().to_str().unwrap());
            named || path.iter().any(|part| part == "tests")
        };
        found.retain(|path| !is_test(path));
        found
    }

    /// A file's code without its tests, which stand at its end, and comments.
    fn code(path: &Path) -> String {
        let mut code = std::fs::read_to_string(path).unwrap();
        for tests in ["mod tests {", "pub(crate) mod tests {", "impl "] {
            if let Some(at) = code.find(&format!("#[cfg(test)]\n{tests}")) {
                code.truncate(at);
            }
        }
        code.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Every `tr!("id"` of the code, and where it stands.
    fn named() -> BTreeMap<String, PathBuf> {
        let mut named = BTreeMap::new();
        for path in sources() {
            if path.ends_with("locale.rs") {
                continue;
            }
            // Not `include_str!(`, which ends alike.
            for after in code(&path).replace("str!(", "").split("tr!(").skip(1) {
                let literal = after
                    .trim_start()
                    .strip_prefix('"')
                    .expect("an id is a literal");
                let id = literal.split('"').next().unwrap();
                named.insert(id.to_owned(), path.clone());
            }
        }
        named
    }

    fn given() -> BTreeSet<String> {
        ENGLISH
            .iter()
            .flat_map(|(_, text)| text.lines())
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()))
            .collect()
    }

    #[test]
    fn every_file_is_whole_and_names_a_text_once() {
        let mut bundle: Bundle = FluentBundle::new_concurrent(vec![english()]);
        for (file, text) in ENGLISH {
            let resource = FluentResource::try_new((*text).to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
            bundle
                .add_resource(resource)
                .unwrap_or_else(|errors| panic!("{file}: {errors:?}"));
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/locales/en");
        let names = std::fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name());
        // The web pages' own texts are not the app's.
        let own = names.filter(|name| !name.to_string_lossy().starts_with("web"));
        assert_eq!(own.count(), ENGLISH.len());
    }

    #[test]
    fn every_text_that_the_code_names_exists() {
        let given = given();
        for (id, path) in named() {
            assert!(
                given.contains(&id),
                "{id} of {} is in no locale file",
                path.display()
            );
        }
    }

    #[test]
    fn every_text_is_named_by_the_code() {
        let named = named();
        let unused: Vec<_> = given()
            .into_iter()
            .filter(|id| !named.contains_key(id))
            .collect();
        assert!(unused.is_empty(), "no code names {unused:?}");
    }

    /// Literals of two words and more are text for people, unless they stand
    /// in what only programmers and logs read.
    #[test]
    fn no_text_for_people_stands_in_the_code() {
        const TEST_FILES: [&str; 3] = ["tests.rs", "samples.rs", "snapshots.rs"];
        const PROGRAMMERS: [&str; 9] = [
            "expect(",
            "tracing::",
            "reason =",
            "debug!(",
            "info!(",
            "warn!(",
            "error!(",
            "include_",
            "#[doc",
        ];
        for path in sources() {
            if !["view", "controller", "widget"]
                .iter()
                .any(|layer| path.iter().any(|part| part == *layer))
                || TEST_FILES.iter().any(|file| path.ends_with(file))
                || path.iter().any(|part| part == "tests")
            {
                continue;
            }
            for line in code(&path).lines() {
                if PROGRAMMERS.iter().any(|word| line.contains(word)) {
                    continue;
                }
                for literal in line.split('"').skip(1).step_by(2) {
                    let words = literal.split(' ').filter(|word| {
                        word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
                    });
                    assert!(
                        words.count() < 2,
                        "{}: {literal:?} belongs into a locale",
                        path.display()
                    );
                }
            }
        }
    }
}
