//! The certificate that a server shows, followed as it changes on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parlor_certs::{CertError, Identity, PemFiles, ServerTls, identity};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::reachable::reachable;

/// How often the files are looked at. Renewals are rare, and whoever cannot
/// wait sends SIGHUP.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Where a server's certificate comes from.
#[derive(Debug, Clone)]
pub struct Certificate {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// Of our own making, for these names.
    Own { dir: PathBuf, names: Vec<String> },
    /// Somebody else's to renew.
    Files(PemFiles),
}

impl Certificate {
    /// The certificate that a configuration means.
    pub fn of(config: &Config, data: &DataDir) -> Self {
        Self::new(config.tls.files(), data, names(config))
    }

    /// The certificate in these files or, without them, one of our own in the
    /// data folder, for these names.
    pub(crate) fn new(files: Option<PemFiles>, data: &DataDir, names: Vec<String>) -> Self {
        let source = match files {
            Some(files) => Source::Files(files),
            None => Source::Own {
                dir: data.tls(),
                names,
            },
        };
        Self { source }
    }

    /// Reads it; one of our own is made if there is none, and renewed if it ends soon.
    pub fn load(&self) -> Result<Identity, CertError> {
        match &self.source {
            Source::Own { dir, names } => Identity::own(dir, names),
            Source::Files(files) => Identity::from_pem(files),
        }
    }

    /// Makes a new one for the same key. `None`: it is somebody else's to renew.
    pub fn renew(&self) -> Option<Result<Identity, CertError>> {
        match &self.source {
            Source::Own { dir, names } => Some(Identity::renew(dir, names)),
            Source::Files(_) => None,
        }
    }

    /// The files in which it stands.
    pub fn files(&self) -> PemFiles {
        match &self.source {
            Source::Own { dir, .. } => identity::own_files(dir),
            Source::Files(files) => files.clone(),
        }
    }
}

/// The names of a certificate of our own: clients of ours do not look at them,
/// browsers and scripts do.
fn names(config: &Config) -> Vec<String> {
    let mut names = config.tls.names.clone();
    if let Some(address) = &config.public_address {
        names.push(address.host().to_owned());
    }
    names.push(reachable(config.listen).host().to_owned());
    names
}

/// Follows the certificate on disk and shows what it becomes.
#[derive(Debug)]
pub(crate) struct Follower {
    certificate: Certificate,
    tls: ServerTls,
    reload: Arc<Notify>,
    seen: Stamp,
}

impl Follower {
    /// Follows `certificate`, which `tls` shows now; `reload` has it read again at once.
    pub(crate) fn new(certificate: Certificate, tls: ServerTls, reload: Arc<Notify>) -> Self {
        let seen = Stamp::of(&certificate.files());
        Self {
            certificate,
            tls,
            reload,
            seen,
        }
    }

    /// Follows until it is dropped. `changed` is called after each change of the pin.
    pub(crate) async fn follow(mut self, changed: impl Fn()) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let reload = Arc::clone(&self.reload);
        loop {
            let forced = tokio::select! {
                () = reload.notified() => true,
                _ = ticks.tick() => false,
            };
            let pin = self.tls.pin();
            self.look(forced).await;
            if self.tls.pin() != pin {
                changed();
            }
        }
    }

    /// Reads the files again if they changed, or if it is said. What cannot be
    /// used is told once, and the old certificate stays.
    async fn look(&mut self, forced: bool) {
        let certificate = self.certificate.clone();
        let seen = self.seen.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let stamp = Stamp::of(&certificate.files());
            let due = matches!(certificate.source, Source::Own { .. }) && seen.is_old();
            (forced || due || stamp != seen).then(|| {
                let loaded = certificate.load();
                (Stamp::of(&certificate.files()), loaded)
            })
        });
        let Ok(Some((stamp, loaded))) = looked.await else {
            return;
        };
        self.seen = stamp;
        let replaced = loaded.and_then(|identity| self.tls.replace(&identity));
        match replaced {
            Ok(()) => tracing::info!(pin = %self.tls.pin(), "the certificate was read again"),
            Err(error) => {
                tracing::error!(%error, "the new certificate is unusable; the old one stays");
            }
        }
    }
}

/// When a certificate of our own is read again to see whether it is due for renewal.
const RENEWAL_CHECK: Duration = Duration::from_secs(24 * 60 * 60);

/// What tells whether files changed.
#[derive(Debug, Clone)]
struct Stamp {
    files: [Option<(SystemTime, u64)>; 2],
    taken: SystemTime,
}

impl Stamp {
    fn of(files: &PemFiles) -> Self {
        let stamp = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        Self {
            files: [stamp(&files.cert), stamp(&files.key)],
            taken: SystemTime::now(),
        }
    }

    fn is_old(&self) -> bool {
        self.taken.elapsed().is_ok_and(|age| age > RENEWAL_CHECK)
    }
}

impl PartialEq for Stamp {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Setup {
        _folder: tempfile::TempDir,
        follower: Follower,
    }

    /// A follower of PEM files, which are at first those of `first`.
    fn setup() -> (Setup, PemFiles) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("one");
        let identity = Identity::own(&dir, &[]).unwrap();
        let files = identity::own_files(&dir);
        let certificate = Certificate {
            source: Source::Files(files.clone()),
        };
        let tls = ServerTls::new(&identity).unwrap();
        let follower = Follower::new(certificate, tls, Arc::default());
        let setup = Setup {
            _folder: folder,
            follower,
        };
        (setup, files)
    }

    #[tokio::test]
    async fn changed_files_are_shown_and_bad_ones_are_not() {
        let (mut setup, files) = setup();
        let old = setup.follower.tls.pin();
        fs::write(&files.cert, "nonsense").unwrap();
        setup.follower.look(false).await;
        assert_eq!(setup.follower.tls.pin(), old);

        let elsewhere = tempfile::tempdir().unwrap();
        let other = Identity::own(elsewhere.path(), &[]).unwrap();
        let from = identity::own_files(elsewhere.path());
        fs::copy(from.cert, &files.cert).unwrap();
        setup.follower.look(false).await;
        assert_eq!(
            setup.follower.tls.pin(),
            old,
            "the key is still the old one"
        );
        fs::copy(from.key, &files.key).unwrap();
        setup.follower.look(true).await;
        assert_eq!(setup.follower.tls.pin(), other.pin());
    }

    #[tokio::test(start_paused = true)]
    async fn a_notice_or_the_next_look_finds_the_change() {
        let (setup, files) = setup();
        let tls = setup.follower.tls.clone();
        let reload = Arc::clone(&setup.follower.reload);
        let (changed, mut changes) = tokio::sync::mpsc::unbounded_channel();
        let following = tokio::spawn(setup.follower.follow(move || {
            let _ = changed.send(());
        }));
        let elsewhere = tempfile::tempdir().unwrap();
        let other = Identity::own(elsewhere.path(), &[]).unwrap();
        let from = identity::own_files(elsewhere.path());
        fs::copy(from.cert, &files.cert).unwrap();
        fs::copy(from.key, &files.key).unwrap();
        reload.notify_one();
        changes.recv().await.unwrap();
        assert_eq!(tls.pin(), other.pin());
        following.abort();
    }
}
