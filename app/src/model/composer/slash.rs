//! Slash commands: `/help /nick /join /leave /me /msg /topic /who /kick /ban /alert /quit`.
//!
//! A text that begins with `/` is a command; `//` says that it is none.

use parlor_protocol::names::{is_display_name, is_one_clean_line, is_room_name, username};
use parlor_protocol::{Role, Room, RoomKind, User};

/// The commands, in the order in which they are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Lists the commands.
    Help,
    /// Changes one's display name.
    Nick,
    /// Goes into a room.
    Join,
    /// Leaves this room.
    Leave,
    /// Says what one does.
    Me,
    /// Writes to somebody alone.
    Msg,
    /// Sets this room's topic.
    Topic,
    /// Says who is in this room.
    Who,
    /// Puts somebody off the server.
    Kick,
    /// Keeps somebody out.
    Ban,
    /// Says something to everybody.
    Alert,
    /// Closes the app.
    Quit,
}

/// A command with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slash {
    /// Lists the commands.
    Help,
    /// The new display name.
    Nick(String),
    /// The room to go into.
    Join(String),
    /// Leaves this room.
    Leave,
    /// A message that says what one does.
    Me(String),
    /// To whom, and what, if anything yet.
    Msg(String, Option<String>),
    /// The new topic; empty to take it away.
    Topic(String),
    /// Says who is in this room.
    Who,
    /// Whom, and why.
    Kick(String, String),
    /// Whom, and why.
    Ban(String, String),
    /// What everybody is told.
    Alert(String),
    /// Closes the app.
    Quit,
}

/// Why a text is no command that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SlashError {
    /// There is none of this name.
    Unknown(String),
    /// One's rank, or the room, does not allow it.
    NotAllowed(Command),
    /// Something is missing; the command's usage says what.
    Missing(Command),
    /// This cannot be a username.
    NoUsername(String),
    /// This cannot be a room's name.
    NoRoomName(String),
    /// This cannot be a display name.
    NoDisplayName(String),
    /// This command takes one line.
    OneLine(Command),
}

impl Command {
    /// Every command.
    pub(crate) const ALL: [Self; 12] = [
        Self::Help,
        Self::Nick,
        Self::Join,
        Self::Leave,
        Self::Me,
        Self::Msg,
        Self::Topic,
        Self::Who,
        Self::Kick,
        Self::Ban,
        Self::Alert,
        Self::Quit,
    ];

    /// Its word, without the slash.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Nick => "nick",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Me => "me",
            Self::Msg => "msg",
            Self::Topic => "topic",
            Self::Who => "who",
            Self::Kick => "kick",
            Self::Ban => "ban",
            Self::Alert => "alert",
            Self::Quit => "quit",
        }
    }

    /// Whether something may follow the word.
    pub(crate) fn takes_more(self) -> bool {
        !matches!(self, Self::Help | Self::Leave | Self::Who | Self::Quit)
    }

    /// Whether a username follows the word.
    pub(crate) fn takes_person(self) -> bool {
        matches!(self, Self::Msg | Self::Kick | Self::Ban)
    }

    /// Whether `me` may use it in `room`; the server decides, this only keeps
    /// from offering what would be refused.
    pub(crate) fn is_allowed(self, me: &User, room: &Room) -> bool {
        match self {
            Self::Kick | Self::Alert => me.role >= Role::Moderator,
            Self::Ban => me.role >= Role::Admin,
            Self::Topic => room.moderator && room.kind != RoomKind::Direct,
            Self::Leave => matches!(room.kind, RoomKind::Public | RoomKind::Private),
            Self::Me => room.can_send,
            Self::Help | Self::Nick | Self::Join | Self::Msg | Self::Who | Self::Quit => true,
        }
    }
}

/// Whether a text is a command and not a message.
pub(crate) fn is_command(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//")
}

/// The message that a text means that is no command: `//` stands for `/`.
pub(crate) fn unescaped(text: &str) -> &str {
    if text.starts_with("//") {
        &text[1..]
    } else {
        text
    }
}

/// Reads a command.
///
/// # Errors
///
/// [`SlashError`]: what is wrong with it.
pub(crate) fn parse(text: &str, me: &User, room: &Room) -> Result<Slash, SlashError> {
    let text = text.strip_prefix('/').unwrap_or(text).trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let command = Command::ALL
        .into_iter()
        .find(|command| command.word().eq_ignore_ascii_case(word))
        .ok_or_else(|| SlashError::Unknown(word.to_owned()))?;
    if !command.is_allowed(me, room) {
        return Err(SlashError::NotAllowed(command));
    }
    if command != Command::Me && command != Command::Msg && !is_one_clean_line(rest) {
        return Err(SlashError::OneLine(command));
    }
    let wanted = || {
        if rest.is_empty() {
            Err(SlashError::Missing(command))
        } else {
            Ok(rest.to_owned())
        }
    };
    match command {
        Command::Help => Ok(Slash::Help),
        Command::Leave => Ok(Slash::Leave),
        Command::Who => Ok(Slash::Who),
        Command::Quit => Ok(Slash::Quit),
        Command::Topic => Ok(Slash::Topic(rest.to_owned())),
        Command::Me => wanted().map(Slash::Me),
        Command::Alert => wanted().map(Slash::Alert),
        Command::Nick => {
            let name = wanted()?;
            if is_display_name(&name) {
                Ok(Slash::Nick(name))
            } else {
                Err(SlashError::NoDisplayName(name))
            }
        }
        Command::Join => {
            let name = wanted()?.trim_start_matches('#').to_lowercase();
            if is_room_name(&name) {
                Ok(Slash::Join(name))
            } else {
                Err(SlashError::NoRoomName(name))
            }
        }
        Command::Msg => {
            let (whom, text) = person(command, rest)?;
            Ok(Slash::Msg(whom, (!text.is_empty()).then_some(text)))
        }
        Command::Kick => person(command, rest).map(|(whom, why)| Slash::Kick(whom, why)),
        Command::Ban => person(command, rest).map(|(whom, why)| Slash::Ban(whom, why)),
    }
}

/// A username and what follows it.
fn person(command: Command, rest: &str) -> Result<(String, String), SlashError> {
    let (whom, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let whom = whom.trim_start_matches('@');
    if whom.is_empty() {
        return Err(SlashError::Missing(command));
    }
    let whom = username(whom).ok_or_else(|| SlashError::NoUsername(whom.to_owned()))?;
    Ok((whom, more.trim().to_owned()))
}

#[cfg(test)]
pub(crate) mod tests {
    use parlor_protocol::{Notify, Presence};

    use super::*;

    pub(crate) fn user(role: Role) -> User {
        User {
            username: "alice".into(),
            name: "Alice".into(),
            role,
            presence: Presence::Online,
            status: String::new(),
        }
    }

    pub(crate) fn room() -> Room {
        Room {
            room: "general".into(),
            kind: RoomKind::Public,
            topic: String::new(),
            joined: true,
            last_seq: 0,
            read_seq: 0,
            mentions: 0,
            members: 2,
            notify: Notify::All,
            can_send: true,
            with: None,
            created: None,
            moderator: false,
        }
    }

    #[test]
    fn commands_are_read() {
        let check = |text: &str, expected: Result<Slash, SlashError>| {
            assert_eq!(
                parse(
                    text,
                    &user(Role::Owner),
                    &Room {
                        moderator: true,
                        ..room()
                    }
                ),
                expected,
                "{text}"
            );
        };
        check("/help", Ok(Slash::Help));
        check("/NICK  Alice M ", Ok(Slash::Nick("Alice M".into())));
        check("/nick", Err(SlashError::Missing(Command::Nick)));
        check("/join #Thiết-Kế", Ok(Slash::Join("thiết-kế".into())));
        check(
            "/join two words",
            Err(SlashError::NoRoomName("two words".into())),
        );
        check("/me waves", Ok(Slash::Me("waves".into())));
        check(
            "/msg @Bob hi\nthere",
            Ok(Slash::Msg("bob".into(), Some("hi\nthere".into()))),
        );
        check("/msg bob", Ok(Slash::Msg("bob".into(), None)));
        check("/msg", Err(SlashError::Missing(Command::Msg)));
        check("/msg élise hi", Err(SlashError::NoUsername("élise".into())));
        check("/topic", Ok(Slash::Topic(String::new())));
        check("/topic a\nb", Err(SlashError::OneLine(Command::Topic)));
        check(
            "/kick bob too loud",
            Ok(Slash::Kick("bob".into(), "too loud".into())),
        );
        check("/ban bob", Ok(Slash::Ban("bob".into(), String::new())));
        check("/alert Back at 5", Ok(Slash::Alert("Back at 5".into())));
        check("/quit", Ok(Slash::Quit));
        check("/dance", Err(SlashError::Unknown("dance".into())));
        check("/", Err(SlashError::Unknown(String::new())));
    }

    #[test]
    fn rank_and_room_decide() {
        let check = |command: Command, role, expected| {
            assert_eq!(
                command.is_allowed(&user(role), &room()),
                expected,
                "{command:?} {role}"
            );
        };
        check(Command::Kick, Role::Member, false);
        check(Command::Kick, Role::Moderator, true);
        check(Command::Ban, Role::Moderator, false);
        check(Command::Ban, Role::Admin, true);
        check(Command::Topic, Role::Owner, false);
        check(Command::Leave, Role::Guest, true);
        let broadcast = Room {
            kind: RoomKind::Broadcast,
            ..room()
        };
        assert!(!Command::Leave.is_allowed(&user(Role::Member), &broadcast));
        let refused = parse("/kick bob", &user(Role::Member), &room());
        assert_eq!(refused, Err(SlashError::NotAllowed(Command::Kick)));
    }

    #[test]
    fn two_slashes_are_a_message() {
        assert!(is_command("/me waves"));
        assert!(!is_command("//comment"));
        assert_eq!(unescaped("//comment"), "/comment");
        assert_eq!(unescaped("plain"), "plain");
    }
}
