//! Reads a line or a hidden secret at a prompt, without the screen.
//!
//! Reads on a thread of its own, because a thread that waits for a key cannot be stopped. A signal that comes meanwhile
//! ends the wait, and restores the terminal.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::signals::Signals;

/// Waits for the result of `read`; `None` if a signal to end came first.
pub(crate) async fn wait<T: Send + 'static>(
    signals: &mut Signals,
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<Option<T>> {
    tokio::select! {
        read = tokio::task::spawn_blocking(read) => match read.map_err(io::Error::other)? {
            // On Windows Ctrl-C ends a read.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            read => read.map(Some),
        },
        () = signals.end() => Ok(None),
    }
}

/// Asks for a secret on the terminal behind standard input; `None` if a signal to end came first.
pub(crate) async fn secret(
    signals: &mut Signals,
    out: &mut impl Write,
    prompt: &str,
) -> io::Result<Option<Zeroizing<String>>> {
    // Before the prompt is written: a secret pasted at once would be shown.
    let hidden = Hidden::begin();
    write!(out, "{prompt}")?;
    out.flush()?;
    let typed = wait(signals, || read_hidden().map(Zeroizing::new)).await;
    drop(hidden);
    // The typed line end was not shown either.
    writeln!(out)?;
    typed
}

/// Edits a line without showing it. Sets the terminal's modes itself: at Ctrl-C `rpassword` would end the process
/// before it restores them.
#[cfg(unix)]
fn read_hidden() -> io::Result<String> {
    let typed = rpassword::ConfigBuilder::new().input_reader(io::stdin()).output_discard().build();
    rpassword::read_password_with_config(typed)
}

#[cfg(not(unix))]
fn read_hidden() -> io::Result<String> {
    rpassword::read_password()
}

/// Hides typed keys, and reads them one by one, until it is dropped. Line by line a terminal takes no more than 4,095
/// bytes.
struct Hidden {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Hidden {
    fn begin() -> Self {
        #[cfg(unix)]
        {
            use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
            let before = tcgetattr(io::stdin()).ok();
            if let Some(mut modes) = before.clone() {
                modes.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON);
                modes.special_codes[SpecialCodeIndex::VMIN] = 1;
                modes.special_codes[SpecialCodeIndex::VTIME] = 0;
                // Ctrl-C stays a signal, which is handled. These two would leave the terminal in this mode.
                modes.special_codes[SpecialCodeIndex::VSUSP] = 0;
                modes.special_codes[SpecialCodeIndex::VQUIT] = 0;
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, &modes);
            }
            Self { before }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}
