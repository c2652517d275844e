//! How far transfers are: bars for people at a terminal, lines for programs.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parlor_client::{Transfer, TransferId, TransferState};

use crate::print::{Printer, clean, size};

/// Between two lines for programs about one file.
const LINES: Duration = Duration::from_millis(500);

/// Columns of a name before it is cut.
const NAME: usize = 28;

/// The bars of one command.
#[derive(Debug)]
pub(crate) struct Bars {
    /// None where nobody looks.
    screen: Option<MultiProgress>,
    bars: BTreeMap<TransferId, ProgressBar>,
    said: BTreeMap<TransferId, (Instant, u64)>,
}

impl Bars {
    pub(crate) fn new(out: &Printer) -> Self {
        let seen = !out.is_json() && io::stderr().is_terminal();
        Self {
            screen: seen.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr())),
            bars: BTreeMap::new(),
            said: BTreeMap::new(),
        }
    }

    /// Shows how far one is.
    pub(crate) fn show(&mut self, transfer: &Transfer, out: &mut Printer) -> io::Result<()> {
        if out.is_json() {
            return self.say(transfer, out);
        }
        let Some(screen) = &self.screen else {
            return Ok(());
        };
        let bar = self.bars.entry(transfer.id).or_insert_with(|| {
            let bar = screen.add(ProgressBar::new(transfer.size));
            if let Ok(style) =
                ProgressStyle::with_template("{prefix:28} {bar:30} {percent:>3}%  {msg}")
            {
                bar.set_style(style);
            }
            bar.set_prefix(cut(&clean(&transfer.name)));
            bar
        });
        bar.set_position(transfer.done);
        bar.set_message(message(transfer));
        Ok(())
    }

    /// A line for programs: now and then, and at the end.
    fn say(&mut self, transfer: &Transfer, out: &mut Printer) -> io::Result<()> {
        let now = Instant::now();
        let last = self.said.get(&transfer.id).copied();
        if !is_due(last, transfer.done, transfer.size, &transfer.state, now) {
            return Ok(());
        }
        self.said.insert(transfer.id, (now, transfer.done));
        out.object(&serde_json::json!({
            "type": "progress",
            "file": transfer.name,
            "done": transfer.done,
            "total": transfer.size,
        }))
    }

    /// Takes a bar away, so that a line can stand in its place.
    pub(crate) fn remove(&mut self, id: TransferId) {
        if let Some(bar) = self.bars.remove(&id) {
            bar.finish_and_clear();
            if let Some(screen) = &self.screen {
                screen.remove(&bar);
            }
        }
    }

    /// Runs what prints while no bar is in its way.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.screen {
            Some(screen) => screen.suspend(print),
            None => print(),
        }
    }
}

/// Whether programs are told. How far one is that waits is not known for sure: of what a
/// killed process brought, the store knows less than the disk and the server.
fn is_due(
    last: Option<(Instant, u64)>,
    done: u64,
    size: u64,
    state: &TransferState,
    now: Instant,
) -> bool {
    if *state == TransferState::Waiting {
        return false;
    }
    last.is_none_or(|(at, before)| {
        before != done && (done == size || now.duration_since(at) >= LINES)
    })
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let kept: String = name.chars().take(NAME - 1).collect();
    format!("{kept}…")
}

fn message(transfer: &Transfer) -> String {
    let whole = size(transfer.size);
    match &transfer.state {
        TransferState::Running { per_second: 0 } => format!("of {whole}"),
        TransferState::Running { per_second } => {
            let left = (transfer.size - transfer.done.min(transfer.size)) / per_second;
            let left = indicatif::HumanDuration(Duration::from_secs(left));
            format!("of {whole}, {}/s, {left:#} left", size(*per_second))
        }
        TransferState::Checking => format!("of {whole}, being checked"),
        TransferState::Paused => format!("of {whole}, stopped"),
        _ => format!("of {whole}, waiting"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_now_and_then_and_what_is_true() {
        let began = Instant::now();
        let running = TransferState::Running { per_second: 1 };
        let check = |last: Option<u64>, done, state: &TransferState, after: u64, expected| {
            let last = last.map(|done| (began, done));
            let now = began + Duration::from_millis(after);
            assert_eq!(
                is_due(last, done, 100, state, now),
                expected,
                "{done} {state:?}"
            );
        };
        // After a kill the store says 0, until it is known better.
        check(None, 0, &TransferState::Waiting, 0, false);
        check(None, 40, &running, 0, true);
        check(Some(40), 50, &running, 499, false);
        check(Some(40), 50, &running, 500, true);
        check(Some(40), 40, &running, 900, false);
        check(Some(40), 100, &running, 1, true);
        check(Some(100), 100, &TransferState::Done, 900, false);
        check(None, 100, &TransferState::Done, 0, true);
    }
}
