//! The state of the pane Credentials: a section for each service.

use chrono::NaiveDate;
use tui_input::Input;

use crate::accounts::{Account, SecretHome, domo_of_environment};
use crate::config::{Environment, parse_instance};
use crate::dataworld::User;
use crate::domo::{DomoCredential, DomoIdentity};
use crate::export::CredentialNames;
use crate::secret::Secret;
use crate::service::Service;
use crate::state::{Chosen, DataWorldLogin, DomoLogin, Login, Remote, Slot};
use crate::wizard::{Field, SecretField};

use super::check;

/// The pane Credentials.
#[derive(Debug)]
pub struct Credentials {
    /// Where a secret that is entered will be kept; `None` while the keyring is looked for.
    pub home: Option<SecretHome>,
    /// The data.world section.
    pub dataworld: DataWorldSection,
    /// The Domo section.
    pub domo: DomoSection,
    /// The one service that is asked for, where an account is to be saved and nothing else.
    pub alone: Option<Service>,
    /// Whether the warnings about these credentials were on screen once.
    pub(super) warned: bool,
    environment: Environment,
}

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

/// The data.world section.
#[derive(Debug)]
pub struct DataWorldSection {
    /// Which account.
    pub account: Section<User>,
    /// *API Token*.
    pub token: SecretField,
    /// The API's address; empty is data.world's own.
    pub address: Input,
}

/// The two ways to prove to Domo who one is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DomoMethod {
    /// A client id and its secret.
    #[default]
    Client,
    /// A developer token and the instance that it belongs to.
    DeveloperToken,
}

/// The Domo section.
#[derive(Debug)]
pub struct DomoSection {
    /// Which account.
    pub account: Section<DomoIdentity>,
    /// How a new one proves who one is.
    pub method: DomoMethod,
    /// The client id.
    pub client_id: Input,
    /// The client secret.
    pub client_secret: SecretField,
    /// The instance.
    pub instance: Input,
    /// The developer token.
    pub token: SecretField,
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

impl Credentials {
    /// Chooses the accounts that an export names, and the environment where it names none.
    pub(in crate::wizard) fn choose(&mut self, names: &CredentialNames) {
        let chosen = |name: &Option<String>| name.clone().map_or(Chosen::Environment, Chosen::Account);
        self.dataworld.account.choose(&chosen(&names.dataworld));
        self.domo.account.choose(&chosen(&names.domo));
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

    fn new(service: Service, accounts: &[Account], in_environment: bool) -> Self {
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
    fn take_new(&mut self) {
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
}

impl Credentials {
    pub(in crate::wizard) fn new(environment: Environment, accounts: &[Account]) -> Self {
        let domo = from_environment(&environment).is_some();
        Self {
            home: None,
            dataworld: DataWorldSection {
                account: Section::new(Service::DataWorld, accounts, environment.dataworld_token.is_some()),
                token: SecretField::default(),
                address: Input::default(),
            },
            domo: DomoSection {
                account: Section::new(Service::Domo, accounts, domo),
                method: DomoMethod::default(),
                client_id: Input::default(),
                client_secret: SecretField::default(),
                instance: Input::default(),
                token: SecretField::default(),
            },
            alone: None,
            warned: false,
            environment,
        }
    }

    /// Asks for new credentials of one service; those of `replaces` are replaced, if there is one.
    pub(in crate::wizard) fn ask_alone(&mut self, service: Service, replaces: Option<&Account>) {
        self.alone = Some(service);
        self.dataworld.account.take_new();
        self.domo.account.take_new();
        let Some(account) = replaces else { return };
        let line = |text: &Option<String>| Input::new(text.clone().unwrap_or_default());
        let name = Input::new(account.name.clone());
        match service {
            Service::DataWorld => {
                self.dataworld.account.name = name;
                self.dataworld.address = line(&account.address);
            }
            Service::Domo => {
                self.domo.account.name = name;
                self.domo.client_id = line(&account.client_id);
                self.domo.instance = line(&account.instance);
                if account.client_id.is_none() {
                    self.domo.method = DomoMethod::DeveloperToken;
                }
            }
        }
    }

    /// Where an account is to be saved and nothing else, one that was not is saved anew when the person goes on again.
    pub(super) fn try_again(&mut self) {
        let is_lost =
            |kept: &Remote<SecretHome>| matches!(kept, Remote::Failed(_) | Remote::Ready(SecretHome::Session(_)));
        for kept in [&mut self.dataworld.account.kept, &mut self.domo.account.kept] {
            if self.alone.is_some() && is_lost(&kept.data) {
                *kept = Slot::idle();
            }
        }
    }

    /// Where the secret of a service's new account is now.
    pub(super) fn kept(&self, service: Service) -> Option<SecretHome> {
        match service {
            Service::DataWorld => self.dataworld.account.kept.data.ready().cloned(),
            Service::Domo => self.domo.account.kept.data.ready().cloned(),
        }
    }

    /// Whether the section of a service is on screen.
    pub fn has(&self, service: Service) -> bool {
        self.alone.is_none_or(|alone| alone == service)
    }

    /// The token that calls of data.world use; `None` while what was entered cannot be one.
    pub fn dataworld_login(&self) -> Option<DataWorldLogin> {
        let usual = self.environment.dataworld_url.clone();
        Some(match self.dataworld.account.source() {
            Source::Account(account) => Login::Account(account.clone()),
            Source::Environment => {
                Login::Environment { credential: self.environment.dataworld_token.clone()?, address: usual }
            }
            Source::New => Login::Entered {
                credential: given(&self.dataworld.token.value)?,
                address: check::address(self.dataworld.address.value()).ok()?.or(usual),
            },
            Source::Missing(_) => return None,
        })
    }

    /// The credentials that calls of Domo use; `None` while what was entered cannot be any.
    pub fn domo_login(&self) -> Option<DomoLogin> {
        let address = self.environment.domo_url.clone();
        Some(match self.domo.account.source() {
            Source::Account(account) => Login::Account(account.clone()),
            Source::Environment => Login::Environment { credential: from_environment(&self.environment)?, address },
            Source::New => Login::Entered { credential: self.domo.entered()?, address },
            Source::Missing(_) => return None,
        })
    }

    /// What is wrong with the environment's credentials for Domo: half of a pair, or an instance that is none.
    pub fn half_set(&self) -> Option<String> {
        Some(domo_of_environment(&self.environment).err()?.to_string())
    }

    /// Whether an answer is awaited.
    pub fn waits(&self) -> bool {
        let (dataworld, domo) = (&self.dataworld.account, &self.domo.account);
        dataworld.test.data.is_loading()
            || dataworld.kept.data.is_loading()
            || domo.test.data.is_loading()
            || domo.kept.data.is_loading()
    }

    /// Hides the secrets again.
    pub(in crate::wizard) fn hide(&mut self) {
        for secret in [&mut self.dataworld.token, &mut self.domo.client_secret, &mut self.domo.token] {
            secret.revealed = false;
        }
    }

    /// Whether both services have said to whom the credentials belong.
    pub fn tested(&self) -> bool {
        let dataworld = self.dataworld.account.test.data.ready().is_some();
        let domo = self.domo.account.test.data.ready().is_some();
        (dataworld || !self.has(Service::DataWorld)) && (domo || !self.has(Service::Domo))
    }
}

impl DomoSection {
    fn entered(&self) -> Option<DomoCredential> {
        Some(match self.method {
            DomoMethod::Client => DomoCredential::Client {
                id: Some(self.client_id.value().trim()).filter(|id| !id.is_empty())?.to_owned(),
                secret: given(&self.client_secret.value)?,
            },
            DomoMethod::DeveloperToken => DomoCredential::DeveloperToken {
                instance: parse_instance(self.instance.value()).ok()?,
                token: given(&self.token.value)?,
            },
        })
    }

    /// The Domo instance that the credentials belong to, once known.
    pub fn instance(&self) -> Option<&str> {
        self.account.test.data.ready()?.instance.as_deref()
    }

    /// The fields of a new account, in order.
    pub(super) fn new_fields(&self) -> [Field; 4] {
        match self.method {
            DomoMethod::Client => [Field::DomoMethod, Field::DomoClientId, Field::DomoClientSecret, Field::DomoName],
            DomoMethod::DeveloperToken => [Field::DomoMethod, Field::DomoInstance, Field::DomoToken, Field::DomoName],
        }
    }
}

impl<T> Section<T> {
    /// Whether the credentials were found valid, but nobody was asked to keep them.
    pub(super) fn is_unkept(&self) -> bool {
        self.test.data.ready().is_some() && matches!(self.kept.data, Remote::Idle)
    }
}

/// Half a pair is none; [`Credentials::half_set`] says so.
fn from_environment(environment: &Environment) -> Option<DomoCredential> {
    domo_of_environment(environment).ok()?
}

fn given(secret: &Secret) -> Option<Secret> {
    (!secret.is_empty()).then(|| secret.clone())
}
