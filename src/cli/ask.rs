//! Asks a person in the terminal: yes or no, or for a secret.

use std::io::{self, IsTerminal as _, Read, Write as _};

use zeroize::Zeroizing;

use super::stderr::eprint_line;
use crate::explain;
use crate::system::files::decode;
use crate::system::process::prompt;
use crate::system::process::signals::Signals;
use crate::text::secret::{Secret, SecretError};
use crate::text::terminal_text::printable;

/// In bytes; no token is longer.
const SECRET_LIMIT: u64 = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub(super) enum EntryError {
    #[error("{}", explain::commands::NO_SECRET)]
    Empty,
    /// Something else was pasted, or along with it.
    #[error("What was entered is not a token: {0}")]
    NoSecret(SecretError),
    #[error("What was entered is over 64 KiB, so it is not a token.")]
    TooLong,
    /// By Ctrl-C or another signal.
    #[error("Cancelled.")]
    Interrupted,
    #[error("The secret could not be read: {0}.")]
    Unreadable(#[source] io::Error),
}

/// Asks a question that is answered with yes or no, `no` by default and without a terminal. Blocks.
///
/// # Errors
///
/// A signal came first.
pub(super) fn confirm(question: &str) -> Result<bool, EntryError> {
    let answer = answer(&format!("{question} [y/N]"))?;
    Ok(answer.is_some_and(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")))
}

/// Asks for one of `choices`, by its number or its text. `None` for an empty answer, and without a terminal. Blocks.
///
/// # Errors
///
/// A signal came first.
pub(super) fn choose<'a>(question: &str, choices: &'a [String]) -> Result<Option<&'a String>, EntryError> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    for (number, choice) in (1..).zip(choices) {
        eprint_line(&format!("  {number}. {}", printable(choice)));
    }
    loop {
        let Some(answer) = answer(question)?.filter(|answer| !answer.is_empty()) else { return Ok(None) };
        let number = answer.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
        if let Some(chosen) = number.or_else(|| choices.iter().find(|choice| **choice == answer)) {
            return Ok(Some(chosen));
        }
        eprint_line(&format!("Enter a number from 1 to {}, or nothing to leave.", choices.len()));
    }
}

/// Asks a question in a terminal. `None` without a terminal, or if the answer cannot be read.
fn answer(question: &str) -> Result<Option<String>, EntryError> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    anstream::eprint!("{} ", printable(question));
    let _ = io::stderr().flush();
    let answer = wait_for_answer(async |signals| {
        prompt::wait(signals, || {
            let mut answer = String::new();
            io::stdin().read_line(&mut answer).map(|_| answer)
        })
        .await
    });
    match answer {
        Err(EntryError::Interrupted) => {
            // The next message starts on a new line.
            eprint_line("");
            Err(EntryError::Interrupted)
        }
        answer => Ok(answer.ok().map(|answer| answer.trim().to_owned())),
    }
}

/// Reads a secret: at a hidden prompt, or, without a terminal, from standard input. Blocks.
///
/// # Errors
///
/// Nothing was entered, or something that is not a token.
pub(super) fn secret(text: &str) -> Result<Secret, EntryError> {
    let entered = wait_for_answer(async |signals| match io::stdin().is_terminal() {
        true => prompt::secret(signals, &mut io::stderr(), text).await,
        false => prompt::wait(signals, || read(io::stdin())).await,
    });
    secret_of(&entered?)
}

/// Waits for a person's answer, in a command that does nothing meanwhile.
fn wait_for_answer<T>(ask: impl AsyncFnOnce(&mut Signals) -> io::Result<Option<T>>) -> Result<T, EntryError> {
    let answer = tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async { ask(&mut Signals::listen()?).await })
    });
    answer.map_err(EntryError::Unreadable)?.ok_or(EntryError::Interrupted)
}

/// Reads as many bytes as a secret can have, and one more.
fn read(input: impl Read) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    input.take(SECRET_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SECRET_LIMIT {
        // A cut text may not be UTF-8 any more; only its length matters.
        return Ok(Zeroizing::new("x".repeat(bytes.len())));
    }
    decode(&bytes).map(Zeroizing::new).map_err(io::Error::from)
}

fn secret_of(text: &str) -> Result<Secret, EntryError> {
    if text.len() as u64 > SECRET_LIMIT {
        return Err(EntryError::TooLong);
    }
    Secret::parse(text).map_err(|error| match error {
        SecretError::Empty => EntryError::Empty,
        error => EntryError::NoSecret(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::{Cause as _, Exit};

    #[test]
    fn ctrl_c_at_the_prompt_is_an_interruption() {
        assert_eq!(EntryError::Interrupted.exit(), Exit::Cancelled);
        assert_eq!(EntryError::Empty.exit(), Exit::Failed);
    }

    #[test]
    fn a_secret_is_one_word_however_it_is_pasted() {
        let read = |text: &str| secret_of(&super::read(text.as_bytes()).unwrap()).map_err(|error| error.to_string());
        assert_eq!(read("Bearer eyJ.token\r\n"), Ok(Secret::new("eyJ.token")));
        assert!(read(" \n").unwrap_err().starts_with("No secret was entered."));
        assert!(read("eyJ.token\neyJ.other\n").unwrap_err().contains("blanks or line breaks"));
        assert!(read(&"x".repeat(70_000)).unwrap_err().contains("64 KiB"));
        let utf16: Vec<u8> =
            std::iter::once(0xfeff).chain("eyJ.token\r\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let token = super::read(&*utf16).unwrap();
        assert_eq!(secret_of(&token).unwrap(), Secret::new("eyJ.token"), "as PowerShell writes a file");
        let said = super::read(&b"s\xe9cret"[..]).unwrap_err().to_string();
        assert!(said.contains("it looks like Windows-1252") && !said.contains("cret"), "{said}");
    }
}
