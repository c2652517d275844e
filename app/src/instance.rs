//! One app for each home: a second start hands its link to the first and ends.
//!
//! The socket stands in the home, which only its owner may enter. The caller
//! sends one line, its link or nothing, and waits for one byte, so that it
//! knows that somebody took it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::time::Duration;

use interprocess::local_socket::traits::{Listener as _, Stream as _};
use interprocess::local_socket::{
    GenericFilePath, GenericNamespaced, Listener, ListenerOptions, Name, Stream, ToFsName, ToNsName,
};
use tokio::sync::mpsc;

/// The longest line that is read; a link has some 500 bytes.
const LINE_BYTES: u64 = 4_096;
/// How long either side waits for the other. The first instance answers from a
/// thread of its own, so a busy window does not delay it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Links that may wait for the window; more starts at once than these are dropped.
const WAITING: usize = 16;
/// The longest path that fits a socket's address everywhere, in bytes.
const PATH_BYTES: usize = 100;

/// The right to be the one app of its home.
#[derive(Debug)]
pub struct Instance {
    links: mpsc::Receiver<Option<String>>,
}

/// The home's socket could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen for further starts in {}: {source}", home.display())]
pub struct InstanceError {
    home: std::path::PathBuf,
    source: std::io::Error,
}

impl Instance {
    /// Claims the home. `None` if another app has it: it was then given `link`
    /// and comes to the front.
    ///
    /// # Errors
    ///
    /// [`InstanceError`] if the socket cannot be made.
    pub fn claim(home: &Path, link: Option<&str>) -> Result<Option<Self>, InstanceError> {
        let failed = |source| InstanceError {
            home: home.to_owned(),
            source,
        };
        let name = name(home).map_err(failed)?;
        if hand_over(name.clone(), link) {
            return Ok(None);
        }
        // Nobody answered: what stands there is left from an app that was killed.
        let listener = ListenerOptions::new()
            .name(name)
            .try_overwrite(true)
            .create_sync()
            .map_err(failed)?;
        let (sender, links) = mpsc::channel(WAITING);
        std::thread::Builder::new()
            .name("instance".into())
            .spawn(move || listen(&listener, &sender))
            .map_err(failed)?;
        Ok(Some(Self { links }))
    }

    /// The links of further starts, as they come.
    pub(crate) fn into_links(self) -> mpsc::Receiver<Option<String>> {
        self.links
    }
}

fn name(home: &Path) -> std::io::Result<Name<'static>> {
    let path = home.join("app.sock");
    if path.as_os_str().len() <= PATH_BYTES {
        return path.into_os_string().to_fs_name::<GenericFilePath>();
    }
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    format!("parlor-{:016x}.sock", hasher.finish()).to_ns_name::<GenericNamespaced>()
}

/// Gives the link to the app that listens, if one does.
fn hand_over(name: Name<'_>, link: Option<&str>) -> bool {
    let Ok(mut stream) = Stream::connect(name) else {
        return false;
    };
    // Where time-outs are not to be had, waiting is still bounded by the other side's.
    let _ = stream.set_recv_timeout(Some(PATIENCE));
    let _ = stream.set_send_timeout(Some(PATIENCE));
    let line = format!("{}\n", link.unwrap_or_default().replace('\n', " "));
    stream.write_all(line.as_bytes()).is_ok() && stream.read_exact(&mut [0]).is_ok()
}

fn listen(listener: &Listener, links: &mpsc::Sender<Option<String>>) {
    loop {
        let Ok(mut stream) = listener.accept() else {
            continue;
        };
        let _ = stream.set_recv_timeout(Some(PATIENCE));
        let _ = stream.set_send_timeout(Some(PATIENCE));
        let mut line = String::new();
        let read = BufReader::new(Read::take(&mut stream, LINE_BYTES)).read_line(&mut line);
        if read.is_err() {
            continue;
        }
        let link = line.trim();
        let link = (!link.is_empty()).then(|| link.to_owned());
        match links.try_send(link) {
            Err(mpsc::error::TrySendError::Closed(_)) => return,
            // Whoever starts the app so often is told by silence.
            Err(mpsc::error::TrySendError::Full(_)) => {}
            Ok(()) => {
                let _ = stream.write_all(b"\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_hands_its_link_to_the_first() {
        let home = tempfile::tempdir().unwrap();
        let mut first = Instance::claim(home.path(), None).unwrap().unwrap();
        let second = Instance::claim(home.path(), Some("parlor://lab:1/")).unwrap();
        assert!(second.is_none());
        assert_eq!(
            first.links.blocking_recv(),
            Some(Some("parlor://lab:1/".to_owned()))
        );
        assert!(Instance::claim(home.path(), None).unwrap().is_none());
        assert_eq!(first.links.blocking_recv(), Some(None));
    }

    #[test]
    fn a_socket_left_by_a_killed_app_is_taken_over() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("app.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        assert!(Instance::claim(home.path(), None).unwrap().is_some());
    }
}
