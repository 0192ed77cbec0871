//! The source of a service's credentials, and the progress of a new account.

use chrono::NaiveDate;

use crate::accounts::{Account, SecretHome};
use crate::export::Service;
use crate::tui::state::{CredentialChoice, Remote, Slot};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Account(Account),
    Environment,
    New,
    /// The account of that name, or the environment's credentials if `None`, no longer exists.
    Missing(Option<String>),
}

/// Common parts of both sections; `I` is the service's identity of the user.
#[derive(Debug)]
pub struct Section<I> {
    /// The last is [`Source::New`]; a [`Source::Missing`] may come before it.
    pub sources: Vec<Source>,
    /// An index of `sources`.
    pub chosen: usize,
    /// The name of the environment's credentials.
    pub environment: &'static str,
    pub test: Slot<I>,
    /// The place of a new account's secret. After `Failed`, it lives until the program ends.
    pub kept: Slot<SecretHome>,
}

impl Source {
    /// Label of the choice, as in `analyst (tested 3 days ago)`.
    pub fn label(&self, today: NaiveDate, environment: &str) -> String {
        let account = match self {
            Self::Account(account) => account,
            Self::Environment => return environment.to_owned(),
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
    /// Selects a source as a run would. A missing one is never replaced by another: the user decides.
    pub(in crate::tui::wizard) fn choose(&mut self, chosen: &CredentialChoice) {
        let accounts = self.sources.iter().filter(|source| matches!(source, Source::Account(_))).count();
        let matches_choice = |source: &Source| match (source, chosen) {
            (Source::Account(account), CredentialChoice::Account(name)) => account.name == *name,
            (Source::Missing(Some(missing)), CredentialChoice::Account(name)) => missing == name,
            (Source::Environment | Source::Missing(None), CredentialChoice::Environment)
            | (Source::New, CredentialChoice::New) => true,
            _ => false,
        };
        let missing = match (self.sources.iter().position(matches_choice), chosen) {
            (Some(at), _) => {
                self.chosen = at;
                return;
            }
            // A run without an environment uses the only account. Without any account, new credentials are needed.
            (None, CredentialChoice::Environment) if accounts < 2 => {
                self.chosen = 0;
                return;
            }
            (None, CredentialChoice::Account(name)) => Some(name.clone()),
            (None, _) => None,
        };
        self.chosen = self.sources.len() - 1;
        self.sources.insert(self.chosen, Source::Missing(missing));
    }

    /// A sentence with advice if the selected source no longer exists.
    pub(super) fn missing_error(&self, service: Service) -> Option<String> {
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

    pub(super) fn new(service: Service, accounts: &[Account], (in_environment, name): (bool, &'static str)) -> Self {
        let saved = accounts.iter().filter(|account| account.service == service).cloned().map(Source::Account);
        let environment = in_environment.then_some(Source::Environment);
        Self {
            sources: saved.chain(environment).chain([Source::New]).collect(),
            chosen: 0,
            environment: name,
            test: Slot::idle(),
            kept: Slot::idle(),
        }
    }

    pub fn source(&self) -> &Source {
        self.sources.get(self.chosen).unwrap_or(&Source::New)
    }

    /// The owner of the environment's credentials, if they are chosen and the service has accepted them.
    pub(super) fn accepted_from_environment(&self) -> Option<&I> {
        self.test.data.ready().filter(|_| *self.source() == Source::Environment)
    }

    /// Selects a new account.
    pub(super) fn choose_new(&mut self) {
        self.chosen = self.sources.len() - 1;
    }

    pub fn is_new(&self) -> bool {
        matches!(self.source(), Source::New)
    }

    /// There is more than one source beside a new account.
    pub(in crate::tui::wizard) fn has_several(&self) -> bool {
        self.sources.len() > 2
    }

    /// Labels of the sources, in order.
    pub(super) fn labels(&self, today: NaiveDate) -> Vec<String> {
        self.sources.iter().map(|source| source.label(today, self.environment)).collect()
    }

    /// The saved account that a new one of this name replaces.
    pub(super) fn replaces(&self, name: &str) -> Option<&str> {
        self.sources.iter().find_map(|source| match source {
            Source::Account(account) if self.is_new() && account.name == name => Some(account.name.as_str()),
            _ => None,
        })
    }

    pub(super) fn saved_name(&self, name: &str) -> Option<String> {
        match (self.source(), self.kept.data.ready()) {
            (Source::Account(account), _) => Some(account.name.clone()),
            (Source::New, Some(SecretHome::Keyring(_))) => Some(name.to_owned()),
            _ => None,
        }
    }

    pub(super) fn reset(&mut self) {
        self.test = Slot::idle();
        self.kept = Slot::idle();
    }

    /// The name, with a number if another user's account has it. The same user's account gets the new secret.
    pub(super) fn free_name(&self, name: &str, user: Option<&str>) -> String {
        let taken = |name: &str| {
            self.sources.iter().any(|source| {
                matches!(source, Source::Account(account) if account.name == name && account.user.as_deref() != user)
            })
        };
        if !taken(name) {
            return name.to_owned();
        }
        (2..).map(|n| format!("{name}-{n}")).find(|name| !taken(name)).unwrap_or_default()
    }

    /// The credentials are valid, and saving has not begun.
    pub(super) fn needs_saving(&self) -> bool {
        self.test.data.ready().is_some() && matches!(self.kept.data, Remote::Idle)
    }
}
