//! The choice of an export's credentials: the account that it names; without a name those of the environment, or of the
//! only account.

use super::credentials::domo_of_environment;
use super::{Account, CredentialOrigin, FromEnvironment};
use crate::config::Environment;
use crate::export::{CredentialNames, Service};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AccountRef {
    Account(Service, String),
    Environment(Service),
}

impl AccountRef {
    pub fn service(&self) -> Service {
        match self {
            Self::Account(service, _) | Self::Environment(service) => *service,
        }
    }

    /// The account of `service` that has these credentials.
    pub fn holding(service: Service, origin: &CredentialOrigin) -> Self {
        match origin {
            CredentialOrigin::Account(account)
            | CredentialOrigin::OnlyAccount(account)
            | CredentialOrigin::Systemd { account, .. } => Self::Account(service, account.clone()),
            CredentialOrigin::Environment | CredentialOrigin::DeveloperToken => Self::Environment(service),
        }
    }

    /// The name in lists of accounts.
    pub fn name(&self) -> &str {
        match self {
            Self::Account(_, name) => name,
            Self::Environment(_) => FromEnvironment::NAME,
        }
    }
}

impl From<&Account> for AccountRef {
    fn from(account: &Account) -> Self {
        Self::Account(account.service, account.name.clone())
    }
}

#[derive(Debug, Clone)]
pub struct Choice {
    /// The services with credentials in the environment, whole or half.
    in_environment: Vec<Service>,
    /// The accounts that are the only ones of their service.
    only: Vec<(Service, String)>,
}

impl Choice {
    pub fn new(environment: &Environment, accounts: &[Account]) -> Self {
        let services = [Service::Domo, Service::DataWorld];
        let only = services.into_iter().filter_map(|service| {
            let mut names = accounts.iter().filter(|account| account.service == service).map(|it| &it.name);
            Some((service, names.next()?.clone())).filter(|_| names.next().is_none())
        });
        Self {
            in_environment: services.into_iter().filter(|it| is_in(environment, *it)).collect(),
            only: only.collect(),
        }
    }

    /// Chooses the credentials that an export with these names uses; `None` if a run would find no single choice.
    pub fn choose(&self, names: &CredentialNames, service: Service) -> Option<AccountRef> {
        if let Some(name) = names.get(service) {
            return Some(AccountRef::Account(service, name.to_owned()));
        }
        if self.in_environment.contains(&service) {
            return Some(AccountRef::Environment(service));
        }
        let only = self.only.iter().find(|(of, _)| *of == service);
        only.map(|(_, name)| AccountRef::Account(service, name.clone()))
    }
}

/// Half of a pair counts: a run refuses it, and takes no account instead.
fn is_in(environment: &Environment, service: Service) -> bool {
    match service {
        Service::DataWorld => {
            environment.dataworld_token.is_some() || environment.error_of(&["DW_AUTH_TOKEN"]).is_some()
        }
        Service::Domo => !matches!(domo_of_environment(environment), Ok(None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::secret::Secret;

    #[test]
    fn an_unnamed_account_is_the_environments_or_the_only_one() {
        let accounts = [Account::new(Service::Domo, "acme"), Account::new(Service::DataWorld, "ann")];
        let both = [Account::new(Service::Domo, "bee"), Account::new(Service::Domo, "acme")];
        let none = Environment::default();
        let token = Environment { dataworld_token: Some(Secret::new("eyJ")), ..Environment::default() };
        let half = Environment { domo_client_id: Some("id".to_owned()), ..Environment::default() };
        let acme = || Some(AccountRef::Account(Service::Domo, "acme".to_owned()));
        let ann = || Some(AccountRef::Account(Service::DataWorld, "ann".to_owned()));
        let unnamed = CredentialNames::default();
        for (environment, accounts, domo, dataworld) in [
            (&none, &accounts[..], acme(), ann()),
            (&token, &accounts[..], acme(), Some(AccountRef::Environment(Service::DataWorld))),
            (&half, &accounts[..], Some(AccountRef::Environment(Service::Domo)), ann()),
            (&none, &both[..], None, None),
            (&none, &[][..], None, None),
        ] {
            let choice = Choice::new(environment, accounts);
            assert_eq!(choice.choose(&unnamed, Service::Domo), domo, "{choice:?}");
            assert_eq!(choice.choose(&unnamed, Service::DataWorld), dataworld, "{choice:?}");
        }
        let named = CredentialNames { dataworld: Some("ann".to_owned()), ..CredentialNames::default() };
        assert_eq!(Choice::new(&token, &accounts).choose(&named, Service::DataWorld), ann());
    }
}
