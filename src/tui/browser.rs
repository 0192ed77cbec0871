//! The browser of the person, where there is one.

use std::process::Stdio;

use crate::system::process::without_secrets;
use crate::system::variable::is_set;

/// Opens a page in the browser; whether one was started. Over SSH it would open on the wrong computer, and without a
/// display a browser of the terminal could start under the screen.
pub(super) fn open(link: &str) -> bool {
    let has_display = cfg!(any(windows, target_os = "macos")) || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_set);
    link.starts_with("https://") && !is_far(is_set) && has_display && begin(link)
}

/// Tells whether the person sits at another computer than this one.
pub(super) fn is_far(set: impl Fn(&str) -> bool) -> bool {
    ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].into_iter().any(set)
}

/// Starts the first of the system's openers that is there, on its own: it may live longer than this program, and gets none
/// of its secrets.
fn begin(link: &str) -> bool {
    open::commands(link).into_iter().any(|mut command| {
        without_secrets(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let Ok(mut child) = command.spawn() else { return false };
        // It is waited for, so that none stays behind as a zombie while this program lives.
        let _ = std::thread::Builder::new().name("browser".to_owned()).spawn(move || child.wait());
        true
    })
}
