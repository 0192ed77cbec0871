//! Texts on their way to the clipboard, and the notice about where they went.

use super::{Effect, Notice, Request, Weight};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    Clipboard,
    /// Tmux hands it on to its terminal, if that is allowed.
    Tmux,
    /// The terminal does not report whether it has a clipboard.
    Terminal,
}

/// The text of the latest request.
#[derive(Debug, Clone, Default)]
pub(crate) struct CopyRequest(Option<(Request, &'static str)>);

impl CopyRequest {
    /// Requests a copy. `before` is a sentence to put before the notice.
    pub(crate) fn begin(&mut self, request: Request, text: String, before: &'static str) -> Vec<Effect> {
        self.0 = Some((request, before));
        vec![Effect::Copy { request, text }]
    }

    /// Returns the notice, or `None` for a stale reply.
    pub(crate) fn answer(&mut self, request: Request, copied: Copied, text: &str) -> Option<Notice> {
        let (_, before) = self.0.take_if(|(asked, _)| *asked == request)?;
        let went = match copied {
            Copied::Clipboard => "Copied.".to_owned(),
            Copied::Tmux => "Copied to tmux.".to_owned(),
            // Shows the text, for terminals without a clipboard.
            Copied::Terminal if !text.contains('\n') => format!("Sent to the terminal: {text}"),
            Copied::Terminal => "Sent to the terminal, which may not put it on the clipboard.".to_owned(),
        };
        Some(match before {
            "" => Notice { weight: Weight::Info, text: went },
            before => Notice { weight: Weight::Warning, text: format!("{before} {went}") },
        })
    }
}
