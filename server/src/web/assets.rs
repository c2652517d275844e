//! What belongs to the pages and never changes while the program runs: styles,
//! scripts, fonts, icons, and the texts for the scripts.
//!
//! Everything stands under `/assets/VERSION/`, where VERSION is a hash over all of it.
//! So scripts may name each other by relative paths, and browsers may keep it
//! for good: whatever changes comes under another name.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::catalogue::Catalogue;
use super::language::Language;
use crate::http::failed::Failed;

#[derive(RustEmbed)]
#[folder = "../assets/web"]
struct Files;

/// Templates are no assets.
const TEMPLATES: &str = "pages/";

/// Bytes of the hash that make a version; 48 bits tell builds of one server apart.
const VERSION_BYTES: usize = 6;

/// What must be larger than this to be compressed: less fits one packet anyway.
const SMALL: usize = 1_024;

/// How hard brotli tries, of 11: each file is compressed once in a server's life.
const BROTLI_QUALITY: u32 = 9;

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::read);

/// `/assets/VERSION/`, with which every address of an asset begins.
pub(crate) fn base() -> &'static str {
    &ASSETS.base
}

#[derive(Debug)]
struct Assets {
    base: String,
    version: String,
    files: HashMap<String, Packed>,
}

/// A text or file with its compressed forms, each made when first asked for.
#[derive(Debug)]
pub(crate) struct Packed {
    kind: HeaderValue,
    plain: Bytes,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Assets {
    fn read() -> Self {
        let mut files = HashMap::new();
        for name in Files::iter().filter(|name| !name.starts_with(TEMPLATES)) {
            if let (Some(kind), Some(file)) = (kind(&name), Files::get(&name)) {
                let bytes = Bytes::from(file.data.into_owned());
                files.insert(name.into_owned(), Packed::new(kind, bytes));
            }
        }
        for language in Language::ALL {
            let name = format!("locales/{}.ftl", language.tag());
            let source = Bytes::from_static(Catalogue::of(language).source().as_bytes());
            files.insert(name, Packed::new("text/plain; charset=utf-8", source));
        }
        let version = version(&files);
        Self {
            base: format!("/assets/{version}/"),
            version,
            files,
        }
    }
}

fn version(files: &HashMap<String, Packed>) -> String {
    let mut names: Vec<&String> = files.keys().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        let bytes = &files[name].plain;
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    let hash = hash.finalize();
    let bytes = hash.iter().take(VERSION_BYTES);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The type of a file by its name; `None` for what no page needs.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

impl Packed {
    /// Bytes of a type.
    pub(crate) fn new(kind: &'static str, plain: Bytes) -> Self {
        Self {
            kind: HeaderValue::from_static(kind),
            plain,
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    fn is_compressible(&self) -> bool {
        let kind = self.kind.as_bytes();
        let text = [&b"text/"[..], b"image/svg", b"application/"];
        self.plain.len() > SMALL && text.iter().any(|start| kind.starts_with(start))
    }

    /// A response with these bytes, in a coding that the client takes.
    pub(crate) fn respond(&self, asked: &HeaderMap) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, self.kind.clone());
        if !self.is_compressible() {
            return (headers, self.plain.clone()).into_response();
        }
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        let body = if accepts(asked, "br") {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            self.brotli.get_or_init(|| brotli(&self.plain))
        } else if accepts(asked, "gzip") {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            self.gzip.get_or_init(|| gzip(&self.plain))
        } else {
            &self.plain
        };
        (headers, body.clone()).into_response()
    }
}

/// Whether a client names a coding, and not as one that it refuses (RFC 9110, 12.5.3).
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let values = asked.get_all(ACCEPT_ENCODING).iter();
    let codings = values.filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().trim_start_matches("q=").parse() == Ok(0.0);
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

fn brotli(plain: &[u8]) -> Bytes {
    /// Bytes handed on at once.
    const BUFFER: usize = 4_096;
    /// The window, 2 to this power; 22 is what browsers expect at most.
    const WINDOW: u32 = 22;
    let mut packed = brotli::CompressorWriter::new(Vec::new(), BUFFER, BROTLI_QUALITY, WINDOW);
    // Writing into memory cannot fail.
    let _ = packed.write_all(plain);
    packed.into_inner().into()
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let _ = packed.write_all(plain);
    packed.finish().unwrap_or_default().into()
}

/// `GET /assets/VERSION/NAME`.
pub(crate) async fn get(
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let file = ASSETS.files.get(&name);
    match file.filter(|_| version == ASSETS.version) {
        Some(file) => ([(CACHE_CONTROL, FOREVER)], file.respond(&headers)).into_response(),
        None => {
            let message = "There is no such file here. Load the page again.";
            Failed::new(StatusCode::NOT_FOUND, "no_such_page", message).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn codings_that_are_taken() {
        let check = |asked: &str, coding: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, asked.parse().unwrap());
            assert_eq!(accepts(&headers, coding), expected, "{asked}");
        };
        check("gzip, deflate, br", "br", true);
        check("gzip;q=0.5, BR;q=1.0", "br", true);
        check("gzip, br;q=0", "br", false);
        check("br; q=0.0", "br", false);
        check("brotli", "br", false);
        check("", "gzip", false);
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn packed_bytes_unpack_to_the_same() {
        let text: String = (0..500).map(|n| format!("line {n}\n")).collect();
        let mut back = Vec::new();
        let packed = brotli(text.as_bytes());
        brotli::Decompressor::new(&packed[..], 4_096)
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, text.as_bytes());
        back.clear();
        let packed = gzip(text.as_bytes());
        flate2::read::GzDecoder::new(&packed[..])
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, text.as_bytes());
    }

    #[test]
    fn every_asset_has_a_type_and_templates_are_none() {
        for name in Files::iter() {
            let known = kind(&name).is_some();
            let aside =
                name.starts_with(TEMPLATES) || name.ends_with(".md") || name.ends_with("/LICENSE");
            assert!(known || aside, "{name}");
        }
        assert!(ASSETS.files.keys().all(|name| !name.ends_with(".html")));
        assert!(ASSETS.files.contains_key("locales/vi.ftl"));
    }

    #[test]
    fn a_version_changes_with_any_byte_and_name() {
        let of = |name: &str, bytes: &'static [u8]| {
            let packed = Packed::new("text/css", Bytes::from_static(bytes));
            version(&HashMap::from([(name.to_owned(), packed)]))
        };
        assert_eq!(of("a", b"x"), of("a", b"x"));
        assert_ne!(of("a", b"x"), of("a", b"y"));
        assert_ne!(of("a", b"x"), of("b", b"x"));
        assert_ne!(of("a", b"\0x"), of("a\0", b"x"));
    }
}
