//! Lines for people and for programs.

use std::io::{self, Stdout, Write};

use jiff::tz::TimeZone;
use parlor_protocol::{File, LogBody, LogEvent, Message, Room, Time, User};
use serde::Serialize;

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
        let text = with_files(&text, &message.files);
        self.said(room, message.seq, message.time, &message.from, &text)
    }

    /// `ID  10.0 MiB  2026-11-20 15:32  alice  #general  report.pdf`
    pub(crate) fn listed(&mut self, file: &File) -> io::Result<()> {
        let when = self.when(file.time);
        self.text(&format!(
            "{}  {:>10}  {when}  {}  {}  {}",
            file.id,
            size(file.size),
            file.by,
            hash(&file.room),
            one_line(&file.name)
        ))
    }

    /// An object of our own for programs; nothing for people.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        self.raw(&serde_json::to_vec(object)?)
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
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
                let text = if written.deleted {
                    "(deleted)"
                } else {
                    &written.text
                };
                let text = with_files(text, &written.files);
                return self.said(&event.room, event.seq, event.time, &written.from, &text);
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

    /// `@bob  2026-11-20 15:32  bob (lan): text`, further lines indented.
    pub(crate) fn told(
        &mut self,
        talk: &str,
        time: Time,
        from: &str,
        text: &str,
    ) -> io::Result<()> {
        let when = self.when(time);
        let text = text.replace('\n', "\n    ");
        self.text(&format!("{talk}  {when}  {from}: {text}"))
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

/// A message's text, and a line for each of its files.
fn with_files(text: &str, files: &[File]) -> String {
    let mut lines: Vec<String> = files.iter().map(file_line).collect();
    if !text.is_empty() {
        lines.insert(0, text.to_owned());
    }
    lines.join("\n")
}

/// `[report.pdf, 10.0 MiB, ID]`
fn file_line(file: &File) -> String {
    let name = one_line(&file.name);
    format!("[{name}, {}, {}]", size(file.size), file.id)
}

/// Bytes as people read them.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        // What would be shown as 1024.0 is one of the next.
        if value >= 1023.95 {
            value /= 1024.0;
            unit = next;
        }
    }
    format!("{value:.1} {unit}")
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
    fn sizes_read_well() {
        let check = |bytes: u64, expected: &str| assert_eq!(size(bytes), expected);
        check(0, "0 bytes");
        check(1_023, "1023 bytes");
        check(1_024, "1.0 KiB");
        check(10_485_760, "10.0 MiB");
        check(1_048_575, "1.0 MiB");
        check(1 << 31, "2.0 GiB");
    }

    #[test]
    fn no_text_steers_the_terminal() {
        assert_eq!(clean("a\x1b[31mb\r\nc\td"), "a\u{FFFD}[31mb\u{FFFD}\nc\td");
        assert_eq!(clean("Chào 会议"), "Chào 会议");
        assert_eq!(clean("a\u{202E}b"), "a\u{FFFD}b");
    }
}
