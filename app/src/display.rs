//! Whether there is a screen to open a window on.

use std::fmt;

/// A screen was found.
#[derive(Debug, Clone, Copy)]
pub struct Display(());

/// There is no screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDisplay;

impl fmt::Display for NoDisplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::locale::tr!("start-no-display"))
    }
}

impl std::error::Error for NoDisplay {}

impl Display {
    /// Looks for a screen by what the session tells every program.
    ///
    /// # Errors
    ///
    /// [`NoDisplay`] where windows need an X or Wayland server and none is
    /// there. Checked before the toolkit starts, which would panic.
    pub fn find() -> Result<Self, NoDisplay> {
        if cfg!(any(target_os = "macos", windows)) || found(|name| std::env::var(name).ok()) {
            Ok(Self(()))
        } else {
            Err(NoDisplay)
        }
    }
}

fn found(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("WAYLAND_SOCKET").is_some() {
        return true;
    }
    if let Some(wayland) = set("WAYLAND_DISPLAY") {
        let path = std::path::Path::new(&wayland).to_owned();
        let path = match set("XDG_RUNTIME_DIR") {
            Some(folder) if !path.is_absolute() => std::path::Path::new(&folder).join(path),
            _ => path,
        };
        if path.exists() {
            return true;
        }
    }
    set("DISPLAY").is_some_and(|display| x_answers(&display))
}

/// Whether the X server of `display` accepts connections. Those on other
/// machines are left to the toolkit.
#[cfg(unix)]
fn x_answers(display: &str) -> bool {
    let Some((host, number)) = display.rsplit_once(':') else {
        return false;
    };
    if !(host.is_empty() || host == "unix") {
        return true;
    }
    let number = number.split('.').next().unwrap_or_default();
    let path = format!("/tmp/.X11-unix/X{number}");
    if std::os::unix::net::UnixStream::connect(&path).is_ok() {
        return true;
    }
    abstract_socket_answers(&path)
}

#[cfg(target_os = "linux")]
fn abstract_socket_answers(path: &str) -> bool {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixStream};
    SocketAddr::from_abstract_name(path)
        .and_then(|address| UnixStream::connect_addr(&address))
        .is_ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn abstract_socket_answers(_path: &str) -> bool {
    false
}

#[cfg(not(unix))]
fn x_answers(_display: &str) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_alone_is_no_screen() {
        let check = |name: &'static str, value: &'static str, expected| {
            let variable = |asked: &str| (asked == name).then(|| value.to_owned());
            assert_eq!(found(variable), expected, "{name}={value}");
        };
        check("NOTHING", "", false);
        check("DISPLAY", "", false);
        check("DISPLAY", ":64999", false);
        check("DISPLAY", "nonsense", false);
        check("WAYLAND_DISPLAY", "/nowhere/wayland-9", false);
        check("WAYLAND_SOCKET", "3", true);
        check("DISPLAY", "other-machine:10.0", true);
    }
}
