//! A device as a stranger would make one from the protocol's page alone: an
//! Ed25519 key, a card, and keys that it signs. Nobody can open what is sealed with these.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::parlord::Parlord;
use crate::wire::Wire;

/// Bytes as the wire has them.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes from the wire.
///
/// # Panics
///
/// When the text is none.
pub fn decode(text: &Value) -> Vec<u8> {
    let text = text.as_str().expect("base64url is a string");
    URL_SAFE_NO_PAD.decode(text).expect("it is base64url")
}

/// Whether a signature over a context, a zero byte and a message is this key's.
pub fn verifies(key: &Value, context: &str, message: &[u8], signature: &Value) -> bool {
    let message = [context.as_bytes(), &[0], message].concat();
    UnparsedPublicKey::new(&ED25519, decode(key))
        .verify(&message, &decode(signature))
        .is_ok()
}

/// A device. Its keys follow from its name.
#[derive(Debug)]
pub struct Device {
    name: String,
    key: Ed25519KeyPair,
    made: u32,
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

impl Device {
    /// The device of this name.
    ///
    /// # Panics
    ///
    /// Never: any 32 bytes are a key.
    pub fn new(name: &str) -> Self {
        let seed = hash(&format!("device {name}"));
        Self {
            name: name.to_owned(),
            key: Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes are a key"),
            made: 0,
        }
    }

    /// Its id.
    pub fn id(&self) -> String {
        let key = self.key.public_key().as_ref();
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Its signature over a context, a zero byte and a message.
    pub fn sign(&self, context: &str, message: &[u8]) -> String {
        let message = [context.as_bytes(), &[0], message].concat();
        encode(self.key.sign(&message).as_ref())
    }

    /// Its card, of this moment.
    pub fn card(&self, username: &str) -> Value {
        json!({
            "v": 1,
            "username": username,
            "device": self.id(),
            "label": self.name,
            "olm_curve25519": encode(&hash(&format!("curve {}", self.name))),
            "olm_ed25519": encode(&hash(&format!("olm {}", self.name))),
            "issued": "2026-11-20T15:32:28.123Z",
        })
    }

    /// A key under a signature in this context.
    pub fn key(&mut self, context: &str) -> Value {
        self.made += 1;
        let key = hash(&format!("key {} {}", self.name, self.made));
        json!({"key": encode(&key), "sig": self.sign(context, &key)})
    }

    /// The request that makes it known, with so many one-time keys.
    pub fn publication(&mut self, username: &str, keys: usize) -> Value {
        let card = self.card(username);
        self.publication_of(&card, keys)
    }

    /// The same with any card.
    pub fn publication_of(&mut self, card: &Value, keys: usize) -> Value {
        let card = card.to_string();
        let keys: Vec<Value> = (0..keys).map(|_| self.key("parlor-key-1")).collect();
        json!({
            "type": "publish_device",
            "card": encode(card.as_bytes()),
            "device_sig": self.sign("parlor-card-1", card.as_bytes()),
            "one_time_keys": keys,
            "fallback_key": self.key("parlor-fallback-1"),
        })
    }

    /// Makes it known as the device of a connection's session.
    pub fn publish(&mut self, wire: &mut Wire, keys: usize) -> Value {
        let request = self.publication(&wire.username(), keys);
        wire.get("device", request)
    }
}

/// The request that leaves something for a device.
pub fn hold(to: &str, device: &Device, id: &str, body: &[u8]) -> Value {
    let (device, body) = (device.id(), encode(body));
    json!({"type": "hold", "to": to, "device": device, "id": id, "body": body})
}

/// A new user whose session is a device, with so many one-time keys.
pub fn person(server: &Parlord, name: &str, keys: usize) -> (Wire, Device) {
    let mut wire = Wire::register(server, name);
    let mut device = Device::new(&format!("{name}-laptop"));
    device.publish(&mut wire, keys);
    (wire, device)
}
