//! What a person is asked in the terminal: yes or no, and a secret.

use std::io::{self, BufRead as _, IsTerminal as _, Read, Write as _};

use super::trouble::Trouble;
use crate::files::decode;
use crate::printable::printable;
use crate::secret::Secret;

/// No token is longer than this.
const SECRET_LIMIT: u64 = 64 * 1024;

/// Why what was entered is no secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum EntryError {
    /// Nothing.
    #[error(
        "No secret was entered. Paste it at the prompt, or pass it on standard input: `writeback accounts add … < FILE`."
    )]
    Empty,
    /// Something else was pasted, or along with it.
    #[error("What was entered contains blanks or line breaks, so it is not a token. Copy only the token.")]
    Blanks,
    /// Far more than any token.
    #[error("What was entered is over 64 KiB, so it is not a token.")]
    TooLong,
    /// Ctrl-C at the prompt.
    #[error("Cancelled: no secret was entered.")]
    Interrupted,
    /// The terminal or standard input.
    #[error("The secret could not be read: {0}.")]
    Unreadable(#[source] io::Error),
}

impl EntryError {
    fn at_prompt(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::Interrupted { Self::Interrupted } else { Self::Unreadable(error) }
    }
}

impl From<EntryError> for Trouble {
    fn from(error: EntryError) -> Self {
        let sentence = error.to_string();
        if matches!(error, EntryError::Interrupted) { Self::cancelled(sentence) } else { Self::failed(sentence) }
    }
}

/// Asks a question that is answered with yes or no, `no` if with neither; without a terminal the answer is no.
pub(super) fn confirm(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    anstream::eprint!("{} [y/N] ", printable(question));
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Reads a secret: at a prompt that does not show it, or, where standard input is no terminal, from there. It blocks.
///
/// # Errors
/// When nothing comes, or something that is no token.
pub(super) fn secret(prompt: &str) -> Result<Secret, EntryError> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password(prompt).map_err(EntryError::at_prompt)?;
        return secret_of(&zeroize::Zeroizing::new(typed));
    }
    secret_from(io::stdin().lock())
}

fn secret_from(input: impl Read) -> Result<Secret, EntryError> {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    input.take(SECRET_LIMIT + 1).read_to_end(&mut bytes).map_err(EntryError::Unreadable)?;
    if bytes.len() as u64 > SECRET_LIMIT {
        return Err(EntryError::TooLong);
    }
    let text = decode(&bytes).map_err(|error| EntryError::Unreadable(error.into()))?;
    secret_of(&zeroize::Zeroizing::new(text))
}

fn secret_of(text: &str) -> Result<Secret, EntryError> {
    let secret = Secret::from_paste(text);
    if secret.is_empty() {
        return Err(EntryError::Empty);
    }
    if secret.expose().chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(EntryError::Blanks);
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;

    #[test]
    fn ctrl_c_at_the_prompt_is_an_interruption() {
        let ended = |kind: io::ErrorKind| Trouble::from(EntryError::at_prompt(kind.into())).exit();
        assert_eq!(ended(io::ErrorKind::Interrupted), Exit::Cancelled);
        assert_eq!(ended(io::ErrorKind::UnexpectedEof), Exit::Failed);
    }

    #[test]
    fn a_secret_is_one_word_however_it_is_pasted() {
        let read = |text: &str| secret_from(text.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(read("Bearer eyJ.token\r\n"), Ok(Secret::new("eyJ.token")));
        assert!(read(" \n").unwrap_err().starts_with("No secret was entered."));
        assert!(read("eyJ.token\neyJ.other\n").unwrap_err().contains("blanks or line breaks"));
        assert!(read(&"x".repeat(70_000)).unwrap_err().contains("64 KiB"));
        assert!(secret_from(&b"\xff"[..]).is_err());
    }
}
