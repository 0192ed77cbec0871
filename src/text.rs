//! Text: formats of figures and dates, terminal-safe text, quoting for shells, secrets.

pub mod format;
pub mod secret;
pub mod shell;
pub mod terminal_text;
pub mod unseen;
