//! A server's key and certificate: its own, made at the first start, or PEM
//! files that somebody else looks after.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::crypto::ring;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::{CertError, Pin, private};

/// The file of a server's own key, in its folder.
const KEY_FILE: &str = "key.pem";
/// The file of a server's own certificate, in its folder.
const CERT_FILE: &str = "cert.pem";

/// Nobody looks at it any more (RFC 6125), but a certificate without looks broken.
const COMMON_NAME: &str = "parlord";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a certificate of our own holds. Clients know the server by its
/// key, so the dates are only there for programs that insist on them.
const VALIDITY: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// With less time left than this, a certificate of our own is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// A certificate of our own holds from this long ago, for clients whose clock is behind.
const BACKDATED: Duration = DAY;

/// A certificate chain and its key in PEM files that somebody else renews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PemFiles {
    /// The chain, the leaf first.
    pub cert: PathBuf,
    /// The private key: PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// What a server shows of itself in a handshake. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    pin: Pin,
    not_after: SystemTime,
}

impl Identity {
    /// The server's own identity, kept in `dir`. A missing key is made, as is a
    /// missing or soon ending certificate, for `names` (host names and IP
    /// addresses). The key is never changed.
    pub fn own(dir: &Path, names: &[String]) -> Result<Self, CertError> {
        let files = own_files(dir);
        if !files.cert.exists() {
            return Self::renew(dir, names);
        }
        if !files.key.exists() {
            return Err(CertError::KeyMissing {
                key: files.key,
                cert: files.cert,
            });
        }
        let identity = Self::from_pem(&files)?;
        if identity.ends_within(RENEW_BEFORE) {
            return Self::renew(dir, names);
        }
        Ok(identity)
    }

    /// Writes a new certificate for the key in `dir`, which is made if there is none.
    pub fn renew(dir: &Path, names: &[String]) -> Result<Self, CertError> {
        private::make_dir(dir).map_err(|e| CertError::write(dir, e))?;
        private::restrict(dir).map_err(|e| CertError::write(dir, e))?;
        let files = own_files(dir);
        let key = own_key(&files.key)?;
        let certificate = self_signed(&key, names, VALIDITY)?;
        private::write(&files.cert, certificate.pem().as_bytes())
            .map_err(|e| CertError::write(&files.cert, e))?;
        Self::from_pem(&files)
    }

    /// The identity that PEM files hold; the certificate must be for the key.
    pub fn from_pem(files: &PemFiles) -> Result<Self, CertError> {
        let chain = read_chain(&files.cert)?;
        let key = read_key(&files.key)?;
        let leaf = &chain[0];
        let pin = Pin::of(leaf).map_err(|e| bad_certificate(&files.cert, e))?;
        let not_after = end_of(leaf).map_err(|e| bad_certificate(&files.cert, e))?;
        let signing = ring::sign::any_supported_type(&key).map_err(|e| CertError::BadKey {
            path: files.key.clone(),
            reason: e.to_string(),
        })?;
        let certified = CertifiedKey::new(chain, signing);
        certified.keys_match().map_err(|_| CertError::KeyMismatch {
            cert: files.cert.clone(),
            key: files.key.clone(),
        })?;
        Ok(Self {
            certified: Arc::new(certified),
            pin,
            not_after,
        })
    }

    /// The pin of the key.
    pub fn pin(&self) -> Pin {
        self.pin
    }

    /// When the certificate ends.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Whether a certificate of our own is so near its end that [`Self::own`] would renew it.
    pub fn is_due_for_renewal(&self) -> bool {
        self.ends_within(RENEW_BEFORE)
    }

    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }

    fn ends_within(&self, time: Duration) -> bool {
        self.not_after < SystemTime::now() + time
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("pin", &self.pin)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

/// Where a server's own key and certificate stand in its folder.
pub fn own_files(dir: &Path) -> PemFiles {
    PemFiles {
        cert: dir.join(CERT_FILE),
        key: dir.join(KEY_FILE),
    }
}

fn own_key(path: &Path) -> Result<KeyPair, CertError> {
    match fs::read_to_string(path) {
        Ok(pem) => KeyPair::from_pem(&pem).map_err(|e| CertError::BadKey {
            path: path.to_owned(),
            reason: e.to_string(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // Browsers take no Ed25519 here, so it is P-256.
            let key =
                KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(CertError::setup)?;
            private::write(path, key.serialize_pem().as_bytes())
                .map_err(|e| CertError::write(path, e))?;
            Ok(key)
        }
        Err(error) => Err(CertError::read(path, error)),
    }
}

fn self_signed(
    key: &KeyPair,
    names: &[String],
    validity: Duration,
) -> Result<rcgen::Certificate, CertError> {
    let mut all = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    for name in names {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    for name in &all {
        CertificateParams::new(vec![name.clone()]).map_err(|_| CertError::BadName(name.clone()))?;
    }
    let mut params = CertificateParams::new(all).map_err(CertError::setup)?;
    params
        .distinguished_name
        .push(DnType::CommonName, COMMON_NAME);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| CertError::Setup("the clock is set before 1970".into()))?;
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(BACKDATED);
    params.not_after = epoch + now + validity;
    params.self_signed(key).map_err(CertError::setup)
}

/// The certificates of a file: at least one.
fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertError> {
    let pem = fs::read(path).map_err(|e| CertError::read(path, e))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|e| bad_certificate(path, e))?;
    if chain.is_empty() {
        return Err(bad_certificate(path, "it holds none"));
    }
    Ok(chain)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, CertError> {
    let pem = fs::read(path).map_err(|e| CertError::read(path, e))?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|e| CertError::BadKey {
        path: path.to_owned(),
        reason: e.to_string(),
    })
}

fn end_of(leaf: &CertificateDer<'_>) -> Result<SystemTime, CertError> {
    let (_, parsed) = X509Certificate::from_der(leaf).map_err(|_| CertError::Unreadable)?;
    let seconds = u64::try_from(parsed.validity().not_after.timestamp()).unwrap_or(0);
    UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .ok_or(CertError::Unreadable)
}

fn bad_certificate(path: &Path, reason: impl fmt::Display) -> CertError {
    CertError::BadCertificate {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        vec!["chat.example.org".into(), "192.0.2.7".into()]
    }

    #[test]
    fn the_pin_stays_over_starts_and_renewals() {
        let dir = tempfile::tempdir().unwrap();
        let tls = dir.path().join("tls");
        let first = Identity::own(&tls, &names()).unwrap();
        let again = Identity::own(&tls, &[]).unwrap();
        let certificate = fs::read(tls.join(CERT_FILE)).unwrap();
        let renewed = Identity::renew(&tls, &names()).unwrap();
        assert_eq!(first.pin(), again.pin());
        assert_eq!(first.pin(), renewed.pin());
        assert_ne!(certificate, fs::read(tls.join(CERT_FILE)).unwrap());
        assert!(!renewed.is_due_for_renewal());
    }

    #[test]
    fn a_certificate_that_ends_soon_is_renewed() {
        let dir = tempfile::tempdir().unwrap();
        let first = Identity::own(dir.path(), &[]).unwrap();
        let files = own_files(dir.path());
        let key = own_key(&files.key).unwrap();
        let ending = self_signed(&key, &[], RENEW_BEFORE - DAY).unwrap();
        fs::write(&files.cert, ending.pem()).unwrap();
        assert!(Identity::from_pem(&files).unwrap().is_due_for_renewal());
        let renewed = Identity::own(dir.path(), &[]).unwrap();
        assert!(!renewed.is_due_for_renewal());
        assert_eq!(renewed.pin(), first.pin());
    }

    #[test]
    fn a_lost_certificate_is_made_anew_and_a_lost_key_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let first = Identity::own(dir.path(), &names()).unwrap();
        fs::remove_file(dir.path().join(CERT_FILE)).unwrap();
        assert_eq!(Identity::own(dir.path(), &[]).unwrap().pin(), first.pin());
        fs::remove_file(dir.path().join(KEY_FILE)).unwrap();
        let error = Identity::own(dir.path(), &[]).unwrap_err();
        assert!(matches!(error, CertError::KeyMissing { .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let tls = dir.path().join("tls");
        Identity::own(&tls, &names()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&tls), 0o700);
        assert_eq!(mode(&tls.join(KEY_FILE)), 0o600);
        assert_eq!(mode(&tls.join(CERT_FILE)), 0o600);
    }

    #[test]
    fn bad_files_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        Identity::own(&one, &[]).unwrap();
        Identity::own(&two, &[]).unwrap();
        let mixed = PemFiles {
            cert: one.join(CERT_FILE),
            key: two.join(KEY_FILE),
        };
        assert!(matches!(
            Identity::from_pem(&mixed),
            Err(CertError::KeyMismatch { .. })
        ));
        let swapped = PemFiles {
            cert: one.join(KEY_FILE),
            key: one.join(CERT_FILE),
        };
        let error = Identity::from_pem(&swapped).unwrap_err().to_string();
        assert!(
            error.contains("key.pem has no usable certificate"),
            "{error}"
        );
        let missing = PemFiles {
            cert: dir.path().join("no.pem"),
            key: one.join(KEY_FILE),
        };
        let error = Identity::from_pem(&missing).unwrap_err().to_string();
        assert!(error.contains("no.pem"), "{error}");
        fs::write(one.join(KEY_FILE), "nonsense").unwrap();
        assert!(matches!(
            Identity::own(&one, &[]),
            Err(CertError::BadKey { .. })
        ));
    }

    #[test]
    fn a_name_that_cannot_be_certified_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = Identity::own(dir.path(), &["bạn.example".into()]).unwrap_err();
        assert!(error.to_string().contains("bạn.example"), "{error}");
    }
}
