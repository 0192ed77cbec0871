//! The browser of the person, where there is one.

use crate::variable::is_set;

/// Opens a page in the browser; whether one was started. Over SSH it would open on the wrong computer, and without a
/// display a browser of the terminal could start under the screen.
pub(super) fn open(link: &str) -> bool {
    let has_display = cfg!(any(windows, target_os = "macos")) || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_set);
    link.starts_with("https://") && !is_far(is_set) && has_display && open::that_detached(link).is_ok()
}

/// Whether the person sits at another computer than this one.
pub(super) fn is_far(set: impl Fn(&str) -> bool) -> bool {
    ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(set)
}
