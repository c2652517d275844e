//! Every text for people, by Fluent, from `assets/locales`, in the language in use.
//!
//! Views and notices write `tr!("id")` or `tr!("id", name = value)`; nothing
//! else holds words for people. One file per region of the window. The tests
//! hold that every id that the code names exists, that every id is named, and
//! that every language has the same texts.

pub(crate) mod amount;
mod catalogue;
mod language;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;

pub(crate) use language::{Language, LanguageChoice};

/// Says everything in the chosen language from now on. Whoever calls this
/// draws the window anew, for what is on the screen was said before.
pub(crate) fn speak(choice: LanguageChoice) {
    spoken::set(choice.language());
}

/// The language in use.
pub(crate) fn language() -> Language {
    spoken::get()
}

/// The text named `id` in the language in use, with its arguments filled in. A
/// text that this language lacks is said in English.
pub(crate) fn text(id: &str, args: Option<&FluentArgs<'_>>) -> String {
    catalogue::text(language(), id, args)
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

/// Does something in a language, on this thread, and is back in English after
/// it: the thread may be used for another test.
#[cfg(test)]
pub(crate) fn speaking<T>(language: Language, act: impl FnOnce() -> T) -> T {
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            spoken::set(Language::English);
        }
    }
    let _back = Back;
    spoken::set(language);
    act()
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

/// The language in use: one for the whole app, which has one reader, so that
/// no view hands it on.
#[cfg(not(test))]
mod spoken {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Language;

    /// Its place in [`Language::ALL`]. It guards no other memory, hence relaxed.
    static SPOKEN: AtomicUsize = AtomicUsize::new(0);

    pub(super) fn set(language: Language) {
        SPOKEN.store(language.index(), Ordering::Relaxed);
    }

    pub(super) fn get() -> Language {
        Language::ALL[SPOKEN.load(Ordering::Relaxed)]
    }
}

/// In tests each thread has its own, English until it says otherwise: tests
/// run beside each other.
#[cfg(test)]
mod spoken {
    use std::cell::Cell;

    use super::Language;

    thread_local! {
        static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
    }

    pub(super) fn set(language: Language) {
        SPOKEN.set(language);
    }

    pub(super) fn get() -> Language {
        SPOKEN.get()
    }
}
