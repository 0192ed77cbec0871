//! The clipboard of the person, through the program that each platform has for it.
//!
//! Crates (arboard, copypasta) speak to the display themselves: what they put on the clipboard is gone when this program
//! ends, and they know neither tmux nor WSL. The text goes to the program's standard input, never into its arguments,
//! which others on the computer can read.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::browser::is_far;
use crate::tui::state::Copied;

/// The longest time that a program may take. A display that does not answer must not keep the person waiting.
const PATIENCE: Duration = Duration::from_secs(2);
/// The time between two looks whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// A program, its arguments, how it reads text, and where the text is then.
type Tool = (&'static str, &'static [&'static str], Encoding, Copied);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// The form that Windows' `clip` takes for Unicode: little-endian, with a byte order mark.
    Utf16,
}

/// Puts a text where it can be pasted from, with the first program that does it. It blocks.
pub(super) fn copy(text: &str) -> Copied {
    let tools = tools(crate::system::variable::is_set);
    tools.into_iter().find(|tool| put(*tool, text)).map_or(Copied::Terminal, |(.., copied)| copied)
}

/// The programs to be tried, best first. Over SSH, those of this computer would reach a screen at which nobody sits; a
/// display that is forwarded is the person's own.
fn tools(set: impl Fn(&str) -> bool) -> Vec<Tool> {
    let here = !is_far(&set);
    let mut tools: Vec<Tool> = Vec::new();
    if cfg!(target_os = "macos") && here {
        tools.push(("pbcopy", &[], Encoding::Utf8, Copied::Clipboard));
    }
    if (cfg!(windows) || set("WSL_DISTRO_NAME")) && here {
        tools.push(("clip.exe", &[], Encoding::Utf16, Copied::Clipboard));
    }
    if set("WAYLAND_DISPLAY") && here {
        tools.push(("wl-copy", &[], Encoding::Utf8, Copied::Clipboard));
    }
    if set("DISPLAY") {
        tools.push(("xclip", &["-selection", "clipboard"], Encoding::Utf8, Copied::Clipboard));
        tools.push(("xsel", &["--clipboard", "--input"], Encoding::Utf8, Copied::Clipboard));
    }
    if set("TMUX") {
        // `-w` hands it on to the terminal that tmux runs in, since tmux 3.2.
        tools.push(("tmux", &["load-buffer", "-w", "-"], Encoding::Utf8, Copied::Tmux));
    }
    tools
}

/// Tells whether a program took the text within its time. Some stay in the background to hand it out, so only the first
/// process is waited for, and nothing of its output.
fn put((program, arguments, encoding, _): Tool, text: &str) -> bool {
    let bytes = match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16 => crate::system::files::in_utf16(text),
    };
    let mut command = crate::system::process::command(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // A program that reads nothing keeps only this thread, until it is killed.
        let hand_over = move || drop(input.write_all(&bytes));
        if std::thread::Builder::new().name("clipboard".to_owned()).spawn(hand_over).is_err() {
            return false;
        }
    }
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(LOOK),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_clipboard_is_that_of_the_screen_at_which_the_person_sits() {
        let names = |set: &[&str]| -> Vec<&'static str> {
            tools(|name| set.contains(&name)).into_iter().map(|(program, ..)| program).collect()
        };
        assert_eq!(names(&[]), Vec::<&str>::new());
        assert_eq!(names(&["TMUX"]), ["tmux"]);
        assert_eq!(names(&["WAYLAND_DISPLAY", "DISPLAY", "TMUX"]), ["wl-copy", "xclip", "xsel", "tmux"]);
        assert_eq!(names(&["WAYLAND_DISPLAY", "SSH_TTY", "TMUX"]), ["tmux"]);
        assert_eq!(names(&["DISPLAY", "SSH_CONNECTION"]), ["xclip", "xsel"]);
        assert_eq!(names(&["WSL_DISTRO_NAME"]), ["clip.exe"]);
    }

    #[test]
    #[cfg(unix)]
    fn what_does_not_do_it_is_passed_over() {
        let put = |script: &'static str, text: &str| {
            let arguments: &'static [&'static str] = Box::leak(Box::new(["-c", script]));
            put(("sh", arguments, Encoding::Utf8, Copied::Clipboard), text)
        };
        assert!(put("test \"$(cat)\" = text", "text"));
        assert!(!put("cat; exit 1", "text"));
        assert!(!put("exec sleep 600", &"x".repeat(1 << 20)));
        assert!(!super::put(("no-such-program-anywhere", &[], Encoding::Utf8, Copied::Clipboard), "text"));
    }
}
