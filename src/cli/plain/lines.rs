//! Lines of standard input and output.

use std::io::{self, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use super::Stop;
use crate::system::process::prompt;
use crate::system::process::signals::Signals;
use crate::text::secret::Secret;
use crate::text::terminal_text::printable;

/// Commands, which are never taken for a secret.
const COMMANDS: [&str; 3] = ["back", "help", "quit"];

pub(super) struct Lines {
    signals: Signals,
}

impl Lines {
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self { signals: Signals::listen()? })
    }

    /// Waits for Ctrl-C or another signal to end. An earlier signal counts too.
    pub(super) async fn interrupted(&mut self) {
        self.signals.end().await;
    }

    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        writeln!(io::stdout(), "{}", printable(text).trim_end())
    }

    pub(super) async fn read_line(&mut self) -> Result<String, Stop> {
        io::stdout().flush()?;
        let line = prompt::wait(&mut self.signals, || {
            let mut line = Zeroizing::new(String::new());
            let count = io::stdin().read_line(&mut line)?;
            Ok((count > 0).then_some(line))
        });
        Ok(line.await?.flatten().ok_or(Stop::Interrupted)?.trim().to_owned())
    }

    /// Reads a secret without echo, or a command.
    pub(super) async fn read_secret(&mut self) -> Result<Result<Secret, String>, Stop> {
        let line = if io::stdin().is_terminal() {
            prompt::secret(&mut self.signals, &mut io::stdout(), "> ").await?.ok_or(Stop::Interrupted)?
        } else {
            Zeroizing::new(self.read_line().await?)
        };
        let word = line.trim();
        Ok(if COMMANDS.contains(&word) { Err(word.to_owned()) } else { Ok(Secret::from_paste(&line)) })
    }
}
