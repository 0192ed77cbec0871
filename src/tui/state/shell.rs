//! What the wizard and the dashboard do alike: take keys, ask, say, copy.

use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::{KeyEvent, KeyEventKind};

use super::actions::{self, Keyed, Keymap, action_for_key, enter_action};
use super::{Effect, Notice, Reply, Request, RequestId, Requests, Severity};

#[derive(Debug)]
pub struct Shell {
    /// Shown until the next key.
    pub notice: Option<Notice>,
    pub keymap: Arc<Keymap>,
    pub log: Option<PathBuf>,
    requests: Requests,
    /// The latest text to copy.
    copying: Option<RequestId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    Clipboard,
    /// Tmux hands it on to its terminal, if that is allowed.
    Tmux,
    /// No program has taken it. The terminal does not report whether it has a clipboard.
    Terminal,
}

impl Shell {
    /// `asker` tells its requests from those of others.
    pub(crate) fn new(asker: u32) -> Self {
        Self { notice: None, keymap: Arc::default(), log: None, requests: Requests::new(asker), copying: None }
    }

    /// Creates a shell with the same keys and log.
    pub(crate) fn beside(&self, asker: u32) -> Self {
        Self { keymap: Arc::clone(&self.keymap), log: self.log.clone(), ..Self::new(asker) }
    }

    pub(crate) fn asked(&self, reply: &Reply) -> bool {
        self.requests.made(reply)
    }
}

pub(crate) trait HasShell: Keyed {
    fn shell_mut(&mut self) -> &mut Shell;

    /// Takes a key before the table of actions: types it, or ignores it. `None` if it is for the table.
    fn take_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>>;

    /// Says that a key does nothing.
    fn idle_notice(&self, key: KeyEvent) -> Option<Notice> {
        actions::idle_notice(self, key)
    }

    fn press(&mut self, key: KeyEvent) -> Vec<Effect> {
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        self.shell_mut().notice = None;
        if let Some(effects) = self.take_key(key) {
            return effects;
        }
        match action_for_key(self, key) {
            Some(action) => (action.run)(self),
            None => {
                self.shell_mut().notice = self.idle_notice(key);
                Vec::new()
            }
        }
    }

    /// Does what Enter does by default, as for a double click.
    fn open(&mut self) -> Vec<Effect> {
        self.shell_mut().notice = None;
        enter_action(self).map(|action| (action.run)(self)).unwrap_or_default()
    }

    /// Makes a request, whose replies `then` takes.
    fn request<R: 'static>(
        &mut self,
        then: impl Fn(&mut Self, RequestId, R) -> Vec<Effect> + Send + Sync + 'static,
    ) -> Request<R> {
        self.shell_mut().requests.make(then)
    }

    fn notify(&mut self, severity: Severity, text: impl Into<String>) {
        self.shell_mut().notice = Some(Notice { severity, text: text.into() });
    }

    fn copy(&mut self, text: Option<String>) -> Vec<Effect> {
        text.map(|text| self.copy_after("", text)).unwrap_or_default()
    }

    /// Copies the text; the notice begins with `before`.
    fn copy_after(&mut self, before: &'static str, text: String) -> Vec<Effect> {
        let sent = text.clone();
        let request = self.request(move |this, id, how| {
            if this.shell_mut().copying == Some(id) { this.copied(how, &sent, before) } else { Vec::new() }
        });
        self.shell_mut().copying = Some(request.id);
        vec![Effect::Copy { request, text }]
    }

    /// Says that the text was copied, and returns what is left to do.
    fn copied(&mut self, how: Copied, text: &str, before: &str) -> Vec<Effect> {
        let went = match how {
            Copied::Clipboard => "Copied.".to_owned(),
            Copied::Tmux => "Copied to tmux.".to_owned(),
            // Shows the text, for terminals without a clipboard.
            Copied::Terminal if !text.contains('\n') => format!("Sent to the terminal: {text}"),
            Copied::Terminal => "Sent to the terminal, which may not put it on the clipboard.".to_owned(),
        };
        match before {
            "" => self.notify(Severity::Info, went),
            before => self.notify(Severity::Warning, format!("{before} {went}")),
        }
        let in_terminal = (how == Copied::Terminal).then(|| Effect::CopyInTerminal(text.to_owned()));
        in_terminal.into_iter().collect()
    }
}
