//! What a file is, as far as its name and its first bytes say.

use parlor_protocol::File;

/// What a file is, for its icon and for the list's filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FileKind {
    /// A picture or a video.
    Picture,
    /// Text, tables, slides, PDF.
    Document,
    /// Several files in one.
    Archive,
    /// A key or certificate.
    Key,
    /// Anything else.
    Other,
}

const PICTURES: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "heic", "avif", "tif", "tiff", "mp4", "mkv",
    "webm", "mov", "avi",
];
const DOCUMENTS: &[&str] = &[
    "pdf", "txt", "md", "csv", "tsv", "odt", "ods", "odp", "doc", "docx", "xls", "xlsx", "ppt",
    "pptx", "rtf", "html", "json", "toml", "yaml", "yml", "xml", "log", "tex", "epub",
];
const ARCHIVES: &[&str] = &[
    "zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "iso",
];
const KEYS: &[&str] = &["pub", "pem", "key", "crt", "cer", "asc", "gpg"];
/// What a system may run when it is opened. Such a file is shown in its folder, where its
/// owner decides, and never opened by a click in a talk.
const RUN: &[&str] = &[
    "exe",
    "com",
    "bat",
    "cmd",
    "msi",
    "scr",
    "ps1",
    "vbs",
    "js",
    "jse",
    "wsf",
    "hta",
    "lnk",
    "reg",
    "jar",
    "sh",
    "bash",
    "run",
    "bin",
    "desktop",
    "appimage",
    "deb",
    "rpm",
    "flatpakref",
    "app",
    "command",
    "pkg",
    "dmg",
    "py",
    "pl",
    "rb",
    "url",
];

/// The media types that the app shows by itself.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

impl FileKind {
    /// What a file of this name is.
    pub(crate) fn of_name(name: &str) -> Self {
        let Some(extension) = extension(name) else {
            return Self::Other;
        };
        let is = |all: &[&str]| all.contains(&extension.as_str());
        match () {
            () if is(PICTURES) => Self::Picture,
            () if is(DOCUMENTS) => Self::Document,
            () if is(ARCHIVES) => Self::Archive,
            () if is(KEYS) => Self::Key,
            () => Self::Other,
        }
    }

    /// What a kept file is: by its bytes where the server knows them, else by its name.
    pub(crate) fn of(file: &File) -> Self {
        match file.mime.as_str() {
            mime if mime.starts_with("image/") || mime.starts_with("video/") => Self::Picture,
            "application/pdf" => Self::Document,
            _ => Self::of_name(&file.name),
        }
    }
}

/// The last part of a name behind a point, in lower case; `None` if it is no word of
/// a few letters and digits.
fn extension(name: &str) -> Option<String> {
    let (stem, last) = name.rsplit_once('.')?;
    let is_word = !stem.is_empty()
        && (1..=10).contains(&last.len())
        && last.chars().all(|c| c.is_ascii_alphanumeric());
    is_word.then(|| last.to_ascii_lowercase())
}

/// What stands for a file's kind in a line of words: its extension, as `CSV`.
pub(crate) fn label(name: &str) -> Option<String> {
    extension(name).map(|extension| extension.to_ascii_uppercase())
}

/// Whether the app can show it by itself. By its bytes alone: a name may say anything.
pub(crate) fn is_shown(file: &File) -> bool {
    SHOWN.contains(&file.mime.as_str())
}

/// Whether a click may open it: nothing that a system would run.
pub(crate) fn may_open(name: &str) -> bool {
    extension(name).is_none_or(|extension| !RUN.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_names() {
        let check = |name: &str, expected| assert_eq!(FileKind::of_name(name), expected, "{name}");
        check("bench-rig.PNG", FileKind::Picture);
        check("bench-rig-2.mp4", FileKind::Picture);
        check("固件测试报告-11月.pdf", FileKind::Document);
        check("firmware-2.3.tar.zst", FileKind::Archive);
        check("release-2.3.pub", FileKind::Key);
        check(".png", FileKind::Other);
        check("README", FileKind::Other);
        check("v2.3 final", FileKind::Other);
    }

    #[test]
    fn what_would_run_is_not_opened() {
        for name in ["a.exe", "Invoice.pdf.EXE", "x.desktop", "x.sh", "a.JAR"] {
            assert!(!may_open(name), "{name}");
        }
        for name in ["a.pdf", "a", "notes.md"] {
            assert!(may_open(name), "{name}");
        }
    }

    #[test]
    fn only_what_the_bytes_say_is_shown() {
        let mut file = crate::model::transfers::file("f", "a.png", 1);
        assert!(!is_shown(&file));
        assert_eq!(FileKind::of(&file), FileKind::Picture);
        file.mime = "image/webp".into();
        assert!(is_shown(&file));
        assert_eq!(label("x.tar.gz").as_deref(), Some("GZ"));
        assert_eq!(label("x"), None);
    }
}
