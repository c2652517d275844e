//! `Content-Disposition` (RFC 6266): a file's name for whoever saves it.

use axum::http::HeaderValue;

/// The field for a file of this name: it is saved, never shown. The name
/// stands twice, in ASCII for the old, and whole as RFC 8187 has it.
pub(super) fn attachment(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    let mut value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            value.push(char::from(byte));
        } else {
            value.push_str(&format!("%{byte:02X}"));
        }
    }
    // Only visible ASCII was put in.
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script() {
        let check = |name: &str, expected: &str| {
            let value = attachment(name);
            let rest = value.to_str().unwrap().strip_prefix("attachment; ");
            assert_eq!(rest, Some(expected));
        };
        check(
            "report.pdf",
            "filename=\"report.pdf\"; filename*=UTF-8''report.pdf",
        );
        check(
            "two words.txt",
            "filename=\"two words.txt\"; filename*=UTF-8''two%20words.txt",
        );
        check(
            "会.pdf",
            "filename=\"_.pdf\"; filename*=UTF-8''%E4%BC%9A.pdf",
        );
        check(
            "a\"; filename=\"b.exe",
            "filename=\"a_; filename=_b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe",
        );
        check(
            "50%.txt",
            "filename=\"50_.txt\"; filename*=UTF-8''50%25.txt",
        );
        check("a\r\nb", "filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab");
    }
}
