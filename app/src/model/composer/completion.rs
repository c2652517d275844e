//! What can complete the word before the cursor: commands, people, rooms.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::slash::Command;

/// So many are offered at once.
const OFFERED: usize = 8;

/// The completions of one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Where in the cursor's line the word begins, in bytes.
    pub(crate) start: usize,
    /// What it can become.
    pub(crate) choices: Vec<Choice>,
    /// Which of them is chosen.
    pub(crate) selected: usize,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is written in place of the word.
    pub(crate) insert: String,
    /// What it is.
    pub(crate) what: Offer,
}

/// What is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Offer {
    /// A command.
    Command(Command),
    /// A person, by username and name.
    Person(String, String),
    /// A room.
    Room(String),
}

/// What there is to complete with.
#[derive(Debug, Default)]
pub(crate) struct Stock<'a> {
    /// The commands that one may use here.
    pub(crate) commands: Vec<Command>,
    /// Usernames and names.
    pub(crate) people: Vec<(&'a str, &'a str)>,
    /// Rooms.
    pub(crate) rooms: Vec<&'a str>,
}

impl Completion {
    /// The completions of the word that ends `before`, the cursor's line up to
    /// the cursor. Commands stand at the beginning of the first line only.
    pub(crate) fn of(before: &str, first_line: bool, stock: &Stock<'_>) -> Option<Self> {
        let start = before.rfind(char::is_whitespace).map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
        let word = &before[start..];
        let command = first_line.then(|| command_of(before)).flatten();
        let choices = match (word.chars().next(), command) {
            (Some('/'), _) if start == 0 && first_line => commands(&word[1..], stock),
            (Some('@'), _) => people(&word[1..], "@", stock),
            (Some('#'), _) => rooms(&word[1..], "#", stock),
            // The first word after such a command is a username or a room.
            (_, Some(command)) if before[..start].split_whitespace().count() == 1 => {
                match command {
                    Command::Join => rooms(word, "", stock),
                    _ if command.takes_person() => people(word, "", stock),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        (!choices.is_empty()).then_some(Self {
            start,
            choices,
            selected: 0,
        })
    }

    /// The chosen one.
    pub(crate) fn chosen(&self) -> Option<&Choice> {
        self.choices.get(self.selected)
    }

    /// Chooses the next, or the one before, going round.
    pub(crate) fn step(&mut self, back: bool) {
        let count = self.choices.len();
        self.selected = (self.selected + if back { count - 1 } else { 1 }) % count;
    }
}

/// The command with which a line begins, if something follows it.
fn command_of(line: &str) -> Option<Command> {
    let (word, _) = line.strip_prefix('/')?.split_once(char::is_whitespace)?;
    Command::ALL
        .into_iter()
        .find(|command| command.word().eq_ignore_ascii_case(word))
}

fn commands(typed: &str, stock: &Stock<'_>) -> Vec<Choice> {
    let typed = typed.to_ascii_lowercase();
    let fits = |command: &&Command| command.word().starts_with(&typed);
    let choice = |command: &Command| Choice {
        insert: format!(
            "/{}{}",
            command.word(),
            if command.takes_more() { " " } else { "" }
        ),
        what: Offer::Command(*command),
    };
    // All twelve fit: whoever types a slash alone wants to see what there is.
    stock.commands.iter().filter(fits).map(choice).collect()
}

fn people(typed: &str, sign: &str, stock: &Stock<'_>) -> Vec<Choice> {
    let typed = folded(typed);
    let fits = |(username, name): &&(&str, &str)| {
        username.starts_with(&typed)
            || name
                .split_whitespace()
                .any(|word| folded(word).starts_with(&typed))
            || folded(name).starts_with(&typed)
    };
    let choice = |(username, name): &(&str, &str)| Choice {
        insert: format!("{sign}{username} "),
        what: Offer::Person((*username).to_owned(), (*name).to_owned()),
    };
    stock
        .people
        .iter()
        .filter(fits)
        .take(OFFERED)
        .map(choice)
        .collect()
}

fn rooms(typed: &str, sign: &str, stock: &Stock<'_>) -> Vec<Choice> {
    let typed = folded(typed);
    let fits = |room: &&&str| folded(room).starts_with(&typed);
    let choice = |room: &&str| Choice {
        insert: format!("{sign}{room} "),
        what: Offer::Room((*room).to_owned()),
    };
    stock
        .rooms
        .iter()
        .filter(fits)
        .take(OFFERED)
        .map(choice)
        .collect()
}

/// Without case and marks, so that "thiet" finds "thiết"; đ is a letter of its own.
fn folded(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock() -> Stock<'static> {
        Stock {
            commands: vec![Command::Help, Command::Me, Command::Msg, Command::Join],
            people: vec![
                ("bob", "Bob Tanner"),
                ("minhanh", "Nguyễn Minh Anh"),
                ("camille", "Camille Lefèvre"),
            ],
            rooms: vec!["general", "thiết-kế"],
        }
    }

    #[test]
    fn words_are_completed() {
        let check = |before: &str, expected: &[&str]| {
            let found = Completion::of(before, true, &stock());
            let found: Vec<_> = found
                .iter()
                .flat_map(|c| &c.choices)
                .map(|c| c.insert.as_str())
                .collect();
            assert_eq!(found, expected, "{before:?}");
        };
        check("/m", &["/me ", "/msg "]);
        check("/h", &["/help"]);
        check("/msg b", &["bob "]);
        check("/msg bob ca", &[]);
        check("/join #thiet", &["#thiết-kế "]);
        check("/join g", &["general "]);
        check("hello @nguyen", &["@minhanh "]);
        check("hello @TAN", &["@bob "]);
        check("see #gen", &["#general "]);
        check("mail me/m", &[]);
        check("hello", &[]);
        check("", &[]);
    }

    #[test]
    fn a_command_begins_the_text() {
        assert_eq!(Completion::of("/m", false, &stock()), None);
        let found = Completion::of("say @b", false, &stock()).unwrap();
        assert_eq!(found.start, 4);
    }

    #[test]
    fn choosing_goes_round() {
        let mut found = Completion::of("/m", true, &stock()).unwrap();
        found.step(true);
        assert_eq!(found.chosen().unwrap().insert, "/msg ");
        found.step(false);
        assert_eq!(found.chosen().unwrap().insert, "/me ");
    }
}
