//! Lines for people and for programs.

use std::io::{self, Stdout, Write};

use jiff::tz::TimeZone;
use parlor_protocol::{LogBody, LogEvent, Message, Room, Time, User};

/// Standard output, for people or for programs. Every line goes out at once.
#[derive(Debug)]
pub(crate) struct Printer {
    out: Stdout,
    json: bool,
    zone: TimeZone,
}

impl Printer {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            out: io::stdout(),
            json,
            zone: TimeZone::system(),
        }
    }

    /// A line of the server's for programs; nothing for people.
    pub(crate) fn raw(&mut self, line: &[u8]) -> io::Result<()> {
        if self.json {
            self.out.write_all(line)?;
            self.out.write_all(b"\n")?;
            self.out.flush()?;
        }
        Ok(())
    }

    /// A line for people; nothing for programs.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        if !self.json {
            writeln!(self.out, "{}", clean(text))?;
            self.out.flush()?;
        }
        Ok(())
    }

    pub(crate) fn room(&mut self, room: &Room) -> io::Result<()> {
        let joined = if room.joined { "" } else { ", not joined" };
        let topic = if room.topic.is_empty() {
            String::new()
        } else {
            format!("  {}", one_line(&room.topic))
        };
        self.text(&format!(
            "{}  {}, {} people{joined}{topic}",
            hash(&room.room),
            room.kind,
            room.members
        ))
    }

    pub(crate) fn user(&mut self, user: &User) -> io::Result<()> {
        let status = if user.status.is_empty() {
            String::new()
        } else {
            format!("  {}", one_line(&user.status))
        };
        self.text(&format!(
            "{}  {} ({}), {}{status}",
            user.presence,
            user.username,
            one_line(&user.name),
            user.role
        ))
    }

    pub(crate) fn message(&mut self, room: &str, message: &Message) -> io::Result<()> {
        let text = if message.deleted {
            "(deleted)".to_owned()
        } else if message.edited.is_some() {
            format!("{} (edited)", message.text)
        } else {
            message.text.clone()
        };
        self.said(room, message.seq, message.time, &message.from, &text)
    }

    /// `#general 12  2026-11-20 15:32  bob: text`, further lines indented.
    pub(crate) fn said(
        &mut self,
        room: &str,
        seq: u64,
        time: Time,
        from: &str,
        text: &str,
    ) -> io::Result<()> {
        let when = self.when(time);
        let text = text.replace('\n', "\n    ");
        self.text(&format!("{} {seq}  {when}  {from}: {text}", hash(room)))
    }

    pub(crate) fn event(&mut self, event: &LogEvent) -> io::Result<()> {
        let what = match &event.body {
            LogBody::Message(written) => {
                return self.said(
                    &event.room,
                    event.seq,
                    event.time,
                    &written.from,
                    if written.deleted {
                        "(deleted)"
                    } else {
                        &written.text
                    },
                );
            }
            LogBody::Edited { target, text, by } => format!("{by} edited {target}: {text}"),
            LogBody::Deleted { target, by } => format!("{by} deleted {target}"),
            LogBody::Reaction {
                target,
                emoji,
                by,
                on: true,
            } => format!("{by} reacted to {target} with {emoji}"),
            LogBody::Reaction {
                target, emoji, by, ..
            } => format!("{by} took back {emoji} from {target}"),
            LogBody::Joined { username, by, .. } => match by {
                Some(by) => format!("{by} brought in {username}"),
                None => format!("{username} joined"),
            },
            LogBody::Left {
                username,
                by,
                reason,
            } => match by {
                Some(by) => format!(
                    "{by} put out {username}: {}",
                    reason.as_deref().unwrap_or_default()
                ),
                None => format!("{username} left"),
            },
            LogBody::Topic { topic, by } => format!("{by} set the topic: {topic}"),
            LogBody::Unknown => return Ok(()),
        };
        let when = self.when(event.time);
        let what = what.replace('\n', "\n    ");
        self.text(&format!(
            "{} {}  {when}  * {what}",
            hash(&event.room),
            event.seq
        ))
    }

    fn when(&self, time: Time) -> String {
        let local = time.timestamp().to_zoned(self.zone.clone());
        local.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// A room's name as people write it; direct rooms have a name of the server's.
pub(crate) fn hash(room: &str) -> String {
    if room.starts_with('~') {
        room.to_owned()
    } else {
        format!("#{room}")
    }
}

fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// Without characters by which a text could steer the terminal it is printed
/// on, or turn the direction of what follows it.
pub(crate) fn clean(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || parlor_protocol::names::is_bidi_control(c)
    };
    text.chars()
        .map(|c| if steers(c) { '\u{FFFD}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_steers_the_terminal() {
        assert_eq!(clean("a\x1b[31mb\r\nc\td"), "a\u{FFFD}[31mb\u{FFFD}\nc\td");
        assert_eq!(clean("Chào 会议"), "Chào 会议");
        assert_eq!(clean("a\u{202E}b"), "a\u{FFFD}b");
    }
}
