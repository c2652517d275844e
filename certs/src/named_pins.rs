//! Pins by the name under which a server is asked for, changed while connections are made.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;

use crate::Pin;
use crate::verifier::NamedPinVerifier;

/// Which keys a server may show, by the name under which it is asked for. Cheap to clone: the
/// copies are one map, so that a TLS configuration that was handed out follows what is set later.
#[derive(Debug, Clone, Default)]
pub struct NamedPins(Arc<RwLock<BTreeMap<String, Vec<Pin>>>>);

impl NamedPins {
    /// Pins these keys, and no others, to a name.
    pub fn set(&self, name: &str, pins: Vec<Pin>) {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(name.to_owned(), pins);
    }

    /// Trusts nobody under a name any more.
    pub fn remove(&self, name: &str) {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        map.remove(name);
    }

    /// The keys that are pinned to a name; empty if it is nobody's.
    pub fn of(&self, name: &str) -> Vec<Pin> {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        map.get(name).cloned().unwrap_or_default()
    }

    /// What looks at a server's certificate by these pins, for those who make their own
    /// TLS configuration of it.
    pub fn verifier(&self, provider: &CryptoProvider) -> Arc<dyn ServerCertVerifier> {
        Arc::new(NamedPinVerifier::new(self.clone(), provider))
    }
}
