//! The cookie that carries a browser's session.
//!
//! Its name's prefix makes browsers refuse it from anything but this very host over TLS
//! (RFC 6265bis, 4.1.3.2): no neighbouring host can fix it to a session of its own.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};

/// The cookie's name.
const NAME: &str = "__Host-session";

/// What every form of it ends with. `Lax`: a link from elsewhere opens the
/// pages signed in, while no page of another site can post by it.
const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Lax";

/// Characters of a token, which is base64url.
const TOKEN_CHARS: usize = 43;

/// The token that a browser sends. A browser sends a name once; where it
/// comes more often somebody meddled, and none of them is believed.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let mut found = None;
    for value in headers.get_all(COOKIE) {
        for pair in value.to_str().ok()?.split(';') {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if name.trim() != NAME {
                continue;
            }
            if found.is_some() {
                return None;
            }
            found = Some(value.trim());
        }
    }
    found.filter(|token| is_token(token))
}

fn is_token(text: &str) -> bool {
    text.len() == TOKEN_CHARS
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// `Set-Cookie` for a token that is good for so many seconds.
pub(crate) fn set(token: &str, seconds: u64) -> HeaderValue {
    header(&format!("{NAME}={token}{ATTRIBUTES}; Max-Age={seconds}"))
}

/// `Set-Cookie` that takes the cookie away.
pub(crate) fn clear() -> HeaderValue {
    header(&format!("{NAME}={ATTRIBUTES}; Max-Age=0"))
}

fn header(text: &str) -> HeaderValue {
    // A token has characters of base64url alone.
    let mut value = HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""));
    // It is kept out of HTTP/2's table of known headers, whose compression
    // would otherwise let lengths speak of it (RFC 7541, 7.1.3).
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL0-_9x";

    #[test]
    fn hostile_and_honest_cookies() {
        let check = |cookies: &[&str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for value in cookies {
                headers.append(COOKIE, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            assert_eq!(token(&headers), expected, "{cookies:?}");
        };
        let ours = format!("{NAME}={TOKEN}");
        check(&[&ours], Some(TOKEN));
        check(&[&format!("a=b; {ours}; c=d")], Some(TOKEN));
        check(&[&format!("a=b;{ours}")], Some(TOKEN));
        check(&["a=b", &ours], Some(TOKEN));
        check(&[&format!("theme; =x; {ours};")], Some(TOKEN));
        check(&[], None);
        check(&[""], None);
        check(&["session=x"], None);
        check(&[&format!("{NAME}=")], None);
        check(&[NAME], None);
        check(&[&format!("{NAME}={TOKEN}x")], None);
        check(&[&format!("{NAME}=\"{TOKEN}\"")], None);
        check(&[&format!("{NAME}={}", TOKEN.replace('x', "é"))], None);
        check(&[&format!("{ours}; {ours}")], None);
        check(&[&ours, &format!("{NAME}=other")], None);
        check(&[&format!("{}={TOKEN}", NAME.to_lowercase())], None);
        check(&[&format!("x{ours}")], None);
    }

    #[test]
    fn what_browsers_are_told_to_keep() {
        assert_eq!(
            set("T", 60),
            "__Host-session=T; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
        );
        assert_eq!(
            clear(),
            "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
        );
        assert!(set("T", 60).is_sensitive());
    }
}
