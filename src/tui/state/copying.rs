//! Copying text to the clipboard.

use super::{Effect, Notice, Severity};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    Clipboard,
    /// Tmux hands it on to its terminal, if that is allowed.
    Tmux,
    /// No program has taken it. The terminal does not report whether it has a clipboard.
    Terminal,
}

/// The notice that `text` was copied, after the sentence `before`, and what is left to do.
pub(crate) fn copied(copied: Copied, text: &str, before: &str) -> (Notice, Vec<Effect>) {
    let went = match copied {
        Copied::Clipboard => "Copied.".to_owned(),
        Copied::Tmux => "Copied to tmux.".to_owned(),
        // Shows the text, for terminals without a clipboard.
        Copied::Terminal if !text.contains('\n') => format!("Sent to the terminal: {text}"),
        Copied::Terminal => "Sent to the terminal, which may not put it on the clipboard.".to_owned(),
    };
    let notice = match before {
        "" => Notice { severity: Severity::Info, text: went },
        before => Notice { severity: Severity::Warning, text: format!("{before} {went}") },
    };
    let in_terminal = (copied == Copied::Terminal).then(|| Effect::CopyInTerminal(text.to_owned()));
    (notice, in_terminal.into_iter().collect())
}
