//! What is being written in a room or talk.

pub(crate) mod completion;
pub(crate) mod slash;

use std::path::PathBuf;

use iced::widget::text_editor::{Action, Content, Cursor, Edit, Motion, Position};
use parlor_protocol::Time;

use completion::Completion;

/// A draft is written to disk at most once in so many milliseconds while one types.
const DRAFT: i64 = 1_000;
/// Others are told that one writes at most once in so many milliseconds: the server passes on no more.
const TELL_TYPING: i64 = 3_000;

/// What is being written.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    /// The text.
    pub(crate) content: Content,
    /// What sending it will do.
    pub(crate) mode: Mode,
    /// What can complete the word before the cursor.
    pub(crate) completion: Option<Completion>,
    /// Whether the emoji are open.
    pub(crate) picker: bool,
    /// What is said above the field.
    pub(crate) notice: Option<Notice>,
    /// Files of this computer that go with the next post of a talk.
    pub(crate) attached: Vec<Attached>,
    /// Files that were chosen, and that the client has not taken in yet.
    pub(crate) starting: usize,
    /// Whether the message is to be sent once it has.
    pub(crate) sends_then: bool,
    /// The draft as it was last written to disk.
    kept: String,
    kept_at: Option<Time>,
    told_typing: Option<Time>,
    /// Whether the room's kept draft was taken in.
    begun: bool,
}

/// What sending does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// A new message.
    #[default]
    New,
    /// An answer to this message.
    Reply(u64),
    /// A new text for this message.
    Edit {
        /// Which.
        seq: u64,
        /// What stood here before, which comes back.
        draft: String,
    },
}

/// A file of this computer that goes with the next post of a talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attached {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its name.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// What is said above the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Whether something failed.
    pub(crate) failed: bool,
    /// What, in words.
    pub(crate) text: String,
}

impl Composer {
    /// Takes in the draft that was kept, the first time the room is opened.
    pub(crate) fn begin(&mut self, draft: &str) {
        if !self.begun {
            self.begun = true;
            draft.clone_into(&mut self.kept);
            if self.content.is_empty() {
                self.set(draft);
            }
        }
    }

    /// The text, without the break that ends it.
    pub(crate) fn text(&self) -> String {
        let mut text = self.content.text();
        if text.ends_with('\n') {
            text.pop();
        }
        text
    }

    /// Whether there is nothing to send.
    pub(crate) fn is_blank(&self) -> bool {
        self.content.lines().all(|line| line.text.trim().is_empty())
    }

    /// Replaces the text, the cursor behind it.
    pub(crate) fn set(&mut self, text: &str) {
        self.content = Content::with_text(text);
        self.content.perform(Action::Move(Motion::DocumentEnd));
        self.completion = None;
    }

    /// Does what the field was told; `true` if the text changed.
    pub(crate) fn perform(&mut self, action: Action) -> bool {
        let edits = action.is_edit();
        self.content.perform(action);
        if edits {
            self.notice = None;
        }
        edits
    }

    /// Writes something where the cursor is.
    pub(crate) fn insert(&mut self, text: &str) {
        self.content
            .perform(Action::Edit(Edit::Paste(std::sync::Arc::new(
                text.to_owned(),
            ))));
    }

    /// The text of the cursor's line up to the cursor, and whether it is the first line.
    pub(crate) fn before_cursor(&self) -> (String, bool) {
        let Position { line, column } = self.content.cursor().position;
        let text = self
            .content
            .line(line)
            .map(|line| line.text.into_owned())
            .unwrap_or_default();
        let end = (0..=column.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        (text[..end].to_owned(), line == 0)
    }

    /// Takes the chosen completion.
    pub(crate) fn accept(&mut self) {
        let Some(completion) = self.completion.take() else {
            return;
        };
        let Some(choice) = completion.chosen() else {
            return;
        };
        let position = self.content.cursor().position;
        let start = Position {
            line: position.line,
            column: completion.start,
        };
        self.content.move_to(Cursor {
            position,
            selection: Some(start),
        });
        self.insert(&choice.insert);
    }

    /// Begins an answer.
    pub(crate) fn reply(&mut self, seq: u64) {
        self.cancel();
        self.mode = Mode::Reply(seq);
    }

    /// Begins an edit.
    pub(crate) fn edit(&mut self, seq: u64, text: &str) {
        self.cancel();
        self.mode = Mode::Edit {
            seq,
            draft: self.text(),
        };
        self.set(text);
    }

    /// Ends an answer or edit; `false` if there was none.
    pub(crate) fn cancel(&mut self) -> bool {
        match std::mem::take(&mut self.mode) {
            Mode::New => false,
            Mode::Reply(_) => true,
            Mode::Edit { draft, .. } => {
                self.set(&draft);
                true
            }
        }
    }

    /// What was written was sent: the field is empty, or has its draft back.
    pub(crate) fn sent(&mut self) {
        if !matches!(self.mode, Mode::Edit { .. }) {
            self.set("");
        }
        self.cancel();
        self.notice = None;
        self.picker = false;
    }

    /// A message that could not be sent stands in the field again, before what
    /// was written since.
    pub(crate) fn give_back(&mut self, text: &str, reply_to: Option<u64>) {
        let before = |later: &str| match later.trim() {
            "" => text.to_owned(),
            _ => format!("{text}\n{later}"),
        };
        if let Mode::Edit { draft, .. } = &mut self.mode {
            *draft = before(draft);
            return;
        }
        let whole = before(&self.text());
        self.set(&whole);
        if let (Mode::New, Some(seq)) = (&self.mode, reply_to) {
            self.mode = Mode::Reply(seq);
        }
    }

    /// A new text that the server did not take stands in the field again, unless
    /// another message is being edited by now.
    pub(crate) fn give_edit_back(&mut self, seq: u64, text: &str) {
        if !matches!(self.mode, Mode::Edit { .. }) {
            self.edit(seq, text);
        }
    }

    /// What is to be kept as the room's draft.
    fn draft(&self) -> String {
        match &self.mode {
            Mode::Edit { draft, .. } => draft.clone(),
            Mode::New | Mode::Reply(_) => self.text(),
        }
    }

    /// The draft, if it is to be written to disk now: it changed, and was not
    /// written just before. `at_once` for when the room is left or the text sent.
    pub(crate) fn draft_to_keep(&mut self, now: Time, at_once: bool) -> Option<String> {
        let due = |at: Time| now.as_millis() - at.as_millis() >= DRAFT;
        if !self.begun || !(at_once || self.kept_at.is_none_or(due)) {
            return None;
        }
        let draft = self.draft();
        if draft == self.kept {
            return None;
        }
        self.kept.clone_from(&draft);
        self.kept_at = Some(now);
        Some(draft)
    }

    /// Whether what is written is not on disk yet.
    pub(crate) fn draft_waits(&self) -> bool {
        self.begun && self.draft() != self.kept
    }

    /// Whether others are to be told now that one writes a message.
    pub(crate) fn tells_typing(&mut self, now: Time) -> bool {
        let due = |at: Time| now.as_millis() - at.as_millis() >= TELL_TYPING;
        let writes = !self.is_blank()
            && !self.content.text().starts_with('/')
            && !matches!(self.mode, Mode::Edit { .. });
        if !writes || !self.told_typing.is_none_or(due) {
            return false;
        }
        self.told_typing = Some(now);
        true
    }
}
