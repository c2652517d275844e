//! The certificate that the tracker shows, followed as it changes on disk.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use parlor_certs::{CertError, Identity, PemFiles, ServerTls, identity};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

/// How often the files are looked at. Renewals are rare, and whoever cannot wait sends SIGHUP.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Where the certificate comes from.
#[derive(Debug, Clone)]
pub(crate) enum Certificate {
    /// Of our own making, for these names.
    Own { dir: PathBuf, names: Vec<String> },
    /// Somebody else's to renew.
    Files(PemFiles),
}

/// When the files were changed last.
type Stamp = [Option<SystemTime>; 2];

impl Certificate {
    /// Reads it; one of our own is made if there is none, and renewed if it ends soon.
    pub(crate) fn load(&self) -> Result<Identity, CertError> {
        match self {
            Self::Own { dir, names } => Identity::own(dir, names),
            Self::Files(files) => Identity::from_pem(files),
        }
    }

    fn stamp(&self) -> Stamp {
        let files = match self {
            Self::Own { dir, .. } => identity::own_files(dir),
            Self::Files(files) => files.clone(),
        };
        let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
        [changed(&files.cert), changed(&files.key)]
    }

    /// Shows what it becomes on disk, until it is dropped; `reload` has it read again at once.
    pub(crate) async fn follow(self, tls: ServerTls, reload: &Notify) {
        let mut seen = self.stamp();
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let forced = tokio::select! {
                () = reload.notified() => true,
                _ = ticks.tick() => false,
            };
            let stamp = self.stamp();
            if !forced && stamp == seen {
                continue;
            }
            seen = stamp;
            let shown = self
                .load()
                .and_then(|identity| tls.replace(&identity).map(|()| identity.pin()));
            match shown {
                Ok(pin) => tracing::info!(%pin, "the certificate was read again"),
                Err(error) => tracing::warn!(%error, "the old certificate stays"),
            }
        }
    }
}
