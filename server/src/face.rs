//! How a server looks from outside: its address, its pin, its link.

use std::net::SocketAddr;

use parlor_certs::{Address, Link, Pin, ServerTls};

use crate::config::Config;
use crate::reachable::reachable;

/// How a server looks from outside. The pin follows the certificate.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    address: Address,
    tls: ServerTls,
    next_pins: Vec<Pin>,
}

impl Face {
    /// The face of a server that listens there.
    pub(crate) fn new(config: &Config, listening: SocketAddr, tls: ServerTls) -> Self {
        let address = config.public_address.clone();
        Self {
            address: address.unwrap_or_else(|| reachable(listening)),
            tls,
            next_pins: config.tls.next_pins.clone(),
        }
    }

    /// The pin of the key shown now.
    pub(crate) fn pin(&self) -> Pin {
        self.tls.pin()
    }

    /// The pins of keys to come.
    pub(crate) fn next_pins(&self) -> &[Pin] {
        &self.next_pins
    }

    /// The link, without an invite: the present pin, and those to come.
    pub(crate) fn link(&self) -> Link {
        let link = Link::new(self.address.clone()).with_pin(self.pin());
        self.next_pins
            .iter()
            .fold(link, |link, pin| link.with_pin(*pin))
    }
}
