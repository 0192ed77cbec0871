//! Lines from standard input and to standard output.

use std::io::{self, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use super::Stop;
use crate::printable::printable;
use crate::secret::Secret;
use crate::tui::prompt;
use crate::tui::signals::Signals;

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
        self.signals.end().await;
    }

    /// Writes a line.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        writeln!(io::stdout(), "{}", printable(text).trim_end())
    }

    /// Reads a line, without what is around it.
    pub(super) async fn line(&mut self) -> Result<String, Stop> {
        io::stdout().flush()?;
        let line = prompt::wait(&mut self.signals, || {
            let mut line = Zeroizing::new(String::new());
            let count = io::stdin().read_line(&mut line)?;
            Ok((count > 0).then_some(line))
        });
        Ok(line.await?.flatten().ok_or(Stop::Interrupted)?.trim().to_owned())
    }

    /// Reads a secret, which a terminal does not show; or a word.
    pub(super) async fn secret(&mut self) -> Result<Result<Secret, String>, Stop> {
        let line = if io::stdin().is_terminal() {
            prompt::secret(&mut self.signals, &mut io::stdout(), "> ").await?.ok_or(Stop::Interrupted)?
        } else {
            Zeroizing::new(self.line().await?)
        };
        let word = line.trim();
        Ok(if WORDS.contains(&word) { Err(word.to_owned()) } else { Ok(Secret::from_paste(&line)) })
    }
}
