//! The form of a sealed file: a nonce of 19 bytes, then pieces of 64 KiB, each with its tag,
//! by XChaCha20-Poly1305 in STREAM-BE32. The last piece is marked as the last, so that nothing can be cut off;
//! an empty file is one empty piece.
//!
//! The 24 bytes of a piece's nonce are those 19, its number (big-endian), and 1 for the last piece. Of these XChaCha20
//! makes by the first 16 another key, and uses the last 8: the key is one for the whole file.

use chacha20::hchacha;
use parlor_protocol::signature;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Bytes of the file in a piece; the last one has what is left.
pub(super) const PIECE: usize = 64 * 1024;

/// Bytes of a piece's tag.
pub(super) const TAG: usize = 16;

/// Bytes of a whole piece, sealed.
pub(super) const SEALED_PIECE: usize = PIECE + TAG;

/// Bytes of the nonce in front.
pub(super) const NONCE: usize = 19;

/// For what the nonce is derived from the key. BLAKE3 asks for such a name.
const NONCE_CONTEXT: &str = "parlor 2026-11-28 nonce of a sealed file";

/// A piece that was not sealed by the key, or not at this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not sealed by this key")]
pub(super) struct NotSealed;

/// The key of one sealed file. It cannot be printed.
#[derive(Clone)]
pub(super) struct SealKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl SealKey {
    /// A new key. One serves for one upload of one file.
    pub(super) fn new() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        crate::random::fill(&mut *key);
        Self(key)
    }

    /// The key of a text, as it travels in an offer.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(signature::decode(text).ok()?);
        let mut key = Zeroizing::new([0; 32]);
        (bytes.len() == key.len()).then(|| key.copy_from_slice(&bytes))?;
        Some(Self(key))
    }

    /// As it travels.
    pub(super) fn encode(&self) -> String {
        signature::encode(&*self.0)
    }

    /// The nonce of what is sealed here. It may follow from the key, for nothing else is ever sealed by it; so an upload
    /// that was broken off goes on with the same bytes.
    pub(super) fn nonce(&self) -> [u8; NONCE] {
        let derived = blake3::derive_key(NONCE_CONTEXT, &*self.0);
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&derived[..NONCE]);
        nonce
    }
}

/// How many pieces a file of this size has.
pub(super) fn pieces(size: u64) -> u64 {
    size.div_ceil(PIECE as u64).max(1)
}

/// How long a file of this size is once it is sealed.
pub(super) fn sealed_size(size: u64) -> u64 {
    NONCE as u64 + size + pieces(size) * TAG as u64
}

/// Where a piece begins in the sealed file.
pub(super) fn piece_at(piece: u64) -> u64 {
    NONCE as u64 + piece * SEALED_PIECE as u64
}

/// Seals and opens the pieces of one file.
pub(super) struct Cipher {
    key: LessSafeKey,
    /// What the nonces of all pieces have in common, after what made the key.
    common: [u8; 3],
    pieces: u64,
}

impl Cipher {
    /// For a file of this size; `None` if it has more pieces than can be counted.
    pub(super) fn new(key: &SealKey, nonce: &[u8; NONCE], size: u64) -> Option<Self> {
        let pieces = pieces(size);
        u32::try_from(pieces).ok()?;
        let (first, common) = nonce.split_first_chunk::<16>()?;
        let made = hchacha::<chacha20::R20>((&*key.0).into(), first.into());
        let made = Zeroizing::new(<[u8; 32]>::from(made));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &*made).ok()?;
        Some(Self {
            key: LessSafeKey::new(key),
            common: common.try_into().ok()?,
            pieces,
        })
    }

    fn nonce(&self, piece: u64) -> Result<Nonce, NotSealed> {
        let number = u32::try_from(piece).map_err(|_| NotSealed)?;
        let mut nonce = [0; 12];
        nonce[4..7].copy_from_slice(&self.common);
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(piece + 1 == self.pieces);
        Ok(Nonce::assume_unique_for_key(nonce))
    }

    /// Seals a piece in its buffer.
    pub(super) fn seal(&self, piece: u64, buffer: &mut Vec<u8>) -> Result<(), NotSealed> {
        let nonce = self.nonce(piece)?;
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), buffer)
            .map_err(|_| NotSealed)
    }

    /// Opens a piece in its buffer.
    pub(super) fn open(&self, piece: u64, buffer: &mut Vec<u8>) -> Result<(), NotSealed> {
        let nonce = self.nonce(piece)?;
        let opened = self
            .key
            .open_in_place(nonce, Aad::empty(), buffer)
            .map_err(|_| NotSealed)?
            .len();
        buffer.truncate(opened);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aead_stream::{DecryptorBE32, EncryptorBE32};
    use chacha20poly1305::aead::AeadInOut as _;
    use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};

    use super::*;

    fn key() -> SealKey {
        let bytes: [u8; 32] = std::array::from_fn(|n| n as u8);
        SealKey::read(&signature::encode(&bytes)).unwrap()
    }

    fn text(size: usize) -> Vec<u8> {
        (0..size).map(|n| (n % 251) as u8).collect()
    }

    fn seal(size: usize) -> Vec<u8> {
        let cipher = Cipher::new(&key(), &key().nonce(), size as u64).unwrap();
        let mut sealed = key().nonce().to_vec();
        let text = text(size);
        let mut parts: Vec<&[u8]> = text.chunks(PIECE).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        for (n, part) in parts.iter().enumerate() {
            let mut piece = part.to_vec();
            cipher.seal(n as u64, &mut piece).unwrap();
            assert_eq!(sealed.len() as u64, piece_at(n as u64));
            sealed.extend_from_slice(&piece);
        }
        sealed
    }

    #[test]
    fn the_form_is_that_of_others() {
        // What is sealed here is opened by the construction's own decryptor, and its first piece by the
        // cipher alone with the nonce spelt out: prefix, counter, and the mark of the last.
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let sealed = seal(size);
            assert_eq!(sealed.len() as u64, sealed_size(size as u64));
            let nonce: [u8; NONCE] = sealed[..NONCE].try_into().unwrap();
            let mut theirs =
                DecryptorBE32::<XChaCha20Poly1305>::new((&*key().0).into(), (&nonce).into());
            let mut opened = Vec::new();
            let mut parts = sealed[NONCE..].chunks(SEALED_PIECE).peekable();
            loop {
                let part = parts.next().unwrap();
                if parts.peek().is_none() {
                    opened.extend(theirs.decrypt_last(part).unwrap());
                    break;
                }
                opened.extend(theirs.decrypt_next(part).unwrap());
            }
            assert!(opened == text(size), "{size}");
            let is_last = u8::from(size <= PIECE);
            let whole: [u8; 24] = [&nonce[..], &[0, 0, 0, 0, is_last]]
                .concat()
                .try_into()
                .unwrap();
            let cipher = XChaCha20Poly1305::new((&*key().0).into());
            let mut first = sealed[NONCE..]
                .chunks(SEALED_PIECE)
                .next()
                .unwrap()
                .to_vec();
            cipher
                .decrypt_in_place((&whole).into(), b"", &mut first)
                .unwrap();
            assert!(first == text(size)[..size.min(PIECE)], "{size}");
        }
    }

    #[test]
    fn what_others_sealed_is_opened() {
        let nonce = [9; NONCE];
        let size = PIECE + 7;
        let mut theirs =
            EncryptorBE32::<XChaCha20Poly1305>::new((&*key().0).into(), (&nonce).into());
        let mut first = theirs.encrypt_next(&text(size)[..PIECE]).unwrap();
        let mut second = theirs.encrypt_last(&text(size)[PIECE..]).unwrap();
        let cipher = Cipher::new(&key(), &nonce, size as u64).unwrap();
        // From any piece on.
        cipher.open(1, &mut second).unwrap();
        cipher.open(0, &mut first).unwrap();
        assert!([first, second].concat() == text(size));
    }

    #[test]
    fn nothing_can_be_cut_off_moved_or_changed() {
        let sealed = seal(2 * PIECE);
        let nonce = key().nonce();
        let piece = |n: usize| {
            let at = NONCE + n * SEALED_PIECE;
            sealed[at..at + SEALED_PIECE].to_vec()
        };
        let check = |size: usize, place: u64, mut piece: Vec<u8>| {
            let cipher = Cipher::new(&key(), &nonce, size as u64).unwrap();
            cipher.open(place, &mut piece).is_ok()
        };
        assert!(check(2 * PIECE, 0, piece(0)) && check(2 * PIECE, 1, piece(1)));
        assert!(!check(PIECE, 0, piece(0)), "the first is not the last");
        assert!(!check(3 * PIECE, 1, piece(1)), "the last is the last");
        assert!(!check(2 * PIECE, 1, piece(0)), "moved");
        let mut changed = piece(0);
        changed[100] ^= 1;
        assert!(!check(2 * PIECE, 0, changed));
        assert!(!check(2 * PIECE, 0, piece(0)[1..].to_vec()));
        assert!(!check(2 * PIECE, 0, Vec::new()));
    }

    #[test]
    fn keys_read_as_they_are_written() {
        let one = SealKey::new();
        let again = SealKey::read(&one.encode()).unwrap();
        assert_eq!(again.nonce(), one.nonce());
        assert_ne!(SealKey::new().nonce(), one.nonce());
        for bad in ["", "AAAA", &"A".repeat(44), "!"] {
            assert!(SealKey::read(bad).is_none(), "{bad}");
        }
    }
}
