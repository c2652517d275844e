//! Names and codes that nobody can guess.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor_protocol::names;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes, or no server can run on it");
    bytes
}

/// A session's token: 256 bits, as 43 characters of base64url.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// An invite's code: 128 bits, as 22 characters of base64url.
pub(crate) fn invite_code() -> String {
    URL_SAFE_NO_PAD.encode(random::<16>())
}

/// A file's id: 128 bits, as 22 characters of base64url.
pub(crate) fn file_id() -> String {
    URL_SAFE_NO_PAD.encode(random::<16>())
}

/// A guest's username.
pub(crate) fn guest_name() -> String {
    format!(
        "{}{}",
        names::GUEST_PREFIX,
        letters(names::GUEST_RANDOM_CHARS)
    )
}

/// A direct room's name.
pub(crate) fn direct_name() -> String {
    format!("~{}", letters(16))
}

/// So many letters and digits, each as likely as any other.
fn letters(count: usize) -> String {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        for byte in random::<32>() {
            // 252 is the largest multiple of 36 in a byte; beyond it the first letters would be likelier.
            if byte < 252 && text.len() < count {
                text.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_their_forms() {
        assert_eq!(token().len(), 43);
        assert_eq!(invite_code().len(), 22);
        assert_eq!(file_id().len(), parlor_protocol::limits::FILE_ID_CHARS);
        assert!(names::is_guest(&guest_name()));
        let guest = guest_name();
        assert_eq!(names::username(&guest), Some(guest));
        assert!(names::is_direct_room_name(&direct_name()));
        assert_ne!(token(), token());
    }
}
