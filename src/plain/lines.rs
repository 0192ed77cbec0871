//! Lines from standard input and to standard output.

use std::io::{self, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use super::Stop;
use crate::printable::printable;
use crate::secret::Secret;
use crate::tui::signals::{Signal, Signals};

/// The words that are no secret.
const WORDS: [&str; 3] = ["back", "help", "quit"];

/// Where lines come from and go to, and what ends them.
pub(super) struct Lines {
    signals: Signals,
}

impl Lines {
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self { signals: Signals::listen()? })
    }

    /// Waits for Ctrl-C, or another signal to end. One that comes while nobody waits is kept.
    pub(super) async fn interrupted(&mut self) {
        while self.signals.next().await != Signal::End {}
    }

    /// Writes a line.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(io::stdout(), "{}", printable(text).trim_end())
    }

    /// Reads a line, without what is around it.
    pub(super) async fn line(&mut self) -> Result<String, Stop> {
        let line = self.read(|| {
            let mut line = Zeroizing::new(String::new());
            let count = io::stdin().read_line(&mut line)?;
            Ok((count > 0).then_some(line))
        });
        Ok(line.await?.trim().to_owned())
    }

    /// Reads a secret, which a terminal does not show; or a word.
    pub(super) async fn secret(&mut self) -> Result<Result<Secret, String>, Stop> {
        let line = if io::stdin().is_terminal() {
            let _hidden = Hidden::begin();
            self.read(|| rpassword::prompt_password("> ").map(|line| Some(Zeroizing::new(line)))).await?
        } else {
            Zeroizing::new(self.line().await?)
        };
        let word = line.trim();
        Ok(if WORDS.contains(&word) { Err(word.to_owned()) } else { Ok(Secret::from_paste(&line)) })
    }

    /// Reads on a thread of its own, until Ctrl-C.
    async fn read(
        &mut self,
        line: impl FnOnce() -> io::Result<Option<Zeroizing<String>>> + Send + 'static,
    ) -> Result<Zeroizing<String>, Stop> {
        io::stdout().flush()?;
        tokio::select! {
            read = tokio::task::spawn_blocking(line) => {
                match read.map_err(io::Error::other)? {
                    // Ctrl-C at a secret arrives as a character first.
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Stop::Interrupted),
                    line => line?.ok_or(Stop::Interrupted),
                }
            }
            () = self.interrupted() => Err(Stop::Interrupted),
        }
    }
}

/// Keys are not shown while this lives.
///
/// `rpassword` hides them too, but only after its prompt is written: what is pasted at once would be shown. And the thread
/// that it waits on cannot be ended by Ctrl-C, which would leave them hidden.
struct Hidden {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Hidden {
    fn begin() -> Self {
        #[cfg(unix)]
        {
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            let before = tcgetattr(io::stdin()).ok();
            if let Some(mut modes) = before.clone() {
                modes.local_modes.remove(LocalModes::ECHO);
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
