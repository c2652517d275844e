//! Every language has what English has: the same files, texts, variables. The
//! folder is read from the disk, so that the server's pages are held to it too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::super::catalogue::{self, Bundle};
use super::super::*;

/// Texts that are the same in another language as in English: keys, names of
/// programs, units, and words that one language shares with it.
const SAME: &[&str] = &[
    "key-copy",
    "key-delete",
    "key-edit",
    "key-enter",
    "key-escape",
    "key-react",
    "key-reply",
    "slash-help",
    "slash-leave",
    "slash-quit",
    "slash-who",
    "keys-break",
    "keys-enter",
    "keys-escape",
    "keys-jump",
    "keys-paste",
    "keys-people",
    "keys-quit",
    "keys-region",
    "keys-rooms",
    "keys-search",
    "keys-search-all",
    "keys-send",
    "keys-server",
    "keys-servers",
    "keys-settings",
    "keys-sidebar",
    "keys-unread",
    "settings-size-l",
    "settings-size-m",
    "settings-size-s",
    "settings-size-xl",
    "settings-version",
    "title",
    "title-server",
    "when-ping",
    "keys-transfers",
    "keys-upload",
    "keys-upload-path",
    "amount-b",
    "amount-kb",
    "amount-mb",
    "amount-gb",
    "amount-tb",
    "amount-seconds",
    "amount-minutes",
    "amount-hours",
    "amount-speed",
    "web-bytes",
    "web-kilobytes",
    "web-megabytes",
    "web-gigabytes",
    "web-terabytes",
    "web-seconds",
    "web-minutes",
    "web-hours",
    "fr/role-admin",
    "fr/files-kind-archives",
    "fr/files-kind-documents",
    "fr/web-files-archives",
    "fr/web-files-documents",
    "fr/web-mention",
    "fr/web-notices-title",
    "fr/web-composer",
    "fr/web-invite",
    "fr/web-nav",
    "fr/web-role-admin",
    "fr/sign-in-invite",
    "fr/switcher-mentions",
];

fn folder(language: Language) -> std::path::PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/locales")).join(language.tag())
}

/// A language's files, by their names.
fn files(language: Language) -> BTreeMap<String, String> {
    std::fs::read_dir(folder(language))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// A text as it stands in its file.
#[derive(Debug, Default, PartialEq)]
struct Text {
    /// Its words, without what is filled in.
    words: Vec<String>,
    /// What is filled in.
    variables: BTreeSet<String>,
}

impl Text {
    fn of(pattern: &Pattern<&str>) -> Self {
        let mut text = Self::default();
        text.pattern(pattern);
        text
    }

    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.words.push((*value).to_owned()),
                PatternElement::Placeable { expression } => self.expression(expression),
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { value } => self.words.push((*value).to_owned()),
            InlineExpression::NumberLiteral { .. } => {}
            other => panic!("texts are made of words and variables alone: {other:?}"),
        }
    }
}

/// The texts of a file by their ids, attributes as `id.attribute`.
fn texts(file: &str, content: &str) -> BTreeMap<String, Text> {
    let resource = parser::parse(content).unwrap_or_else(|(_, errors)| {
        panic!("{file} is broken: {errors:?}");
    });
    let mut texts = BTreeMap::new();
    let mut put = |id: String, pattern: &Pattern<&str>| {
        let before = texts.insert(id.clone(), Text::of(pattern));
        assert!(before.is_none(), "{file} names {id} twice");
    };
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                if let Some(value) = &message.value {
                    put(message.id.name.to_owned(), value);
                }
                for attribute in &message.attributes {
                    let id = format!("{}.{}", message.id.name, attribute.id.name);
                    put(id, &attribute.value);
                }
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{file} holds what is no text: {other:?}"),
        }
    }
    texts
}

/// Every language but English.
fn others() -> impl Iterator<Item = Language> {
    Language::ALL
        .into_iter()
        .filter(|language| *language != Language::English)
}

#[test]
fn every_language_has_the_texts_of_english() {
    let english = files(Language::English);
    let mut wrong = Vec::new();
    for language in others() {
        let theirs = files(language);
        let tag = language.tag();
        for name in english.keys().filter(|name| !theirs.contains_key(*name)) {
            wrong.push(format!("{tag}/{name} is missing"));
        }
        for (name, content) in &theirs {
            let Some(original) = english.get(name) else {
                wrong.push(format!("{tag}/{name} has no English file"));
                continue;
            };
            let (given, wanted) = (texts(name, content), texts(name, original));
            for (id, text) in &wanted {
                match given.get(id) {
                    None => wrong.push(format!("{tag}/{name}: {id} is missing")),
                    Some(given) if given.variables != text.variables => wrong.push(format!(
                        "{tag}/{name}: {id} takes {:?}, in English {:?}",
                        given.variables, text.variables
                    )),
                    Some(_) => {}
                }
            }
            for id in given.keys().filter(|id| !wanted.contains_key(*id)) {
                wrong.push(format!("{tag}/{name}: {id} is not in English"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_app_has_every_file_but_those_of_the_pages() {
    for language in Language::ALL {
        let embedded: BTreeMap<_, _> = catalogue::files(language).collect();
        let mut there = files(language);
        there.retain(|name, _| !name.starts_with("web"));
        assert_eq!(embedded, there, "{}", language.tag());
    }
}

/// All files of a language together, as the pages get them.
fn whole(language: Language) -> Bundle {
    let mut bundle: Bundle = FluentBundle::new_concurrent(vec![language.tag().parse().unwrap()]);
    bundle.set_use_isolating(false);
    for (file, text) in files(language) {
        let resource = FluentResource::try_new(text)
            .unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("{}/{file}: {errors:?}", language.tag()));
    }
    bundle
}

#[test]
fn every_text_can_be_filled_in() {
    for language in Language::ALL {
        let bundle = whole(language);
        for (file, content) in files(language) {
            for (id, text) in texts(&file, &content) {
                let (id, attribute) = id.split_once('.').map_or((&*id, None), |(id, attribute)| {
                    (id, Some(attribute.to_owned()))
                });
                let message = bundle.get_message(id).unwrap();
                let pattern = match attribute {
                    Some(attribute) => message.get_attribute(&attribute).unwrap().value(),
                    None => message.value().unwrap(),
                };
                // The numbers at which languages change a word, and a text.
                for number in [Some(0), Some(1), Some(2), Some(7), Some(21), None] {
                    let mut args = FluentArgs::new();
                    for variable in &text.variables {
                        match number {
                            Some(number) => args.set(variable.as_str(), number),
                            None => args.set(variable.as_str(), "Minh Anh"),
                        }
                    }
                    let mut errors = Vec::new();
                    let said = bundle.format_pattern(pattern, Some(&args), &mut errors);
                    let place = format!("{}/{file}: {id}", language.tag());
                    assert!(errors.is_empty(), "{place}: {errors:?}");
                    assert!(!said.trim().is_empty(), "{place} says nothing");
                    assert!(!said.contains("{$"), "{place}: {said}");
                }
            }
        }
    }
}

#[test]
fn no_english_was_left() {
    let mut same = BTreeSet::new();
    let mut wrong = Vec::new();
    for (file, original) in files(Language::English) {
        let wanted = texts(&file, &original);
        for language in others() {
            let Some(content) = files(language).remove(&file) else {
                continue;
            };
            for (id, text) in texts(&file, &content) {
                let lettered = |words: &String| words.contains(|c: char| c.is_ascii_alphabetic());
                if wanted.get(&id) == Some(&text) && text.words.iter().any(lettered) {
                    let here = format!("{}/{id}", language.tag());
                    if ![&id, &here].iter().any(|id| SAME.contains(&id.as_str())) {
                        wrong.push(format!("{}/{file}: {id}", language.tag()));
                    }
                    same.extend([id, here]);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "English was left:\n{}", wrong.join("\n"));
    let idle: Vec<_> = SAME.iter().filter(|id| !same.contains(**id)).collect();
    assert!(idle.is_empty(), "no language says {idle:?} as English does");
}

/// What is wrong with the marks of a text in its language, if anything is.
fn misspelt(language: Language, words: &str) -> Option<&'static str> {
    let pairs = || words.chars().zip(words.chars().skip(1));
    let wide = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    if words.contains(['"', '\'']) {
        return Some("has straight quotes");
    }
    match language {
        Language::French => {
            let high = |c| ":;!?»".contains(c);
            let bare = pairs().any(|(before, c)| high(c) && before == ' ')
                || pairs().any(|(before, c)| c != ':' && high(c) && before.is_alphanumeric())
                || pairs().any(|(quote, c)| quote == '«' && c != '\u{a0}');
            bare.then_some("lacks a space that does not break")
        }
        Language::Chinese => {
            let narrow = |c| ",;:!?()".contains(c);
            let beside = pairs().any(|(a, b)| wide(a) && narrow(b) || narrow(a) && wide(b));
            let tight = pairs().any(|(a, b)| {
                wide(a) && b.is_ascii_alphabetic() || a.is_ascii_alphabetic() && wide(b)
            });
            match (beside, tight) {
                (true, _) => Some("has a narrow mark beside a wide letter"),
                (_, true) => Some("lacks the space between scripts"),
                _ => None,
            }
        }
        Language::English | Language::Vietnamese => None,
    }
}

#[test]
fn marks_are_those_of_the_language() {
    let check = |language, words, expected: bool| {
        assert_eq!(misspelt(language, words).is_some(), expected, "{words}");
    };
    check(Language::French, "Refusé : demandez", true);
    check(Language::French, "Refusé\u{a0}: demandez", false);
    check(Language::French, "Vraiment?", true);
    check(Language::French, "parlor://host:8888/?pin=…", false);
    check(Language::French, "«Rien\u{a0}»", true);
    check(Language::French, "l'adresse", true);
    check(Language::Chinese, "已拒绝:", true);
    check(Language::Chinese, "已拒绝：", false);
    check(Language::Chinese, "更新Parlor", true);
    check(Language::Chinese, "更新 Parlor。", false);
    for language in others() {
        for (file, content) in files(language) {
            for (id, text) in texts(&file, &content) {
                for words in &text.words {
                    let wrong = misspelt(language, words);
                    let place = format!("{}/{file}: {id}", language.tag());
                    assert_eq!(wrong, None, "{place}: {words:?}");
                }
            }
        }
    }
}

#[test]
fn numbers_and_days_are_said_as_the_language_does() {
    let check = |language, [one, many]: [&str; 2], day: &str, day_of_year: &str| {
        speaking(language, || {
            assert_eq!(tr!("header-members", count = 1), one);
            assert_eq!(tr!("header-members", count = 3), many);
            let label = tr!("day", weekday = 4, day = 19, month = 11);
            assert_eq!(label, day);
            assert_eq!(tr!("day-of-year", day = label, year = "2025"), day_of_year);
        });
    };
    check(
        Language::English,
        ["1 person", "3 people"],
        "Thursday 19 November",
        "Thursday 19 November 2025",
    );
    check(
        Language::Vietnamese,
        ["1 người", "3 người"],
        "Thứ Năm, 19 tháng 11",
        "Thứ Năm, 19 tháng 11, 2025",
    );
    check(
        Language::French,
        ["1 personne", "3 personnes"],
        "Jeudi 19 novembre",
        "Jeudi 19 novembre 2025",
    );
    check(
        Language::Chinese,
        ["1 人", "3 人"],
        "11月19日 星期四",
        "2025年11月19日 星期四",
    );
    speaking(Language::French, || {
        assert_eq!(tr!("header-members", count = 0), "0 personne");
        assert_eq!(tr!("when-day", day = 1, month = 5), "1er mai");
    });
}

#[test]
fn a_language_is_spoken_on_its_thread_until_it_ends() {
    assert_eq!(tr!("dialog-cancel"), "Cancel");
    speaking(Language::French, || {
        assert_eq!(tr!("dialog-cancel"), "Annuler");
    });
    assert_eq!(tr!("dialog-cancel"), "Cancel");
    speak(LanguageChoice::Always(Language::Chinese));
    assert_eq!(tr!("dialog-cancel"), "取消");
    speak(LanguageChoice::System);
    assert_eq!(tr!("dialog-cancel"), "Cancel");
}

#[test]
fn a_language_calls_itself_by_its_own_name() {
    let names = Language::ALL.map(Language::name);
    assert_eq!(names, ["English", "Tiếng Việt", "Français", "简体中文"]);
}
