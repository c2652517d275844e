//! `files` and `delete_file`.

use parlor_protocol::{Code, ErrorLine, Reply};

/// What a server without files lists.
pub(crate) fn none() -> Reply {
    Reply::Files {
        files: Vec::new(),
        more: false,
    }
}

/// The refusal of a file that does not exist, or not for this user.
pub(crate) fn no_such_file(id: &str) -> ErrorLine {
    let shown: String = id.chars().take(64).collect();
    ErrorLine::new(Code::NoSuchFile, format!("There is no file {shown}."))
}
