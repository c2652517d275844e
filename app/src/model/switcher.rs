//! Jump to: rooms, people and commands by a few letters.

use parlor_client::peer::Talk;

use crate::model::Account;

/// How many of each group are listed.
const MOST: usize = 8;

/// The state of "jump to".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Switcher {
    /// What was typed; `#`, `@` and `>` ask for rooms, people and commands only.
    pub query: String,
    /// The row that Enter takes.
    pub at: usize,
}

/// A row of "jump to".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// What it does.
    pub does: Jump,
    /// What it says.
    pub text: String,
    /// The byte ranges of `text` that were typed.
    pub marks: Vec<(usize, usize)>,
}

/// Where to jump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Jump {
    /// Into a room or talk.
    Room(String),
    /// Into the talk with this user.
    Person(String),
    /// A command of the app.
    Command(AppCommand),
}

/// Commands of the app, for "jump to".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppCommand {
    /// The light theme.
    Light,
    /// The dark theme.
    Dark,
    /// The settings.
    Settings,
    /// A new room.
    CreateRoom,
    /// A new peer channel, or one that others are in.
    Channel,
    /// Rooms to join.
    BrowseRooms,
    /// Search everywhere.
    Search,
    /// An invite to the server.
    Invite,
    /// Another server.
    Servers,
}

impl AppCommand {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 9] = [
        Self::CreateRoom,
        Self::Channel,
        Self::BrowseRooms,
        Self::Search,
        Self::Invite,
        Self::Servers,
        Self::Settings,
        Self::Light,
        Self::Dark,
    ];
}

/// The groups of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rows {
    /// Rooms.
    pub rooms: Vec<Row>,
    /// People.
    pub people: Vec<Row>,
    /// Commands.
    pub commands: Vec<Row>,
}

impl Rows {
    /// The row at this place over all groups.
    pub(crate) fn get(&self, at: usize) -> Option<&Row> {
        self.all().nth(at)
    }

    /// All rows in their order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Row> {
        self.rooms.iter().chain(&self.people).chain(&self.commands)
    }
}

impl Switcher {
    /// What fits what was typed. `commands` are those one may use, with their words.
    pub(crate) fn rows(&self, account: &Account, commands: &[(AppCommand, String)]) -> Rows {
        let (only, typed) = match self.query.chars().next() {
            Some(sign @ ('#' | '@' | '>')) => (Some(sign), self.query[1..].trim()),
            _ => (None, self.query.trim()),
        };
        let wanted = |sign| only.is_none_or(|only| only == sign);
        let mut rows = Rows::default();
        if wanted('#') {
            let rooms = account.sidebar_rooms().into_iter().map(|state| {
                let title = account.room_title(&state.room).to_owned();
                (Jump::Room(state.room.room.clone()), title)
            });
            let talks = account.peers.listed(|talk| account.talk_title(talk));
            let talks = talks.into_iter().map(|state| {
                let title = account.talk_title(&state.talk).to_owned();
                (Jump::Room(state.talk.to_string()), title)
            });
            rows.rooms = best(rooms.chain(talks), typed);
        }
        if wanted('@') && (only.is_some() || !typed.is_empty()) {
            let people = account
                .users
                .values()
                .filter(|user| user.username != account.me.username)
                // Whom one talks with already stands above.
                .filter(|user| {
                    only.is_some() || !account.has(&Talk::Direct(user.username.clone()).to_string())
                })
                .map(|user| (Jump::Person(user.username.clone()), user.name.clone()));
            rows.people = best(people, typed);
        }
        if wanted('>') && (only.is_some() || !typed.is_empty()) {
            let commands = commands
                .iter()
                .map(|(command, words)| (Jump::Command(*command), words.clone()));
            rows.commands = best(commands, typed);
        }
        rows
    }

    /// Moves the chosen row, going round.
    pub(crate) fn step(&mut self, back: bool, count: usize) {
        if count > 0 {
            let step = if back { count - 1 } else { 1 };
            self.at = (self.at.min(count - 1) + step) % count;
        }
    }
}

fn best(rows: impl Iterator<Item = (Jump, String)>, typed: &str) -> Vec<Row> {
    let mut found: Vec<(usize, Row)> = rows
        .filter_map(|(does, text)| {
            let (cost, marks) = fit(&text, typed)?;
            Some((cost, Row { does, text, marks }))
        })
        .collect();
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().map(|(_, row)| row).take(MOST).collect()
}

/// How well `typed` fits `text` (less is better), and where; `None` if its
/// letters do not stand there in order. Case and marks do not count.
fn fit(text: &str, typed: &str) -> Option<(usize, Vec<(usize, usize)>)> {
    if typed.is_empty() {
        return Some((0, Vec::new()));
    }
    let whole = super::search::marks(text, typed);
    if typed.split_whitespace().count() == 1
        && let Some((from, to)) = whole.first()
    {
        return Some((*from, vec![(*from, *to)]));
    }
    let mut marks: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for c in typed.chars().filter(|c| !c.is_whitespace()) {
        let (from, to) = super::search::marks(&text[at..], c.encode_utf8(&mut [0; 4]))
            .first()
            .copied()?;
        let (from, to) = (at + from, at + to);
        match marks.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => marks.push((from, to)),
        }
        at = to;
    }
    // What is scattered stands behind everything that stands together.
    Some((1_000 + marks.len(), marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fit_in_order_without_marks() {
        let check = |text: &str, typed: &str, expected: Option<&[&str]>| {
            let found = fit(text, typed).map(|(_, marks)| {
                marks
                    .iter()
                    .map(|(from, to)| text[*from..*to].to_owned())
                    .collect::<Vec<_>>()
            });
            let expected = expected.map(|e| e.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            assert_eq!(found, expected, "{text:?} {typed:?}");
        };
        check("thiết-kế", "thi", Some(&["thi"]));
        check("thesis", "thi", Some(&["th", "i"]));
        check("Théo Garnier", "thi", Some(&["Th", "i"]));
        check("general", "thi", None);
        check("general", "", Some(&[]));
    }

    #[test]
    fn the_choice_goes_round() {
        let mut switcher = Switcher::default();
        switcher.step(true, 3);
        assert_eq!(switcher.at, 2);
        switcher.step(false, 3);
        assert_eq!(switcher.at, 0);
        switcher.step(false, 0);
        assert_eq!(switcher.at, 0);
    }
}
