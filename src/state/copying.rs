//! A text on its way to the clipboard, and what is said of where it went.

use super::{Effect, Notice, Request, Weight};

/// The place that a text went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// To the clipboard of this computer.
    Clipboard,
    /// To tmux, which hands it on to its terminal where it may.
    Tmux,
    /// To the terminal, which does not say whether it has put it on a clipboard.
    Terminal,
}

/// The text that was last asked to be copied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Copying(Option<(Request, &'static str)>);

impl Copying {
    /// Asks for a text to be copied; `before` is a sentence that comes before where it went.
    pub(crate) fn begin(&mut self, request: Request, text: String, before: &'static str) -> Vec<Effect> {
        self.0 = Some((request, before));
        vec![Effect::Copy { request, text }]
    }

    /// The notice when the text has gone; `None` when it is another than the one asked for last.
    pub(crate) fn answer(&mut self, request: Request, copied: Copied, text: &str) -> Option<Notice> {
        let (_, before) = self.0.take_if(|(asked, _)| *asked == request)?;
        let went = match copied {
            Copied::Clipboard => "Copied.".to_owned(),
            Copied::Tmux => "Copied to tmux.".to_owned(),
            // Whoever has nothing on the clipboard then can still read it off the screen.
            Copied::Terminal if !text.contains('\n') => format!("Sent to the terminal: {text}"),
            Copied::Terminal => "Sent to the terminal, which may not put it on the clipboard.".to_owned(),
        };
        Some(match before {
            "" => Notice { weight: Weight::Info, text: went },
            before => Notice { weight: Weight::Warning, text: format!("{before} {went}") },
        })
    }
}
