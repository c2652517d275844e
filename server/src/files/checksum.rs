//! What a client says its bytes hash to: `Upload-Checksum` of tus.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

/// The algorithms, as `Tus-Checksum-Algorithm` lists them.
pub(crate) const ALGORITHMS: &str = "sha1,sha256,blake3";

/// A checksum as it is counted up.
#[derive(Debug, Clone)]
pub(crate) struct Digest {
    state: State,
    expected: Vec<u8>,
}

#[derive(Debug, Clone)]
enum State {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Blake3(Box<blake3::Hasher>),
}

/// Why a checksum cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadChecksum {
    /// It is not an algorithm, a space, and base64.
    Form,
    /// The algorithm is none of [`ALGORITHMS`].
    Algorithm,
}

impl Digest {
    /// Reads the header's value.
    pub(crate) fn read(value: &str) -> Result<Self, BadChecksum> {
        let (algorithm, sum) = value.trim().split_once(' ').ok_or(BadChecksum::Form)?;
        let (state, length) = match algorithm {
            "sha1" => (State::Sha1(sha1::Sha1::new()), 20),
            "sha256" => (State::Sha256(sha2::Sha256::new()), 32),
            "blake3" => (State::Blake3(Box::default()), 32),
            _ => return Err(BadChecksum::Algorithm),
        };
        let expected = STANDARD.decode(sum.trim()).map_err(|_| BadChecksum::Form)?;
        if expected.len() != length {
            return Err(BadChecksum::Form);
        }
        Ok(Self { state, expected })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Blake3(state) => {
                state.update(bytes);
            }
        }
    }

    /// Whether the bytes are those that the client meant.
    pub(super) fn fits(self) -> bool {
        match self.state {
            State::Sha1(state) => state.finalize().as_slice() == self.expected,
            State::Sha256(state) => state.finalize().as_slice() == self.expected,
            State::Blake3(state) => state.finalize().as_bytes() == self.expected.as_slice(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_read_and_checked() {
        let check = |value: &str, expected: Result<bool, BadChecksum>| {
            let found = Digest::read(value).map(|mut digest| {
                digest.update(b"hello ");
                digest.update(b"world");
                digest.fits()
            });
            assert_eq!(found, expected, "{value}");
        };
        check("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", Ok(true));
        check("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu8=", Ok(false));
        check(
            "sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
            Ok(true),
        );
        let blake3 = STANDARD.encode(blake3::hash(b"hello world").as_bytes());
        check(&format!("blake3 {blake3}"), Ok(true));
        check("sha1 abcd", Err(BadChecksum::Form));
        check("sha1 !!!!", Err(BadChecksum::Form));
        check("sha1", Err(BadChecksum::Form));
        check("", Err(BadChecksum::Form));
        check("md5 XrY7u+Ae7tCTyyK7j1rNww==", Err(BadChecksum::Algorithm));
        check(
            "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
            Err(BadChecksum::Algorithm),
        );
    }
}
