//! State of the Credentials pane: a section for each service.

use crate::accounts::{Account, FromEnvironment, SecretHome, domo_of_environment};
use crate::config::{Environment, parse_instance};
use crate::export::{CredentialNames, Service};
use crate::services::dataworld::User;
use crate::services::domo::{DomoCredential, DomoIdentity};
use crate::text::secret::Secret;
use crate::tui::form::{Field, Value, Values};
use crate::tui::state::{CredentialChoice, DataWorldLogin, DomoLogin, Login, Remote, Slot};

use super::check;
use super::source::{Section, Source};

#[derive(Debug)]
pub struct Credentials {
    pub values: Values,
    /// The place where an entered secret will be kept; `None` while the keyring is looked for.
    pub home: Option<SecretHome>,
    pub dataworld: Section<User>,
    pub domo: Section<DomoIdentity>,
    /// The address of the replaced Domo account, which the new credentials keep.
    domo_address: Option<String>,
    /// Set when only an account of this service is to be saved.
    pub only_service: Option<Service>,
    /// The user has seen the warnings about these credentials.
    pub(super) warned: bool,
    environment: Environment,
}

/// Kinds of Domo credentials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum DomoMethod {
    #[default]
    Client,
    DeveloperToken,
}

const METHODS: [DomoMethod; 2] = [DomoMethod::Client, DomoMethod::DeveloperToken];

impl Credentials {
    pub(in crate::tui::wizard) fn new(environment: Environment, accounts: &[Account]) -> Self {
        let domo = from_environment(&environment).is_some();
        let name = FromEnvironment::name(&environment);
        Self {
            values: Values::new(&super::GROUPS),
            home: None,
            dataworld: Section::new(Service::DataWorld, accounts, (environment.dataworld_token.is_some(), name)),
            domo: Section::new(Service::Domo, accounts, (domo, name)),
            domo_address: None,
            only_service: None,
            warned: false,
            environment,
        }
    }

    /// Selects the accounts that an export names; for unnamed ones, the environment.
    pub(in crate::tui::wizard) fn choose(&mut self, names: &CredentialNames) {
        let chosen =
            |name: &Option<String>| name.clone().map_or(CredentialChoice::Environment, CredentialChoice::Account);
        self.dataworld.choose(&chosen(&names.dataworld));
        self.domo.choose(&chosen(&names.domo));
    }

    /// Asks for new credentials of one service; `replaces` prefills them.
    pub(in crate::tui::wizard) fn ask_for_account(&mut self, service: Service, replaces: Option<&Account>) {
        self.only_service = Some(service);
        self.dataworld.choose_new();
        self.domo.choose_new();
        let Some(account) = replaces else { return };
        let text = |text: &Option<String>| Value::text(text.as_deref().unwrap_or_default());
        self.values.set(name_field(service), Value::text(&account.name));
        match service {
            Service::DataWorld => self.values.set(Field::DATA_WORLD_ADDRESS, text(&account.address)),
            Service::Domo => {
                self.values.set(Field::DOMO_CLIENT_ID, text(&account.client_id));
                self.values.set(Field::DOMO_INSTANCE, text(&account.instance));
                self.domo_address.clone_from(&account.address);
                if account.client_id.is_none() {
                    self.values.set_one_of(Field::DOMO_METHOD, &METHODS, &DomoMethod::DeveloperToken);
                }
            }
        }
    }

    /// For a single account, saves again what could not be saved before.
    pub(super) fn retry_saving(&mut self) {
        let is_lost =
            |kept: &Remote<SecretHome>| matches!(kept, Remote::Failed(_) | Remote::Ready(SecretHome::Session(_)));
        for kept in [&mut self.dataworld.kept, &mut self.domo.kept] {
            if self.only_service.is_some() && is_lost(&kept.data) {
                *kept = Slot::idle();
            }
        }
    }

    pub(super) fn secret_home(&self, service: Service) -> Option<SecretHome> {
        match service {
            Service::DataWorld => self.dataworld.kept.data.ready().cloned(),
            Service::Domo => self.domo.kept.data.ready().cloned(),
        }
    }

    /// The name of a new account, as it was entered or proposed.
    pub(in crate::tui::wizard) fn name(&self, service: Service) -> &str {
        self.values.trimmed(name_field(service))
    }

    /// The name under which definitions can use the credentials; `None` if they are from the environment or not saved.
    pub fn saved_name(&self, service: Service) -> Option<String> {
        match service {
            Service::DataWorld => self.dataworld.saved_name(self.name(service)),
            Service::Domo => self.domo.saved_name(self.name(service)),
        }
    }

    /// The saved account that a new one of the same name replaces.
    pub fn replaces(&self, service: Service) -> Option<&str> {
        match service {
            Service::DataWorld => self.dataworld.replaces(self.name(service)),
            Service::Domo => self.domo.replaces(self.name(service)),
        }
    }

    /// Names a new account after its user, unless it has a name.
    pub(super) fn propose_name(&mut self, service: Service, name: &str, user: Option<&str>) {
        if !self.name(service).is_empty() {
            return;
        }
        let free = match service {
            Service::DataWorld => self.dataworld.free_name(name, user),
            Service::Domo => self.domo.free_name(name, user),
        };
        self.values.set(name_field(service), Value::text(&free));
    }

    /// Several sources are offered.
    pub(super) fn has_choice(&self, sources: usize) -> bool {
        sources > 1 && self.only_service.is_none()
    }

    pub(super) fn asks_domo_for(&self, method: DomoMethod) -> bool {
        self.domo.is_new() && self.domo_method() == method
    }

    fn domo_method(&self) -> DomoMethod {
        self.values.one_of(Field::DOMO_METHOD, &METHODS)
    }

    /// The instance that the tested credentials belong to.
    pub fn domo_instance(&self) -> Option<&str> {
        self.domo.test.data.ready()?.instance.as_deref()
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
        Some(match self.dataworld.source() {
            Source::Account(account) => Login::Named(Some(account.name.clone())),
            Source::Environment => Login::Named(None),
            Source::New => Login::Entered {
                credential: self.checked(Field::DATA_WORLD_TOKEN)?,
                address: check::parse_address(self.values.text(Field::DATA_WORLD_ADDRESS)).ok()?.or(usual),
            },
            Source::Missing(_) => return None,
        })
    }

    /// `None` while the input is not valid credentials.
    pub fn domo_login(&self) -> Option<DomoLogin> {
        let address = self.environment.domo_url.clone();
        Some(match self.domo.source() {
            Source::Account(account) => Login::Named(Some(account.name.clone())),
            Source::Environment => Login::Named(None),
            Source::New => {
                Login::Entered { credential: self.entered_domo()?, address: self.domo_address.clone().or(address) }
            }
            Source::Missing(_) => return None,
        })
    }

    /// Half a pair of variables, or an invalid instance in the environment.
    pub fn environment_error(&self) -> Option<String> {
        Some(domo_of_environment(&self.environment).err()?.to_string())
    }

    pub fn is_waiting(&self) -> bool {
        let (dataworld, domo) = (&self.dataworld, &self.domo);
        dataworld.test.data.is_loading()
            || dataworld.kept.data.is_loading()
            || domo.test.data.is_loading()
            || domo.kept.data.is_loading()
    }

    /// The shown services have accepted the credentials.
    pub fn tested(&self) -> bool {
        let dataworld = self.dataworld.test.data.ready().is_some();
        let domo = self.domo.test.data.ready().is_some();
        (dataworld || !self.has(Service::DataWorld)) && (domo || !self.has(Service::Domo))
    }

    fn entered_domo(&self) -> Option<DomoCredential> {
        Some(match self.domo_method() {
            DomoMethod::Client => DomoCredential::Client {
                id: Some(self.values.trimmed(Field::DOMO_CLIENT_ID)).filter(|id| !id.is_empty())?.to_owned(),
                secret: self.checked(Field::DOMO_CLIENT_SECRET)?,
            },
            DomoMethod::DeveloperToken => DomoCredential::DeveloperToken {
                instance: parse_instance(self.values.text(Field::DOMO_INSTANCE)).ok()?,
                token: self.checked(Field::DOMO_TOKEN)?,
            },
        })
    }

    fn checked(&self, field: Field) -> Option<Secret> {
        let secret = self.values.secret(field);
        secret.check().ok().map(|()| secret.clone())
    }
}

fn name_field(service: Service) -> Field {
    match service {
        Service::DataWorld => Field::DATA_WORLD_NAME,
        Service::Domo => Field::DOMO_NAME,
    }
}

/// Ignores half a pair, which [`Credentials::environment_error`] reports.
fn from_environment(environment: &Environment) -> Option<DomoCredential> {
    domo_of_environment(environment).ok()?
}
