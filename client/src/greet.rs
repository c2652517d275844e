//! First contact with a server, before anybody signs in.

use std::sync::Arc;
use std::time::Duration;

use parlor_certs::{Address, Alpn, Link, Pin, TrustDecision, client_config};
use parlor_protocol::reply::Welcome;
use tokio_rustls::rustls::ClientConfig;

use crate::dial::{CONNECT_TIMEOUT, ConnectError, Wire};
use crate::event::{KeyChange, ServerKey};
use crate::home::Home;

/// What a server says to whoever comes, and why it can be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Greeting {
    /// Where it is.
    pub address: Address,
    /// Its name, how one signs in, its bounds.
    pub welcome: Welcome,
    /// The key that it showed.
    pub pin: Pin,
    /// Why it can be trusted.
    pub trust: Trust,
    /// How far away it is.
    pub round_trip: Duration,
}

/// Why a server's key can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The link named it.
    FromLink,
    /// It is the one that was remembered.
    Remembered,
    /// This system's roots vouch for it.
    SystemRoots,
    /// Nothing does yet: show the pin, ask the user once, and on yes call
    /// [`Home::remember`] before signing in. Nothing secret was sent.
    FirstUse,
}

/// Connects to a server and reads what it says first.
///
/// # Errors
///
/// [`ConnectError`]; with [`ConnectError::KeyChanged`] the server shows another key
/// than the one remembered, or than the link's: it was told nothing.
pub async fn greet(home: &Home, link: &Link) -> Result<Greeting, ConnectError> {
    let (wire, trust) = match open_trusted(home, link, CONNECT_TIMEOUT).await {
        Ok(opened) => opened,
        Err(ConnectError::Unconfirmed { shown }) => {
            // Exactly the key that was shown is accepted, only to read the server's first line.
            let config = client_config(parlor_certs::Trust::Pins(vec![shown]), Alpn::Session)?;
            let wire = Wire::open(&link.address, config, CONNECT_TIMEOUT).await?;
            (wire, Trust::FirstUse)
        }
        Err(error) => return Err(error),
    };
    let greeting = Greeting {
        address: link.address.clone(),
        welcome: wire.welcome.clone(),
        pin: wire.pin,
        trust,
        round_trip: wire.round_trip,
    };
    wire.close().await;
    Ok(greeting)
}

/// Connects to a server that can be trusted by its link, by what is remembered,
/// or by the system's roots.
pub(crate) async fn open_trusted(
    home: &Home,
    link: &Link,
    within: Duration,
) -> Result<(Wire, Trust), ConnectError> {
    let known = home.known_servers()?;
    let whom = known.trust(&link.address, &link.pins);
    let remembered = known
        .get(&link.address)
        .is_some_and(|known| !known.pins.is_empty());
    let why = match &whom {
        parlor_certs::Trust::System => Trust::SystemRoots,
        parlor_certs::Trust::Pins(_) if remembered => Trust::Remembered,
        parlor_certs::Trust::Pins(_) => Trust::FromLink,
    };
    let config = client_config(whom, Alpn::Session)?;
    match Wire::open(&link.address, config, within).await {
        Ok(wire) => Ok((wire, why)),
        // The refusal names the pins that the handshake was given; what is
        // remembered may be more, and is what the user should see.
        Err(ConnectError::KeyChanged(change)) => Err(ConnectError::KeyChanged(
            match change
                .shown
                .parse()
                .map(|shown| known.decide(&link.address, shown, &link.pins))
            {
                Ok(TrustDecision::Changed { expected, .. }) => KeyChange {
                    which: ServerKey::Certificate,
                    expected: expected.iter().map(ToString::to_string).collect(),
                    shown: change.shown,
                },
                _ => change,
            },
        )),
        Err(error) => Err(error),
    }
}

/// The TLS configuration of one account's connections, made anew only when
/// what is remembered of the server changes, for it keeps the tickets by which
/// reconnecting is cheap.
#[derive(Debug)]
pub(crate) struct TrustedConfig {
    alpn: Alpn,
    made: Option<(parlor_certs::Trust, Arc<ClientConfig>)>,
}

impl TrustedConfig {
    /// For connections that speak `alpn`.
    pub(crate) fn new(alpn: Alpn) -> Self {
        Self { alpn, made: None }
    }

    pub(crate) fn get(
        &mut self,
        home: &Home,
        address: &Address,
    ) -> Result<Arc<ClientConfig>, ConnectError> {
        let whom = home.known_servers()?.trust(address, &[]);
        if let Some((made_for, config)) = &self.made
            && *made_for == whom
        {
            return Ok(Arc::clone(config));
        }
        let config = client_config(whom.clone(), self.alpn)?;
        self.made = Some((whom, Arc::clone(&config)));
        Ok(config)
    }

    /// Why the server of the configuration given last is trusted.
    pub(crate) fn why(&self) -> Trust {
        match self.made {
            Some((parlor_certs::Trust::System, _)) => Trust::SystemRoots,
            _ => Trust::Remembered,
        }
    }
}
