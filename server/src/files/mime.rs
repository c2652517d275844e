//! What bytes are, by themselves: never by a name or by what a client says.

use std::fs::File;
use std::io;

use super::upload::beginning;

/// What is no kind that is known.
pub(crate) const OCTET_STREAM: &str = "application/octet-stream";

/// Bytes at the beginning that say what a file is.
const SNIFFED: usize = 8 << 10;

/// What a file is.
pub(super) fn of(file: &File) -> io::Result<&'static str> {
    let mut buffer = vec![0; SNIFFED];
    let read = beginning(file, &mut buffer)?;
    Ok(by_bytes(&buffer[..read]))
}

/// What begins with these bytes. Nothing that a browser could run is ever
/// called what it is.
fn by_bytes(bytes: &[u8]) -> &'static str {
    let kind = infer::get(bytes).map(|kind| kind.mime_type());
    let harmless = |mime: &&str| {
        let (top, sub) = mime.split_once('/').unwrap_or_default();
        let is_text = sub.contains("xml") || sub.contains("html") || sub.contains("script");
        matches!(top, "image" | "audio" | "video" | "application" | "font") && !is_text
    };
    kind.filter(harmless).unwrap_or(OCTET_STREAM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_their_bytes() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(by_bytes(bytes), expected);
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png");
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg");
        check(b"GIF89a..", "image/gif");
        check(b"RIFF\0\0\0\0WEBPVP8 ", "image/webp");
        check(b"%PDF-1.7\n", "application/pdf");
        check(b"PK\x03\x04\x14\0\0\0", "application/zip");
        check(b"\x1f\x8b\x08\0", "application/gzip");
        check(b"<!DOCTYPE html><script>alert(1)</script>", OCTET_STREAM);
        check(b"<html><body>", OCTET_STREAM);
        check(
            b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            OCTET_STREAM,
        );
        check(b"<svg onload=alert(1)>", OCTET_STREAM);
        check(b"#!/bin/sh\necho", OCTET_STREAM);
        check(b"just text", OCTET_STREAM);
        check(b"", OCTET_STREAM);
    }
}
