//! Reads what is typed at a prompt, without the screen: a line, or a secret, which is not shown.
//!
//! It is read on a thread of its own, because nothing can end a thread that waits for a key; a signal that comes meanwhile
//! ends the waiting, and the terminal is as it was before.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::signals::Signals;

/// Waits for what `read` gives; `None` when a signal to end came first.
///
/// # Errors
/// When it cannot be read.
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

/// Asks for a secret on the terminal that standard input is; `None` when a signal to end came first.
///
/// # Errors
/// When the terminal cannot be read or written to.
pub(crate) async fn secret(
    signals: &mut Signals,
    out: &mut impl Write,
    prompt: &str,
) -> io::Result<Option<Zeroizing<String>>> {
    // Before the prompt is written: what is pasted at once would be shown.
    let hidden = Hidden::begin();
    write!(out, "{prompt}")?;
    out.flush()?;
    let typed = wait(signals, || read_hidden().map(Zeroizing::new)).await;
    drop(hidden);
    // The line end that was typed was not shown either.
    writeln!(out)?;
    typed
}

/// Edits a line without showing it. The modes are ours alone: `rpassword` would end the process at Ctrl-C before it puts
/// them back.
#[cfg(unix)]
fn read_hidden() -> io::Result<String> {
    let typed = rpassword::ConfigBuilder::new().input_reader(io::stdin()).output_discard().build();
    rpassword::read_password_with_config(typed)
}

#[cfg(not(unix))]
fn read_hidden() -> io::Result<String> {
    rpassword::read_password()
}

/// Keys are not shown, and come one by one, while this lives. Line by line a terminal takes no more than 4,095 bytes.
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
                // Ctrl-C is a signal, for which somebody waits. These two would leave the terminal as it is now.
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
