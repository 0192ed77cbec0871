//! The credentials in the environment. They are named and tested like accounts, and never saved.

use chrono::{DateTime, Utc};

use super::change::{Proven, found_valid};
use super::credentials::domo_of_environment;
use super::owner_rule::find_owner;
use super::{Account, ChangeError, CredentialError};
use crate::config::Environment;
use crate::export::Service;
use crate::services::Services;
use crate::services::domo::DomoCredential;
use crate::text::secret::Secret;

/// The credentials of one service in the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromEnvironment {
    /// Stands for the credentials; its name is [`FromEnvironment::NAME`].
    pub account: Account,
    /// The names of the variables, as they stand in a sentence.
    pub variables: &'static str,
    /// The error if they cannot be used: half of a pair is set, or the instance is wrong.
    pub wrong: Option<CredentialError>,
}

impl FromEnvironment {
    /// The name in lists of accounts.
    pub const NAME: &'static str = "from environment";

    /// The name on the screen: nobody has set the demo's credentials in an environment.
    pub fn name(environment: &Environment) -> &'static str {
        if environment.is_demo { "demo account" } else { Self::NAME }
    }

    pub fn all(environment: &Environment) -> Vec<Self> {
        [Service::DataWorld, Service::Domo]
            .into_iter()
            .filter_map(|service| Self::for_service(environment, service))
            .collect()
    }

    /// The credentials of one service; `None` if there are none.
    pub(crate) fn for_service(environment: &Environment, service: Service) -> Option<Self> {
        match credential(environment, service) {
            Ok(None) => None,
            Ok(Some((account, _))) => Some(Self { variables: variables(&account), account, wrong: None }),
            // Half of a pair may belong to a systemd credential, so it is no error.
            Err(_) if environment.credentials_directory.is_some() => None,
            Err(error) => {
                let variables = match &error {
                    CredentialError::HalfSet { set, .. } => set,
                    CredentialError::Variable(wrong) => wrong.name,
                    _ => "DOMO_INSTANCE",
                };
                Some(Self { account: Account::new(service, Self::name(environment)), variables, wrong: Some(error) })
            }
        }
    }

    /// Tests the credentials. Records nothing.
    ///
    /// # Errors
    ///
    /// They cannot be used, or the service refuses them or cannot be reached.
    pub async fn test(
        services: &Services,
        environment: &Environment,
        service: Service,
        now: DateTime<Utc>,
    ) -> Result<Proven, ChangeError> {
        let Some((account, secret)) = credential(environment, service)? else {
            return Err(CredentialError::Missing(service).into());
        };
        let owner = find_owner(services, &account, secret).await?;
        Ok(Proven { reads_only: owner.reads_only, account: found_valid(account, owner, now) })
    }
}

fn credential(environment: &Environment, service: Service) -> Result<Option<(Account, Secret)>, CredentialError> {
    let account = Account::new(service, FromEnvironment::name(environment));
    Ok(match service {
        Service::DataWorld => match environment.error_of(&["DW_AUTH_TOKEN"]) {
            Some(wrong) => return Err(wrong.into()),
            None => environment.dataworld_token.clone().map(|token| (account, token)),
        },
        Service::Domo => domo_of_environment(environment)?.map(|credential| match credential {
            DomoCredential::Client { id, secret } => (Account { client_id: Some(id), ..account }, secret),
            DomoCredential::DeveloperToken { instance, token } => {
                (Account { instance: Some(instance), ..account }, token)
            }
        }),
    })
}

fn variables(account: &Account) -> &'static str {
    match (account.service, &account.client_id) {
        (Service::DataWorld, _) => "DW_AUTH_TOKEN",
        (Service::Domo, Some(_)) => "DOMO_CLIENT_ID and DOMO_CLIENT_SECRET",
        (Service::Domo, None) => "DOMO_DEVELOPER_TOKEN and DOMO_INSTANCE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &[&str]) -> Vec<(Service, &'static str, Option<CredentialError>)> {
        let environment = Environment::read(|name| set.contains(&name).then(|| "acme".to_owned()));
        let all = FromEnvironment::all(&environment).into_iter();
        all.map(|found| (found.account.service, found.variables, found.wrong)).collect()
    }

    #[test]
    fn each_service_has_at_most_one_and_half_a_pair_is_an_error() {
        use Service::{DataWorld, Domo};
        assert_eq!(found(&[]), []);
        assert_eq!(found(&["DW_AUTH_TOKEN"]), [(DataWorld, "DW_AUTH_TOKEN", None)]);
        let client = ["DOMO_CLIENT_ID", "DOMO_CLIENT_SECRET"];
        assert_eq!(found(&client), [(Domo, "DOMO_CLIENT_ID and DOMO_CLIENT_SECRET", None)]);
        let both = [&client[..], &["DOMO_DEVELOPER_TOKEN", "DOMO_INSTANCE", "DW_AUTH_TOKEN"]].concat();
        let token = (Domo, "DOMO_DEVELOPER_TOKEN and DOMO_INSTANCE", None);
        assert_eq!(found(&both), [(DataWorld, "DW_AUTH_TOKEN", None), token], "an access token comes first");
        let wrong = CredentialError::HalfSet { set: "DOMO_CLIENT_ID", unset: "DOMO_CLIENT_SECRET" };
        assert_eq!(found(&["DOMO_CLIENT_ID"]), [(Domo, "DOMO_CLIENT_ID", Some(wrong))]);
        assert_eq!(found(&["DOMO_CLIENT_ID", "CREDENTIALS_DIRECTORY"]), [], "its secret is systemd's");
    }
}
