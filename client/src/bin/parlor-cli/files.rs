//! `upload` and `download`.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use parlor_client::{
    ConnectionState, Event, Events, Handle, Home, Purpose, SaveTo, Source, Transfer, TransferId,
    TransferState,
};

use crate::asking::{Asking, choose, room_name};
use crate::bars::Bars;
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::print::Printer;

/// What is said where a command was interrupted.
const GO_ON: &str = "interrupted: the same command goes on from there";

/// Transfers that are waited for.
struct Waiting<'a> {
    handle: Handle,
    events: Events,
    open: BTreeSet<TransferId>,
    /// What went wrong, a sentence for each file.
    wrong: Vec<String>,
    bars: Bars,
    out: &'a mut Printer,
}

pub(crate) async fn upload(
    home: &Home,
    who: Option<&str>,
    room: &str,
    files: &[PathBuf],
    out: &mut Printer,
) -> Result<(), Failure> {
    let account = choose(home, who)?;
    let room = room_name(room);
    let (handle, events) = Asking::begin(home, &account).await?.into_parts();
    let mut waiting = Waiting::new(handle, events, out);
    for path in files {
        let source = Source::Path(path.clone());
        let begun = waiting.handle.upload(&room, source, Purpose::Listing);
        match begun.await {
            Ok(transfer) => waiting.begun(&transfer)?,
            Err(error) => waiting.wrong.push(error.to_string()),
        }
    }
    waiting.finish(print_uploaded).await
}

fn print_uploaded(transfer: &Transfer, out: &mut Printer) -> io::Result<()> {
    let Some(file) = &transfer.file else {
        return Ok(());
    };
    out.object(file)?;
    out.listed(file)
}

pub(crate) async fn download(
    home: &Home,
    who: Option<&str>,
    id: &str,
    to: Option<PathBuf>,
    out: &mut Printer,
) -> Result<(), Failure> {
    let account = choose(home, who)?;
    let to = destination(to)?;
    let (handle, events) = Asking::begin(home, &account).await?.into_parts();
    let mut waiting = Waiting::new(handle, events, out);
    let begun = async {
        let file = waiting.handle.file(id).await?;
        waiting.handle.download(&file, to).await
    };
    match begun.await {
        Ok(transfer) => waiting.begun(&transfer)?,
        Err(error) => {
            waiting.end().await;
            return Err(error.into());
        }
    }
    waiting.finish(print_downloaded).await
}

fn print_downloaded(transfer: &Transfer, out: &mut Printer) -> io::Result<()> {
    let file = transfer.file.as_ref();
    out.object(&serde_json::json!({
        "type": "downloaded",
        "id": file.map(|file| &file.id),
        "name": file.map(|file| &file.name),
        "size": transfer.size,
        "blake3": file.map(|file| &file.blake3),
        "path": transfer.path.to_string_lossy(),
    }))?;
    out.text(&transfer.path.to_string_lossy())
}

/// What TO means: a folder that is there, or a file that is not.
fn destination(to: Option<PathBuf>) -> Result<SaveTo, Failure> {
    let Some(to) = to else {
        return Ok(SaveTo::Folder(PathBuf::from(".")));
    };
    if to.is_dir() {
        return Ok(SaveTo::Folder(to));
    }
    if to.symlink_metadata().is_ok() {
        return Err(Failure::Refused(format!(
            "{} is there already, and nothing is overwritten: name another file, or a folder",
            to.display()
        )));
    }
    let folder = to.parent().filter(|folder| *folder != Path::new(""));
    let is_folder = to.to_string_lossy().ends_with('/');
    if is_folder || folder.is_some_and(|folder| !folder.is_dir()) {
        let missing = if is_folder { Some(&*to) } else { folder };
        return Err(Failure::Refused(format!(
            "there is no folder {}: make it first",
            missing.unwrap_or(&to).display()
        )));
    }
    Ok(SaveTo::New(to))
}

impl<'a> Waiting<'a> {
    fn new(handle: Handle, events: Events, out: &'a mut Printer) -> Self {
        Self {
            handle,
            events,
            open: BTreeSet::new(),
            wrong: Vec::new(),
            bars: Bars::new(out),
            out,
        }
    }

    fn begun(&mut self, transfer: &Transfer) -> io::Result<()> {
        self.open.insert(transfer.id);
        self.bars.show(transfer, self.out)
    }

    /// Waits for all of them, or for somebody who wants this to end.
    async fn finish(
        mut self,
        print: impl Fn(&Transfer, &mut Printer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let done = tokio::select! {
            done = self.wait(print) => done,
            interrupted = interrupted() => match interrupted {
                Ok(()) => Err(Failure::Refused(GO_ON.to_owned())),
                Err(error) => Err(error.into()),
            },
        };
        for id in std::mem::take(&mut self.open) {
            self.bars.remove(id);
            // A running app of this home does not go on with what was stopped here.
            let _ = self.handle.pause(id).await;
        }
        let wrong = self.wrong.join("; ");
        self.end().await;
        done?;
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Failure::Refused(wrong))
        }
    }

    async fn end(self) {
        let Self {
            handle, mut events, ..
        } = self;
        drop(handle);
        while events.next().await.is_some() {}
    }

    async fn wait(
        &mut self,
        print: impl Fn(&Transfer, &mut Printer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        while !self.open.is_empty() {
            let Some(batch) = self.events.next().await else {
                return Err(Failure::Refused("the session is over".into()));
            };
            for event in batch {
                match event {
                    Event::Connection(ConnectionState::Ended(reason)) => return Err(reason.into()),
                    Event::StoreFailed(why) => return Err(Failure::Refused(why)),
                    Event::Transfer(transfer) if self.open.contains(&transfer.id) => {
                        self.changed(&transfer, &print).await?;
                    }
                    Event::TransferGone(id) if self.open.remove(&id) => self.bars.remove(id),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    async fn changed(
        &mut self,
        transfer: &Transfer,
        print: &impl Fn(&Transfer, &mut Printer) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.bars.show(transfer, self.out)?;
        match &transfer.state {
            TransferState::Done => {
                self.open.remove(&transfer.id);
                self.bars.remove(transfer.id);
                self.bars.aside(|| print(transfer, self.out))?;
            }
            TransferState::Failed(failure) => {
                self.open.remove(&transfer.id);
                self.bars.remove(transfer.id);
                let name = &transfer.name;
                self.wrong.push(format!("{name}: {failure}"));
                if !failure.is_retryable() {
                    // Nothing can go on with it.
                    let _ = self.handle.cancel(transfer.id).await;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
