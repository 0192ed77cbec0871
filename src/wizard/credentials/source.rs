//! Where the credentials of one service come from, and how far a new account is.

use chrono::NaiveDate;
use tui_input::Input;

use crate::accounts::{Account, SecretHome};
use crate::service::Service;
use crate::state::{Chosen, Remote, Slot};

/// Where the credentials of one service come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A saved account.
    Account(Account),
    /// Environment variables.
    Environment,
    /// Entered here.
    New,
    /// What an export names that is not here: the account of that name, or without one what the environment had.
    Missing(Option<String>),
}

/// What both sections have; `I` is what the service says of the person.
#[derive(Debug)]
pub struct Section<I> {
    /// What there is to choose from; the last is [`Source::New`], and before it may come what is not here any more.
    pub sources: Vec<Source>,
    /// Which of them is chosen.
    pub chosen: usize,
    /// What a new account will be called; filled in after the test when it is empty.
    pub name: Input,
    /// The test, and to whom the credentials belong.
    pub test: Slot<I>,
    /// Where the secret of a new account is now; `Failed` when it could not be saved and lives until the program ends.
    pub kept: Slot<SecretHome>,
}

impl Source {
    /// What the choice says: `analyst (tested 3 days ago)`.
    pub fn label(&self, today: NaiveDate) -> String {
        let account = match self {
            Self::Account(account) => account,
            Self::Environment => return "from environment".to_owned(),
            Self::New => return "a new account…".to_owned(),
            Self::Missing(Some(name)) => return format!("{name} (missing)"),
            Self::Missing(None) => return "from environment (not set)".to_owned(),
        };
        let Some(tested) = account.tested else { return format!("{} (not tested yet)", account.name) };
        let when = match (today - tested.date_naive()).num_days() {
            ..=0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        };
        format!("{} (tested {when})", account.name)
    }
}

impl<I> Section<I> {
    /// Chooses what was chosen before, as a run would. For what is not here any more, nothing else is taken: the person
    /// says what is to be used instead.
    pub(in crate::wizard) fn choose(&mut self, chosen: &Chosen) {
        let accounts = self.sources.iter().filter(|source| matches!(source, Source::Account(_))).count();
        let is_meant = |source: &Source| match (source, chosen) {
            (Source::Account(account), Chosen::Account(name)) => account.name == *name,
            (Source::Missing(Some(missing)), Chosen::Account(name)) => missing == name,
            (Source::Environment | Source::Missing(None), Chosen::Environment) | (Source::New, Chosen::New) => true,
            _ => false,
        };
        let missing = match (self.sources.iter().position(is_meant), chosen) {
            (Some(at), _) => {
                self.chosen = at;
                return;
            }
            // Without an environment a run takes the only account, and where there is none, one has to be entered.
            (None, Chosen::Environment) if accounts < 2 => {
                self.chosen = 0;
                return;
            }
            (None, Chosen::Account(name)) => Some(name.clone()),
            (None, _) => None,
        };
        self.chosen = self.sources.len() - 1;
        self.sources.insert(self.chosen, Source::Missing(missing));
    }

    /// Why what is chosen cannot be used: a sentence with what to do.
    pub(super) fn is_missing(&self, service: Service) -> Option<String> {
        match self.source() {
            Source::Missing(Some(name)) => {
                Some(format!("The {service} account {name} no longer exists. Choose another one, or enter a new one."))
            }
            Source::Missing(None) => Some(format!(
                "This export takes its {service} credentials from the environment, which has none now. Choose an \
                 account, enter a new one, or set them and restart Writeback."
            )),
            _ => None,
        }
    }

    pub(super) fn new(service: Service, accounts: &[Account], in_environment: bool) -> Self {
        let saved = accounts.iter().filter(|account| account.service == service).cloned().map(Source::Account);
        let environment = in_environment.then_some(Source::Environment);
        Self {
            sources: saved.chain(environment).chain([Source::New]).collect(),
            chosen: 0,
            name: Input::default(),
            test: Slot::idle(),
            kept: Slot::idle(),
        }
    }

    /// Where the credentials come from.
    pub fn source(&self) -> &Source {
        self.sources.get(self.chosen).unwrap_or(&Source::New)
    }

    /// Nothing but a new account can be chosen.
    pub(super) fn take_new(&mut self) {
        self.chosen = self.sources.len() - 1;
    }

    /// Whether a new account is entered.
    pub fn is_new(&self) -> bool {
        matches!(self.source(), Source::New)
    }

    /// The saved account that a new one would replace, because it has the same name.
    pub fn replaces(&self) -> Option<&Account> {
        self.sources.iter().find_map(|source| match source {
            Source::Account(account) if self.is_new() && account.name == self.name.value().trim() => Some(account),
            _ => None,
        })
    }

    /// The name by which a definition can name these credentials; `None` when they come from the environment, or live
    /// only until the program ends.
    pub fn saved_name(&self) -> Option<String> {
        match (self.source(), self.kept.data.ready()) {
            (Source::Account(account), _) => Some(account.name.clone()),
            (Source::New, Some(SecretHome::Keyring(_))) => Some(self.name.value().trim().to_owned()),
            _ => None,
        }
    }

    /// What was tested is no longer what is there.
    pub(super) fn reset(&mut self) {
        self.test = Slot::idle();
        self.kept = Slot::idle();
    }

    /// Names a new account after its user, unless it has a name. Another account's name is not taken, except when it
    /// is the same user's: then that account gets the new secret.
    pub(super) fn propose(&mut self, name: &str, user: Option<&str>) {
        if !self.name.value().trim().is_empty() {
            return;
        }
        let taken = |name: &str| {
            self.sources.iter().any(|source| {
                matches!(source, Source::Account(account) if account.name == name && account.user.as_deref() != user)
            })
        };
        let free = if taken(name) {
            (2..).map(|n| format!("{name}-{n}")).find(|name| !taken(name)).unwrap_or_default()
        } else {
            name.to_owned()
        };
        self.name = Input::new(free);
    }

    /// Whether the credentials were found valid, but nobody was asked to keep them.
    pub(super) fn is_unkept(&self) -> bool {
        self.test.data.ready().is_some() && matches!(self.kept.data, Remote::Idle)
    }
}
