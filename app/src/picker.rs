//! The system's dialogs for files.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;

/// Nobody closes a dialog so fast: a system without one answers in some milliseconds,
/// in the same words as a user who chose nothing.
const NOBODY: Duration = Duration::from_millis(300);

/// What came of asking the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked<T> {
    /// They chose.
    Chosen(T),
    /// They chose nothing.
    Cancelled,
    /// The system has no dialog to ask with.
    NoDialog,
}

impl<T> Picked<T> {
    fn of(answer: Option<T>, took: Duration) -> Self {
        match answer {
            Some(chosen) => Self::Chosen(chosen),
            None if took < NOBODY => Self::NoDialog,
            None => Self::Cancelled,
        }
    }
}

/// Asks the user for files of this computer.
pub(crate) trait FilePicker: Send + Sync {
    /// Which files, several at once.
    fn files(&self, title: String) -> BoxFuture<'static, Picked<Vec<PathBuf>>>;
    /// Under which path to keep a file of this name.
    fn place(&self, title: String, name: String) -> BoxFuture<'static, Picked<PathBuf>>;
}

/// The dialogs of the desktop: its portal, or the program `zenity`.
#[derive(Debug, Default)]
pub(crate) struct SystemPicker;

impl FilePicker for SystemPicker {
    fn files(&self, title: String) -> BoxFuture<'static, Picked<Vec<PathBuf>>> {
        Box::pin(async move {
            let began = Instant::now();
            let dialog = rfd::AsyncFileDialog::new().set_title(title);
            let chosen = dialog.pick_files().await;
            let paths = chosen
                .map(|files| {
                    files
                        .iter()
                        .map(|file| file.path().to_owned())
                        .collect::<Vec<_>>()
                })
                .filter(|paths| !paths.is_empty());
            Picked::of(paths, began.elapsed())
        })
    }

    fn place(&self, title: String, name: String) -> BoxFuture<'static, Picked<PathBuf>> {
        Box::pin(async move {
            let began = Instant::now();
            let dialog = rfd::AsyncFileDialog::new()
                .set_title(title)
                .set_file_name(name);
            let chosen = dialog.save_file().await;
            Picked::of(chosen.map(|file| file.path().to_owned()), began.elapsed())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_dialog_is_told_from_no_choice() {
        let ms = Duration::from_millis;
        assert_eq!(Picked::of(Some(1), ms(3)), Picked::Chosen(1));
        assert_eq!(Picked::<u8>::of(None, ms(3)), Picked::NoDialog);
        assert_eq!(Picked::<u8>::of(None, ms(900)), Picked::Cancelled);
    }
}
