//! State of the Credentials pane: a section for each service.

use tui_input::Input;

use crate::accounts::{Account, SecretHome, domo_of_environment};
use crate::config::{Environment, parse_instance};
use crate::export::{CredentialNames, Service};
use crate::services::dataworld::User;
use crate::services::domo::{DomoCredential, DomoIdentity};
use crate::text::secret::Secret;
use crate::tui::state::{CredentialChoice, DataWorldLogin, DomoLogin, Login, Remote, Slot};
use crate::tui::wizard::{Field, SecretField};

use super::check;
use super::source::{Section, Source};

#[derive(Debug)]
pub struct Credentials {
    /// The place where an entered secret will be kept; `None` while the keyring is looked for.
    pub home: Option<SecretHome>,
    pub dataworld: DataWorldSection,
    pub domo: DomoSection,
    /// Set when only an account of this service is to be saved.
    pub only_service: Option<Service>,
    /// The user has seen the warnings about these credentials.
    pub(super) warned: bool,
    environment: Environment,
}

#[derive(Debug)]
pub struct DataWorldSection {
    pub account: Section<User>,
    pub token: SecretField,
    /// Empty for data.world's own API.
    pub address: Input,
}

/// Kinds of Domo credentials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DomoMethod {
    #[default]
    Client,
    DeveloperToken,
}

#[derive(Debug)]
pub struct DomoSection {
    pub account: Section<DomoIdentity>,
    pub method: DomoMethod,
    pub client_id: Input,
    pub client_secret: SecretField,
    pub instance: Input,
    pub token: SecretField,
    /// The address of the replaced account, which the new credentials keep.
    pub(super) address: Option<String>,
}

impl Credentials {
    pub(in crate::tui::wizard) fn new(environment: Environment, accounts: &[Account]) -> Self {
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
                address: None,
            },
            only_service: None,
            warned: false,
            environment,
        }
    }

    /// Selects the accounts that an export names; for unnamed ones, the environment.
    pub(in crate::tui::wizard) fn choose(&mut self, names: &CredentialNames) {
        let chosen =
            |name: &Option<String>| name.clone().map_or(CredentialChoice::Environment, CredentialChoice::Account);
        self.dataworld.account.choose(&chosen(&names.dataworld));
        self.domo.account.choose(&chosen(&names.domo));
    }

    /// Asks for new credentials of one service; `replaces` prefills them.
    pub(in crate::tui::wizard) fn ask_for_account(&mut self, service: Service, replaces: Option<&Account>) {
        self.only_service = Some(service);
        self.dataworld.account.choose_new();
        self.domo.account.choose_new();
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
                self.domo.address.clone_from(&account.address);
                if account.client_id.is_none() {
                    self.domo.method = DomoMethod::DeveloperToken;
                }
            }
        }
    }

    /// For a single account, saves again what could not be saved before.
    pub(super) fn retry_saving(&mut self) {
        let is_lost =
            |kept: &Remote<SecretHome>| matches!(kept, Remote::Failed(_) | Remote::Ready(SecretHome::Session(_)));
        for kept in [&mut self.dataworld.account.kept, &mut self.domo.account.kept] {
            if self.only_service.is_some() && is_lost(&kept.data) {
                *kept = Slot::idle();
            }
        }
    }

    pub(super) fn secret_home(&self, service: Service) -> Option<SecretHome> {
        match service {
            Service::DataWorld => self.dataworld.account.kept.data.ready().cloned(),
            Service::Domo => self.domo.account.kept.data.ready().cloned(),
        }
    }

    /// The name under which definitions can use the credentials, if they are saved.
    pub(super) fn saved_name(&self, service: Service) -> Option<String> {
        match service {
            Service::DataWorld => self.dataworld.account.saved_name(),
            Service::Domo => self.domo.account.saved_name(),
        }
    }

    /// The account that was asked for alone, once it is saved.
    pub fn new_account(&self) -> Option<(Service, String)> {
        let service = self.only_service?;
        Some((service, self.saved_name(service)?))
    }

    pub fn has(&self, service: Service) -> bool {
        self.only_service.is_none_or(|only| only == service)
    }

    /// `None` while the input is not a valid token.
    pub fn dataworld_login(&self) -> Option<DataWorldLogin> {
        let usual = self.environment.dataworld_url.clone();
        Some(match self.dataworld.account.source() {
            Source::Account(account) => Login::Account(account.clone()),
            Source::Environment => {
                Login::Environment { credential: self.environment.dataworld_token.clone()?, address: usual }
            }
            Source::New => Login::Entered {
                credential: checked(&self.dataworld.token.value)?,
                address: check::parse_address(self.dataworld.address.value()).ok()?.or(usual),
            },
            Source::Missing(_) => return None,
        })
    }

    /// `None` while the input is not valid credentials.
    pub fn domo_login(&self) -> Option<DomoLogin> {
        let address = self.environment.domo_url.clone();
        Some(match self.domo.account.source() {
            Source::Account(account) => Login::Account(account.clone()),
            Source::Environment => Login::Environment { credential: from_environment(&self.environment)?, address },
            Source::New => {
                Login::Entered { credential: self.domo.entered()?, address: self.domo.address.clone().or(address) }
            }
            Source::Missing(_) => return None,
        })
    }

    /// Half a pair of variables, or an invalid instance in the environment.
    pub fn environment_error(&self) -> Option<String> {
        Some(domo_of_environment(&self.environment).err()?.to_string())
    }

    pub fn is_waiting(&self) -> bool {
        let (dataworld, domo) = (&self.dataworld.account, &self.domo.account);
        dataworld.test.data.is_loading()
            || dataworld.kept.data.is_loading()
            || domo.test.data.is_loading()
            || domo.kept.data.is_loading()
    }

    pub(in crate::tui::wizard) fn hide(&mut self) {
        for secret in [&mut self.dataworld.token, &mut self.domo.client_secret, &mut self.domo.token] {
            secret.revealed = false;
        }
    }

    /// The shown services have accepted the credentials.
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
                secret: checked(&self.client_secret.value)?,
            },
            DomoMethod::DeveloperToken => DomoCredential::DeveloperToken {
                instance: parse_instance(self.instance.value()).ok()?,
                token: checked(&self.token.value)?,
            },
        })
    }

    pub fn instance(&self) -> Option<&str> {
        self.account.test.data.ready()?.instance.as_deref()
    }

    pub(super) fn new_fields(&self) -> [Field; 4] {
        match self.method {
            DomoMethod::Client => [Field::DomoMethod, Field::DomoClientId, Field::DomoClientSecret, Field::DomoName],
            DomoMethod::DeveloperToken => [Field::DomoMethod, Field::DomoInstance, Field::DomoToken, Field::DomoName],
        }
    }
}

/// Ignores half a pair, which [`Credentials::environment_error`] reports.
fn from_environment(environment: &Environment) -> Option<DomoCredential> {
    domo_of_environment(environment).ok()?
}

fn checked(secret: &Secret) -> Option<Secret> {
    secret.check().ok().map(|()| secret.clone())
}
