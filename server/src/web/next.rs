//! Where somebody wanted to go who had to sign in first.
//!
//! It comes back in addresses that anybody can write, so it is believed only
//! where it names a page of this server: then it cannot lead elsewhere, however a
//! browser reads it.

/// Bytes of such an address.
const MAX_BYTES: usize = 1_024;

/// The pages one may be led back to.
const PAGES: [&str; 5] = ["/", "/index.html", "/chat.html", "/files.html", "/join"];

/// A page of this server, with its query.
pub(crate) fn page(wish: &str) -> Option<&str> {
    let (path, query) = wish.split_once('?').unwrap_or((wish, ""));
    let is_page = PAGES.contains(&path) || is_file(path);
    let is_query = |b: u8| b.is_ascii_graphic() && !b"#\\\"<>`'".contains(&b);
    (is_page && query.bytes().all(is_query) && wish.len() <= MAX_BYTES).then_some(wish)
}

fn is_file(path: &str) -> bool {
    path.strip_prefix("/files/").is_some_and(|id| {
        id.len() == parlor_protocol::limits::FILE_ID_CHARS
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    })
}

/// The sign-in page that leads on to where one wanted to go.
pub(crate) fn sign_in(wish: &str) -> String {
    match page(wish) {
        None | Some("/" | "/index.html") => "/login.html".to_owned(),
        Some(page) => {
            let page: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
            format!("/login.html?next={page}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server() {
        let check = |wish: &str, good: bool| {
            assert_eq!(page(wish), good.then_some(wish), "{wish:?}");
        };
        check("/", true);
        check("/chat.html", true);
        check("/chat.html?room=thi%E1%BA%BFt-k%E1%BA%BF&at=12", true);
        check("/join?invite=abc", true);
        check("/files/AAAAAAAAAAAAAAAAAAAAAA", true);
        check("/files/AAAAAAAAAAAAAAAAAAAAA/", false);
        check("/files/", false);
        check("", false);
        check("chat.html", false);
        check("//evil.example", false);
        check("//evil.example/chat.html", false);
        check("///evil.example", false);
        check("/\\evil.example", false);
        check("\\\\evil.example", false);
        check("/%2fevil.example", false);
        check("/%5cevil.example", false);
        check("%2f%2fevil.example", false);
        check("https://evil.example/chat.html", false);
        check("https:evil.example", false);
        check("javascript:alert(1)", false);
        check("data:text/html,x", false);
        check("/..//evil.example", false);
        check("/chat.html/..//evil.example", false);
        check("/\t/evil.example", false);
        check("/chat.html\r\nSet-Cookie: x=y", false);
        check("/chat.html?\r\nSet-Cookie:x=y", false);
        check("/chat.html?\0", false);
        check("/chat.html?a b", false);
        check("/chat.html?<script>", false);
        check("/chat.html?\"onload=", false);
        check("/chat.html#x", false);
        check("/chat.html?x#y", false);
        check("/chat.html?é", false);
        check(" /chat.html", false);
        check("/logout", false);
        check("/login", false);
        check("@evil.example", false);
        check(&format!("/chat.html?{}", "x".repeat(MAX_BYTES)), false);
    }

    #[test]
    fn the_way_to_the_sign_in() {
        let check = |wish: &str, expected: &str| assert_eq!(sign_in(wish), expected, "{wish}");
        check("/", "/login.html");
        check("/index.html", "/login.html");
        check("//evil.example", "/login.html");
        check("/chat.html", "/login.html?next=%2Fchat.html");
        check(
            "/chat.html?a=b&c",
            "/login.html?next=%2Fchat.html%3Fa%3Db%26c",
        );
    }
}
