//! Notices at the bottom right: three at most; errors stay until closed.

use parlor_protocol::Time;

/// How many stand at once; the oldest gives way.
const MOST: usize = 3;
/// How long one that is no error stays, in milliseconds.
const STAYS_MILLIS: i64 = 4_000;

/// What stands at the bottom right.
#[derive(Debug, Default)]
pub(crate) struct Toasts {
    shown: Vec<Toast>,
    next: u64,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    /// Its number, by which it is closed.
    pub id: u64,
    /// Whether it went well.
    pub kind: ToastKind,
    /// What it says.
    pub text: String,
    /// When it goes by itself; errors do not.
    pub until: Option<Time>,
}

/// Whether it went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToastKind {
    /// It went well.
    Done,
    /// Somebody of rank says something to everybody.
    Alert,
    /// It failed; stays until closed.
    Failed,
}

impl Toasts {
    /// Says that something went well.
    pub(crate) fn done(&mut self, text: impl Into<String>, now: Time) {
        let until = Time::from_millis(now.as_millis() + STAYS_MILLIS);
        self.push(ToastKind::Done, text.into(), Some(until));
    }

    /// Says what went wrong, why, and what to do.
    pub(crate) fn failed(&mut self, text: impl Into<String>) {
        self.push(ToastKind::Failed, text.into(), None);
    }

    /// Shows what somebody of rank says to everybody; it stays, for it may matter.
    pub(crate) fn alert(&mut self, text: impl Into<String>) {
        self.push(ToastKind::Alert, text.into(), None);
    }

    fn push(&mut self, kind: ToastKind, text: String, until: Option<Time>) {
        // The same words twice would say nothing new.
        self.shown.retain(|toast| toast.text != text);
        self.next += 1;
        self.shown.push(Toast {
            id: self.next,
            kind,
            text,
            until,
        });
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    /// Takes one away.
    pub(crate) fn close(&mut self, id: u64) {
        self.shown.retain(|toast| toast.id != id);
    }

    /// Takes all away.
    pub(crate) fn clear(&mut self) {
        self.shown.clear();
    }

    /// Takes away those whose time is over.
    pub(crate) fn pass(&mut self, now: Time) {
        self.shown
            .retain(|toast| toast.until.is_none_or(|until| now < until));
    }

    /// Those to show, the oldest first.
    pub(crate) fn shown(&self) -> &[Toast] {
        &self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_stand_and_errors_stay() {
        let mut toasts = Toasts::default();
        let now = Time::from_millis(0);
        toasts.failed("a");
        toasts.done("b", now);
        toasts.done("c", now);
        toasts.done("c", now);
        assert_eq!(toasts.shown().len(), 3);
        toasts.pass(Time::from_millis(4_000));
        assert_eq!(toasts.shown().len(), 1);
        let id = toasts.shown()[0].id;
        toasts.close(id);
        assert!(toasts.shown().is_empty());
        for text in ["1", "2", "3", "4"] {
            toasts.failed(text);
        }
        assert_eq!(toasts.shown()[0].text, "2");
    }
}
